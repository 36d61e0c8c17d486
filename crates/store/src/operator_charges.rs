//! Charges of the operator on partners' methods.
//!
//! Decided here: a charge is written before the processor is asked; it leaves its open states once,
//! by an update guarded by them, so that an answer counts once however often it arrives. Two unique
//! indexes let one recharge and one fee be open at a time.

use domain::{
    ids::{OperatorChargeId, PartnerId},
    money::{Currency, Minor},
    operator_charge::{ChargePurpose, ChargeState, FeeFacts, OperatorCharge},
    paging::{Page, PageRequest},
    processor::MethodKind,
    time::Timestamp,
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{currency, id, named, optional_instant},
    db::{Tx, on},
    error::StoreError,
    listing::List,
};

const SELECT: &str = "select partner_id, charge_id, purpose, amount_minor, wallet_minor, currency,
   method_id, customer, method_reference, method_kind, facts, state, reference, outcome, look_at,
   looks, created_at, settled_at
 from operator_charge";

#[derive(sqlx::FromRow)]
struct ChargeRow {
    partner_id: String,
    charge_id: String,
    purpose: String,
    amount_minor: i64,
    wallet_minor: i64,
    currency: String,
    method_id: String,
    customer: String,
    method_reference: String,
    method_kind: String,
    facts: String,
    state: String,
    reference: Option<String>,
    outcome: String,
    look_at: Option<i64>,
    looks: i64,
    created_at: i64,
    settled_at: Option<i64>,
}

impl ChargeRow {
    fn read(self) -> Result<OperatorCharge, StoreError> {
        let facts: FeeFacts = serde_json::from_str(&self.facts)
            .map_err(|_| StoreError::corrupt("operator_charge.facts", &self.facts))?;
        let kind = named("operator_charge.method_kind", &self.method_kind, MethodKind::parse)?;
        let purpose = named("operator_charge.purpose", &self.purpose, ChargePurpose::parse)?;
        Ok(OperatorCharge {
            partner_id: id("operator_charge.partner_id", &self.partner_id)?,
            charge_id: id("operator_charge.charge_id", &self.charge_id)?,
            purpose,
            amount: Minor::new(self.amount_minor),
            wallet: Minor::new(self.wallet_minor),
            currency: currency("operator_charge.currency", &self.currency)?,
            method_id: id("operator_charge.method_id", &self.method_id)?,
            method: (self.customer, self.method_reference, kind),
            facts,
            state: named("operator_charge.state", &self.state, ChargeState::parse)?,
            reference: self.reference,
            outcome: self.outcome,
            look_at: optional_instant(self.look_at),
            looks: self.looks,
            created_at: Timestamp::from_micros(self.created_at),
            settled_at: optional_instant(self.settled_at),
        })
    }
}

/// Writes a charge down, and answers whether it is; it is not where another one that excludes it
/// is open, or where it is there already.
pub async fn insert(
    tx: &mut Tx,
    partner_id: PartnerId,
    charge: &OperatorCharge,
) -> Result<bool, StoreError> {
    let facts = serde_json::to_string(&charge.facts)
        .map_err(|error| StoreError::corrupt("operator_charge.facts", error))?;
    let (customer, reference, kind) = &charge.method;
    let added = on!(tx, conn => sqlx::query(
        "insert into operator_charge
           (partner_id, charge_id, purpose, amount_minor, wallet_minor, currency, method_id,
            customer, method_reference, method_kind, facts, state, outcome, look_at, looks,
            created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15)
         on conflict do nothing",
    )
    .bind(partner_id.to_string())
    .bind(charge.charge_id.to_string())
    .bind(charge.purpose.as_str())
    .bind(charge.amount.get())
    .bind(charge.wallet.get())
    .bind(charge.currency.code())
    .bind(charge.method_id.to_string())
    .bind(customer)
    .bind(reference)
    .bind(kind.as_str())
    .bind(facts)
    .bind(charge.state.as_str())
    .bind(&charge.outcome)
    .bind(charge.look_at.map(Timestamp::micros))
    .bind(charge.created_at.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(added > 0)
}

/// The partner's charge with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    charge_id: OperatorChargeId,
) -> Result<Option<OperatorCharge>, StoreError> {
    let sql = format!("{SELECT} where partner_id = $1 and charge_id = $2");
    let row: Option<ChargeRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(charge_id.to_string())
        .fetch_optional(conn).await)?;
    row.map(ChargeRow::read).transpose()
}

/// What is known of a charge now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeNews<'a> {
    /// Where it stands.
    pub state: ChargeState,
    /// The processor's id.
    pub reference: Option<&'a str>,
    /// Why it failed, or what is not known.
    pub outcome: &'a str,
    /// When it is looked at again; none where that is over.
    pub look_at: Option<Timestamp>,
    /// When this became known.
    pub at: Timestamp,
}

