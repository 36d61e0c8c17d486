//! `calc periods`: the periods of a schedule, one line each.

use std::num::NonZeroU32;

use serde_json::json;

use super::fields::{CalcError, Fields};
use crate::{
    cycle::{Every, Schedule},
    time::{Day, Zone},
};

/// Most periods in one answer: 270 years of days, or 15 MB of text.
const MAX_COUNT: u32 = 100_000;
/// Longest period in units; longer ones leave the calendar at once.
const MAX_INTERVAL: u32 = 1_000;
/// Years in which periods are computed: those of plausible records, generously.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=9_000;

/// Periods 0 to `count - 1` of a schedule, as NDJSON: number, local start and end with their
/// offsets, UTC instants. Ends are exclusive; period 0 begins on the anchor.
///
/// Fields: `anchor` (a date), `every` (`day`, `week`, `month`, `quarter`, `year`), `interval`
/// (1 unless given), `zone` (IANA), `count`.
pub fn periods(input: &str) -> Result<String, CalcError> {
    let mut fields = Fields::parse(input)?;
    let anchor = fields.required("anchor", Day::parse)?;
    if !YEARS.contains(&anchor.year()) {
        let why = format!("{anchor} is not in the years {} to {}", YEARS.start(), YEARS.end());
        return Err(fields.refuse("anchor", why));
    }
    let every = fields.required("every", |text| {
        let known = "day, week, month, quarter, year";
        Every::parse(text).ok_or_else(|| format!("{text:?} is not one of {known}"))
    })?;
    let interval = fields.whole("interval", 1..=MAX_INTERVAL)?.unwrap_or(1);
    let zone = fields.required("zone", Zone::parse)?;
    let count = fields.whole("count", 1..=MAX_COUNT)?;
    let count = count.ok_or_else(|| fields.refuse("count", "is missing"))?;
    let interval = NonZeroU32::new(interval).expect("at least one");
    let schedule = Schedule::new(anchor, every, interval, zone);
    if schedule.boundary_day(count.into()).year() > *YEARS.end() {
        let why = format!("{count} periods reach beyond the year {}", YEARS.end());
        return Err(fields.refuse("count", why));
    }
    fields.done()?;
    let mut lines = String::new();
    for k in 0..i64::from(count) {
        let (span, zone) = (schedule.period(k), schedule.zone());
        let line = json!({
            "k": k,
            "start": zone.display_local(span.start),
            "end": zone.display_local(span.end),
            "start_utc": span.start.to_string(),
            "end_utc": span.end.to_string(),
        });
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    Ok(lines)
}
