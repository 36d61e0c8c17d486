//! Time windows: the hours of the week in which a deck row applies.
//!
//! Decided here: the grammar (`mon-fri 08:00-18:00`, several joined by `|`) and what it means. A
//! window is a set of minutes of the local week, read off the wall clock: an hour that a zone
//! repeats is inside twice, one that it skips is never reached. It says nothing about dates, and
//! holds no zone; the book that uses it does.

use std::{fmt, str::FromStr, sync::Arc};

const DAY_MINUTES: u16 = 24 * 60;
const WEEK_MINUTES: u16 = 7 * DAY_MINUTES;
const MINUTE_MICROS: i64 = 60_000_000;
pub(crate) const WEEK_MICROS: i64 = WEEK_MINUTES as i64 * MINUTE_MICROS;
/// Longest window text, in bytes: seven days with two stretches each and room to spare.
const LONGEST_TEXT: usize = 400;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Some hours of every week, in the wall-clock time of a zone. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// Minutes since Monday 00:00, `[start, end)`, sorted, apart from each other, never empty.
    stretches: Arc<[(u16, u16)]>,
    text: Arc<str>,
}

/// Why a text is not a window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// The text is empty or longer than any real one.
    #[error("{0:?} is not a window such as mon-fri 08:00-18:00")]
    Malformed(String),
    /// Not `mon` to `sun`, nor a range of them.
    #[error("{0:?} is not a day or range of days such as mon-fri")]
    Day(String),
    /// Not two times from 00:00 to 24:00.
    #[error("{0:?} is not a range of times such as 08:00-18:00")]
    Times(String),
    /// Start and end are the same minute.
    #[error("{0:?} is empty: write 00:00-24:00 for the whole day")]
    Empty(String),
}

impl Window {
    /// Parses `mon-fri 08:00-18:00`: days (a day, a range, a comma list; all days when absent) and
    /// times. An end before the start lies on the next day. Several are joined by `|`.
    pub fn parse(text: &str) -> Result<Self, WindowError> {
        let text = text.trim().to_ascii_lowercase();
        if text.is_empty() || text.len() > LONGEST_TEXT {
            return Err(WindowError::Malformed(text));
        }
        let mut stretches = Vec::new();
        for part in text.split('|') {
            add_part(part.trim(), &mut stretches)?;
        }
        Ok(Self { stretches: merged(stretches).into(), text: text.into() })
    }
    /// The window as it was written, in lower case.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// Whether some minute of the week lies in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.stretches.iter().any(|(start, end)| {
            other.stretches.iter().any(|(from, until)| start < until && from < end)
        })
    }
    /// Whether this microsecond of the local week is inside, and for how many microseconds that
    /// stays so while the clock runs evenly.
    pub(crate) fn look(&self, micros_of_week: i64) -> (bool, i64) {
        let minutes = |minute: u16| i64::from(minute) * MINUTE_MICROS;
        for &(start, end) in &*self.stretches {
            if micros_of_week < minutes(start) {
                return (false, minutes(start) - micros_of_week);
            }
            if micros_of_week < minutes(end) {
                return (true, minutes(end) - micros_of_week);
            }
        }
        (false, WEEK_MICROS - micros_of_week)
    }
}

impl FromStr for Window {
    type Err = WindowError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Window({:?})", self.text)
    }
}

/// Adds the stretches of `days times` or `times`.
fn add_part(part: &str, stretches: &mut Vec<(u16, u16)>) -> Result<(), WindowError> {
    let (days, times) = match part.rsplit_once(char::is_whitespace) {
        Some((days, times)) => (parse_days(days)?, times),
        None => ([true; 7], part),
    };
    let wrong = || WindowError::Times(times.to_owned());
    let (start, end) = times.split_once('-').ok_or_else(wrong)?;
    let (start, end) = parse_time(start).zip(parse_time(end)).ok_or_else(wrong)?;
    if start == end || start == DAY_MINUTES {
        return Err(WindowError::Empty(times.to_owned()));
    }
    for (day, _) in (0_u16..).zip(DAYS).filter(|(day, _)| days[usize::from(*day)]) {
        let midnight = day * DAY_MINUTES;
        if start < end {
            stretches.push((midnight + start, midnight + end));
            continue;
        }
        stretches.push((midnight + start, midnight + DAY_MINUTES));
        let next = (day + 1) % 7 * DAY_MINUTES;
        if end > 0 {
            stretches.push((next, next + end));
        }
    }
    Ok(())
}

fn parse_days(text: &str) -> Result<[bool; 7], WindowError> {
    let wrong = |part: &str| WindowError::Day(part.to_owned());
    let index = |name: &str| DAYS.iter().position(|day| *day == name.trim());
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = index(first).zip(index(last)).ok_or_else(|| wrong(part.trim()))?;
        let count = (last + 7 - first) % 7;
        for step in 0..=count {
            days[(first + step) % 7] = true;
        }
    }
    Ok(days)
}

