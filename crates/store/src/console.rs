//! What the operator looks at over all partners: how much waits or failed, and which webhooks.
//!
//! Decided here: counts end at [`MANY`], so that a page costs the same on a bad day; each follows
//! an index that holds only what is counted.

use domain::{
    ids::{DeliveryId, EndpointId, PartnerId},
    paging::{Page, PageRequest},
    time::Timestamp,
};

use crate::{
    columns::id,
    db::{Tx, on},
    error::StoreError,
    listing::List,
};

/// Where counting ends.
pub const MANY: i64 = 1_000;

/// How much there is of each; more than [`MANY`] is one more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Refused rows that nobody settled.
    pub open_rejects: i64,
    /// Jobs that were given up.
    pub failed_jobs: i64,
    /// Jobs whose time has come.
    pub due_jobs: i64,
    /// Webhook deliveries that failed.
    pub failed_deliveries: i64,
    /// Disputes without an outcome.
    pub open_disputes: i64,
    /// Settlements that were not paid.
    pub due_settlements: i64,
    /// The processor's events whose time has come.
    pub due_events: i64,
    /// Since when the oldest of the due jobs waits; 0 for never.
    pub oldest_job: i64,
}

type CountRow = (i64, i64, i64, i64, i64, i64, i64, i64);

/// Counts what waits at `now` and what failed.
pub async fn counts(tx: &mut Tx, now: Timestamp) -> Result<Counts, StoreError> {
    let row: CountRow = on!(tx, conn => sqlx::query_as(
        "select
           (select count(*) from (select 1 as one from reject where state = 'open'
              limit $2) r),
           (select count(*) from (select 1 as one from job where state = 'failed' limit $2) j),
           (select count(*) from (select 1 as one from job where state = 'ready'
              and run_at <= $1 limit $2) d),
           (select count(*) from (select 1 as one from webhook_delivery
              where status in ('failed', 'dead') limit $2) w),
           (select count(*) from (select 1 as one from dispute where state = 'open' limit $2) o),
           (select count(*) from (select 1 as one from settlement where status = 'due'
              limit $2) s),
           (select count(*) from (select 1 as one from processor_event where due_at is not null
              and due_at <= $1 limit $2) p),
           coalesce((select min(run_at) from job where state = 'ready' and run_at <= $1), 0)",
    ).bind(now.micros()).bind(MANY + 1).fetch_one(conn).await)?;
    let (open_rejects, failed_jobs, due_jobs, failed_deliveries, open_disputes, ..) = row;
    Ok(Counts {
        open_rejects,
        failed_jobs,
        due_jobs,
        failed_deliveries,
        open_disputes,
        due_settlements: row.5,
        due_events: row.6,
        oldest_job: row.7,
    })
}

/// How many partners there are in each status.
pub async fn partners_by_status(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select status, count(*) from partner group by status order by status",
    ).fetch_all(conn).await)?)
}

/// How many tenants a partner has that are not cancelled.
pub async fn tenants_of(tx: &mut Tx, partner_id: PartnerId) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from tenant where partner_id = $1 and cancelled_at is null",
    ).bind(partner_id.to_string()).fetch_one(conn).await)?;
    Ok(count)
}

/// A webhook delivery that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedDelivery {
    /// Whose.
    pub partner_id: PartnerId,
    /// Its id.
    pub delivery_id: DeliveryId,
    /// Where it should go.
    pub endpoint_id: EndpointId,
    /// What it tells.
    pub event_type: String,
    /// `failed`, or `dead` where no attempt follows by itself.
    pub status: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was last tried.
    pub last_attempt_at: Option<Timestamp>,
    /// What was answered.
    pub response_code: Option<i64>,
    /// Why it failed.
    pub last_error: Option<String>,
}

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    partner_id: String,
    delivery_id: String,
    endpoint_id: String,
    event_type: String,
    status: String,
    attempts: i64,
    last_attempt_at: Option<i64>,
    response_code: Option<i64>,
    last_error: Option<String>,
}

/// A page of the deliveries of all partners that failed, in the order of their ids.
pub async fn failed_deliveries(
    tx: &mut Tx,
    page: &PageRequest,
) -> Result<Page<FailedDelivery>, StoreError> {
    List::of(
        "select partner_id, delivery_id, endpoint_id, event_type, status, attempts,
           last_attempt_at, response_code, last_error
         from webhook_delivery",
    )
    .only("status in ('failed', 'dead')", [])
    .page(tx, ("delivery_id", "delivery_id"), page)
    .await?
    .try_map(|row: DeliveryRow| {
        Ok(FailedDelivery {
            partner_id: id("webhook_delivery.partner_id", &row.partner_id)?,
            delivery_id: id("webhook_delivery.delivery_id", &row.delivery_id)?,
            endpoint_id: id("webhook_delivery.endpoint_id", &row.endpoint_id)?,
            event_type: row.event_type,
            status: row.status,
            attempts: row.attempts,
            last_attempt_at: row.last_attempt_at.map(Timestamp::from_micros),
            response_code: row.response_code,
            last_error: row.last_error,
        })
    })
}
