//! What only a person knows: passwords, second factors, recovery codes, links in mails.
//!
//! Decided here: of all of them only hashes or sealed bytes are kept. What works once is gone when
//! it was used, in the statement that uses it, so that of two who use it at once one finds nothing.

use domain::{
    ids::{PartnerId, UserId},
    sign_in::TokenKind,
    time::Timestamp,
};

use crate::{
    columns::{guarded, id},
    db::{OPERATOR, Tx, on, owner_text},
    error::StoreError,
};

/// What is kept of a person's secrets.
#[derive(Debug, Clone, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct Secrets {
    /// The password's hash in its text form.
    pub password_hash: Option<String>,
    /// The sealed secret of the second factor, confirmed or not.
    pub totp_secret: Option<Vec<u8>>,
    /// The last step whose code was used.
    pub totp_step: Option<i64>,
}

/// A person's secrets.
pub async fn of(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
) -> Result<Secrets, StoreError> {
    let row: Option<Secrets> = on!(tx, conn => sqlx::query_as(
        "select password_hash, totp_secret, totp_step from portal_user
         where owner_id = $1 and user_id = $2 and removed_at is null",
    ).bind(owner_text(owner)).bind(user_id.to_string()).fetch_optional(conn).await)?;
    Ok(row.unwrap_or_default())
}

/// Sets a password's hash, if it is still what it was (`before`).
pub async fn set_password(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
    (before, hash): (Option<&str>, &str),
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update portal_user set password_hash = $4, version = version + 1
         where owner_id = $1 and user_id = $2 and removed_at is null
           and coalesce(password_hash, '') = $3",
    )
    .bind(owner_text(owner))
    .bind(user_id.to_string())
    .bind(before.unwrap_or_default())
    .bind(hash)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the password")
}

/// Keeps a sealed secret that is not confirmed yet. One that is confirmed is not replaced.
pub async fn offer_totp(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update portal_user set totp_secret = $3, totp_step = null, version = version + 1
         where owner_id = $1 and user_id = $2 and removed_at is null
           and totp_confirmed_at is null",
    )
    .bind(owner_text(owner))
    .bind(user_id.to_string())
    .bind(sealed)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "two-factor sign-in")
}

/// Confirms the offered secret, whose code of `step` was shown.
pub async fn confirm_totp(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
    (step, now): (i64, Timestamp),
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update portal_user set totp_confirmed_at = $4, totp_step = $3, version = version + 1
         where owner_id = $1 and user_id = $2 and removed_at is null
           and totp_secret is not null and totp_confirmed_at is null",
    )
    .bind(owner_text(owner))
    .bind(user_id.to_string())
    .bind(step)
    .bind(now.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "two-factor sign-in")
}

/// Uses the code of `step`; whether it and no later one was used before.
pub async fn use_step(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
    step: i64,
) -> Result<bool, StoreError> {
    let used = on!(tx, conn => sqlx::query(
        "update portal_user set totp_step = $3
         where owner_id = $1 and user_id = $2 and (totp_step is null or totp_step < $3)",
    )
    .bind(owner_text(owner))
    .bind(user_id.to_string())
    .bind(step)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(used == 1)
}

/// Forgets the second factor and its recovery codes.
pub async fn clear_totp(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update portal_user
         set totp_secret = null, totp_confirmed_at = null, totp_step = null, version = version + 1
         where owner_id = $1 and user_id = $2",
    ).bind(owner_text(owner)).bind(user_id.to_string()).execute(conn).await.map(drop))?;
    replace_codes(tx, owner, user_id, &[]).await
}

/// Replaces a person's recovery codes by those with these hashes.
pub async fn replace_codes(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
    hashes: &[[u8; 32]],
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "delete from recovery_code where owner_id = $1 and user_id = $2",
    ).bind(owner_text(owner)).bind(user_id.to_string()).execute(conn).await.map(drop))?;
    for hash in hashes {
        on!(tx, conn => sqlx::query(
            "insert into recovery_code (owner_id, user_id, code_hash) values ($1, $2, $3)",
        )
        .bind(owner_text(owner))
        .bind(user_id.to_string())
        .bind(hash.as_slice())
        .execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Uses up a recovery code; whether there was one.
pub async fn use_code(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
    hash: &[u8],
) -> Result<bool, StoreError> {
    let used = on!(tx, conn => sqlx::query(
        "delete from recovery_code where owner_id = $1 and user_id = $2 and code_hash = $3",
    )
    .bind(owner_text(owner))
    .bind(user_id.to_string())
    .bind(hash)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(used == 1)
}

/// How many recovery codes a person has left.
pub async fn codes_left(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
) -> Result<u64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from recovery_code where owner_id = $1 and user_id = $2",
    ).bind(owner_text(owner)).bind(user_id.to_string()).fetch_one(conn).await)?;
    Ok(count.unsigned_abs())
}

/// A link as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptToken {
    /// Whose person it is for.
    pub owner: Option<PartnerId>,
    /// Who.
    pub user_id: UserId,
    /// From when on it no longer works.
    pub expires_at: Timestamp,
}

/// Keeps a link; an earlier one of its kind no longer works.
pub async fn put_token(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    (user_id, kind): (UserId, TokenKind),
    (hash, now): (&[u8], Timestamp),
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into user_token (owner_id, user_id, kind, token_hash, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (owner_id, user_id, kind) do update set
           token_hash = excluded.token_hash, created_at = excluded.created_at,
           expires_at = excluded.expires_at",
    )
    .bind(owner_text(owner))
    .bind(user_id.to_string())
    .bind(kind.as_str())
    .bind(hash)
    .bind(now.micros())
    .bind(now.plus_seconds(kind.seconds()).micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    owner_id: String,
    user_id: String,
    expires_at: i64,
}

/// The link with this hash, whether its time is over or not.
pub async fn find_token(
    tx: &mut Tx,
    kind: TokenKind,
    hash: &[u8],
) -> Result<Option<KeptToken>, StoreError> {
    let row: Option<TokenRow> = on!(tx, conn => sqlx::query_as(
        "select owner_id, user_id, expires_at from user_token
         where token_hash = $1 and kind = $2",
    ).bind(hash).bind(kind.as_str()).fetch_optional(conn).await)?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(KeptToken {
        owner: match row.owner_id.as_str() {
            OPERATOR => None,
            partner => Some(id("user_token.owner_id", partner)?),
        },
        user_id: id("user_token.user_id", &row.user_id)?,
        expires_at: Timestamp::from_micros(row.expires_at),
    }))
}

/// Uses up the link with this hash; whether it was still there.
pub async fn use_token(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    hash: &[u8],
) -> Result<bool, StoreError> {
    let used = on!(tx, conn => sqlx::query(
        "delete from user_token where owner_id = $1 and token_hash = $2",
    ).bind(owner_text(owner)).bind(hash).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(used == 1)
}

/// Forgets every link of a person.
pub async fn drop_tokens(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "delete from user_token where owner_id = $1 and user_id = $2",
    ).bind(owner_text(owner)).bind(user_id.to_string()).execute(conn).await.map(drop))?;
    Ok(())
}
