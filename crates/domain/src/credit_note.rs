//! Credit notes: what takes back an issued invoice, or a part of it, on paper (BEY-13).
//!
//! Decided here: a note has a number of its own, without gaps per partner; it is issued when money
//! went back, or when a credit is given against an invoice, once for each; it is never edited. A
//! note whose refund came back is cancelled and keeps its number.

use crate::{
    ids::{CreditId, CreditNoteId, InvoiceId, RefundId, TenantId},
    money::{Currency, Minor, Overflow},
    time::{Day, Timestamp},
};

/// A credit note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditNote {
    /// Its id.
    pub credit_note_id: CreditNoteId,
    /// Its number, such as `CN-000001`.
    pub number: String,
    /// Whom it credits.
    pub tenant_id: TenantId,
    /// The invoice that it takes back, or a part of.
    pub invoice_id: InvoiceId,
    /// The refund that it is for.
    pub refund_id: Option<RefundId>,
    /// The credit that it is for, or that the refund became.
    pub credit_id: Option<CreditId>,
    /// What its amounts are in.
    pub currency: Currency,
    /// How much, tax included.
    pub amount: Minor,
    /// What of it is tax.
    pub tax: Minor,
    /// Why, for people.
    pub reason: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// The tenant's local day of that.
    pub issue_day: Day,
    /// When it was cancelled, because its refund came back.
    pub cancelled_at: Option<Timestamp>,
}

impl CreditNote {
    /// What it takes back without tax.
    pub fn net(&self) -> Result<Minor, Overflow> {
        self.amount.minus(self.tax)
    }
}
