//! `/v1/settlements` and `/v1/operator/settlements`: what the operator owes partners.

use app::{
    resource,
    settlements::{Settlement, SettlementFilter},
};
use axum::{Json, response::Response};
use domain::{
    api_key::{Category, Scope},
    ids::{PartnerId, SettlementId},
    settlement::SettlementStatus,
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
    write::{Outcome, shown},
};

const READ: Scope = Scope::read(Category::Billing);
const OPERATOR_READ: Scope = Scope::read(Category::Operator);
const OPERATOR_WRITE: Scope = Scope::write(Category::Operator);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(list_all))
        .routes(routes!(mark_paid))
        .routes(routes!(choose_day))
}

list_query! {
    SettlementQuery {
        /// `due` or `paid`.
        status: Option<String>,
    }
}

list_query! {
    AllSettlementQuery {
        /// `due` or `paid`.
        status: Option<String>,
        /// Only this partner's.
        #[param(value_type = Option<String>)]
        partner_id: Option<PartnerId>,
    }
}

/// How a settlement was paid.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettledInput {
    /// For the books, such as the transfer's number.
    #[schema(example = "Transfer 2026-0615-7")]
    note: Option<String>,
}

/// When a partner's settlements are due.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettlementDay {
    /// The day of the month after.
    #[schema(example = 15, minimum = 1, maximum = 28)]
    settlement_day: i64,
}

fn status(name: Option<&str>) -> Result<Option<SettlementStatus>, Problem> {
    let Some(name) = name else { return Ok(None) };
    let known = SettlementStatus::parse(name);
    known.map(Some).ok_or_else(|| Problem::parameter("status", "must be due or paid"))
}

/// List settlements
///
/// One for each month in which tenants paid on the operator's account, newest first.
#[utoipa::path(get, path = "/v1/settlements", tag = "Settlements",
    operation_id = "list_settlements",
    params(SettlementQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::Settlement>, description = "Settlements")))]
async fn list(
    caller: Caller,
    Query(query): Query<SettlementQuery>,
) -> Result<Json<List<resource::Settlement>>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let status = status(query.status.as_deref())?;
    let request = query.paging().newest_first()?;
    let filter = SettlementFilter { partner_id: Some(partner_id), status };
    let page = caller.api.app().settlements(filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |it: &Settlement| it.settlement_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |it| (&it).into())))
}

/// Get a settlement
#[utoipa::path(get, path = "/v1/settlements/{id}", tag = "Settlements",
    operation_id = "get_settlement",
    params(("id" = String, Path, description = "The settlement's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::Settlement, description = "The settlement")))]
async fn get(caller: Caller, At(id): At<SettlementId>) -> Result<Response, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let found = caller.api.app().settlement(Some(partner_id), id).await;
    let found = found.map_err(|error| caller.problem(error))?;
    Ok(shown(&resource::Settlement::from(&found), found.version))
}

/// List all partners' settlements
#[utoipa::path(get, path = "/v1/operator/settlements", tag = "Operator",
    operation_id = "list_all_settlements",
    params(AllSettlementQuery), security(("key" = ["operator:read"])),
    responses((status = 200, body = List<resource::Settlement>, description = "Settlements")))]
async fn list_all(
    caller: Caller,
    Query(query): Query<AllSettlementQuery>,
) -> Result<Json<List<resource::Settlement>>, Problem> {
    caller.operator(OPERATOR_READ)?;
    let status = status(query.status.as_deref())?;
    let request = query.paging().newest_first()?;
    let filter = SettlementFilter { partner_id: query.partner_id, status };
    let page = caller.api.app().settlements(filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |it: &Settlement| it.settlement_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |it| (&it).into())))
}

/// Mark a settlement as paid
///
/// The operator transferred it by hand; it is marked once.
#[utoipa::path(post, path = "/v1/operator/settlements/{id}/mark-paid", tag = "Operator",
    operation_id = "mark_settlement_paid",
    params(("id" = String, Path, description = "The settlement's id")),
    request_body = Option<SettledInput>, security(("key" = ["operator:write"])),
    responses((status = 200, body = resource::Settlement, description = "The settlement")))]
async fn mark_paid(
    caller: Caller,
    At(id): At<SettlementId>,
    OptionalBody(input): OptionalBody<SettledInput>,
) -> Result<Response, Problem> {
    caller.operator(OPERATOR_WRITE)?;
    let note = input.unwrap_or_default().note.unwrap_or_default();
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.settlement(None, id).await?;
            let seen = asker.seen(before.version);
            let paid = app.mark_settled((id, seen), &note).await?;
            let outcome = Outcome::ok(&resource::Settlement::from(&paid))?.version(paid.version);
            let before = resource::Settlement::from(&before);
            outcome.audited("settlement.mark_paid", id, Some(&before))
        })
        .await
}

/// Choose when a partner's settlements are due
///
/// Holds for statements that are made from now on.
#[utoipa::path(put, path = "/v1/operator/partners/{id}/settlement-day", tag = "Operator",
    operation_id = "set_settlement_day",
    params(("id" = String, Path, description = "The partner's id")),
    request_body = SettlementDay, security(("key" = ["operator:write"])),
    responses((status = 200, body = SettlementDay, description = "The day")))]
async fn choose_day(
    caller: Caller,
    At(partner_id): At<PartnerId>,
    Body(input): Body<SettlementDay>,
) -> Result<Response, Problem> {
    caller.operator(OPERATOR_WRITE)?;
    caller
        .write(async move |app| {
            let day = app.choose_due_day(partner_id, input.settlement_day).await?;
            let day = SettlementDay { settlement_day: i64::from(day.get()) };
            Outcome::ok(&day)?.audited("partner.settlement_day", partner_id, None::<&()>)
        })
        .await
}
