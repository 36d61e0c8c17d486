//! `/v1/credits`: money that tenants have with their partner.
//!
//! Decided here: an amount is read in its tenant's currency. A credit is given and never edited.

use app::{
    resource::{self, Decimal},
    setup::{CreditFilter, NewCredit},
};
use axum::{Json, response::Response};
use domain::{
    account,
    api_key::{Category, Scope},
    ids::{CreditId, TenantId},
    money::Currency,
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

const READ: Scope = Scope::read(Category::Billing);
const WRITE: Scope = Scope::write(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, void))
}

list_query! {
    CreditQuery {
        /// Only those of this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
    }
}

/// A credit to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreditInput {
    /// Whose.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    tenant_id: TenantId,
    /// How much, in the tenant's currency; more than 0.
    #[schema(example = "20.00")]
    amount: Decimal,
    /// Why; shown to the tenant.
    #[schema(example = "Outage of 3 May")]
    reason: String,
}

/// List credits
///
/// Newest first, used ones too.
#[utoipa::path(get, path = "/v1/credits", tag = "Credits", operation_id = "list_credits",
    params(CreditQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::Credit>, description = "A page of credits")))]
async fn list(
    caller: Caller,
    Query(query): Query<CreditQuery>,
) -> Result<Json<List<resource::Credit>>, Problem> {
    let reach = caller.partner(READ)?;
    if let Some(tenant_id) = query.tenant_id {
        caller.reaches(&reach, tenant_id).await?;
    }
    let request = query.paging().newest_first()?;
    let filter = CreditFilter { tenants: reach.tenants, tenant_id: query.tenant_id };
    let page = caller.api.app().credits(reach.partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |(credit, _): &(account::Credit, Currency)| credit.credit_id.to_string();
    let show = |(credit, currency)| resource::Credit::of(&credit, currency);
    Ok(Json(List::by_id((page, &request), place, show)))
}

/// Give a tenant a credit
///
/// Its next invoices use it; what they say and their taxes stay. Tells `credit.created`.
#[utoipa::path(post, path = "/v1/credits", tag = "Credits", operation_id = "create_credit",
    request_body = CreditInput, security(("key" = ["billing:write"])),
    responses((status = 201, body = resource::Credit, description = "The credit")))]
async fn create(caller: Caller, Body(input): Body<CreditInput>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let (partner_id, tenant_id) = (reach.partner_id, input.tenant_id);
    caller.reaches(&reach, tenant_id).await?;
    caller
        .write(async move |app| {
            let currency = app.tenant(partner_id, tenant_id).await?.currency;
            let Decimal(amount) = &input.amount;
            let amount = currency
                .parse_minor(amount)
                .map_err(|error| app::error::AppError::invalid("amount", error.to_string()))?;
            let new = NewCredit { tenant_id, amount, reason: input.reason.clone() };
            let credit = app.give_credit(partner_id, &new).await?;
            let location = format!("/v1/credits/{}", credit.credit_id);
            let outcome = Outcome::created(location, &resource::Credit::of(&credit, currency))?;
            let outcome = outcome.audited("credit.create", credit.credit_id, None::<&()>)?;
            Ok(outcome.about(tenant_id))
        })
        .await
}

/// Get a credit
#[utoipa::path(get, path = "/v1/credits/{id}", tag = "Credits", operation_id = "get_credit",
    params(("id" = String, Path, description = "The credit's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::Credit, description = "The credit")))]
async fn get(
    caller: Caller,
    At(credit_id): At<CreditId>,
) -> Result<Json<resource::Credit>, Problem> {
    let reach = caller.partner(READ)?;
    let found = caller.api.app().credit(reach.partner_id, credit_id).await;
    let (credit, currency) = found.map_err(|error| caller.problem(error))?;
    reach.tenant(credit.tenant_id)?;
    Ok(Json(resource::Credit::of(&credit, currency)))
}

/// Void a credit
///
/// Takes back what was not used of it. A credit that a refund or a credit note became is the
/// tenant's, and stays. Tells `credit.voided`.
#[utoipa::path(delete, path = "/v1/credits/{id}", tag = "Credits", operation_id = "void_credit",
    params(("id" = String, Path, description = "The credit's id")),
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Credit, description = "The credit as it is now")))]
async fn void(caller: Caller, At(credit_id): At<CreditId>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let found = caller.api.app().credit(reach.partner_id, credit_id).await;
    let (credit, currency) = found.map_err(|error| caller.problem(error))?;
    reach.tenant(credit.tenant_id)?;
    let partner_id = reach.partner_id;
    caller
        .write(async move |app| {
            let (before, _) = app.credit(partner_id, credit_id).await?;
            let after = app.void_credit(partner_id, credit_id).await?;
            let before = resource::Credit::of(&before, currency);
            let outcome = Outcome::ok(&resource::Credit::of(&after, currency))?;
            let outcome = outcome.audited("credit.void", credit_id, Some(&before))?;
            Ok(outcome.about(after.tenant_id))
        })
        .await
}
