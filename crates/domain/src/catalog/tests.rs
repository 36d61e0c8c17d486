//! Claims about decks: what is read, what is refused, what is found, what differs.

use proptest::prelude::*;

use super::*;
use crate::{
    money::Nanos,
    phone::Prefix,
    rating::Increments,
    time::{Timestamp, Zone},
};

fn chicago() -> Zone {
    Zone::parse("America/Chicago").expect("a zone")
}

fn parse(text: &str) -> DeckParse {
    parse_deck_csv(text.as_bytes(), &chicago())
}

/// The only row of a deck file.
fn row(text: &str) -> DeckRowFields {
    let parse = parse(text);
    assert_eq!(parse.errors, [], "{text}");
    assert_eq!(parse.rows.len(), 1);
    parse.rows[0].fields().clone()
}

/// The first error of a deck file, as people read it.
fn error(text: impl AsRef<[u8]>) -> String {
    let parse = parse_deck_csv(text.as_ref(), &chicago());
    assert_eq!(parse.errors.len(), parse.error_count);
    parse.errors.first().map(ToString::to_string).expect("an error")
}

fn nanos(text: &str) -> Nanos {
    Nanos::parse(text).expect("an amount")
}

// BEY-02
#[test]
fn a_prefix_and_a_price_are_enough() {
    let fields = row("prefix,rate_per_minute\n+1501,0.014\n");
    let prefix = Prefix::parse("1501").expect("a prefix");
    assert_eq!(fields, DeckRowFields::per_minute(prefix, nanos("0.014")));
    let stepped = row("steps,prefix\n0:60@0.10/60;60:1@0.05/60,44\n");
    let Charge::Stepped { steps, minimum_seconds: 0 } = stepped.charge else {
        panic!("not stepped");
    };
    assert_eq!(steps.to_string(), "0:60@0.10/60;60:1@0.05/60");
    assert_eq!(steps.as_slice()[1].price, nanos("0.05"));
}

// BEY-02
#[test]
fn every_column_is_read_in_any_order_with_bom_and_crlf() {
    let fields = row(concat!(
        "\u{feff}Decimals,rounding,window,effective_until,effective_from,max_price,",
        "free_below_seconds,free_seconds,increment_seconds,minimum_seconds,connection_fee,",
        "rate_per_minute,name, prefix\r\n",
        "4,up,mon-fri 08:00-18:00,2026-07-01T00:00:00Z,2026-03-08,9.5,3,10,6,30,0.02,",
        "0.123456789,\"Arkansas, LR\",+1501\r\n",
    ));
    assert_eq!(fields.name, "Arkansas, LR");
    let increments = Increments::try_new(30, 6).expect("increments");
    assert_eq!(fields.charge, Charge::PerMinute { rate: nanos("0.123456789"), increments });
    assert_eq!(fields.connection_fee, nanos("0.02"));
    assert_eq!((fields.free_seconds, fields.free_below_seconds), (10, 3));
    assert_eq!(fields.max_price, Some(nanos("9.5")));
    // A date is local midnight: Chicago is six hours behind on the day its clocks change.
    assert_eq!(fields.effective_from, Timestamp::parse("2026-03-08T06:00:00Z").ok());
    assert_eq!(fields.effective_until, Timestamp::parse("2026-07-01T00:00:00Z").ok());
    assert_eq!(fields.window.expect("a window").as_str(), "mon-fri 08:00-18:00");
    assert_eq!(fields.rounding, Rounding::try_new(RoundingMode::Up, 4).expect("a rounding"));
}

#[test]
fn an_end_without_end_is_for_good() {
    let fields = row("prefix,rate_per_minute,effective_until\n1,0.01,9999-12-31\n");
    assert_eq!(fields.effective_until, None);
    let error = error("prefix,rate_per_minute,effective_from\n1,0.01,9999-12-31\n");
    assert_eq!(error, "line 2: effective_from: 9999 is no start");
}

#[test]
fn exact_means_nine_decimals() {
    for line in ["1,0.01,exact,2", "1,0.01,exact,", "1,0.01,,", "1,0.01,half_up,9"] {
        let fields = row(&format!("prefix,rate_per_minute,rounding,decimals\n{line}\n"));
        assert_eq!(fields.rounding, Rounding::EXACT, "{line}");
    }
    let fields = row("prefix,rate_per_minute,rounding,decimals\n1,0.01,,-2\n");
    assert_eq!(fields.rounding, Rounding::try_new(RoundingMode::HalfUp, -2).expect("a rounding"));
}

