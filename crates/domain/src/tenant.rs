//! Tenants: their states, and why one is suspended.
//!
//! Decided here: what may follow what (TEN-19, ruling 22). Suspension is a set of reasons: a tenant
//! is suspended while the set is not empty, so that two reasons need two answers and their order
//! does not matter (DUN-11). What it was before is kept beside the set, never overwritten by it.
//! The partner's own suspension stops service but changes no tenant's status (DUN-18). Billing
//! starts with the first change to ACTIVE, and no suspension moves that instant (CYC-08).

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// What a tenant's status says (TEN-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenantStatus {
    /// Everything works and nothing is charged.
    Trial,
    /// Everything works and is billed.
    Active,
    /// No calls and no new extensions; recurring charges go on (DUN-15).
    Suspended,
    /// Read only, until it is purged.
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

/// A cap of Usage Limits that can suspend (LIM-09).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitName {
    /// Money per period.
    MonthlySpend,
    /// Minutes per period.
    MaxMinutes,
    /// Provisioned extensions.
    MaxExtensions,
    /// Assigned numbers.
    MaxDids,
}

/// Why a tenant has no service (DUN-11, ruling 22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuspensionReason {
    /// The partner said so.
    Manual,
    /// Invoices are overdue for too long.
    Overdue,
    /// A cap was reached.
    Limit(LimitName),
    /// The fraud guard stopped it.
    Fraud,
    /// The partner itself is suspended.
    Partner,
}

/// Each reason and its stored name.
const REASONS: [(SuspensionReason, &str); 8] = [
    (SuspensionReason::Manual, "manual"),
    (SuspensionReason::Overdue, "overdue"),
    (SuspensionReason::Limit(LimitName::MonthlySpend), "limit:monthly_spend"),
    (SuspensionReason::Limit(LimitName::MaxMinutes), "limit:max_minutes"),
    (SuspensionReason::Limit(LimitName::MaxExtensions), "limit:max_extensions"),
    (SuspensionReason::Limit(LimitName::MaxDids), "limit:max_dids"),
    (SuspensionReason::Fraud, "fraud"),
    (SuspensionReason::Partner, "partner"),
];

impl SuspensionReason {
    /// The reason with this name, such as `limit:max_minutes`.
    pub fn parse(text: &str) -> Option<Self> {
        REASONS.iter().find(|(_, name)| *name == text).map(|(reason, _)| *reason)
    }
}

impl fmt::Display for SuspensionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = REASONS.iter().find(|(reason, _)| reason == self);
        f.write_str(found.expect("every reason has a name").1)
    }
}

/// What a tenant is underneath any suspension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Not billed yet.
    Trial,
    /// Billed.
    Active,
}

impl Stage {
    /// `trial` or `active`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::Active => "active",
        }
    }
    /// The stage with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Trial, Self::Active].into_iter().find(|stage| stage.as_str() == text)
    }
}

/// Days a cancelled tenant's data is kept, counted as 24 hours each (TEN-05).
pub const RETENTION_DAYS: i64 = 90;

/// Where a tenant is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantLife {
    /// What it is underneath any suspension.
    pub stage: Stage,
    /// Why it has no service; empty where it has.
    pub reasons: BTreeSet<SuspensionReason>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// When billing started; the anchor of its periods.
    pub billed_since: Option<Timestamp>,
}

/// What happens to a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantEvent {
    /// The partner sets ACTIVE: ends a trial, or every suspension of its own.
    Activate,
    /// The partner sets TRIAL: only where a suspended tenant was in trial.
    ReturnToTrial,
    /// The partner lifts the suspension, whatever its reasons: back to what it was.
    Restore,
    /// A trial profile converts by itself (PRO-11); a suspended trial waits until it is restored.
    TrialConverts,
    /// A reason to suspend arises.
    Suspend(SuspensionReason),
    /// A reason is gone: invoices were paid, a cap was raised, the partner is back.
    Lift(SuspensionReason),
    /// The partner deletes it or sets CANCELLED.
    Cancel,
    /// Taken back within the retention time; returns as SUSPENDED.
    Reactivate,
}

impl TenantEvent {
    /// The event's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Activate => "be activated",
            Self::ReturnToTrial => "return to trial",
            Self::Restore => "be restored",
            Self::TrialConverts => "convert from trial",
            Self::Suspend(_) => "be suspended",
            Self::Lift(_) => "lose a reason",
            Self::Cancel => "be cancelled",
            Self::Reactivate => "be reactivated",
        }
    }
}

/// The event is not allowed where the tenant is; nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a tenant that is {} cannot {event}", from.as_str())]
pub struct TenantRefusal {
    /// Where it is.
    pub from: TenantStatus,
    /// What was asked.
    pub event: &'static str,
}

