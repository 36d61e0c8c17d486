//! What our own records mean.

use std::io::ErrorKind;

use domain::cdr::{Direction, Disposition, Leg};

use super::{super::*, Format, ReadOptions, codes, reason, record, records, rows};

const LINE: &str = include_str!("../../../tests/data/record.ndjson").trim_ascii_end();

const CSV: &str = include_str!("../../../tests/data/record.csv");

// Ruling 18, MET-02: both formats carry every field; talk rounds up, hold is subtracted
#[test]
fn both_formats_carry_every_field() {
    let from_json = records(Format::Ndjson, LINE);
    assert_eq!(records(Format::Csv, CSV), from_json);
    let fields = from_json[0].fields();
    assert_eq!((fields.leg, fields.direction), (Leg::B, Some(Direction::Inbound)));
    assert_eq!((fields.talk_seconds, fields.hold_seconds), (61, 10));
    assert_eq!(from_json[0].billable_seconds(), 51);
    assert_eq!(fields.recording_url.as_deref(), Some("https://example.net/r"));
    assert_eq!(fields.ended_at.to_string(), "2026-05-10T12:01:21.5Z");
}

// Ruling 18: what is absent
#[test]
fn four_fields_are_enough() {
    let least = r#"{"record_id":"1","from":"","to":"911","ended_at":"2026-05-10T12:00:00Z"}"#;
    let fields = record(Format::Ndjson, least);
    assert_eq!((fields.leg, fields.direction), (Leg::A, None));
    assert_eq!((fields.disposition, fields.talk_seconds), (Disposition::NoAnswer, 0));
    let answered = least.replace("\"to\"", "\"answered_at\":\"2026-05-10T11:59:00.9Z\",\"to\"");
    let fields = record(Format::Ndjson, &answered);
    assert_eq!((fields.disposition, fields.talk_seconds), (Disposition::Answered, 60));
    let busy = answered.replace("\"to\"", "\"disposition\":\"busy\",\"account\":null,\"to\"");
    let fields = record(Format::Ndjson, &busy);
    assert_eq!((fields.disposition, fields.talk_seconds), (Disposition::Busy, 0));
    let csv = "to,ended_at,record_id,from\n911,2026-05-10T12:00:00Z,1,\n";
    assert_eq!(records(Format::Csv, csv), records(Format::Ndjson, least));
}

#[test]
fn wrong_values_are_named() {
    let check = |from: &str, to: &str, code: &str, expected: &str| {
        assert!(LINE.contains(from), "{from}");
        let line = LINE.replace(from, to) + "\n";
        assert_eq!(codes(Format::Ndjson, line.as_bytes()), [(1, code)], "{to}");
        assert_eq!(reason(Format::Ndjson, &line), expected);
    };
    let unknown = "\"price\" is not a field of a call record";
    check("\"account\"", "\"price\"", "unknown_field", unknown);
    check("\"account\"", "\"to\"", "duplicate_field", "to is given twice");
    check(
        "\"record_id\":\"r-1\"",
        "\"record_id\":1",
        "invalid_field",
        "record_id: \"1\" is not a string",
    );
    check("\"record_id\":\"r-1\",", "", "missing_field", "record_id is missing");
    check("r-1", "", "missing_field", "record_id is missing");
    check("\"from\":\"+15015550111\",", "", "missing_field", "from is missing");
    check("\"b\"", "\"c\"", "invalid_field", "leg: \"c\" is neither a nor b");
    let answer = "\"answered_at\":\"2026-05-10T12:00:20Z\",";
    check(answer, "", "missing_field", "answered_at is missing");
    let offset = "started_at: \"2026-05-10T12:00:00\" is not an RFC 3339 time with an offset";
    check("2026-05-10T12:00:00Z", "2026-05-10T12:00:00", "invalid_field", offset);
    let exponent = "talk_seconds: \"6e1\" is not a decimal number";
    check("60.2", "6e1", "invalid_field", exponent);
    let long = "talk_seconds of 2000 s is absurd: it is longer than the call lasted";
    check("60.2", "2000", "absurd_duration", long);
    let hold = "hold_seconds of -10 s is absurd: it is negative";
    check("\"10\"", "-10", "absurd_duration", hold);
    check("14:01", "13:59", "end_before_start", "ended_at lies before answered_at");
    let nul = "to: has a control character";
    check("+15015550100", "+1501\\u0000", "invalid_field", nul);
}

#[test]
fn a_header_that_names_no_records_refuses_the_file() {
    let check = |header: &str, expected: &str| {
        let file = format!("{header}\n1,2,3\n");
        let mut reader = RowReader::new(file.as_bytes(), &ReadOptions::new(Format::Csv));
        let error = reader.next().expect("an answer").expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert_eq!(error.to_string(), expected);
        assert!(reader.next().is_none());
    };
    let end = "which is not a field of a call record";
    check("record_id,from,to,ended_at,price", &format!("the header line names \"price\", {end}"));
    check("record_id,from,to,ended_at,to", "the header line names to twice");
    let end = "which every call record needs";
    check("record_id,from,to", &format!("the header line does not name ended_at, {end}"));
    check("\"record_id", "the header line cannot be read: a quoted field is not closed");
}

#[test]
fn csv_files_may_have_marks_returns_and_quoted_line_ends() {
    let file = "\u{feff}\"record_id\",to,from,ended_at,hangup_cause\r\n\
                \"a\"\"1\",911,,2026-05-10T12:00:00Z,\"x, y\"\r\n\r\n\
                b,911,,2026-05-10T12:00:00Z,\"two\r\nlines\"\r\n\
                c,911,2026-05-10T12:00:00Z,x\r\n\
                d,911,,2026-05-10T12:00:00Z,x";
    let expected = [(2, "ok"), (4, "invalid_field"), (6, "wrong_column_count"), (7, "ok")];
    assert_eq!(codes(Format::Csv, file.as_bytes()), expected);
    let options = ReadOptions::new(Format::Csv);
    let rows = rows(&options, file.as_bytes());
    let Row::Record(first) = &rows[0].row else { panic!("bad") };
    assert_eq!(first.fields().record_id, "a\"1");
    assert_eq!(first.fields().hangup_cause.as_deref(), Some("x, y"));
    // A kept row reads again below its header.
    let mut reader = RowReader::new(file.as_bytes(), &options);
    let again = reader.by_ref().map(|row| row.expect("readable")).collect::<Vec<_>>();
    for row in again {
        let kept = reader.kept_bytes(&row.raw);
        assert_eq!(parse_row(&options, &kept, row.raw.ordinal), row.row);
    }
}
