//! Time: instants, days, zones and half-open spans.
//!
//! Decided here: instants are UTC microseconds; a day is a calendar date that means something
//! only together with a zone; a span is `[start, end)`; midnight that a zone skips becomes the
//! first instant that exists. `now` is never asked here: it is always an argument.

use std::fmt;

use jiff::{
    civil,
    tz::{AmbiguousOffset, TimeZone},
};
use serde::{Deserialize, Serialize};

/// A UTC instant in microseconds since 1970.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// The text is not an instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an RFC 3339 date and time with an offset")]
pub struct TimestampError(pub String);

/// The first instant accepted from outside: 1990-01-01. Nothing we bill is older.
const EARLIEST_MICROS: i64 = 631_152_000_000_000;
/// The last instant accepted from outside: 2200-01-01.
const LATEST_MICROS: i64 = 7_258_118_400_000_000;

impl Timestamp {
    /// This many microseconds after 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }
    /// This many whole seconds after 1970-01-01T00:00:00Z.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }
    /// Whether a record from outside may carry this instant (1990 to 2200).
    pub const fn is_plausible(self) -> bool {
        self.0 >= EARLIEST_MICROS && self.0 < LATEST_MICROS
    }
    /// Later by `seconds`; stays at the end of time instead of wrapping.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
    /// Whole microseconds from `earlier` to `self`, negative if `self` is before it.
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
    /// Parses RFC 3339 with an offset; a text without one is refused.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        let parsed: jiff::Timestamp = text.parse().map_err(|_| TimestampError(text.to_owned()))?;
        Ok(Self(parsed.as_microsecond()))
    }
    pub(crate) fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_jiff(), f)
    }
}

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(civil::Date);

/// The text is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a date like 2026-05-10")]
pub struct DayError(pub String);

