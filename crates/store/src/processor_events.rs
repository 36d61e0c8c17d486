//! Events of the payment processor: kept once each, looked at until they are done.
//!
//! Decided here: an event is one row per account, whichever way it came. Who takes one holds it
//! until its lease ends: taking moves `due_at` there, so that an event whose worker died is simply
//! due again. The number of tries is the token of the holder; whoever succeeds is believed even
//! after the lease, because what events lead to may be done twice.

use domain::{ids::PartnerId, processor::AccountContext, time::Timestamp};
use sqlx::AssertSqlSafe;

use crate::{
    columns::optional_id,
    db::{Tx, on},
    error::StoreError,
};

/// An event to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// On whose account it happened.
    pub context: AccountContext,
    /// Whose account that is, where it has keys of its own.
    pub partner_id: Option<PartnerId>,
    /// The processor's id of the event.
    pub event_id: String,
    /// Such as `payment_intent.succeeded`.
    pub kind: String,
    /// The id of the object that it is about.
    pub object_id: String,
    /// Such as `payment_intent`.
    pub object_kind: String,
    /// The body, sealed; empty where it was read in a list.
    pub sealed_body: Vec<u8>,
    /// When it happened, by the processor's clock.
    pub created_at: Timestamp,
}

/// An event that this worker holds until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenEvent {
    /// On whose account it happened.
    pub context: AccountContext,
    /// Whose account that is, where it has keys of its own.
    pub partner_id: Option<PartnerId>,
    /// The processor's id of the event.
    pub event_id: String,
    /// Such as `payment_intent.succeeded`.
    pub kind: String,
    /// The id of the object that it is about.
    pub object_id: String,
    /// How often it was taken, this time included.
    pub tries: i64,
}

/// A list of events that is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRead {
    /// Of which account.
    pub context: AccountContext,
    /// Whose account that is, where it has keys of its own.
    pub partner_id: Option<PartnerId>,
    /// Up to when it was read.
    pub read_until: Timestamp,
    /// How often reading it failed since.
    pub failures: i64,
}

fn context(text: &str) -> Result<AccountContext, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt("processor_event.context", text))
}

/// Keeps an event, due at once, and answers whether it is new.
pub async fn insert(tx: &mut Tx, event: &NewEvent, now: Timestamp) -> Result<bool, StoreError> {
    let added = on!(tx, conn => sqlx::query(
        "insert into processor_event
           (context, event_id, partner_id, kind, object_id, object_kind, sealed_body, created_at,
            received_at, state, tries, due_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'ready', 0, $9)
         on conflict (context, event_id) do nothing",
    )
    .bind(event.context.to_string())
    .bind(&event.event_id)
    .bind(event.partner_id.map(|it| it.to_string()))
    .bind(&event.kind)
    .bind(&event.object_id)
    .bind(&event.object_kind)
    .bind(&event.sealed_body)
    .bind(event.created_at.micros())
    .bind(now.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(added > 0)
}

#[derive(sqlx::FromRow)]
struct TakenRow {
    context: String,
    partner_id: Option<String>,
    event_id: String,
    kind: String,
    object_id: String,
    tries: i64,
    created_at: i64,
}

/// Takes up to `limit` events that are due at `now` and holds them for `lease_seconds`; the oldest
/// first. Commit before working on them.
pub async fn claim(
    tx: &mut Tx,
    now: Timestamp,
    (lease_seconds, limit): (i64, i64),
) -> Result<Vec<TakenEvent>, StoreError> {
    // Materialized: PostgreSQL might otherwise run the inner select more than once and lock more
    // rows than the limit.
    let sql = tx.skipping_locked(
        "with due as materialized (
           select context, event_id from processor_event
           where due_at is not null and due_at <= $1
           order by due_at, context, event_id
           limit $3
           /* skip locked */
         )
         update processor_event set due_at = $2, tries = tries + 1
         where (context, event_id) in (select context, event_id from due)
         returning context, partner_id, event_id, kind, object_id, tries, created_at",
    );
    let mut rows: Vec<TakenRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(now.micros())
        .bind(now.plus_seconds(lease_seconds).micros())
        .bind(limit)
        .fetch_all(conn).await)?;
    rows.sort_by(|a, b| (a.created_at, &a.event_id).cmp(&(b.created_at, &b.event_id)));
    let read = |row: TakenRow| {
        Ok(TakenEvent {
            context: context(&row.context)?,
            partner_id: optional_id("processor_event.partner_id", row.partner_id.as_deref())?,
            event_id: row.event_id,
            kind: row.kind,
            object_id: row.object_id,
            tries: row.tries,
        })
    };
    rows.into_iter().map(read).collect()
}

