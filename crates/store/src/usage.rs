//! Day roll-ups: added to in the transaction that adds the calls.

use std::collections::BTreeMap;

use domain::{
    cdr::Direction,
    ids::{PartnerId, TenantId},
    money::{Micros, Nanos},
    phone::CallClass,
    time::{Day, Timestamp},
    usage::{DeckRef, PriceBasis, RetailCharge, UsageKey, UsageSum},
};

use crate::{
    bulk::Bulk,
    calls::parse_id,
    db::{Tx, json_list, on},
    error::StoreError,
};

/// Adds sums to the partner's roll-ups, in the order of their keys.
pub async fn add(
    tx: &mut Tx,
    partner_id: PartnerId,
    sums: &BTreeMap<UsageKey, UsageSum>,
) -> Result<(), StoreError> {
    let mut rows = Bulk::new(
        "usage_day",
        &[
            "partner_id",
            "tenant_id",
            "bill_period_start",
            "usage_period_start",
            "day",
            "direction",
            "class",
            "charge",
            "profile_id",
            "profile_version",
            "deck_id",
            "deck_version",
            "calls",
            "talk_seconds",
            "billed_seconds",
            "retail_nanos",
            "wholesale_seconds",
            "wholesale_micros",
        ],
        "on conflict (partner_id, tenant_id, bill_period_start, usage_period_start, day,
           direction, class, charge, profile_id, profile_version, deck_id, deck_version)
         do update set
           calls = usage_day.calls + excluded.calls,
           talk_seconds = usage_day.talk_seconds + excluded.talk_seconds,
           billed_seconds = usage_day.billed_seconds + excluded.billed_seconds,
           retail_nanos = usage_day.retail_nanos + excluded.retail_nanos,
           wholesale_seconds = usage_day.wholesale_seconds + excluded.wholesale_seconds,
           wholesale_micros = usage_day.wholesale_micros + excluded.wholesale_micros",
    );
    let partner = partner_id.to_string();
    for (key, sum) in sums {
        let deck = key.basis.deck;
        rows.push([
            partner.clone().into(),
            key.tenant_id.to_string().into(),
            key.bill_period_start.micros().into(),
            key.usage_period_start.micros().into(),
            key.day.number().into(),
            key.direction.as_str().into(),
            key.class.as_str().into(),
            key.charge.as_str().into(),
            key.basis.profile_id.to_string().into(),
            key.basis.profile_version.into(),
            deck.map_or(String::new(), |deck| deck.deck_id.to_string()).into(),
            deck.map_or(0, |deck| deck.version).into(),
            sum.calls.into(),
            sum.talk_seconds.into(),
            sum.billed_seconds.into(),
            sum.retail.get().into(),
            sum.wholesale_seconds.into(),
            sum.wholesale.get().into(),
        ]);
    }
    rows.insert(tx).await?;
    Ok(())
}

/// A stored roll-up row.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
struct UsageRow {
    tenant_id: String,
    bill_period_start: i64,
    usage_period_start: i64,
    day: i64,
    direction: String,
    class: String,
    charge: String,
    profile_id: String,
    profile_version: i64,
    deck_id: String,
    deck_version: i64,
    calls: i64,
    talk_seconds: i64,
    billed_seconds: i64,
    retail_nanos: i64,
    wholesale_seconds: i64,
    wholesale_micros: i64,
}

/// The text of a `select` of roll-ups, with what follows `from usage_day`.
macro_rules! select_usage {
    ($rest:literal) => {
        concat!(
            "select tenant_id, bill_period_start, usage_period_start, day, direction, class,
               charge, profile_id, profile_version, deck_id, deck_version, calls, talk_seconds,
               billed_seconds, retail_nanos, wholesale_seconds, wholesale_micros
             from usage_day ",
            $rest
        )
    };
}

/// What the period starting at `bill_period_start` bills these tenants: their roll-ups, those of
/// all days as one, whose day is the first. An invoice asks for no day, and thirty times the rows
/// would take most of the time of closing.
pub async fn billed_in(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
    bill_period_start: Timestamp,
) -> Result<Vec<(UsageKey, UsageSum)>, StoreError> {
    let rows: Vec<UsageRow> = on!(tx, conn => sqlx::query_as(
        "select tenant_id, bill_period_start, usage_period_start, min(day) as day, direction,
           class, charge, profile_id, profile_version, deck_id, deck_version,
           cast(sum(calls) as bigint) as calls,
           cast(sum(talk_seconds) as bigint) as talk_seconds,
           cast(sum(billed_seconds) as bigint) as billed_seconds,
           cast(sum(retail_nanos) as bigint) as retail_nanos,
           cast(sum(wholesale_seconds) as bigint) as wholesale_seconds,
           cast(sum(wholesale_micros) as bigint) as wholesale_micros
         from usage_day
         where partner_id = $1 and tenant_id in (select value from json_each($2))
           and bill_period_start = $3
         group by tenant_id, bill_period_start, usage_period_start, direction, class, charge,
           profile_id, profile_version, deck_id, deck_version
         order by tenant_id, usage_period_start, direction, class, charge, profile_id,
           profile_version, deck_id, deck_version",
    ).bind(partner_id.to_string()).bind(json_list(tenants)).bind(bill_period_start.micros())
        .fetch_all(conn).await)?;
    rows.into_iter().map(into_usage).collect()
}

/// All roll-ups of these tenants from the period starting at `since` on, whoever bills them.
pub async fn of_tenants(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
    since: Timestamp,
) -> Result<Vec<(UsageKey, UsageSum)>, StoreError> {
    let rows: Vec<UsageRow> = on!(tx, conn => sqlx::query_as(select_usage!(
        "where partner_id = $1 and tenant_id in (select value from json_each($2))
           and bill_period_start >= $3"
    )).bind(partner_id.to_string()).bind(json_list(tenants)).bind(since.micros())
        .fetch_all(conn).await)?;
    rows.into_iter().map(into_usage).collect()
}

fn into_usage(row: UsageRow) -> Result<(UsageKey, UsageSum), StoreError> {
    let corrupt = |column, value: &str| StoreError::corrupt(column, value);
    let deck = if row.deck_id.is_empty() {
        None
    } else {
        let deck_id = parse_id("usage_day.deck_id", &row.deck_id)?;
        Some(DeckRef { deck_id, version: row.deck_version })
    };
    let key = UsageKey {
        tenant_id: parse_id("usage_day.tenant_id", &row.tenant_id)?,
        day: Day::from_number(row.day).ok_or_else(|| corrupt("usage_day.day", "no day"))?,
        direction: Direction::parse(&row.direction)
            .ok_or_else(|| corrupt("usage_day.direction", &row.direction))?,
        class: CallClass::parse(&row.class)
            .ok_or_else(|| corrupt("usage_day.class", &row.class))?,
        charge: RetailCharge::parse(&row.charge)
            .ok_or_else(|| corrupt("usage_day.charge", &row.charge))?,
        basis: PriceBasis {
            profile_id: parse_id("usage_day.profile_id", &row.profile_id)?,
            profile_version: row.profile_version,
            deck,
        },
        usage_period_start: Timestamp::from_micros(row.usage_period_start),
        bill_period_start: Timestamp::from_micros(row.bill_period_start),
    };
    let sum = UsageSum {
        calls: row.calls,
        talk_seconds: row.talk_seconds,
        billed_seconds: row.billed_seconds,
        retail: Nanos::new(row.retail_nanos),
        wholesale_seconds: row.wholesale_seconds,
        wholesale: Micros::new(row.wholesale_micros),
    };
    Ok((key, sum))
}
