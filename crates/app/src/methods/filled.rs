//! Saving a method where the payer has no script of the processor: in the sandbox.
//!
//! Decided here: the wish is written down once for a request, with its audit entry; filling it in
//! again changes nothing. Where a real processor takes the card there is nothing to fill in here,
//! because card data never comes to us (PMT-02).

use adapters::processor::sandbox;
use domain::{
    ids::{PartnerId, SetupId, TenantId},
    processor::SavedMethod,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Confirmation, NewMethod};
use crate::{
    App,
    error::{AppError, Result},
    requests::{Answer, Asking, Change, Done, Performed},
};

/// What is kept of a request: enough to go on with it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    setup_id: SetupId,
}

impl App {
    /// Saves one of the sandbox's test methods for a tenant, or for the partner itself.
    pub async fn add_test_method(
        &self,
        asking: &Asking,
        partner_id: PartnerId,
        (owner, name): (Option<TenantId>, &str),
    ) -> Result<SavedMethod> {
        let wrong = |why: String| AppError::invalid("test_method", why);
        if self.outside.processor.sandbox().is_none() {
            return Err(wrong("exists only where payments are a sandbox's".to_owned()));
        }
        let method = sandbox::test_method(name);
        let method = method.ok_or_else(|| wrong("is none of the test methods".to_owned()))?;
        let new = NewMethod { owner, kind: method.kind };
        let broken = |error| AppError::Broken(format!("a kept setup is no JSON: {error}"));
        let performed = self.perform(asking, async |app| {
            let setup_id = app.begin_setup(partner_id, new).await?;
            let body = serde_json::to_vec(&Kept { setup_id }).map_err(broken)?;
            let change = Change {
                action: "payment_method.begin",
                tenant_id: owner,
                object_id: setup_id.to_string(),
                before: None,
                after: Some(json!({ "type": new.kind.as_str() })),
            };
            let answer = Answer { status: 201, headers: Vec::new(), body };
            Ok(Done { answer, change: Some(change), secret: None })
        });
        let (Performed::Now(kept) | Performed::Before(kept)) = performed.await?;
        let Kept { setup_id } = serde_json::from_slice(&kept.body).map_err(broken)?;
        let filled_in = Confirmation::TestMethod(name.to_owned());
        let view = self.confirm_setup(partner_id, setup_id, &filled_in).await?;
        let why = view.setup.failure.unwrap_or_else(|| "is not saved yet".to_owned());
        view.method.ok_or_else(|| wrong(why))
    }
}
