//! Partners and what they are charged, as programs see them.

use domain::{
    account::{self, Source},
    ids::{DeckId, JobId, PartnerId, ProfileId, SourceId},
    money::format_decimal,
    partner::PartnerStatus,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Decimal, Instant};
use crate::operations::{JobState, TierTerms};

/// A reseller of the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Partner {
    /// Its id.
    #[schema(value_type = String, example = "ptr_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: PartnerId,
    /// Short name in host names; never changed.
    #[schema(example = "oak-voice")]
    pub slug: String,
    /// Legal name.
    #[schema(example = "Oak Voice LLC")]
    pub company_name: String,
    /// Name on pages, mails and PDFs; empty where it is the company name.
    #[schema(example = "Oak Voice")]
    pub brand_name: String,
    /// `#rrggbb`.
    #[schema(example = "#1f6feb")]
    pub brand_color: String,
    /// Postal address, one line per row.
    pub address: String,
    /// Shown on invoices.
    pub website: String,
    /// Where tenants ask.
    #[schema(example = "help@oak.example")]
    pub support_email: String,
    /// What stands on a card statement.
    pub statement_descriptor: String,
    /// Where the operator's mails about money go.
    #[schema(example = "billing@oak.example")]
    pub billing_email: String,
    /// IANA zone.
    #[schema(example = "America/Chicago")]
    pub timezone: String,
    /// ISO 4217.
    #[schema(example = "USD")]
    pub currency: String,
    /// For dates and money.
    #[schema(example = "en-US")]
    pub locale: String,
    /// How it stands with the operator.
    #[schema(value_type = String, example = "active")]
    pub status: PartnerStatus,
    /// Days from issue to due.
    #[schema(example = 15)]
    pub payment_terms_days: u16,
    /// Whether the billing address is mailed when a tenant nears or reaches a usage cap. Tenants
    /// are suspended at their caps all the same.
    #[schema(example = true)]
    pub usage_alerts: bool,
    /// The billing profile of tenants that are created without a choice.
    #[schema(value_type = String, example = "prf_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub default_billing_profile_id: ProfileId,
    /// Seconds billed at least for a call that no deck prices.
    #[schema(example = 6)]
    pub minimum_seconds: u32,
    /// Seconds of each further step.
    #[schema(example = 6)]
    pub increment_seconds: u32,
    /// When it signed up.
    pub created_at: Instant,
    /// Grows with each change; the `ETag` of the partner.
    pub version: i64,
}

impl From<&account::Partner> for Partner {
    fn from(partner: &account::Partner) -> Self {
        let brand = &partner.brand;
        Self {
            id: partner.partner_id,
            slug: partner.slug.clone(),
            company_name: partner.company_name.clone(),
            brand_name: brand.name.clone(),
            brand_color: brand.color.clone(),
            address: brand.address.clone(),
            website: brand.website.clone(),
            support_email: brand.support_email.clone(),
            statement_descriptor: brand.statement_descriptor.clone(),
            billing_email: partner.billing_email.clone(),
            timezone: partner.zone.name().to_owned(),
            currency: partner.currency.code().to_owned(),
            locale: partner.locale.clone(),
            status: partner.status,
            payment_terms_days: partner.terms_days,
            usage_alerts: partner.usage_alerts,
            default_billing_profile_id: partner.default_profile,
            minimum_seconds: partner.increments.minimum_seconds,
            increment_seconds: partner.increments.increment_seconds,
            created_at: partner.created_at.into(),
            version: partner.version,
        }
    }
}

/// What the operator charges a partner from an instant on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WholesaleTerms {
    /// The first instant at which it applies.
    pub effective_from: Instant,
    /// `starter`, `professional`, `business` or `enterprise`.
    #[schema(value_type = String, example = "starter")]
    pub tier: &'static str,
    /// Per extension and calendar month.
    #[schema(example = "3.00")]
    pub extension_month: Decimal,
    /// Per local number and calendar month.
    pub local_did_month: Decimal,
    /// Per toll-free number and calendar month.
    pub toll_free_did_month: Decimal,
    /// Per minute of a local call.
    #[schema(example = "0.014")]
    pub local_minute: Decimal,
    /// Per minute of a toll-free call.
    pub toll_free_minute: Decimal,
    /// The operator's deck that prices calls before the minute rates do.
    #[schema(value_type = Option<String>)]
    pub rate_deck_id: Option<DeckId>,
}

impl From<&TierTerms> for WholesaleTerms {
    fn from(TierTerms { tier, terms }: &TierTerms) -> Self {
        let rate = |nanos: domain::money::Nanos| Decimal(format_decimal(nanos.get(), 9, 2));
        Self {
            effective_from: terms.effective_from.into(),
            tier: tier.as_str(),
            extension_month: rate(terms.extension_month),
            local_did_month: rate(terms.local_did_month),
            toll_free_did_month: rate(terms.toll_free_did_month),
            local_minute: rate(terms.local_minute),
            toll_free_minute: rate(terms.toll_free_minute),
            rate_deck_id: terms.deck,
        }
    }
}

/// A source of call records: one switch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CdrSource {
    /// Its id.
    #[schema(value_type = String, example = "src_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: SourceId,
    /// Its name.
    #[schema(example = "pbx-1")]
    pub name: String,
    /// The only partner it serves; absent where it is the operator's and serves all.
    #[schema(value_type = Option<String>)]
    pub partner_id: Option<PartnerId>,
}

impl From<Source> for CdrSource {
    fn from(source: Source) -> Self {
        Self { id: source.source_id, name: source.name, partner_id: source.owner }
    }
}

/// A piece of background work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Job {
    /// Its id.
    #[schema(value_type = String, example = "job_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: JobId,
    /// For whom.
    #[schema(value_type = String)]
    pub partner_id: PartnerId,
    /// What it does.
    #[schema(example = "invoice.render")]
    pub kind: String,
    /// What it is for: there is one of each.
    pub key: String,
    /// `ready`, `done` or `failed`.
    #[schema(example = "done")]
    pub state: String,
    /// When it is due.
    pub run_at: Instant,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it failed the last time.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub created_at: Instant,
}

impl From<JobState> for Job {
    fn from(job: JobState) -> Self {
        Self {
            id: job.job_id,
            partner_id: job.partner_id,
            kind: job.kind,
            key: job.key,
            state: job.state,
            run_at: job.run_at.into(),
            attempts: job.attempts,
            last_error: job.last_error,
            created_at: job.created_at.into(),
        }
    }
}
