//! Asking for refunds, and asking again for one that failed.
//!
//! Decided here: what is written down before anybody is asked. The invoice is locked, so that two
//! requests at once see each other and together give back no more than was paid (REF-05). Money of
//! a payment that is disputed, or was lost that way, stays where it is.

use domain::{
    dispute::DisputeState,
    ids::{InvoiceId, PartnerId, RefundId},
    invoice::{issued::Invoice, status::InvoiceStatus},
    money::Minor,
    payment::PaymentStatus,
    refund::{
        Destination, Left, Origin, PaidBy, Part, Refund, RefundError, RefundState, Refundable,
        next_tax_share,
    },
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use store::{db::Tx, payments, refunds};

use super::{Charged, charged, locked, settle};
use crate::{
    App,
    error::{AppError, Result},
    events,
    requests::{Answer, Asking, Change, Done, Performed},
};

/// Payments of one invoice that are looked at: far more than anybody makes.
const MAX_PAYMENTS: i64 = 1_000;
/// Bytes of a reason.
const MAX_REASON_BYTES: usize = 1_000;
/// How long after a refund was written down somebody asks about it who did not write it.
pub(super) const FIRST_LOOK_SECONDS: i64 = 60;

/// A refund that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedRefund {
    /// Of what.
    pub invoice_id: InvoiceId,
    /// How much; all that is left where it is left out (REF-01).
    pub amount: Option<Minor>,
    /// Where to (REF-04).
    pub destination: Destination,
    /// Why; shown to the tenant.
    pub reason: String,
}

/// Refunds, as they are now, and their invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refunded {
    /// One per payment that gave something back, and one for the balance's part.
    pub refunds: Vec<Refund>,
    /// The invoice.
    pub invoice: Invoice,
    /// Whether the same request had been made before.
    pub is_repeated: bool,
}

/// What is kept of a request: enough to go on with it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    invoice_id: InvoiceId,
    refunds: Vec<RefundId>,
}

impl App {
    /// Gives money back, once for `asking`.
    pub async fn refund(
        &self,
        asking: &Asking,
        partner_id: PartnerId,
        wanted: &WantedRefund,
    ) -> Result<Refunded> {
        let begun = self
            .perform(asking, async |app| {
                let written = app.begin_refund(partner_id, wanted).await?;
                done(&written, "invoice.refund")
            })
            .await?;
        self.go_on(partner_id, begun).await
    }

    /// Asks again for a refund that failed, as another one (REF-11).
    pub async fn retry_refund(
        &self,
        asking: &Asking,
        partner_id: PartnerId,
        refund_id: RefundId,
    ) -> Result<Refunded> {
        let begun = self
            .perform(asking, async |app| {
                let written = app.begin_retry(partner_id, refund_id).await?;
                done(&written, "refund.retry")
            })
            .await?;
        self.go_on(partner_id, begun).await
    }

    /// Asks the processor about what a request wrote down, and answers how it stands.
    async fn go_on(&self, partner_id: PartnerId, begun: Performed) -> Result<Refunded> {
        let (answer, is_repeated) = match begun {
            Performed::Now(answer) => (answer, false),
            Performed::Before(answer) => (answer, true),
        };
        let kept: Kept = serde_json::from_slice(&answer.body)
            .map_err(|error| AppError::Broken(format!("kept refunds cannot be read: {error}")))?;
        for refund_id in &kept.refunds {
            self.look_at_refund(partner_id, *refund_id).await?;
        }
        let mut tx = self.db.begin_read().await?;
        let mut refunds = Vec::with_capacity(kept.refunds.len());
        for refund_id in kept.refunds {
            let found = store::refunds::find(&mut tx, partner_id, refund_id).await?;
            refunds.push(found.ok_or_else(|| AppError::not_found("refund", refund_id))?);
        }
        let invoice = store::invoices::find(&mut tx, partner_id, kept.invoice_id).await?;
        let invoice = invoice.ok_or_else(|| AppError::not_found("invoice", kept.invoice_id))?;
        tx.commit().await?;
        Ok(Refunded { refunds, invoice, is_repeated })
    }