/// Writes down what is known, unless the charge is final already. Answers whether it was not.
pub async fn note(
    tx: &mut Tx,
    partner_id: PartnerId,
    charge_id: OperatorChargeId,
    news: &ChargeNews<'_>,
) -> Result<bool, StoreError> {
    let settled_at = news.state.is_final().then_some(news.at.micros());
    let noted = on!(tx, conn => sqlx::query(
        "update operator_charge
         set state = $3, reference = coalesce($4, reference), outcome = $5, look_at = $6,
           looks = looks + 1, settled_at = $7
         where partner_id = $1 and charge_id = $2 and state in ('open', 'unknown', 'waiting')",
    )
    .bind(partner_id.to_string())
    .bind(charge_id.to_string())
    .bind(news.state.as_str())
    .bind(news.reference)
    .bind(news.outcome)
    .bind(news.look_at.map(Timestamp::micros))
    .bind(settled_at)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(noted > 0)
}

/// Sends all of a charge to the wallet: its subscription no longer needs it.
pub async fn send_to_wallet(
    tx: &mut Tx,
    partner_id: PartnerId,
    charge_id: OperatorChargeId,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update operator_charge set wallet_minor = amount_minor
         where partner_id = $1 and charge_id = $2",
    ).bind(partner_id.to_string()).bind(charge_id.to_string()).execute(conn).await.map(drop))?;
    Ok(())
}

/// What is on its way to the wallet, in minor units.
pub async fn pending(tx: &mut Tx, partner_id: PartnerId) -> Result<Minor, StoreError> {
    let (sum,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select cast(coalesce(sum(wallet_minor), 0) as bigint) from operator_charge
         where partner_id = $1 and state in ('open', 'unknown', 'waiting')",
    ).bind(partner_id.to_string()).fetch_one(conn).await)?;
    Ok(Minor::new(sum))
}

/// The open charge that pays the partner's subscription, if there is one.
pub async fn open_fee(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Option<OperatorCharge>, StoreError> {
    let sql = format!(
        "{SELECT} where partner_id = $1 and purpose in ('activation', 'upgrade', 'renewal')
           and state in ('open', 'unknown', 'waiting')"
    );
    let row: Option<ChargeRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string()).fetch_optional(conn).await)?;
    row.map(ChargeRow::read).transpose()
}

/// The last fee of the partner that was asked for and did not come.
pub async fn unpaid_fee(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Option<OperatorCharge>, StoreError> {
    let sql = format!(
        "{SELECT} where partner_id = $1 and purpose = 'renewal'
           and state in ('declined', 'cancelled')
         order by created_at desc, charge_id desc limit 1"
    );
    let row: Option<ChargeRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string()).fetch_optional(conn).await)?;
    row.map(ChargeRow::read).transpose()
}

/// The earliest charge that is to be looked at up to `until`, whosever it is.
pub async fn next_due(
    tx: &mut Tx,
    until: Timestamp,
) -> Result<Option<(PartnerId, OperatorChargeId, Timestamp)>, StoreError> {
    let row: Option<(String, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, charge_id, look_at from operator_charge
         where look_at is not null and look_at <= $1
         order by look_at, charge_id
         limit 1",
    ).bind(until.micros()).fetch_optional(conn).await)?;
    row.map(|(partner, charge, at)| {
        let charge_id = id("operator_charge.charge_id", &charge)?;
        Ok((id("operator_charge.partner_id", &partner)?, charge_id, Timestamp::from_micros(at)))
    })
    .transpose()
}

/// A page of a partner's charges that fill its wallet, in the order of their ids.
pub async fn top_ups(
    tx: &mut Tx,
    partner_id: PartnerId,
    (state, page): (Option<&'static str>, &PageRequest),
) -> Result<Page<OperatorCharge>, StoreError> {
    List::of(SELECT)
        .only("wallet_minor > 0 and partner_id = $?", [partner_id.to_string().into()])
        .only_if(
            "case when state in ('open', 'unknown', 'waiting') then 'pending' else state end = $?",
            state,
        )
        .page(tx, ("charge_id", "charge_id"), page)
        .await?
        .try_map(ChargeRow::read)
}

/// What of a charge can still be given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refundable {
    /// The charge.
    pub charge_id: OperatorChargeId,
    /// The processor's id of it.
    pub reference: String,
    /// In what.
    pub currency: Currency,
    /// How much of its wallet part was not given back.
    pub left: Minor,
}

/// Charges whose wallet part can be given back to their method, newest first.
pub async fn refundable(
    tx: &mut Tx,
    partner_id: PartnerId,
    limit: i64,
) -> Result<Vec<Refundable>, StoreError> {
    let rows: Vec<(String, String, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select charge_id, reference, currency, remaining from (
           select c.charge_id, c.created_at, c.reference, c.currency, c.wallet_minor - (
             select cast(coalesce(sum(r.amount_minor), 0) as bigint) from operator_refund r
             where r.partner_id = c.partner_id and r.charge_id = c.charge_id
               and r.state <> 'failed') as remaining
           from operator_charge c
           where c.partner_id = $1 and c.state = 'succeeded' and c.wallet_minor > 0
             and c.reference is not null
         ) charges
         where remaining > 0
         order by created_at desc, charge_id desc
         limit $2",
    ).bind(partner_id.to_string()).bind(limit).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(charge, reference, code, left)| {
            Ok(Refundable {
                charge_id: id("operator_charge.charge_id", &charge)?,
                reference,
                currency: currency("operator_charge.currency", &code)?,
                left: Minor::new(left),
            })
        })
        .collect()
}
