//! `/v1/webhook-endpoints` and `/v1/webhook-deliveries`.
//!
//! An address is looked up before the transaction that keeps it begins.

use app::{
    App,
    error::{AppError, Result},
    resource::{self, Instant},
    webhooks::{Delivery, DeliveryFilter, EndpointEdit, NewEndpoint, Replay, WebhookEndpoint},
};
use axum::{Json, response::Response};
use domain::{
    api_key::{Category, Scope},
    ids::{DeliveryId, EndpointId, EventId, PartnerId},
    webhook::{delivery::DeliveryStatus, endpoint::EndpointChange},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    body::{Body, OptionalBody},
    caller::Caller,
    paging::{List, list_query},
    problem::Problem,
    query::{At, Query},
    write::{Outcome, shown},
};

const READ: Scope = Scope::read(Category::Webhooks);
const WRITE: Scope = Scope::write(Category::Webhooks);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, edit, delete))
        .routes(routes!(rotate))
        .routes(routes!(enable))
        .routes(routes!(disable))
        .routes(routes!(test))
        .routes(routes!(replay))
        .routes(routes!(deliveries))
        .routes(routes!(delivery))
        .routes(routes!(redeliver))
}

list_query! { EndpointQuery {} }

list_query! {
    DeliveryQuery {
        /// `pending`, `delivered`, `failed` or `dead`.
        status: Option<String>,
        /// Only of events of this type.
        event_type: Option<String>,
        /// Only of this event.
        #[param(value_type = Option<String>)]
        event_id: Option<EventId>,
    }
}

/// An endpoint to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EndpointInput {
    /// Where events are sent: https, to a public address.
    #[schema(example = "https://hooks.oak.example/trunkline")]
    url: String,
    /// For people.
    description: Option<String>,
    /// The events it is sent; at least one.
    #[schema(example = json!(["invoice.created", "invoice.paid"]))]
    event_types: Vec<String>,
}

/// What changes of an endpoint. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EndpointChanges {
    /// Where events are sent.
    url: Option<String>,
    /// For people.
    #[schema(example = "Accounting")]
    description: Option<String>,
    /// The events it is sent; at least one.
    #[schema(example = json!(["invoice.paid"]))]
    event_types: Option<Vec<String>>,
}

/// How a secret is rotated.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// Seconds for which the old secret stays in force beside the new one, at most a day; none
    /// where this is left out.
    #[schema(example = 86_400, maximum = 86_400)]
    overlap_seconds: Option<u32>,
}

/// What is sent again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplayInput {
    /// Events from this instant on.
    since: Instant,
    /// Of those, the ones after this place; all where this is left out.
    #[schema(minimum = 0)]
    after_sequence: Option<i64>,
}

/// What a replay did.
#[derive(Debug, Serialize, ToSchema)]
struct ReplayOutcome {
    /// Deliveries that are due now because of it.
    #[schema(example = 12)]
    queued: u64,
    /// Send it as `after_sequence` to go on; absent where all events were looked at.
    continue_after: Option<i64>,
}

/// An endpoint and, in the answer that makes or rotates it, its signing secret.
#[derive(Debug, Serialize, ToSchema)]
#[allow(dead_code, reason = "documents an answer")]
struct EndpointWithSecret {
    #[serde(flatten)]
    endpoint: resource::WebhookEndpoint,
    /// Signs the messages. It is shown in this answer and never again.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// List webhook endpoints
#[utoipa::path(get, path = "/v1/webhook-endpoints", tag = "Webhooks",
    operation_id = "list_webhook_endpoints",
    params(EndpointQuery), security(("key" = ["webhooks:read"])),
    responses((status = 200, body = List<resource::WebhookEndpoint>, description = "Endpoints")))]
async fn list(
    caller: Caller,
    Query(query): Query<EndpointQuery>,
) -> Result<Json<List<resource::WebhookEndpoint>>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let request = query.paging().newest_first()?;
    let page = caller.api.app().list_webhook_endpoints(partner_id, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |endpoint: &WebhookEndpoint| endpoint.endpoint_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |endpoint| (&endpoint).into())))
}

