//! What importing leaves behind: batches, how far files were read, and refused rows.

use domain::{
    ids::{BatchId, PartnerId, RejectId, SourceId},
    time::Timestamp,
};

use crate::{
    bulk::Bulk,
    calls::parse_id,
    db::{OPERATOR, Tx, json_list, on, owner_text},
    error::StoreError,
};

/// One committed batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id, derived from its records.
    pub batch_id: BatchId,
    /// Where its records come from.
    pub source_id: SourceId,
    /// Whose source that is: a partner's, or the operator's.
    pub owner: Option<PartnerId>,
    /// The file, or what stands for one.
    pub file_name: String,
    /// The file's line of its first record.
    pub first_line: i64,
    /// Records read.
    pub records: i64,
    /// Records that became calls.
    pub calls: i64,
    /// Records that were refused.
    pub rejects: i64,
    /// When it was committed.
    pub created_at: Timestamp,
}

/// Keeps a batch; the same batch again changes nothing.
pub async fn insert_batch(tx: &mut Tx, batch: &Batch) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into batch (batch_id, source_id, file_name, first_line, records, calls, rejects,
           created_at, owner_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (batch_id) do nothing",
    )
        .bind(batch.batch_id.to_string())
        .bind(batch.source_id.to_string())
        .bind(&batch.file_name)
        .bind(batch.first_line)
        .bind(batch.records)
        .bind(batch.calls)
        .bind(batch.rejects)
        .bind(batch.created_at.micros())
        .bind(owner_text(batch.owner))
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// How far a file was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMark {
    /// SHA-256 of the file's first bytes: which file it is, whatever its name.
    pub head_hash: Vec<u8>,
    /// Its name when it was last read.
    pub file_name: String,
    /// Bytes read.
    pub byte_offset: i64,
    /// SHA-256 of those bytes.
    pub prefix_hash: Vec<u8>,
    /// Records in them.
    pub records: i64,
}

type MarkRow = (Vec<u8>, String, i64, Vec<u8>, i64);

/// The mark of the file that begins with these bytes.
pub async fn find_mark(
    tx: &mut Tx,
    source_id: SourceId,
    head_hash: &[u8],
) -> Result<Option<FileMark>, StoreError> {
    let row: Option<MarkRow> = on!(tx, conn => sqlx::query_as(
        "select head_hash, file_name, byte_offset, prefix_hash, records from import_file
         where source_id = $1 and head_hash = $2",
    ).bind(source_id.to_string()).bind(head_hash.to_vec()).fetch_optional(conn).await)?;
    Ok(row.map(|(head_hash, file_name, byte_offset, prefix_hash, records)| FileMark {
        head_hash,
        file_name,
        byte_offset,
        prefix_hash,
        records,
    }))
}

/// Remembers that a file was read up to its mark.
pub async fn save_mark(
    tx: &mut Tx,
    source_id: SourceId,
    mark: &FileMark,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into import_file (source_id, head_hash, file_name, byte_offset, prefix_hash,
           records, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (source_id, head_hash) do update set
           file_name = excluded.file_name, byte_offset = excluded.byte_offset,
           prefix_hash = excluded.prefix_hash, records = excluded.records,
           updated_at = excluded.updated_at",
    )
        .bind(source_id.to_string())
        .bind(mark.head_hash.clone())
        .bind(&mark.file_name)
        .bind(mark.byte_offset)
        .bind(mark.prefix_hash.clone())
        .bind(mark.records)
        .bind(now.micros())
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// A refused row, kept with everything needed to try it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Its id.
    pub reject_id: RejectId,
    /// Where it comes from.
    pub source_id: SourceId,
    /// Whose source that is: a partner's, or the operator's.
    pub owner: Option<PartnerId>,
    /// What makes the same refusal the same.
    pub identity: String,
    /// The file.
    pub file_name: String,
    /// The row's first line, from 1.
    pub line: i64,
    /// The row's first byte, from 0.
    pub byte_offset: i64,
    /// The format it was read as.
    pub format: String,
    /// The zone its local times were read in; empty where none was given.
    pub zone: String,
    /// Which of several equal rows of its file it is.
    pub ordinal: i64,
    /// Stable code of the reason.
    pub code: String,
    /// The reason, for people.
    pub reason: String,
    /// The row as it stood in the file.
    pub raw: Vec<u8>,
    /// When it was refused.
    pub created_at: Timestamp,
}

