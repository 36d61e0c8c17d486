//! The record of what happened, in the transaction in which it happened.
//!
//! Decided here: events are only ever appended. An event's id is derived from its object and that
//! object's version, so that doing the same thing twice records it once. Each partner's events are
//! numbered in the order of their commits, without gaps: the partner's counter is locked until the
//! transaction ends. Deliveries to webhook endpoints are made in the same transaction, so that no
//! committed event is ever left out (WHK-17).

use domain::{
    ids::{EventId, PartnerId, Place},
    paging::{Page, PageRequest},
    time::Timestamp,
    webhook::catalogue,
};

use crate::{
    bulk::Bulk,
    columns::{after, id},
    db::{Tx, json_list, on},
    error::StoreError,
    listing::List,
    webhooks::deliveries,
};

/// Something that happened to an object of a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Such as `tenant.created`; one of [`domain::webhook::catalogue`].
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

/// An event with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its id.
    pub event_id: EventId,
    /// Its place among the partner's events, from 1.
    pub sequence: i64,
    /// What happened.
    pub event: Event,
}

/// Appends events and answers how many were not recorded before.
pub async fn append(
    tx: &mut Tx,
    partner_id: PartnerId,
    events: &[Event],
) -> Result<u64, StoreError> {
    if events.is_empty() {
        return Ok(0);
    }
    let count = i64::try_from(events.len()).expect("a transaction records few events");
    let (last, endpoints) = take_numbers(tx, partner_id, count).await?;
    let first = last - count + 1;
    let mut rows = Bulk::new(
        "event",
        &["event_id", "partner_id", "type", "object_id", "object_version", "payload", "at", "seq"],
        "on conflict (partner_id, type, object_id, object_version) do nothing returning event_id",
    );
    for (event, sequence) in events.iter().zip(first..) {
        debug_assert!(catalogue::is_known(&event.kind), "{} is in no catalogue", event.kind);
        rows.push([
            event.id(partner_id).to_string().into(),
            partner_id.to_string().into(),
            event.kind.as_str().into(),
            event.object_id.as_str().into(),
            event.object_version.into(),
            event.payload.as_str().into(),
            event.at.micros().into(),
            sequence.into(),
        ]);
    }
    let new = rows.insert_returning(tx).await?;
    if new.len() < events.len() {
        close_gaps(tx, partner_id, (first, last)).await?;
    }
    if endpoints > 0 && !new.is_empty() {
        let is_new = |event: &&Event| new.contains(&event.id(partner_id).to_string());
        // Whatever was known took no number.
        let new: Vec<(&Event, i64)> = events.iter().filter(is_new).zip(first..).collect();
        deliveries::enqueue_events(tx, partner_id, &new).await?;
    }
    Ok(new.len() as u64)
}

/// Takes the partner's next `count` numbers and answers the last of them, and how many endpoints
/// the partner has that may want to know.
async fn take_numbers(
    tx: &mut Tx,
    partner_id: PartnerId,
    count: i64,
) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "insert into event_counter (partner_id, last_seq) values ($1, $2)
         on conflict (partner_id) do update set last_seq = event_counter.last_seq + $2
         returning last_seq, (
           select count(*) from webhook_endpoint
           where webhook_endpoint.partner_id = $1 and status = 'enabled'
         )",
    ).bind(partner_id.to_string()).bind(count).fetch_one(conn).await)?)
}

/// Moves what was recorded within the numbers `first` to `last` together, because some were known,
/// and gives the rest back. Each moves to a number that is free by then: they go one by one.
async fn close_gaps(
    tx: &mut Tx,
    partner_id: PartnerId,
    (first, last): (i64, i64),
) -> Result<(), StoreError> {
    let taken: Vec<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select seq from event where partner_id = $1 and seq between $2 and $3 order by seq",
    ).bind(partner_id.to_string()).bind(first).bind(last).fetch_all(conn).await)?;
    let mut next = first;
    for (sequence,) in taken {
        if sequence != next {
            on!(tx, conn => sqlx::query(
                "update event set seq = $3 where partner_id = $1 and seq = $2",
            )
            .bind(partner_id.to_string())
            .bind(sequence)
            .bind(next)
            .execute(conn).await.map(drop))?;
        }
        next += 1;
    }
    on!(tx, conn => sqlx::query(
        "update event_counter set last_seq = $2 where partner_id = $1",
    ).bind(partner_id.to_string()).bind(next - 1).execute(conn).await.map(drop))?;
    Ok(())
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
    seq: i64,
}

