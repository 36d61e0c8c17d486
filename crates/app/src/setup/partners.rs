//! Partners and what the operator charges them.
//!
//! Decided here: a new partner starts with the two automatic profiles (PRO-10), of which
//! pay-as-you-go is its default, and with its tier's figures from now on. New terms are
//! prospective: never before now, never before terms that were set already (PLT-23).

use domain::{
    account::{BillingIncrements, Brand, Partner, WholesaleTerms},
    ids::{DeckId, PartnerId},
    money::Currency,
    partner::PartnerStatus,
    profile::{ProfileVersion, automatic_profiles},
    rating::Increments,
    tier::{Tier, TierRates},
    time::{Timestamp, Zone},
};
use serde_json::json;
use store::{db::Tx, partners::TierTerms};

use super::{Happened, directory_changed, fields::Checks, record, the_operator, the_partner};
use crate::{
    App,
    error::{AppError, Result},
    resource,
};

/// The colour of partners that chose none.
pub const USUAL_COLOR: &str = "#1f6feb";

/// What the operator charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewTerms {
    /// The tier.
    pub tier: Tier,
    /// The figures of an Enterprise partner (PLT-12); the other tiers have their own.
    pub figures: Option<TierRates>,
    /// A deck of the operator that prices calls before the minute rates do.
    pub deck: Option<DeckId>,
}

/// A reseller to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPartner {
    /// Short name in paths and host names.
    pub slug: String,
    /// Legal name.
    pub company_name: String,
    /// How it shows itself.
    pub brand: Brand,
    /// PNG or JPEG.
    pub logo: Option<Vec<u8>>,
    /// Where the operator's mails about money go.
    pub billing_email: String,
    /// Its IANA zone.
    pub zone: String,
    /// Its currency; the operator's where there is none.
    pub currency: Option<String>,
    /// For dates and money.
    pub locale: String,
    /// Trial or active.
    pub status: PartnerStatus,
    /// Days from issue to due.
    pub terms_days: u16,
    /// Increments of retail calls that no deck prices.
    pub increments: BillingIncrements,
    /// What the operator charges it from now on.
    pub terms: NewTerms,
}

/// Longest payment terms; a year is beyond any contract.
pub(super) const MAX_TERMS_DAYS: u16 = 365;

impl NewPartner {
    /// A partner in trial on the Starter tier, with the numeric defaults: 15 days, 6/6 seconds.
    pub fn named(slug: &str, company_name: &str, billing_email: &str) -> Self {
        Self {
            slug: slug.to_owned(),
            company_name: company_name.to_owned(),
            brand: Brand {
                name: String::new(),
                color: USUAL_COLOR.to_owned(),
                address: String::new(),
                website: String::new(),
                support_email: billing_email.to_owned(),
                statement_descriptor: String::new(),
            },
            logo: None,
            billing_email: billing_email.to_owned(),
            zone: "UTC".to_owned(),
            currency: None,
            locale: "en-US".to_owned(),
            status: PartnerStatus::Trial,
            terms_days: 15,
            increments: BillingIncrements { minimum_seconds: 6, increment_seconds: 6 },
            terms: NewTerms { tier: Tier::Starter, figures: None, deck: None },
        }
    }

    fn check(&self) -> Result<(Zone, Option<Currency>)> {
        let mut checks = Checks::default();
        checks.slug("slug", &self.slug);
        checks.name("company_name", &self.company_name);
        check_brand(&mut checks, &self.brand);
        if let Some(logo) = &self.logo {
            checks.logo("logo", logo);
        }
        checks.email("billing_email", &self.billing_email);
        checks.locale("locale", &self.locale);
        let can_start = matches!(self.status, PartnerStatus::Trial | PartnerStatus::Active);
        checks.require("status", can_start, "must be trial or active");
        let in_range = self.terms_days <= MAX_TERMS_DAYS;
        checks.require("terms_days", in_range, "must be at most 365");
        let BillingIncrements { minimum_seconds, increment_seconds } = self.increments;
        checks.parse("increments", Increments::try_new(minimum_seconds, increment_seconds));
        let zone = checks.parse("zone", Zone::parse(&self.zone));
        let currency = self.currency.as_deref().map(Currency::parse).transpose();
        let currency = checks.parse("currency", currency);
        let (Some(zone), Some(currency)) = (zone, currency) else {
            return Err(checks.into_error());
        };
        checks.finish()?;
        Ok((zone, currency))
    }
}

pub(super) fn check_brand(checks: &mut Checks, brand: &Brand) {
    if !brand.name.is_empty() {
        checks.name("brand.name", &brand.name);
    }
    checks.color("brand.color", &brand.color);
    checks.text("brand.address", &brand.address);
    checks.text("brand.website", &brand.website);
    checks.optional_email("brand.support_email", &brand.support_email);
    checks.statement_descriptor("brand.statement_descriptor", &brand.statement_descriptor);
}

