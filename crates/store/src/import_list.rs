//! What importing leaves behind, as lists: batches and refused rows of one owner.

use domain::{
    ids::{BatchId, PartnerId, RejectId},
    paging::{Page, PageRequest},
    time::Timestamp,
};

use crate::{
    calls::parse_id,
    columns::{guarded, optional_instant},
    db::{Tx, on, owner_text},
    error::StoreError,
    imports::{Batch, Reject, RejectRow},
    listing::List,
};

/// A batch and the name of its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedBatch {
    /// The batch.
    pub batch: Batch,
    /// Its source's name.
    pub source: String,
}

#[derive(sqlx::FromRow)]
struct BatchRow {
    batch_id: String,
    source_id: String,
    file_name: String,
    first_line: i64,
    records: i64,
    calls: i64,
    rejects: i64,
    created_at: i64,
    source: String,
}

impl BatchRow {
    fn read(self, owner: Option<PartnerId>) -> Result<ListedBatch, StoreError> {
        let batch = Batch {
            batch_id: parse_id("batch.batch_id", &self.batch_id)?,
            source_id: parse_id("batch.source_id", &self.source_id)?,
            owner,
            file_name: self.file_name,
            first_line: self.first_line,
            records: self.records,
            calls: self.calls,
            rejects: self.rejects,
            created_at: Timestamp::from_micros(self.created_at),
        };
        Ok(ListedBatch { batch, source: self.source })
    }
}

macro_rules! select_batch {
    ($rest:literal) => {
        concat!(
            "select batch_id, source_id, file_name, first_line, records, calls, rejects,
               created_at,
               (select name from source where source.source_id = batch.source_id) as source
             from batch ",
            $rest
        )
    };
}

/// Which batches are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct BatchFilter {
    /// From the source with this name.
    pub source: Option<String>,
    /// Committed then or later.
    pub since: Option<Timestamp>,
    /// Committed before then.
    pub until: Option<Timestamp>,
}

/// A page of the owner's batches in the order of (time, id).
pub async fn batches(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    filter: BatchFilter,
    page: &PageRequest,
) -> Result<Page<ListedBatch>, StoreError> {
    let list = List::of(select_batch!(""))
        .only("owner_id = $?", [owner_text(owner).into()])
        .only_if(OF_SOURCE, filter.source)
        .only_if("created_at >= $?", filter.since.map(Timestamp::micros))
        .only_if("created_at < $?", filter.until.map(Timestamp::micros));
    let page = list.page(tx, ("created_at", "batch_id"), page).await?;
    page.try_map(|row: BatchRow| row.read(owner))
}

/// Source names are unique among those of one owner, and rows carry their owner.
const OF_SOURCE: &str = "source_id in (select source_id from source where name = $?)";

/// The owner's batch with this id.
pub async fn find_batch(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    batch_id: BatchId,
) -> Result<Option<ListedBatch>, StoreError> {
    let row: Option<BatchRow> = on!(tx, conn => sqlx::query_as(
        select_batch!("where owner_id = $1 and batch_id = $2"),
    ).bind(owner_text(owner)).bind(batch_id.to_string()).fetch_optional(conn).await)?;
    row.map(|row| row.read(owner)).transpose()
}

/// A refused row, the name of its source, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedReject {
    /// The refused row; in lists without its bytes.
    pub reject: Reject,
    /// Its source's name.
    pub source: String,
    /// `open`, `resolved` or `dismissed`.
    pub state: String,
    /// When it became a call, turned out to be one, or was dismissed.
    pub resolved_at: Option<Timestamp>,
    /// Why it was dismissed.
    pub dismissed_because: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    reject: RejectRow,
    source: String,
    state: String,
    resolved_at: Option<i64>,
    dismissed_because: Option<String>,
}

impl ListedRow {
    fn read(self) -> Result<ListedReject, StoreError> {
        Ok(ListedReject {
            reject: self.reject.read()?,
            source: self.source,
            state: self.state,
            resolved_at: optional_instant(self.resolved_at),
            dismissed_because: self.dismissed_because,
        })
    }
}

macro_rules! select_reject {
    ($raw:literal, $rest:literal) => {
        concat!(
            "select reject_id, source_id, owner_id, identity, file_name, line, byte_offset,
               format, zone, ordinal, code, reason, ",
            $raw,
            " as raw, created_at, state, resolved_at, dismissed_because,
               (select name from source where source.source_id = reject.source_id) as source
             from reject ",
            $rest
        )
    };
}

/// Which rejects are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct RejectFilter {
    /// From the source with this name.
    pub source: Option<String>,
    /// Refused for the reason with this code.
    pub code: Option<String>,
    /// `open`, `resolved` or `dismissed`.
    pub state: Option<&'static str>,
    /// Refused then or later.
    pub since: Option<Timestamp>,
    /// Refused before then.
    pub until: Option<Timestamp>,
}

/// A page of the owner's rejects in the order of their ids, which is that of time. Their bytes are
/// left out.
pub async fn rejects(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    filter: RejectFilter,
    page: &PageRequest,
) -> Result<Page<ListedReject>, StoreError> {
    let list = List::of(select_reject!("substr(raw, 1, 0)", ""))
        .only("owner_id = $?", [owner_text(owner).into()])
        .only_if(OF_SOURCE, filter.source)
        .only_if("code = $?", filter.code)
        .only_if("state = $?", filter.state)
        .only_if("created_at >= $?", filter.since.map(Timestamp::micros))
        .only_if("created_at < $?", filter.until.map(Timestamp::micros));
    list.page(tx, ("reject_id", "reject_id"), page).await?.try_map(ListedRow::read)
}

/// The owner's reject with this id, with its bytes.
pub async fn find_reject(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    reject_id: RejectId,
) -> Result<Option<ListedReject>, StoreError> {
    let row: Option<ListedRow> = on!(tx, conn => sqlx::query_as(
        select_reject!("raw", "where owner_id = $1 and reject_id = $2"),
    ).bind(owner_text(owner)).bind(reject_id.to_string()).fetch_optional(conn).await)?;
    row.map(ListedRow::read).transpose()
}

/// Gives up an open reject; `Stale` where it is open no more.
pub async fn dismiss_reject(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    (reject_id, reason): (RejectId, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let dismissed = on!(tx, conn => sqlx::query(
        "update reject set state = 'dismissed', resolved_at = $3, dismissed_because = $4
         where owner_id = $1 and reject_id = $2 and state = 'open'",
    )
    .bind(owner_text(owner))
    .bind(reject_id.to_string())
    .bind(now.micros())
    .bind(reason)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(dismissed, "the reject")
}
