//! `/v1/api-keys`: keys are shown once, narrowed and taken back, never widened by themselves.

use std::collections::BTreeSet;

use app::{
    keys::{KeyEdit, NewKey},
    resource::{self, Instant},
};
use axum::response::Response;
use domain::{
    api_key::{Category, DEFAULT_RATE, Scope},
    ids::{ApiKeyId, TenantId},
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
    write::{Outcome, shown},
};

const READ: Scope = Scope::read(Category::Provisioning);
const WRITE: Scope = Scope::write(Category::Provisioning);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, edit))
        .routes(routes!(revoke))
}

list_query! { KeyQuery {} }

/// A key to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewApiKey {
    /// For people.
    #[schema(example = "Accounting", min_length = 1, max_length = 100)]
    name: String,
    /// What it may do.
    #[schema(value_type = Vec<String>, example = json!(["billing:read"]))]
    scopes: BTreeSet<Scope>,
    /// The only tenants it reaches; all where this is left out.
    #[schema(value_type = Option<Vec<String>>)]
    tenant_ids: Option<BTreeSet<TenantId>>,
    /// Requests a minute.
    #[schema(minimum = 1, maximum = 10_000, default = 100)]
    rate_limit: Option<u32>,
    /// From when on it no longer works; never where this is left out.
    expires_at: Option<Instant>,
}

/// What changes of a key. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApiKeyEdit {
    /// What it may do.
    #[schema(value_type = Option<Vec<String>>, example = json!(["billing:read"]))]
    scopes: Option<BTreeSet<Scope>>,
    /// The only tenants it reaches; null for all.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<Vec<String>>)]
    tenant_ids: Option<Option<BTreeSet<TenantId>>>,
}

/// A key and, in the answer that makes it, its text.
#[derive(Debug, serde::Serialize, ToSchema)]
#[allow(dead_code, reason = "documents an answer")]
struct CreatedApiKey {
    #[serde(flatten)]
    key: resource::ApiKey,
    /// The key itself. It is shown in this answer and never again.
    #[schema(example = "sk_live_…")]
    secret: String,
}

/// List keys
///
/// Newest first; never with their text.
#[utoipa::path(get, path = "/v1/api-keys", tag = "API keys", operation_id = "list_api_keys",
    params(KeyQuery), security(("key" = ["provisioning:read"])),
    responses((status = 200, body = List<resource::ApiKey>, description = "A page of keys")))]
async fn list(
    caller: Caller,
    Query(query): Query<KeyQuery>,
) -> Result<axum::Json<List<resource::ApiKey>>, Problem> {
    caller.require(READ)?;
    let request = query.paging().newest_first()?;
    let page = caller.api.app().keys(caller.key.owner, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let now = caller.now();
    let place = |key: &domain::api_key::ApiKey| key.key_id.to_string();
    Ok(axum::Json(List::by_id((page, &request), place, |key| resource::ApiKey::of(&key, now))))
}

/// Create a key
///
/// Its text is in this answer and nowhere else. A key can only give what it has itself.
#[utoipa::path(post, path = "/v1/api-keys", tag = "API keys", operation_id = "create_api_key",
    request_body = NewApiKey, security(("key" = ["provisioning:write"])),
    responses((status = 201, body = CreatedApiKey, description = "The key, with its text")))]
async fn create(caller: Caller, Body(new): Body<NewApiKey>) -> Result<Response, Problem> {
    caller.require(WRITE)?;
    let (owner, maker) = (caller.key.owner, caller.key.grant.clone());
    let new = NewKey {
        name: new.name,
        scopes: new.scopes,
        tenants: new.tenant_ids,
        rate_per_minute: new.rate_limit.unwrap_or(DEFAULT_RATE),
        expires_at: new.expires_at.map(|Instant(at)| at),
    };
    let now = caller.now();
    caller
        .write(async move |app| {
            let (key, secret) = app.create_key(owner, Some(&maker), &new).await?;
            let location = format!("/v1/api-keys/{}", key.key_id);
            let outcome = Outcome::created(location, &resource::ApiKey::of(&key, now))?;
            let outcome = outcome.audited("api_key.create", key.key_id, None::<&()>)?;
            Ok(outcome.version(key.version).revealing("secret", secret.reveal()))
        })
        .await
}

/// Get a key
#[utoipa::path(get, path = "/v1/api-keys/{id}", tag = "API keys", operation_id = "get_api_key",
    params(("id" = String, Path, description = "The key's id")),
    security(("key" = ["provisioning:read"])),
    responses((status = 200, body = resource::ApiKey, description = "The key, without its text")))]
async fn get(caller: Caller, At(key_id): At<ApiKeyId>) -> Result<Response, Problem> {
    caller.require(READ)?;
    let key = caller.api.app().key(caller.key.owner, key_id).await;
    let key = key.map_err(|error| caller.problem(error))?;
    Ok(shown(&resource::ApiKey::of(&key, caller.now()), key.version))
}

/// Edit a key
///
/// Scopes and tenants only; within a minute it acts everywhere.
#[utoipa::path(patch, path = "/v1/api-keys/{id}", tag = "API keys", operation_id = "edit_api_key",
    params(("id" = String, Path, description = "The key's id")),
    request_body = ApiKeyEdit, security(("key" = ["provisioning:write"])),
    responses((status = 200, body = resource::ApiKey, description = "The key as it is now")))]
async fn edit(
    caller: Caller,
    At(key_id): At<ApiKeyId>,
    Body(edit): Body<ApiKeyEdit>,
) -> Result<Response, Problem> {
    caller.require(WRITE)?;
    let edit = KeyEdit { scopes: edit.scopes, tenants: edit.tenant_ids };
    let (api, asker, now) = (caller.api.clone(), caller.clone(), caller.now());
    let answer = caller
        .write(async move |app| {
            let owner = asker.key.owner;
            let before = app.key(owner, key_id).await?;
            let seen = (key_id, asker.seen(before.version));
            let key = app.edit_key((owner, Some(&asker.key.grant)), seen, &edit).await?;
            let before = resource::ApiKey::of(&before, now);
            let outcome = Outcome::ok(&resource::ApiKey::of(&key, now))?.version(key.version);
            outcome.audited("api_key.edit", key_id, Some(&before))
        })
        .await;
    api.0.known.forget();
    answer
}

/// Revoke a key
///
/// For good; within a minute it works nowhere. Doing it again changes nothing.
#[utoipa::path(post, path = "/v1/api-keys/{id}/revoke", tag = "API keys",
    operation_id = "revoke_api_key", params(("id" = String, Path, description = "The key's id")),
    security(("key" = ["provisioning:write"])),
    responses((status = 200, body = resource::ApiKey, description = "The key as it is now")))]
async fn revoke(caller: Caller, At(key_id): At<ApiKeyId>) -> Result<Response, Problem> {
    caller.require(WRITE)?;
    let (api, asker, now) = (caller.api.clone(), caller.clone(), caller.now());
    let answer = caller
        .write(async move |app| {
            let owner = asker.key.owner;
            let before = resource::ApiKey::of(&app.key(owner, key_id).await?, now);
            let key = app.revoke_key((owner, Some(&asker.key.grant)), key_id).await?;
            let outcome = Outcome::ok(&resource::ApiKey::of(&key, now))?.version(key.version);
            outcome.audited("api_key.revoke", key_id, Some(&before))
        })
        .await;
    api.0.known.forget();
    answer
}