/// Create a webhook endpoint
///
/// Its signing secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/v1/webhook-endpoints", tag = "Webhooks",
    operation_id = "create_webhook_endpoint",
    request_body = EndpointInput, security(("key" = ["webhooks:write"])),
    responses((status = 201, body = EndpointWithSecret, description = "With its secret")))]
async fn create(caller: Caller, Body(input): Body<EndpointInput>) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    check_url(&caller, Some(&input.url)).await?;
    let new = NewEndpoint {
        url: input.url,
        description: input.description.unwrap_or_default(),
        event_types: input.event_types,
    };
    caller
        .write(async move |app| {
            let made = app.create_webhook_endpoint(partner_id, &new).await?;
            let endpoint = resource::WebhookEndpoint::from(&made.endpoint);
            let location = format!("/v1/webhook-endpoints/{}", endpoint.id);
            let outcome = Outcome::created(location, &endpoint)?.version(endpoint.version);
            let outcome = outcome.audited("webhook_endpoint.create", endpoint.id, None::<&()>)?;
            Ok(outcome.revealing("secret", &made.secret.shown()))
        })
        .await
}

/// Refuses an address that leads inside by now.
async fn check_url(caller: &Caller, url: Option<&str>) -> Result<(), Problem> {
    let Some(url) = url else { return Ok(()) };
    let checked = caller.api.app().check_webhook_url(url).await;
    checked.map_err(|error| caller.problem(error))
}

/// Get a webhook endpoint
#[utoipa::path(get, path = "/v1/webhook-endpoints/{id}", tag = "Webhooks",
    operation_id = "get_webhook_endpoint",
    params(("id" = String, Path, description = "The endpoint's id")),
    security(("key" = ["webhooks:read"])),
    responses((status = 200, body = resource::WebhookEndpoint, description = "The endpoint")))]
async fn get(caller: Caller, At(id): At<EndpointId>) -> Result<Response, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let endpoint = caller.api.app().webhook_endpoint(partner_id, id).await;
    let endpoint = endpoint.map_err(|error| caller.problem(error))?;
    Ok(shown(&resource::WebhookEndpoint::from(&endpoint), endpoint.version))
}

/// Edit a webhook endpoint
///
/// The next event follows the new settings; the secret changes only by rotation.
#[utoipa::path(patch, path = "/v1/webhook-endpoints/{id}", tag = "Webhooks",
    operation_id = "edit_webhook_endpoint",
    params(("id" = String, Path, description = "The endpoint's id")),
    request_body = EndpointChanges, security(("key" = ["webhooks:write"])),
    responses((status = 200, body = resource::WebhookEndpoint, description = "As it is now")))]
async fn edit(
    caller: Caller,
    At(id): At<EndpointId>,
    Body(input): Body<EndpointChanges>,
) -> Result<Response, Problem> {
    caller.partner(WRITE)?.whole_partner()?;
    check_url(&caller, input.url.as_deref()).await?;
    let edit = EndpointEdit {
        url: input.url,
        description: input.description,
        event_types: input.event_types,
    };
    change(caller, (id, "webhook_endpoint.edit"), async move |app, partner_id, seen| {
        app.edit_webhook_endpoint(partner_id, (id, Some(seen)), edit.clone()).await
    })
    .await
}

/// Enable a webhook endpoint
///
/// And forget its failures. What happened while it was off is not sent.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/enable", tag = "Webhooks",
    operation_id = "enable_webhook_endpoint",
    params(("id" = String, Path, description = "The endpoint's id")),
    security(("key" = ["webhooks:write"])),
    responses((status = 200, body = resource::WebhookEndpoint, description = "As it is now")))]
async fn enable(caller: Caller, At(id): At<EndpointId>) -> Result<Response, Problem> {
    let change_to = EndpointChange::Enable;
    change(caller, (id, "webhook_endpoint.enable"), async move |app, partner_id, _| {
        app.change_webhook_endpoint(partner_id, id, change_to).await
    })
    .await
}

