//! Activating a partner: the first part of a month and the initial credit, in one charge.
//!
//! Decided here: what activation costs (PLT-07): the fee for the days left of the month, this day
//! included, and the initial credit in full the first time. Whoever is past due pays what it owes
//! by the same request, and what is left of the present month where that is another one.

use domain::{
    account::Partner,
    ids::{OperatorChargeId, PartnerId},
    money::Minor,
    operator_charge::{ChargePurpose, FeeFacts, FeeLine, OperatorCharge, part_of_month},
    partner::{PartnerEvent, PartnerStage},
    proration::Fraction,
    subscription::{Subscription, month_of},
    time::{Day, Timestamp, Zone},
};
use store::{db::Tx, operator_charges, subscriptions};

use super::{
    Plans,
    charge::{self, Charged, Wanted},
    locked_subscription, partner_and_plans, settle, surcharge_of, terms_at, usable_method,
};
use crate::{
    App,
    error::{AppError, Result},
    requests::Asking,
};

/// What activating costs now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// What pays the subscription.
    pub lines: Vec<FeeLine>,
    /// What goes to the wallet.
    pub credit: Minor,
    /// Both together.
    pub total: Minor,
}

impl App {
    /// Charges what activation costs, once for `asking`, and activates the partner where the money
    /// comes.
    pub async fn activate_partner(
        &self,
        asking: &Asking,
        partner_id: PartnerId,
    ) -> Result<Charged> {
        self.charge_once(asking, (partner_id, "subscription.activate"), async |app| {
            app.begin_activation(partner_id).await
        })
        .await
    }

    async fn begin_activation(&self, partner_id: PartnerId) -> Result<Option<OperatorCharge>> {
        let now = self.clock.now();
        let charge_id: OperatorChargeId = self.ids.draw(now);
        self.db
            .write(async |tx: &mut Tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let subscription = locked_subscription(tx, partner_id).await?;
                check(&subscription, now)?;
                let (partner, plans) = partner_and_plans(tx, partner_id).await?;
                let method = usable_method(tx, partner_id).await?;
                let method = method.ok_or(AppError::NoPaymentMethod)?;
                let wanted = wanted(tx, &partner, (&subscription, &plans), now).await?;
                if wanted.amount.is_zero() {
                    settle::activate(tx, subscription, month_of(now), now).await?;
                    return Ok(None);
                }
                let begun = charge::begin(tx, (&partner, &method), (charge_id, wanted), now);
                begun.await?.ok_or(AppError::PaymentInProgress).map(Some)
            })
            .await
    }

    /// What activating would cost now.
    pub async fn activation(&self, partner_id: PartnerId) -> Result<Activation> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let subscription = super::subscription_of(&mut tx, partner_id).await?;
        check(&subscription, now)?;
        let (partner, plans) = partner_and_plans(&mut tx, partner_id).await?;
        let wanted = wanted(&mut tx, &partner, (&subscription, &plans), now).await?;
        tx.commit().await?;
        Ok(Activation { lines: wanted.facts.lines, credit: wanted.wallet, total: wanted.amount })
    }
}

/// Refuses where there is nothing to activate or to pay.
fn check(subscription: &Subscription, now: Timestamp) -> Result<()> {
    let life = &subscription.life;
    life.apply(PartnerEvent::Paid, now).map_err(|error| AppError::Refused(error.to_string()))?;
    Ok(())
}

async fn wanted(
    tx: &mut Tx,
    partner: &Partner,
    (subscription, plans): (&Subscription, &Plans),
    now: Timestamp,
) -> Result<Wanted> {
    let partner_id = partner.partner_id;
    let today = Zone::UTC.day_of(now);
    let tier = terms_at(tx, partner_id, now).await?.tier;
    let mut facts = FeeFacts { tier: Some(tier), month: Some(month_of(now)), lines: Vec::new() };
    let is_past_due = subscription.life.stage == PartnerStage::PastDue;
    if is_past_due && let Some(unpaid) = operator_charges::unpaid_fee(tx, partner_id).await? {
        let is_this_month = unpaid.facts.month == facts.month;
        facts.lines.extend(unpaid.facts.lines);
        if is_this_month {
            return finished(ChargePurpose::Renewal, facts, Minor::ZERO);
        }
    }
    let surcharge = surcharge_of(tx, partner_id).await?;
    let fee = plans.fee(subscription, tier, now);
    facts.lines.extend(fee_lines((tier, fee, surcharge), Fraction::rest_of_month(today), today)?);
    let is_first = subscription.life.stage == PartnerStage::Trial;
    let credit = if is_first { subscriptions::fees(tx).await?.initial_credit } else { Minor::ZERO };
    let purpose = if is_past_due { ChargePurpose::Renewal } else { ChargePurpose::Activation };
    finished(purpose, facts, credit)
}

fn finished(purpose: ChargePurpose, facts: FeeFacts, wallet: Minor) -> Result<Wanted> {
    let fee = Minor::sum(facts.lines.iter().map(|line| line.amount))?;
    Ok(Wanted { purpose, amount: fee.plus(wallet)?, wallet, facts })
}

/// The lines of a month's fee, or of a part of it; none for what costs nothing.
pub(super) fn fee_lines(
    (tier, fee, surcharge): (domain::tier::Tier, Minor, Minor),
    fraction: Fraction,
    day: Day,
) -> Result<Vec<FeeLine>> {
    let month = day.display_month();
    let named = [
        (format!("{} plan, {month}", super::show::tier_name(tier)), fee),
        (format!("Own processor keys, {month}"), surcharge),
    ];
    let mut lines = Vec::with_capacity(2);
    for (description, whole) in named {
        let amount = part_of_month(whole, fraction)?;
        if !amount.is_zero() {
            lines.push(FeeLine { description, fraction, amount });
        }
    }
    Ok(lines)
}
