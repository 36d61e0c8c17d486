//! Disputes of payments.
//!
//! Decided here: a dispute of the processor is one row, by its account and id (REF-14). Rows change
//! only from the version that was read.

use domain::{
    dispute::{Dispute, DisputeState},
    ids::{DisputeId, InvoiceId, PartnerId, PaymentId, TenantId},
    money::{Currency, Minor},
    paging::{Page, PageRequest},
    processor::AccountContext,
    time::Timestamp,
};

use crate::{
    columns::{currency, guarded, id, named, optional_instant},
    db::{Tx, json_list, on},
    error::StoreError,
    listing::List,
};

macro_rules! select_disputes {
    ($columns:literal, $rest:literal) => {
        concat!(
            "select d.partner_id, d.dispute_id, d.tenant_id, d.invoice_id, d.payment_id, d.context,
               d.reference, d.amount_minor, d.reason, d.state, d.detail, d.evidence_due,
               d.evidence, d.submitted_at, d.opened_at, d.closed_at, d.look_at, d.version",
            $columns,
            " from dispute d ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct DisputeRow {
    partner_id: String,
    dispute_id: String,
    tenant_id: String,
    invoice_id: String,
    payment_id: String,
    context: String,
    reference: String,
    amount_minor: i64,
    reason: String,
    state: String,
    detail: String,
    evidence_due: Option<i64>,
    evidence: String,
    submitted_at: Option<i64>,
    opened_at: i64,
    closed_at: Option<i64>,
    look_at: Option<i64>,
    version: i64,
}

impl DisputeRow {
    fn read(self) -> Result<Dispute, StoreError> {
        let corrupt = |_| StoreError::corrupt("dispute.context", &self.context);
        Ok(Dispute {
            dispute_id: id("dispute.dispute_id", &self.dispute_id)?,
            tenant_id: id("dispute.tenant_id", &self.tenant_id)?,
            invoice_id: id("dispute.invoice_id", &self.invoice_id)?,
            payment_id: id("dispute.payment_id", &self.payment_id)?,
            context: self.context.parse::<AccountContext>().map_err(corrupt)?,
            reference: self.reference,
            amount: Minor::new(self.amount_minor),
            reason: self.reason,
            state: named("dispute.state", &self.state, DisputeState::parse)?,
            detail: self.detail,
            evidence_due: optional_instant(self.evidence_due),
            evidence: self.evidence,
            submitted_at: optional_instant(self.submitted_at),
            opened_at: Timestamp::from_micros(self.opened_at),
            closed_at: optional_instant(self.closed_at),
            look_at: optional_instant(self.look_at),
            version: self.version,
        })
    }
}

/// Writes a dispute down, and answers whether it is new.
pub async fn insert(tx: &mut Tx, partner_id: PartnerId, new: &Dispute) -> Result<bool, StoreError> {
    let added = on!(tx, conn => sqlx::query(
        "insert into dispute
           (partner_id, dispute_id, tenant_id, invoice_id, payment_id, context, reference,
            amount_minor, reason, state, detail, evidence_due, evidence, submitted_at, opened_at,
            closed_at, look_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
         on conflict do nothing",
    )
    .bind(partner_id.to_string())
    .bind(new.dispute_id.to_string())
    .bind(new.tenant_id.to_string())
    .bind(new.invoice_id.to_string())
    .bind(new.payment_id.to_string())
    .bind(new.context.to_string())
    .bind(&new.reference)
    .bind(new.amount.get())
    .bind(&new.reason)
    .bind(new.state.as_str())
    .bind(&new.detail)
    .bind(new.evidence_due.map(Timestamp::micros))
    .bind(&new.evidence)
    .bind(new.submitted_at.map(Timestamp::micros))
    .bind(new.opened_at.micros())
    .bind(new.closed_at.map(Timestamp::micros))
    .bind(new.look_at.map(Timestamp::micros))
    .bind(new.version)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(added > 0)
}

/// Writes what changes of a dispute, in its next version; `Stale` where somebody else did.
pub async fn save(tx: &mut Tx, partner_id: PartnerId, dispute: &Dispute) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update dispute
         set state = $4, detail = $5, evidence_due = $6, evidence = $7, submitted_at = $8,
           closed_at = $9, look_at = $10, version = version + 1
         where partner_id = $1 and dispute_id = $2 and version = $3",
    )
    .bind(partner_id.to_string())
    .bind(dispute.dispute_id.to_string())
    .bind(dispute.version)
    .bind(dispute.state.as_str())
    .bind(&dispute.detail)
    .bind(dispute.evidence_due.map(Timestamp::micros))
    .bind(&dispute.evidence)
    .bind(dispute.submitted_at.map(Timestamp::micros))
    .bind(dispute.closed_at.map(Timestamp::micros))
    .bind(dispute.look_at.map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the dispute")
}

/// One dispute, of the partner or, where none is named, of whoever has it.
pub async fn find(
    tx: &mut Tx,
    partner_id: Option<PartnerId>,
    dispute_id: DisputeId,
) -> Result<Option<(PartnerId, Dispute)>, StoreError> {
    let row: Option<DisputeRow> = on!(tx, conn => sqlx::query_as(
        select_disputes!("", "where d.dispute_id = $1"),
    ).bind(dispute_id.to_string()).fetch_optional(conn).await)?;
    let found = row.map(with_owner).transpose()?;
    Ok(found.filter(|(owner, _)| partner_id.is_none_or(|wanted| wanted == *owner)))
}

fn with_owner(row: DisputeRow) -> Result<(PartnerId, Dispute), StoreError> {
    Ok((id("dispute.partner_id", &row.partner_id)?, row.read()?))
}

/// The dispute with this id at the processor, and whose it is.
pub async fn by_reference(
    tx: &mut Tx,
    context: &AccountContext,
    reference: &str,
) -> Result<Option<(PartnerId, Dispute)>, StoreError> {
    let row: Option<DisputeRow> = on!(tx, conn => sqlx::query_as(
        select_disputes!("", "where d.context = $1 and d.reference = $2"),
    ).bind(context.to_string()).bind(reference).fetch_optional(conn).await)?;
    row.map(with_owner).transpose()
}

/// All disputes of an invoice's payments, oldest first.
pub async fn of_invoice(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<Vec<Dispute>, StoreError> {
    let rows: Vec<DisputeRow> = on!(tx, conn => sqlx::query_as(
        select_disputes!("", "where d.partner_id = $1 and d.invoice_id = $2 order by d.dispute_id"),
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter().map(DisputeRow::read).collect()
}

/// How each of these payments stands that was ever disputed; the last dispute counts.
pub async fn of_payments(
    tx: &mut Tx,
    partner_id: PartnerId,
    payments: &[PaymentId],
) -> Result<Vec<(PaymentId, DisputeState)>, StoreError> {
    let rows: Vec<(String, String)> = on!(tx, conn => sqlx::query_as(
        "select payment_id, state from dispute
         where partner_id = $1 and payment_id in (select value from json_each($2))
         order by dispute_id",
    ).bind(partner_id.to_string()).bind(json_list(payments)).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(payment, state)| {
            let payment_id = id("dispute.payment_id", &payment)?;
            Ok((payment_id, named("dispute.state", &state, DisputeState::parse)?))
        })
        .collect()
}

/// Whether a payment of this invoice is disputed, or was lost to a dispute: nothing is charged by
/// itself for it any more.
pub async fn keeps_from_charging(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<bool, StoreError> {
    let (found,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from dispute
         where partner_id = $1 and invoice_id = $2 and state in ('open', 'lost')",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_one(conn).await)?;
    Ok(found > 0)
}

/// The dispute that is next to be asked about up to `until`, of any partner.
pub async fn next_due(
    tx: &mut Tx,
    until: Timestamp,
) -> Result<Option<(PartnerId, DisputeId, Timestamp)>, StoreError> {
    let row: Option<(String, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, dispute_id, look_at from dispute
         where look_at is not null and look_at <= $1
         order by look_at, dispute_id
         limit 1",
    ).bind(until.micros()).fetch_optional(conn).await)?;
    row.map(|(partner, dispute, at)| {
        let partner_id = id("dispute.partner_id", &partner)?;
        Ok((partner_id, id("dispute.dispute_id", &dispute)?, Timestamp::from_micros(at)))
    })
    .transpose()
}

/// Which disputes are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DisputeFilter {
    /// Only of this partner; `None` for everybody's.
    pub partner_id: Option<PartnerId>,
    /// Only of these tenants; `None` for all.
    pub tenants: Option<Vec<TenantId>>,
    /// Only of this tenant.
    pub tenant_id: Option<TenantId>,
    /// Only of this invoice.
    pub invoice_id: Option<InvoiceId>,
    /// Only in this state.
    pub state: Option<DisputeState>,
    /// Only on this account.
    pub context: Option<AccountContext>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    dispute: DisputeRow,
    currency: String,
}

/// A dispute with its owner and its invoice's currency.
pub type ListedDispute = (PartnerId, Dispute, Currency);

/// A page of disputes in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    filter: DisputeFilter,
    page: &PageRequest,
) -> Result<Page<ListedDispute>, StoreError> {
    List::of(select_disputes!(
        ", i.currency",
        "join invoice i on i.partner_id = d.partner_id and i.invoice_id = d.invoice_id"
    ))
    .only_if("d.partner_id = $?", filter.partner_id.map(|it| it.to_string()))
    .one_of("d.tenant_id in (select value from json_each($?))", filter.tenants)
    .only_if("d.tenant_id = $?", filter.tenant_id.map(|it| it.to_string()))
    .only_if("d.invoice_id = $?", filter.invoice_id.map(|it| it.to_string()))
    .only_if("d.state = $?", filter.state.map(DisputeState::as_str))
    .only_if("d.context = $?", filter.context.map(|it| it.to_string()))
    .page::<ListedRow>(tx, ("d.dispute_id", "d.dispute_id"), page)
    .await?
    .try_map(|row| {
        let currency = currency("invoice.currency", &row.currency)?;
        let (partner_id, dispute) = with_owner(row.dispute)?;
        Ok((partner_id, dispute, currency))
    })
}