impl EventRow {
    fn read(self) -> Result<Recorded, StoreError> {
        Ok(Recorded {
            event_id: id("event.event_id", &self.event_id)?,
            sequence: self.seq,
            event: Event {
                kind: self.kind,
                object_id: self.object_id,
                object_version: self.object_version,
                payload: self.payload,
                at: Timestamp::from_micros(self.at),
            },
        })
    }
}

/// Which events are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Of this type.
    pub kind: Option<String>,
    /// About this object.
    pub object_id: Option<String>,
    /// From then on.
    pub since: Option<Timestamp>,
    /// Until then, exclusive.
    pub until: Option<Timestamp>,
}

/// A page of the partner's events, in the order of their commits.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: EventFilter,
    page: &PageRequest,
) -> Result<Page<Recorded>, StoreError> {
    let list =
        List::of("select event_id, type, object_id, object_version, payload, at, seq from event")
            .only("partner_id = $?", [partner_id.to_string().into()])
            .only_if("type = $?", filter.kind)
            .only_if("object_id = $?", filter.object_id)
            .only_if("at >= $?", filter.since.map(Timestamp::micros))
            .only_if("at < $?", filter.until.map(Timestamp::micros));
    list.page(tx, ("seq", "event_id"), page).await?.try_map(EventRow::read)
}

/// Up to `limit` of the partner's events after `last`, in the order of their ids.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    last: Option<EventId>,
    limit: i64,
) -> Result<Vec<(EventId, Event)>, StoreError> {
    let rows: Vec<EventRow> = on!(tx, conn => sqlx::query_as(
        "select event_id, type, object_id, object_version, payload, at, seq from event
         where partner_id = $1 and event_id > $2
         order by event_id
         limit $3",
    ).bind(partner_id.to_string()).bind(after(last)).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(|row| row.read().map(|it| (it.event_id, it.event))).collect()
}

/// Up to `limit` of the partner's events of `since` or later whose number is higher than
/// `after_sequence`, in the order of their numbers.
pub async fn in_order(
    tx: &mut Tx,
    partner_id: PartnerId,
    (since, after_sequence): (Timestamp, i64),
    limit: i64,
) -> Result<Vec<Recorded>, StoreError> {
    let rows: Vec<EventRow> = on!(tx, conn => sqlx::query_as(
        "select event_id, type, object_id, object_version, payload, at, seq from event
         where partner_id = $1 and at >= $2 and seq > $3
         order by seq
         limit $4",
    )
    .bind(partner_id.to_string())
    .bind(since.micros())
    .bind(after_sequence)
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.into_iter().map(EventRow::read).collect()
}

/// The partner's event with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    event_id: EventId,
) -> Result<Option<Recorded>, StoreError> {
    let row: Option<EventRow> = on!(tx, conn => sqlx::query_as(
        "select event_id, type, object_id, object_version, payload, at, seq from event
         where partner_id = $1 and event_id = $2",
    ).bind(partner_id.to_string()).bind(event_id.to_string()).fetch_optional(conn).await)?;
    row.map(EventRow::read).transpose()
}

/// The partner's events with these ids.
pub async fn find_all(
    tx: &mut Tx,
    partner_id: PartnerId,
    ids: &[EventId],
) -> Result<Vec<Recorded>, StoreError> {
    let rows: Vec<EventRow> = on!(tx, conn => sqlx::query_as(
        "select event_id, type, object_id, object_version, payload, at, seq from event
         where partner_id = $1 and event_id in (select value from json_each($2))",
    ).bind(partner_id.to_string()).bind(json_list(ids)).fetch_all(conn).await)?;
    rows.into_iter().map(EventRow::read).collect()
}