    /// Writes refunds down and settles those that need nobody. Asks no processor: what a process
    /// leaves that dies before it asks.
    pub async fn begin_refund(
        &self,
        partner_id: PartnerId,
        wanted: &WantedRefund,
    ) -> Result<Vec<Refund>> {
        if wanted.reason.len() > MAX_REASON_BYTES {
            return Err(AppError::invalid("reason", "give at most 1,000 bytes"));
        }
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let invoice = locked(tx, partner_id, wanted.invoice_id).await?;
                check_refundable(tx, &invoice).await?;
                let plan = refundable(tx, &invoice).await?.plan(
                    wanted.destination,
                    wanted.amount,
                    invoice.currency,
                );
                let plan = plan.map_err(refused)?;
                let mut written = Vec::with_capacity(plan.len());
                for part in plan {
                    let refund_id: RefundId = self.ids.draw(now);
                    let new = New { part, reason: &wanted.reason, retry_of: None, refund_id, now };
                    written.push(write(tx, &invoice, new).await?);
                }
                Ok(written)
            })
            .await
    }

    /// Writes down another try of a failed refund.
    pub async fn begin_retry(
        &self,
        partner_id: PartnerId,
        refund_id: RefundId,
    ) -> Result<Vec<Refund>> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let failed = refunds::find(tx, partner_id, refund_id).await?;
                let failed = failed.ok_or_else(|| AppError::not_found("refund", refund_id))?;
                let invoice = locked(tx, partner_id, failed.invoice_id).await?;
                // Read again: the lock was not held yet.
                let failed = refunds::find(tx, partner_id, refund_id).await?.unwrap_or(failed);
                if failed.state != RefundState::Failed {
                    let state = failed.state.shown();
                    let why = format!("a refund that is {state} cannot be retried");
                    return Err(AppError::Refused(why));
                }
                check_refundable(tx, &invoice).await?;
                let left = refundable(tx, &invoice).await?;
                let part = left.part_of(failed.payment_id, (failed.destination, failed.amount));
                let why = "what this refund would give back was given back meanwhile";
                let part = part.ok_or_else(|| AppError::Refused(why.to_owned()))?;
                let refund_id: RefundId = self.ids.draw(now);
                let retry_of = Some(failed.refund_id);
                let new = New { part, reason: &failed.reason, retry_of, refund_id, now };
                Ok(vec![write(tx, &invoice, new).await?])
            })
            .await
    }
}

fn done(written: &[Refund], action: &'static str) -> Result<Done> {
    let broken = |error| AppError::Broken(format!("a refund is no JSON: {error}"));
    let first = written.first().ok_or_else(|| AppError::Broken("no refund".to_owned()))?;
    let kept = Kept {
        invoice_id: first.invoice_id,
        refunds: written.iter().map(|refund| refund.refund_id).collect(),
    };
    let body = serde_json::to_vec(&kept).map_err(broken)?;
    let shown: Vec<serde_json::Value> = written
        .iter()
        .map(|refund| {
            serde_json::json!({
                "id": refund.refund_id, "destination": refund.destination.as_str(),
                "amount_minor": refund.amount.get(), "reason": refund.reason,
            })
        })
        .collect();
    let change = Change {
        action,
        tenant_id: Some(first.tenant_id),
        object_id: first.invoice_id.to_string(),
        before: None,
        after: Some(serde_json::json!({ "refunds": shown })),
    };
    let answer = Answer { status: 201, headers: Vec::new(), body };
    Ok(Done { answer, change: Some(change), secret: None })
}

fn refused(error: RefundError) -> AppError {
    match error {
        RefundError::NothingLeft(_) => AppError::Refused(error.to_string()),
        RefundError::BadAmount(_) => AppError::invalid("amount", error.to_string()),
        RefundError::Overflow(error) => error.into(),
    }
}

/// Refuses invoices that were never owed, and those with a payment that is disputed now: the
/// processor refuses to give back what is taken back already.
async fn check_refundable(tx: &mut Tx, invoice: &Invoice) -> Result<()> {
    if matches!(invoice.status, InvoiceStatus::Draft | InvoiceStatus::Cancelled) {
        let status = invoice.status.as_str();
        return Err(AppError::Refused(format!("an invoice that is {status} cannot be refunded")));
    }
    let disputes = store::disputes::of_invoice(tx, invoice.partner_id, invoice.invoice_id).await?;
    if disputes.iter().any(|dispute| dispute.state == DisputeState::Open) {
        let why = "a payment of this invoice is disputed; wait until the dispute is closed";
        return Err(AppError::Refused(why.to_owned()));
    }
    Ok(())
}

