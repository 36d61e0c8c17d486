//! What partners chose to do about unpaid invoices, where each tenant stands, and what was done.
//!
//! Decided here: whoever changes what dunning depends on has the tenant looked at again, by setting
//! the instant at which that is due to 0: saving an invoice, writing a payment down and settling it
//! do so themselves, so that nobody can forget it. Whoever looks locks the unpaid invoices first
//! and then the tenant's row here, in the order in which a payment reaches them; what changes
//! meanwhile is looked at once more.

use std::collections::BTreeMap;

use domain::{
    account::Tenant,
    dunning::{DoneStep, PolicyChoices, Promise, Recipient, StepKind},
    ids::{InvoiceId, PartnerId, ProfileId, TenantId},
    invoice::{issued::Invoice, status::InvoiceStatus},
    paging::{Page, PageRequest},
    time::{Day, Timestamp},
};
use sqlx::AssertSqlSafe;

use crate::{
    bulk::Bulk,
    columns::{flag, guarded, id, named, optional_day, optional_instant},
    db::{Tx, json_list, on},
    error::StoreError,
    listing::List,
    tenants::{TenantRow, select_tenant},
};

/// A tenant's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whose.
    pub tenant_id: TenantId,
    /// When it is looked at next.
    pub due_at: Option<Timestamp>,
    /// When it was looked at last.
    pub looked_at: Option<Timestamp>,
    /// The due day of its oldest unpaid invoice, where that is past.
    pub overdue_since: Option<Day>,
    /// Whether somebody has to look at it (DUN-03).
    pub review: bool,
    /// What it promised, and what was noted about that.
    pub promise: Option<(Promise, String)>,
    /// The day on which somebody last ended a suspension for overdue invoices.
    pub reactivated_on: Option<Day>,
}

impl Standing {
    /// Of a tenant that was never late.
    pub const fn of(tenant_id: TenantId) -> Self {
        Self {
            tenant_id,
            due_at: None,
            looked_at: None,
            overdue_since: None,
            review: false,
            promise: None,
            reactivated_on: None,
        }
    }
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    tenant_id: String,
    due_at: Option<i64>,
    looked_at: Option<i64>,
    overdue_since: Option<i64>,
    review: i64,
    promised_on: Option<i64>,
    promised_until: Option<i64>,
    promise_note: String,
    reactivated_on: Option<i64>,
}

impl StandingRow {
    fn read(self) -> Result<Standing, StoreError> {
        let since = optional_day("dunning.promised_on", self.promised_on)?;
        let until = optional_day("dunning.promised_until", self.promised_until)?;
        let promise = since.zip(until).map(|(since, until)| Promise { since, until });
        Ok(Standing {
            tenant_id: id("dunning.tenant_id", &self.tenant_id)?,
            due_at: optional_instant(self.due_at),
            looked_at: optional_instant(self.looked_at),
            overdue_since: optional_day("dunning.overdue_since", self.overdue_since)?,
            review: flag("dunning.review", self.review)?,
            promise: promise.map(|promise| (promise, self.promise_note)),
            reactivated_on: optional_day("dunning.reactivated_on", self.reactivated_on)?,
        })
    }
}

macro_rules! select_standing {
    ($rest:literal) => {
        concat!(
            "select tenant_id, due_at, looked_at, overdue_since, review, promised_on,
               promised_until, promise_note, reactivated_on
             from dunning ",
            $rest
        )
    };
}

/// The earliest instant up to `until` at which a tenant is due, and whose it is.
pub async fn next_due(
    tx: &mut Tx,
    until: Timestamp,
) -> Result<Option<(PartnerId, TenantId, Timestamp)>, StoreError> {
    let row: Option<(String, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, tenant_id, due_at from dunning
         where due_at is not null and due_at <= $1
         order by due_at, partner_id, tenant_id
         limit 1",
    ).bind(until.micros()).fetch_optional(conn).await)?;
    row.map(|(partner, tenant, at)| {
        let owner = (id("dunning.partner_id", &partner)?, id("dunning.tenant_id", &tenant)?);
        Ok((owner.0, owner.1, Timestamp::from_micros(at)))
    })
    .transpose()
}