#[test]
fn bad_files_are_named() {
    for (text, expected) in [
        ("", "line 1: the header line is missing"),
        ("\u{feff}", "line 1: the header line is missing"),
        ("prefix,name\n", "line 1: a price is missing: column rate_per_minute or steps"),
        ("rate_per_minute\n", "line 1: column prefix is missing"),
        ("prefix,prefix,steps\n", "line 1: column prefix occurs twice"),
    ] {
        assert_eq!(error(text), expected, "{text:?}");
    }
    let unknown = error("prefix,rate_per_minute,colour\n1,0.01,red\n");
    assert!(
        unknown.starts_with("line 1: unknown column \"colour\"; known are prefix"),
        "{unknown}"
    );
}

#[test]
fn bad_values_are_named_with_their_line_and_column() {
    let header = "prefix,rate_per_minute,connection_fee,minimum_seconds,increment_seconds,\
                  effective_from,effective_until,window,steps,rounding,decimals\n";
    for (line, expected) in [
        (",1,,,,,,,,,", "prefix: is missing"),
        ("01144,1,,,,,,,,,", "prefix: \"01144\" is not a prefix"),
        ("1234567890123456,1,,,,,,,,,", "prefix: \"1234567890123456\" is not a prefix"),
        ("1a,1,,,,,,,,,", "prefix: \"1a\" is not a prefix"),
        ("1,,,,,,,,,,", "rate_per_minute: no price"),
        ("1,-1,,,,,,,,,", "rate_per_minute: -1.00 is negative"),
        ("1,0.1234567891,,,,,,,,,", "rate_per_minute: \"0.1234567891\" has more than 9"),
        ("1,1000001,,,,,,,,,", "rate_per_minute: 1000001.00 is above 1000000.00"),
        ("1,99999999999,,,,,,,,,", "rate_per_minute: \"99999999999\" is out of range"),
        ("1,1e3,,,,,,,,,", "rate_per_minute: \"1e3\" is not a decimal number"),
        ("1,1,x,,,,,,,,", "connection_fee: \"x\" is not a decimal number"),
        ("1,1,,1.5,,,,,,,", "minimum_seconds: \"1.5\" is not a number of seconds"),
        ("1,1,,700000,,,,,,,", "minimum_seconds: 700000 does not lie between 0 and 604800"),
        ("1,1,,,0,,,,,,", "increment_seconds: an increment of 0 seconds does not exist"),
        ("1,1,,,,2026-02-30,,,,,", "effective_from: \"2026-02-30\" is not a date"),
        ("1,1,,,,yesterday,,,,,", "effective_from: \"yesterday\" is neither a date"),
        ("1,1,,,,2026-05-02,2026-05-02,,,,", "effective_until: 2026-05-02T05:00:00Z does not"),
        ("1,1,,,,,,always,,,", "window: \"always\" is not a range of times"),
        ("1,1,,,,,,,0:1@1/60,,", "steps: stand beside rate_per_minute"),
        ("1,,,,6,,,,0:1@1/60,,", "increment_seconds: stands beside steps"),
        ("1,,,,,,,,5:1@1/60,,", "steps: first step is from 5, not 0"),
        ("1,,,,,,,,0:1@1/60;0:1@1/60,,", "steps: step from 0 does not come after 0"),
        ("1,,,,,,,,0:0@1/60,,", "steps: 0 does not lie between 1 and"),
        ("1,,,,,,,,0:1@1/0,,", "steps: 0 does not lie between 1 and 86400"),
        ("1,,,,,,,,0:1@1/60;,,", "steps: \"\" is not from_second:increment@price/per_seconds"),
        ("1,,,,,,,,0:1@1/86399;9:1@1/86400,,", "steps: units of time have no common multiple"),
        ("1,1,,,,,,,,sideways,", "rounding: \"sideways\" is not exact"),
        ("1,1,,,,,,,,up,10", "decimals: 10 does not lie between -6 and 9"),
        ("1,1,,,,,,,,up,x", "decimals: \"x\" is not a number"),
        ("1,1", "2 fields where the header has 11"),
    ] {
        let message = error(format!("{header}{line}\n"));
        assert!(message.starts_with(&format!("line 2: {expected}")), "{line}: {message}");
    }
    let not_utf8 = error(b"prefix,rate_per_minute,name\n1,0.01,ok\n44,0.02,\xff\xfe\n");
    assert_eq!(not_utf8, "line 3: name: is not UTF-8");
    let open_quote = error("prefix,rate_per_minute\n1,\"0.01\n44,0.02\n");
    assert!(open_quote.starts_with("line 2: rate_per_minute: "), "{open_quote}");
}

