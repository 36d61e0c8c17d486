//! What documents of FreeSWITCH mean.

use domain::cdr::{Disposition, Leg, RecordFields};

use super::{Format, codes, reason, record, records};

/// The calling leg of a bridged call, with URL-encoded values.
const A_LEG: &str = include_str!("../../../tests/data/freeswitch_a_leg.json").trim_ascii_end();

/// The called leg of the same call, with plain values.
const B_LEG: &str = include_str!("../../../tests/data/freeswitch_b_leg.json").trim_ascii_end();

fn only(document: &str) -> RecordFields {
    record(Format::FreeswitchJson, document)
}

fn changed(from: &str, to: &str) -> RecordFields {
    assert!(A_LEG.contains(from), "{from}");
    only(&A_LEG.replace(from, to))
}

// MET-02, ruling 18: billmsec rounded up; hold apart; numbers from the call flow
#[test]
fn a_document_becomes_a_record() {
    let fields = only(A_LEG);
    assert_eq!(fields.record_id, "aaaa");
    assert_eq!(fields.leg, Leg::A);
    assert_eq!((fields.talk_seconds, fields.hold_seconds), (68, 7));
    assert_eq!(fields.disposition, Disposition::Answered);
    assert_eq!((fields.from.as_str(), fields.to.as_str()), ("+15015550111", "+15015550100"));
    assert_eq!(fields.account.as_deref(), Some("acme-east"));
    assert_eq!(fields.extension.as_deref(), Some("acme_101"));
    assert_eq!(fields.hangup_cause.as_deref(), Some("NORMAL_CLEARING"));
    assert_eq!(fields.answered_at.expect("given").to_string(), "2026-05-10T12:00:05.3Z");
    assert_eq!(fields.ended_at.to_string(), "2026-05-10T12:01:12.84Z");
    // The switch's view of a leg says nothing about the tenant.
    assert_eq!(fields.direction, None);
}

