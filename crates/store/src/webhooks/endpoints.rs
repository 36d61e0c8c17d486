//! Rows of webhook endpoints.
//!
//! Decided here: an endpoint that was deleted stays as a row, so that its deliveries can be read,
//! and is in no list. What people edit is guarded by the version; what senders count is not part
//! of it, and is only changed while the row is locked.

use domain::{
    ids::{EndpointId, PartnerId},
    paging::{Page, PageRequest},
    time::Timestamp,
    webhook::endpoint::{EndpointHealth, EndpointStatus},
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{after, guarded, id, named, number},
    db::{Tx, json_list, on},
    error::StoreError,
    listing::List,
};

/// The secrets of an endpoint, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSecrets {
    /// In force.
    pub current: Vec<u8>,
    /// The one before, and until when it is in force beside it.
    pub previous: Option<(Vec<u8>, Timestamp)>,
}

/// A webhook endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Whose.
    pub partner_id: PartnerId,
    /// Its id.
    pub endpoint_id: EndpointId,
    /// Where events are sent.
    pub url: String,
    /// For people.
    pub description: String,
    /// Names of the events it is sent, sorted.
    pub event_types: Vec<String>,
    /// Whether it is sent anything.
    pub health: EndpointHealth,
    /// What its messages are signed with.
    pub secrets: SealedSecrets,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its version, for guarded saves.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct EndpointRow {
    partner_id: String,
    endpoint_id: String,
    url: String,
    description: String,
    event_types: String,
    status: String,
    consecutive_failures: i64,
    secret: Vec<u8>,
    previous_secret: Option<Vec<u8>>,
    previous_until: Option<i64>,
    created_at: i64,
    version: i64,
}

impl EndpointRow {
    fn read(self) -> Result<Endpoint, StoreError> {
        let failures = "webhook_endpoint.consecutive_failures";
        Ok(Endpoint {
            partner_id: id("webhook_endpoint.partner_id", &self.partner_id)?,
            endpoint_id: id("webhook_endpoint.endpoint_id", &self.endpoint_id)?,
            url: self.url,
            description: self.description,
            event_types: event_types(&self.event_types)?,
            health: EndpointHealth {
                status: named("webhook_endpoint.status", &self.status, EndpointStatus::parse)?,
                consecutive_failures: number(failures, self.consecutive_failures)?,
            },
            secrets: SealedSecrets {
                current: self.secret,
                previous: self.previous_secret.zip(self.previous_until.map(Timestamp::from_micros)),
            },
            created_at: Timestamp::from_micros(self.created_at),
            version: self.version,
        })
    }
}

pub(super) fn event_types(text: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(text)
        .map_err(|_| StoreError::corrupt("webhook_endpoint.event_types", text))
}

macro_rules! select_endpoint {
    ($tail:literal) => {
        concat!(
            "select partner_id, endpoint_id, url, description, event_types, status,
               consecutive_failures, secret, previous_secret, previous_until, created_at, version
             from webhook_endpoint ",
            $tail
        )
    };
}

/// A page of the partner's endpoints that are not deleted, in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    page: &PageRequest,
) -> Result<Page<Endpoint>, StoreError> {
    let list = List::of(select_endpoint!(""))
        .only("partner_id = $?", [partner_id.to_string().into()])
        .only("status <> $?", ["deleted".into()]);
    list.page(tx, ("endpoint_id", "endpoint_id"), page).await?.try_map(EndpointRow::read)
}

