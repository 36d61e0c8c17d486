//! `/v1/tenants`: a partner's customers, through their states.

use app::{
    App,
    error::{AppError, Result},
    resource,
    setup::{NewTenant, StartingStatus, TenantEdit, TenantFilter, TenantSort},
};
use axum::{Json, response::Response};
use domain::{
    account::{self, AutoPay},
    api_key::{Category, Scope},
    ids::{PartnerId, ProfileId, TenantId},
    paging::{Key, Order},
    tenant::{SuspensionReason, TenantEvent, TenantStatus},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{BY_ID, KeyKind, List, Sort, list_query},
    problem::Problem,
    query::{At, Query},
    write::{Outcome, shown},
};

const READ: Scope = Scope::read(Category::Tenants);
const WRITE: Scope = Scope::write(Category::Tenants);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, edit, delete))
        .routes(routes!(suspend))
        .routes(routes!(unsuspend))
        .routes(routes!(activate))
        .routes(routes!(reactivate))
}

list_query! {
    TenantQuery {
        /// Only those with this text in their name or billing e-mail.
        q: Option<String>,
        /// `trial`, `active`, `suspended` or `cancelled`.
        status: Option<String>,
        /// Only those on this profile now.
        #[param(value_type = Option<String>)]
        billing_profile_id: Option<ProfileId>,
        /// `created_at`, `name`, `sip_prefix` or `status`, with a minus sign for the largest
        /// first; `-created_at` where nothing is said.
        sort: Option<String>,
    }
}

/// A customer to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TenantInput {
    /// Shown on invoices.
    #[schema(example = "Acme Dental")]
    name: String,
    /// 3 to 12 letters and digits, for good.
    #[schema(example = "ACME")]
    sip_prefix: String,
    /// Where its invoices go.
    #[schema(example = "books@acme.example")]
    billing_email: String,
    /// The switch's own code for it.
    account_code: Option<String>,
    /// Postal address, one line per row.
    address: Option<String>,
    /// The caller name that its calls show, at most 15 characters; the default where this is left
    /// out.
    #[schema(example = "ACME DENTAL")]
    default_cnam: Option<String>,
    /// IANA zone; the default where this is left out.
    #[schema(example = "America/Chicago")]
    timezone: Option<String>,
    /// The area code for seven-digit dialling.
    home_area_code: Option<String>,
    /// Whether its default payment method is charged when an invoice is issued.
    auto_pay: Option<bool>,
    /// `trial` (where this is left out) or `active`: billed from now on.
    #[schema(example = "active")]
    status: Option<String>,
    /// Its billing profile; the partner's default where this is left out.
    #[schema(value_type = Option<String>)]
    billing_profile_id: Option<ProfileId>,
}

/// What changes of a tenant. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TenantChanges {
    /// Shown on invoices.
    name: Option<String>,
    /// Where its invoices go.
    billing_email: Option<String>,
    /// The switch's own code for it; null for none.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<String>)]
    account_code: Option<Option<String>>,
    /// Postal address, one line per row.
    address: Option<String>,
    /// The caller name that its calls show, at most 15 characters; empty for none.
    default_cnam: Option<String>,
    /// The area code for seven-digit dialling; null for none.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<String>)]
    home_area_code: Option<Option<String>>,
    /// Whether its default payment method is charged when an invoice is issued.
    auto_pay: Option<bool>,
    /// Another billing profile, from the next period on. The current one takes a pending change
    /// back.
    #[schema(value_type = Option<String>)]
    billing_profile_id: Option<ProfileId>,
}

/// The name of what is deleted, to be sure.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    /// The tenant's name, letter for letter.
    #[schema(example = "Acme Dental")]
    confirm_name: String,
}

