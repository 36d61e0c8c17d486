//! `/v1/phone-numbers`.

use app::{
    resource,
    setup::{NumberFilter, NumberState},
};
use axum::{Json, response::Response};
use domain::{
    account::NumberAssignment,
    api_key::{Category, Scope},
    ids::{PartnerId, PhoneNumberId, TenantId},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{List, list_query},
    problem::Problem,
    query::{At, Query},
    write::Outcome,
};

const READ: Scope = Scope::read(Category::PhoneNumbers);
const WRITE: Scope = Scope::write(Category::PhoneNumbers);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get))
        .routes(routes!(assign))
        .routes(routes!(release))
}

list_query! {
    NumberQuery {
        /// Only of this tenant; of released ones, that had it last.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// `active` or `released`.
        status: Option<String>,
        /// Only those with these digits in them, however they are written.
        #[param(example = "(501) 555")]
        q: Option<String>,
    }
}

/// A number for a tenant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNumber {
    /// Whose it will be.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    tenant_id: TenantId,
    /// E.164.
    #[schema(example = "+15015550111")]
    number: String,
}

/// Who gets a number.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Assignee {
    /// Whose it will be.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    tenant_id: TenantId,
}

/// List phone numbers
///
/// Each number once: as it is assigned, or as it was last released. Newest first.
#[utoipa::path(get, path = "/v1/phone-numbers", tag = "Phone numbers",
    operation_id = "list_phone_numbers",
    params(NumberQuery), security(("key" = ["phone_numbers:read"])),
    responses((status = 200, body = List<resource::PhoneNumber>, description = "A page")))]
async fn list(
    caller: Caller,
    Query(query): Query<NumberQuery>,
) -> Result<Json<List<resource::PhoneNumber>>, Problem> {
    let reach = caller.partner(READ)?;
    let request = query.paging().newest_first()?;
    let assigned = match query.status.as_deref() {
        None => None,
        Some("active") => Some(NumberState::Assigned),
        Some("released") => Some(NumberState::Released),
        Some(_) => return Err(Problem::parameter("status", "must be active or released")),
    };
    let digits: Option<String> =
        query.q.map(|text| text.chars().filter(char::is_ascii_digit).collect());
    if digits.as_deref() == Some("") {
        return Err(Problem::parameter("q", "must have a digit"));
    }
    let tenant_id = query.tenant_id;
    let filter = NumberFilter { tenants: reach.tenants, tenant_id, assigned, digits };
    let page = caller.api.app().phone_numbers(reach.partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |number: &NumberAssignment| number.did_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |number| (&number).into())))
}

/// The partner and its number, if the caller reaches the tenant that has or had it.
async fn reached(
    caller: &Caller,
    scope: Scope,
    did_id: PhoneNumberId,
) -> Result<(PartnerId, NumberAssignment), Problem> {
    let reach = caller.partner(scope)?;
    let number = caller.api.app().phone_number(reach.partner_id, did_id).await;
    let number = number.map_err(|error| caller.problem(error))?;
    reach.tenant(number.tenant_id)?;
    Ok((reach.partner_id, number))
}

/// Get a phone number
#[utoipa::path(get, path = "/v1/phone-numbers/{id}", tag = "Phone numbers",
    operation_id = "get_phone_number",
    params(("id" = String, Path, description = "The number's id")),
    security(("key" = ["phone_numbers:read"])),
    responses((status = 200, body = resource::PhoneNumber, description = "The number")))]
async fn get(
    caller: Caller,
    At(did_id): At<PhoneNumberId>,
) -> Result<Json<resource::PhoneNumber>, Problem> {
    let (_, number) = reached(&caller, READ, did_id).await?;
    Ok(Json((&number).into()))
}

/// Add a phone number
///
/// Assigned to a tenant at once. Tells `phone_number.assigned`; refused with `limit_reached` where
/// the tenant has as many as it may.
#[utoipa::path(post, path = "/v1/phone-numbers", tag = "Phone numbers",
    operation_id = "create_phone_number",
    request_body = NewNumber, security(("key" = ["phone_numbers:write"])),
    responses((status = 201, body = resource::PhoneNumber, description = "The number")))]
async fn create(caller: Caller, Body(new): Body<NewNumber>) -> Result<Response, Problem> {
    let partner_id = assignable(&caller, new.tenant_id).await?;
    caller
        .write(async move |app| {
            made(&app.assign_number(partner_id, new.tenant_id, &new.number).await?)
        })
        .await
}

/// The partner, if the caller may give a number to this tenant of its.
async fn assignable(caller: &Caller, tenant_id: TenantId) -> Result<PartnerId, Problem> {
    let reach = caller.partner(WRITE)?;
    let known = caller.api.app().tenant(reach.partner_id, tenant_id).await;
    known.map_err(|error| caller.problem(error))?;
    reach.tenant(tenant_id)?;
    Ok(reach.partner_id)
}

fn made(number: &NumberAssignment) -> app::error::Result<Outcome> {
    let location = format!("/v1/phone-numbers/{}", number.did_id);
    let outcome = Outcome::created(location, &resource::PhoneNumber::from(number))?;
    let outcome = outcome.audited("phone_number.assign", number.did_id, None::<&()>)?;
    Ok(outcome.about(number.tenant_id))
}

/// Assign a released phone number
///
/// To any tenant of the partner. The answer is the number under its new id.
#[utoipa::path(post, path = "/v1/phone-numbers/{id}/assign", tag = "Phone numbers",
    operation_id = "assign_phone_number",
    params(("id" = String, Path, description = "The released number's id")),
    request_body = Assignee, security(("key" = ["phone_numbers:write"])),
    responses((status = 201, body = resource::PhoneNumber, description = "The number, assigned")))]
async fn assign(
    caller: Caller,
    At(did_id): At<PhoneNumberId>,
    Body(to): Body<Assignee>,
) -> Result<Response, Problem> {
    reached(&caller, WRITE, did_id).await?;
    let partner_id = assignable(&caller, to.tenant_id).await?;
    caller
        .write(async move |app| made(&app.assign_again(partner_id, did_id, to.tenant_id).await?))
        .await
}

/// Release a phone number
///
/// It counts for the tenant until now and can be assigned again. Tells `phone_number.released`.
#[utoipa::path(post, path = "/v1/phone-numbers/{id}/release", tag = "Phone numbers",
    operation_id = "release_phone_number",
    params(("id" = String, Path, description = "The number's id")),
    security(("key" = ["phone_numbers:write"])),
    responses((status = 200, body = resource::PhoneNumber, description = "The number, released")))]
async fn release(caller: Caller, At(did_id): At<PhoneNumberId>) -> Result<Response, Problem> {
    let (partner_id, before) = reached(&caller, WRITE, did_id).await?;
    caller
        .write(async move |app| {
            let number = app.release_number(partner_id, did_id).await?;
            let before = resource::PhoneNumber::from(&before);
            let outcome = Outcome::ok(&resource::PhoneNumber::from(&number))?;
            let outcome = outcome.audited("phone_number.release", did_id, Some(&before))?;
            Ok(outcome.about(number.tenant_id))
        })
        .await
}