/// Disable a webhook endpoint
///
/// Nothing is sent to it any more.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/disable", tag = "Webhooks",
    operation_id = "disable_webhook_endpoint",
    params(("id" = String, Path, description = "The endpoint's id")),
    security(("key" = ["webhooks:write"])),
    responses((status = 200, body = resource::WebhookEndpoint, description = "As it is now")))]
async fn disable(caller: Caller, At(id): At<EndpointId>) -> Result<Response, Problem> {
    let change_to = EndpointChange::Disable;
    change(caller, (id, "webhook_endpoint.disable"), async move |app, partner_id, _| {
        app.change_webhook_endpoint(partner_id, id, change_to).await
    })
    .await
}

async fn change<F>(
    caller: Caller,
    (id, action): (EndpointId, &'static str),
    work: F,
) -> Result<Response, Problem>
where
    F: AsyncFn(&App, PartnerId, i64) -> Result<WebhookEndpoint> + Send + 'static,
{
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.webhook_endpoint(partner_id, id).await?;
            let after = work(app, partner_id, asker.seen(before.version)).await?;
            let before = resource::WebhookEndpoint::from(&before);
            let after = resource::WebhookEndpoint::from(&after);
            Outcome::ok(&after)?.version(after.version).audited(action, id, Some(&before))
        })
        .await
}

/// Delete a webhook endpoint
///
/// Nothing is sent to it any more; its deliveries can still be read.
#[utoipa::path(delete, path = "/v1/webhook-endpoints/{id}", tag = "Webhooks",
    operation_id = "delete_webhook_endpoint",
    params(
        ("id" = String, Path, description = "The endpoint's id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that goes"),
    ),
    security(("key" = ["webhooks:write"])),
    responses((status = 204, description = "It is gone")))]
async fn delete(caller: Caller, At(id): At<EndpointId>) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.webhook_endpoint(partner_id, id).await?;
            if asker.seen(before.version) != before.version {
                return Err(AppError::Stale("the endpoint"));
            }
            app.change_webhook_endpoint(partner_id, id, EndpointChange::Delete).await?;
            let before = resource::WebhookEndpoint::from(&before);
            Outcome::gone().audited("webhook_endpoint.delete", id, Some(&before))
        })
        .await
}

/// Rotate a webhook endpoint's secret
///
/// The new secret is in this answer and nowhere else. The old one stops at once, unless an overlap
/// is asked for.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/rotate-secret", tag = "Webhooks",
    operation_id = "rotate_webhook_secret",
    params(("id" = String, Path, description = "The endpoint's id")),
    request_body = Option<Rotation>, security(("key" = ["webhooks:write"])),
    responses((status = 200, body = EndpointWithSecret, description = "With its new secret")))]
async fn rotate(
    caller: Caller,
    At(id): At<EndpointId>,
    OptionalBody(rotation): OptionalBody<Rotation>,
) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let overlap = rotation.unwrap_or_default().overlap_seconds.unwrap_or(0);
    caller
        .write(async move |app| {
            let made = app.rotate_webhook_secret(partner_id, id, overlap).await?;
            let endpoint = resource::WebhookEndpoint::from(&made.endpoint);
            let outcome = Outcome::ok(&endpoint)?.version(endpoint.version);
            let outcome = outcome.audited("webhook_endpoint.rotate_secret", id, None::<&()>)?;
            Ok(outcome.revealing("secret", &made.secret.shown()))
        })
        .await
}

/// Send a test event
///
/// A `webhook.test` to this endpoint, whatever it is subscribed to.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/test", tag = "Webhooks",
    operation_id = "test_webhook_endpoint",
    params(("id" = String, Path, description = "The endpoint's id")),
    security(("key" = ["webhooks:write"])),
    responses((status = 201, body = resource::WebhookDelivery, description = "Its delivery")))]
async fn test(caller: Caller, At(id): At<EndpointId>) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    caller
        .write(async move |app| {
            let delivery = app.send_test_webhook(partner_id, id).await?;
            queued(&delivery, "webhook_endpoint.test")
        })
        .await
}

