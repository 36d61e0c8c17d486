//! Known tariffs, priced to the last digit.

use super::*;
use crate::{catalog::parse_deck_csv, time::Zone};

fn zone() -> Zone {
    Zone::parse("America/Chicago").expect("a zone")
}

fn book(deck: &str) -> RateBook {
    let parse = parse_deck_csv(deck.as_bytes(), &zone());
    assert_eq!(parse.errors, [], "{deck}");
    RateBook::compile(&parse.rows, &zone()).expect("a book")
}

fn call(answered_at: &str, talk_seconds: u32) -> CallFacts<'static> {
    let answered_at = Timestamp::parse(answered_at).expect("an instant");
    CallFacts { digits: "15015550100", answered_at, talk_seconds }
}

/// Billed seconds, exact and rounded price of a call under a deck of one row.
fn check(columns: &str, row: &str, cases: &[(u32, u32, &str, &str)]) {
    let book = book(&format!("prefix,{columns}\n1,{row}\n"));
    for &(talk, billed, exact, price) in cases {
        let call = call("2026-05-06T15:00:00Z", talk);
        let quote = book.quote(&call).expect("in range").expect("a match");
        let found = (quote.billed_seconds, quote.exact.to_string(), quote.price.to_string());
        assert_eq!(found, (billed, exact.to_owned(), price.to_owned()), "{columns} {row} {talk} s");
    }
}

// BEY-02
#[test]
fn increments_price_to_the_last_digit() {
    let columns = "rate_per_minute,minimum_seconds,increment_seconds";
    check(
        columns,
        "0.014,,",
        &[
            (0, 0, "0.00", "0.00"),
            (1, 6, "0.0014", "0.0014"),
            (60, 60, "0.014", "0.014"),
            (61, 66, "0.0154", "0.0154"),
        ],
    );
    check(columns, "0.05,60,60", &[(1, 60, "0.05", "0.05"), (61, 120, "0.10", "0.10")]);
    check(columns, "0.006,30,6", &[(12, 30, "0.003", "0.003"), (31, 36, "0.0036", "0.0036")]);
    check(columns, "0.07,60,1", &[(61, 61, "0.071166667", "0.071166667")]);
    check(columns, "0.01,1,1", &[(7, 7, "0.001166667", "0.001166667")]);
    check(columns, "0.01,0,1", &[(1, 1, "0.000166667", "0.000166667")]);
    check(columns, "0.000000001,1,1", &[(30, 30, "0.000000001", "0.000000001")]);
}

// BEY-02
#[test]
fn a_call_can_have_one_price_whatever_its_length() {
    let columns = "rate_per_minute,connection_fee";
    let cases = [(0, 0, "0.00", "0.00"), (1, 6, "0.25", "0.25"), (3_000, 3_000, "0.25", "0.25")];
    check(columns, "0,0.25", &cases);
    check(columns, "0.06,0.25", &[(61, 66, "0.316", "0.316")]);
}

// BEY-02 and ruling 20, whose example is the first case
#[test]
fn steps_count_from_their_own_second() {
    let cases = [(67, 72, "0.06", "0.06"), (30, 30, "0.025", "0.025"), (31, 36, "0.03", "0.03")];
    check("steps", "0:30@0.05/60;30:6@0.05/60", &cases);
    check(
        "steps",
        "0:60@0.10/60;60:1@0.05/60",
        &[(5, 60, "0.10", "0.10"), (61, 61, "0.100833333", "0.100833333")],
    );
    // The piece from 60 on is cut by the step from 90, which counts from its own second.
    let cut = [(70, 90, "0.90", "0.90"), (91, 96, "0.93", "0.93"), (96, 96, "0.93", "0.93")];
    check("steps", "0:60@0.6/60;90:6@0.3/60", &cut);
    check("steps,minimum_seconds", "0:1@0.6/60;10:6@0.3/60,12", &[(1, 16, "0.13", "0.13")]);
    check("steps", "0:1@0.1/7;3:1@0.1/11", &[(4, 4, "0.051948052", "0.051948052")]);
}

