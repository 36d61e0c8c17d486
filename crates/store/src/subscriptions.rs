//! Partners' subscriptions, the standard figures of tiers, and subscription invoices.
//!
//! Decided here: a subscription is saved at the version it was read with, together with the status
//! that others read of its partner. Posted figures of a tier are only ever added.

use domain::{
    ids::{OperatorChargeId, PartnerId, SubscriptionInvoiceId},
    money::{Currency, Minor, Nanos},
    paging::{Page, PageRequest},
    partner::{PartnerLife, PartnerStage, PartnerSuspension},
    subscription::{Billing, PendingPlan, Subscription},
    tier::{Tier, TierPlan, TierRates},
    time::Timestamp,
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{currency, guarded, id, named, number, optional_instant},
    db::{Tx, on},
    error::StoreError,
    listing::List,
};

#[derive(sqlx::FromRow)]
struct SubscriptionRow {
    billing: String,
    stage: String,
    stage_since: i64,
    reasons: String,
    enterprise_fee_minor: Option<i64>,
    pending_tier: Option<String>,
    pending_since: Option<i64>,
    renewed_month: Option<i64>,
    retry_at: Option<i64>,
    version: i64,
}

impl SubscriptionRow {
    fn read(self, partner_id: PartnerId) -> Result<Subscription, StoreError> {
        let words = self.reasons.split(',').filter(|word| !word.is_empty());
        let reason = |word| named("subscription.reasons", word, PartnerSuspension::parse);
        let tier = |text: String| named("subscription.pending_tier", &text, Tier::parse);
        let pending = match (self.pending_tier, self.pending_since) {
            (Some(text), Some(since)) => {
                Some(PendingPlan { tier: tier(text)?, since: Timestamp::from_micros(since) })
            }
            _ => None,
        };
        Ok(Subscription {
            partner_id,
            billing: named("subscription.billing", &self.billing, Billing::parse)?,
            life: PartnerLife {
                stage: named("subscription.stage", &self.stage, PartnerStage::parse)?,
                since: Timestamp::from_micros(self.stage_since),
                reasons: words.map(reason).collect::<Result<_, _>>()?,
            },
            enterprise_fee: self.enterprise_fee_minor.map(Minor::new),
            pending,
            renewed_month: self.renewed_month,
            retry_at: optional_instant(self.retry_at),
            version: self.version,
        })
    }
}

fn reasons(subscription: &Subscription) -> String {
    let names: Vec<&str> = subscription.life.reasons.iter().map(|it| it.as_str()).collect();
    names.join(",")
}

/// Begins a partner's subscription.
pub(crate) async fn insert(tx: &mut Tx, new: &Subscription) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into subscription
           (partner_id, billing, stage, stage_since, reasons, next_action_at, version)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(new.partner_id.to_string())
    .bind(new.billing.as_str())
    .bind(new.life.stage.as_str())
    .bind(new.life.since.micros())
    .bind(reasons(new))
    .bind(new.next_action_at().map(Timestamp::micros))
    .bind(new.version)
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// A partner's subscription.
pub async fn find(tx: &mut Tx, partner_id: PartnerId) -> Result<Option<Subscription>, StoreError> {
    read(tx, partner_id, SELECT.to_owned()).await
}

/// The same, locked until the transaction ends.
pub async fn locked(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Option<Subscription>, StoreError> {
    let sql = tx.locking(SELECT);
    read(tx, partner_id, sql).await
}

const SELECT: &str = "select billing, stage, stage_since, reasons, enterprise_fee_minor,
   pending_tier, pending_since, renewed_month, retry_at, version
 from subscription where partner_id = $1";

async fn read(
    tx: &mut Tx,
    partner_id: PartnerId,
    sql: String,
) -> Result<Option<Subscription>, StoreError> {
    let row: Option<SubscriptionRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string()).fetch_optional(conn).await)?;
    row.map(|row| row.read(partner_id)).transpose()
}

