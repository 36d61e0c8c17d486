//! Sources of call records (ruling 17).
//!
//! Decided here: a source is known by its owner and name, and its id is derived from them, so that
//! two importers that meet a new name at once make the same source.

use domain::{
    account::Source,
    ids::{PartnerId, SourceId},
    paging::{Page, PageRequest},
    time::Timestamp,
};

use crate::{
    columns::id,
    db::{Tx, on, owner_text},
    error::StoreError,
    listing::List,
};

/// The owner's source called `name`; it is created where there is none.
pub async fn find_or_create(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    name: &str,
    now: Timestamp,
) -> Result<Source, StoreError> {
    let owner_id = owner_text(owner);
    let new = SourceId::derived(now, &[&owner_id, name]);
    on!(tx, conn => sqlx::query(
        "insert into source (source_id, owner_id, name, created_at) values ($1, $2, $3, $4)
         on conflict (owner_id, name) do nothing",
    )
    .bind(new.to_string())
    .bind(&owner_id)
    .bind(name)
    .bind(now.micros())
    .execute(conn).await.map(drop))?;
    let (source_id,): (String,) = on!(tx, conn => sqlx::query_as(
        "select source_id from source where owner_id = $1 and name = $2",
    ).bind(&owner_id).bind(name).fetch_one(conn).await)?;
    let source_id = id("source.source_id", &source_id)?;
    Ok(Source { source_id, owner, name: name.to_owned() })
}

/// The source with this id, whoever owns it: what refused rows are tried again with.
pub async fn find(tx: &mut Tx, source_id: SourceId) -> Result<Option<Source>, StoreError> {
    let row: Option<(String, String)> = on!(tx, conn => sqlx::query_as(
        "select owner_id, name from source where source_id = $1",
    ).bind(source_id.to_string()).fetch_optional(conn).await)?;
    row.map(|(owner_id, name)| {
        let owner = match owner_id.as_str() {
            crate::db::OPERATOR => None,
            partner => Some(id("source.owner_id", partner)?),
        };
        Ok(Source { source_id, owner, name })
    })
    .transpose()
}

/// The sources of a partner, or all there are: one per switch, so there are few.
pub async fn all(tx: &mut Tx, owner: Option<PartnerId>) -> Result<Vec<Source>, StoreError> {
    let only = owner.map(|owner| owner.to_string());
    let rows: Vec<(String, String, String)> = on!(tx, conn => sqlx::query_as(
        "select source_id, owner_id, name from source
         where $1 is null or owner_id = $1
         order by source_id",
    ).bind(only).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(source_id, owner_id, name)| {
            let owner = match owner_id.as_str() {
                crate::db::OPERATOR => None,
                partner => Some(id("source.owner_id", partner)?),
            };
            Ok(Source { source_id: id("source.source_id", &source_id)?, owner, name })
        })
        .collect()
}

/// A page of all sources.
pub async fn list(tx: &mut Tx, page: &PageRequest) -> Result<Page<Source>, StoreError> {
    let list = List::of("select source_id, owner_id, name from source");
    let page = list.page(tx, ("source_id", "source_id"), page).await?;
    page.try_map(|(source_id, owner_id, name): (String, String, String)| {
        let owner = match owner_id.as_str() {
            crate::db::OPERATOR => None,
            partner => Some(id("source.owner_id", partner)?),
        };
        Ok(Source { source_id: id("source.source_id", &source_id)?, owner, name })
    })
}
