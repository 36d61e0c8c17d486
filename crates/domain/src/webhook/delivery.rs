//! A delivery: one event on its way to one endpoint, and when it is tried.
//!
//! Decided here: eight attempts at fixed distances from the first one, without jitter (WHK-08,
//! ruling 24); after the eighth failure the delivery is dead (WHK-09). Redeliveries are asked for
//! by people, stand outside the eight and change the state only by succeeding (WHK-13).

use super::endpoint::Outcome;
use crate::time::Timestamp;

/// Seconds from the first attempt to each of the eight.
pub const ATTEMPTS_AT_SECONDS: [i64; 8] = [0, 30, 120, 600, 3_600, 14_400, 43_200, 86_400];
/// Never sooner after the attempt before: what a stopped server missed is not made up for at once.
const SHORTEST_GAP_SECONDS: i64 = 30;
/// Redeliveries that may wait at once.
pub const MAX_WAITING_REDELIVERIES: u32 = 100;

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// Not tried yet.
    Pending,
    /// An attempt succeeded.
    Delivered,
    /// Attempts failed; another one follows.
    Failed,
    /// No attempt follows by itself.
    Dead,
}

impl DeliveryStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Failed, Self::Dead];

    /// Its name as stored and told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dead => "dead",
        }
    }

    /// The status of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Why an attempt is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptKind {
    /// One of the eight.
    Scheduled,
    /// Somebody asked for it.
    Redelivery,
}

impl AttemptKind {
    /// Its name as stored and told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Redelivery => "redelivery",
        }
    }

    /// The kind of this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Scheduled, Self::Redelivery].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What decides when a delivery is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryState {
    /// How it stands.
    pub status: DeliveryStatus,
    /// How many of the eight are made.
    pub attempts: u32,
    /// When the first of them was.
    pub first_attempt_at: Option<Timestamp>,
    /// When the next of them is.
    pub next_attempt_at: Option<Timestamp>,
    /// Redeliveries that were asked for and not made yet.
    pub redeliveries: u32,
}

/// So many redeliveries wait already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} redeliveries of this are waiting already")]
pub struct TooManyRedeliveries(pub u32);

impl DeliveryState {
    /// To be tried from `now` on.
    pub const fn new(now: Timestamp) -> Self {
        Self {
            status: DeliveryStatus::Pending,
            attempts: 0,
            first_attempt_at: None,
            next_attempt_at: Some(now),
            redeliveries: 0,
        }
    }

    /// When something is to be done, if ever, as seen at `now`.
    pub fn due_at(&self, now: Timestamp) -> Option<Timestamp> {
        if self.redeliveries > 0 { Some(now) } else { self.next_attempt_at }
    }

    /// What the next attempt is.
    pub const fn next_kind(&self) -> AttemptKind {
        if self.redeliveries > 0 { AttemptKind::Redelivery } else { AttemptKind::Scheduled }
    }

    /// With one more redelivery waiting.
    pub fn redelivered(self) -> Result<Self, TooManyRedeliveries> {
        if self.redeliveries >= MAX_WAITING_REDELIVERIES {
            return Err(TooManyRedeliveries(self.redeliveries));
        }
        Ok(Self { redeliveries: self.redeliveries + 1, ..self })
    }

    /// After an attempt that began at `began_at`.
    pub fn attempted(self, kind: AttemptKind, outcome: Outcome, began_at: Timestamp) -> Self {
        let counted = match kind {
            AttemptKind::Scheduled => Self {
                attempts: self.attempts.saturating_add(1),
                first_attempt_at: self.first_attempt_at.or(Some(began_at)),
                ..self
            },
            AttemptKind::Redelivery => {
                Self { redeliveries: self.redeliveries.saturating_sub(1), ..self }
            }
        };
        match (kind, outcome) {
            (_, Outcome::Succeeded) => {
                Self { status: DeliveryStatus::Delivered, next_attempt_at: None, ..counted }
            }
            (AttemptKind::Redelivery, Outcome::Failed) => counted,
            // Its endpoint was deleted or a redelivery succeeded meanwhile.
            (AttemptKind::Scheduled, Outcome::Failed) if self.next_attempt_at.is_none() => counted,
            (AttemptKind::Scheduled, Outcome::Failed) => counted.failed(began_at),
        }
    }

