//! The books for accountants (BEY-13): journals of a month, and fees that were billed in advance.
//!
//! Decided here: a month is one of the partner's zone, which never changes, and is shown in the
//! order of its bookings. Files are made part by part, so that memory does not grow with them; a
//! month that is over gives the same bytes for ever, because bookings are never changed. Customers
//! are named by their ids: names change.

mod deferred;

use domain::{
    account::Partner,
    accounting::{JournalEntry, JournalFormat},
    ids::PartnerId,
    ledger::Flow,
    money::{Currency, Micros},
    time::{Day, Span, Timestamp},
};
use store::journal::{self, JournalPlace, JournalRow};

pub use self::deferred::{DeferredPlace, DeferredReport};
use crate::{
    App,
    error::{AppError, Result},
};

/// Transfers in one part of a file.
const PAGE: i64 = 2_000;
/// How long after a month's end its last bookings may still be written.
const SETTLING_SECONDS: i64 = 3_600;

/// A calendar month of a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BooksMonth {
    /// Its first day.
    pub first: Day,
    /// The first day of the next.
    pub next: Day,
    /// From its first instant to the next month's.
    pub span: Span,
}

impl BooksMonth {
    /// The month that `text` names, such as `2026-05`, in the partner's zone.
    pub fn parse(partner: &Partner, text: &str) -> Result<Self> {
        let is_month = text.len() == 7 && text.is_ascii();
        let first = is_month.then(|| Day::parse(&format!("{text}-01")).ok()).flatten();
        let first = first.filter(|day| (1990..2200).contains(&day.year()));
        let wrong = || AppError::invalid("month", "must be a month such as 2026-05");
        let first = first.ok_or_else(wrong)?;
        let next = first.plus_days(first.days_in_month().into());
        let (start, end) = (partner.zone.start_of(first), partner.zone.start_of(next));
        Ok(Self { first, next, span: Span { start, end } })
    }

    /// Whether nothing is booked in it any more.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        now >= self.span.end.plus_seconds(SETTLING_SECONDS)
    }

    /// A file's name that tells whether the month is over: `journal-2026-05.csv`.
    pub fn file_name(&self, what: &str, now: Timestamp) -> String {
        let open = if self.is_closed(now) { "" } else { "-open" };
        format!("{what}-{:04}-{:02}{open}.csv", self.first.year(), self.first.month())
    }
}

/// A journal that is wanted.
#[derive(Debug, Clone)]
pub struct JournalRequest {
    /// Whose.
    pub partner: Partner,
    /// Of which month.
    pub month: BooksMonth,
    /// Its tenants' books, or its own with the operator.
    pub flow: Flow,
    /// For which program.
    pub format: JournalFormat,
    /// What the amounts are in.
    pub currency: Currency,
}

/// A part of a file, and where the next one begins.
pub type FilePart<P> = (String, Option<P>);

impl App {
    /// What a journal of this month is made from.
    pub async fn journal_request(
        &self,
        partner_id: PartnerId,
        month: &str,
        (flow, format): (Flow, JournalFormat),
    ) -> Result<JournalRequest> {
        let partner = self.partner(partner_id).await?;
        let month = BooksMonth::parse(&partner, month)?;
        let currency = match flow {
            Flow::Retail => partner.currency,
            Flow::Wholesale => self.wallet(partner_id).await?.currency,
        };
        Ok(JournalRequest { partner, month, flow, format, currency })
    }

    /// The next part of a journal; the first one begins with its header.
    pub async fn journal_part(
        &self,
        request: &JournalRequest,
        place: Option<JournalPlace>,
    ) -> Result<FilePart<JournalPlace>> {
        let of = (request.partner.partner_id, request.flow);
        let mut tx = self.db.begin_single().await?;
        let rows = journal::page(&mut tx, of, (request.month.span, place), PAGE).await?;
        tx.commit().await?;
        let mut text = String::new();
        if place.is_none() {
            text.push_str(request.format.header());
        }
        for row in &rows {
            let entry = entry(request, row);
            entry
                .write(request.format, &mut text)
                .map_err(|error| AppError::Broken(error.to_string()))?;
        }
        let is_last = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        let last = rows.last().filter(|_| !is_last);
        Ok((text, last.map(|row| (row.at, row.seq, row.line))))
    }
}

fn entry<'a>(request: &JournalRequest, row: &'a JournalRow) -> JournalEntry<'a> {
    JournalEntry {
        day: request.partner.zone.day_of(Timestamp::from_micros(row.at)),
        transaction: &row.ltx_id,
        place: (row.seq, row.line),
        source: (&row.source_type, &row.source_id),
        kind: &row.kind,
        description: &row.description,
        tenant: row.tenant_id.as_deref().unwrap_or(""),
        accounts: (&row.debit_account, &row.credit_account),
        amount: Micros::new(row.amount_micros),
        currency: request.currency,
    }
}
