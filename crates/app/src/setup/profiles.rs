//! Billing profiles: created, edited into a next version, deleted while unused.
//!
//! Decided here: which other objects a profile may name. A trial converts to a profile of the same
//! partner that is not itself a trial, so that no conversion leads to another.

use domain::{
    ids::{PartnerId, ProfileId},
    invoice::compute::ComputedInvoice,
    money::Currency,
    paging::{Page, PageRequest},
    profile::{
        Imagined, ProfileEdit, ProfileTerms, ProfileVersion, ProfileWarning, TermsErrors, example,
        validate, warnings,
    },
    term::DatedVersion,
    tier::TierRates,
    time::{Timestamp, Zone},
};
use serde_json::json;
use store::{db::Tx, profiles::Profile};

use super::{Happened, directory_changed, fields::Checks, record, the_partner};
use crate::{
    App,
    error::{AppError, FieldError, Result},
    resource::{BillingProfile, Partner},
};

/// A version as it is kept, and what is worth a second look (PRO-20).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedProfile {
    /// The version; the latest one is in force for tenants from their next cycle.
    pub version: ProfileVersion,
    /// Prices of the latest version that lose money or look swapped.
    pub warnings: Vec<ProfileWarning>,
    /// Of its prices.
    pub currency: Currency,
    /// When the profile was created.
    pub created_at: Timestamp,
    /// When this version was made.
    pub version_created_at: Timestamp,
}

/// What a tenant that nobody has would be billed, and what is worth a second look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceExample {
    /// Its invoice for a whole period, without taxes.
    pub invoice: ComputedInvoice,
    /// Of the amounts.
    pub currency: Currency,
    /// Prices that lose money or look swapped.
    pub warnings: Vec<ProfileWarning>,
}

/// What profiles are shown with.
struct Shelf {
    currency: Currency,
    cost: Option<TierRates>,
}

impl App {
    /// The partner's profile with this id, by its latest version.
    pub async fn profile(
        &self,
        partner_id: PartnerId,
        profile_id: ProfileId,
    ) -> Result<SavedProfile> {
        let mut tx = self.db.begin_read().await?;
        let profile = kept(&mut tx, partner_id, profile_id, self.clock.now()).await?;
        tx.commit().await?;
        Ok(profile)
    }

    /// A page of the partner's profiles, each by its latest version.
    pub async fn profiles(
        &self,
        partner_id: PartnerId,
        page: &PageRequest,
    ) -> Result<Page<SavedProfile>> {
        let mut tx = self.db.begin_read().await?;
        let shelf = Shelf::load(&mut tx, partner_id, self.clock.now()).await?;
        let page = store::profiles::list(&mut tx, partner_id, page).await?;
        tx.commit().await?;
        Ok(page.map(|(profile, latest)| shelf.show(&profile, latest)))
    }

    /// A page of a profile's versions.
    pub async fn profile_versions(
        &self,
        partner_id: PartnerId,
        profile_id: ProfileId,
        page: &PageRequest,
    ) -> Result<Page<SavedProfile>> {
        let mut tx = self.db.begin_read().await?;
        let shelf = Shelf::load(&mut tx, partner_id, self.clock.now()).await?;
        let profile = the_profile(&mut tx, partner_id, profile_id).await?;
        let page = store::profiles::versions(&mut tx, partner_id, (profile_id, page)).await?;
        tx.commit().await?;
        Ok(page.map(|version| shelf.show(&profile, version)))
    }

    /// Creates a profile of a partner.
    pub async fn create_profile(
        &self,
        partner_id: PartnerId,
        terms: &ProfileTerms,
    ) -> Result<SavedProfile> {
        let now = self.clock.now();
        validate(terms).map_err(invalid)?;
        let profile_id = self.ids.draw(now);
        let version = ProfileVersion { profile_id, version: 1, terms: terms.clone() };
        self.db
            .write(async |tx| {
                the_partner(tx, partner_id).await?;
                check_references(tx, partner_id, &version).await?;
                store::profiles::insert(tx, partner_id, &version, now).await?;
                saved(tx, partner_id, version.profile_id, now).await
            })
            .await
    }

