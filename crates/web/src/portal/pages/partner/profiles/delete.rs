//! Deleting a profile, after one more look.

use app::{
    error::{AppError, FieldError},
    resource,
    setup::SavedProfile,
};
use axum::{extract::Path, response::Response};
use maud::{Markup, html};

use super::edit::reached;
use crate::{
    api::write::Outcome,
    portal::{
        change::Refusal,
        guest::{Fault, Guest},
        parts::{Confirm, other_errors},
        shell::{self, Frame, Page},
    },
};

/// Asks once more before a profile goes.
#[derive(Debug)]
pub(in crate::portal) struct Delete {
    id: String,
    name: String,
    seen: i64,
    errors: Vec<FieldError>,
}

impl Page for Delete {
    fn title(&self) -> String {
        "Delete billing profile".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let path = format!("/settings/profiles/{}", self.id);
        let confirm = Confirm {
            question: &format!("Delete {}?", self.name),
            action: &format!("{path}/delete"),
            button: "Delete Profile",
            back: &path,
            seen: Some(self.seen),
        };
        let effects = html! {
            (other_errors(&self.errors, &[]))
            p { "The profile and its versions are gone for good. Invoices that were issued keep "
                "what they say. A profile that a tenant uses, or will use, cannot be deleted." }
        };
        confirm.render(frame, &effects, &html! {})
    }

    fn samples() -> Vec<Self> {
        let error = FieldError { field: String::new(), message: "3 tenants use it.".to_owned() };
        vec![Self {
            id: "prf_00000000000000000000000001".to_owned(),
            name: "<b>Small Office</b>".to_owned(),
            seen: 3,
            errors: vec![error],
        }]
    }
}

impl Delete {
    fn of(saved: &SavedProfile, errors: Vec<FieldError>) -> Self {
        Self {
            id: saved.version.profile_id.to_string(),
            name: saved.version.terms.name.clone(),
            seen: saved.version.version,
            errors,
        }
    }
}

pub(super) async fn ask(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let saved = reached(&guest, &id).await?;
    Ok(shell::show(&guest, &Delete::of(&saved, Vec::new())))
}

pub(super) async fn delete(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let saved = reached(&guest, &id).await?;
    let (partner_id, profile_id) = (guest.partner_id()?, saved.version.profile_id);
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let deleted = guest.write(async move |app| {
        let before = app.profile(partner_id, profile_id).await?;
        if before.version.version != seen {
            return Err(AppError::Stale("the profile"));
        }
        app.delete_profile(partner_id, profile_id).await?;
        let before = resource::BillingProfile::from(&before);
        Outcome::gone().audited("billing_profile.delete", profile_id, Some(&before))
    });
    match deleted.await? {
        Ok(()) => Ok(guest.go("/settings/profiles?done=gone")),
        Err(error) => {
            let mut refusal = Refusal::of(error)?;
            if refusal.is_stale.is_some() {
                let message = "It was changed meanwhile. Look at it again.".to_owned();
                refusal.errors.push(FieldError { field: String::new(), message });
            }
            let page = Delete::of(&saved, refusal.errors);
            Ok(shell::with_status(&guest, refusal.status, &page))
        }
    }
}
