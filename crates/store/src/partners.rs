//! Partners, and what the operator charges them.
//!
//! Decided here: terms are only ever added, each from its instant on. Lists of partners are the
//! operator's and therefore have no owner.

use domain::{
    account::{BillingIncrements, Brand, Partner, WholesaleTerms},
    ids::PartnerId,
    money::Nanos,
    paging::{Page, PageRequest},
    partner::{PartnerStage, PartnerStatus},
    subscription::Subscription,
    tier::Tier,
    time::Timestamp,
};

use crate::{
    columns::{after, currency, flag, guarded, id, named, number, optional_id, zone},
    db::{Tx, on},
    error::StoreError,
    listing::{List, anywhere},
    subscriptions, wallet_watch,
};

#[derive(sqlx::FromRow)]
struct PartnerRow {
    partner_id: String,
    slug: String,
    company_name: String,
    brand_name: String,
    brand_color: String,
    logo: Option<Vec<u8>>,
    address: String,
    website: String,
    support_email: String,
    billing_email: String,
    statement_descriptor: String,
    zone: String,
    currency: String,
    locale: String,
    status: String,
    status_since: i64,
    terms_days: i64,
    default_profile_id: String,
    minimum_seconds: i64,
    increment_seconds: i64,
    usage_alerts: i64,
    created_at: i64,
    version: i64,
}

impl PartnerRow {
    fn read(self) -> Result<Partner, StoreError> {
        Ok(Partner {
            partner_id: id("partner.partner_id", &self.partner_id)?,
            slug: self.slug,
            company_name: self.company_name,
            brand: Brand {
                name: self.brand_name,
                color: self.brand_color,
                address: self.address,
                website: self.website,
                support_email: self.support_email,
                statement_descriptor: self.statement_descriptor,
            },
            logo: self.logo,
            billing_email: self.billing_email,
            zone: zone("partner.zone", &self.zone)?,
            currency: currency("partner.currency", &self.currency)?,
            locale: self.locale,
            status: named("partner.status", &self.status, PartnerStatus::parse)?,
            status_since: Timestamp::from_micros(self.status_since),
            terms_days: number("partner.terms_days", self.terms_days)?,
            usage_alerts: flag("partner.usage_alerts", self.usage_alerts)?,
            default_profile: id("partner.default_profile_id", &self.default_profile_id)?,
            increments: BillingIncrements {
                minimum_seconds: number("partner.minimum_seconds", self.minimum_seconds)?,
                increment_seconds: number("partner.increment_seconds", self.increment_seconds)?,
            },
            created_at: Timestamp::from_micros(self.created_at),
            version: self.version,
        })
    }
}

macro_rules! select_partner {
    ($tail:literal) => {
        concat!(
            "select partner_id, slug, company_name, brand_name, brand_color, logo, address,
               website, support_email, billing_email, statement_descriptor, zone, currency,
               locale, status, status_since, terms_days, default_profile_id, minimum_seconds,
               increment_seconds, usage_alerts, created_at, version
             from partner ",
            $tail
        )
    };
}

/// Creates a partner with its subscription and its wallet's watch. A slug that is taken is a unique
/// violation.
pub async fn insert(tx: &mut Tx, partner: &Partner) -> Result<(), StoreError> {
    let brand = &partner.brand;
    on!(tx, conn => sqlx::query(
        "insert into partner
           (partner_id, slug, company_name, brand_name, brand_color, logo, address, website,
            support_email, billing_email, statement_descriptor, zone, currency, locale, status,
            status_since, terms_days, default_profile_id, minimum_seconds, increment_seconds,
            created_at, version, usage_alerts)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22, $23)",
    )
    .bind(partner.partner_id.to_string())
    .bind(&partner.slug)
    .bind(&partner.company_name)
    .bind(&brand.name)
    .bind(&brand.color)
    .bind(partner.logo.as_deref())
    .bind(&brand.address)
    .bind(&brand.website)
    .bind(&brand.support_email)
    .bind(&partner.billing_email)
    .bind(&brand.statement_descriptor)
    .bind(partner.zone.name())
    .bind(partner.currency.code())
    .bind(&partner.locale)
    .bind(partner.status.as_str())
    .bind(partner.status_since.micros())
    .bind(i64::from(partner.terms_days))
    .bind(partner.default_profile.to_string())
    .bind(i64::from(partner.increments.minimum_seconds))
    .bind(i64::from(partner.increments.increment_seconds))
    .bind(partner.created_at.micros())
    .bind(partner.version)
    .bind(i64::from(partner.usage_alerts))
    .execute(conn).await.map(drop))?;
    let stage = PartnerStage::parse(partner.status.as_str()).unwrap_or(PartnerStage::Active);
    let begun = Subscription::begun(partner.partner_id, stage, partner.status_since);
    subscriptions::insert(tx, &begun).await?;
    wallet_watch::insert(tx, partner.partner_id).await
}

