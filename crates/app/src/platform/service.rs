//! Whether a partner gets anything new: calls, purchases, extensions.
//!
//! Decided here: nothing but where the facts are; [`domain::wallet::service`] decides. Extensions
//! are counted over all tenants while the partner's book is held, so that two requests cannot pass
//! the cap together (PLT-30).

use domain::{
    ids::PartnerId,
    ledger::Account,
    time::Timestamp,
    wallet::{self, ServiceRefusal},
};
use store::{db::Tx, subscriptions};

use super::{Plans, show::tier_name, subscription_of, terms_at};
use crate::{
    App,
    error::{AppError, Result},
};

impl App {
    /// Why a partner's tenants get no new calls now, if they do not (PLT-09, WAL-08).
    pub async fn service_refusal(&self, partner_id: PartnerId) -> Result<Option<ServiceRefusal>> {
        let mut tx = self.db.begin_read().await?;
        let refusal = refusal(&mut tx, partner_id).await?;
        tx.commit().await?;
        Ok(refusal)
    }
}

pub(super) async fn refusal(tx: &mut Tx, partner_id: PartnerId) -> Result<Option<ServiceRefusal>> {
    let subscription = subscription_of(tx, partner_id).await?;
    let balance = store::ledger::balance(tx, partner_id, Account::Wallet).await?.negated()?;
    Ok(wallet::service(&subscription.life, subscription.billing, balance).err())
}

/// Refuses something new where the partner has no service.
pub(crate) async fn check_service(tx: &mut Tx, partner_id: PartnerId) -> Result<()> {
    match refusal(tx, partner_id).await? {
        None => Ok(()),
        Some(ServiceRefusal::WalletEmpty) => {
            Err(AppError::WalletEmpty("the wallet is empty; top it up to go on".to_owned()))
        }
        Some(refusal @ ServiceRefusal::NoService(_)) => Err(AppError::Refused(refusal.to_string())),
    }
}

/// Refuses `more` extensions beyond the plan's cap, and names a plan that allows them.
pub(crate) async fn check_extensions(
    tx: &mut Tx,
    (partner_id, more): (PartnerId, usize),
    now: Timestamp,
) -> Result<()> {
    use domain::tier::Tier::{Business, Professional, Starter};
    let tier = terms_at(tx, partner_id, now).await?.tier;
    let plans = Plans::load(tx).await?;
    let Some(cap) = plans.cap(tier, now) else { return Ok(()) };
    let count = subscriptions::extensions(tx, partner_id).await?;
    let wanted = count.saturating_add(i64::try_from(more).unwrap_or(i64::MAX));
    if wanted <= i64::from(cap) {
        return Ok(());
    }
    let allows = |cap: Option<u32>| cap.is_none_or(|cap| wanted <= i64::from(cap));
    let suggested = [Starter, Professional, Business]
        .into_iter()
        .find(|other| *other > tier && allows(plans.cap(*other, now)));
    let suggestion = match suggested {
        Some(other) => format!("the {} plan allows them", tier_name(other)),
        None => "contact sales".to_owned(),
    };
    Err(AppError::UpgradeRequired(format!(
        "the {} plan allows {cap} extensions and there are {count}; {suggestion}",
        tier_name(tier),
    )))
}
