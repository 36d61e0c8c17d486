//! `/v1/users`: a partner's people and its tenants', invited and removed.
//!
//! Passwords and second factors are nobody's but the person's, so no route knows them (ruling 29).

use app::{
    people::{NewUser, UserFilter},
    resource,
};
use axum::response::Response;
use domain::{
    api_key::{Category, Scope},
    ids::{TenantId, UserId},
    user::{Account, Role, User},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    body::Body,
    caller::{Caller, Reach},
    paging::{List, list_query},
    problem::Problem,
    query::{At, Query},
    write::{Outcome, shown},
};

const READ: Scope = Scope::read(Category::Provisioning);
const WRITE: Scope = Scope::write(Category::Provisioning);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, invite))
        .routes(routes!(get, edit, remove))
        .routes(routes!(invite_again))
}

list_query! { UserQuery {
    /// Only of this tenant.
    #[param(value_type = Option<String>)]
    tenant_id: Option<TenantId>,
    /// With this somewhere in the name or the address.
    q: Option<String>,
} }

/// Somebody to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewInvitation {
    /// Where the invitation goes, and the name to sign in with.
    #[schema(example = "grace@example.com", max_length = 254)]
    email: String,
    /// For people.
    #[schema(example = "Grace Hopper", min_length = 1, max_length = 120)]
    name: String,
    /// `partner_admin` or `partner_user`; for a tenant's people `tenant_admin` or `tenant_user`.
    #[schema(
        example = "partner_user",
        pattern = "^(partner_admin|partner_user|tenant_admin|tenant_user)$"
    )]
    role: String,
    /// The tenant whose it becomes; the partner's own where this is left out.
    #[schema(value_type = Option<String>)]
    tenant_id: Option<TenantId>,
}

/// What changes of somebody. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserEdit {
    /// For people.
    #[schema(example = "Grace Hopper", min_length = 1, max_length = 120)]
    name: Option<String>,
    /// Another role of the same account.
    #[schema(
        example = "partner_user",
        pattern = "^(partner_admin|partner_user|tenant_admin|tenant_user)$"
    )]
    role: Option<String>,
}

fn role(text: &str) -> Result<Role, Problem> {
    let known = Role::parse(text);
    known.ok_or_else(|| Problem::pointed("/role".to_owned(), "invalid", "is no role"))
}

/// Somebody whom the key reaches: people of the partner itself by unrestricted keys only.
async fn reached(caller: &Caller, reach: &Reach, user_id: UserId) -> Result<User, Problem> {
    let user = caller.api.app().user(Some(reach.partner_id), user_id).await;
    let user = user.map_err(|error| caller.problem(error))?;
    match user.account.tenant() {
        Some(tenant_id) => reach.tenant(tenant_id)?,
        None => drop(reach.whole_partner()?),
    }
    Ok(user)
}

/// List users
///
/// Of the partner and its tenants, newest first. Keys that are restricted to tenants see theirs.
#[utoipa::path(get, path = "/v1/users", tag = "Users", operation_id = "list_users",
    params(UserQuery), security(("key" = ["provisioning:read"])),
    responses((status = 200, body = List<resource::User>, description = "A page of users")))]
async fn list(
    caller: Caller,
    Query(query): Query<UserQuery>,
) -> Result<axum::Json<List<resource::User>>, Problem> {
    let reach = caller.partner(READ)?;
    let request = query.paging().newest_first()?;
    if let Some(tenant_id) = query.tenant_id {
        caller.reaches(&reach, tenant_id).await?;
    }
    let account = query.tenant_id.map(|it| Account::Tenant(reach.partner_id, it));
    let filter = UserFilter { account, tenants: reach.tenants, search: query.q };
    let page = caller.api.app().users(Some(reach.partner_id), filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |user: &User| user.user_id.to_string();
    Ok(axum::Json(List::by_id((page, &request), place, |user| resource::User::of(&user))))
}

/// Invite a user
///
/// A mail with a link that works for 7 days goes out; whoever follows it sets a password.
#[utoipa::path(post, path = "/v1/users", tag = "Users", operation_id = "invite_user",
    request_body = NewInvitation, security(("key" = ["provisioning:write"])),
    responses((status = 201, body = resource::User, description = "Who is invited")))]
