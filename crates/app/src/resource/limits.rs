//! Limits of tenants and defaults of new ones as partners see them; tenants never do (LIM-16).

use domain::{
    account::Partner,
    ids::{ProfileId, TenantId},
    limits,
    money::Currency,
    tenant::TenantStatus,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Decimal;
use crate::setup::LimitsOf;

/// What a tenant may use. Null is unlimited; zero allows nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TenantLimits {
    /// Charges of a billing period, before tax.
    pub monthly_spend: Option<Decimal>,
    /// Of `monthly_spend`.
    #[schema(example = "USD")]
    pub currency: String,
    /// Extensions at a time.
    #[schema(example = 50)]
    pub max_extensions: Option<u32>,
    /// Phone numbers at a time.
    #[schema(example = 10)]
    pub max_phone_numbers: Option<u32>,
    /// Minutes of a billing period, inbound and outbound.
    #[schema(example = 5000)]
    pub max_monthly_minutes: Option<u32>,
    /// Percent of a cap at which the partner is told, 1 to 100.
    #[schema(example = 80, minimum = 1, maximum = 100)]
    pub alert_threshold: u8,
    /// What happens at a cap: the tenant is suspended, or the partner is told only.
    #[schema(value_type = String, pattern = "^(suspend|alert)$")]
    pub on_limit: limits::OnLimit,
}

impl TenantLimits {
    /// The limits, with money in `currency`.
    pub fn of(limits: &limits::TenantLimits, currency: Currency) -> Self {
        let spend = limits.monthly_spend.map(|spend| Decimal(currency.decimal(spend)));
        Self {
            monthly_spend: spend,
            currency: currency.code().to_owned(),
            max_extensions: limits.max_extensions,
            max_phone_numbers: limits.max_phone_numbers,
            max_monthly_minutes: limits.max_minutes,
            alert_threshold: limits.alert_percent,
            on_limit: limits.on_limit,
        }
    }
}

/// What new tenants begin with, where nothing else is said. Tenants that exist keep what they have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TenantDefaults {
    /// IANA zone.
    #[schema(example = "America/Chicago")]
    pub timezone: String,
    /// The caller name that calls show, at most 15 characters.
    #[schema(example = "ACME DENTAL")]
    pub default_cnam: String,
    /// The billing profile.
    #[schema(value_type = String)]
    pub billing_profile_id: ProfileId,
    /// The limits.
    pub limits: TenantLimits,
    /// Limits that a partner does well to begin with: send them as `limits` to take them over,
    /// without their currency.
    pub recommended_limits: TenantLimits,
}

impl TenantDefaults {
    /// The defaults of `partner`.
    pub fn of(defaults: &limits::TenantDefaults, partner: &Partner) -> Self {
        let zone = defaults.zone.as_ref().unwrap_or(&partner.zone);
        Self {
            timezone: zone.name().to_owned(),
            default_cnam: defaults.default_cnam.clone(),
            billing_profile_id: partner.default_profile,
            limits: TenantLimits::of(&defaults.limits, partner.currency),
            recommended_limits: TenantLimits::of(
                &limits::TenantLimits::recommended(partner.currency),
                partner.currency,
            ),
        }
    }
}

/// A tenant and its limits, as one row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TenantLimitsRow {
    /// The tenant.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub tenant_id: TenantId,
    /// Its name.
    #[schema(example = "Acme Dental")]
    pub tenant_name: String,
    /// Its status.
    #[schema(value_type = String, example = "active")]
    pub tenant_status: TenantStatus,
    /// Its limits.
    #[serde(flatten)]
    pub limits: TenantLimits,
    /// The version of the limits; the `ETag` that editing them goes by.
    #[schema(example = 1)]
    pub version: i64,
}

impl From<&LimitsOf> for TenantLimitsRow {
    fn from(of: &LimitsOf) -> Self {
        Self {
            tenant_id: of.tenant.tenant_id,
            tenant_name: of.tenant.name.clone(),
            tenant_status: of.tenant.life.status(),
            limits: TenantLimits::of(&of.limits, of.tenant.currency),
            version: of.version,
        }
    }
}
