//! Suspending a tenant, resuming its service, deleting it, bringing it back (TNT-17 to TNT-31).
//!
//! Decided here: what is asked before. Deleting wants the tenant's name typed (TNT-27).

use app::{App, error::AppError};
use axum::{extract::Path, http::StatusCode, response::Response};
use domain::tenant::{SuspensionReason, TenantEvent, TenantStatus};
use maud::{Markup, html};

use super::{changed, reached};
use crate::portal::{
    change::Refusal,
    guest::{Fault, Guest},
    parts::{Area, Confirm, Field, other_errors},
    shell::{self, Frame, Page},
};

/// Asks why before a tenant is suspended.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Suspend {
    id: String,
    name: String,
    why: String,
    errors: Vec<app::error::FieldError>,
}

impl Page for Suspend {
    fn title(&self) -> String {
        "Suspend tenant".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let confirm = Confirm {
            question: &format!("Suspend {}?", self.name),
            action: &format!("/tenants/{}/suspend", self.id),
            button: "Suspend",
            back: &format!("/tenants/{}", self.id),
            seen: None,
        };
        let effects = html! {
            (other_errors(&self.errors, &["why"]))
            ul {
                li { "Calls no longer go through, in neither direction; emergency calls still do." }
                li { "No extensions can be added." }
                li { "Its people see a page that says that service is suspended." }
                li { "Recurring charges go on. You can resume service at any time." }
            }
        };
        confirm.render(frame, &effects, &html! {
            (Area::new("why", "Reason").value(&self.why).errors(&self.errors).rows(2).longest(500)
                .hint("For your audit log; the tenant does not see it.").render())
        })
    }

    fn samples() -> Vec<Self> {
        let id = "tnt_00000000000000000000000001".to_owned();
        let error = |field: &str| app::error::FieldError {
            field: field.to_owned(),
            message: "is too long".to_owned(),
        };
        vec![Self {
            id,
            name: "<b>Smith</b>".to_owned(),
            why: "</textarea><script>".to_owned(),
            errors: vec![error("why"), error("")],
        }]
    }
}

/// Asks for the tenant's name before it is deleted.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Delete {
    id: String,
    name: String,
    version: i64,
    numbers: i64,
    extensions: i64,
    typed: String,
    errors: Vec<app::error::FieldError>,
}

impl Page for Delete {
    fn title(&self) -> String {
        "Delete tenant".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let confirm = Confirm {
            question: &format!("Delete {}?", self.name),
            action: &format!("/tenants/{}/delete", self.id),
            button: "Delete",
            back: &format!("/tenants/{}", self.id),
            seen: Some(self.version),
        };
        let effects = html! {
            (other_errors(&self.errors, &["confirm_name"]))
            ul {
                li { "Its status becomes cancelled, and its calls stop at once." }
                li { "Its extensions (" (self.extensions) ") are gone." }
                li { "Its phone numbers (" (self.numbers) ") go back to your inventory." }
                li { "A last invoice bills what is open." }
                li { "After 90 days its data is removed for good. Until then it can come back." }
            }
            @if self.numbers > 0 {
                p.alert.warning {
                    "It still has phone numbers. If the customer keeps them, port them out first."
                }
            }
        };
        confirm.render(
            frame,
            &effects,
            &html! {
                (Field::text("confirm_name", "Type the tenant's name").value(&self.typed)
                    .errors(&self.errors).hint(&self.name).render())
            },
        )
    }

    fn samples() -> Vec<Self> {
        let id = "tnt_00000000000000000000000001".to_owned();
        let error = |field: &str| app::error::FieldError {
            field: field.to_owned(),
            message: "is not the tenant's name".to_owned(),
        };
        vec![Self {
            id,
            name: "<b>Smith</b>".to_owned(),
            version: 3,
            numbers: 2,
            extensions: 0,
            typed: "\"><script>".to_owned(),
            errors: vec![error("confirm_name"), error("")],
        }]
    }
}

