//! Partners: their states with the operator.
//!
//! Decided here: what may follow what, as in the partner's state machine: a trial of 14 days, a
//! failed platform fee that suspends after 14 days, a pause that keeps data for 90 days, deletion
//! that purges within a day. As for tenants, suspension is a set of reasons beside the stage, so
//! that the operator's own reason outlives a payment. An empty wallet is a hold on an active
//! partner, not a state (WAL-08).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Where a partner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartnerStatus {
    /// Everything works and nothing is charged.
    Trial,
    /// Charged by its tier.
    Active,
    /// A platform fee failed; service goes on.
    PastDue,
    /// No calls for any of its tenants.
    Suspended,
    /// The subscription was cancelled; data is kept.
    Paused,
    /// Deletion was confirmed.
    Deleting,
    /// Its data is gone.
    Purged,
}

/// Why a partner is suspended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartnerSuspension {
    /// The trial ended without activation.
    TrialEnded,
    /// The platform fee stayed unpaid.
    Unpaid,
    /// The operator said so.
    Operator,
}

/// What a partner is underneath any suspension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartnerStage {
    /// Not charged yet; also after the trial ended without activation.
    Trial,
    /// Charged by its tier.
    Active,
    /// A platform fee failed.
    PastDue,
    /// The subscription was cancelled.
    Paused,
    /// Deletion was confirmed.
    Deleting,
    /// Its data is gone.
    Purged,
}

const STAGES: [(PartnerStage, &str); 6] = [
    (PartnerStage::Trial, "trial"),
    (PartnerStage::Active, "active"),
    (PartnerStage::PastDue, "past_due"),
    (PartnerStage::Paused, "paused"),
    (PartnerStage::Deleting, "deleting"),
    (PartnerStage::Purged, "purged"),
];

impl PartnerStage {
    /// The stable name, such as `past_due`.
    pub fn as_str(self) -> &'static str {
        let found = STAGES.iter().find(|(stage, _)| *stage == self);
        found.expect("every stage has a name").1
    }
    /// The stage with this name.
    pub fn parse(text: &str) -> Option<Self> {
        STAGES.iter().find(|(_, name)| *name == text).map(|(stage, _)| *stage)
    }
    /// Whether usage and fees are charged, suspended or not (PLT-04, PLT-35).
    pub const fn is_charged(self) -> bool {
        matches!(self, Self::Active | Self::PastDue)
    }
}

impl PartnerSuspension {
    const ALL: [Self; 3] = [Self::TrialEnded, Self::Unpaid, Self::Operator];

    /// The stable name, such as `trial_ended`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TrialEnded => "trial_ended",
            Self::Unpaid => "unpaid",
            Self::Operator => "operator",
        }
    }
    /// The reason with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

const STATUSES: [(PartnerStatus, &str); 7] = [
    (PartnerStatus::Trial, "trial"),
    (PartnerStatus::Active, "active"),
    (PartnerStatus::PastDue, "past_due"),
    (PartnerStatus::Suspended, "suspended"),
    (PartnerStatus::Paused, "paused"),
    (PartnerStatus::Deleting, "deleting"),
    (PartnerStatus::Purged, "purged"),
];

impl PartnerStatus {
    /// The stable name, such as `past_due`.
    pub fn as_str(self) -> &'static str {
        let found = STATUSES.iter().find(|(status, _)| *status == self);
        found.expect("every status has a name").1
    }
    /// The status with this name.
    pub fn parse(text: &str) -> Option<Self> {
        STATUSES.iter().find(|(_, name)| *name == text).map(|(status, _)| *status)
    }
    /// Whether calls of its tenants are allowed, as far as this status goes.
    pub const fn has_service(self) -> bool {
        matches!(self, Self::Trial | Self::Active | Self::PastDue)
    }
    /// Whether usage and fees are charged (PLT-04, PLT-35).
    pub const fn is_charged(self) -> bool {
        matches!(self, Self::Active | Self::PastDue)
    }
}

/// Days of a partner's trial, 24 hours each (PLT-03).
pub const TRIAL_DAYS: i64 = 14;
/// Days from a failed platform fee to suspension (PLT-32).
pub const UNPAID_DAYS: i64 = 14;
/// Days that a paused partner's data is kept (PLT-35).
pub const PAUSE_DAYS: i64 = 90;
/// Hours from a confirmed deletion to the purge (PLT-34).
pub const DELETION_HOURS: i64 = 24;