    /// Makes the next version of a profile, if `seen` is still its latest one. An edit that
    /// changes nothing makes none.
    pub async fn edit_profile(
        &self,
        partner_id: PartnerId,
        (profile_id, seen): (ProfileId, i64),
        edit: &ProfileEdit,
    ) -> Result<SavedProfile> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let latest = store::profiles::latest(tx, partner_id, profile_id).await?;
                let latest = latest.ok_or_else(|| AppError::not_found("profile", profile_id))?;
                if latest.version != seen {
                    return Err(AppError::Stale("the profile"));
                }
                let next = latest.next(edit.clone()).map_err(invalid)?;
                if next.version == latest.version {
                    return kept(tx, partner_id, profile_id, now).await;
                }
                check_references(tx, partner_id, &next).await?;
                store::profiles::add_version(tx, partner_id, (&next, seen), now).await?;
                saved(tx, partner_id, profile_id, now).await
            })
            .await
    }

    /// Deletes a profile that no tenant uses or will use (PRO-16).
    pub async fn delete_profile(&self, partner_id: PartnerId, profile_id: ProfileId) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let profile = store::profiles::find_locked(tx, partner_id, profile_id).await?;
                let profile = profile.ok_or_else(|| AppError::not_found("profile", profile_id))?;
                let partner = the_partner(tx, partner_id).await?;
                let tenants =
                    store::tenants::count_using_profile(tx, partner_id, profile_id).await?;
                let trials =
                    store::profiles::count_converting_to(tx, partner_id, profile_id).await?;
                if tenants > 0 {
                    return Err(AppError::Refused(format!("{tenants} tenants use this profile")));
                }
                if trials > 0 {
                    let message = format!("{trials} trial profiles convert to this profile");
                    return Err(AppError::Refused(message));
                }
                if partner.default_profile == profile_id {
                    let message = "new tenants get this profile by default".to_owned();
                    return Err(AppError::Refused(message));
                }
                let last = kept(tx, partner_id, profile_id, now).await?;
                store::profiles::delete(tx, partner_id, profile_id).await?;
                let deleted = Happened {
                    kind: "billing_profile.deleted",
                    object_id: profile_id.to_string(),
                    version: profile.latest_version,
                    payload: json!({ "billing_profile": BillingProfile::from(&last) }),
                };
                record(tx, partner_id, &[deleted], now).await?;
                directory_changed(tx).await
            })
            .await
    }

    /// What `imagined` would pay under `terms`, which nobody has to have saved.
    pub async fn price_example(
        &self,
        partner_id: PartnerId,
        terms: &ProfileTerms,
        imagined: Imagined,
    ) -> Result<PriceExample> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let shelf = Shelf::load(&mut tx, partner_id, now).await?;
        tx.commit().await?;
        let invoice = example(terms, shelf.currency, imagined, Zone::UTC.day_of(now));
        // The quantities are people's: too many of too dear ones leave any range.
        let invoice = invoice.map_err(|error| AppError::Refused(error.to_string()))?;
        let warnings = warnings(terms, shelf.cost.as_ref());
        Ok(PriceExample { invoice, currency: shelf.currency, warnings })
    }

    /// Makes a profile the one of tenants that are created without a choice (PRO-02).
    pub async fn set_default_profile(
        &self,
        partner_id: PartnerId,
        profile_id: ProfileId,
    ) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let profile = store::profiles::find_locked(tx, partner_id, profile_id).await?;
                profile.ok_or_else(|| AppError::not_found("profile", profile_id))?;
                let mut partner = the_partner(tx, partner_id).await?;
                partner.default_profile = profile_id;
                store::partners::save(tx, &partner).await?;
                partner.version += 1;
                let updated = Happened {
                    kind: "partner.updated",
                    object_id: partner_id.to_string(),
                    version: partner.version,
                    payload: json!({ "partner": Partner::from(&partner) }),
                };
                record(tx, partner_id, &[updated], now).await
            })
            .await
    }
}

