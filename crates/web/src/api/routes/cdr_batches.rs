//! `/v1/cdr-batches`: call records in.
//!
//! Decided here: what a batch may be sent as. A bad record never stops the rest; only what is no
//! batch at all is refused whole.

use app::{
    ingest::{
        BatchFilter, ListedBatch, PushedBatch, PushedRows, SentFault, read_pushed_json,
        read_pushed_ndjson,
    },
    resource::{self, Instant},
};
use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use domain::{
    api_key::{Category, Scope},
    ids::BatchId,
    paging::{Key, Order},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    caller::Caller,
    paging::{KeyKind, List, Sort, list_query},
    problem::Problem,
    query::{At, Query},
    write::Outcome,
};

const READ: Scope = Scope::read(Category::Calls);
const WRITE: Scope = Scope::write(Category::Calls);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get))
}

list_query! {
    BatchQuery {
        /// Only from the source with this name.
        source: Option<String>,
        /// Only those committed then or later.
        #[serde(rename = "created[gte]")]
        #[param(value_type = Option<String>)]
        since: Option<Instant>,
        /// Only those committed before then.
        #[serde(rename = "created[lt]")]
        #[param(value_type = Option<String>)]
        until: Option<Instant>,
    }
}

/// One call record. Read by the parser of the records themselves; this says how it looks.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents a body that is read elsewhere")]
struct CallRecord {
    /// The source's own id of it.
    #[schema(example = "1772366400.118")]
    record_id: String,
    /// `a` (where this is left out) or `b`.
    leg: Option<String>,
    /// What holds the legs of one call together.
    call_group: Option<String>,
    /// `inbound`, `outbound` or `internal`; read off the numbers where this is left out.
    direction: Option<String>,
    /// Who called, as dialled.
    #[schema(example = "+15015550111")]
    from: String,
    /// Who was called, as dialled.
    #[schema(example = "+12125550199")]
    to: String,
    /// Tenant id, SIP prefix or account code; read off the numbers where this is left out.
    account: Option<String>,
    /// The tenant's extension.
    extension: Option<String>,
    /// When it began to ring.
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<String>,
    /// When it was answered; left out of calls that nobody answered.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-05-03T09:59:00Z")]
    answered_at: Option<String>,
    /// When it ended.
    #[schema(value_type = String, format = DateTime, example = "2026-05-03T10:00:00Z")]
    ended_at: String,
    /// Talk time; from answer to end where this is left out.
    #[schema(value_type = Option<String>, example = "60")]
    talk_seconds: Option<String>,
    /// Hold by the tenant's side; not billed.
    #[schema(value_type = Option<String>)]
    hold_seconds: Option<String>,
    /// `answered`, `no_answer`, `busy` or `failed`.
    disposition: Option<String>,
    /// The switch's own word for how it ended.
    hangup_cause: Option<String>,
    /// Where a recording is.
    recording_url: Option<String>,
}

/// Call records of one source.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents a body that is read elsewhere")]
struct CdrBatchInput {
    /// The name of the switch they come from; it is made where there is none.
    #[schema(example = "pbx-1", min_length = 1, max_length = 100)]
    source: String,
    /// The records.
    #[schema(min_items = 1, max_items = 10000)]
    records: Vec<CallRecord>,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SourceQuery {
    /// The name of the switch they come from, where the body is NDJSON.
    source: Option<String>,
}

/// Send call records
///
/// Up to 10,000 records and 32 MB, as JSON, or as NDJSON with `?source=`. Each record is answered
/// for, in order. A record that is known already changes nothing, however often it is sent; one
/// that cannot be taken is kept under `/v1/rejects` and does not stop the rest.
#[utoipa::path(post, path = "/v1/cdr-batches", tag = "Calls", operation_id = "create_cdr_batch",
    params(SourceQuery),
    request_body(content(
        (CdrBatchInput = "application/json"),
        (String = "application/x-ndjson", example = "{\"record_id\": \"1772366400.118\", \
            \"ended_at\": \"2026-05-03T10:00:00Z\", \"answered_at\": \"2026-05-03T09:59:00Z\", \
            \"talk_seconds\": 60, \"from\": \"+15015550111\", \"to\": \"+12125550199\"}\n"))),
    security(("key" = ["calls:write"])),
    responses((status = 200, body = resource::CdrBatchResult, description = "Each record's fate")))]
