//! Invoices that are charged by themselves (PAY-06, PAY-08).
//!
//! Decided here: an invoice has one row until it is paid or nothing more is tried. While a payment
//! is under way nothing is due; what comes of it says what is.

use domain::{
    ids::{InvoiceId, MethodId, PartnerId},
    time::Timestamp,
};

use crate::{
    bulk::Bulk,
    columns::{id, optional_id, optional_instant},
    db::{Tx, on},
    error::StoreError,
};

/// An invoice that is charged by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoPayment {
    /// Whose.
    pub partner_id: PartnerId,
    /// What is charged.
    pub invoice_id: InvoiceId,
    /// Payments that were begun.
    pub tries: i64,
    /// How often the processor could not be reached for the next one.
    pub unreached: i64,
    /// When it is tried next; none while a payment is under way and after the last.
    pub due_at: Option<Timestamp>,
    /// A method that must never be tried again.
    pub refused: Option<MethodId>,
}

/// Has invoices charged by themselves from an instant on.
pub async fn begin(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoices: &[(InvoiceId, Timestamp)],
) -> Result<(), StoreError> {
    let mut rows = Bulk::new(
        "auto_pay",
        &["partner_id", "invoice_id", "tries", "unreached", "due_at"],
        "on conflict (partner_id, invoice_id) do nothing",
    );
    for (invoice_id, due_at) in invoices {
        rows.push([
            partner_id.to_string().into(),
            invoice_id.to_string().into(),
            0_i64.into(),
            0_i64.into(),
            due_at.micros().into(),
        ]);
    }
    rows.insert(tx).await.map(drop)
}

type Row = (String, String, i64, i64, Option<i64>, Option<String>);

fn read(row: Row) -> Result<AutoPayment, StoreError> {
    let (partner, invoice, tries, unreached, due_at, refused) = row;
    Ok(AutoPayment {
        partner_id: id("auto_pay.partner_id", &partner)?,
        invoice_id: id("auto_pay.invoice_id", &invoice)?,
        tries,
        unreached,
        due_at: optional_instant(due_at),
        refused: optional_id("auto_pay.refused_method_id", refused.as_deref())?,
    })
}

/// Up to `limit` invoices of any partner that are to be charged up to `until`, earliest first.
pub async fn due(
    tx: &mut Tx,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<AutoPayment>, StoreError> {
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(
        "select partner_id, invoice_id, tries, unreached, due_at, refused_method_id from auto_pay
         where due_at is not null and due_at <= $1
         order by due_at, invoice_id
         limit $2",
    ).bind(until.micros()).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(read).collect()
}

/// How it stands with an invoice that is charged by itself.
pub async fn of_invoice(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<Option<AutoPayment>, StoreError> {
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(
        "select partner_id, invoice_id, tries, unreached, due_at, refused_method_id from auto_pay
         where partner_id = $1 and invoice_id = $2",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_optional(conn).await)?;
    row.map(read).transpose()
}

/// Keeps how it stands.
pub async fn save(tx: &mut Tx, row: &AutoPayment) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update auto_pay
         set tries = $3, unreached = $4, due_at = $5, refused_method_id = $6
         where partner_id = $1 and invoice_id = $2",
    )
    .bind(row.partner_id.to_string())
    .bind(row.invoice_id.to_string())
    .bind(row.tries)
    .bind(row.unreached)
    .bind(row.due_at.map(Timestamp::micros))
    .bind(row.refused.map(|it| it.to_string()))
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Ends it: the invoice is paid, or nothing more is tried.
pub async fn end(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "delete from auto_pay where partner_id = $1 and invoice_id = $2",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).execute(conn).await.map(drop))?;
    Ok(())
}