/// Saves a subscription at the version it was read with, and its partner's status.
pub async fn save(
    tx: &mut Tx,
    partner_id: PartnerId,
    subscription: &Subscription,
    now: Timestamp,
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update subscription
         set billing = $3, stage = $4, stage_since = $5, reasons = $6, enterprise_fee_minor = $7,
           pending_tier = $8, pending_since = $9, renewed_month = $10, retry_at = $11,
           next_action_at = $12, version = version + 1
         where partner_id = $1 and version = $2",
    )
    .bind(partner_id.to_string())
    .bind(subscription.version)
    .bind(subscription.billing.as_str())
    .bind(subscription.life.stage.as_str())
    .bind(subscription.life.since.micros())
    .bind(reasons(subscription))
    .bind(subscription.enterprise_fee.map(Minor::get))
    .bind(subscription.pending.map(|it| it.tier.as_str()))
    .bind(subscription.pending.map(|it| it.since.micros()))
    .bind(subscription.renewed_month)
    .bind(subscription.retry_at.map(Timestamp::micros))
    .bind(subscription.next_action_at().map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the subscription")?;
    on!(tx, conn => sqlx::query(
        "update partner set status = $2, status_since = $3, version = version + 1
         where partner_id = $1 and status <> $2",
    )
    .bind(partner_id.to_string())
    .bind(subscription.life.status().as_str())
    .bind(now.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The earliest instant up to `until` at which something of a subscription is due, and whose.
pub async fn next_due(
    tx: &mut Tx,
    until: Timestamp,
) -> Result<Option<(PartnerId, Timestamp)>, StoreError> {
    let row: Option<(String, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, next_action_at from subscription
         where next_action_at is not null and next_action_at <= $1
         order by next_action_at, partner_id
         limit 1",
    ).bind(until.micros()).fetch_optional(conn).await)?;
    row.map(|(partner, at)| {
        Ok((id("subscription.partner_id", &partner)?, Timestamp::from_micros(at)))
    })
    .transpose()
}

/// Standard figures of a tier, from an instant on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedPlan {
    /// Of which tier.
    pub tier: Tier,
    /// From when on.
    pub effective_from: Timestamp,
    /// The figures.
    pub plan: TierPlan,
    /// Why, for partners.
    pub reason: String,
    /// When it was posted.
    pub posted_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct PlanRow {
    tier: String,
    effective_from: i64,
    monthly_fee_minor: i64,
    max_extensions: Option<i64>,
    extension_month_nanos: i64,
    local_did_month_nanos: i64,
    toll_free_did_month_nanos: i64,
    local_minute_nanos: i64,
    toll_free_minute_nanos: i64,
    reason: String,
    posted_at: i64,
}

impl PlanRow {
    fn read(self) -> Result<PostedPlan, StoreError> {
        let most = self.max_extensions;
        Ok(PostedPlan {
            tier: named("tier_plan.tier", &self.tier, Tier::parse)?,
            effective_from: Timestamp::from_micros(self.effective_from),
            plan: TierPlan {
                monthly_fee: Minor::new(self.monthly_fee_minor),
                max_extensions: most
                    .map(|most| number("tier_plan.max_extensions", most))
                    .transpose()?,
                rates: TierRates {
                    extension_month: Nanos::new(self.extension_month_nanos),
                    local_did_month: Nanos::new(self.local_did_month_nanos),
                    toll_free_did_month: Nanos::new(self.toll_free_did_month_nanos),
                    local_minute: Nanos::new(self.local_minute_nanos),
                    toll_free_minute: Nanos::new(self.toll_free_minute_nanos),
                },
            },
            reason: self.reason,
            posted_at: Timestamp::from_micros(self.posted_at),
        })
    }
}

/// Posts figures of a tier. Others from the same instant are a unique violation.
pub async fn post_plan(tx: &mut Tx, posted: &PostedPlan) -> Result<(), StoreError> {
    let (plan, rates) = (&posted.plan, &posted.plan.rates);
    on!(tx, conn => sqlx::query(
        "insert into tier_plan
           (tier, effective_from, monthly_fee_minor, max_extensions, extension_month_nanos,
            local_did_month_nanos, toll_free_did_month_nanos, local_minute_nanos,
            toll_free_minute_nanos, reason, posted_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(posted.tier.as_str())
    .bind(posted.effective_from.micros())
    .bind(plan.monthly_fee.get())
    .bind(plan.max_extensions.map(i64::from))
    .bind(rates.extension_month.get())
    .bind(rates.local_did_month.get())
    .bind(rates.toll_free_did_month.get())
    .bind(rates.local_minute.get())
    .bind(rates.toll_free_minute.get())
    .bind(&posted.reason)
    .bind(posted.posted_at.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// All posted figures of all tiers, oldest first. There are few: one for each change of prices.
pub async fn posted_plans(tx: &mut Tx) -> Result<Vec<PostedPlan>, StoreError> {
    let rows: Vec<PlanRow> = on!(tx, conn => sqlx::query_as(
        "select tier, effective_from, monthly_fee_minor, max_extensions, extension_month_nanos,
           local_did_month_nanos, toll_free_did_month_nanos, local_minute_nanos,
           toll_free_minute_nanos, reason, posted_at
         from tier_plan
         order by effective_from, tier
         limit 1000",
    ).fetch_all(conn).await)?;
    rows.into_iter().map(PlanRow::read).collect()
}

/// The operator's figures for subscriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlatformFees {
    /// What a first activation puts into the wallet (PLT-07).
    pub initial_credit: Minor,
    /// What partners with own processor keys pay a month on top (PLT-36).
    pub surcharge: Minor,
}

/// The operator's figures for subscriptions; the defaults where there is no operator yet.
pub async fn fees(tx: &mut Tx) -> Result<PlatformFees, StoreError> {
    let row: Option<(i64, i64)> = on!(tx, conn => sqlx::query_as(
        "select initial_credit_minor, surcharge_minor from operator where operator_id = 1",
    ).fetch_optional(conn).await)?;
    let (credit, surcharge) = row.unwrap_or((2_500, 0));
    Ok(PlatformFees { initial_credit: Minor::new(credit), surcharge: Minor::new(surcharge) })
}

/// Sets the operator's figures for subscriptions.
pub async fn set_fees(tx: &mut Tx, fees: PlatformFees) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update operator set initial_credit_minor = $1, surcharge_minor = $2
         where operator_id = 1",
    ).bind(fees.initial_credit.get()).bind(fees.surcharge.get()).execute(conn).await.map(drop))?;
    Ok(())
}

/// An invoice of the operator for a subscription, as issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionInvoice {
    /// Its id.
    pub invoice_id: SubscriptionInvoiceId,
    /// Its number, without gaps over all partners.
    pub number: String,
    /// The charge that paid it.
    pub charge_id: OperatorChargeId,
    /// What that charge was for.
    pub purpose: String,
    /// In what.
    pub currency: Currency,
    /// The sum of its lines.
    pub total: Minor,
    /// Names, addresses and lines as issued: JSON.
    pub content: String,
    /// When it was issued.
    pub issued_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct InvoiceRow {
    invoice_id: String,
    number: String,
    charge_id: String,
    purpose: String,
    currency: String,
    total_minor: i64,
    content: String,
    issued_at: i64,
}

impl InvoiceRow {
    fn read(self) -> Result<SubscriptionInvoice, StoreError> {
        Ok(SubscriptionInvoice {
            invoice_id: id("subscription_invoice.invoice_id", &self.invoice_id)?,
            number: self.number,
            charge_id: id("subscription_invoice.charge_id", &self.charge_id)?,
            purpose: self.purpose,
            currency: currency("subscription_invoice.currency", &self.currency)?,
            total: Minor::new(self.total_minor),
            content: self.content,
            issued_at: Timestamp::from_micros(self.issued_at),
        })
    }
}

/// Takes the next number. Done late in a transaction: whoever else takes one waits from here on.
pub async fn take_number(tx: &mut Tx) -> Result<i64, StoreError> {
    let (next,): (i64,) = on!(tx, conn => sqlx::query_as(
        "update operator set next_subscription_number = next_subscription_number + 1
         where operator_id = 1
         returning next_subscription_number",
    ).fetch_one(conn).await)?;
    Ok(next - 1)
}

/// Keeps an invoice. A second one of the same charge is a unique violation.
pub async fn insert_invoice(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice: &SubscriptionInvoice,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into subscription_invoice
           (partner_id, invoice_id, number, charge_id, purpose, currency, total_minor, content,
            issued_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(partner_id.to_string())
    .bind(invoice.invoice_id.to_string())
    .bind(&invoice.number)
    .bind(invoice.charge_id.to_string())
    .bind(&invoice.purpose)
    .bind(invoice.currency.code())
    .bind(invoice.total.get())
    .bind(&invoice.content)
    .bind(invoice.issued_at.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

const INVOICES: &str = "select invoice_id, number, charge_id, purpose, currency, total_minor,
   content, issued_at
 from subscription_invoice";

/// A page of a partner's invoices, in the order of their ids.
pub async fn invoices(
    tx: &mut Tx,
    partner_id: PartnerId,
    page: &PageRequest,
) -> Result<Page<SubscriptionInvoice>, StoreError> {
    List::of(INVOICES)
        .only("partner_id = $?", [partner_id.to_string().into()])
        .page(tx, ("invoice_id", "invoice_id"), page)
        .await?
        .try_map(InvoiceRow::read)
}

/// The partner's invoice with this id.
pub async fn find_invoice(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: SubscriptionInvoiceId,
) -> Result<Option<SubscriptionInvoice>, StoreError> {
    let sql = format!("{INVOICES} where partner_id = $1 and invoice_id = $2");
    let row: Option<InvoiceRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(invoice_id.to_string())
        .fetch_optional(conn).await)?;
    row.map(InvoiceRow::read).transpose()
}

/// What may keep a partner from being deleted, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct Holdings {
    /// Tenants that are not cancelled.
    pub tenants: i64,
    /// Issued invoices that are not paid.
    pub invoices: i64,
    /// Numbers that are assigned.
    pub numbers: i64,
    /// Charges and refunds of the operator that are not finished.
    pub in_progress: i64,
}

/// What may keep a partner from being deleted (PLT-34).
pub async fn holdings(tx: &mut Tx, partner_id: PartnerId) -> Result<Holdings, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select
           (select count(*) from tenant where partner_id = $1 and status <> 'cancelled')
             as tenants,
           (select count(*) from invoice
            where partner_id = $1 and status in ('sent', 'partially_paid', 'overdue'))
             as invoices,
           (select count(*) from phone_number where partner_id = $1 and released_at is null)
             as numbers,
           (select count(*) from operator_charge
            where partner_id = $1 and state in ('open', 'unknown', 'waiting'))
           + (select count(*) from operator_refund
              where partner_id = $1 and state in ('open', 'unknown', 'waiting'))
             as in_progress",
    ).bind(partner_id.to_string()).fetch_one(conn).await)?)
}

/// How many extensions all tenants of a partner have now (PLT-30).
pub async fn extensions(tx: &mut Tx, partner_id: PartnerId) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from extension where partner_id = $1 and removed_at is null",
    ).bind(partner_id.to_string()).fetch_one(conn).await)?;
    Ok(count)
}
