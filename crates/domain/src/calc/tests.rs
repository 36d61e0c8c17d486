//! Claims about the calculators: their examples are true, and bad input is named.

use proptest::prelude::*;

use super::*;

type Calculator = fn(&str) -> Result<String, CalcError>;

const ALL: [(Calculator, Example); 5] = [
    (periods, PERIODS_EXAMPLE),
    (prorate, PRORATE_EXAMPLE),
    (invoice, INVOICE_EXAMPLE),
    (hold, HOLD_EXAMPLE),
    (fee, FEE_EXAMPLE),
];

fn refusal(calculator: Calculator, input: &str) -> String {
    calculator(input).expect_err("a refusal").to_string()
}

#[test]
fn every_example_is_true_and_is_json() {
    for (calculator, example) in ALL {
        assert_eq!(calculator(example.input).expect("an answer"), example.output);
        let lines = serde_json::Deserializer::from_str(example.output);
        assert!(lines.into_iter::<serde_json::Value>().all(|value| value.is_ok()));
    }
}

#[test]
fn unknown_fields_and_other_texts_are_refused_by_name() {
    for (calculator, example) in ALL {
        let more = example.input.replacen('{', r#"{"bonus":1,"#, 1);
        assert_eq!(refusal(calculator, &more), "bonus: is not a known field");
        assert_eq!(refusal(calculator, "[]"), "the input is not JSON: a list is not an object");
        for text in ["", "{", "null", "{}", "\u{feff}{}", "1e999"] {
            assert!(calculator(text).is_err(), "{text:?}");
        }
    }
}

// CYC-03 CYC-16
#[test]
fn periods_refuse_what_they_cannot_place() {
    let with = |every: &str, count: &str| {
        let zone = r#""zone":"UTC","#;
        let rest = format!(r#""anchor":"2026-01-31","every":{every},"count":{count}}}"#);
        refusal(periods, &format!("{{{zone}{rest}"))
    };
    assert_eq!(
        with(r#""fortnight""#, "1"),
        r#"every: "fortnight" is not one of day, week, month, quarter, year"#
    );
    assert_eq!(with(r#""day""#, "0"), "count: 0 is not a whole number from 1 to 100000");
    assert_eq!(with(r#""day""#, "2.5"), "count: 2.5 is not a whole number from 1 to 100000");
    assert_eq!(with(r#""year""#, "100000"), "count: 100000 periods reach beyond the year 9000");
    let zone = r#"{"anchor":"2026-01-31","every":"day","zone":"Mars/Olympus","count":1}"#;
    let expected = "zone: \"Mars/Olympus\" is not an IANA time zone such as America/Chicago";
    assert_eq!(refusal(periods, zone), expected);
    let anchor = r#"{"anchor":"2026-02-30","every":"day","zone":"UTC","count":1}"#;
    assert_eq!(refusal(periods, anchor), "anchor: \"2026-02-30\" is not a date like 2026-05-10");
}

// F-05 PLT-07
#[test]
fn prorate_knows_the_worked_figures() {
    let input =
        r#"{"amount":"549","period":"2026-05-01/2026-06-01","part":"2026-05-10/2026-06-01"}"#;
    let expected = r#"{"fraction":"22/31","unrounded":"389.612903225806","rounded":"389.61"}"#;
    assert_eq!(prorate(input).expect("an answer").trim_end(), expected);
    let outside = input.replace("2026-05-10", "2026-04-30");
    assert!(refusal(prorate, &outside).starts_with("part: 2026-04-30/2026-06-01 is not inside"));
    let empty = input.replace("2026-05-10", "2026-06-01");
    assert!(refusal(prorate, &empty).starts_with("part: 2026-06-01 is not before 2026-06-01"));
    let number = input.replace(r#""549""#, "549");
    assert_eq!(refusal(prorate, &number), "amount: 549 is not a string");
    let null = input.replace(r#""549""#, "null");
    assert_eq!(refusal(prorate, &null), "amount: null is not a string");
}

// F-09 STR-08
#[test]
fn fee_knows_the_worked_figures_and_its_bounds() {
    let answer = |charge: &str| fee(&format!(r#"{{"charge":"{charge}"}}"#)).expect("an answer");
    assert!(answer("1.00").contains(r#""fee":"0.04""#));
    assert!(answer("0.50").contains(r#""fee":"0.02""#));
    assert_eq!(refusal(fee, r#"{"charge":"-1"}"#), "charge: is negative");
    assert_eq!(
        refusal(fee, r#"{"charge":"1.005"}"#),
        "charge: \"1.005\" has more than 2 decimal places"
    );
    assert_eq!(
        refusal(fee, r#"{"charge":"1","rate":"3.99"}"#),
        "rate: 3.99 is not between 0 and 1: write 3.99 % as 0.0399"
    );
}

#[test]
fn hold_names_the_entry_that_is_wrong() {
    let input = r#"{"balance":"1","holds":["0.1",5],"rate_per_minute":"0.02"}"#;
    assert_eq!(refusal(hold, input), "holds[1]: 5 is not a string");
    let input = r#"{"balance":"1","holds":["-0.1"],"rate_per_minute":"0.02"}"#;
    assert_eq!(refusal(hold, input), "holds[0]: -0.1 is negative");
    assert_eq!(refusal(hold, r#"{"balance":"1"}"#), "rate_per_minute: is missing");
    let free = r#"{"balance":"1","rate_per_minute":"0","max_seconds":60}"#;
    assert_eq!(
        hold(free).expect("an answer").trim_end(),
        r#"{"available":"1.00","seconds":60,"hold":"0.00"}"#
    );
}

// F-04 INV-31
#[test]
fn invoice_allocates_included_minutes_and_carries_credit() {
    let input = r#"{"period":"2026-05-01/2026-06-01","credit":"150.00",
        "profile":{"model":"flat_rate","base_fee":"99.00",
        "included_extensions":5,"included_dids":2,"included_minutes":500,
        "extension_rate":"20","did_rate":"4","minute_rate":"0.025"},
        "quantities":{"extensions":7,"local_dids":3,"minutes":"612.3"}}"#;
    let answer: serde_json::Value =
        serde_json::from_str(&invoice(input).expect("an answer")).expect("JSON");
    assert_eq!(answer["subtotal"], "145.81");
    assert_eq!((&answer["due"], &answer["credit_left"]), (&"0.00".into(), &"4.19".into()));
    let unlimited = input.replace("\"included_minutes\":500", "\"included_minutes\":\"unlimited\"");
    assert!(invoice(&unlimited).expect("an answer").contains(r#""subtotal": "143.00""#));
}

// CYC-07 INV-32 BEY-02
#[test]
fn invoice_prorates_and_names_what_is_wrong() {
    let half = r#"{"period":"2026-05-01/2026-06-01","part":"2026-05-20/2026-06-01",
        "profile":{"model":"payg","extension_rate":"15"},"quantities":{"extensions":3}}"#;
    assert!(invoice(half).expect("an answer").contains(r#""subtotal": "17.42""#));
    let with = |from: &str, to: &str| refusal(invoice, &half.replace(from, to));
    assert_eq!(
        with("\"extension_rate\":\"15\"", "\"extension_rate\":\"-1\""),
        "profile.extension_rate: -1.00 is negative"
    );
    assert_eq!(
        with("\"extensions\":3", "\"minutes\":\"1.001\""),
        "quantities.minutes: 1.001 minutes are not a whole number of seconds"
    );
    assert_eq!(with("payg", "free"), "profile.model: \"free\" is not one of payg, flat_rate");
    let tax = half.replace("\"part\"", r#""taxes":[{"rate":"8.5"}],"part""#);
    assert_eq!(refusal(invoice, &tax), "taxes[0].rate: 8.5 is not below 1: write 8.5 % as 0.085");
    let discount = half.replace("\"part\"", r#""charges":[{"unit_price":"-99"}],"part""#);
    assert!(refusal(invoice, &discount).starts_with("discounts of 9900 exceed"));
    let two = r#"{"period":"2026-05-01/2026-06-01","profile":{"model":"flat_rate",
        "included_minutes":10,"local_minute_rate":"0.02","toll_free_minute_rate":"0.03"},
        "quantities":{"local_minutes":"10","toll_free_minutes":"10"}}"#;
    assert!(refusal(invoice, two).starts_with("profile.included_minutes: under two minute rates"));
    let fits = two.replace("\"included_minutes\":10", "\"included_minutes\":20");
    assert!(invoice(&fits).expect("an answer").contains(r#""issued": false"#));
}

proptest! {
    #[test]
    fn no_text_makes_a_calculator_panic(
        text in "\\PC{0,200}", index in 0usize..5, at in 0usize..400,
    ) {
        let (calculator, example) = ALL[index];
        let _ = calculator(&text);
        // An example with something else in the middle reaches deeper than noise does.
        let middle = example.input.char_indices().map(|(place, _)| place).nth(at);
        if let Some(middle) = middle {
            let (front, back) = example.input.split_at(middle);
            let _ = calculator(&format!("{front}{text}{back}"));
            let _ = calculator(&format!("{front}9{back}"));
            let _ = calculator(front);
        }
    }
}
