//! What the outcome of a charge changes, in one transaction with the outcome itself.
//!
//! Decided here: money that came is never turned away: where a subscription cannot use it any more
//! it fills the wallet. A declined recharge switches recharging off and is told at once (WAL-13); a
//! declined fee makes the partner past due and is asked for again (PLT-32); other declines change
//! nothing (PLT-08, PLT-27, WAL-04).

use domain::{
    account::Partner,
    ids::{OperatorChargeId, PartnerId},
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    operator_charge::{ChargePurpose, ChargeState, OperatorCharge},
    partner::{PartnerEvent, PartnerStage},
    subscription::{Billing, Subscription, month_of},
    time::Timestamp,
};
use store::{db::Tx, ledger, operator_charges, operator_charges::ChargeNews, wallet_watch};

use super::{
    ACTIVATED, UPDATED, charge::News, invoice, locked_subscription, mails::Letter,
    partner_and_plans, put_terms, save, tell,
};
use crate::{
    close,
    error::{AppError, Result},
    setup::{directory_changed, move_of_wallet},
};

/// Writes down what is known of a charge, and does what follows from its end.
pub(super) async fn news(
    tx: &mut Tx,
    (partner_id, charge_id): (PartnerId, OperatorChargeId),
    news: &News,
    now: Timestamp,
) -> Result<()> {
    if news.state == ChargeState::Succeeded {
        ledger::lock_book(tx, partner_id).await?;
    }
    if news.state.is_final() {
        locked_subscription(tx, partner_id).await?;
    }
    let note = ChargeNews {
        state: news.state,
        reference: news.reference.as_deref(),
        outcome: &news.outcome,
        look_at: news.look_at,
        at: now,
    };
    let is_news = operator_charges::note(tx, partner_id, charge_id, &note).await?;
    if !is_news || !news.state.is_final() {
        return Ok(());
    }
    let charge = operator_charges::find(tx, partner_id, charge_id).await?;
    let charge = charge.ok_or_else(|| AppError::not_found("charge", charge_id))?;
    if charge.wallet.get() > 0 {
        // What was on its way either came or did not; both may call for a recharge.
        wallet_watch::ask_look(tx, partner_id, now).await?;
    }
    match charge.state {
        ChargeState::Succeeded => succeeded(tx, &charge, now).await,
        ChargeState::Declined => declined(tx, &charge, now).await,
        _ if charge.purpose == ChargePurpose::Renewal => not_begun(tx, &charge, now).await,
        _ => Ok(()),
    }
}

async fn succeeded(tx: &mut Tx, charge: &OperatorCharge, now: Timestamp) -> Result<()> {
    let subscription = locked_subscription(tx, charge.partner_id).await?;
    match charge.purpose {
        ChargePurpose::TopUp | ChargePurpose::AutoRecharge | ChargePurpose::Purchase => {
            fill(tx, charge, TransferKind::TopUp, now).await
        }
        ChargePurpose::Activation => activated(tx, charge, subscription, now).await,
        ChargePurpose::Upgrade => upgraded(tx, charge, subscription, now).await,
        ChargePurpose::Renewal => renewed(tx, charge, subscription, now).await,
    }
}

/// Credits the wallet's part of a charge.
async fn fill(
    tx: &mut Tx,
    charge: &OperatorCharge,
    kind: TransferKind,
    now: Timestamp,
) -> Result<()> {
    let amount = charge.currency.to_micros(charge.wallet)?;
    let sides = (Account::OperatorCash, Account::Wallet);
    let Some(transfer) = Transfer::new(kind, None, sides, amount)? else { return Ok(()) };
    let text = match charge.purpose {
        ChargePurpose::AutoRecharge => "Automatic recharge",
        ChargePurpose::Purchase => "Recharge for a purchase",
        ChargePurpose::Activation if kind == TransferKind::InitialCredit => "Initial credit",
        _ => "Top-up",
    };
    let source = source(charge, CREDIT);
    let booking = LedgerTx::new(Flow::Wholesale, now, source, (text.to_owned(), vec![transfer]));
    let booking = booking.map_err(|error| AppError::Broken(error.to_string()))?;
    move_of_wallet(tx, (charge.partner_id, charge.currency), &booking, now).await?;
    Ok(())
}

/// The booking of a charge's part that fills the wallet.
pub(crate) const CREDIT: &str = "operator_credit";

fn source(charge: &OperatorCharge, purpose: &'static str) -> TxSource {
    TxSource { kind: charge.purpose.as_str(), id: charge.charge_id.to_string(), purpose }
}

/// Sends money that nothing needs any more to the wallet.
async fn unneeded(tx: &mut Tx, charge: &OperatorCharge, now: Timestamp) -> Result<()> {
    operator_charges::send_to_wallet(tx, charge.partner_id, charge.charge_id).await?;
    let all = OperatorCharge { wallet: charge.amount, ..charge.clone() };
    fill(tx, &all, TransferKind::TopUp, now).await
}

