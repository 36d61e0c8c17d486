//! The parts of the app that own what the processor tells of.
//!
//! Decided here: which part hears of which object, and with whose key an account is asked. As long
//! as nothing of a kind is kept at the processor, nobody needs to hear of it.

use adapters::processor::{Account, At, Charge, Dispute, Method, Refund, Setup};
use domain::{ids::PartnerId, processor::AccountContext};

use super::{apply::Listener, receive::OwnAccount};
use crate::{
    App,
    error::{AppError, Result},
};

/// Whether the processor still has a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// It has: what may be shown of it may have changed.
    No,
    /// It was taken away from its customer.
    Detached,
}

impl App {
    /// How an account is asked about its own objects.
    pub(super) async fn at_of(
        &self,
        partner_id: Option<PartnerId>,
        context: &AccountContext,
    ) -> Result<At> {
        match (context, partner_id) {
            (AccountContext::Custom(account), _) => {
                Err(AppError::not_found("keys", account.as_str()))
            }
            _ => Ok(At { context: context.clone(), key: None }),
        }
    }

    /// A partner's own account, where its keys are known.
    pub(super) async fn own_account(&self, _: PartnerId) -> Result<Option<OwnAccount>> {
        Ok(None)
    }
}

impl Listener for App {
    async fn charge(&self, context: &AccountContext, told: &Charge) -> Result<()> {
        // On any other account a partner could name a charge of the operator as its own.
        if *context == AccountContext::Platform {
            self.operator_charge_told(told).await?;
        }
        Ok(())
    }
    async fn refund(&self, context: &AccountContext, told: &Refund) -> Result<()> {
        if *context == AccountContext::Platform {
            self.operator_refund_told(told).await?;
        }
        Ok(())
    }
    async fn dispute(&self, _: &AccountContext, _: &Dispute) -> Result<()> {
        Ok(())
    }
    async fn setup(&self, _: &AccountContext, _: &Setup) -> Result<()> {
        Ok(())
    }
    async fn method(&self, _: &AccountContext, _: (&Method, Gone)) -> Result<()> {
        Ok(())
    }
    async fn account(&self, _: &Account) -> Result<()> {
        Ok(())
    }
}
