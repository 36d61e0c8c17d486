//! Rate deck files that wait to be put in force.
//!
//! Decided here: a file waits under an id of its own and is never changed. It goes when it is put
//! in force, thrown away, too old, or one of too many.

use domain::{
    ids::{DeckId, DeckUploadId, PartnerId},
    time::{Timestamp, Zone},
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{id, optional_id, zone},
    db::{Tx, on},
    error::StoreError,
};

/// A checked file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckUpload {
    /// Its id.
    pub upload_id: DeckUploadId,
    /// Whose next version it would be; none where it makes a new deck.
    pub deck_id: Option<DeckId>,
    /// The deck's name.
    pub name: String,
    /// In which its windows and dates are read.
    pub zone: Zone,
    /// From when it would price calls; from its activation where there is none.
    pub effective_from: Option<Timestamp>,
    /// How many rows it has.
    pub row_count: i64,
    /// Its rows.
    pub csv: String,
    /// When it came.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct UploadRow {
    upload_id: String,
    deck_id: Option<String>,
    name: String,
    zone: String,
    effective_from: Option<i64>,
    row_count: i64,
    csv: String,
    created_at: i64,
}

impl UploadRow {
    fn read(self) -> Result<DeckUpload, StoreError> {
        Ok(DeckUpload {
            upload_id: id("deck_upload.upload_id", &self.upload_id)?,
            deck_id: optional_id("deck_upload.deck_id", self.deck_id.as_deref())?,
            name: self.name,
            zone: zone("deck_upload.zone", &self.zone)?,
            effective_from: self.effective_from.map(Timestamp::from_micros),
            row_count: self.row_count,
            csv: self.csv,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

/// Keeps a file.
pub async fn insert(
    tx: &mut Tx,
    partner_id: PartnerId,
    upload: &DeckUpload,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into deck_upload
           (partner_id, upload_id, deck_id, name, zone, effective_from, row_count, csv, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(partner_id.to_string())
    .bind(upload.upload_id.to_string())
    .bind(upload.deck_id.map(|it| it.to_string()))
    .bind(&upload.name)
    .bind(upload.zone.name())
    .bind(upload.effective_from.map(Timestamp::micros))
    .bind(upload.row_count)
    .bind(&upload.csv)
    .bind(upload.created_at.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The partner's file with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    upload_id: DeckUploadId,
) -> Result<Option<DeckUpload>, StoreError> {
    found(tx, partner_id, (upload_id, Held::No)).await
}

/// [`find`], and nobody else puts it in force until the transaction ends.
pub async fn find_locked(
    tx: &mut Tx,
    partner_id: PartnerId,
    upload_id: DeckUploadId,
) -> Result<Option<DeckUpload>, StoreError> {
    found(tx, partner_id, (upload_id, Held::Yes)).await
}

#[derive(Clone, Copy)]
enum Held {
    Yes,
    No,
}

async fn found(
    tx: &mut Tx,
    partner_id: PartnerId,
    (upload_id, held): (DeckUploadId, Held),
) -> Result<Option<DeckUpload>, StoreError> {
    let sql = "select upload_id, deck_id, name, zone, effective_from, row_count, csv, created_at
               from deck_upload
               where partner_id = $1 and upload_id = $2";
    let sql = match held {
        Held::Yes => tx.locking(sql).to_string(),
        Held::No => sql.to_owned(),
    };
    let row: Option<UploadRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(upload_id.to_string())
        .fetch_optional(conn).await)?;
    row.map(UploadRow::read).transpose()
}

/// Throws a file away; one that is gone already is no matter.
pub async fn delete(
    tx: &mut Tx,
    partner_id: PartnerId,
    upload_id: DeckUploadId,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "delete from deck_upload where partner_id = $1 and upload_id = $2",
    ).bind(partner_id.to_string()).bind(upload_id.to_string()).execute(conn).await.map(drop))?;
    Ok(())
}

/// Throws the partner's files away that came before `since`, and of the others all but the
/// `kept` newest.
pub async fn prune(
    tx: &mut Tx,
    partner_id: PartnerId,
    (since, kept): (Timestamp, i64),
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "delete from deck_upload
         where partner_id = $1 and (created_at < $2 or upload_id not in (
           select upload_id from deck_upload
           where partner_id = $1
           order by upload_id desc
           limit $3))",
    )
    .bind(partner_id.to_string())
    .bind(since.micros())
    .bind(kept)
    .execute(conn).await.map(drop))?;
    Ok(())
}