/// Keeps refused rows and answers how many are new.
pub async fn insert_rejects(tx: &mut Tx, rejects: &[Reject]) -> Result<u64, StoreError> {
    let mut rows = Bulk::new(
        "reject",
        &[
            "reject_id",
            "source_id",
            "identity",
            "file_name",
            "line",
            "byte_offset",
            "format",
            "zone",
            "ordinal",
            "code",
            "reason",
            "raw",
            "state",
            "created_at",
            "owner_id",
        ],
        "on conflict (source_id, identity) do nothing",
    );
    for reject in rejects {
        rows.push([
            reject.reject_id.to_string().into(),
            reject.source_id.to_string().into(),
            reject.identity.clone().into(),
            reject.file_name.clone().into(),
            reject.line.into(),
            reject.byte_offset.into(),
            reject.format.clone().into(),
            reject.zone.clone().into(),
            reject.ordinal.into(),
            reject.code.clone().into(),
            reject.reason.clone().into(),
            reject.raw.clone().into(),
            "open".into(),
            reject.created_at.micros().into(),
            owner_text(reject.owner).into(),
        ]);
    }
    rows.insert(tx).await
}

#[derive(sqlx::FromRow)]
pub(crate) struct RejectRow {
    reject_id: String,
    source_id: String,
    owner_id: String,
    identity: String,
    file_name: String,
    line: i64,
    byte_offset: i64,
    format: String,
    zone: String,
    ordinal: i64,
    code: String,
    reason: String,
    raw: Vec<u8>,
    created_at: i64,
}

impl RejectRow {
    pub(crate) fn read(self) -> Result<Reject, StoreError> {
        let owner = match self.owner_id.as_str() {
            OPERATOR => None,
            partner => Some(parse_id("reject.owner_id", partner)?),
        };
        Ok(Reject {
            reject_id: parse_id("reject.reject_id", &self.reject_id)?,
            source_id: parse_id("reject.source_id", &self.source_id)?,
            owner,
            identity: self.identity,
            file_name: self.file_name,
            line: self.line,
            byte_offset: self.byte_offset,
            format: self.format,
            zone: self.zone,
            ordinal: self.ordinal,
            code: self.code,
            reason: self.reason,
            raw: self.raw,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

/// Open rejects of these sources after `after`, oldest first.
pub async fn open_rejects(
    tx: &mut Tx,
    sources: &[SourceId],
    (after, limit): (Option<RejectId>, i64),
) -> Result<Vec<Reject>, StoreError> {
    let after = after.map_or(String::new(), |id| id.to_string());
    let rows: Vec<RejectRow> = on!(tx, conn => sqlx::query_as(
        "select reject_id, source_id, owner_id, identity, file_name, line, byte_offset, format,
           zone, ordinal, code, reason, raw, created_at
         from reject
         where state = 'open' and reject_id > $2
           and source_id in (select value from json_each($1))
         order by reject_id
         limit $3",
    ).bind(json_list(sources)).bind(after).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(RejectRow::read).collect()
}

/// The ids under which refusals of these identities are kept.
pub async fn reject_ids(
    tx: &mut Tx,
    source_id: SourceId,
    identities: &[&str],
) -> Result<Vec<(String, RejectId)>, StoreError> {
    let rows: Vec<(String, String)> = on!(tx, conn => sqlx::query_as(
        "select identity, reject_id from reject
         where source_id = $1 and identity in (select value from json_each($2))",
    ).bind(source_id.to_string()).bind(json_list(identities)).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(identity, id)| Ok((identity, parse_id("reject.reject_id", &id)?)))
        .collect()
}

/// How many open rejects there are, by code.
pub async fn count_open_rejects(
    tx: &mut Tx,
    sources: &[SourceId],
) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select code, count(*) from reject
         where state = 'open' and source_id in (select value from json_each($1))
         group by code
         order by code",
    ).bind(json_list(sources)).fetch_all(conn).await)?)
}

/// Closes rejects that became calls, or turned out to be known already.
pub async fn resolve_rejects(
    tx: &mut Tx,
    source_id: SourceId,
    rejects: &[RejectId],
    now: Timestamp,
) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(
        "update reject set state = 'resolved', resolved_at = $3
         where source_id = $1 and state = 'open'
           and reject_id in (select value from json_each($2))",
    ).bind(source_id.to_string()).bind(json_list(rejects)).bind(now.micros())
        .execute(conn).await.map(|done| done.rows_affected()))?)
}
