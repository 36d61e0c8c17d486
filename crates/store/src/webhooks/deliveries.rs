//! Rows of deliveries and of the attempts to make them.
//!
//! Decided here: an endpoint has one delivery per event; its id is derived from both, so that
//! making it twice changes nothing. `due_at` is when anything is to be done with it, and is what
//! senders look for.

use domain::{
    ids::{DeliveryId, EndpointId, EventId, PartnerId},
    paging::{Page, PageRequest},
    time::Timestamp,
    webhook::delivery::{AttemptKind, DeliveryState, DeliveryStatus},
};
use sqlx::AssertSqlSafe;

use super::endpoints;
use crate::{
    bulk::{Bulk, Cell},
    columns::{id, named, number, optional_instant},
    db::{Tx, json_list, on},
    error::StoreError,
    events::Event,
    listing::List,
};

/// One event on its way to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Whose.
    pub partner_id: PartnerId,
    /// Its id, placed in time where it was made.
    pub delivery_id: DeliveryId,
    /// Where to.
    pub endpoint_id: EndpointId,
    /// What.
    pub event_id: EventId,
    /// The event's type.
    pub event_type: String,
    /// How it stands and when it is tried.
    pub state: DeliveryState,
    /// When it was tried last.
    pub last_attempt_at: Option<Timestamp>,
    /// What the receiver answered last, if it did.
    pub response_code: Option<u16>,
    /// Why there was no answer, such as `timeout`.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// How often senders took it: the token of the one who holds it.
    pub claims: i64,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Of which delivery.
    pub delivery_id: DeliveryId,
    /// From 1, in order.
    pub number: i64,
    /// Why it was made.
    pub kind: AttemptKind,
    /// When it began.
    pub at: Timestamp,
    /// Milliseconds until it ended.
    pub duration_ms: i64,
    /// What the receiver answered, if it did.
    pub response_code: Option<u16>,
    /// Why there was no answer, such as `timeout`.
    pub error: Option<String>,
    /// The first bytes of the answer's body.
    pub response_body: Vec<u8>,
}

#[derive(sqlx::FromRow)]
pub(super) struct DeliveryRow {
    partner_id: String,
    delivery_id: String,
    endpoint_id: String,
    event_id: String,
    event_type: String,
    status: String,
    attempts: i64,
    redeliveries: i64,
    first_attempt_at: Option<i64>,
    next_attempt_at: Option<i64>,
    last_attempt_at: Option<i64>,
    response_code: Option<i64>,
    last_error: Option<String>,
    created_at: i64,
    claims: i64,
}

impl DeliveryRow {
    pub(super) fn read(self) -> Result<Delivery, StoreError> {
        Ok(Delivery {
            partner_id: id("webhook_delivery.partner_id", &self.partner_id)?,
            delivery_id: id("webhook_delivery.delivery_id", &self.delivery_id)?,
            endpoint_id: id("webhook_delivery.endpoint_id", &self.endpoint_id)?,
            event_id: id("webhook_delivery.event_id", &self.event_id)?,
            event_type: self.event_type,
            state: DeliveryState {
                status: named("webhook_delivery.status", &self.status, DeliveryStatus::parse)?,
                attempts: number("webhook_delivery.attempts", self.attempts)?,
                first_attempt_at: optional_instant(self.first_attempt_at),
                next_attempt_at: optional_instant(self.next_attempt_at),
                redeliveries: number("webhook_delivery.redeliveries", self.redeliveries)?,
            },
            last_attempt_at: optional_instant(self.last_attempt_at),
            response_code: code("webhook_delivery.response_code", self.response_code)?,
            last_error: self.last_error,
            created_at: Timestamp::from_micros(self.created_at),
            claims: self.claims,
        })
    }
}

fn code(column: &'static str, found: Option<i64>) -> Result<Option<u16>, StoreError> {
    found.map(|found| number(column, found)).transpose()
}

