//! Automatic payments: an invoice is charged when it is issued, and again on the days of the
//! dunning policy (PAY-08).
//!
//! Decided here: each try is a payment of its own, named by its number, so that a run that dies
//! begins none twice. While a try is under way nothing is due; its end says what is (PAY-08). It
//! ends with success, when automatic payment is switched off, after the last day, and when the
//! payer has to be there: that is mailed, and never tried off session again. A method that was
//! refused for good is passed over until the tenant has another, and so is an invoice of which a
//! payment is disputed or was lost that way. A processor that cannot be reached costs no try.

use domain::{
    account::AutoPay,
    ids::{InvoiceId, PartnerId},
    invoice::issued::Invoice,
    payment::{Payer, Payment, PaymentOrigin, PaymentStatus, card_minimum},
    processor::SavedMethod,
    time::Timestamp,
};
use store::{
    auto_pay::{self, AutoPayment},
    db::Tx,
    events, payment_methods,
};

use super::{Begun, Collect, letters, locked, settle};
use crate::{
    App,
    dunning::next_retry,
    error::{AppError, Result},
};

/// Invoices that are charged side by side.
const SIDE_BY_SIDE: i64 = 16;
/// How long a try waits that found another payment under way.
const BUSY_SECONDS: i64 = 6 * 3_600;
/// The wait after the first time that the processor was not reached; it doubles.
const FIRST_WAIT_SECONDS: i64 = 60;
/// No wait is longer.
const LONGEST_WAIT_SECONDS: i64 = 12 * 3_600;
/// After so many times in a row the day is given up: about four days.
const MAX_UNREACHED: i64 = 14;

/// What is to be done about an invoice.
enum Step {
    /// Nothing more, ever.
    End,
    /// Nothing today.
    Skip,
    /// There is nothing to charge it to.
    NoMethod,
    /// It is charged.
    Charge,
}

impl App {
    /// Begins what is to be charged by itself at `at`, up to so many side by side. Answers how
    /// many were charged.
    pub(crate) async fn auto_pay_due(&self, at: Timestamp) -> Result<u64> {
        let mut tx = self.db.begin_single().await?;
        let due = auto_pay::due(&mut tx, at, SIDE_BY_SIDE).await?;
        tx.commit().await?;
        let tries = due.iter().map(|row| self.auto_pay(row));
        let mut charged = 0;
        for outcome in futures::future::join_all(tries).await {
            charged += u64::from(outcome?);
        }
        Ok(charged)
    }

    async fn auto_pay(&self, row: &AutoPayment) -> Result<bool> {
        let (partner_id, invoice_id) = (row.partner_id, row.invoice_id);
        match self.auto_step(row).await? {
            Step::Charge => {}
            Step::End => return self.put_off(row, None).await.map(|()| false),
            Step::Skip => {
                let next = self.next_day(row).await?;
                return self.put_off(row, next).await.map(|()| false);
            }
            Step::NoMethod => return self.nothing_to_charge(row).await.map(|()| false),
        }
        let wanted = Collect {
            // Tries are counted when they begin: the same number again is the same payment.
            request: Some(format!("auto_pay:{}", row.tries)),
            origin: PaymentOrigin::AutoPay,
            payer: Payer::Absent,
            ..Collect::all(invoice_id)
        };
        let now = self.clock.now();
        match self.begin_payment(partner_id, &wanted).await {
            Ok(Begun::New(attempt)) => {
                let asked = self.ask(partner_id, &attempt, super::Asking::First).await;
                if let Err(error) = asked {
                    // The attempt is written down: it is looked at again.
                    tracing::error!(%error, invoice = %invoice_id, "an automatic payment is open");
                }
                Ok(true)
            }
            Ok(Begun::Known(_)) => {
                self.put_off(row, self.next_day(row).await?).await.map(|()| false)
            }
            Err(AppError::PaymentInProgress) => {
                let later = now.plus_seconds(BUSY_SECONDS);
                self.put_off(row, Some(later)).await.map(|()| false)
            }
            Err(error @ AppError::Store(_)) => Err(error),
            Err(error) => {
                tracing::warn!(%error, invoice = %invoice_id, "an automatic payment must wait");
                let row = AutoPayment { unreached: row.unreached + 1, ..row.clone() };
                let next = match wait(row.unreached) {
                    Some(wait) => Some(now.plus_seconds(wait)),
                    None => self.next_day(&row).await?,
                };
                self.put_off(&row, next).await.map(|()| false)
            }
        }
    }

    async fn auto_step(&self, row: &AutoPayment) -> Result<Step> {
        let mut tx = self.db.begin_read().await?;
        let invoice = store::invoices::find(&mut tx, row.partner_id, row.invoice_id).await?;
        let invoice = invoice.ok_or_else(|| AppError::not_found("invoice", row.invoice_id))?;
        let tenant = store::tenants::find(&mut tx, row.partner_id, invoice.tenant_id).await?;
        let owner = Some(invoice.tenant_id);
        let method = payment_methods::default_of(&mut tx, row.partner_id, owner).await?;
        let refused = match row.refused {
            Some(id) => payment_methods::find(&mut tx, row.partner_id, id).await?,
            None => None,
        };
        let of = (row.partner_id, row.invoice_id);
        let is_disputed = store::disputes::keeps_from_charging(&mut tx, of.0, of.1).await?;
        tx.commit().await?;
        let wants = tenant.is_some_and(|tenant| tenant.auto_pay == AutoPay::On);
        // Below what a card is charged it moves to the next invoice (ruling 10).
        let is_worth_it = invoice.due() >= card_minimum(invoice.currency);
        Ok(match method {
            _ if !wants || !is_worth_it || !invoice.status.is_open() => Step::End,
            _ if is_disputed => Step::Skip,
            None => Step::NoMethod,
            Some(method) if refused.is_some_and(|refused| is_same(&method, &refused)) => Step::Skip,
            Some(_) => Step::Charge,
        })
    }

