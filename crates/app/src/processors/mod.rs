//! On whose account a partner's tenants pay: the one place that resolves it (STR-21).
//!
//! Decided here: where a new charge goes follows from the partner's mode now; where anything that
//! exists already goes follows from the context that is stored with it (STR-22). As long as a
//! connected account was never ready, charges go to the operator's account; later nothing falls
//! back: an account that cannot be charged, or keys that are refused, stop new charges (ruling
//! 11). A secret key is opened here, for one call, and nowhere else (STR-11).

mod connect;
mod custom_keys;
mod mails;
mod modes;

pub use adapters::processor::SecretKey;
use adapters::processor::{Answer, At, IdempotencyKey, PaymentGateway, ProcessorError};
use domain::{
    fee::FeeRate,
    ids::PartnerId,
    processor::{AccountContext, ConnectState, Descriptor, KeysState, ProcessorMode},
    time::Timestamp,
};
use store::{
    db::Tx,
    jobs::{self, NewJob},
    processors::{self as stored, CustomKeys},
};

pub(crate) use self::{custom_keys::ENDPOINT, modes::auto_pay_off};
pub use self::{custom_keys::NewKeys, modes::ProcessorView};
use crate::{
    App,
    error::{AppError, Result},
};

/// Tells the processor what statements of a connected account show.
pub(crate) const DESCRIPTOR: &str = "processor.descriptor";

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

impl App {
    /// Tells the processor the partner's text for statements of its connected account; a job, done
    /// at least once. What is told is the text of now, whichever change asked for it.
    pub(crate) async fn tell_descriptor(&self, partner_id: PartnerId, name: &str) -> Result<()> {
        let mut tx = self.db.begin_read().await?;
        let partner = store::partners::find(&mut tx, partner_id).await?;
        let connected = stored::connected(&mut tx, partner_id).await?;
        tx.commit().await?;
        let text = partner.map(|it| it.brand.statement_descriptor);
        let text = text.filter(|text| Descriptor::parse(text).is_ok());
        let connected = connected.filter(|it| it.state != ConnectState::Disconnected);
        let (Some(text), Some(connected)) = (text, connected) else { return Ok(()) };
        let key = IdempotencyKey::new(format!("{name}:{text}"));
        let wanted = (&connected.account, text.as_str());
        let told = self.outside.processor.set_descriptor(&At::PLATFORM, &key, wanted).await;
        self.account_told(&answered(told)?).await
    }
}

/// Asks for the partner's text to be told to the processor, where it has a connected account. In
/// the transaction that changes the text.
pub(crate) async fn descriptor_changed(
    tx: &mut Tx,
    (partner_id, version): (PartnerId, i64),
    now: Timestamp,
) -> Result<()> {
    if stored::connected(tx, partner_id).await?.is_none() {
        return Ok(());
    }
    let job = NewJob {
        kind: DESCRIPTOR,
        key: format!("{DESCRIPTOR}:{partner_id}:{version}"),
        payload: "{}".to_owned(),
        run_at: now,
    };
    jobs::enqueue(tx, partner_id, &job, now).await?;
    Ok(())
}

/// The platform's share of a charge in this mode.
pub const fn fee_of(mode: ProcessorMode) -> FeeRate {
    match mode {
        ProcessorMode::Platform | ProcessorMode::Connect => FeeRate::STANDARD,
        ProcessorMode::CustomKeys => FeeRate::NONE,
    }
}

/// What a call came to, for those who asked for it.
pub(crate) fn answered<T>(answer: Answer<T>) -> Result<T> {
    answer.map_err(|error| match &error {
        ProcessorError::NotBegun(_) | ProcessorError::Unknown(_) => unreachable(&error),
        ProcessorError::Unauthorised { .. } => AppError::Outside(error.to_string()),
        ProcessorError::Declined(_) | ProcessorError::Refused { .. } => {
            AppError::Refused(error.to_string())
        }
    })
}

/// Nobody knows what came of a call; asking again is safe.
pub(crate) fn unreachable(error: &ProcessorError) -> AppError {
    AppError::Conflict("processor_unreachable", error.to_string())
}

/// What a secret of a partner's account is sealed to: it opens for nobody and nothing else.
pub(crate) fn sealed_to(partner_id: PartnerId, field: &str) -> String {
    format!("custom_keys/{partner_id}/{field}")
}