macro_rules! select_delivery {
    ($tail:literal) => {
        concat!(
            "select partner_id, delivery_id, endpoint_id, event_id, event_type, status, attempts,
               redeliveries, first_attempt_at, next_attempt_at, last_attempt_at, response_code,
               last_error, created_at, claims
             from webhook_delivery ",
            $tail
        )
    };
}

/// Which deliveries are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// How they stand.
    pub status: Option<DeliveryStatus>,
    /// Of events of this type.
    pub event_type: Option<String>,
    /// Of this event.
    pub event_id: Option<EventId>,
}

/// A page of an endpoint's deliveries, in the order of their ids, which is that of time.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    endpoint_id: EndpointId,
    (filter, page): (DeliveryFilter, &PageRequest),
) -> Result<Page<Delivery>, StoreError> {
    let list = List::of(select_delivery!(""))
        .only("partner_id = $?", [partner_id.to_string().into()])
        .only("endpoint_id = $?", [endpoint_id.to_string().into()])
        .only_if("status = $?", filter.status.map(DeliveryStatus::as_str))
        .only_if("event_type = $?", filter.event_type)
        .only_if("event_id = $?", filter.event_id.map(|it| it.to_string()));
    list.page(tx, ("delivery_id", "delivery_id"), page).await?.try_map(DeliveryRow::read)
}

/// A delivery to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Where to.
    pub endpoint_id: EndpointId,
    /// What.
    pub event_id: EventId,
    /// The event's type.
    pub event_type: String,
    /// The event's place.
    pub sequence: i64,
}

/// Bits of an id below its time that hold the end of the event's place, and where they begin.
const PLACE_BITS: u128 = 20;
const PLACE_AT: u128 = 60;

impl NewDelivery {
    /// The id of the delivery made at `now`: in order of time and, within a millisecond or where
    /// the clock stands still, of the events' places.
    pub fn id(&self, now: Timestamp) -> DeliveryId {
        let parts = [self.endpoint_id.to_string(), self.event_id.to_string()];
        let derived = DeliveryId::derived(now, &[&parts[0], &parts[1]]).bits();
        let mask = ((1_u128 << PLACE_BITS) - 1) << PLACE_AT;
        let place = (u128::from(self.sequence.unsigned_abs()) << PLACE_AT) & mask;
        DeliveryId::from_bits((derived & !mask) | place)
    }
}

/// Makes deliveries that are due at `now` and answers how many there were not yet.
pub async fn insert(
    tx: &mut Tx,
    partner_id: PartnerId,
    deliveries: &[NewDelivery],
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut rows = Bulk::new(
        "webhook_delivery",
        &[
            "partner_id",
            "delivery_id",
            "endpoint_id",
            "event_id",
            "event_type",
            "status",
            "attempts",
            "redeliveries",
            "next_attempt_at",
            "due_at",
            "leased_until",
            "claims",
            "created_at",
        ],
        "on conflict (endpoint_id, event_id) do nothing",
    );
    let state = DeliveryState::new(now);
    for delivery in deliveries {
        rows.push([
            partner_id.to_string().into(),
            delivery.id(now).to_string().into(),
            delivery.endpoint_id.to_string().into(),
            delivery.event_id.to_string().into(),
            delivery.event_type.as_str().into(),
            state.status.as_str().into(),
            i64::from(state.attempts).into(),
            i64::from(state.redeliveries).into(),
            Cell::Int(state.next_attempt_at.map(Timestamp::micros)),
            Cell::Int(state.due_at(now).map(Timestamp::micros)),
            0_i64.into(),
            0_i64.into(),
            now.micros().into(),
        ]);
    }
    rows.insert(tx).await
}

