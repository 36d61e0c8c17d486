//! Everything an importer must know to find owners and prices, read in one transaction.
//!
//! Whole tables of one owner on purpose: the result is what the importer holds in memory, and it
//! reads it again only when the operator's `directory_version` has moved on.

use domain::{
    account::{Extension, NumberAssignment, WholesaleTerms},
    call::WholesaleCharge,
    ids::{DeckId, PartnerId, ProfileId, TenantId},
    money::Nanos,
    partner::PartnerStage,
    phone::CallClass,
    proration::Fraction,
    term::{DatedVersion, Term},
    time::{Day, Span, Timestamp, Zone},
};

use crate::{
    calls::parse_id,
    columns::named,
    db::{Tx, json_list, on},
    error::StoreError,
};

/// The operator's settings that matter for calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorFacts {
    /// Grows with every change to owners or prices.
    pub directory_version: i64,
    /// The two-letter region whose numbering area is home.
    pub home_country: String,
}

/// A partner's settings that matter for calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerFacts {
    /// Its id.
    pub partner_id: PartnerId,
    /// Whether its usage is charged: while it is active, suspended or not (PLT-04, PLT-35).
    pub charge: WholesaleCharge,
    /// First and following retail increment in seconds.
    pub increments: (i64, i64),
}

/// A tenant's settings that matter for calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantFacts {
    /// Its id.
    pub tenant_id: TenantId,
    /// Its SIP prefix.
    pub sip_prefix: String,
    /// The switch's code for it.
    pub account_code: Option<String>,
    /// Its zone.
    pub zone: Zone,
    /// For seven-digit dialling.
    pub home_npa: Option<String>,
    /// The profile of the open period, or of the trial.
    pub profile_id: ProfileId,
    /// Another profile from the next cycle on, and since when that is wanted.
    pub pending_profile: Option<(ProfileId, Timestamp)>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
}

/// A deck version as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckText {
    /// The deck.
    pub deck_id: DeckId,
    /// Its version.
    pub version: i64,
    /// From when it prices calls.
    pub effective_from: Timestamp,
    /// The zone of its windows and dates.
    pub zone: Zone,
    /// Its rows.
    pub csv: String,
}

/// The operator's facts; `None` before there is an operator.
pub async fn operator(tx: &mut Tx) -> Result<Option<OperatorFacts>, StoreError> {
    let row: Option<(i64, String)> = on!(tx, conn => sqlx::query_as(
        "select directory_version, home_country from operator",
    ).fetch_optional(conn).await)?;
    Ok(row
        .map(|(directory_version, home_country)| OperatorFacts { directory_version, home_country }))
}

