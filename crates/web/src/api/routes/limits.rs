//! `/v1/tenants/{id}/limits` and `/v1/tenant-defaults`.

use app::{
    resource,
    setup::{DefaultsEdit, LimitsEdit, LimitsOf, TenantFilter},
};
use axum::{Json, response::Response};
use domain::{
    api_key::{Category, Scope},
    ids::{ProfileId, TenantId},
    tenant::TenantStatus,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::usage::reached;
use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{List, list_query},
    problem::Problem,
    query::{At, Query},
    write::{Outcome, shown},
};

const READ: Scope = Scope::read(Category::Tenants);
const WRITE: Scope = Scope::write(Category::Tenants);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, edit))
        .routes(routes!(reset))
        .routes(routes!(get_defaults, edit_defaults))
}

list_query! {
    LimitsQuery {
        /// Only of tenants with this status: `trial`, `active`, `suspended` or `cancelled`.
        status: Option<String>,
        /// Only of tenants with this text in their name or billing address.
        q: Option<String>,
    }
}

/// What changes of limits. What is left out stays; null makes a cap unlimited.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LimitChanges {
    /// Charges of a billing period before tax, as a decimal text.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<String>, example = "500.00")]
    monthly_spend: Option<Option<resource::Decimal>>,
    /// Extensions at a time.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<u32>, example = 50)]
    max_extensions: Option<Option<i64>>,
    /// Phone numbers at a time.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<u32>, example = 10)]
    max_phone_numbers: Option<Option<i64>>,
    /// Minutes of a billing period.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<u32>, example = 5000)]
    max_monthly_minutes: Option<Option<i64>>,
    /// Percent of a cap at which the partner is told, 1 to 100.
    #[schema(value_type = Option<u8>, example = 80)]
    alert_threshold: Option<i64>,
    /// `suspend` or `alert`.
    on_limit: Option<String>,
}

impl From<LimitChanges> for LimitsEdit {
    fn from(changes: LimitChanges) -> Self {
        Self {
            monthly_spend: changes.monthly_spend.map(|spend| spend.map(|it| it.0)),
            max_extensions: changes.max_extensions,
            max_phone_numbers: changes.max_phone_numbers,
            max_minutes: changes.max_monthly_minutes,
            alert_percent: changes.alert_threshold,
            on_limit: changes.on_limit,
        }
    }
}

/// What changes of the defaults. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DefaultChanges {
    /// IANA zone.
    #[schema(example = "America/Chicago")]
    timezone: Option<String>,
    /// The caller name that calls show, at most 15 characters; empty for none.
    #[schema(example = "ACME DENTAL")]
    default_cnam: Option<String>,
    /// The billing profile.
    #[schema(value_type = Option<String>)]
    billing_profile_id: Option<ProfileId>,
    /// The limits.
    limits: Option<LimitChanges>,
}

fn resource_of(of: &LimitsOf) -> resource::TenantLimits {
    resource::TenantLimits::of(&of.limits, of.tenant.currency)
}

/// List the limits of all tenants
///
/// Of every tenant that the key reaches, newest tenants first.
#[utoipa::path(get, path = "/v1/tenant-limits", tag = "Limits",
    operation_id = "list_tenant_limits",
    params(LimitsQuery), security(("key" = ["tenants:read"])),
    responses((status = 200, body = List<resource::TenantLimitsRow>,
        description = "A page of tenants with their limits")))]
async fn list(
    caller: Caller,
    Query(query): Query<LimitsQuery>,
) -> Result<Json<List<resource::TenantLimitsRow>>, Problem> {
    let reach = caller.partner(READ)?;
    let request = query.paging().newest_first()?;
    let wrong = || Problem::parameter("status", "is no status of a tenant");
    let status = query.status.as_deref();
    let status = status.map(|name| TenantStatus::parse(name).ok_or_else(wrong)).transpose()?;
    let filter = TenantFilter { tenants: reach.tenants, status, text: query.q, profile_id: None };
    let page = caller.api.app().limits_of_tenants(reach.partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |of: &LimitsOf| of.tenant.tenant_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |of| (&of).into())))
}

/// Get a tenant's limits
#[utoipa::path(get, path = "/v1/tenants/{id}/limits", tag = "Limits",
    operation_id = "get_tenant_limits",
    params(("id" = String, Path, description = "The tenant's id")),
    security(("key" = ["tenants:read"])),
    responses((status = 200, body = resource::TenantLimits, description = "Its limits")))]
