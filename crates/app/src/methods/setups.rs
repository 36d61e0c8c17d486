//! Saving a method: what is begun here, filled in at the processor, and kept.
//!
//! Decided here: the wish is written down first, with the account and the id of the method to be;
//! then the processor is asked, under a key made of the wish's id, and only then anything is kept.
//! Whoever comes back, the browser or an event, any number of times and in any order, finds the
//! same wish and saves the same method once. A bank account that has to be verified is kept and
//! not usable until it is (PMT-05).

use adapters::processor::{
    At, IdempotencyKey, Method, NewCustomer, NewSetup, Ours, PaymentGateway, ProcessorError,
    SecretKey, Setup, SetupStatus, connected, sandbox,
};
use domain::{
    ids::{MethodId, PartnerId, SetupId, TenantId},
    processor::{AccountContext, MethodKind, MethodStatus, SavedMethod},
    tenant::TenantStatus,
    time::Timestamp,
};
use store::{
    db::Tx,
    method_setups::{self as stored, MethodSetup, SetupState},
    payment_methods,
};

use super::{Gone, context_of, record};
use crate::{
    App,
    error::{AppError, Result},
    processors::answered,
    setup::{the_partner, the_tenant},
};

/// A method to be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewMethod {
    /// A tenant's; the partner's own where there is none.
    pub owner: Option<TenantId>,
    /// Card or bank account.
    pub kind: MethodKind,
}

/// How a wish to save a method goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// The browser is done: ask the processor.
    Look,
    /// In the sandbox: with the test method of this name.
    TestMethod(String),
    /// The two amounts, in cents, that arrived on a bank account.
    Amounts(u32, u32),
}

/// A wish to save a method, with what the browser needs for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupView {
    /// The wish.
    pub setup: MethodSetup,
    /// For the processor's script, while the wish waits.
    pub client_secret: Option<SecretKey>,
    /// For the processor's script.
    pub publishable_key: String,
    /// The account that the script has to name, where it is a connected one.
    pub account: Option<String>,
    /// Where the script is; none in the sandbox.
    pub script_url: Option<String>,
    /// The method, once it is kept.
    pub method: Option<SavedMethod>,
}

impl App {
    /// Writes a wish to save a method down and asks nobody; [`open_setup`](Self::open_setup) does.
    pub async fn begin_setup(&self, partner_id: PartnerId, new: NewMethod) -> Result<SetupId> {
        let now = self.clock.now();
        let (setup_id, method_id) = (self.ids.draw(now), self.ids.draw(now));
        self.db
            .write(async |tx| {
                let context = match new.owner {
                    None => AccountContext::Platform,
                    Some(tenant_id) => {
                        let tenant = the_tenant(tx, partner_id, tenant_id).await?;
                        if tenant.life.status() == TenantStatus::Cancelled {
                            let why = "a cancelled tenant is read only";
                            return Err(AppError::Refused(why.to_owned()));
                        }
                        self.processing_in(tx, partner_id).await?.0.context
                    }
                };
                let setup = MethodSetup {
                    partner_id,
                    setup_id,
                    tenant_id: new.owner,
                    context,
                    kind: new.kind,
                    customer: None,
                    reference: None,
                    state: SetupState::Begun,
                    failure: None,
                    method_id,
                    created_at: now,
                    version: 1,
                };
                stored::insert(tx, &setup).await?;
                Ok(setup_id)
            })
            .await
    }

    /// Asks the processor for what the browser needs to fill a wish in, and keeps what came of it
    /// so far.
    pub async fn open_setup(&self, partner_id: PartnerId, setup_id: SetupId) -> Result<SetupView> {
        let setup = self.setup(partner_id, setup_id).await?;
        if setup.state.is_final() {
            return self.setup_view(setup, None).await;
        }
        let at = self.at(partner_id, &setup.context).await?;
        let told = match &setup.reference {
            Some(reference) => {
                let told = self.outside.processor.setup(&at, reference).await;
                self.heard((partner_id, &setup.context), told).await?
            }
            None => self.ask_for_setup(&at, &setup).await?,
        };
        let setup = self.settle_setup(&setup, &told).await?;
        self.setup_view(setup, told.client_secret).await
    }