/// All partners, in order of id: an operator's source carries any partner's calls.
pub async fn partners(tx: &mut Tx) -> Result<Vec<PartnerFacts>, StoreError> {
    let rows: Vec<(String, String, i64, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner.partner_id, stage, minimum_seconds, increment_seconds
         from partner
         join subscription on subscription.partner_id = partner.partner_id
         order by partner.partner_id",
    ).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(id, stage, minimum, increment)| {
            let stage = named("subscription.stage", &stage, PartnerStage::parse)?;
            Ok(PartnerFacts {
                partner_id: parse_id("partner.partner_id", &id)?,
                charge: if stage.is_charged() {
                    WholesaleCharge::Charged
                } else {
                    WholesaleCharge::Waived
                },
                increments: (minimum, increment),
            })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct TenantRow {
    tenant_id: String,
    sip_prefix: String,
    account_code: Option<String>,
    zone: String,
    home_npa: Option<String>,
    profile_id: String,
    pending_profile_id: Option<String>,
    pending_requested_at: Option<i64>,
    cancelled_at: Option<i64>,
}

/// A partner's tenants.
pub async fn tenants(tx: &mut Tx, partner_id: PartnerId) -> Result<Vec<TenantFacts>, StoreError> {
    let rows: Vec<TenantRow> = on!(tx, conn => sqlx::query_as(
        "select tenant_id, sip_prefix, account_code, zone, home_npa, profile_id,
           pending_profile_id, pending_requested_at, cancelled_at
         from tenant
         where partner_id = $1
         order by tenant_id",
    ).bind(partner_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| {
            let pending_profile = match (&row.pending_profile_id, row.pending_requested_at) {
                (Some(id), Some(at)) => {
                    Some((parse_id("tenant.pending_profile_id", id)?, Timestamp::from_micros(at)))
                }
                _ => None,
            };
            Ok(TenantFacts {
                tenant_id: parse_id("tenant.tenant_id", &row.tenant_id)?,
                zone: parse_zone("tenant.zone", &row.zone)?,
                profile_id: parse_id("tenant.profile_id", &row.profile_id)?,
                pending_profile,
                cancelled_at: row.cancelled_at.map(Timestamp::from_micros),
                sip_prefix: row.sip_prefix,
                account_code: row.account_code,
                home_npa: row.home_npa,
            })
        })
        .collect()
}

fn parse_zone(column: &'static str, name: &str) -> Result<Zone, StoreError> {
    Zone::parse(name).map_err(|_| StoreError::corrupt(column, name))
}

#[derive(sqlx::FromRow)]
struct NumberRow {
    did_id: String,
    tenant_id: String,
    e164: String,
    class: String,
    assigned_at: i64,
    released_at: Option<i64>,
}

/// A partner's number assignments, past ones included.
pub async fn numbers(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Vec<NumberAssignment>, StoreError> {
    let rows: Vec<NumberRow> = on!(tx, conn => sqlx::query_as(
        "select did_id, tenant_id, e164, class, assigned_at, released_at from phone_number
         where partner_id = $1
         order by assigned_at, did_id",
    ).bind(partner_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| {
            Ok(NumberAssignment {
                did_id: parse_id("phone_number.did_id", &row.did_id)?,
                tenant_id: parse_id("phone_number.tenant_id", &row.tenant_id)?,
                class: CallClass::parse(&row.class)
                    .ok_or_else(|| StoreError::corrupt("phone_number.class", &row.class))?,
                e164: row.e164,
                assigned_at: Timestamp::from_micros(row.assigned_at),
                released_at: row.released_at.map(Timestamp::from_micros),
            })
        })
        .collect()
}

/// A partner's extensions, past ones included.
pub async fn extensions(tx: &mut Tx, partner_id: PartnerId) -> Result<Vec<Extension>, StoreError> {
    let rows: Vec<(String, String, String, i64, Option<i64>)> = on!(tx, conn => sqlx::query_as(
            "select extension_id, tenant_id, name, created_at, removed_at from extension
             where partner_id = $1
             order by created_at, extension_id",
        ).bind(partner_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(id, tenant, name, created, removed)| {
            Ok(Extension {
                extension_id: parse_id("extension.extension_id", &id)?,
                tenant_id: parse_id("extension.tenant_id", &tenant)?,
                name,
                created_at: Timestamp::from_micros(created),
                removed_at: removed.map(Timestamp::from_micros),
            })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct TermsRow {
    effective_from: i64,
    extension_month_nanos: i64,
    local_did_month_nanos: i64,
    toll_free_did_month_nanos: i64,
    local_minute_nanos: i64,
    toll_free_minute_nanos: i64,
    deck_id: Option<String>,
}

/// A partner's wholesale terms, oldest first.
pub async fn wholesale_terms(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Vec<WholesaleTerms>, StoreError> {
    let rows: Vec<TermsRow> = on!(tx, conn => sqlx::query_as(
        "select effective_from, extension_month_nanos, local_did_month_nanos,
           toll_free_did_month_nanos, local_minute_nanos, toll_free_minute_nanos, deck_id
         from partner_terms
         where partner_id = $1
         order by effective_from",
    ).bind(partner_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| {
            Ok(WholesaleTerms {
                effective_from: Timestamp::from_micros(row.effective_from),
                extension_month: Nanos::new(row.extension_month_nanos),
                local_did_month: Nanos::new(row.local_did_month_nanos),
                toll_free_did_month: Nanos::new(row.toll_free_did_month_nanos),
                local_minute: Nanos::new(row.local_minute_nanos),
                toll_free_minute: Nanos::new(row.toll_free_minute_nanos),
                deck: row
                    .deck_id
                    .as_deref()
                    .map(|id| parse_id("partner_terms.deck_id", id))
                    .transpose()?,
            })
        })
        .collect()
}

/// A partner's profile versions, by profile, oldest first.
pub async fn profile_versions(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Vec<(ProfileId, DatedVersion)>, StoreError> {
    let rows: Vec<(String, i64, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select profile_id, version, terms, created_at from profile_version
         where partner_id = $1
         order by profile_id, version",
    ).bind(partner_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(id, version, terms, created)| {
            let terms = serde_json::from_str(&terms)
                .map_err(|_| StoreError::corrupt("profile_version.terms", &terms))?;
            let created_at = Timestamp::from_micros(created);
            let profile_id = parse_id("profile_version.profile_id", &id)?;
            Ok((profile_id, DatedVersion { version, created_at, terms }))
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct PeriodRow {
    tenant_id: String,
    start_at: i64,
    end_at: i64,
    profile_id: String,
    profile_version: i64,
    fraction_num: i64,
    fraction_den: i64,
    anchor_day: Option<i64>,
}

/// The terms of these tenants' periods, or of all tenants of the partner, oldest first.
pub async fn terms(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: Option<&[TenantId]>,
) -> Result<Vec<(TenantId, Term)>, StoreError> {
    let only = tenants.map(json_list);
    let rows: Vec<PeriodRow> = on!(tx, conn => sqlx::query_as(
        "select period.tenant_id, start_at, end_at, period.profile_id, profile_version,
           fraction_num, fraction_den, anchor_day
         from period
         join tenant on tenant.partner_id = period.partner_id
           and tenant.tenant_id = period.tenant_id
         where period.partner_id = $1
           and ($2 is null or period.tenant_id in (select value from json_each($2)))
         order by period.tenant_id, start_at",
    ).bind(partner_id.to_string()).bind(only).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| {
            let fraction = fraction(row.fraction_num, row.fraction_den)?;
            let anchor_day = row
                .anchor_day
                .and_then(Day::from_number)
                .ok_or_else(|| StoreError::corrupt("tenant.anchor_day", "no day"))?;
            let span = Span {
                start: Timestamp::from_micros(row.start_at),
                end: Timestamp::from_micros(row.end_at),
            };
            let term = Term {
                span,
                fraction,
                profile_id: parse_id("period.profile_id", &row.profile_id)?,
                profile_version: row.profile_version,
                anchor_day,
            };
            Ok((parse_id("period.tenant_id", &row.tenant_id)?, term))
        })
        .collect()
}

pub(crate) fn fraction(part: i64, whole: i64) -> Result<Fraction, StoreError> {
    Fraction::try_new(part, whole).map_err(|_| StoreError::corrupt("period.fraction_num", part))
}

/// All deck versions of an owner: a partner, or the operator (`None`).
pub async fn decks(tx: &mut Tx, owner: Option<PartnerId>) -> Result<Vec<DeckText>, StoreError> {
    let owner = owner.map_or_else(|| "operator".to_owned(), |id| id.to_string());
    let rows: Vec<(String, i64, i64, String, String)> = on!(tx, conn => sqlx::query_as(
        "select deck_id, version, effective_from, zone, csv from deck_version
         where owner_id = $1
         order by deck_id, version",
    ).bind(owner).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(id, version, from, zone, csv)| {
            Ok(DeckText {
                deck_id: parse_id("deck_version.deck_id", &id)?,
                version,
                effective_from: Timestamp::from_micros(from),
                zone: parse_zone("deck_version.zone", &zone)?,
                csv,
            })
        })
        .collect()
}

/// The start of the open period of each of these tenants that has one.
pub async fn open_starts(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<Vec<(TenantId, Timestamp)>, StoreError> {
    let rows: Vec<(String, i64)> = on!(tx, conn => sqlx::query_as(
        "select tenant_id, open_start from tenant
         where partner_id = $1 and open_start is not null
           and tenant_id in (select value from json_each($2))",
    ).bind(partner_id.to_string()).bind(json_list(tenants)).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(id, start)| Ok((parse_id("tenant.tenant_id", &id)?, Timestamp::from_micros(start))))
        .collect()
}
