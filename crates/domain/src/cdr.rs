//! Call detail records: one canonical form, and why a record is refused.
//!
//! Decided here: which fields a record has, whatever switch wrote it (ruling 18), which values are
//! absurd, and what makes two deliveries of one record equal. A [`CallRecord`] exists only through
//! [`CallRecord::try_new`], so every one in the system has ordered instants and bounded texts.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::time::Timestamp;

/// Which side of a two-leg switch wrote the record.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Leg {
    /// The calling side.
    #[default]
    A,
    /// The called side.
    B,
}

impl Leg {
    /// `a` or `b`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }
}

/// Which way a call runs, seen from the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the outside to the tenant.
    Inbound,
    /// From the tenant to the outside.
    Outbound,
    /// Between extensions or numbers of one tenant; never billed.
    Internal,
}

impl Direction {
    /// `inbound`, `outbound` or `internal`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
            Self::Internal => "internal",
        }
    }
    /// The direction with this name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "inbound" => Some(Self::Inbound),
            "outbound" => Some(Self::Outbound),
            "internal" => Some(Self::Internal),
            _ => None,
        }
    }
}

/// How a call ended, in one vocabulary for all switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Somebody answered.
    Answered,
    /// Nobody answered, or the caller gave up.
    NoAnswer,
    /// The called side was busy.
    Busy,
    /// The call could not be completed.
    Failed,
}

impl Disposition {
    /// `answered`, `no_answer`, `busy` or `failed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Failed => "failed",
        }
    }
    /// The disposition with this name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "answered" => Some(Self::Answered),
            "no_answer" => Some(Self::NoAnswer),
            "busy" => Some(Self::Busy),
            "failed" => Some(Self::Failed),
            _ => None,
        }
    }
}

/// What a parser found in one record, before it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFields {
    /// The source's own id of the record; unique per source and leg.
    pub record_id: String,
    /// Which side wrote it.
    pub leg: Leg,
    /// What all legs of one call share.
    pub call_group: Option<String>,
    /// Given by the source, or derived from the owner later.
    pub direction: Option<Direction>,
    /// The calling number or endpoint, as sent.
    pub from: String,
    /// The called number or endpoint, as dialled.
    pub to: String,
    /// Tenant id, SIP prefix or account code.
    pub account: Option<String>,
    /// The tenant's extension that took part.
    pub extension: Option<String>,
    /// When it began to ring.
    pub started_at: Option<Timestamp>,
    /// When it was answered; absent for an unanswered call.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Talk time in whole seconds, already rounded up.
    pub talk_seconds: i64,
    /// Hold by the tenant's side in whole seconds, not billed (MET-02).
    pub hold_seconds: i64,
    /// How it ended.
    pub disposition: Disposition,
    /// The switch's own word for why it ended.
    pub hangup_cause: Option<String>,
    /// Where a recording can be fetched.
    pub recording_url: Option<String>,
    /// Whether the switch's row stands for a call at all: an Asterisk row without a second channel
    /// does not. Such rows are kept and never billed.
    pub is_call: bool,
}

impl RecordFields {
    /// An unanswered call between two parties, to be completed by a parser.
    pub fn new(record_id: String, from: String, to: String, ended_at: Timestamp) -> Self {
        Self {
            record_id,
            leg: Leg::A,
            call_group: None,
            direction: None,
            from,
            to,
            account: None,
            extension: None,
            started_at: None,
            answered_at: None,
            ended_at,
            talk_seconds: 0,
            hold_seconds: 0,
            disposition: Disposition::NoAnswer,
            hangup_cause: None,
            recording_url: None,
            is_call: true,
        }
    }
}

/// A checked call record: see [`RecordFields`] for its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    fields: RecordFields,
    content_hash: u128,
}

/// Longest accepted text of one field, in bytes. Real ones are under 100; more is noise or abuse.
pub const MAX_TEXT_BYTES: usize = 255;
/// Longest accepted recording URL, in bytes.
pub const MAX_URL_BYTES: usize = 2_000;
/// Longest accepted call: a week. Longer ones are stuck channels, not conversations.
pub const MAX_CALL_SECONDS: i64 = 7 * 86_400;
/// How much longer than end - start the talk time may claim to be: switches round and floor.
const CLOCK_SLACK_SECONDS: i64 = 2;

