//! Billing periods of one tenant: its schedule, where it began, and parts of periods.
//!
//! Decided here: the first period starts at the activation instant and ends at the first boundary
//! after it (ruling 7); a change of cycle starts a new plan at the boundary (PRO-14); a zone change
//! keeps the grid and starts exactly where the last period ended. A partial period's fraction is
//! in local calendar days, the first and the last day included. Periods of one plan tile.

use crate::{
    cycle::{Every, Schedule},
    profile::BillingCycle,
    proration::Fraction,
    time::{Day, Span, Timestamp, Zone},
};

/// One billing period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its number on the schedule's grid; counts on, also over partial periods.
    pub index: i64,
    /// From its first instant to the first one after it.
    pub span: Span,
    /// The first local day that it covers.
    pub first_day: Day,
    /// The first local day that it does not cover. On invoices the day before is shown.
    pub end_day: Day,
    /// Days covered, of the days of the full period on the grid.
    pub fraction: Fraction,
}

impl Period {
    /// The last local day that it covers, as people write a period.
    pub fn last_day(&self) -> Day {
        self.end_day.plus_days(-1)
    }
}

/// All billing periods of one tenant under one cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodPlan {
    schedule: Schedule,
    first_index: i64,
    starts_at: Timestamp,
    first_day: Day,
}

/// The stored parts contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no period {index} of the schedule begins on {first_day} and ends after {starts_at}")]
pub struct PlanError {
    /// The claimed first index.
    pub index: i64,
    /// The claimed first day.
    pub first_day: Day,
    /// The claimed start.
    pub starts_at: Timestamp,
}

impl PeriodPlan {
    /// The plan of a tenant whose billing starts at `at`: at activation, or at the boundary where
    /// its profile changes the cycle (PRO-14).
    pub fn starting(at: Timestamp, cycle: BillingCycle, every: Every, zone: Zone) -> Self {
        let first_day = zone.day_of(at);
        let anchor = match (cycle, every) {
            (BillingCycle::Anniversary, _) => first_day,
            (BillingCycle::CalendarMonth, Every::Quarter | Every::Year) => {
                Day::new(first_day.year(), 1, 1).expect("every year has a first day")
            }
            (BillingCycle::CalendarMonth, Every::Month) => first_day.first_of_month(),
            // A profile with such a cycle is refused; days and weeks have no calendar anchor.
            (BillingCycle::CalendarMonth, Every::Day | Every::Week) => first_day,
        };
        let schedule = Schedule::once_per(every, anchor, zone);
        let first_index = schedule.index_at(at);
        Self { schedule, first_index, starts_at: at, first_day }
    }

    /// A plan from its stored parts.
    pub fn restore(
        schedule: Schedule,
        first_index: i64,
        starts_at: Timestamp,
        first_day: Day,
    ) -> Result<Self, PlanError> {
        let begins = schedule.boundary_day(first_index);
        let ends = schedule.boundary_day(first_index.saturating_add(1));
        let fits = begins <= first_day && first_day < ends;
        if !fits || schedule.boundary(first_index.saturating_add(1)) <= starts_at {
            return Err(PlanError { index: first_index, first_day, starts_at });
        }
        Ok(Self { schedule, first_index, starts_at, first_day })
    }

    /// The boundaries it follows.
    pub const fn schedule(&self) -> &Schedule {
        &self.schedule
    }
    /// The grid number of the first period.
    pub const fn first_index(&self) -> i64 {
        self.first_index
    }
    /// The first instant that is billed.
    pub const fn starts_at(&self) -> Timestamp {
        self.starts_at
    }
    /// The first local day that is billed.
    pub const fn first_day(&self) -> Day {
        self.first_day
    }

    /// The first period, a partial one unless billing starts on a boundary day.
    pub fn first(&self) -> Period {
        self.at_index(self.first_index)
    }

    /// The period after `period`.
    pub fn after(&self, period: &Period) -> Period {
        self.at_index(period.index.saturating_add(1))
    }

    /// The period that contains `instant`; `None` before billing starts.
    pub fn containing(&self, instant: Timestamp) -> Option<Period> {
        if instant < self.starts_at {
            return None;
        }
        Some(self.at_index(self.schedule.index_at(instant).max(self.first_index)))
    }

    fn at_index(&self, index: i64) -> Period {
        let mut span = self.schedule.period(index);
        let mut first_day = self.schedule.boundary_day(index);
        if index == self.first_index {
            (span.start, first_day) = (self.starts_at, self.first_day);
        }
        let end_day = self.schedule.boundary_day(index.saturating_add(1));
        let fraction = self.fraction(index, end_day.days_since(first_day));
        Period { index, span, first_day, end_day, fraction }
    }

    /// `days` of the full period `index`.
    fn fraction(&self, index: i64, days: i64) -> Fraction {
        let whole = self.schedule.days(index).max(1);
        Fraction::try_new(days.clamp(0, whole), whole).unwrap_or(Fraction::WHOLE)
    }

    /// `period` as it ends when the tenant is cancelled at `instant`; that day counts (CYC-14).
    ///
    /// An instant outside the period ends it at its own start or end.
    pub fn cut_short(&self, period: &Period, instant: Timestamp) -> Period {
        if instant >= period.span.end {
            return *period;
        }
        let end = instant.max(period.span.start);
        let cancelled_on = self.schedule.zone().day_of(end).max(period.first_day);
        let end_day = cancelled_on.plus_days(1).min(period.end_day);
        let fraction = self.fraction(period.index, end_day.days_since(period.first_day));
        Period { span: Span { start: period.span.start, end }, end_day, fraction, ..*period }
    }

    /// The plan that follows when `period` ends and the next one has this cycle: the same one if
    /// nothing changes, otherwise one that starts at the boundary (PRO-14).
    ///
    /// An anniversary keeps the anchor it finds, so that a calendar tenant's becomes the 1st.
    pub fn next_plan(&self, period: &Period, cycle: BillingCycle, every: Every) -> Self {
        let next = Self::starting(period.span.end, cycle, every, self.schedule.zone().clone());
        let here = self.schedule.boundary_day(self.schedule.index_at(next.starts_at));
        let agrees = here == next.schedule.boundary_day(next.first_index);
        let keeps =
            every == self.schedule.every() && (cycle == BillingCycle::Anniversary || agrees);
        if keeps { self.clone() } else { next }
    }

    /// The plan after `period` in another zone: the same grid of days, starting exactly where the
    /// period ended. What was billed is not billed again, and nothing in between is lost.
    pub fn moved_to(&self, period: &Period, zone: Zone) -> Self {
        let old = &self.schedule;
        let schedule = Schedule::new(old.anchor(), old.every(), old.interval(), zone);
        let first_index = period.index.saturating_add(1);
        let first_day = schedule.boundary_day(first_index);
        Self { schedule, first_index, starts_at: period.span.end, first_day }
    }
}

#[cfg(test)]
mod tests;
