//! On whose account of the payment processor a partner's tenants pay, and what that rests on.
//!
//! Decided here: whatever is saved was read with its version before; somebody else's change in
//! between is an error, never overwritten.

use domain::{
    ids::PartnerId,
    processor::{AccountContext, ConnectState, KeysState, ProcessorAccount, ProcessorMode},
    time::Timestamp,
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{guarded, id, named, optional_instant},
    db::{Tx, on},
    error::StoreError,
};

/// A partner's way of being paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processing {
    /// The mode that was chosen.
    pub mode: ProcessorMode,
    /// Where new charges go; the platform as long as a connected account was never ready.
    pub context: AccountContext,
    /// Counts its changes; 0 where nothing was ever chosen.
    pub version: i64,
}

/// How a partner is paid. Platform mode where nothing was chosen (STR-01).
pub async fn of(tx: &mut Tx, partner_id: PartnerId) -> Result<Processing, StoreError> {
    let row: Option<(String, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select mode, context, version from processor where partner_id = $1",
    ).bind(partner_id.to_string()).fetch_optional(conn).await)?;
    let Some((mode, context, version)) = row else {
        let (mode, context) = (ProcessorMode::Platform, AccountContext::Platform);
        return Ok(Processing { mode, context, version: 0 });
    };
    let corrupt = |_| StoreError::corrupt("processor.context", &context);
    Ok(Processing {
        mode: named("processor.mode", &mode, ProcessorMode::parse)?,
        context: context.parse().map_err(corrupt)?,
        version,
    })
}

/// Chooses a mode and where new charges go, if the choice still has version `seen`.
pub async fn save(
    tx: &mut Tx,
    partner_id: PartnerId,
    processing: &Processing,
) -> Result<(), StoreError> {
    let done = on!(tx, conn => sqlx::query(
        "insert into processor (partner_id, mode, context, version) values ($1, $2, $3, $4 + 1)
         on conflict (partner_id) do update
           set mode = $2, context = $3, version = $4 + 1
           where processor.version = $4",
    )
    .bind(partner_id.to_string())
    .bind(processing.mode.as_str())
    .bind(processing.context.to_string())
    .bind(processing.version)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(done, "the payment processor")
}

/// A partner's account that is reached through the operator's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectedAccount {
    /// Whose.
    pub partner_id: PartnerId,
    /// The processor's id.
    pub account: ProcessorAccount,
    /// Where it stands.
    pub state: ConnectState,
    /// Whether it can be charged on.
    pub charges_enabled: bool,
    /// Whether the processor pays out to its bank account.
    pub payouts_enabled: bool,
    /// Whether the form was finished.
    pub details_submitted: bool,
    /// What the processor wants to know now.
    pub currently_due: Vec<String>,
    /// Why it is disabled.
    pub disabled_reason: Option<String>,
    /// What its statements show.
    pub descriptor: Option<String>,
    /// When it was ready for the first time.
    pub ready_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the processor last told of it.
    pub told_at: Timestamp,
    /// Counts its changes.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct ConnectedRow {
    partner_id: String,
    account: String,
    state: String,
    charges_enabled: i64,
    payouts_enabled: i64,
    details_submitted: i64,
    currently_due: String,
    disabled_reason: Option<String>,
    descriptor: Option<String>,
    ready_at: Option<i64>,
    created_at: i64,
    told_at: i64,
    version: i64,
}

fn account(column: &'static str, text: &str) -> Result<ProcessorAccount, StoreError> {
    ProcessorAccount::parse(text).map_err(|_| StoreError::corrupt(column, text))
}

