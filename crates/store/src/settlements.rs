//! Statements of what the operator took for its partners, and what they are made of.
//!
//! Decided here: a charge, refund or lost dispute is in one statement at most, by the key of
//! `settlement_item`; one that becomes final late, after its month was stated, is in the next.

use domain::{
    ids::{PartnerId, SettlementId},
    money::{Currency, Minor},
    paging::{Page, PageRequest},
    settlement::{DueDay, ItemKind, SettlementStatus, Sum, Totals},
    time::{Day, Timestamp},
};

use crate::{
    bulk::{Bulk, Cell},
    columns::{currency, guarded, id, named, optional_day, optional_instant},
    db::{Tx, on},
    error::StoreError,
    listing::List,
};

/// How far back a statement looks for what became final before the month but was written late.
const LATE_SECONDS: i64 = 45 * 86_400;

/// What becomes part of a statement of `$1` when it is final before `$2` and not before `$3`, and
/// was in none: its id, its amount, its currency, and when it became final.
///
/// Charges on the operator's account.
const CHARGES: &str = "
  select payment.payment_id, payment.amount_minor, invoice.currency, payment.settled_at
  from payment
  join invoice on invoice.partner_id = payment.partner_id
    and invoice.invoice_id = payment.invoice_id
  where payment.partner_id = $1 and payment.status = 'succeeded' and payment.context = 'platform'
    and payment.settled_at < $2 and payment.settled_at >= $3
    and not exists (select 1 from settlement_item
      where settlement_item.partner_id = payment.partner_id
        and settlement_item.object_id = payment.payment_id)
  order by payment.settled_at, payment.payment_id
  limit $4";

/// Refunds to cards that were charged on the operator's account.
const REFUNDS: &str = "
  select refund.refund_id, refund.amount_minor, invoice.currency, refund.settled_at
  from refund
  join invoice on invoice.partner_id = refund.partner_id
    and invoice.invoice_id = refund.invoice_id
  where refund.partner_id = $1 and refund.state = 'succeeded' and refund.destination = 'card'
    and refund.context = 'platform' and refund.settled_at < $2 and refund.settled_at >= $3
    and not exists (select 1 from settlement_item
      where settlement_item.partner_id = refund.partner_id
        and settlement_item.object_id = refund.refund_id)
  order by refund.settled_at, refund.refund_id
  limit $4";

/// Refunds that were stated and failed afterwards: the money came back to the operator.
const RETURNED: &str = "
  select refund.refund_id || ':returned', refund.amount_minor, invoice.currency,
    coalesce(refund.settled_at, refund.created_at)
  from settlement_item stated
  join refund on refund.partner_id = stated.partner_id and refund.refund_id = stated.object_id
  join invoice on invoice.partner_id = refund.partner_id
    and invoice.invoice_id = refund.invoice_id
  where stated.partner_id = $1 and stated.kind = 'refund' and refund.state = 'failed'
    and coalesce(refund.settled_at, refund.created_at) < $2 and cast($3 as bigint) < $2
    and not exists (select 1 from settlement_item
      where settlement_item.partner_id = refund.partner_id
        and settlement_item.object_id = refund.refund_id || ':returned')
  order by refund.refund_id
  limit $4";

/// Disputes of charges on the operator's account that were lost.
const DISPUTES: &str = "
  select dispute.dispute_id, dispute.amount_minor, invoice.currency, dispute.closed_at
  from dispute
  join invoice on invoice.partner_id = dispute.partner_id
    and invoice.invoice_id = dispute.invoice_id
  where dispute.partner_id = $1 and dispute.state = 'lost' and dispute.context = 'platform'
    and dispute.closed_at < $2 and dispute.closed_at >= $3
    and not exists (select 1 from settlement_item
      where settlement_item.partner_id = dispute.partner_id
        and settlement_item.object_id = dispute.dispute_id)
  order by dispute.closed_at, dispute.dispute_id
  limit $4";

/// Where the things on a statement come from.
const SOURCES: &[(ItemKind, &str)] = &[
    (ItemKind::Charge, CHARGES),
    (ItemKind::Refund, REFUNDS),
    (ItemKind::Returned, RETURNED),
    (ItemKind::Dispute, DISPUTES),
];

/// How far a partner is stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// When statements are due.
    pub due_day: DueDay,
    /// Everything before this instant is stated.
    pub stated_until: Timestamp,
    /// When the next statement is made.
    pub next_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct ScheduleRow {
    due_day: i64,
    stated_until: i64,
    next_at: i64,
}

impl ScheduleRow {
    fn read(self) -> Result<Schedule, StoreError> {
        let due_day = DueDay::new(self.due_day);
        let wrong = || StoreError::corrupt("settlement_schedule.due_day", self.due_day);
        Ok(Schedule {
            due_day: due_day.ok_or_else(wrong)?,
            stated_until: Timestamp::from_micros(self.stated_until),
            next_at: Timestamp::from_micros(self.next_at),
        })
    }
}

