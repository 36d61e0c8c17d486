//! What rows of Asterisk mean.

use domain::{
    cdr::{Disposition, RecordFields},
    time::Zone,
};

use super::{super::*, Format, ReadOptions, codes, reason, record, records, records_with, rows};

const SAMPLE: &str = include_str!("../../../tests/data/asterisk_Master.csv");

/// The sixteen columns every layout has.
const BASE: &str = include_str!("../../../tests/data/asterisk_base_row.csv").trim_ascii_end();

fn only(row: &str) -> RecordFields {
    record(Format::AsteriskCsv, row)
}

/// The base row with parts replaced.
fn base_with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(BASE.to_owned(), |row, (from, to)| {
        assert!(row.contains(from), "{from}");
        row.replace(from, to)
    })
}

// MET-01, MET-04, A1: rows of a real switch; noise after Dial() and unanswered calls cost nothing
#[test]
fn a_recorded_file_yields_its_talk_times_and_nothing_else() {
    let records = records(Format::AsteriskCsv, SAMPLE);
    let billable: Vec<u32> = records.iter().map(CallRecord::billable_seconds).collect();
    let expected = [1, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 1, 0, 0, 1, 3, 1, 1, 1];
    assert_eq!(billable, expected);
    let calls = records.iter().filter(|record| record.fields().is_call).count();
    assert_eq!(calls, 14);
}

// Ruling 17: uniqueid is not unique, uniqueid#sequence is
#[test]
fn rows_of_one_call_have_ids_of_their_own_and_share_a_group() {
    let records = records(Format::AsteriskCsv, SAMPLE);
    let mut ids: Vec<&str> = records.iter().map(|r| r.fields().record_id.as_str()).collect();
    assert_eq!(ids[..2], ["1795313619.0#0", "1795313619.0#3"]);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 24);
    assert_eq!(records[0].fields().call_group, records[1].fields().call_group);
    assert_eq!(records[0].fields().call_group.as_deref(), Some("1795313619.0"));
}

// Ruling 16: the account code of the caller, else of the phone that rang
#[test]
fn account_and_extension_are_the_tenants_side() {
    let records = records(Format::AsteriskCsv, SAMPLE);
    let inbound = records[0].fields();
    assert_eq!(inbound.account.as_deref(), Some("acme"));
    assert_eq!(inbound.extension.as_deref(), Some("acme_101"));
    assert_eq!((inbound.from.as_str(), inbound.to.as_str()), ("15015559999", "+15015550111"));
    assert_eq!(inbound.direction, None);
    let outbound = records[3].fields();
    assert_eq!(outbound.account.as_deref(), Some("acme"));
    assert_eq!(outbound.extension.as_deref(), Some("acme_101"));
    // A trunk is nobody's extension, and a stranger's endpoint isn't ours.
    let trunk = only(&base_with(&[("PJSIP/acme_101-", "PJSIP/carrier-"), ("\"acme\"", "\"\"")]));
    assert_eq!((trunk.account, trunk.extension), (None, None));
    let other = only(&base_with(&[("PJSIP/acme_101-", "PJSIP/acmeco_7-")]));
    assert_eq!(other.extension, None);
    let local = only(&base_with(&[("PJSIP/acme_101-00000004", "Local/acme_101@x-00000004;1")]));
    assert_eq!(local.extension, None);
}

