//! Phone numbers: one row for each time a number was assigned to a tenant.
//!
//! Decided here: an assignment is inserted and released once; a unique index keeps a number from
//! being assigned twice at a time on the whole platform. An assignment is there in the half-open
//! interval from assignment to release.

use domain::{
    account::NumberAssignment,
    ids::{PartnerId, PhoneNumberId, TenantId},
    paging::{Page, PageRequest},
    phone::CallClass,
    time::{Span, Timestamp},
};

use crate::{
    bulk::Bulk,
    columns::{after, guarded, id, named, optional_instant},
    db::{Tx, json_list, on},
    error::StoreError,
    listing::List,
};

#[derive(sqlx::FromRow)]
struct NumberRow {
    did_id: String,
    tenant_id: String,
    e164: String,
    class: String,
    assigned_at: i64,
    released_at: Option<i64>,
}

impl NumberRow {
    fn read(self) -> Result<NumberAssignment, StoreError> {
        Ok(NumberAssignment {
            did_id: id("phone_number.did_id", &self.did_id)?,
            tenant_id: id("phone_number.tenant_id", &self.tenant_id)?,
            e164: self.e164,
            class: named("phone_number.class", &self.class, CallClass::parse)?,
            assigned_at: Timestamp::from_micros(self.assigned_at),
            released_at: optional_instant(self.released_at),
        })
    }
}

/// Assigns numbers of one partner. A number that somebody has is a unique violation.
pub async fn insert_all(
    tx: &mut Tx,
    partner_id: PartnerId,
    assignments: &[NumberAssignment],
) -> Result<(), StoreError> {
    let mut rows = Bulk::new(
        "phone_number",
        &["partner_id", "did_id", "tenant_id", "e164", "class", "assigned_at", "released_at"],
        "",
    );
    for number in assignments {
        rows.push([
            partner_id.to_string().into(),
            number.did_id.to_string().into(),
            number.tenant_id.to_string().into(),
            number.e164.as_str().into(),
            number.class.as_str().into(),
            number.assigned_at.micros().into(),
            number.released_at.map(Timestamp::micros).into(),
        ]);
    }
    rows.insert(tx).await.map(drop)
}

/// The partner's assignment with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    did_id: PhoneNumberId,
) -> Result<Option<NumberAssignment>, StoreError> {
    let row: Option<NumberRow> = on!(tx, conn => sqlx::query_as(
        "select did_id, tenant_id, e164, class, assigned_at, released_at from phone_number
         where partner_id = $1 and did_id = $2",
    ).bind(partner_id.to_string()).bind(did_id.to_string()).fetch_optional(conn).await)?;
    row.map(NumberRow::read).transpose()
}

/// Whether anybody on the platform has the number. Answers nothing about whom.
pub async fn is_assigned(tx: &mut Tx, e164: &str) -> Result<bool, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from phone_number where e164 = $1 and released_at is null",
    ).bind(e164).fetch_one(conn).await)?;
    Ok(count > 0)
}

/// Releases an assignment at `at`; `Stale` where it was released before.
pub async fn release(
    tx: &mut Tx,
    partner_id: PartnerId,
    did_id: PhoneNumberId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let released = on!(tx, conn => sqlx::query(
        "update phone_number set released_at = $3
         where partner_id = $1 and did_id = $2 and released_at is null",
    )
    .bind(partner_id.to_string())
    .bind(did_id.to_string())
    .bind(at.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(released, "the phone number")
}

/// Releases all numbers of a tenant at `at` and answers how many.
pub async fn release_all(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant_id: TenantId,
    at: Timestamp,
) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(
        "update phone_number set released_at = $3
         where partner_id = $1 and tenant_id = $2 and released_at is null",
    )
    .bind(partner_id.to_string())
    .bind(tenant_id.to_string())
    .bind(at.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?)
}

/// Up to `limit` assignments of a tenant after `last`, in the order of their ids, released ones
/// too.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    (tenant_id, last): (TenantId, Option<PhoneNumberId>),
    limit: i64,
) -> Result<Vec<NumberAssignment>, StoreError> {
    let rows: Vec<NumberRow> = on!(tx, conn => sqlx::query_as(
        "select did_id, tenant_id, e164, class, assigned_at, released_at from phone_number
         where partner_id = $1 and tenant_id = $2 and did_id > $3
         order by did_id
         limit $4",
    )
    .bind(partner_id.to_string())
    .bind(tenant_id.to_string())
    .bind(after(last))
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.into_iter().map(NumberRow::read).collect()
}

/// Which numbers are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct NumberFilter {
    /// Only of these tenants.
    pub tenants: Option<Vec<TenantId>>,
    /// Of this tenant.
    pub tenant_id: Option<TenantId>,
    /// Whether somebody has it.
    pub assigned: Option<NumberState>,
    /// With these digits in it.
    pub digits: Option<String>,
}

