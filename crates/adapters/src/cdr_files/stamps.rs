//! Times as switches write them: local time without a zone.
//!
//! Decided here: `2026-11-22 02:13:39` means an instant only together with the zone the switch
//! runs in. A time that clocks showed twice is resolved by the other times and durations of the
//! same call; where they don't tell, the earlier instant counts. A time that clocks skipped moves
//! forward. Offsets are looked up once a day and kept, except on days around a change.

use domain::time::{Timestamp, Zone};

/// A reading of a wall clock: microseconds since 1970 as if the clock showed UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wall(i64);

const MICROS: i64 = 1_000_000;
const DAY_MICROS: i64 = 86_400 * MICROS;

impl Wall {
    /// Parses `YYYY-MM-DD HH:MM:SS`, with up to nine digits of a second after a point.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (head, fraction) = text.split_at_checked(19)?;
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, gap, h1, h2, b':', n1, n2, b':', s1, s2] =
            *head
        else {
            return None;
        };
        if gap != b' ' && gap != b'T' {
            return None;
        }
        let (year, month) = (pair(y1, y2)? * 100 + pair(y3, y4)?, pair(m1, m2)?);
        let day = pair(d1, d2)?;
        let (hour, minute, second) = (pair(h1, h2)?, pair(n1, n2)?, pair(s1, s2)?);
        let valid = (1..=days_in(year, month)?).contains(&day);
        if !valid || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = (hour * 60 + minute) * 60 + second;
        let micros = fraction_micros(fraction)?;
        Some(Self(days_since_1970(year, month, day) * DAY_MICROS + seconds * MICROS + micros))
    }
    /// The day, counted from 1970.
    fn day(self) -> i64 {
        self.0.div_euclid(DAY_MICROS)
    }
    fn civil(self) -> jiff::civil::DateTime {
        Zone::UTC.local(Timestamp::from_micros(self.0))
    }
}

fn pair(tens: u8, ones: u8) -> Option<i64> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
    Some(digit(tens)? * 10 + digit(ones)?)
}

/// Microseconds of `.123456`, or of nothing.
fn fraction_micros(text: &[u8]) -> Option<i64> {
    let Some(digits) = text.strip_prefix(b".") else { return text.is_empty().then_some(0) };
    if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let padded = digits.iter().copied().chain(std::iter::repeat(b'0'));
    Some(padded.take(6).fold(0, |micros, digit| micros * 10 + i64::from(digit - b'0')))
}

fn days_in(year: i64, month: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(28 + i64::from(leap)),
        _ => None,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar. Years are counted from March, so that the leap
/// day is the last of its year and months before it have a fixed pattern.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let century_days =
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    century_days + (month * 153 + 2) / 5 + day - 1 - 719_468
}

/// A time as a source gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    /// A reading of the switch's clock.
    Local(Wall),
    /// An instant.
    Instant(Timestamp),
}

/// The times of one call, and what the switch measured between them in whole seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallStamps {
    pub(super) start: Option<Stamp>,
    pub(super) answer: Option<Stamp>,
    pub(super) end: Stamp,
    /// From start to end.
    pub(super) duration: Option<i64>,
    /// From answer to end.
    pub(super) talk: Option<i64>,
}

/// The times of one call as instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CallInstants {
    pub(super) start: Option<Timestamp>,
    pub(super) answer: Option<Timestamp>,
    pub(super) end: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct CachedDay {
    day: i64,
    /// Local minus UTC in microseconds, the whole day long.
    offset: Option<i64>,
}

/// The clock of a switch: its zone, with the offsets of the last days.
#[derive(Debug)]
pub(super) struct SwitchClock {
    zone: Zone,
    is_utc: bool,
    /// By the last two bits of the day: rows come nearly in order of time.
    days: [CachedDay; 4],
}

