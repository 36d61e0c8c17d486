//! How often somebody may ask: buckets that fill again evenly over a minute.
//!
//! Decided here: a bucket holds a minute's worth and is counted in this process; each process of a
//! deployment counts for itself. A bucket that nobody used for a minute is full again, so it may be
//! forgotten.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::{InMemoryState, NotKeyed},
};
use rustc_hash::FxHashMap;

type Bucket = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

/// Beyond so many buckets those that are full are forgotten.
const MANY_BUCKETS: usize = 50_000;

/// What a bucket said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// Go on; so many more may follow at once.
    Granted {
        /// What is left.
        remaining: u32,
    },
    /// Come again.
    Refused {
        /// After so many whole seconds, at least 1.
        retry_after: u32,
    },
}

/// Buckets by name.
#[derive(Debug, Default)]
pub struct Limiter {
    buckets: Mutex<FxHashMap<(String, u32), Arc<Bucket>>>,
}

impl Limiter {
    /// Takes one from the bucket of `name`, which holds `per_minute`.
    pub fn take(&self, name: &str, per_minute: u32) -> Allowance {
        let bucket = self.bucket(name, per_minute);
        match bucket.check() {
            Ok(state) => Allowance::Granted { remaining: state.remaining_burst_capacity() },
            Err(not_yet) => {
                let wait = not_yet.wait_time_from(DefaultClock::default().now());
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                let retry_after = u32::try_from(seconds.max(1)).unwrap_or(u32::MAX);
                Allowance::Refused { retry_after }
            }
        }
    }

    fn bucket(&self, name: &str, per_minute: u32) -> Arc<Bucket> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MANY_BUCKETS {
            buckets.retain(|_, bucket| Arc::strong_count(bucket) > 1 || !is_full(bucket));
        }
        let entry = buckets.entry((name.to_owned(), per_minute));
        entry.or_insert_with(|| Arc::new(new_bucket(per_minute))).clone()
    }
}

fn new_bucket(per_minute: u32) -> Bucket {
    let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
    RateLimiter::direct(quota).with_middleware()
}

/// Taking from it is harmless: it is about to be forgotten.
fn is_full(bucket: &Bucket) -> bool {
    bucket
        .check()
        .is_ok_and(|state| state.remaining_burst_capacity() + 1 >= state.quota().burst_size().get())
}

#[cfg(test)]
mod tests {
    use super::*;

    // RTL-02 KEY-05
    #[test]
    fn the_sixth_of_five_is_refused_and_other_buckets_are_untouched() {
        let limiter = Limiter::default();
        for left in (0..5).rev() {
            assert_eq!(limiter.take("a", 5), Allowance::Granted { remaining: left });
        }
        let Allowance::Refused { retry_after } = limiter.take("a", 5) else { panic!("granted") };
        assert!((1..=12).contains(&retry_after), "{retry_after}");
        assert_eq!(limiter.take("b", 5), Allowance::Granted { remaining: 4 });
    }
}