/// Adds an endpoint.
pub async fn insert(tx: &mut Tx, endpoint: &Endpoint) -> Result<(), StoreError> {
    let previous = endpoint.secrets.previous.as_ref();
    on!(tx, conn => sqlx::query(
        "insert into webhook_endpoint
           (partner_id, endpoint_id, url, description, event_types, status, consecutive_failures,
            secret, previous_secret, previous_until, created_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(endpoint.partner_id.to_string())
    .bind(endpoint.endpoint_id.to_string())
    .bind(&endpoint.url)
    .bind(&endpoint.description)
    .bind(json_list(&endpoint.event_types))
    .bind(endpoint.health.status.as_str())
    .bind(i64::from(endpoint.health.consecutive_failures))
    .bind(&endpoint.secrets.current)
    .bind(previous.map(|(sealed, _)| sealed))
    .bind(previous.map(|(_, until)| until.micros()))
    .bind(endpoint.created_at.micros())
    .bind(endpoint.version)
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The partner's endpoint with this id, deleted ones included.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    endpoint_id: EndpointId,
) -> Result<Option<Endpoint>, StoreError> {
    let row: Option<EndpointRow> = on!(tx, conn => sqlx::query_as(
        select_endpoint!("where partner_id = $1 and endpoint_id = $2"),
    ).bind(partner_id.to_string()).bind(endpoint_id.to_string()).fetch_optional(conn).await)?;
    row.map(EndpointRow::read).transpose()
}

/// The same, locked until the transaction ends.
pub async fn find_locked(
    tx: &mut Tx,
    partner_id: PartnerId,
    endpoint_id: EndpointId,
) -> Result<Option<Endpoint>, StoreError> {
    let sql = tx.locking(select_endpoint!("where partner_id = $1 and endpoint_id = $2"));
    let row: Option<EndpointRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(endpoint_id.to_string())
        .fetch_optional(conn).await)?;
    row.map(EndpointRow::read).transpose()
}

/// The partner's endpoints with these ids, in the order of their ids, locked until the transaction
/// ends.
pub async fn locked(
    tx: &mut Tx,
    partner_id: PartnerId,
    ids: &[EndpointId],
) -> Result<Vec<Endpoint>, StoreError> {
    let sql = tx.locking(select_endpoint!(
        "where partner_id = $1 and endpoint_id in (select value from json_each($2))
         order by endpoint_id"
    ));
    let rows: Vec<EndpointRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(json_list(ids))
        .fetch_all(conn).await)?;
    rows.into_iter().map(EndpointRow::read).collect()
}

/// The same, not locked.
pub async fn find_all(
    tx: &mut Tx,
    partner_id: PartnerId,
    ids: &[EndpointId],
) -> Result<Vec<Endpoint>, StoreError> {
    let rows: Vec<EndpointRow> = on!(tx, conn => sqlx::query_as(
        select_endpoint!(
            "where partner_id = $1 and endpoint_id in (select value from json_each($2))
             order by endpoint_id"
        ),
    ).bind(partner_id.to_string()).bind(json_list(ids)).fetch_all(conn).await)?;
    rows.into_iter().map(EndpointRow::read).collect()
}

/// Up to `limit` of the partner's endpoints after `last` that are not deleted, in the order of
/// their ids.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    last: Option<EndpointId>,
    limit: i64,
) -> Result<Vec<Endpoint>, StoreError> {
    let rows: Vec<EndpointRow> = on!(tx, conn => sqlx::query_as(
        select_endpoint!(
            "where partner_id = $1 and endpoint_id > $2 and status <> 'deleted'
             order by endpoint_id limit $3"
        ),
    ).bind(partner_id.to_string()).bind(after(last)).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(EndpointRow::read).collect()
}

/// How many endpoints the partner has that are not deleted.
pub async fn count(tx: &mut Tx, partner_id: PartnerId) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from webhook_endpoint where partner_id = $1 and status <> 'deleted'",
    ).bind(partner_id.to_string()).fetch_one(conn).await)?;
    Ok(count)
}

/// The enabled endpoints of a partner, each with the events it wants.
pub(super) async fn subscriptions(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Vec<(EndpointId, Vec<String>)>, StoreError> {
    let rows: Vec<(String, String)> = on!(tx, conn => sqlx::query_as(
        "select endpoint_id, event_types from webhook_endpoint
         where partner_id = $1 and status = 'enabled'
         order by endpoint_id",
    ).bind(partner_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(endpoint_id, types)| {
            Ok((id("webhook_endpoint.endpoint_id", &endpoint_id)?, event_types(&types)?))
        })
        .collect()
}

/// Saves what may change of an endpoint, if it still has the version it was read with.
pub async fn save(tx: &mut Tx, endpoint: &Endpoint) -> Result<(), StoreError> {
    let previous = endpoint.secrets.previous.as_ref();
    let saved = on!(tx, conn => sqlx::query(
        "update webhook_endpoint
         set url = $4, description = $5, event_types = $6, status = $7,
           consecutive_failures = $8, secret = $9, previous_secret = $10, previous_until = $11,
           version = version + 1
         where partner_id = $1 and endpoint_id = $2 and version = $3",
    )
    .bind(endpoint.partner_id.to_string())
    .bind(endpoint.endpoint_id.to_string())
    .bind(endpoint.version)
    .bind(&endpoint.url)
    .bind(&endpoint.description)
    .bind(json_list(&endpoint.event_types))
    .bind(endpoint.health.status.as_str())
    .bind(i64::from(endpoint.health.consecutive_failures))
    .bind(&endpoint.secrets.current)
    .bind(previous.map(|(sealed, _)| sealed))
    .bind(previous.map(|(_, until)| until.micros()))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the webhook endpoint")
}

/// Saves what senders found out about an endpoint that they hold locked. Only a status that
/// changed makes a version of it.
pub async fn save_health(
    tx: &mut Tx,
    endpoint: &Endpoint,
    health: EndpointHealth,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update webhook_endpoint
         set version = version + case when status = $3 then 0 else 1 end,
           status = $3, consecutive_failures = $4
         where partner_id = $1 and endpoint_id = $2",
    )
    .bind(endpoint.partner_id.to_string())
    .bind(endpoint.endpoint_id.to_string())
    .bind(health.status.as_str())
    .bind(i64::from(health.consecutive_failures))
    .execute(conn).await.map(drop))?;
    Ok(())
}