async fn create(
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<SourceQuery>,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let kind = Kind::of(&headers)?;
    let body = caller.body.clone();
    let named = query.source;
    let read = tokio::task::spawn_blocking(move || read(kind, named, &body)).await;
    let read = read.map_err(|error| app::error::AppError::Broken(error.to_string()));
    let (source, rows) = read.map_err(|error| caller.problem(error))??;
    let tenants = reach.tenants.map(|tenants| tenants.into_iter().collect());
    let batch = PushedBatch::new(reach.partner_id, source, tenants, rows);
    let batch = batch.map_err(|error| caller.problem(error))?;
    let prepare = async |app: &app::App, batch| app.price_pushed(batch).await;
    caller
        .write_prepared(batch, prepare, async |app, batch| {
            let Some(result) = app.add_pushed(batch).await? else { return Ok(None) };
            let named = ("cdr_batch.create", result.id.to_string());
            Outcome::large(&result, named, &result.summary()).map(Some)
        })
        .await
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Json,
    Ndjson,
}

impl Kind {
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/json" => Ok(Self::Json),
            "application/x-ndjson" => Ok(Self::Ndjson),
            _ => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "send application/json or application/x-ndjson",
            )),
        }
    }
}

fn read(kind: Kind, named: Option<String>, body: &[u8]) -> Result<(String, PushedRows), Problem> {
    match (kind, named) {
        (Kind::Json, None) => read_pushed_json(body).map_err(refused),
        (Kind::Json, Some(_)) => {
            Err(Problem::parameter("source", "belongs in the body where that is JSON"))
        }
        (Kind::Ndjson, None) => Err(Problem::parameter("source", "must name the source")),
        (Kind::Ndjson, Some(source)) => Ok((source, read_pushed_ndjson(body).map_err(refused)?)),
    }
}

fn refused(fault: SentFault) -> Problem {
    let detail = fault.to_string();
    match fault {
        SentFault::NotUtf8(_) => Problem::bad_request("invalid_utf8", detail),
        SentFault::Malformed(_) => Problem::bad_request("invalid_json", detail),
        SentFault::UnknownField(name) => {
            let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            Problem::pointed(pointer, "unknown_field", detail)
        }
        SentFault::DuplicateField(name) => {
            Problem::pointed(format!("/{name}"), "duplicate_key", "stands twice")
        }
        SentFault::Invalid(name, what) => Problem::pointed(format!("/{name}"), "invalid", what),
        SentFault::TooMany(_) => Problem::pointed("/records".to_owned(), "too_many", detail),
    }
}

const BY_TIME: Sort = Sort { name: "created", kind: KeyKind::Int };

/// List batches of call records
///
/// Those of the partner's own sources, newest first.
#[utoipa::path(get, path = "/v1/cdr-batches", tag = "Calls", operation_id = "list_cdr_batches",
    params(BatchQuery), security(("key" = ["calls:read"])),
    responses((status = 200, body = List<resource::CdrBatch>, description = "A page of batches")))]
async fn list(
    caller: Caller,
    Query(query): Query<BatchQuery>,
) -> Result<Json<List<resource::CdrBatch>>, Problem> {
    let owner = Some(caller.partner(READ)?.whole_partner()?);
    let request = query.paging().request(BY_TIME, Order::Descending)?;
    let filter = BatchFilter {
        source: query.source,
        since: query.since.map(|Instant(at)| at),
        until: query.until.map(|Instant(at)| at),
    };
    let page = caller.api.app().cdr_batches(owner, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |listed: &ListedBatch| {
        let at = listed.batch.created_at.micros();
        (Some(Key::Int(at)), listed.batch.batch_id.to_string())
    };
    Ok(Json(List::of((page, &request), BY_TIME, place, |listed| (&listed).into())))
}

/// Get a batch of call records
#[utoipa::path(get, path = "/v1/cdr-batches/{id}", tag = "Calls", operation_id = "get_cdr_batch",
    params(("id" = String, Path, description = "The batch's id")),
    security(("key" = ["calls:read"])),
    responses((status = 200, body = resource::CdrBatch, description = "The batch")))]
async fn get(
    caller: Caller,
    At(batch_id): At<BatchId>,
) -> Result<Json<resource::CdrBatch>, Problem> {
    let owner = Some(caller.partner(READ)?.whole_partner()?);
    let batch = caller.api.app().cdr_batch(owner, batch_id).await;
    let batch = batch.map_err(|error| caller.problem(error))?;
    Ok(Json((&batch).into()))
}
