//! Ids for rows that have none: their hash, and a count among equal rows of one file.
//!
//! Decided here: the hash is 128 bits of SHA-256 over the row without its line end, so that a file
//! copied with other line ends keeps its ids. Equal rows are told apart by their order. Only the
//! last [`KEPT_ROWS`] different rows are remembered: rows carry their times and are written in
//! order of time, so equal ones stand close together, and memory stays at a few MiB.

use std::{collections::VecDeque, fmt::Write};

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

/// How many different rows are remembered.
const KEPT_ROWS: usize = 65_536;

/// The hash of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RowHash(u128);

impl RowHash {
    /// The hash of `row`, which has no line end.
    pub(super) fn of(row: &[u8]) -> Self {
        let digest = Sha256::digest(row);
        Self(u128::from_be_bytes(digest[..16].try_into().expect("16 of 32 bytes")))
    }
    /// Appends the hash in hexadecimal.
    pub(super) fn append_to(self, text: &mut String) {
        write!(text, "{:032x}", self.0).expect("a string takes everything");
    }
}

/// How often the last rows of a file were seen.
#[derive(Debug, Default)]
pub(super) struct RecentRows {
    counts: FxHashMap<RowHash, u32>,
    order: VecDeque<RowHash>,
}

impl RecentRows {
    /// Notes a row; says how often it was seen, this time included.
    pub(super) fn note(&mut self, hash: RowHash) -> u32 {
        if let Some(count) = self.counts.get_mut(&hash) {
            *count = count.saturating_add(1);
            return *count;
        }
        if self.order.len() == KEPT_ROWS
            && let Some(oldest) = self.order.pop_front()
        {
            self.counts.remove(&oldest);
        }
        self.order.push_back(hash);
        self.counts.insert(hash, 1);
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_counted_and_memory_is_bounded() {
        let mut recent = RecentRows::default();
        let first = RowHash::of(b"a");
        assert_eq!((recent.note(first), recent.note(first)), (1, 2));
        for row in 0..KEPT_ROWS {
            recent.note(RowHash::of(&row.to_be_bytes()));
        }
        assert_eq!(recent.order.len(), KEPT_ROWS);
        assert_eq!(recent.counts.len(), KEPT_ROWS);
        assert_eq!(recent.note(first), 1);
    }
}
