//! What tenants are charged and given besides their profile: taxes, charges, credits.

use domain::{
    account::{self, ChargeKind},
    ids::{ChargeId, CreditId, InvoiceId, TaxId, TenantId},
    money::Currency,
    tax::TaxRate,
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Decimal, Instant};
use crate::setup::KeptCharge;

/// A tax that invoices may carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaxJurisdiction {
    /// Its id.
    #[schema(value_type = String, example = "tax_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: TaxId,
    /// What tenants name it by; never changed.
    #[schema(example = "US-AR-Pulaski")]
    pub code: String,
    /// Shown on the invoice's tax line.
    #[schema(example = "Pulaski County sales tax")]
    pub name: String,
    /// A share of the taxable lines: 0.085 is 8.5 %.
    #[schema(example = "0.085")]
    pub rate: Decimal,
    /// Whether new invoices carry it.
    pub enabled: bool,
    /// Grows with each change; the `ETag`.
    pub version: i64,
}

impl TaxJurisdiction {
    /// A jurisdiction at its version.
    pub fn of(tax: &account::TaxJurisdiction, version: i64) -> Self {
        let rate = TaxRate::from_millionths(tax.rate_millionths);
        Self {
            id: tax.tax_id,
            code: tax.code.clone(),
            name: tax.name.clone(),
            rate: Decimal(rate.expect("stored rates are below one").to_string()),
            enabled: tax.enabled,
            version,
        }
    }
}

/// A charge besides the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Charge {
    /// Its id.
    #[schema(value_type = String, example = "chg_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: ChargeId,
    /// How it repeats.
    #[schema(value_type = String, pattern = "^(one_time|recurring|metered)$")]
    pub kind: ChargeKind,
    /// Whose.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub tenant_id: TenantId,
    /// Shown on the invoice line.
    #[schema(example = "Porting")]
    pub description: String,
    /// How many units; null where what is reported counts.
    #[schema(example = "2")]
    pub quantity: Option<Decimal>,
    /// Price of one unit; negative for a discount.
    #[schema(example = "25.00")]
    pub unit_price: Decimal,
    /// Of the price.
    #[schema(example = "USD")]
    pub currency: String,
    /// Whether tax is due on it.
    pub taxable: bool,
    /// Of a one-time charge `pending`, `invoiced` or `withdrawn`; of others `scheduled`, `active`
    /// or `ended`.
    #[schema(value_type = String,
        pattern = "^(pending|invoiced|withdrawn|scheduled|active|ended)$")]
    pub status: &'static str,
    /// From when.
    pub starts_at: Instant,
    /// Until when (exclusive), or when a one-time charge was withdrawn.
    pub ends_at: Option<Instant>,
    /// The invoice that carries it, of a one-time charge.
    #[schema(value_type = Option<String>)]
    pub invoice_id: Option<InvoiceId>,
    /// When it was added.
    pub created_at: Instant,
    /// Grows with each change; the `ETag`.
    #[schema(example = 1)]
    pub version: i64,
}

impl Charge {
    /// A charge as it stands at `now`.
    pub fn of(kept: &KeptCharge, now: Timestamp) -> Self {
        let charge = &kept.charge;
        let status = match (charge.kind, charge.ends_at, kept.invoice_id) {
            (ChargeKind::OneTime, _, Some(_)) => "invoiced",
            (ChargeKind::OneTime, Some(_), None) => "withdrawn",
            (ChargeKind::OneTime, None, None) => "pending",
            (_, Some(end), _) if end <= now => "ended",
            _ if charge.starts_at > now => "scheduled",
            _ => "active",
        };
        let is_metered = charge.kind == ChargeKind::Metered;
        Self {
            id: charge.charge_id,
            kind: charge.kind,
            tenant_id: charge.tenant_id,
            description: charge.description.clone(),
            quantity: (!is_metered).then(|| Decimal(charge.quantity.to_string())),
            unit_price: Decimal(charge.unit_price.to_string()),
            currency: kept.currency.code().to_owned(),
            taxable: charge.taxable,
            status,
            starts_at: charge.starts_at.into(),
            ends_at: charge.ends_at.map(Instant),
            invoice_id: kept.invoice_id,
            created_at: kept.created_at.into(),
            version: kept.version,
        }
    }
}

/// Money that a tenant has with its partner; the next invoices use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Credit {
    /// Its id.
    #[schema(value_type = String)]
    pub id: CreditId,
    /// Whose.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub tenant_id: TenantId,
    /// What was given.
    #[schema(example = "20.00")]
    pub amount: Decimal,
    /// What is left of it.
    #[schema(example = "20.00")]
    pub remaining: Decimal,
    /// Of both.
    #[schema(example = "USD")]
    pub currency: String,
    /// Why it was given; shown to the tenant.
    #[schema(example = "Outage of 3 May")]
    pub reason: String,
    /// When it was given.
    pub created_at: Instant,
}

impl Credit {
    /// A credit in its tenant's currency.
    pub fn of(credit: &account::Credit, currency: Currency) -> Self {
        Self {
            id: credit.credit_id,
            tenant_id: credit.tenant_id,
            amount: Decimal(currency.decimal(credit.amount)),
            remaining: Decimal(currency.decimal(credit.remaining)),
            currency: currency.code().to_owned(),
            reason: credit.reason.clone(),
            created_at: credit.created_at.into(),
        }
    }
}