/// Whether somebody has a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberState {
    /// A tenant has it.
    Assigned,
    /// It was released, and nobody has it since.
    Released,
}

/// A page of the partner's numbers in the order of their ids. Each number stands there once: as it
/// is assigned, or as it was last released where nobody has it since.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: NumberFilter,
    page: &PageRequest,
) -> Result<Page<NumberAssignment>, StoreError> {
    let state = filter.assigned.map(|state| match state {
        NumberState::Assigned => 1,
        NumberState::Released => 0,
    });
    let list = List::of(
        "select did_id, tenant_id, e164, class, assigned_at, released_at from phone_number",
    )
    .only("partner_id = $?", [partner_id.to_string().into()])
    .only(
        "released_at is null or not exists (
           select 1 from phone_number later
           where later.e164 = phone_number.e164 and later.did_id <> phone_number.did_id
             and (later.released_at is null or later.released_at > phone_number.released_at))",
        [],
    )
    .one_of("tenant_id in (select value from json_each($?))", filter.tenants)
    .only_if("tenant_id = $?", filter.tenant_id.map(|it| it.to_string()))
    .only_if("case when released_at is null then 1 else 0 end = $?", state)
    .only_if("e164 like $?", filter.digits.map(|digits| format!("%{digits}%")));
    list.page(tx, ("did_id", "did_id"), page).await?.try_map(NumberRow::read)
}

/// How many numbers a tenant has, by class (MET-17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NumberCounts {
    /// Standard numbers.
    pub local: i64,
    /// Toll-free numbers.
    pub toll_free: i64,
}

/// How many numbers are assigned to the tenant at `instant`.
pub async fn count_at(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant_id: TenantId,
    instant: Timestamp,
) -> Result<NumberCounts, StoreError> {
    let rows: Vec<(String, i64)> = on!(tx, conn => sqlx::query_as(
        "select class, count(*) from phone_number
         where partner_id = $1 and tenant_id = $2 and assigned_at <= $3
           and (released_at is null or released_at > $3)
         group by class",
    )
    .bind(partner_id.to_string())
    .bind(tenant_id.to_string())
    .bind(instant.micros())
    .fetch_all(conn).await)?;
    let mut counts = NumberCounts::default();
    for (class, count) in rows {
        match named("phone_number.class", &class, CallClass::parse)? {
            CallClass::Local => counts.local = count,
            CallClass::TollFree => counts.toll_free = count,
        }
    }
    Ok(counts)
}

/// All assignments of these tenants that are there at some instant of `span`, by tenant, for
/// [`domain::peak`].
pub async fn assignments_overlapping(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
    span: Span,
) -> Result<Vec<NumberAssignment>, StoreError> {
    let rows: Vec<NumberRow> = on!(tx, conn => sqlx::query_as(
        "select did_id, tenant_id, e164, class, assigned_at, released_at from phone_number
         where partner_id = $1 and tenant_id in (select value from json_each($2))
           and assigned_at < $4
           and (released_at is null or (released_at > $3 and released_at > assigned_at))
         order by tenant_id, assigned_at, did_id",
    )
    .bind(partner_id.to_string())
    .bind(json_list(tenants))
    .bind(span.start.micros())
    .bind(span.end.micros())
    .fetch_all(conn).await)?;
    rows.into_iter().map(NumberRow::read).collect()
}
