//! Payments and refunds as one history (REF-07).
//!
//! Decided here: a refund is a row of its own with a negative amount, by when it was asked for.

use domain::{
    ids::{InvoiceId, PartnerId, TenantId},
    money::{Currency, Minor},
    paging::{Page, PageRequest},
    time::Timestamp,
};

use crate::{
    columns::{currency, id},
    db::Tx,
    error::StoreError,
    listing::List,
};

/// One row of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// `payment` or `refund`.
    pub kind: String,
    /// The id of that.
    pub id: String,
    /// Whose.
    pub tenant_id: TenantId,
    /// What was paid.
    pub invoice_id: InvoiceId,
    /// Its number.
    pub number: Option<String>,
    /// How: the payment's method, or the refund's destination.
    pub method: String,
    /// How much; negative for what went back.
    pub amount: Minor,
    /// In what.
    pub currency: Currency,
    /// How it stands; `refunded` for a refund that succeeded.
    pub status: String,
    /// When it began.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    id: String,
    tenant_id: String,
    invoice_id: String,
    number: Option<String>,
    method: String,
    amount_minor: i64,
    currency: String,
    status: String,
    at: i64,
}

impl Row {
    fn read(self) -> Result<HistoryEntry, StoreError> {
        Ok(HistoryEntry {
            tenant_id: id("payment.tenant_id", &self.tenant_id)?,
            invoice_id: id("payment.invoice_id", &self.invoice_id)?,
            amount: Minor::new(self.amount_minor),
            currency: currency("invoice.currency", &self.currency)?,
            at: Timestamp::from_micros(self.at),
            kind: self.kind,
            id: self.id,
            number: self.number,
            method: self.method,
            status: self.status,
        })
    }
}

/// Whose history is listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Only of these tenants; `None` for all.
    pub tenants: Option<Vec<TenantId>>,
    /// Only of this tenant.
    pub tenant_id: Option<TenantId>,
    /// Only of this invoice.
    pub invoice_id: Option<InvoiceId>,
}

/// A page of the history, by when things began.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: HistoryFilter,
    page: &PageRequest,
) -> Result<Page<HistoryEntry>, StoreError> {
    List::of(
        "select h.kind, h.id, h.tenant_id, h.invoice_id, i.number, h.method, h.amount_minor,
           i.currency, h.status, h.at
         from (
           select 'payment' as kind, payment_id as id, partner_id, tenant_id, invoice_id, method,
             amount_minor,
             case when status <> 'succeeded' or refunded_minor = 0 then status
               when refunded_minor >= amount_minor then 'refunded'
               else 'partially_refunded' end as status,
             created_at as at
           from payment
           union all
           select 'refund' as kind, refund_id as id, partner_id, tenant_id, invoice_id,
             destination as method, -amount_minor as amount_minor,
             case state when 'succeeded' then 'refunded' when 'failed' then 'failed'
               else 'pending' end as status,
             created_at as at
           from refund
         ) h
         join invoice i on i.partner_id = h.partner_id and i.invoice_id = h.invoice_id",
    )
    .only("h.partner_id = $?", [partner_id.to_string().into()])
    .one_of("h.tenant_id in (select value from json_each($?))", filter.tenants)
    .only_if("h.tenant_id = $?", filter.tenant_id.map(|it| it.to_string()))
    .only_if("h.invoice_id = $?", filter.invoice_id.map(|it| it.to_string()))
    .page::<Row>(tx, ("h.at", "h.id"), page)
    .await?
    .try_map(Row::read)
}