// BEY-02
#[test]
fn free_seconds_and_free_short_calls_cost_nothing() {
    let columns = "rate_per_minute,connection_fee,free_seconds,free_below_seconds";
    check(
        columns,
        "0.06,0.01,10,5",
        &[
            (4, 0, "0.00", "0.00"),
            (5, 0, "0.01", "0.01"),
            (10, 0, "0.01", "0.01"),
            (11, 6, "0.016", "0.016"),
            (17, 12, "0.022", "0.022"),
        ],
    );
}

// BEY-02
#[test]
fn no_call_costs_more_than_the_maximum() {
    let columns = "rate_per_minute,connection_fee,max_price,rounding,decimals";
    check(
        columns,
        "0.6,0.1,0.355,half_up,2",
        &[(24, 24, "0.34", "0.34"), (30, 30, "0.355", "0.36")],
    );
    check(columns, "0.6,0.1,0.05,,", &[(6, 6, "0.05", "0.05")]);
    check(columns, "0.6,0.1,0,,", &[(6, 6, "0.00", "0.00")]);
}

// BEY-02
#[test]
fn prices_are_rounded_once_in_every_way() {
    for (rate, rounding, price) in [
        ("0.0255", "exact,", "0.0255"),
        ("0.0255", "exact,2", "0.0255"),
        ("0.0255", "half_up,3", "0.026"),
        ("0.0245", "half_up,3", "0.025"),
        ("0.0255", "half_up,2", "0.03"),
        ("0.0249", "half_up,2", "0.02"),
        ("0.0201", "up,2", "0.03"),
        ("0.02", "up,2", "0.02"),
        ("0.0299", "down,2", "0.02"),
        ("0.0299", "up,0", "1.00"),
        ("0.5", "half_up,0", "1.00"),
        ("0.4999", "half_up,0", "0.00"),
        ("15", "half_up,-1", "20.00"),
        ("14.99", "half_up,-1", "10.00"),
        ("0.01", "up,-6", "1000000.00"),
        ("999999", "down,-6", "0.00"),
        ("500000", "half_up,-6", "1000000.00"),
    ] {
        let row = format!("{rate},60,60,{rounding}");
        let columns = "rate_per_minute,minimum_seconds,increment_seconds,rounding,decimals";
        let exact = Nanos::parse(rate).expect("a rate").to_string();
        check(columns, &row, &[(1, 60, &exact, price)]);
    }
    // A sixth of a nano is a rest too: the fraction is rounded, not its nine decimals.
    let columns = "rate_per_minute,minimum_seconds,increment_seconds,rounding,decimals";
    check(columns, "0.01,1,1,up,9", &[(1, 1, "0.000166667", "0.000166667")]);
    check(columns, "0.01,1,1,down,9", &[(1, 1, "0.000166667", "0.000166666")]);
    check(columns, "0.000000001,1,1,up,9", &[(1, 1, "0.00", "0.000000001")]);
    check(columns, "0.000000001,1,1,up,2", &[(1, 1, "0.00", "0.01")]);
}

// BEY-02
#[test]
fn an_expired_longer_prefix_never_wins() {
    let book = book(concat!(
        "prefix,name,rate_per_minute,effective_from,effective_until\n",
        "1,country,0.01,,\n",
        "1501,state,0.02,2026-01-01,2026-05-01\n",
        "1501555,town,0.03,2026-06-01,\n",
    ));
    // Boundaries are Chicago midnights; an end is exclusive.
    for (answered_at, name) in [
        ("2025-12-31T00:00:00Z", "country"),
        ("2026-04-30T00:00:00Z", "state"),
        ("2026-05-01T04:59:59Z", "state"),
        ("2026-05-01T05:00:00Z", "country"),
        ("2026-06-01T05:00:00Z", "town"),
    ] {
        let explained = book.explain(&call(answered_at, 60)).expect("in range").expect("a match");
        assert_eq!(explained.name, name, "{answered_at}");
    }
    // What changes during a call does not split it.
    let explained = book.explain(&call("2026-05-01T04:59:59Z", 60)).expect("in range");
    assert_eq!(explained.expect("a match").segments.len(), 1);
    let other = CallFacts { digits: "442071838750", ..call("2026-04-30T00:00:00Z", 60) };
    assert_eq!(book.quote(&other), Ok(None));
}