#[test]
fn rivals_are_refused_naming_both_lines() {
    let header = "prefix,rate_per_minute,effective_from,effective_until,window\n";
    let second = error(format!("{header}1,0.01,,,\n44,0.02,,,\n1,0.03,,,\n"));
    assert_eq!(second, "line 4: prefix: 1 is priced on line 2 for the same time already");
    for rivals in [
        "1,0.01,2026-01-01,2026-03-01,\n1,0.02,2026-02-28,,\n",
        "1,0.01,,,mon-fri 08:00-18:00\n1,0.02,,,fri 17:00-19:00\n",
    ] {
        let parse = parse(&format!("{header}{rivals}"));
        assert_eq!((parse.rows.len(), parse.error_count), (1, 1), "{rivals}");
    }
    for neighbours in [
        "1,0.01,2026-01-01,2026-03-01,\n1,0.02,2026-03-01,,\n",
        "1,0.01,,,mon-fri 08:00-18:00\n1,0.02,,,mon-fri 18:00-08:00\n1,0.03,,,\n",
        "1,0.01,,,\n15,0.02,,,\n",
    ] {
        assert_eq!(parse(&format!("{header}{neighbours}")).errors, [], "{neighbours}");
    }
}

#[test]
fn errors_are_counted_beyond_those_kept() {
    let body = "x,0.01\n".repeat(MAX_KEPT_ERRORS + 5);
    let parse = parse(&format!("prefix,rate_per_minute\n{body}1,0.01\n"));
    assert_eq!(parse.errors.len(), MAX_KEPT_ERRORS);
    assert_eq!(parse.error_count, MAX_KEPT_ERRORS + 5);
    assert_eq!(parse.rows.len(), 1);
}

#[test]
fn a_book_refuses_rivals_and_crowds() {
    let prefix = Prefix::parse("1").expect("a prefix");
    let row = DeckRow::try_new(DeckRowFields::per_minute(prefix, nanos("0.01"))).expect("a row");
    let error = RateBook::compile(&[row.clone(), row], &Zone::UTC).expect_err("rivals");
    assert_eq!(error.to_string(), "rows 0 and 1 both price 1 at the same time");
    let hours = (0..=MAX_ROWS_PER_PREFIX).map(|index| {
        let mut fields = DeckRowFields::per_minute(prefix, nanos("0.01"));
        let start = i64::try_from(index).expect("small") * 3_600;
        fields.effective_from = Some(Timestamp::from_seconds(start));
        fields.effective_until = Some(Timestamp::from_seconds(start + 3_600));
        DeckRow::try_new(fields).expect("a row")
    });
    let crowd: Vec<DeckRow> = hours.collect();
    assert_eq!(
        RateBook::compile(&crowd, &Zone::UTC).err(),
        Some(BookError::TooManyRows { prefix })
    );
    let full = RateBook::compile(&crowd[1..], &Zone::UTC).expect("a book");
    assert_eq!(full.len(), MAX_ROWS_PER_PREFIX);
    assert!(!full.is_empty() && full.memory_bytes() > 0 && *full.zone() == Zone::UTC);
    assert!(RateBook::compile(&[], &Zone::UTC).expect("a book").is_empty());
}

fn any_charge() -> impl Strategy<Value = Charge> {
    let plain = (0i64..1_000_000_000, 0u32..100, 1u32..100);
    let plain = plain.prop_map(|(rate, minimum, increment)| {
        let increments = Increments::try_new(minimum, increment).expect("increments");
        Charge::PerMinute { rate: Nanos::new(rate), increments }
    });
    let step = (1u32..200, 1u32..90, 0i64..1_000_000_000, 1u32..100);
    let stepped = (prop::collection::vec(step, 1..4), 0u32..100);
    let stepped = stepped.prop_map(|(parts, minimum_seconds)| {
        let mut from_second = 0;
        let steps = parts.into_iter().map(|(gap, increment_seconds, price, per_seconds)| {
            let price = Nanos::new(price);
            let step = Step { from_second, increment_seconds, price, per_seconds };
            from_second += gap;
            step
        });
        let steps = Steps::try_new(steps.collect()).expect("steps");
        Charge::Stepped { steps, minimum_seconds }
    });
    prop_oneof![plain, stepped]
}

fn any_rounding() -> impl Strategy<Value = Rounding> {
    let modes = vec![RoundingMode::HalfUp, RoundingMode::Up, RoundingMode::Down];
    (prop::sample::select(modes), -6i8..=9)
        .prop_map(|(mode, decimals)| Rounding::try_new(mode, decimals).expect("a rounding"))
}

