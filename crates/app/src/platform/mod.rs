//! What the operator charges its partners: subscriptions, wallets, charges on their own methods.
//!
//! Decided here: everything is on the operator's own account at the processor. A charge is written
//! down before the processor is asked and settled once with its effect: a credit of the wallet, an
//! invoice of the subscription, a change of the partner's state. Locks are taken in one order: the
//! partner's book, its subscription, the charge. Nobody is asked inside a transaction.

mod activate;
mod change;
mod charge;
mod due;
mod end;
mod fees;
mod invoice;
mod mails;
mod purchase;
mod rates;
mod recharge;
mod refund;
mod service;
mod settle;
mod show;
mod top_up;

use domain::{
    account::Partner,
    ids::PartnerId,
    money::Minor,
    partner::PartnerEvent,
    processor::{ProcessorMode, SavedMethod},
    subscription::Subscription,
    tier::{Tier, TierPlan},
    time::Timestamp,
};
use store::{
    db::Tx,
    events::Event,
    partners::TierTerms,
    subscriptions::{self, PostedPlan},
};

pub use self::{
    activate::Activation,
    change::PlanPreview,
    charge::Charged,
    fees::FeesEdit,
    rates::NewRateChange,
    recharge::RechargeEdit,
    refund::{RefundWay, WalletRefund, WantedRefund},
    show::{Shown, tier_name},
};
pub(crate) use self::{
    invoice::{MAIL as SUBSCRIPTION_MAIL, mail_of},
    recharge::method_gone,
    service::{check_extensions, check_service},
};
pub use store::{
    operator_charges::Refundable,
    operator_refunds::{OperatorRefund, RefundState},
    subscriptions::SubscriptionInvoice,
};

use crate::{
    error::{AppError, Result},
    resource,
    setup::the_partner,
};

/// The partner's subscription.
async fn subscription_of(tx: &mut Tx, partner_id: PartnerId) -> Result<Subscription> {
    let found = subscriptions::find(tx, partner_id).await?;
    found.ok_or_else(|| AppError::not_found("partner", partner_id))
}

/// The same, locked until the transaction ends.
async fn locked_subscription(tx: &mut Tx, partner_id: PartnerId) -> Result<Subscription> {
    let found = subscriptions::locked(tx, partner_id).await?;
    found.ok_or_else(|| AppError::not_found("partner", partner_id))
}

/// The method that the partner is charged on, if it can be (PMT-03).
async fn usable_method(tx: &mut Tx, partner_id: PartnerId) -> Result<Option<SavedMethod>> {
    let method = store::payment_methods::default_of(tx, partner_id, None).await?;
    Ok(method.filter(SavedMethod::is_usable))
}

/// The standard figures of all tiers: the published ones, and what was posted since.
struct Plans(Vec<PostedPlan>);

impl Plans {
    async fn load(tx: &mut Tx) -> Result<Self> {
        Ok(Self(subscriptions::posted_plans(tx).await?))
    }

    /// The figures of a tier in force at `at`; Enterprise has none.
    fn at(&self, tier: Tier, at: Timestamp) -> Option<TierPlan> {
        let mut of_tier = self.0.iter().filter(|posted| posted.tier == tier);
        let latest = of_tier.rfind(|posted| posted.effective_from <= at);
        latest.map(|posted| posted.plan).or_else(|| tier.plan())
    }

    /// What was posted for a tier and is not in force at `at`, oldest first.
    fn after(&self, tier: Tier, at: Timestamp) -> impl Iterator<Item = &PostedPlan> {
        self.0.iter().filter(move |posted| posted.tier == tier && posted.effective_from > at)
    }

    /// What a partner pays a month on a tier at `at`, surcharge not included.
    fn fee(&self, subscription: &Subscription, tier: Tier, at: Timestamp) -> Minor {
        match self.at(tier, at) {
            Some(plan) => plan.monthly_fee,
            None => subscription.enterprise_fee.unwrap_or(Minor::ZERO),
        }
    }

    /// How many extensions a tier allows at `at`.
    fn cap(&self, tier: Tier, at: Timestamp) -> Option<u32> {
        self.at(tier, at).and_then(|plan| plan.max_extensions)
    }
}

/// The terms in force at `at`; a partner has some from its first instant on.
async fn terms_at(tx: &mut Tx, partner_id: PartnerId, at: Timestamp) -> Result<TierTerms> {
    let terms = store::partners::terms_at(tx, partner_id, at).await?;
    terms.ok_or_else(|| AppError::Broken(format!("{partner_id} has no wholesale terms at {at}")))
}

/// What a partner with own processor keys pays a month on top (PLT-36); zero for the others.
async fn surcharge_of(tx: &mut Tx, partner_id: PartnerId) -> Result<Minor> {
    let processing = store::processors::of(tx, partner_id).await?;
    if processing.mode != ProcessorMode::CustomKeys {
        return Ok(Minor::ZERO);
    }
    Ok(subscriptions::fees(tx).await?.surcharge)
}

/// Lets `event` happen to a subscription, or says why it cannot.
fn happen(subscription: &mut Subscription, event: PartnerEvent, now: Timestamp) -> Result<()> {
    let next = subscription.life.apply(event, now);
    subscription.life = next.map_err(|error| AppError::Refused(error.to_string()))?;
    Ok(())
}

/// Saves a subscription and tells of it as `kind` (PLT-40).
async fn save(
    tx: &mut Tx,
    subscription: Subscription,
    kind: &str,
    now: Timestamp,
) -> Result<Subscription> {
    let partner_id = subscription.partner_id;
    subscriptions::save(tx, partner_id, &subscription, now).await?;
    let saved = Subscription { version: subscription.version + 1, ..subscription };
    let shown = show::read(tx, partner_id, now).await?;
    let about = serde_json::json!({ "subscription": resource::Subscription::from(&shown) });
    let event = Event {
        kind: kind.to_owned(),
        object_id: partner_id.to_string(),
        object_version: saved.version,
        payload: about.to_string(),
        at: now,
    };
    store::events::append(tx, partner_id, &[event]).await?;
    Ok(saved)
}

const ACTIVATED: &str = "subscription.activated";
const UPDATED: &str = "subscription.updated";

/// Puts a partner on a tier's figures from now on, and on what is posted for it later.
async fn put_terms(
    tx: &mut Tx,
    partner_id: PartnerId,
    (tier, plans): (Tier, &Plans),
    now: Timestamp,
) -> Result<()> {
    let deck = terms_at(tx, partner_id, now).await?.terms.deck;
    let plan = plans.at(tier, now);
    let plan = plan.ok_or_else(|| AppError::Broken("a tier without figures".to_owned()))?;
    let first = rates::terms(tier, (&plan.rates, deck), now);
    store::partners::replace_terms(tx, partner_id, &first).await?;
    for posted in plans.after(tier, now) {
        let later = rates::terms(tier, (&posted.plan.rates, deck), posted.effective_from);
        store::partners::insert_terms(tx, partner_id, &later).await?;
    }
    Ok(())
}

/// Tells the partner by mail, at its billing address (PLT-39).
async fn tell(
    tx: &mut Tx,
    partner: &Partner,
    letter: &mails::Letter,
    now: Timestamp,
) -> Result<()> {
    mails::put(tx, partner, letter, now).await
}

async fn partner_and_plans(tx: &mut Tx, partner_id: PartnerId) -> Result<(Partner, Plans)> {
    Ok((the_partner(tx, partner_id).await?, Plans::load(tx).await?))
}