fn queued(delivery: &Delivery, action: &'static str) -> Result<Outcome> {
    let location = format!("/v1/webhook-deliveries/{}", delivery.delivery_id);
    let outcome = Outcome::created(location, &resource::WebhookDelivery::from(delivery))?;
    outcome.audited(action, delivery.delivery_id, None::<&()>)
}

/// Replay events to a webhook endpoint
///
/// Everything it is subscribed to since an instant: what it was never sent, and what is over. One
/// request looks at 10,000 events; `continue_after` says where to go on.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/replay", tag = "Webhooks",
    operation_id = "replay_webhook_events",
    params(("id" = String, Path, description = "The endpoint's id")),
    request_body = ReplayInput, security(("key" = ["webhooks:write"])),
    responses((status = 200, body = ReplayOutcome, description = "What is due now")))]
async fn replay(
    caller: Caller,
    At(id): At<EndpointId>,
    Body(input): Body<ReplayInput>,
) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let Instant(since) = input.since;
    let replay = Replay { since, after_sequence: input.after_sequence.unwrap_or(0).max(0) };
    caller
        .write(async move |app| {
            let replayed = app.replay_webhooks(partner_id, id, replay).await?;
            let outcome =
                ReplayOutcome { queued: replayed.queued, continue_after: replayed.continue_after };
            Outcome::ok(&outcome)?.audited("webhook_endpoint.replay", id, None::<&()>)
        })
        .await
}

/// List a webhook endpoint's deliveries
///
/// Of the last 30 days, newest first; of deleted endpoints, too.
#[utoipa::path(get, path = "/v1/webhook-endpoints/{id}/deliveries", tag = "Webhooks",
    operation_id = "list_webhook_deliveries",
    params(("id" = String, Path, description = "The endpoint's id"), DeliveryQuery),
    security(("key" = ["webhooks:read"])),
    responses((status = 200, body = List<resource::WebhookDelivery>, description = "Deliveries")))]
async fn deliveries(
    caller: Caller,
    At(id): At<EndpointId>,
    Query(query): Query<DeliveryQuery>,
) -> Result<Json<List<resource::WebhookDelivery>>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let request = query.paging().newest_first()?;
    let unknown = || Problem::parameter("status", "must be pending, delivered, failed or dead");
    let status = query.status.as_deref();
    let status = status.map(|text| DeliveryStatus::parse(text).ok_or_else(unknown)).transpose()?;
    let filter = DeliveryFilter { status, event_type: query.event_type, event_id: query.event_id };
    let app = caller.api.app();
    let page = app.list_webhook_deliveries(partner_id, id, (filter, &request)).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |delivery: &Delivery| delivery.delivery_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |delivery| (&delivery).into())))
}

/// Get a webhook delivery
///
/// With the very body that is sent and what the receiver answered each time.
#[utoipa::path(get, path = "/v1/webhook-deliveries/{id}", tag = "Webhooks",
    operation_id = "get_webhook_delivery",
    params(("id" = String, Path, description = "The delivery's id")),
    security(("key" = ["webhooks:read"])),
    responses((status = 200, body = resource::WebhookDeliveryDetail, description = "In full")))]
async fn delivery(
    caller: Caller,
    At(id): At<DeliveryId>,
) -> Result<Json<resource::WebhookDeliveryDetail>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let detail = caller.api.app().webhook_delivery(partner_id, id).await;
    let detail = detail.map_err(|error| caller.problem(error))?;
    Ok(Json((&detail).into()))
}

/// Redeliver a webhook
///
/// Any number of times, outside the eight attempts, always the same bytes.
#[utoipa::path(post, path = "/v1/webhook-deliveries/{id}/redeliver", tag = "Webhooks",
    operation_id = "redeliver_webhook",
    params(("id" = String, Path, description = "The delivery's id")),
    security(("key" = ["webhooks:write"])),
    responses((status = 201, body = resource::WebhookDelivery, description = "It is due now")))]
async fn redeliver(caller: Caller, At(id): At<DeliveryId>) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    caller
        .write(async move |app| {
            let delivery = app.redeliver_webhook(partner_id, id).await?;
            queued(&delivery, "webhook_delivery.redeliver")
        })
        .await
}
