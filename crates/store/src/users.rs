//! People who sign in.
//!
//! Decided here: an address is unique among those who are not removed, on the platform for
//! operators and partners, per partner for tenants (CS-59). Nobody is ever deleted: who is removed
//! loses secrets and sessions and keeps name and id, for what was done stays written down.

use domain::{
    ids::{PartnerId, TenantId, UserId},
    paging::{Page, PageRequest},
    time::{Timestamp, Zone},
    user::{Account, Email, Role, Theme, TwoFactor, User, UserState},
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{guarded, id, named, optional_id, optional_instant, zone},
    db::{OPERATOR, Tx, on, owner_text},
    error::StoreError,
    listing::{List, anywhere},
};

/// Where addresses of operators and partners are unique.
const STAFF: &str = "staff";

#[derive(sqlx::FromRow)]
struct UserRow {
    owner_id: String,
    user_id: String,
    tenant_id: Option<String>,
    email: String,
    name: String,
    role: String,
    zone: Option<String>,
    theme: String,
    is_active: i64,
    verified_at: Option<i64>,
    has_totp: i64,
    totp_confirmed_at: Option<i64>,
    last_login_at: Option<i64>,
    invited_until: Option<i64>,
    created_at: i64,
    removed_at: Option<i64>,
    version: i64,
}

impl UserRow {
    fn read(self) -> Result<User, StoreError> {
        let partner = match self.owner_id.as_str() {
            OPERATOR => None,
            partner => Some(id("portal_user.owner_id", partner)?),
        };
        let tenant = optional_id("portal_user.tenant_id", self.tenant_id.as_deref())?;
        let state = match (self.removed_at, self.is_active) {
            (Some(_), _) => UserState::Removed,
            (None, 0) => UserState::Invited,
            (None, _) => UserState::Active,
        };
        let two_factor = match (self.has_totp, self.totp_confirmed_at) {
            (0, _) => TwoFactor::Off,
            (_, None) => TwoFactor::Pending,
            (_, Some(_)) => TwoFactor::On,
        };
        let zone = self.zone.as_deref().map(|text| zone("portal_user.zone", text)).transpose()?;
        Ok(User {
            user_id: id("portal_user.user_id", &self.user_id)?,
            account: Account::of(partner, tenant),
            email: named("portal_user.email", &self.email, |text| Email::parse(text).ok())?,
            name: self.name,
            role: named("portal_user.role", &self.role, Role::parse)?,
            zone,
            theme: named("portal_user.theme", &self.theme, Theme::parse)?,
            state,
            verified_at: optional_instant(self.verified_at),
            two_factor,
            last_login_at: optional_instant(self.last_login_at),
            invited_until: optional_instant(self.invited_until),
            created_at: Timestamp::from_micros(self.created_at),
            version: self.version,
        })
    }
}

macro_rules! select_user {
    ($tail:literal) => {
        concat!(
            "select owner_id, user_id, tenant_id, email, name, role, zone, theme,
               cast(case when password_hash is null then 0 else 1 end as bigint) as is_active,
               verified_at,
               cast(case when totp_secret is null then 0 else 1 end as bigint) as has_totp,
               totp_confirmed_at, last_login_at,
               (select expires_at from user_token
                where user_token.owner_id = portal_user.owner_id
                  and user_token.user_id = portal_user.user_id
                  and user_token.kind = 'invitation') as invited_until,
               created_at, removed_at, version
             from portal_user ",
            $tail
        )
    };
}

/// Where the addresses of an account's people are unique.
fn scope(account: Account) -> String {
    match account {
        Account::Operator | Account::Partner(_) => STAFF.to_owned(),
        Account::Tenant(partner_id, _) => partner_id.to_string(),
    }
}