/// Where a partner is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerLife {
    /// What it is underneath any suspension.
    pub stage: PartnerStage,
    /// Since when it is in this stage; what time alone changes counts from here.
    pub since: Timestamp,
    /// Why it is suspended; empty where it is not.
    pub reasons: BTreeSet<PartnerSuspension>,
}

/// What happens to a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartnerEvent {
    /// A charge for activation, or for what was unpaid, succeeded.
    Paid,
    /// The monthly platform fee failed.
    FeeFailed,
    /// Time passes; does what is due at the instant.
    TimePasses,
    /// The operator suspends it.
    Suspend,
    /// The operator lifts its own suspension.
    Lift,
    /// The subscription is cancelled.
    CancelSubscription,
    /// DELETE was typed and the conditions are met (PLT-34).
    Delete,
}

impl PartnerEvent {
    /// The event's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paid => "be activated",
            Self::FeeFailed => "fail a fee",
            Self::TimePasses => "let time pass",
            Self::Suspend => "be suspended",
            Self::Lift => "be restored",
            Self::CancelSubscription => "cancel its subscription",
            Self::Delete => "be deleted",
        }
    }
}

/// The event is not allowed where the partner is; nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a partner that is {} cannot {event}", from.as_str())]
pub struct PartnerRefusal {
    /// Where it is.
    pub from: PartnerStatus,
    /// What was asked.
    pub event: &'static str,
}

impl PartnerLife {
    /// A partner that signed up at `at`.
    pub const fn signed_up(at: Timestamp) -> Self {
        Self { stage: PartnerStage::Trial, since: at, reasons: BTreeSet::new() }
    }

    /// Its status: suspended while there is a reason, unless it is on its way out.
    pub fn status(&self) -> PartnerStatus {
        match self.stage {
            PartnerStage::Paused => PartnerStatus::Paused,
            PartnerStage::Deleting => PartnerStatus::Deleting,
            PartnerStage::Purged => PartnerStatus::Purged,
            _ if !self.reasons.is_empty() => PartnerStatus::Suspended,
            PartnerStage::Trial => PartnerStatus::Trial,
            PartnerStage::Active => PartnerStatus::Active,
            PartnerStage::PastDue => PartnerStatus::PastDue,
        }
    }

    /// When time alone changes it next.
    pub fn next_due(&self) -> Option<Timestamp> {
        let waits = |reason| !self.reasons.contains(&reason);
        let seconds = match self.stage {
            PartnerStage::Trial if waits(PartnerSuspension::TrialEnded) => TRIAL_DAYS * 86_400,
            PartnerStage::PastDue if waits(PartnerSuspension::Unpaid) => UNPAID_DAYS * 86_400,
            PartnerStage::Paused => PAUSE_DAYS * 86_400,
            PartnerStage::Deleting => DELETION_HOURS * 3_600,
            _ => return None,
        };
        Some(self.since.plus_seconds(seconds))
    }

    /// Its life after `event` at `at`.
    pub fn apply(&self, event: PartnerEvent, at: Timestamp) -> Result<Self, PartnerRefusal> {
        use PartnerStage::{Active, Deleting, PastDue, Paused, Purged, Trial};
        let refused = PartnerRefusal { from: self.status(), event: event.name() };
        let mut next = self.clone();
        match (event, self.stage) {
            (PartnerEvent::TimePasses, _) => next.let_pass(at),
            // Past its end, a pause has nothing left to return to.
            (PartnerEvent::Paid, Paused) if self.next_due().is_some_and(|due| at >= due) => {
                return Err(refused);
            }
            (PartnerEvent::Paid, Trial | PastDue | Paused) => {
                next.reasons.retain(|reason| *reason == PartnerSuspension::Operator);
                next.enter(Active, at);
            }
            (PartnerEvent::FeeFailed, Active) => next.enter(PastDue, at),
            // A retry that fails again does not restart the fourteen days.
            (PartnerEvent::FeeFailed, PastDue) => {}
            (PartnerEvent::Suspend, Trial | Active | PastDue) => {
                next.reasons.insert(PartnerSuspension::Operator);
            }
            (PartnerEvent::Lift, stage) if !matches!(stage, Deleting | Purged) => {
                next.reasons.remove(&PartnerSuspension::Operator);
            }
            (PartnerEvent::CancelSubscription, Active | PastDue) if self.reasons.is_empty() => {
                next.enter(Paused, at);
            }
            (PartnerEvent::Delete, stage) if !matches!(stage, Deleting | Purged) => {
                next.enter(Deleting, at);
            }
            _ => return Err(refused),
        }
        Ok(next)
    }

