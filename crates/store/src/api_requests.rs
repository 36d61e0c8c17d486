//! The request log of the API: what each key asked, and how it was answered, for 30 days.
//!
//! Decided here: rows are written in batches, after the answers were given; who writes them has
//! taken secrets out before.

use domain::{
    ids::{ApiKeyId, PartnerId},
    paging::{Page, PageRequest},
    time::Timestamp,
};

use crate::{
    bulk::Bulk,
    columns::id,
    db::{OPERATOR, Tx, on, owner_text},
    error::StoreError,
    listing::List,
};

/// One request and its answer, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiRequest {
    /// Whose key asked.
    pub owner: Option<PartnerId>,
    /// The request's id, as the answer's header had it.
    pub request_id: String,
    /// The key.
    pub key_id: ApiKeyId,
    /// When it came.
    pub at: Timestamp,
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// How long the answer took.
    pub duration_micros: i64,
    /// From which address.
    pub ip: String,
    /// What was sent, redacted and cut short.
    pub request_body: String,
    /// The problem's code; empty where all went well.
    pub code: String,
}

/// Which requests are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct ApiRequestFilter {
    /// By this key.
    pub key_id: Option<ApiKeyId>,
    /// With this id.
    pub request_id: Option<String>,
    /// With this method.
    pub method: Option<String>,
    /// With this status.
    pub status: Option<i64>,
    /// From then on.
    pub since: Option<Timestamp>,
    /// Until then, exclusive.
    pub until: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct RequestRow {
    owner_id: String,
    request_id: String,
    key_id: String,
    at: i64,
    method: String,
    path: String,
    status: i64,
    duration_micros: i64,
    ip: String,
    request_body: String,
    code: String,
}

impl RequestRow {
    fn read(self) -> Result<ApiRequest, StoreError> {
        let owner = match self.owner_id.as_str() {
            OPERATOR => None,
            partner => Some(id("api_request.owner_id", partner)?),
        };
        Ok(ApiRequest {
            owner,
            request_id: self.request_id,
            key_id: id("api_request.key_id", &self.key_id)?,
            at: Timestamp::from_micros(self.at),
            method: self.method,
            path: self.path,
            status: crate::columns::number("api_request.status", self.status)?,
            duration_micros: self.duration_micros,
            ip: self.ip,
            request_body: self.request_body,
            code: self.code,
        })
    }
}

/// Adds requests.
pub async fn append_all(tx: &mut Tx, requests: &[ApiRequest]) -> Result<(), StoreError> {
    let mut rows = Bulk::new(
        "api_request",
        &[
            "owner_id",
            "request_id",
            "key_id",
            "at",
            "method",
            "path",
            "status",
            "duration_micros",
            "ip",
            "request_body",
            "code",
        ],
        "on conflict (owner_id, request_id) do nothing",
    );
    for request in requests {
        rows.push([
            owner_text(request.owner).into(),
            request.request_id.as_str().into(),
            request.key_id.to_string().into(),
            request.at.micros().into(),
            request.method.as_str().into(),
            request.path.as_str().into(),
            i64::from(request.status).into(),
            request.duration_micros.into(),
            request.ip.as_str().into(),
            request.request_body.as_str().into(),
            request.code.as_str().into(),
        ]);
    }
    rows.insert(tx).await.map(drop)
}

/// A page of the owner's requests in the order of their ids, which is that of time.
pub async fn list(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    filter: ApiRequestFilter,
    page: &PageRequest,
) -> Result<Page<ApiRequest>, StoreError> {
    let list = List::of(
        "select owner_id, request_id, key_id, at, method, path, status, duration_micros, ip,
           request_body, code
         from api_request",
    )
    .only("owner_id = $?", [owner_text(owner).into()])
    .only_if("key_id = $?", filter.key_id.map(|it| it.to_string()))
    .only_if("request_id = $?", filter.request_id)
    .only_if("method = $?", filter.method)
    .only_if("status = $?", filter.status)
    .only_if("at >= $?", filter.since.map(Timestamp::micros))
    .only_if("at < $?", filter.until.map(Timestamp::micros));
    list.page(tx, ("request_id", "request_id"), page).await?.try_map(RequestRow::read)
}

/// Forgets up to `limit` requests from before `before` and says how many.
pub async fn forget(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(
        "delete from api_request where (owner_id, request_id) in (
           select owner_id, request_id from api_request where at < $1 order by at limit $2)",
    )
    .bind(before.micros())
    .bind(limit)
    .execute(conn).await.map(|done| done.rows_affected()))?)
}
