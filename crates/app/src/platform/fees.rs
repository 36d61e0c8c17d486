//! The operator's own figures: the initial credit, the surcharge, what single partners agreed.

use domain::{ids::PartnerId, money::Minor, partner::PartnerEvent, subscription::Billing};
use store::{
    db::Tx,
    subscriptions::{self, PlatformFees},
};

use super::{UPDATED, happen, locked_subscription, save};
use crate::{
    App,
    error::{AppError, Result},
    setup::directory_changed,
};

/// What changes of a partner's subscription by the operator's hand; what is absent stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeesEdit {
    /// How it settles.
    pub billing: Option<Billing>,
    /// The monthly fee of an Enterprise partner, as agreed (PLT-12).
    pub enterprise_fee: Option<Minor>,
    /// Suspends it, or lifts the operator's own suspension.
    pub suspension: Option<PartnerEvent>,
}

impl App {
    /// The operator's figures for all subscriptions.
    pub async fn platform_fees(&self) -> Result<PlatformFees> {
        let mut tx = self.db.begin_single().await?;
        let fees = subscriptions::fees(&mut tx).await?;
        tx.commit().await?;
        Ok(fees)
    }

    /// What the operator charges in.
    pub async fn operators_currency(&self) -> Result<domain::money::Currency> {
        let mut tx = self.db.begin_single().await?;
        let operator = crate::setup::the_operator(&mut tx).await?;
        tx.commit().await?;
        Ok(operator.currency)
    }

    /// Sets the operator's figures for all subscriptions, from the next charge on.
    pub async fn set_platform_fees(
        &self,
        (initial_credit, surcharge): (Option<Minor>, Option<Minor>),
    ) -> Result<PlatformFees> {
        let is_wrong = |amount: Option<Minor>| amount.is_some_and(Minor::is_negative);
        if is_wrong(initial_credit) {
            return Err(AppError::invalid("initial_credit", "must not be negative"));
        }
        if is_wrong(surcharge) {
            return Err(AppError::invalid("custom_keys_surcharge", "must not be negative"));
        }
        self.db
            .write(async |tx: &mut Tx| {
                let old = subscriptions::fees(tx).await?;
                let fees = PlatformFees {
                    initial_credit: initial_credit.unwrap_or(old.initial_credit),
                    surcharge: surcharge.unwrap_or(old.surcharge),
                };
                subscriptions::set_fees(tx, fees).await?;
                Ok(fees)
            })
            .await
    }

    /// Changes what was agreed with one partner.
    pub async fn edit_subscription(&self, partner_id: PartnerId, edit: &FeesEdit) -> Result<()> {
        let now = self.clock.now();
        if edit.enterprise_fee.is_some_and(Minor::is_negative) {
            return Err(AppError::invalid("enterprise_fee", "must not be negative"));
        }
        self.db
            .write(async |tx: &mut Tx| {
                let mut subscription = locked_subscription(tx, partner_id).await?;
                let is_new_payer = edit.billing == Some(Billing::Prepaid)
                    && subscription.billing == Billing::OnAccount;
                subscription.billing = edit.billing.unwrap_or(subscription.billing);
                if is_new_payer && subscription.life.stage.is_charged() {
                    // The present month was settled elsewhere.
                    let month = domain::subscription::month_of(now);
                    subscription.renewed_month = Some(month);
                }
                let fee = edit.enterprise_fee.or(subscription.enterprise_fee);
                subscription.enterprise_fee = fee;
                if let Some(event) = edit.suspension {
                    happen(&mut subscription, event, now)?;
                }
                save(tx, subscription, UPDATED, now).await?;
                directory_changed(tx).await
            })
            .await
    }
}
