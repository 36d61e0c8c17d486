//! The ledger of a span of time, in order, for other books (BEY-13).
//!
//! Decided here: rows come by when they were booked and then by their place in the chain, a page at
//! a time; nothing of what is read here is ever changed, so the same span reads the same for ever.

use domain::{
    ids::{InvoiceId, LineId, PartnerId, TenantId},
    invoice::line::LineFacts,
    ledger::Flow,
    money::{Currency, Minor},
    time::{Day, Span, Timestamp, Zone},
};

use crate::{
    columns::{currency, id, optional_day, zone},
    db::{Tx, on},
    error::StoreError,
};

/// One transfer of the journal.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct JournalRow {
    /// Its transaction's place in the chain.
    pub seq: i64,
    /// Its place in the transaction.
    pub line: i64,
    /// When it was booked, in microseconds.
    pub at: i64,
    /// The transaction's id.
    pub ltx_id: String,
    /// What it was booked for: the kind of thing.
    pub source_type: String,
    /// Its id.
    pub source_id: String,
    /// For people.
    pub description: String,
    /// Its kind's code.
    pub kind: String,
    /// Whom it concerns.
    pub tenant_id: Option<String>,
    /// Where the amount goes.
    pub debit_account: String,
    /// Where it comes from.
    pub credit_account: String,
    /// How much.
    pub amount_micros: i64,
}

/// Where a page of the journal goes on: behind this instant, place and line.
pub type JournalPlace = (i64, i64, i64);

/// Up to `limit` transfers of one flow within `span`, after `place`.
pub async fn page(
    tx: &mut Tx,
    (partner_id, flow): (PartnerId, Flow),
    (span, place): (Span, Option<JournalPlace>),
    limit: i64,
) -> Result<Vec<JournalRow>, StoreError> {
    let (at, seq, line) = place.unwrap_or((i64::MIN, 0, 0));
    Ok(on!(tx, conn => sqlx::query_as(
        "select t.seq, l.line, t.at, t.ltx_id, t.source_type, t.source_id, t.description, l.kind,
           l.tenant_id, l.debit_account, l.credit_account, l.amount_micros
         from ledger_tx t
         join ledger_transfer l on l.partner_id = t.partner_id and l.seq = t.seq
         where t.partner_id = $1 and t.at >= $2 and t.at < $3 and t.flow = $4
           and (t.at > $5 or (t.at = $5 and (t.seq > $6 or (t.seq = $6 and l.line > $7))))
         order by t.at, t.seq, l.line
         limit $8",
    )
    .bind(partner_id.to_string())
    .bind(span.start.micros().max(at))
    .bind(span.end.micros())
    .bind(flow.as_str())
    .bind(at)
    .bind(seq)
    .bind(line)
    .bind(limit)
    .fetch_all(conn).await)?)
}

/// A line of an issued invoice, with what its schedule needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeLine {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its number.
    pub number: String,
    /// Whom it bills.
    pub tenant_id: TenantId,
    /// What its amounts are in.
    pub currency: Currency,
    /// `advance` where it bills only the period that it names.
    pub is_advance: bool,
    /// Whose days it counts.
    pub zone: Zone,
    /// The period it covers.
    pub period: Option<Span>,
    /// The end of the period that follows.
    pub next_end: Option<Timestamp>,
    /// What that period's last invoice gave back of it, where the tenant left early.
    pub unused: Option<LineFacts>,
    /// The day it was issued.
    pub issue_day: Day,
    /// The line.
    pub line_id: LineId,
    /// Its place.
    pub line_no: i64,
    /// What it was computed from.
    pub facts: LineFacts,
    /// Its amount.
    pub amount: Minor,
}

#[derive(sqlx::FromRow)]
struct FeeRow {
    invoice_id: String,
    number: String,
    tenant_id: String,
    currency: String,
    kind: String,
    zone: String,
    period_start: Option<i64>,
    period_end: Option<i64>,
    next_end: Option<i64>,
    unused: Option<String>,
    issue_day: i64,
    line_id: String,
    line_no: i64,
    facts: String,
    amount_minor: i64,
}

impl FeeRow {
    fn read(self) -> Result<FeeLine, StoreError> {
        let period = self.period_start.zip(self.period_end).map(|(start, end)| Span {
            start: Timestamp::from_micros(start),
            end: Timestamp::from_micros(end),
        });
        let day = optional_day("invoice.issue_day", Some(self.issue_day))?;
        let read = |text: &str| {
            serde_json::from_str(text).map_err(|_| StoreError::corrupt("invoice_line.facts", text))
        };
        let facts = read(&self.facts)?;
        let unused = self.unused.as_deref().map(read).transpose()?;
        Ok(FeeLine {
            invoice_id: id("invoice.invoice_id", &self.invoice_id)?,
            number: self.number,
            tenant_id: id("invoice.tenant_id", &self.tenant_id)?,
            currency: currency("invoice.currency", &self.currency)?,
            is_advance: self.kind == "advance",
            zone: zone("invoice.zone", &self.zone)?,
            period,
            next_end: self.next_end.map(Timestamp::from_micros),
            unused,
            issue_day: day
                .ok_or_else(|| StoreError::corrupt("invoice.issue_day", self.issue_day))?,
            line_id: id("invoice_line.line_id", &self.line_id)?,
            line_no: self.line_no,
            facts,
            amount: Minor::new(self.amount_minor),
        })
    }
}

/// Where a page of fees goes on: behind this invoice and line.
pub type FeePlace = (InvoiceId, i64);

/// Up to `limit` lines of base fees, charged or given back, of invoices issued from the first to
/// before the second instant, after `place`.
pub async fn fees(
    tx: &mut Tx,
    partner_id: PartnerId,
    (issued, place): (Span, Option<FeePlace>),
    limit: i64,
) -> Result<Vec<FeeLine>, StoreError> {
    let (after, line_no) = place.map_or((String::new(), -1), |(id, no)| (id.to_string(), no));
    let rows: Vec<FeeRow> = on!(tx, conn => sqlx::query_as(
        "select i.invoice_id, i.number, i.tenant_id, i.currency, i.kind, i.zone, i.period_start,
           i.period_end, i.issue_day, l.line_id, l.line_no, l.facts, l.amount_minor,
           (select p.end_at from period p
            where p.partner_id = i.partner_id and p.tenant_id = i.tenant_id
              and p.start_at = i.period_end) as next_end,
           (select u.facts from invoice f
            join invoice_line u on u.partner_id = f.partner_id and u.invoice_id = f.invoice_id
              and u.kind = 'unused_advance'
            where f.partner_id = i.partner_id and f.tenant_id = i.tenant_id
              and f.billing_key = 'period:' || i.period_end) as unused
         from invoice i
         join invoice_line l on l.partner_id = i.partner_id and l.invoice_id = i.invoice_id
         where i.partner_id = $1 and i.issued_at >= $2 and i.issued_at < $3
           and i.status <> 'cancelled' and i.number is not null
           and l.kind in ('base_fee', 'unused_advance')
           and (i.invoice_id > $4 or (i.invoice_id = $4 and l.line_no > $5))
         order by i.invoice_id, l.line_no
         limit $6",
    )
    .bind(partner_id.to_string())
    .bind(issued.start.micros())
    .bind(issued.end.micros())
    .bind(after)
    .bind(line_no)
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.into_iter().map(FeeRow::read).collect()
}