/// The partner with this id.
pub async fn find(tx: &mut Tx, partner_id: PartnerId) -> Result<Option<Partner>, StoreError> {
    let row: Option<PartnerRow> = on!(tx, conn => sqlx::query_as(
        select_partner!("where partner_id = $1"),
    ).bind(partner_id.to_string()).fetch_optional(conn).await)?;
    row.map(PartnerRow::read).transpose()
}

/// The partner with this slug.
pub async fn find_by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Partner>, StoreError> {
    let row: Option<PartnerRow> = on!(tx, conn => sqlx::query_as(
        select_partner!("where slug = $1"),
    ).bind(slug).fetch_optional(conn).await)?;
    row.map(PartnerRow::read).transpose()
}

/// Up to `limit` partners after `last`, in the order of their ids.
pub async fn page(
    tx: &mut Tx,
    last: Option<PartnerId>,
    limit: i64,
) -> Result<Vec<Partner>, StoreError> {
    let rows: Vec<PartnerRow> = on!(tx, conn => sqlx::query_as(
        select_partner!("where partner_id > $1 order by partner_id limit $2"),
    ).bind(after(last)).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(PartnerRow::read).collect()
}

/// Which partners are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct PartnerFilter {
    /// With this status.
    pub status: Option<PartnerStatus>,
    /// With this text somewhere in the company name, the brand name or the slug.
    pub text: Option<String>,
}

/// A page of all partners, in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    filter: PartnerFilter,
    page: &PageRequest,
) -> Result<Page<Partner>, StoreError> {
    let list = List::of(select_partner!(""))
        .only_if("status = $?", filter.status.map(PartnerStatus::as_str));
    let list = match filter.text.as_deref().map(anywhere) {
        Some(pattern) => list.only(
            "lower(company_name) like $? escape '\\' or lower(brand_name) like $? escape '\\'
               or slug like $? escape '\\'",
            [pattern.as_str().into(), pattern.as_str().into(), pattern.as_str().into()],
        ),
        None => list,
    };
    list.page(tx, ("partner_id", "partner_id"), page).await?.try_map(PartnerRow::read)
}

/// Requests a minute that all keys of the partner may make.
pub async fn rate(tx: &mut Tx, partner_id: PartnerId) -> Result<Option<i64>, StoreError> {
    let found: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select rate_per_minute from partner where partner_id = $1",
    ).bind(partner_id.to_string()).fetch_optional(conn).await)?;
    Ok(found.map(|(rate,)| rate))
}

/// Sets how many requests a minute all keys of the partner may make; `false` where there is no
/// such partner.
pub async fn set_rate(tx: &mut Tx, partner_id: PartnerId, rate: i64) -> Result<bool, StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update partner set rate_per_minute = $2 where partner_id = $1",
    ).bind(partner_id.to_string()).bind(rate).execute(conn).await
        .map(|done| done.rows_affected()))?;
    Ok(saved > 0)
}

/// Saves what may change of a partner, if it still has the version it was read with.
pub async fn save(tx: &mut Tx, partner: &Partner) -> Result<(), StoreError> {
    let brand = &partner.brand;
    let saved = on!(tx, conn => sqlx::query(
        "update partner
         set slug = $3, company_name = $4, brand_name = $5, brand_color = $6, logo = $7,
           address = $8, website = $9, support_email = $10, billing_email = $11,
           statement_descriptor = $12, zone = $13, locale = $14, status = $15,
           status_since = $16, terms_days = $17, default_profile_id = $18,
           minimum_seconds = $19, increment_seconds = $20, usage_alerts = $21,
           version = version + 1
         where partner_id = $1 and version = $2",
    )
    .bind(partner.partner_id.to_string())
    .bind(partner.version)
    .bind(&partner.slug)
    .bind(&partner.company_name)
    .bind(&brand.name)
    .bind(&brand.color)
    .bind(partner.logo.as_deref())
    .bind(&brand.address)
    .bind(&brand.website)
    .bind(&brand.support_email)
    .bind(&partner.billing_email)
    .bind(&brand.statement_descriptor)
    .bind(partner.zone.name())
    .bind(&partner.locale)
    .bind(partner.status.as_str())
    .bind(partner.status_since.micros())
    .bind(i64::from(partner.terms_days))
    .bind(partner.default_profile.to_string())
    .bind(i64::from(partner.increments.minimum_seconds))
    .bind(i64::from(partner.increments.increment_seconds))
    .bind(i64::from(partner.usage_alerts))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the partner")
}

/// A partner's terms, and the tier they were taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierTerms {
    /// The tier's name; Enterprise where the figures are the partner's own.
    pub tier: Tier,
    /// The figures.
    pub terms: WholesaleTerms,
}

