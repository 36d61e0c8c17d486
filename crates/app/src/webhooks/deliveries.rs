//! What was sent to an endpoint, and sending it again.
//!
//! Decided here: a body is made from the recorded event each time, so that it is the same bytes
//! each time (WHK-13). Sending again stands outside the eight attempts. A replay makes deliveries
//! that there were none of, and asks for one redelivery of those that are over; what still waits
//! is left alone. Deliveries are kept for 30 days after they were made.

use adapters::webhook_client::MAX_RESPONSE_BYTES;
use domain::{
    ids::{DeliveryId, EndpointId, EventId, PartnerId},
    paging::{Page, PageRequest},
    time::Timestamp,
    webhook::{
        catalogue::TEST_EVENT,
        endpoint::EndpointStatus,
        message::{Message, NotJson},
    },
};
use serde_json::json;
use store::{
    db::Tx,
    events::{self, Event, Recorded},
    webhooks::{
        deliveries::{self, NewDelivery},
        endpoints::{self, Endpoint},
        work,
    },
};

pub use store::webhooks::deliveries::{Attempt, Delivery, DeliveryFilter};

use super::no_endpoint;
use crate::{
    App,
    error::{AppError, Result},
};

/// Deliveries in one list, and attempts of one delivery that are shown (WHK-11).
pub const MAX_LISTED: i64 = 100;
/// Events that one replay looks at.
pub const MAX_REPLAYED: i64 = 10_000;
/// Seconds that deliveries are kept: 30 days.
const KEPT_SECONDS: i64 = 30 * 86_400;
/// Rows that one transaction of housekeeping removes or ends: a few milliseconds' work.
pub(super) const BATCH: i64 = 1_000;

/// A delivery with everything that is known of it (WHK-12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryDetail {
    /// How it stands.
    pub delivery: Delivery,
    /// What is sent, byte for byte.
    pub request_body: String,
    /// The last attempts, the newest first, each with up to 64 KiB of the answer.
    pub attempts: Vec<Attempt>,
}

/// What to replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replay {
    /// Events from this instant on.
    pub since: Timestamp,
    /// Of those, the ones after this place; 0 for all.
    pub after_sequence: i64,
}

/// What a replay did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// Deliveries that are due now because of it.
    pub queued: u64,
    /// Where the next replay goes on, if this one looked at as many events as one may.
    pub continue_after: Option<i64>,
}