/// Makes the deliveries of events, each with its place, to every enabled endpoint that wants them.
pub(crate) async fn enqueue_events(
    tx: &mut Tx,
    partner_id: PartnerId,
    events: &[(&Event, i64)],
) -> Result<(), StoreError> {
    let subscriptions = endpoints::subscriptions(tx, partner_id).await?;
    for (event, sequence) in events {
        let mut wanted = Vec::new();
        for (endpoint_id, types) in &subscriptions {
            if types.contains(&event.kind) {
                wanted.push(NewDelivery {
                    endpoint_id: *endpoint_id,
                    event_id: event.id(partner_id),
                    event_type: event.kind.clone(),
                    sequence: *sequence,
                });
            }
        }
        insert(tx, partner_id, &wanted, event.at).await?;
    }
    Ok(())
}

/// Up to `limit` of an endpoint's deliveries before `before`, the newest first.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    (endpoint_id, before): (EndpointId, Option<DeliveryId>),
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    // `~` sorts after every id.
    let before = before.map_or("~".to_owned(), |delivery_id| delivery_id.to_string());
    let rows: Vec<DeliveryRow> = on!(tx, conn => sqlx::query_as(
        select_delivery!(
            "where partner_id = $1 and endpoint_id = $2 and delivery_id < $3
             order by delivery_id desc
             limit $4"
        ),
    )
    .bind(partner_id.to_string())
    .bind(endpoint_id.to_string())
    .bind(before)
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.into_iter().map(DeliveryRow::read).collect()
}

/// The partner's delivery with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    delivery_id: DeliveryId,
) -> Result<Option<Delivery>, StoreError> {
    let row: Option<DeliveryRow> = on!(tx, conn => sqlx::query_as(
        select_delivery!("where partner_id = $1 and delivery_id = $2"),
    ).bind(partner_id.to_string()).bind(delivery_id.to_string()).fetch_optional(conn).await)?;
    row.map(DeliveryRow::read).transpose()
}

/// The partner's deliveries with these ids, in the order of their ids, locked until the
/// transaction ends.
pub async fn locked(
    tx: &mut Tx,
    partner_id: PartnerId,
    ids: &[DeliveryId],
) -> Result<Vec<Delivery>, StoreError> {
    let sql = tx.locking(select_delivery!(
        "where partner_id = $1 and delivery_id in (select value from json_each($2))
         order by delivery_id"
    ));
    let rows: Vec<DeliveryRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(json_list(ids))
        .fetch_all(conn).await)?;
    rows.into_iter().map(DeliveryRow::read).collect()
}

/// The deliveries of these events to one endpoint, locked until the transaction ends.
pub async fn of_events(
    tx: &mut Tx,
    partner_id: PartnerId,
    endpoint_id: EndpointId,
    events: &[EventId],
) -> Result<Vec<Delivery>, StoreError> {
    let sql = tx.locking(select_delivery!(
        "where partner_id = $1 and endpoint_id = $2
           and event_id in (select value from json_each($3))
         order by delivery_id"
    ));
    let rows: Vec<DeliveryRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(endpoint_id.to_string())
        .bind(json_list(events))
        .fetch_all(conn).await)?;
    rows.into_iter().map(DeliveryRow::read).collect()
}

/// Saves how deliveries stand, as seen at `now`, and lets go of them. Hold them locked. They are
/// there, so each row is updated: this is one statement for many.
pub async fn save_all(
    tx: &mut Tx,
    partner_id: PartnerId,
    deliveries: &[Delivery],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Bulk::new(
        "webhook_delivery",
        &[
            "partner_id",
            "delivery_id",
            "endpoint_id",
            "event_id",
            "event_type",
            "status",
            "attempts",
            "redeliveries",
            "first_attempt_at",
            "next_attempt_at",
            "due_at",
            "last_attempt_at",
            "response_code",
            "last_error",
            "leased_until",
            "claims",
            "created_at",
        ],
        "on conflict (partner_id, delivery_id) do update set status = excluded.status,
           attempts = excluded.attempts, redeliveries = excluded.redeliveries,
           first_attempt_at = excluded.first_attempt_at,
           next_attempt_at = excluded.next_attempt_at, due_at = excluded.due_at,
           last_attempt_at = excluded.last_attempt_at, response_code = excluded.response_code,
           last_error = excluded.last_error, leased_until = excluded.leased_until",
    );
    for delivery in deliveries {
        let state = &delivery.state;
        rows.push([
            partner_id.to_string().into(),
            delivery.delivery_id.to_string().into(),
            delivery.endpoint_id.to_string().into(),
            delivery.event_id.to_string().into(),
            delivery.event_type.as_str().into(),
            state.status.as_str().into(),
            i64::from(state.attempts).into(),
            i64::from(state.redeliveries).into(),
            state.first_attempt_at.map(Timestamp::micros).into(),
            state.next_attempt_at.map(Timestamp::micros).into(),
            state.due_at(now).map(Timestamp::micros).into(),
            delivery.last_attempt_at.map(Timestamp::micros).into(),
            delivery.response_code.map(i64::from).into(),
            delivery.last_error.clone().into(),
            0_i64.into(),
            delivery.claims.into(),
            delivery.created_at.micros().into(),
        ]);
    }
    rows.insert(tx).await.map(drop)
}

