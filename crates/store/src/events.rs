//! The record of what happened, in the transaction in which it happened.
//!
//! Decided here: events are only ever appended. An event's id is derived from its object and that
//! object's version, so that doing the same thing twice records it once.

use domain::{
    ids::{EventId, PartnerId, Place},
    time::Timestamp,
};

use crate::{
    bulk::Bulk,
    columns::{after, id},
    db::{Tx, on},
    error::StoreError,
};

/// Something that happened to an object of a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Such as `tenant.created`.
    pub kind: String,
    /// The object's id.
    pub object_id: String,
    /// The object's version after it happened; 1 for what is never changed.
    pub object_version: i64,
    /// JSON for whoever is told.
    pub payload: String,
    /// When.
    pub at: Timestamp,
}

impl Event {
    /// The id that this event has for `partner_id`.
    pub fn id(&self, partner_id: PartnerId) -> EventId {
        let (partner, version) = (partner_id.to_string(), self.object_version.to_string());
        let parts = [&*partner, &self.kind, &self.object_id, &version];
        match Place::of_text(&self.object_id) {
            Some(place) => EventId::derived_in(place, self.at, &parts),
            None => EventId::derived(self.at, &parts),
        }
    }
}

/// Appends events and answers how many were not recorded before.
pub async fn append(
    tx: &mut Tx,
    partner_id: PartnerId,
    events: &[Event],
) -> Result<u64, StoreError> {
    let mut rows = Bulk::new(
        "event",
        &["partner_id", "event_id", "type", "object_id", "object_version", "payload", "at"],
        "on conflict (partner_id, type, object_id, object_version) do nothing",
    );
    for event in events {
        rows.push([
            partner_id.to_string().into(),
            event.id(partner_id).to_string().into(),
            event.kind.as_str().into(),
            event.object_id.as_str().into(),
            event.object_version.into(),
            event.payload.as_str().into(),
            event.at.micros().into(),
        ]);
    }
    rows.insert(tx).await
}

#[derive(sqlx::FromRow)]
struct EventRow {
    event_id: String,
    #[sqlx(rename = "type")]
    kind: String,
    object_id: String,
    object_version: i64,
    payload: String,
    at: i64,
}

/// Up to `limit` of the partner's events after `last`, in the order of their ids.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    last: Option<EventId>,
    limit: i64,
) -> Result<Vec<(EventId, Event)>, StoreError> {
    let rows: Vec<EventRow> = on!(tx, conn => sqlx::query_as(
        "select event_id, type, object_id, object_version, payload, at from event
         where partner_id = $1 and event_id > $2
         order by event_id
         limit $3",
    ).bind(partner_id.to_string()).bind(after(last)).bind(limit).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| {
            let event = Event {
                kind: row.kind,
                object_id: row.object_id,
                object_version: row.object_version,
                payload: row.payload,
                at: Timestamp::from_micros(row.at),
            };
            Ok((id("event.event_id", &row.event_id)?, event))
        })
        .collect()
}
