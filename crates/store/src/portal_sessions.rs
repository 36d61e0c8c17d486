//! Sessions of people in the portals.
//!
//! Decided here: a session is found by the hash of its cookie, which is all that is kept of it, and
//! always with the person it belongs to, so that who was removed is out at once (USR-05). A session
//! that ended is a row that is gone.

use domain::{
    ids::{PartnerId, SignInId, UserId},
    sign_in::{Bound, Session, Stage},
    time::Timestamp,
    user::{Account, Standing, User, UserState},
};

use crate::{
    columns::{guarded, id, named, optional_id},
    db::{OPERATOR, Tx, on, owner_text},
    error::StoreError,
    users,
};

/// Sessions of one person that are shown.
const SHOWN: i64 = 50;

#[derive(sqlx::FromRow)]
struct SessionRow {
    owner_id: String,
    session_id: String,
    user_id: String,
    stage: String,
    host: String,
    bound_partner_id: Option<String>,
    acting_partner_id: Option<String>,
    acting_tenant_id: Option<String>,
    created_at: i64,
    expires_at: i64,
    ip: String,
    agent: String,
}

impl SessionRow {
    fn owner(&self) -> Result<Option<PartnerId>, StoreError> {
        match self.owner_id.as_str() {
            OPERATOR => Ok(None),
            partner => Ok(Some(id("portal_session.owner_id", partner)?)),
        }
    }

    fn read(self, user: &User) -> Result<Session, StoreError> {
        let home = Standing::home(user.account, user.role);
        let acting = self.acting_partner_id.as_deref();
        let standing = match optional_id("portal_session.acting_partner_id", acting)? {
            None => home,
            Some(partner_id) => {
                let tenant = self.acting_tenant_id.as_deref();
                let tenant = optional_id("portal_session.acting_tenant_id", tenant)?;
                // Who was demoted meanwhile is back at the own account.
                home.at(Account::of(Some(partner_id), tenant)).unwrap_or(home)
            }
        };
        Ok(Session {
            session_id: id("portal_session.session_id", &self.session_id)?,
            user_id: user.user_id,
            standing,
            stage: named("portal_session.stage", &self.stage, Stage::parse)?,
            bound: Bound {
                host: self.host,
                partner_id: optional_id(
                    "portal_session.bound_partner_id",
                    self.bound_partner_id.as_deref(),
                )?,
            },
            created_at: Timestamp::from_micros(self.created_at),
            expires_at: Timestamp::from_micros(self.expires_at),
            ip: self.ip,
            agent: self.agent,
        })
    }
}

macro_rules! select_session {
    ($tail:literal) => {
        concat!(
            "select owner_id, session_id, user_id, stage, host, bound_partner_id,
               acting_partner_id, acting_tenant_id, created_at, expires_at, ip, agent
             from portal_session ",
            $tail
        )
    };
}

/// Begins a session under the hash of its cookie.
pub async fn insert(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    session: &Session,
    token_hash: &[u8],
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into portal_session (owner_id, session_id, user_id, token_hash, stage, host,
           bound_partner_id, created_at, expires_at, ip, agent)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(owner_text(owner))
    .bind(session.session_id.to_string())
    .bind(session.user_id.to_string())
    .bind(token_hash)
    .bind(session.stage.as_str())
    .bind(&session.bound.host)
    .bind(session.bound.partner_id.map(|partner_id| partner_id.to_string()))
    .bind(session.created_at.micros())
    .bind(session.expires_at.micros())
    .bind(&session.ip)
    .bind(&session.agent)
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The session whose cookie has this hash and its person, unless that one is removed.
pub async fn find_by_hash(
    tx: &mut Tx,
    token_hash: &[u8],
) -> Result<Option<(Session, User)>, StoreError> {
    let row: Option<SessionRow> = on!(tx, conn => sqlx::query_as(
        select_session!("where token_hash = $1"),
    ).bind(token_hash).fetch_optional(conn).await)?;
    let Some(row) = row else { return Ok(None) };
    let user_id = id("portal_session.user_id", &row.user_id)?;
    let user = users::find(tx, row.owner()?, user_id).await?;
    let Some(user) = user.filter(|user| user.state == UserState::Active) else { return Ok(None) };
    Ok(Some((row.read(&user)?, user)))
}

/// A person's sessions that have not ended at `now`, newest first.
pub async fn of_user(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    (user, now): (&User, Timestamp),
) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<SessionRow> = on!(tx, conn => sqlx::query_as(
        select_session!("where owner_id = $1 and user_id = $2 and expires_at > $3
          and stage = 'full'
          order by session_id desc
          limit $4"),
    )
    .bind(owner_text(owner))
    .bind(user.user_id.to_string())
    .bind(now.micros())
    .bind(SHOWN)
    .fetch_all(conn).await)?;
    rows.into_iter().map(|row| row.read(user)).collect()
}

/// Says which account the session is at from now on; the own one where `account` is none.
pub async fn act(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    session_id: SignInId,
    account: Option<Account>,
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update portal_session set acting_partner_id = $3, acting_tenant_id = $4
         where owner_id = $1 and session_id = $2",
    )
    .bind(owner_text(owner))
    .bind(session_id.to_string())
    .bind(account.and_then(Account::partner).map(|it| it.to_string()))
    .bind(account.and_then(Account::tenant).map(|it| it.to_string()))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the session")
}

/// Ends one session of a person; nothing happens where it has ended.
pub async fn end(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
    session_id: SignInId,
) -> Result<bool, StoreError> {
    let ended = on!(tx, conn => sqlx::query(
        "delete from portal_session where owner_id = $1 and user_id = $2 and session_id = $3",
    )
    .bind(owner_text(owner))
    .bind(user_id.to_string())
    .bind(session_id.to_string())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(ended == 1)
}

/// Ends all sessions of a person but `kept`; answers how many.
pub async fn end_all_of(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
    kept: Option<SignInId>,
) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(
        "delete from portal_session where owner_id = $1 and user_id = $2 and session_id <> $3",
    )
    .bind(owner_text(owner))
    .bind(user_id.to_string())
    .bind(kept.map_or(String::new(), |it| it.to_string()))
    .execute(conn).await.map(|done| done.rows_affected()))?)
}

/// Ends all sessions of an account's own people (AUT-08); answers how many.
pub async fn end_all_at(tx: &mut Tx, owner: Account) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(
        "delete from portal_session where owner_id = $1 and user_id in
           (select user_id from portal_user
            where owner_id = $1 and coalesce(tenant_id, '') = $2)",
    )
    .bind(owner_text(owner.partner()))
    .bind(owner.tenant().map_or(String::new(), |it| it.to_string()))
    .execute(conn).await.map(|done| done.rows_affected()))?)
}

/// Forgets up to `limit` sessions that ended before then, whosever they were.
pub async fn forget(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(
        "delete from portal_session where token_hash in
           (select token_hash from portal_session where expires_at < $1 limit $2)",
    ).bind(before.micros()).bind(limit).execute(conn).await.map(|done| done.rows_affected()))?)
}