/// Saves that redeliveries of deliveries were asked for, as seen at `now`. Hold them locked.
/// Whoever sends one of them just now goes on holding it.
pub async fn save_asked(
    tx: &mut Tx,
    partner_id: PartnerId,
    deliveries: &[Delivery],
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update webhook_delivery set redeliveries = redeliveries + 1, due_at = $3
         where partner_id = $1 and delivery_id in (select value from json_each($2))",
    )
    .bind(partner_id.to_string())
    .bind(json_list(deliveries.iter().map(|delivery| delivery.delivery_id)))
    .bind(now.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct AttemptRow {
    delivery_id: String,
    number: i64,
    kind: String,
    at: i64,
    duration_ms: i64,
    response_code: Option<i64>,
    error: Option<String>,
    response_body: Vec<u8>,
}

/// Up to `limit` attempts to make a delivery, the newest first.
pub async fn attempts(
    tx: &mut Tx,
    partner_id: PartnerId,
    delivery_id: DeliveryId,
    limit: i64,
) -> Result<Vec<Attempt>, StoreError> {
    let rows: Vec<AttemptRow> = on!(tx, conn => sqlx::query_as(
        "select delivery_id, number, kind, at, duration_ms, response_code, error, response_body
         from webhook_attempt
         where partner_id = $1 and delivery_id = $2
         order by number desc
         limit $3",
    )
    .bind(partner_id.to_string())
    .bind(delivery_id.to_string())
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| {
            Ok(Attempt {
                delivery_id: id("webhook_attempt.delivery_id", &row.delivery_id)?,
                number: row.number,
                kind: named("webhook_attempt.kind", &row.kind, AttemptKind::parse)?,
                at: Timestamp::from_micros(row.at),
                duration_ms: row.duration_ms,
                response_code: code("webhook_attempt.response_code", row.response_code)?,
                error: row.error,
                response_body: row.response_body,
            })
        })
        .collect()
}

/// Keeps attempts. A number that is known already is kept as it was.
pub async fn insert_attempts(
    tx: &mut Tx,
    partner_id: PartnerId,
    attempts: &[Attempt],
) -> Result<(), StoreError> {
    let mut rows = Bulk::new(
        "webhook_attempt",
        &[
            "partner_id",
            "delivery_id",
            "number",
            "kind",
            "at",
            "duration_ms",
            "response_code",
            "error",
            "response_body",
        ],
        "on conflict (partner_id, delivery_id, number) do nothing",
    );
    for attempt in attempts {
        rows.push([
            partner_id.to_string().into(),
            attempt.delivery_id.to_string().into(),
            attempt.number.into(),
            attempt.kind.as_str().into(),
            attempt.at.micros().into(),
            attempt.duration_ms.into(),
            Cell::Int(attempt.response_code.map(i64::from)),
            attempt.error.clone().into(),
            attempt.response_body.clone().into(),
        ]);
    }
    rows.insert(tx).await.map(drop)
}
