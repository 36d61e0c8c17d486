//! A promise to pay: a day until which nothing more happens.
//!
//! Decided here: whoever owes something can promise; the tenant is looked at again at once, so
//! that what was due meanwhile waits, or is done when the promise is taken back.

use domain::{
    dunning::Promise,
    ids::{PartnerId, TenantId},
    time::{Day, Timestamp},
};
use store::{db::Tx, dunning::Standing};

use super::Facts;
use crate::{
    App,
    error::{AppError, Result},
    resource,
};

/// Bytes of a note on a promise.
const MAX_NOTE_BYTES: usize = 1_000;
/// Due at once.
const AT_ONCE: Timestamp = Timestamp::from_micros(0);

impl App {
    /// Notes that a tenant promised to pay by the end of `until`.
    pub async fn promise_to_pay(
        &self,
        (partner_id, tenant_id): (PartnerId, TenantId),
        (until, note): (Day, &str),
    ) -> Result<resource::DunningTimeline> {
        if note.len() > MAX_NOTE_BYTES {
            return Err(AppError::invalid("note", "give at most 1,000 bytes"));
        }
        self.standing_changed((partner_id, tenant_id), async |facts, now| {
            if !facts.case().is_dunned() {
                let status = facts.tenant.life.status().as_str();
                let why = format!("a tenant that is {status} is not dunned");
                return Err(AppError::Refused(why));
            }
            if facts.open.is_empty() {
                let why = "the tenant owes nothing that it could promise to pay";
                return Err(AppError::Refused(why.to_owned()));
            }
            let today = facts.tenant.zone.day_of(now);
            let earlier = facts.case().promise;
            let promise = Promise::made(today, until, earlier);
            let promise = promise.map_err(|error| AppError::invalid("until", error.to_string()))?;
            Ok(Some((promise, note.trim().to_owned())))
        })
        .await
    }

    /// Takes a promise back, where there is one: every step lies again where it lay.
    pub async fn clear_promise(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
    ) -> Result<resource::DunningTimeline> {
        self.standing_changed((partner_id, tenant_id), async |_, _| Ok(None)).await
    }

    /// Gives a tenant another promise, and answers its timeline as it is then.
    async fn standing_changed(
        &self,
        (partner_id, tenant_id): (PartnerId, TenantId),
        promised: impl AsyncFn(&Facts, Timestamp) -> Result<Option<(Promise, String)>>,
    ) -> Result<resource::DunningTimeline> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let owner = (partner_id, tenant_id);
                store::dunning::lock(tx, owner).await?;
                let mut facts = Facts::load(tx, owner).await?;
                let promise = promised(&facts, now).await?;
                if promise != facts.standing.promise {
                    let due_at = Some(AT_ONCE);
                    facts.standing = Standing { promise, due_at, ..facts.standing };
                    store::dunning::save(tx, partner_id, &facts.standing).await?;
                }
                facts.timeline(now)
            })
            .await
    }
}
