//! Another plan: looked at first, then confirmed.
//!
//! Decided here: a larger fee acts at once and costs its difference for the days left (PLT-26); a
//! smaller one waits for the first of the month and costs nothing (PLT-28), can be seen, replaced
//! and cancelled (PLT-29), and is refused where the account has more extensions than it allows
//! (PLT-31). In a trial any plan is free at once (PLT-42). A confirmation names the amount that was
//! looked at, and is refused where it is another by now (PLT-25).

use domain::{
    ids::{OperatorChargeId, PartnerId},
    money::Minor,
    operator_charge::{ChargePurpose, FeeFacts, FeeLine, OperatorCharge, part_of_month},
    partner::PartnerStage,
    proration::Fraction,
    subscription::{Billing, PendingPlan, PlanChange, Subscription, month_of},
    tier::Tier,
    time::{Timestamp, Zone},
};
use store::{db::Tx, subscriptions};

use super::{
    Plans, UPDATED,
    charge::{self, Charged, Wanted},
    locked_subscription, partner_and_plans, put_terms, save, terms_at, usable_method,
};
use crate::{
    App,
    error::{AppError, Result},
    requests::Asking,
    setup::directory_changed,
};

/// What a change of plan would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanPreview {
    /// To which tier.
    pub tier: Tier,
    /// Up or down.
    pub change: PlanChange,
    /// What the tier costs a month.
    pub monthly_fee: Minor,
    /// What the rest of this month costs more.
    pub prorated: Minor,
    /// What is charged on confirmation.
    pub due_now: Minor,
    /// From when on it is in force.
    pub effective_at: Timestamp,
}

impl App {
    /// What changing to `tier` would do now. Changes nothing.
    pub async fn preview_plan(&self, partner_id: PartnerId, tier: Tier) -> Result<PlanPreview> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let subscription = super::subscription_of(&mut tx, partner_id).await?;
        let plans = Plans::load(&mut tx).await?;
        let preview = preview(&mut tx, (&subscription, &plans), tier, now).await?;
        tx.commit().await?;
        Ok(preview)
    }

    /// Changes to `tier`, once for `asking`, if that costs `expected` where it is given.
    pub async fn change_plan(
        &self,
        asking: &Asking,
        partner_id: PartnerId,
        (tier, expected): (Tier, Option<Minor>),
    ) -> Result<Charged> {
        self.charge_once(asking, (partner_id, "subscription.change"), async |app| {
            app.begin_change(partner_id, (tier, expected)).await
        })
        .await
    }

    async fn begin_change(
        &self,
        partner_id: PartnerId,
        (tier, expected): (Tier, Option<Minor>),
    ) -> Result<Option<OperatorCharge>> {
        let now = self.clock.now();
        let charge_id: OperatorChargeId = self.ids.draw(now);
        self.db
            .write(async |tx: &mut Tx| {
                let mut subscription = locked_subscription(tx, partner_id).await?;
                let (partner, plans) = partner_and_plans(tx, partner_id).await?;
                let preview = preview(tx, (&subscription, &plans), tier, now).await?;
                if expected.is_some_and(|expected| expected != preview.due_now) {
                    let due = partner.currency.display(preview.due_now);
                    let why = format!("the change costs {due} by now; look at it again");
                    return Err(AppError::Refused(why));
                }
                if store::operator_charges::open_fee(tx, partner_id).await?.is_some() {
                    return Err(AppError::PaymentInProgress);
                }
                if !preview.due_now.is_zero() {
                    let method = usable_method(tx, partner_id).await?;
                    let method = method.ok_or(AppError::NoPaymentMethod)?;
                    let wanted = upgrade(&preview, now);
                    let begun = charge::begin(tx, (&partner, &method), (charge_id, wanted), now);
                    return begun.await?.ok_or(AppError::PaymentInProgress).map(Some);
                }
                if preview.effective_at > now {
                    subscription.pending = Some(PendingPlan { tier, since: now });
                    save(tx, subscription, UPDATED, now).await?;
                } else {
                    put_terms(tx, partner_id, (tier, &plans), now).await?;
                    subscription.pending = None;
                    save(tx, subscription, UPDATED, now).await?;
                    directory_changed(tx).await?;
                }
                Ok(None)
            })
            .await
    }

    /// Takes back a smaller plan that waits for the first of the month.
    pub async fn cancel_plan_change(&self, partner_id: PartnerId) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let mut subscription = locked_subscription(tx, partner_id).await?;
                if subscription.pending.take().is_none() {
                    return Err(AppError::Refused("no change of plan is pending".to_owned()));
                }
                save(tx, subscription, UPDATED, now).await.map(drop)
            })
            .await
    }
}

