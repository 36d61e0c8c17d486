//! The billed quantity of things that come and go: the highest count at any one instant.
//!
//! Decided here: MET-18. Intervals and the span are half-open, so what is removed at the instant
//! at which something else is added never counts together with it.

use crate::time::{Span, Timestamp};

/// From when to when (exclusive) something was there; `until` is `None` while it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presence {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Option<Timestamp>,
}

impl Presence {
    /// Whether it is there at `instant`.
    pub fn is_at(self, instant: Timestamp) -> bool {
        self.from <= instant && self.until.is_none_or(|until| instant < until)
    }

    /// The part of it inside `span`, unless that is empty.
    fn within(self, span: Span) -> Option<Span> {
        let start = self.from.max(span.start);
        let end = self.until.map_or(span.end, |until| until.min(span.end));
        (start < end).then_some(Span { start, end })
    }
}

/// The highest number of presences at any one instant of `span`; 0 for an empty span.
pub fn peak(presences: impl IntoIterator<Item = Presence>, span: Span) -> u32 {
    let mut steps: Vec<(Timestamp, i32)> = Vec::new();
    for part in presences.into_iter().filter_map(|presence| presence.within(span)) {
        steps.push((part.start, 1));
        steps.push((part.end, -1));
    }
    // At one instant the leaving (-1) sort before the coming (+1).
    steps.sort_unstable();
    let (mut count, mut highest) = (0_u32, 0_u32);
    for (_, step) in steps {
        count = count.saturating_add_signed(step);
        highest = highest.max(count);
    }
    highest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn presence((from, length): (i64, Option<i64>)) -> Presence {
        let until = length.map(|length| Timestamp::from_micros(from + length));
        Presence { from: Timestamp::from_micros(from), until }
    }

    fn span(start: i64, end: i64) -> Span {
        Span { start: Timestamp::from_micros(start), end: Timestamp::from_micros(end) }
    }

    fn some_presences() -> impl Strategy<Value = Vec<Presence>> {
        let one = (0i64..30, proptest::option::of(0i64..20)).prop_map(presence);
        proptest::collection::vec(one, 0..25)
    }

    proptest! {
        // MET-18 the sweep finds what counting at every instant finds
        #[test]
        fn the_peak_is_the_highest_count_at_any_instant(
            presences in some_presences(), start in 0i64..30, length in 0i64..30,
        ) {
            let count = |instant: i64| {
                let at = Timestamp::from_micros(instant);
                presences.iter().filter(|presence| presence.is_at(at)).count()
            };
            let naive = (start..start + length).map(count).max().unwrap_or(0);
            let swept = peak(presences.iter().copied(), span(start, start + length));
            prop_assert_eq!(usize::try_from(swept), Ok(naive));
        }

        #[test]
        fn the_peak_of_a_span_is_the_highest_of_its_parts(
            presences in some_presences(), start in 0i64..20, cut in 0i64..20, rest in 0i64..20,
        ) {
            let of = |start, end| peak(presences.iter().copied(), span(start, end));
            let (middle, end) = (start + cut, start + cut + rest);
            prop_assert_eq!(of(start, end), of(start, middle).max(of(middle, end)));
        }
    }

    // MET-18 five, two more, three fewer: seven
    #[test]
    fn five_and_two_more_and_three_fewer_are_seven() {
        let mut presences = vec![presence((0, Some(20))); 3];
        presences.extend(vec![presence((0, None)); 2]);
        presences.extend(vec![presence((10, None)); 2]);
        assert_eq!(peak(presences, span(0, 30)), 7);
    }
}
