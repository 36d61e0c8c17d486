//! Tenants as programs see them.

use domain::{
    account::AutoPay,
    ids::{ProfileId, TenantId},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Instant;

/// A half-open span of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Span {
    /// Its first instant.
    pub start: Instant,
    /// The first instant after it.
    pub end: Instant,
}

impl From<domain::time::Span> for Span {
    fn from(span: domain::time::Span) -> Self {
        Self { start: span.start.into(), end: span.end.into() }
    }
}

/// A partner's customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tenant {
    /// Its id.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: TenantId,
    /// Shown on invoices.
    #[schema(example = "Acme Dental")]
    pub name: String,
    /// Namespaces its SIP credentials; never changed.
    #[schema(example = "ACME")]
    pub sip_prefix: String,
    /// The switch's own code for it.
    pub account_code: Option<String>,
    /// How it stands.
    #[schema(value_type = String, pattern = "^(trial|active|suspended|cancelled)$")]
    pub status: &'static str,
    /// Why it has no service; empty where it has.
    #[schema(example = json!(["overdue"]))]
    pub suspension_reasons: Vec<String>,
    /// Since when it is flagged as overdue; absent where it is not.
    pub flagged_at: Option<Instant>,
    /// Where its invoices go.
    #[schema(example = "books@acme.example")]
    pub billing_email: String,
    /// Postal address, one line per row.
    pub address: String,
    /// The caller name that its calls show; empty for none.
    #[schema(example = "ACME DENTAL")]
    pub default_cnam: String,
    /// IANA zone; its periods are cut at midnights of it.
    #[schema(example = "America/Chicago")]
    pub timezone: String,
    /// What it is billed in.
    #[schema(example = "USD")]
    pub currency: String,
    /// The area code for seven-digit dialling.
    pub home_area_code: Option<String>,
    /// Whether its default payment method is charged when an invoice is issued.
    pub auto_pay: bool,
    /// The billing profile of the open period.
    #[schema(value_type = String, example = "prf_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub billing_profile_id: ProfileId,
    /// The billing profile from the next period on, where another one is chosen.
    #[schema(value_type = Option<String>)]
    pub pending_billing_profile_id: Option<ProfileId>,
    /// The open billing period; absent while it is not billed.
    pub current_period: Option<Span>,
    /// When it was created.
    pub created_at: Instant,
    /// When billing began.
    pub activated_at: Option<Instant>,
    /// When it was cancelled.
    pub cancelled_at: Option<Instant>,
    /// Grows with each change; the `ETag` of the tenant.
    pub version: i64,
}

impl From<&domain::account::Tenant> for Tenant {
    fn from(tenant: &domain::account::Tenant) -> Self {
        let period = tenant.open_start.zip(tenant.open_end);
        Self {
            id: tenant.tenant_id,
            name: tenant.name.clone(),
            sip_prefix: tenant.sip_prefix.clone(),
            account_code: tenant.account_code.clone(),
            status: tenant.life.status().as_str(),
            suspension_reasons: tenant.life.reasons.iter().map(ToString::to_string).collect(),
            flagged_at: tenant.flagged_at.map(Instant),
            billing_email: tenant.billing_email.clone(),
            address: tenant.address.clone(),
            default_cnam: tenant.default_cnam.clone(),
            timezone: tenant.zone.name().to_owned(),
            currency: tenant.currency.code().to_owned(),
            home_area_code: tenant.home_npa.clone(),
            auto_pay: tenant.auto_pay == AutoPay::On,
            billing_profile_id: tenant.profile_id,
            pending_billing_profile_id: tenant.pending_profile.map(|(profile_id, _)| profile_id),
            current_period: period
                .map(|(start, end)| Span { start: start.into(), end: end.into() }),
            created_at: tenant.created_at.into(),
            activated_at: tenant.life.billed_since.map(Instant),
            cancelled_at: tenant.life.cancelled_at.map(Instant),
            version: tenant.version,
        }
    }
}
