//! New standard figures of a tier, posted 30 days ahead (PLT-22, C-07).
//!
//! Decided here: a posting is listed, mailed to every partner of the tier, and in force from its
//! instant on; usage that was metered before keeps its price (PLT-23). Partners that come to the
//! tier later find it posted. In the time between, each may choose another plan or leave (PLT-24).

use domain::{
    account::WholesaleTerms,
    ids::DeckId,
    money::Minor,
    tier::{NOTICE_DAYS, Tier, TierPlan, TierRates},
    time::Timestamp,
};
use store::{
    db::Tx,
    partners::TierTerms,
    subscriptions::{self, PostedPlan},
};

use super::{Plans, mails::Letter, tell};
use crate::{
    App,
    error::{AppError, Result},
    setup::{directory_changed, the_partner},
};

/// Partners in one page.
const PAGE: i64 = 500;

/// New figures of a tier; what is absent stays as it is by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRateChange {
    /// Of which tier.
    pub tier: Tier,
    /// From when on: 30 days from now or later.
    pub effective_from: Timestamp,
    /// The monthly fee.
    pub monthly_fee: Option<Minor>,
    /// The unit prices.
    pub rates: Option<TierRates>,
    /// Why, for partners.
    pub reason: String,
}

/// A tier's unit prices as a partner's terms.
pub(super) fn terms(
    tier: Tier,
    (rates, deck): (&TierRates, Option<DeckId>),
    effective_from: Timestamp,
) -> TierTerms {
    let terms = WholesaleTerms {
        effective_from,
        extension_month: rates.extension_month,
        local_did_month: rates.local_did_month,
        toll_free_did_month: rates.toll_free_did_month,
        local_minute: rates.local_minute,
        toll_free_minute: rates.toll_free_minute,
        deck,
    };
    TierTerms { tier, terms }
}

impl App {
    /// Posts new figures of a tier and tells its partners.
    pub async fn post_rate_change(&self, new: &NewRateChange) -> Result<PostedPlan> {
        let now = self.clock.now();
        check(new, now)?;
        self.db
            .write(async |tx: &mut Tx| {
                let plans = Plans::load(tx).await?;
                if let Some(last) = plans.0.iter().rfind(|it| it.tier == new.tier)
                    && new.effective_from <= last.effective_from
                {
                    let message = format!("must be after {}", last.effective_from);
                    return Err(AppError::invalid("effective_from", message));
                }
                let old = plans.at(new.tier, new.effective_from);
                let old =
                    old.ok_or_else(|| AppError::invalid("tier", "has no standard figures"))?;
                let posted = PostedPlan {
                    tier: new.tier,
                    effective_from: new.effective_from,
                    plan: TierPlan {
                        monthly_fee: new.monthly_fee.unwrap_or(old.monthly_fee),
                        max_extensions: old.max_extensions,
                        rates: new.rates.unwrap_or(old.rates),
                    },
                    reason: new.reason.trim().to_owned(),
                    posted_at: now,
                };
                subscriptions::post_plan(tx, &posted).await?;
                announce(tx, &posted, now).await?;
                directory_changed(tx).await?;
                Ok(posted)
            })
            .await
    }

    /// All posted figures of all tiers, oldest first.
    pub async fn rate_changes(&self) -> Result<Vec<PostedPlan>> {
        let mut tx = self.db.begin_single().await?;
        let posted = subscriptions::posted_plans(&mut tx).await?;
        tx.commit().await?;
        Ok(posted)
    }
}

fn check(new: &NewRateChange, now: Timestamp) -> Result<()> {
    if new.effective_from < now.plus_seconds(NOTICE_DAYS * 86_400) {
        let message = format!("must be {NOTICE_DAYS} days from now or later");
        return Err(AppError::invalid("effective_from", message));
    }
    if new.monthly_fee.is_some_and(Minor::is_negative) {
        return Err(AppError::invalid("monthly_fee", "must not be negative"));
    }
    if new.monthly_fee.is_none() && new.rates.is_none() {
        return Err(AppError::invalid("rates", "give a fee or rates"));
    }
    let rates = new.rates.iter().flat_map(|rates| {
        [
            ("rates.extension_month", rates.extension_month),
            ("rates.local_did_month", rates.local_did_month),
            ("rates.toll_free_did_month", rates.toll_free_did_month),
            ("rates.local_minute", rates.local_minute),
            ("rates.toll_free_minute", rates.toll_free_minute),
        ]
    });
    for (field, rate) in rates {
        if rate.is_negative() {
            return Err(AppError::invalid(field, "must not be negative"));
        }
    }
    let length = new.reason.trim().chars().count();
    if length == 0 || length > 1_000 {
        return Err(AppError::invalid("reason", "must have 1 to 1,000 characters"));
    }
    Ok(())
}

/// Puts the figures into the terms of every partner that is on the tier, and mails each.
async fn announce(tx: &mut Tx, posted: &PostedPlan, now: Timestamp) -> Result<()> {
    let from = posted.effective_from;
    let mut last = None;
    loop {
        let page = store::partners::on_tier(tx, (posted.tier, from), (last, PAGE)).await?;
        let Some(end) = page.last() else { return Ok(()) };
        last = Some(*end);
        for partner_id in page {
            let partner = the_partner(tx, partner_id).await?;
            let deck = super::terms_at(tx, partner_id, from).await?.terms.deck;
            let later = terms(posted.tier, (&posted.plan.rates, deck), from);
            store::partners::insert_terms(tx, partner_id, &later).await?;
            tell(tx, &partner, &Letter::rate_change(&partner, posted), now).await?;
        }
    }
}
