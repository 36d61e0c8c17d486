//! The one place where ids are drawn.
//!
//! Decided here: drawn ids are UUIDv7 (time first, then random), so that they sort by age. The
//! demo and the tests draw from a seeded sequence instead and get the same ids every time.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use domain::{
    ids::{Id, Kind},
    time::Timestamp,
};

/// A source of ids.
#[derive(Debug, Clone)]
pub enum Ids {
    /// UUIDv7 from the operating system's random bits.
    Random,
    /// The same sequence for the same seed.
    Seeded(Arc<AtomicU64>),
}

impl Ids {
    /// A sequence that is the same for the same `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(AtomicU64::new(seed)))
    }

    /// A new id, placed at `now` in time order.
    pub fn draw<K: Kind>(&self, now: Timestamp) -> Id<K> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place where ids are drawn")]
            Self::Random => {
                let random = uuid::Uuid::new_v4().as_u128() & ((1 << 80) - 1);
                let milliseconds = u128::from(now.micros().max(0).unsigned_abs() / 1_000);
                Id::from_bits(((milliseconds & 0xffff_ffff_ffff) << 80) | random)
            }
            Self::Seeded(next) => {
                let number = next.fetch_add(1, Ordering::SeqCst).to_string();
                Id::derived(now, &["seeded", &number])
            }
        }
    }
}
