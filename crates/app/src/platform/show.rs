//! A subscription as its partner sees it: plan, state, usage, rates, what comes next (PLT-41).

use domain::{
    account::Partner,
    ids::PartnerId,
    ledger::Account,
    money::{Micros, Minor},
    subscription::Subscription,
    tier::{Tier, TierPlan},
    time::{Day, Timestamp, Zone},
    wallet::{self, ServiceRefusal},
};
use store::{
    db::Tx,
    partners::TierTerms,
    subscriptions::PostedPlan,
    usage_sums::{self, MonthMinutes, Present},
};

use super::{Plans, subscription_of, surcharge_of, terms_at};
use crate::{App, error::Result, setup::the_partner};

/// The tiers that one can choose oneself (PLT-12).
const CHOICES: [Tier; 3] = [Tier::Starter, Tier::Professional, Tier::Business];

/// The name of a tier, for people.
pub const fn tier_name(tier: Tier) -> &'static str {
    match tier {
        Tier::Starter => "Starter",
        Tier::Professional => "Professional",
        Tier::Business => "Business",
        Tier::Enterprise => "Enterprise",
    }
}

/// Everything that is shown of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The subscription.
    pub subscription: Subscription,
    /// Its partner.
    pub partner: Partner,
    /// The terms in force.
    pub terms: TierTerms,
    /// What the tier costs a month.
    pub monthly_fee: Minor,
    /// What is paid on top for own processor keys.
    pub surcharge: Minor,
    /// How many extensions the tier allows.
    pub max_extensions: Option<u32>,
    /// What is provisioned now.
    pub present: Present,
    /// What was used in this calendar month.
    pub minutes: MonthMinutes,
    /// What is posted for the tier and not in force.
    pub upcoming: Vec<PostedPlan>,
    /// What the wallet holds.
    pub wallet: Micros,
    /// Why there is no service, if there is none.
    pub refusal: Option<ServiceRefusal>,
}

/// Reads all that is shown of a subscription.
pub(super) async fn read(tx: &mut Tx, partner_id: PartnerId, now: Timestamp) -> Result<Shown> {
    let subscription = subscription_of(tx, partner_id).await?;
    let partner = the_partner(tx, partner_id).await?;
    let plans = Plans::load(tx).await?;
    let terms = terms_at(tx, partner_id, now).await?;
    let tenants = usage_sums::present(tx, partner_id, None).await?;
    let present = tenants.into_iter().fold(Present::default(), |sum, (_, it)| sum.plus(it));
    let today: Day = Zone::UTC.day_of(now);
    let month = (today.first_of_month(), today);
    let wallet = store::ledger::balance(tx, partner_id, Account::Wallet).await?.negated()?;
    let refusal = wallet::service(&subscription.life, subscription.billing, wallet).err();
    Ok(Shown {
        monthly_fee: plans.fee(&subscription, terms.tier, now),
        surcharge: surcharge_of(tx, partner_id).await?,
        max_extensions: plans.cap(terms.tier, now),
        minutes: usage_sums::minutes_of_partner(tx, partner_id, month).await?,
        upcoming: plans.after(terms.tier, now).cloned().collect(),
        subscription,
        partner,
        terms,
        present,
        wallet,
        refusal,
    })
}

impl App {
    /// A partner's subscription as it stands.
    pub async fn subscription(&self, partner_id: PartnerId) -> Result<Shown> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let shown = read(&mut tx, partner_id, now).await?;
        tx.commit().await?;
        Ok(shown)
    }

    /// The plans that one can choose oneself, with their figures now (PLT-11, PLT-12).
    pub async fn choices(&self) -> Result<Vec<(Tier, TierPlan)>> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let plans = Plans::load(&mut tx).await?;
        tx.commit().await?;
        Ok(CHOICES.into_iter().filter_map(|tier| Some((tier, plans.at(tier, now)?))).collect())
    }
}
