//! The wallet fills itself, and its owner is told that it runs low.
//!
//! Decided here: a look holds the partner's book, so it sees every debit; a recharge is claimed for
//! its hour and written down in the same transaction (WAL-12), then the processor is asked. Whoever
//! switches it on has a method that can be charged (WAL-14); where that goes, it goes off (WAL-15).

use domain::{
    account::Partner,
    ids::{OperatorChargeId, PartnerId},
    money::{Micros, Minor},
    operator_charge::{ChargePurpose, FeeFacts, OperatorCharge},
    payment::card_minimum,
    time::Timestamp,
    wallet::{AutoRecharge, RechargeState},
};
use store::{
    db::Tx,
    operator_charges,
    wallet_watch::{self, KeptWatch},
};

use super::{
    charge::{self, Time, Wanted},
    locked_subscription,
    mails::Letter,
    tell, usable_method,
};
use crate::{
    App,
    error::{AppError, Result},
    setup::the_partner,
};

/// What changes of auto-recharge; what is absent stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RechargeEdit {
    /// Whether it is on.
    pub state: Option<RechargeState>,
    /// Below which balance.
    pub threshold: Option<Micros>,
    /// With how much.
    pub amount: Option<Minor>,
}

impl App {
    /// When and how a wallet fills itself.
    pub async fn auto_recharge(&self, partner_id: PartnerId) -> Result<KeptWatch> {
        let mut tx = self.db.begin_single().await?;
        let watch = watch_of(&mut tx, partner_id).await?;
        tx.commit().await?;
        Ok(watch)
    }

    /// Changes when and how a wallet fills itself, if it is still at version `seen`.
    pub async fn set_auto_recharge(
        &self,
        partner_id: PartnerId,
        edit: &RechargeEdit,
        seen: i64,
    ) -> Result<KeptWatch> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let partner = the_partner(tx, partner_id).await?;
                let kept = watch_of(tx, partner_id).await?;
                let old = kept.watch.recharge;
                let new = AutoRecharge {
                    state: edit.state.unwrap_or(old.state),
                    threshold: edit.threshold.or(old.threshold),
                    amount: edit.amount.or(old.amount),
                };
                check(&partner, &new)?;
                let is_on = new.state == RechargeState::On;
                if is_on && usable_method(tx, partner_id).await?.is_none() {
                    return Err(AppError::NoPaymentMethod);
                }
                wallet_watch::save(tx, partner_id, (&new, seen), now).await?;
                watch_of(tx, partner_id).await
            })
            .await
    }

    /// Looks at a wallet whose balance moved beyond what the last look named.
    pub(crate) async fn look_at_wallet(&self, partner_id: PartnerId) -> Result<()> {
        let now = self.clock.now();
        let charge_id = OperatorChargeId::derived(now, &[&partner_id.to_string(), "recharge"]);
        let begun =
            self.db.write(async |tx: &mut Tx| look(tx, (partner_id, charge_id), now).await).await?;
        if let Some(charge) = begun {
            self.finish_charge(partner_id, (charge.charge_id, Time::First)).await?;
        }
        Ok(())
    }
}

/// A method of the partner's own is gone: where none is left by default, recharging goes off and
/// the partner is told (WAL-15, PMT-06).
pub(crate) async fn method_gone(tx: &mut Tx, partner_id: PartnerId, now: Timestamp) -> Result<()> {
    if usable_method(tx, partner_id).await?.is_some() {
        return Ok(());
    }
    let partner = the_partner(tx, partner_id).await?;
    off_without_method(tx, &partner, now).await.map(drop)
}

async fn watch_of(tx: &mut Tx, partner_id: PartnerId) -> Result<KeptWatch> {
    let found = wallet_watch::find(tx, partner_id).await?;
    found.ok_or_else(|| AppError::not_found("partner", partner_id))
}

fn check(partner: &Partner, recharge: &AutoRecharge) -> Result<()> {
    let least = card_minimum(partner.currency);
    if recharge.threshold.is_some_and(|threshold| threshold <= Micros::ZERO) {
        return Err(AppError::invalid("threshold", "must be more than 0"));
    }
    if recharge.amount.is_some_and(|amount| amount < least) {
        let least = partner.currency.display(least);
        return Err(AppError::invalid("amount", format!("must be at least {least}")));
    }
    let is_on = recharge.state == RechargeState::On;
    match (is_on, recharge.threshold, recharge.amount) {
        (true, None, _) => Err(AppError::invalid("threshold", "must be given to switch it on")),
        (true, _, None) => Err(AppError::invalid("amount", "must be given to switch it on")),
        _ => Ok(()),
    }
}

async fn off_without_method(tx: &mut Tx, partner: &Partner, now: Timestamp) -> Result<bool> {
    let went_off = wallet_watch::switch_off(tx, partner.partner_id, now).await?;
    if went_off {
        tell(tx, partner, &Letter::recharge_without_method(now), now).await?;
    }
    Ok(went_off)
}

/// Looks at a wallet, and answers the recharge that is to be asked for.
async fn look(
    tx: &mut Tx,
    (partner_id, charge_id): (PartnerId, OperatorChargeId),
    now: Timestamp,
) -> Result<Option<OperatorCharge>> {
    let book = store::ledger::lock_book(tx, partner_id).await?;
    let subscription = locked_subscription(tx, partner_id).await?;
    let partner = the_partner(tx, partner_id).await?;
    let kept = watch_of(tx, partner_id).await?;
    let pending = operator_charges::pending(tx, partner_id).await?;
    let pending = partner.currency.to_micros(pending)?;
    let mut looked = kept.watch.look(book.wallet(), pending, now)?;
    if !subscription.life.stage.is_charged() {
        (looked.recharge, looked.look_at) = (false, None);
    }
    wallet_watch::note_look(tx, partner_id, &looked).await?;
    if let Some(level) = looked.tell {
        let low = (level, kept.crossings + 1);
        let letter = Letter::low_balance(&partner, low, (&kept.watch.recharge, book.wallet()));
        tell(tx, &partner, &letter, now).await?;
    }
    let Some(amount) = kept.watch.recharge.amount.filter(|_| looked.recharge) else {
        return Ok(None);
    };
    let Some(method) = usable_method(tx, partner_id).await? else {
        off_without_method(tx, &partner, now).await?;
        return Ok(None);
    };
    if !wallet_watch::claim_recharge(tx, partner_id, now).await? {
        return Ok(None);
    }
    let purpose = ChargePurpose::AutoRecharge;
    let wanted = Wanted { purpose, amount, wallet: amount, facts: FeeFacts::default() };
    charge::begin(tx, (&partner, &method), (charge_id, wanted), now).await
}