/// `08:00` as minutes; 24:00 is the end of the day.
fn parse_time(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| {
        let is_time = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        is_time.then(|| part.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = (two(hour)?, two(minute)?);
    let time = hour * 60 + minute;
    (minute < 60 && time <= DAY_MINUTES).then_some(time)
}

/// Sorted, with touching and overlapping stretches joined.
fn merged(mut stretches: Vec<(u16, u16)>) -> Vec<(u16, u16)> {
    stretches.sort_unstable();
    let mut out: Vec<(u16, u16)> = Vec::with_capacity(stretches.len());
    for (start, end) in stretches {
        match out.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(text: &str) -> Window {
        Window::parse(text).expect("a window")
    }

    /// Whether `day hh:mm` (day 0 is Monday) is inside.
    fn is_inside(window: &Window, day: i64, hour: i64, minute: i64) -> bool {
        window.look(((day * 24 + hour) * 60 + minute) * MINUTE_MICROS).0
    }

    // BEY-02
    #[test]
    fn windows_are_half_open_hours_of_the_local_week() {
        let office = window("mon-fri 08:00-18:00");
        assert!(is_inside(&office, 0, 8, 0) && is_inside(&office, 4, 17, 59));
        assert!(!is_inside(&office, 0, 7, 59) && !is_inside(&office, 0, 18, 0));
        assert!(!is_inside(&office, 5, 12, 0));
        let night = window("FRI 22:00-06:00");
        assert!(is_inside(&night, 4, 23, 0) && is_inside(&night, 5, 5, 59));
        assert!(!is_inside(&night, 4, 5, 0) && !is_inside(&night, 5, 6, 0));
        let around_the_week = window("sun 22:00-06:00");
        assert!(is_inside(&around_the_week, 6, 23, 0) && is_inside(&around_the_week, 0, 5, 0));
        let weekend = window("sat,sun 00:00-24:00");
        assert!(is_inside(&weekend, 5, 0, 0) && is_inside(&weekend, 6, 23, 59));
        assert!(!is_inside(&weekend, 0, 0, 0));
        let two = window("mon-fri 08:00-12:00|mon-fri 13:00-18:00 | sat 10:00-12:00");
        assert!(!is_inside(&two, 2, 12, 30) && is_inside(&two, 5, 11, 0));
        assert!(is_inside(&window("09:00-10:00"), 6, 9, 30));
        assert!(is_inside(&window("fri-mon 09:00-10:00"), 0, 9, 30));
    }

    #[test]
    fn overlap_is_a_shared_minute() {
        let day = window("mon-fri 08:00-18:00");
        assert!(!day.overlaps(&window("mon-fri 18:00-08:00")));
        assert!(day.overlaps(&window("wed 17:59-18:30")));
        assert!(!day.overlaps(&window("sat,sun 00:00-24:00")));
        assert!(window("sun 23:00-01:00").overlaps(&window("mon 00:30-00:45")));
    }

    #[test]
    fn malformed_windows_are_named() {
        for bad in ["", " ", "mon", "mon-fri", "8:00-18:00", "mon 08:00", "mon 08:00-24:01"] {
            assert!(Window::parse(bad).is_err(), "{bad:?}");
        }
        for bad in ["mon 08:00-08:00", "mon 24:00-08:00", "mon 08:60-09:00", "xyz 08:00-09:00"] {
            assert!(Window::parse(bad).is_err(), "{bad:?}");
        }
        assert!(matches!(Window::parse("mon,tu 08:00-09:00"), Err(WindowError::Day(_))));
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in "[a-z0-9:,| -]{0,30}|\\PC{0,20}") {
            if let Ok(window) = Window::parse(&text) {
                prop_assert_eq!(Window::parse(window.as_str()), Ok(window));
            }
        }

        /// The announced next change is the next change.
        #[test]
        fn changes_are_announced(day in 0u16..7, start in 0u16..1440, end in 0u16..=1440,
            at in 0i64..10_080)
        {
            prop_assume!(start != end);
            let time = |it: u16| format!("{:02}:{:02}", it / 60, it % 60);
            let text = format!("{} {}-{}", DAYS[usize::from(day)], time(start), time(end));
            let window = window(&text);
            let (inside, micros) = window.look(at * MINUTE_MICROS);
            prop_assert!(micros > 0);
            for minute in at..at + micros / MINUTE_MICROS {
                prop_assert_eq!(window.look(minute * MINUTE_MICROS).0, inside);
            }
        }
    }
}
