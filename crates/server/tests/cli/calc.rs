//! Claims about `trunkline calc`: its help is true, bad input is named, nothing breaks.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use crate::program::{PROGRAM, Place, Ran};

const CALCULATORS: [&str; 6] = ["price", "periods", "prorate", "invoice", "hold", "fee"];

/// One prompt of a help text and what is shown below it.
struct Step<'a> {
    command: &'a str,
    shown: String,
}

fn steps(help: &str) -> Vec<Step<'_>> {
    let (_, example) = help.split_once("\nExample:\n").unwrap_or_else(|| panic!("{help}"));
    let mut steps: Vec<Step<'_>> = Vec::new();
    for line in example.lines() {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step { command, shown: String::new() }),
            (None, Some(step)) => step.shown += &format!("{line}\n"),
            (None, None) => panic!("{line:?} stands before any command"),
        }
    }
    steps
}

// Each calculator's `--help` shows a worked example, which is executed here.
#[test]
fn every_example_in_help_answers_what_it_shows() {
    for calculator in CALCULATORS {
        let place = Place::new();
        let help = place.run(&format!("calc {calculator} --help"));
        assert_eq!((help.code, help.stderr.as_str()), (0, ""));
        let steps = steps(&help.stdout);
        let mut ran = 0;
        for Step { command, shown } in steps {
            // What is shown of a file is the file.
            if let Some(name) = command.strip_prefix("cat ") {
                place.write(name, &shown);
            }
            place.shell(command).assert_answered(&shown);
            ran += usize::from(command.contains("trunkline"));
        }
        assert!(ran > 0, "{calculator} has no example");
    }
}

#[test]
fn short_help_is_short_and_long_help_leads_on() {
    let place = Place::new();
    for calculator in CALCULATORS {
        let short = place.run(&format!("calc {calculator} -h"));
        assert!(!short.stdout.contains("Example:"));
        assert!(short.stdout.contains("see more with '--help'"), "{short:?}");
    }
}

#[test]
fn a_command_line_that_cannot_be_meant_ends_with_two() {
    let place = Place::new();
    let check = |arguments: &str, words: &[&str]| place.run(arguments).assert_refused(2, words);
    for no_command in ["", "calc"] {
        let ran = place.run(no_command);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(ran.stderr.contains("Commands:"), "{ran:?}");
    }
    check("clac", &["unrecognized subcommand 'clac'"]);
    check("calc fee --bonus 1", &["unexpected argument '--bonus'"]);
    check("calc price", &["--deck <FILE>"]);
    check(
        "calc price --deck d --zone Mars/Olympus",
        &["--zone", "\"Mars/Olympus\" is not an IANA"],
    );
    check("calc periods --anchor 2026-01-31 --every month --count 1", &["zone: is missing"]);
    let zone = "calc periods --anchor 2026-01-31 --every month --count 1 --zone Mars/Olympus";
    check(zone, &["zone: \"Mars/Olympus\" is not an IANA"]);
    check("calc periods --anchor 2026-02-30 --every month --count 1 --zone UTC", &["anchor: "]);
    check("calc periods --count -1", &["--count", "-1"]);
    check("calc periods --count 2.5", &["--count", "2.5"]);
    check("calc fee --charge -1", &["charge: is negative"]);
    check("calc fee --charge 1e3", &["charge: "]);
    check("calc hold --balance 1 --rate-per-minute -0.01", &["rate_per_minute: -0.01 is negative"]);
    check(
        "calc prorate --amount 1 --period 2026-05-01/2026-06-01 --part 2026-06-01/2026-05-20",
        &["part: 2026-06-01 is not before 2026-05-20"],
    );
}

#[test]
fn bad_documents_are_refused_by_place_and_reason() {
    let place = Place::new();
    let check = |calculator: &str, stdin: &[u8], words: &[&str]| {
        place.run_with(&format!("calc {calculator}"), stdin).assert_refused(1, words);
    };
    for calculator in ["periods", "prorate", "invoice", "hold", "fee"] {
        check(calculator, b"", &["the input is empty"]);
        check(calculator, b"{", &["the input is not JSON"]);
        check(calculator, b"[]", &["a list is not an object"]);
        check(calculator, b"{\"x\":\"\xff\"}", &["not UTF-8", "byte 6"]);
        check(calculator, b"{\"bonus\":1}", &[": is missing"]);
        check(calculator, &vec![b' '; 17 << 20], &["longer than 16777216 bytes"]);
    }
    check("fee", b"{\"charge\":\"1\",\"bonus\":1}", &["bonus: is not a known field"]);
    check("fee", b"{\"charge\":1}", &["charge: 1 is not a string"]);
    check("fee", b"{\"charge\":\"-1\"}", &["charge: is negative"]);
    let nested = b"{\"period\":\"2026-05-01/2026-06-01\",\"profile\":{\"model\":\"free\"}}";
    check("invoice", nested, &["profile.model: \"free\" is not one of"]);
}