// Ruling 17: every layout, ambiguous ones read as with uniqueid
#[test]
fn every_layout_is_read() {
    let check = |extra: &str, id: &str, group: Option<&str>| {
        let fields = only(&format!("{BASE}{extra}\n"));
        let matches = if id.ends_with('~') {
            fields.record_id.strip_prefix(id).is_some_and(|hash| hash.len() == 32)
        } else {
            fields.record_id == id
        };
        assert!(matches, "{extra}: {}", fields.record_id);
        assert_eq!(fields.call_group.as_deref(), group, "{extra}");
    };
    check(r#","1795313620.30""#, "1795313620.30~", None);
    check(r#","1795313620.30","note""#, "1795313620.30~", None);
    check(r#","acme","1795313620.30",5"#, "1795313620.30#5", Some("1795313620.30"));
    check(r#","1795313620.30","acme","1795313620.29",5"#, "1795313620.30#5", Some("1795313620.29"));
    let full = r#","1795313620.30","note","acme","1795313620.29",5"#;
    check(full, "1795313620.30#5", Some("1795313620.29"));
    let hashed = only(BASE).record_id;
    assert!(hashed.ends_with("~1") && hashed.len() == 34, "{hashed}");
}

// Ruling 17: hash of the row + ordinal among equal rows
#[test]
fn equal_rows_without_ids_are_counted() {
    let file = format!("{BASE}\n{BASE}\r\n{BASE}");
    let rows = rows(&ReadOptions::new(Format::AsteriskCsv), file.as_bytes());
    let ordinals: Vec<u32> = rows.iter().map(|row| row.raw.ordinal).collect();
    assert_eq!(ordinals, [1, 2, 3]);
    let records = records(Format::AsteriskCsv, &file);
    let hash = records[0].fields().record_id.trim_end_matches("~1");
    assert_eq!(records[2].fields().record_id, format!("{hash}~3"));
    let again = parse_row(&ReadOptions::new(Format::AsteriskCsv), &rows[2].raw.bytes, 3);
    assert_eq!(again, rows[2].row);
}

#[test]
fn named_columns_win() {
    let mut options = ReadOptions::new(Format::AsteriskCsv);
    let names = "accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,lastdata,start,\
                 answer,end,duration,billsec,disposition,amaflags,userfield";
    options.columns = Some(names.parse().expect("a layout"));
    let records = records_with(&options, &format!("{BASE},\"note\"\n"));
    assert!(records[0].fields().record_id.ends_with("~1"));
    let bad = rows(&options, BASE.as_bytes()).pop().expect("a row").row;
    let Row::Bad { code, reason } = bad else { panic!("not bad") };
    assert_eq!(code, "truncated");
    assert!(reason.ends_with("the row has 16 columns, 17 are named"), "{reason}");
    // A layout of cdr_custom, with microseconds.
    let names = "uniqueid,sequence,src,dst,dstchannel,start,answer,end,billsec,disposition";
    options.columns = Some(names.parse().expect("a layout"));
    let row = concat!(
        r#""17.30",5,"acme_101","+15015550100","PJSIP/c-1","#,
        r#"1795313620.787993,1795313620.825877,1795313623.335719,2.509842,"ANSWERED""#
    );
    let records = records_with(&options, row);
    assert_eq!(records[0].fields().talk_seconds, 3);
    assert_eq!(records[0].rated_at().to_string(), "2026-11-22T02:13:40.825877Z");
    let row = row.replace("1795313620.825877", "0.000000").replace("2.509842", "0.000000");
    let unanswered = records_with(&options, &row.replace("ANSWERED", "NO ANSWER"));
    assert_eq!(unanswered[0].fields().answered_at, None);
}

// MET-04: the disposition decides; busy rows may carry an answer stamp equal to the start
#[test]
fn dispositions_decide() {
    let check = |text: &str, expected: Disposition| {
        let fields = only(&base_with(&[("\"ANSWERED\"", &format!("{text:?}"))]));
        assert_eq!(fields.disposition, expected, "{text}");
        assert_eq!(fields.talk_seconds, 0, "{text}");
        assert_eq!(fields.answered_at, None, "{text}");
    };
    check("BUSY", Disposition::Busy);
    check("NO ANSWER", Disposition::NoAnswer);
    check("CANCEL", Disposition::NoAnswer);
    check("FAILED", Disposition::Failed);
    check("CONGESTION", Disposition::Failed);
    let odd = base_with(&[("\"ANSWERED\"", "\"MAYBE\"")]);
    assert_eq!(
        reason(Format::AsteriskCsv, &odd),
        r#"disposition: "MAYBE" is not one of Asterisk's"#
    );
}

// A3: stamps may lie one second further apart than the floored billsec
#[test]
fn floored_seconds_are_accepted() {
    let fields = only(&base_with(&[("02:13:43\",3,2,", "02:13:44\",4,2,")]));
    assert_eq!(fields.talk_seconds, 2);
    assert_eq!(fields.started_at.expect("given").to_string(), "2026-11-22T02:13:40Z");
    assert_eq!(fields.answered_at.expect("given").to_string(), "2026-11-22T02:13:41Z");
}

// Lesson 28, K12: local time of the switch, through the end of summer time
#[test]
fn local_times_are_read_in_the_zone_of_the_switch() {
    let mut options = ReadOptions::new(Format::AsteriskCsv);
    options.zone = Some(Zone::parse("America/Chicago").expect("a zone"));
    let times = "2026-11-22 02:13:40\",\"2026-11-22 02:13:41\",\"2026-11-22 02:13:43\",3,2,";
    let winter = records_with(&options, BASE);
    assert_eq!(winter[0].fields().ended_at.to_string(), "2026-11-22T08:13:43Z");
    let changed = "2026-11-01 01:59:00\",\"2026-11-01 01:59:30\",\"2026-11-01 01:01:30\",150,120,";
    let across = records_with(&options, &base_with(&[(times, changed)]));
    let fields = across[0].fields();
    assert_eq!(fields.started_at.expect("given").to_string(), "2026-11-01T06:59:00Z");
    assert_eq!(fields.answered_at.expect("given").to_string(), "2026-11-01T06:59:30Z");
    assert_eq!(fields.ended_at.to_string(), "2026-11-01T07:01:30Z");
}

#[test]
fn quoted_commas_quotes_and_line_ends_stay_in_their_cell() {
    let dial = r#""PJSIP/+15015550100@carrier,60,gL(3600000)""#;
    let file = format!(
        "{}\n{}\n",
        base_with(&[(dial, "\"a \"\"b\"\", c\nd\r\ne\"")]),
        base_with(&[("\"+15015550100\"", "\"00\"\"1\"")]),
    );
    assert_eq!(codes(Format::AsteriskCsv, file.as_bytes()), [(1, "ok"), (4, "ok")]);
    let records = records(Format::AsteriskCsv, &file);
    assert_eq!(records[1].fields().to, "00\"1");
}

#[test]
fn wrong_values_are_named() {
    let check = |changes: &[(&str, &str)], code: &str, reason: &str| {
        let row = base_with(changes) + "\n";
        assert_eq!(codes(Format::AsteriskCsv, row.as_bytes()), [(1, code)], "{changes:?}");
        assert_eq!(super::reason(Format::AsteriskCsv, &row), reason);
    };
    let end = "\"2026-11-22 02:13:43\"";
    check(&[(end, "")], "missing_field", "ended_at is missing");
    check(&[("\"2026-11-22 02:13:41\"", "")], "missing_field", "answered_at is missing");
    let shape = "is not a time like 2026-05-10 12:00:00";
    check(
        &[(end, "\"22.11.2026\"")],
        "invalid_field",
        &format!("ended_at: \"22.11.2026\" {shape}"),
    );
    check(
        &[("\"2026-11-22", "\"1970-01-01")],
        "invalid_field",
        "started_at: 1970-01-01T02:13:40Z is not between 1990 and 2200",
    );
    check(
        &[("\"2026-11-22", "\"9999-06-30")],
        "invalid_field",
        "started_at: 9999-06-30T02:13:40Z is not between 1990 and 2200",
    );
    check(
        &[(",3,2,", ",3,-2,")],
        "absurd_duration",
        "talk_seconds of -2 s is absurd: it is negative",
    );
    check(
        &[(",3,2,", ",3,99999999999999999999,")],
        "invalid_field",
        "talk_seconds: \"99999999999999999999\" is too large",
    );
    check(
        &[(",3,2,", ",3,two,")],
        "invalid_field",
        "talk_seconds: \"two\" is not a decimal number",
    );
    check(&[(",3,2,", ",x,2,")], "invalid_field", "duration: \"x\" is not a decimal number");
    check(&[("02:13:40", "02:14:40")], "end_before_start", "answered_at lies before started_at");
    check(&[("\"+15015550100\"", "\"\"")], "missing_field", "to is missing");
    check(
        &[("\"+15015550100\"", &format!("{:?}", "9".repeat(300)))],
        "field_too_long",
        "to is longer than 255 bytes",
    );
    let row = format!("{BASE},\"17.1\",\"\",\"acme\",\"17.1\",five\n");
    let why = "sequence: \"five\" is not a number";
    assert_eq!(super::reason(Format::AsteriskCsv, &row), why);
}
