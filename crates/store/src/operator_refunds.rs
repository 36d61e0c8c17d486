//! Money of wallets that the operator gives back (WAL-22).
//!
//! Decided here: the parts of one request are rows of their own, each on one charge or by hand,
//! written in the transaction that debits the wallet. A part leaves its open states once; one that
//! succeeded may still fail later, when the bank sends it back.

use domain::{
    ids::{OperatorChargeId, PartnerId, RefundId},
    money::Minor,
    time::Timestamp,
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{id, named, optional_id, optional_instant},
    db::{Tx, on},
    error::StoreError,
};

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundState {
    /// Written down; perhaps asked, perhaps not.
    Open,
    /// Asked, and nobody knows what came of it.
    Unknown,
    /// On its way.
    Waiting,
    /// The money went back.
    Succeeded,
    /// It did not, and is in the wallet again.
    Failed,
}

impl RefundState {
    const ALL: [Self; 5] =
        [Self::Open, Self::Unknown, Self::Waiting, Self::Succeeded, Self::Failed];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unknown => "unknown",
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A part of a wallet refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorRefund {
    /// Its id.
    pub refund_id: RefundId,
    /// The operator's own name of the request, and the place in it.
    pub request: (String, i64),
    /// The charge whose method gets it; none where it is given by hand.
    pub charge_id: Option<OperatorChargeId>,
    /// How much.
    pub amount: Minor,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub state: RefundState,
    /// The processor's id.
    pub reference: Option<String>,
    /// Why it failed, or what is not known.
    pub outcome: String,
    /// When it is looked at again.
    pub look_at: Option<Timestamp>,
    /// How often it was.
    pub looks: i64,
    /// When it was written down.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct RefundRow {
    refund_id: String,
    request: String,
    part: i64,
    charge_id: Option<String>,
    amount_minor: i64,
    reason: String,
    state: String,
    reference: Option<String>,
    outcome: String,
    look_at: Option<i64>,
    looks: i64,
    created_at: i64,
}

impl RefundRow {
    fn read(self) -> Result<OperatorRefund, StoreError> {
        Ok(OperatorRefund {
            refund_id: id("operator_refund.refund_id", &self.refund_id)?,
            request: (self.request, self.part),
            charge_id: optional_id("operator_refund.charge_id", self.charge_id.as_deref())?,
            amount: Minor::new(self.amount_minor),
            reason: self.reason,
            state: named("operator_refund.state", &self.state, RefundState::parse)?,
            reference: self.reference,
            outcome: self.outcome,
            look_at: optional_instant(self.look_at),
            looks: self.looks,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

const SELECT: &str = "select refund_id, request, part, charge_id, amount_minor, reason, state,
   reference, outcome, look_at, looks, created_at
 from operator_refund";

/// Writes a part down. One that is there already is a unique violation.
pub async fn insert(
    tx: &mut Tx,
    partner_id: PartnerId,
    refund: &OperatorRefund,
) -> Result<(), StoreError> {
    let settled = (refund.state == RefundState::Succeeded).then_some(refund.created_at.micros());
    on!(tx, conn => sqlx::query(
        "insert into operator_refund
           (partner_id, refund_id, request, part, charge_id, amount_minor, reason, state, outcome,
            look_at, looks, created_at, settled_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12)",
    )
    .bind(partner_id.to_string())
    .bind(refund.refund_id.to_string())
    .bind(&refund.request.0)
    .bind(refund.request.1)
    .bind(refund.charge_id.map(|it| it.to_string()))
    .bind(refund.amount.get())
    .bind(&refund.reason)
    .bind(refund.state.as_str())
    .bind(&refund.outcome)
    .bind(refund.look_at.map(Timestamp::micros))
    .bind(refund.created_at.micros())
    .bind(settled)
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The parts of a request, in order.
pub async fn of_request(
    tx: &mut Tx,
    partner_id: PartnerId,
    request: &str,
) -> Result<Vec<OperatorRefund>, StoreError> {
    let sql = format!("{SELECT} where partner_id = $1 and request = $2 order by part");
    let rows: Vec<RefundRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string()).bind(request).fetch_all(conn).await)?;
    rows.into_iter().map(RefundRow::read).collect()
}

/// The part with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    refund_id: RefundId,
) -> Result<Option<OperatorRefund>, StoreError> {
    let sql = format!("{SELECT} where partner_id = $1 and refund_id = $2");
    let row: Option<RefundRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(refund_id.to_string())
        .fetch_optional(conn).await)?;
    row.map(RefundRow::read).transpose()
}

/// Writes down what is known of a part, and answers whether that is news: a failed one stays
/// failed, and one that succeeded can only fail.
pub async fn note(
    tx: &mut Tx,
    partner_id: PartnerId,
    refund: &OperatorRefund,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let is_over = matches!(refund.state, RefundState::Succeeded | RefundState::Failed);
    let noted = on!(tx, conn => sqlx::query(
        "update operator_refund
         set state = $3, reference = coalesce($4, reference), outcome = $5, look_at = $6,
           looks = looks + 1, settled_at = $7
         where partner_id = $1 and refund_id = $2
           and (state in ('open', 'unknown', 'waiting')
             or (state = 'succeeded' and $3 = 'failed'))",
    )
    .bind(partner_id.to_string())
    .bind(refund.refund_id.to_string())
    .bind(refund.state.as_str())
    .bind(refund.reference.as_deref())
    .bind(&refund.outcome)
    .bind(refund.look_at.map(Timestamp::micros))
    .bind(is_over.then_some(now.micros()))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(noted > 0)
}

/// The earliest part that is to be looked at up to `until`, whosever it is.
pub async fn next_due(
    tx: &mut Tx,
    until: Timestamp,
) -> Result<Option<(PartnerId, RefundId, Timestamp)>, StoreError> {
    let row: Option<(String, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, refund_id, look_at from operator_refund
         where look_at is not null and look_at <= $1
         order by look_at, refund_id
         limit 1",
    ).bind(until.micros()).fetch_optional(conn).await)?;
    row.map(|(partner, refund, at)| {
        let refund_id = id("operator_refund.refund_id", &refund)?;
        Ok((id("operator_refund.partner_id", &partner)?, refund_id, Timestamp::from_micros(at)))
    })
    .transpose()
}
