//! Batches that programs send: priced outside of the transaction, added by one.
//!
//! Decided here: what is said about each record, in the order they were sent. It is the importer's
//! own code that prices and adds; a batch that was sent before changes nothing and says of each
//! record what became of it.

use std::collections::BTreeSet;

pub use adapters::cdr_files::SentFault;
use adapters::cdr_files::{Format, ParsedRow, Row, SentRecords, sent_json, sent_ndjson};
use domain::{
    call::Call,
    ids::{CallId, PartnerId, RejectId, TenantId},
};
use rustc_hash::FxHashMap;
use store::imports::Reject;

use super::batch::{Added, BatchSource, Committed, Prepared, Verdict, prepare};
use crate::{
    App,
    error::{AppError, Result},
    resource::{CdrBatchResult, RecordResult},
};

/// Records in one batch at most.
pub const MAX_PUSHED: usize = 10_000;

/// What stands for a file where records came by the API.
const FILE_NAME: &str = "api";

/// Records that were sent, not priced yet.
#[derive(Debug, Clone)]
pub struct PushedRows(Vec<ParsedRow>);

/// Reads a JSON document with its source and records.
pub fn read_pushed_json(bytes: &[u8]) -> Result<(String, PushedRows), SentFault> {
    let SentRecords { source, rows } = sent_json(bytes, MAX_PUSHED)?;
    Ok((source, PushedRows(rows)))
}

/// Reads NDJSON.
pub fn read_pushed_ndjson(bytes: &[u8]) -> Result<PushedRows, SentFault> {
    sent_ndjson(bytes, MAX_PUSHED).map(PushedRows)
}

/// A batch on its way in.
#[derive(Debug)]
pub struct PushedBatch {
    owner: PartnerId,
    source: String,
    tenants: Option<BTreeSet<TenantId>>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Read(Vec<ParsedRow>),
    Priced(Box<(BatchSource, Prepared)>),
}

impl PushedBatch {
    /// Records of the partner's source with this name. Of `tenants` only, where there are any
    /// named.
    pub fn new(
        owner: PartnerId,
        source: String,
        tenants: Option<BTreeSet<TenantId>>,
        rows: PushedRows,
    ) -> Result<Self> {
        if rows.0.is_empty() {
            return Err(AppError::invalid("records", "give 1 to 10,000 records"));
        }
        Ok(Self { owner, source, tenants, stage: Stage::Read(rows.0) })
    }
}

impl App {
    /// Prices a batch by the owners and prices of now.
    pub async fn price_pushed(&self, batch: PushedBatch) -> Result<PushedBatch> {
        let (from, rows) = match batch.stage {
            Stage::Priced(priced) => (priced.0, priced.1.into_rows()),
            Stage::Read(rows) => {
                let from = BatchSource {
                    source: self.source(&batch.source, Some(batch.owner)).await?,
                    file_name: FILE_NAME.to_owned(),
                    format: Format::Ndjson.as_str(),
                    zone: String::new(),
                    tenants: batch.tenants.clone(),
                };
                (from, rows)
            }
        };
        let directory = self.known_directory().await?;
        let prepared = prepare(&directory, &from, rows, self.clock.now())?;
        Ok(PushedBatch { stage: Stage::Priced(Box::new((from, prepared))), ..batch })
    }

    /// Adds a priced batch; nothing where owners or prices have changed since.
    pub async fn add_pushed(&self, batch: &PushedBatch) -> Result<Option<CdrBatchResult>> {
        let Stage::Priced(priced) = &batch.stage else {
            return Err(AppError::Broken("a batch is added before it is priced".to_owned()));
        };
        let (from, prepared) = &**priced;
        self.db
            .write(async |tx| {
                let added = match self.commit_watched(tx, (from, prepared), None).await? {
                    Committed::Outdated => return Ok(None),
                    Committed::Done(added) => added,
                };
                // Even a batch that changed nothing can be asked for.
                store::imports::insert_batch(tx, &added.batch).await?;
                let identities: Vec<&str> =
                    added.rejects.iter().map(|reject| reject.identity.as_str()).collect();
                let ids = if identities.is_empty() {
                    Vec::new()
                } else {
                    store::imports::reject_ids(tx, from.source.source_id, &identities).await?
                };
                Ok(Some(answer(from, prepared, (&added, ids.into_iter().collect()))))
            })
            .await
    }
}

/// What is said about a batch and each of its records.
fn answer(
    from: &BatchSource,
    prepared: &Prepared,
    (added, ids): (&Added, FxHashMap<String, RejectId>),
) -> CdrBatchResult {
    let new: FxHashMap<CallId, &Call> =
        added.calls.iter().map(|call| (call.call_id, call)).collect();
    let mut results: Vec<RecordResult> = Vec::new();
    for (index, (row, verdict)) in prepared.verdicts().enumerate() {
        let refused = |place: usize| refused(&added.rejects[place], &ids);
        let result = match verdict {
            Verdict::Reject(place) => refused(place),
            Verdict::Call(place) => {
                let call_id = prepared.call_id(place);
                match (new.get(&call_id), added.conflicts.get(&index)) {
                    (Some(call), _) => accepted(call),
                    (None, Some(place)) => refused(*place),
                    (None, None) => known(call_id),
                }
            }
            Verdict::Again(first) => match results.get(first) {
                Some(RecordResult { call_id: Some(call_id), .. }) => known(*call_id),
                first => first.cloned().unwrap_or_default(),
            },
        };
        let key = match &row.row {
            Row::Record(record) => Some(record.fields()),
            Row::Bad { .. } => None,
        };
        results.push(RecordResult {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            record_id: key.map(|fields| fields.record_id.clone()),
            leg: key.map(|fields| fields.leg.as_str()),
            ..result
        });
    }
    let count = |name| results.iter().filter(|it| it.result == name).count() as u64;
    CdrBatchResult {
        id: added.batch.batch_id,
        source: from.source.name.clone(),
        source_id: from.source.source_id,
        records: results.len() as u64,
        accepted: count(ACCEPTED),
        duplicates: count(DUPLICATE),
        conflicts: count(CONFLICT),
        rejected: count(REJECTED),
        results,
    }
}

const ACCEPTED: &str = "accepted";
const DUPLICATE: &str = "duplicate";
const CONFLICT: &str = "conflict";
const REJECTED: &str = "rejected";

fn accepted(call: &Call) -> RecordResult {
    let (outcome, reason) = call.outcome.codes();
    RecordResult {
        result: ACCEPTED,
        call_id: Some(call.call_id),
        outcome: Some(outcome),
        code: reason.map(str::to_owned),
        ..RecordResult::default()
    }
}

fn known(call_id: CallId) -> RecordResult {
    RecordResult { result: DUPLICATE, call_id: Some(call_id), ..RecordResult::default() }
}

fn refused(reject: &Reject, ids: &FxHashMap<String, RejectId>) -> RecordResult {
    RecordResult {
        result: if reject.code == "conflict" { CONFLICT } else { REJECTED },
        code: Some(reject.code.clone()),
        reason: Some(reject.reason.clone()),
        reject_id: ids.get(&reject.identity).copied(),
        ..RecordResult::default()
    }
}
