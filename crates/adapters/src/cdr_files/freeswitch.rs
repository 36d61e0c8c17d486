//! Documents of FreeSWITCH's `mod_json_cdr` as call records: one per leg.
//!
//! Decided here:
//! - A leg is `b` if it names another one that made it (`originating_leg_uuid`), or is outbound
//!   with another leg's `call_uuid`; else `a`. The record id is its own `uuid`.
//! - The call group is `call_uuid` where it names another leg, for every leg of a call inherits it;
//!   else the originating leg; else `call_uuid`; else, for an outbound leg, the leg it was bridged
//!   to; else its own id. So both legs of a bridge name the calling leg.
//! - Microsecond epochs count if all are there, else whole seconds, never a mix of both.
//! - Talk is `billmsec` rounded up, else `billsec`, else end − answer (ruling 18).
//! - `direction` is seen from the switch and differs between the legs of one call: it says nothing
//!   about the tenant's direction, which is derived from the numbers later.
//! - Variables are URL-encoded by default (`encode-values`); what is well encoded is decoded.

use std::borrow::Cow;

use domain::{
    cdr::{CallRecord, Disposition, Leg, RecordFields},
    time::Timestamp,
};
use serde_json::value::RawValue;

use super::{
    decimals,
    documents::FORM_KEY,
    faults::{RowFault, missing},
    json::{self, Unknown},
    url_encoding::{self, Plus},
};

/// The channel variables that matter.
const VARIABLES: [&str; 26] = [
    "uuid",
    "call_uuid",
    "bridge_uuid",
    "originating_leg_uuid",
    "direction",
    "accountcode",
    "start_epoch",
    "answer_epoch",
    "end_epoch",
    "start_uepoch",
    "answer_uepoch",
    "end_uepoch",
    "billmsec",
    "billsec",
    "hold_accum_seconds",
    "hangup_cause",
    "caller_id_number",
    "sip_from_user",
    "destination_number",
    "sip_to_user",
    "user_name",
    "sip_auth_username",
    "dialed_user",
    "record_url",
    "effective_caller_id_number",
    "sip_req_user",
];

/// The record of a document, or of a form with a document in it.
pub(super) fn parse(row: &[u8]) -> Result<CallRecord, RowFault> {
    let text = json::row_text(row)?;
    let decoded;
    let document = match text.strip_prefix(FORM_KEY) {
        // A form's encoding would not have left the brace.
        Some(plain) if plain.starts_with('{') => plain,
        Some(encoded) => {
            decoded = url_encoding::decode(encoded, Plus::IsSpace);
            &*decoded
        }
        None => text,
    };
    if document.contains('\0') {
        return Err(RowFault::NulByte);
    }
    let [variables, callflow] =
        json::object(document, &["variables", "callflow"], Unknown::PassOver)?;
    let variables = Variables::read(variables.ok_or(missing("variables"))?)?;
    let numbers = Numbers::read(callflow)?;
    CallRecord::try_new(fields(&variables, numbers)?).map_err(RowFault::from)
}

struct Variables<'a>([Option<Cow<'a, str>>; VARIABLES.len()]);

