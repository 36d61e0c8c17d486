//! Claims about a tenant's periods: first and last ones, changes of cycle and zone.

use proptest::prelude::*;

use super::*;
use crate::{money::Minor, proration::prorate_minor};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("an instant")
}

fn chicago() -> Zone {
    Zone::parse("America/Chicago").expect("a zone")
}

fn days(period: &Period) -> (String, String, String) {
    let Period { first_day, end_day, fraction, .. } = period;
    (first_day.to_string(), end_day.to_string(), fraction.to_string())
}

fn expect(period: &Period, first: &str, end: &str, fraction: &str) {
    assert_eq!(days(period), (first.to_owned(), end.to_owned(), fraction.to_owned()));
}

// CYC-01 CYC-05
#[test]
fn an_anniversary_begins_on_the_activation_day() {
    let activated = at("2026-05-10T20:00:00Z");
    let plan = PeriodPlan::starting(activated, BillingCycle::Anniversary, Every::Month, chicago());
    let first = plan.first();
    expect(&first, "2026-05-10", "2026-06-10", "31/31");
    assert_eq!(first.span.start, activated);
    assert_eq!(first.span.end, at("2026-06-10T05:00:00Z"));
    assert_eq!(first.last_day().to_string(), "2026-06-09");
    expect(&plan.after(&first), "2026-06-10", "2026-07-10", "30/30");
}

// CYC-02 CYC-07 F-07
#[test]
fn a_calendar_tenant_begins_with_the_rest_of_the_month() {
    let activated = at("2026-05-20T15:00:00Z");
    let plan =
        PeriodPlan::starting(activated, BillingCycle::CalendarMonth, Every::Month, chicago());
    expect(&plan.first(), "2026-05-20", "2026-06-01", "12/31");
    expect(&plan.after(&plan.first()), "2026-06-01", "2026-07-01", "30/30");
    assert_eq!(prorate_minor(Minor::new(4_500), plan.first().fraction), Minor::new(1_742));
}

// CYC-04 a call that ends at local midnight belongs to the new period
#[test]
fn the_local_day_decides_and_midnight_is_new() {
    let evening = at("2026-06-01T03:00:00Z");
    let plan = PeriodPlan::starting(evening, BillingCycle::CalendarMonth, Every::Month, chicago());
    expect(&plan.first(), "2026-05-31", "2026-06-01", "1/31");
    let midnight = at("2026-06-01T05:00:00Z");
    assert_eq!(plan.containing(midnight).map(|period| period.index), Some(1));
    assert_eq!(plan.containing(Timestamp::from_micros(evening.micros() - 1)), None);
}

// PRO-14 pay as you go to flat: the 1st becomes the anchor
#[test]
fn a_calendar_tenant_turns_flat_on_the_first() {
    let activated = at("2026-05-01T05:00:00Z");
    let plan =
        PeriodPlan::starting(activated, BillingCycle::CalendarMonth, Every::Month, chicago());
    let may = plan.first();
    expect(&may, "2026-05-01", "2026-06-01", "31/31");
    let flat = plan.next_plan(&may, BillingCycle::Anniversary, Every::Month);
    expect(&flat.after(&may), "2026-06-01", "2026-07-01", "30/30");
    assert_eq!(flat.schedule().anchor().day(), 1);
}

// PRO-14 flat to pay as you go: a bridging period to the end of the month
#[test]
fn an_anniversary_tenant_turns_calendar_by_a_bridge() {
    let activated = at("2026-05-10T05:00:00Z");
    let plan = PeriodPlan::starting(activated, BillingCycle::Anniversary, Every::Month, chicago());
    let payg = plan.next_plan(&plan.first(), BillingCycle::CalendarMonth, Every::Month);
    assert_eq!(payg.starts_at(), plan.first().span.end);
    expect(&payg.first(), "2026-06-10", "2026-07-01", "21/30");
    expect(&payg.after(&payg.first()), "2026-07-01", "2026-08-01", "31/31");
}