async fn the_profile(tx: &mut Tx, partner_id: PartnerId, profile_id: ProfileId) -> Result<Profile> {
    let found = store::profiles::find(tx, partner_id, profile_id).await?;
    found.ok_or_else(|| AppError::not_found("profile", profile_id))
}

/// A profile as it is kept, by its latest version.
async fn kept(
    tx: &mut Tx,
    partner_id: PartnerId,
    profile_id: ProfileId,
    now: Timestamp,
) -> Result<SavedProfile> {
    let profile = the_profile(tx, partner_id, profile_id).await?;
    let number = (profile_id, profile.latest_version);
    let latest = store::profiles::version(tx, partner_id, number).await?;
    let latest = latest.ok_or_else(|| AppError::not_found("profile", profile_id))?;
    Ok(Shelf::load(tx, partner_id, now).await?.show(&profile, latest))
}

async fn saved(
    tx: &mut Tx,
    partner_id: PartnerId,
    profile_id: ProfileId,
    now: Timestamp,
) -> Result<SavedProfile> {
    let saved = kept(tx, partner_id, profile_id, now).await?;
    let number = saved.version.version;
    let kind = if number == 1 { "billing_profile.created" } else { "billing_profile.updated" };
    let happened = Happened {
        kind,
        object_id: profile_id.to_string(),
        version: number,
        payload: json!({ "billing_profile": BillingProfile::from(&saved) }),
    };
    record(tx, partner_id, &[happened], now).await?;
    directory_changed(tx).await?;
    Ok(saved)
}

impl Shelf {
    async fn load(tx: &mut Tx, partner_id: PartnerId, now: Timestamp) -> Result<Self> {
        let currency = the_partner(tx, partner_id).await?.currency;
        let wholesale = store::partners::terms_at(tx, partner_id, now).await?;
        let cost = wholesale.map(|wholesale| TierRates {
            extension_month: wholesale.terms.extension_month,
            local_did_month: wholesale.terms.local_did_month,
            toll_free_did_month: wholesale.terms.toll_free_did_month,
            local_minute: wholesale.terms.local_minute,
            toll_free_minute: wholesale.terms.toll_free_minute,
        });
        Ok(Self { currency, cost })
    }

    fn show(&self, profile: &Profile, dated: DatedVersion) -> SavedProfile {
        let is_latest = dated.version == profile.latest_version;
        let warnings =
            if is_latest { warnings(&dated.terms, self.cost.as_ref()) } else { Vec::new() };
        let DatedVersion { version, created_at: version_created_at, terms } = dated;
        SavedProfile {
            version: ProfileVersion { profile_id: profile.profile_id, version, terms },
            warnings,
            currency: self.currency,
            created_at: profile.created_at,
            version_created_at,
        }
    }
}

async fn check_references(
    tx: &mut Tx,
    partner_id: PartnerId,
    version: &ProfileVersion,
) -> Result<()> {
    let mut checks = Checks::default();
    if let Some(deck) = version.terms.deck {
        let is_known = store::decks::find_locked(tx, Some(partner_id), deck).await?;
        let is_known = is_known.is_some();
        checks.require("rate_deck_id", is_known, "is no deck of this partner");
    }
    if let Some(trial) = version.terms.trial {
        store::profiles::find_locked(tx, partner_id, trial.convert_to).await?;
        let target = store::profiles::latest(tx, partner_id, trial.convert_to).await?;
        let is_paid = target.is_some_and(|target| {
            target.terms.trial.is_none() && target.profile_id != version.profile_id
        });
        checks.require("trial.convert_to", is_paid, "is no other profile that is not a trial");
        let converted =
            store::profiles::count_converting_to(tx, partner_id, version.profile_id).await?;
        checks.require("trial", converted == 0, "another trial converts to this profile");
    }
    checks.finish()
}

fn invalid(errors: TermsErrors) -> AppError {
    let field = |error: domain::profile::TermsError| FieldError {
        field: error.field.to_owned(),
        message: error.message,
    };
    AppError::Invalid(errors.0.into_iter().map(field).collect())
}
