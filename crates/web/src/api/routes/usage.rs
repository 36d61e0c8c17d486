//! `/v1/usage` and `/v1/tenants/{id}/usage`.

use app::resource;
use axum::Json;
use domain::{
    api_key::{Category, Scope},
    ids::TenantId,
    time::{Day, Zone},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    caller::{Caller, Reach},
    problem::Problem,
    query::{At, Query},
};

const READ: Scope = Scope::read(Category::Tenants);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(summary))
        .routes(routes!(of_tenant))
        .routes(routes!(of_days))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MonthQuery {
    /// The calendar month; this one where nothing is said.
    #[param(example = "2026-05")]
    month: Option<String>,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DaysQuery {
    /// The first day; 29 days before the last one where nothing is said.
    #[param(example = "2026-05-01")]
    from: Option<String>,
    /// The last day, at most 365 days later; today in UTC where nothing is said.
    #[param(example = "2026-05-31")]
    to: Option<String>,
}

fn day(name: &'static str, text: &str) -> Result<Day, Problem> {
    let day = Day::parse(text).ok().filter(|day| (1990..=2200).contains(&day.year()));
    day.ok_or_else(|| Problem::parameter(name, "must be a day such as 2026-05-01"))
}

/// Usage of all tenants
///
/// Running totals of a calendar month: what an invoice will be made of, but none (the tenants'
/// local days).
#[utoipa::path(get, path = "/v1/usage", tag = "Usage", operation_id = "get_usage",
    params(MonthQuery), security(("key" = ["tenants:read"])),
    responses((status = 200, body = resource::UsageSummary, description = "The totals")))]
async fn summary(
    caller: Caller,
    Query(query): Query<MonthQuery>,
) -> Result<Json<resource::UsageSummary>, Problem> {
    let reach = caller.partner(READ)?;
    let wrong = |_| Problem::parameter("month", "must be a month such as 2026-05");
    let month = query.month.map(|text| day("month", &format!("{text}-01")).map_err(wrong));
    let month = month.transpose()?;
    let tenants = reach.tenants.as_deref();
    let usage = caller.api.app().usage_summary(reach.partner_id, tenants, month).await;
    Ok(Json(usage.map_err(|error| caller.problem(error))?))
}

/// The reach to a tenant that there is and that the caller may see.
pub(super) async fn reached(
    caller: &Caller,
    scope: Scope,
    tenant_id: TenantId,
) -> Result<Reach, Problem> {
    let reach = caller.partner(scope)?;
    let known = caller.api.app().tenant(reach.partner_id, tenant_id).await;
    known.map_err(|error| caller.problem(error))?;
    reach.tenant(tenant_id)?;
    Ok(reach)
}

/// Usage of a tenant
///
/// Its current billing period so far: extensions, phone numbers, minutes and spend.
#[utoipa::path(get, path = "/v1/tenants/{id}/usage", tag = "Usage",
    operation_id = "get_tenant_usage",
    params(("id" = String, Path, description = "The tenant's id")),
    security(("key" = ["tenants:read"])),
    responses((status = 200, body = resource::TenantUsage, description = "Its usage")))]
async fn of_tenant(
    caller: Caller,
    At(tenant_id): At<TenantId>,
) -> Result<Json<resource::TenantUsage>, Problem> {
    let reach = reached(&caller, READ, tenant_id).await?;
    let usage = caller.api.app().tenant_usage(reach.partner_id, tenant_id).await;
    Ok(Json(usage.map_err(|error| caller.problem(error))?))
}

/// Usage of a tenant by day
///
/// One row for each of its local days, with nothing used too.
#[utoipa::path(get, path = "/v1/tenants/{id}/usage/days", tag = "Usage",
    operation_id = "list_tenant_usage_days",
    params(("id" = String, Path, description = "The tenant's id"), DaysQuery),
    security(("key" = ["tenants:read"])),
    responses((status = 200, body = resource::UsageDays, description = "Its usage by day")))]
async fn of_days(
    caller: Caller,
    At(tenant_id): At<TenantId>,
    Query(query): Query<DaysQuery>,
) -> Result<Json<resource::UsageDays>, Problem> {
    let reach = reached(&caller, READ, tenant_id).await?;
    let today = Zone::UTC.day_of(caller.now());
    let last = query.to.map_or(Ok(today), |text| day("to", &text))?;
    let first = query.from.map_or(Ok(last.plus_days(-29)), |text| day("from", &text))?;
    if !(0..366).contains(&last.days_since(first)) {
        return Err(Problem::parameter("to", "must be from's day or up to 365 days later"));
    }
    let app = caller.api.app();
    let usage = app.tenant_usage_days(reach.partner_id, tenant_id, (first, last)).await;
    Ok(Json(usage.map_err(|error| caller.problem(error))?))
}
