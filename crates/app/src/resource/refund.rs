//! Refunds, credit notes and disputes, as programs see them.

use domain::{
    credit_note, dispute,
    ids::{CreditId, CreditNoteId, DisputeId, InvoiceId, PartnerId, PaymentId, RefundId, TenantId},
    money::Currency,
    refund,
    time::Day,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Decimal, Instant};

/// Money that goes back to a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Refund {
    /// Its id.
    #[schema(value_type = String, example = "ref_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: RefundId,
    /// Who gets it.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub tenant_id: TenantId,
    /// What had been paid.
    #[schema(value_type = String, example = "inv_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub invoice_id: InvoiceId,
    /// The payment that is given back; absent where the tenant's balance had paid.
    #[schema(value_type = Option<String>, example = "pay_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub payment_id: Option<PaymentId>,
    /// Where it goes: to the card or bank account that paid, to the tenant's balance, or by hand.
    #[schema(value_type = String, pattern = "^(card|credit|manual)$")]
    pub destination: &'static str,
    /// How much.
    #[schema(example = "10.00")]
    pub amount: Decimal,
    /// What of it is tax.
    #[schema(example = "0.78")]
    pub tax: Decimal,
    /// What the amounts are in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// How it stands. Cards show a refund after 3 to 5 business days.
    #[schema(value_type = String, pattern = "^(pending|succeeded|failed)$")]
    pub status: &'static str,
    /// Who asked for it: somebody here, or somebody at the payment processor.
    #[schema(value_type = String, pattern = "^(platform|processor)$")]
    pub origin: &'static str,
    /// Why, as somebody wrote it.
    #[schema(example = "Line was down for two days")]
    pub reason: String,
    /// Why it failed, or why nobody knows yet.
    pub failure: Option<String>,
    /// The failed refund that it stands for.
    #[schema(value_type = Option<String>)]
    pub retry_of: Option<RefundId>,
    /// The credit that it became.
    #[schema(value_type = Option<String>)]
    pub credit_id: Option<CreditId>,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it succeeded or failed.
    pub settled_at: Option<Instant>,
    /// Grows with each change.
    pub version: i64,
}

impl Refund {
    /// The refund of an invoice in this currency.
    pub fn of(refund: &refund::Refund, currency: Currency) -> Self {
        Self {
            id: refund.refund_id,
            tenant_id: refund.tenant_id,
            invoice_id: refund.invoice_id,
            payment_id: refund.payment_id,
            destination: refund.destination.as_str(),
            amount: Decimal(currency.decimal(refund.amount)),
            tax: Decimal(currency.decimal(refund.tax)),
            currency,
            status: refund.state.shown(),
            origin: refund.origin.as_str(),
            reason: refund.reason.clone(),
            failure: Some(refund.failure.clone()).filter(|text| !text.is_empty()),
            retry_of: refund.retry_of,
            credit_id: refund.credit_id,
            created_at: refund.created_at.into(),
            settled_at: refund.settled_at.map(Instant),
            version: refund.version,
        }
    }
}

/// A credit note: what takes back an issued invoice, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CreditNote {
    /// Its id.
    #[schema(value_type = String, example = "crn_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: CreditNoteId,
    /// Its number.
    #[schema(example = "CN-000001")]
    pub number: String,
    /// Whom it credits.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub tenant_id: TenantId,
    /// The invoice that it takes back, or a part of.
    #[schema(value_type = String, example = "inv_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub invoice_id: InvoiceId,
    /// The refund that it is for.
    #[schema(value_type = Option<String>)]
    pub refund_id: Option<RefundId>,
    /// The credit that it is for, or that the refund became.
    #[schema(value_type = Option<String>)]
    pub credit_id: Option<CreditId>,
    /// How much, tax included.
    #[schema(example = "10.00")]
    pub amount: Decimal,
    /// What of it is tax.
    #[schema(example = "0.78")]
    pub tax: Decimal,
    /// What its amounts are in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// `cancelled` where its refund failed after all; its number stays used.
    #[schema(value_type = String, pattern = "^(issued|cancelled)$")]
    pub status: &'static str,
    /// Why.
    #[schema(example = "Line was down for two days")]
    pub reason: String,
    /// The date of issue.
    #[schema(value_type = String, format = Date, example = "2026-06-01")]
    pub issue_date: Day,
    /// When it was issued.
    pub issued_at: Instant,
    /// When it was cancelled.
    pub cancelled_at: Option<Instant>,
}

