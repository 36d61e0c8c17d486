//! On whose account a partner's tenants pay: the one place that resolves it (STR-21).
//!
//! Decided here: where a new charge goes follows from the partner's mode now; where anything that
//! exists already goes follows from the context that is stored with it (STR-22). As long as a
//! connected account was never ready, charges go to the operator's account; later nothing falls
//! back: an account that cannot be charged, or keys that are refused, stop new charges (ruling
//! 11). A secret key is opened here, for one call, and nowhere else (STR-11).

use adapters::processor::{At, SecretKey};
use domain::{
    fee::FeeRate,
    ids::PartnerId,
    processor::{AccountContext, ConnectState, KeysState, ProcessorMode},
};
use store::{
    db::Tx,
    processors::{self as stored, CustomKeys},
};

use crate::{
    App,
    error::{AppError, Result},
};

/// Where new charges of a partner's tenants go: the account, the mode that it means, and the
/// platform's share; none with the partner's own keys (STR-10).
pub type Resolved = (At, ProcessorMode, Option<FeeRate>);

impl App {
    /// Where a new charge of the partner's tenants goes now, and the platform's share of it.
    ///
    /// Refused where the connected account cannot be charged any more, or the processor no longer
    /// accepts the partner's keys: nothing is charged elsewhere instead.
    pub async fn processing(&self, partner_id: PartnerId) -> Result<Resolved> {
        let mut tx = self.db.begin_read().await?;
        let resolved = self.processing_in(&mut tx, partner_id).await?;
        tx.commit().await?;
        Ok(resolved)
    }

    /// The same, inside a transaction.
    pub(crate) async fn processing_in(
        &self,
        tx: &mut Tx,
        partner_id: PartnerId,
    ) -> Result<Resolved> {
        let context = stored::of(tx, partner_id).await?.context;
        let mode = context.mode();
        match &context {
            AccountContext::Platform => Ok((At::PLATFORM, mode, Some(FeeRate::STANDARD))),
            AccountContext::Connected(account) => {
                let connected = stored::connected(tx, partner_id).await?;
                let state = connected.filter(|it| it.account == *account).map(|it| it.state);
                if state != Some(ConnectState::Active) {
                    let state = state.unwrap_or(ConnectState::Disconnected).as_str();
                    return Err(AppError::Refused(format!(
                        "the connected account {} is {state} and cannot be charged now",
                        account.as_str()
                    )));
                }
                Ok((At { context, key: None }, mode, Some(FeeRate::STANDARD)))
            }
            AccountContext::Custom(account) => {
                let keys = stored::keys(tx, partner_id).await?;
                if keys.as_ref().is_some_and(|keys| keys.state == KeysState::Broken) {
                    return Err(AppError::Refused(format!(
                        "the payment processor no longer accepts the keys of {}; save new ones",
                        account.as_str()
                    )));
                }
                Ok((self.opened(keys, (partner_id, &context))?, mode, None))
            }
        }
    }

    /// How to call the processor about something that lives on this account of the partner's.
    ///
    /// Refused where it is reached with keys that were removed.
    pub async fn at(&self, partner_id: PartnerId, context: &AccountContext) -> Result<At> {
        if !matches!(context, AccountContext::Custom(_)) {
            return Ok(At { context: context.clone(), key: None });
        }
        let mut tx = self.db.begin_read().await?;
        let keys = stored::keys(&mut tx, partner_id).await?;
        tx.commit().await?;
        self.opened(keys, (partner_id, context))
    }

    /// The account with its key opened.
    fn opened(
        &self,
        keys: Option<CustomKeys>,
        (partner_id, context): (PartnerId, &AccountContext),
    ) -> Result<At> {
        let AccountContext::Custom(account) = context else {
            return Ok(At { context: context.clone(), key: None });
        };
        let gone = || {
            AppError::Refused(format!(
                "the keys of {} were removed here; use the payment processor's own pages for what \
                 was charged with them",
                account.as_str()
            ))
        };
        let keys = keys.filter(|keys| keys.account == *account).ok_or_else(gone)?;
        let opened = self.outside.vault.open(&sealed_to(partner_id, "key"), &keys.sealed_key);
        let opened = opened.map_err(|error| AppError::Outside(error.to_string()))?;
        let text = String::from_utf8(opened)
            .map_err(|_| AppError::Broken("a sealed key is no text".to_owned()))?;
        Ok(At { context: context.clone(), key: Some(SecretKey::new(text)) })
    }
}

/// What a secret of a partner's account is sealed to: it opens for nobody and nothing else.
pub(crate) fn sealed_to(partner_id: PartnerId, field: &str) -> String {
    format!("custom_keys/{partner_id}/{field}")
}
