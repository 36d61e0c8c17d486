//! The partner itself: its company, how it shows itself, what it is mailed about (BRD, NTF).
//!
//! Decided here: an edit acts on the next page and on what is issued from now on. A logo is PNG or
//! JPEG, told by its bytes: the files that tenants get cannot hold drawings of other kinds.

mod branding;
mod company;
mod notifications;

#[cfg(test)]
pub(in crate::portal) use self::{
    branding::Branding, company::Company, notifications::Notifications,
};

use app::{
    error::{AppError, FieldError},
    resource,
    setup::PartnerEdit,
};
use axum::{
    Router,
    routing::{get, post},
};
use maud::Markup;

use crate::{
    api::write::Outcome,
    portal::{
        Portal,
        change::Refusal,
        guest::{Fault, Guest},
        parts::{Tab, tabs},
        shell::Frame,
    },
};

const COMPANY: &str = "/settings/company";
const BRANDING: &str = "/settings/branding";
const NOTIFICATIONS: &str = "/settings/notifications";

/// The tabs, with the one at `at` shown.
fn tab_bar(frame: &Frame, at: &str) -> Markup {
    const TABS: [Tab<'_>; 3] = [
        Tab { name: "Company", path: COMPANY },
        Tab { name: "Branding", path: BRANDING },
        Tab { name: "Notifications", path: NOTIFICATIONS },
    ];
    tabs(frame, "Settings", &TABS, at)
}

/// The pages of this subject.
pub(in crate::portal) fn routes() -> Router<Portal> {
    Router::new()
        .route("/settings/company", get(company::show).post(company::save))
        .route("/settings/branding", get(branding::show).post(branding::save))
        .route("/settings/branding/logo", post(branding::logo))
        .route("/settings/notifications", get(notifications::show).post(notifications::save))
}

/// Edits the partner, if it still has version `seen`, written down without its logo.
async fn edit(
    guest: &Guest,
    (seen, edit): (i64, PartnerEdit),
) -> Result<Result<(), AppError>, Fault> {
    let partner_id = guest.partner_id()?;
    guest
        .write(async move |app| {
            let before = resource::Partner::from(&app.partner(partner_id).await?);
            let partner = app.edit_partner((partner_id, seen), &edit).await?;
            let outcome = Outcome::ok(&resource::Partner::from(&partner))?;
            outcome.audited("partner.edit", partner_id, Some(&before))
        })
        .await
}

/// Why an edit was refused, under the names of the form's fields; a stale one says whose is there.
async fn refusal(guest: &Guest, error: AppError) -> Result<Refusal, Fault> {
    let mut refusal = Refusal::of(error)?;
    for error in &mut refusal.errors {
        if let Some(name) = error.field.strip_prefix("brand.") {
            error.field = if name == "name" { "brand_name".to_owned() } else { name.to_owned() };
        }
    }
    if refusal.is_stale.is_some() {
        let (who, when) = guest.last_to_change(&guest.partner_id()?.to_string()).await?;
        let who = if who.is_empty() { "Somebody else".to_owned() } else { who };
        let message = format!(
            "{who} changed these settings meanwhile ({when}). What you typed is kept: check it \
             and save again."
        );
        refusal.errors.push(FieldError { field: String::new(), message });
    }
    Ok(refusal)
}

/// The version that the form was made from.
fn seen(guest: &Guest) -> i64 {
    guest.fields.get("seen").parse().unwrap_or(-1)
}
