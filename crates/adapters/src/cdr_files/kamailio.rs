//! Dialog CDRs of Kamailio as NDJSON, one object per row of its `acc_cdrs` table.
//!
//! Decided here: the keys below are read, any other is passed over, for `cdr_extra` is free.
//!
//! | key | meaning |
//! |---|---|
//! | `call_id` | required; the call group, and with the tags the record id |
//! | `from_tag`, `to_tag` | part of the record id where they are given |
//! | `start_time`, `end_time` | local time in the switch's zone, RFC 3339, or epoch seconds |
//! | `duration` | decimal seconds, rounded up; else end − start |
//! | `tenant` | the account |
//! | `direction` | `inbound`, `outbound` or `internal`, seen from the tenant |
//! | `src`, `dst` | the numbers; the tenant's side is an extension where it is no number |
//! | `sip_code` | absent or 2xx: answered; 486, 600: busy; 408, 480, 487: no answer; else failed |
//! | `hangup` | who or what ended the call |
//!
//! The switch must run with `cdr_start_on_confirmed=1`: then the start is the answer, and ring
//! time is not billed (MET-02). Its times have no zone (K12).

use std::borrow::Cow;

use domain::{
    cdr::{CallRecord, Direction, Disposition, RecordFields},
    time::{Timestamp, Zone},
};

use super::{
    decimals,
    faults::{RowFault, invalid, missing},
    json::{self, Unknown},
    stamps::{CallStamps, Stamp, SwitchClock, Wall},
};

const KEYS: [&str; 12] = [
    "call_id",
    "from_tag",
    "to_tag",
    "start_time",
    "end_time",
    "duration",
    "tenant",
    "direction",
    "src",
    "dst",
    "sip_code",
    "hangup",
];

/// Reads the rows of one file.
#[derive(Debug)]
pub(super) struct KamailioRows {
    clock: SwitchClock,
}

impl KamailioRows {
    /// Rows of a switch in `zone`.
    pub(super) fn new(zone: Option<Zone>) -> Self {
        Self { clock: SwitchClock::new(zone) }
    }
    /// The record of a row.
    pub(super) fn parse(&mut self, row: &[u8]) -> Result<CallRecord, RowFault> {
        let values = json::object(json::row_text(row)?, &KEYS, Unknown::PassOver)?;
        let mut texts: [Option<Cow<'_, str>>; KEYS.len()] = Default::default();
        for ((text, value), key) in texts.iter_mut().zip(values).zip(KEYS) {
            *text = json::string_or_number(key, value)?.filter(|text| !text.is_empty());
        }
        let fields = self.fields(texts)?;
        CallRecord::try_new(fields).map_err(RowFault::from)
    }

    fn fields(
        &mut self,
        texts: [Option<Cow<'_, str>>; KEYS.len()],
    ) -> Result<RecordFields, RowFault> {
        let [
            call_id,
            from_tag,
            to_tag,
            start,
            end,
            duration,
            tenant,
            direction,
            src,
            dst,
            code,
            hangup,
        ] = texts;
        let call_id = call_id.ok_or(missing("call_id"))?;
        let mut record_id = call_id.clone().into_owned();
        for tag in [from_tag, to_tag].into_iter().flatten() {
            record_id.push(';');
            record_id.push_str(&tag);
        }
        let disposition = disposition(code.as_deref())?;
        let duration = duration.map(|text| decimals::seconds_up("duration", &text)).transpose()?;
        let start = start.map(|text| stamp("start_time", &text)).transpose()?.flatten();
        let end = end.map(|text| stamp("end_time", &text)).transpose()?.flatten();
        let (start, end) = self.instants(start, end, duration)?;
        let to = dst.ok_or(missing("to"))?.into_owned();
        let from = src.unwrap_or_default().into_owned();
        let mut fields = RecordFields::new(record_id, from, to, end);
        fields.direction = direction.map(|text| parse_direction(&text)).transpose()?;
        fields.extension = extension(&fields);
        fields.call_group = Some(call_id.into_owned());
        fields.account = tenant.map(Cow::into_owned);
        fields.hangup_cause = hangup.map(Cow::into_owned);
        fields.started_at = start;
        fields.disposition = disposition;
        if disposition == Disposition::Answered {
            let start = start.ok_or(missing("start_time"))?;
            fields.answered_at = Some(start);
            fields.talk_seconds = duration.unwrap_or_else(|| decimals::seconds_between(start, end));
        } else if let Some(seconds) = duration.filter(|seconds| *seconds < 0) {
            // A negative time is kept for whatever reply, so that it is refused and seen.
            fields.talk_seconds = seconds;
        }
        Ok(fields)
    }

    /// Start and end; where one is missing, the other and the duration tell it.
    fn instants(
        &mut self,
        start: Option<Stamp>,
        end: Option<Stamp>,
        duration: Option<i64>,
    ) -> Result<(Option<Timestamp>, Timestamp), RowFault> {
        match (start, end, duration) {
            (start, Some(end), duration) => {
                let stamps = CallStamps { start, answer: None, end, duration, talk: None };
                let found = self.clock.instants(stamps);
                Ok((found.start, found.end))
            }
            (Some(start), None, Some(seconds)) => {
                let (answer, duration, talk) = (None, None, None);
                let stamps = CallStamps { start: None, answer, end: start, duration, talk };
                let start = self.clock.instants(stamps).end;
                Ok((Some(start), start.plus_seconds(seconds)))
            }
            _ => Err(missing("end_time")),
        }
    }
}

fn stamp(field: &'static str, text: &str) -> Result<Option<Stamp>, RowFault> {
    if let Some(wall) = Wall::parse(text.as_bytes()) {
        return Ok(Some(Stamp::Local(wall)));
    }
    if let Ok(instant) = Timestamp::parse(text) {
        return Ok(Some(Stamp::Instant(instant)));
    }
    match decimals::epoch(field, text) {
        Ok(instant) => Ok(instant.map(Stamp::Instant)),
        Err(_) => Err(invalid(field, text, "is neither a time nor an epoch in seconds")),
    }
}

fn disposition(code: Option<&str>) -> Result<Disposition, RowFault> {
    let Some(text) = code else { return Ok(Disposition::Answered) };
    match text.parse::<u16>() {
        Ok(200..=299) => Ok(Disposition::Answered),
        Ok(486 | 600) => Ok(Disposition::Busy),
        Ok(408 | 480 | 487) => Ok(Disposition::NoAnswer),
        Ok(300..=699) => Ok(Disposition::Failed),
        Ok(_) | Err(_) => Err(invalid("sip_code", text, "is not the code of a final reply")),
    }
}

fn parse_direction(text: &str) -> Result<Direction, RowFault> {
    let why = "is not inbound, outbound or internal";
    Direction::parse(text).ok_or_else(|| invalid("direction", text, why))
}

/// The tenant's side of the call, where it is an endpoint's name and not a phone number.
fn extension(fields: &RecordFields) -> Option<String> {
    let side = match fields.direction? {
        Direction::Outbound | Direction::Internal => &fields.from,
        Direction::Inbound => &fields.to,
    };
    side.bytes().any(|byte| byte.is_ascii_alphabetic()).then(|| side.clone())
}
