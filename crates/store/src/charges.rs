//! One-time, recurring and metered charges of tenants, and reported usage (PRO-22, ruling 15).
//!
//! Decided here: a one-time charge names the one invoice that carries it, set once; the same usage
//! report counts once.

use domain::{
    account::{Charge, ChargeKind},
    ids::{ChargeId, InvoiceId, PartnerId, TenantId},
    money::{Currency, Micros, Nanos},
    paging::{Page, PageRequest},
    time::{Span, Timestamp},
};

use crate::{
    columns::{after, currency, flag, guarded, id, named, optional_id, optional_instant},
    db::{Tx, json_list, on},
    error::StoreError,
    listing::List,
};

const fn kind_text(kind: ChargeKind) -> &'static str {
    match kind {
        ChargeKind::OneTime => "one_time",
        ChargeKind::Recurring => "recurring",
        ChargeKind::Metered => "metered",
    }
}

fn parse_kind(text: &str) -> Option<ChargeKind> {
    let all = [ChargeKind::OneTime, ChargeKind::Recurring, ChargeKind::Metered];
    all.into_iter().find(|kind| kind_text(*kind) == text)
}

#[derive(sqlx::FromRow)]
struct ChargeRow {
    charge_id: String,
    tenant_id: String,
    kind: String,
    description: String,
    quantity_micros: i64,
    unit_price_nanos: i64,
    taxable: i64,
    starts_at: i64,
    ends_at: Option<i64>,
}

impl ChargeRow {
    fn read(self) -> Result<Charge, StoreError> {
        Ok(Charge {
            charge_id: id("charge.charge_id", &self.charge_id)?,
            tenant_id: id("charge.tenant_id", &self.tenant_id)?,
            kind: named("charge.kind", &self.kind, parse_kind)?,
            description: self.description,
            quantity: Micros::new(self.quantity_micros),
            unit_price: Nanos::new(self.unit_price_nanos),
            taxable: flag("charge.taxable", self.taxable)?,
            starts_at: Timestamp::from_micros(self.starts_at),
            ends_at: optional_instant(self.ends_at),
        })
    }
}

/// Adds a charge to a tenant.
pub async fn insert(
    tx: &mut Tx,
    partner_id: PartnerId,
    charge: &Charge,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into charge
           (partner_id, charge_id, tenant_id, kind, description, quantity_micros,
            unit_price_nanos, taxable, starts_at, ends_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(partner_id.to_string())
    .bind(charge.charge_id.to_string())
    .bind(charge.tenant_id.to_string())
    .bind(kind_text(charge.kind))
    .bind(&charge.description)
    .bind(charge.quantity.get())
    .bind(charge.unit_price.get())
    .bind(i64::from(charge.taxable))
    .bind(charge.starts_at.micros())
    .bind(charge.ends_at.map(Timestamp::micros))
    .bind(now.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The partner's charge with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    charge_id: ChargeId,
) -> Result<Option<Charge>, StoreError> {
    let row: Option<ChargeRow> = on!(tx, conn => sqlx::query_as(
        "select charge_id, tenant_id, kind, description, quantity_micros, unit_price_nanos,
           taxable, starts_at, ends_at
         from charge
         where partner_id = $1 and charge_id = $2",
    ).bind(partner_id.to_string()).bind(charge_id.to_string()).fetch_optional(conn).await)?;
    row.map(ChargeRow::read).transpose()
}

/// Up to `limit` charges of a tenant after `last`, in the order of their ids.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    (tenant_id, last): (TenantId, Option<ChargeId>),
    limit: i64,
) -> Result<Vec<Charge>, StoreError> {
    let rows: Vec<ChargeRow> = on!(tx, conn => sqlx::query_as(
        "select charge_id, tenant_id, kind, description, quantity_micros, unit_price_nanos,
           taxable, starts_at, ends_at
         from charge
         where partner_id = $1 and tenant_id = $2 and charge_id > $3
         order by charge_id
         limit $4",
    )
    .bind(partner_id.to_string())
    .bind(tenant_id.to_string())
    .bind(after(last))
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.into_iter().map(ChargeRow::read).collect()
}

/// A charge and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCharge {
    /// The charge.
    pub charge: Charge,
    /// Its tenant's currency.
    pub currency: Currency,
    /// The invoice that carries it, of a one-time charge.
    pub invoice_id: Option<InvoiceId>,
    /// When it was added.
    pub created_at: Timestamp,
    /// Grows with each change.
    pub version: i64,
}

/// Which charges are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeFilter {
    /// How they repeat.
    pub kind: ChargeKind,
    /// Only of these tenants.
    pub tenants: Option<Vec<TenantId>>,
    /// Only of this tenant.
    pub tenant_id: Option<TenantId>,
    /// Only those that are on an invoice, or only those that are not.
    pub on_invoice: Option<bool>,
    /// Only those that have an end, or only those that have none.
    pub has_end: Option<bool>,
}

