//! Wishes to save payment methods, and the processor's customers that they are saved for.
//!
//! Decided here: an owner has one customer per account, whoever is first; a wish is found by its
//! own id or by the processor's.

use domain::{
    ids::{MethodId, PartnerId, SetupId, TenantId},
    processor::{AccountContext, MethodKind},
    time::Timestamp,
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{guarded, id, named, optional_id},
    db::{Tx, on},
    error::StoreError,
};

/// Where a wish to save a method stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupState {
    /// Written down; the processor was perhaps not asked.
    Begun,
    /// The processor waits for the payer.
    Waiting,
    /// A bank account waits for its owner to name two amounts.
    Verifying,
    /// The method is saved.
    Succeeded,
    /// It never will be.
    Failed,
}

impl SetupState {
    const ALL: [Self; 5] =
        [Self::Begun, Self::Waiting, Self::Verifying, Self::Succeeded, Self::Failed];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Waiting => "waiting",
            Self::Verifying => "verifying",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
    /// Whether nothing changes any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed)
    }
}

/// A wish to save a method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodSetup {
    /// Whose.
    pub partner_id: PartnerId,
    /// Its id.
    pub setup_id: SetupId,
    /// For this tenant; for the partner itself where there is none.
    pub tenant_id: Option<TenantId>,
    /// On whose account.
    pub context: AccountContext,
    /// Card or bank account.
    pub kind: MethodKind,
    /// The processor's customer, once there is one.
    pub customer: Option<String>,
    /// The processor's id, once it was asked.
    pub reference: Option<String>,
    /// Where it stands.
    pub state: SetupState,
    /// Why it failed.
    pub failure: Option<String>,
    /// The id of the method that it saves.
    pub method_id: MethodId,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Counts its changes.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct SetupRow {
    partner_id: String,
    setup_id: String,
    tenant_id: Option<String>,
    context: String,
    kind: String,
    customer: Option<String>,
    reference: Option<String>,
    status: String,
    failure: Option<String>,
    method_id: String,
    created_at: i64,
    version: i64,
}

impl SetupRow {
    fn read(self) -> Result<MethodSetup, StoreError> {
        let corrupt = |_| StoreError::corrupt("method_setup.context", &self.context);
        Ok(MethodSetup {
            context: self.context.parse().map_err(corrupt)?,
            partner_id: id("method_setup.partner_id", &self.partner_id)?,
            setup_id: id("method_setup.setup_id", &self.setup_id)?,
            tenant_id: optional_id("method_setup.tenant_id", self.tenant_id.as_deref())?,
            kind: named("method_setup.kind", &self.kind, MethodKind::parse)?,
            customer: self.customer,
            reference: self.reference,
            state: named("method_setup.status", &self.status, SetupState::parse)?,
            failure: self.failure,
            method_id: id("method_setup.method_id", &self.method_id)?,
            created_at: Timestamp::from_micros(self.created_at),
            version: self.version,
        })
    }
}

/// Writes a wish down.
pub async fn insert(tx: &mut Tx, setup: &MethodSetup) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into method_setup
           (partner_id, setup_id, tenant_id, context, kind, customer, reference, status, failure,
            method_id, created_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(setup.partner_id.to_string())
    .bind(setup.setup_id.to_string())
    .bind(setup.tenant_id.map(|it| it.to_string()))
    .bind(setup.context.to_string())
    .bind(setup.kind.as_str())
    .bind(setup.customer.as_deref())
    .bind(setup.reference.as_deref())
    .bind(setup.state.as_str())
    .bind(setup.failure.as_deref())
    .bind(setup.method_id.to_string())
    .bind(setup.created_at.micros())
    .bind(setup.version)
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Saves what changes of a wish, if it still has its version.
pub async fn save(tx: &mut Tx, setup: &MethodSetup) -> Result<(), StoreError> {
    let done = on!(tx, conn => sqlx::query(
        "update method_setup
         set customer = $4, reference = $5, status = $6, failure = $7, version = $3 + 1
         where partner_id = $1 and setup_id = $2 and version = $3",
    )
    .bind(setup.partner_id.to_string())
    .bind(setup.setup_id.to_string())
    .bind(setup.version)
    .bind(setup.customer.as_deref())
    .bind(setup.reference.as_deref())
    .bind(setup.state.as_str())
    .bind(setup.failure.as_deref())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(done, "the payment method's setup")
}

const BY_ID: &str = "select * from method_setup where partner_id = $1 and setup_id = $2";
const BY_METHOD: &str = "select * from method_setup where partner_id = $1 and method_id = $2";

async fn read(
    tx: &mut Tx,
    (partner_id, id): (PartnerId, String),
    sql: String,
) -> Result<Option<MethodSetup>, StoreError> {
    let row: Option<SetupRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string()).bind(id).fetch_optional(conn).await)?;
    row.map(SetupRow::read).transpose()
}

