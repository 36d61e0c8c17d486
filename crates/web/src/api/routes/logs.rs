//! `/v1/audit-entries` and `/v1/api-requests`.

use app::{
    logs::{ApiRequestFilter, AuditFilter},
    resource::{self, Instant},
};
use axum::Json;
use domain::{
    api_key::{Category, Scope},
    ids::{ApiKeyId, TenantId},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    caller::Caller,
    paging::{List, list_query},
    problem::Problem,
    query::{Parsed, Query},
};

const READ: Scope = Scope::read(Category::Provisioning);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(audit_entries)).routes(routes!(api_requests))
}

list_query! {
    AuditQuery {
        /// Only by this actor.
        actor_id: Option<String>,
        /// Only about this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// Only this action, such as `tenant.suspend`.
        action: Option<String>,
        /// Only to this object.
        object_id: Option<String>,
        /// Only by the request with this `X-Request-Id`.
        request_id: Option<String>,
        /// Only from then on.
        #[serde(rename = "at[gte]")]
        since: Option<Instant>,
        /// Only before then.
        #[serde(rename = "at[lt]")]
        until: Option<Instant>,
    }
}

list_query! {
    RequestQuery {
        /// Only by this key.
        #[param(value_type = Option<String>)]
        key_id: Option<ApiKeyId>,
        /// Only the one with this `X-Request-Id`.
        request_id: Option<String>,
        /// Only with this method.
        method: Option<String>,
        /// Only answered with this status.
        #[param(value_type = Option<u16>)]
        status: Option<Parsed<u16>>,
        /// Only from then on.
        #[serde(rename = "at[gte]")]
        since: Option<Instant>,
        /// Only before then.
        #[serde(rename = "at[lt]")]
        until: Option<Instant>,
    }
}

/// List audit entries
///
/// Who changed what, newest first. A key that is restricted to some tenants sees what is about
/// these.
#[utoipa::path(get, path = "/v1/audit-entries", tag = "Logs", operation_id = "list_audit_entries",
    params(AuditQuery), security(("key" = ["provisioning:read"])),
    responses((status = 200, body = List<resource::AuditEntry>, description = "Entries")))]
async fn audit_entries(
    caller: Caller,
    Query(query): Query<AuditQuery>,
) -> Result<Json<List<resource::AuditEntry>>, Problem> {
    caller.require(READ)?;
    let request = query.paging().newest_first()?;
    let filter = AuditFilter {
        actor_id: query.actor_id,
        tenant_id: query.tenant_id,
        tenants: caller.key.grant.tenants.as_ref().map(|it| it.iter().copied().collect()),
        action: query.action,
        object_id: query.object_id,
        request_id: query.request_id,
        since: query.since.map(|Instant(at)| at),
        until: query.until.map(|Instant(at)| at),
    };
    let page = caller.api.app().audit_entries(caller.key.owner, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    Ok(Json(List::by_id((page, &request), |entry| entry.entry_id.to_string(), Into::into)))
}

/// List API requests
///
/// What the keys asked in the last 30 days, newest first.
#[utoipa::path(get, path = "/v1/api-requests", tag = "Logs", operation_id = "list_api_requests",
    params(RequestQuery), security(("key" = ["provisioning:read"])),
    responses((status = 200, body = List<resource::ApiRequest>, description = "Requests")))]
async fn api_requests(
    caller: Caller,
    Query(query): Query<RequestQuery>,
) -> Result<Json<List<resource::ApiRequest>>, Problem> {
    caller.require(READ)?;
    if caller.key.grant.tenants.is_some() {
        return Err(caller.problem(app::error::AppError::Forbidden(
            "a key that is restricted to some tenants may not read all requests".to_owned(),
        )));
    }
    let request = query.paging().newest_first()?;
    let filter = ApiRequestFilter {
        key_id: query.key_id,
        request_id: query.request_id,
        method: query.method,
        status: query.status.map(|Parsed(status)| i64::from(status)),
        since: query.since.map(|Instant(at)| at),
        until: query.until.map(|Instant(at)| at),
    };
    let page = caller.api.app().api_requests(caller.key.owner, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    Ok(Json(List::by_id((page, &request), |row| row.request_id.clone(), Into::into)))
}