#[derive(sqlx::FromRow)]
struct KeptRow {
    #[sqlx(flatten)]
    charge: ChargeRow,
    currency: String,
    invoice_id: Option<String>,
    created_at: i64,
    version: i64,
}

impl KeptRow {
    fn read(self) -> Result<KeptCharge, StoreError> {
        Ok(KeptCharge {
            charge: self.charge.read()?,
            currency: currency("tenant.currency", &self.currency)?,
            invoice_id: optional_id("charge.invoice_id", self.invoice_id.as_deref())?,
            created_at: Timestamp::from_micros(self.created_at),
            version: self.version,
        })
    }
}

/// The text of `select` for kept charges, with what follows the join.
macro_rules! select_kept {
    ($rest:literal) => {
        concat!(
            "select charge.charge_id, charge.tenant_id, charge.kind, charge.description,
               charge.quantity_micros, charge.unit_price_nanos, charge.taxable,
               charge.starts_at, charge.ends_at, charge.invoice_id, charge.created_at,
               charge.version,
               tenant.currency
             from charge
             join tenant on tenant.partner_id = charge.partner_id
               and tenant.tenant_id = charge.tenant_id ",
            $rest
        )
    };
}

/// The partner's charge with this id, and what became of it.
pub async fn kept(
    tx: &mut Tx,
    partner_id: PartnerId,
    charge_id: ChargeId,
) -> Result<Option<KeptCharge>, StoreError> {
    let row: Option<KeptRow> = on!(tx, conn => sqlx::query_as(
        select_kept!("where charge.partner_id = $1 and charge.charge_id = $2"),
    ).bind(partner_id.to_string()).bind(charge_id.to_string()).fetch_optional(conn).await)?;
    row.map(KeptRow::read).transpose()
}

/// A page of charges, in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: ChargeFilter,
    page: &PageRequest,
) -> Result<Page<KeptCharge>, StoreError> {
    let is_set = |wanted: Option<bool>| wanted.map(i64::from);
    let list = List::of(select_kept!(""))
        .only("charge.partner_id = $?", [partner_id.to_string().into()])
        .only("charge.kind = $?", [kind_text(filter.kind).into()])
        .one_of("charge.tenant_id in (select value from json_each($?))", filter.tenants)
        .only_if("charge.tenant_id = $?", filter.tenant_id.map(|it| it.to_string()))
        .only_if(
            "case when charge.invoice_id is null then 0 else 1 end = $?",
            is_set(filter.on_invoice),
        )
        .only_if("case when charge.ends_at is null then 0 else 1 end = $?", is_set(filter.has_end));
    let id = "charge.charge_id";
    list.page(tx, (id, id), page).await?.try_map(KeptRow::read)
}

/// Saves what an edit changes of a charge, if it still has version `seen` and is on no invoice.
pub async fn update(
    tx: &mut Tx,
    partner_id: PartnerId,
    (charge, seen): (&Charge, i64),
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update charge
         set description = $4, quantity_micros = $5, unit_price_nanos = $6, taxable = $7,
           starts_at = $8, ends_at = $9, version = version + 1
         where partner_id = $1 and charge_id = $2 and version = $3 and invoice_id is null",
    )
    .bind(partner_id.to_string())
    .bind(charge.charge_id.to_string())
    .bind(seen)
    .bind(&charge.description)
    .bind(charge.quantity.get())
    .bind(charge.unit_price.get())
    .bind(i64::from(charge.taxable))
    .bind(charge.starts_at.micros())
    .bind(charge.ends_at.map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the charge")
}

