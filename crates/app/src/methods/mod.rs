//! Payment methods of tenants, and the partners' own (PMT-01 to PMT-13).
//!
//! Decided here: card data goes from the browser to the processor and never comes here; what is
//! kept are the processor's ids and what may be shown (PMT-02). The default is our own column. The
//! first usable method of an owner becomes it; removing it while others could be charged needs
//! another one first (C-37), and removing the only one ends what charges by itself. A method is
//! removed here in one transaction, and from the processor by a job after it, so that no crash in
//! between leaves one that is shown and gone, or hidden and charged. Methods that the processor
//! says are gone are treated the same.

mod filled;
mod setups;

use adapters::processor::{IdempotencyKey, Method, PaymentGateway, ProcessorError};
use domain::{
    ids::{MethodId, PartnerId, TenantId},
    paging::{Page, PageRequest},
    processor::{AccountContext, MethodStatus, SavedMethod},
    time::Timestamp,
};
use serde_json::{Value, json};
use store::{
    db::Tx,
    events::Event,
    jobs::{self, NewJob},
    payment_methods as stored,
};
pub use store::{method_setups::SetupState, payment_methods::MethodFilter};

pub use self::setups::{Confirmation, NewMethod, SetupView};
use crate::{
    App,
    error::{AppError, Result},
    platform,
    processors::auto_pay_off,
    resource,
};

/// Takes a removed method away from the processor's customer.
pub(crate) const DETACH: &str = "method.detach";

/// Whether the processor still has a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// It has: what may be shown of it may have changed.
    No,
    /// It was taken away from its customer.
    Detached,
}

/// What the asker knows of what follows from removing a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// Nothing was said: the only method of a tenant stays.
    Unconfirmed,
    /// Automatic payments may end.
    Confirmed,
}

impl App {
    /// A page of an owner's methods. Methods of others are never among them (PMT-12).
    pub async fn payment_methods(
        &self,
        partner_id: PartnerId,
        filter: MethodFilter,
        page: &PageRequest,
    ) -> Result<Page<SavedMethod>> {
        let mut tx = self.db.begin_single().await?;
        let page = stored::list(&mut tx, partner_id, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// The partner's method with this id, its own or a tenant's, unless it is removed.
    pub async fn payment_method(
        &self,
        partner_id: PartnerId,
        method_id: MethodId,
    ) -> Result<SavedMethod> {
        let mut tx = self.db.begin_single().await?;
        let found = stored::find(&mut tx, partner_id, method_id).await?;
        tx.commit().await?;
        let there = found.filter(|method| method.status != MethodStatus::Removed);
        there.ok_or_else(|| no_method(method_id))
    }

    /// The method that a charge of `owner` is made with: the named one, or its default. An expired
    /// card is among them: the processor says what becomes of it (PMT-13).
    pub async fn method_for_charge(
        &self,
        partner_id: PartnerId,
        owner: Option<TenantId>,
        named: Option<MethodId>,
    ) -> Result<SavedMethod> {
        let mut tx = self.db.begin_read().await?;
        let found = match named {
            Some(method_id) => {
                let found = stored::find(&mut tx, partner_id, method_id).await?;
                let own = found.filter(|method| method.tenant_id == owner);
                Some(own.ok_or_else(|| no_method(method_id))?)
            }
            None => stored::default_of(&mut tx, partner_id, owner).await?,
        };
        let context = context_of(&mut tx, partner_id, owner).await?;
        tx.commit().await?;
        let none = || AppError::Conflict("no_payment_method", "no method is saved".to_owned());
        let method = found.ok_or_else(none)?;
        let why = match method.status {
            MethodStatus::Removed => return Err(no_method(method.method_id)),
            MethodStatus::Active if method.context == context => return Ok(method),
            MethodStatus::PendingVerification => "is not verified yet",
            MethodStatus::Active | MethodStatus::NeedsReentry => {
                "was saved on another account and has to be entered again"
            }
        };
        Err(unusable(method.method_id, why))
    }

    /// Makes a method its owner's default, if it still has version `seen`.
    pub async fn make_default(
        &self,
        partner_id: PartnerId,
        (method_id, seen): (MethodId, i64),
    ) -> Result<SavedMethod> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let mut method = there(tx, partner_id, method_id).await?;
                if method.version != seen {
                    return Err(AppError::Stale("the payment method"));
                }
                match method.status {
                    MethodStatus::Active => {}
                    MethodStatus::PendingVerification => {
                        return Err(unusable(method_id, "is not verified yet"));
                    }
                    _ => return Err(unusable(method_id, "has to be entered again")),
                }
                if method.is_default {
                    return Ok(method);
                }
                let before = stored::default_of(tx, partner_id, method.tenant_id).await?;
                if let Some(before) = before {
                    let before = SavedMethod { is_default: false, ..before };
                    stored::save(tx, partner_id, &before).await?;
                }
                method.is_default = true;
                stored::save(tx, partner_id, &method).await?;
                method.version += 1;
                record(tx, (partner_id, &method), "payment_method.updated", now).await?;
                Ok(method)
            })
            .await
    }

    /// Removes a method, if it still has version `seen`.
    pub async fn remove_method(
        &self,
        partner_id: PartnerId,
        (method_id, seen): (MethodId, i64),
        removal: Removal,
    ) -> Result<SavedMethod> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let method = there(tx, partner_id, method_id).await?;
                if method.version != seen {
                    return Err(AppError::Stale("the payment method"));
                }
                may_go(tx, (partner_id, &method), removal).await?;
                let job = NewJob {
                    kind: DETACH,
                    key: format!("{DETACH}:{method_id}"),
                    payload: json!({ "method_id": method_id }).to_string(),
                    run_at: now,
                };
                jobs::enqueue(tx, partner_id, &job, now).await?;
                self.remove(tx, (partner_id, method), now).await
            })
            .await
    }

    /// What follows from a method being gone, whoever took it away.
    async fn remove(
        &self,
        tx: &mut Tx,
        (partner_id, method): (PartnerId, SavedMethod),
        now: Timestamp,
    ) -> Result<SavedMethod> {
        let was_default = method.is_default;
        let mut gone = SavedMethod { status: MethodStatus::Removed, is_default: false, ..method };
        stored::save(tx, partner_id, &gone).await?;
        gone.version += 1;
        record(tx, (partner_id, &gone), "payment_method.detached", now).await?;
        if was_default {
            match gone.tenant_id {
                Some(tenant_id) => auto_pay_off(tx, (partner_id, tenant_id), now).await?,
                // What charges the partner by itself has to end (PMT-06).
                None => platform::method_gone(tx, partner_id, now).await?,
            }
        }
        Ok(gone)
    }

    /// The processor says what it knows of a method now. Methods that are nobody's here are left
    /// alone.
    pub async fn method_told(
        &self,
        context: &AccountContext,
        told: &Method,
        gone: Gone,
    ) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let found = stored::find_by_reference(tx, context, &told.reference).await?;
                let Some((partner_id, method_id)) = found else { return Ok(()) };
                store::ledger::lock_book(tx, partner_id).await?;
                let method = stored::find_locked(tx, partner_id, method_id).await?;
                let method = method.filter(|it| it.status != MethodStatus::Removed);
                let Some(before) = method else { return Ok(()) };
                if gone == Gone::Detached {
                    return self.remove(tx, (partner_id, before), now).await.map(drop);
                }
                let mut after = SavedMethod {
                    brand: told.brand.clone(),
                    last_four: told.last_four.clone(),
                    expires: told.expires,
                    fingerprint: told.fingerprint.clone(),
                    ..before.clone()
                };
                if after == before {
                    return Ok(());
                }
                stored::save(tx, partner_id, &after).await?;
                after.version += 1;
                record(tx, (partner_id, &after), "payment_method.updated", now).await
            })
            .await
    }

    /// Takes a removed method away from the processor's customer; a job, done at least once.
    pub(crate) async fn detach(&self, partner_id: PartnerId, payload: &str) -> Result<()> {
        let payload: Value = serde_json::from_str(payload).unwrap_or_default();
        let method_id = payload["method_id"].as_str().and_then(|text| text.parse().ok());
        let method_id: MethodId =
            method_id.ok_or_else(|| AppError::not_found("payment method", &payload))?;
        let mut tx = self.db.begin_read().await?;
        let method = stored::find(&mut tx, partner_id, method_id).await?;
        tx.commit().await?;
        let method = method.ok_or_else(|| no_method(method_id))?;
        let at = match self.at(partner_id, &method.context).await {
            Ok(at) => at,
            // The keys are gone, and with them the way there.
            Err(AppError::Refused(_)) => return Ok(()),
            Err(error) => return Err(error),
        };
        let key = IdempotencyKey::new(format!("detach:{method_id}"));
        match self.outside.processor.detach(&at, &key, &method.reference).await {
            // What is not there is gone.
            Err(ProcessorError::Refused { .. }) => Ok(()),
            Err(ProcessorError::Unauthorised { .. }) => {
                self.key_refused(partner_id, &method.context).await
            }
            answer => crate::processors::answered(answer),
        }
    }
}

