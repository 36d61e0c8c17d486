//! One batch: one transaction that adds its calls, roll-ups and wallet debits, or nothing.
//!
//! The order matters. Keys are claimed first, so that two importers of one file wait for each
//! other here and the second finds nothing left. Then the books of all partners concerned are
//! locked in the order of their ids: from then on none of their periods can close, and the period
//! that bills each call is read. Only then are calls added.

use std::collections::{BTreeMap, BTreeSet};

use adapters::cdr_files::{ParsedRow, RawRow, Row};
use domain::{
    account::Source,
    call::{Call, Outcome, WholesaleCharge},
    cdr::{CallRecord, Leg},
    ids::{BatchId, CallId, PartnerId, RejectId, TenantId},
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    legs,
    money::Micros,
    phone::CallClass,
    time::Timestamp,
    usage::{RetailCharge, UsageKey, UsageSum},
};
use rustc_hash::{FxHashMap, FxHashSet};
use store::{
    calls::RecordKey,
    db::Tx,
    imports::{Batch, FileMark, Reject},
};

use super::report::ImportReport;
use crate::{
    directory::{Arrival, Directory, call_id},
    error::{AppError, Result},
};

/// Rows in one transaction: large enough that a commit's disk flush costs little per row, small
/// enough to keep memory flat and other writers waiting for well under a second.
pub const BATCH_ROWS: usize = 5_000;

/// Bytes of rows after which a transaction takes no more: a switch that writes 30 KiB a call must
/// not need thirty times the memory.
pub(super) const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// The bill period of calls that come too late for any invoice of a cancelled tenant.
pub(crate) const NO_PERIOD: Timestamp = Timestamp::from_micros(i64::MAX);

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
    duplicates: u64,
    directory_version: i64,
}

