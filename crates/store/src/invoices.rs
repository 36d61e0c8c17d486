//! Invoices with their lines and taxes, and the counter of their numbers.

mod list;

use domain::{
    ids::{InvoiceId, LineId, PartnerId},
    invoice::{
        issued::{Invoice, InvoiceKind, IssuedAs},
        line::{Line, LineFacts},
        status::InvoiceStatus,
    },
    money::{Currency, Minor},
    tax::{TaxLine, TaxRate},
    time::{Day, Span, Timestamp, Zone},
};
use sqlx::AssertSqlSafe;

pub(crate) use self::list::FEW_TENANTS;
pub use self::list::{
    InvoiceFilter, InvoiceSort, MANY_NUMBERS, Owed, lines_of, lines_page, list, list_plan,
    of_tenant, open_of, owed_by, small_of,
};
use crate::{
    bulk::{Bulk, Cell},
    calls::parse_id,
    db::{Tx, on},
    error::StoreError,
};

/// An invoice to be kept, with its parts in the order they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvoice {
    /// The invoice.
    pub invoice: Invoice,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Its taxes.
    pub taxes: Vec<TaxLine>,
}

/// A kept line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// Its id.
    pub line_id: LineId,
    /// The invoice that has it.
    pub invoice_id: InvoiceId,
    /// Its place, from 0.
    pub line_no: i64,
    /// What it was computed from.
    pub facts: LineFacts,
    /// Its amount.
    pub amount: Minor,
}

/// The id of the line at a place of an invoice.
pub fn line_id(invoice_id: InvoiceId, created_at: Timestamp, line_no: i64) -> LineId {
    let parts = [&*invoice_id.to_string(), &line_no.to_string()];
    LineId::derived_in(invoice_id.place(), created_at, &parts)
}

/// Takes `count` consecutive numbers and answers the first. The counter's row stays locked until
/// the transaction ends, so take numbers last.
pub async fn take_numbers(
    tx: &mut Tx,
    partner_id: PartnerId,
    count: i64,
) -> Result<i64, StoreError> {
    let (next,): (i64,) = on!(tx, conn => sqlx::query_as(
        "insert into invoice_number (partner_id, next_number) values ($1, $2 + 1)
         on conflict (partner_id) do update set next_number = invoice_number.next_number + $2
         returning next_number",
    ).bind(partner_id.to_string()).bind(count).fetch_one(conn).await)?;
    Ok(next - count)
}

const COLUMNS: [&str; 24] = [
    "partner_id",
    "invoice_id",
    "tenant_id",
    "kind",
    "billing_key",
    "number",
    "status",
    "currency",
    "zone",
    "period_start",
    "period_end",
    "issued_at",
    "issue_day",
    "due_day",
    "overdue_at",
    "subtotal_minor",
    "tax_minor",
    "total_minor",
    "credit_minor",
    "paid_minor",
    "refunded_minor",
    "issued_as",
    "created_at",
    "version",
];

fn cells(invoice: &Invoice) -> [Cell; 24] {
    let micros = |instant: Option<Timestamp>| Cell::Int(instant.map(Timestamp::micros));
    let issued_as = serde_json::to_string(&invoice.issued_as).expect("plain values are JSON");
    [
        invoice.partner_id.to_string().into(),
        invoice.invoice_id.to_string().into(),
        invoice.tenant_id.to_string().into(),
        invoice.kind.as_str().into(),
        invoice.billing_key.clone().into(),
        invoice.number.clone().into(),
        invoice.status.as_str().into(),
        invoice.currency.code().into(),
        invoice.zone.name().into(),
        micros(invoice.period.map(|span| span.start)),
        micros(invoice.period.map(|span| span.end)),
        micros(invoice.issued_at),
        invoice.issue_day.map(Day::number).into(),
        invoice.due_day.map(Day::number).into(),
        micros(invoice.overdue_at()),
        invoice.subtotal.get().into(),
        invoice.tax.get().into(),
        invoice.total.get().into(),
        invoice.credited.get().into(),
        invoice.paid.get().into(),
        invoice.refunded.get().into(),
        issued_as.into(),
        invoice.created_at.micros().into(),
        invoice.version.into(),
    ]
}

/// Keeps new invoices. One that exists already is refused by the unique index.
pub async fn insert(tx: &mut Tx, invoices: &[NewInvoice]) -> Result<(), StoreError> {
    let mut rows = Bulk::new("invoice", &COLUMNS, "");
    for new in invoices {
        rows.push(cells(&new.invoice));
    }
    rows.insert(tx).await?;
    insert_parts(tx, invoices).await
}

