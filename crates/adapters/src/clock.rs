//! The one place where time is read.
//!
//! Decided here: a deployment has either the system clock or a simulated one that only the
//! operator moves, forward only (BEY-05). Everything else gets instants as arguments.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use domain::time::Timestamp;

/// A source of instants.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Stands still until it is moved; all clones move together.
    Simulated(Arc<AtomicI64>),
}

/// The clock cannot be moved there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// The machine's clock is not ours to move.
    #[error("this deployment runs on the system clock, which cannot be moved")]
    NotSimulated,
    /// A simulated clock moves forward only.
    #[error("the clock stands at {now} and cannot go back to {to}")]
    Backwards {
        /// Where it stands.
        now: Timestamp,
        /// Where it was to go.
        to: Timestamp,
    },
}

impl Clock {
    /// A simulated clock that stands at `now`.
    pub fn simulated(now: Timestamp) -> Self {
        Self::Simulated(Arc::new(AtomicI64::new(now.micros())))
    }

    /// The current instant.
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place where time is read")]
            Self::System => {
                let now = std::time::SystemTime::now();
                let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
            }
            Self::Simulated(now) => Timestamp::from_micros(now.load(Ordering::SeqCst)),
        }
    }

    /// Whether the clock is simulated.
    pub fn is_simulated(&self) -> bool {
        matches!(self, Self::Simulated(_))
    }

    /// Moves a simulated clock forward to `to`.
    pub fn advance(&self, to: Timestamp) -> Result<(), ClockError> {
        let Self::Simulated(clock) = self else { return Err(ClockError::NotSimulated) };
        let before = clock.fetch_max(to.micros(), Ordering::SeqCst);
        if before > to.micros() {
            return Err(ClockError::Backwards { now: Timestamp::from_micros(before), to });
        }
        Ok(())
    }
}

/// A running measurement of real time, for reports to people; never for decisions.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts measuring.
    #[expect(clippy::disallowed_methods, reason = "measures how long work took, decides nothing")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Real time since the start.
    pub fn elapsed(self) -> std::time::Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // BEY-05 forward only
    #[test]
    fn a_simulated_clock_never_goes_back() {
        let clock = Clock::simulated(Timestamp::from_seconds(100));
        let twin = clock.clone();
        assert_eq!(clock.advance(Timestamp::from_seconds(200)), Ok(()));
        assert_eq!(twin.now(), Timestamp::from_seconds(200));
        assert!(clock.advance(Timestamp::from_seconds(150)).is_err());
        assert_eq!(clock.now(), Timestamp::from_seconds(200));
        assert_eq!(Clock::System.advance(Timestamp::default()), Err(ClockError::NotSimulated));
    }
}
