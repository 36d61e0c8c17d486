//! Billing profiles: created, edited into a next version, deleted while unused.
//!
//! Decided here: which other objects a profile may name. A trial converts to a profile of the same
//! partner that is not itself a trial, so that no conversion leads to another.

use domain::{
    ids::{PartnerId, ProfileId},
    profile::{
        ProfileEdit, ProfileTerms, ProfileVersion, ProfileWarning, TermsErrors, validate, warnings,
    },
    tier::TierRates,
    time::Timestamp,
};
use serde_json::json;
use store::db::Tx;

use super::{Happened, directory_changed, fields::Checks, record, the_partner};
use crate::{
    App,
    error::{AppError, FieldError, Result},
};

/// A saved version and what is worth a second look (PRO-20).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedProfile {
    /// The version in force for tenants from their next cycle.
    pub version: ProfileVersion,
    /// Prices that lose money or look swapped.
    pub warnings: Vec<ProfileWarning>,
}

impl App {
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
                saved(tx, partner_id, &version, now).await
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
                    let warnings = warnings_of(tx, partner_id, &next.terms, now).await?;
                    return Ok(SavedProfile { version: next, warnings });
                }
                check_references(tx, partner_id, &next).await?;
                store::profiles::add_version(tx, partner_id, (&next, seen), now).await?;
                saved(tx, partner_id, &next, now).await
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
                store::profiles::delete(tx, partner_id, profile_id).await?;
                let deleted = Happened {
                    kind: "billing_profile.deleted",
                    object_id: profile_id.to_string(),
                    version: profile.latest_version,
                    payload: json!({ "name": profile.name }),
                };
                record(tx, partner_id, &[deleted], now).await?;
                directory_changed(tx).await
            })
            .await
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
                let updated = Happened {
                    kind: "partner.updated",
                    object_id: partner_id.to_string(),
                    version: partner.version + 1,
                    payload: json!({ "default_profile": profile_id }),
                };
                record(tx, partner_id, &[updated], now).await
            })
            .await
    }
}

async fn saved(
    tx: &mut Tx,
    partner_id: PartnerId,
    version: &ProfileVersion,
    now: Timestamp,
) -> Result<SavedProfile> {
    let kind =
        if version.version == 1 { "billing_profile.created" } else { "billing_profile.updated" };
    let happened = Happened {
        kind,
        object_id: version.profile_id.to_string(),
        version: version.version,
        payload: json!({ "name": version.terms.name, "version": version.version }),
    };
    record(tx, partner_id, &[happened], now).await?;
    directory_changed(tx).await?;
    let warnings = warnings_of(tx, partner_id, &version.terms, now).await?;
    Ok(SavedProfile { version: version.clone(), warnings })
}

async fn warnings_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    terms: &ProfileTerms,
    now: Timestamp,
) -> Result<Vec<ProfileWarning>> {
    let wholesale = store::partners::terms_at(tx, partner_id, now).await?;
    let rates = wholesale.map(|wholesale| TierRates {
        extension_month: wholesale.terms.extension_month,
        local_did_month: wholesale.terms.local_did_month,
        toll_free_did_month: wholesale.terms.toll_free_did_month,
        local_minute: wholesale.terms.local_minute,
        toll_free_minute: wholesale.terms.toll_free_minute,
    });
    Ok(warnings(terms, rates.as_ref()))
}

async fn check_references(
    tx: &mut Tx,
    partner_id: PartnerId,
    version: &ProfileVersion,
) -> Result<()> {
    let mut checks = Checks::default();
    if let Some(deck) = version.terms.deck {
        let is_known = store::decks::find(tx, Some(partner_id), deck).await?.is_some();
        checks.require("deck", is_known, "is no deck of this partner");
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