impl ConnectedRow {
    fn read(self) -> Result<ConnectedAccount, StoreError> {
        let due = serde_json::from_str(&self.currently_due)
            .map_err(|_| StoreError::corrupt("connected_account.currently_due", "no list"))?;
        Ok(ConnectedAccount {
            partner_id: id("connected_account.partner_id", &self.partner_id)?,
            account: account("connected_account.account", &self.account)?,
            state: named("connected_account.state", &self.state, ConnectState::parse)?,
            charges_enabled: self.charges_enabled == 1,
            payouts_enabled: self.payouts_enabled == 1,
            details_submitted: self.details_submitted == 1,
            currently_due: due,
            disabled_reason: self.disabled_reason,
            descriptor: self.descriptor,
            ready_at: optional_instant(self.ready_at),
            created_at: Timestamp::from_micros(self.created_at),
            told_at: Timestamp::from_micros(self.told_at),
            version: self.version,
        })
    }
}

const SELECT_CONNECTED: &str = "select * from connected_account where partner_id = $1";

async fn read_connected(
    tx: &mut Tx,
    (partner_id, sql): (PartnerId, String),
) -> Result<Option<ConnectedAccount>, StoreError> {
    let row: Option<ConnectedRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string()).fetch_optional(conn).await)?;
    row.map(ConnectedRow::read).transpose()
}

/// The partner's connected account.
pub async fn connected(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Option<ConnectedAccount>, StoreError> {
    read_connected(tx, (partner_id, SELECT_CONNECTED.to_owned())).await
}

/// The same, locked until the transaction ends.
pub async fn connected_locked(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Option<ConnectedAccount>, StoreError> {
    let sql = tx.locking(SELECT_CONNECTED);
    read_connected(tx, (partner_id, sql)).await
}

/// The connected account with this id, whoever's it is.
pub async fn connected_with(
    tx: &mut Tx,
    account: &ProcessorAccount,
) -> Result<Option<ConnectedAccount>, StoreError> {
    let row: Option<ConnectedRow> = on!(tx, conn => sqlx::query_as(
        "select * from connected_account where account = $1",
    ).bind(account.as_str()).fetch_optional(conn).await)?;
    row.map(ConnectedRow::read).transpose()
}

/// Keeps a connected account in the place of one that was read with its version; version 0 where
/// there was none.
pub async fn save_connected(tx: &mut Tx, it: &ConnectedAccount) -> Result<(), StoreError> {
    let due = serde_json::to_string(&it.currently_due).expect("texts are JSON");
    let done = on!(tx, conn => sqlx::query(
        "insert into connected_account
           (partner_id, account, state, charges_enabled, payouts_enabled, details_submitted,
            currently_due, disabled_reason, descriptor, ready_at, created_at, told_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 + 1)
         on conflict (partner_id) do update
           set account = $2, state = $3, charges_enabled = $4, payouts_enabled = $5,
             details_submitted = $6, currently_due = $7, disabled_reason = $8, descriptor = $9,
             ready_at = $10, created_at = $11, told_at = $12, version = $13 + 1
           where connected_account.version = $13",
    )
    .bind(it.partner_id.to_string())
    .bind(it.account.as_str())
    .bind(it.state.as_str())
    .bind(i64::from(it.charges_enabled))
    .bind(i64::from(it.payouts_enabled))
    .bind(i64::from(it.details_submitted))
    .bind(due)
    .bind(it.disabled_reason.as_deref())
    .bind(it.descriptor.as_deref())
    .bind(it.ready_at.map(Timestamp::micros))
    .bind(it.created_at.micros())
    .bind(it.told_at.micros())
    .bind(it.version)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(done, "the connected account")
}

/// A partner's own keys; the secret ones sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomKeys {
    /// Whose.
    pub partner_id: PartnerId,
    /// The account that they open.
    pub account: ProcessorAccount,
    /// The secret key.
    pub sealed_key: Vec<u8>,
    /// What may be shown of it.
    pub last_four: String,
    /// For browsers.
    pub publishable_key: String,
    /// Whether they move real money.
    pub is_live: bool,
    /// Whether the processor accepts them.
    pub state: KeysState,
    /// Our endpoint there: the processor's id, and the sealed secret.
    pub endpoint: Option<(String, Vec<u8>)>,
    /// When they were saved.
    pub saved_at: Timestamp,
    /// Counts their changes.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct KeysRow {
    partner_id: String,
    account: String,
    sealed_key: Vec<u8>,
    last_four: String,
    publishable_key: String,
    is_live: i64,
    state: String,
    endpoint: Option<String>,
    sealed_endpoint_secret: Option<Vec<u8>>,
    saved_at: i64,
    version: i64,
}

impl KeysRow {
    fn read(self) -> Result<CustomKeys, StoreError> {
        Ok(CustomKeys {
            partner_id: id("custom_keys.partner_id", &self.partner_id)?,
            account: account("custom_keys.account", &self.account)?,
            sealed_key: self.sealed_key,
            last_four: self.last_four,
            publishable_key: self.publishable_key,
            is_live: self.is_live == 1,
            state: named("custom_keys.state", &self.state, KeysState::parse)?,
            endpoint: self.endpoint.zip(self.sealed_endpoint_secret),
            saved_at: Timestamp::from_micros(self.saved_at),
            version: self.version,
        })
    }
}

const SELECT_KEYS: &str = "select * from custom_keys where partner_id = $1";

async fn read_keys(
    tx: &mut Tx,
    (partner_id, sql): (PartnerId, String),
) -> Result<Option<CustomKeys>, StoreError> {
    let row: Option<KeysRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string()).fetch_optional(conn).await)?;
    row.map(KeysRow::read).transpose()
}