impl CallRecord {
    /// Checks the fields of a record.
    pub fn try_new(fields: RecordFields) -> Result<Self, RecordError> {
        check_texts(&fields)?;
        check_times(&fields)?;
        let content_hash = content_hash(&fields);
        Ok(Self { fields, content_hash })
    }
    /// The checked fields.
    pub fn fields(&self) -> &RecordFields {
        &self.fields
    }
    /// Equal for two deliveries of the same content, whatever their formatting.
    pub fn content_hash(&self) -> u128 {
        self.content_hash
    }
    /// Talk minus the tenant's own holds, never below zero (F-01).
    pub fn billable_seconds(&self) -> u32 {
        if self.fields.disposition != Disposition::Answered || !self.fields.is_call {
            return 0;
        }
        let seconds = (self.fields.talk_seconds - self.fields.hold_seconds).max(0);
        u32::try_from(seconds).expect("a week of seconds fits")
    }
    /// The answer instant that chooses rates; the end for calls nobody answered.
    pub fn rated_at(&self) -> Timestamp {
        self.fields.answered_at.unwrap_or(self.fields.ended_at)
    }
}

/// Why a record's values cannot be a call. Each names the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A required field is empty.
    #[error("{field} is missing")]
    Missing {
        /// The canonical field name.
        field: &'static str,
    },
    /// A field has more bytes than any real one.
    #[error("{field} is longer than {limit} bytes")]
    TooLong {
        /// The canonical field name.
        field: &'static str,
        /// The most bytes accepted.
        limit: usize,
    },
    /// A field's text is not a value of its kind.
    #[error("{field}: {why}")]
    Invalid {
        /// The canonical field name.
        field: &'static str,
        /// What is wrong with which value.
        why: String,
    },
    /// One instant lies before another that must come first.
    #[error("{later} lies before {earlier}")]
    OutOfOrder {
        /// The instant that must come first.
        earlier: &'static str,
        /// The instant that lies before it.
        later: &'static str,
    },
    /// A duration is negative, longer than a week, or longer than the call.
    #[error("{field} of {seconds} s is absurd: {why}")]
    AbsurdDuration {
        /// The canonical field name.
        field: &'static str,
        /// The claimed duration.
        seconds: i64,
        /// Against which bound.
        why: &'static str,
    },
}

impl RecordError {
    /// The stable code of this reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "missing_field",
            Self::TooLong { .. } => "field_too_long",
            Self::Invalid { .. } => "invalid_field",
            Self::OutOfOrder { .. } => "end_before_start",
            Self::AbsurdDuration { .. } => "absurd_duration",
        }
    }
}

fn check_texts(fields: &RecordFields) -> Result<(), RecordError> {
    for (field, text) in
        [("record_id", &fields.record_id), ("from", &fields.from), ("to", &fields.to)]
    {
        check_text(field, text, MAX_TEXT_BYTES)?;
    }
    // A withheld caller is a fact of life, so `from` may be empty.
    for (field, text) in [("record_id", &fields.record_id), ("to", &fields.to)] {
        if text.is_empty() {
            return Err(RecordError::Missing { field });
        }
    }
    let optional = [
        ("call_group", &fields.call_group, MAX_TEXT_BYTES),
        ("account", &fields.account, MAX_TEXT_BYTES),
        ("extension", &fields.extension, MAX_TEXT_BYTES),
        ("hangup_cause", &fields.hangup_cause, MAX_TEXT_BYTES),
        ("recording_url", &fields.recording_url, MAX_URL_BYTES),
    ];
    for (field, text, limit) in optional {
        if let Some(text) = text {
            check_text(field, text, limit)?;
        }
    }
    Ok(())
}

fn check_text(field: &'static str, text: &str, limit: usize) -> Result<(), RecordError> {
    if text.len() > limit {
        return Err(RecordError::TooLong { field, limit });
    }
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return Err(RecordError::Invalid { field, why: "has a control character".to_owned() });
    }
    Ok(())
}