impl App {
    /// A page of an endpoint's deliveries, of deleted endpoints, too (WHK-16).
    pub async fn list_webhook_deliveries(
        &self,
        partner_id: PartnerId,
        endpoint_id: EndpointId,
        (filter, page): (DeliveryFilter, &PageRequest),
    ) -> Result<Page<Delivery>> {
        let mut tx = self.db.begin_read().await?;
        let endpoint = endpoints::find(&mut tx, partner_id, endpoint_id).await?;
        endpoint.ok_or_else(|| no_endpoint(endpoint_id))?;
        let list = (filter, page);
        let found = deliveries::list(&mut tx, partner_id, endpoint_id, list).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// Up to `limit` (at most 100) of an endpoint's deliveries before `before`, the newest first;
    /// of deleted endpoints, too (WHK-16).
    pub async fn webhook_deliveries(
        &self,
        partner_id: PartnerId,
        (endpoint_id, before): (EndpointId, Option<DeliveryId>),
        limit: i64,
    ) -> Result<Vec<Delivery>> {
        let mut tx = self.db.begin_read().await?;
        let endpoint = endpoints::find(&mut tx, partner_id, endpoint_id).await?;
        endpoint.ok_or_else(|| no_endpoint(endpoint_id))?;
        let limit = limit.clamp(1, MAX_LISTED);
        let page = deliveries::page(&mut tx, partner_id, (endpoint_id, before), limit).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// One delivery with its body and its last attempts.
    pub async fn webhook_delivery(
        &self,
        partner_id: PartnerId,
        delivery_id: DeliveryId,
    ) -> Result<DeliveryDetail> {
        let mut tx = self.db.begin_read().await?;
        let found = deliveries::find(&mut tx, partner_id, delivery_id).await?;
        let delivery = found.ok_or_else(|| no_delivery(delivery_id))?;
        let recorded = events::find(&mut tx, partner_id, delivery.event_id).await?;
        let attempts = deliveries::attempts(&mut tx, partner_id, delivery_id, MAX_LISTED).await?;
        tx.commit().await?;
        debug_assert!(attempts.iter().all(|it| it.response_body.len() <= MAX_RESPONSE_BYTES));
        let request_body = body(partner_id, recorded, delivery.event_id)?;
        Ok(DeliveryDetail { delivery, request_body, attempts })
    }

    /// Has a delivery made once more at once, whatever came of it so far (WHK-13).
    pub async fn redeliver_webhook(
        &self,
        partner_id: PartnerId,
        delivery_id: DeliveryId,
    ) -> Result<Delivery> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let found = deliveries::find(tx, partner_id, delivery_id).await?;
                let found = found.ok_or_else(|| no_delivery(delivery_id))?;
                // The endpoint first, as senders do when they write down what came of it.
                receiving(tx, partner_id, found.endpoint_id).await?;
                let locked = deliveries::locked(tx, partner_id, &[delivery_id]).await?.pop();
                let mut delivery = locked.ok_or_else(|| no_delivery(delivery_id))?;
                delivery.state = delivery
                    .state
                    .redelivered()
                    .map_err(|error| AppError::Refused(error.to_string()))?;
                let asked = std::slice::from_ref(&delivery);
                deliveries::save_asked(tx, partner_id, asked, now).await?;
                Ok(delivery)
            })
            .await
    }

    /// Has the events since an instant sent to an endpoint (again), as far as it is subscribed to
    /// them.
    pub async fn replay_webhooks(
        &self,
        partner_id: PartnerId,
        endpoint_id: EndpointId,
        replay: Replay,
    ) -> Result<Replayed> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let endpoint = receiving(tx, partner_id, endpoint_id).await?;
                let from = (replay.since, replay.after_sequence);
                let page = events::in_order(tx, partner_id, from, MAX_REPLAYED).await?;
                let is_full = page.len() as u64 >= MAX_REPLAYED.unsigned_abs();
                let last = page.last().map(|recorded| recorded.sequence);
                let wanted = new_deliveries(&endpoint, &page);
                let ids: Vec<EventId> = wanted.iter().map(|delivery| delivery.event_id).collect();
                let known = deliveries::of_events(tx, partner_id, endpoint_id, &ids).await?;
                let mut queued = deliveries::insert(tx, partner_id, &wanted, now).await?;
                let mut over = known;
                over.retain(|delivery| delivery.state.due_at(now).is_none());
                deliveries::save_asked(tx, partner_id, &over, now).await?;
                queued += over.len() as u64;
                Ok(Replayed { queued, continue_after: last.filter(|_| is_full) })
            })
            .await
    }

    /// Sends a `webhook.test` event to one endpoint, whatever it is subscribed to.
    pub async fn send_test_webhook(
        &self,
        partner_id: PartnerId,
        endpoint_id: EndpointId,
    ) -> Result<Delivery> {
        let now = self.clock.now();
        let test_id: EventId = self.ids.draw(now);
        let event = Event {
            kind: TEST_EVENT.to_owned(),
            object_id: test_id.to_string(),
            object_version: 1,
            payload: json!({ "endpoint_id": endpoint_id, "message": "This is a test." })
                .to_string(),
            at: now,
        };
        let event_id = event.id(partner_id);
        self.db
            .write(async |tx: &mut Tx| {
                receiving(tx, partner_id, endpoint_id).await?;
                events::append(tx, partner_id, std::slice::from_ref(&event)).await?;
                let gone = || AppError::Broken(format!("{event_id} was just recorded"));
                let recorded = events::find(tx, partner_id, event_id).await?.ok_or_else(gone)?;
                let new = NewDelivery {
                    endpoint_id,
                    event_id,
                    event_type: event.kind.clone(),
                    sequence: recorded.sequence,
                };
                deliveries::insert(tx, partner_id, std::slice::from_ref(&new), now).await?;
                deliveries::find(tx, partner_id, new.id(now)).await?.ok_or_else(gone)
            })
            .await
    }

    /// Removes one batch of deliveries that were made more than 30 days before `now` and have
    /// nothing to come, and answers how many.
    pub async fn purge_webhooks(&self, now: Timestamp) -> Result<u64> {
        let before = now.plus_seconds(-KEPT_SECONDS);
        let purged =
            self.db.write_unheard(async |tx: &mut Tx| work::purge(tx, before, BATCH).await).await;
        purged.map_err(AppError::from)
    }

    /// Ends whatever still waits for an endpoint that is deleted, batch by batch.
    pub(super) async fn bury(&self, partner_id: PartnerId, endpoint_id: EndpointId) -> Result<()> {
        loop {
            let buried = self
                .db
                .write_unheard(async |tx: &mut Tx| {
                    work::bury(tx, partner_id, endpoint_id, BATCH).await
                })
                .await?;
            if buried < BATCH.unsigned_abs() {
                return Ok(());
            }
        }
    }
}

/// The endpoint, locked, if it is enabled: to others nothing is sent.
async fn receiving(
    tx: &mut Tx,
    partner_id: PartnerId,
    endpoint_id: EndpointId,
) -> Result<Endpoint> {
    let found = endpoints::find_locked(tx, partner_id, endpoint_id).await?;
    let endpoint = found.ok_or_else(|| no_endpoint(endpoint_id))?;
    match endpoint.health.status {
        EndpointStatus::Enabled => Ok(endpoint),
        EndpointStatus::Disabled | EndpointStatus::DisabledAuto => {
            Err(AppError::Refused("the webhook endpoint is disabled; enable it first".to_owned()))
        }
        EndpointStatus::Deleted => {
            Err(AppError::Refused("the webhook endpoint is deleted".to_owned()))
        }
    }
}

fn new_deliveries(endpoint: &Endpoint, page: &[Recorded]) -> Vec<NewDelivery> {
    let mut wanted = Vec::new();
    for Recorded { event_id, sequence, event } in page {
        if endpoint.event_types.contains(&event.kind) {
            wanted.push(NewDelivery {
                endpoint_id: endpoint.endpoint_id,
                event_id: *event_id,
                event_type: event.kind.clone(),
                sequence: *sequence,
            });
        }
    }
    wanted
}

fn no_delivery(delivery_id: DeliveryId) -> AppError {
    AppError::not_found("webhook delivery", delivery_id)
}

/// The bytes that tell of an event.
pub(super) fn body(
    partner_id: PartnerId,
    recorded: Option<Recorded>,
    event_id: EventId,
) -> Result<String> {
    let gone = || AppError::Broken(format!("{event_id} is to be delivered and not there"));
    let Recorded { event_id, sequence, event } = recorded.ok_or_else(gone)?;
    let message = Message {
        event_id,
        kind: event.kind,
        at: event.at,
        partner_id,
        sequence,
        object_version: event.object_version,
        payload: event.payload,
    };
    message.body().map_err(|error: NotJson| AppError::Broken(error.to_string()))
}
