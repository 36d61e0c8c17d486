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
use domain::{
    paging::{Page, PageRequest},
    tenant::LimitName,
};
use serde_json::json;
use store::{db::Tx, error::StoreError};
pub use store::{
    extensions::ExtensionFilter,
    numbers::{NumberFilter, NumberState},
};

use super::{Happened, directory_changed, fields::Checks, limits::check_cap, record, the_tenant};
use crate::{
    App, close,
    error::{AppError, FieldError, Result},
    ingest::Cause,
    platform::{check_extensions, check_service},
    resource,
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
                let owner = (partner_id, tenant_id);
                check_cap(tx, owner, (LimitName::MaxDids, assignments.len())).await?;
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
                    .map(|number| told_number(("phone_number.assigned", 1), number))
                    .collect();
                record(tx, partner_id, &happened, now).await?;
                let first = assignments.first().map(|it| it.did_id.to_string());
                let cause = Cause("phone_number_id", first.unwrap_or_default());
                self.watch_tenants(tx, (partner_id, &[tenant_id].into()), &cause).await?;
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
    pub async fn release_number(
        &self,
        partner_id: PartnerId,
        did_id: PhoneNumberId,
    ) -> Result<NumberAssignment> {
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
                let number = NumberAssignment { released_at: Some(now), ..number };
                let released = told_number(("phone_number.released", 2), &number);
                record(tx, partner_id, &[released], now).await?;
                directory_changed(tx).await?;
                Ok(number)
            })
            .await
    }

    /// The partner's number with this id.
    pub async fn phone_number(
        &self,
        partner_id: PartnerId,
        did_id: PhoneNumberId,
    ) -> Result<NumberAssignment> {
        let mut tx = self.db.begin_single().await?;
        let number = store::numbers::find(&mut tx, partner_id, did_id).await?;
        tx.commit().await?;
        number.ok_or_else(|| AppError::not_found("phone number", did_id))
    }

    /// A page of the partner's numbers.
    pub async fn phone_numbers(
        &self,
        partner_id: PartnerId,
        filter: NumberFilter,
        page: &PageRequest,
    ) -> Result<Page<NumberAssignment>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::numbers::list(&mut tx, partner_id, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// Assigns one number, written with or without its plus sign.
    pub async fn assign_number(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
        number: &str,
    ) -> Result<NumberAssignment> {
        let assigned = self.assign_numbers(partner_id, tenant_id, &[number]).await;
        only_one(assigned.map_err(|error| of_one(error, "number")))
    }

    /// Assigns a number that was released again: a new assignment with an id of its own.
    pub async fn assign_again(
        &self,
        partner_id: PartnerId,
        did_id: PhoneNumberId,
        tenant_id: TenantId,
    ) -> Result<NumberAssignment> {
        let number = self.phone_number(partner_id, did_id).await?;
        if number.released_at.is_none() {
            return Err(AppError::Refused(format!("{} is assigned", number.e164)));
        }
        match self.assign_numbers(partner_id, tenant_id, &[&number.e164]).await {
            Err(AppError::Invalid(_)) => {
                Err(AppError::Refused(format!("{} is assigned by now", number.e164)))
            }
            assigned => only_one(assigned),
        }
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
                let owner = (partner_id, tenant_id);
                check_cap(tx, owner, (LimitName::MaxExtensions, names.len())).await?;
                check_service(tx, partner_id).await?;
                check_extensions(tx, (partner_id, names.len()), now).await?;
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
                    .map(|extension| told_extension(("extension.created", 1), extension))
                    .collect();
                record(tx, partner_id, &happened, now).await?;
                let first = extensions.first().map(|it| it.extension_id.to_string());
                let cause = Cause("extension_id", first.unwrap_or_default());
                self.watch_tenants(tx, (partner_id, &[tenant_id].into()), &cause).await?;
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
    ) -> Result<Extension> {
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
                let extension = Extension { removed_at: Some(now), ..extension };
                let removed = told_extension(("extension.deleted", 2), &extension);
                record(tx, partner_id, &[removed], now).await?;
                directory_changed(tx).await?;
                Ok(extension)
            })
            .await
    }

    /// Provisions one extension. A name that the tenant has is refused (EXT-01).
    pub async fn add_extension(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
        name: &str,
    ) -> Result<Extension> {
        let added = self.add_extensions(partner_id, tenant_id, &[name.to_owned()]).await;
        only_one(added.map_err(|error| of_one(error, "name")))
    }

    /// The partner's extension with this id.
    pub async fn extension(
        &self,
        partner_id: PartnerId,
        extension_id: ExtensionId,
    ) -> Result<Extension> {
        let mut tx = self.db.begin_single().await?;
        let extension = store::extensions::find(&mut tx, partner_id, extension_id).await?;
        tx.commit().await?;
        extension.ok_or_else(|| AppError::not_found("extension", extension_id))
    }

    /// A page of the partner's extensions that are there now.
    pub async fn extensions(
        &self,
        partner_id: PartnerId,
        filter: ExtensionFilter,
        page: &PageRequest,
    ) -> Result<Page<Extension>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::extensions::list(&mut tx, partner_id, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }
}

fn told_number<'a>((kind, version): (&'a str, i64), number: &NumberAssignment) -> Happened<'a> {
    let payload = json!({ "phone_number": resource::PhoneNumber::from(number) });
    Happened { kind, object_id: number.did_id.to_string(), version, payload }
}

fn told_extension<'a>((kind, version): (&'a str, i64), extension: &Extension) -> Happened<'a> {
    let payload = json!({ "extension": resource::Extension::from(extension) });
    Happened { kind, object_id: extension.extension_id.to_string(), version, payload }
}

fn only_one<T>(made: Result<Vec<T>>) -> Result<T> {
    let broken = || AppError::Broken("what was made is lost".to_owned());
    made?.pop().ok_or_else(broken)
}

/// An error about a list of one, as an error about `field`. Something that is there already is no
/// wrong field but a state that does not allow it.
fn of_one(error: AppError, field: &str) -> AppError {
    let AppError::Invalid(errors) = error else { return error };
    if let Some(taken) = errors.iter().find(|error| error.message.ends_with(" already")) {
        return AppError::Refused(format!("{field} {}", taken.message));
    }
    let named = |error: FieldError| FieldError { field: field.to_owned(), ..error };
    AppError::Invalid(errors.into_iter().map(named).collect())
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