#[test]
fn documents_may_begin_with_a_mark_and_end_with_windows_line_ends() {
    let place = Place::new();
    let ran = place.run_with("calc fee", b"\xef\xbb\xbf{\"charge\":\"1.00\"}\r\n");
    ran.assert_answered(
        "{\"charge\":\"1.00\",\"rate\":\"0.0399\",\"fee\":\"0.04\",\"net\":\"0.96\"}\n",
    );
}

fn price(deck: &str, calls: &[u8]) -> Ran {
    let place = Place::new();
    place.write("deck.csv", deck);
    place.run_with("calc price --deck deck.csv", calls)
}

const DECK: &str = "prefix,rate_per_minute\n1,0.06\n";
const CALL: &str =
    r#"{"id":1,"to":"+15015550100","answered_at":"2026-05-10T12:00:00Z","talk_seconds":60}"#;

#[test]
fn a_bad_line_is_answered_in_its_place_and_the_rest_goes_on() {
    let mut calls = format!("{CALL}\n\n{{\"id\":2}}\n").into_bytes();
    calls.extend_from_slice(b"\xff\xfe\r\n{\n");
    calls.extend_from_slice(CALL.replace(":60}", ":-1}").as_bytes());
    calls.push(b'\n');
    calls.extend_from_slice(CALL.as_bytes());
    let ran = price(DECK, &calls);
    assert_eq!(ran.code, 1);
    let lines: Vec<serde_json::Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 6);
    assert_eq!((&lines[0]["price"], &lines[5]["price"]), (&"0.06".into(), &"0.06".into()));
    let bad =
        [(3, "answered_at is missing"), (4, "UTF-8"), (5, "not a call"), (6, "talk_seconds: ")];
    for (line, (number, reason)) in lines[1..5].iter().zip(bad) {
        assert_eq!((&line["line"], &line["error"]), (&number.into(), &"invalid".into()));
        assert!(line["message"].as_str().unwrap().contains(reason), "{line}");
    }
    assert_eq!(ran.stderr, "trunkline: 4 of 7 lines are no calls; see \"error\" above\n");
}

#[test]
fn a_deck_with_errors_prices_nothing_and_all_are_listed() {
    let ran = price("prefix,rate_per_minute\n1,x\nzz,1\n44,-1\n", CALL.as_bytes());
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    let errors: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(errors.len(), 4, "{ran:?}");
    assert!(errors[0].starts_with("deck.csv: line 2: rate_per_minute: \"x\""), "{ran:?}");
    assert!(errors[1].starts_with("deck.csv: line 3: prefix: \"zz\""), "{ran:?}");
    assert!(errors[2].starts_with("deck.csv: line 4: "), "{ran:?}");
    let ran = price("prefix,name\n1,North America\n", CALL.as_bytes());
    assert!(ran.stderr.contains("line 1: a price is missing: column rate_per_minute or steps"));
    let ran = price("name,rate_per_minute\nx,1\n", CALL.as_bytes());
    assert!(ran.stderr.contains("line 1: column prefix is missing"), "{ran:?}");
    let ran = price("", CALL.as_bytes());
    assert!(ran.stderr.contains("the header line is missing"), "{ran:?}");
    Place::new().run("calc price --deck gone.csv").assert_refused(1, &["gone.csv", "No such file"]);
}

#[test]
fn nothing_in_is_nothing_out() {
    price(DECK, b"").assert_answered("");
}

#[test]
fn a_price_comes_before_the_next_call_is_sent() {
    let place = Place::new();
    place.write("deck.csv", DECK);
    let mut child = Command::new(PROGRAM)
        .args(["calc", "price", "--deck", "deck.csv"])
        .current_dir(place.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut calls = child.stdin.take().unwrap();
    let mut prices = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..3 {
        writeln!(calls, "{CALL}").unwrap();
        let mut price = String::new();
        prices.read_line(&mut price).unwrap();
        assert!(price.contains("\"billed_seconds\":60"), "{price}");
    }
    drop(calls);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::new();
    let command = "trunkline calc periods --anchor 2026-01-01 --every day --zone UTC --count 99999";
    let ran = place.shell(&format!("({command}; echo $? >&2) | head -1"));
    assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (1, "0\n"));
    // Endless input, so that only the reader's going away can end it.
    place.write("deck.csv", DECK);
    let command = format!("yes '{CALL}' | (trunkline calc price --deck deck.csv; echo $? >&2)");
    let ran = place.shell(&format!("{command} | head -1"));
    assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (1, "0\n"));
}