/// Has a tenant looked at, where it was ever late.
pub async fn wake(
    tx: &mut Tx,
    (partner_id, tenant_id): (PartnerId, TenantId),
) -> Result<(), StoreError> {
    wake_all(tx, partner_id, &[tenant_id]).await
}

/// Has those of these tenants looked at that were ever late.
pub async fn wake_all(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update dunning set due_at = 0
         where partner_id = $1 and tenant_id in (select value from json_each($2))
           and (due_at is null or due_at > 0)",
    ).bind(partner_id.to_string()).bind(json_list(tenants)).execute(conn).await.map(drop))?;
    Ok(())
}

/// Has tenants looked at, whether they were ever late or not.
pub async fn watch(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<(), StoreError> {
    let columns = &["partner_id", "tenant_id", "due_at", "review", "promise_note"];
    let tail = "on conflict (partner_id, tenant_id) do update set due_at = 0
         where dunning.due_at is null or dunning.due_at > 0";
    let mut rows = Bulk::new("dunning", columns, tail);
    for tenant_id in tenants {
        let (partner, tenant) = (partner_id.to_string(), tenant_id.to_string());
        rows.push([partner.into(), tenant.into(), 0.into(), 0.into(), "".into()]);
    }
    rows.insert(tx).await.map(drop)
}

/// Notes that somebody ended a tenant's suspension for overdue invoices on this day, and has the
/// tenant looked at.
pub async fn reactivated(
    tx: &mut Tx,
    (partner_id, tenant_id): (PartnerId, TenantId),
    day: Day,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update dunning set reactivated_on = $3, due_at = 0
         where partner_id = $1 and tenant_id = $2",
    )
    .bind(partner_id.to_string())
    .bind(tenant_id.to_string())
    .bind(day.number())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Has every tenant of the partner looked at that owes something: its policy changed.
pub async fn watch_all(tx: &mut Tx, partner_id: PartnerId) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into dunning (partner_id, tenant_id, due_at, review, promise_note)
           select distinct partner_id, tenant_id, 0, 0, '' from invoice
           where partner_id = $1 and status in ('sent', 'partially_paid', 'overdue')
         on conflict (partner_id, tenant_id) do update set due_at = 0",
    ).bind(partner_id.to_string()).execute(conn).await.map(drop))?;
    Ok(())
}

/// Has the tenant of an invoice looked at that was just saved.
pub(crate) async fn follow_invoice(tx: &mut Tx, invoice: &Invoice) -> Result<(), StoreError> {
    let (partner_id, tenant_id) = (invoice.partner_id, invoice.tenant_id);
    match invoice.status {
        InvoiceStatus::Draft => Ok(()),
        InvoiceStatus::Paid | InvoiceStatus::Cancelled => wake(tx, (partner_id, tenant_id)).await,
        _ => watch(tx, partner_id, &[tenant_id]).await,
    }
}

/// Locks what a tenant owes and its row here until the transaction ends, and reads the row.
pub async fn lock(
    tx: &mut Tx,
    (partner_id, tenant_id): (PartnerId, TenantId),
) -> Result<Option<Standing>, StoreError> {
    let invoices = tx.locking(
        "select invoice_id from invoice
         where partner_id = $1 and tenant_id = $2
           and status in ('sent', 'partially_paid', 'overdue')
         order by invoice_id",
    );
    let _locked: Vec<(String,)> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(invoices))
        .bind(partner_id.to_string()).bind(tenant_id.to_string()).fetch_all(conn).await)?;
    let row = tx.locking(select_standing!("where partner_id = $1 and tenant_id = $2"));
    let row: Option<StandingRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(row))
        .bind(partner_id.to_string()).bind(tenant_id.to_string()).fetch_optional(conn).await)?;
    row.map(StandingRow::read).transpose()
}

