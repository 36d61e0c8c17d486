//! Payments of invoices.
//!
//! Decided here: a charge of the processor is one payment, by a unique index over its account and
//! its id. A payment changes under the lock of its invoice, and only if it stands where its reader
//! saw it. The attempts to make payments are in [`crate::attempts`].

use std::collections::BTreeSet;

use domain::{
    dispute::DisputeState,
    ids::{InvoiceId, PartnerId, PaymentId, TenantId},
    money::{Currency, Minor},
    paging::{Page, PageRequest},
    payment::{Failure, Payment, PaymentOrigin, PaymentStatus},
    processor::AccountContext,
    time::Timestamp,
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{after, currency, id, named, optional_id, optional_instant},
    db::{Tx, json_list, on},
    dunning,
    error::StoreError,
    invoices::FEW_TENANTS,
    listing::List,
};

/// Locks an invoice until the transaction ends, and answers whether there is one. Read it after
/// this: what was read before may be old. Whoever also needs the partner's book locks that first.
pub async fn lock_invoice(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<bool, StoreError> {
    let sql = tx.locking("select version from invoice where partner_id = $1 and invoice_id = $2");
    let found: Option<(i64,)> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(invoice_id.to_string())
        .fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Writes a payment down and answers whether its id is new.
pub async fn insert(
    tx: &mut Tx,
    partner_id: PartnerId,
    payment: &Payment,
) -> Result<bool, StoreError> {
    let added = on!(tx, conn => sqlx::query(
        "insert into payment
           (partner_id, payment_id, tenant_id, invoice_id, method, amount_minor, status, note,
            created_at, settled_at, method_id, context, reference, fee_minor, origin, checkout_id,
            receipt_to, failure_code, failure_message, look_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
           $19, $20)
         on conflict (partner_id, payment_id) do nothing",
    )
    .bind(partner_id.to_string())
    .bind(payment.payment_id.to_string())
    .bind(payment.tenant_id.to_string())
    .bind(payment.invoice_id.to_string())
    .bind(&payment.method)
    .bind(payment.amount.get())
    .bind(payment.status.as_str())
    .bind(&payment.note)
    .bind(payment.created_at.micros())
    .bind(payment.settled_at.map(Timestamp::micros))
    .bind(payment.method_id.map(|it| it.to_string()))
    .bind(payment.context.as_ref().map(ToString::to_string))
    .bind(payment.reference.as_deref())
    .bind(payment.fee.get())
    .bind(payment.origin.as_str())
    .bind(payment.checkout_id.map(|it| it.to_string()))
    .bind(payment.receipt_to.as_deref())
    .bind(payment.failure.as_ref().map(|it| it.code.as_str()))
    .bind(payment.failure.as_ref().map(|it| it.message.as_str()))
    .bind(payment.look_at.map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    if added > 0 {
        dunning::wake(tx, (partner_id, payment.tenant_id)).await?;
    }
    Ok(added > 0)
}

/// Keeps what became of a payment that stood at `before`: its status, the processor's id of it,
/// why it failed, when it was settled and when it is looked at again. Answers whether it did stand
/// there.
pub async fn save(
    tx: &mut Tx,
    partner_id: PartnerId,
    (payment, before): (&Payment, PaymentStatus),
) -> Result<bool, StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update payment
         set status = $4, reference = $5, failure_code = $6, failure_message = $7,
           settled_at = $8, look_at = $9
         where partner_id = $1 and payment_id = $2 and status = $3",
    )
    .bind(partner_id.to_string())
    .bind(payment.payment_id.to_string())
    .bind(before.as_str())
    .bind(payment.status.as_str())
    .bind(payment.reference.as_deref())
    .bind(payment.failure.as_ref().map(|it| it.code.as_str()))
    .bind(payment.failure.as_ref().map(|it| it.message.as_str()))
    .bind(payment.settled_at.map(Timestamp::micros))
    .bind(payment.look_at.map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    if saved > 0 {
        dunning::wake(tx, (partner_id, payment.tenant_id)).await?;
    }
    Ok(saved > 0)
}

/// Says when a payment is looked at next.
pub async fn look_later(
    tx: &mut Tx,
    partner_id: PartnerId,
    (payment_id, look_at): (PaymentId, Option<Timestamp>),
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update payment set look_at = $3 where partner_id = $1 and payment_id = $2",
    )
    .bind(partner_id.to_string())
    .bind(payment_id.to_string())
    .bind(look_at.map(Timestamp::micros))
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Payments of any partner that are to be looked at up to `until`, earliest first.
pub async fn to_look_at(
    tx: &mut Tx,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<(PartnerId, PaymentId, Timestamp)>, StoreError> {
    let rows: Vec<(String, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, payment_id, look_at from payment
         where look_at is not null and look_at <= $1
         order by look_at, payment_id
         limit $2",
    ).bind(until.micros()).bind(limit).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(partner, payment, at)| {
            let partner_id = id("payment.partner_id", &partner)?;
            let payment_id = id("payment.payment_id", &payment)?;
            Ok((partner_id, payment_id, Timestamp::from_micros(at)))
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct PaymentRow {
    payment_id: String,
    tenant_id: String,
    invoice_id: String,
    method: String,
    amount_minor: i64,
    status: String,
    note: String,
    created_at: i64,
    settled_at: Option<i64>,
    method_id: Option<String>,
    context: Option<String>,
    reference: Option<String>,
    fee_minor: i64,
    origin: String,
    checkout_id: Option<String>,
    receipt_to: Option<String>,
    failure_code: Option<String>,
    failure_message: Option<String>,
    look_at: Option<i64>,
    refunded_minor: i64,
    dispute: Option<String>,
}

impl PaymentRow {
    fn read(self) -> Result<Payment, StoreError> {
        let context: Option<AccountContext> = match &self.context {
            None => None,
            Some(text) => {
                let corrupt = |_| StoreError::corrupt("payment.context", text);
                Some(text.parse().map_err(corrupt)?)
            }
        };
        let message = self.failure_message.unwrap_or_default();
        Ok(Payment {
            payment_id: id("payment.payment_id", &self.payment_id)?,
            tenant_id: id("payment.tenant_id", &self.tenant_id)?,
            invoice_id: id("payment.invoice_id", &self.invoice_id)?,
            method: self.method,
            method_id: optional_id("payment.method_id", self.method_id.as_deref())?,
            context,
            reference: self.reference,
            amount: Minor::new(self.amount_minor),
            fee: Minor::new(self.fee_minor),
            refunded: Minor::new(self.refunded_minor),
            dispute: self
                .dispute
                .map(|text| named("dispute.state", &text, DisputeState::parse))
                .transpose()?,
            status: named("payment.status", &self.status, PaymentStatus::parse)?,
            origin: named("payment.origin", &self.origin, PaymentOrigin::parse)?,
            checkout_id: optional_id("payment.checkout_id", self.checkout_id.as_deref())?,
            receipt_to: self.receipt_to,
            note: self.note,
            failure: self.failure_code.map(|code| Failure { code, message }),
            created_at: Timestamp::from_micros(self.created_at),
            settled_at: optional_instant(self.settled_at),
            look_at: optional_instant(self.look_at),
        })
    }
}

macro_rules! select_payment {
    ($rest:literal) => {
        concat!(
            "select p.payment_id, p.tenant_id, p.invoice_id, p.method, p.amount_minor, p.status,
               p.note, p.created_at, p.settled_at, p.method_id, p.context, p.reference,
               p.fee_minor, p.origin, p.checkout_id, p.receipt_to, p.failure_code,
               p.failure_message, p.look_at, p.refunded_minor,
               (select d.state from dispute d
                where d.partner_id = p.partner_id and d.payment_id = p.payment_id
                order by d.dispute_id desc
                limit 1) as dispute",
            $rest
        )
    };
}

/// One payment of a partner.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    payment_id: PaymentId,
) -> Result<Option<Payment>, StoreError> {
    let row: Option<PaymentRow> = on!(tx, conn => sqlx::query_as(
        select_payment!(" from payment p where p.partner_id = $1 and p.payment_id = $2"),
    ).bind(partner_id.to_string()).bind(payment_id.to_string()).fetch_optional(conn).await)?;
    row.map(PaymentRow::read).transpose()
}

/// Whose payment a charge of an account of the processor is: the account has one owner.
pub async fn of_reference(
    tx: &mut Tx,
    context: &AccountContext,
    reference: &str,
) -> Result<Option<(PartnerId, PaymentId)>, StoreError> {
    let row: Option<(String, String)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, payment_id from payment where context = $1 and reference = $2",
    ).bind(context.to_string()).bind(reference).fetch_optional(conn).await)?;
    let read = |(partner, payment): (String, String)| {
        Ok((id("payment.partner_id", &partner)?, id("payment.payment_id", &payment)?))
    };
    row.map(read).transpose()
}

/// Up to `limit` payments of an invoice after `last`, in the order of their ids.
pub async fn of_invoice(
    tx: &mut Tx,
    partner_id: PartnerId,
    (invoice_id, last): (InvoiceId, Option<PaymentId>),
    limit: i64,
) -> Result<Vec<Payment>, StoreError> {
    let rows: Vec<PaymentRow> = on!(tx, conn => sqlx::query_as(select_payment!(
        " from payment p where p.partner_id = $1 and p.invoice_id = $2 and p.payment_id > $3
         order by p.payment_id
         limit $4"
    ))
    .bind(partner_id.to_string())
    .bind(invoice_id.to_string())
    .bind(after(last))
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.into_iter().map(PaymentRow::read).collect()
}

/// The newest payments of an invoice, up to so many, the newest first.
pub async fn newest_of_invoice(
    tx: &mut Tx,
    partner_id: PartnerId,
    (invoice_id, limit): (InvoiceId, i64),
) -> Result<Vec<Payment>, StoreError> {
    let rows: Vec<PaymentRow> = on!(tx, conn => sqlx::query_as(select_payment!(
        " from payment p where p.partner_id = $1 and p.invoice_id = $2
         order by p.created_at desc, p.payment_id desc
         limit $3"
    ))
    .bind(partner_id.to_string())
    .bind(invoice_id.to_string())
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.into_iter().map(PaymentRow::read).collect()
}

/// Which payments are listed: those that meet all of what is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentFilter {
    /// Only of these tenants; `None` for all.
    pub tenants: Option<Vec<TenantId>>,
    /// Only of this tenant.
    pub tenant_id: Option<TenantId>,
    /// Only of this invoice.
    pub invoice_id: Option<InvoiceId>,
    /// Only in this state.
    pub status: Option<PaymentStatus>,
    /// Only begun from then on.
    pub created_since: Option<Timestamp>,
    /// Only begun before then.
    pub created_until: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    payment: PaymentRow,
    currency: String,
}

/// A page of the partner's payments by when they were begun, each with its invoice's currency.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: PaymentFilter,
    page: &PageRequest,
) -> Result<Page<(Payment, Currency)>, StoreError> {
    let few = filter.tenants.as_ref().is_some_and(|it| it.len() <= FEW_TENANTS);
    let is_narrow = few || filter.invoice_id.is_some();
    let key = if is_narrow { "p.created_at + 0" } else { "p.created_at" };
    List::of(select_payment!(
        ", i.currency
         from payment p
         join invoice i on i.partner_id = p.partner_id and i.invoice_id = p.invoice_id"
    ))
    .only("p.partner_id = $?", [partner_id.to_string().into()])
    .one_of("p.tenant_id in (select value from json_each($?))", filter.tenants)
    .only_if("p.tenant_id = $?", filter.tenant_id.map(|it| it.to_string()))
    .only_if("p.invoice_id = $?", filter.invoice_id.map(|it| it.to_string()))
    .only_if("p.status = $?", filter.status.map(PaymentStatus::as_str))
    .only_if("p.created_at >= $?", filter.created_since.map(Timestamp::micros))
    .only_if("p.created_at < $?", filter.created_until.map(Timestamp::micros))
    .page::<ListedRow>(tx, (key, "p.payment_id"), page)
    .await?
    .try_map(|row| Ok((row.payment.read()?, currency("invoice.currency", &row.currency)?)))
}

/// What succeeded payments of an invoice add up to.
pub async fn paid_on(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<Minor, StoreError> {
    let (sum,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select cast(coalesce(sum(amount_minor), 0) as bigint) from payment
         where partner_id = $1 and invoice_id = $2 and status = 'succeeded'",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_one(conn).await)?;
    Ok(Minor::new(sum))
}

/// The invoices of these tenants of which a payment is under way: nobody knows what came of it,
/// or a bank takes its days (PAY-18).
pub async fn pending_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<BTreeSet<InvoiceId>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "select distinct invoice_id from payment
         where partner_id = $1 and status in ('pending', 'processing')
           and tenant_id in (select value from json_each($2))",
    ).bind(partner_id.to_string()).bind(json_list(tenants)).fetch_all(conn).await)?;
    rows.into_iter().map(|(invoice,)| id("payment.invoice_id", &invoice)).collect()
}
