//! Writing down what came of messages.
//!
//! Decided here: all that is known by now goes into one transaction. Endpoints are locked before
//! deliveries, both in the order of their ids. A sender whose claim has passed to another one
//! changes nothing but the list of attempts: the other one's outcome counts.

use std::collections::{BTreeMap, BTreeSet};

use adapters::webhook_client::{Answer, SendError};
use domain::{
    ids::{DeliveryId, EndpointId, PartnerId},
    time::Timestamp,
    webhook::endpoint::{EndpointHealth, EndpointStatus, Outcome},
};
use store::{
    db::Tx,
    webhooks::{
        deliveries::{self, Attempt, Delivery},
        endpoints::{self, Endpoint},
    },
};

use super::disabled_mail;
use crate::error::{AppError, Result};

/// A message that went out, and what came of it.
#[derive(Debug, Clone)]
pub(super) struct Finished {
    /// As it was when it was taken.
    pub(super) delivery: Delivery,
    /// When it was sent.
    pub(super) began_at: Timestamp,
    /// What the receiver said.
    pub(super) answer: Answer,
}

impl Finished {
    /// Whether the receiver has it (WHK-07).
    pub(super) fn outcome(&self) -> Outcome {
        match &self.answer.result {
            Ok(response) if (200..300).contains(&response.status) => Outcome::Succeeded,
            _ => Outcome::Failed,
        }
    }

    fn code(&self) -> Option<u16> {
        self.answer.result.as_ref().ok().map(|response| response.status)
    }

    fn error(&self) -> Option<String> {
        self.answer.result.as_ref().err().map(SendError::to_string)
    }

    fn attempt(&self) -> Attempt {
        let body = self.answer.result.as_ref().map(|response| response.body.clone());
        Attempt {
            delivery_id: self.delivery.delivery_id,
            number: self.delivery.claims,
            kind: self.delivery.state.next_kind(),
            at: self.began_at,
            duration_ms: self.answer.duration_ms,
            response_code: self.code(),
            error: self.error(),
            response_body: body.unwrap_or_default(),
        }
    }
}

/// Writes down everything in `finished`, as seen at `now`.
pub(super) async fn note(tx: &mut Tx, finished: &[Finished], now: Timestamp) -> Result<()> {
    let mut by_partner: BTreeMap<PartnerId, Vec<&Finished>> = BTreeMap::new();
    for one in finished {
        by_partner.entry(one.delivery.partner_id).or_default().push(one);
    }
    for (partner_id, finished) in by_partner {
        note_of(tx, partner_id, &finished, now).await?;
    }
    Ok(())
}

async fn note_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    finished: &[&Finished],
    now: Timestamp,
) -> Result<()> {
    let endpoint_ids: BTreeSet<EndpointId> =
        finished.iter().map(|one| one.delivery.endpoint_id).collect();
    let endpoint_ids: Vec<EndpointId> = endpoint_ids.into_iter().collect();
    let mut health: BTreeMap<EndpointId, (Endpoint, EndpointHealth)> = BTreeMap::new();
    for endpoint in endpoints::locked(tx, partner_id, &endpoint_ids).await? {
        let before = endpoint.health;
        health.insert(endpoint.endpoint_id, (endpoint, before));
    }
    let ids: Vec<DeliveryId> = finished.iter().map(|one| one.delivery.delivery_id).collect();
    let locked = deliveries::locked(tx, partner_id, &ids).await?;
    let mut locked: BTreeMap<DeliveryId, Delivery> =
        locked.into_iter().map(|delivery| (delivery.delivery_id, delivery)).collect();
    let mut changed = Vec::with_capacity(finished.len());
    for one in finished {
        let outcome = one.outcome();
        if let Some((_, health)) = health.get_mut(&one.delivery.endpoint_id) {
            *health = health.attempted(outcome);
        }
        let delivery = locked.remove(&one.delivery.delivery_id);
        let Some(mut delivery) = delivery.filter(|it| it.claims == one.delivery.claims) else {
            continue;
        };
        let kind = one.delivery.state.next_kind();
        delivery.state = delivery.state.attempted(kind, outcome, one.began_at);
        delivery.last_attempt_at = Some(one.began_at);
        (delivery.response_code, delivery.last_error) = (one.code(), one.error());
        changed.push(delivery);
    }
    deliveries::save_all(tx, partner_id, &changed, now).await?;
    let attempts: Vec<Attempt> = finished.iter().map(|one| one.attempt()).collect();
    deliveries::insert_attempts(tx, partner_id, &attempts).await?;
    for (endpoint, health) in health.into_values() {
        note_health(tx, &endpoint, health, now).await?;
    }
    Ok(())
}

async fn note_health(
    tx: &mut Tx,
    endpoint: &Endpoint,
    health: EndpointHealth,
    now: Timestamp,
) -> Result<()> {
    if health == endpoint.health {
        return Ok(());
    }
    endpoints::save_health(tx, endpoint, health).await?;
    let was_disabled = health.status == EndpointStatus::DisabledAuto
        && endpoint.health.status != EndpointStatus::DisabledAuto;
    if !was_disabled {
        return Ok(());
    }
    tracing::warn!(endpoint = %endpoint.endpoint_id, "disabled after too many failures in a row");
    let partner = store::partners::find(tx, endpoint.partner_id).await?;
    let partner = partner.ok_or_else(|| AppError::not_found("partner", endpoint.partner_id))?;
    match disabled_mail::text(&partner, endpoint) {
        Ok(text) => {
            // Once each time it is disabled.
            let key = format!("webhook.disabled:{}:{}", endpoint.endpoint_id, endpoint.version);
            store::mails::enqueue(tx, endpoint.partner_id, (&key, &text), now).await?;
        }
        // Nobody can be told; the endpoint is disabled all the same.
        Err(error) => tracing::warn!(partner = %partner.partner_id, %error, "not mailed"),
    }
    Ok(())
}
