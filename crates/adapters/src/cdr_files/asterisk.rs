//! Rows of Asterisk's `Master.csv` as call records.
//!
//! Decided here: the disposition decides whether a call was answered, never a stamp (a busy row
//! may carry an answer); a row without a second channel is no call and is never billed (telephony
//! A1); the id is `uniqueid#sequence`, else what the row has plus its hash (ruling 17). Columns
//! that billing does not need are not looked at, so a caller's name in Latin-1 costs nobody a call.

use std::borrow::Cow;

use domain::{
    cdr::{CallRecord, Disposition, RecordFields},
    time::Zone,
};

use super::{
    asterisk_columns::{AsteriskColumn as Column, AsteriskColumns},
    cells::Cells,
    decimals,
    faults::{RowFault, invalid, missing},
    row_hash::{RecentRows, RowHash},
    stamps::{CallStamps, Stamp, SwitchClock, Wall},
};

/// Reads the rows of one file.
#[derive(Debug)]
pub(super) struct AsteriskRows {
    /// By number of columns, from 16 on; or the one that was named.
    layouts: Layouts,
    clock: SwitchClock,
    recent: RecentRows,
}

#[derive(Debug)]
enum Layouts {
    ByCount(Vec<AsteriskColumns>),
    Named(AsteriskColumns),
}

/// The fewest columns Asterisk writes.
const FEWEST_COLUMNS: usize = 16;

impl AsteriskRows {
    /// Rows of a switch in `zone`, with these columns or, without them, any known layout.
    pub(super) fn new(columns: Option<AsteriskColumns>, zone: Option<Zone>) -> Self {
        let layouts = match columns {
            Some(columns) => Layouts::Named(columns),
            None => {
                Layouts::ByCount((FEWEST_COLUMNS..).map_while(AsteriskColumns::of_count).collect())
            }
        };
        Self { layouts, clock: SwitchClock::new(zone), recent: RecentRows::default() }
    }
    /// The record of a row. `ordinal` is its place among equal rows where that is known already;
    /// otherwise it becomes the count within this file, for rows whose id needs one.
    pub(super) fn parse(
        &mut self,
        cells: Cells<'_>,
        ordinal: &mut Option<u32>,
    ) -> Result<CallRecord, RowFault> {
        if memchr::memchr(0, cells.row()).is_some() {
            return Err(RowFault::NulByte);
        }
        let row = AsteriskRow { cells, columns: layout(&self.layouts, cells.count())? };
        let record_id = row.record_id(&mut self.recent, ordinal)?;
        CallRecord::try_new(row.fields(record_id, &mut self.clock)?).map_err(RowFault::from)
    }
}

fn layout(layouts: &Layouts, found: usize) -> Result<&AsteriskColumns, RowFault> {
    match layouts {
        Layouts::Named(columns) if columns.count() == found => Ok(columns),
        Layouts::Named(columns) => {
            let expected = format!("{} are named", columns.count());
            Err(RowFault::WrongColumnCount { found, expected })
        }
        Layouts::ByCount(known) => {
            let index = found.checked_sub(FEWEST_COLUMNS);
            index.and_then(|index| known.get(index)).ok_or_else(|| {
                let expected = "Asterisk writes 16 to 21".to_owned();
                RowFault::WrongColumnCount { found, expected }
            })
        }
    }
}

struct AsteriskRow<'a> {
    cells: Cells<'a>,
    columns: &'a AsteriskColumns,
}

impl<'a> AsteriskRow<'a> {
    /// The text of a column, which our field is called `field`; empty where there is no column.
    fn text(&self, column: Column, field: &'static str) -> Result<Cow<'a, str>, RowFault> {
        match self.columns.place(column) {
            Some(place) => self.cells.text(place, field),
            None => Ok(Cow::Borrowed("")),
        }
    }

    fn record_id(
        &self,
        recent: &mut RecentRows,
        ordinal: &mut Option<u32>,
    ) -> Result<String, RowFault> {
        let mut id = self.text(Column::UniqueId, "record_id")?;
        let sequence = self.text(Column::Sequence, "record_id")?;
        if !sequence.is_empty() {
            if !sequence.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(invalid("sequence", &sequence, "is not a number"));
            }
            if id.is_empty() {
                // Without loguniqueid: unique as well, for the counter starts again only with the
                // switch, and the linked id carries the epoch.
                id = self.text(Column::LinkedId, "record_id")?;
            }
            if !id.is_empty() {
                return Ok([&id, "#", &sequence].concat());
            }
        }
        let hash = RowHash::of(self.cells.row());
        let mut record_id = String::with_capacity(id.len() + 44);
        if id.is_empty() {
            let ordinal = *ordinal.get_or_insert_with(|| recent.note(hash));
            hash.append_to(&mut record_id);
            record_id.push('~');
            record_id.push_str(&ordinal.to_string());
        } else {
            record_id.push_str(&id);
            record_id.push('~');
            hash.append_to(&mut record_id);
        }
        Ok(record_id)
    }