    fn enter(&mut self, stage: PartnerStage, at: Timestamp) {
        (self.stage, self.since) = (stage, at);
    }

    fn let_pass(&mut self, at: Timestamp) {
        let Some(due) = self.next_due().filter(|due| at >= *due) else { return };
        match self.stage {
            PartnerStage::Trial => {
                self.reasons.insert(PartnerSuspension::TrialEnded);
            }
            PartnerStage::PastDue => {
                self.reasons.insert(PartnerSuspension::Unpaid);
            }
            _ => self.enter(PartnerStage::Purged, due),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PartnerEvent::{CancelSubscription, Delete, FeeFailed, Lift, Paid, Suspend, TimePasses};

    const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);

    fn check(events: &[(PartnerEvent, i64)], expected: &str) {
        let born = PartnerLife::signed_up(NOW);
        let result = events.iter().try_fold(born, |life, (event, days)| {
            life.apply(*event, NOW.plus_seconds(days * 86_400))
        });
        let shown = match result {
            Ok(life) => {
                let reasons: Vec<_> =
                    life.reasons.iter().map(|reason| format!(" {reason:?}")).collect();
                format!("{}{}", life.status().as_str(), reasons.concat())
            }
            Err(refusal) => refusal.to_string(),
        };
        assert_eq!(shown, expected, "{events:?}");
    }

    // PLT-03 PLT-07 PLT-09 PLT-10
    #[test]
    fn a_trial_ends_after_fourteen_days_and_can_be_activated_later() {
        check(&[(TimePasses, 13)], "trial");
        check(&[(TimePasses, 14)], "suspended TrialEnded");
        check(&[(TimePasses, 14), (Paid, 34)], "active");
        check(&[(Paid, 3), (TimePasses, 30)], "active");
    }

    // PLT-32
    #[test]
    fn a_failed_fee_suspends_after_fourteen_days() {
        let failed = [(Paid, 0), (FeeFailed, 10)];
        check(&[failed[0], failed[1], (FeeFailed, 17), (TimePasses, 23)], "past_due");
        check(&[failed[0], failed[1], (FeeFailed, 17), (TimePasses, 24)], "suspended Unpaid");
        check(&[failed[0], failed[1], (TimePasses, 24), (Paid, 25)], "active");
        assert!(PartnerStatus::PastDue.has_service() && PartnerStatus::PastDue.is_charged());
    }

    #[test]
    fn the_operators_own_reason_outlives_a_payment() {
        check(&[(Suspend, 1), (TimePasses, 14)], "suspended TrialEnded Operator");
        let paid = [(Suspend, 1), (TimePasses, 14), (Paid, 15)];
        check(&paid, "suspended Operator");
        check(&[paid[0], paid[1], paid[2], (Lift, 16)], "active");
    }

    // PLT-34 PLT-35
    #[test]
    fn pausing_keeps_data_for_ninety_days_and_deleting_for_one() {
        let paused = [(Paid, 0), (CancelSubscription, 10)];
        check(&[paused[0], paused[1], (TimePasses, 99), (Paid, 99)], "active");
        check(&[paused[0], paused[1], (TimePasses, 100)], "purged");
        let late = [paused[0], paused[1], (Paid, 100)];
        check(&late, "a partner that is paused cannot be activated");
        check(&[(Delete, 1), (TimePasses, 1)], "deleting");
        check(&[(Delete, 1), (TimePasses, 2)], "purged");
        check(&[(Delete, 1), (Paid, 1)], "a partner that is deleting cannot be activated");
        check(&[(CancelSubscription, 1)], "a partner that is trial cannot cancel its subscription");
        check(&[(FeeFailed, 1)], "a partner that is trial cannot fail a fee");
        for (status, name) in STATUSES {
            assert_eq!(PartnerStatus::parse(name), Some(status));
        }
        for (stage, name) in STAGES {
            assert_eq!((PartnerStage::parse(name), stage.as_str()), (Some(stage), name));
        }
        for reason in PartnerSuspension::ALL {
            assert_eq!(PartnerSuspension::parse(reason.as_str()), Some(reason));
        }
    }
}
