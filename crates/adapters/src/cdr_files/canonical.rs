//! Our own record, as NDJSON and CSV (ruling 18).
//!
//! Decided here: the fields there are and no others; which of them must be given; times have an
//! offset; a record without an answer has no talk time. Both formats meet in [`CanonicalTexts`],
//! so that they cannot come to differ.

use std::{borrow::Cow, str};

use domain::{
    cdr::{CallRecord, Direction, Disposition, Leg, RecordFields},
    time::Timestamp,
};

use super::{
    cells::Cells,
    decimals,
    faults::{RowFault, invalid, missing, shown},
    json::{self, Unknown},
};

/// The fields of a record, in the order of the documentation.
pub const CANONICAL_FIELDS: [&str; 16] = [
    "record_id",
    "leg",
    "call_group",
    "direction",
    "from",
    "to",
    "account",
    "extension",
    "started_at",
    "answered_at",
    "ended_at",
    "talk_seconds",
    "hold_seconds",
    "disposition",
    "hangup_cause",
    "recording_url",
];

/// Places in [`CANONICAL_FIELDS`].
mod place {
    pub(super) const RECORD_ID: usize = 0;
    pub(super) const LEG: usize = 1;
    pub(super) const CALL_GROUP: usize = 2;
    pub(super) const DIRECTION: usize = 3;
    pub(super) const FROM: usize = 4;
    pub(super) const TO: usize = 5;
    pub(super) const ACCOUNT: usize = 6;
    pub(super) const EXTENSION: usize = 7;
    pub(super) const STARTED_AT: usize = 8;
    pub(super) const ANSWERED_AT: usize = 9;
    pub(super) const ENDED_AT: usize = 10;
    pub(super) const TALK_SECONDS: usize = 11;
    pub(super) const HOLD_SECONDS: usize = 12;
    pub(super) const DISPOSITION: usize = 13;
    pub(super) const HANGUP_CAUSE: usize = 14;
    pub(super) const RECORDING_URL: usize = 15;
}

/// The texts of one record; `None` where a field is not given.
struct CanonicalTexts<'a>([Option<Cow<'a, str>>; CANONICAL_FIELDS.len()]);

impl CanonicalTexts<'_> {
    fn get(&self, place: usize) -> Option<&str> {
        self.0[place].as_deref()
    }
    /// A field that has a value, and not an empty one.
    fn filled(&self, place: usize) -> Option<&str> {
        self.get(place).filter(|text| !text.is_empty())
    }
    fn owned(&self, place: usize) -> Option<String> {
        self.filled(place).map(str::to_owned)
    }
    fn required(&self, place: usize) -> Result<String, RowFault> {
        self.get(place).map(str::to_owned).ok_or(missing(CANONICAL_FIELDS[place]))
    }
    fn parsed<T>(
        &self,
        place: usize,
        what: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, RowFault> {
        let Some(text) = self.filled(place) else { return Ok(None) };
        let why = || invalid(CANONICAL_FIELDS[place], text, what);
        parse(text).map(Some).ok_or_else(why)
    }
    fn instant(&self, place: usize) -> Result<Option<Timestamp>, RowFault> {
        let what = "is not an RFC 3339 time with an offset";
        self.parsed(place, what, |text| Timestamp::parse(text).ok())
    }
    fn seconds(&self, place: usize) -> Result<Option<i64>, RowFault> {
        let seconds = |text| decimals::seconds_up(CANONICAL_FIELDS[place], text);
        self.filled(place).map(seconds).transpose()
    }

    fn record(&self) -> Result<CallRecord, RowFault> {
        let ended_at = self.instant(place::ENDED_AT)?.ok_or(missing("ended_at"))?;
        let mut fields = RecordFields::new(
            self.required(place::RECORD_ID)?,
            self.required(place::FROM)?,
            self.required(place::TO)?,
            ended_at,
        );
        let leg = |text: &str| match text {
            "a" => Some(Leg::A),
            "b" => Some(Leg::B),
            _ => None,
        };
        fields.leg = self.parsed(place::LEG, "is neither a nor b", leg)?.unwrap_or_default();
        let what = "is not inbound, outbound or internal";
        fields.direction = self.parsed(place::DIRECTION, what, Direction::parse)?;
        fields.call_group = self.owned(place::CALL_GROUP);
        fields.account = self.owned(place::ACCOUNT);
        fields.extension = self.owned(place::EXTENSION);
        fields.hangup_cause = self.owned(place::HANGUP_CAUSE);
        fields.recording_url = self.owned(place::RECORDING_URL);
        fields.started_at = self.instant(place::STARTED_AT)?;
        fields.hold_seconds = self.seconds(place::HOLD_SECONDS)?.unwrap_or(0);
        self.answer(&mut fields)?;
        CallRecord::try_new(fields).map_err(RowFault::from)
    }

    fn answer(&self, fields: &mut RecordFields) -> Result<(), RowFault> {
        let answered_at = self.instant(place::ANSWERED_AT)?;
        let what = "is not answered, no_answer, busy or failed";
        let given = self.parsed(place::DISPOSITION, what, Disposition::parse)?;
        let talk = self.seconds(place::TALK_SECONDS)?;
        fields.answered_at = answered_at;
        fields.disposition = given.unwrap_or(if answered_at.is_some() {
            Disposition::Answered
        } else {
            Disposition::NoAnswer
        });
        let answered = fields.disposition == Disposition::Answered;
        // Talk without an answer contradicts itself; guessing either way costs somebody money.
        if answered_at.is_none() && (answered || talk.is_some_and(|talk| talk > 0)) {
            return Err(missing("answered_at"));
        }
        fields.talk_seconds = match (talk, answered_at) {
            (Some(talk), _) => talk,
            (None, Some(at)) if answered => decimals::seconds_between(at, fields.ended_at),
            (None, _) => 0,
        };
        Ok(())
    }
}