    fn fields(&self, id: String, clock: &mut SwitchClock) -> Result<RecordFields, RowFault> {
        let disposition = disposition(&self.text(Column::Disposition, "disposition")?)?;
        let answered = disposition == Disposition::Answered;
        let billsec = self.text(Column::Billsec, "talk_seconds")?;
        let talk = decimals::seconds_up("talk_seconds", &billsec)?;
        let duration = self.text(Column::Duration, "duration")?;
        let duration = match &*duration {
            "" => None,
            text => Some(decimals::seconds_up("duration", text)?),
        };
        let answer = self.stamp(Column::Answer, "answered_at")?.filter(|_| answered);
        if answered && talk > 0 && answer.is_none() {
            return Err(missing("answered_at"));
        }
        let end = self.stamp(Column::End, "ended_at")?.ok_or(missing("ended_at"))?;
        let start = self.stamp(Column::Start, "started_at")?;
        let instants = clock.instants(CallStamps {
            start,
            answer,
            end,
            duration,
            talk: answered.then_some(talk),
        });
        let from = self.text(Column::Src, "from")?;
        let to = self.text(Column::Dst, "to")?;
        let account = self.text(Column::AccountCode, "account")?;
        // The called side's account: whose phone rang when a trunk without one called.
        let peer = self.text(Column::PeerAccount, "account")?;
        let called = self.text(Column::DstChannel, "dstchannel")?;
        let is_call = !called.is_empty();
        let extension = match own_endpoint(&self.text(Column::Channel, "channel")?, &from, &account)
        {
            Some(extension) => Some(extension.to_owned()),
            None => {
                let account = if account.is_empty() { &peer } else { &account };
                own_endpoint(&called, &to, account).map(str::to_owned)
            }
        };
        let mut fields = RecordFields::new(id, from.into_owned(), to.into_owned(), instants.end);
        fields.call_group = filled(self.text(Column::LinkedId, "call_group")?);
        fields.account = filled(account).or_else(|| filled(peer));
        fields.extension = extension;
        (fields.started_at, fields.answered_at) = (instants.start, instants.answer);
        // A negative time is kept for whatever disposition, so that it is refused and seen.
        fields.talk_seconds = if answered || talk < 0 { talk } else { 0 };
        fields.disposition = disposition;
        fields.is_call = is_call;
        Ok(fields)
    }

    fn stamp(&self, column: Column, field: &'static str) -> Result<Option<Stamp>, RowFault> {
        let text = self.text(column, field)?;
        if text.is_empty() {
            return Ok(None);
        }
        if let Some(wall) = Wall::parse(text.as_bytes()) {
            return Ok(Some(Stamp::Local(wall)));
        }
        // `${CDR(start,u)}` in a layout of one's own: seconds since 1970, with microseconds.
        match decimals::epoch(field, &text) {
            Ok(instant) => Ok(instant.map(Stamp::Instant)),
            Err(_) => Err(invalid(field, &text, "is not a time like 2026-05-10 12:00:00")),
        }
    }
}

fn filled(text: Cow<'_, str>) -> Option<String> {
    (!text.is_empty()).then(|| text.into_owned())
}

fn disposition(text: &str) -> Result<Disposition, RowFault> {
    match text {
        "ANSWERED" => Ok(Disposition::Answered),
        // CANCEL: the caller gave up (`canceldispositionenabled`).
        "NO ANSWER" | "CANCEL" => Ok(Disposition::NoAnswer),
        "BUSY" => Ok(Disposition::Busy),
        "FAILED" | "CONGESTION" => Ok(Disposition::Failed),
        "" => Err(missing("disposition")),
        other => Err(invalid("disposition", other, "is not one of Asterisk's")),
    }
}

/// The endpoint of `channel`, if it is the tenant's own and not a trunk: it is called like the
/// number on its side, or carries the account code as its prefix. Other endpoints may be the
/// tenant's as well, but a row alone cannot tell.
fn own_endpoint<'c>(channel: &'c str, number: &str, account: &str) -> Option<&'c str> {
    let (technology, rest) = channel.split_once('/')?;
    if !["PJSIP", "SIP", "IAX2", "SCCP"].contains(&technology) {
        return None;
    }
    let (endpoint, _) = rest.rsplit_once('-')?;
    let has_prefix = || {
        let rest = endpoint.strip_prefix(account)?;
        Some(rest.is_empty() || rest.starts_with(['_', '-', '.']))
    };
    let is_own = endpoint == number || !account.is_empty() && has_prefix() == Some(true);
    (is_own && !endpoint.is_empty()).then_some(endpoint)
}
