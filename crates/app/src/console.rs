//! What the operator's console shows over all partners: what waits, what failed, who there is.
//!
//! Decided here: nothing but what is read together. Only pages of the operator ask here; whose
//! money or calls something is, is asked of the use cases that partners have, too.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    account::Partner,
    ids::PartnerId,
    ledger::Account,
    money::{Currency, Micros},
    paging::{Page, PageRequest},
    partner::PartnerStatus,
    processor::ProcessorMode,
    tier::Tier,
    time::Timestamp,
};
pub use store::console::{Counts, FailedDelivery, MANY};

use crate::{
    App,
    error::{AppError, Result},
    ingest::{BatchFilter, ListedBatch},
    operations::PartnerFilter,
    people::brand_name,
    platform::Shown,
    setup::the_operator,
};

/// The platform at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// What waits and what failed.
    pub counts: Counts,
    /// How many partners are in each status.
    pub partners: Vec<(PartnerStatus, i64)>,
    /// The last batch of call records of the operator's own sources.
    pub last_import: Option<ListedBatch>,
    /// What time it is.
    pub now: Timestamp,
}

/// A partner as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct PartnerBrief {
    /// The partner.
    pub partner: Partner,
    /// What its wallet holds.
    pub wallet: Micros,
    /// What the wallet is in.
    pub currency: Currency,
    /// How its tenants pay.
    pub mode: ProcessorMode,
    /// Its tier.
    pub tier: Tier,
}

/// A partner as the operator sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct PartnerOverview {
    /// The partner.
    pub partner: Partner,
    /// Its subscription, terms, wallet and usage.
    pub shown: Shown,
    /// What the operator charges in.
    pub currency: Currency,
    /// How its tenants pay.
    pub mode: ProcessorMode,
    /// Tenants that are not cancelled.
    pub tenants: i64,
    /// Requests a minute of all its keys.
    pub rate_limit: u32,
}

impl App {
    /// The platform at a glance.
    pub async fn overview(&self) -> Result<Overview> {
        let now = self.clock.now();
        let newest = PageRequest::newest(1);
        let last = self.cdr_batches(None, BatchFilter::default(), &newest).await?;
        let mut tx = self.db.begin_read().await?;
        let counts = store::console::counts(&mut tx, now).await?;
        let partners = store::console::partners_by_status(&mut tx).await?;
        tx.commit().await?;
        let named = |(name, count): (String, i64)| Some((PartnerStatus::parse(&name)?, count));
        Ok(Overview {
            counts,
            partners: partners.into_iter().filter_map(named).collect(),
            last_import: last.rows.into_iter().next(),
            now,
        })
    }

    /// A partner with all that the operator asks for first.
    pub async fn partner_overview(&self, partner_id: PartnerId) -> Result<PartnerOverview> {
        let partner = self.partner(partner_id).await?;
        let shown = self.subscription(partner_id).await?;
        let rate_limit = self.partner_rate(partner_id).await?;
        let mut tx = self.db.begin_read().await?;
        let currency = the_operator(&mut tx).await?.currency;
        let mode = store::processors::of(&mut tx, partner_id).await?.context.mode();
        let tenants = store::console::tenants_of(&mut tx, partner_id).await?;
        tx.commit().await?;
        Ok(PartnerOverview { partner, shown, currency, mode, tenants, rate_limit })
    }

    /// A page of all partners, each with what its wallet holds and how its tenants pay.
    pub async fn partner_briefs(
        &self,
        filter: PartnerFilter,
        page: &PageRequest,
    ) -> Result<Page<PartnerBrief>> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let currency = the_operator(&mut tx).await?.currency;
        let found = store::partners::list(&mut tx, filter, page).await?;
        let mut rows = Vec::with_capacity(found.rows.len());
        for partner in found.rows {
            let partner_id = partner.partner_id;
            let wallet = store::ledger::balance(&mut tx, partner_id, Account::Wallet).await?;
            let mode = store::processors::of(&mut tx, partner_id).await?.context.mode();
            let terms = store::partners::terms_at(&mut tx, partner_id, now).await?;
            let no_terms = || AppError::Broken(format!("{partner_id} has no terms"));
            rows.push(PartnerBrief {
                wallet: wallet.negated()?,
                mode,
                tier: terms.ok_or_else(no_terms)?.tier,
                partner,
                currency,
            });
        }
        tx.commit().await?;
        Ok(Page { rows, has_more: found.has_more })
    }

    /// What these partners are called.
    pub async fn partner_names(
        &self,
        partners: impl IntoIterator<Item = PartnerId>,
    ) -> Result<BTreeMap<PartnerId, String>> {
        let ids: BTreeSet<PartnerId> = partners.into_iter().collect();
        let mut names = BTreeMap::new();
        let mut tx = self.db.begin_read().await?;
        for partner_id in ids {
            if let Some(partner) = store::partners::find(&mut tx, partner_id).await? {
                names.insert(partner_id, brand_name(&partner).to_owned());
            }
        }
        tx.commit().await?;
        Ok(names)
    }

    /// A page of the webhook deliveries of all partners that failed.
    pub async fn failed_deliveries(&self, page: &PageRequest) -> Result<Page<FailedDelivery>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::console::failed_deliveries(&mut tx, page).await?;
        tx.commit().await?;
        Ok(page)
    }
}
