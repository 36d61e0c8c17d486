//! Who waits because Stripe says that an account is asked too much (429).
//!
//! Decided here: the limit is the account's, not the request's. So one refusal holds back whatever
//! else is to be asked on that account, longer each time, and nobody on any other; the first answer
//! of another kind ends it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// No account is held back longer at once.
const LONGEST_HOLD: Duration = Duration::from_secs(8);
/// How often a request that waited looks whether it has to wait again.
const MOST_WAITS: u32 = 4;

/// The accounts that are held back.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<BTreeMap<String, Held>>);

#[derive(Debug, Clone, Copy)]
struct Held {
    until: Instant,
    /// Refusals in a row.
    times: u32,
}

impl Pace {
    fn accounts(&self) -> MutexGuard<'_, BTreeMap<String, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long a request on this account has to wait at `now`.
    pub(super) fn hold(&self, account: &str, now: Instant) -> Option<Duration> {
        let held = self.accounts().get(account).copied();
        held.map(|held| held.until.saturating_duration_since(now)).filter(|wait| !wait.is_zero())
    }

    /// An account was asked too much at `now`.
    pub(super) fn refused(&self, account: &str, (first, now): (Duration, Instant)) {
        let mut accounts = self.accounts();
        let before = accounts.get(account).copied();
        if before.is_some_and(|held| held.until > now) {
            // It was sent before the account was held back, and says nothing new.
            return;
        }
        let times = before.map_or(0, |held| held.times);
        let hold = first.saturating_mul(1 << times.min(6)).min(LONGEST_HOLD);
        accounts.insert(account.to_owned(), Held { until: now + hold, times: times + 1 });
    }

    /// An account answered.
    pub(super) fn answered(&self, account: &str) {
        self.accounts().remove(account);
    }

    /// Waits until this account may be asked; `spread` makes of a wait the one of this request, so
    /// that those who wait together do not come back together.
    pub(super) async fn wait(&self, account: &str, spread: impl Fn(Duration) -> Duration) {
        for _ in 0..MOST_WAITS {
            let Some(hold) = self.hold(account, Instant::now()) else { return };
            tokio::time::sleep(hold + spread(hold)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // STR-20 one refusal holds its own account back, longer each time, and an answer ends it
    #[test]
    fn an_account_that_is_asked_too_much_is_left_alone() {
        let (pace, now) = (Pace::default(), Instant::now());
        let first = Duration::from_millis(100);
        assert_eq!(pace.hold("platform", now), None);
        pace.refused("platform", (first, now));
        assert_eq!(pace.hold("platform", now), Some(first));
        assert_eq!(pace.hold("connect:acct_1", now), None);
        pace.refused("platform", (first, now));
        assert_eq!(pace.hold("platform", now), Some(first), "sent before it was held back");
        let mut now = now + first;
        assert_eq!(pace.hold("platform", now), None);
        pace.refused("platform", (first, now));
        assert_eq!(pace.hold("platform", now), Some(first * 2));
        for _ in 0..10 {
            now += LONGEST_HOLD;
            pace.refused("platform", (first * 10, now));
        }
        assert_eq!(pace.hold("platform", now), Some(LONGEST_HOLD));
        pace.answered("platform");
        assert_eq!(pace.hold("platform", now), None);
    }
}
