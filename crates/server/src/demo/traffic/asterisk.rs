//! The demo's calls as Asterisk records them in `Master.csv`.
//!
//! Decided here: the habits of a real switch that an importer must live with: several rows for
//! one call (ring groups, transfers, voicemail, whatever runs after `Dial`), rows without a second
//! channel, busy rows with an answer, durations in whole seconds.

use adapters::cdr_files::write::AsteriskRow;
use domain::time::{Timestamp, Zone};

use super::{
    Record,
    calls::{Ended, Handling, PlannedCall, Route},
    people,
};

/// A switch and its counters.
#[derive(Debug)]
pub(super) struct AsteriskSwitch<'a> {
    zone: &'a Zone,
    sequence: u64,
    channel: u32,
}

/// What the rows of one call share.
struct CallTexts {
    accountcode: String,
    peeraccount: String,
    src: String,
    dst: String,
    dcontext: &'static str,
    clid: String,
    channel: String,
    uniqueid: String,
}

/// What differs between the rows of one call.
struct RowTexts<'a> {
    dstchannel: &'a str,
    lastapp: &'a str,
    lastdata: &'a str,
    times: Times,
    disposition: &'a str,
}

/// Start, answer and end.
type Times = (Timestamp, Option<Timestamp>, Timestamp);

impl<'a> RowTexts<'a> {
    /// A second channel was called.
    fn dial(
        (dstchannel, lastdata): (&'a str, &'a str),
        times: Times,
        disposition: &'a str,
    ) -> Self {
        Self { dstchannel, lastapp: "Dial", lastdata, times, disposition }
    }
}

impl<'a> AsteriskSwitch<'a> {
    /// A switch whose clock shows the time of `zone`.
    pub(super) fn new(zone: &'a Zone) -> Self {
        Self { zone, sequence: 0, channel: 0 }
    }

    /// The rows that a call leaves.
    pub(super) fn records(&mut self, call: &PlannedCall<'_>) -> Vec<Record> {
        let texts = self.texts(call);
        let phone = format!("PJSIP/{}_{}", call.tenant.prefix, call.extension);
        let far = match &call.route {
            Route::Inbound { .. } => phone.clone(),
            Route::Outbound { .. } => "PJSIP/carrier".to_owned(),
            Route::Internal { to } => format!("PJSIP/{}_{to}", call.tenant.prefix),
        };
        if matches!(&call.route, Route::Internal { to } if to.starts_with('*')) {
            return vec![self.voicemail(call, &texts, call.start)];
        }
        let mut rows = Vec::new();
        if let Handling::RingGroup { others } = call.handling {
            for other in 0..others {
                rows.push(self.silent_phone(call, &texts, other));
            }
        }
        let dial = format!("{far},25,tT");
        let dstchannel = self.next_channel(&far);
        let (answered, ended) = (call.answered_at(), call.ended_at());
        if let Handling::Transferred { percent } = call.handling {
            let at = transferred_at(call, percent);
            let times = (call.start, answered, at);
            rows.push(self.row(&texts, &RowTexts::dial((&dstchannel, &dial), times, "ANSWERED")));
            let target = call.tenant.extensions.first().expect("at least one");
            let target = format!("PJSIP/{}_{target}", call.tenant.prefix);
            let (channel, dial) = (self.next_channel(&target), format!("{target},25"));
            rows.push(self.row(
                &texts,
                &RowTexts::dial((&channel, &dial), (at, Some(at), ended), "ANSWERED"),
            ));
            return rows;
        }
        let mut dice = call.dice.clone();
        let (answer, disposition) = match call.ended {
            Ended::Answered { .. } => (answered, "ANSWERED"),
            Ended::NoAnswer => (None, "NO ANSWER"),
            // A quarter of busy rows carry an answer: that of the channel, not of the call.
            Ended::Busy => (dice.percent(25).then_some(call.start), "BUSY"),
            Ended::Failed => (None, if dice.percent(50) { "FAILED" } else { "CONGESTION" }),
        };
        let times = (call.start, answer, ended);
        rows.push(self.row(&texts, &RowTexts::dial((&dstchannel, &dial), times, disposition)));
        if let Handling::Voicemail { .. } = call.handling {
            rows.push(self.voicemail(call, &texts, ended));
        } else if disposition == "ANSWERED" && dice.percent(25) {
            rows.push(self.after_dial(&texts, ended));
        }
        rows
    }

