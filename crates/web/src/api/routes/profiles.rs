//! `/v1/billing-profiles`.

use app::{error::AppError, resource, setup::SavedProfile};
use axum::{Json, response::Response};
use domain::{
    api_key::{Category, Scope},
    ids::ProfileId,
    paging::{Key, Order},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::profile_terms::{BillingProfileChanges, BillingProfileInput};
use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{KeyKind, List, Sort, list_query},
    problem::Problem,
    query::{At, Query},
    write::{Outcome, shown},
};

const READ: Scope = Scope::read(Category::Billing);
const WRITE: Scope = Scope::write(Category::Billing);
/// The order of versions.
const BY_VERSION: Sort = Sort { name: "version", kind: KeyKind::Int };

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, edit, delete))
        .routes(routes!(versions))
}

list_query! { ProfileQuery {} }

/// List billing profiles
///
/// Newest first, each by its latest version. Not for keys that are restricted to some tenants.
#[utoipa::path(get, path = "/v1/billing-profiles", tag = "Billing profiles",
    operation_id = "list_billing_profiles",
    params(ProfileQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::BillingProfile>,
        description = "A page of billing profiles")))]
async fn list(
    caller: Caller,
    Query(query): Query<ProfileQuery>,
) -> Result<Json<List<resource::BillingProfile>>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let request = query.paging().newest_first()?;
    let page = caller.api.app().profiles(partner_id, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |saved: &SavedProfile| saved.version.profile_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |saved| (&saved).into())))
}

/// Create a billing profile
///
/// Prices that lose money are allowed and told in `warnings`. Tells `billing_profile.created`.
#[utoipa::path(post, path = "/v1/billing-profiles", tag = "Billing profiles",
    operation_id = "create_billing_profile",
    request_body = BillingProfileInput, security(("key" = ["billing:write"])),
    responses((status = 201, body = resource::BillingProfile, description = "The profile")))]
async fn create(
    caller: Caller,
    Body(input): Body<BillingProfileInput>,
) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    caller
        .write(async move |app| {
            let currency = app.partner(partner_id).await?.currency;
            let saved = app.create_profile(partner_id, &input.terms(currency)?).await?;
            let profile = resource::BillingProfile::from(&saved);
            let location = format!("/v1/billing-profiles/{}", profile.id);
            let outcome = Outcome::created(location, &profile)?.version(profile.version);
            outcome.audited("billing_profile.create", profile.id, None::<&()>)
        })
        .await
}

/// Get a billing profile
///
/// By its latest version.
#[utoipa::path(get, path = "/v1/billing-profiles/{id}", tag = "Billing profiles",
    operation_id = "get_billing_profile",
    params(("id" = String, Path, description = "The profile's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::BillingProfile, description = "The profile")))]
async fn get(caller: Caller, At(profile_id): At<ProfileId>) -> Result<Response, Problem> {
    let reach = caller.partner(READ)?;
    let saved = caller.api.app().profile(reach.partner_id, profile_id).await;
    let saved = saved.map_err(|error| caller.problem(error))?;
    reach.whole_partner()?;
    Ok(shown(&resource::BillingProfile::from(&saved), saved.version.version))
}

/// Edit a billing profile
///
/// Makes its next version, which is in force for each tenant from its next period; running periods
/// and issued invoices stay. An edit that changes nothing makes none. Tells
/// `billing_profile.updated`.
#[utoipa::path(patch, path = "/v1/billing-profiles/{id}", tag = "Billing profiles",
    operation_id = "edit_billing_profile",
    params(("id" = String, Path, description = "The profile's id")),
    request_body = BillingProfileChanges, security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::BillingProfile,
        description = "The profile by its latest version")))]
async fn edit(
    caller: Caller,
    At(profile_id): At<ProfileId>,
    Body(input): Body<BillingProfileChanges>,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let partner_id = reach.partner_id;
    known(&caller, reach.whole_partner(), profile_id).await?;
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.profile(partner_id, profile_id).await?;
            let seen = asker.seen(before.version.version);
            if seen != before.version.version {
                return Err(AppError::Stale("the profile"));
            }
            let edit = input.edit(&before.version, before.currency)?;
            let saved = app.edit_profile(partner_id, (profile_id, seen), &edit).await?;
            let before = resource::BillingProfile::from(&before);
            let profile = resource::BillingProfile::from(&saved);
            let outcome = Outcome::ok(&profile)?.version(profile.version);
            outcome.audited("billing_profile.edit", profile_id, Some(&before))
        })
        .await
}

/// Delete a billing profile
///
/// Refused while tenants use it or will, a trial converts to it, or it is the partner's default.
/// Tells `billing_profile.deleted`.
#[utoipa::path(delete, path = "/v1/billing-profiles/{id}", tag = "Billing profiles",
    operation_id = "delete_billing_profile",
    params(
        ("id" = String, Path, description = "The profile's id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that goes"),
    ),
    security(("key" = ["billing:write"])),
    responses((status = 204, description = "It is gone")))]
async fn delete(caller: Caller, At(profile_id): At<ProfileId>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let partner_id = reach.partner_id;
    known(&caller, reach.whole_partner(), profile_id).await?;
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.profile(partner_id, profile_id).await?;
            if asker.seen(before.version.version) != before.version.version {
                return Err(AppError::Stale("the profile"));
            }
            app.delete_profile(partner_id, profile_id).await?;
            let before = resource::BillingProfile::from(&before);
            Outcome::gone().audited("billing_profile.delete", profile_id, Some(&before))
        })
        .await
}

/// List the versions of a billing profile
///
/// Newest first.
#[utoipa::path(get, path = "/v1/billing-profiles/{id}/versions", tag = "Billing profiles",
    operation_id = "list_billing_profile_versions",
    params(("id" = String, Path, description = "The profile's id"), ProfileQuery),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::BillingProfile>,
        description = "A page of versions")))]
async fn versions(
    caller: Caller,
    At(profile_id): At<ProfileId>,
    Query(query): Query<ProfileQuery>,
) -> Result<Json<List<resource::BillingProfile>>, Problem> {
    let reach = caller.partner(READ)?;
    let request = query.paging().request(BY_VERSION, Order::Descending)?;
    let page = caller.api.app().profile_versions(reach.partner_id, profile_id, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    reach.whole_partner()?;
    let place = |saved: &SavedProfile| {
        (Some(Key::Int(saved.version.version)), saved.version.profile_id.to_string())
    };
    Ok(Json(List::of((page, &request), BY_VERSION, place, |saved| (&saved).into())))
}

/// Somebody else's profile stays unknown to a restricted key, too.
async fn known(
    caller: &Caller,
    allowed: Result<domain::ids::PartnerId, Problem>,
    profile_id: ProfileId,
) -> Result<(), Problem> {
    let Err(forbidden) = allowed else { return Ok(()) };
    let partner_id = caller.partner(WRITE)?.partner_id;
    let found = caller.api.app().profile(partner_id, profile_id).await;
    found.map_err(|error| caller.problem(error))?;
    Err(forbidden)
}
