//! Refunds, and what is left to give back.
//!
//! Decided here: a refund of the processor is one row, by a unique index over its account and id;
//! a failed refund is retried once. Rows change only from the version that was read.

use domain::{
    ids::{InvoiceId, PartnerId, PaymentId, RefundId, TenantId},
    money::{Currency, Minor},
    paging::{Page, PageRequest},
    processor::AccountContext,
    refund::{Destination, GivenBack, Origin, Refund, RefundState},
    time::{Span, Timestamp},
};

use crate::{
    columns::{currency, guarded, id, named, optional_id, optional_instant},
    db::{Tx, on},
    error::StoreError,
    listing::List,
};

macro_rules! select_refunds {
    ($columns:literal, $rest:literal) => {
        concat!(
            "select r.partner_id, r.refund_id, r.tenant_id, r.invoice_id, r.payment_id,
               r.destination, r.amount_minor, r.applied_minor, r.tax_minor, r.state, r.origin,
               r.reason, r.failure, r.context, r.charge, r.reference, r.retry_of, r.credit_id,
               r.created_at, r.settled_at, r.look_at, r.version",
            $columns,
            " from refund r ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct RefundRow {
    partner_id: String,
    refund_id: String,
    tenant_id: String,
    invoice_id: String,
    payment_id: Option<String>,
    destination: String,
    amount_minor: i64,
    applied_minor: i64,
    tax_minor: i64,
    state: String,
    origin: String,
    reason: String,
    failure: String,
    context: Option<String>,
    charge: Option<String>,
    reference: Option<String>,
    retry_of: Option<String>,
    credit_id: Option<String>,
    created_at: i64,
    settled_at: Option<i64>,
    look_at: Option<i64>,
    version: i64,
}

impl RefundRow {
    fn read(self) -> Result<Refund, StoreError> {
        let context = self.context.as_deref().map(|text| {
            text.parse::<AccountContext>().map_err(|_| StoreError::corrupt("refund.context", text))
        });
        Ok(Refund {
            refund_id: id("refund.refund_id", &self.refund_id)?,
            tenant_id: id("refund.tenant_id", &self.tenant_id)?,
            invoice_id: id("refund.invoice_id", &self.invoice_id)?,
            payment_id: optional_id("refund.payment_id", self.payment_id.as_deref())?,
            destination: named("refund.destination", &self.destination, Destination::parse)?,
            amount: Minor::new(self.amount_minor),
            applied: Minor::new(self.applied_minor),
            tax: Minor::new(self.tax_minor),
            state: named("refund.state", &self.state, RefundState::parse)?,
            origin: named("refund.origin", &self.origin, Origin::parse)?,
            reason: self.reason,
            failure: self.failure,
            context: context.transpose()?,
            charge: self.charge,
            reference: self.reference,
            retry_of: optional_id("refund.retry_of", self.retry_of.as_deref())?,
            credit_id: optional_id("refund.credit_id", self.credit_id.as_deref())?,
            created_at: Timestamp::from_micros(self.created_at),
            settled_at: optional_instant(self.settled_at),
            look_at: optional_instant(self.look_at),
            version: self.version,
        })
    }
}

/// Writes a refund down, and answers whether it is new: not where the processor's refund is known
/// or the failed one was retried before.
pub async fn insert(tx: &mut Tx, partner_id: PartnerId, new: &Refund) -> Result<bool, StoreError> {
    let added = on!(tx, conn => sqlx::query(
        "insert into refund
           (partner_id, refund_id, tenant_id, invoice_id, payment_id, destination, amount_minor,
            applied_minor, tax_minor, state, origin, reason, failure, context, charge, reference,
            retry_of, credit_id, created_at, settled_at, look_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
           $19, $20, $21, $22)
         on conflict do nothing",
    )
    .bind(partner_id.to_string())
    .bind(new.refund_id.to_string())
    .bind(new.tenant_id.to_string())
    .bind(new.invoice_id.to_string())
    .bind(new.payment_id.map(|it| it.to_string()))
    .bind(new.destination.as_str())
    .bind(new.amount.get())
    .bind(new.applied.get())
    .bind(new.tax.get())
    .bind(new.state.as_str())
    .bind(new.origin.as_str())
    .bind(&new.reason)
    .bind(&new.failure)
    .bind(new.context.as_ref().map(AccountContext::to_string))
    .bind(&new.charge)
    .bind(&new.reference)
    .bind(new.retry_of.map(|it| it.to_string()))
    .bind(new.credit_id.map(|it| it.to_string()))
    .bind(new.created_at.micros())
    .bind(new.settled_at.map(Timestamp::micros))
    .bind(new.look_at.map(Timestamp::micros))
    .bind(new.version)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(added > 0)
}

/// Writes what changes of a refund, in its next version; `Stale` where somebody else did.
pub async fn save(tx: &mut Tx, partner_id: PartnerId, refund: &Refund) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update refund
         set applied_minor = $4, tax_minor = $5, state = $6, failure = $7, reference = $8,
           credit_id = $9, settled_at = $10, look_at = $11, version = version + 1
         where partner_id = $1 and refund_id = $2 and version = $3",
    )
    .bind(partner_id.to_string())
    .bind(refund.refund_id.to_string())
    .bind(refund.version)
    .bind(refund.applied.get())
    .bind(refund.tax.get())
    .bind(refund.state.as_str())
    .bind(&refund.failure)
    .bind(&refund.reference)
    .bind(refund.credit_id.map(|it| it.to_string()))
    .bind(refund.settled_at.map(Timestamp::micros))
    .bind(refund.look_at.map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the refund")
}

/// One refund of a partner.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    refund_id: RefundId,
) -> Result<Option<Refund>, StoreError> {
    let row: Option<RefundRow> = on!(tx, conn => sqlx::query_as(
        select_refunds!("", "where r.partner_id = $1 and r.refund_id = $2"),
    ).bind(partner_id.to_string()).bind(refund_id.to_string()).fetch_optional(conn).await)?;
    row.map(RefundRow::read).transpose()
}

/// The refund with this id at the processor, and whose it is.
pub async fn by_reference(
    tx: &mut Tx,
    context: &AccountContext,
    reference: &str,
) -> Result<Option<(PartnerId, Refund)>, StoreError> {
    let row: Option<RefundRow> = on!(tx, conn => sqlx::query_as(
        select_refunds!("", "where r.context = $1 and r.reference = $2"),
    ).bind(context.to_string()).bind(reference).fetch_optional(conn).await)?;
    row.map(|row| Ok((id("refund.partner_id", &row.partner_id)?, row.read()?))).transpose()
}

/// All refunds of an invoice in the order of their ids: as many as it has been given back in.
pub async fn of_invoice(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<Vec<Refund>, StoreError> {
    let rows: Vec<RefundRow> = on!(tx, conn => sqlx::query_as(
        select_refunds!("", "where r.partner_id = $1 and r.invoice_id = $2 order by r.refund_id"),
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter().map(RefundRow::read).collect()
}

/// The refund that is next to be asked about up to `until`, of any partner.
pub async fn next_due(
    tx: &mut Tx,
    until: Timestamp,
) -> Result<Option<(PartnerId, RefundId, Timestamp)>, StoreError> {
    let row: Option<(String, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, refund_id, look_at from refund
         where look_at is not null and look_at <= $1
         order by look_at, refund_id
         limit 1",
    ).bind(until.micros()).fetch_optional(conn).await)?;
    row.map(|(partner, refund, at)| {
        let partner_id = id("refund.partner_id", &partner)?;
        Ok((partner_id, id("refund.refund_id", &refund)?, Timestamp::from_micros(at)))
    })
    .transpose()
}

/// Which refunds are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RefundFilter {
    /// Only of these tenants; `None` for all.
    pub tenants: Option<Vec<TenantId>>,
    /// Only of this tenant.
    pub tenant_id: Option<TenantId>,
    /// Only of this invoice.
    pub invoice_id: Option<InvoiceId>,
    /// Only of this payment.
    pub payment_id: Option<PaymentId>,
    /// Only in these states.
    pub states: Option<Vec<&'static str>>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    refund: RefundRow,
    currency: String,
}

/// A page of the partner's refunds with their invoices' currencies, in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: RefundFilter,
    page: &PageRequest,
) -> Result<Page<(Refund, Currency)>, StoreError> {
    List::of(select_refunds!(
        ", i.currency",
        "join invoice i on i.partner_id = r.partner_id and i.invoice_id = r.invoice_id"
    ))
    .only("r.partner_id = $?", [partner_id.to_string().into()])
    .one_of("r.tenant_id in (select value from json_each($?))", filter.tenants)
    .only_if("r.tenant_id = $?", filter.tenant_id.map(|it| it.to_string()))
    .only_if("r.invoice_id = $?", filter.invoice_id.map(|it| it.to_string()))
    .only_if("r.payment_id = $?", filter.payment_id.map(|it| it.to_string()))
    .one_of("r.state in (select value from json_each($?))", filter.states)
    .page::<ListedRow>(tx, ("r.refund_id", "r.refund_id"), page)
    .await?
    .try_map(|row| Ok((row.refund.read()?, currency("invoice.currency", &row.currency)?)))
}

/// What refunds that did not fail give back of an invoice, and what credit notes for credits do
/// besides; both with their tax.
pub async fn given_back(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<(GivenBack, GivenBack), StoreError> {
    let sums: (i64, i64, i64, i64) = on!(tx, conn => sqlx::query_as(
        "select
           (select cast(coalesce(sum(applied_minor), 0) as bigint) from refund
            where partner_id = $1 and invoice_id = $2 and state <> 'failed'),
           (select cast(coalesce(sum(tax_minor), 0) as bigint) from refund
            where partner_id = $1 and invoice_id = $2 and state <> 'failed'),
           (select cast(coalesce(sum(amount_minor), 0) as bigint) from credit_note
            where partner_id = $1 and invoice_id = $2 and refund_id is null
              and cancelled_at is null),
           (select cast(coalesce(sum(tax_minor), 0) as bigint) from credit_note
            where partner_id = $1 and invoice_id = $2 and refund_id is null
              and cancelled_at is null)",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_one(conn).await)?;
    let pair = |amount, tax| GivenBack { amount: Minor::new(amount), tax: Minor::new(tax) };
    Ok((pair(sums.0, sums.1), pair(sums.2, sums.3)))
}

/// Adds to what went back of a payment; takes away where `amount` is negative.
pub async fn count_on_payment(
    tx: &mut Tx,
    partner_id: PartnerId,
    (payment_id, amount): (PaymentId, Minor),
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update payment set refunded_minor = refunded_minor + $3
         where partner_id = $1 and payment_id = $2",
    )
    .bind(partner_id.to_string())
    .bind(payment_id.to_string())
    .bind(amount.get())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// What of a payment's fee was booked as given back.
pub async fn fee_booked(
    tx: &mut Tx,
    partner_id: PartnerId,
    payment_id: PaymentId,
) -> Result<Minor, StoreError> {
    let row: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select fee_returned_minor from payment where partner_id = $1 and payment_id = $2",
    ).bind(partner_id.to_string()).bind(payment_id.to_string()).fetch_optional(conn).await)?;
    Ok(Minor::new(row.map_or(0, |(amount,)| amount)))
}

/// Adds to that.
pub async fn count_fee(
    tx: &mut Tx,
    partner_id: PartnerId,
    (payment_id, amount): (PaymentId, Minor),
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update payment set fee_returned_minor = fee_returned_minor + $3
         where partner_id = $1 and payment_id = $2",
    )
    .bind(partner_id.to_string())
    .bind(payment_id.to_string())
    .bind(amount.get())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// What went back on the operator's account within a span, for the month's settlement (F-10):
/// refunds by the processor, and lost disputes.
pub async fn settled_on_platform(
    tx: &mut Tx,
    partner_id: PartnerId,
    span: Span,
) -> Result<(Minor, Minor), StoreError> {
    let (refunds, disputes): (i64, i64) = on!(tx, conn => sqlx::query_as(
        "select
           (select cast(coalesce(sum(amount_minor), 0) as bigint) from refund
            where partner_id = $1 and settled_at >= $2 and settled_at < $3
              and state = 'succeeded' and destination = 'card' and context = 'platform'),
           (select cast(coalesce(sum(amount_minor), 0) as bigint) from dispute
            where partner_id = $1 and closed_at >= $2 and closed_at < $3
              and state = 'lost' and context = 'platform')",
    )
    .bind(partner_id.to_string())
    .bind(span.start.micros())
    .bind(span.end.micros())
    .fetch_one(conn).await)?;
    Ok((Minor::new(refunds), Minor::new(disputes)))
}

/// What tenants paid within a span and what went back to them in it, by any way but their balance
/// (REP-05, REF-10).
pub async fn collected(
    tx: &mut Tx,
    partner_id: PartnerId,
    span: Span,
) -> Result<(Minor, Minor), StoreError> {
    let (paid, back): (i64, i64) = on!(tx, conn => sqlx::query_as(
        "select
           (select cast(coalesce(sum(amount_minor), 0) as bigint) from payment
            where partner_id = $1 and status = 'succeeded'
              and settled_at >= $2 and settled_at < $3),
           (select cast(coalesce(sum(amount_minor), 0) as bigint) from refund
            where partner_id = $1 and state = 'succeeded' and destination <> 'credit'
              and settled_at >= $2 and settled_at < $3)
           + (select cast(coalesce(sum(amount_minor), 0) as bigint) from dispute
            where partner_id = $1 and state = 'lost' and closed_at >= $2 and closed_at < $3)",
    )
    .bind(partner_id.to_string())
    .bind(span.start.micros())
    .bind(span.end.micros())
    .fetch_one(conn).await)?;
    Ok((Minor::new(paid), Minor::new(back)))
}

/// Whether a partner's application fees go back with refunds (REF-09).
pub async fn returns_fees(tx: &mut Tx, partner_id: PartnerId) -> Result<bool, StoreError> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "select application_fee from refund_policy where partner_id = $1",
    ).bind(partner_id.to_string()).fetch_optional(conn).await)?;
    Ok(row.is_some_and(|(fee,)| fee == "returned"))
}