impl<'a> Variables<'a> {
    fn read(json: &'a RawValue) -> Result<Self, RowFault> {
        let values = json::object(json.get(), &VARIABLES, Unknown::PassOver)?;
        let mut texts: [Option<Cow<'a, str>>; VARIABLES.len()] = Default::default();
        for ((text, value), name) in texts.iter_mut().zip(values).zip(VARIABLES) {
            *text = json::string_or_number(name, value)?
                .map(|encoded| url_encoding::decoded(encoded, Plus::IsPlus))
                .filter(|text| !text.is_empty());
        }
        Ok(Self(texts))
    }
    fn get(&self, name: &'static str) -> Option<&str> {
        let place = VARIABLES.iter().position(|known| *known == name);
        self.0[place.expect("a listed variable")].as_deref()
    }
    /// The first of these variables that is set.
    fn first(&self, names: &[&'static str]) -> Option<String> {
        names.iter().find_map(|name| self.get(name)).map(str::to_owned)
    }
    /// An instant given in seconds or microseconds.
    fn instant(
        &self,
        unit: Unit,
        [seconds, micros]: [&'static str; 2],
    ) -> Result<Option<Timestamp>, RowFault> {
        let read = match unit {
            Unit::Seconds => self.get(seconds).map(|text| decimals::epoch(seconds, text)),
            Unit::Micros => self.get(micros).map(|text| decimals::epoch_micros(micros, text)),
        };
        Ok(read.transpose()?.flatten())
    }
    fn seconds(&self, name: &'static str) -> Result<Option<i64>, RowFault> {
        self.get(name).map(|text| decimals::seconds_up(name, text)).transpose()
    }
    fn unit(&self) -> Unit {
        let given =
            |pair: [&'static str; 2]| self.get(pair[1]).is_some() || self.get(pair[0]).is_none();
        let all = given(START) && given(ANSWER) && given(END) && self.get(END[1]).is_some();
        if all { Unit::Micros } else { Unit::Seconds }
    }
}

const START: [&str; 2] = ["start_epoch", "start_uepoch"];
const ANSWER: [&str; 2] = ["answer_epoch", "answer_uepoch"];
const END: [&str; 2] = ["end_epoch", "end_uepoch"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Seconds,
    Micros,
}

/// The numbers of the call as the newest entry of the call flow has them.
#[derive(Default)]
struct Numbers<'a> {
    from: Option<Cow<'a, str>>,
    to: Option<Cow<'a, str>>,
}

impl<'a> Numbers<'a> {
    fn read(callflow: Option<&'a RawValue>) -> Result<Self, RowFault> {
        let Some(flows) = callflow.filter(|flows| flows.get().starts_with('[')) else {
            return Ok(Self::default());
        };
        let flows: Vec<&RawValue> = serde_json::from_str(flows.get())
            .map_err(|error| RowFault::MalformedJson(error.to_string()))?;
        let object = |json: Option<&'a RawValue>| json.filter(|json| json.get().starts_with('{'));
        let Some(flow) = object(flows.first().copied()) else { return Ok(Self::default()) };
        let [profile] = json::object(flow.get(), &["caller_profile"], Unknown::PassOver)?;
        let Some(profile) = object(profile) else { return Ok(Self::default()) };
        let names = ["caller_id_number", "destination_number"];
        let [from, to] = json::object(profile.get(), &names, Unknown::PassOver)?;
        let text = |name, value| {
            let text = json::string_or_number(name, value)?;
            Ok::<_, RowFault>(text.filter(|text| !text.is_empty()))
        };
        Ok(Self { from: text("from", from)?, to: text("to", to)? })
    }
}

fn fields(variables: &Variables<'_>, numbers: Numbers<'_>) -> Result<RecordFields, RowFault> {
    let uuid = variables.get("uuid").ok_or(missing("uuid"))?;
    let unit = variables.unit();
    let ended_at = variables.instant(unit, END)?.ok_or(missing("end_epoch"))?;
    let from_variables = ["caller_id_number", "effective_caller_id_number", "sip_from_user"];
    let from = numbers.from.map(Cow::into_owned).or_else(|| variables.first(&from_variables));
    let to_variables = ["destination_number", "sip_req_user", "sip_to_user"];
    let to = numbers.to.map(Cow::into_owned).or_else(|| variables.first(&to_variables));
    let to = to.ok_or(missing("to"))?;
    let mut fields = RecordFields::new(uuid.to_owned(), from.unwrap_or_default(), to, ended_at);
    fields.leg = leg(variables, uuid);
    fields.call_group = Some(call_group(variables, uuid).to_owned());
    fields.account = variables.first(&["accountcode"]);
    // The phone that called, or the one that was called.
    fields.extension = match fields.leg {
        Leg::A => variables.first(&["user_name", "sip_auth_username"]),
        Leg::B => variables.first(&["dialed_user"]),
    };
    fields.started_at = variables.instant(unit, START)?;
    fields.answered_at = variables.instant(unit, ANSWER)?;
    fields.hold_seconds = variables.seconds("hold_accum_seconds")?.unwrap_or(0);
    fields.hangup_cause = variables.first(&["hangup_cause"]);
    fields.recording_url = variables.first(&["record_url"]);
    let millis = variables.get("billmsec").map(|text| decimals::millis_up("billmsec", text));
    let talk = match millis.transpose()? {
        Some(seconds) => Some(seconds),
        None => variables.seconds("billsec")?,
    };
    match fields.answered_at {
        Some(answered_at) => {
            let measured = || decimals::seconds_between(answered_at, ended_at);
            fields.talk_seconds = talk.unwrap_or_else(measured);
            fields.disposition = Disposition::Answered;
        }
        None => {
            // A negative time is kept, so that it is refused and seen.
            fields.talk_seconds = talk.unwrap_or(0).min(0);
            fields.disposition = unanswered(fields.hangup_cause.as_deref());
        }
    }
    Ok(fields)
}

fn leg(variables: &Variables<'_>, uuid: &str) -> Leg {
    let is_other = |name| variables.get(name).is_some_and(|other| other != uuid);
    let outbound = variables.get("direction") == Some("outbound");
    if is_other("originating_leg_uuid") || outbound && is_other("call_uuid") {
        Leg::B
    } else {
        Leg::A
    }
}

fn call_group<'v>(variables: &'v Variables<'_>, uuid: &'v str) -> &'v str {
    let call = variables.get("call_uuid");
    let bridged = variables
        .get("bridge_uuid")
        .filter(|_| call.is_none() && variables.get("direction") == Some("outbound"));
    call.filter(|call| *call != uuid)
        .or_else(|| variables.get("originating_leg_uuid"))
        .or(call)
        .or(bridged)
        .unwrap_or(uuid)
}

/// What became of a call that nobody answered. Source of the names: FreeSWITCH's documentation of
/// hangup causes (ITU-T Q.850).
fn unanswered(cause: Option<&str>) -> Disposition {
    match cause {
        Some("USER_BUSY") => Disposition::Busy,
        None
        | Some(
            "NO_ANSWER" | "NO_USER_RESPONSE" | "ORIGINATOR_CANCEL" | "NORMAL_CLEARING"
            | "ALLOTTED_TIMEOUT" | "LOSE_RACE" | "PICKED_OFF" | "PROGRESS_TIMEOUT"
            | "SUBSCRIBER_ABSENT",
        ) => Disposition::NoAnswer,
        Some(_) => Disposition::Failed,
    }
}
