//! Documents of FreeSWITCH's `mod_json_cdr`.
//!
//! Decided here: one document a line, its variables URL-encoded (the module's default), with the
//! keys that billing systems look at and a few that they must pass over.

use std::fmt::Write;

use domain::time::{Timestamp, Zone};
use serde_json::{Value, json};

use super::super::url_encoding::encode_into;

/// Which leg of a call a document stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreeswitchLeg<'a> {
    /// The calling leg, and the leg it was bridged to, if any.
    Calling {
        /// The id of the called leg.
        bridged_to: Option<&'a str>,
    },
    /// A leg that the calling one made.
    Called {
        /// The id of the calling leg.
        originated_by: &'a str,
    },
}

/// One leg of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeswitchCdr<'a> {
    /// The id of the leg.
    pub uuid: &'a str,
    /// Which leg it is.
    pub leg: FreeswitchLeg<'a>,
    /// The variable `accountcode`; empty where it isn't set.
    pub accountcode: &'a str,
    /// The phone on this leg, as it registers; empty for a trunk.
    pub user: &'a str,
    /// The caller's number.
    pub caller_id_number: &'a str,
    /// The number that was dialled.
    pub destination_number: &'a str,
    /// When the leg began.
    pub start: Timestamp,
    /// When it was answered.
    pub answer: Option<Timestamp>,
    /// When it ended.
    pub end: Timestamp,
    /// Seconds on hold.
    pub hold_seconds: u32,
    /// FreeSWITCH's own word, like `NORMAL_CLEARING`.
    pub hangup_cause: &'a str,
}

impl FreeswitchCdr<'_> {
    /// Appends the document and a line end to `file`.
    pub fn append_to(&self, file: &mut String) {
        let document = json!({
            "core-uuid": "0b8f9f8c-0d0e-4f6a-9f0b-3a1d6b1c2e4f",
            "switchname": "switch",
            "channel_data": { "state": "CS_REPORTING", "flags": "0=1;37=1;40=1" },
            "variables": self.variables(),
            "app_log": { "applications": [
                { "app_name": "bridge", "app_data": "sofia/gateway/carrier" },
            ] },
            "callflow": [{ "dialplan": "XML", "profile_index": "1", "caller_profile": {
                "username": self.user,
                "dialplan": "XML",
                "caller_id_number": self.caller_id_number,
                "destination_number": self.destination_number,
                "uuid": self.uuid,
            } }],
        });
        writeln!(file, "{document}").expect("a string takes everything");
    }

    fn variables(&self) -> Value {
        let mut variables = serde_json::Map::new();
        let mut set = |name: &str, text: &str| {
            let mut encoded = String::with_capacity(text.len());
            encode_into(text, &mut encoded);
            variables.insert(name.to_owned(), Value::from(encoded));
        };
        set("uuid", self.uuid);
        match self.leg {
            FreeswitchLeg::Calling { bridged_to } => {
                set("direction", "inbound");
                set("call_uuid", self.uuid);
                bridged_to.into_iter().for_each(|other| set("bridge_uuid", other));
                set("user_name", self.user);
            }
            FreeswitchLeg::Called { originated_by } => {
                set("direction", "outbound");
                set("call_uuid", originated_by);
                set("originating_leg_uuid", originated_by);
                set("bridge_uuid", originated_by);
                set("dialed_user", self.user);
            }
        }
        set("accountcode", self.accountcode);
        set("read_codec", "PCMU");
        for (name, at) in
            [("start", Some(self.start)), ("answer", self.answer), ("end", Some(self.end))]
        {
            let micros = at.map_or(0, Timestamp::micros);
            let local = at.map(|at| Zone::UTC.local(at).strftime("%Y-%m-%d %H:%M:%S").to_string());
            set(&format!("{name}_stamp"), local.as_deref().unwrap_or(""));
            set(&format!("{name}_epoch"), &(micros / 1_000_000).to_string());
            set(&format!("{name}_uepoch"), &micros.to_string());
        }
        let millis = |from: Timestamp| self.end.micros_since(from).max(0) / 1_000;
        let epochs = |from: Timestamp| self.end.micros() / 1_000_000 - from.micros() / 1_000_000;
        // Whole-second differences of whole-second epochs: what FreeSWITCH calls `billsec`.
        set("duration", &epochs(self.start).to_string());
        set("mduration", &millis(self.start).to_string());
        set("billsec", &self.answer.map_or(0, epochs).to_string());
        set("billmsec", &self.answer.map_or(0, millis).to_string());
        set("hold_accum_seconds", &self.hold_seconds.to_string());
        set("hangup_cause", self.hangup_cause);
        Value::from(variables)
    }
}