/// The record of a line of NDJSON.
pub(super) fn parse_json(row: &[u8]) -> Result<CallRecord, RowFault> {
    let values = json::object(json::row_text(row)?, &CANONICAL_FIELDS, Unknown::Refuse)?;
    let mut texts = CanonicalTexts(Default::default());
    for (place, value) in values.into_iter().enumerate() {
        let is_number = matches!(place, place::TALK_SECONDS | place::HOLD_SECONDS);
        let read = if is_number { json::string_or_number } else { json::string };
        texts.0[place] = read(CANONICAL_FIELDS[place], value)?;
    }
    texts.record()
}

/// The columns of a CSV file: each names its field.
#[derive(Debug, Clone)]
pub(super) struct CsvHeader {
    /// Places in [`CANONICAL_FIELDS`], from left to right.
    places: Vec<usize>,
}

/// Why a file is not a CSV file of call records. Nothing in it can be read then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The first row cannot be taken apart.
    #[error("the header line cannot be read: {0}")]
    Unreadable(String),
    /// A column is no field of ours.
    #[error("the header line names {0}, which is not a field of a call record")]
    Unknown(String),
    /// A column is there twice.
    #[error("the header line names {0} twice")]
    Twice(&'static str),
    /// A required column is not there.
    #[error("the header line does not name {0}, which every call record needs")]
    Missing(&'static str),
}

impl CsvHeader {
    /// Reads the header line.
    pub(super) fn parse(cells: Cells<'_>) -> Result<Self, HeaderError> {
        let mut places = Vec::with_capacity(CANONICAL_FIELDS.len());
        for index in 0..cells.count() {
            let name = cells.bytes(index);
            let known = CANONICAL_FIELDS.iter().position(|field| field.as_bytes() == &*name);
            let Some(place) = known else { return Err(HeaderError::Unknown(shown(&name))) };
            if places.contains(&place) {
                return Err(HeaderError::Twice(CANONICAL_FIELDS[place]));
            }
            places.push(place);
        }
        let required = [place::RECORD_ID, place::FROM, place::TO, place::ENDED_AT];
        match required.into_iter().find(|place| !places.contains(place)) {
            Some(place) => Err(HeaderError::Missing(CANONICAL_FIELDS[place])),
            None => Ok(Self { places }),
        }
    }
    /// The field of the last column.
    pub(super) fn last_field(&self) -> Option<&'static str> {
        self.places.last().map(|place| CANONICAL_FIELDS[*place])
    }
    /// The record of a row below this header.
    pub(super) fn parse_row(&self, cells: Cells<'_>) -> Result<CallRecord, RowFault> {
        if memchr::memchr(0, cells.row()).is_some() {
            return Err(RowFault::NulByte);
        }
        let found = cells.count();
        if found != self.places.len() {
            let expected = format!("the header line has {}", self.places.len());
            return Err(RowFault::WrongColumnCount { found, expected });
        }
        let mut texts = CanonicalTexts(Default::default());
        for (index, place) in self.places.iter().enumerate() {
            texts.0[*place] = Some(cells.text(index, CANONICAL_FIELDS[*place])?);
        }
        texts.record()
    }
}
