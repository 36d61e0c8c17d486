//! What holds for any deck and any call.

use proptest::prelude::*;

use super::*;
use crate::{
    catalog::{Charge, DeckRow, DeckRowFields, RoundingMode, Step, Steps, Window},
    time::Zone,
};

/// A multiple of every unit of time that the decks here use.
const UNITS: i128 = 25_200;
/// Saturday evenings in Chicago: hours before its clocks go forward, and before they go back.
const STARTS: [i64; 2] = [1_772_928_000, 1_793_491_200];

fn zone() -> Zone {
    Zone::parse("America/Chicago").expect("a zone")
}

fn any_plain() -> impl Strategy<Value = Charge> {
    (0i64..2_000_000_000, 0u32..70, 1u32..70).prop_map(|(rate, minimum, increment)| {
        let increments = Increments::try_new(minimum, increment).expect("increments");
        Charge::PerMinute { rate: Nanos::new(rate), increments }
    })
}

fn any_steps() -> impl Strategy<Value = Charge> {
    let units = prop::sample::select(vec![1_u32, 6, 7, 30, 60, 3_600]);
    let part = (1u32..90, 1u32..40, 0i64..1_000_000_000, units);
    (prop::collection::vec(part, 1..4), 0u32..90).prop_map(|(parts, minimum_seconds)| {
        let mut from_second = 0;
        let steps = parts.into_iter().map(|(gap, increment_seconds, price, per_seconds)| {
            let price = Nanos::new(price);
            let step = Step { from_second, increment_seconds, price, per_seconds };
            from_second += gap;
            step
        });
        let steps = Steps::try_new(steps.collect()).expect("steps");
        Charge::Stepped { steps, minimum_seconds }
    })
}

fn any_rounding() -> impl Strategy<Value = Rounding> {
    let modes = vec![RoundingMode::HalfUp, RoundingMode::Up, RoundingMode::Down];
    (prop::sample::select(modes), -1i8..=9)
        .prop_map(|(mode, decimals)| Rounding::try_new(mode, decimals).expect("a rounding"))
}

fn any_window() -> impl Strategy<Value = Window> {
    let texts = [
        "sat 18:00-23:30",
        "sun 00:00-03:30",
        "sat,sun 23:00-01:15",
        "sun 02:15-02:45",
        "sat-mon 18:01-18:02",
    ];
    prop::sample::select(texts.to_vec()).prop_map(|text| Window::parse(text).expect("a window"))
}

/// From when until when, around the Saturdays.
fn any_validity() -> impl Strategy<Value = Option<(Timestamp, Timestamp)>> {
    let start = prop::sample::select(STARTS.to_vec());
    prop::option::of((start, -100i64..20_000, 1i64..20_000)).prop_map(|validity| {
        validity.map(|(start, from, length)| {
            let from = Timestamp::from_seconds(start + from);
            (from, from.plus_seconds(length))
        })
    })
}

/// Nothing half of the time.
fn maybe(limit: i64) -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), 0..limit]
}

prop_compose! {
    fn any_row()(
        prefix in "1|15|150|1501|16",
        charge in prop_oneof![any_plain(), any_steps()],
        fee in maybe(1_000_000_000),
        (free, below) in (maybe(40), maybe(40)),
        max in prop::option::of(0i64..3_000_000_000),
        validity in any_validity(),
        window in prop::option::of(any_window()),
        rounding in any_rounding(),
    ) -> DeckRow {
        DeckRow::try_new(DeckRowFields {
            prefix: Prefix::parse(&prefix).expect("a prefix"),
            name: prefix,
            charge,
            connection_fee: Nanos::new(fee),
            free_seconds: u32::try_from(free).expect("small"),
            free_below_seconds: u32::try_from(below).expect("small"),
            max_price: max.map(Nanos::new),
            effective_from: validity.map(|it| it.0),
            effective_until: validity.map(|it| it.1),
            window,
            rounding,
        }).expect("a row")
    }
}