/// What others are told of a change (DUN-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantChange {
    /// `tenant.suspended`.
    Suspended,
    /// `tenant.unsuspended`.
    Unsuspended,
    /// Billing starts, with the first change to ACTIVE.
    BillingStarted,
    /// The final invoice is due (CYC-14).
    Cancelled,
}

impl TenantLife {
    /// A new tenant, created at `at` with the status the partner chose.
    pub fn created(status: TenantStatus, at: Timestamp) -> Self {
        let mut life = Self {
            stage: Stage::Trial,
            reasons: BTreeSet::new(),
            cancelled_at: None,
            billed_since: None,
        };
        match status {
            TenantStatus::Trial => {}
            TenantStatus::Active => {
                (life.stage, life.billed_since) = (Stage::Active, Some(at));
            }
            // Created without service, it was never billed; lifting it activates it.
            TenantStatus::Suspended => {
                life.stage = Stage::Active;
                life.reasons.insert(SuspensionReason::Manual);
            }
            TenantStatus::Cancelled => life.cancelled_at = Some(at),
        }
        life
    }

    /// Its status; the partner's own suspension does not show in it.
    pub fn status(&self) -> TenantStatus {
        let own = self.reasons.iter().any(|reason| *reason != SuspensionReason::Partner);
        match self.stage {
            _ if self.cancelled_at.is_some() => TenantStatus::Cancelled,
            _ if own => TenantStatus::Suspended,
            Stage::Trial => TenantStatus::Trial,
            Stage::Active => TenantStatus::Active,
        }
    }

    /// Whether ordinary calls are allowed. Emergency calls are, whatever this says.
    pub fn has_service(&self) -> bool {
        self.reasons.is_empty() && self.cancelled_at.is_none()
    }

    /// When its data is purged; none while it is not cancelled.
    pub fn purge_at(&self) -> Option<Timestamp> {
        self.cancelled_at.map(|at| at.plus_seconds(RETENTION_DAYS * 86_400))
    }

    /// Its life after `event` at `at`, and what others are told.
    pub fn apply(
        &self,
        event: TenantEvent,
        at: Timestamp,
    ) -> Result<(Self, Vec<TenantChange>), TenantRefusal> {
        let (from, mut next) = (self.status(), self.clone());
        let allowed = match (event, from) {
            (TenantEvent::Activate, TenantStatus::Trial | TenantStatus::Suspended) => {
                next.lift_own_reasons();
                next.stage = Stage::Active;
                true
            }
            (TenantEvent::ReturnToTrial, TenantStatus::Suspended) => {
                next.lift_own_reasons();
                self.stage == Stage::Trial
            }
            (TenantEvent::Restore, TenantStatus::Suspended) => {
                next.lift_own_reasons();
                true
            }
            (TenantEvent::TrialConverts, TenantStatus::Trial) => {
                next.stage = Stage::Active;
                true
            }
            (TenantEvent::Suspend(reason), status) if status != TenantStatus::Cancelled => {
                next.reasons.insert(reason);
                // Trials owe nothing: an overdue invoice of an earlier life does not stop them.
                reason != SuspensionReason::Overdue || self.stage != Stage::Trial
            }
            (TenantEvent::Lift(reason), _) => {
                next.reasons.remove(&reason);
                true
            }
            (TenantEvent::Cancel, status) if status != TenantStatus::Cancelled => {
                next.cancelled_at = Some(at);
                true
            }
            (TenantEvent::Reactivate, TenantStatus::Cancelled) => {
                next.lift_own_reasons();
                next.reasons.insert(SuspensionReason::Manual);
                (next.cancelled_at, next.billed_since) = (None, None);
                self.purge_at().is_some_and(|purge_at| at < purge_at)
            }
            _ => false,
        };
        if !allowed {
            return Err(TenantRefusal { from, event: event.name() });
        }
        if next.status() == TenantStatus::Active {
            next.billed_since = next.billed_since.or(Some(at));
        }
        let changes = next.changes_since(self);
        Ok((next, changes))
    }

    fn lift_own_reasons(&mut self) {
        self.reasons.retain(|reason| *reason == SuspensionReason::Partner);
    }

    fn changes_since(&self, before: &Self) -> Vec<TenantChange> {
        let suspended = |life: &Self| life.status() == TenantStatus::Suspended;
        let mut changes = Vec::new();
        if self.cancelled_at.is_some() && before.cancelled_at.is_none() {
            changes.push(TenantChange::Cancelled);
            return changes;
        }
        if before.billed_since.is_none() && self.billed_since.is_some() {
            changes.push(TenantChange::BillingStarted);
        }
        match (suspended(before), suspended(self)) {
            (false, true) => changes.push(TenantChange::Suspended),
            (true, false) => changes.push(TenantChange::Unsuspended),
            _ => {}
        }
        changes
    }
}

#[cfg(test)]
mod tests;