impl Day {
    /// The date, or `None` where the calendar has no such day.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        civil::Date::new(year, month, day).ok().map(Self)
    }
    /// Parses `2026-05-10` and nothing longer.
    pub fn parse(text: &str) -> Result<Self, DayError> {
        let wrong = || DayError(text.to_owned());
        if text.len() != 10 {
            return Err(wrong());
        }
        text.parse().map(Self).map_err(|_| wrong())
    }
    /// The year.
    pub fn year(self) -> i16 {
        self.0.year()
    }
    /// The month, 1 to 12.
    pub fn month(self) -> i8 {
        self.0.month()
    }
    /// The day of the month, 1 to 31.
    pub fn day(self) -> i8 {
        self.0.day()
    }
    /// Days in this day's month.
    pub fn days_in_month(self) -> i8 {
        self.0.days_in_month()
    }
    /// The first day of this day's month.
    pub fn first_of_month(self) -> Self {
        Self(self.0.first_of_month())
    }
    /// Later by `days` (or earlier, if negative); stops at the ends of the calendar.
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().days(days.clamp(-3_000_000, 3_000_000))))
    }
    /// Whole days from `earlier` to `self`.
    pub fn days_since(self, earlier: Self) -> i64 {
        i64::from((self.0 - earlier.0).get_days())
    }
    /// `2026-05-10` as the number 20260510: how days are stored, and sort.
    pub fn number(self) -> i64 {
        i64::from(self.year()) * 10_000 + i64::from(self.month()) * 100 + i64::from(self.day())
    }
    /// The day with this [`number`](Self::number).
    pub fn from_number(number: i64) -> Option<Self> {
        let year = i16::try_from(number / 10_000).ok()?;
        let month = i8::try_from(number / 100 % 100).ok()?;
        Self::new(year, month, i8::try_from(number % 100).ok()?)
    }
    /// For people: `10 May 2026`.
    pub fn display(self) -> String {
        self.0.strftime("%-d %b %Y").to_string()
    }
    /// For people, as invoices date themselves: `May 10, 2026`.
    pub fn display_long(self) -> String {
        self.0.strftime("%B %-d, %Y").to_string()
    }
    /// The same without the year: `May 10`.
    pub fn display_short(self) -> String {
        self.0.strftime("%B %-d").to_string()
    }
    /// For people: `May 2026`.
    pub fn display_month(self) -> String {
        self.0.strftime("%b %Y").to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// An IANA time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// The name is not an IANA time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an IANA time zone such as America/Chicago")]
pub struct UnknownZone(pub String);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone called `name`; fixed offsets and POSIX rules are refused.
    pub fn parse(name: &str) -> Result<Self, UnknownZone> {
        if name == "UTC" {
            return Ok(Self::UTC);
        }
        jiff::tz::db().get(name).map(Self).map_err(|_| UnknownZone(name.to_owned()))
    }
    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
    /// The calendar date at `instant`.
    pub fn day_of(&self, instant: Timestamp) -> Day {
        Day(self.0.to_datetime(instant.to_jiff()).date())
    }
    /// Local date and time at `instant`.
    pub fn local(&self, instant: Timestamp) -> civil::DateTime {
        self.0.to_datetime(instant.to_jiff())
    }
    /// Local date and time at `instant` with the offset in force, RFC 3339.
    pub fn display_local(&self, instant: Timestamp) -> String {
        let zoned = instant.to_jiff().to_zoned(self.0.clone());
        zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
    /// Local date and time at `instant` to the minute, for people: `Nov 24, 2026, 18:05`.
    pub fn display_minute(&self, instant: Timestamp) -> String {
        let zoned = instant.to_jiff().to_zoned(self.0.clone());
        zoned.strftime("%b %-d, %Y, %H:%M").to_string()
    }
    /// The first instant of `day`: local midnight, or the first instant after it that exists.
    pub fn start_of(&self, day: Day) -> Timestamp {
        self.instant_of(day.0.at(0, 0, 0, 0))
    }
    /// Where `instant` lies in the local week, as the wall clock shows it.
    pub(crate) fn week_clock(&self, instant: Timestamp) -> WeekClock {
        let instant = instant.to_jiff();
        let local = self.0.to_datetime(instant);
        let (day, time) = (local.date().weekday().to_monday_zero_offset(), local.time());
        let seconds = i64::from(time.hour()) * 3_600
            + i64::from(time.minute()) * 60
            + i64::from(time.second());
        let micros = i64::from(time.subsec_nanosecond()) / 1_000;
        let next_change = self.0.following(instant).next();
        WeekClock {
            micros_of_week: (i64::from(day) * 86_400 + seconds) * 1_000_000 + micros,
            even_until: next_change.map(|it| Timestamp(it.timestamp().as_microsecond())),
        }
    }
    /// The instant of a local time; a skipped time moves forward, a repeated one is the earlier.
    pub fn instant_of(&self, local: civil::DateTime) -> Timestamp {
        let found = self.0.to_ambiguous_timestamp(local).compatible();
        Timestamp(found.map_or(0, jiff::Timestamp::as_microsecond))
    }
    /// Both instants of a local time that clocks showed twice, the earlier first; any other local
    /// time has one, as [`instant_of`](Self::instant_of) finds it, given twice.
    pub fn instants_of(&self, local: civil::DateTime) -> (Timestamp, Timestamp) {
        let first = self.instant_of(local);
        let found = self.0.to_ambiguous_timestamp(local);
        let AmbiguousOffset::Fold { after, .. } = found.offset() else { return (first, first) };
        let second = after.to_timestamp(local);
        (first, second.map_or(first, |second| Timestamp(second.as_microsecond())))
    }
}

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The wall clock at an instant, and how long it runs evenly from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WeekClock {
    /// Microseconds since Monday 00:00, as the clock shows it.
    pub(crate) micros_of_week: i64,
    /// The next instant at which the zone changes its offset, if one is known.
    pub(crate) even_until: Option<Timestamp>,
}

/// A half-open stretch of time: `start` belongs to it, `end` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first instant inside.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

impl Span {
    /// Whether `instant` lies inside.
    pub fn contains(self, instant: Timestamp) -> bool {
        self.start <= instant && instant < self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    // CYC-16
    #[test]
    fn a_midnight_that_does_not_exist_becomes_the_first_instant_after_it() {
        let santiago = Zone::parse("America/Santiago").expect("a zone");
        let start = santiago.start_of(day("2026-09-06"));
        assert_eq!(start.to_string(), "2026-09-06T04:00:00Z");
        assert_eq!(santiago.day_of(start), day("2026-09-06"));
        assert_eq!(santiago.day_of(Timestamp::from_micros(start.micros() - 1)), day("2026-09-05"));
    }

    #[test]
    fn zones_have_iana_names_only() {
        for bad in ["", "EST5EDT4,M3", "+05:00", "Mars/Olympus", "America/Chicago\0"] {
            assert!(Zone::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Zone::parse("America/Chicago").expect("a zone").name(), "America/Chicago");
    }

    #[test]
    fn a_local_time_shown_twice_has_two_instants() {
        let chicago = Zone::parse("America/Chicago").expect("a zone");
        let at = |hour| {
            let (first, second) = chicago.instants_of(day("2026-11-01").0.at(hour, 30, 0, 0));
            (first.to_string(), second.micros_since(first) / 1_000_000)
        };
        assert_eq!(at(1), ("2026-11-01T06:30:00Z".to_owned(), 3_600));
        assert_eq!(at(2), ("2026-11-01T08:30:00Z".to_owned(), 0));
        let skipped = chicago.instants_of(day("2026-03-08").0.at(2, 30, 0, 0));
        assert_eq!(skipped.0, skipped.1);
    }

    #[test]
    fn instants_need_an_offset() {
        assert!(Timestamp::parse("2026-05-10T00:00:00").is_err());
        let instant = Timestamp::parse("2026-05-10T02:00:00+02:00").expect("an instant");
        assert_eq!(instant.to_string(), "2026-05-10T00:00:00Z");
        assert!(instant.is_plausible());
    }

    #[test]
    fn days_are_stored_as_sortable_numbers() {
        assert_eq!(day("2026-05-10").number(), 20_260_510);
        assert_eq!(Day::from_number(20_260_510), Some(day("2026-05-10")));
        assert_eq!(Day::from_number(20_260_230), None);
        assert!(Day::parse("2026-05-10T00:00").is_err());
    }
}