    fn texts(&mut self, call: &PlannedCall<'_>) -> CallTexts {
        let mut dice = call.dice.clone();
        let prefix = &call.tenant.prefix;
        let phone = format!("PJSIP/{prefix}_{}", call.extension);
        let name = people::name(&mut dice);
        let (src, dst, dcontext, near) = match &call.route {
            Route::Inbound { from, to } => {
                (from.clone(), to.clone(), "from-carrier", "PJSIP/carrier")
            }
            Route::Outbound { to } => {
                (call.tenant.locals[0].clone(), to.clone(), "from-endpoint", phone.as_str())
            }
            Route::Internal { to } => {
                (call.extension.to_owned(), to.clone(), "from-endpoint", phone.as_str())
            }
        };
        let is_inbound = matches!(call.route, Route::Inbound { .. });
        // The trunk has no account; some trunks don't hand on the called phone's either, so that
        // only the number says whose call it is.
        let peeraccount =
            if is_inbound && dice.percent(80) { prefix.clone() } else { String::new() };
        let channel = self.next_channel(near);
        let uniqueid = format!("{}.{}", call.start.micros() / 1_000_000, self.channel);
        CallTexts {
            accountcode: if is_inbound { String::new() } else { prefix.clone() },
            peeraccount,
            clid: format!("\"{name}\" <{src}>"),
            src,
            dst,
            dcontext,
            channel,
            uniqueid,
        }
    }

    /// A phone of a ring group that rang until another one answered.
    fn silent_phone(&mut self, call: &PlannedCall<'_>, texts: &CallTexts, number: u32) -> Record {
        let place = number as usize % call.tenant.extensions.len();
        let phone = format!("PJSIP/{}_{}", call.tenant.prefix, call.tenant.extensions[place]);
        let (channel, dial) = (self.next_channel(&phone), format!("{phone},25,tT"));
        let until = call.answered_at().unwrap_or(call.start);
        self.row(texts, &RowTexts::dial((&channel, &dial), (call.start, None, until), "NO ANSWER"))
    }

    /// The switch itself answered: a row with one channel.
    fn voicemail(&mut self, call: &PlannedCall<'_>, texts: &CallTexts, from: Timestamp) -> Record {
        let until = match call.handling {
            Handling::Voicemail { seconds } => from.plus_seconds(i64::from(seconds)),
            _ => call.ended_at().max(from),
        };
        let mailbox = format!("{}@{},su", call.extension, call.tenant.prefix);
        self.row(
            texts,
            &RowTexts {
                dstchannel: "",
                lastapp: "VoiceMail",
                lastdata: &mailbox,
                times: (from, Some(from), until),
                disposition: "ANSWERED",
            },
        )
    }

    /// The row that anything after `Dial` leaves.
    fn after_dial(&mut self, texts: &CallTexts, at: Timestamp) -> Record {
        self.row(
            texts,
            &RowTexts {
                dstchannel: "",
                lastapp: "Hangup",
                lastdata: "",
                times: (at, Some(at), at),
                disposition: "ANSWERED",
            },
        )
    }

    fn row(&mut self, texts: &CallTexts, row: &RowTexts<'_>) -> Record {
        self.sequence += 1;
        let (start, answer, end) = row.times;
        let mut text = String::with_capacity(400);
        AsteriskRow {
            accountcode: &texts.accountcode,
            src: &texts.src,
            dst: &texts.dst,
            dcontext: texts.dcontext,
            clid: &texts.clid,
            channel: &texts.channel,
            dstchannel: row.dstchannel,
            lastapp: row.lastapp,
            lastdata: row.lastdata,
            start,
            answer,
            end,
            disposition: row.disposition,
            uniqueid: &texts.uniqueid,
            userfield: "",
            peeraccount: &texts.peeraccount,
            linkedid: &texts.uniqueid,
            sequence: self.sequence,
        }
        .append_to(&mut text, self.zone);
        Record { ended_at: end, text }
    }

    fn next_channel(&mut self, endpoint: &str) -> String {
        self.channel += 1;
        format!("{endpoint}-{:08x}", self.channel)
    }
}

/// When a transferred call went on to its second phone.
fn transferred_at(call: &PlannedCall<'_>, percent: u32) -> Timestamp {
    let answered = call.answered_at().unwrap_or(call.start);
    let talk = call.ended_at().micros_since(answered);
    Timestamp::from_micros(answered.micros() + talk * i64::from(percent) / 100)
}