/// Some rows, without those that conflict with an earlier one.
fn any_deck() -> impl Strategy<Value = Vec<DeckRow>> {
    prop::collection::vec(any_row(), 1..9).prop_map(|rows| {
        let mut deck: Vec<DeckRow> = Vec::new();
        for row in rows {
            if !deck.iter().any(|other| other.conflicts_with(&row)) {
                deck.push(row);
            }
        }
        deck
    })
}

/// Seconds from the Saturdays' starts to edges of the windows and to the changes of clocks.
const EDGES: [i64; 12] =
    [60, 14_400, 16_200, 18_000, 19_800, 21_600, 22_500, 25_200, 26_100, 28_800, 30_600, 34_200];

prop_compose! {
    /// A call that begins shortly before an edge, short or long.
    fn any_call()(
        start in prop::sample::select(STARTS.to_vec()),
        edge in prop::sample::select(EDGES.to_vec()),
        before in 0i64..150_000_000,
        talk in prop_oneof![4 => 0u32..60, 4 => 0u32..400, 1 => 0u32..8_000],
    ) -> CallFacts<'static> {
        CallFacts {
            digits: "15015550100",
            answered_at: Timestamp::from_micros((start + edge) * 1_000_000 - before),
            talk_seconds: talk,
        }
    }
}

/// Whether the wall clock at `instant` shows an hour of the window, read from its text.
fn is_inside(window: &Window, instant: Timestamp) -> bool {
    let local = zone().local(instant);
    let day = usize::try_from(local.date().weekday().to_monday_zero_offset()).expect("a day");
    let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let (days, times) = window.as_str().split_once(' ').expect("days and times");
    let has = |day: usize| match days {
        "sat-mon" => [5, 6, 0].contains(&day),
        list => list.split(',').any(|name| name == names[day]),
    };
    let time = |text: &str| -> i32 {
        let (hour, minute) = text.split_once(':').expect("a time");
        hour.parse::<i32>().expect("hours") * 60 + minute.parse::<i32>().expect("minutes")
    };
    let (start, end) = times.split_once('-').expect("a range");
    let (start, end) = (time(start), time(end));
    if start < end {
        return has(day) && (start..end).contains(&minute);
    }
    (has(day) && minute >= start) || (has((day + 6) % 7) && minute < end)
}

/// The row for an instant, found by looking at all rows.
fn row_at<'r>(
    rows: &'r [DeckRow],
    call: &CallFacts<'_>,
    instant: Timestamp,
) -> Option<&'r DeckRowFields> {
    let matching = rows.iter().map(DeckRow::fields).filter(|row| {
        call.digits.starts_with(row.prefix.as_str())
            && row.effective_from.is_none_or(|from| from <= call.answered_at)
            && row.effective_until.is_none_or(|until| call.answered_at < until)
            && row.window.as_ref().is_none_or(|window| is_inside(window, instant))
    });
    matching.max_by_key(|row| (row.prefix.digit_count(), row.window.is_some()))
}

/// The end of the piece a second lies in, found by laying piece after piece.
fn piece_end(charge: &Charge, second: u32) -> u32 {
    let mut end = 0;
    match charge {
        Charge::PerMinute { increments, .. } => {
            end = increments.minimum_seconds();
            while end <= second {
                end += increments.increment_seconds();
            }
        }
        Charge::Stepped { steps, minimum_seconds } => {
            for (index, step) in steps.as_slice().iter().enumerate() {
                let next = steps.as_slice().get(index + 1).map(|next| next.from_second);
                end = step.from_second;
                while next.is_none_or(|next| end < next)
                    && (end <= second || end < *minimum_seconds)
                {
                    end += step.increment_seconds;
                }
                if let Some(next) = next {
                    end = end.min(next);
                }
                if end > second && end >= *minimum_seconds {
                    break;
                }
            }
        }
    }
    end
}