/// The partner's own keys.
pub async fn keys(tx: &mut Tx, partner_id: PartnerId) -> Result<Option<CustomKeys>, StoreError> {
    read_keys(tx, (partner_id, SELECT_KEYS.to_owned())).await
}

/// The same, locked until the transaction ends.
pub async fn keys_locked(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Option<CustomKeys>, StoreError> {
    let sql = tx.locking(SELECT_KEYS);
    read_keys(tx, (partner_id, sql)).await
}

/// The keys that open this account, whoever's they are.
pub async fn keys_of_account(
    tx: &mut Tx,
    account: &ProcessorAccount,
) -> Result<Option<CustomKeys>, StoreError> {
    let row: Option<KeysRow> = on!(tx, conn => sqlx::query_as(
        "select * from custom_keys where account = $1",
    ).bind(account.as_str()).fetch_optional(conn).await)?;
    row.map(KeysRow::read).transpose()
}

/// Keeps keys in the place of those that were read with their version; version 0 where there were
/// none.
pub async fn save_keys(tx: &mut Tx, it: &CustomKeys) -> Result<(), StoreError> {
    let (endpoint, secret) = it.endpoint.clone().unzip();
    let done = on!(tx, conn => sqlx::query(
        "insert into custom_keys
           (partner_id, account, sealed_key, last_four, publishable_key, is_live, state, endpoint,
            sealed_endpoint_secret, saved_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 + 1)
         on conflict (partner_id) do update
           set account = $2, sealed_key = $3, last_four = $4, publishable_key = $5, is_live = $6,
             state = $7, endpoint = $8, sealed_endpoint_secret = $9, saved_at = $10,
             version = $11 + 1
           where custom_keys.version = $11",
    )
    .bind(it.partner_id.to_string())
    .bind(it.account.as_str())
    .bind(&it.sealed_key)
    .bind(&it.last_four)
    .bind(&it.publishable_key)
    .bind(i64::from(it.is_live))
    .bind(it.state.as_str())
    .bind(endpoint)
    .bind(secret)
    .bind(it.saved_at.micros())
    .bind(it.version)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(done, "the keys")
}

/// Forgets the partner's keys, their ciphertext included (STR-26).
pub async fn delete_keys(tx: &mut Tx, partner_id: PartnerId) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query("delete from custom_keys where partner_id = $1")
        .bind(partner_id.to_string()).execute(conn).await.map(drop))?;
    Ok(())
}
