//! Claims about the demo, and about the commands that work on a database, tried on what it made.
//!
//! One test, because the demo is made once and everything else looks at it.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::program::{PROGRAM, Place, Ran};

const BLUEBIRD: &str = "--format asterisk-csv --source bluebird-pbx --partner bluebird \
                        --zone America/New_York --data-dir demo";
const FIRST_FILE: &str = "demo/cdrs/bluebird-pbx-2026-02-Master.csv";

#[test]
fn the_demo_tells_its_story_and_every_command_works_on_it() {
    let place = Place::new();
    let ran = place.run("demo --no-serve --data-dir demo");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    the_story_is_the_same_every_time(&ran.stdout);
    the_figures_add_up(&ran.stdout);
    files_are_where_the_demo_says(&place);
    importing_again_changes_nothing(&place);
    a_file_that_grew_is_read_on(&place);
    a_dry_run_changes_nothing(&place);
    refused_rows_are_listed_and_tried_again(&place);
    every_cent_explains_itself(&place);
    books_are_sound_and_nothing_is_due(&place);
    a_wrong_command_line_says_what_is_wrong(&place);
    the_demo_is_made_once(&place);
    the_result_is_served(&place);
}

fn the_story_is_the_same_every_time(story: &str) {
    let told: Vec<String> = story
        .lines()
        .map(|line| line.replace(PROGRAM, "trunkline"))
        .filter(|line| !line.starts_with("All of this took"))
        .collect();
    insta::assert_snapshot!("the_demos_story", told.join("\n"));
}

/// The table's rows, in cents by partner.
fn table(story: &str) -> BTreeMap<String, Vec<i64>> {
    let mut rows = BTreeMap::new();
    for line in story.lines() {
        let Some((name, amounts)) = line.trim().split_once("  ") else { continue };
        let amounts: Vec<i64> = amounts
            .split_ascii_whitespace()
            .filter_map(|word| word.replace(['$', ','], "").replace('.', "").parse().ok())
            .collect();
        if amounts.len() == 2 {
            rows.insert(name.to_owned(), amounts);
        }
    }
    rows
}

// BEY-01 margin = invoice lines − wholesale debits
fn the_figures_add_up(story: &str) {
    let table = table(story);
    for (partner, topped_up) in [500_000, 400_000].into_iter().enumerate() {
        let of = |name: &str| table.get(name).unwrap_or_else(|| panic!("{name}: {story}"))[partner];
        assert_eq!(of("invoice lines") + of("taxes"), of("billed in all"));
        let settled = of("paid") + of("covered by credit") + of("still to be paid");
        assert_eq!(of("billed in all"), settled);
        assert!(of("of which overdue") > 0 && of("of which overdue") <= of("still to be paid"));
        let margin = of("invoice lines") - of("wholesale cost");
        assert_eq!(of("margin (lines less wholesale)"), margin);
        assert_eq!(of("wholesale cost") + of("left in the wallet"), topped_up);
        assert!(margin > 0);
    }
    for what in ["paid in full", "paid in part", "declined", "books are sound"] {
        assert!(story.contains(what), "no {what:?} in {story}");
    }
}

fn files_are_where_the_demo_says(place: &Place) {
    let count = |directory: &str| std::fs::read_dir(place.path().join(directory)).unwrap().count();
    assert_eq!((count("demo/cdrs"), count("demo/pdf")), (6, 2));
    let mails = std::fs::read_dir(place.path().join("demo/mails")).unwrap();
    for mail in mails {
        let text = std::fs::read_to_string(mail.unwrap().path()).unwrap();
        let brings_an_invoice = text.contains("filename=\"INV-");
        let is_about_the_late = text.contains("oldest unpaid");
        let is_a_receipt = text.contains("Subject: Receipt for invoice INV-");
        let is_known = brings_an_invoice || is_about_the_late || is_a_receipt;
        assert!(is_known, "a mail without its invoice: {text}");
    }
}

