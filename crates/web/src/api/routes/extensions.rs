//! `/v1/extensions`.
//!
//! Decided here: an extension is known by its name on the switch, so that is never edited.

use app::{resource, setup::ExtensionFilter};
use axum::{Json, response::Response};
use domain::{
    account::Extension,
    api_key::{Category, Scope},
    ids::{ExtensionId, PartnerId, TenantId},
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

const READ: Scope = Scope::read(Category::Extensions);
const WRITE: Scope = Scope::write(Category::Extensions);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, delete))
}

list_query! {
    ExtensionQuery {
        /// Only of this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// Only those called so.
        name: Option<String>,
    }
}

/// An extension for a tenant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewExtension {
    /// Whose it will be.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    tenant_id: TenantId,
    /// As the switch knows it, without the SIP prefix; it is never changed.
    #[schema(example = "101")]
    name: String,
}

/// List extensions
///
/// Those that are there now, newest first.
#[utoipa::path(get, path = "/v1/extensions", tag = "Extensions", operation_id = "list_extensions",
    params(ExtensionQuery), security(("key" = ["extensions:read"])),
    responses((status = 200, body = List<resource::Extension>, description = "A page")))]
async fn list(
    caller: Caller,
    Query(query): Query<ExtensionQuery>,
) -> Result<Json<List<resource::Extension>>, Problem> {
    let reach = caller.partner(READ)?;
    let request = query.paging().newest_first()?;
    let (tenant_id, name) = (query.tenant_id, query.name);
    let filter = ExtensionFilter { tenants: reach.tenants, tenant_id, name };
    let page = caller.api.app().extensions(reach.partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |extension: &Extension| extension.extension_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |extension| (&extension).into())))
}

/// Create an extension
///
/// Tells `extension.created`; refused with `limit_reached` where the tenant has as many as it may.
#[utoipa::path(post, path = "/v1/extensions", tag = "Extensions",
    operation_id = "create_extension",
    request_body = NewExtension, security(("key" = ["extensions:write"])),
    responses((status = 201, body = resource::Extension, description = "The extension")))]
async fn create(caller: Caller, Body(new): Body<NewExtension>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let known = caller.api.app().tenant(reach.partner_id, new.tenant_id).await;
    known.map_err(|error| caller.problem(error))?;
    reach.tenant(new.tenant_id)?;
    caller
        .write(async move |app| {
            let added = app.add_extension(reach.partner_id, new.tenant_id, &new.name).await?;
            let location = format!("/v1/extensions/{}", added.extension_id);
            let outcome = Outcome::created(location, &resource::Extension::from(&added))?;
            let id = added.extension_id;
            let outcome = outcome.audited("extension.create", id, None::<&()>)?;
            Ok(outcome.about(added.tenant_id))
        })
        .await
}

/// The partner and its extension, if the caller reaches its tenant.
async fn reached(
    caller: &Caller,
    scope: Scope,
    extension_id: ExtensionId,
) -> Result<(PartnerId, Extension), Problem> {
    let reach = caller.partner(scope)?;
    let extension = caller.api.app().extension(reach.partner_id, extension_id).await;
    let extension = extension.map_err(|error| caller.problem(error))?;
    reach.tenant(extension.tenant_id)?;
    Ok((reach.partner_id, extension))
}

/// Get an extension
#[utoipa::path(get, path = "/v1/extensions/{id}", tag = "Extensions",
    operation_id = "get_extension",
    params(("id" = String, Path, description = "The extension's id")),
    security(("key" = ["extensions:read"])),
    responses((status = 200, body = resource::Extension, description = "The extension")))]
async fn get(
    caller: Caller,
    At(extension_id): At<ExtensionId>,
) -> Result<Json<resource::Extension>, Problem> {
    let (_, extension) = reached(&caller, READ, extension_id).await?;
    Ok(Json((&extension).into()))
}

/// Delete an extension
///
/// It counts for the tenant until now. Tells `extension.deleted`.
#[utoipa::path(delete, path = "/v1/extensions/{id}", tag = "Extensions",
    operation_id = "delete_extension",
    params(("id" = String, Path, description = "The extension's id")),
    security(("key" = ["extensions:write"])),
    responses((status = 200, body = resource::Extension, description = "The extension, deleted")))]
async fn delete(caller: Caller, At(extension_id): At<ExtensionId>) -> Result<Response, Problem> {
    let (partner_id, before) = reached(&caller, WRITE, extension_id).await?;
    caller
        .write(async move |app| {
            let removed = app.remove_extension(partner_id, extension_id).await?;
            let before = resource::Extension::from(&before);
            let outcome = Outcome::ok(&resource::Extension::from(&removed))?;
            let outcome = outcome.audited("extension.delete", extension_id, Some(&before))?;
            Ok(outcome.about(removed.tenant_id))
        })
        .await
}
