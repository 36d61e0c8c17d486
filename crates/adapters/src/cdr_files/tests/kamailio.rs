//! What dialog CDRs of Kamailio mean.

use domain::{
    cdr::{Direction, Disposition, RecordFields},
    time::Zone,
};
use serde_json::{Map, Value};

use super::{Format, ReadOptions, codes, reason, record, records, records_with};

/// The rows of the table as an export would write them.
fn sample() -> String {
    let table = include_str!("../../../tests/data/kamailio_acc_cdrs.csv");
    let mut lines = table.lines();
    let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let object = |line: &str| {
        let cells = line.split(',').map(|cell| Value::from(cell.to_owned()));
        let row: Map<String, Value> =
            names.iter().map(|name| (*name).to_owned()).zip(cells).collect();
        Value::from(row).to_string() + "\n"
    };
    lines.map(object).collect()
}

const ROW: &str = include_str!("../../../tests/data/kamailio_row.ndjson").trim_ascii_end();

fn changed(from: &str, to: &str) -> RecordFields {
    assert!(ROW.contains(from), "{from}");
    record(Format::KamailioJson, &ROW.replace(from, to))
}

// MET-02: with cdr_start_on_confirmed the start is the answer; milliseconds round up
#[test]
fn recorded_rows_become_records() {
    let records = records(Format::KamailioJson, &sample());
    let talk: Vec<u32> = records.iter().map(|record| record.billable_seconds()).collect();
    assert_eq!(talk, [2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]);
    let first = records[0].fields();
    assert_eq!(first.record_id, "1-11115@127.0.0.1");
    assert_eq!(first.call_group.as_deref(), Some("1-11115@127.0.0.1"));
    assert_eq!(first.account.as_deref(), Some("acme"));
    assert_eq!(first.extension.as_deref(), Some("acme_101"));
    assert_eq!(first.direction, Some(Direction::Outbound));
    assert_eq!(first.answered_at, first.started_at);
    assert_eq!(first.answered_at.expect("given").to_string(), "2026-11-22T02:34:14Z");
    assert_eq!(records[1].fields().hangup_cause.as_deref(), Some("max_duration"));
}

// K12: the times are local and have no zone
#[test]
fn times_come_in_three_shapes() {
    let mut options = ReadOptions::new(Format::KamailioJson);
    options.zone = Some(Zone::parse("America/Chicago").expect("a zone"));
    let local = records_with(&options, ROW);
    assert_eq!(local[0].fields().ended_at.to_string(), "2026-11-22T08:34:15Z");
    for (start, end) in [
        ("\"2026-11-22T02:34:14Z\"", "\"2026-11-22T02:34:15.003Z\""),
        ("1795314854", "1795314855.003"),
        ("\"1795314854\"", "\"2026-11-22T03:34:15.003+01:00\""),
    ] {
        let row = ROW
            .replace("\"2026-11-22 02:34:14\"", start)
            .replace("\"2026-11-22 02:34:15\"", end)
            .replace("\"duration\":1.003,", "");
        let records = records_with(&options, &row);
        assert_eq!(records[0].fields().ended_at.to_string(), "2026-11-22T02:34:15.003Z");
        assert_eq!(records[0].fields().talk_seconds, 2);
    }
    let from_duration = changed("\"end_time\":\"2026-11-22 02:34:15\",", "");
    assert_eq!(from_duration.ended_at.to_string(), "2026-11-22T02:34:16Z");
}

// MET-04
#[test]
fn final_replies_decide() {
    let check = |code: &str, expected: Disposition| {
        let fields = changed("\"sip_code\":null", &format!("\"sip_code\":{code}"));
        assert_eq!(fields.disposition, expected, "{code}");
        let talk = if expected == Disposition::Answered { 2 } else { 0 };
        assert_eq!(fields.talk_seconds, talk, "{code}");
    };
    check("200", Disposition::Answered);
    check("\"200\"", Disposition::Answered);
    check("\"\"", Disposition::Answered);
    check("486", Disposition::Busy);
    check("\"487\"", Disposition::NoAnswer);
    check("480", Disposition::NoAnswer);
    check("503", Disposition::Failed);
}

#[test]
fn tags_are_part_of_the_id() {
    let fields = changed("\"call_ref\"", "\"from_tag\":\"f1\",\"to_tag\":\"t1\",\"call_ref\"");
    assert_eq!(fields.record_id, "1-11115@127.0.0.1;f1;t1");
    assert_eq!(fields.call_group.as_deref(), Some("1-11115@127.0.0.1"));
    let inbound = changed("\"outbound\",\"src\":\"acme_101\"", "\"inbound\",\"src\":\"+1501\"");
    assert_eq!(inbound.extension, None);
}

#[test]
fn wrong_values_are_named() {
    let check = |from: &str, to: &str, expected: &str| {
        assert!(ROW.contains(from), "{from}");
        assert_eq!(reason(Format::KamailioJson, &ROW.replace(from, to)), expected);
    };
    check("\"call_id\"", "\"call\"", "call_id is missing");
    check("\"dst\"", "\"dest\"", "to is missing");
    check("\"start_time\"", "\"begin_time\"", "start_time is missing");
    check("1.003", "-1.003", "talk_seconds of -2 s is absurd: it is negative");
    check(
        "\"outbound\"",
        "\"upbound\"",
        "direction: \"upbound\" is not inbound, outbound or internal",
    );
    check("null", "100", "sip_code: \"100\" is not the code of a final reply");
    check("02:34:15", "02:34:13", "ended_at lies before answered_at");
    let shape = "is neither a time nor an epoch in seconds";
    check(
        "2026-11-22 02:34:15",
        "0000-00-00 00:00:00",
        &format!("end_time: \"0000-00-00 00:00:00\" {shape}"),
    );
    check("\"call_ref\"", "\"tenant\"", "tenant is given twice");
    check(
        "{\"id\"",
        "[\"id\"",
        "the file ends inside the row: malformed JSON: \
         invalid type: sequence, expected an object at line 1 column 0",
    );
    assert_eq!(codes(Format::KamailioJson, b"\n\n[]\n"), [(3, "malformed_json")]);
}
