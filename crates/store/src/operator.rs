//! The operator's one row, and the simulated clock's.
//!
//! Decided here: there is one operator; the clock's row only ever moves forward. These rows belong
//! to no partner, so nothing here takes an owner.

use domain::{account::Operator, time::Timestamp};

use crate::{
    columns::{currency, guarded},
    db::{Tx, on},
    error::StoreError,
};

#[derive(sqlx::FromRow)]
struct OperatorRow {
    name: String,
    home_country: String,
    currency: String,
    directory_version: i64,
}

/// Creates the operator. A second one is refused by the primary key.
pub async fn insert(tx: &mut Tx, operator: &Operator, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into operator
           (operator_id, name, home_country, currency, directory_version, created_at)
         values (1, $1, $2, $3, $4, $5)",
    )
    .bind(&operator.name)
    .bind(&operator.home_country)
    .bind(operator.currency.code())
    .bind(operator.directory_version)
    .bind(now.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The operator, once there is one.
pub async fn find(tx: &mut Tx) -> Result<Option<Operator>, StoreError> {
    let row: Option<OperatorRow> = on!(tx, conn => sqlx::query_as(
        "select name, home_country, currency, directory_version from operator
         where operator_id = 1",
    ).fetch_optional(conn).await)?;
    row.map(|row| {
        Ok(Operator {
            name: row.name,
            home_country: row.home_country,
            currency: currency("operator.currency", &row.currency)?,
            directory_version: row.directory_version,
        })
    })
    .transpose()
}

/// The version of owners and prices; 0 while there is no operator.
pub async fn directory_version(tx: &mut Tx) -> Result<i64, StoreError> {
    let found: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select directory_version from operator where operator_id = 1",
    ).fetch_optional(conn).await)?;
    Ok(found.map_or(0, |(version,)| version))
}

/// Says that an owner or a price changed. Done last in a transaction: whoever else changes the
/// directory waits from here on.
pub async fn bump_directory_version(tx: &mut Tx) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update operator set directory_version = directory_version + 1 where operator_id = 1",
    ).execute(conn).await.map(drop))?;
    Ok(())
}

/// Where the simulated clock stands, if it was ever set.
pub async fn simulated_clock(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let found: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select now_at from simulated_clock where clock_id = 1",
    ).fetch_optional(conn).await)?;
    Ok(found.map(|(micros,)| Timestamp::from_micros(micros)))
}

/// Sets the simulated clock; `Stale` where it stands later than `to` already (BEY-05).
pub async fn advance_simulated_clock(tx: &mut Tx, to: Timestamp) -> Result<(), StoreError> {
    let moved = on!(tx, conn => sqlx::query(
        "insert into simulated_clock (clock_id, now_at) values (1, $1)
         on conflict (clock_id) do update set now_at = excluded.now_at
         where simulated_clock.now_at <= excluded.now_at",
    ).bind(to.micros()).execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(moved, "the simulated clock")
}

/// Moves the simulated clock on to `to`, or leaves it where it stands later already; answers where
/// it stands now (BEY-05).
pub async fn reach_simulated_clock(tx: &mut Tx, to: Timestamp) -> Result<Timestamp, StoreError> {
    let (now_at,): (i64,) = on!(tx, conn => sqlx::query_as(
        "insert into simulated_clock (clock_id, now_at) values (1, $1)
         on conflict (clock_id) do update set now_at =
           case when simulated_clock.now_at < excluded.now_at then excluded.now_at
             else simulated_clock.now_at end
         returning now_at",
    ).bind(to.micros()).fetch_one(conn).await)?;
    Ok(Timestamp::from_micros(now_at))
}