fn sort(text: Option<&str>) -> Result<(TenantSort, Sort, Order), Problem> {
    let text = text.unwrap_or("-created_at");
    let (name, order) = match text.strip_prefix('-') {
        Some(name) => (name, Order::Descending),
        None => (text, Order::Ascending),
    };
    let by_text = |name| Sort { name, kind: KeyKind::Text };
    match name {
        "created_at" => Ok((TenantSort::Created, BY_ID, order)),
        "name" => Ok((TenantSort::Name, by_text("name"), order)),
        "sip_prefix" => Ok((TenantSort::SipPrefix, by_text("sip_prefix"), order)),
        "status" => Ok((TenantSort::Status, by_text("status"), order)),
        _ => Err(Problem::parameter("sort", "must be created_at, name, sip_prefix or status")),
    }
}

/// A tenant in a list, with what it has now.
#[derive(Debug, Clone, serde::Serialize, ToSchema)]
struct ListedTenant {
    #[serde(flatten)]
    tenant: resource::Tenant,
    /// How many extensions it has.
    extensions: i64,
    /// How many phone numbers it has.
    phone_numbers: i64,
}

/// List tenants
#[utoipa::path(get, path = "/v1/tenants", tag = "Tenants", operation_id = "list_tenants",
    params(TenantQuery), security(("key" = ["tenants:read"])),
    responses((status = 200, body = List<ListedTenant>, description = "A page of tenants")))]
async fn list(
    caller: Caller,
    Query(query): Query<TenantQuery>,
) -> Result<Json<List<ListedTenant>>, Problem> {
    let reach = caller.partner(READ)?;
    let (sort_by, sort, order) = sort(query.sort.as_deref())?;
    let request = query.paging().request(sort, order)?;
    let unknown = || Problem::parameter("status", "must be trial, active, suspended or cancelled");
    let status = query.status.as_deref();
    let status = status.map(|text| TenantStatus::parse(text).ok_or_else(unknown)).transpose()?;
    let filter = TenantFilter {
        tenants: reach.tenants,
        status,
        text: query.q,
        profile_id: query.billing_profile_id,
    };
    let page = caller.api.app().tenants(reach.partner_id, filter, (sort_by, &request)).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |tenant: &account::Tenant| {
        let key = match sort_by {
            TenantSort::Created => None,
            TenantSort::Name => Some(Key::Text(tenant.name.clone())),
            TenantSort::SipPrefix => Some(Key::Text(tenant.sip_prefix.clone())),
            TenantSort::Status => Some(Key::Text(tenant.life.status().as_str().to_owned())),
        };
        (key, tenant.tenant_id.to_string())
    };
    let ids: Vec<TenantId> = page.rows.iter().map(|tenant| tenant.tenant_id).collect();
    let counts = caller.api.app().present_of(reach.partner_id, &ids).await;
    let counts = counts.map_err(|error| caller.problem(error))?;
    let show = |tenant: account::Tenant| {
        let own = counts.get(&tenant.tenant_id);
        ListedTenant {
            extensions: own.map_or(0, |own| own.extensions),
            phone_numbers: own.map_or(0, |own| own.phone_numbers),
            tenant: (&tenant).into(),
        }
    };
    Ok(Json(List::of((page, &request), sort, place, show)))
}

/// Create a tenant
///
/// Tells `tenant.created`. Nothing is charged yet.
#[utoipa::path(post, path = "/v1/tenants", tag = "Tenants", operation_id = "create_tenant",
    request_body = TenantInput, security(("key" = ["tenants:write"])),
    responses((status = 201, body = resource::Tenant, description = "The tenant")))]
async fn create(caller: Caller, Body(input): Body<TenantInput>) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let status = match input.status.as_deref() {
        None | Some("trial") => StartingStatus::Trial,
        Some("active") => StartingStatus::Active,
        Some(_) => {
            let message = "must be trial or active";
            return Err(Problem::pointed("/status".to_owned(), "invalid", message));
        }
    };
    let new = NewTenant {
        name: input.name.trim().to_owned(),
        sip_prefix: input.sip_prefix,
        account_code: input.account_code,
        billing_email: input.billing_email,
        address: input.address.unwrap_or_default(),
        default_cnam: input.default_cnam,
        zone: input.timezone,
        home_npa: input.home_area_code,
        auto_pay: auto_pay(input.auto_pay.unwrap_or_default()),
        status,
        profile_id: input.billing_profile_id,
    };
    caller
        .write(async move |app| {
            let tenant = app.create_tenant(partner_id, &new).await?;
            let location = format!("/v1/tenants/{}", tenant.tenant_id);
            let outcome = Outcome::created(location, &resource::Tenant::from(&tenant))?;
            let outcome = outcome.audited("tenant.create", tenant.tenant_id, None::<&()>)?;
            Ok(outcome.about(tenant.tenant_id).version(tenant.version))
        })
        .await
}