fn any_window() -> impl Strategy<Value = Window> {
    prop::sample::select(vec!["mon-fri 08:00-18:00", "sat 22:00-06:00|sun 09:00-10:00"])
        .prop_map(|text| Window::parse(text).expect("a window"))
}

prop_compose! {
    fn any_row()(
        prefix in "[1-9][0-9]{0,14}",
        name in "[ -~]{0,20}",
        charge in any_charge(),
        fee in 0i64..1_000_000_000,
        (free, below) in (0u32..100, 0u32..100),
        max in prop::option::of(0i64..1_000_000_000),
        from in prop::option::of(0i64..1_000_000),
        until in prop::option::of(1_000_000i64..2_000_000),
        window in prop::option::of(any_window()),
        rounding in any_rounding(),
    ) -> DeckRow {
        DeckRow::try_new(DeckRowFields {
            prefix: Prefix::parse(&prefix).expect("a prefix"),
            name: name.trim().to_owned(),
            charge,
            connection_fee: Nanos::new(fee),
            free_seconds: free,
            free_below_seconds: below,
            max_price: max.map(Nanos::new),
            effective_from: from.map(Timestamp::from_seconds),
            effective_until: until.map(Timestamp::from_seconds),
            window,
            rounding,
        }).expect("a row")
    }
}

proptest! {
    #[test]
    fn no_bytes_make_parsing_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        parse_deck_csv(&bytes, &Zone::UTC);
    }

    #[test]
    fn no_fields_make_parsing_panic(
        lines in prop::collection::vec("[0-9a-z.:;@/+ \",\\-]{0,60}", 0..6))
    {
        let text = format!("{}\n{}", COLUMNS.join(","), lines.join("\n"));
        parse_deck_csv(text.as_bytes(), &Zone::UTC);
        for line in &lines {
            let short = format!("prefix,steps,window,effective_from\n1,{line},{line},{line}");
            parse_deck_csv(short.as_bytes(), &Zone::UTC);
        }
    }

    /// What is written reads back equal.
    #[test]
    fn decks_round_trip_through_csv(row in any_row()) {
        let rows = vec![row];
        let parse = parse_deck_csv(format_deck_csv(&rows).as_bytes(), &Zone::UTC);
        prop_assert_eq!(parse.errors, vec![]);
        prop_assert_eq!(parse.rows, rows);
    }

    /// Conflicts found by prefix are those found by looking at every pair.
    #[test]
    fn rivals_are_those_of_all_pairs(
        spans in prop::collection::vec((1u8..3, 0i64..6, 1i64..4, prop::option::of(0u8..3)), 0..8))
    {
        let rows: Vec<DeckRow> = spans.iter().map(|(prefix, from, length, window)| {
            let prefix = Prefix::parse(&prefix.to_string()).expect("a prefix");
            let mut fields = DeckRowFields::per_minute(prefix, Nanos::new(1));
            fields.effective_from = Some(Timestamp::from_seconds(*from));
            fields.effective_until = Some(Timestamp::from_seconds(from + length));
            let windows = ["mon 08:00-10:00", "mon 09:00-11:00", "tue 08:00-10:00"];
            fields.window = window.map(|it| Window::parse(windows[usize::from(it)]).expect("one"));
            DeckRow::try_new(fields).expect("a row")
        }).collect();
        let naive = rows.iter().enumerate()
            .any(|(index, row)| rows[..index].iter().any(|other| other.conflicts_with(row)));
        prop_assert_eq!(RateBook::compile(&rows, &Zone::UTC).is_err(), naive);
    }
}

#[test]
fn a_page_of_a_deck_file_has_its_rows_and_the_header() {
    let names = ["plain", "with \"quotes\"", "of, commas", "over\nlines", "last"];
    let mut text = "prefix,name,rate_per_minute\n".to_owned();
    for (number, name) in names.iter().enumerate() {
        text.push_str(&format!("{},\"{}\",0.01\n", number + 1, name.replace('"', "\"\"")));
    }
    for first in 0..7 {
        for limit in 0..7 {
            let page = deck_csv_page(&text, (first, limit));
            assert!(page.starts_with("prefix,name,rate_per_minute\n"), "{page:?}");
            let expected: Vec<&str> =
                text[28..].split_inclusive(",0.01\n").skip(first).take(limit).collect();
            assert_eq!(page[28..], expected.concat(), "{first} {limit}");
        }
    }
}