/// The price of one second, in nanos times [`UNITS`].
fn second_price(charge: &Charge, second: u32) -> i128 {
    match charge {
        Charge::PerMinute { rate, .. } => i128::from(rate.get()) * (UNITS / 60),
        Charge::Stepped { steps, .. } => {
            let step = steps.as_slice().iter().rfind(|step| step.from_second <= second);
            let step = step.expect("steps begin at 0");
            i128::from(step.price.get()) * (UNITS / i128::from(step.per_seconds))
        }
    }
}

/// Ruling 20 taken literally, second by second: billed seconds and the price times [`UNITS`].
fn naive(rows: &[DeckRow], call: &CallFacts<'_>, covered: u32) -> Option<(u32, i128)> {
    let head = row_at(rows, call, call.answered_at)?;
    if call.talk_seconds == 0 || call.talk_seconds < head.free_below_seconds {
        return Some((0, 0));
    }
    let talk = call.talk_seconds.saturating_sub(head.free_seconds);
    let begin = |second: u32| {
        call.answered_at.plus_seconds(i64::from(head.free_seconds) + i64::from(second))
    };
    let (mut billed, mut sum, mut second, mut last) = (0, 0, 0, None);
    while second < talk.max(billed) {
        let found = row_at(rows, call, begin(second));
        let row = if second < talk { found? } else { found.or(last)? };
        if second < talk {
            billed = billed.max(piece_end(&row.charge, second));
        }
        if second >= covered {
            sum += second_price(&row.charge, second);
        }
        (second, last) = (second + 1, Some(row));
    }
    if covered == 0 {
        sum += i128::from(head.connection_fee.get()) * UNITS;
    }
    if let Some(max) = head.max_price {
        sum = sum.min(i128::from(max.get()) * UNITS);
    }
    Some((billed.saturating_sub(covered), sum))
}