    async fn ask_for_setup(&self, at: &At, setup: &MethodSetup) -> Result<Setup> {
        let (partner_id, context) = (setup.partner_id, &setup.context);
        let customer = self.customer(at, (partner_id, setup.tenant_id)).await?;
        let new = NewSetup {
            customer: customer.clone(),
            kind: setup.kind,
            ours: ours(partner_id, setup.setup_id),
        };
        let key = IdempotencyKey::new(format!("setup:{}", setup.setup_id));
        let told = self.outside.processor.begin_setup(at, &key, &new).await;
        let told = self.heard((partner_id, context), told).await?;
        self.db
            .write(async |tx| {
                let found = stored::find_locked(tx, partner_id, setup.setup_id).await?;
                let Some(mut setup) = found.filter(|it| it.reference.is_none()) else {
                    return Ok::<(), AppError>(());
                };
                setup.customer = Some(customer.clone());
                setup.reference = Some(told.reference.clone());
                setup.state = SetupState::Waiting;
                Ok(stored::save(tx, &setup).await?)
            })
            .await?;
        Ok(told)
    }

    /// The processor's customer of an owner on this account: made once, under a key that follows
    /// from the two.
    pub async fn customer(
        &self,
        at: &At,
        (partner_id, owner): (PartnerId, Option<TenantId>),
    ) -> Result<String> {
        let mut tx = self.db.begin_read().await?;
        let known = stored::customer(&mut tx, (partner_id, owner), &at.context).await?;
        let partner = the_partner(&mut tx, partner_id).await?;
        let tenant = match owner {
            Some(tenant_id) => Some(the_tenant(&mut tx, partner_id, tenant_id).await?),
            None => None,
        };
        let before = stored::last_customer(&mut tx, (partner_id, owner), &at.context).await?;
        tx.commit().await?;
        if let Some(known) = known {
            return Ok(known);
        }
        let object_id = owner.map_or_else(|| partner_id.to_string(), |it| it.to_string());
        let (name, email) = match tenant {
            Some(tenant) => (tenant.name, tenant.billing_email),
            None => (partner.company_name, partner.billing_email),
        };
        // Where one was deleted at the processor, the answer to the first key is still that one.
        let after = before.map_or_else(String::new, |before| format!(":after:{before}"));
        let key = IdempotencyKey::new(format!("customer:{object_id}:{}{after}", at.context));
        let ours = Ours { partner_id: partner_id.to_string(), object_id };
        let new = NewCustomer { name, email, ours };
        let made = self.outside.processor.create_customer(at, &key, &new).await;
        let made = self.heard((partner_id, &at.context), made).await?;
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let owner = (partner_id, owner);
                stored::keep_customer(tx, owner, (&at.context, &made), now).await?;
                let kept = stored::customer(tx, owner, &at.context).await?;
                kept.ok_or_else(|| AppError::Broken("a kept customer is gone".to_owned()))
            })
            .await
    }

    /// Goes on with a wish: looks what the browser did, or does it with a test method, or verifies
    /// a bank account.
    pub async fn confirm_setup(
        &self,
        partner_id: PartnerId,
        setup_id: SetupId,
        confirmation: &Confirmation,
    ) -> Result<SetupView> {
        let view = self.open_setup(partner_id, setup_id).await?;
        let setup = view.setup;
        let Some(reference) = setup.reference.clone().filter(|_| !setup.state.is_final()) else {
            return self.setup_view(setup, None).await;
        };
        let told = match confirmation {
            Confirmation::Look => return self.setup_view(setup, view.client_secret).await,
            Confirmation::TestMethod(name) => self.filled_in(&setup, &reference, name)?,
            Confirmation::Amounts(first, second) => {
                if setup.state != SetupState::Verifying {
                    let why = "there is no bank account to be verified".to_owned();
                    return Err(AppError::Refused(why));
                }
                let at = self.at(partner_id, &setup.context).await?;
                // Each pair of amounts is another request: the answer to a wrong one is kept.
                let key = IdempotencyKey::new(format!("verify:{setup_id}:{first}:{second}"));
                let told = (reference.as_str(), (*first, *second));
                match self.outside.processor.verify_microdeposits(&at, &key, told).await {
                    Err(error @ ProcessorError::Refused { .. }) => {
                        return Err(AppError::invalid("amounts", error.to_string()));
                    }
                    told => self.heard((partner_id, &setup.context), told).await?,
                }
            }
        };
        let setup = self.settle_setup(&setup, &told).await?;
        self.setup_view(setup, told.client_secret).await
    }

    /// What the sandbox says when a wish is filled in with a test method.
    fn filled_in(&self, setup: &MethodSetup, reference: &str, name: &str) -> Result<Setup> {
        let refuse = |why: &str| Err(AppError::invalid("test_method", why));
        let Some(sandbox) = self.outside.processor.sandbox() else {
            return refuse("exists only where payments are a sandbox's");
        };
        match sandbox::test_method(name) {
            None => refuse("is none of the sandbox's test methods"),
            Some(method) if method.kind != setup.kind => refuse("is of another kind"),
            Some(method) => Ok(sandbox.fill_in(reference, method)),
        }
    }

    /// Where the saving of a method stands, as the processor says now.
    pub async fn setup_told(&self, context: &AccountContext, told: &Setup) -> Result<()> {
        let mut tx = self.db.begin_read().await?;
        let mut found = stored::find_by_reference(&mut tx, context, &told.reference).await?;
        // The event may come before we have written down what its object is called there.
        if let (None, Some(ours)) = (&found, &told.ours)
            && let (Ok(partner_id), Ok(setup_id)) =
                (ours.partner_id.parse::<PartnerId>(), ours.object_id.parse::<SetupId>())
        {
            found = stored::find(&mut tx, partner_id, setup_id).await?;
        }
        tx.commit().await?;
        let known = found.filter(|setup| setup.context == *context && !setup.state.is_final());
        let Some(setup) = known else { return Ok(()) };
        self.settle_setup(&setup, told).await.map(drop)
    }

    /// Keeps what came of a wish.
    async fn settle_setup(&self, setup: &MethodSetup, told: &Setup) -> Result<MethodSetup> {
        let partner_id = setup.partner_id;
        let method = match &told.status {
            SetupStatus::Succeeded { method } | SetupStatus::VerifyMicrodeposits { method } => {
                let at = self.at(partner_id, &setup.context).await?;
                let method = self.outside.processor.method(&at, method).await;
                Some(self.heard((partner_id, &setup.context), method).await?)
            }
            SetupStatus::Waiting | SetupStatus::Failed(_) => None,
        };
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let found = stored::find_locked(tx, partner_id, setup.setup_id).await?;
                let mut setup = found.ok_or_else(|| no_setup(setup.setup_id))?;
                if setup.state.is_final() {
                    return Ok(setup);
                }
                let before = setup.clone();
                setup.reference.get_or_insert_with(|| told.reference.clone());
                if let Some(method) = &method {
                    setup.customer = setup.customer.or_else(|| method.customer.clone());
                }
                self.settle_in(tx, (&mut setup, told), (method.as_ref(), now)).await?;
                if setup != before {
                    stored::save(tx, &setup).await?;
                    setup.version += 1;
                }
                Ok(setup)
            })
            .await
    }

    async fn settle_in(
        &self,
        tx: &mut Tx,
        (setup, told): (&mut MethodSetup, &Setup),
        (method, now): (Option<&Method>, Timestamp),
    ) -> Result<()> {
        match (&told.status, method) {
            (SetupStatus::VerifyMicrodeposits { .. }, Some(method)) => {
                setup.state = SetupState::Verifying;
                keep(tx, (setup, method), (MethodStatus::PendingVerification, now)).await
            }
            (SetupStatus::Succeeded { .. }, Some(method)) => {
                setup.state = SetupState::Succeeded;
                keep(tx, (setup, method), (MethodStatus::Active, now)).await
            }
            (SetupStatus::Failed(decline), _) => {
                setup.state = SetupState::Failed;
                setup.failure = Some(decline.to_string());
                let partner_id = setup.partner_id;
                let pending = payment_methods::find_locked(tx, partner_id, setup.method_id).await?;
                match pending.filter(|it| it.status == MethodStatus::PendingVerification) {
                    Some(pending) => self.remove(tx, (partner_id, pending), now).await.map(drop),
                    None => Ok(()),
                }
            }
            _ => {
                if setup.state == SetupState::Begun {
                    setup.state = SetupState::Waiting;
                }
                Ok(())
            }
        }
    }

    async fn setup(&self, partner_id: PartnerId, setup_id: SetupId) -> Result<MethodSetup> {
        let mut tx = self.db.begin_read().await?;
        let found = stored::find(&mut tx, partner_id, setup_id).await?;
        tx.commit().await?;
        found.ok_or_else(|| no_setup(setup_id))
    }

    /// The wish that saves this method, or the one with this id.
    pub async fn find_setup(&self, partner_id: PartnerId, name: &str) -> Result<MethodSetup> {
        if let Ok(setup_id) = name.parse::<SetupId>() {
            return self.setup(partner_id, setup_id).await;
        }
        let none = || AppError::not_found("payment method", name);
        let method_id: MethodId = name.parse().map_err(|_| none())?;
        let mut tx = self.db.begin_read().await?;
        let found = stored::of_method(&mut tx, partner_id, method_id).await?;
        tx.commit().await?;
        found.ok_or_else(none)
    }

    async fn setup_view(
        &self,
        setup: MethodSetup,
        client_secret: Option<SecretKey>,
    ) -> Result<SetupView> {
        let partner_id = setup.partner_id;
        let mut tx = self.db.begin_read().await?;
        let method = payment_methods::find(&mut tx, partner_id, setup.method_id).await?;
        let keys = store::processors::keys(&mut tx, partner_id).await?;
        tx.commit().await?;
        let settings = &self.outside.payments;
        let publishable_key = match (&setup.context, keys) {
            (AccountContext::Custom(_), Some(keys)) => keys.publishable_key,
            _ => settings.publishable_key.clone(),
        };
        Ok(SetupView {
            account: connected(&setup.context).map(|it| it.as_str().to_owned()),
            client_secret: client_secret.filter(|_| !setup.state.is_final()),
            publishable_key,
            script_url: settings.script_url.clone(),
            method: method.filter(|it| it.status != MethodStatus::Removed),
            setup,
        })
    }

    /// What a call about a partner's account came to; a key that is refused is written down.
    pub async fn heard<T>(
        &self,
        (partner_id, context): (PartnerId, &AccountContext),
        answer: Result<T, ProcessorError>,
    ) -> Result<T> {
        if let (Err(ProcessorError::Unauthorised { .. }), AccountContext::Custom(account)) =
            (&answer, context)
        {
            self.key_refused(partner_id, context).await?;
            let account = account.as_str();
            let why = format!("the payment processor no longer accepts the keys of {account}");
            return Err(AppError::Refused(why));
        }
        answered(answer)
    }

    /// Looks at a method again at the processor, for events that name one.
    pub async fn look_at_method(
        &self,
        (partner_id, context): (PartnerId, &AccountContext),
        reference: &str,
    ) -> Result<()> {
        let at = self.at(partner_id, context).await?;
        let method = self.outside.processor.method(&at, reference).await;
        let method = self.heard((partner_id, context), method).await?;
        let gone = if method.customer.is_none() { Gone::Detached } else { Gone::No };
        self.method_told(context, &method, gone).await
    }
}