    fn failed(self, began_at: Timestamp) -> Self {
        let first = self.first_attempt_at.unwrap_or(began_at);
        let offset = ATTEMPTS_AT_SECONDS.get(self.attempts as usize);
        match offset {
            Some(seconds) => {
                let planned = first.plus_seconds(*seconds);
                let soonest = began_at.plus_seconds(SHORTEST_GAP_SECONDS);
                let next_attempt_at = Some(planned.max(soonest));
                Self { status: DeliveryStatus::Failed, next_attempt_at, ..self }
            }
            None => Self { status: DeliveryStatus::Dead, next_attempt_at: None, ..self },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const T: Timestamp = Timestamp::from_seconds(1_777_593_600);

    // WHK-08, WHK-09
    #[test]
    fn eight_attempts_are_made_at_their_distances_from_the_first() {
        let mut state = DeliveryState::new(T);
        let mut made = Vec::new();
        while let Some(due) = state.due_at(T) {
            made.push(due.micros_since(T) / 1_000_000);
            state = state.attempted(state.next_kind(), Outcome::Failed, due);
        }
        assert_eq!(made, [0, 30, 120, 600, 3_600, 14_400, 43_200, 86_400]);
        assert_eq!((state.status, state.attempts), (DeliveryStatus::Dead, 8));
    }

    // WHK-13, ruling 24
    #[test]
    fn redeliveries_stand_outside_the_eight() {
        let failed = DeliveryState::new(T).attempted(AttemptKind::Scheduled, Outcome::Failed, T);
        let asked = failed.redelivered().unwrap();
        assert_eq!(asked.next_kind(), AttemptKind::Redelivery);
        let later = T.plus_seconds(5);
        assert_eq!(asked.attempted(AttemptKind::Redelivery, Outcome::Failed, later), failed);
        let delivered = asked.attempted(AttemptKind::Redelivery, Outcome::Succeeded, later);
        assert_eq!((delivered.status, delivered.attempts), (DeliveryStatus::Delivered, 1));
        assert_eq!(delivered.due_at(later), None);
    }

    #[test]
    fn what_was_missed_is_not_made_up_for_in_a_burst() {
        let failed = DeliveryState::new(T).attempted(AttemptKind::Scheduled, Outcome::Failed, T);
        let after_a_week = T.plus_seconds(7 * 86_400);
        let again = failed.attempted(AttemptKind::Scheduled, Outcome::Failed, after_a_week);
        assert_eq!(again.next_attempt_at, Some(after_a_week.plus_seconds(30)));
    }

    proptest! {
        /// Whatever happens, there are at most eight, and the dead are never due by themselves.
        #[test]
        fn no_order_of_attempts_makes_a_ninth(
            steps in prop::collection::vec((0..3_u8, 0..9_999_i64), 0..60),
        ) {
            let (mut state, mut now) = (DeliveryState::new(T), T);
            for (step, seconds) in steps {
                now = now.plus_seconds(seconds);
                if step == 2 {
                    state = state.redelivered().unwrap_or(state);
                    continue;
                }
                if state.due_at(now).is_none() { continue }
                let outcome = if step == 0 { Outcome::Failed } else { Outcome::Succeeded };
                state = state.attempted(state.next_kind(), outcome, now);
            }
            prop_assert!(state.attempts <= 8);
            let is_waiting =
                matches!(state.status, DeliveryStatus::Pending | DeliveryStatus::Failed);
            prop_assert_eq!(state.next_attempt_at.is_some(), is_waiting);
        }
    }
}
