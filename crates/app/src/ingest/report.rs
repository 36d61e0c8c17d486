//! What an import did, in figures a person understands.

use std::collections::BTreeMap;

use domain::{
    call::{Call, Outcome},
    money::{Micros, Nanos, Overflow},
};

/// Whether a file was read in full this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileOutcome {
    /// From its start.
    #[default]
    Read,
    /// From where an earlier run ended; so many records were passed over.
    Resumed {
        /// Records that an earlier run had dealt with.
        passed: u64,
    },
    /// Not at all: an earlier run had read all of it.
    AlreadyImported {
        /// Records that the earlier run had dealt with.
        records: u64,
    },
}

/// What became of a file's records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// How the file was read.
    pub outcome: FileOutcome,
    /// Rows read this time.
    pub rows: u64,
    /// Calls that were priced.
    pub rated: u64,
    /// Calls that cost nothing, by reason.
    pub free: BTreeMap<&'static str, u64>,
    /// Calls that have no price yet, by reason.
    pub unrated: BTreeMap<&'static str, u64>,
    /// Records that were known already.
    pub duplicates: u64,
    /// Rows that were refused, by code.
    pub rejects: BTreeMap<String, u64>,
    /// Of these, how many had been refused before.
    pub known_rejects: u64,
    /// Earlier legs whose price a longer leg took over.
    pub reversed: u64,
    /// Billed seconds at retail.
    pub billed_seconds: i64,
    /// Sum of the retail prices.
    pub retail: Nanos,
    /// Sum of the wholesale costs.
    pub wholesale: Micros,
}

impl ImportReport {
    /// Counts a call that was added.
    pub(super) fn count(&mut self, call: &Call) -> Result<(), Overflow> {
        match call.outcome {
            _ if call.reverses.is_some() => self.reversed += 1,
            Outcome::Rated => self.rated += 1,
            Outcome::Free(reason) => *self.free.entry(reason.as_str()).or_default() += 1,
            Outcome::Unrated(reason) => *self.unrated.entry(reason.as_str()).or_default() += 1,
        }
        self.billed_seconds += call.retail.billed_seconds;
        self.retail = self.retail.plus(call.retail.price)?;
        self.wholesale = self.wholesale.plus(call.wholesale.cost)?;
        Ok(())
    }

    /// Adds what another batch or file did.
    pub fn add(&mut self, other: &Self) -> Result<(), Overflow> {
        self.rows += other.rows;
        self.rated += other.rated;
        self.duplicates += other.duplicates;
        self.known_rejects += other.known_rejects;
        self.reversed += other.reversed;
        self.billed_seconds += other.billed_seconds;
        self.retail = self.retail.plus(other.retail)?;
        self.wholesale = self.wholesale.plus(other.wholesale)?;
        for (reason, count) in &other.free {
            *self.free.entry(reason).or_default() += count;
        }
        for (reason, count) in &other.unrated {
            *self.unrated.entry(reason).or_default() += count;
        }
        for (code, count) in &other.rejects {
            *self.rejects.entry(code.clone()).or_default() += count;
        }
        Ok(())
    }

    /// Calls that were added.
    pub fn calls(&self) -> u64 {
        self.rated + self.free.values().sum::<u64>() + self.unrated.values().sum::<u64>()
    }

    /// Rows that were refused.
    pub fn rejected(&self) -> u64 {
        self.rejects.values().sum()
    }

    /// Whether nothing changed: every record was known.
    pub fn changed_nothing(&self) -> bool {
        self.calls() == 0 && self.rejected() == self.known_rejects && self.reversed == 0
    }
}
