//! `/v1/rejects`: records that were refused.

use app::{
    ingest::{ListedReject, RejectFilter, RetryFrom},
    resource::{self, Instant},
};
use axum::{Json, response::Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    api_key::{Category, Scope},
    ids::{CallId, RejectId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    body::{Body, OptionalBody},
    caller::Caller,
    paging::{List, list_query},
    problem::Problem,
    query::{At, Query},
    write::Outcome,
};

const READ: Scope = Scope::read(Category::Calls);
const WRITE: Scope = Scope::write(Category::Calls);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(retry))
        .routes(routes!(get))
        .routes(routes!(dismiss))
}

list_query! {
    RejectQuery {
        /// Only from the source with this name.
        source: Option<String>,
        /// Only refused for the reason with this code.
        code: Option<String>,
        /// `open`, `resolved` or `dismissed`.
        state: Option<String>,
        /// Only those refused then or later.
        #[serde(rename = "created[gte]")]
        #[param(value_type = Option<String>)]
        since: Option<Instant>,
        /// Only those refused before then.
        #[serde(rename = "created[lt]")]
        #[param(value_type = Option<String>)]
        until: Option<Instant>,
    }
}

/// Why a refused record is given up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Dismissal {
    /// For whoever looks later, at most 500 bytes.
    #[schema(min_length = 1, max_length = 500, example = "A test call of the switch")]
    reason: String,
}

/// Where trying again goes on: the `next` of the answer before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RetryPlace {
    /// Rejects up to this one were tried.
    #[schema(value_type = Option<String>)]
    after_reject_id: Option<RejectId>,
    /// Unrated calls up to this one were tried.
    #[schema(value_type = Option<String>)]
    after_call_id: Option<CallId>,
}

/// What trying again achieved.
#[derive(Debug, Serialize, ToSchema)]
struct RetryResult {
    /// Rejects that were tried.
    tried: u64,
    /// Rejects whose records are calls now.
    resolved: u64,
    /// Unrated calls that have a price now.
    rated: u64,
    /// Unrated calls that still have none.
    unrated: u64,
    /// Where to go on; absent once all were tried.
    next: Option<RetryPlace>,
}

/// List refused records
///
/// Those of the partner's own sources, newest first.
#[utoipa::path(get, path = "/v1/rejects", tag = "Calls", operation_id = "list_rejects",
    params(RejectQuery), security(("key" = ["calls:read"])),
    responses((status = 200, body = List<resource::RejectView>, description = "A page")))]
async fn list(
    caller: Caller,
    Query(query): Query<RejectQuery>,
) -> Result<Json<List<resource::RejectView>>, Problem> {
    let owner = Some(caller.partner(READ)?.whole_partner()?);
    let request = query.paging().newest_first()?;
    let state = match query.state.as_deref() {
        None => None,
        Some("open") => Some("open"),
        Some("resolved") => Some("resolved"),
        Some("dismissed") => Some("dismissed"),
        Some(_) => {
            let message = "must be open, resolved or dismissed";
            return Err(Problem::parameter("state", message));
        }
    };
    let filter = RejectFilter {
        source: query.source,
        code: query.code,
        state,
        since: query.since.map(|Instant(at)| at),
        until: query.until.map(|Instant(at)| at),
    };
    let page = caller.api.app().rejects(owner, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |listed: &ListedReject| listed.reject.reject_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |listed| (&listed).into())))
}

/// Get a refused record
///
/// With its bytes as they were sent: as text, or in base 64 where they are not UTF-8.
#[utoipa::path(get, path = "/v1/rejects/{id}", tag = "Calls", operation_id = "get_reject",
    params(("id" = String, Path, description = "The reject's id")),
    security(("key" = ["calls:read"])),
    responses((status = 200, body = resource::RejectDetail, description = "The record")))]
async fn get(
    caller: Caller,
    At(reject_id): At<RejectId>,
) -> Result<Json<resource::RejectDetail>, Problem> {
    let owner = Some(caller.partner(READ)?.whole_partner()?);
    let listed = caller.api.app().reject(owner, reject_id).await;
    let listed = listed.map_err(|error| caller.problem(error))?;
    let (raw, raw_base64) = match std::str::from_utf8(&listed.reject.raw) {
        Ok(text) => (Some(text.to_owned()), None),
        Err(_) => (None, Some(STANDARD.encode(&listed.reject.raw))),
    };
    Ok(Json(resource::RejectDetail { reject: (&listed).into(), raw, raw_base64 }))
}

/// Dismiss a refused record
///
/// It is kept, and not tried again. Sending the same record again does not bring it back.
#[utoipa::path(post, path = "/v1/rejects/{id}/dismiss", tag = "Calls",
    operation_id = "dismiss_reject",
    params(("id" = String, Path, description = "The reject's id")),
    request_body = Dismissal, security(("key" = ["calls:write"])),
    responses((status = 200, body = resource::RejectView, description = "The record")))]
async fn dismiss(
    caller: Caller,
    At(reject_id): At<RejectId>,
    Body(input): Body<Dismissal>,
) -> Result<Response, Problem> {
    let owner = Some(caller.partner(WRITE)?.whole_partner()?);
    caller
        .write(async move |app| {
            let before = resource::RejectView::from(&app.reject(owner, reject_id).await?);
            let after = app.dismiss_reject(owner, reject_id, &input.reason).await?;
            let outcome = Outcome::ok(&resource::RejectView::from(&after))?;
            outcome.audited("reject.dismiss", reject_id, Some(&before))
        })
        .await
}

/// Try refused records again
///
/// After a number, a tenant or a price was added: tries the next 500 open rejects and the next 500
/// unrated calls, oldest first. Send `next` of the answer to go on.
#[utoipa::path(post, path = "/v1/rejects/retry", tag = "Calls", operation_id = "retry_rejects",
    request_body = Option<RetryPlace>, security(("key" = ["calls:write"])),
    responses((status = 200, body = RetryResult, description = "What it achieved")))]
async fn retry(
    caller: Caller,
    OptionalBody(place): OptionalBody<RetryPlace>,
) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let place = place.unwrap_or_default();
    let from = RetryFrom { reject_id: place.after_reject_id, call_id: place.after_call_id };
    caller
        .write(async move |app| {
            let (report, next) = app.retry_some(partner_id, from).await?;
            let next = next.map(|next| RetryPlace {
                after_reject_id: next.reject_id,
                after_call_id: next.call_id,
            });
            let result = RetryResult {
                tried: report.tried,
                resolved: report.resolved,
                rated: report.rated,
                unrated: report.unrated,
                next,
            };
            Outcome::ok(&result)?.audited("rejects.retry", partner_id, None::<&()>)
        })
        .await
}
