//! First answers to requests with an idempotency key, for those who ask again.
//!
//! Decided here: an answer belongs to one API key and one idempotency key, and is written by the
//! transaction that did what was asked, so that there is never one without the other.

use domain::{ids::PartnerId, time::Timestamp};

use crate::{
    db::{Tx, on, owner_text},
    error::StoreError,
};

/// The status of a request that was begun and is not answered.
pub const BEGUN: i64 = 0;

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptAnswer {
    /// SHA-256 of what was asked.
    pub fingerprint: Vec<u8>,
    /// HTTP status, or [`BEGUN`].
    pub status: i64,
    /// JSON object of headers that belong to the answer.
    pub headers: String,
    /// The very bytes.
    pub body: Vec<u8>,
}

/// Who asked, and under which idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Whose API key it is.
    pub owner: Option<PartnerId>,
    /// The id of the API key or the person that asked.
    pub asker: String,
    /// The idempotency key.
    pub idempotency_key: String,
}

/// Takes the right to answer a request until the transaction ends; `false` where another
/// transaction has it right now. SQLite has one writer, who always has it.
pub async fn claim(tx: &mut Tx, asked: &Asked) -> Result<bool, StoreError> {
    let Tx::Postgres(held) = tx else { return Ok(true) };
    let name = format!("{} {}", asked.asker, asked.idempotency_key);
    let (is_free,): (bool,) =
        sqlx::query_as("select pg_try_advisory_xact_lock(hashtextextended($1, 7460116))")
            .bind(name)
            .fetch_one(&mut **held)
            .await?;
    Ok(is_free)
}

/// The answer that was given to it.
pub async fn find(tx: &mut Tx, asked: &Asked) -> Result<Option<KeptAnswer>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select fingerprint, status, headers, body from kept_answer
         where owner_id = $1 and key_id = $2 and idempotency_key = $3",
    )
    .bind(owner_text(asked.owner))
    .bind(&asked.asker)
    .bind(&asked.idempotency_key)
    .fetch_optional(conn).await)?)
}

/// Keeps an answer. A second one is a unique violation.
pub async fn keep(
    tx: &mut Tx,
    asked: &Asked,
    answer: &KeptAnswer,
    at: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into kept_answer (owner_id, key_id, idempotency_key, fingerprint, status, headers,
           body, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(owner_text(asked.owner))
    .bind(&asked.asker)
    .bind(&asked.idempotency_key)
    .bind(&answer.fingerprint)
    .bind(answer.status)
    .bind(&answer.headers)
    .bind(&answer.body)
    .bind(at.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Keeps that a request whose work takes many transactions was begun; one that was begun before
/// stays as it is.
pub async fn begin(
    tx: &mut Tx,
    asked: &Asked,
    (fingerprint, at): (&[u8], Timestamp),
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into kept_answer (owner_id, key_id, idempotency_key, fingerprint, status, headers,
           body, created_at)
         values ($1, $2, $3, $4, $5, '[]', $6, $7)
         on conflict (owner_id, key_id, idempotency_key) do nothing",
    )
    .bind(owner_text(asked.owner))
    .bind(&asked.asker)
    .bind(&asked.idempotency_key)
    .bind(fingerprint)
    .bind(BEGUN)
    .bind(Vec::<u8>::new())
    .bind(at.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Keeps the answer to a request that was begun. An answer that there is stays; `false` then.
pub async fn settle(
    tx: &mut Tx,
    asked: &Asked,
    answer: &KeptAnswer,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let settled = on!(tx, conn => sqlx::query(
        "insert into kept_answer (owner_id, key_id, idempotency_key, fingerprint, status, headers,
           body, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (owner_id, key_id, idempotency_key) do update set
           status = excluded.status, headers = excluded.headers, body = excluded.body,
           created_at = excluded.created_at
         where kept_answer.status = $9 and kept_answer.fingerprint = excluded.fingerprint",
    )
    .bind(owner_text(asked.owner))
    .bind(&asked.asker)
    .bind(&asked.idempotency_key)
    .bind(&answer.fingerprint)
    .bind(answer.status)
    .bind(&answer.headers)
    .bind(&answer.body)
    .bind(at.micros())
    .bind(BEGUN)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(settled > 0)
}

/// Forgets up to `limit` answers from before `before` and says how many.
pub async fn forget(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(
        "delete from kept_answer where (owner_id, key_id, idempotency_key) in (
           select owner_id, key_id, idempotency_key from kept_answer
           where created_at < $1 order by created_at limit $2)",
    )
    .bind(before.micros())
    .bind(limit)
    .execute(conn).await.map(|done| done.rows_affected()))?)
}