/// A new partner's schedule; the first month is looked up when it falls due, which is at once.
pub async fn schedule(
    tx: &mut Tx,
    partner_id: PartnerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into settlement_schedule (partner_id, due_day, stated_until, next_at)
         values ($1, $2, $3, $3)
         on conflict (partner_id) do nothing",
    )
    .bind(partner_id.to_string())
    .bind(i64::from(DueDay::USUAL.get()))
    .bind(now.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The partner whose statement is due first up to `until`, and since when.
pub async fn next(
    tx: &mut Tx,
    until: Timestamp,
) -> Result<Option<(PartnerId, Timestamp)>, StoreError> {
    let row: Option<(String, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, next_at from settlement_schedule
         where next_at <= $1 order by next_at, partner_id limit 1",
    ).bind(until.micros()).fetch_optional(conn).await)?;
    row.map(|(partner, at)| {
        let partner_id = id("settlement_schedule.partner_id", &partner)?;
        Ok((partner_id, Timestamp::from_micros(at)))
    })
    .transpose()
}

/// How far the partner is stated; locked until the transaction ends.
pub async fn schedule_locked(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Option<Schedule>, StoreError> {
    let sql = tx.locking(
        "select due_day, stated_until, next_at from settlement_schedule where partner_id = $1",
    );
    let row: Option<ScheduleRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(partner_id.to_string()).fetch_optional(conn).await)?;
    row.map(ScheduleRow::read).transpose()
}

/// The day on which the partner's statements are due.
pub async fn due_day(tx: &mut Tx, partner_id: PartnerId) -> Result<Option<DueDay>, StoreError> {
    let row: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select due_day from settlement_schedule where partner_id = $1",
    ).bind(partner_id.to_string()).fetch_optional(conn).await)?;
    Ok(row.and_then(|(day,)| DueDay::new(day)))
}

/// Moves a schedule that is held.
pub async fn save_schedule(
    tx: &mut Tx,
    partner_id: PartnerId,
    schedule: &Schedule,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update settlement_schedule set due_day = $2, stated_until = $3, next_at = $4
         where partner_id = $1",
    )
    .bind(partner_id.to_string())
    .bind(i64::from(schedule.due_day.get()))
    .bind(schedule.stated_until.micros())
    .bind(schedule.next_at.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Something that is to be stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Charge, refund, dispute.
    pub kind: ItemKind,
    /// Its id.
    pub object_id: String,
    /// How much, not negative.
    pub amount: Minor,
    /// In what.
    pub currency: Currency,
    /// When it became final.
    pub at: Timestamp,
}

/// Up to `limit` of each kind of what became final before `end` and is in no statement.
pub async fn unstated(
    tx: &mut Tx,
    partner_id: PartnerId,
    end: Timestamp,
    (from, limit): (Timestamp, i64),
) -> Result<Vec<Item>, StoreError> {
    let since = from.plus_seconds(-LATE_SECONDS);
    let mut items = Vec::new();
    for (kind, sql) in SOURCES {
        let rows: Vec<(String, i64, String, i64)> = on!(tx, conn => sqlx::query_as(*sql)
            .bind(partner_id.to_string())
            .bind(end.micros())
            .bind(since.micros())
            .bind(limit)
            .fetch_all(conn).await)?;
        for (object_id, amount, code, at) in rows {
            items.push(Item {
                kind: *kind,
                object_id,
                amount: Minor::new(amount),
                currency: currency("invoice.currency", &code)?,
                at: Timestamp::from_micros(at),
            });
        }
    }
    Ok(items)
}

/// Says that these things are in this statement, with their fees.
pub async fn insert_items(
    tx: &mut Tx,
    (partner_id, settlement_id): (PartnerId, SettlementId),
    items: &[(Item, Minor)],
) -> Result<(), StoreError> {
    let mut rows = Bulk::new(
        "settlement_item",
        &["partner_id", "object_id", "settlement_id", "kind", "amount_minor", "fee_minor", "at"],
        "",
    );
    for (item, fee) in items {
        rows.push([
            Cell::from(partner_id.to_string()),
            item.object_id.as_str().into(),
            settlement_id.to_string().into(),
            item.kind.as_str().into(),
            item.amount.get().into(),
            fee.get().into(),
            item.at.micros().into(),
        ]);
    }
    rows.insert(tx).await.map(drop)
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Whose.
    pub partner_id: PartnerId,
    /// Its id.
    pub settlement_id: SettlementId,
    /// Such as 202605.
    pub month: i64,
    /// What its amounts are in.
    pub currency: Currency,
    /// What it says.
    pub totals: Totals,
    /// What the partner gets.
    pub net: Minor,
    /// When it is due.
    pub due_on: Day,
    /// Where it stands.
    pub status: SettlementStatus,
    /// What the operator noted when it paid.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the operator said that it paid.
    pub paid_at: Option<Timestamp>,
    /// Counts its changes.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct SettlementRow {
    partner_id: String,
    settlement_id: String,
    month: i64,
    currency: String,
    charges_count: i64,
    charges_minor: i64,
    refunds_count: i64,
    refunds_minor: i64,
    disputes_count: i64,
    disputes_minor: i64,
    fees_minor: i64,
    net_minor: i64,
    due_on: i64,
    status: String,
    note: Option<String>,
    created_at: i64,
    paid_at: Option<i64>,
    version: i64,
}

