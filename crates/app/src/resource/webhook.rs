//! Events, webhook endpoints and deliveries as programs see them: never a secret.

use domain::ids::{DeliveryId, EndpointId, EventId, PartnerId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Instant;
use crate::webhooks::{self, Recorded};

/// Something that happened, as webhooks tell it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Event {
    /// Its id: the same however often it is told.
    #[schema(value_type = String, example = "evt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: EventId,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "tenant.created")]
    pub kind: String,
    /// When it happened.
    pub created_at: Instant,
    /// Whose it is.
    #[schema(value_type = String)]
    pub partner_id: PartnerId,
    /// Its place among all events of the partner: from 1, without gaps.
    #[schema(example = 42)]
    pub sequence: i64,
    /// The object's version after it happened.
    #[schema(example = 3)]
    pub object_version: i64,
    /// The object, under its name.
    #[schema(value_type = Object)]
    pub data: Value,
}

impl Event {
    /// The event of a partner.
    pub fn of(partner_id: PartnerId, recorded: &Recorded) -> Self {
        let event = &recorded.event;
        Self {
            id: recorded.event_id,
            kind: event.kind.clone(),
            created_at: event.at.into(),
            partner_id,
            sequence: recorded.sequence,
            object_version: event.object_version,
            data: serde_json::from_str(&event.payload).unwrap_or(Value::Null),
        }
    }
}

/// Where a partner's events are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WebhookEndpoint {
    /// Its id.
    #[schema(value_type = String, example = "whe_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: EndpointId,
    /// Where to.
    #[schema(example = "https://hooks.oak.example/trunkline")]
    pub url: String,
    /// For people.
    pub description: String,
    /// The events it is sent.
    #[schema(example = json!(["invoice.created", "invoice.paid"]))]
    pub event_types: Vec<String>,
    /// `enabled`, `disabled`, or `disabled_auto` after 100 failures in a row.
    #[schema(value_type = String, example = "enabled")]
    pub status: &'static str,
    /// Failed attempts in a row.
    pub consecutive_failures: u32,
    /// Until when messages are signed with the secret before the last rotation, too.
    pub previous_secret_until: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
    /// Grows with each change; the `ETag` of the endpoint.
    pub version: i64,
}

impl From<&webhooks::WebhookEndpoint> for WebhookEndpoint {
    fn from(endpoint: &webhooks::WebhookEndpoint) -> Self {
        Self {
            id: endpoint.endpoint_id,
            url: endpoint.url.clone(),
            description: endpoint.description.clone(),
            event_types: endpoint.event_types.clone(),
            status: endpoint.status.as_str(),
            consecutive_failures: endpoint.consecutive_failures,
            previous_secret_until: endpoint.previous_secret_until.map(Instant),
            created_at: endpoint.created_at.into(),
            version: endpoint.version,
        }
    }
}

/// One event on its way to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WebhookDelivery {
    /// Its id.
    #[schema(value_type = String, example = "dlv_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: DeliveryId,
    /// Where to.
    #[schema(value_type = String)]
    pub endpoint_id: EndpointId,
    /// What.
    #[schema(value_type = String)]
    pub event_id: EventId,
    /// The event's type.
    #[schema(example = "invoice.paid")]
    pub event_type: String,
    /// `pending`, `delivered`, `failed` (tried again by itself) or `dead`.
    #[schema(value_type = String, example = "delivered")]
    pub status: &'static str,
    /// How many of the eight attempts were made.
    pub attempts: u32,
    /// Redeliveries that were asked for and wait.
    pub redeliveries_waiting: u32,
    /// When the next attempt is.
    pub next_attempt_at: Option<Instant>,
    /// When the last attempt was.
    pub last_attempt_at: Option<Instant>,
    /// What the receiver answered last.
    pub response_code: Option<u16>,
    /// Why there was no answer, such as `timeout`.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: Instant,
}

impl From<&webhooks::Delivery> for WebhookDelivery {
    fn from(delivery: &webhooks::Delivery) -> Self {
        Self {
            id: delivery.delivery_id,
            endpoint_id: delivery.endpoint_id,
            event_id: delivery.event_id,
            event_type: delivery.event_type.clone(),
            status: delivery.state.status.as_str(),
            attempts: delivery.state.attempts,
            redeliveries_waiting: delivery.state.redeliveries,
            next_attempt_at: delivery.state.next_attempt_at.map(Instant),
            last_attempt_at: delivery.last_attempt_at.map(Instant),
            response_code: delivery.response_code,
            last_error: delivery.last_error.clone(),
            created_at: delivery.created_at.into(),
        }
    }
}

/// One attempt at a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WebhookAttempt {
    /// From 1, in order.
    pub number: i64,
    /// `scheduled` or `redelivery`.
    #[schema(value_type = String, example = "scheduled")]
    pub kind: &'static str,
    /// When it began.
    pub at: Instant,
    /// Milliseconds until it ended.
    pub duration_ms: i64,
    /// What the receiver answered.
    pub response_code: Option<u16>,
    /// Why there was no answer, such as `timeout`.
    pub error: Option<String>,
    /// The first 64 KiB of the answer's body; what is no text is replaced.
    pub response_body: String,
}

/// A delivery with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WebhookDeliveryDetail {
    /// How it stands.
    #[serde(flatten)]
    pub delivery: WebhookDelivery,
    /// What is sent, byte for byte.
    pub request_body: String,
    /// The last 100 attempts, newest first.
    pub history: Vec<WebhookAttempt>,
}

impl From<&webhooks::DeliveryDetail> for WebhookDeliveryDetail {
    fn from(detail: &webhooks::DeliveryDetail) -> Self {
        let history = detail.attempts.iter().map(|attempt| WebhookAttempt {
            number: attempt.number,
            kind: attempt.kind.as_str(),
            at: attempt.at.into(),
            duration_ms: attempt.duration_ms,
            response_code: attempt.response_code,
            error: attempt.error.clone(),
            response_body: String::from_utf8_lossy(&attempt.response_body).into_owned(),
        });
        Self {
            delivery: (&detail.delivery).into(),
            request_body: detail.request_body.clone(),
            history: history.collect(),
        }
    }
}