    async fn next_day(&self, row: &AutoPayment) -> Result<Option<Timestamp>> {
        let invoice = self.find_invoice(row.partner_id, row.invoice_id).await?;
        let mut tx = self.db.begin_read().await?;
        let next = next_retry(&mut tx, &invoice, self.clock.now()).await?;
        tx.commit().await?;
        Ok(next)
    }

    async fn put_off(&self, row: &AutoPayment, due_at: Option<Timestamp>) -> Result<()> {
        self.db
            .write(async |tx: &mut Tx| put_off(tx, row, due_at).await.map_err(AppError::from))
            .await
    }

    /// Tells that there is no method to charge, once for this try.
    async fn nothing_to_charge(&self, row: &AutoPayment) -> Result<()> {
        let next = self.next_day(row).await?;
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let invoice = locked(tx, row.partner_id, row.invoice_id).await?;
                let known = auto_pay::of_invoice(tx, row.partner_id, row.invoice_id).await?;
                if known.as_ref().is_none_or(|known| known != row) {
                    return Ok(());
                }
                letters::no_method(self, tx, (&invoice, row.tries)).await?;
                let event = settle::auto_pay_failed(tx, invoice, now).await?;
                events::append(tx, row.partner_id, &[event]).await?;
                let row = AutoPayment { tries: row.tries + 1, unreached: 0, ..row.clone() };
                Ok(put_off(tx, &row, next).await?)
            })
            .await
    }
}

/// Whether two saved methods are the same card or account.
fn is_same(one: &SavedMethod, other: &SavedMethod) -> bool {
    let prints = one.fingerprint.as_ref().zip(other.fingerprint.as_ref());
    one.method_id == other.method_id || prints.is_some_and(|(one, other)| one == other)
}

/// Seconds until the processor is asked again after it was not reached so often; `None` after the
/// last time.
fn wait(unreached: i64) -> Option<i64> {
    if unreached > MAX_UNREACHED {
        return None;
    }
    let doublings = u32::try_from(unreached.clamp(1, 20) - 1).unwrap_or_default();
    Some(FIRST_WAIT_SECONDS.saturating_mul(1 << doublings).min(LONGEST_WAIT_SECONDS))
}

async fn put_off(
    tx: &mut Tx,
    row: &AutoPayment,
    due_at: Option<Timestamp>,
) -> Result<(), store::error::StoreError> {
    match due_at {
        None => auto_pay::end(tx, row.partner_id, row.invoice_id).await,
        due_at => auto_pay::save(tx, &AutoPayment { due_at, ..row.clone() }).await,
    }
}

/// A try begins: nothing is due until it ends, and nobody is led to pay meanwhile.
pub(super) async fn begun(tx: &mut Tx, partner_id: PartnerId, invoice_id: InvoiceId) -> Result<()> {
    store::checkouts::expire_of(tx, partner_id, invoice_id).await?;
    if let Some(row) = auto_pay::of_invoice(tx, partner_id, invoice_id).await? {
        let row = AutoPayment { tries: row.tries + 1, due_at: None, ..row };
        auto_pay::save(tx, &row).await?;
    }
    Ok(())
}

/// A try was declined.
pub(super) async fn failed(
    tx: &mut Tx,
    (payment, invoice): (&Payment, &Invoice),
    (is_hard, now): (bool, Timestamp),
) -> Result<()> {
    let found = auto_pay::of_invoice(tx, invoice.partner_id, invoice.invoice_id).await?;
    let Some(row) = found else { return Ok(()) };
    let wants_customer = payment.failure.as_ref().is_some_and(|it| it.wants_customer());
    let refused = if is_hard { payment.method_id } else { row.refused };
    let row = AutoPayment { unreached: 0, refused, ..row };
    let next = next_retry(tx, invoice, now).await?.filter(|_| !wants_customer);
    Ok(put_off(tx, &row, next).await?)
}

/// A try never reached the processor, or was given up: it costs nothing and is made again.
pub(super) async fn not_tried(
    tx: &mut Tx,
    (partner_id, payment): (PartnerId, &Payment),
    invoice: &Invoice,
    now: Timestamp,
) -> Result<()> {
    debug_assert!(payment.status == PaymentStatus::Cancelled, "it was given up");
    let found = auto_pay::of_invoice(tx, partner_id, payment.invoice_id).await?;
    let Some(row) = found else { return Ok(()) };
    let next_day = next_retry(tx, invoice, now).await?;
    if !payment.was_never_begun() {
        return Ok(put_off(tx, &row, next_day).await?);
    }
    let row = AutoPayment { tries: row.tries - 1, unreached: row.unreached + 1, ..row };
    let next = wait(row.unreached).map(|wait| now.plus_seconds(wait)).or(next_day);
    Ok(put_off(tx, &row, next).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    // PAY-08 an hour without the processor is bridged, and the waits end
    #[test]
    fn waits_double_and_end() {
        assert_eq!((wait(1), wait(2), wait(3)), (Some(60), Some(120), Some(240)));
        let hour: i64 = (1..=6).filter_map(wait).sum();
        assert!(hour >= 3_600, "{hour}");
        assert_eq!(wait(MAX_UNREACHED), Some(LONGEST_WAIT_SECONDS));
        assert_eq!(wait(MAX_UNREACHED + 1), None);
    }
}
