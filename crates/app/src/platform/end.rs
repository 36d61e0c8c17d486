//! The end of a subscription: cancelled with its data kept, or the account deleted.
//!
//! Decided here: cancelling pauses for 90 days without charge (PLT-35); deleting wants the word
//! typed and nothing left, and tells all that is left at once (PLT-34, C-14). What a charge may be
//! paying for just now is not ended.

use domain::{
    ids::PartnerId,
    ledger::Account,
    money::Micros,
    partner::{PartnerEvent, PartnerStage},
    subscription::{DeletionBlocker, Subscription},
};
use store::{db::Tx, operator_charges, subscriptions};

use super::{UPDATED, happen, locked_subscription, save};
use crate::{
    App,
    error::{AppError, Result},
    setup::{directory_changed, the_partner},
};

/// What has to be typed to delete an account.
const WORD: &str = "DELETE";

impl App {
    /// Cancels a subscription: nothing is charged, and everything is kept for 90 days.
    pub async fn cancel_subscription(&self, partner_id: PartnerId) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let mut subscription = locked_subscription(tx, partner_id).await?;
                if operator_charges::open_fee(tx, partner_id).await?.is_some() {
                    return Err(AppError::PaymentInProgress);
                }
                happen(&mut subscription, PartnerEvent::CancelSubscription, now)?;
                subscription.pending = None;
                subscription.retry_at = None;
                save(tx, subscription, UPDATED, now).await?;
                store::wallet_watch::switch_off(tx, partner_id, now).await?;
                directory_changed(tx).await
            })
            .await
    }

    /// What keeps an account from being deleted; nothing where it can be.
    pub async fn deletion_blockers(&self, partner_id: PartnerId) -> Result<Vec<DeletionBlocker>> {
        let mut tx = self.db.begin_read().await?;
        let subscription = super::subscription_of(&mut tx, partner_id).await?;
        let blockers = blockers(&mut tx, &subscription).await?;
        tx.commit().await?;
        Ok(blockers)
    }

    /// Deletes an account: within a day its keys end and its state is purged. `typed` is what its
    /// owner typed. Only for its own sign-in: no key of the API reaches this (ruling 29).
    pub async fn delete_account(&self, partner_id: PartnerId, typed: &str) -> Result<()> {
        if typed != WORD {
            return Err(AppError::invalid("confirmation", format!("type {WORD}")));
        }
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let mut subscription = locked_subscription(tx, partner_id).await?;
                let found = blockers(tx, &subscription).await?;
                if !found.is_empty() {
                    let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
                    let why = format!("the account cannot be deleted: {}", texts.join("; "));
                    return Err(AppError::Refused(why));
                }
                happen(&mut subscription, PartnerEvent::Delete, now)?;
                subscription.pending = None;
                subscription.retry_at = None;
                save(tx, subscription, UPDATED, now).await?;
                store::wallet_watch::switch_off(tx, partner_id, now).await?;
                directory_changed(tx).await
            })
            .await
    }
}

async fn blockers(tx: &mut Tx, subscription: &Subscription) -> Result<Vec<DeletionBlocker>> {
    let partner_id = subscription.partner_id;
    let held = subscriptions::holdings(tx, partner_id).await?;
    let wallet = store::ledger::balance(tx, partner_id, Account::Wallet).await?.negated()?;
    // Less than the smallest coin can neither be paid out nor be owed.
    let currency = the_partner(tx, partner_id).await?.currency;
    let coin = Micros::new(currency.micros_per_minor());
    let owes = wallet < Micros::ZERO || subscription.life.stage == PartnerStage::PastDue;
    let count =
        |count: i64, blocker: fn(i64) -> DeletionBlocker| (count > 0).then(|| blocker(count));
    let found = [
        count(held.tenants, DeletionBlocker::ActiveTenants),
        count(held.invoices, DeletionBlocker::OutstandingInvoices),
        count(held.numbers, DeletionBlocker::PhoneNumbers),
        (wallet >= coin).then_some(DeletionBlocker::WalletBalance),
        owes.then_some(DeletionBlocker::Owed),
        count(held.in_progress, DeletionBlocker::InProgress),
    ];
    Ok(found.into_iter().flatten().collect())
}
