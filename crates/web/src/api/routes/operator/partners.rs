//! `/v1/operator/partners`.

use std::collections::BTreeSet;

use app::{
    keys::NewKey,
    operations::PartnerFilter,
    resource::{self, Instant},
    setup::{NewPartner, NewTerms},
};
use axum::{Json, response::Response};
use domain::{
    account,
    api_key::{DEFAULT_RATE, Scope},
    ids::PartnerId,
    partner::PartnerStatus,
    tier::Tier,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{READ, WRITE};
use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{List, list_query},
    problem::Problem,
    query::{At, Query},
    write::{Outcome, shown},
};

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get))
        .routes(routes!(rate_limit, set_rate_limit))
        .routes(routes!(create_key))
}

list_query! {
    PartnerQuery {
        /// Only those with this text in their names or slug.
        q: Option<String>,
        /// `trial`, `active`, `past_due`, `suspended`, `paused`, `deleting` or `purged`.
        status: Option<String>,
    }
}

/// A reseller to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PartnerInput {
    /// Short name in host names, for good: 2 to 40 of a-z, 0-9 and dashes.
    #[schema(example = "birch-voice")]
    slug: String,
    /// Legal name.
    #[schema(example = "Oak Voice LLC")]
    company_name: String,
    /// Where the operator's mails about money go, and where tenants ask at first.
    #[schema(example = "billing@oak.example")]
    billing_email: String,
    /// IANA zone; UTC where this is left out.
    #[schema(example = "America/Chicago")]
    timezone: Option<String>,
    /// ISO 4217; the operator's where this is left out.
    currency: Option<String>,
    /// A language tag; `en-US` where this is left out.
    locale: Option<String>,
    /// `trial` (where this is left out) or `active`.
    #[schema(example = "active")]
    status: Option<String>,
    /// `starter` (where this is left out), `professional` or `business`.
    #[schema(example = "starter")]
    tier: Option<String>,
}

/// A limit of requests.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RateLimit {
    /// Requests a minute of all keys of the partner.
    #[schema(example = 5_000, minimum = 1, maximum = 1_000_000)]
    rate_limit: u32,
}

/// A partner's key to be. It may do everything that a partner's keys can.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PartnerKey {
    /// For people.
    #[schema(example = "First key", min_length = 1, max_length = 100)]
    name: String,
    /// Requests a minute.
    #[schema(minimum = 1, maximum = 10_000, default = 100)]
    rate_limit: Option<u32>,
    /// From when on it no longer works.
    expires_at: Option<Instant>,
}

/// A key and its text.
#[derive(Debug, Serialize, ToSchema)]
#[allow(dead_code, reason = "documents an answer")]
struct CreatedPartnerKey {
    #[serde(flatten)]
    key: resource::ApiKey,
    /// The key itself. It is shown in this answer and never again.
    secret: String,
}

/// List partners
#[utoipa::path(get, path = "/v1/operator/partners", tag = "Operator",
    operation_id = "list_partners",
    params(PartnerQuery), security(("key" = ["operator:read"])),
    responses((status = 200, body = List<resource::Partner>, description = "A page of partners")))]
async fn list(
    caller: Caller,
    Query(query): Query<PartnerQuery>,
) -> Result<Json<List<resource::Partner>>, Problem> {
    caller.operator(READ)?;
    let request = query.paging().newest_first()?;
    let unknown = || Problem::parameter("status", "is no status of a partner");
    let status = query.status.as_deref();
    let status = status.map(|text| PartnerStatus::parse(text).ok_or_else(unknown)).transpose()?;
    let filter = PartnerFilter { status, text: query.q };
    let page = caller.api.app().partners(filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |partner: &account::Partner| partner.partner_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |partner| (&partner).into())))
}

/// Create a partner
///
/// With its two automatic billing profiles and its tier's figures from now on.
#[utoipa::path(post, path = "/v1/operator/partners", tag = "Operator",
    operation_id = "create_partner",
    request_body = PartnerInput, security(("key" = ["operator:write"])),
    responses((status = 201, body = resource::Partner, description = "The partner")))]