// CYC-08 CYC-03 the anchor of the 31st survives boundaries on the 28th
#[test]
fn staying_on_a_cycle_keeps_the_anchor() {
    let activated = at("2026-01-31T12:00:00Z");
    let plan = PeriodPlan::starting(activated, BillingCycle::Anniversary, Every::Month, chicago());
    let same = plan.next_plan(&plan.first(), BillingCycle::Anniversary, Every::Month);
    assert_eq!(same, plan);
    expect(&same.after(&same.first()), "2026-02-28", "2026-03-31", "31/31");
}

// CYC-14 F-07
#[test]
fn a_cancellation_counts_its_own_day() {
    let activated = at("2026-05-01T05:00:00Z");
    let plan =
        PeriodPlan::starting(activated, BillingCycle::CalendarMonth, Every::Month, chicago());
    let last = plan.cut_short(&plan.first(), at("2026-05-15T17:00:00Z"));
    expect(&last, "2026-05-01", "2026-05-16", "15/31");
    assert_eq!(last.span.end, at("2026-05-15T17:00:00Z"));
    let same_day = plan.cut_short(&plan.first(), activated);
    expect(&same_day, "2026-05-01", "2026-05-02", "1/31");
    assert_eq!(plan.cut_short(&plan.first(), at("2026-07-01T00:00:00Z")), plan.first());
}

// CYC-04 CYC-14 both ends of one partial period
#[test]
fn a_tenant_may_come_and_go_within_a_month() {
    let plan = PeriodPlan::starting(
        at("2026-05-20T15:00:00Z"),
        BillingCycle::CalendarMonth,
        Every::Month,
        chicago(),
    );
    let last = plan.cut_short(&plan.first(), at("2026-05-25T15:00:00Z"));
    expect(&last, "2026-05-20", "2026-05-26", "6/31");
}

#[test]
fn a_move_to_another_zone_bills_no_instant_twice() {
    let new_york = Zone::parse("America/New_York").expect("a zone");
    let start = at("2026-05-01T04:00:00Z");
    let plan = PeriodPlan::starting(start, BillingCycle::CalendarMonth, Every::Month, new_york);
    let moved = plan.moved_to(&plan.first(), chicago());
    expect(&moved.first(), "2026-06-01", "2026-07-01", "30/30");
    assert_eq!(moved.first().span.start, plan.first().span.end);
    assert_eq!(moved.first().span.end, at("2026-07-01T05:00:00Z"));
}

#[test]
fn quarters_and_years_of_the_calendar_begin_in_january() {
    let start = at("2026-05-20T12:00:00Z");
    let plan =
        |every| PeriodPlan::starting(start, BillingCycle::CalendarMonth, every, Zone::UTC).first();
    expect(&plan(Every::Quarter), "2026-05-20", "2026-07-01", "42/91");
    expect(&plan(Every::Year), "2026-05-20", "2027-01-01", "226/365");
}

proptest! {
    // CYC-04
    #[test]
    fn periods_of_a_plan_tile_and_restore(
        seconds in 1_600_000_000i64..2_600_000_000, calendar in any::<bool>(),
        at in 0i64..90_000_000,
    ) {
        let cycle =
            if calendar { BillingCycle::CalendarMonth } else { BillingCycle::Anniversary };
        let start = Timestamp::from_seconds(seconds);
        let plan = PeriodPlan::starting(start, cycle, Every::Month, chicago());
        let instant = start.plus_seconds(at);
        let found = plan.containing(instant).expect("after the start");
        prop_assert!(found.span.contains(instant));
        let mut period = plan.first();
        for _ in 0..40 {
            let next = plan.after(&period);
            prop_assert_eq!(period.span.end, next.span.start);
            prop_assert_eq!(period.end_day, next.first_day);
            period = next;
        }
        let parts = (plan.schedule().clone(), plan.first_index());
        let restored =
            PeriodPlan::restore(parts.0, parts.1, plan.starts_at(), plan.first_day());
        prop_assert_eq!(restored, Ok(plan));
    }
}