/// What is left of an invoice's payments and of the balance that covered it.
pub(super) async fn refundable(tx: &mut Tx, invoice: &Invoice) -> Result<Refundable> {
    let (partner_id, invoice_id) = (invoice.partner_id, invoice.invoice_id);
    let paid = payments::of_invoice(tx, partner_id, (invoice_id, None), MAX_PAYMENTS).await?;
    let given = refunds::of_invoice(tx, partner_id, invoice_id).await?;
    let lost = store::disputes::of_invoice(tx, partner_id, invoice_id).await?;
    let back = |payment_id| {
        let held = given.iter().filter(|it| it.state.holds() && it.payment_id == payment_id);
        held.map(|refund| refund.amount.get()).sum::<i64>()
    };
    let lost_of = |payment_id| {
        let lost = lost.iter().filter(|it| it.state == DisputeState::Lost);
        let own = lost.filter(|it| Some(it.payment_id) == payment_id);
        own.map(|dispute| dispute.amount.get()).sum::<i64>()
    };
    let mut left = Vec::with_capacity(paid.len() + 1);
    for payment in paid.iter().filter(|it| it.status == PaymentStatus::Succeeded) {
        let payment_id = Some(payment.payment_id);
        let gone = back(payment_id) + lost_of(payment_id);
        let amount = Minor::new(payment.amount.get().saturating_sub(gone));
        let by = match charged(payment) {
            Some(_) => PaidBy::Processor,
            None => PaidBy::Elsewhere,
        };
        left.push(Left { payment_id, by, amount });
    }
    let covered = Minor::new(invoice.credited.get().saturating_sub(back(None)));
    left.push(Left { payment_id: None, by: PaidBy::Balance, amount: covered });
    let (refunded, noted) = refunds::given_back(tx, partner_id, invoice_id).await?;
    let all = invoice.paid.plus(invoice.credited)?;
    // What a lost dispute took is not here to be given back, whatever paid the rest.
    let lost = lost.iter().filter(|it| it.state == DisputeState::Lost);
    let lost = Minor::sum(lost.map(|dispute| dispute.amount))?;
    let gone = refunded.amount.plus(noted.amount)?.plus(lost)?;
    Ok(Refundable::new(left, all.minus(gone)?))
}

/// A refund to be written.
struct New<'a> {
    part: Part,
    reason: &'a str,
    retry_of: Option<RefundId>,
    refund_id: RefundId,
    now: Timestamp,
}

/// Writes a refund down, tells of it, and settles it where nobody else has a say.
async fn write(tx: &mut Tx, invoice: &Invoice, new: New<'_>) -> Result<Refund> {
    let partner_id = invoice.partner_id;
    let charge = match (new.part.destination, new.part.payment_id) {
        (Destination::Card, Some(payment_id)) => {
            let payment = payments::find(tx, partner_id, payment_id).await?;
            payment.as_ref().and_then(charged)
        }
        _ => None,
    };
    let refund = started(tx, invoice, (&new, charge.as_ref())).await?;
    if !refunds::insert(tx, partner_id, &refund).await? {
        return Err(AppError::Refused("this refund was retried before".to_owned()));
    }
    let created = events::of_refund("refund.created", &refund, invoice.currency, new.now);
    store::events::append(tx, partner_id, &[created]).await?;
    if refund.destination == Destination::Card {
        return Ok(refund);
    }
    settle::succeeded(tx, partner_id, refund, new.now).await
}

async fn started(
    tx: &mut Tx,
    invoice: &Invoice,
    (new, charge): (&New<'_>, Option<&Charged>),
) -> Result<Refund> {
    let amount = new.part.amount;
    let tax = tax_of(tx, invoice, amount).await?;
    let waits = new.part.destination == Destination::Card;
    Ok(Refund {
        refund_id: new.refund_id,
        tenant_id: invoice.tenant_id,
        invoice_id: invoice.invoice_id,
        payment_id: new.part.payment_id,
        destination: new.part.destination,
        amount,
        applied: amount,
        tax,
        state: RefundState::Requested,
        origin: Origin::Platform,
        reason: new.reason.trim().to_owned(),
        failure: String::new(),
        context: charge.map(|it| it.context.clone()),
        charge: charge.map(|it| it.reference.clone()),
        reference: None,
        retry_of: new.retry_of,
        credit_id: None,
        created_at: new.now,
        settled_at: None,
        look_at: waits.then(|| new.now.plus_seconds(FIRST_LOOK_SECONDS)),
        version: 1,
    })
}

/// What of the next `amount` that goes back of an invoice is tax (TAX-12).
pub(super) async fn tax_of(tx: &mut Tx, invoice: &Invoice, amount: Minor) -> Result<Minor> {
    let (refunded, noted) = refunds::given_back(tx, invoice.partner_id, invoice.invoice_id).await?;
    let before = domain::refund::GivenBack {
        amount: refunded.amount.plus(noted.amount)?,
        tax: refunded.tax.plus(noted.tax)?,
    };
    Ok(next_tax_share(amount, before, (invoice.tax, invoice.total))?)
}
