//! A partner's own keys (STR-09 to STR-13, STR-26).
//!
//! Decided here: keys are looked at by the processor before they are kept, and what was kept before
//! stays where they are refused. The secret key is sealed to the partner and its field, shown by
//! its last four characters and opened only for a call. Where the processor refuses it in use it is
//! broken: charges stop, the partner is told, and nothing goes elsewhere. Keys of another account
//! are taken only once the first ones are removed, so that nothing charged there is forgotten by
//! mistake; nor are they removed, or changed between test and live money, while a charge or a
//! refund on their account is not finished: nobody could ask what came of it. Removing keys deletes
//! the ciphertext and returns to the platform's account.

use adapters::processor::{At, IdempotencyKey, PaymentGateway, ProcessorError, SecretKey};
use domain::{
    ids::PartnerId,
    processor::{
        AccountContext, KeyKind, KeyPairError, KeysState, ProcessorAccount, ProcessorMode, key_pair,
    },
    time::Timestamp,
};
use serde_json::json;
use store::{
    db::Tx,
    jobs::{self, NewJob},
    processors::{self as stored, CustomKeys},
};

use super::{
    answered,
    mails::{Notice, tell},
    modes::switch,
    sealed_to, unreachable,
};
use crate::{
    App,
    error::{AppError, Result},
};

/// Makes our endpoint on a partner's account.
pub(crate) const ENDPOINT: &str = "processor.endpoint";

/// Keys as a partner enters them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKeys {
    /// For calls as the partner.
    pub secret: SecretKey,
    /// For browsers.
    pub publishable: String,
}