/// Adds a person; a unique violation where the address is taken.
pub async fn insert(
    tx: &mut Tx,
    owner: Account,
    (user, password_hash): (&User, Option<&str>),
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into portal_user (owner_id, user_id, tenant_id, email, email_key, email_scope,
           name, role, zone, theme, password_hash, verified_at, created_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(owner_text(owner.partner()))
    .bind(user.user_id.to_string())
    .bind(owner.tenant().map(|tenant_id| tenant_id.to_string()))
    .bind(user.email.as_str())
    .bind(user.email.key())
    .bind(scope(owner))
    .bind(&user.name)
    .bind(user.role.as_str())
    .bind(user.zone.as_ref().map(Zone::name))
    .bind(user.theme.as_str())
    .bind(password_hash)
    .bind(user.verified_at.map(Timestamp::micros))
    .bind(user.created_at.micros())
    .bind(user.version)
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The owner's person with this id, removed or not.
pub async fn find(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
) -> Result<Option<User>, StoreError> {
    let row: Option<UserRow> = on!(tx, conn => sqlx::query_as(
        select_user!("where owner_id = $1 and user_id = $2"),
    ).bind(owner_text(owner)).bind(user_id.to_string()).fetch_optional(conn).await)?;
    row.map(UserRow::read).transpose()
}

/// Who is there under this address: of operators and partners, and of this partner's tenants.
pub async fn with_email(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    email: &Email,
) -> Result<Vec<User>, StoreError> {
    let rows: Vec<UserRow> = on!(tx, conn => sqlx::query_as(
        select_user!("where email_key = $1 and (email_scope = 'staff' or email_scope = $2)
          and removed_at is null
          order by email_scope desc"),
    ).bind(email.key()).bind(owner_text(owner)).fetch_all(conn).await)?;
    rows.into_iter().map(UserRow::read).collect()
}

/// Which people are wanted; what is absent does not matter. Removed ones never are.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// Only of this account.
    pub account: Option<Account>,
    /// Only of these tenants.
    pub tenants: Option<Vec<TenantId>>,
    /// With this in the address or the name, in any case.
    pub search: Option<String>,
}

/// A page of the owner's people in the order of their ids, which is that of their age.
pub async fn list(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    filter: UserFilter,
    page: &PageRequest,
) -> Result<Page<User>, StoreError> {
    let mut list = List::of(select_user!(""))
        .only("owner_id = $?", [owner_text(owner).into()])
        .only("removed_at is null", [])
        .one_of("tenant_id in (select value from json_each($?))", filter.tenants);
    list = match filter.account {
        None => list,
        Some(account) => match account.tenant() {
            None => list.only("tenant_id is null", []),
            Some(tenant_id) => list.only("tenant_id = $?", [tenant_id.to_string().into()]),
        },
    };
    if let Some(search) = filter.search {
        let pattern = anywhere(&search);
        list = list.only(
            "(email_key like $? escape '\\' or lower(name) like $? escape '\\')",
            [pattern.clone().into(), pattern.into()],
        );
    }
    list.page(tx, ("user_id", "user_id"), page).await?.try_map(UserRow::read)
}

/// How many people an account has (USR-09).
pub async fn count(tx: &mut Tx, owner: Account) -> Result<u64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from portal_user
         where owner_id = $1 and coalesce(tenant_id, '') = $2 and removed_at is null",
    )
    .bind(owner_text(owner.partner()))
    .bind(owner.tenant().map_or(String::new(), |it| it.to_string()))
    .fetch_one(conn).await)?;
    Ok(count.unsigned_abs())
}

/// Locks the account's active administrators and counts them, so that two who demote each other
/// do it one after the other.
pub async fn lock_admins(tx: &mut Tx, owner: Account) -> Result<u64, StoreError> {
    let sql = tx.locking(
        "select user_id from portal_user
         where owner_id = $1 and coalesce(tenant_id, '') = $2 and role = $3
           and removed_at is null and password_hash is not null
         order by user_id",
    );
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(owner_text(owner.partner()))
        .bind(owner.tenant().map_or(String::new(), |it| it.to_string()))
        .bind(Role::admin_of(owner.layer()).as_str())
        .fetch_all(conn).await)?;
    Ok(rows.len() as u64)
}

/// Saves what may change of a person, if it still has the version it was read with. A unique
/// violation where the address is taken.
pub async fn save(tx: &mut Tx, owner: Option<PartnerId>, user: &User) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update portal_user
         set email = $4, email_key = $5, name = $6, role = $7, zone = $8, theme = $9,
           verified_at = $10, version = version + 1
         where owner_id = $1 and user_id = $2 and version = $3 and removed_at is null",
    )
    .bind(owner_text(owner))
    .bind(user.user_id.to_string())
    .bind(user.version)
    .bind(user.email.as_str())
    .bind(user.email.key())
    .bind(&user.name)
    .bind(user.role.as_str())
    .bind(user.zone.as_ref().map(Zone::name))
    .bind(user.theme.as_str())
    .bind(user.verified_at.map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the user")
}

/// Removes a person for good, with every secret; `Stale` where that was done before.
pub async fn remove(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update portal_user
         set removed_at = $3, password_hash = null, totp_secret = null, totp_confirmed_at = null,
           totp_step = null, version = version + 1
         where owner_id = $1 and user_id = $2 and removed_at is null",
    )
    .bind(owner_text(owner))
    .bind(user_id.to_string())
    .bind(now.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the user")
}

/// Remembers that a person signed in.
pub async fn note_sign_in(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    user_id: UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update portal_user set last_login_at = $3 where owner_id = $1 and user_id = $2",
    ).bind(owner_text(owner)).bind(user_id.to_string()).bind(now.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}