/// Seconds and prices of a call's segments.
fn segments(book: &RateBook, call: &CallFacts<'_>) -> Vec<(Option<String>, u32, String)> {
    let explained = book.explain(call).expect("in range").expect("a match");
    let parts = explained.segments.into_iter();
    parts.map(|it| (it.window, it.seconds, it.price.to_string())).collect()
}

fn part(window: Option<&str>, seconds: u32, price: &str) -> (Option<String>, u32, String) {
    (window.map(str::to_owned), seconds, price.to_owned())
}

const OFFICE: &str = "mon-fri 08:00-18:00";

// BEY-02 a call across a window boundary is split there, on both sides of a change of clocks
#[test]
fn windows_split_a_call_at_their_edge() {
    let book = book(concat!(
        "prefix,rate_per_minute,minimum_seconds,increment_seconds,window\n",
        "1,0.02,1,1,\n",
        "1,0.06,1,1,mon-fri 08:00-18:00\n",
    ));
    for answered_at in ["2026-03-06T23:59:30Z", "2026-03-13T22:59:30Z"] {
        let expected = [part(Some(OFFICE), 30, "0.03"), part(None, 30, "0.01")];
        assert_eq!(segments(&book, &call(answered_at, 60)), expected, "{answered_at}");
    }
    // A second belongs to the window in which it begins.
    let expected = [part(Some(OFFICE), 31, "0.031"), part(None, 29, "0.009666667")];
    assert_eq!(segments(&book, &call("2026-03-06T23:59:29.5Z", 60)), expected);
    // Friday evening to Monday morning and on.
    let weekend = call("2026-05-08T22:59:00Z", 3 * 86_400);
    let parts = segments(&book, &weekend);
    let seconds: Vec<u32> = parts.iter().map(|(_, seconds, _)| *seconds).collect();
    assert_eq!(seconds, [60, 62 * 3_600, 3 * 86_400 - 60 - 62 * 3_600]);
}

// BEY-02 increments are counted on the whole call
#[test]
fn increments_do_not_begin_anew_at_an_edge() {
    let book = book(concat!(
        "prefix,rate_per_minute,minimum_seconds,increment_seconds,window\n",
        "1,0.06,60,60,mon-fri 08:00-18:00\n",
        "1,0.02,60,60,mon-fri 18:00-08:00\n",
    ));
    // 67 s are billed as 120 in all: 30 before the edge, 90 behind it.
    let expected = [part(Some(OFFICE), 30, "0.03"), part(Some("mon-fri 18:00-08:00"), 90, "0.03")];
    assert_eq!(segments(&book, &call("2026-05-06T22:59:30Z", 67)), expected);
    // A piece that began before the edge is charged whole, though the rest is by the second.
    let mixed = self::book(concat!(
        "prefix,rate_per_minute,minimum_seconds,increment_seconds,window\n",
        "1,0.06,60,60,mon-fri 08:00-18:00\n",
        "1,0.02,1,1,\n",
    ));
    let expected = [part(Some(OFFICE), 10, "0.01"), part(None, 50, "0.016666667")];
    for talk in [8, 11, 15] {
        assert_eq!(segments(&mixed, &call("2026-05-06T22:59:50Z", talk)), expected, "{talk}");
    }
}

// BEY-02 hours that the zone skips or repeats
#[test]
fn windows_follow_the_wall_clock_through_changes_of_clocks() {
    let deck = |window: &str| {
        book(&format!(
            "prefix,rate_per_minute,minimum_seconds,increment_seconds,window\n\
             1,0.02,1,1,\n1,0.06,1,1,{window}\n"
        ))
    };
    let seconds = |book: &RateBook, answered_at: &str, talk: u32| -> Vec<(bool, u32)> {
        let parts = segments(book, &call(answered_at, talk)).into_iter();
        parts.map(|(window, seconds, _)| (window.is_some(), seconds)).collect()
    };
    let night = deck("sun 00:00-04:00");
    let (short, long) = ("2026-03-08T06:00:00Z", "2026-11-01T05:00:00Z");
    assert_eq!(seconds(&night, short, 4 * 3_600), [(true, 3 * 3_600), (false, 3_600)]);
    assert_eq!(seconds(&night, long, 6 * 3_600), [(true, 5 * 3_600), (false, 3_600)]);
    assert_eq!(seconds(&deck("sun 02:00-03:00"), short, 4 * 3_600), [(false, 4 * 3_600)]);
    let quarters = [(false, 900), (true, 1_800), (false, 1_800), (true, 1_800), (false, 900)];
    let repeated = "2026-11-01T06:00:00Z";
    assert_eq!(seconds(&deck("sun 01:15-01:45"), repeated, 2 * 3_600), quarters);
}