async fn insert_parts(tx: &mut Tx, invoices: &[NewInvoice]) -> Result<(), StoreError> {
    let mut lines = Bulk::new(
        "invoice_line",
        &["partner_id", "invoice_id", "line_no", "line_id", "kind", "amount_minor", "facts"],
        "",
    );
    let mut taxes = Bulk::new(
        "invoice_tax",
        &[
            "partner_id",
            "invoice_id",
            "line_no",
            "code",
            "name",
            "rate_millionths",
            "base_minor",
            "amount_minor",
        ],
        "",
    );
    for new in invoices {
        let Invoice { partner_id, invoice_id, created_at, .. } = new.invoice;
        for (line_no, line) in (0_i64..).zip(&new.lines) {
            let facts = serde_json::to_string(line.facts()).expect("plain values are JSON");
            lines.push([
                partner_id.to_string().into(),
                invoice_id.to_string().into(),
                line_no.into(),
                line_id(invoice_id, created_at, line_no).to_string().into(),
                line.facts().kind.as_str().into(),
                line.amount().get().into(),
                facts.into(),
            ]);
        }
        for (line_no, tax) in (0_i64..).zip(&new.taxes) {
            taxes.push([
                partner_id.to_string().into(),
                invoice_id.to_string().into(),
                line_no.into(),
                tax.code.clone().into(),
                tax.name.clone().into(),
                i64::from(tax.rate.millionths()).into(),
                tax.base.get().into(),
                tax.amount.get().into(),
            ]);
        }
    }
    lines.insert(tx).await?;
    taxes.insert(tx).await?;
    Ok(())
}