/// Says whether they do: `kept` or `returned`.
pub async fn set_policy(
    tx: &mut Tx,
    partner_id: PartnerId,
    application_fee: &'static str,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into refund_policy (partner_id, application_fee) values ($1, $2)
         on conflict (partner_id) do update set application_fee = excluded.application_fee",
    ).bind(partner_id.to_string()).bind(application_fee).execute(conn).await.map(drop))?;
    Ok(())
}

/// Invoices of a partner whose refunded amount is not what their refunds add up to, or whose notes
/// are not, at most 100: id, what refunds add up to, what the invoice says, what live notes for
/// refunds add up to.
pub async fn wrong_invoices(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Vec<(String, i64, i64, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select invoice_id, given, refunded_minor, noted from (
           select i.invoice_id, i.refunded_minor,
             (select cast(coalesce(sum(r.applied_minor), 0) as bigint) from refund r
              where r.partner_id = i.partner_id and r.invoice_id = i.invoice_id
                and r.state = 'succeeded') as given,
             (select cast(coalesce(sum(n.amount_minor), 0) as bigint) from credit_note n
              where n.partner_id = i.partner_id and n.invoice_id = i.invoice_id
                and n.refund_id is not null and n.cancelled_at is null) as noted
           from invoice i
           where i.partner_id = $1
             and (i.refunded_minor <> 0 or exists (select 1 from refund x
               where x.partner_id = i.partner_id and x.invoice_id = i.invoice_id))
         ) as sums
         where given <> refunded_minor or noted <> given
         order by invoice_id
         limit 100",
    ).bind(partner_id.to_string()).fetch_all(conn).await)?)
}

