//! Keys of the API.
//!
//! Decided here: a key is found by the hash of its text, which is all that is kept of it; name and
//! text are never updated (KEY-07); a revoked key stays revoked (KEY-08).

use std::collections::BTreeSet;

use domain::{
    api_key::{ApiKey, Grant, Scope},
    ids::{ApiKeyId, PartnerId, TenantId},
    paging::{Page, PageRequest},
    time::Timestamp,
};

use crate::{
    columns::{guarded, id, number, optional_instant},
    db::{OPERATOR, Tx, json_list, on, owner_text},
    error::StoreError,
    listing::List,
};

#[derive(sqlx::FromRow)]
struct KeyRow {
    owner_id: String,
    key_id: String,
    name: String,
    masked: String,
    scopes: String,
    tenants: Option<String>,
    rate_per_minute: i64,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    last_used_at: Option<i64>,
    version: i64,
}

impl KeyRow {
    fn read(self) -> Result<ApiKey, StoreError> {
        let owner = match self.owner_id.as_str() {
            OPERATOR => None,
            partner => Some(id("api_key.owner_id", partner)?),
        };
        let scopes: BTreeSet<Scope> = serde_json::from_str(&self.scopes)
            .map_err(|_| StoreError::corrupt("api_key.scopes", &self.scopes))?;
        let tenants = self.tenants.as_deref().map(tenants).transpose()?;
        Ok(ApiKey {
            key_id: id("api_key.key_id", &self.key_id)?,
            owner,
            name: self.name,
            masked: self.masked,
            grant: Grant { scopes, tenants },
            rate_per_minute: number("api_key.rate_per_minute", self.rate_per_minute)?,
            created_at: Timestamp::from_micros(self.created_at),
            expires_at: optional_instant(self.expires_at),
            revoked_at: optional_instant(self.revoked_at),
            last_used_at: optional_instant(self.last_used_at),
            version: self.version,
        })
    }
}

fn tenants(text: &str) -> Result<BTreeSet<TenantId>, StoreError> {
    let texts: Vec<String> =
        serde_json::from_str(text).map_err(|_| StoreError::corrupt("api_key.tenants", text))?;
    texts.iter().map(|text| id("api_key.tenants", text)).collect()
}

macro_rules! select_key {
    ($tail:literal) => {
        concat!(
            "select owner_id, key_id, name, masked, scopes, tenants, rate_per_minute, created_at,
               expires_at, revoked_at, last_used_at, version
             from api_key ",
            $tail
        )
    };
}

/// Keeps a new key under the hash of its text.
pub async fn insert(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    key: &ApiKey,
    key_hash: &[u8],
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into api_key (owner_id, key_id, name, key_hash, masked, scopes, tenants,
           rate_per_minute, created_at, expires_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(owner_text(owner))
    .bind(key.key_id.to_string())
    .bind(&key.name)
    .bind(key_hash)
    .bind(&key.masked)
    .bind(json_list(&key.grant.scopes))
    .bind(key.grant.tenants.as_ref().map(json_list))
    .bind(i64::from(key.rate_per_minute))
    .bind(key.created_at.micros())
    .bind(key.expires_at.map(Timestamp::micros))
    .bind(key.version)
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The key whose text has this hash, whoever owns it, and its partner's limit of requests a
/// minute.
pub async fn find_by_hash(
    tx: &mut Tx,
    key_hash: &[u8],
) -> Result<Option<(ApiKey, Option<i64>)>, StoreError> {
    let row: Option<KeyRow> = on!(tx, conn => sqlx::query_as(
        select_key!("where key_hash = $1"),
    ).bind(key_hash).fetch_optional(conn).await)?;
    let Some(row) = row else { return Ok(None) };
    let owner_id = row.owner_id.clone();
    let rate: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select rate_per_minute from partner where partner_id = $1",
    ).bind(owner_id).fetch_optional(conn).await)?;
    Ok(Some((row.read()?, rate.map(|(rate,)| rate))))
}

/// The owner's key with this id.
pub async fn find(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    key_id: ApiKeyId,
) -> Result<Option<ApiKey>, StoreError> {
    let row: Option<KeyRow> = on!(tx, conn => sqlx::query_as(
        select_key!("where owner_id = $1 and key_id = $2"),
    ).bind(owner_text(owner)).bind(key_id.to_string()).fetch_optional(conn).await)?;
    row.map(KeyRow::read).transpose()
}

/// Who owns the key with this id; nothing where there is no such key.
pub async fn owner_of(
    tx: &mut Tx,
    key_id: ApiKeyId,
) -> Result<Option<Option<PartnerId>>, StoreError> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "select owner_id from api_key where key_id = $1",
    ).bind(key_id.to_string()).fetch_optional(conn).await)?;
    let Some((owner_id,)) = row else { return Ok(None) };
    match owner_id.as_str() {
        OPERATOR => Ok(Some(None)),
        partner => Ok(Some(Some(id("api_key.owner_id", partner)?))),
    }
}

/// A page of the owner's keys in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    page: &PageRequest,
) -> Result<Page<ApiKey>, StoreError> {
    let list = List::of(select_key!("")).only("owner_id = $?", [owner_text(owner).into()]);
    list.page(tx, ("key_id", "key_id"), page).await?.try_map(KeyRow::read)
}

/// Saves what may change of a key, if it still has the version it was read with.
pub async fn save(tx: &mut Tx, owner: Option<PartnerId>, key: &ApiKey) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update api_key set scopes = $4, tenants = $5, revoked_at = $6, version = version + 1
         where owner_id = $1 and key_id = $2 and version = $3 and revoked_at is null",
    )
    .bind(owner_text(owner))
    .bind(key.key_id.to_string())
    .bind(key.version)
    .bind(json_list(&key.grant.scopes))
    .bind(key.grant.tenants.as_ref().map(json_list))
    .bind(key.revoked_at.map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the key")
}

/// Remembers that keys were used.
pub async fn touch(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    keys: &[ApiKeyId],
    at: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update api_key set last_used_at = $3
         where owner_id = $1 and key_id in (select value from json_each($2))
           and (last_used_at is null or last_used_at < $3)",
    )
    .bind(owner_text(owner))
    .bind(json_list(keys))
    .bind(at.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Ends all keys of a partner that is gone.
pub async fn revoke_all(
    tx: &mut Tx,
    partner_id: PartnerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update api_key set revoked_at = $2, version = version + 1
         where owner_id = $1 and revoked_at is null",
    ).bind(owner_text(Some(partner_id))).bind(now.micros()).execute(conn).await.map(drop))?;
    Ok(())
}
