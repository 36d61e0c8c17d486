//! Settlements: what the operator owes its partners for payments on its own account (STR-03).
//!
//! Decided here: on the first of each month, in the partner's zone, everything that became final
//! before it and is in no statement yet is stated; a month without anything has no statement. What
//! is stated is remembered thing by thing, so that what becomes final late is in the next
//! statement, and nothing is ever in two. The operator pays by hand and says so once.

use std::collections::BTreeMap;

use domain::{
    fee::FeeRate,
    ids::{PartnerId, SettlementId},
    money::{Currency, Minor},
    paging::{Page, PageRequest},
    settlement::{SettlementStatus, Totals},
    time::{Timestamp, Zone},
};
pub use store::settlements::{Settlement, SettlementFilter};
use store::{
    db::Tx,
    settlements::{self as stored, Item, Schedule},
};

use crate::{
    App,
    error::{AppError, Result},
    setup::the_partner,
};

/// Things of one kind that are read at once.
const PAGE: i64 = 2_000;
/// Longest note, in characters.
const MAX_NOTE: usize = 500;

impl App {
    /// States a partner's month, where it is over, and answers how many statements that made.
    pub(crate) async fn settle_month(&self, partner_id: PartnerId, at: Timestamp) -> Result<u64> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let schedule = stored::schedule_locked(tx, partner_id).await?;
                // Somebody else was faster.
                let Some(schedule) = schedule.filter(|it| it.next_at == at) else { return Ok(0) };
                let zone = the_partner(tx, partner_id).await?.zone;
                let made = match schedule.next_at == schedule.stated_until {
                    // The first month is not over; only its end was unknown.
                    true => 0,
                    false => state(tx, partner_id, (&schedule, &zone, now)).await?,
                };
                let next = Schedule {
                    stated_until: schedule.next_at,
                    next_at: end_of_month(&zone, schedule.next_at),
                    ..schedule
                };
                stored::save_schedule(tx, partner_id, &next).await?;
                Ok(made)
            })
            .await
    }

    /// A page of settlements: a partner's, or everybody's for the operator.
    pub async fn settlements(
        &self,
        filter: SettlementFilter,
        page: &PageRequest,
    ) -> Result<Page<Settlement>> {
        let mut tx = self.db.begin_single().await?;
        let page = stored::list(&mut tx, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// The settlement with this id: the partner's, or anybody's for the operator.
    pub async fn settlement(
        &self,
        owner: Option<PartnerId>,
        settlement_id: SettlementId,
    ) -> Result<Settlement> {
        let mut tx = self.db.begin_single().await?;
        let found = match owner {
            Some(partner_id) => stored::find(&mut tx, partner_id, settlement_id).await?,
            None => stored::find_of_any(&mut tx, settlement_id).await?,
        };
        tx.commit().await?;
        found.ok_or_else(|| AppError::not_found("settlement", settlement_id))
    }

    /// The operator paid a settlement, once.
    pub async fn mark_settled(
        &self,
        (settlement_id, seen): (SettlementId, i64),
        note: &str,
    ) -> Result<Settlement> {
        if note.chars().count() > MAX_NOTE || note.chars().any(char::is_control) {
            let why = "must have at most 500 printable characters";
            return Err(AppError::invalid("note", why));
        }
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let found = stored::find_of_any(tx, settlement_id).await?;
                let before =
                    found.ok_or_else(|| AppError::not_found("settlement", settlement_id))?;
                if before.version != seen {
                    return Err(AppError::Stale("the settlement"));
                }
                if before.status == SettlementStatus::Paid {
                    return Err(AppError::Refused("this settlement is paid already".to_owned()));
                }
                let mut paid = Settlement {
                    status: SettlementStatus::Paid,
                    note: Some(note.to_owned()).filter(|note| !note.is_empty()),
                    paid_at: Some(now),
                    ..before
                };
                stored::save_paid(tx, &paid).await?;
                paid.version += 1;
                Ok(paid)
            })
            .await
    }
}

/// The first instant of the month after the one that `at` is in.
fn end_of_month(zone: &Zone, at: Timestamp) -> Timestamp {
    let day = zone.day_of(at);
    zone.start_of(day.first_of_month().plus_days(i64::from(day.days_in_month())))
}

/// A statement that is put together.
struct Draft {
    settlement_id: SettlementId,
    currency: Currency,
    totals: Totals,
    /// What was read and is not written yet.
    items: Vec<(Item, Minor)>,
}

async fn state(
    tx: &mut Tx,
    partner_id: PartnerId,
    (schedule, zone, now): (&Schedule, &Zone, Timestamp),
) -> Result<u64> {
    let end = schedule.next_at;
    let month = zone.day_of(end.plus_seconds(-1)).number() / 100;
    let rate = FeeRate::STANDARD;
    let mut drafts: BTreeMap<&str, Draft> = BTreeMap::new();
    loop {
        let from = (schedule.stated_until, PAGE);
        let items = stored::unstated(tx, partner_id, end, from).await?;
        if items.is_empty() {
            break;
        }
        for item in items {
            let currency = item.currency;
            let draft = drafts.entry(currency.code()).or_insert_with(|| {
                let (partner, month) = (partner_id.to_string(), month.to_string());
                let settlement_id =
                    SettlementId::derived(end, &[&partner, &month, currency.code()]);
                Draft { settlement_id, currency, totals: Totals::default(), items: Vec::new() }
            });
            draft.totals = draft.totals.with(item.kind, (item.amount, rate))?;
            let fee = item.kind.fee(rate, item.amount);
            draft.items.push((item, fee));
        }
        // They are written before the next page is read, which leaves them out.
        for draft in drafts.values_mut() {
            let items = std::mem::take(&mut draft.items);
            stored::insert_items(tx, (partner_id, draft.settlement_id), &items).await?;
        }
    }
    for draft in drafts.values() {
        let settlement = Settlement {
            partner_id,
            settlement_id: draft.settlement_id,
            month,
            currency: draft.currency,
            totals: draft.totals,
            net: draft.totals.net()?,
            due_on: schedule.due_day.after(zone.day_of(now.max(end))),
            status: SettlementStatus::Due,
            note: None,
            created_at: now,
            paid_at: None,
            version: 1,
        };
        stored::insert(tx, &settlement).await?;
    }
    Ok(u64::try_from(drafts.len()).unwrap_or(u64::MAX))
}