/// The rows of these tenants that have one.
pub async fn of_tenants(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<Vec<Standing>, StoreError> {
    let rows: Vec<StandingRow> = on!(tx, conn => sqlx::query_as(select_standing!(
        "where partner_id = $1 and tenant_id in (select value from json_each($2))
         order by tenant_id"
    )).bind(partner_id.to_string()).bind(json_list(tenants)).fetch_all(conn).await)?;
    rows.into_iter().map(StandingRow::read).collect()
}

/// Writes a tenant's row.
pub async fn save(
    tx: &mut Tx,
    partner_id: PartnerId,
    standing: &Standing,
) -> Result<(), StoreError> {
    let promise = standing.promise.as_ref();
    on!(tx, conn => sqlx::query(
        "insert into dunning (partner_id, tenant_id, due_at, looked_at, overdue_since, review,
           promised_on, promised_until, promise_note, reactivated_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (partner_id, tenant_id) do update set
           due_at = excluded.due_at, looked_at = excluded.looked_at,
           overdue_since = excluded.overdue_since, review = excluded.review,
           promised_on = excluded.promised_on, promised_until = excluded.promised_until,
           promise_note = excluded.promise_note, reactivated_on = excluded.reactivated_on",
    )
    .bind(partner_id.to_string())
    .bind(standing.tenant_id.to_string())
    .bind(standing.due_at.map(Timestamp::micros))
    .bind(standing.looked_at.map(Timestamp::micros))
    .bind(standing.overdue_since.map(Day::number))
    .bind(i64::from(standing.review))
    .bind(promise.map(|(promise, _)| promise.since.number()))
    .bind(promise.map(|(promise, _)| promise.until.number()))
    .bind(promise.map_or("", |(_, note)| note))
    .bind(standing.reactivated_on.map(Day::number))
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Which tenants that are late are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LateFilter {
    /// Only these.
    pub tenants: Option<Vec<TenantId>>,
    /// Only those that somebody has to look at.
    pub review_only: bool,
}

/// A page of the partner's tenants that are late, by how long they are.
pub async fn late(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: LateFilter,
    page: &PageRequest,
) -> Result<Page<Standing>, StoreError> {
    List::of(select_standing!(""))
        .only("partner_id = $?", [partner_id.to_string().into()])
        .only("overdue_since is not null", [])
        .one_of("tenant_id in (select value from json_each($?))", filter.tenants)
        .only_if("review = $?", filter.review_only.then_some(1))
        .page::<StandingRow>(tx, ("overdue_since", "tenant_id"), page)
        .await?
        .try_map(StandingRow::read)
}

/// These tenants of the partner, in the order of their ids.
pub async fn tenants(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<Vec<Tenant>, StoreError> {
    let rows: Vec<TenantRow> = on!(tx, conn => sqlx::query_as(select_tenant!(
        "where partner_id = $1 and tenant_id in (select value from json_each($2))
         order by tenant_id"
    )).bind(partner_id.to_string()).bind(json_list(tenants)).fetch_all(conn).await)?;
    rows.into_iter().map(TenantRow::read).collect()
}

/// Flags those of these invoices of a partner that are not flagged yet.
pub async fn flag_invoices(
    tx: &mut Tx,
    partner_id: PartnerId,
    (invoices, at): (&[InvoiceId], Timestamp),
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update invoice set flagged_at = $3, version = version + 1
         where partner_id = $1 and invoice_id in (select value from json_each($2))
           and flagged_at is null",
    )
    .bind(partner_id.to_string())
    .bind(json_list(invoices))
    .bind(at.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Notes steps of a tenant.
pub async fn note(
    tx: &mut Tx,
    (partner_id, tenant_id): (PartnerId, TenantId),
    steps: &[DoneStep],
) -> Result<(), StoreError> {
    let columns = &["partner_id", "tenant_id", "invoice_id", "step", "at", "told"];
    let tail = "on conflict (partner_id, tenant_id, invoice_id, step, at) do nothing";
    let mut rows = Bulk::new("dunning_step", columns, tail);
    for step in steps {
        rows.push([
            partner_id.to_string().into(),
            tenant_id.to_string().into(),
            step.invoice_id.to_string().into(),
            step.kind.text().into(),
            step.at.micros().into(),
            json_list(step.told.iter().map(|it| it.as_str())).into(),
        ]);
    }
    rows.insert(tx).await.map(drop)
}

/// What was done about these invoices of a partner's tenants, in the order of time.
pub async fn steps_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    (tenants, invoices): (&[TenantId], &[InvoiceId]),
) -> Result<Vec<(TenantId, DoneStep)>, StoreError> {
    let rows: Vec<(String, String, String, i64, String)> = on!(tx, conn => sqlx::query_as(
        "select tenant_id, invoice_id, step, at, told from dunning_step
         where partner_id = $1 and tenant_id in (select value from json_each($2))
           and invoice_id in (select value from json_each($3))
         order by at, tenant_id, invoice_id, step",
    )
    .bind(partner_id.to_string())
    .bind(json_list(tenants))
    .bind(json_list(invoices))
    .fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(tenant, invoice, step, at, told)| {
            let names: Vec<String> = serde_json::from_str(&told)
                .map_err(|_| StoreError::corrupt("dunning_step.told", &told))?;
            let told = names.iter().map(|name| named("dunning_step.told", name, Recipient::parse));
            let step = DoneStep {
                kind: named("dunning_step.step", &step, StepKind::parse)?,
                invoice_id: id("dunning_step.invoice_id", &invoice)?,
                at: Timestamp::from_micros(at),
                told: told.collect::<Result<_, _>>()?,
            };
            Ok((id("dunning_step.tenant_id", &tenant)?, step))
        })
        .collect()
}

/// All that the partner chose, with the version of each choice: under `None` for all tenants,
/// under a profile for those on it.
pub async fn choices(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<BTreeMap<Option<ProfileId>, (PolicyChoices, i64)>, StoreError> {
    let rows: Vec<(String, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select profile_id, choices, version from dunning_policy where partner_id = $1",
    ).bind(partner_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(profile, text, version)| {
            let profile_id = match profile.as_str() {
                "" => None,
                profile => Some(id("dunning_policy.profile_id", profile)?),
            };
            let choices = serde_json::from_str(&text)
                .map_err(|_| StoreError::corrupt("dunning_policy.choices", &text))?;
            Ok((profile_id, (choices, version)))
        })
        .collect()
}

/// Saves what was chosen, if it still has the version it was read with: 1 where nothing was.
pub async fn save_choices(
    tx: &mut Tx,
    (partner_id, profile_id): (PartnerId, Option<ProfileId>),
    (choices, seen): (&PolicyChoices, i64),
) -> Result<(), StoreError> {
    let text = serde_json::to_string(choices).expect("plain values are JSON");
    let saved = on!(tx, conn => sqlx::query(
        "insert into dunning_policy (partner_id, profile_id, choices, version)
         values ($1, $2, $3, $4 + 1)
         on conflict (partner_id, profile_id) do update set
           choices = excluded.choices, version = excluded.version
         where dunning_policy.version = $4",
    )
    .bind(partner_id.to_string())
    .bind(profile_id.map_or(String::new(), |id| id.to_string()))
    .bind(text)
    .bind(seen)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the dunning policy")
}

/// Forgets what was chosen for a profile that goes.
pub(crate) async fn forget_choices(
    tx: &mut Tx,
    partner_id: PartnerId,
    profile_id: ProfileId,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "delete from dunning_policy where partner_id = $1 and profile_id = $2",
    ).bind(partner_id.to_string()).bind(profile_id.to_string()).execute(conn).await.map(drop))?;
    Ok(())
}