fn auto_pay(on: bool) -> AutoPay {
    if on { AutoPay::On } else { AutoPay::Off }
}

/// Get a tenant
#[utoipa::path(get, path = "/v1/tenants/{id}", tag = "Tenants", operation_id = "get_tenant",
    params(("id" = String, Path, description = "The tenant's id")),
    security(("key" = ["tenants:read"])),
    responses((status = 200, body = resource::Tenant, description = "The tenant")))]
async fn get(caller: Caller, At(tenant_id): At<TenantId>) -> Result<Response, Problem> {
    let reach = caller.partner(READ)?;
    let tenant = caller.api.app().tenant(reach.partner_id, tenant_id).await;
    let tenant = tenant.map_err(|error| caller.problem(error))?;
    reach.tenant(tenant_id)?;
    Ok(shown(&resource::Tenant::from(&tenant), tenant.version))
}

/// Edit a tenant
///
/// Acts at once, but for the billing profile, which waits for the next period. Tells
/// `tenant.updated`.
#[utoipa::path(patch, path = "/v1/tenants/{id}", tag = "Tenants", operation_id = "edit_tenant",
    params(("id" = String, Path, description = "The tenant's id")),
    request_body = TenantChanges, security(("key" = ["tenants:write"])),
    responses((status = 200, body = resource::Tenant, description = "The tenant as it is now")))]
async fn edit(
    caller: Caller,
    At(tenant_id): At<TenantId>,
    Body(input): Body<TenantChanges>,
) -> Result<Response, Problem> {
    let edit = TenantEdit {
        name: input.name.map(|name| name.trim().to_owned()),
        account_code: input.account_code,
        billing_email: input.billing_email,
        address: input.address,
        default_cnam: input.default_cnam,
        home_npa: input.home_area_code,
        auto_pay: input.auto_pay.map(auto_pay),
        profile_id: input.billing_profile_id,
    };
    change(caller, (tenant_id, "tenant.edit"), async move |app, partner_id, seen| {
        app.edit_tenant(partner_id, (tenant_id, seen), &edit).await
    })
    .await
}

/// Delete a tenant
///
/// Cancels it, with its name as confirmation: extensions go, numbers return to the inventory, and
/// after 90 days its data is removed. Tells `tenant.deleted`.
#[utoipa::path(delete, path = "/v1/tenants/{id}", tag = "Tenants", operation_id = "delete_tenant",
    params(
        ("id" = String, Path, description = "The tenant's id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that goes"),
    ),
    request_body = Confirmation, security(("key" = ["tenants:write"])),
    responses((status = 200, body = resource::Tenant, description = "The tenant, cancelled")))]
async fn delete(
    caller: Caller,
    At(tenant_id): At<TenantId>,
    Body(confirmation): Body<Confirmation>,
) -> Result<Response, Problem> {
    let asker = caller.clone();
    change(caller, (tenant_id, "tenant.delete"), async move |app, partner_id, _| {
        let tenant = app.tenant(partner_id, tenant_id).await?;
        if asker.seen(tenant.version) != tenant.version {
            return Err(AppError::Stale("the tenant"));
        }
        if tenant.name != confirmation.confirm_name {
            return Err(AppError::invalid("confirm_name", "is not the tenant's name"));
        }
        app.change_tenant(partner_id, tenant_id, TenantEvent::Cancel).await
    })
    .await
}

