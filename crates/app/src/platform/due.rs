//! What falls due of a subscription: a trial ends, a plan changes, a fee renews or is asked for
//! again, a pause or a deletion ends.
//!
//! Decided here: one transaction does one thing and finds nothing left when it runs again. A
//! smaller plan that waits begins before its month's fee is asked for (F-06), and is dropped where
//! the account is over its cap by then (PLT-31). A month's fee is asked for once: the month is
//! noted in the transaction that writes the charge.

use domain::{
    account::Partner,
    ids::{OperatorChargeId, PartnerId},
    money::Minor,
    operator_charge::{ChargePurpose, FeeFacts, OperatorCharge},
    partner::{PartnerEvent, PartnerStage},
    proration::Fraction,
    subscription::{Subscription, month_of},
    time::{Day, Timestamp, Zone},
};
use store::{db::Tx, operator_charges, subscriptions};

use super::{
    Plans, UPDATED, activate, change,
    charge::{self, Time, Wanted},
    locked_subscription,
    mails::Letter,
    partner_and_plans, put_terms, save, settle, surcharge_of, tell, terms_at, usable_method,
};
use crate::{
    App,
    error::{AppError, Result},
    setup::directory_changed,
};

/// The calendar month (202605) before another one.
pub(super) fn month_before(month: i64) -> i64 {
    let first = Day::from_number(month * 100 + 1);
    first.map_or(month, |first| first.plus_days(-1).number() / 100)
}

impl App {
    /// Does what is due of a partner's subscription.
    pub(crate) async fn run_subscription(&self, partner_id: PartnerId) -> Result<()> {
        let now = self.clock.now();
        // Follows from what is due, so that twice at once is once.
        let charge_id = OperatorChargeId::derived(now, &[&partner_id.to_string(), "fee"]);
        let asked =
            self.db.write(async |tx: &mut Tx| step(tx, partner_id, (charge_id, now)).await).await?;
        if let Some(charge) = asked {
            self.finish_charge(partner_id, (charge.charge_id, Time::First)).await?;
        }
        Ok(())
    }
}

/// Does the first thing that is due, and answers the charge that is to be asked for.
async fn step(
    tx: &mut Tx,
    partner_id: PartnerId,
    (charge_id, now): (OperatorChargeId, Timestamp),
) -> Result<Option<OperatorCharge>> {
    let subscription = locked_subscription(tx, partner_id).await?;
    let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
    if is_due(subscription.life.next_due()) {
        pass(tx, subscription, now).await?;
        return Ok(None);
    }
    let (partner, plans) = partner_and_plans(tx, partner_id).await?;
    if is_due(subscription.changes_at()) {
        change_plan(tx, (&partner, &plans), subscription, now).await?;
        return Ok(None);
    }
    if is_due(subscription.renews_at()) {
        let month = month_of(now);
        let subscription = Subscription { renewed_month: Some(month), ..subscription };
        let lines = month_lines(tx, (&subscription, &plans), now).await?;
        subscriptions::save(tx, partner_id, &subscription, now).await?;
        return ask(tx, &partner, (charge_id, lines), now).await;
    }
    if subscription.life.stage == PartnerStage::PastDue && is_due(subscription.retry_at) {
        let subscription = Subscription { retry_at: None, ..subscription };
        subscriptions::save(tx, partner_id, &subscription, now).await?;
        let facts = match operator_charges::unpaid_fee(tx, partner_id).await? {
            Some(unpaid) => unpaid.facts,
            None => month_lines(tx, (&subscription, &plans), now).await?,
        };
        return ask(tx, &partner, (charge_id, facts), now).await;
    }
    // Somebody else was faster; what is next is computed again.
    subscriptions::save(tx, partner_id, &subscription, now).await?;
    Ok(None)
}

/// Lets time change where the partner is (PLT-09, PLT-32, PLT-34, PLT-35).
async fn pass(tx: &mut Tx, mut subscription: Subscription, now: Timestamp) -> Result<()> {
    let partner_id = subscription.partner_id;
    super::happen(&mut subscription, PartnerEvent::TimePasses, now)?;
    if subscription.life.stage == PartnerStage::Purged {
        subscription.pending = None;
        store::api_keys::revoke_all(tx, partner_id, now).await?;
    }
    let (partner, _) = partner_and_plans(tx, partner_id).await?;
    let letter = Letter::time_passed(&partner, &subscription, now);
    save(tx, subscription, UPDATED, now).await?;
    if let Some(letter) = letter {
        tell(tx, &partner, &letter, now).await?;
    }
    directory_changed(tx).await
}

/// Begins the plan that waited, or drops it where the account is over its cap.
async fn change_plan(
    tx: &mut Tx,
    (partner, plans): (&Partner, &Plans),
    mut subscription: Subscription,
    now: Timestamp,
) -> Result<()> {
    let Some(pending) = subscription.pending.take() else { return Ok(()) };
    let partner_id = subscription.partner_id;
    let cap = (pending.tier, plans.cap(pending.tier, now));
    match change::check_cap(tx, partner_id, cap).await {
        Err(AppError::Refused(why)) => {
            let letter = Letter::plan_dropped((partner, &why), pending.tier, now);
            tell(tx, partner, &letter, now).await?;
        }
        checked => {
            checked?;
            put_terms(tx, partner_id, (pending.tier, plans), now).await?;
        }
    }
    save(tx, subscription, UPDATED, now).await?;
    directory_changed(tx).await
}

/// A whole month's fee.
async fn month_lines(
    tx: &mut Tx,
    (subscription, plans): (&Subscription, &Plans),
    now: Timestamp,
) -> Result<FeeFacts> {
    let partner_id = subscription.partner_id;
    let tier = terms_at(tx, partner_id, now).await?.tier;
    let surcharge = surcharge_of(tx, partner_id).await?;
    let fee = plans.fee(subscription, tier, now);
    let day = Zone::UTC.day_of(now);
    let lines = activate::fee_lines((tier, fee, surcharge), Fraction::WHOLE, day)?;
    Ok(FeeFacts { tier: Some(tier), month: Some(month_of(now)), lines })
}

/// Writes the charge of a fee down; a partner without a method has failed to pay it.
async fn ask(
    tx: &mut Tx,
    partner: &Partner,
    (charge_id, facts): (OperatorChargeId, FeeFacts),
    now: Timestamp,
) -> Result<Option<OperatorCharge>> {
    let amount = Minor::sum(facts.lines.iter().map(|line| line.amount))?;
    if amount.is_zero() {
        return Ok(None);
    }
    let Some(method) = usable_method(tx, partner.partner_id).await? else {
        settle::fee_failed(tx, partner, None, now).await?;
        return Ok(None);
    };
    let wanted = Wanted { purpose: ChargePurpose::Renewal, amount, wallet: Minor::ZERO, facts };
    charge::begin(tx, (partner, &method), (charge_id, wanted), now).await
}
