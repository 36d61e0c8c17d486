//! Roll-ups, summed up: what a tenant used on each day, and a partner's tenants in a month.

use domain::{
    cdr::Direction,
    ids::{PartnerId, TenantId},
    money::{Micros, Nanos},
    phone::CallClass,
    time::{Day, Timestamp},
    usage::UsageSum,
};

use crate::{
    columns::{id, named},
    db::{Tx, json_list, on},
    error::StoreError,
};

/// What calls of one kind on one day sum up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySum {
    /// Local day of the tenant in which they ended.
    pub day: Day,
    /// Inbound or outbound.
    pub direction: Direction,
    /// Local or toll-free.
    pub class: CallClass,
    /// The sums.
    pub sum: UsageSum,
}

#[derive(sqlx::FromRow)]
struct DayRow {
    day: i64,
    direction: String,
    class: String,
    #[sqlx(flatten)]
    sums: SumRow,
}

#[derive(sqlx::FromRow)]
struct SumRow {
    calls: i64,
    talk_seconds: i64,
    billed_seconds: i64,
    retail_nanos: i64,
    wholesale_seconds: i64,
    wholesale_micros: i64,
}

impl SumRow {
    fn read(&self) -> UsageSum {
        UsageSum {
            calls: self.calls,
            talk_seconds: self.talk_seconds,
            billed_seconds: self.billed_seconds,
            retail: Nanos::new(self.retail_nanos),
            wholesale_seconds: self.wholesale_seconds,
            wholesale: Micros::new(self.wholesale_micros),
        }
    }
}

/// The columns of [`SumRow`]; PostgreSQL sums whole numbers to decimals, hence the casts.
macro_rules! sums {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " cast(sum(calls) as bigint) as calls,
              cast(sum(talk_seconds) as bigint) as talk_seconds,
              cast(sum(billed_seconds) as bigint) as billed_seconds,
              cast(sum(retail_nanos) as bigint) as retail_nanos,
              cast(sum(wholesale_seconds) as bigint) as wholesale_seconds,
              cast(sum(wholesale_micros) as bigint) as wholesale_micros
            from usage_day ",
            $after
        )
    };
}

/// What the tenant used on each day from `first` to `last`, both included; only what belongs to
/// the period that starts at `period`, where one is given.
pub async fn of_days(
    tx: &mut Tx,
    (partner_id, tenant_id): (PartnerId, TenantId),
    (first, last, period): (Day, Day, Option<Timestamp>),
) -> Result<Vec<DaySum>, StoreError> {
    let rows: Vec<DayRow> = on!(tx, conn => sqlx::query_as(sums!(
        "select day, direction, class,",
        "where partner_id = $1 and tenant_id = $2 and day between $3 and $4
           and ($5 is null or usage_period_start = $5)
         group by day, direction, class
         order by day, direction, class"
    ))
    .bind(partner_id.to_string())
    .bind(tenant_id.to_string())
    .bind(first.number())
    .bind(last.number())
    .bind(period.map(Timestamp::micros))
    .fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| {
            let day = Day::from_number(row.day);
            Ok(DaySum {
                day: day.ok_or_else(|| StoreError::corrupt("usage_day.day", row.day))?,
                direction: named("usage_day.direction", &row.direction, Direction::parse)?,
                class: named("usage_day.class", &row.class, CallClass::parse)?,
                sum: row.sums.read(),
            })
        })
        .collect()
}

/// What all of the partner's tenants, or these, used from `first` to `last`, both included.
pub async fn of_partner(
    tx: &mut Tx,
    partner_id: PartnerId,
    (tenants, first, last): (Option<&[TenantId]>, Day, Day),
) -> Result<UsageSum, StoreError> {
    let tenants = tenants.map(json_list);
    let rows: Vec<SumRow> = on!(tx, conn => sqlx::query_as(sums!(
        "select",
        "where partner_id = $1 and day between $2 and $3
           and ($4 is null or tenant_id in (select value from json_each($4)))
         having count(*) > 0"
    ))
    .bind(partner_id.to_string())
    .bind(first.number())
    .bind(last.number())
    .bind(tenants)
    .fetch_all(conn).await)?;
    Ok(rows.first().map(SumRow::read).unwrap_or_default())
}

/// How many extensions and numbers there are now, by tenant.
pub async fn present(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: Option<&[TenantId]>,
) -> Result<Vec<(TenantId, Present)>, StoreError> {
    let tenants = tenants.map(json_list);
    let rows: Vec<(String, i64, i64, i64)> = on!(tx, conn => sqlx::query_as(
        "select tenant_id, cast(sum(extensions) as bigint), cast(sum(local) as bigint),
           cast(sum(toll_free) as bigint)
         from (
           select tenant_id, count(*) as extensions, 0 as local, 0 as toll_free from extension
           where partner_id = $1 and removed_at is null
             and ($2 is null or tenant_id in (select value from json_each($2)))
           group by tenant_id
           union all
           select tenant_id, 0, sum(case when class = 'local' then 1 else 0 end),
             sum(case when class = 'toll_free' then 1 else 0 end)
           from phone_number
           where partner_id = $1 and released_at is null
             and ($2 is null or tenant_id in (select value from json_each($2)))
           group by tenant_id
         ) counted
         group by tenant_id
         order by tenant_id",
    ).bind(partner_id.to_string()).bind(tenants).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(tenant, extensions, local, toll_free)| {
            let present =
                Present { extensions, local_numbers: local, toll_free_numbers: toll_free };
            Ok((id("tenant_id", &tenant)?, present))
        })
        .collect()
}

/// What is provisioned and assigned now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Present {
    /// Extensions.
    pub extensions: i64,
    /// Standard numbers.
    pub local_numbers: i64,
    /// Toll-free numbers.
    pub toll_free_numbers: i64,
}

impl Present {
    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self {
            extensions: self.extensions + other.extensions,
            local_numbers: self.local_numbers + other.local_numbers,
            toll_free_numbers: self.toll_free_numbers + other.toll_free_numbers,
        }
    }
}

/// Seconds that a partner is charged for in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MonthMinutes {
    /// Of local calls.
    pub local_seconds: i64,
    /// Of toll-free calls.
    pub toll_free_seconds: i64,
}

/// What all of the partner's tenants used from `first` to `last`, both included, in seconds.
pub async fn minutes_of_partner(
    tx: &mut Tx,
    partner_id: PartnerId,
    (first, last): (Day, Day),
) -> Result<MonthMinutes, StoreError> {
    let rows: Vec<(String, i64)> = on!(tx, conn => sqlx::query_as(
        "select class, cast(sum(wholesale_seconds) as bigint) from usage_day
         where partner_id = $1 and day between $2 and $3
         group by class",
    )
    .bind(partner_id.to_string())
    .bind(first.number())
    .bind(last.number())
    .fetch_all(conn).await)?;
    let mut sums = MonthMinutes::default();
    for (class, seconds) in rows {
        match named("usage_day.class", &class, CallClass::parse)? {
            CallClass::Local => sums.local_seconds = seconds,
            CallClass::TollFree => sums.toll_free_seconds = seconds,
        }
    }
    Ok(sums)
}
