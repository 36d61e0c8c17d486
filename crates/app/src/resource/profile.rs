//! Billing profiles as programs see them: one object per version.

use domain::{
    cycle::Every,
    ids::{DeckId, ProfileId},
    money::{Currency, Nanos},
    profile::{
        BaseFeeTiming, BillingCycle, Included, MinuteRates, PricingModel, ProfileTerms, UsageScope,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Decimal, Instant};
use crate::setup::SavedProfile;

/// A trial and what it turns into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Trial {
    /// Days from the tenant's creation to the conversion.
    #[schema(example = 30)]
    pub days: u16,
    /// The billing profile it converts to.
    #[schema(value_type = String, example = "prf_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub convert_to: ProfileId,
}

/// How a partner charges a tenant, as one version says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BillingProfile {
    /// Its id, the same for all versions.
    #[schema(value_type = String, example = "prf_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: ProfileId,
    /// This version; the latest one's is the `ETag` of the profile.
    pub version: i64,
    /// Shown on invoices.
    #[schema(example = "Small Office")]
    pub name: String,
    /// `payg` charges every unit; `flat_rate` has a base fee that includes quantities.
    #[schema(value_type = String, pattern = "^(payg|flat_rate)$")]
    pub model: PricingModel,
    /// Whether periods begin on the day of activation or on the first of a month.
    #[schema(value_type = String, pattern = "^(anniversary|calendar_month)$")]
    pub cycle: BillingCycle,
    /// How long a period is.
    #[schema(value_type = String, pattern = "^(day|week|month|quarter|year)$")]
    pub every: Every,
    /// Of all its prices.
    #[schema(example = "USD")]
    pub currency: String,
    /// Fee per period.
    #[schema(example = "99.00")]
    pub base_fee: Decimal,
    /// Whether the fee is billed after the period or at its start.
    #[schema(value_type = String, pattern = "^(arrears|advance)$")]
    pub base_fee_timing: BaseFeeTiming,
    /// Extensions that the fee covers; null for any number.
    #[schema(example = 5)]
    pub included_extensions: Option<u32>,
    /// Phone numbers that the fee covers; null for any number.
    #[schema(example = 1)]
    pub included_dids: Option<u32>,
    /// Minutes that the fee covers; null for any number.
    #[schema(example = 500)]
    pub included_minutes: Option<u32>,
    /// Per extension and period.
    #[schema(example = "15.00")]
    pub extension_rate: Decimal,
    /// Per standard phone number and period.
    #[schema(example = "3")]
    pub did_rate: Decimal,
    /// Per toll-free phone number and period.
    #[schema(example = "5")]
    pub toll_free_did_rate: Decimal,
    /// Per minute of any call; null where there is a rate for each class.
    #[schema(example = "0.03")]
    pub minute_rate: Option<Decimal>,
    /// Per minute of a local call; null where one rate is for all.
    pub local_minute_rate: Option<Decimal>,
    /// Per minute of a toll-free call; null where one rate is for all.
    pub toll_free_minute_rate: Option<Decimal>,
    /// The rate deck that prices calls before the minute rates do.
    #[schema(value_type = Option<String>)]
    pub rate_deck_id: Option<DeckId>,
    /// Whether inbound calls are charged.
    #[schema(value_type = String, pattern = "^(both_directions|outbound_only)$")]
    pub usage_scope: UsageScope,
    /// Days from issue to due; null for the partner's own.
    pub terms_days: Option<u16>,
    /// Whether a period that comes to nothing still gets an invoice.
    pub invoice_zero_totals: bool,
    /// Present on a trial.
    pub trial: Option<Trial>,
    /// What is allowed and deserves a second look, such as prices below cost; of the latest
    /// version only.
    pub warnings: Vec<String>,
    /// When the profile was created.
    pub created_at: Instant,
    /// When this version was made.
    pub version_created_at: Instant,
}

impl From<&SavedProfile> for BillingProfile {
    fn from(saved: &SavedProfile) -> Self {
        let ProfileTerms { name, trial, .. } = saved.version.terms.clone();
        let terms = &saved.version.terms;
        let currency: Currency = saved.currency;
        let decimal = |rate: Nanos| Decimal(rate.to_string());
        let (any, local, toll_free) = match terms.minute_rates {
            MinuteRates::Single(rate) => (Some(rate), None, None),
            MinuteRates::ByClass { local, toll_free } => (None, Some(local), Some(toll_free)),
        };
        Self {
            id: saved.version.profile_id,
            version: saved.version.version,
            name,
            model: terms.model,
            cycle: terms.cycle,
            every: terms.every,
            currency: currency.code().to_owned(),
            base_fee: Decimal(currency.decimal(terms.base_fee)),
            base_fee_timing: terms.base_fee_timing,
            included_extensions: count(terms.included_extensions),
            included_dids: count(terms.included_dids),
            included_minutes: count(terms.included_minutes),
            extension_rate: decimal(terms.extension_rate),
            did_rate: decimal(terms.did_rate),
            toll_free_did_rate: decimal(terms.toll_free_did_rate),
            minute_rate: any.map(decimal),
            local_minute_rate: local.map(decimal),
            toll_free_minute_rate: toll_free.map(decimal),
            rate_deck_id: terms.deck,
            usage_scope: terms.usage_scope,
            terms_days: terms.terms_days,
            invoice_zero_totals: terms.invoice_zero_totals,
            trial: trial.map(|trial| Trial { days: trial.days, convert_to: trial.convert_to }),
            warnings: saved.warnings.iter().map(ToString::to_string).collect(),
            created_at: saved.created_at.into(),
            version_created_at: saved.version_created_at.into(),
        }
    }
}

fn count(included: Included) -> Option<u32> {
    match included {
        Included::UpTo(count) => Some(count),
        Included::Unlimited => None,
    }
}
