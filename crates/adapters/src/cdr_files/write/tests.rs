//! What is written reads back.

use domain::{
    cdr::{CallRecord, Disposition, Leg},
    time::{Timestamp, Zone},
};
use proptest::prelude::*;

use super::{super::*, AsteriskRow, FreeswitchCdr, FreeswitchLeg};

fn read_back(options: &ReadOptions, file: &str) -> Vec<CallRecord> {
    let meaning = |row: std::io::Result<ParsedRow>| match row.expect("readable").row {
        Row::Record(record) => *record,
        Row::Bad { reason, .. } => panic!("{reason}: {file}"),
    };
    RowReader::new(file.as_bytes(), options).map(meaning).collect()
}

/// Any text a switch may hold, quotes and commas included.
fn text() -> impl Strategy<Value = String> {
    prop::string::string_regex("[ -~é\"]{0,20}").expect("a pattern")
}

fn number() -> impl Strategy<Value = String> {
    prop::string::string_regex("\\+?[0-9]{3,15}").expect("a pattern")
}

fn asterisk_row<'a>(texts: &'a [String], numbers: &'a [String]) -> AsteriskRow<'a> {
    let start = Timestamp::from_seconds(1_778_414_400);
    AsteriskRow {
        accountcode: &texts[0],
        src: &numbers[0],
        dst: &numbers[1],
        dcontext: "from-endpoint",
        clid: &texts[1],
        channel: "PJSIP/acme_101-00000004",
        dstchannel: "PJSIP/carrier-00000005",
        lastapp: "Dial",
        lastdata: &texts[2],
        start,
        answer: None,
        end: start,
        disposition: "NO ANSWER",
        uniqueid: "1795313620.30",
        userfield: &texts[3],
        peeraccount: "acme",
        linkedid: "1795313620.29",
        sequence: 7,
    }
}

#[test]
fn an_asterisk_row_looks_like_asterisks_own() {
    let sample = include_str!("../../../tests/data/asterisk_Master.csv");
    let line = sample.split_inclusive('\n').nth(3).expect("a fourth line");
    let start = Timestamp::parse("2026-11-22T02:13:40.8Z").expect("an instant");
    let row = AsteriskRow {
        accountcode: "acme",
        src: "acme_101",
        dst: "+15015550100",
        dcontext: "from-endpoint",
        clid: "\"acme_101\" <acme_101>",
        channel: "PJSIP/acme_101-00000004",
        dstchannel: "PJSIP/carrier-00000005",
        lastapp: "Dial",
        lastdata: "PJSIP/+15015550100@carrier,60,gL(3600000)",
        start,
        answer: Some(start),
        end: Timestamp::parse("2026-11-22T02:13:43.3Z").expect("an instant"),
        disposition: "ANSWERED",
        uniqueid: "1795313620.30",
        userfield: "",
        peeraccount: "acme",
        linkedid: "1795313620.30",
        sequence: 5,
    };
    let mut file = String::new();
    row.append_to(&mut file, &Zone::UTC);
    assert_eq!(file, line);
}

proptest! {
    #[test]
    fn asterisk_rows_read_back(
        texts in prop::collection::vec(text(), 4),
        numbers in prop::collection::vec(number(), 2),
        ring in 0..120_000_000i64,
        talk in prop::option::of(0..36_000_000_000i64),
        zone in prop::sample::select(vec!["UTC", "America/Chicago", "Asia/Kathmandu"]),
    ) {
        let zone = Zone::parse(zone).expect("a zone");
        let mut row = asterisk_row(&texts, &numbers);
        let answer = Timestamp::from_micros(row.start.micros() + ring);
        row.end = Timestamp::from_micros(answer.micros() + talk.unwrap_or(0));
        if talk.is_some() {
            (row.answer, row.disposition) = (Some(answer), "ANSWERED");
        }
        let mut file = String::new();
        row.append_to(&mut file, &zone);
        let mut options = ReadOptions::new(Format::AsteriskCsv);
        options.zone = Some(zone);
        let records = read_back(&options, &file);
        prop_assert_eq!(records.len(), 1);
        let (record, fields) = (&records[0], records[0].fields());
        prop_assert_eq!((fields.from.as_str(), fields.to.as_str()), (row.src, row.dst));
        prop_assert_eq!(&fields.record_id, "1795313620.30#7");
        let account = if row.accountcode.is_empty() { "acme" } else { row.accountcode };
        prop_assert_eq!(fields.account.as_deref(), Some(account));
        prop_assert_eq!(i64::from(record.billable_seconds()), talk.unwrap_or(0) / 1_000_000);
        let second = |at: Timestamp| at.micros().div_euclid(1_000_000);
        prop_assert_eq!(second(fields.ended_at), second(row.end));
        prop_assert_eq!(fields.answered_at.map(second), row.answer.map(second));
    }

    #[test]
    fn freeswitch_documents_read_back(
        texts in prop::collection::vec(text(), 2),
        numbers in prop::collection::vec(number(), 2),
        ring in 0..120_000_000i64,
        talk in prop::option::of(0..36_000_000_000i64),
        hold_seconds in 0..60u32,
    ) {
        let start = Timestamp::from_seconds(1_778_414_400);
        let answer = Timestamp::from_micros(start.micros() + ring);
        let calling = FreeswitchCdr {
            uuid: "aaaa",
            leg: FreeswitchLeg::Calling { bridged_to: Some("bbbb") },
            accountcode: &texts[0],
            user: &texts[1],
            caller_id_number: &numbers[0],
            destination_number: &numbers[1],
            start,
            answer: talk.map(|_| answer),
            end: Timestamp::from_micros(answer.micros() + talk.unwrap_or(0)),
            hold_seconds,
            hangup_cause: if talk.is_some() { "NORMAL_CLEARING" } else { "USER_BUSY" },
        };
        let called = FreeswitchCdr {
            uuid: "bbbb",
            leg: FreeswitchLeg::Called { originated_by: "aaaa" },
            ..calling.clone()
        };
        let mut file = String::new();
        calling.append_to(&mut file);
        called.append_to(&mut file);
        let records = read_back(&ReadOptions::new(Format::FreeswitchJson), &file);
        prop_assert_eq!(records.len(), 2);
        let fields = records[0].fields();
        prop_assert_eq!((fields.from.as_str(), fields.to.as_str()), (&*numbers[0], &*numbers[1]));
        prop_assert_eq!(fields.account.as_deref().unwrap_or(""), &texts[0]);
        prop_assert_eq!(fields.extension.as_deref().unwrap_or(""), &texts[1]);
        prop_assert_eq!((fields.answered_at, fields.ended_at), (calling.answer, calling.end));
        // Written in whole milliseconds, billed in whole seconds rounded up.
        let expected = talk.map_or(0, |talk| (talk / 1_000 + 999) / 1_000);
        prop_assert_eq!(fields.talk_seconds, expected);
        prop_assert_eq!(fields.disposition == Disposition::Answered, talk.is_some());
        prop_assert_eq!(fields.hold_seconds, i64::from(hold_seconds));
        prop_assert_eq!(records[1].fields().leg, Leg::B);
        prop_assert_eq!(&records[1].fields().call_group, &fields.call_group);
    }
}