/// Keeps a method, or says of one that was pending that it is usable now.
async fn keep(
    tx: &mut Tx,
    (setup, told): (&MethodSetup, &Method),
    (status, now): (MethodStatus, Timestamp),
) -> Result<()> {
    let (partner_id, owner) = (setup.partner_id, setup.tenant_id);
    // PMT-10: the mode may have changed since the wish was begun.
    let is_here = context_of(tx, partner_id, owner).await? == setup.context;
    let status = if is_here { status } else { MethodStatus::NeedsReentry };
    let is_first = status == MethodStatus::Active
        && payment_methods::default_of(tx, partner_id, owner).await?.is_none();
    let known = payment_methods::find_locked(tx, partner_id, setup.method_id).await?;
    if let Some(known) = known {
        if known.status != MethodStatus::PendingVerification || known.status == status {
            return Ok(());
        }
        let mut verified = SavedMethod { status, is_default: is_first, ..known };
        payment_methods::save(tx, partner_id, &verified).await?;
        verified.version += 1;
        return record(tx, (partner_id, &verified), "payment_method.updated", now).await;
    }
    let method = SavedMethod {
        method_id: setup.method_id,
        tenant_id: owner,
        context: setup.context.clone(),
        customer: setup.customer.clone().unwrap_or_default(),
        reference: told.reference.clone(),
        kind: told.kind,
        brand: told.brand.clone(),
        last_four: told.last_four.clone(),
        expires: told.expires,
        fingerprint: told.fingerprint.clone(),
        status,
        is_default: is_first,
        created_at: now,
        version: 1,
    };
    if payment_methods::insert(tx, partner_id, &method).await? {
        record(tx, (partner_id, &method), "payment_method.attached", now).await?;
    }
    Ok(())
}

fn ours(partner_id: PartnerId, setup_id: SetupId) -> Ours {
    Ours { partner_id: partner_id.to_string(), object_id: setup_id.to_string() }
}

fn no_setup(setup_id: SetupId) -> AppError {
    AppError::not_found("payment method setup", setup_id)
}