async fn activated(
    tx: &mut Tx,
    charge: &OperatorCharge,
    subscription: Subscription,
    now: Timestamp,
) -> Result<()> {
    if subscription.life.apply(PartnerEvent::Paid, now).is_err() {
        return unneeded(tx, charge, now).await;
    }
    fill(tx, charge, TransferKind::InitialCredit, now).await?;
    let (partner, _) = partner_and_plans(tx, charge.partner_id).await?;
    invoice::issue(tx, &partner, charge, now).await?;
    let month = charge.facts.month.unwrap_or_else(|| month_of(now));
    activate(tx, subscription, month, now).await
}

/// Makes a partner active that is paid up to the end of `month`.
pub(super) async fn activate(
    tx: &mut Tx,
    mut subscription: Subscription,
    month: i64,
    now: Timestamp,
) -> Result<()> {
    let partner_id = subscription.partner_id;
    super::happen(&mut subscription, PartnerEvent::Paid, now)?;
    subscription.billing = Billing::Prepaid;
    subscription.renewed_month = Some(month);
    subscription.retry_at = None;
    save(tx, subscription, ACTIVATED, now).await?;
    // What is provisioned already costs its part of the month from now on (ruling 9).
    close::debit_activated(tx, partner_id, now).await?;
    directory_changed(tx).await
}

async fn upgraded(
    tx: &mut Tx,
    charge: &OperatorCharge,
    mut subscription: Subscription,
    now: Timestamp,
) -> Result<()> {
    let can_change =
        matches!(subscription.life.stage, PartnerStage::Active | PartnerStage::PastDue);
    let Some(tier) = charge.facts.tier.filter(|_| can_change) else {
        return unneeded(tx, charge, now).await;
    };
    let (partner, plans) = partner_and_plans(tx, charge.partner_id).await?;
    invoice::issue(tx, &partner, charge, now).await?;
    put_terms(tx, charge.partner_id, (tier, &plans), now).await?;
    subscription.pending = None;
    save(tx, subscription, UPDATED, now).await?;
    directory_changed(tx).await
}

async fn renewed(
    tx: &mut Tx,
    charge: &OperatorCharge,
    mut subscription: Subscription,
    now: Timestamp,
) -> Result<()> {
    let (partner, _) = partner_and_plans(tx, charge.partner_id).await?;
    let stage = subscription.life.stage;
    if !stage.is_charged() {
        return unneeded(tx, charge, now).await;
    }
    invoice::issue(tx, &partner, charge, now).await?;
    if stage == PartnerStage::Active {
        return Ok(());
    }
    super::happen(&mut subscription, PartnerEvent::Paid, now)?;
    subscription.retry_at = None;
    // Months in which it was suspended were not asked for; the next one is.
    subscription.renewed_month = subscription.renewed_month.max(charge.facts.month);
    save(tx, subscription, UPDATED, now).await?;
    directory_changed(tx).await
}

async fn declined(tx: &mut Tx, charge: &OperatorCharge, now: Timestamp) -> Result<()> {
    let partner_id = charge.partner_id;
    match charge.purpose {
        ChargePurpose::AutoRecharge => {
            if wallet_watch::switch_off(tx, partner_id, now).await? {
                let (partner, _) = partner_and_plans(tx, partner_id).await?;
                let letter = Letter::recharge_failed(charge, now);
                tell(tx, &partner, &letter, now).await?;
            }
            Ok(())
        }
        ChargePurpose::Renewal => {
            let (partner, _) = partner_and_plans(tx, partner_id).await?;
            fee_failed(tx, &partner, Some(charge), now).await
        }
        _ => Ok(()),
    }
}

/// A fee did not come: the partner is past due, is told, and is asked again.
pub(super) async fn fee_failed(
    tx: &mut Tx,
    partner: &Partner,
    charge: Option<&OperatorCharge>,
    now: Timestamp,
) -> Result<()> {
    let mut subscription = locked_subscription(tx, partner.partner_id).await?;
    let Ok(life) = subscription.life.apply(PartnerEvent::FeeFailed, now) else {
        return Ok(());
    };
    subscription.life = life;
    subscription.retry_at = subscription.next_retry(now);
    let letter = Letter::fee_failed((partner, charge), &subscription, now);
    save(tx, subscription, UPDATED, now).await?;
    tell(tx, partner, &letter, now).await
}

/// A fee that was never begun is asked for again within the hour: nothing was declined.
async fn not_begun(tx: &mut Tx, charge: &OperatorCharge, now: Timestamp) -> Result<()> {
    let mut subscription = locked_subscription(tx, charge.partner_id).await?;
    match subscription.life.stage {
        PartnerStage::PastDue => subscription.retry_at = Some(now.plus_seconds(3_600)),
        PartnerStage::Active => {
            // As if this month had not been asked for; its first instant has passed.
            let month = charge.facts.month.unwrap_or_else(|| month_of(now));
            subscription.renewed_month = Some(super::due::month_before(month));
        }
        _ => return Ok(()),
    }
    store::subscriptions::save(tx, charge.partner_id, &subscription, now).await?;
    Ok(())
}