// BEY-02 where the longest prefix has no window for a stretch, the next shorter one prices it
#[test]
fn a_shorter_prefix_prices_what_windows_leave_open() {
    let deck = concat!(
        "prefix,rate_per_minute,minimum_seconds,increment_seconds,window\n",
        "15,0.02,1,1,\n",
        "1501,0.06,1,1,mon-fri 08:00-18:00\n",
    );
    let explained = book(deck).explain(&call("2026-05-06T22:59:30Z", 60)).expect("in range");
    let prefixes: Vec<String> =
        explained.expect("a match").segments.iter().map(|it| it.prefix.to_string()).collect();
    assert_eq!(prefixes, ["1501", "15"]);
    // Without the shorter one, nobody knows what the rest costs.
    let alone = book(&deck.replace("15,0.02,1,1,\n", ""));
    assert_eq!(alone.quote(&call("2026-05-06T22:59:30Z", 60)), Ok(None));
    assert_eq!(alone.quote(&call("2026-05-06T23:00:00Z", 60)), Ok(None));
    assert!(alone.quote(&call("2026-05-06T22:59:00Z", 60)).expect("in range").is_some());
    // The end of the last piece lies behind the edge, but nobody talked there.
    let pieces = book(&deck.replace("15,0.02,1,1,\n", "").replace("1,1", "60,60"));
    let quote =
        pieces.quote(&call("2026-05-06T22:59:30Z", 29)).expect("in range").expect("a match");
    assert_eq!((quote.billed_seconds, quote.price), (60, Nanos::new(60_000_000)));
}

// BEY-03 a maximum cuts the parts where it is reached, so that they still add up
#[test]
fn a_maximum_cuts_the_later_parts() {
    let book = book(
        "prefix,connection_fee,max_price,steps\n1,0.1,0.25,0:6@0.6/60;6:6@0.6/60;60:6@0.6/60\n",
    );
    let explained = book.explain(&call("2026-05-06T15:00:00Z", 120)).expect("in range");
    let explained = explained.expect("a match");
    assert_eq!(explained.uncapped, Nanos::parse("1.3").ok());
    assert_eq!(explained.connection_fee, Nanos::new(100_000_000));
    let parts: Vec<(u32, u32, i64)> =
        explained.segments.iter().map(|it| (it.step, it.seconds, it.price.get())).collect();
    assert_eq!(parts, [(0, 6, 60_000_000), (6, 54, 90_000_000), (60, 60, 0)]);
    assert_eq!(explained.price, Nanos::parse("0.25").expect("an amount"));
}

// Ruling 4: included seconds are split off at the second
#[test]
fn covered_seconds_are_not_charged() {
    let book = book("prefix,connection_fee,steps\n1,0.1,0:30@0.6/60;30:6@0.3/60\n");
    let call = call("2026-05-06T15:00:00Z", 67);
    for (covered, billed, price) in
        [(0, 72, "0.61"), (1, 71, "0.50"), (30, 42, "0.21"), (72, 0, "0.00"), (99, 0, "0.00")]
    {
        let quote = book.quote_after(&call, covered).expect("in range").expect("a match");
        assert_eq!((quote.billed_seconds, quote.price.to_string()), (billed, price.to_owned()));
    }
}

#[test]
fn prices_beyond_all_amounts_are_refused() {
    let book = book("prefix,rate_per_minute\n1,1000000\n");
    let call = call("2026-05-06T15:00:00Z", u32::MAX);
    assert_eq!(book.quote(&call), Err(Overflow));
    assert_eq!(book.explain(&call), Err(Overflow));
}