impl SettlementRow {
    fn read(self) -> Result<Settlement, StoreError> {
        let sum = |count, amount| Sum { count, amount: Minor::new(amount) };
        let due_on = optional_day("settlement.due_on", Some(self.due_on))?;
        Ok(Settlement {
            partner_id: id("settlement.partner_id", &self.partner_id)?,
            settlement_id: id("settlement.settlement_id", &self.settlement_id)?,
            month: self.month,
            currency: currency("settlement.currency", &self.currency)?,
            totals: Totals {
                charges: sum(self.charges_count, self.charges_minor),
                refunds: sum(self.refunds_count, self.refunds_minor),
                disputes: sum(self.disputes_count, self.disputes_minor),
                fees: Minor::new(self.fees_minor),
            },
            net: Minor::new(self.net_minor),
            due_on: due_on.ok_or_else(|| StoreError::corrupt("settlement.due_on", self.due_on))?,
            status: named("settlement.status", &self.status, SettlementStatus::parse)?,
            note: self.note,
            created_at: Timestamp::from_micros(self.created_at),
            paid_at: optional_instant(self.paid_at),
            version: self.version,
        })
    }
}

/// Keeps a new statement.
pub async fn insert(tx: &mut Tx, it: &Settlement) -> Result<(), StoreError> {
    let totals = &it.totals;
    on!(tx, conn => sqlx::query(
        "insert into settlement
           (partner_id, settlement_id, month, currency, charges_count, charges_minor,
            refunds_count, refunds_minor, disputes_count, disputes_minor, fees_minor, net_minor,
            due_on, status, note, created_at, paid_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
    )
    .bind(it.partner_id.to_string())
    .bind(it.settlement_id.to_string())
    .bind(it.month)
    .bind(it.currency.code())
    .bind(totals.charges.count)
    .bind(totals.charges.amount.get())
    .bind(totals.refunds.count)
    .bind(totals.refunds.amount.get())
    .bind(totals.disputes.count)
    .bind(totals.disputes.amount.get())
    .bind(totals.fees.get())
    .bind(it.net.get())
    .bind(it.due_on.number())
    .bind(it.status.as_str())
    .bind(it.note.as_deref())
    .bind(it.created_at.micros())
    .bind(it.paid_at.map(Timestamp::micros))
    .bind(it.version)
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Says that a statement is paid, if it still has its version.
pub async fn save_paid(tx: &mut Tx, it: &Settlement) -> Result<(), StoreError> {
    let done = on!(tx, conn => sqlx::query(
        "update settlement set status = $4, note = $5, paid_at = $6, version = $3 + 1
         where partner_id = $1 and settlement_id = $2 and version = $3",
    )
    .bind(it.partner_id.to_string())
    .bind(it.settlement_id.to_string())
    .bind(it.version)
    .bind(it.status.as_str())
    .bind(it.note.as_deref())
    .bind(it.paid_at.map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(done, "the settlement")
}

/// The partner's statement with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    settlement_id: SettlementId,
) -> Result<Option<Settlement>, StoreError> {
    let row: Option<SettlementRow> = on!(tx, conn => sqlx::query_as(
        "select * from settlement where partner_id = $1 and settlement_id = $2",
    )
    .bind(partner_id.to_string())
    .bind(settlement_id.to_string())
    .fetch_optional(conn).await)?;
    row.map(SettlementRow::read).transpose()
}

/// The statement with this id, for the operator, who settles with all partners.
pub async fn find_of_any(
    tx: &mut Tx,
    settlement_id: SettlementId,
) -> Result<Option<Settlement>, StoreError> {
    let row: Option<SettlementRow> = on!(tx, conn => sqlx::query_as(
        "select * from settlement where settlement_id = $1",
    ).bind(settlement_id.to_string()).fetch_optional(conn).await)?;
    row.map(SettlementRow::read).transpose()
}

/// Which statements are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettlementFilter {
    /// Only this partner's.
    pub partner_id: Option<PartnerId>,
    /// Only those that stand so.
    pub status: Option<SettlementStatus>,
}

/// A page of statements, in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    filter: SettlementFilter,
    page: &PageRequest,
) -> Result<Page<Settlement>, StoreError> {
    let list = List::of("select * from settlement")
        .only_if("partner_id = $?", filter.partner_id.map(|it| it.to_string()))
        .only_if("status = $?", filter.status.map(|it| it.as_str().to_owned()));
    let page = list.page(tx, ("settlement_id", "settlement_id"), page).await?;
    page.try_map(SettlementRow::read)
}
