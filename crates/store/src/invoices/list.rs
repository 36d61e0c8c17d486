//! Pages of invoices and of their lines, and what tenants owe.
//!
//! Decided here: invoices are listed by when they were made, for the id of a period's invoice is
//! placed at the period's start. Each order and each filter by tenant or status has an index, so
//! that a deep page of a million costs what the first one does.

use domain::{
    ids::{InvoiceId, PartnerId, TenantId},
    invoice::{
        issued::{Invoice, InvoiceKind},
        status::InvoiceStatus,
    },
    money::Minor,
    paging::{Page, PageRequest},
    time::{Day, Timestamp},
};

use super::{InvoiceRow, LineRow, StoredLine, into_line, select_invoices};
use crate::{
    columns::named,
    db::{Tx, json_list, on},
    error::StoreError,
    listing::{List, anywhere},
};

/// So few tenants' rows are found by tenant, then sorted: to find them in the order of everybody's
/// would mean to read those, too. The lists say so by sorting by a sum, which no index holds.
pub(crate) const FEW_TENANTS: usize = 50;

/// Which invoices are listed: those that meet all of what is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InvoiceFilter {
    /// Only of these tenants; `None` for all.
    pub tenants: Option<Vec<TenantId>>,
    /// Only of this tenant.
    pub tenant_id: Option<TenantId>,
    /// Only in this state.
    pub status: Option<InvoiceStatus>,
    /// Only of this kind.
    pub kind: Option<InvoiceKind>,
    /// Only the one with this number.
    pub number: Option<String>,
    /// Only with this text in their number, or in their tenant's name or SIP prefix (INV-04).
    pub text: Option<String>,
    /// Only made from then on.
    pub created_since: Option<Timestamp>,
    /// Only made before then.
    pub created_until: Option<Timestamp>,
    /// Only issued from then on.
    pub issued_since: Option<Timestamp>,
    /// Only issued before then.
    pub issued_until: Option<Timestamp>,
    /// Only due on that day or later.
    pub due_since: Option<Day>,
    /// Only due before that day.
    pub due_until: Option<Day>,
}

/// What invoices are listed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoiceSort {
    /// When they were made.
    Created,
    /// The last day to pay them; drafts, which have none, are left out.
    Due,
}

/// A page of the partner's invoices.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: InvoiceFilter,
    (sort, page): (InvoiceSort, &PageRequest),
) -> Result<Page<Invoice>, StoreError> {
    let micros = |at: Option<Timestamp>| at.map(Timestamp::micros);
    let is_narrow = filter.tenants.as_ref().is_some_and(|it| it.len() <= FEW_TENANTS);
    let list = List::of(select_invoices!(""))
        .only("partner_id = $?", [partner_id.to_string().into()])
        .one_of("tenant_id in (select value from json_each($?))", filter.tenants)
        .only_if("tenant_id = $?", filter.tenant_id.map(|it| it.to_string()))
        .only_if("status = $?", filter.status.map(InvoiceStatus::as_str))
        .only_if("kind = $?", filter.kind.map(InvoiceKind::as_str))
        .only_if("number = $?", filter.number)
        .only_if("created_at >= $?", micros(filter.created_since))
        .only_if("created_at < $?", micros(filter.created_until))
        .only_if("issued_at >= $?", micros(filter.issued_since))
        .only_if("issued_at < $?", micros(filter.issued_until))
        .only_if("due_day >= $?", filter.due_since.map(Day::number))
        .only_if("due_day < $?", filter.due_until.map(Day::number));
    let list = match filter.text.as_deref().map(anywhere) {
        Some(pattern) => list.only(
            "lower(number) like $? escape '\\' or tenant_id in (
               select tenant_id from tenant
               where tenant.partner_id = $?
                 and (lower(name) like $? escape '\\' or lower(sip_prefix) like $? escape '\\'))",
            [
                pattern.as_str().into(),
                partner_id.to_string().into(),
                pattern.as_str().into(),
                pattern.as_str().into(),
            ],
        ),
        None => list,
    };
    let (list, key) = match (sort, is_narrow) {
        (InvoiceSort::Created, false) => (list, "created_at"),
        (InvoiceSort::Created, true) => (list, "created_at + 0"),
        (InvoiceSort::Due, false) => (list.only("due_day is not null", []), "due_day"),
        (InvoiceSort::Due, true) => (list.only("due_day + 0 is not null", []), "due_day + 0"),
    };
    let page = list.page::<InvoiceRow>(tx, (key, "invoice_id"), page).await?;
    page.try_map(Invoice::try_from)
}

