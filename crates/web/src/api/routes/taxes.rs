//! `/v1/tax-jurisdictions`, and those of a tenant.

use app::{
    resource,
    setup::{NewTax, TaxEdit},
};
use axum::{Json, response::Response};
use domain::{
    account,
    api_key::{Category, Scope},
    ids::{TaxId, TenantId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{List, list_query},
    problem::Problem,
    query::{At, Parsed, Query},
    write::{Outcome, shown},
};

const READ: Scope = Scope::read(Category::Billing);
const WRITE: Scope = Scope::write(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, edit, delete))
        .routes(routes!(of_tenant, set_of_tenant))
}

list_query! {
    TaxQuery {
        /// Only those that are switched on, or off.
        #[param(value_type = Option<bool>)]
        enabled: Option<Parsed<bool>>,
    }
}

/// A tax jurisdiction to be. The rates are yours: nothing here judges whether they are right.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TaxJurisdictionInput {
    /// What tenants name it by: 1 to 40 letters, digits, dots, dashes and underscores, for good.
    #[schema(example = "US-AR-Pulaski")]
    code: String,
    /// Shown on the invoice's tax line.
    #[schema(example = "Pulaski County sales tax")]
    name: String,
    /// A share below 1, with up to 6 decimals: 0.085 is 8.5 %.
    #[schema(example = "0.085")]
    rate: String,
    /// Whether new invoices carry it; on where this is left out.
    enabled: Option<bool>,
}

/// What changes of a tax jurisdiction. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TaxJurisdictionChanges {
    /// Shown on the invoice's tax line.
    name: Option<String>,
    /// A share below 1, with up to 6 decimals: 0.085 is 8.5 %.
    #[schema(example = "0.085")]
    rate: Option<String>,
    /// Whether new invoices carry it.
    enabled: Option<bool>,
}

/// The tax jurisdictions of a tenant.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TenantTaxJurisdictions {
    /// Their codes: none, one or several, at most 20. Several add up, none compounds.
    #[schema(max_items = 20, example = json!(["US-AR-Pulaski"]))]
    codes: Vec<String>,
}

/// List tax jurisdictions
///
/// Newest first. Not for keys that are restricted to some tenants.
#[utoipa::path(get, path = "/v1/tax-jurisdictions", tag = "Taxes",
    operation_id = "list_tax_jurisdictions",
    params(TaxQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::TaxJurisdiction>,
        description = "A page of tax jurisdictions")))]
async fn list(
    caller: Caller,
    Query(query): Query<TaxQuery>,
) -> Result<Json<List<resource::TaxJurisdiction>>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let request = query.paging().newest_first()?;
    let enabled = query.enabled.map(|Parsed(enabled)| enabled);
    let page = caller.api.app().taxes(partner_id, enabled, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |(tax, _): &(account::TaxJurisdiction, i64)| tax.tax_id.to_string();
    let show = |(tax, version)| resource::TaxJurisdiction::of(&tax, version);
    Ok(Json(List::by_id((page, &request), place, show)))
}

/// Create a tax jurisdiction
///
/// Tells `tax_jurisdiction.created`.
#[utoipa::path(post, path = "/v1/tax-jurisdictions", tag = "Taxes",
    operation_id = "create_tax_jurisdiction",
    request_body = TaxJurisdictionInput, security(("key" = ["billing:write"])),
    responses((status = 201, body = resource::TaxJurisdiction,
        description = "The tax jurisdiction")))]
async fn create(
    caller: Caller,
    Body(input): Body<TaxJurisdictionInput>,
) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let enabled = input.enabled.unwrap_or(true);
    let new = NewTax { code: input.code, name: input.name, rate: input.rate, enabled };
    caller
        .write(async move |app| {
            let tax = app.create_tax(partner_id, &new).await?;
            let location = format!("/v1/tax-jurisdictions/{}", tax.tax_id);
            let outcome = Outcome::created(location, &resource::TaxJurisdiction::of(&tax, 1))?;
            outcome.version(1).audited("tax_jurisdiction.create", tax.tax_id, None::<&()>)
        })
        .await
}

/// Get a tax jurisdiction
#[utoipa::path(get, path = "/v1/tax-jurisdictions/{id}", tag = "Taxes",
    operation_id = "get_tax_jurisdiction",
    params(("id" = String, Path, description = "The jurisdiction's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::TaxJurisdiction,
        description = "The tax jurisdiction")))]
async fn get(caller: Caller, At(tax_id): At<TaxId>) -> Result<Response, Problem> {
    let reach = caller.partner(READ)?;
    let found = caller.api.app().tax(reach.partner_id, tax_id).await;
    let (tax, version) = found.map_err(|error| caller.problem(error))?;
    reach.whole_partner()?;
    Ok(shown(&resource::TaxJurisdiction::of(&tax, version), version))
}

