//! What senders of webhooks take, and what housekeeping removes.
//!
//! Decided here: who takes a delivery holds it until its lease ends; a lease is in the time of the
//! machine, because a simulated clock would never end it. The number of claims is the holder's
//! token. Endpoints are found without looking at their backlogs: one step of an index for each.
//! Senders serve all partners, so finding and purging have no owner.

use std::collections::BTreeMap;

use domain::{
    ids::{EndpointId, PartnerId},
    time::Timestamp,
    webhook::endpoint::{EndpointHealth, EndpointStatus},
};
use sqlx::AssertSqlSafe;

use super::deliveries::{Delivery, DeliveryRow};
use crate::{
    columns::{after, id, named, number},
    db::{Tx, json_list, on},
    error::StoreError,
};

/// An endpoint for which something is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueEndpoint {
    /// Whose.
    pub partner_id: PartnerId,
    /// Which.
    pub endpoint_id: EndpointId,
    /// How it stands.
    pub health: EndpointHealth,
}

#[derive(sqlx::FromRow)]
struct DueRow {
    partner_id: String,
    endpoint_id: String,
    status: String,
    consecutive_failures: i64,
}

/// Up to `limit` endpoints after `last` that are enabled or deleted and have something due at
/// `now`, in the order of their ids.
pub async fn due_endpoints(
    tx: &mut Tx,
    last: Option<EndpointId>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<DueEndpoint>, StoreError> {
    let rows: Vec<DueRow> = on!(tx, conn => sqlx::query_as(
        "with recursive waiting (endpoint_id) as (
           select min(endpoint_id) from webhook_delivery
           where due_at is not null and endpoint_id > $1
           union all
           select (
             select min(next.endpoint_id) from webhook_delivery next
             where next.due_at is not null and next.endpoint_id > waiting.endpoint_id
           )
           from waiting where waiting.endpoint_id is not null
         )
         select endpoint.partner_id, endpoint.endpoint_id, endpoint.status,
           endpoint.consecutive_failures
         from waiting
         join webhook_endpoint endpoint on endpoint.endpoint_id = waiting.endpoint_id
         where endpoint.status in ('enabled', 'deleted')
           and exists (
             select 1 from webhook_delivery due
             where due.endpoint_id = endpoint.endpoint_id and due.due_at <= $2
           )
         order by endpoint.endpoint_id
         limit $3",
    ).bind(after(last)).bind(now.micros()).bind(limit).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| {
            let failures = "webhook_endpoint.consecutive_failures";
            Ok(DueEndpoint {
                partner_id: id("webhook_endpoint.partner_id", &row.partner_id)?,
                endpoint_id: id("webhook_endpoint.endpoint_id", &row.endpoint_id)?,
                health: EndpointHealth {
                    status: named("webhook_endpoint.status", &row.status, EndpointStatus::parse)?,
                    consecutive_failures: number(failures, row.consecutive_failures)?,
                },
            })
        })
        .collect()
}

/// Until when a sender holds what it takes, in the time of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The machine's time.
    pub now: Timestamp,
    /// When whoever has died is known to be dead.
    pub until: Timestamp,
}

/// Takes up to `limit` deliveries of an endpoint that are due at `now`, the longest due first.
/// Commit before sending them.
pub async fn claim(
    tx: &mut Tx,
    partner_id: PartnerId,
    (endpoint_id, now, lease): (EndpointId, Timestamp, Lease),
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let sql = tx.skipping_locked(
        "with due as materialized (
           select delivery_id from webhook_delivery
           where partner_id = $1 and endpoint_id = $2 and due_at <= $3 and leased_until <= $4
           order by due_at, delivery_id
           limit /* limit */
           /* skip locked */
         )
         update webhook_delivery set leased_until = $5, claims = claims + 1
         where partner_id = $1 and delivery_id in (select delivery_id from due)
         returning partner_id, delivery_id, endpoint_id, event_id, event_type, status, attempts,
           redeliveries, first_attempt_at, next_attempt_at, last_attempt_at, response_code,
           last_error, created_at, claims",
    );
    // A number, not a parameter: PostgreSQL must know that these are few, or it reads them all.
    let sql = sql.replace("/* limit */", &limit.to_string());
    let rows: Vec<DeliveryRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(endpoint_id.to_string())
        .bind(now.micros())
        .bind(lease.now.micros())
        .bind(lease.until.micros())
        .fetch_all(conn).await)?;
    let mut taken = rows.into_iter().map(DeliveryRow::read).collect::<Result<Vec<_>, _>>()?;
    taken.sort_by_key(|delivery| delivery.delivery_id);
    Ok(taken)
}

/// Ends up to `limit` deliveries of an endpoint that was deleted and answers how many.
pub async fn bury(
    tx: &mut Tx,
    partner_id: PartnerId,
    endpoint_id: EndpointId,
    limit: i64,
) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(
        "update webhook_delivery
         set status = case when status in ('pending', 'failed') then 'dead' else status end,
           next_attempt_at = null, due_at = null, redeliveries = 0
         where partner_id = $1 and delivery_id in (
           select delivery_id from webhook_delivery
           where partner_id = $1 and endpoint_id = $2 and due_at is not null
           order by due_at, delivery_id
           limit $3
         )",
    )
    .bind(partner_id.to_string())
    .bind(endpoint_id.to_string())
    .bind(limit)
    .execute(conn).await.map(|done| done.rows_affected()))?)
}

/// Removes up to `limit` deliveries that were made before `before` and have nothing to come, with
/// their attempts, and answers how many.
pub async fn purge(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    // Locked: nobody asks for a redelivery of what is being removed.
    let sql = tx.locking(
        "select partner_id, delivery_id from webhook_delivery
         where created_at < $1 and due_at is null
         order by created_at, delivery_id
         limit $2",
    );
    let old: Vec<(String, String)> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(before.micros())
        .bind(limit)
        .fetch_all(conn).await)?;
    let mut by_partner: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (partner_id, delivery_id) in old {
        by_partner.entry(partner_id).or_default().push(delivery_id);
    }
    let mut removed = 0;
    for (partner_id, deliveries) in by_partner {
        removed += deliveries.len() as u64;
        let deliveries = json_list(deliveries);
        for sql in [
            "delete from webhook_attempt
             where partner_id = $1 and delivery_id in (select value from json_each($2))",
            "delete from webhook_delivery
             where partner_id = $1 and delivery_id in (select value from json_each($2))",
        ] {
            on!(tx, conn => sqlx::query(sql)
                .bind(&partner_id)
                .bind(&deliveries)
                .execute(conn).await.map(drop))?;
        }
    }
    Ok(removed)
}
