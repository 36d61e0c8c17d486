//! The partner fills its wallet (WAL-03).
//!
//! Decided here: a top-up is one charge of the default method; the wallet is credited when it
//! succeeds, at once for a card and days later for a bank account. Whoever was suspended stays so:
//! a top-up is no fee.

use domain::{
    ids::{OperatorChargeId, PartnerId},
    money::Minor,
    operator_charge::{ChargePurpose, FeeFacts, OperatorCharge},
    paging::{Page, PageRequest},
    partner::PartnerStage,
};
use store::{db::Tx, operator_charges};

use super::{
    charge::{self, Charged, Wanted},
    locked_subscription, usable_method,
};
use crate::{
    App,
    error::{AppError, Result},
    requests::Asking,
    setup::the_partner,
};

impl App {
    /// Charges `amount` to the partner's default method, once for `asking`, and credits its wallet
    /// where the money comes.
    pub async fn top_up(
        &self,
        asking: &Asking,
        partner_id: PartnerId,
        amount: Minor,
    ) -> Result<Charged> {
        self.charge_once(asking, (partner_id, "wallet.top_up"), async |app| {
            app.begin_top_up(partner_id, amount).await.map(Some)
        })
        .await
    }

    /// Writes a top-up down and asks nobody: what a process leaves that dies before it asks.
    pub async fn begin_top_up(
        &self,
        partner_id: PartnerId,
        amount: Minor,
    ) -> Result<OperatorCharge> {
        let now = self.clock.now();
        let charge_id: OperatorChargeId = self.ids.draw(now);
        self.db
            .write(async |tx: &mut Tx| {
                let subscription = locked_subscription(tx, partner_id).await?;
                let stage = subscription.life.stage;
                if matches!(stage, PartnerStage::Deleting | PartnerStage::Purged) {
                    let why = format!("a partner that is {} cannot top up", stage.as_str());
                    return Err(AppError::Refused(why));
                }
                let partner = the_partner(tx, partner_id).await?;
                let method = usable_method(tx, partner_id).await?;
                let method = method.ok_or(AppError::NoPaymentMethod)?;
                let facts = FeeFacts::default();
                let purpose = ChargePurpose::TopUp;
                let wanted = Wanted { purpose, amount, wallet: amount, facts };
                let begun = charge::begin(tx, (&partner, &method), (charge_id, wanted), now);
                let begun = begun.await?;
                begun.ok_or_else(|| AppError::Broken("a drawn id was drawn before".to_owned()))
            })
            .await
    }

    /// A page of the charges that filled or fill a wallet.
    pub async fn top_ups(
        &self,
        partner_id: PartnerId,
        (state, page): (Option<&'static str>, &PageRequest),
    ) -> Result<Page<OperatorCharge>> {
        let mut tx = self.db.begin_single().await?;
        let page = operator_charges::top_ups(&mut tx, partner_id, (state, page)).await?;
        tx.commit().await?;
        Ok(page)
    }
}
