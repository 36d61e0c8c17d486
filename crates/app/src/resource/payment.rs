//! Payments, the wallet and what tenants owe, as programs see them.

use domain::{
    ids::{InvoiceId, LedgerTxId, PaymentId, TenantId},
    money::Currency,
    payment::{self, PaymentStatus},
};
use serde::Serialize;
use store::wallet::WalletEntry;
use utoipa::ToSchema;

use super::{Decimal, Instant};

/// A payment of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Payment {
    /// Its id.
    #[schema(value_type = String, example = "pay_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: PaymentId,
    /// Who pays.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub tenant_id: TenantId,
    /// What is paid.
    #[schema(value_type = String, example = "inv_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub invoice_id: InvoiceId,
    /// How; `manual` where it was paid elsewhere.
    #[schema(example = "sandbox:visa")]
    pub payment_method: String,
    /// How much.
    pub amount: Decimal,
    /// What the amount is in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// How it stands.
    #[schema(value_type = String, pattern = "^(pending|succeeded|failed)$")]
    pub status: &'static str,
    /// What a person noted about it.
    pub note: Option<String>,
    /// Why it failed, where it did.
    pub failure: Option<String>,
    /// When it was begun.
    pub created_at: Instant,
    /// When it succeeded or failed.
    pub settled_at: Option<Instant>,
}

impl Payment {
    /// The payment of an invoice in this currency.
    pub fn of(payment: &payment::Payment, currency: Currency) -> Self {
        let text = Some(payment.note.clone()).filter(|text| !text.is_empty());
        let (note, failure) = match payment.status {
            PaymentStatus::Failed => (None, text),
            PaymentStatus::Pending | PaymentStatus::Succeeded => (text, None),
        };
        Self {
            id: payment.payment_id,
            tenant_id: payment.tenant_id,
            invoice_id: payment.invoice_id,
            payment_method: payment.method.clone(),
            amount: Decimal(currency.decimal(payment.amount)),
            currency,
            status: payment.status.as_str(),
            note,
            failure,
            created_at: payment.created_at.into(),
            settled_at: payment.settled_at.map(Instant),
        }
    }
}

/// A partner's prepaid account with the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Wallet {
    /// What its amounts are in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// What it holds: all credits minus all debits.
    pub balance: Decimal,
    /// What can still be spent: the balance without what is held for calls in progress.
    pub available: Decimal,
    /// What is on its way to it: top-ups that are not settled.
    pub pending: Decimal,
}

/// A credit or debit of the wallet. Never changed, never deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WalletTransaction {
    /// The ledger transaction that it is part of.
    #[schema(value_type = String, example = "ltx_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub transaction_id: LedgerTxId,
    /// The place of that transaction in the partner's books; with `line` the place of this one.
    #[schema(example = 42)]
    pub seq: i64,
    /// Its place in the transaction, from 0.
    pub line: i64,
    /// What it is for, such as `top_up`, `usage_local` or `monthly_did`.
    #[schema(value_type = String, example = "usage_local")]
    pub kind: &'static str,
    /// How much more the wallet holds after it; negative for debits.
    #[schema(example = "-0.0014")]
    pub amount: Decimal,
    /// What the wallet holds after it.
    pub balance_after: Decimal,
    /// What its amounts are in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// Whom it concerns, where that is one tenant.
    #[schema(value_type = Option<String>)]
    pub tenant_id: Option<TenantId>,
    /// For people.
    pub description: String,
    /// What it was booked for: a batch of calls, a month's numbers, a top-up.
    pub reference: Reference,
    /// When it was booked.
    pub created_at: Instant,
}

/// What something was booked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reference {
    /// What kind of thing.
    #[schema(example = "batch")]
    pub kind: String,
    /// Its id.
    pub id: String,
}

impl WalletTransaction {
    /// The entry of a wallet in this currency.
    pub fn of(entry: &WalletEntry, currency: Currency) -> Self {
        let (kind, id) = entry.source.clone();
        Self {
            transaction_id: entry.ltx_id,
            seq: entry.seq,
            line: entry.line,
            kind: entry.kind.as_str(),
            amount: Decimal(entry.amount.to_string()),
            balance_after: Decimal(entry.balance_after.to_string()),
            currency,
            tenant_id: entry.tenant_id,
            description: entry.description.clone(),
            reference: Reference { kind, id },
            created_at: entry.at.into(),
        }
    }
}

/// What a tenant owes and what it is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TenantBalance {
    /// Whose.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub tenant_id: TenantId,
    /// What its amounts are in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// What is left to pay of issued invoices, the overdue ones included.
    pub due: Decimal,
    /// What is left to pay of overdue invoices.
    pub overdue: Decimal,
    /// Credit that its next invoices use.
    pub credit: Decimal,
    /// How many issued invoices are not paid.
    pub unpaid_invoices: i64,
    /// How many of them are overdue.
    pub overdue_invoices: i64,
}