/// Payments of a partner whose refunded amount is not what their refunds add up to, at most 100:
/// id, what it must be, what it is.
pub async fn wrong_payments(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Vec<(String, i64, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select p.payment_id, cast(coalesce(sum(r.amount_minor), 0) as bigint), p.refunded_minor
         from payment p
         left join refund r on r.partner_id = p.partner_id and r.invoice_id = p.invoice_id
           and r.payment_id = p.payment_id and r.state = 'succeeded'
         where p.partner_id = $1
         group by p.payment_id, p.refunded_minor
         having coalesce(sum(r.amount_minor), 0) <> p.refunded_minor
         order by p.payment_id
         limit 100",
    ).bind(partner_id.to_string()).fetch_all(conn).await)?)
}

/// Refunds and disputes of a partner whose bookings are not there, or are there too often, at most
/// 100: the id and how many bookings there must be and are.
pub async fn wrong_bookings(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Vec<(String, i64, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select id, expected, found from (
           select d.dispute_id as id,
             cast(case when d.state = 'lost' then 1 else 0 end as bigint) as expected,
             (select count(*) from ledger_tx t where t.partner_id = d.partner_id
                and t.source_type = 'dispute' and t.source_id = d.dispute_id) as found
           from dispute d where d.partner_id = $1
           union all
           select r.refund_id as id,
             cast(case when r.state = 'succeeded' then 1 when r.settled_at is not null
               and exists (select 1 from ledger_tx t where t.partner_id = r.partner_id
                 and t.source_type = 'refund' and t.source_id = r.refund_id
                 and t.purpose = 'settle') then 2 else 0 end as bigint) as expected,
             (select count(*) from ledger_tx t where t.partner_id = r.partner_id
                and t.source_type = 'refund' and t.source_id = r.refund_id
                and t.purpose in ('settle', 'failed')) as found
           from refund r where r.partner_id = $1
         ) as booked
         where expected <> found
         order by id
         limit 100",
    ).bind(partner_id.to_string()).fetch_all(conn).await)?)
}
