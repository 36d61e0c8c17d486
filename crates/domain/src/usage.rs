//! Day roll-ups: what invoices and dashboards read instead of calls.
//!
//! Decided here: by which facts calls are summed, and how sums add. A roll-up row always equals
//! the sum of its call rows (a correction is a call row with negative amounts), so `check` can
//! re-derive every one. Addition is commutative, so batches may arrive in any order.

use serde::{Deserialize, Serialize};

use crate::{
    cdr::Direction,
    ids::{DeckId, ProfileId, TenantId},
    money::{Micros, Nanos, Overflow},
    phone::CallClass,
    time::{Day, Timestamp},
};

/// Whether the tenant pays for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetailCharge {
    /// On the invoice of its bill period.
    Billable,
    /// Made in TRIAL: metered, never invoiced (MET-15).
    Trial,
}

impl RetailCharge {
    /// `billable` or `trial`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Billable => "billable",
            Self::Trial => "trial",
        }
    }
    /// The charge with this name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "billable" => Some(Self::Billable),
            "trial" => Some(Self::Trial),
            _ => None,
        }
    }
}

/// The deck version that priced a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeckRef {
    /// The deck.
    pub deck_id: DeckId,
    /// Its version.
    pub version: i64,
}

/// What priced a call: the profile version in force at answer, and its deck where that matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PriceBasis {
    /// The profile.
    pub profile_id: ProfileId,
    /// Its version in force when the call was answered (ruling 6).
    pub profile_version: i64,
    /// `None`: the profile's own minute rate.
    pub deck: Option<DeckRef>,
}

/// By which facts calls are summed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageKey {
    /// Whose usage.
    pub tenant_id: TenantId,
    /// Local day of the tenant in which the calls ended.
    pub day: Day,
    /// Inbound or outbound.
    pub direction: Direction,
    /// Local or toll-free.
    pub class: CallClass,
    /// Whether it is invoiced.
    pub charge: RetailCharge,
    /// What priced it.
    pub basis: PriceBasis,
    /// Start of the period in which the calls ended (MET-11).
    pub usage_period_start: Timestamp,
    /// Start of the period whose invoice carries them: later than the usage period for late calls.
    pub bill_period_start: Timestamp,
}

/// What is summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UsageSum {
    /// Calls; a correction counts -1.
    pub calls: i64,
    /// Talk time in seconds.
    pub talk_seconds: i64,
    /// Retail billed seconds, after increments.
    pub billed_seconds: i64,
    /// Sum of the calls' retail prices.
    pub retail: Nanos,
    /// Wholesale billed seconds, after increments.
    pub wholesale_seconds: i64,
    /// Sum of the calls' wholesale costs.
    pub wholesale: Micros,
}

impl UsageSum {
    /// The sum of both, or [`Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        let add = |a: i64, b: i64| a.checked_add(b).ok_or(Overflow);
        Ok(Self {
            calls: add(self.calls, other.calls)?,
            talk_seconds: add(self.talk_seconds, other.talk_seconds)?,
            billed_seconds: add(self.billed_seconds, other.billed_seconds)?,
            retail: self.retail.plus(other.retail)?,
            wholesale_seconds: add(self.wholesale_seconds, other.wholesale_seconds)?,
            wholesale: self.wholesale.plus(other.wholesale)?,
        })
    }
}