impl SwitchClock {
    /// A switch in `zone`, in UTC by default.
    pub(super) fn new(zone: Option<Zone>) -> Self {
        let zone = zone.unwrap_or(Zone::UTC);
        let is_utc = zone == Zone::UTC;
        Self { zone, is_utc, days: [CachedDay { day: i64::MIN, offset: None }; 4] }
    }
    /// The instants of a call's times.
    pub(super) fn instants(&mut self, stamps: CallStamps) -> CallInstants {
        let start = stamps.start.map(|stamp| self.instant(stamp));
        let answer = stamps.answer.map(|stamp| self.instant(stamp));
        let end = self.instant(stamps.end);
        let once = |both: Option<(Timestamp, Timestamp)>| both.is_none_or(|(a, b)| a == b);
        let earliest = CallInstants {
            start: start.map(|both| both.0),
            answer: answer.map(|both| both.0),
            end: end.0,
        };
        if once(start) && once(answer) && once(Some(end)) {
            return earliest;
        }
        best_of(earliest, [start, answer, Some(end)], stamps).unwrap_or(earliest)
    }

    fn instant(&mut self, stamp: Stamp) -> (Timestamp, Timestamp) {
        let wall = match stamp {
            Stamp::Instant(at) => return (at, at),
            Stamp::Local(wall) => wall,
        };
        let offset = if self.is_utc { Some(0) } else { self.offset_of(wall) };
        match offset {
            Some(offset) => {
                let at = Timestamp::from_micros(wall.0 - offset);
                (at, at)
            }
            None => self.zone.instants_of(wall.civil()),
        }
    }

    /// The offset of the wall clock's day, if it is the same from the day before to the day after.
    fn offset_of(&mut self, wall: Wall) -> Option<i64> {
        let day = wall.day();
        let slot = usize::try_from(day & 3).expect("two bits");
        if self.days[slot].day != day {
            let at = |days: i64| {
                let midnight = Wall((day + days) * DAY_MICROS);
                let (first, second) = self.zone.instants_of(midnight.civil());
                (first == second).then(|| midnight.0 - first.micros())
            };
            let offset =
                at(-1).filter(|offset| [0, 1, 2].into_iter().all(|days| at(days) == Some(*offset)));
            self.days[slot] = CachedDay { day, offset };
        }
        self.days[slot].offset
    }
}

