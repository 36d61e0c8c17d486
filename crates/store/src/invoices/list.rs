//! Pages of invoices and of their lines, and what tenants owe.
//!
//! Decided here: invoices are listed by when they were made, for the id of a period's invoice is
//! placed at the period's start. Each order and each filter by tenant, status, kind, number or day
//! has an index, so that a deep page of a million costs what the first one does. A range of days is
//! only asked for in the order of those days.

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
    columns::{id, named},
    db::{Tx, json_list, on},
    error::StoreError,
    listing::{List, anywhere, beginning},
};

/// So few tenants' rows are found by tenant, then sorted: to find them in the order of everybody's
/// would mean to read those, too. The lists say so by sorting by a sum, which no index holds.
pub(crate) const FEW_TENANTS: usize = 50;

/// So many invoices are found by how their number begins.
pub const MANY_NUMBERS: i64 = 1_000;
/// No currency's least amount for cards is more, in minor units: half a unit of three places.
const HIGHEST_MINIMUM: i64 = 500;

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
    /// Only those whose number begins with this text, or whose tenant has it in its name or SIP
    /// prefix (INV-04). Of more numbers than [`MANY_NUMBERS`] the last are found.
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
    /// When they were issued; drafts, which never were, are left out.
    Issued,
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
    let (list, key) = listed(tx, partner_id, filter, sort).await?;
    let page = list.page::<InvoiceRow>(tx, (key, "invoice_id"), page).await?;
    page.try_map(Invoice::try_from)
}

/// How the engine would find that page, in its own words: for whoever looks after indexes.
pub async fn list_plan(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: InvoiceFilter,
    (sort, page): (InvoiceSort, &PageRequest),
) -> Result<Vec<String>, StoreError> {
    let (list, key) = listed(tx, partner_id, filter, sort).await?;
    list.plan(tx, (key, "invoice_id"), page).await
}

/// The list, and the key that it is in order of.
async fn listed(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: InvoiceFilter,
    sort: InvoiceSort,
) -> Result<(List, &'static str), StoreError> {
    let micros = |at: Option<Timestamp>| at.map(Timestamp::micros);
    let mut is_narrow = filter.tenants.as_ref().is_some_and(|it| it.len() <= FEW_TENANTS);
    let mut list = List::of(select_invoices!(""))
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
    if let Some(text) = filter.text.as_ref().filter(|text| !text.is_empty()) {
        let tenants = tenants_called(tx, partner_id, text).await?;
        is_narrow |= tenants.is_some();
        list = found_by(list, partner_id, (text, tenants));
    }
    Ok(match (sort, is_narrow) {
        (InvoiceSort::Created, false) => (list, "created_at"),
        (InvoiceSort::Created, true) => (list, "created_at + 0"),
        (InvoiceSort::Issued, false) => (list.only("issued_at is not null", []), "issued_at"),
        (InvoiceSort::Issued, true) => {
            (list.only("issued_at + 0 is not null", []), "issued_at + 0")
        }
        (InvoiceSort::Due, false) => (list.only("due_day is not null", []), "due_day"),
        (InvoiceSort::Due, true) => (list.only("due_day + 0 is not null", []), "due_day + 0"),
    })
}

/// The partner's tenants with `text` in their name or SIP prefix; `None` where they are not few.
async fn tenants_called(
    tx: &mut Tx,
    partner_id: PartnerId,
    text: &str,
) -> Result<Option<Vec<String>>, StoreError> {
    let limit = i64::try_from(FEW_TENANTS).unwrap_or_default() + 1;
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "select tenant_id from tenant
         where partner_id = $1
           and (lower(name) like $2 escape '\\' or lower(sip_prefix) like $2 escape '\\')
         limit $3",
    ).bind(partner_id.to_string()).bind(anywhere(text)).bind(limit).fetch_all(conn).await)?;
    let are_few = rows.len() <= FEW_TENANTS;
    Ok(are_few.then(|| rows.into_iter().map(|(tenant_id,)| tenant_id).collect()))
}

/// The last invoices whose number is in a range.
const NUMBERED: &str = "select invoice_id from (
      select invoice_id from invoice
      where partner_id = $? and number_key >= $? and number_key < $?
      order by number_key desc limit $?) as numbered";

/// Only what a text finds: invoices of these tenants, and those whose number begins with it. Where
/// the tenants are few, that is looked up: of their invoices all, of numbers the last
/// [`MANY_NUMBERS`]. Otherwise much is found, and the list is walked in its order.
fn found_by(
    list: List,
    partner_id: PartnerId,
    (text, tenants): (&str, Option<Vec<String>>),
) -> List {
    let owner = partner_id.to_string();
    let (first, end) = beginning(text);
    let (first, end) = (first.as_str().into(), end.as_str().into());
    match tenants {
        Some(tenants) => {
            let mut values = vec![owner.as_str().into(), first, end, MANY_NUMBERS.into()];
            let mut found = String::from(NUMBERED);
            if !tenants.is_empty() {
                // Each by itself: of a list the server expects as many as lists mostly have.
                let marks = vec!["$?"; tenants.len()].join(", ");
                found.push_str(" union all select invoice_id from invoice where partner_id = $?");
                found.push_str(&format!(" and tenant_id in ({marks})"));
                values.push(owner.as_str().into());
                values.extend(tenants.iter().map(|tenant| tenant.as_str().into()));
            }
            list.meeting(&format!("invoice_id in ({found})"), values)
        }
        None => {
            let pattern = anywhere(text);
            list.only(
                "number_key >= $? and number_key < $? or tenant_id in (
                   select tenant_id from tenant
                   where tenant.partner_id = $?
                     and (lower(name) like $? escape '\\'
                       or lower(sip_prefix) like $? escape '\\'))",
                [
                    first,
                    end,
                    owner.as_str().into(),
                    pattern.as_str().into(),
                    pattern.as_str().into(),
                ],
            )
        }
    }
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

/// Invoices of these tenants on which so little is left that some currency's cards are not charged
/// it, oldest first.
pub async fn small_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<Vec<InvoiceId>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "select invoice_id from invoice
         where partner_id = $1 and tenant_id in (select value from json_each($2))
           and status in ('sent', 'partially_paid', 'overdue')
           and total_minor - credit_minor - paid_minor between 1 and $3
         order by invoice_id",
    )
    .bind(partner_id.to_string())
    .bind(json_list(tenants))
    .bind(HIGHEST_MINIMUM)
    .fetch_all(conn).await)?;
    rows.into_iter().map(|(invoice,)| id("invoice.invoice_id", &invoice)).collect()
}