/// The partner's wish with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    setup_id: SetupId,
) -> Result<Option<MethodSetup>, StoreError> {
    read(tx, (partner_id, setup_id.to_string()), BY_ID.to_owned()).await
}

/// The same, locked until the transaction ends.
pub async fn find_locked(
    tx: &mut Tx,
    partner_id: PartnerId,
    setup_id: SetupId,
) -> Result<Option<MethodSetup>, StoreError> {
    let sql = tx.locking(BY_ID);
    read(tx, (partner_id, setup_id.to_string()), sql).await
}

/// The wish that saves this method.
pub async fn of_method(
    tx: &mut Tx,
    partner_id: PartnerId,
    method_id: MethodId,
) -> Result<Option<MethodSetup>, StoreError> {
    read(tx, (partner_id, method_id.to_string()), BY_METHOD.to_owned()).await
}

/// Whose the wish with this reference of the processor is, on this account.
pub async fn find_by_reference(
    tx: &mut Tx,
    context: &AccountContext,
    reference: &str,
) -> Result<Option<MethodSetup>, StoreError> {
    let row: Option<SetupRow> = on!(tx, conn => sqlx::query_as(
        "select * from method_setup where context = $1 and reference = $2",
    ).bind(context.to_string()).bind(reference).fetch_optional(conn).await)?;
    row.map(SetupRow::read).transpose()
}

/// The processor's customer of an owner on an account.
pub async fn customer(
    tx: &mut Tx,
    (partner_id, owner): (PartnerId, Option<TenantId>),
    context: &AccountContext,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "select reference from processor_customer
         where partner_id = $1 and owner = $2 and context = $3",
    )
    .bind(partner_id.to_string())
    .bind(owner.map(|it| it.to_string()).unwrap_or_default())
    .bind(context.to_string())
    .fetch_optional(conn).await)?;
    Ok(row.map(|(reference,)| reference))
}

/// Keeps the customer of an owner on an account, unless there is one.
pub async fn keep_customer(
    tx: &mut Tx,
    (partner_id, owner): (PartnerId, Option<TenantId>),
    (context, reference): (&AccountContext, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into processor_customer (partner_id, owner, context, reference, created_at)
         values ($1, $2, $3, $4, $5)
         on conflict (partner_id, owner, context) do nothing",
    )
    .bind(partner_id.to_string())
    .bind(owner.map(|it| it.to_string()).unwrap_or_default())
    .bind(context.to_string())
    .bind(reference)
    .bind(now.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Forgets a customer of the processor, whoever's it is.
pub async fn forget_customer(
    tx: &mut Tx,
    context: &AccountContext,
    reference: &str,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "delete from processor_customer where context = $1 and reference = $2",
    ).bind(context.to_string()).bind(reference).execute(conn).await.map(drop))?;
    Ok(())
}

/// The customer for which an owner last began to save a method on an account.
pub async fn last_customer(
    tx: &mut Tx,
    (partner_id, owner): (PartnerId, Option<TenantId>),
    context: &AccountContext,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "select customer from method_setup
         where partner_id = $1 and coalesce(tenant_id, '') = $2 and context = $3
           and customer is not null
         order by setup_id desc
         limit 1",
    )
    .bind(partner_id.to_string())
    .bind(owner.map(|it| it.to_string()).unwrap_or_default())
    .bind(context.to_string())
    .fetch_optional(conn).await)?;
    Ok(row.map(|(customer,)| customer))
}
