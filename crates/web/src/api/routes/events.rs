//! `/v1/events`: what happened, for those who ask instead of being told.

use app::{
    resource::{self, Instant},
    webhooks::{EventFilter, Recorded},
};
use axum::Json;
use domain::{
    api_key::{Category, Scope},
    ids::EventId,
    paging::{Key, Order},
    webhook::catalogue::EVENT_TYPES,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    caller::Caller,
    paging::{KeyKind, List, Sort, list_query},
    problem::Problem,
    query::{At, Query},
};

const READ: Scope = Scope::read(Category::Webhooks);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(types)).routes(routes!(get))
}

list_query! {
    EventQuery {
        /// Only of this type.
        #[serde(rename = "type")]
        kind: Option<String>,
        /// Only about this object.
        object_id: Option<String>,
        /// Only from then on.
        #[serde(rename = "created[gte]")]
        since: Option<Instant>,
        /// Only before then.
        #[serde(rename = "created[lt]")]
        until: Option<Instant>,
        /// `-sequence` (newest first, where nothing is said) or `sequence`.
        sort: Option<String>,
    }
}

/// A kind of event.
#[derive(Debug, Serialize, ToSchema)]
struct EventType {
    /// Its name.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "invoice.paid")]
    name: &'static str,
    /// What it is listed under.
    #[schema(value_type = String, example = "Billing")]
    category: &'static str,
    /// When it happens.
    #[schema(value_type = String)]
    description: &'static str,
}

/// All kinds of events.
#[derive(Debug, Serialize, ToSchema)]
struct EventTypes {
    /// By category.
    data: Vec<EventType>,
}

/// List events
///
/// In the order in which they were committed, without gaps: whoever asks with `sort=sequence` and
/// follows `next_cursor` misses none.
#[utoipa::path(get, path = "/v1/events", tag = "Events", operation_id = "list_events",
    params(EventQuery), security(("key" = ["webhooks:read"])),
    responses((status = 200, body = List<resource::Event>, description = "A page of events")))]
async fn list(
    caller: Caller,
    Query(query): Query<EventQuery>,
) -> Result<Json<List<resource::Event>>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let order = match query.sort.as_deref() {
        None | Some("-sequence") => Order::Descending,
        Some("sequence") => Order::Ascending,
        Some(_) => return Err(Problem::parameter("sort", "must be sequence or -sequence")),
    };
    let sort = Sort { name: "sequence", kind: KeyKind::Int };
    let request = query.paging().request(sort, order)?;
    let filter = EventFilter {
        kind: query.kind,
        object_id: query.object_id,
        since: query.since.map(|Instant(at)| at),
        until: query.until.map(|Instant(at)| at),
    };
    let page = caller.api.app().events(partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |event: &Recorded| (Some(Key::Int(event.sequence)), event.event_id.to_string());
    let show = |event: Recorded| resource::Event::of(partner_id, &event);
    Ok(Json(List::of((page, &request), sort, place, show)))
}

/// List event types
#[utoipa::path(get, path = "/v1/event-types", tag = "Events", operation_id = "list_event_types",
    security(("key" = ["webhooks:read"])),
    responses((status = 200, body = EventTypes, description = "All kinds of events")))]
async fn types(caller: Caller) -> Result<Json<EventTypes>, Problem> {
    caller.partner(READ)?;
    let data = EVENT_TYPES.iter().map(|known| EventType {
        name: known.name,
        category: known.category,
        description: known.description,
    });
    Ok(Json(EventTypes { data: data.collect() }))
}

/// Get an event
#[utoipa::path(get, path = "/v1/events/{id}", tag = "Events", operation_id = "get_event",
    params(("id" = String, Path, description = "The event's id")),
    security(("key" = ["webhooks:read"])),
    responses((status = 200, body = resource::Event, description = "The event")))]
async fn get(caller: Caller, At(id): At<EventId>) -> Result<Json<resource::Event>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let event = caller.api.app().event(partner_id, id).await;
    let event = event.map_err(|error| caller.problem(error))?;
    Ok(Json(resource::Event::of(partner_id, &event)))
}