pub(super) async fn ask_suspend(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (_, tenant) = reached(&guest, &id).await?;
    let page = Suspend { id, name: tenant.name, why: String::new(), errors: Vec::new() };
    Ok(shell::show(&guest, &page))
}

pub(super) async fn suspend(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (_, tenant) = reached(&guest, &id).await?;
    let why = guest.fields.typed("why", 500).trim().to_owned();
    let event = TenantEvent::Suspend(SuspensionReason::Manual);
    let (tenant_id, about) = (tenant.tenant_id, (tenant.tenant_id, "tenant.suspend", why.clone()));
    let done = changed(&guest, about, async move |app, partner_id| {
        app.change_tenant(partner_id, tenant_id, event).await
    });
    match done.await? {
        Ok(()) => Ok(guest.go(&format!("/tenants/{id}?done=suspended"))),
        Err(error) => {
            let Refusal { status, errors, .. } = Refusal::of(error)?;
            let page = Suspend { id, name: tenant.name, why, errors };
            Ok(shell::with_status(&guest, status, &page))
        }
    }
}

async fn moved(
    guest: &Guest,
    id: &str,
    (event, action, done): (TenantEvent, &'static str, &str),
) -> Result<Response, Fault> {
    let (_, tenant) = reached(guest, id).await?;
    let tenant_id = tenant.tenant_id;
    let outcome =
        changed(guest, (tenant_id, action, String::new()), async move |app, partner_id| {
            app.change_tenant(partner_id, tenant_id, event).await
        });
    outcome.await??;
    Ok(guest.go(&format!("/tenants/{id}?done={done}")))
}

pub(super) async fn resume(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    moved(&guest, &id, (TenantEvent::Restore, "tenant.unsuspend", "resumed")).await
}

pub(super) async fn activate(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    moved(&guest, &id, (TenantEvent::Activate, "tenant.activate", "activated")).await
}

pub(super) async fn reactivate(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    moved(&guest, &id, (TenantEvent::Reactivate, "tenant.reactivate", "reactivated")).await
}

async fn deletion(guest: &Guest, id: String) -> Result<Delete, Fault> {
    let (partner_id, tenant) = reached(guest, &id).await?;
    if tenant.life.status() == TenantStatus::Cancelled {
        let text = "It is deleted already.".to_owned();
        return Err(Fault::Page(StatusCode::CONFLICT, "Not possible now", text));
    }
    let counts = guest.portal.app().present_of(partner_id, &[tenant.tenant_id]).await?;
    let own = counts.get(&tenant.tenant_id);
    Ok(Delete {
        id,
        name: tenant.name,
        version: tenant.version,
        numbers: own.map_or(0, |own| own.phone_numbers),
        extensions: own.map_or(0, |own| own.extensions),
        typed: String::new(),
        errors: Vec::new(),
    })
}

pub(super) async fn ask_delete(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    Ok(shell::show(&guest, &deletion(&guest, id).await?))
}

pub(super) async fn delete(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let page = deletion(&guest, id).await?;
    let (_, tenant) = reached(&guest, &page.id).await?;
    let typed = guest.fields.typed("confirm_name", 200);
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let (tenant_id, name) = (tenant.tenant_id, typed.clone());
    let about = (tenant_id, "tenant.delete", String::new());
    let done = changed(&guest, about, async move |app: &App, partner_id| {
        let tenant = app.tenant(partner_id, tenant_id).await?;
        if tenant.name != name.trim() {
            return Err(AppError::invalid("confirm_name", "is not the tenant's name"));
        }
        if tenant.version != seen {
            let why = "The tenant was changed meanwhile; look at it again before you delete it.";
            return Err(AppError::Refused(why.to_owned()));
        }
        app.change_tenant(partner_id, tenant_id, TenantEvent::Cancel).await
    });
    match done.await? {
        Ok(()) => Ok(guest.go("/tenants?done=deleted")),
        Err(error) => {
            let Refusal { status, errors, .. } = Refusal::of(error)?;
            Ok(shell::with_status(&guest, status, &Delete { typed, errors, ..page }))
        }
    }
}
