//! Claims about schedules: tiling over a century, clamping, daylight saving.

use proptest::prelude::*;

use super::*;

/// Zones whose clocks do something awkward: skip midnight, move by half an hour, sit at 45
/// minutes, skip a whole day, fall back across midnight.
const AWKWARD_ZONES: [&str; 7] = [
    "America/Santiago",
    "Australia/Lord_Howe",
    "America/Chicago",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/St_Johns",
    "Asia/Beirut",
];

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn zone(name: &str) -> Zone {
    Zone::parse(name).expect("a zone")
}

fn days_of(schedule: &Schedule, count: i64) -> Vec<String> {
    (0..count).map(|k| schedule.boundary_day(k).to_string()).collect()
}

fn assert_tiles(schedule: &Schedule, indexes: std::ops::Range<i64>) {
    let mut last = schedule.period(indexes.start);
    for k in indexes.skip(1) {
        let period = schedule.period(k);
        assert_eq!(last.end, period.start, "{schedule:?} {k}");
        assert!(period.start <= period.end, "{schedule:?} {k}");
        if period.start < period.end {
            assert_eq!(schedule.index_at(period.start), k, "{schedule:?} {k}");
            let end = Timestamp::from_micros(period.end.micros() - 1);
            assert_eq!(schedule.index_at(end), k, "{schedule:?} {k}");
        }
        last = period;
    }
}

// CYC-04
#[test]
fn periods_tile_up_to_the_last_year_there_is() {
    let twenty = NonZeroU32::new(20).expect("positive");
    for every in [Every::Day, Every::Month, Every::Year] {
        let schedule = Schedule::new(day("2058-10-21"), every, twenty, zone("America/Santiago"));
        for around in [-100, 390, 4_700, 145_000, -2_000_000, 2_000_000] {
            assert_tiles(&schedule, around..around + 130);
        }
    }
}

// CYC-03 F-20
#[test]
fn an_anchor_on_the_31st_clamps_and_comes_back() {
    let schedule = Schedule::once_per(Every::Month, day("2026-01-31"), Zone::UTC);
    let expected = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"];
    assert_eq!(days_of(&schedule, 5), expected);
    let schedule = Schedule::once_per(Every::Month, day("2026-02-28"), Zone::UTC);
    assert_eq!(days_of(&schedule, 2), ["2026-02-28", "2026-03-28"]);
    let schedule = Schedule::once_per(Every::Year, day("2024-02-29"), Zone::UTC);
    let expected = ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"];
    assert_eq!(days_of(&schedule, 5), expected);
    let schedule = Schedule::once_per(Every::Quarter, day("2025-11-30"), Zone::UTC);
    let expected = ["2025-11-30", "2026-02-28", "2026-05-30", "2026-08-30"];
    assert_eq!(days_of(&schedule, 4), expected);
}

// CYC-01
#[test]
fn a_month_after_the_tenth_is_the_tenth() {
    let schedule = Schedule::once_per(Every::Month, day("2026-05-10"), Zone::UTC);
    assert_eq!(days_of(&schedule, 3), ["2026-05-10", "2026-06-10", "2026-07-10"]);
    assert_eq!(schedule.days(0), 31);
}

// CYC-16
#[test]
fn daylight_saving_moves_no_boundary_and_no_day_count() {
    let schedule = Schedule::once_per(Every::Month, day("2026-03-01"), zone("America/Chicago"));
    let start = |k| schedule.boundary(k).to_string();
    assert_eq!(start(0), "2026-03-01T06:00:00Z");
    assert_eq!(start(1), "2026-04-01T05:00:00Z");
    assert_eq!(start(9), "2026-12-01T06:00:00Z");
    assert_eq!((schedule.days(0), schedule.days(8)), (31, 30));
}

// CYC-16
#[test]
fn a_boundary_in_a_skipped_midnight_is_the_first_instant_that_exists() {
    let schedule = Schedule::once_per(Every::Day, day("2026-09-05"), zone("America/Santiago"));
    assert_eq!(schedule.boundary(1).to_string(), "2026-09-06T04:00:00Z");
    assert_eq!(schedule.period(1).end.micros_since(schedule.boundary(1)), 23 * 3_600_000_000);
}

/// Every anchor day of four years, a century of months: the days ascend and the day of the month
/// is the anchor's, or the last one the month has.
// CYC-03 CYC-04 F-20
#[test]
fn months_ascend_for_a_century_from_every_anchor() {
    for offset in 0..1_461 {
        let anchor = day("2024-01-01").plus_days(offset);
        let schedule = Schedule::once_per(Every::Month, anchor, Zone::UTC);
        let mut last = schedule.boundary_day(-1);
        for k in 0..1_200 {
            let next = schedule.boundary_day(k);
            assert!(last < next && next.days_since(last) <= 31);
            assert_eq!(next.day(), anchor.day().min(next.days_in_month()));
            last = next;
        }
    }
}

/// A century of months from each day of a month, in every awkward zone.
// CYC-03 CYC-04 CYC-16
#[test]
fn periods_tile_for_a_century_in_awkward_zones() {
    for name in AWKWARD_ZONES {
        for offset in (0..31).step_by(3).chain([28, 29, 30]) {
            let anchor = day("2026-01-01").plus_days(offset);
            assert_tiles(&Schedule::once_per(Every::Month, anchor, zone(name)), 0..1_200);
        }
    }
}

// CYC-04
#[test]
fn a_zone_that_skipped_a_day_has_an_empty_period_and_no_gap() {
    let schedule = Schedule::once_per(Every::Day, day("2011-12-28"), zone("Pacific/Apia"));
    assert_tiles(&schedule, 0..10);
    let skipped = schedule.period(2);
    assert_eq!(skipped.start, skipped.end);
}

#[test]
fn the_ends_of_the_calendar_are_reached_without_a_panic() {
    for every in [Every::Day, Every::Week, Every::Month, Every::Quarter, Every::Year] {
        let interval = NonZeroU32::MAX;
        let schedule = Schedule::new(day("2026-01-31"), every, interval, Zone::UTC);
        for k in [i64::MIN, -1, 0, 1, i64::MAX] {
            let period = schedule.period(k);
            assert!(period.start <= period.end, "{every:?} {k}");
        }
        for micros in [i64::MIN, 0, i64::MAX] {
            schedule.index_at(Timestamp::from_micros(micros));
        }
    }
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let every = prop_oneof![
        Just(Every::Day),
        Just(Every::Week),
        Just(Every::Month),
        Just(Every::Quarter),
        Just(Every::Year),
    ];
    let zones = (0..AWKWARD_ZONES.len()).prop_map(|index| zone(AWKWARD_ZONES[index]));
    (0i64..36_525, every, 1u32..=24, zones).prop_map(|(offset, every, interval, zone)| {
        let anchor = day("1995-01-01").plus_days(offset);
        Schedule::new(anchor, every, NonZeroU32::new(interval).expect("positive"), zone)
    })
}

proptest! {
    // CYC-04
    #[test]
    fn any_schedule_tiles(schedule in any_schedule(), k in -400i64..400) {
        assert_tiles(&schedule, k..k + 20);
    }

    // CYC-04
    #[test]
    fn every_instant_lies_in_the_period_found_for_it(
        schedule in any_schedule(), seconds in 0i64..4_000_000_000,
    ) {
        let instant = Timestamp::from_seconds(seconds);
        let k = schedule.index_at(instant);
        prop_assert!(schedule.period(k).contains(instant));
    }
}