// Importing a file twice changes nothing and says so
fn importing_again_changes_nothing(place: &Place) {
    let ran = place.run(&format!("import-cdrs {FIRST_FILE} {BLUEBIRD}"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("already imported ("), "{ran:?}");
    // Another name for the same file changes nothing either, nor does another order of lines.
    let text = std::fs::read(place.path().join(FIRST_FILE)).unwrap();
    let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').take(500).collect();
    lines.reverse();
    place.write("reversed.csv", lines.concat());
    let ran = place.run(&format!("import-cdrs reversed.csv {BLUEBIRD}"));
    assert!(
        ran.stdout.starts_with("reversed.csv: 500 rows, all known: nothing changed"),
        "{ran:?}"
    );
}

fn a_file_that_grew_is_read_on(place: &Place) {
    let path = place.path().join("demo/cdrs/cascade-legacy-2026-03-Master.csv");
    let mut bytes = std::fs::read(path).unwrap();
    let last = bytes.split_inclusive(|byte| *byte == b'\n').next_back().unwrap().to_vec();
    bytes.extend(last);
    place.write("grown.csv", bytes);
    let options = "--format asterisk-csv --source cascade-legacy --partner cascade \
                   --zone America/Los_Angeles --data-dir demo";
    let ran = place.run(&format!("import-cdrs grown.csv {options}"));
    assert!(ran.stdout.starts_with("grown.csv: 1 more rows after "), "{ran:?}");
}

fn a_dry_run_changes_nothing(place: &Place) {
    let call = r#"{"record_id":"new-1","from":"+12025550160","to":"+12125550100",
        "direction":"inbound","answered_at":"2026-04-01T12:00:00Z",
        "ended_at":"2026-04-01T12:01:00Z","disposition":"answered"}"#;
    place.write("new.ndjson", call.replace('\n', "") + "\n");
    let import = "import-cdrs new.ndjson --format ndjson --source api --data-dir demo";
    for _ in 0..2 {
        let ran = place.run(&format!("{import} --dry-run"));
        assert!(ran.stdout.contains("rated                1  1.0 minutes"), "{ran:?}");
        assert!(ran.stdout.ends_with("nothing was changed: this was a dry run\n"), "{ran:?}");
    }
    let ran = place.run(import);
    assert!(ran.stdout.starts_with("new.ndjson: 1 rows\n  rated                1"), "{ran:?}");
}

fn json_lines(ran: &Ran) -> Vec<Value> {
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn refused_rows_are_listed_and_tried_again(place: &Place) {
    let all = json_lines(&place.run("rejects list --json --data-dir demo"));
    assert!(all.len() > 40, "{}", all.len());
    for reject in &all {
        let has_bytes = reject.get("raw").or(reject.get("raw_hex")).is_some();
        assert!(has_bytes && reject["line"].as_u64() > Some(0), "{reject}");
        assert!(!reject["file"].as_str().unwrap().is_empty());
    }
    let some = json_lines(&place.run("rejects list --json --code conflict --data-dir demo"));
    assert!(!some.is_empty() && some.iter().all(|reject| reject["code"] == "conflict"));
    let own = json_lines(&place.run("rejects list --json --partner cascade --data-dir demo"));
    assert!(!own.is_empty() && own.len() < all.len());
    let ran = place.run("rejects list --code unknown_account --data-dir demo");
    assert!(ran.stdout.contains(": unknown_account: account \"acme\" is no tenant"), "{ran:?}");
    let ran = place.run("rejects retry --data-dir demo");
    assert!(ran.stdout.contains(" refused rows tried again, 0 settled\n"), "{ran:?}");
}

// BEY-03 from an invoice to its lines, from a line to its calls, from a call to its price
fn every_cent_explains_itself(place: &Place) {
    let explain = |what: &str| {
        let ran = place.run(&format!("explain {what} --json --data-dir demo"));
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{what}");
        serde_json::from_str::<Value>(&ran.stdout).unwrap()
    };
    let invoice = (1..60)
        .map(|number| explain(&format!("invoice INV-{number:06}")))
        .find(|invoice| {
            invoice["tenant"] == "Bright Loop Logistics"
                && invoice["lines"].as_array().unwrap().iter().any(|line| line["kind"] == "usage")
        })
        .expect("an invoice with calls");
    let lines = invoice["lines"].as_array().unwrap();
    let line = lines.iter().find(|line| line["kind"] == "usage").unwrap();
    let line = explain(&format!("line {}", line["line"].as_str().unwrap()));
    let call = line["calls"]["listed"][0]["call"].as_str().unwrap().to_owned();
    let call = explain(&format!("call {call}"));
    assert_eq!(call["outcome"], "rated");
    assert_eq!(call["retail"]["agrees_with_terms"], true);
    let number = invoice["number"].as_str().unwrap();
    let ran = place.run(&format!("explain invoice {number} --data-dir demo"));
    assert!(ran.stdout.contains("\n  - line: line_"), "{ran:?}");
    let ran = place.run("explain invoice INV-999999 --data-dir demo");
    ran.assert_refused(1, &["no invoice \"INV-999999\""]);
    place.run("explain call nonsense --data-dir demo").assert_refused(2, &["nonsense"]);
}

fn books_are_sound_and_nothing_is_due(place: &Place) {
    let ran = place.run("check --json --data-dir demo");
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &report["finding_count"]), (0, &0.into()), "{ran:?}");
    let ran = place.run("check --partner bluebird --data-dir demo");
    assert!(ran.stdout.starts_with("books are sound (1 partners, "), "{ran:?}");
    place.run("run-due --data-dir demo").assert_answered("nothing was due\n");
    let ran = place.run("run-due --until 2026-04-11T12:00:00Z --data-dir demo");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.contains("invoices issued") && ran.stdout.contains("\noutbox: "), "{ran:?}");
}