/// The event is done, whoever holds it by now.
pub async fn finish(tx: &mut Tx, event: &TakenEvent) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update processor_event set state = 'done', due_at = null, last_error = null
         where context = $1 and event_id = $2 and state = 'ready'",
    )
    .bind(event.context.to_string())
    .bind(&event.event_id)
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The event could not be done: it is due again then, or given up where it never is.
pub async fn put_off(
    tx: &mut Tx,
    event: &TakenEvent,
    (due_at, error): (Option<Timestamp>, &str),
) -> Result<(), StoreError> {
    let state = if due_at.is_some() { "ready" } else { "failed" };
    on!(tx, conn => sqlx::query(
        "update processor_event set state = $4, due_at = $5, last_error = $6
         where context = $1 and event_id = $2 and tries = $3 and state = 'ready'",
    )
    .bind(event.context.to_string())
    .bind(&event.event_id)
    .bind(event.tries)
    .bind(state)
    .bind(due_at.map(Timestamp::micros))
    .bind(error)
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Forgets up to `limit` events that came before then and are not waited for.
pub async fn forget(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    let forgotten = on!(tx, conn => sqlx::query(
        "delete from processor_event where (context, event_id) in (
           select context, event_id from processor_event
           where received_at < $1 and due_at is null
           order by received_at, context, event_id
           limit $2)",
    )
    .bind(before.micros())
    .bind(limit)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(forgotten)
}

/// Has the lists of the platform's account and of every account that is charged on read, where
/// that was not planned yet.
pub async fn plan_reads(
    tx: &mut Tx,
    now: Timestamp,
    read_until: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into processor_events_read (context, partner_id, read_until, failures, due_at)
         select context, partner_id, cast($2 as bigint), 0, cast($1 as bigint) from (
           select 'platform' as context, cast(null as text) as partner_id
           union all
           select context, min(partner_id) from processor
           where context <> 'platform' group by context
         ) account
         where context not in (select context from processor_events_read)
         on conflict (context) do nothing",
    )
    .bind(now.micros())
    .bind(read_until.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Context, partner, read until, failures.
type ReadRow = (String, Option<String>, i64, i64);

/// Takes the list that is due at `now` for the longest time, and holds it for `lease_seconds`.
pub async fn claim_read(
    tx: &mut Tx,
    now: Timestamp,
    lease_seconds: i64,
) -> Result<Option<DueRead>, StoreError> {
    let sql = tx.skipping_locked(
        "with due as materialized (
           select context from processor_events_read
           where due_at <= $1
           order by due_at, context
           limit 1
           /* skip locked */
         )
         update processor_events_read set due_at = $2
         where context in (select context from due)
         returning context, partner_id, read_until, failures",
    );
    let row: Option<ReadRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(now.micros())
        .bind(now.plus_seconds(lease_seconds).micros())
        .fetch_optional(conn).await)?;
    row.map(|(account, partner, read_until, failures)| {
        Ok(DueRead {
            context: context(&account)?,
            partner_id: optional_id("processor_events_read.partner_id", partner.as_deref())?,
            read_until: Timestamp::from_micros(read_until),
            failures,
        })
    })
    .transpose()
}

/// Notes up to when a list was read, how often that failed, and when it is read again.
pub async fn note_read(tx: &mut Tx, read: &DueRead, due_at: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update processor_events_read set read_until = $2, failures = $3, due_at = $4
         where context = $1 and read_until <= $2",
    )
    .bind(read.context.to_string())
    .bind(read.read_until.micros())
    .bind(read.failures)
    .bind(due_at.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// States and last errors of all events of an account, oldest first; for those who run the
/// platform.
pub async fn states(
    tx: &mut Tx,
    context: &AccountContext,
    limit: i64,
) -> Result<Vec<(String, String, Option<String>)>, StoreError> {
    let rows = on!(tx, conn => sqlx::query_as(
        "select kind, state, last_error from processor_event
         where context = $1 order by created_at, event_id limit $2",
    )
    .bind(context.to_string())
    .bind(limit)
    .fetch_all(conn).await)?;
    Ok(rows)
}