#[derive(sqlx::FromRow)]
struct TermsRow {
    effective_from: i64,
    tier: String,
    extension_month_nanos: i64,
    local_did_month_nanos: i64,
    toll_free_did_month_nanos: i64,
    local_minute_nanos: i64,
    toll_free_minute_nanos: i64,
    deck_id: Option<String>,
}

impl TermsRow {
    fn read(self) -> Result<TierTerms, StoreError> {
        let terms = WholesaleTerms {
            effective_from: Timestamp::from_micros(self.effective_from),
            extension_month: Nanos::new(self.extension_month_nanos),
            local_did_month: Nanos::new(self.local_did_month_nanos),
            toll_free_did_month: Nanos::new(self.toll_free_did_month_nanos),
            local_minute: Nanos::new(self.local_minute_nanos),
            toll_free_minute: Nanos::new(self.toll_free_minute_nanos),
            deck: optional_id("partner_terms.deck_id", self.deck_id.as_deref())?,
        };
        Ok(TierTerms { tier: named("partner_terms.tier", &self.tier, Tier::parse)?, terms })
    }
}

/// Adds terms. Terms from the same instant are a unique violation.
pub async fn insert_terms(
    tx: &mut Tx,
    partner_id: PartnerId,
    TierTerms { tier, terms }: &TierTerms,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into partner_terms
           (partner_id, effective_from, tier, extension_month_nanos, local_did_month_nanos,
            toll_free_did_month_nanos, local_minute_nanos, toll_free_minute_nanos, deck_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(partner_id.to_string())
    .bind(terms.effective_from.micros())
    .bind(tier.as_str())
    .bind(terms.extension_month.get())
    .bind(terms.local_did_month.get())
    .bind(terms.toll_free_did_month.get())
    .bind(terms.local_minute.get())
    .bind(terms.toll_free_minute.get())
    .bind(terms.deck.map(|deck| deck.to_string()))
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Puts terms in the place of all that begin at their instant or later: what was only announced
/// for another tier. Terms that priced anything began before.
pub async fn replace_terms(
    tx: &mut Tx,
    partner_id: PartnerId,
    terms: &TierTerms,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "delete from partner_terms where partner_id = $1 and effective_from >= $2",
    )
    .bind(partner_id.to_string())
    .bind(terms.terms.effective_from.micros())
    .execute(conn).await.map(drop))?;
    insert_terms(tx, partner_id, terms).await
}

/// Up to `limit` partners after `last` that have this tier at `instant`, in the order of their ids.
pub async fn on_tier(
    tx: &mut Tx,
    (tier, instant): (Tier, Timestamp),
    (last, limit): (Option<PartnerId>, i64),
) -> Result<Vec<PartnerId>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "select partner_id from partner_terms terms
         where tier = $1 and partner_id > $3 and effective_from = (
           select max(effective_from) from partner_terms latest
           where latest.partner_id = terms.partner_id and latest.effective_from <= $2)
         order by partner_id
         limit $4",
    )
    .bind(tier.as_str())
    .bind(instant.micros())
    .bind(after(last))
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.iter().map(|(partner,)| id("partner_terms.partner_id", partner)).collect()
}

/// Up to `limit` of a partner's terms that begin after `last`, oldest first.
pub async fn terms_page(
    tx: &mut Tx,
    partner_id: PartnerId,
    last: Option<Timestamp>,
    limit: i64,
) -> Result<Vec<TierTerms>, StoreError> {
    let rows: Vec<TermsRow> = on!(tx, conn => sqlx::query_as(
        "select effective_from, tier, extension_month_nanos, local_did_month_nanos,
           toll_free_did_month_nanos, local_minute_nanos, toll_free_minute_nanos, deck_id
         from partner_terms
         where partner_id = $1 and effective_from > $2
         order by effective_from
         limit $3",
    )
    .bind(partner_id.to_string())
    .bind(last.map_or(i64::MIN, Timestamp::micros))
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.into_iter().map(TermsRow::read).collect()
}

/// The terms in force at `instant`, or `None` before the first.
pub async fn terms_at(
    tx: &mut Tx,
    partner_id: PartnerId,
    instant: Timestamp,
) -> Result<Option<TierTerms>, StoreError> {
    let row: Option<TermsRow> = on!(tx, conn => sqlx::query_as(
        "select effective_from, tier, extension_month_nanos, local_did_month_nanos,
           toll_free_did_month_nanos, local_minute_nanos, toll_free_minute_nanos, deck_id
         from partner_terms
         where partner_id = $1 and effective_from <= $2
         order by effective_from desc
         limit 1",
    ).bind(partner_id.to_string()).bind(instant.micros()).fetch_optional(conn).await)?;
    row.map(TermsRow::read).transpose()
}
