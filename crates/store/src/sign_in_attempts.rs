//! Attempts to sign in that were not forgiven.
//!
//! Decided here: they are kept under the hash of what they are counted for, since an address that
//! somebody tried need not be anybody's. All processes of a deployment count together.

use domain::{sign_in::Attempts, time::Timestamp};
use sqlx::AssertSqlSafe;

use crate::{
    columns::number,
    db::{Tx, on},
    error::StoreError,
};

/// The attempts that are counted under this hash, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, counted: &[u8]) -> Result<Option<Attempts>, StoreError> {
    let sql = tx.locking("select count, since_at, last_at from sign_in_attempt where counted = $1");
    let row: Option<(i64, i64, i64)> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(counted).fetch_optional(conn).await)?;
    let Some((count, since, last)) = row else { return Ok(None) };
    Ok(Some(Attempts {
        count: number("sign_in_attempt.count", count)?,
        since: Timestamp::from_micros(since),
        last: Timestamp::from_micros(last),
    }))
}

/// Makes sure that there is a row to lock, so that two first attempts wait for each other.
pub async fn prepare(tx: &mut Tx, counted: &[u8], now: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into sign_in_attempt (counted, count, since_at, last_at) values ($1, 0, $2, $2)
         on conflict (counted) do nothing",
    ).bind(counted).bind(now.micros()).execute(conn).await.map(drop))?;
    Ok(())
}

/// Keeps what was counted under this hash.
pub async fn put(tx: &mut Tx, counted: &[u8], attempts: Attempts) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update sign_in_attempt set count = $2, since_at = $3, last_at = $4 where counted = $1",
    )
    .bind(counted)
    .bind(i64::from(attempts.count))
    .bind(attempts.since.micros())
    .bind(attempts.last.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Forgets what was counted under this hash: somebody got in.
pub async fn clear(tx: &mut Tx, counted: &[u8]) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query("delete from sign_in_attempt where counted = $1")
        .bind(counted).execute(conn).await.map(drop))?;
    Ok(())
}

/// Takes one attempt back: it was no failure.
pub async fn forgive_one(tx: &mut Tx, counted: &[u8]) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update sign_in_attempt set count = count - 1 where counted = $1 and count > 0",
    ).bind(counted).execute(conn).await.map(drop))?;
    Ok(())
}

/// Forgets up to `limit` counts whose last attempt was before then.
pub async fn forget(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(
        "delete from sign_in_attempt where counted in
           (select counted from sign_in_attempt where last_at < $1 limit $2)",
    ).bind(before.micros()).bind(limit).execute(conn).await.map(|done| done.rows_affected()))?)
}
