//! The tenant's record: what a change of its life does to its periods and its profile.
//!
//! Decided here: billing starts with the first term (ruling 7), whose grid nothing moves afterwards
//! (CYC-08); a trial profile converts whenever its tenant is activated, by time or by hand
//! (PRO-11); another profile waits for the next cycle where one runs (PRO-13); after cancellation
//! the final invoice is due at once (CYC-14). Which life follows which is decided in
//! [`crate::tenant`], which terms follow which in [`crate::term`].

use std::collections::BTreeMap;

use crate::{
    account::Tenant,
    ids::ProfileId,
    profile::{BaseFeeTiming, ProfileTerms},
    tenant::{TenantChange, TenantEvent, TenantRefusal, TenantStatus},
    term::{DatedVersion, Term, UnknownProfile, Versions},
    time::Timestamp,
};

/// The versions of some profiles, each oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileVersions(pub BTreeMap<ProfileId, Vec<DatedVersion>>);

impl Versions for ProfileVersions {
    fn of(&self, profile_id: ProfileId) -> &[DatedVersion] {
        self.0.get(&profile_id).map_or(&[], Vec::as_slice)
    }
}

/// What followed from an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// What others are told.
    pub changes: Vec<TenantChange>,
    /// The first term, where billing started.
    pub first_term: Option<Term>,
}

/// Why a tenant's record was left as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TenancyError {
    /// Its status does not allow it.
    #[error(transparent)]
    Refused(#[from] TenantRefusal),
    /// Its profile is not among those given.
    #[error(transparent)]
    UnknownProfile(#[from] UnknownProfile),
}

impl Tenant {
    /// Applies `event` at `at`. `versions` holds its profile's and, for a trial profile, those of
    /// the profile that it converts to.
    pub fn apply(
        &mut self,
        event: TenantEvent,
        at: Timestamp,
        versions: &impl Versions,
    ) -> Result<Transition, TenancyError> {
        if event == TenantEvent::Reactivate && self.open_start.is_some() {
            let from = self.life.status();
            let event = "be reactivated before its final invoice is issued";
            return Err(TenantRefusal { from, event }.into());
        }
        let (life, changes) = self.life.apply(event, at)?;
        let mut first_term = None;
        if changes.contains(&TenantChange::BillingStarted) {
            first_term = Some(self.start_billing(at, versions)?);
        }
        if changes.contains(&TenantChange::Cancelled) {
            self.pending_profile = None;
            self.next_action_at = self.open_start.map(|_| at);
        }
        self.life = life;
        Ok(Transition { changes, first_term })
    }

    /// Lays the grid of periods at `at` and opens the first one. An advance fee is due at once
    /// (CYC-06), otherwise something is due when the period ends.
    pub fn start_billing(
        &mut self,
        at: Timestamp,
        versions: &impl Versions,
    ) -> Result<Term, UnknownProfile> {
        let trial = terms_at(self.profile_id, at, versions)?.trial;
        let profile_id = trial.map_or(self.profile_id, |trial| trial.convert_to);
        let timing = terms_at(profile_id, at, versions)?.base_fee_timing;
        let term = Term::first(at, profile_id, &self.zone, versions)?;
        self.profile_id = profile_id;
        self.anchor_day = Some(term.anchor_day);
        self.open_start = Some(term.span.start);
        self.open_end = Some(term.span.end);
        self.next_action_at = Some(match timing {
            BaseFeeTiming::Arrears => term.span.end,
            BaseFeeTiming::Advance => term.span.start,
        });
        Ok(term)
    }

    /// Makes the end of the trial due, where the tenant is in one that its profile ends; days are
    /// 24 hours each.
    pub fn expect_trial_end(&mut self, terms: &ProfileTerms) {
        if self.open_start.is_none() && self.life.status() != TenantStatus::Cancelled {
            self.next_action_at = terms
                .trial
                .map(|trial| self.created_at.plus_seconds(i64::from(trial.days) * 86_400));
        }
    }

    /// Chooses the profile with `terms` for the next cycle, or for now where no cycle runs.
    /// Choosing the profile that it has takes a pending choice back. Answers whether it differs.
    pub fn choose_profile(
        &mut self,
        (profile_id, terms): (ProfileId, &ProfileTerms),
        at: Timestamp,
    ) -> Result<Chosen, TenantRefusal> {
        let from = self.life.status();
        if from == TenantStatus::Cancelled {
            return Err(TenantRefusal { from, event: "choose a profile" });
        }
        let before = (self.profile_id, self.pending_profile);
        if profile_id == self.profile_id {
            self.pending_profile = None;
        } else if self.open_start.is_none() {
            self.profile_id = profile_id;
            self.expect_trial_end(terms);
        } else if self.pending_profile.is_none_or(|(pending, _)| pending != profile_id) {
            self.pending_profile = Some((profile_id, at));
        }
        let is_same = before == (self.profile_id, self.pending_profile);
        Ok(if is_same { Chosen::AsBefore } else { Chosen::Anew })
    }

    /// Refuses charges for a tenant that gets no invoice any more (TEN-05).
    pub fn may_be_charged(&self) -> Result<(), TenantRefusal> {
        match self.life.status() {
            from @ TenantStatus::Cancelled => Err(TenantRefusal { from, event: "be charged" }),
            _ => Ok(()),
        }
    }

    /// Refuses numbers and extensions for a tenant without service (TEN-04, TEN-05).
    pub fn may_grow(&self) -> Result<(), TenantRefusal> {
        match self.life.status() {
            TenantStatus::Trial | TenantStatus::Active => Ok(()),
            from => Err(TenantRefusal { from, event: "be given more" }),
        }
    }
}

/// Whether a choice changed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// It did.
    Anew,
    /// It was so before.
    AsBefore,
}

fn terms_at(
    profile_id: ProfileId,
    at: Timestamp,
    versions: &impl Versions,
) -> Result<&ProfileTerms, UnknownProfile> {
    let dated = versions.until(profile_id, at).ok_or(UnknownProfile(profile_id))?;
    Ok(&dated.terms)
}

#[cfg(test)]
mod tests;
