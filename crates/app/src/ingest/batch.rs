//! One batch: one transaction that adds its calls, roll-ups and wallet debits, or nothing.
//!
//! The order matters. Keys are claimed first, so that two importers of one file wait for each
//! other here and the second finds nothing left. Only then are calls added.

use std::collections::BTreeSet;

use adapters::cdr_files::{ParsedRow, RawRow, Row};
use domain::{
    account::Source,
    call::Call,
    cdr::{CallRecord, Leg},
    ids::{BatchId, CallId, RejectId, TenantId},
    time::Timestamp,
};
use rustc_hash::{FxHashMap, FxHashSet};
use store::{
    calls::RecordKey,
    db::Tx,
    imports::{Batch, FileMark, Reject},
};

use super::{booking::add_calls, report::ImportReport};
use crate::{
    directory::{Arrival, Directory, call_id},
    error::Result,
};

/// Rows in one transaction: large enough that a commit's disk flush costs little per row, small
/// enough to keep memory flat and other writers waiting for well under a second.
pub const BATCH_ROWS: usize = 5_000;

/// Bytes of rows after which a transaction takes no more: a switch that writes 30 KiB a call must
/// not need thirty times the memory.
pub(super) const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// Why a record of a tenant is refused whom its sender does not reach. It is not tried again by
/// itself: that would do for the sender what it may not do.
pub(super) const OTHER_TENANT: &str = "tenant_not_allowed";

/// Where a batch comes from.
#[derive(Debug, Clone)]
pub struct BatchSource {
    /// The source of the records.
    pub source: Source,
    /// The file, or what stands for one.
    pub file_name: String,
    /// The format, for refused rows.
    pub format: &'static str,
    /// The zone of local times, for refused rows; empty for none.
    pub zone: String,
    /// The only tenants whose records are taken; `None` for all that the source may bring.
    pub tenants: Option<BTreeSet<TenantId>>,
}

/// What became of a row, as far as its batch alone tells.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verdict {
    /// It is the call of this place.
    Call(usize),
    /// It is the reject of this place.
    Reject(usize),
    /// Its key stood in the row of this place before, with the same content.
    Again(usize),
}

/// A batch, priced and ready to be added.
#[derive(Debug)]
pub(super) struct Prepared {
    batch_id: BatchId,
    rows: Vec<ParsedRow>,
    /// Calls in order of arrival, each key once.
    calls: Vec<Call>,
    keys: Vec<RecordKey>,
    /// The place of each call's row, in case its key holds other content.
    places: Vec<usize>,
    rejects: Vec<Reject>,
    /// One for each row.
    verdicts: Vec<Verdict>,
    duplicates: u64,
    directory_version: i64,
}

/// What the transaction found.
pub(super) enum Committed {
    /// The batch was added.
    Done(Box<Added>),
    /// Owners or prices have changed: price it again.
    Outdated,
}

/// What a batch added.
pub(super) struct Added {
    pub(super) report: ImportReport,
    /// As it is kept, or would be where it changed nothing.
    pub(super) batch: Batch,
    /// Every row of calls.
    pub(super) calls: Vec<Call>,
    /// Every refusal, those of the batch first.
    pub(super) rejects: Vec<Reject>,
    /// Rows whose key holds other content, and the place of their refusal.
    pub(super) conflicts: FxHashMap<usize, usize>,
}

