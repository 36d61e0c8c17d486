//! Numbers and extensions of a tenant: what billing counts of them.
//!
//! Decided here: a number belongs to one tenant at a time on the whole platform; its class is read
//! off its digits (MET-06). A tenant without service gets nothing more (TEN-04).

use domain::{
    account::{Extension, NumberAssignment},
    ids::{ExtensionId, PartnerId, PhoneNumberId, TenantId},
    phone::{CallClass, E164},
    time::Timestamp,
};
use serde_json::json;
use store::{db::Tx, error::StoreError};

use super::{Happened, directory_changed, fields::Checks, record, the_tenant};
use crate::{
    App, close,
    error::{AppError, Result},
};

/// Most numbers or extensions in one request: beyond this a transaction holds the book too long.
const MAX_AT_ONCE: usize = 10_000;

impl App {
    /// Assigns numbers, digits with the country code, to a tenant: all of them or none.
    pub async fn assign_numbers(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
        numbers: &[&str],
    ) -> Result<Vec<NumberAssignment>> {
        let now = self.clock.now();
        let assignments = self.assignments(tenant_id, numbers, now)?;
        self.db
            .write(async |tx| {
                lock_growing(tx, partner_id, tenant_id).await?;
                let mut checks = Checks::default();
                for (index, number) in assignments.iter().enumerate() {
                    let is_free = !store::numbers::is_assigned(tx, &number.e164).await?;
                    checks.require(&format!("numbers.{index}"), is_free, "is assigned already");
                }
                checks.finish()?;
                store::numbers::insert_all(tx, partner_id, &assignments).await.map_err(
                    |error: StoreError| {
                        // Two at once may have asked for the same number.
                        if error.is_unique_violation() {
                            AppError::invalid("numbers", "one is assigned already")
                        } else {
                            error.into()
                        }
                    },
                )?;
                let items: Vec<String> =
                    assignments.iter().map(|number| format!("did:{}", number.e164)).collect();
                close::debit_added(tx, partner_id, &items, now).await?;
                let happened: Vec<Happened<'_>> = assignments
                    .iter()
                    .map(|number| Happened {
                        kind: "phone_number.assigned",
                        object_id: number.did_id.to_string(),
                        version: 1,
                        payload: json!({ "tenant_id": tenant_id, "e164": number.e164 }),
                    })
                    .collect();
                record(tx, partner_id, &happened, now).await?;
                directory_changed(tx).await
            })
            .await?;
        Ok(assignments)
    }

    fn assignments(
        &self,
        tenant_id: TenantId,
        numbers: &[&str],
        now: Timestamp,
    ) -> Result<Vec<NumberAssignment>> {
        let mut checks = Checks::default();
        check_count(&mut checks, "numbers", numbers.len());
        let mut assignments: Vec<NumberAssignment> = Vec::with_capacity(numbers.len());
        for (index, text) in numbers.iter().enumerate() {
            let digits = text.strip_prefix('+').unwrap_or(text);
            let Some(e164) = checks.parse(&format!("numbers.{index}"), E164::parse(digits)) else {
                continue;
            };
            let class = if e164.is_toll_free() { CallClass::TollFree } else { CallClass::Local };
            assignments.push(NumberAssignment {
                did_id: self.ids.draw(now),
                tenant_id,
                e164: e164.as_str().to_owned(),
                class,
                assigned_at: now,
                released_at: None,
            });
        }
        let distinct: std::collections::BTreeSet<&str> =
            assignments.iter().map(|number| number.e164.as_str()).collect();
        checks.require("numbers", distinct.len() == assignments.len(), "name one twice");
        checks.finish()?;
        Ok(assignments)
    }

