//! Billing periods of tenants.
//!
//! Decided here: a period is known by its tenant and start and is inserted once; its id is derived
//! from both.

use domain::{
    ids::{PartnerId, PeriodId, TenantId},
    term::Term,
    time::Timestamp,
};

use crate::{
    db::{Tx, on},
    error::StoreError,
};

/// The id of the tenant's period that starts at `start`.
pub fn id_of(tenant_id: TenantId, start: Timestamp) -> PeriodId {
    let parts = [&*tenant_id.to_string(), &start.micros().to_string()];
    PeriodId::derived_in(tenant_id.place_of_age(), start, &parts)
}

/// Opens a period; the same period again changes nothing.
pub async fn open(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant_id: TenantId,
    term: &Term,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into period
           (partner_id, tenant_id, period_id, start_at, end_at, profile_id, profile_version,
            fraction_num, fraction_den, state)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open')
         on conflict (partner_id, tenant_id, start_at) do nothing",
    )
    .bind(partner_id.to_string())
    .bind(tenant_id.to_string())
    .bind(id_of(tenant_id, term.span.start).to_string())
    .bind(term.span.start.micros())
    .bind(term.span.end.micros())
    .bind(term.profile_id.to_string())
    .bind(term.profile_version)
    .bind(i64::from(term.fraction.part()))
    .bind(i64::from(term.fraction.whole()))
    .execute(conn).await.map(drop))?;
    Ok(())
}