/// Suspend a tenant
///
/// Adds the reason `manual`. Tells `tenant.suspended`.
#[utoipa::path(post, path = "/v1/tenants/{id}/suspend", tag = "Tenants",
    operation_id = "suspend_tenant",
    params(("id" = String, Path, description = "The tenant's id")),
    security(("key" = ["tenants:write"])),
    responses((status = 200, body = resource::Tenant, description = "The tenant, suspended")))]
async fn suspend(caller: Caller, At(tenant_id): At<TenantId>) -> Result<Response, Problem> {
    let event = TenantEvent::Suspend(SuspensionReason::Manual);
    moved(caller, (tenant_id, "tenant.suspend"), event).await
}

/// Unsuspend a tenant
///
/// Takes every reason away. Tells `tenant.unsuspended`.
#[utoipa::path(post, path = "/v1/tenants/{id}/unsuspend", tag = "Tenants",
    operation_id = "unsuspend_tenant",
    params(("id" = String, Path, description = "The tenant's id")),
    security(("key" = ["tenants:write"])),
    responses((status = 200, body = resource::Tenant, description = "The tenant, in service")))]
async fn unsuspend(caller: Caller, At(tenant_id): At<TenantId>) -> Result<Response, Problem> {
    moved(caller, (tenant_id, "tenant.unsuspend"), TenantEvent::Restore).await
}

/// Activate a tenant
///
/// Ends its trial: billing begins now.
#[utoipa::path(post, path = "/v1/tenants/{id}/activate", tag = "Tenants",
    operation_id = "activate_tenant",
    params(("id" = String, Path, description = "The tenant's id")),
    security(("key" = ["tenants:write"])),
    responses((status = 200, body = resource::Tenant, description = "The tenant, active")))]
async fn activate(caller: Caller, At(tenant_id): At<TenantId>) -> Result<Response, Problem> {
    moved(caller, (tenant_id, "tenant.activate"), TenantEvent::Activate).await
}

/// Reactivate a tenant
///
/// Brings a cancelled tenant back within 90 days, suspended; its numbers do not come back.
#[utoipa::path(post, path = "/v1/tenants/{id}/reactivate", tag = "Tenants",
    operation_id = "reactivate_tenant",
    params(("id" = String, Path, description = "The tenant's id")),
    security(("key" = ["tenants:write"])),
    responses((status = 200, body = resource::Tenant, description = "The tenant, suspended")))]
async fn reactivate(caller: Caller, At(tenant_id): At<TenantId>) -> Result<Response, Problem> {
    moved(caller, (tenant_id, "tenant.reactivate"), TenantEvent::Reactivate).await
}

async fn moved(
    caller: Caller,
    target: (TenantId, &'static str),
    event: TenantEvent,
) -> Result<Response, Problem> {
    let (tenant_id, _) = target;
    change(caller, target, async move |app, partner_id, _| {
        app.change_tenant(partner_id, tenant_id, event).await
    })
    .await
}

/// Does `work` on a tenant that the caller may change, and writes it down.
async fn change<F>(
    caller: Caller,
    (tenant_id, action): (TenantId, &'static str),
    work: F,
) -> Result<Response, Problem>
where
    F: AsyncFn(&App, PartnerId, i64) -> Result<account::Tenant> + Send + 'static,
{
    let reach = caller.partner(WRITE)?;
    let partner_id = reach.partner_id;
    if reach.tenant(tenant_id).is_err() {
        // Somebody else's tenant stays unknown to a restricted key, too.
        let known = caller.api.app().tenant(partner_id, tenant_id).await;
        known.map_err(|error| caller.problem(error))?;
        reach.tenant(tenant_id)?;
    }
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.tenant(partner_id, tenant_id).await?;
            let tenant = work(app, partner_id, asker.seen(before.version)).await?;
            let before = resource::Tenant::from(&before);
            let outcome = Outcome::ok(&resource::Tenant::from(&tenant))?.version(tenant.version);
            Ok(outcome.audited(action, tenant_id, Some(&before))?.about(tenant_id))
        })
        .await
}