/// Ends a charge at `at`; `Stale` where it has an end already or an invoice carries it.
pub async fn end(
    tx: &mut Tx,
    partner_id: PartnerId,
    charge_id: ChargeId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let ended = on!(tx, conn => sqlx::query(
        "update charge set ends_at = $3, version = version + 1
         where partner_id = $1 and charge_id = $2 and ends_at is null and invoice_id is null",
    )
    .bind(partner_id.to_string())
    .bind(charge_id.to_string())
    .bind(at.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(ended, "the charge")
}

/// What an invoice over `span` carries for these tenants, in the order of tenant and id: one-time
/// charges that began before its end, are not withdrawn and are on no invoice yet; recurring and
/// metered ones that ran at some instant of it.
pub async fn due(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
    span: Span,
) -> Result<Vec<Charge>, StoreError> {
    let rows: Vec<ChargeRow> = on!(tx, conn => sqlx::query_as(
        "select charge_id, tenant_id, kind, description, quantity_micros, unit_price_nanos,
           taxable, starts_at, ends_at
         from charge
         where partner_id = $1 and tenant_id in (select value from json_each($2))
           and starts_at < $4
           and ((kind = 'one_time' and invoice_id is null and ends_at is null)
             or (kind <> 'one_time' and (ends_at is null or ends_at > $3)))
         order by tenant_id, charge_id",
    )
    .bind(partner_id.to_string())
    .bind(json_list(tenants))
    .bind(span.start.micros())
    .bind(span.end.micros())
    .fetch_all(conn).await)?;
    rows.into_iter().map(ChargeRow::read).collect()
}

/// Puts one-time charges on an invoice; `Stale` where one of them is on another already.
pub async fn put_on_invoice(
    tx: &mut Tx,
    partner_id: PartnerId,
    charges: &[ChargeId],
    invoice_id: InvoiceId,
) -> Result<(), StoreError> {
    let taken = on!(tx, conn => sqlx::query(
        "update charge set invoice_id = $3, version = version + 1
         where partner_id = $1 and charge_id in (select value from json_each($2))
           and kind = 'one_time' and invoice_id is null",
    )
    .bind(partner_id.to_string())
    .bind(json_list(charges))
    .bind(invoice_id.to_string())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    if taken == charges.len() as u64 { Ok(()) } else { Err(StoreError::Stale("the charge")) }
}

/// A reported quantity of a metered charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageReport {
    /// Of which charge.
    pub charge_id: ChargeId,
    /// The reporter's own id: the same report counts once.
    pub report_id: String,
    /// When it was used; decides the period.
    pub at: Timestamp,
    /// Millionths of a unit.
    pub quantity: Micros,
}

/// Keeps a report and answers whether it is new; the charge's first report with its id stays.
pub async fn report_usage(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant_id: TenantId,
    report: &UsageReport,
) -> Result<bool, StoreError> {
    let kept = on!(tx, conn => sqlx::query(
        "insert into charge_usage
           (partner_id, tenant_id, charge_id, report_id, at, quantity_micros)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (partner_id, charge_id, report_id) do nothing",
    )
    .bind(partner_id.to_string())
    .bind(tenant_id.to_string())
    .bind(report.charge_id.to_string())
    .bind(&report.report_id)
    .bind(report.at.micros())
    .bind(report.quantity.get())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(kept > 0)
}

/// What was reported under this id: when, and how much.
pub async fn find_report(
    tx: &mut Tx,
    partner_id: PartnerId,
    charge_id: ChargeId,
    report_id: &str,
) -> Result<Option<(Timestamp, Micros)>, StoreError> {
    let row: Option<(i64, i64)> = on!(tx, conn => sqlx::query_as(
        "select at, quantity_micros from charge_usage
         where partner_id = $1 and charge_id = $2 and report_id = $3",
    )
    .bind(partner_id.to_string())
    .bind(charge_id.to_string())
    .bind(report_id)
    .fetch_optional(conn).await)?;
    Ok(row.map(|(at, quantity)| (Timestamp::from_micros(at), Micros::new(quantity))))
}

/// Reported quantities of these tenants inside `span`, summed by charge.
pub async fn reported(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
    span: Span,
) -> Result<Vec<(ChargeId, Micros)>, StoreError> {
    let rows: Vec<(String, i64)> = on!(tx, conn => sqlx::query_as(
        "select charge_id, cast(sum(quantity_micros) as bigint) from charge_usage
         where partner_id = $1 and tenant_id in (select value from json_each($2))
           and at >= $3 and at < $4
         group by charge_id
         order by charge_id",
    )
    .bind(partner_id.to_string())
    .bind(json_list(tenants))
    .bind(span.start.micros())
    .bind(span.end.micros())
    .fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(charge, sum)| Ok((id("charge_usage.charge_id", &charge)?, Micros::new(sum))))
        .collect()
}
