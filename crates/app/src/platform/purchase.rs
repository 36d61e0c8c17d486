//! What a purchase does where the wallet cannot pay it (PLT-19, C-65).
//!
//! Decided here: with auto-recharge on, the method is charged the larger of the recharge amount and
//! what is wanting, whatever the hour; without it the purchase is refused with the shortfall. The
//! purchase itself is debited by whoever sells, after this.

use domain::{
    ids::{OperatorChargeId, PartnerId},
    money::{Micros, Minor},
    operator_charge::{ChargePurpose, ChargeState, FeeFacts, OperatorCharge},
    wallet::RechargeState,
};
use store::db::Tx;

use super::{
    charge::{self, Time, Wanted},
    locked_subscription, service, usable_method,
};
use crate::{
    App,
    error::{AppError, Result},
    setup::the_partner,
};

impl App {
    /// Makes sure that the wallet can pay `price`: recharges it where it cannot and may.
    pub async fn cover_purchase(&self, partner_id: PartnerId, price: Micros) -> Result<()> {
        let Some(charge) = self.begin_cover(partner_id, price).await? else { return Ok(()) };
        let charge = self.finish_charge(partner_id, (charge.charge_id, Time::First)).await?;
        match charge.state {
            ChargeState::Succeeded => Ok(()),
            ChargeState::Declined => Err(AppError::PaymentDeclined(charge.outcome)),
            ChargeState::Cancelled => Err(AppError::ProcessorUnavailable(charge.outcome)),
            _ => Err(AppError::PaymentInProgress),
        }
    }

    async fn begin_cover(
        &self,
        partner_id: PartnerId,
        price: Micros,
    ) -> Result<Option<OperatorCharge>> {
        let now = self.clock.now();
        let charge_id: OperatorChargeId = self.ids.draw(now);
        self.db
            .write(async |tx: &mut Tx| {
                let book = store::ledger::lock_book(tx, partner_id).await?;
                let subscription = locked_subscription(tx, partner_id).await?;
                if !subscription.life.stage.is_charged() {
                    // In a trial purchases are waived (C-06); otherwise there is no service.
                    return service::check_service(tx, partner_id).await.map(|()| None);
                }
                let wanting = price.minus(book.wallet())?;
                if wanting <= Micros::ZERO {
                    return service::check_service(tx, partner_id).await.map(|()| None);
                }
                let partner = the_partner(tx, partner_id).await?;
                let watch = store::wallet_watch::find(tx, partner_id).await?;
                let recharge = watch.map(|it| it.watch.recharge).unwrap_or_default();
                let method = usable_method(tx, partner_id).await?;
                let is_on = recharge.state == RechargeState::On;
                let (Some(method), Some(usual), true) = (method, recharge.amount, is_on) else {
                    let short = micros_up(wanting, partner.currency.micros_per_minor());
                    let short = partner.currency.display(short);
                    let why = format!("the wallet is {short} short and auto-recharge is off");
                    return Err(AppError::WalletEmpty(why));
                };
                let whole = micros_up(wanting.max(price), partner.currency.micros_per_minor());
                let amount = usual.max(whole);
                let facts = FeeFacts::default();
                let purpose = ChargePurpose::Purchase;
                let wanted = Wanted { purpose, amount, wallet: amount, facts };
                let begun = charge::begin(tx, (&partner, &method), (charge_id, wanted), now);
                begun.await
            })
            .await
    }
}

/// The whole minor units that hold at least `amount`, which is not negative.
fn micros_up(amount: Micros, micros_per_minor: i64) -> Minor {
    let (amount, unit) = (amount.get().max(0).unsigned_abs(), micros_per_minor.unsigned_abs());
    Minor::new(i64::try_from(amount.div_ceil(unit)).unwrap_or(i64::MAX))
}
