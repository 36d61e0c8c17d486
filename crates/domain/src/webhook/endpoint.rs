//! A webhook endpoint's states, its count of failures, and its share of the sender.
//!
//! Decided here: at 100 failed attempts in a row an endpoint is disabled until somebody enables it
//! (WHK-10); deleting is final (WHK-16). An endpoint that keeps failing is tried one at a time, so
//! that it holds little while others are served (BEY-09).

/// Whether an endpoint is sent anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointStatus {
    /// Its events are sent.
    Enabled,
    /// Switched off by somebody.
    Disabled,
    /// Switched off after too many failures in a row.
    DisabledAuto,
    /// Gone; its deliveries stay to be read.
    Deleted,
}

/// Failed attempts in a row after which an endpoint is disabled.
pub const MAX_CONSECUTIVE_FAILURES: u32 = 100;
/// Failures in a row after which an endpoint is tried one at a time.
const TROUBLED_AFTER: u32 = 3;
/// Messages on their way to one endpoint at once: a receiver at 20 ms each gets 400 a second.
const WINDOW: usize = 8;

/// What somebody does to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointChange {
    /// Switches it on and forgets its failures.
    Enable,
    /// Switches it off.
    Disable,
    /// Removes it.
    Delete,
}

/// How one attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Any 2xx in time (WHK-07).
    Succeeded,
    /// Anything else.
    Failed,
}

/// Nothing can be done to an endpoint that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the endpoint is deleted")]
pub struct EndpointDeleted;

impl EndpointStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Enabled, Self::Disabled, Self::DisabledAuto, Self::Deleted];

    /// Its name as stored and told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::DisabledAuto => "disabled_auto",
            Self::Deleted => "deleted",
        }
    }

    /// The status of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// What of an endpoint decides whether it is sent anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointHealth {
    /// Its status.
    pub status: EndpointStatus,
    /// Failed attempts since the last success, or since it was enabled.
    pub consecutive_failures: u32,
}

impl EndpointHealth {
    /// A new endpoint's.
    pub const NEW: Self = Self { status: EndpointStatus::Enabled, consecutive_failures: 0 };

    /// After somebody did something. Doing it twice changes nothing.
    pub fn changed(self, change: EndpointChange) -> Result<Self, EndpointDeleted> {
        use EndpointStatus as Status;
        if self.status == Status::Deleted && change != EndpointChange::Delete {
            return Err(EndpointDeleted);
        }
        Ok(match change {
            EndpointChange::Enable if self.status == Status::Enabled => self,
            EndpointChange::Enable => Self::NEW,
            EndpointChange::Disable => Self { status: Status::Disabled, ..self },
            EndpointChange::Delete => Self { status: Status::Deleted, ..self },
        })
    }

    /// After an attempt, of whatever kind.
    pub fn attempted(self, outcome: Outcome) -> Self {
        let consecutive_failures = match outcome {
            Outcome::Succeeded => 0,
            Outcome::Failed => self.consecutive_failures.saturating_add(1),
        };
        let is_over = consecutive_failures >= MAX_CONSECUTIVE_FAILURES;
        let status = match self.status {
            EndpointStatus::Enabled if is_over => EndpointStatus::DisabledAuto,
            status => status,
        };
        Self { status, consecutive_failures }
    }

    /// How many messages may be on their way to it at once.
    pub const fn window(self) -> usize {
        if self.consecutive_failures >= TROUBLED_AFTER { 1 } else { WINDOW }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // WHK-10
    #[test]
    fn the_hundredth_failure_in_a_row_disables() {
        let mut health = EndpointHealth::NEW;
        for _ in 0..99 {
            health = health.attempted(Outcome::Failed);
        }
        assert_eq!((health.status, health.consecutive_failures), (EndpointStatus::Enabled, 99));
        let spared = health.attempted(Outcome::Succeeded).attempted(Outcome::Failed);
        assert_eq!((spared.status, spared.consecutive_failures), (EndpointStatus::Enabled, 1));
        let disabled = health.attempted(Outcome::Failed);
        assert_eq!(disabled.status, EndpointStatus::DisabledAuto);
        assert_eq!(disabled.changed(EndpointChange::Enable), Ok(EndpointHealth::NEW));
    }

    // WHK-15, WHK-16
    #[test]
    fn deleting_is_final_and_everything_may_be_done_twice() {
        use EndpointChange::{Delete, Disable, Enable};
        for status in EndpointStatus::ALL {
            assert_eq!(EndpointStatus::parse(status.as_str()), Some(status));
            for change in [Enable, Disable, Delete] {
                let before = EndpointHealth { status, consecutive_failures: 7 };
                match before.changed(change) {
                    Ok(after) => assert_eq!(after.changed(change), Ok(after)),
                    Err(EndpointDeleted) => assert_eq!(status, EndpointStatus::Deleted),
                }
            }
        }
    }

    proptest! {
        #[test]
        fn attempts_never_bring_an_endpoint_back(
            outcomes in prop::collection::vec(any::<bool>(), 0..300),
        ) {
            for status in EndpointStatus::ALL.into_iter().skip(1) {
                let mut health = EndpointHealth { status, consecutive_failures: 0 };
                for succeeded in &outcomes {
                    let outcome = if *succeeded { Outcome::Succeeded } else { Outcome::Failed };
                    health = health.attempted(outcome);
                }
                prop_assert_eq!(health.status, status);
            }
        }
    }
}
