//! What went back, derived again: from refunds, credit notes and disputes.
//!
//! Decided here: an invoice and a payment say what their refunds add up to; what went back of an
//! invoice has its credit notes; notes are numbered without gaps; refunds that succeeded and
//! disputes that were lost are booked, and nothing else of them is.

use store::{credit_notes, db::Tx, refunds};

use super::{CheckReport, Subject};
use crate::error::Result;

impl Subject<'_> {
    /// Compares all of it.
    pub(super) async fn given_back(&self, tx: &mut Tx, report: &mut CheckReport) -> Result<()> {
        for (id, given, says, noted) in refunds::wrong_invoices(tx, self.partner_id).await? {
            report.expect("invoice_refunded", || id.clone(), (given, says));
            report.expect("credit_notes", || id.clone(), (given, noted));
        }
        for (id, given, says) in refunds::wrong_payments(tx, self.partner_id).await? {
            report.expect("payment_refunded", || id, (given, says));
        }
        for (id, expected, found) in refunds::wrong_bookings(tx, self.partner_id).await? {
            report.expect("refund_bookings", || id, (expected, found));
        }
        let (kept, last) = credit_notes::numbers(tx, self.partner_id).await?;
        let object = || format!("credit note numbers of {}", self.partner_id);
        report.expect("credit_note_numbers", object, (last, kept));
        Ok(())
    }
}
