//! The tenant's states: what may happen to it when, and what that changes.
//!
//! Decided here: the transitions of ruling 22. A suspended tenant has a set of reasons and comes
//! back to the state it was in when the set is empty. The first activation lays the grid of
//! periods, which nothing moves afterwards (CYC-08). Everything here is a decision on a record in
//! memory; who may ask for it and how it is saved is decided elsewhere.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    account::Tenant,
    ids::ProfileId,
    period::{Period, PeriodPlan},
    profile::{BaseFeeTiming, ProfileTerms},
    time::Timestamp,
};

/// The state of a tenant (TEN-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenantStatus {
    /// Everything works, nothing is charged (TEN-02).
    Trial,
    /// Billed by its profile (TEN-03).
    Active,
    /// No calls (TEN-04).
    Suspended,
    /// Closed: read only, purged after 90 days (TEN-05).
    Cancelled,
}

impl TenantStatus {
    /// `trial`, `active`, `suspended` or `cancelled`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Cancelled => "cancelled",
        }
    }
    /// The status with this name.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Trial, Self::Active, Self::Suspended, Self::Cancelled];
        all.into_iter().find(|status| status.as_str() == text)
    }
}

impl fmt::Display for TenantStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a tenant is suspended (ruling 22).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuspensionReason {
    /// By the partner's hand.
    Manual,
    /// An invoice is overdue for too long.
    Overdue,
    /// The limit with this name is reached.
    Limit(String),
    /// Calls look like fraud.
    Fraud,
    /// Its partner is suspended.
    Partner,
}

impl SuspensionReason {
    /// The reason with this name; a limit's name is not empty.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "manual" => Some(Self::Manual),
            "overdue" => Some(Self::Overdue),
            "fraud" => Some(Self::Fraud),
            "partner" => Some(Self::Partner),
            _ => {
                let name = text.strip_prefix("limit:").filter(|name| !name.is_empty())?;
                Some(Self::Limit(name.to_owned()))
            }
        }
    }
}

impl fmt::Display for SuspensionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manual => f.write_str("manual"),
            Self::Overdue => f.write_str("overdue"),
            Self::Limit(name) => write!(f, "limit:{name}"),
            Self::Fraud => f.write_str("fraud"),
            Self::Partner => f.write_str("partner"),
        }
    }
}

/// The reasons of one suspension; empty unless suspended.
pub type SuspensionReasons = BTreeSet<SuspensionReason>;

/// The tenant's state does not allow this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// No such transition (TEN-19).
    #[error("a tenant that is {status} cannot be {action}")]
    NotFrom {
        /// What it is.
        status: TenantStatus,
        /// What was wanted of it.
        action: &'static str,
    },
    /// Trials are not billed, so they owe nothing.
    #[error("a tenant in trial is not suspended for overdue invoices")]
    TrialOwesNothing,
}

/// Whether a decision changed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The record differs and must be saved.
    Changed,
    /// It already was so.
    Unchanged,
}

impl Tenant {
    /// TRIAL becomes ACTIVE at `now` under `terms`: the grid of periods is laid and the first
    /// period, which is answered, begins. An advance fee is due at once (CYC-06).
    pub fn activate(
        &mut self,
        terms: &ProfileTerms,
        now: Timestamp,
    ) -> Result<Period, TransitionError> {
        if self.status != TenantStatus::Trial {
            return Err(self.refusal("activated"));
        }
        let plan = PeriodPlan::starting(now, terms.cycle, terms.every, self.zone.clone());
        let first = plan.first();
        self.status = TenantStatus::Active;
        self.activated_at = Some(now);
        self.anchor_day = Some(plan.schedule().anchor());
        self.open_start = Some(first.span.start);
        self.open_end = Some(first.span.end);
        self.next_action_at = Some(match terms.base_fee_timing {
            BaseFeeTiming::Arrears => first.span.end,
            BaseFeeTiming::Advance => first.span.start,
        });
        Ok(first)
    }

    /// Adds a reason to be suspended.
    pub fn suspend(&mut self, reason: SuspensionReason) -> Result<Change, TransitionError> {
        let served = match self.status {
            TenantStatus::Trial | TenantStatus::Active => self.status,
            TenantStatus::Suspended => {
                self.status_before_suspension.unwrap_or(TenantStatus::Active)
            }
            TenantStatus::Cancelled => return Err(self.refusal("suspended")),
        };
        if served == TenantStatus::Trial && reason == SuspensionReason::Overdue {
            return Err(TransitionError::TrialOwesNothing);
        }
        self.status = TenantStatus::Suspended;
        self.status_before_suspension = Some(served);
        let is_new = self.suspension_reasons.insert(reason);
        Ok(if is_new { Change::Changed } else { Change::Unchanged })
    }

    /// Takes a reason away; with the last one the tenant is what it was before (DUN-11).
    pub fn lift(&mut self, reason: &SuspensionReason) -> Result<Change, TransitionError> {
        if self.status == TenantStatus::Cancelled {
            return Err(self.refusal("restored"));
        }
        if !self.suspension_reasons.remove(reason) {
            return Ok(Change::Unchanged);
        }
        if self.suspension_reasons.is_empty() {
            self.status = self.status_before_suspension.take().unwrap_or(TenantStatus::Active);
        }
        Ok(Change::Changed)
    }

    /// Closes the account at `now`. Where a period is open, its final invoice is due at once
    /// (CYC-14).
    pub fn cancel(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        if self.status == TenantStatus::Cancelled {
            return Err(self.refusal("cancelled"));
        }
        self.status = TenantStatus::Cancelled;
        self.status_before_suspension = None;
        self.suspension_reasons.clear();
        self.pending_profile = None;
        self.cancelled_at = Some(now);
        self.next_action_at = self.open_start.map(|_| now);
        Ok(())
    }

    /// Chooses the profile of the next cycle, or of now where no cycle runs (PRO-13). Choosing the
    /// profile it has takes a pending choice back.
    pub fn choose_profile(
        &mut self,
        profile_id: ProfileId,
        now: Timestamp,
    ) -> Result<Change, TransitionError> {
        if self.status == TenantStatus::Cancelled {
            return Err(self.refusal("given another profile"));
        }
        let before = (self.profile_id, self.pending_profile);
        if profile_id == self.profile_id {
            self.pending_profile = None;
        } else if self.open_start.is_none() {
            self.profile_id = profile_id;
        } else if self.pending_profile.is_none_or(|(pending, _)| pending != profile_id) {
            self.pending_profile = Some((profile_id, now));
        }
        let is_same = before == (self.profile_id, self.pending_profile);
        Ok(if is_same { Change::Unchanged } else { Change::Changed })
    }

    /// Whether something may still be added to it: numbers, extensions, charges.
    pub fn may_grow(&self, action: &'static str) -> Result<(), TransitionError> {
        match self.status {
            TenantStatus::Trial | TenantStatus::Active => Ok(()),
            TenantStatus::Suspended | TenantStatus::Cancelled => Err(self.refusal(action)),
        }
    }

    fn refusal(&self, action: &'static str) -> TransitionError {
        TransitionError::NotFrom { status: self.status, action }
    }
}

#[cfg(test)]
mod tests;