/// Edit a tax jurisdiction
///
/// For invoices issued from now on; issued ones keep what they show. Tells
/// `tax_jurisdiction.updated`.
#[utoipa::path(patch, path = "/v1/tax-jurisdictions/{id}", tag = "Taxes",
    operation_id = "edit_tax_jurisdiction",
    params(("id" = String, Path, description = "The jurisdiction's id")),
    request_body = TaxJurisdictionChanges, security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::TaxJurisdiction,
        description = "The tax jurisdiction as it is now")))]
async fn edit(
    caller: Caller,
    At(tax_id): At<TaxId>,
    Body(input): Body<TaxJurisdictionChanges>,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let partner_id = reach.partner_id;
    let found = caller.api.app().tax(partner_id, tax_id).await;
    found.map_err(|error| caller.problem(error))?;
    reach.whole_partner()?;
    let edit = TaxEdit { name: input.name, rate: input.rate, enabled: input.enabled };
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let (before, version) = app.tax(partner_id, tax_id).await?;
            let seen = asker.seen(version);
            let tax = app.edit_tax(partner_id, (tax_id, seen), &edit).await?;
            let before = resource::TaxJurisdiction::of(&before, version);
            let outcome = Outcome::ok(&resource::TaxJurisdiction::of(&tax, seen + 1))?;
            outcome.version(seen + 1).audited("tax_jurisdiction.edit", tax_id, Some(&before))
        })
        .await
}

/// Delete a tax jurisdiction
///
/// Refused while tenants list it; switch it off instead. Issued invoices keep what they show. Tells
/// `tax_jurisdiction.deleted`.
#[utoipa::path(delete, path = "/v1/tax-jurisdictions/{id}", tag = "Taxes",
    operation_id = "delete_tax_jurisdiction",
    params(
        ("id" = String, Path, description = "The jurisdiction's id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that goes"),
    ),
    security(("key" = ["billing:write"])),
    responses((status = 204, description = "It is gone")))]
async fn delete(caller: Caller, At(tax_id): At<TaxId>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let partner_id = reach.partner_id;
    let found = caller.api.app().tax(partner_id, tax_id).await;
    found.map_err(|error| caller.problem(error))?;
    reach.whole_partner()?;
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let (before, version) = app.tax(partner_id, tax_id).await?;
            app.delete_tax(partner_id, (tax_id, asker.seen(version))).await?;
            let before = resource::TaxJurisdiction::of(&before, version);
            Outcome::gone().audited("tax_jurisdiction.delete", tax_id, Some(&before))
        })
        .await
}

/// Get the tax jurisdictions of a tenant
#[utoipa::path(get, path = "/v1/tenants/{id}/tax-jurisdictions", tag = "Taxes",
    operation_id = "get_tenant_tax_jurisdictions",
    params(("id" = String, Path, description = "The tenant's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = TenantTaxJurisdictions, description = "Their codes")))]
async fn of_tenant(
    caller: Caller,
    At(tenant_id): At<TenantId>,
) -> Result<Json<TenantTaxJurisdictions>, Problem> {
    let reach = caller.partner(READ)?;
    let codes = caller.api.app().tenant_taxes(reach.partner_id, tenant_id).await;
    let codes = codes.map_err(|error| caller.problem(error))?;
    reach.tenant(tenant_id)?;
    Ok(Json(TenantTaxJurisdictions { codes }))
}

/// Set the tax jurisdictions of a tenant
///
/// For invoices issued from now on. Tells `tenant.updated`.
#[utoipa::path(put, path = "/v1/tenants/{id}/tax-jurisdictions", tag = "Taxes",
    operation_id = "set_tenant_tax_jurisdictions",
    params(("id" = String, Path, description = "The tenant's id")),
    request_body = TenantTaxJurisdictions, security(("key" = ["billing:write"])),
    responses((status = 200, body = TenantTaxJurisdictions,
        description = "Their codes as they are now")))]
async fn set_of_tenant(
    caller: Caller,
    At(tenant_id): At<TenantId>,
    Body(input): Body<TenantTaxJurisdictions>,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let partner_id = reach.partner_id;
    caller.reaches(&reach, tenant_id).await?;
    caller
        .write(async move |app| {
            let codes = app.tenant_taxes(partner_id, tenant_id).await?;
            let before = TenantTaxJurisdictions { codes };
            app.set_tenant_taxes(partner_id, tenant_id, &input.codes).await?;
            let codes = app.tenant_taxes(partner_id, tenant_id).await?;
            let outcome = Outcome::ok(&TenantTaxJurisdictions { codes })?;
            let action = "tenant.set_tax_jurisdictions";
            Ok(outcome.audited(action, tenant_id, Some(&before))?.about(tenant_id))
        })
        .await
}
