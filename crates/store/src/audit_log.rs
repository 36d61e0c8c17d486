//! The audit log: who changed what, when, from where (ruling 26).
//!
//! Decided here: an entry is written by the transaction that makes the change and is never edited
//! or removed. Before and after are JSON texts without secrets; what is in them is the writer's
//! business.

use domain::{
    ids::{AuditEntryId, PartnerId, TenantId},
    paging::{Page, PageRequest},
    time::Timestamp,
};

use crate::{
    columns::{id, optional_id},
    db::{OPERATOR, Tx, on, owner_text},
    error::StoreError,
    listing::List,
};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Whose log: a partner's, or the operator's.
    pub owner: Option<PartnerId>,
    /// Its id.
    pub entry_id: AuditEntryId,
    /// When.
    pub at: Timestamp,
    /// The tenant it is about, where there is one.
    pub tenant_id: Option<TenantId>,
    /// `api_key`, `user`, `command` or `system`.
    pub actor_kind: String,
    /// The actor's id.
    pub actor_id: String,
    /// The actor's name at that time.
    pub actor_name: String,
    /// What was done: `tenant.suspend`.
    pub action: String,
    /// To what.
    pub object_id: String,
    /// How it was, as JSON; absent where it is new.
    pub before: Option<String>,
    /// How it is, as JSON; absent where it is gone.
    pub after: Option<String>,
    /// The request that did it; empty where there was none.
    pub request_id: String,
    /// From which address; empty where there was none.
    pub ip: String,
}

/// Which entries are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// By this actor.
    pub actor_id: Option<String>,
    /// About this tenant.
    pub tenant_id: Option<TenantId>,
    /// Only about these tenants.
    pub tenants: Option<Vec<TenantId>>,
    /// This action.
    pub action: Option<String>,
    /// To this object.
    pub object_id: Option<String>,
    /// By this request.
    pub request_id: Option<String>,
    /// From then on.
    pub since: Option<Timestamp>,
    /// Until then, exclusive.
    pub until: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    owner_id: String,
    entry_id: String,
    at: i64,
    tenant_id: Option<String>,
    actor_kind: String,
    actor_id: String,
    actor_name: String,
    action: String,
    object_id: String,
    before: Option<String>,
    after: Option<String>,
    request_id: String,
    ip: String,
}

impl EntryRow {
    fn read(self) -> Result<AuditEntry, StoreError> {
        let owner = match self.owner_id.as_str() {
            OPERATOR => None,
            partner => Some(id("audit_entry.owner_id", partner)?),
        };
        Ok(AuditEntry {
            owner,
            entry_id: id("audit_entry.entry_id", &self.entry_id)?,
            at: Timestamp::from_micros(self.at),
            tenant_id: optional_id("audit_entry.tenant_id", self.tenant_id.as_deref())?,
            actor_kind: self.actor_kind,
            actor_id: self.actor_id,
            actor_name: self.actor_name,
            action: self.action,
            object_id: self.object_id,
            before: self.before,
            after: self.after,
            request_id: self.request_id,
            ip: self.ip,
        })
    }
}

/// Adds an entry.
pub async fn append(tx: &mut Tx, entry: &AuditEntry) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into audit_entry (owner_id, entry_id, at, tenant_id, actor_kind, actor_id,
           actor_name, action, object_id, before, after, request_id, ip)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(owner_text(entry.owner))
    .bind(entry.entry_id.to_string())
    .bind(entry.at.micros())
    .bind(entry.tenant_id.map(|tenant_id| tenant_id.to_string()))
    .bind(&entry.actor_kind)
    .bind(&entry.actor_id)
    .bind(&entry.actor_name)
    .bind(&entry.action)
    .bind(&entry.object_id)
    .bind(entry.before.as_deref())
    .bind(entry.after.as_deref())
    .bind(&entry.request_id)
    .bind(&entry.ip)
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// A page of the owner's entries in the order of their ids, which is that of time.
pub async fn list(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    filter: AuditFilter,
    page: &PageRequest,
) -> Result<Page<AuditEntry>, StoreError> {
    let list = List::of(
        "select owner_id, entry_id, at, tenant_id, actor_kind, actor_id, actor_name, action,
           object_id, before, after, request_id, ip
         from audit_entry",
    )
    .only("owner_id = $?", [owner_text(owner).into()])
    .only_if("tenant_id = $?", filter.tenant_id.map(|it| it.to_string()))
    .one_of("tenant_id in (select value from json_each($?))", filter.tenants)
    .only_if("actor_id = $?", filter.actor_id)
    .only_if("action = $?", filter.action)
    .only_if("object_id = $?", filter.object_id)
    .only_if("request_id = $?", filter.request_id)
    .only_if("at >= $?", filter.since.map(Timestamp::micros))
    .only_if("at < $?", filter.until.map(Timestamp::micros));
    list.page(tx, ("entry_id", "entry_id"), page).await?.try_map(EntryRow::read)
}
