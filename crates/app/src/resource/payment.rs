//! Payments, the wallet and what tenants owe, as programs see them.

use domain::{
    dispute::DisputeState,
    ids::{CheckoutId, InvoiceId, LedgerTxId, MethodId, PaymentId, TenantId},
    money::Currency,
    payment,
    processor::AccountContext,
};
use serde::Serialize;
use store::wallet::WalletEntry;
use utoipa::ToSchema;

use super::{Decimal, Instant};
use crate::collect::Collected;

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
    /// What people call its method; `manual` where it was paid elsewhere.
    #[schema(example = "Visa •••• 4242")]
    pub payment_method: String,
    /// The saved method.
    #[schema(value_type = Option<String>, example = "pm_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub payment_method_id: Option<MethodId>,
    /// How much.
    pub amount: Decimal,
    /// What the amount is in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// What of it was given back.
    #[schema(example = "0.00")]
    pub amount_refunded: Decimal,
    /// How its dispute stands: `open`, `won` or `lost`; absent where it was never disputed.
    #[schema(value_type = Option<String>, example = "open")]
    pub dispute: Option<&'static str>,
    /// How it stands. `processing` is money on its way from a bank; `requires_action` waits for
    /// the payer.
    #[schema(
        value_type = String,
        pattern = "^(pending|requires_action|processing|succeeded\
                   |partially_refunded|refunded|failed|cancelled)$"
    )]
    pub status: &'static str,
    /// Who began it.
    #[schema(value_type = String, pattern = "^(request|auto_pay|hosted_page|manual)$")]
    pub origin: &'static str,
    /// What a person noted about it.
    pub note: Option<String>,
    /// Why it failed, for programs, where it did.
    #[schema(example = "insufficient_funds")]
    pub failure_code: Option<String>,
    /// Why it failed, where it did.
    #[schema(example = "the card has insufficient funds")]
    pub failure: Option<String>,
    /// The checkout session that it was begun from.
    #[schema(value_type = Option<String>, example = "cs_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub checkout_session_id: Option<CheckoutId>,
    /// How the partner was paid when it was begun: `platform`, `connect` or `custom_keys`.
    #[schema(value_type = Option<String>, example = "connect")]
    pub mode: Option<&'static str>,
    /// The account at the payment processor that it is on, where that is not the operator's.
    #[schema(example = "acct_1Nv0FGQ9RKHgCVdK")]
    pub processor_account: Option<String>,
    /// The payment processor's id of it.
    #[schema(example = "pi_3MtwBwLkdIwHu7ix28a3tqPa")]
    pub processor_reference: Option<String>,
    /// The platform's share of it; absent where there is none.
    pub application_fee: Option<Decimal>,
    /// When it was begun.
    pub created_at: Instant,
    /// When it succeeded, failed or was given up.
    pub settled_at: Option<Instant>,
}

impl Payment {
    /// The payment of an invoice in this currency, as the partner sees it (PAY-15).
    pub fn of(payment: &payment::Payment, currency: Currency) -> Self {
        let context = payment.context.as_ref();
        let account = context.and_then(|context| match context {
            AccountContext::Platform => None,
            AccountContext::Connected(account) | AccountContext::Custom(account) => {
                Some(account.as_str().to_owned())
            }
        });
        let fee = Some(payment.fee).filter(|fee| !fee.is_zero());
        Self {
            id: payment.payment_id,
            tenant_id: payment.tenant_id,
            invoice_id: payment.invoice_id,
            payment_method: payment.method.clone(),
            payment_method_id: payment.method_id,
            amount: Decimal(currency.decimal(payment.amount)),
            currency,
            amount_refunded: Decimal(currency.decimal(payment.refunded)),
            status: payment.shown_status(),
            dispute: payment.dispute.map(DisputeState::as_str),
            origin: payment.origin.as_str(),
            note: Some(payment.note.clone()).filter(|text| !text.is_empty()),
            failure_code: payment.failure.as_ref().map(|it| it.code.clone()),
            failure: payment.failure.as_ref().map(|it| it.message.clone()),
            checkout_session_id: payment.checkout_id,
            mode: context.map(|context| context.mode().as_str()),
            processor_account: account,
            processor_reference: payment.reference.clone(),
            application_fee: fee.map(|fee| Decimal(currency.decimal(fee))),
            created_at: payment.created_at.into(),
            settled_at: payment.settled_at.map(Instant),
        }
    }
}

/// What the payer has to do before a payment goes on. Shown to whoever asked, and kept nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentAction {
    /// For the payment processor's script in the payer's browser: a secret of this payment.
    #[schema(example = "pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJ")]
    pub client_secret: String,
    /// The key for that script, where there is one.
    #[schema(example = "pk_live_51Nv0")]
    pub publishable_key: Option<String>,
    /// Where to send the browser, where the processor wants it so.
    pub redirect_url: Option<String>,
}

/// A payment with what its payer has to do.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BegunPayment {
    /// The payment.
    #[serde(flatten)]
    pub payment: Payment,
    /// What the payer has to do; absent where nothing is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<PaymentAction>,
}

impl BegunPayment {
    /// What came of collecting.
    pub fn of(collected: &Collected) -> Self {
        let action = collected.action.as_ref().map(|action| PaymentAction {
            client_secret: action.client_secret.clone(),
            publishable_key: action.publishable_key.clone(),
            redirect_url: action.redirect.clone(),
        });
        let payment = Payment::of(&collected.payment, collected.invoice.currency);
        Self { payment, action }
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