impl App {
    /// Checks keys, keeps them and makes them the partner's way of being paid.
    pub async fn save_keys(&self, partner_id: PartnerId, new: &NewKeys) -> Result<()> {
        let kind = key_pair(new.secret.reveal(), &new.publishable).map_err(wrong)?;
        let is_ours = self.recognise_key(new.secret.reveal()).await?.is_some();
        if is_ours {
            return Err(AppError::invalid(
                "secret_key",
                "is a key of this platform's API, not one of the payment processor",
            ));
        }
        let account = self.verified(&new.secret).await?;
        let sealed =
            self.outside.vault.seal(&sealed_to(partner_id, "key"), new.secret.reveal().as_bytes());
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                refuse_foreign(tx, partner_id, &account).await?;
                let known = stored::keys_locked(tx, partner_id).await?;
                if let Some(other) = known.as_ref().filter(|it| it.account != account) {
                    return Err(AppError::Refused(format!(
                        "these keys open another account than those of {}; remove those first, \
                         and give back there what has to be given back",
                        other.account.as_str()
                    )));
                }
                let is_live = kind == KeyKind::Live;
                if known.as_ref().is_some_and(|it| it.is_live != is_live) {
                    let why = "these keys are for money of the other kind, test or live; remove \
                               the saved ones first";
                    return Err(AppError::Refused(why.to_owned()));
                }
                let keys = CustomKeys {
                    partner_id,
                    account: account.clone(),
                    sealed_key: sealed.clone(),
                    last_four: new.secret.last_four().to_owned(),
                    publishable_key: new.publishable.clone(),
                    is_live,
                    state: KeysState::Active,
                    endpoint: known.as_ref().and_then(|it| it.endpoint.clone()),
                    saved_at: now,
                    version: known.as_ref().map_or(0, |it| it.version),
                };
                stored::save_keys(tx, &keys).await?;
                let before = stored::of(tx, partner_id).await?;
                let to = (ProcessorMode::CustomKeys, AccountContext::Custom(account.clone()));
                switch(tx, (partner_id, &before), to, now).await?;
                if keys.endpoint.is_none() {
                    let job = endpoint_job(&keys, before.version, now);
                    jobs::enqueue(tx, partner_id, &job, now).await?;
                }
                Ok(())
            })
            .await
    }

    /// The account that a key opens: one that can be charged, and not the operator's.
    async fn verified(&self, secret: &SecretKey) -> Result<ProcessorAccount> {
        let refuse = |why: &str| Err(AppError::invalid("secret_key", why));
        let unknown = ProcessorAccount::parse("acct_unverified").expect("letters");
        let at = At { context: AccountContext::Custom(unknown), key: Some(secret.clone()) };
        let processor = &self.outside.processor;
        let account = match processor.account(&at).await {
            Ok(account) => account,
            Err(error @ (ProcessorError::NotBegun(_) | ProcessorError::Unknown(_))) => {
                return Err(unreachable(&error));
            }
            Err(error) => return refuse(&error.to_string()),
        };
        if !account.charges_enabled {
            return refuse("opens an account that cannot be charged yet");
        }
        if answered(processor.account(&At::PLATFORM).await)?.account == account.account {
            return refuse("opens the platform's own account");
        }
        Ok(account.account)
    }

    /// Forgets the partner's keys, their ciphertext included, and takes our endpoint away there.
    /// Where they were in use, the platform's account takes new charges.
    pub async fn remove_keys(&self, partner_id: PartnerId) -> Result<()> {
        let mut tx = self.db.begin_read().await?;
        let keys = stored::keys(&mut tx, partner_id).await?;
        tx.commit().await?;
        let Some(keys) = keys else { return Ok(()) };
        let context = AccountContext::Custom(keys.account.clone());
        let mut tx = self.db.begin_single().await?;
        refuse_busy(&mut tx, partner_id, &context).await?;
        tx.commit().await?;
        if let Some((reference, _)) = &keys.endpoint {
            let at = self.at(partner_id, &context).await?;
            // Keys that are refused by now cannot take it away; the owner of the account can.
            if let Err(error) = self.outside.processor.delete_endpoint(&at, reference).await {
                tracing::warn!(partner = %partner_id, %error, "an endpoint was left behind");
            }
        }
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let Some(known) = stored::keys_locked(tx, partner_id).await? else {
                    return Ok(());
                };
                refuse_busy(tx, partner_id, &AccountContext::Custom(known.account.clone())).await?;
                stored::delete_keys(tx, partner_id).await?;
                let before = stored::of(tx, partner_id).await?;
                if before.context != AccountContext::Custom(known.account) {
                    return Ok(());
                }
                let to = (ProcessorMode::Platform, AccountContext::Platform);
                switch(tx, (partner_id, &before), to, now).await
            })
            .await
    }

    /// The processor refused the partner's key in use (401): charges on this account stop until
    /// keys are saved that it accepts, and the partner is told, once.
    pub async fn key_refused(&self, partner_id: PartnerId, context: &AccountContext) -> Result<()> {
        let AccountContext::Custom(account) = context else { return Ok(()) };
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let known = stored::keys_locked(tx, partner_id).await?;
                let known = known.filter(|it| it.account == *account);
                let Some(keys) = known.filter(|it| it.state == KeysState::Active) else {
                    return Ok(());
                };
                let broken = CustomKeys { state: KeysState::Broken, ..keys };
                stored::save_keys(tx, &broken).await?;
                tell(tx, partner_id, refused_notice(&broken), now).await
            })
            .await
    }

    /// What the events of the partner's own account are signed with.
    pub async fn endpoint_secrets(&self, partner_id: PartnerId) -> Result<Vec<SecretKey>> {
        let mut tx = self.db.begin_read().await?;
        let keys = stored::keys(&mut tx, partner_id).await?;
        tx.commit().await?;
        let Some((_, sealed)) = keys.and_then(|keys| keys.endpoint) else {
            return Ok(Vec::new());
        };
        let opened = self.outside.vault.open(&sealed_to(partner_id, "endpoint"), &sealed);
        let opened = opened.map_err(|error| AppError::Outside(error.to_string()))?;
        let text = String::from_utf8(opened)
            .map_err(|_| AppError::Broken("a sealed endpoint secret is no text".to_owned()))?;
        Ok(vec![SecretKey::new(text)])
    }

    /// Has the events of the partner's own account sent here; a job, done at least once.
    pub(crate) async fn make_endpoint(&self, partner_id: PartnerId, name: &str) -> Result<()> {
        let mut tx = self.db.begin_read().await?;
        let keys = stored::keys(&mut tx, partner_id).await?;
        tx.commit().await?;
        let Some(keys) = keys.filter(|it| it.endpoint.is_none()) else { return Ok(()) };
        let context = AccountContext::Custom(keys.account.clone());
        let at = self.at(partner_id, &context).await?;
        let base = &self.outside.payments.base_url;
        let url = format!("{base}/stripe/webhooks/custom/{partner_id}");
        let key = IdempotencyKey::new(name);
        let made = match self.outside.processor.create_endpoint(&at, &key, &url).await {
            Err(ProcessorError::Unauthorised { .. }) => {
                return self.key_refused(partner_id, &context).await;
            }
            made => answered(made)?,
        };
        let owner = sealed_to(partner_id, "endpoint");
        let sealed = self.outside.vault.seal(&owner, made.secret.reveal().as_bytes());
        self.db
            .write(async |tx| {
                let known = stored::keys_locked(tx, partner_id).await?;
                let known = known.filter(|it| it.account == keys.account && it.endpoint.is_none());
                let Some(known) = known else { return Ok(()) };
                let endpoint = Some((made.reference.clone(), sealed.clone()));
                Ok(stored::save_keys(tx, &CustomKeys { endpoint, ..known }).await?)
            })
            .await
    }
}