fn quote(book: &RateBook, call: &CallFacts<'_>) -> Option<Quote> {
    book.quote(call).expect("in range")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(768))]

    /// The book prices as if every second and every row were looked at.
    // BEY-02
    #[test]
    fn a_book_prices_like_a_patient_clerk(
        rows in any_deck(), call in any_call(), covered in prop_oneof![Just(0u32), 0u32..500])
    {
        let book = RateBook::compile(&rows, &zone()).expect("a book");
        let found = book.quote_after(&call, covered).expect("in range");
        let expected = naive(&rows, &call, covered);
        prop_assert_eq!(found.map(|it| it.billed_seconds), expected.map(|it| it.0));
        if let (Some(found), Some((_, sum))) = (found, expected) {
            let exact = crate::money::round_half_away(sum, UNITS);
            prop_assert_eq!(i128::from(found.exact.get()), exact);
            let head = row_at(&rows, &call, call.answered_at).expect("a row");
            prop_assert_eq!(found.price, head.rounding.apply(sum, UNITS).expect("in range"));
            prop_assert_eq!(rows[found.row as usize].fields(), head);
            prop_assert_eq!(found.prefix_digits, head.prefix.digit_count());
        }
    }

    /// An explanation has the quote's figures, and its parts add up.
    // BEY-03
    #[test]
    fn explanations_equal_quotes_and_add_up(
        rows in any_deck(), call in any_call(), covered in prop_oneof![Just(0u32), 0u32..500])
    {
        let book = RateBook::compile(&rows, &zone()).expect("a book");
        let quote = book.quote_after(&call, covered).expect("in range");
        let explained = book.explain_after(&call, covered).expect("in range");
        prop_assert_eq!(quote.is_some(), explained.is_some());
        if let (Some(quote), Some(it)) = (quote, explained) {
            prop_assert_eq!((it.billed_seconds, it.exact), (quote.billed_seconds, quote.exact));
            prop_assert_eq!((it.price, it.row), (quote.price, quote.row));
            let parts = Nanos::sum(it.segments.iter().map(|part| part.price)).expect("in range");
            prop_assert_eq!(parts.plus(it.connection_fee), Ok(it.exact));
            let seconds: u32 = it.segments.iter().map(|part| part.seconds).sum();
            prop_assert_eq!(seconds, it.billed_seconds);
            for pair in it.segments.windows(2) {
                prop_assert_eq!(pair[0].from_second + pair[0].seconds, pair[1].from_second);
            }
            let all_paid = it.segments.iter().all(|part| !part.price.is_negative());
            prop_assert!(all_paid);
        }
    }

    /// Nothing covered is the whole quote, everything covered is nothing, more is never dearer.
    // Ruling 4
    #[test]
    fn covered_seconds_take_away(rows in any_deck(), call in any_call(), covered in 0u32..500) {
        let book = RateBook::compile(&rows, &zone()).expect("a book");
        prop_assert_eq!(book.quote_after(&call, 0), book.quote(&call));
        if let Some(whole) = quote(&book, &call) {
            let after = |covered| book.quote_after(&call, covered).expect("in range").expect("one");
            let nothing = after(whole.billed_seconds.max(1));
            prop_assert_eq!((nothing.billed_seconds, nothing.price), (0, Nanos::ZERO));
            prop_assert!(after(covered + 1).price <= after(covered).price);
        }
    }

    /// A call that lasts longer never costs less.
    // BEY-02
    #[test]
    fn a_longer_call_is_never_cheaper(rows in any_deck(), call in any_call(), more in 1u32..200) {
        let book = RateBook::compile(&rows, &zone()).expect("a book");
        let longer = CallFacts { talk_seconds: call.talk_seconds + more, ..call };
        if let (Some(short), Some(long)) = (quote(&book, &call), quote(&book, &longer)) {
            prop_assert!(short.price <= long.price);
            prop_assert!(short.exact <= long.exact);
            prop_assert!(short.billed_seconds <= long.billed_seconds);
        }
    }

    /// Under per-second rates a call costs what its parts cost, whatever the windows.
    // BEY-02
    #[test]
    fn splitting_a_call_changes_nothing_under_per_second_rates(
        rates in (1i64..1_000_000, 1i64..1_000_000, 1i64..1_000_000),
        call in any_call(), cut in 0u32..20_000)
    {
        let increments = Increments::try_new(1, 1).expect("increments");
        let row = |prefix: &str, per_second: i64, window: Option<&str>| {
            let mut fields = DeckRowFields::per_minute(
                Prefix::parse(prefix).expect("a prefix"),
                Nanos::ZERO,
            );
            fields.charge = Charge::PerMinute { rate: Nanos::new(per_second * 60), increments };
            fields.window = window.map(|text| Window::parse(text).expect("a window"));
            DeckRow::try_new(fields).expect("a row")
        };
        let rows = [
            row("1", rates.0, None),
            row("1", rates.1, Some("sat 18:00-23:30")),
            row("150", rates.2, Some("sun 00:00-03:30")),
        ];
        let book = RateBook::compile(&rows, &zone()).expect("a book");
        let cut = cut.min(call.talk_seconds);
        let first = CallFacts { talk_seconds: cut, ..call };
        let second = CallFacts {
            answered_at: call.answered_at.plus_seconds(i64::from(cut)),
            talk_seconds: call.talk_seconds - cut,
            ..call
        };
        let price = |call: &CallFacts<'_>| quote(&book, call).expect("a match").price;
        prop_assert_eq!(price(&first).plus(price(&second)), Ok(price(&call)));
    }

    #[test]
    fn no_line_makes_the_calculator_panic(
        line in "\\PC{0,60}", to in "\\PC{0,20}", talk in "[0-9.e\"-]{0,12}")
    {
        let rows = [DeckRow::try_new(DeckRowFields::per_minute(
            Prefix::parse("1").expect("a prefix"),
            Nanos::new(1),
        )).expect("a row")];
        let book = RateBook::compile(&rows, &zone()).expect("a book");
        let _ = calc_price_line(&book, &line);
        let to = serde_json::to_string(&to).expect("a text");
        let made = format!(
            r#"{{"id":1,"to":{to},"answered_at":"2026-05-06T15:00:00Z","talk_seconds":{talk}}}"#
        );
        let _ = calc_price_line(&book, &made);
    }
}