/// What changing to `tier` does, or why it cannot be.
async fn preview(
    tx: &mut Tx,
    (subscription, plans): (&Subscription, &Plans),
    tier: Tier,
    now: Timestamp,
) -> Result<PlanPreview> {
    let partner_id = subscription.partner_id;
    let Some(plan) = plans.at(tier, now) else {
        let message = "is agreed with the operator; contact sales";
        return Err(AppError::invalid("tier", message));
    };
    let current = terms_at(tx, partner_id, now).await?.tier;
    if tier == current {
        return Err(AppError::invalid("tier", "is the plan already"));
    }
    let is_free = subscription.life.stage == PartnerStage::Trial;
    check_state(subscription)?;
    let old_fee = plans.fee(subscription, current, now);
    let change = PlanChange::between(old_fee, plan.monthly_fee);
    check_cap(tx, partner_id, (tier, plan.max_extensions)).await?;
    let mut preview = PlanPreview {
        tier,
        change,
        monthly_fee: plan.monthly_fee,
        prorated: Minor::ZERO,
        due_now: Minor::ZERO,
        effective_at: now,
    };
    match change {
        _ if is_free => {}
        PlanChange::Upgrade if subscription.life.stage == PartnerStage::PastDue => {
            let why = "a plan fee is unpaid; pay it before choosing a larger plan";
            return Err(AppError::Refused(why.to_owned()));
        }
        PlanChange::Upgrade => {
            let difference = plan.monthly_fee.minus(old_fee)?;
            let rest = Fraction::rest_of_month(Zone::UTC.day_of(now));
            preview.prorated = part_of_month(difference, rest)?;
            if subscription.billing == Billing::Prepaid {
                preview.due_now = preview.prorated;
            }
        }
        PlanChange::Downgrade => {
            let pending = PendingPlan { tier, since: now };
            let waiting = Subscription { pending: Some(pending), ..subscription.clone() };
            preview.effective_at = waiting.changes_at().unwrap_or(now);
        }
    }
    Ok(preview)
}

fn check_state(subscription: &Subscription) -> Result<()> {
    let stage = subscription.life.stage;
    let can_change = match stage {
        PartnerStage::Trial => true,
        stage => stage.is_charged() && subscription.life.reasons.is_empty(),
    };
    if can_change {
        return Ok(());
    }
    let status = subscription.life.status().as_str();
    Err(AppError::Refused(format!("a partner that is {status} cannot change its plan")))
}

/// Refuses a plan that allows fewer extensions than there are (PLT-31).
pub(super) async fn check_cap(
    tx: &mut Tx,
    partner_id: PartnerId,
    (tier, cap): (Tier, Option<u32>),
) -> Result<()> {
    let count = subscriptions::extensions(tx, partner_id).await?;
    match cap {
        Some(cap) if count > i64::from(cap) => {
            let name = super::show::tier_name(tier);
            let why = format!("{count} extensions are more than the {cap} of the {name} plan");
            Err(AppError::Refused(why))
        }
        _ => Ok(()),
    }
}

fn upgrade(preview: &PlanPreview, now: Timestamp) -> Wanted {
    let today = Zone::UTC.day_of(now);
    let line = FeeLine {
        description: format!(
            "Upgrade to the {} plan, {}",
            super::show::tier_name(preview.tier),
            today.display_month()
        ),
        fraction: Fraction::rest_of_month(today),
        amount: preview.due_now,
    };
    let facts =
        FeeFacts { tier: Some(preview.tier), month: Some(month_of(now)), lines: vec![line] };
    let purpose = ChargePurpose::Upgrade;
    Wanted { purpose, amount: preview.due_now, wallet: Minor::ZERO, facts }
}