impl App {
    /// Creates a partner with its two automatic profiles and its wholesale terms.
    pub async fn create_partner(&self, new: &NewPartner) -> Result<Partner> {
        let now = self.clock.now();
        let (zone, currency) = new.check()?;
        let partner_id = self.ids.draw(now);
        let profile_ids = [self.ids.draw(now), self.ids.draw(now)];
        self.db
            .write(async |tx| {
                let operator = the_operator(tx).await?;
                if store::partners::find_by_slug(tx, &new.slug).await?.is_some() {
                    return Err(AppError::invalid("slug", "is taken"));
                }
                let partner = Partner {
                    partner_id,
                    slug: new.slug.clone(),
                    company_name: new.company_name.clone(),
                    brand: new.brand.clone(),
                    logo: new.logo.clone(),
                    billing_email: new.billing_email.clone(),
                    zone: zone.clone(),
                    currency: currency.unwrap_or(operator.currency),
                    locale: new.locale.clone(),
                    status: new.status,
                    status_since: now,
                    terms_days: new.terms_days,
                    usage_alerts: true,
                    default_profile: profile_ids[0],
                    increments: new.increments,
                    created_at: now,
                    version: 1,
                };
                store::partners::insert(tx, &partner).await.map_err(taken)?;
                store::settlements::schedule(tx, partner_id, now).await?;
                let terms = terms_from(tx, &new.terms, now).await?;
                store::partners::insert_terms(tx, partner_id, &terms).await?;
                let automatic = automatic_profiles(partner.currency);
                for (profile_id, terms) in profile_ids.into_iter().zip(automatic) {
                    let first = ProfileVersion { profile_id, version: 1, terms };
                    store::profiles::insert(tx, partner_id, &first, now).await?;
                }
                let created = Happened {
                    kind: "partner.created",
                    object_id: partner_id.to_string(),
                    version: 1,
                    payload: json!({ "partner": resource::Partner::from(&partner) }),
                };
                record(tx, partner_id, &[created], now).await?;
                directory_changed(tx).await?;
                Ok(partner)
            })
            .await
    }

    /// Sets what the operator charges a partner from `from` on.
    pub async fn set_wholesale_terms(
        &self,
        partner_id: PartnerId,
        new: &NewTerms,
        from: Timestamp,
    ) -> Result<TierTerms> {
        let now = self.clock.now();
        if from < now {
            return Err(AppError::invalid("effective_from", format!("{from} is before {now}")));
        }
        self.db
            .write(async |tx| {
                the_partner(tx, partner_id).await?;
                let last = Timestamp::from_micros(i64::MAX);
                if let Some(latest) = store::partners::terms_at(tx, partner_id, last).await?
                    && from <= latest.terms.effective_from
                {
                    let latest = latest.terms.effective_from;
                    let message = format!("must be after {latest}, from when the latest are");
                    return Err(AppError::invalid("effective_from", message));
                }
                let terms = terms_from(tx, new, from).await?;
                store::partners::insert_terms(tx, partner_id, &terms).await?;
                let changed = Happened {
                    kind: "partner.terms_changed",
                    object_id: partner_id.to_string(),
                    version: from.micros(),
                    payload: json!({ "wholesale_terms": resource::WholesaleTerms::from(&terms) }),
                };
                record(tx, partner_id, &[changed], now).await?;
                directory_changed(tx).await?;
                Ok(terms)
            })
            .await
    }
}

/// The figures of `new` as they are stored.
async fn terms_from(tx: &mut Tx, new: &NewTerms, from: Timestamp) -> Result<TierTerms> {
    let rates = match (new.tier.plan(), new.figures) {
        (Some(plan), None) => plan.rates,
        (None, Some(rates)) => rates,
        (Some(_), Some(_)) => {
            let message = format!("the {} tier has its own figures", new.tier.as_str());
            return Err(AppError::invalid("terms.figures", message));
        }
        (None, None) => {
            return Err(AppError::invalid("terms.figures", "must be given for enterprise"));
        }
    };
    let mut checks = Checks::default();
    for (field, rate) in [
        ("terms.extension_month", rates.extension_month),
        ("terms.local_did_month", rates.local_did_month),
        ("terms.toll_free_did_month", rates.toll_free_did_month),
        ("terms.local_minute", rates.local_minute),
        ("terms.toll_free_minute", rates.toll_free_minute),
    ] {
        checks.require(field, !rate.is_negative(), "must not be negative");
    }
    if let Some(deck) = new.deck {
        let is_known = store::decks::find(tx, None, deck).await?.is_some();
        checks.require("terms.deck", is_known, "is no deck of the operator");
    }
    checks.finish()?;
    let terms = WholesaleTerms {
        effective_from: from,
        extension_month: rates.extension_month,
        local_did_month: rates.local_did_month,
        toll_free_did_month: rates.toll_free_did_month,
        local_minute: rates.local_minute,
        toll_free_minute: rates.toll_free_minute,
        deck: new.deck,
    };
    Ok(TierTerms { tier: new.tier, terms })
}

/// Two at once may have asked for the same slug.
fn taken(error: store::error::StoreError) -> AppError {
    if error.is_unique_violation() { AppError::invalid("slug", "is taken") } else { error.into() }
}
