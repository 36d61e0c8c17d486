//! The sandbox's test cards and bank accounts as saved methods: there is no browser in which the
//! processor's own form would save them.
//!
//! Decided here: a tenant has each test method at most once, under an id that follows from both.

use adapters::processor::{PaymentGateway, sandbox};
use domain::{
    ids::{MethodId, PartnerId, TenantId},
    processor::{MethodStatus, SavedMethod},
};
use store::{db::Tx, payment_methods};

use crate::{
    App,
    error::{AppError, Result},
};

/// What a method is saved for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavedFor {
    /// It is charged where none is named, unless the tenant has a default already.
    Default,
    /// Only where it is named.
    Naming,
}

/// A test method, for people to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestMethod {
    /// The stable name, such as `visa`.
    pub name: &'static str,
    /// What becomes of payments by it.
    pub description: &'static str,
    /// Its last four digits.
    pub last_four: &'static str,
}

/// The test methods that a payer may choose, where payments are the sandbox's.
pub fn test_methods(app: &App) -> Vec<TestMethod> {
    if app.outside.processor.sandbox().is_none() {
        return Vec::new();
    }
    // An account that is verified by two small amounts cannot be used at once.
    let usable = sandbox::TEST_METHODS.iter().filter(|it| it.name != "bank_microdeposits");
    let shown = usable.map(|it| TestMethod {
        name: it.name,
        description: it.description,
        last_four: it.last_four,
    });
    shown.collect()
}

impl App {
    /// Saves one of the sandbox's test methods for a tenant; the same one again is the same.
    pub async fn save_test_method(
        &self,
        (partner_id, tenant_id): (PartnerId, TenantId),
        (name, saved_for): (&str, SavedFor),
    ) -> Result<SavedMethod> {
        let wrong = |why: String| AppError::invalid("payment_method", why);
        let processor = &self.outside.processor;
        let sandbox = processor.sandbox();
        let sandbox = sandbox.ok_or_else(|| wrong("there are no test methods".to_owned()))?;
        let method = sandbox::test_method(name);
        let method = method.ok_or_else(|| wrong(format!("{name:?} is no test method")))?;
        let (at, ..) = self.processing(partner_id).await?;
        let setup = format!("{partner_id}/{tenant_id}/{}", at.context);
        let filled = sandbox.fill_in(&setup, method);
        let (reference, status) = match filled.status {
            adapters::processor::SetupStatus::Succeeded { method } => {
                (method, MethodStatus::Active)
            }
            adapters::processor::SetupStatus::VerifyMicrodeposits { method } => {
                (method, MethodStatus::PendingVerification)
            }
            adapters::processor::SetupStatus::Failed(decline) => {
                return Err(wrong(decline.message));
            }
            adapters::processor::SetupStatus::Waiting => {
                return Err(AppError::Broken("a form that is filled in waits".to_owned()));
            }
        };
        let shown = processor.method(&at, &reference).await;
        let shown = shown.map_err(|error| AppError::Outside(error.to_string()))?;
        let now = self.clock.now();
        let parts = [&setup[..], name];
        let saved = SavedMethod {
            method_id: MethodId::derived(tenant_id.placed_at(), &parts),
            tenant_id: Some(tenant_id),
            context: at.context,
            customer: format!("sbx_cus.{tenant_id}"),
            reference,
            kind: shown.kind,
            brand: shown.brand,
            last_four: shown.last_four,
            expires: shown.expires,
            fingerprint: shown.fingerprint,
            status,
            is_default: false,
            created_at: now,
            version: 1,
        };
        self.db
            .write(async |tx: &mut Tx| {
                let known = payment_methods::find(tx, partner_id, saved.method_id).await?;
                if let Some(known) = known {
                    return Ok(known);
                }
                let default = payment_methods::default_of(tx, partner_id, Some(tenant_id)).await?;
                let is_first = saved_for == SavedFor::Default && default.is_none();
                let is_default = is_first && saved.is_usable();
                let saved = SavedMethod { is_default, ..saved.clone() };
                payment_methods::insert(tx, partner_id, &saved).await?;
                Ok(saved)
            })
            .await
    }
}