/// Among all readings of the times in order, the one nearest to the measured durations; of equal
/// ones the earliest.
fn best_of(
    earliest: CallInstants,
    times: [Option<(Timestamp, Timestamp)>; 3],
    measured: CallStamps,
) -> Option<CallInstants> {
    let mut best: Option<(i64, CallInstants)> = None;
    for choice in 0..8u8 {
        // The start is the highest bit, so that earlier starts are tried first.
        let pick = |bit: u8, both: (Timestamp, Timestamp)| {
            if choice & bit == 0 { both.0 } else { both.1 }
        };
        let call = CallInstants {
            start: times[0].map(|both| pick(4, both)),
            answer: times[1].map(|both| pick(2, both)),
            end: times[2].map_or(earliest.end, |both| pick(1, both)),
        };
        let answer = call.answer.unwrap_or(call.end);
        let in_order = call.start.is_none_or(|start| start <= answer) && answer <= call.end;
        let error = |from: Option<Timestamp>, seconds: Option<i64>| {
            let (Some(from), Some(seconds)) = (from, seconds) else { return 0 };
            (call.end.micros_since(from) / MICROS).abs_diff(seconds).min(1 << 40) as i64
        };
        let error = error(call.start, measured.duration) + error(call.answer, measured.talk);
        if in_order && best.is_none_or(|(least, _)| error < least) {
            best = Some((error, call));
        }
    }
    best.map(|(_, call)| call)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn local(text: &str) -> Stamp {
        Stamp::Local(Wall::parse(text.as_bytes()).expect("a local time"))
    }

    fn chicago(start: &str, end: &str, duration: Option<i64>) -> (String, String) {
        let mut clock = SwitchClock::new(Some(Zone::parse("America/Chicago").expect("a zone")));
        let (start, end) = (Some(local(start)), local(end));
        let stamps = CallStamps { start, answer: None, end, duration, talk: None };
        let call = clock.instants(stamps);
        (call.start.expect("given").to_string(), call.end.to_string())
    }

    // K12 and lesson 28: local times of a switch, resolved around the end of summer time
    #[test]
    fn a_time_shown_twice_is_told_by_order_and_duration() {
        let check = |start, end, duration, expected: (&str, &str)| {
            let found = chicago(start, end, duration);
            assert_eq!((found.0.as_str(), found.1.as_str()), expected, "{start} to {end}");
        };
        let first = ("2026-11-01T06:50:00Z", "2026-11-01T06:55:00Z");
        check("2026-11-01 01:50:00", "2026-11-01 01:55:00", None, first);
        check("2026-11-01 01:50:00", "2026-11-01 01:55:00", Some(300), first);
        // Only the duration can tell that this call ran through the change.
        let through = ("2026-11-01T06:50:00Z", "2026-11-01T07:55:00Z");
        check("2026-11-01 01:50:00", "2026-11-01 01:55:00", Some(3_900), through);
        // Here the order tells: the end would lie before the start.
        let order = ("2026-11-01T06:59:50Z", "2026-11-01T07:00:10Z");
        check("2026-11-01 01:59:50", "2026-11-01 01:00:10", None, order);
        let into = ("2026-11-01T05:59:00Z", "2026-11-01T06:01:00Z");
        check("2026-11-01 00:59:00", "2026-11-01 01:01:00", Some(120), into);
        let out_of = ("2026-11-01T07:59:00Z", "2026-11-01T08:01:00Z");
        check("2026-11-01 01:59:00", "2026-11-01 02:01:00", Some(120), out_of);
    }

    #[test]
    fn a_skipped_time_moves_forward() {
        let found = chicago("2026-03-08 01:59:59", "2026-03-08 02:30:00", None);
        assert_eq!(found, ("2026-03-08T07:59:59Z".to_owned(), "2026-03-08T08:30:00Z".to_owned()));
    }

    #[test]
    fn only_whole_and_real_times_are_read() {
        for text in [
            "",
            "2026-11-22",
            "2026-11-22 02:13",
            "2026-13-01 00:00:00",
            "2026-02-29 00:00:00",
            "0000-00-00 00:00:00",
            "2026-11-22 24:00:00",
            "2026-11-22 23:60:00",
            "2026-11-22 23:59:60",
            "2026-11-22 02:13:39.",
            "2026-11-22 02:13:39Z",
            "2026-11-22 02:13:39+01",
            "2026/11/22 02:13:39",
            " 026-11-22 02:13:39",
            "2026-11-22 02:13:39 ",
        ] {
            assert_eq!(Wall::parse(text.as_bytes()), None, "{text:?}");
        }
        let wall = Wall::parse(b"2026-11-22 02:13:39.25").expect("a time");
        assert_eq!(Timestamp::from_micros(wall.0).to_string(), "2026-11-22T02:13:39.25Z");
    }

    proptest! {
        /// The quick calendar and the kept offsets agree with the zone database everywhere.
        #[test]
        fn quick_instants_equal_slow_ones(
            seconds in 631_152_000i64..4_102_444_800,
            zone in prop::sample::select(vec![
                "America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca",
                "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "UTC",
            ]),
        ) {
            let zone = Zone::parse(zone).expect("a zone");
            let shown = zone.local(Timestamp::from_seconds(seconds));
            let text = shown.strftime("%Y-%m-%d %H:%M:%S").to_string();
            let mut clock = SwitchClock::new(Some(zone.clone()));
            let found = clock.instant(local(&text));
            prop_assert_eq!(found, zone.instants_of(shown));
            prop_assert_eq!(clock.instant(local(&text)), found);
        }
    }
}
