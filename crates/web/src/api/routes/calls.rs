//! `/v1/calls`.
//!
//! Decided here: one tenant's calls are paged by their ends, a partner's by their ids; a cursor of
//! one is refused by the other.

use app::{
    calls::CallFilter,
    resource::{self, Instant},
};
use axum::Json;
use domain::{
    api_key::{Category, Scope},
    call::Call,
    cdr::Direction,
    ids::{BatchId, CallId, TenantId},
    paging::{Key, Order},
    phone::CallClass,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    caller::Caller,
    paging::{BY_ID, KeyKind, List, Sort, list_query},
    problem::Problem,
    query::{At, Query},
};

const READ: Scope = Scope::read(Category::Calls);
const BY_END: Sort = Sort { name: "ended_at", kind: KeyKind::Int };

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get))
}

list_query! {
    CallQuery {
        /// Only of this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// Only from this number, as the switch wrote it.
        from: Option<String>,
        /// Only to this number, as the switch wrote it.
        to: Option<String>,
        /// `inbound`, `outbound` or `internal`.
        direction: Option<String>,
        /// `local` or `toll_free`.
        class: Option<String>,
        /// `rated`, `free` or `unrated`.
        outcome: Option<String>,
        /// Only with this extension.
        extension: Option<String>,
        /// Only those that this batch added.
        #[param(value_type = Option<String>)]
        batch_id: Option<BatchId>,
        /// Only those that ended then or later.
        #[serde(rename = "ended[gte]")]
        #[param(value_type = Option<String>)]
        since: Option<Instant>,
        /// Only those that ended before then.
        #[serde(rename = "ended[lt]")]
        #[param(value_type = Option<String>)]
        until: Option<Instant>,
    }
}

fn named<T>(
    name: &'static str,
    text: Option<&str>,
    (parse, message): (impl Fn(&str) -> Option<T>, &str),
) -> Result<Option<T>, Problem> {
    let unknown = || Problem::parameter(name, message);
    text.map(|text| parse(text).ok_or_else(unknown)).transpose()
}

fn outcome(text: &str) -> Option<&'static str> {
    ["rated", "free", "unrated"].into_iter().find(|name| *name == text)
}

/// List calls
///
/// Newest first, by the end of the call.
#[utoipa::path(get, path = "/v1/calls", tag = "Calls", operation_id = "list_calls",
    params(CallQuery), security(("key" = ["calls:read"])),
    responses((status = 200, body = List<resource::CallView>, description = "A page of calls")))]
async fn list(
    caller: Caller,
    Query(query): Query<CallQuery>,
) -> Result<Json<List<resource::CallView>>, Problem> {
    let reach = caller.partner(READ)?;
    let sort = if query.tenant_id.is_some() { BY_END } else { BY_ID };
    let request = query.paging().request(sort, Order::Descending)?;
    let direction = (Direction::parse, "must be inbound, outbound or internal");
    let filter = CallFilter {
        tenants: reach.tenants,
        tenant_id: query.tenant_id,
        direction: named("direction", query.direction.as_deref(), direction)?,
        class: named(
            "class",
            query.class.as_deref(),
            (CallClass::parse, "must be local or toll_free"),
        )?,
        outcome: named(
            "outcome",
            query.outcome.as_deref(),
            (outcome, "must be rated, free or unrated"),
        )?,
        from: query.from,
        to: query.to,
        number: None,
        extension: query.extension,
        batch_id: query.batch_id,
        since: query.since.map(|Instant(at)| at),
        until: query.until.map(|Instant(at)| at),
    };
    let page = caller.api.app().calls(reach.partner_id, filter, &request).await;
    let (page, currencies) = page.map_err(|error| caller.problem(error))?;
    let place = |call: &Call| {
        let key = (sort == BY_END).then(|| Key::Int(call.ended_at.micros()));
        (key, call.call_id.to_string())
    };
    let show = |call| resource::CallView::of(&call, currencies);
    Ok(Json(List::of((page, &request), sort, place, show)))
}

/// Get a call
///
/// With how it was priced on both sides, down to the deck's row, its steps and windows.
#[utoipa::path(get, path = "/v1/calls/{id}", tag = "Calls", operation_id = "get_call",
    params(("id" = String, Path, description = "The call's id")),
    security(("key" = ["calls:read"])),
    responses((status = 200, body = resource::CallDetail, description = "The call")))]
async fn get(
    caller: Caller,
    At(call_id): At<CallId>,
) -> Result<Json<resource::CallDetail>, Problem> {
    let reach = caller.partner(READ)?;
    let call = caller.api.app().call_with_trace(reach.partner_id, call_id).await;
    let call = call.map_err(|error| caller.problem(error))?;
    reach.tenant(call.call.tenant_id)?;
    Ok(Json(call))
}