fn a_wrong_command_line_says_what_is_wrong(place: &Place) {
    let check = |code: i32, arguments: &str, words: &[&str]| {
        place.run(arguments).assert_refused(code, words);
    };
    let rest = "--source x --data-dir demo";
    check(1, "check --data-dir nowhere", &["no database in nowhere", "--data-dir"]);
    check(1, "check --db mysql://x", &["--db", "must begin with sqlite: or postgres://"]);
    check(2, "check --clock system --data-dir demo", &["--clock system", "simulated clock"]);
    check(2, &format!("import-cdrs {rest} --format ndjson"), &["<FILE>..."]);
    check(2, &format!("import-cdrs f {rest} --format xml"), &["\"xml\" is not a format"]);
    check(2, &format!("import-cdrs f {rest} --format csv --zone Mars"), &["\"Mars\" is not an"]);
    check(2, &format!("import-cdrs f {rest} --format csv --columns src"), &["--columns"]);
    check(1, &format!("import-cdrs f {rest} --format csv --partner x"), &["no partner \"x\""]);
    check(2, "run-due --until yesterday --data-dir demo", &["yesterday"]);
    check(2, "run-due --smtp mail.example --data-dir demo", &["--smtp", "smtps://HOST"]);
    check(
        2,
        "serve --listen 0.0.0.0:80 --data-dir demo",
        &["without a --domain", "127.0.0.1:8080"],
    );
    // One file that cannot be read keeps no other from being imported.
    place.write("none.ndjson", "");
    let ran = place.run(&format!("import-cdrs gone.ndjson none.ndjson --format ndjson {rest}"));
    assert_eq!((ran.code, ran.stdout.as_str()), (1, "none.ndjson: 0 rows\n"));
    assert!(ran.stderr.starts_with("trunkline: gone.ndjson: "), "{ran:?}");
}

fn the_demo_is_made_once(place: &Place) {
    let ran = place.run("demo --no-serve --data-dir demo");
    assert!(ran.stdout.starts_with("the demo in demo was made earlier; --fresh"), "{ran:?}");
    std::fs::create_dir(place.path().join("mine")).unwrap();
    place.write("mine/thesis.txt", "two years of work");
    for fresh in ["", "--fresh"] {
        let ran = place.run(&format!("demo --no-serve --data-dir mine {fresh}"));
        ran.assert_refused(1, &["mine holds other things", "--data-dir"]);
    }
    assert!(place.path().join("mine/thesis.txt").exists());
}

fn the_result_is_served(place: &Place) {
    let mut server = Command::new(PROGRAM)
        .args(["demo", "--data-dir", "demo", "--port", "18080"])
        .current_dir(place.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = BufReader::new(server.stdout.take().unwrap());
    let address = stdout
        .lines()
        .map_while(Result::ok)
        .find_map(|line| Some(line.strip_prefix("serving http://")?.split(' ').next()?.to_owned()))
        .expect("an address");
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(
        stream,
        "GET /p/bluebird/sign-in HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("Bluebird Voice") && !page.contains("Cascade Connect"));
    let stopped = Command::new("kill").arg(server.id().to_string()).status().unwrap();
    assert!(stopped.success());
    assert!(server.wait().unwrap().success(), "asked to stop, it ends well");
}