/// Refuses to lose the way to what is not finished on an account.
async fn refuse_busy(tx: &mut Tx, partner_id: PartnerId, context: &AccountContext) -> Result<()> {
    if store::attempts::is_busy_on(tx, partner_id, context).await? {
        let why = "a payment or a refund on the account of these keys is not finished; remove \
                   them once it is";
        return Err(AppError::Refused(why.to_owned()));
    }
    Ok(())
}

fn wrong(error: KeyPairError) -> AppError {
    let field = match error {
        KeyPairError::Secret => "secret_key",
        KeyPairError::Publishable | KeyPairError::Mixed => "publishable_key",
    };
    AppError::invalid(field, error.to_string())
}

/// Refuses an account that is another partner's.
async fn refuse_foreign(
    tx: &mut Tx,
    partner_id: PartnerId,
    account: &ProcessorAccount,
) -> Result<()> {
    let keys = stored::keys_of_account(tx, account).await?.map(|it| it.partner_id);
    let connected = stored::connected_with(tx, account).await?.map(|it| it.partner_id);
    if [keys, connected].into_iter().flatten().any(|owner| owner != partner_id) {
        let why = "opens an account that another partner uses";
        return Err(AppError::invalid("secret_key", why));
    }
    Ok(())
}

/// The job that makes the endpoint. Its key differs each time keys are saved after a removal, so
/// that the processor does not answer with an endpoint that was deleted.
fn endpoint_job(keys: &CustomKeys, choice: i64, now: Timestamp) -> NewJob {
    let (partner_id, account) = (keys.partner_id, keys.account.as_str());
    NewJob {
        kind: ENDPOINT,
        key: format!("{ENDPOINT}:{partner_id}:{account}:{choice}"),
        payload: json!({}).to_string(),
        run_at: now,
    }
}

fn refused_notice(keys: &CustomKeys) -> Notice<'static> {
    Notice {
        key: format!("processor.key_refused:{}:{}", keys.account.as_str(), keys.version),
        subject: "Your payment processor no longer accepts your key",
        text: format!(
            "Your secret key that ends with {} was refused by the payment processor.\n\n\
             Until you save a key that works no payment of your tenants is begun; invoices stay \
             open and nothing is charged on another account instead.",
            keys.last_four
        ),
    }
}
