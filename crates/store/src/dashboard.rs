//! What a partner's first page counts, and what its setup has come to.
//!
//! Decided here: each answer is one statement over indexes that begin with the partner, so that a
//! page costs the same whatever others have. Calls are not counted here; their sums are in the day
//! roll-ups.

use domain::ids::{PartnerId, TenantId};

use crate::{
    columns::id,
    db::{Tx, json_list, on},
    error::StoreError,
};

/// What a partner has now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct Tally {
    /// Tenants that are not cancelled.
    pub tenants: i64,
    /// Extensions of its tenants.
    pub extensions: i64,
    /// Phone numbers of its tenants.
    pub phone_numbers: i64,
    /// People who can sign in: its own and its tenants'.
    pub people: i64,
}

/// Counts what a partner has now.
pub async fn tally(tx: &mut Tx, partner_id: PartnerId) -> Result<Tally, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select
           (select count(*) from tenant
            where partner_id = $1 and status <> 'cancelled') as tenants,
           (select count(*) from extension
            where partner_id = $1 and removed_at is null) as extensions,
           (select count(*) from phone_number
            where partner_id = $1 and released_at is null) as phone_numbers,
           (select count(*) from portal_user
            where owner_id = $1 and removed_at is null and password_hash is not null) as people",
    )
    .bind(partner_id.to_string())
    .fetch_one(conn).await)?)
}

/// Facts from which the steps of a partner's setup are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SetupFacts {
    /// A tenant was ever created.
    pub has_tenant: bool,
    /// A logo was uploaded.
    pub has_logo: bool,
    /// A profile was created or an automatic one edited; `automatic` of them come by themselves.
    pub has_profile: bool,
    /// Somebody was ever invited beside the first administrator.
    pub has_colleague: bool,
}

/// What a partner's setup has come to. `automatic` profiles come with the account.
pub async fn setup_facts(
    tx: &mut Tx,
    partner_id: PartnerId,
    automatic: i64,
) -> Result<SetupFacts, StoreError> {
    let found: (i64, i64, i64, i64, i64) = on!(tx, conn => sqlx::query_as(
        "select
           (select count(*) from
             (select 1 as one from tenant where partner_id = $1 limit 1) some_tenant),
           (select count(*) from partner where partner_id = $1 and logo is not null),
           (select count(*) from profile where partner_id = $1 and latest_version > 1),
           (select count(*) from profile where partner_id = $1),
           (select count(*) from
             (select 1 as one from portal_user
              where owner_id = $1 and tenant_id is null limit 2) some_people)",
    )
    .bind(partner_id.to_string())
    .fetch_one(conn).await)?;
    let (tenants, logos, edited, profiles, people) = found;
    Ok(SetupFacts {
        has_tenant: tenants > 0,
        has_logo: logos > 0,
        has_profile: edited > 0 || profiles > automatic,
        has_colleague: people > 1,
    })
}

/// How many people of each of these tenants can sign in or are invited.
pub async fn people_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<Vec<(TenantId, i64)>, StoreError> {
    let rows: Vec<(String, i64)> = on!(tx, conn => sqlx::query_as(
        "select tenant_id, count(*) from portal_user
         where owner_id = $1 and removed_at is null
           and tenant_id in (select value from json_each($2))
         group by tenant_id
         order by tenant_id",
    )
    .bind(partner_id.to_string())
    .bind(json_list(tenants))
    .fetch_all(conn).await)?;
    rows.into_iter().map(|(tenant, count)| Ok((id("tenant_id", &tenant)?, count))).collect()
}
