//! Checkout sessions and invoice links, as programs see them.

use domain::{
    checkout,
    ids::{CheckoutId, InvoiceId, PaymentId, TenantId},
    money::Currency,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Decimal, Instant};

/// A page on which one invoice can be paid, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CheckoutSession)]
pub struct Checkout {
    /// Its id.
    #[schema(value_type = String, example = "cs_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: CheckoutId,
    /// Whose invoice it is.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub tenant_id: TenantId,
    /// What is paid.
    #[schema(value_type = String, example = "inv_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub invoice_id: InvoiceId,
    /// How much; all that is due then where nothing was said.
    pub amount: Option<Decimal>,
    /// What the amount is in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// How it stands.
    #[schema(value_type = String, pattern = "^(open|complete|expired)$")]
    pub status: &'static str,
    /// Where to send the payer, while it is open. Whoever has it can see and pay the invoice.
    #[schema(
        example = "https://billing.example.com/i/9f86d081?session=cs_01k9zq4v8m6s3t2r1p0n9m8k7j"
    )]
    pub url: Option<String>,
    /// Where the payer goes afterwards.
    #[schema(example = "https://app.example.com/thanks")]
    pub success_url: Option<String>,
    /// The payment that completed it.
    #[schema(value_type = Option<String>, example = "pay_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub payment_id: Option<PaymentId>,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends if it is not paid.
    pub expires_at: Instant,
    /// When it was paid.
    pub completed_at: Option<Instant>,
}

impl Checkout {
    /// A session of an invoice in this currency, with the address of its page.
    pub fn of(session: &checkout::Checkout, (currency, url): (Currency, Option<String>)) -> Self {
        Self {
            id: session.checkout_id,
            tenant_id: session.tenant_id,
            invoice_id: session.invoice_id,
            amount: session.amount.map(|amount| Decimal(currency.decimal(amount))),
            currency,
            status: session.status.as_str(),
            url,
            success_url: session.success_url.clone(),
            payment_id: session.payment_id,
            created_at: session.created_at.into(),
            expires_at: session.expires_at.into(),
            completed_at: session.completed_at.map(Instant),
        }
    }
}

/// The link to an invoice's page. Whoever has it can see, download and pay the invoice.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvoiceLink {
    /// What it opens.
    #[schema(value_type = String, example = "inv_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub invoice_id: InvoiceId,
    /// The address.
    #[schema(example = "https://billing.example.com/i/9f86d081884c7d659a2feaa0c55ad015")]
    pub url: String,
    /// When it was made.
    pub created_at: Instant,
}