    /// Releases a number: it counts for the tenant until now (PLT-20).
    pub async fn release_number(&self, partner_id: PartnerId, did_id: PhoneNumberId) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let number = store::numbers::find(tx, partner_id, did_id).await?;
                let number = number.ok_or_else(|| AppError::not_found("phone number", did_id))?;
                if number.released_at.is_some() {
                    return Err(AppError::Refused(format!("{} is released", number.e164)));
                }
                store::numbers::release(tx, partner_id, did_id, now).await?;
                let released = Happened {
                    kind: "phone_number.released",
                    object_id: did_id.to_string(),
                    version: 2,
                    payload: json!({ "tenant_id": number.tenant_id, "e164": number.e164 }),
                };
                record(tx, partner_id, &[released], now).await?;
                directory_changed(tx).await
            })
            .await
    }

    /// Provisions extensions of a tenant, by their names on the switch: all of them or none.
    pub async fn add_extensions(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
        names: &[String],
    ) -> Result<Vec<Extension>> {
        let now = self.clock.now();
        let mut checks = Checks::default();
        check_count(&mut checks, "names", names.len());
        for (index, name) in names.iter().enumerate() {
            checks.switch_name(&format!("names.{index}"), name);
        }
        let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
        checks.require("names", distinct.len() == names.len(), "name one twice");
        checks.finish()?;
        let extensions: Vec<Extension> = names
            .iter()
            .map(|name| Extension {
                extension_id: self.ids.draw(now),
                tenant_id,
                name: name.clone(),
                created_at: now,
                removed_at: None,
            })
            .collect();
        self.db
            .write(async |tx| {
                lock_growing(tx, partner_id, tenant_id).await?;
                let present =
                    store::extensions::present_names(tx, partner_id, tenant_id, names).await?;
                let mut checks = Checks::default();
                for name in &present {
                    checks.refuse("names", format!("{name} exists already"));
                }
                checks.finish()?;
                store::extensions::insert_all(tx, partner_id, &extensions).await?;
                let items: Vec<String> =
                    extensions.iter().map(|it| format!("ext:{}", it.extension_id)).collect();
                close::debit_added(tx, partner_id, &items, now).await?;
                let happened: Vec<Happened<'_>> = extensions
                    .iter()
                    .map(|extension| Happened {
                        kind: "extension.created",
                        object_id: extension.extension_id.to_string(),
                        version: 1,
                        payload: json!({ "tenant_id": tenant_id, "name": extension.name }),
                    })
                    .collect();
                record(tx, partner_id, &happened, now).await?;
                directory_changed(tx).await
            })
            .await?;
        Ok(extensions)
    }

    /// Removes an extension: it counts until now.
    pub async fn remove_extension(
        &self,
        partner_id: PartnerId,
        extension_id: ExtensionId,
    ) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let extension = store::extensions::find(tx, partner_id, extension_id).await?;
                let extension =
                    extension.ok_or_else(|| AppError::not_found("extension", extension_id))?;
                if extension.removed_at.is_some() {
                    return Err(AppError::Refused(format!("{} is removed", extension.name)));
                }
                store::extensions::remove(tx, partner_id, extension_id, now).await?;
                let removed = Happened {
                    kind: "extension.deleted",
                    object_id: extension_id.to_string(),
                    version: 2,
                    payload: json!({ "tenant_id": extension.tenant_id, "name": extension.name }),
                };
                record(tx, partner_id, &[removed], now).await?;
                directory_changed(tx).await
            })
            .await
    }
}

/// Holds the book and refuses a tenant without service.
async fn lock_growing(tx: &mut Tx, partner_id: PartnerId, tenant_id: TenantId) -> Result<()> {
    store::ledger::lock_book(tx, partner_id).await?;
    let tenant = the_tenant(tx, partner_id, tenant_id).await?;
    tenant.may_grow().map_err(|refusal| AppError::Refused(refusal.to_string()))
}

fn check_count(checks: &mut Checks, field: &str, count: usize) {
    let in_range = (1..=MAX_AT_ONCE).contains(&count);
    checks.require(field, in_range, "must be 1 to 10,000 at once");
}