impl From<&credit_note::CreditNote> for CreditNote {
    fn from(note: &credit_note::CreditNote) -> Self {
        Self {
            id: note.credit_note_id,
            number: note.number.clone(),
            tenant_id: note.tenant_id,
            invoice_id: note.invoice_id,
            refund_id: note.refund_id,
            credit_id: note.credit_id,
            amount: Decimal(note.currency.decimal(note.amount)),
            tax: Decimal(note.currency.decimal(note.tax)),
            currency: note.currency,
            status: if note.cancelled_at.is_some() { "cancelled" } else { "issued" },
            reason: note.reason.clone(),
            issue_date: note.issue_day,
            issued_at: note.issued_at.into(),
            cancelled_at: note.cancelled_at.map(Instant),
        }
    }
}

/// A dispute: a payer takes a payment back through its bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Dispute {
    /// Its id.
    #[schema(value_type = String, example = "dsp_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: DisputeId,
    /// Who disputes.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub tenant_id: TenantId,
    /// What was paid.
    #[schema(value_type = String, example = "inv_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub invoice_id: InvoiceId,
    /// The payment.
    #[schema(value_type = String, example = "pay_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub payment_id: PaymentId,
    /// How much is disputed.
    #[schema(example = "110.52")]
    pub amount: Decimal,
    /// What the amount is in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// How it stands.
    #[schema(value_type = String, pattern = "^(open|won|lost)$")]
    pub status: &'static str,
    /// What the payment processor says of it while it is open.
    #[schema(example = "needs_response")]
    pub detail: String,
    /// The payer's reason.
    #[schema(example = "fraudulent")]
    pub reason: String,
    /// Who answers it: the operator on its own account, the partner at the payment processor on
    /// the partner's.
    #[schema(value_type = String, pattern = "^(operator|partner)$")]
    pub answered_by: &'static str,
    /// Until when evidence is taken.
    pub evidence_due: Option<Instant>,
    /// When all evidence was given.
    pub submitted_at: Option<Instant>,
    /// When it was first seen.
    pub opened_at: Instant,
    /// When it was won or lost.
    pub closed_at: Option<Instant>,
    /// Grows with each change.
    pub version: i64,
}

impl Dispute {
    /// The dispute of a payment in this currency.
    pub fn of(dispute: &dispute::Dispute, currency: Currency) -> Self {
        Self {
            id: dispute.dispute_id,
            tenant_id: dispute.tenant_id,
            invoice_id: dispute.invoice_id,
            payment_id: dispute.payment_id,
            amount: Decimal(currency.decimal(dispute.amount)),
            currency,
            status: dispute.state.as_str(),
            detail: dispute.detail.clone(),
            reason: dispute.reason.clone(),
            answered_by: if dispute.is_answered_here() { "operator" } else { "partner" },
            evidence_due: dispute.evidence_due.map(Instant),
            submitted_at: dispute.submitted_at.map(Instant),
            opened_at: dispute.opened_at.into(),
            closed_at: dispute.closed_at.map(Instant),
            version: dispute.version,
        }
    }
}

/// A dispute as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OperatorDispute {
    /// Whose tenant disputes.
    #[schema(value_type = String, example = "ptr_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub partner_id: PartnerId,
    /// What was written down against it.
    pub evidence: String,
    /// The processor's id of it.
    #[schema(example = "dp_1Q2w3E4r5T6y")]
    pub reference: String,
    /// The dispute.
    #[serde(flatten)]
    pub dispute: Dispute,
}