/// A call of 67 seconds on a Wednesday morning with these fields.
fn call_line(fields: &str) -> String {
    format!(r#"{{{fields},"answered_at":"2026-05-06T10:00:00-05:00","talk_seconds":67}}"#)
}

// BEY-03
#[test]
fn the_calculator_answers_in_one_line() {
    let book = book(concat!(
        "prefix,connection_fee,steps,window\n",
        "1,0,0:30@0.05/60;30:6@0.05/60,\n",
        "44,0.01,0:1@0.06/60,mon-fri 08:00-18:00\n",
    ));
    let nothing = r#""billed_seconds":0,"price":"0.00","exact":"0.00","segments":[]}"#;
    for (fields, expected) in [
        (
            r#""id":"a","to":"+1 501 555 0100""#,
            concat!(
                r#"{"id":"a","billed_seconds":72,"price":"0.06","exact":"0.06","segments":["#,
                r#"{"prefix":"1","step":0,"window":null,"seconds":30,"price":"0.025"},"#,
                r#"{"prefix":"1","step":30,"window":null,"seconds":42,"price":"0.035"}]}"#,
            )
            .to_owned(),
        ),
        (
            r#""id":7,"from":"+442071838750","to":"5015550100","direction":"inbound""#,
            concat!(
                r#"{"id":7,"billed_seconds":67,"price":"0.077","exact":"0.077","#,
                r#""connection_fee":"0.01","segments":[{"prefix":"44","step":0,"#,
                r#""window":"mon-fri 08:00-18:00","seconds":67,"price":"0.067"}]}"#,
            )
            .to_owned(),
        ),
        (
            r#""id":"c","to":"+4930123456""#,
            concat!(
                r#"{"id":"c","error":"no_rate","#,
                r#""message":"no row prices 4930123456 at 2026-05-06T15:00:00Z"}"#,
            )
            .to_owned(),
        ),
        (
            r#""id":"f","from":"anonymous","direction":"inbound""#,
            r#"{"id":"f","error":"no_rate","message":"from \"anonymous\" is not a number"}"#
                .to_owned(),
        ),
        (r#""id":"d","to":"911""#, format!(r#"{{"id":"d",{nothing}"#)),
        (
            r#""id":"e","to":"5015550100","direction":"internal""#,
            format!(r#"{{"id":"e",{nothing}"#),
        ),
    ] {
        assert_eq!(calc_price_line(&book, &call_line(fields)), Ok(expected));
    }
}

#[test]
fn the_calculator_names_the_bad_field() {
    let book = book("prefix,rate_per_minute\n1,0.01\n");
    let good = call_line(r#""id":"a","to":"5015550100""#);
    assert!(calc_price_line(&book, &good).is_ok());
    for (from, to, expected) in [
        (r#""id":"a","#, "", "id is missing"),
        (r#""id":"a""#, r#""id":[]"#, "id: [] is neither a string nor a number"),
        (r#""to":"5015550100","#, "", "to is missing"),
        ("5015550100", " ", "to is missing"),
        ("talk_seconds", "talk_time", "not a call: unknown field `talk_time`"),
        (
            "2026-05-06T10:00:00-05:00",
            "2026-05-06",
            "answered_at: \"2026-05-06\" is not an RFC 3339",
        ),
        (":67}", ":-6}", "talk_seconds: -6 does not lie between 0 and 604800"),
        (":67}", ":604801}", "talk_seconds: 604801 does not lie between 0 and 604800"),
        (":67}", ":1e3}", "talk_seconds: \"1e3\" is not a decimal number"),
        (":67}", ":67,\"direction\":\"up\"}", "direction: \"up\" is not inbound"),
        (":67}", ":67,\"colour\":1}", "not a call: unknown field `colour`"),
        (":67}", ":67,\"id\":1}", "not a call: duplicate field `id`"),
        (":67}", ":67", "not a call: EOF"),
    ] {
        let error = calc_price_line(&book, &good.replacen(from, to, 1)).expect_err("an error");
        assert!(error.to_string().starts_with(expected), "{expected}: {error}");
    }
    for line in ["", "[]", "null", "{}", "\u{0}", "{\"id\":\"a\"}"] {
        assert!(calc_price_line(&book, line).is_err(), "{line:?}");
    }
}