/// Writes what may change of an invoice, unless somebody else did since `seen`. On a draft that
/// is everything, on an issued one the state alone.
pub async fn save(tx: &mut Tx, invoice: &Invoice, seen: i64) -> Result<(), StoreError> {
    let issued_as = serde_json::to_string(&invoice.issued_as).expect("plain values are JSON");
    let done = on!(tx, conn => sqlx::query(
        "update invoice
         set number = $4, status = $5, issued_at = $6, issue_day = $7, due_day = $8,
           overdue_at = $9, subtotal_minor = $10, tax_minor = $11, total_minor = $12,
           credit_minor = $13, paid_minor = $14, refunded_minor = $15, issued_as = $16,
           version = version + 1
         where partner_id = $1 and invoice_id = $2 and version = $3",
    )
        .bind(invoice.partner_id.to_string())
        .bind(invoice.invoice_id.to_string())
        .bind(seen)
        .bind(&invoice.number)
        .bind(invoice.status.as_str())
        .bind(invoice.issued_at.map(Timestamp::micros))
        .bind(invoice.issue_day.map(Day::number))
        .bind(invoice.due_day.map(Day::number))
        .bind(invoice.overdue_at().map(Timestamp::micros))
        .bind(invoice.subtotal.get())
        .bind(invoice.tax.get())
        .bind(invoice.total.get())
        .bind(invoice.credited.get())
        .bind(invoice.paid.get())
        .bind(invoice.refunded.get())
        .bind(issued_as)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    if done != 1 {
        return Err(StoreError::Stale("invoice"));
    }
    crate::dunning::follow_invoice(tx, invoice).await
}

/// Gives a draft other lines and taxes. The caller saves the draft's totals with [`save`].
pub async fn replace_parts(tx: &mut Tx, draft: &NewInvoice) -> Result<(), StoreError> {
    let Invoice { partner_id, invoice_id, .. } = draft.invoice;
    for table in ["invoice_line", "invoice_tax"] {
        let sql = format!("delete from {table} where partner_id = $1 and invoice_id = $2");
        on!(tx, conn => sqlx::query(AssertSqlSafe(sql)).bind(partner_id.to_string())
            .bind(invoice_id.to_string()).execute(conn).await.map(drop))?;
    }
    insert_parts(tx, std::slice::from_ref(draft)).await
}

/// The text of a `select` of invoices, with what follows `from invoice`.
macro_rules! select_invoices {
    ($rest:literal) => {
        concat!(
            "select partner_id, invoice_id, tenant_id, kind, billing_key, number, status,
               currency, zone, period_start, period_end, issued_at, issue_day, due_day,
               subtotal_minor, tax_minor, total_minor, credit_minor, paid_minor, refunded_minor,
               issued_as, created_at, flagged_at, version
             from invoice ",
            $rest
        )
    };
}
use select_invoices;

/// One invoice of a partner.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<Option<Invoice>, StoreError> {
    let row: Option<InvoiceRow> = on!(tx, conn => sqlx::query_as(
        select_invoices!("where partner_id = $1 and invoice_id = $2"),
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_optional(conn).await)?;
    row.map(Invoice::try_from).transpose()
}

/// The invoice with this number.
pub async fn by_number(
    tx: &mut Tx,
    partner_id: PartnerId,
    number: &str,
) -> Result<Option<Invoice>, StoreError> {
    let row: Option<InvoiceRow> = on!(tx, conn => sqlx::query_as(
        select_invoices!("where partner_id = $1 and number = $2"),
    ).bind(partner_id.to_string()).bind(number).fetch_optional(conn).await)?;
    row.map(Invoice::try_from).transpose()
}

/// A partner's invoices after `after`, oldest first.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    (after, limit): (Option<InvoiceId>, i64),
) -> Result<Vec<Invoice>, StoreError> {
    let after = after.map_or(String::new(), |id| id.to_string());
    let rows: Vec<InvoiceRow> = on!(tx, conn => sqlx::query_as(select_invoices!(
        "where partner_id = $1 and invoice_id > $2 order by invoice_id limit $3"
    )).bind(partner_id.to_string()).bind(after).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(Invoice::try_from).collect()
}

/// A partner's invoices before `before`, newest first.
pub async fn page_newest(
    tx: &mut Tx,
    partner_id: PartnerId,
    (before, limit): (Option<InvoiceId>, i64),
) -> Result<Vec<Invoice>, StoreError> {
    let before = before.map(|id| id.to_string());
    let rows: Vec<InvoiceRow> = on!(tx, conn => sqlx::query_as(select_invoices!(
        "where partner_id = $1 and ($2 is null or invoice_id < $2)
         order by invoice_id desc
         limit $3"
    )).bind(partner_id.to_string()).bind(before).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(Invoice::try_from).collect()
}

/// Invoices of any partner that become overdue up to `until`, earliest first.
pub async fn becoming_overdue(
    tx: &mut Tx,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<(PartnerId, InvoiceId, Timestamp)>, StoreError> {
    let rows: Vec<(String, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, invoice_id, overdue_at from invoice
         where overdue_at is not null and overdue_at <= $1
         order by overdue_at, invoice_id
         limit $2",
    ).bind(until.micros()).bind(limit).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(partner, invoice, at)| {
            Ok((
                parse_id("invoice.partner_id", &partner)?,
                parse_id("invoice.invoice_id", &invoice)?,
                Timestamp::from_micros(at),
            ))
        })
        .collect()
}

type LineRow = (String, i64, String, String, i64);

/// The lines of an invoice, in order.
pub async fn lines(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<Vec<StoredLine>, StoreError> {
    let rows: Vec<LineRow> = on!(tx, conn => sqlx::query_as(
        "select invoice_id, line_no, line_id, facts, amount_minor from invoice_line
         where partner_id = $1 and invoice_id = $2
         order by line_no",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter().map(into_line).collect()
}

/// One line of a partner.
pub async fn line(
    tx: &mut Tx,
    partner_id: PartnerId,
    line_id: LineId,
) -> Result<Option<StoredLine>, StoreError> {
    let row: Option<LineRow> = on!(tx, conn => sqlx::query_as(
        "select invoice_id, line_no, line_id, facts, amount_minor from invoice_line
         where partner_id = $1 and line_id = $2",
    ).bind(partner_id.to_string()).bind(line_id.to_string()).fetch_optional(conn).await)?;
    row.map(into_line).transpose()
}

fn into_line((invoice, line_no, line, facts, amount): LineRow) -> Result<StoredLine, StoreError> {
    Ok(StoredLine {
        line_id: parse_id("invoice_line.line_id", &line)?,
        invoice_id: parse_id("invoice_line.invoice_id", &invoice)?,
        line_no,
        facts: serde_json::from_str(&facts)
            .map_err(|_| StoreError::corrupt("invoice_line.facts", &facts))?,
        amount: Minor::new(amount),
    })
}

/// The taxes of an invoice, in order.
pub async fn taxes(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<Vec<TaxLine>, StoreError> {
    let rows: Vec<(String, String, i64, i64, i64)> = on!(tx, conn => sqlx::query_as(
        "select code, name, rate_millionths, base_minor, amount_minor from invoice_tax
         where partner_id = $1 and invoice_id = $2
         order by line_no",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(code, name, rate, base, amount)| {
            let rate = u32::try_from(rate).ok().and_then(TaxRate::from_millionths);
            let rate = rate.ok_or_else(|| StoreError::corrupt("invoice_tax.rate", &code))?;
            Ok(TaxLine { code, name, rate, base: Minor::new(base), amount: Minor::new(amount) })
        })
        .collect()
}

/// Keeps a logo that invoices show; the same one again changes nothing.
pub async fn keep_logo(
    tx: &mut Tx,
    partner_id: PartnerId,
    (hash, bytes): (&str, &[u8]),
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into brand_logo (partner_id, logo_hash, bytes) values ($1, $2, $3)
         on conflict (partner_id, logo_hash) do nothing",
    ).bind(partner_id.to_string()).bind(hash).bind(bytes.to_vec()).execute(conn).await
        .map(drop))?;
    Ok(())
}

/// A logo that invoices show.
pub async fn logo(
    tx: &mut Tx,
    partner_id: PartnerId,
    hash: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<(Vec<u8>,)> = on!(tx, conn => sqlx::query_as(
        "select bytes from brand_logo where partner_id = $1 and logo_hash = $2",
    ).bind(partner_id.to_string()).bind(hash).fetch_optional(conn).await)?;
    Ok(row.map(|(bytes,)| bytes))
}

#[derive(sqlx::FromRow)]
struct InvoiceRow {
    partner_id: String,
    invoice_id: String,
    tenant_id: String,
    kind: String,
    billing_key: String,
    number: Option<String>,
    status: String,
    currency: String,
    zone: String,
    period_start: Option<i64>,
    period_end: Option<i64>,
    issued_at: Option<i64>,
    issue_day: Option<i64>,
    due_day: Option<i64>,
    subtotal_minor: i64,
    tax_minor: i64,
    total_minor: i64,
    credit_minor: i64,
    paid_minor: i64,
    refunded_minor: i64,
    issued_as: String,
    created_at: i64,
    flagged_at: Option<i64>,
    version: i64,
}

impl TryFrom<InvoiceRow> for Invoice {
    type Error = StoreError;

    fn try_from(row: InvoiceRow) -> Result<Self, StoreError> {
        let corrupt = |column, value: &str| StoreError::corrupt(column, value);
        let issued_as: IssuedAs = serde_json::from_str(&row.issued_as)
            .map_err(|_| corrupt("invoice.issued_as", &row.issued_as))?;
        let period = row.period_start.zip(row.period_end).map(|(start, end)| Span {
            start: Timestamp::from_micros(start),
            end: Timestamp::from_micros(end),
        });
        let day = |number: Option<i64>| {
            let found = number.map(|number| {
                Day::from_number(number).ok_or_else(|| corrupt("invoice.due_day", "no day"))
            });
            found.transpose()
        };
        Ok(Self {
            partner_id: parse_id("invoice.partner_id", &row.partner_id)?,
            invoice_id: parse_id("invoice.invoice_id", &row.invoice_id)?,
            tenant_id: parse_id("invoice.tenant_id", &row.tenant_id)?,
            kind: InvoiceKind::parse(&row.kind)
                .ok_or_else(|| corrupt("invoice.kind", &row.kind))?,
            status: InvoiceStatus::parse(&row.status)
                .ok_or_else(|| corrupt("invoice.status", &row.status))?,
            currency: Currency::parse(&row.currency)
                .map_err(|_| corrupt("invoice.currency", &row.currency))?,
            zone: Zone::parse(&row.zone).map_err(|_| corrupt("invoice.zone", &row.zone))?,
            period,
            issued_at: row.issued_at.map(Timestamp::from_micros),
            issue_day: day(row.issue_day)?,
            due_day: day(row.due_day)?,
            subtotal: Minor::new(row.subtotal_minor),
            tax: Minor::new(row.tax_minor),
            total: Minor::new(row.total_minor),
            credited: Minor::new(row.credit_minor),
            paid: Minor::new(row.paid_minor),
            refunded: Minor::new(row.refunded_minor),
            created_at: Timestamp::from_micros(row.created_at),
            flagged_at: row.flagged_at.map(Timestamp::from_micros),
            version: row.version,
            billing_key: row.billing_key,
            number: row.number,
            issued_as,
        })
    }
}