/// What the transaction found.
pub(super) enum Committed {
    /// The batch was added.
    Done(ImportReport),
    /// Owners or prices have changed: price it again.
    Outdated,
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
        duplicates: 0,
        directory_version: directory.version(),
    };
    let mut seen: FxHashMap<CallId, u128> = FxHashMap::default();
    for (place, row) in rows.iter().enumerate() {
        match &row.row {
            Row::Bad { code, reason } => {
                let identity = format!("row {} {}", row.raw.line, digest(&row.raw.bytes));
                prepared.rejects.push(reject(from, &row.raw, (identity, code, reason), now));
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
    fn add(
        &mut self,
        (directory, from): (&Directory, &BatchSource),
        (place, record, raw): (usize, &CallRecord, &RawRow),
        (seen, now): (&mut FxHashMap<CallId, u128>, Timestamp),
    ) -> Result<()> {
        let call_id = call_id(from.source.source_id, record);
        if let Some(first) = seen.insert(call_id, record.content_hash()) {
            if first == record.content_hash() {
                self.duplicates += 1;
            } else {
                let fields = record.fields();
                let key = (fields.leg, &*fields.record_id, record.content_hash());
                self.rejects.push(conflict(from, raw, key, now));
                seen.insert(call_id, first);
            }
            return Ok(());
        }
        let fields = record.fields();
        if fields.ended_at > directory.horizon() {
            let identity = format!("record {} {}", fields.leg.as_str(), fields.record_id);
            let reason = format!("ended_at {} lies in the future", fields.ended_at);
            self.rejects.push(reject(from, raw, (identity, "in_the_future", &reason), now));
            return Ok(());
        }
        let arrival = Arrival { source_id: from.source.source_id, batch_id: self.batch_id };
        match directory.rate(record, from.source.owner, arrival)? {
            Ok(call) => {
                self.keys.push(RecordKey {
                    record_id: call.record_id.clone(),
                    leg: call.leg,
                    content_hash: record.content_hash(),
                    call_id,
                });
                self.calls.push(call);
                self.places.push(place);
            }
            Err(error) => {
                let fields = record.fields();
                let identity = format!("record {} {}", fields.leg.as_str(), fields.record_id);
                let reason = error.to_string();
                self.rejects.push(reject(from, raw, (identity, error.code(), &reason), now));
            }
        }
        Ok(())
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
    if !calls.is_empty() || kept > 0 {
        let batch = Batch {
            batch_id: prepared.batch_id,
            source_id,
            file_name: from.file_name.clone(),
            first_line: prepared.rows.first().map_or(0, |row| saturating(row.raw.line)),
            records: saturating(rows),
            calls: saturating(calls.len() as u64),
            rejects: saturating(kept),
            created_at: now,
        };
        store::imports::insert_batch(tx, &batch).await?;
    }
    if let Some(mark) = mark {
        store::imports::save_mark(tx, source_id, mark, now).await?;
    }
    Ok(Committed::Done(report))
}

/// Tells repeated deliveries from conflicts among the keys that were not claimed.
async fn known_keys(
    tx: &mut Tx,
    from: &BatchSource,
    (prepared, claimed): (&Prepared, &FxHashSet<CallId>),
    (rejects, report, now): (&mut Vec<Reject>, &mut ImportReport, Timestamp),
) -> Result<()> {
    let known: Vec<usize> = (0..prepared.keys.len())
        .filter(|place| !claimed.contains(&prepared.keys[*place].call_id))
        .collect();
    if known.is_empty() {
        return Ok(());
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
            let raw = &prepared.rows[prepared.places[place]].raw;
            let key = (key.leg, &*key.record_id, key.content_hash);
            rejects.push(conflict(from, raw, key, now));
        }
    }
    Ok(())
}

/// Adds new calls with everything that follows from them, and the reversals of legs they outdo.
/// On return `calls` holds every row that was added.
pub(super) async fn add_calls(
    tx: &mut Tx,
    batch_id: BatchId,
    calls: &mut Vec<Call>,
    now: Timestamp,
) -> Result<()> {
    let Some(source_id) = calls.first().map(|call| call.source_id) else { return Ok(()) };
    let partners: BTreeSet<PartnerId> = calls.iter().map(|call| call.partner_id).collect();
    let mut books = Vec::with_capacity(partners.len());
    for partner_id in &partners {
        books.push(store::ledger::lock_book(tx, *partner_id).await?);
    }
    let open = open_periods(tx, calls).await?;
    let groups = legs::groups(calls);
    let kept = if groups.is_empty() {
        Vec::new()
    } else {
        store::calls::of_groups(tx, source_id, &groups).await?
    };
    let outdone = legs::choose(&kept, calls);
    for call in calls.iter_mut() {
        call.bill_period_start = bill_period(call, &open);
    }
    for call in outdone {
        let reversal = call.reversal(batch_id, Timestamp::default());
        let bill_period_start = bill_period(&reversal, &open);
        calls.push(Call { bill_period_start, ..reversal });
    }
    store::calls::insert(tx, calls).await?;
    for (partner_id, book) in partners.iter().zip(&mut books) {
        let own = || calls.iter().filter(|call| call.partner_id == *partner_id);
        store::usage::add(tx, *partner_id, &roll_up(own())?).await?;
        if let Some(debit) = wallet_debit(batch_id, own(), now)? {
            store::ledger::post(tx, book, &[debit]).await?;
        }
    }
    Ok(())
}

/// Gives unrated calls the prices they have in `priced`, and books what follows. Answers which
/// were still unrated.
pub(super) async fn rate_again(
    tx: &mut Tx,
    batch_id: BatchId,
    priced: &[Call],
    now: Timestamp,
) -> Result<Vec<CallId>> {
    let Some(partner_id) = priced.first().map(|call| call.partner_id) else {
        return Ok(Vec::new());
    };
    let mut book = store::ledger::lock_book(tx, partner_id).await?;
    let open = open_periods(tx, priced).await?;
    let mut rated = Vec::with_capacity(priced.len());
    for call in priced {
        let call = Call { bill_period_start: bill_period(call, &open), ..call.clone() };
        if store::calls::rate_late(tx, &call).await? {
            rated.push(call);
        }
    }
    store::usage::add(tx, partner_id, &roll_up(rated.iter())?).await?;
    if let Some(debit) = wallet_debit(batch_id, rated.iter(), now)? {
        store::ledger::post(tx, &mut book, &[debit]).await?;
    }
    Ok(rated.into_iter().map(|call| call.call_id).collect())
}

/// The start of the open period of each tenant that has one.
async fn open_periods(tx: &mut Tx, calls: &[Call]) -> Result<FxHashMap<TenantId, Timestamp>> {
    let mut tenants: BTreeMap<PartnerId, BTreeSet<TenantId>> = BTreeMap::new();
    for call in calls {
        tenants.entry(call.partner_id).or_default().insert(call.tenant_id);
    }
    let mut open = FxHashMap::default();
    for (partner_id, tenants) in tenants {
        let tenants: Vec<TenantId> = tenants.into_iter().collect();
        open.extend(store::directory::open_starts(tx, partner_id, &tenants).await?);
    }
    Ok(open)
}

/// The period whose invoice carries a call: its own, or the open one where that has closed.
fn bill_period(call: &Call, open: &FxHashMap<TenantId, Timestamp>) -> Timestamp {
    match (call.charge, open.get(&call.tenant_id)) {
        (RetailCharge::Trial, _) => Timestamp::default(),
        (RetailCharge::Billable, Some(open)) => call.usage_period_start.max(*open),
        (RetailCharge::Billable, None) => NO_PERIOD,
    }
}

/// The sums that calls add to their partner's roll-ups.
pub(crate) fn roll_up<'a>(
    calls: impl Iterator<Item = &'a Call>,
) -> Result<BTreeMap<UsageKey, UsageSum>> {
    let mut sums: BTreeMap<UsageKey, UsageSum> = BTreeMap::new();
    for call in calls {
        if let Some(key) = call.usage_key() {
            let sum = sums.entry(key).or_default();
            *sum = sum.plus(call.usage_sum())?;
        }
    }
    Ok(sums)
}

/// One debit per tenant and kind of usage, exactly the sum of its calls (WAL-24).
fn wallet_debit<'a>(
    batch_id: BatchId,
    calls: impl Iterator<Item = &'a Call>,
    now: Timestamp,
) -> Result<Option<LedgerTx>> {
    let mut sums: BTreeMap<(TenantId, CallClass), Micros> = BTreeMap::new();
    let charged = calls.filter(|call| {
        call.outcome == Outcome::Rated && call.wholesale.charge == WholesaleCharge::Charged
    });
    for call in charged {
        let sum = sums.entry((call.tenant_id, call.class)).or_default();
        *sum = sum.plus(call.wholesale.cost)?;
    }
    let mut transfers = Vec::with_capacity(sums.len());
    for ((tenant_id, class), amount) in sums {
        let kind = match class {
            CallClass::Local => TransferKind::UsageLocal,
            CallClass::TollFree => TransferKind::UsageTollFree,
        };
        let sides = (Account::Wallet, Account::OperatorRevenue);
        transfers.extend(Transfer::new(kind, Some(tenant_id), sides, amount)?);
    }
    if transfers.is_empty() {
        return Ok(None);
    }
    let source = TxSource { kind: "batch", id: batch_id.to_string(), purpose: "usage" };
    let parts = ("Call usage".to_owned(), transfers);
    LedgerTx::new(Flow::Wholesale, now, source, parts)
        .map(Some)
        .map_err(|error| AppError::Broken(error.to_string()))
}