async fn create(caller: Caller, Body(input): Body<PartnerInput>) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let mut new = NewPartner::named(&input.slug, &input.company_name, &input.billing_email);
    new.zone = input.timezone.unwrap_or(new.zone);
    new.currency = input.currency;
    new.locale = input.locale.unwrap_or(new.locale);
    if let Some(status) = &input.status {
        let wrong = || Problem::pointed("/status".to_owned(), "invalid", "must be trial or active");
        new.status = PartnerStatus::parse(status).ok_or_else(wrong)?;
    }
    if let Some(tier) = &input.tier {
        let message = "must be starter, professional or business";
        let wrong = || Problem::pointed("/tier".to_owned(), "invalid", message);
        let tier = Tier::parse(tier).filter(|tier| tier.plan().is_some()).ok_or_else(wrong)?;
        new.terms = NewTerms { tier, figures: None, deck: None };
    }
    caller
        .write(async move |app| {
            let partner = app.create_partner(&new).await?;
            let location = format!("/v1/operator/partners/{}", partner.partner_id);
            let outcome = Outcome::created(location, &resource::Partner::from(&partner))?;
            let outcome = outcome.version(partner.version);
            outcome.audited("partner.create", partner.partner_id, None::<&()>)
        })
        .await
}

/// Get a partner
#[utoipa::path(get, path = "/v1/operator/partners/{id}", tag = "Operator",
    operation_id = "get_partner", params(("id" = String, Path, description = "The partner's id")),
    security(("key" = ["operator:read"])),
    responses((status = 200, body = resource::Partner, description = "The partner")))]
async fn get(caller: Caller, At(partner_id): At<PartnerId>) -> Result<Response, Problem> {
    caller.operator(READ)?;
    let partner = caller.api.app().partner(partner_id).await;
    let partner = partner.map_err(|error| caller.problem(error))?;
    Ok(shown(&resource::Partner::from(&partner), partner.version))
}

/// Get a partner's rate limit
#[utoipa::path(get, path = "/v1/operator/partners/{id}/rate-limit", tag = "Operator",
    operation_id = "get_partner_rate_limit",
    params(("id" = String, Path, description = "The partner's id")),
    security(("key" = ["operator:read"])),
    responses((status = 200, body = RateLimit, description = "The limit of all its keys")))]
async fn rate_limit(
    caller: Caller,
    At(partner_id): At<PartnerId>,
) -> Result<Json<RateLimit>, Problem> {
    caller.operator(READ)?;
    let rate_limit = caller.api.app().partner_rate(partner_id).await;
    Ok(Json(RateLimit { rate_limit: rate_limit.map_err(|error| caller.problem(error))? }))
}

/// Set a partner's rate limit
///
/// Of all its keys together; within a minute it acts everywhere.
#[utoipa::path(put, path = "/v1/operator/partners/{id}/rate-limit", tag = "Operator",
    operation_id = "set_partner_rate_limit",
    params(("id" = String, Path, description = "The partner's id")),
    request_body = RateLimit, security(("key" = ["operator:write"])),
    responses((status = 200, body = RateLimit, description = "The limit as it is now")))]
async fn set_rate_limit(
    caller: Caller,
    At(partner_id): At<PartnerId>,
    Body(new): Body<RateLimit>,
) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let api = caller.api.clone();
    let answer = caller
        .write(async move |app| {
            let before = RateLimit { rate_limit: app.partner_rate(partner_id).await? };
            app.set_partner_rate(partner_id, new.rate_limit).await?;
            Outcome::ok(&new)?.audited("partner.set_rate_limit", partner_id, Some(&before))
        })
        .await;
    api.0.known.forget();
    answer
}

/// Create a partner's key
///
/// One that may do everything its keys can: what a new partner begins with.
#[utoipa::path(post, path = "/v1/operator/partners/{id}/api-keys", tag = "Operator",
    operation_id = "create_partner_api_key",
    params(("id" = String, Path, description = "The partner's id")),
    request_body = PartnerKey, security(("key" = ["operator:write"])),
    responses((status = 201, body = CreatedPartnerKey, description = "The key, with its text")))]
async fn create_key(
    caller: Caller,
    At(partner_id): At<PartnerId>,
    Body(input): Body<PartnerKey>,
) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let owner = Some(partner_id);
    let scopes: BTreeSet<Scope> = Scope::all_of(owner);
    let new = NewKey {
        name: input.name,
        scopes,
        tenants: None,
        rate_per_minute: input.rate_limit.unwrap_or(DEFAULT_RATE),
        expires_at: input.expires_at.map(|Instant(at)| at),
    };
    let now = caller.now();
    caller
        .write(async move |app| {
            app.partner(partner_id).await?;
            let (key, secret) = app.create_key(owner, None, &new).await?;
            let location = format!("/v1/api-keys/{}", key.key_id);
            let outcome = Outcome::created(location, &resource::ApiKey::of(&key, now))?;
            let outcome = outcome.audited("api_key.create", key.key_id, None::<&()>)?;
            Ok(outcome.revealing("secret", secret.reveal()))
        })
        .await
}