async fn invite(caller: Caller, Body(new): Body<NewInvitation>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let account = match new.tenant_id {
        Some(tenant_id) => {
            caller.reaches(&reach, tenant_id).await?;
            Account::Tenant(reach.partner_id, tenant_id)
        }
        None => Account::Partner(reach.whole_partner()?),
    };
    let new = NewUser { email: new.email, name: new.name, role: role(&new.role)? };
    caller
        .write(async move |app| {
            let user = app.invite_user(account, &new).await?;
            let location = format!("/v1/users/{}", user.user_id);
            let outcome = Outcome::created(location, &resource::User::of(&user))?;
            let outcome = outcome.audited("user.invite", user.user_id, None::<&()>)?;
            Ok(about(outcome.version(user.version), account))
        })
        .await
}

fn about(outcome: Outcome, account: Account) -> Outcome {
    match account.tenant() {
        Some(tenant_id) => outcome.about(tenant_id),
        None => outcome,
    }
}

/// Get a user
#[utoipa::path(get, path = "/v1/users/{id}", tag = "Users", operation_id = "get_user",
    params(("id" = String, Path, description = "The user's id")),
    security(("key" = ["provisioning:read"])),
    responses((status = 200, body = resource::User, description = "The user")))]
async fn get(caller: Caller, At(user_id): At<UserId>) -> Result<Response, Problem> {
    let reach = caller.partner(READ)?;
    let user = reached(&caller, &reach, user_id).await?;
    Ok(shown(&resource::User::of(&user), user.version))
}

/// Edit a user
///
/// Name and role. The last administrator of an account stays one.
#[utoipa::path(patch, path = "/v1/users/{id}", tag = "Users", operation_id = "edit_user",
    params(("id" = String, Path, description = "The user's id")),
    request_body = UserEdit, security(("key" = ["provisioning:write"])),
    responses((status = 200, body = resource::User, description = "The user as it is now")))]
async fn edit(
    caller: Caller,
    At(user_id): At<UserId>,
    Body(edit): Body<UserEdit>,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let before = reached(&caller, &reach, user_id).await?;
    let wanted = edit.role.as_deref().map(role).transpose()?;
    let seen = caller.seen(before.version);
    caller
        .write(async move |app| {
            let owner = before.account.partner();
            let mut user = before.clone();
            let mut seen = seen;
            if let Some(name) = &edit.name {
                user = app.rename_user(owner, (user_id, seen), name).await?;
                seen = user.version;
            }
            if let Some(role) = wanted {
                user = app.set_role((owner, None), (user_id, seen), role).await?;
            }
            let outcome = Outcome::ok(&resource::User::of(&user))?.version(user.version);
            let shown_before = resource::User::of(&before);
            let outcome = outcome.audited("user.edit", user_id, Some(&shown_before))?;
            Ok(about(outcome, before.account))
        })
        .await
}

/// Remove a user
///
/// Open sessions end at once; an invitation is taken back. The last administrator stays.
#[utoipa::path(delete, path = "/v1/users/{id}", tag = "Users", operation_id = "remove_user",
    params(("id" = String, Path, description = "The user's id")),
    security(("key" = ["provisioning:write"])),
    responses((status = 204, description = "Removed")))]
async fn remove(caller: Caller, At(user_id): At<UserId>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let user = reached(&caller, &reach, user_id).await?;
    caller
        .write(async move |app| {
            app.remove_user((user.account.partner(), None), user_id).await?;
            let before = resource::User::of(&user);
            let outcome = Outcome::gone().audited("user.remove", user_id, Some(&before))?;
            Ok(about(outcome, user.account))
        })
        .await
}

/// Invite a user again
///
/// The link in the new mail works for 7 days; earlier ones no longer do.
#[utoipa::path(post, path = "/v1/users/{id}/invitation", tag = "Users",
    operation_id = "invite_user_again",
    params(("id" = String, Path, description = "The user's id")),
    security(("key" = ["provisioning:write"])),
    responses((status = 200, body = resource::User, description = "Who is invited")))]
async fn invite_again(caller: Caller, At(user_id): At<UserId>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let user = reached(&caller, &reach, user_id).await?;
    caller
        .write(async move |app| {
            let user = app.invite_again(user.account.partner(), user_id).await?;
            let outcome = Outcome::ok(&resource::User::of(&user))?.version(user.version);
            let outcome = outcome.audited("user.invite_again", user_id, None::<&()>)?;
            Ok(about(outcome, user.account))
        })
        .await
}