fn check_times(fields: &RecordFields) -> Result<(), RecordError> {
    let instants = [
        ("started_at", fields.started_at),
        ("answered_at", fields.answered_at),
        ("ended_at", Some(fields.ended_at)),
    ];
    let mut before: Option<(&'static str, Timestamp)> = None;
    for (field, instant) in instants {
        let Some(instant) = instant else { continue };
        if !instant.is_plausible() {
            let why = format!("{instant} is not between 1990 and 2200");
            return Err(RecordError::Invalid { field, why });
        }
        if let Some((earlier, at)) = before
            && instant < at
        {
            return Err(RecordError::OutOfOrder { earlier, later: field });
        }
        before = Some((field, instant));
    }
    for (field, seconds) in
        [("talk_seconds", fields.talk_seconds), ("hold_seconds", fields.hold_seconds)]
    {
        if seconds < 0 {
            return Err(RecordError::AbsurdDuration { field, seconds, why: "it is negative" });
        }
        if seconds > MAX_CALL_SECONDS {
            let why = "it is longer than a week";
            return Err(RecordError::AbsurdDuration { field, seconds, why });
        }
    }
    let first = fields.answered_at.or(fields.started_at);
    if let Some(first) = first {
        let span = fields.ended_at.micros_since(first) / 1_000_000 + 1 + CLOCK_SLACK_SECONDS;
        if fields.talk_seconds > span {
            return Err(RecordError::AbsurdDuration {
                field: "talk_seconds",
                seconds: fields.talk_seconds,
                why: "it is longer than the call lasted",
            });
        }
    }
    Ok(())
}

/// 128 bits of SHA-256 over every field, each with its length.
fn content_hash(fields: &RecordFields) -> u128 {
    let mut hash = Sha256::new();
    let mut text = |value: &str| {
        hash.update((value.len() as u32).to_be_bytes());
        hash.update(value.as_bytes());
    };
    text(&fields.record_id);
    text(fields.leg.as_str());
    text(&fields.from);
    text(&fields.to);
    text(fields.direction.map_or("", Direction::as_str));
    for optional in [
        &fields.call_group,
        &fields.account,
        &fields.extension,
        &fields.hangup_cause,
        &fields.recording_url,
    ] {
        text(optional.as_deref().unwrap_or(""));
    }
    text(fields.disposition.as_str());
    for number in [
        fields.started_at.map_or(0, Timestamp::micros),
        fields.answered_at.map_or(0, Timestamp::micros),
        fields.ended_at.micros(),
        fields.talk_seconds,
        fields.hold_seconds,
        i64::from(fields.is_call),
    ] {
        hash.update(number.to_be_bytes());
    }
    let digest = hash.finalize();
    u128::from_be_bytes(digest[..16].try_into().expect("16 of 32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(talk: i64) -> RecordFields {
        let start = Timestamp::parse("2026-05-10T12:00:00Z").expect("an instant");
        let mut fields = RecordFields::new(
            "1".to_owned(),
            "+15015550100".to_owned(),
            "+15015550101".to_owned(),
            start.plus_seconds(100),
        );
        fields.started_at = Some(start);
        fields.answered_at = Some(start.plus_seconds(20));
        fields.disposition = Disposition::Answered;
        fields.talk_seconds = talk;
        fields
    }

    fn code(fields: RecordFields) -> &'static str {
        CallRecord::try_new(fields).expect_err("a refusal").code()
    }

    // MET-02 hold by the tenant's side is not billed, ring time neither
    #[test]
    fn holds_are_subtracted_and_never_below_zero() {
        let mut fields = answered(61);
        fields.hold_seconds = 10;
        assert_eq!(CallRecord::try_new(fields).expect("a record").billable_seconds(), 51);
        let mut fields = answered(5);
        fields.hold_seconds = 10;
        assert_eq!(CallRecord::try_new(fields).expect("a record").billable_seconds(), 0);
    }

    #[test]
    fn absurd_values_are_named() {
        assert_eq!(code(answered(-1)), "absurd_duration");
        assert_eq!(code(answered(700_000)), "absurd_duration");
        assert_eq!(code(answered(90)), "absurd_duration");
        let mut swapped = answered(10);
        swapped.ended_at = swapped.started_at.expect("set").plus_seconds(-1);
        assert_eq!(code(swapped), "end_before_start");
        let mut empty = answered(10);
        empty.to.clear();
        assert_eq!(code(empty), "missing_field");
        let mut long = answered(10);
        long.from = "9".repeat(300);
        assert_eq!(code(long), "field_too_long");
        let mut old = answered(10);
        (old.started_at, old.answered_at) = (None, None);
        old.ended_at = Timestamp::from_seconds(0);
        assert_eq!(code(old), "invalid_field");
    }

    // MET-04 a busy row that carries an answer stamp costs nothing: the disposition decides
    #[test]
    fn only_answered_calls_have_billable_time() {
        let mut fields = answered(30);
        fields.disposition = Disposition::Busy;
        assert_eq!(CallRecord::try_new(fields).expect("a record").billable_seconds(), 0);
    }

    #[test]
    fn content_decides_equality() {
        let one = CallRecord::try_new(answered(30)).expect("a record");
        let same = CallRecord::try_new(answered(30)).expect("a record");
        let other = CallRecord::try_new(answered(31)).expect("a record");
        assert_eq!(one.content_hash(), same.content_hash());
        assert_ne!(one.content_hash(), other.content_hash());
    }
}