async fn get(caller: Caller, At(tenant_id): At<TenantId>) -> Result<Response, Problem> {
    let reach = reached(&caller, READ, tenant_id).await?;
    let limits = caller.api.app().tenant_limits(reach.partner_id, tenant_id).await;
    let limits = limits.map_err(|error| caller.problem(error))?;
    Ok(shown(&resource_of(&limits), limits.version))
}

/// Edit a tenant's limits
///
/// Acts at once. A cap below what the tenant has takes nothing away.
#[utoipa::path(patch, path = "/v1/tenants/{id}/limits", tag = "Limits",
    operation_id = "edit_tenant_limits",
    params(("id" = String, Path, description = "The tenant's id")),
    request_body = LimitChanges, security(("key" = ["tenants:write"])),
    responses((status = 200, body = resource::TenantLimits, description = "The new limits")))]
async fn edit(
    caller: Caller,
    At(tenant_id): At<TenantId>,
    Body(changes): Body<LimitChanges>,
) -> Result<Response, Problem> {
    let edit = Some(LimitsEdit::from(changes));
    change(caller, (tenant_id, "tenant_limits.edit"), edit).await
}

/// Reset a tenant's limits
///
/// To those that new tenants begin with.
#[utoipa::path(post, path = "/v1/tenants/{id}/limits/reset", tag = "Limits",
    operation_id = "reset_tenant_limits",
    params(("id" = String, Path, description = "The tenant's id")),
    security(("key" = ["tenants:write"])),
    responses((status = 200, body = resource::TenantLimits, description = "The new limits")))]
async fn reset(caller: Caller, At(tenant_id): At<TenantId>) -> Result<Response, Problem> {
    change(caller, (tenant_id, "tenant_limits.reset"), None).await
}

/// Edits the limits, or resets them where there is no edit.
async fn change(
    caller: Caller,
    (tenant_id, action): (TenantId, &'static str),
    edit: Option<LimitsEdit>,
) -> Result<Response, Problem> {
    let partner_id = reached(&caller, WRITE, tenant_id).await?.partner_id;
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.tenant_limits(partner_id, tenant_id).await?;
            let target = (tenant_id, asker.seen(before.version));
            let after = match &edit {
                Some(edit) => app.edit_limits(partner_id, target, edit).await?,
                None => app.reset_limits(partner_id, target).await?,
            };
            let outcome = Outcome::ok(&resource_of(&after))?.version(after.version);
            let before = resource_of(&before);
            Ok(outcome.audited(action, tenant_id, Some(&before))?.about(tenant_id))
        })
        .await
}

/// Get the defaults of new tenants
#[utoipa::path(get, path = "/v1/tenant-defaults", tag = "Limits",
    operation_id = "get_tenant_defaults", security(("key" = ["tenants:read"])),
    responses((status = 200, body = resource::TenantDefaults, description = "The defaults")))]
async fn get_defaults(caller: Caller) -> Result<Response, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let defaults = caller.api.app().tenant_defaults(partner_id).await;
    let (defaults, partner) = defaults.map_err(|error| caller.problem(error))?;
    Ok(shown(&resource::TenantDefaults::of(&defaults, &partner), defaults.version))
}

/// Edit the defaults of new tenants
///
/// Tenants that exist keep what they have.
#[utoipa::path(patch, path = "/v1/tenant-defaults", tag = "Limits",
    operation_id = "edit_tenant_defaults",
    request_body = DefaultChanges, security(("key" = ["tenants:write"])),
    responses(
        (status = 200, body = resource::TenantDefaults, description = "The new defaults"),
        (status = 412, body = crate::api::problem::Content,
            content_type = "application/problem+json",
            description = "If-Match names another version than the current one")))]
async fn edit_defaults(
    caller: Caller,
    Body(changes): Body<DefaultChanges>,
) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let edit = DefaultsEdit {
        zone: changes.timezone,
        default_cnam: changes.default_cnam,
        limits: changes.limits.unwrap_or_default().into(),
    };
    let profile_id = changes.billing_profile_id;
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let (before, partner) = app.tenant_defaults(partner_id).await?;
            let seen = asker.seen(before.version);
            app.edit_tenant_defaults(partner_id, seen, &edit).await?;
            if let Some(profile_id) = profile_id.filter(|id| *id != partner.default_profile) {
                app.set_default_profile(partner_id, profile_id).await?;
            }
            let before = resource::TenantDefaults::of(&before, &partner);
            let (after, partner) = app.tenant_defaults(partner_id).await?;
            let shown = resource::TenantDefaults::of(&after, &partner);
            let outcome = Outcome::ok(&shown)?.version(after.version);
            outcome.audited("tenant_defaults.edit", partner_id, Some(&before))
        })
        .await
}