/// Where an owner is charged: a tenant where its partner is paid, the partner on the platform.
async fn context_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    owner: Option<TenantId>,
) -> Result<AccountContext> {
    match owner {
        Some(_) => Ok(store::processors::of(tx, partner_id).await?.context),
        None => Ok(AccountContext::Platform),
    }
}

/// Refuses to take a default away that others could replace, or that is the only one, unasked.
async fn may_go(
    tx: &mut Tx,
    (partner_id, method): (PartnerId, &SavedMethod),
    removal: Removal,
) -> Result<()> {
    if !method.is_default {
        return Ok(());
    }
    if stored::count_usable(tx, partner_id, method.tenant_id).await? > 1 {
        let why = "it is the default; make another method the default first";
        return Err(AppError::Conflict("another_default_needed", why.to_owned()));
    }
    if method.tenant_id.is_some() && removal == Removal::Unconfirmed {
        let why = "it is the tenant's only method; add another first, or confirm that automatic \
                   payments are switched off";
        return Err(AppError::Conflict("confirmation_needed", why.to_owned()));
    }
    Ok(())
}

async fn there(tx: &mut Tx, partner_id: PartnerId, method_id: MethodId) -> Result<SavedMethod> {
    let found = stored::find_locked(tx, partner_id, method_id).await?;
    let there = found.filter(|method| method.status != MethodStatus::Removed);
    there.ok_or_else(|| no_method(method_id))
}

fn no_method(method_id: MethodId) -> AppError {
    AppError::not_found("payment method", method_id)
}

fn unusable(method_id: MethodId, why: &str) -> AppError {
    AppError::Conflict("payment_method_unusable", format!("{method_id} {why}"))
}

/// Tells of a method as it is now.
async fn record(
    tx: &mut Tx,
    (partner_id, method): (PartnerId, &SavedMethod),
    kind: &str,
    now: Timestamp,
) -> Result<()> {
    let shown = resource::PaymentMethod::of(method, now);
    let event = Event {
        kind: kind.to_owned(),
        object_id: method.method_id.to_string(),
        object_version: method.version,
        payload: json!({ "payment_method": shown }).to_string(),
        at: now,
    };
    store::events::append(tx, partner_id, &[event]).await?;
    Ok(())
}