/// A tenant's invoices after `after` in the order of their ids, drafts included.
pub async fn of_tenant(
    tx: &mut Tx,
    (partner_id, tenant_id): (PartnerId, TenantId),
    (after, limit): (Option<InvoiceId>, i64),
) -> Result<Vec<Invoice>, StoreError> {
    let after = after.map_or(String::new(), |id| id.to_string());
    // Not by the ids themselves: they would be looked up among all the partner's.
    let rows: Vec<InvoiceRow> = on!(tx, conn => sqlx::query_as(select_invoices!(
        "where partner_id = $1 and tenant_id = $2 and invoice_id || '' > $3
         order by invoice_id || ''
         limit $4"
    )).bind(partner_id.to_string()).bind(tenant_id.to_string()).bind(after).bind(limit)
        .fetch_all(conn).await)?;
    rows.into_iter().map(Invoice::try_from).collect()
}

/// Up to `limit` invoices of these tenants on which something is due, the earliest due day first.
pub async fn open_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
    limit: i64,
) -> Result<Vec<Invoice>, StoreError> {
    let rows: Vec<InvoiceRow> = on!(tx, conn => sqlx::query_as(select_invoices!(
        "where partner_id = $1 and tenant_id in (select value from json_each($2))
           and status in ('sent', 'partially_paid', 'overdue')
         order by due_day, invoice_id
         limit $3"
    )).bind(partner_id.to_string()).bind(json_list(tenants)).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(Invoice::try_from).collect()
}

/// A page of an invoice's lines, in their order.
pub async fn lines_page(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
    page: &PageRequest,
) -> Result<Page<StoredLine>, StoreError> {
    let owner = [partner_id.to_string().into(), invoice_id.to_string().into()];
    List::of("select invoice_id, line_no, line_id, facts, amount_minor from invoice_line")
        .only("partner_id = $? and invoice_id = $?", owner)
        .page::<LineRow>(tx, ("line_no", "line_id"), page)
        .await?
        .try_map(into_line)
}

/// The lines of several invoices, those of one invoice together and in order.
pub async fn lines_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoices: &[InvoiceId],
) -> Result<Vec<StoredLine>, StoreError> {
    let rows: Vec<LineRow> = on!(tx, conn => sqlx::query_as(
        "select invoice_id, line_no, line_id, facts, amount_minor from invoice_line
         where partner_id = $1 and invoice_id in (select value from json_each($2))
         order by invoice_id, line_no",
    ).bind(partner_id.to_string()).bind(json_list(invoices)).fetch_all(conn).await)?;
    rows.into_iter().map(into_line).collect()
}

/// What a tenant owes on its invoices of one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// The status.
    pub status: InvoiceStatus,
    /// How many there are.
    pub invoices: i64,
    /// What is left to pay of them.
    pub due: Minor,
}

/// What a tenant owes, by the status of its invoices.
pub async fn owed_by(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant_id: TenantId,
) -> Result<Vec<Owed>, StoreError> {
    let rows: Vec<(String, i64, i64)> = on!(tx, conn => sqlx::query_as(
        "select status, count(*),
           cast(coalesce(sum(total_minor - credit_minor - paid_minor), 0) as bigint)
         from invoice
         where partner_id = $1 and tenant_id = $2
           and status in ('sent', 'partially_paid', 'overdue')
         group by status
         order by status",
    ).bind(partner_id.to_string()).bind(tenant_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(status, invoices, due)| {
            let status = named("invoice.status", &status, InvoiceStatus::parse)?;
            Ok(Owed { status, invoices, due: Minor::new(due) })
        })
        .collect()
}
