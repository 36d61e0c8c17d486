//! The parts of the app that own what the processor tells of.
//!
//! Decided here: which part hears of which object, and with whose key an account is asked.

use adapters::processor::{Account, At, Charge, Dispute, Method, Refund, Setup};
use domain::{ids::PartnerId, processor::AccountContext};

use super::{apply::Listener, receive::OwnAccount};
use crate::{
    App,
    error::{AppError, Result},
    methods::Gone,
};

impl App {
    /// How an account is asked about its own objects.
    pub(super) async fn at_of(
        &self,
        partner_id: Option<PartnerId>,
        context: &AccountContext,
    ) -> Result<At> {
        match (context, partner_id) {
            (AccountContext::Custom(_), Some(partner_id)) => self.at(partner_id, context).await,
            (AccountContext::Custom(account), None) => {
                Err(AppError::not_found("keys", account.as_str()))
            }
            _ => Ok(At { context: context.clone(), key: None }),
        }
    }

    /// A partner's own account, where its keys are known and our endpoint is made.
    pub(super) async fn own_account(&self, partner_id: PartnerId) -> Result<Option<OwnAccount>> {
        let mut tx = self.db.begin_read().await?;
        let keys = store::processors::keys(&mut tx, partner_id).await?;
        tx.commit().await?;
        let Some(keys) = keys else { return Ok(None) };
        let secrets = self.endpoint_secrets(partner_id).await?;
        Ok(Some(OwnAccount { account: keys.account, secrets, is_live: keys.is_live }))
    }
}

impl Listener for App {
    async fn charge(&self, context: &AccountContext, charge: &Charge) -> Result<()> {
        // On any other account a partner could name a charge of the operator as its own.
        if *context == AccountContext::Platform && self.operator_charge_told(charge).await? {
            return Ok(());
        }
        self.charge_told(context, charge).await
    }
    async fn refund(&self, context: &AccountContext, told: &Refund) -> Result<()> {
        if *context == AccountContext::Platform && self.operator_refund_told(told).await? {
            return Ok(());
        }
        known(self.refund_told(context, told).await?, ("payment of refund", &told.reference))
    }
    async fn dispute(&self, context: &AccountContext, told: &Dispute) -> Result<()> {
        known(self.dispute_told(context, told).await?, ("payment of dispute", &told.reference))
    }
    async fn setup(&self, context: &AccountContext, told: &Setup) -> Result<()> {
        self.setup_told(context, told).await
    }
    async fn method(&self, context: &AccountContext, (told, gone): (&Method, Gone)) -> Result<()> {
        self.method_told(context, told, gone).await
    }
    async fn account(&self, told: &Account) -> Result<()> {
        self.account_told(told).await
    }
}

/// What is ours and not known yet is told again later.
fn known(is_known: bool, (what, reference): (&'static str, &str)) -> Result<()> {
    is_known.then_some(()).ok_or_else(|| AppError::not_found(what, reference))
}
