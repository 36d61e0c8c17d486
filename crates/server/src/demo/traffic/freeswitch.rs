//! The demo's calls as FreeSWITCH posts them: a document for each leg.

use adapters::cdr_files::write::{FreeswitchCdr, FreeswitchLeg};
use domain::time::Timestamp;

use super::{
    super::dice::Dice,
    Record,
    calls::{Ended, Handling, PlannedCall, Route},
};

/// A switch and its source of ids.
#[derive(Debug)]
pub(super) struct FreeswitchSwitch {
    ids: Dice,
}

/// The two sides of a call.
struct Sides {
    /// The phone on the calling leg; empty for the carrier.
    caller: String,
    /// The phone on the called leg; empty for the carrier.
    called: String,
    from: String,
    to: String,
}

impl FreeswitchSwitch {
    /// The switch called `name`.
    pub(super) fn new(name: &str) -> Self {
        let place: Vec<u64> = name.bytes().map(u64::from).collect();
        Self { ids: Dice::at(&place) }
    }

    /// The documents that a call leaves: the calling leg's, and the called leg's where there was
    /// one.
    pub(super) fn records(&mut self, call: &PlannedCall<'_>) -> Vec<Record> {
        let sides = sides(call);
        let (calling, called) = (self.ids.uuid(), self.ids.uuid());
        let has_second = !sides.to.starts_with('*') && call.ended != Ended::Failed;
        let hold_seconds = match call.handling {
            Handling::Held { seconds } => seconds,
            _ => 0,
        };
        let mut cdr = FreeswitchCdr {
            uuid: &calling,
            leg: FreeswitchLeg::Calling { bridged_to: has_second.then_some(&*called) },
            accountcode: &call.tenant.prefix,
            user: &sides.caller,
            caller_id_number: &sides.from,
            destination_number: &sides.to,
            start: call.start,
            answer: call.answered_at(),
            end: call.ended_at(),
            hold_seconds,
            hangup_cause: hangup_cause(call.ended),
        };
        let mut records = vec![record(&cdr)];
        if has_second {
            // The second leg begins when routing is done.
            cdr.start = Timestamp::from_micros(call.start.micros() + 40_000);
            cdr.uuid = &called;
            cdr.leg = FreeswitchLeg::Called { originated_by: &calling };
            cdr.user = &sides.called;
            records.push(record(&cdr));
        }
        records
    }
}

fn record(cdr: &FreeswitchCdr<'_>) -> Record {
    let mut text = String::with_capacity(2_000);
    cdr.append_to(&mut text);
    Record { ended_at: cdr.end, text }
}

fn sides(call: &PlannedCall<'_>) -> Sides {
    let phone = |extension: &str| format!("{}_{extension}", call.tenant.prefix);
    let own = || format!("+1{}", call.tenant.locals[0]);
    match &call.route {
        Route::Inbound { from, to } => Sides {
            caller: String::new(),
            called: phone(call.extension),
            from: from.clone(),
            to: format!("+1{to}"),
        },
        Route::Outbound { to } => Sides {
            caller: phone(call.extension),
            called: String::new(),
            from: own(),
            to: to.clone(),
        },
        Route::Internal { to } => Sides {
            caller: phone(call.extension),
            called: phone(to),
            from: call.extension.to_owned(),
            to: to.clone(),
        },
    }
}

const fn hangup_cause(ended: Ended) -> &'static str {
    match ended {
        Ended::Answered { .. } => "NORMAL_CLEARING",
        Ended::NoAnswer => "NO_ANSWER",
        Ended::Busy => "USER_BUSY",
        Ended::Failed => "NORMAL_TEMPORARY_FAILURE",
    }
}