/// The id of a batch: the same rows of the same source give the same id.
fn batch_id(source: &Source, rows: &[ParsedRow]) -> BatchId {
    let mut parts = Vec::with_capacity(rows.len() + 1);
    parts.push(source.source_id.to_string());
    let mut latest = Timestamp::default();
    for row in rows {
        parts.push(match &row.row {
            Row::Record(record) => {
                latest = latest.max(record.fields().ended_at);
                format!("{:032x}", record.content_hash())
            }
            Row::Bad { code, .. } => format!("{code} {}", row.raw.line),
        });
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    BatchId::derived(latest, &parts)
}

/// Prices a batch. Needs no database.
pub(super) fn prepare(
    directory: &Directory,
    from: &BatchSource,
    rows: Vec<ParsedRow>,
    now: Timestamp,
) -> Result<Prepared> {
    let mut prepared = Prepared {
        batch_id: batch_id(&from.source, &rows),
        calls: Vec::with_capacity(rows.len()),
        keys: Vec::with_capacity(rows.len()),
        places: Vec::with_capacity(rows.len()),
        rows: Vec::new(),
        rejects: Vec::new(),
        verdicts: Vec::with_capacity(rows.len()),
        duplicates: 0,
        directory_version: directory.version(),
    };
    let mut seen: FxHashMap<CallId, (u128, usize)> = FxHashMap::default();
    for (place, row) in rows.iter().enumerate() {
        match &row.row {
            Row::Bad { code, reason } => {
                let identity = format!("row {} {}", row.raw.line, digest(&row.raw.bytes));
                prepared.refuse(reject(from, &row.raw, (identity, code, reason), now));
            }
            Row::Record(record) => {
                let row = (place, &**record, &row.raw);
                prepared.add((directory, from), row, (&mut seen, now))?;
            }
        }
    }
    prepared.rows = rows;
    Ok(prepared)
}

impl Prepared {
    fn refuse(&mut self, reject: Reject) {
        self.verdicts.push(Verdict::Reject(self.rejects.len()));
        self.rejects.push(reject);
    }

    fn add(
        &mut self,
        (directory, from): (&Directory, &BatchSource),
        (place, record, raw): (usize, &CallRecord, &RawRow),
        (seen, now): (&mut FxHashMap<CallId, (u128, usize)>, Timestamp),
    ) -> Result<()> {
        let call_id = call_id(from.source.source_id, record);
        let fields = record.fields();
        let content = record.content_hash();
        if let Some((first, first_place)) = seen.get(&call_id) {
            if *first == content {
                self.duplicates += 1;
                self.verdicts.push(Verdict::Again(*first_place));
            } else {
                let key = (fields.leg, &*fields.record_id, content);
                self.refuse(conflict(from, raw, key, now));
            }
            return Ok(());
        }
        seen.insert(call_id, (content, place));
        let why = if fields.ended_at > directory.horizon() {
            ("in_the_future", format!("ended_at {} lies in the future", fields.ended_at))
        } else {
            let arrival = Arrival { source_id: from.source.source_id, batch_id: self.batch_id };
            match directory.rate(record, from.source.owner, arrival)? {
                Ok(call) if from.takes(call.tenant_id) => {
                    self.verdicts.push(Verdict::Call(self.calls.len()));
                    self.keys.push(RecordKey {
                        record_id: call.record_id.clone(),
                        leg: call.leg,
                        content_hash: content,
                        call_id,
                    });
                    self.calls.push(call);
                    self.places.push(place);
                    return Ok(());
                }
                Ok(call) => (OTHER_TENANT, format!("{} is out of reach", call.tenant_id)),
                Err(error) => (error.code(), error.to_string()),
            }
        };
        let identity = format!("record {} {}", fields.leg.as_str(), fields.record_id);
        self.refuse(reject(from, raw, (identity, why.0, &why.1), now));
        Ok(())
    }

    /// The rows and what became of each.
    pub(super) fn verdicts(&self) -> impl Iterator<Item = (&ParsedRow, Verdict)> {
        self.rows.iter().zip(self.verdicts.iter().copied())
    }

    /// The key of the call of this place.
    pub(super) fn call_id(&self, place: usize) -> CallId {
        self.keys[place].call_id
    }

    /// The rows, to be priced again.
    pub(super) fn into_rows(self) -> Vec<ParsedRow> {
        self.rows
    }

    /// Whether this record found its owner.
    pub(super) fn has_call(&self, call_id: CallId) -> bool {
        self.calls.iter().any(|call| call.call_id == call_id)
    }
}

impl BatchSource {
    fn takes(&self, tenant_id: TenantId) -> bool {
        self.tenants.as_ref().is_none_or(|tenants| tenants.contains(&tenant_id))
    }
}

fn saturating(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Tells rows of one line apart that differ in any byte.
fn digest(bytes: &[u8]) -> String {
    let hex: String = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(nibble).collect();
    RejectId::derived(Timestamp::default(), &[&hex]).to_string()
}

fn nibble(value: u8) -> char {
    char::from_digit(u32::from(value), 16).expect("a nibble is a hex digit")
}

fn reject(
    from: &BatchSource,
    raw: &RawRow,
    (identity, code, reason): (String, &str, &str),
    now: Timestamp,
) -> Reject {
    let source = from.source.source_id.to_string();
    Reject {
        reject_id: RejectId::derived(now, &[&source, &identity]),
        source_id: from.source.source_id,
        owner: from.source.owner,
        identity,
        file_name: from.file_name.clone(),
        line: saturating(raw.line),
        byte_offset: saturating(raw.offset),
        format: from.format.to_owned(),
        zone: from.zone.clone(),
        ordinal: i64::from(raw.ordinal),
        code: code.to_owned(),
        reason: reason.to_owned(),
        raw: raw.bytes.to_vec(),
        created_at: now,
    }
}

/// A record whose key holds other content: kept, never written over what is there (ruling 17).
fn conflict(
    from: &BatchSource,
    raw: &RawRow,
    (leg, id, content): (Leg, &str, u128),
    now: Timestamp,
) -> Reject {
    let leg = leg.as_str();
    let identity = format!("conflict {leg} {id} {content:032x}");
    let reason = format!("record {id:?} (leg {leg}) was delivered before with other content");
    reject(from, raw, (identity, "conflict", &reason), now)
}

/// Adds a prepared batch.
pub(super) async fn commit(
    tx: &mut Tx,
    from: &BatchSource,
    prepared: &Prepared,
    (mark, now): (Option<&FileMark>, Timestamp),
) -> Result<Committed> {
    let operator = store::directory::operator(tx).await?;
    if operator.is_none_or(|operator| operator.directory_version != prepared.directory_version) {
        return Ok(Committed::Outdated);
    }
    let source_id = from.source.source_id;
    let claimed = store::calls::claim_keys(tx, source_id, &prepared.keys).await?;
    let claimed: FxHashSet<CallId> = claimed.into_iter().collect();
    let rows = prepared.rows.len() as u64;
    let mut report = ImportReport { rows, duplicates: prepared.duplicates, ..Default::default() };
    let mut rejects = prepared.rejects.clone();
    let conflicts =
        known_keys(tx, from, (prepared, &claimed), (&mut rejects, &mut report, now)).await?;
    let new = prepared.calls.iter().filter(|call| claimed.contains(&call.call_id));
    let mut calls: Vec<Call> = new.cloned().collect();
    add_calls(tx, prepared.batch_id, &mut calls, now).await?;
    for reject in &rejects {
        *report.rejects.entry(reject.code.clone()).or_default() += 1;
    }
    let kept = store::imports::insert_rejects(tx, &rejects).await?;
    report.known_rejects = rejects.len() as u64 - kept;
    for call in &calls {
        report.count(call)?;
    }
    let batch = Batch {
        batch_id: prepared.batch_id,
        source_id,
        owner: from.source.owner,
        file_name: from.file_name.clone(),
        first_line: prepared.rows.first().map_or(0, |row| saturating(row.raw.line)),
        records: saturating(rows),
        calls: saturating(calls.len() as u64),
        rejects: saturating(kept),
        created_at: now,
    };
    if !calls.is_empty() || kept > 0 {
        store::imports::insert_batch(tx, &batch).await?;
    }
    if let Some(mark) = mark {
        store::imports::save_mark(tx, source_id, mark, now).await?;
    }
    Ok(Committed::Done(Box::new(Added { report, batch, calls, rejects, conflicts })))
}

/// Tells repeated deliveries from conflicts among the keys that were not claimed.
async fn known_keys(
    tx: &mut Tx,
    from: &BatchSource,
    (prepared, claimed): (&Prepared, &FxHashSet<CallId>),
    (rejects, report, now): (&mut Vec<Reject>, &mut ImportReport, Timestamp),
) -> Result<FxHashMap<usize, usize>> {
    let mut conflicts = FxHashMap::default();
    let known: Vec<usize> = (0..prepared.keys.len())
        .filter(|place| !claimed.contains(&prepared.keys[*place].call_id))
        .collect();
    if known.is_empty() {
        return Ok(conflicts);
    }
    let ids: Vec<&str> =
        known.iter().map(|place| prepared.keys[*place].record_id.as_str()).collect();
    let stored = store::calls::content_hashes(tx, from.source.source_id, &ids).await?;
    let stored: FxHashMap<(&str, &str), &[u8]> =
        stored.iter().map(|(id, leg, hash)| ((&**id, &**leg), hash.as_slice())).collect();
    for place in known {
        let key = &prepared.keys[place];
        let same = stored.get(&(key.record_id.as_str(), key.leg.as_str()))
            == Some(&key.content_hash.to_be_bytes().as_slice());
        if same {
            report.duplicates += 1;
        } else {
            let row = prepared.places[place];
            let raw = &prepared.rows[row].raw;
            let key = (key.leg, &*key.record_id, key.content_hash);
            conflicts.insert(row, rejects.len());
            rejects.push(conflict(from, raw, key, now));
        }
    }
    Ok(conflicts)
}