// Ruling 16: both legs of a bridge share one group
#[test]
fn both_legs_of_a_bridge_share_a_group() {
    let (a, b) = (only(A_LEG), only(B_LEG));
    assert_eq!((a.leg, b.leg), (Leg::A, Leg::B));
    assert_eq!(b.extension.as_deref(), Some("102"));
    assert_eq!(a.call_group.as_deref(), Some("aaaa"));
    assert_eq!(b.call_group.as_deref(), Some("aaaa"));
    // A switch that does not hand call_uuid on, or has none.
    let own = only(&B_LEG.replace(r#""call_uuid":"aaaa""#, r#""call_uuid":"bbbb""#));
    assert_eq!((own.leg, own.call_group.as_deref()), (Leg::B, Some("aaaa")));
    let none = only(&B_LEG.replace(r#""call_uuid":"aaaa","#, ""));
    assert_eq!((none.leg, none.call_group.as_deref()), (Leg::B, Some("aaaa")));
    let bare = B_LEG
        .replace(r#""call_uuid":"aaaa","#, "")
        .replace(r#""originating_leg_uuid":"aaaa","#, "");
    assert_eq!(only(&bare).call_group.as_deref(), Some("aaaa"));
    let a_bare = changed(r#""call_uuid":"aaaa","#, "");
    assert_eq!(a_bare.call_group.as_deref(), Some("aaaa"));
    // A leg that inherited its call from an earlier one, and the leg it made in turn.
    let inherited = changed(r#""call_uuid":"aaaa""#, r#""call_uuid":"xxxx""#);
    assert_eq!((inherited.leg, inherited.call_group.as_deref()), (Leg::A, Some("xxxx")));
    let child = only(&B_LEG.replace(r#""call_uuid":"aaaa""#, r#""call_uuid":"xxxx""#));
    assert_eq!(child.call_group.as_deref(), Some("xxxx"));
}

// MET-04: answer 0 = never answered
#[test]
fn without_an_answer_the_cause_tells() {
    let check = |cause: &str, expected: Disposition| {
        let document = A_LEG
            .replace("\"1778414405\"", "\"0\"")
            .replace("\"1778414405300000\"", "\"0\"")
            .replace("NORMAL_CLEARING", cause);
        let fields = only(&document);
        assert_eq!(fields.disposition, expected, "{cause}");
        assert_eq!((fields.talk_seconds, fields.answered_at), (0, None), "{cause}");
    };
    check("USER_BUSY", Disposition::Busy);
    check("NO_ANSWER", Disposition::NoAnswer);
    check("ORIGINATOR_CANCEL", Disposition::NoAnswer);
    check("NORMAL_CLEARING", Disposition::NoAnswer);
    check("UNALLOCATED_NUMBER", Disposition::Failed);
    check("NORMAL_TEMPORARY_FAILURE", Disposition::Failed);
}

#[test]
fn seconds_and_microseconds_are_never_mixed() {
    let fields = changed(r#""answer_uepoch":"1778414405300000","#, "");
    assert_eq!(fields.answered_at.expect("given").to_string(), "2026-05-10T12:00:05Z");
    assert_eq!(fields.ended_at.to_string(), "2026-05-10T12:01:13Z");
    let fields = changed(r#""billmsec":"67540","#, "");
    assert_eq!(fields.talk_seconds, 68);
    let neither = A_LEG.replace(r#""billsec":"68","billmsec":"67540","#, "");
    assert_eq!(only(&neither).talk_seconds, 68);
    let number = changed(r#""billmsec":"67540""#, r#""billmsec":67001"#);
    assert_eq!(number.talk_seconds, 68);
}

#[test]
fn documents_come_in_any_arrangement() {
    let pretty: serde_json::Value = serde_json::from_str(B_LEG).expect("JSON");
    let pretty = serde_json::to_string_pretty(&pretty).expect("JSON");
    let form: String = A_LEG
        .bytes()
        .map(|byte| match byte {
            b' ' => "+".to_owned(),
            b'a'..=b'z' => char::from(byte).to_string(),
            other => format!("%{other:02x}"),
        })
        .collect();
    let expected = records(Format::FreeswitchJson, &format!("{A_LEG}\n{B_LEG}\n"));
    for file in [
        format!("{A_LEG}{B_LEG}"),
        format!("[{A_LEG},{B_LEG}]"),
        format!("[\n  {A_LEG},\n  {B_LEG}\n]\n"),
        format!("{A_LEG}\r\n\r\n{pretty}\r\n"),
        format!("\u{feff}{A_LEG}\n{pretty}"),
        format!("cdr={form}\n{B_LEG}"),
        format!("{A_LEG}\ncdr={pretty}").replace("\n ", " ").replace("\n}", "}"),
    ] {
        assert_eq!(records(Format::FreeswitchJson, &file), expected, "{file}");
    }
}

// One broken document costs only itself
#[test]
fn a_broken_document_costs_only_itself() {
    let check = |file: &str, expected: &[(u64, &'static str)]| {
        assert_eq!(codes(Format::FreeswitchJson, file.as_bytes()), expected, "{file}");
    };
    let pretty: serde_json::Value = serde_json::from_str(B_LEG).expect("JSON");
    let pretty = serde_json::to_string_pretty(&pretty).expect("JSON");
    let lines = pretty.lines().count() as u64;
    for cut in [30, 105, 200, A_LEG.len() - 1] {
        let cut = &A_LEG[..cut];
        check(&format!("{cut}\n{B_LEG}\n"), &[(1, "malformed_json"), (2, "ok")]);
        check(&format!("{B_LEG}\n{cut}"), &[(1, "ok"), (2, "truncated")]);
        check(
            &format!("{cut}\n{pretty}\n{B_LEG}"),
            &[(1, "malformed_json"), (2, "ok"), (2 + lines, "ok")],
        );
        check(&format!("[\n {cut}\n ,\n {B_LEG}\n]"), &[(2, "malformed_json"), (4, "ok")]);
    }
    check(&format!("noise\nmore\n{B_LEG}"), &[(1, "malformed_json"), (3, "ok")]);
    check(&format!("{B_LEG} noise\n{B_LEG}"), &[(1, "ok"), (1, "malformed_json"), (2, "ok")]);
    let deep = format!("{}{}", "{\"a\":".repeat(40), "}".repeat(40));
    check(&format!("{deep}\n{B_LEG}"), &[(1, "malformed_json"), (2, "ok")]);
    let huge = format!("{{\"x\":\"{}\"}}", "x".repeat(2_000_000));
    check(&format!("{B_LEG}\n{huge}\n{B_LEG}"), &[(1, "ok"), (2, "row_too_long"), (3, "ok")]);
    // Cut off where a value is due: what follows reads as its inside, up to the end.
    check(&format!("{{\"callflow\":[\n{B_LEG}\n"), &[(1, "malformed_json"), (2, "ok")]);
}

#[test]
fn missing_and_wrong_values_are_named() {
    let check = |from: &str, to: &str, expected: &str| {
        assert!(A_LEG.contains(from), "{from}");
        assert_eq!(reason(Format::FreeswitchJson, &A_LEG.replace(from, to)), expected);
    };
    check(r#""uuid":"aaaa","call"#, r#""call"#, "uuid is missing");
    check("variables", "variants", "variables is missing");
    check(
        r#""end_epoch":"1778414473","end_uepoch":"1778414472840000","#,
        "",
        "end_epoch is missing",
    );
    check(
        r#""billmsec":"67540""#,
        r#""billmsec":"-67540""#,
        "talk_seconds of -68 s is absurd: it is negative",
    );
    check(
        r#""billmsec":"67540""#,
        r#""billmsec":"lots""#,
        "billmsec: \"lots\" is not a decimal number",
    );
    check(
        r#""uuid":"aaaa","call"#,
        r#""uuid":["aaaa"],"call"#,
        "uuid: \"[\\\"aaaa\\\"]\" is neither a string nor a number",
    );
    check(r#""billsec":"68""#, r#""uuid":"again""#, "uuid is given twice");
    check("1778414472840000", "1778414402840000", "ended_at lies before answered_at");
}
