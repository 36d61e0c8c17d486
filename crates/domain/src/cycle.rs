//! Billing cycles: where the boundaries of a schedule lie.
//!
//! Decided here: boundary *k* is computed from the anchor day, never from the boundary before it,
//! so that an anchor on the 29th to 31st falls on the last day of a shorter month and comes back
//! afterwards (F-20, CYC-03). A boundary is the first instant of its local day (CYC-16). Periods
//! are half-open and tile: each end is the next start, whatever the zone does.
//! Which of these periods a tenant has is decided in [`crate::period`].

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::time::{Day, Span, Timestamp, Zone};

/// The unit of a cycle's length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// A calendar day.
    Day,
    /// Seven days.
    Week,
    /// A calendar month.
    Month,
    /// Three calendar months.
    Quarter,
    /// Twelve calendar months.
    Year,
}

/// A step of one cycle, by what it counts.
enum Step {
    Days(i64),
    Months(i64),
}

impl Every {
    /// `day`, `week`, `month`, `quarter` or `year`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
    /// The unit with this name.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];
        all.into_iter().find(|every| every.as_str() == text)
    }

    const fn step(self) -> Step {
        match self {
            Self::Day => Step::Days(1),
            Self::Week => Step::Days(7),
            Self::Month => Step::Months(1),
            Self::Quarter => Step::Months(3),
            Self::Year => Step::Months(12),
        }
    }
}

/// Boundaries at every `interval` units from an anchor day, at local midnight of a zone.
///
/// A calendar month is an anchor on day 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    anchor: Day,
    every: Every,
    interval: NonZeroU32,
    zone: Zone,
}

/// Boundaries stay inside these years, far from where instants end, so that none is invented.
/// Beyond them every boundary is the last one and periods are empty.
const YEARS: std::ops::RangeInclusive<i64> = 1..=9_998;

impl Schedule {
    /// Boundaries at `anchor` and every `interval` units before and after it.
    pub const fn new(anchor: Day, every: Every, interval: NonZeroU32, zone: Zone) -> Self {
        Self { anchor, every, interval, zone }
    }
    /// Boundaries once per unit.
    pub const fn once_per(every: Every, anchor: Day, zone: Zone) -> Self {
        Self::new(anchor, every, NonZeroU32::MIN, zone)
    }
    /// The day of boundary 0.
    pub const fn anchor(&self) -> Day {
        self.anchor
    }
    /// The unit of length.
    pub const fn every(&self) -> Every {
        self.every
    }
    /// Units per period.
    pub const fn interval(&self) -> NonZeroU32 {
        self.interval
    }
    /// Where midnight is taken.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The day on which period `k` begins.
    pub fn boundary_day(&self, k: i64) -> Day {
        let units = k.saturating_mul(self.interval.get().into());
        match self.every.step() {
            Step::Days(days) => {
                let day = self.anchor.plus_days(units.saturating_mul(days));
                if YEARS.contains(&day.year().into()) { day } else { edge_day(day.year().into()) }
            }
            Step::Months(months) => self.month_boundary(units.saturating_mul(months)),
        }
    }

    /// `months` after the anchor, its day clamped to the month's length.
    fn month_boundary(&self, months: i64) -> Day {
        let first = i64::from(self.anchor.year()) * 12 + i64::from(self.anchor.month()) - 1;
        let month = first.saturating_add(months);
        let year = month.div_euclid(12);
        if !YEARS.contains(&year) {
            return edge_day(year);
        }
        let year = i16::try_from(year).expect("the years are few");
        let month = i8::try_from(month.rem_euclid(12) + 1).expect("a year has twelve months");
        let start = Day::new(year, month, 1).expect("every month has a first day");
        let day = self.anchor.day().min(start.days_in_month());
        Day::new(start.year(), start.month(), day).expect("the month is long enough")
    }

    /// The instant at which period `k` begins.
    pub fn boundary(&self, k: i64) -> Timestamp {
        self.zone.start_of(self.boundary_day(k))
    }

    /// Period `k`: from boundary `k` up to, and without, boundary `k + 1`.
    pub fn period(&self, k: i64) -> Span {
        Span { start: self.boundary(k), end: self.boundary(k.saturating_add(1)) }
    }

    /// Calendar days in period `k`; a day of 23 or 25 hours is one.
    pub fn days(&self, k: i64) -> i64 {
        self.boundary_day(k.saturating_add(1)).days_since(self.boundary_day(k))
    }

    /// The period that contains `instant`.
    ///
    /// The local day gives a guess that is right but for one; instants decide, because a clock
    /// that falls back across midnight shows yesterday's date after today has begun.
    pub fn index_at(&self, instant: Timestamp) -> i64 {
        let mut k = self.index_near(self.zone.day_of(instant));
        for _ in 0..MAX_CORRECTIONS {
            if instant < self.boundary(k) {
                k = k.saturating_sub(1);
            } else if instant >= self.boundary(k.saturating_add(1)) {
                k = k.saturating_add(1);
            } else {
                break;
            }
        }
        k
    }

    fn index_near(&self, day: Day) -> i64 {
        let interval = i64::from(self.interval.get());
        match self.every.step() {
            Step::Days(days) => day.days_since(self.anchor).div_euclid(days * interval),
            Step::Months(months) => {
                let number = |day: Day| i64::from(day.year()) * 12 + i64::from(day.month());
                (number(day) - number(self.anchor)).div_euclid(months * interval)
            }
        }
    }
}

/// A clamped day moves a guess by one; a zone that skips a whole day, by one more.
const MAX_CORRECTIONS: usize = 4;

/// What stands for a day in `year`, outside [`YEARS`]: their first day or their last, so that no
/// boundary comes before an earlier one.
fn edge_day(year: i64) -> Day {
    let day = if year < *YEARS.start() { Day::new(1, 1, 1) } else { Day::new(9_998, 12, 31) };
    day.expect("every year has a first and a last day")
}

#[cfg(test)]
mod tests;
