//! Credit notes and their numbers.
//!
//! Decided here: numbers are taken from a counter per partner in the transaction that writes the
//! note, so that there are no gaps; a refund has one note at most, by a unique index.

use domain::{
    credit_note::CreditNote,
    ids::{CreditNoteId, InvoiceId, PartnerId, RefundId, TenantId},
    money::Minor,
    paging::{Page, PageRequest},
    time::Timestamp,
};

use crate::{
    columns::{currency, guarded, id, optional_day, optional_id, optional_instant},
    db::{Tx, on},
    error::StoreError,
    listing::List,
};

macro_rules! select_notes {
    ($rest:literal) => {
        concat!(
            "select credit_note_id, number, tenant_id, invoice_id, refund_id, credit_id, currency,
               amount_minor, tax_minor, reason, issued_at, issue_day, cancelled_at
             from credit_note ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct NoteRow {
    credit_note_id: String,
    number: String,
    tenant_id: String,
    invoice_id: String,
    refund_id: Option<String>,
    credit_id: Option<String>,
    currency: String,
    amount_minor: i64,
    tax_minor: i64,
    reason: String,
    issued_at: i64,
    issue_day: i64,
    cancelled_at: Option<i64>,
}

impl NoteRow {
    fn read(self) -> Result<CreditNote, StoreError> {
        let day = optional_day("credit_note.issue_day", Some(self.issue_day))?;
        let no_day = || StoreError::corrupt("credit_note.issue_day", self.issue_day);
        Ok(CreditNote {
            credit_note_id: id("credit_note.credit_note_id", &self.credit_note_id)?,
            tenant_id: id("credit_note.tenant_id", &self.tenant_id)?,
            invoice_id: id("credit_note.invoice_id", &self.invoice_id)?,
            refund_id: optional_id("credit_note.refund_id", self.refund_id.as_deref())?,
            credit_id: optional_id("credit_note.credit_id", self.credit_id.as_deref())?,
            currency: currency("credit_note.currency", &self.currency)?,
            amount: Minor::new(self.amount_minor),
            tax: Minor::new(self.tax_minor),
            issued_at: Timestamp::from_micros(self.issued_at),
            issue_day: day.ok_or_else(no_day)?,
            cancelled_at: optional_instant(self.cancelled_at),
            number: self.number,
            reason: self.reason,
        })
    }
}

/// Takes the partner's next number. Its counter stays locked until the transaction ends.
pub async fn take_number(tx: &mut Tx, partner_id: PartnerId) -> Result<u64, StoreError> {
    let (next,): (i64,) = on!(tx, conn => sqlx::query_as(
        "insert into credit_note_number (partner_id, next_number) values ($1, 2)
         on conflict (partner_id) do update
           set next_number = credit_note_number.next_number + 1
         returning next_number",
    ).bind(partner_id.to_string()).fetch_one(conn).await)?;
    Ok((next - 1).unsigned_abs())
}

/// Keeps a note. A second one of a refund is refused by the unique index.
pub async fn insert(
    tx: &mut Tx,
    partner_id: PartnerId,
    note: &CreditNote,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into credit_note
           (partner_id, credit_note_id, number, tenant_id, invoice_id, refund_id, credit_id,
            currency, amount_minor, tax_minor, reason, issued_at, issue_day, cancelled_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(partner_id.to_string())
    .bind(note.credit_note_id.to_string())
    .bind(&note.number)
    .bind(note.tenant_id.to_string())
    .bind(note.invoice_id.to_string())
    .bind(note.refund_id.map(|it| it.to_string()))
    .bind(note.credit_id.map(|it| it.to_string()))
    .bind(note.currency.code())
    .bind(note.amount.get())
    .bind(note.tax.get())
    .bind(&note.reason)
    .bind(note.issued_at.micros())
    .bind(note.issue_day.number())
    .bind(note.cancelled_at.map(Timestamp::micros))
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Cancels a note that is not cancelled yet.
pub async fn cancel(
    tx: &mut Tx,
    partner_id: PartnerId,
    (credit_note_id, at): (CreditNoteId, Timestamp),
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update credit_note set cancelled_at = $3
         where partner_id = $1 and credit_note_id = $2 and cancelled_at is null",
    )
    .bind(partner_id.to_string())
    .bind(credit_note_id.to_string())
    .bind(at.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the credit note")
}

/// One note of a partner.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    credit_note_id: CreditNoteId,
) -> Result<Option<CreditNote>, StoreError> {
    let row: Option<NoteRow> = on!(tx, conn => sqlx::query_as(
        select_notes!("where partner_id = $1 and credit_note_id = $2"),
    ).bind(partner_id.to_string()).bind(credit_note_id.to_string()).fetch_optional(conn).await)?;
    row.map(NoteRow::read).transpose()
}

/// The note of a refund.
pub async fn of_refund(
    tx: &mut Tx,
    partner_id: PartnerId,
    refund_id: RefundId,
) -> Result<Option<CreditNote>, StoreError> {
    let row: Option<NoteRow> = on!(tx, conn => sqlx::query_as(
        select_notes!("where partner_id = $1 and refund_id = $2"),
    ).bind(partner_id.to_string()).bind(refund_id.to_string()).fetch_optional(conn).await)?;
    row.map(NoteRow::read).transpose()
}

/// Which notes are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteFilter {
    /// Only of these tenants; `None` for all.
    pub tenants: Option<Vec<TenantId>>,
    /// Only of this tenant.
    pub tenant_id: Option<TenantId>,
    /// Only of this invoice.
    pub invoice_id: Option<InvoiceId>,
}

/// A page of the partner's notes, in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: NoteFilter,
    page: &PageRequest,
) -> Result<Page<CreditNote>, StoreError> {
    List::of(select_notes!(""))
        .only("partner_id = $?", [partner_id.to_string().into()])
        .one_of("tenant_id in (select value from json_each($?))", filter.tenants)
        .only_if("tenant_id = $?", filter.tenant_id.map(|it| it.to_string()))
        .only_if("invoice_id = $?", filter.invoice_id.map(|it| it.to_string()))
        .page::<NoteRow>(tx, ("credit_note_id", "credit_note_id"), page)
        .await?
        .try_map(NoteRow::read)
}

/// How many notes there are, and the last number that the counter gave.
pub async fn numbers(tx: &mut Tx, partner_id: PartnerId) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select
           (select count(*) from credit_note where partner_id = $1),
           coalesce((select next_number from credit_note_number where partner_id = $1), 1) - 1",
    ).bind(partner_id.to_string()).fetch_one(conn).await)?)
}
