//! Choosing another way of being paid: what follows is told first.
//!
//! Decided here: the link to the processor's form is on one page, once, and is neither kept nor
//! written to a log; it is a link, because a form may not lead to another site.

use app::{
    App,
    error::{AppError, FieldError},
    processors::{NewKeys, SecretKey},
    requests::{Asking, Change},
    resource,
};
use axum::{extract::RawQuery, response::Response};
use domain::{ids::PartnerId, processor::ProcessorMode};
use maud::{Markup, html};

use super::{
    TENANTS,
    processor::{mode_name, refused},
};
use crate::{
    api::write::Outcome,
    portal::{
        change::Refusal,
        fields::Fields,
        guest::{Fault, Guest},
        parts::{Confirm, crumbs, hidden},
        shell::{self, Frame, Page},
    },
};

/// Asks once more before charges go elsewhere.
#[derive(Debug)]
pub(in crate::portal) struct Mode {
    mode: &'static str,
    name: &'static str,
    seen: i64,
}

impl Page for Mode {
    fn title(&self) -> String {
        "Change how tenants pay".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let confirm = Confirm {
            question: &format!("Change to {}?", self.name),
            action: "/settings/billing/tenants/mode",
            button: "Change",
            back: TENANTS,
            seen: Some(self.seen),
        };
        let effects = html! {
            ul {
                li { "New payments go there from now on. What was paid is refunded where it was "
                    "paid." }
                li { "Where that is another account, payment methods that your tenants saved "
                    "cannot be used there: they have to enter them again, and their automatic "
                    "payments are switched off. You get a mail with how many that are." }
            }
        };
        confirm.render(frame, &effects, &hidden("to", self.mode))
    }

    fn samples() -> Vec<Self> {
        vec![Self { mode: "connect", name: "Stripe Connect", seen: 2 }]
    }
}

fn mode(text: &str) -> Result<ProcessorMode, Fault> {
    ProcessorMode::parse(text).ok_or(Fault::Nowhere)
}

pub(super) async fn ask(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    // Nothing was chosen yet: the ways stand on the tab.
    if fields.get("to").is_empty() {
        return Ok(guest.go(TENANTS));
    }
    let mode = mode(fields.get("to"))?;
    let view = guest.portal.app().processor(guest.partner_id()?).await?;
    let (name, seen) = (mode_name(mode), view.processing.version);
    Ok(shell::show(&guest, &Mode { mode: mode.as_str(), name, seen }))
}

pub(super) async fn choose(guest: Guest) -> Result<Response, Fault> {
    let (mode, partner_id) = (mode(guest.fields.get("to"))?, guest.partner_id()?);
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let done = guest.write(async move |app| {
        let before = resource::PaymentProcessor::from(&app.processor(partner_id).await?);
        let view = app.choose_mode((partner_id, seen), mode).await?;
        let outcome = Outcome::ok(&resource::PaymentProcessor::from(&view))?;
        outcome.audited("processor.edit", partner_id, Some(&before))
    });
    match done.await? {
        Ok(()) => Ok(guest.go(&format!("{TENANTS}?done=mode"))),
        Err(error) => refused(&guest, Refusal::of(error)?).await,
    }
}

/// The way to the processor's form.
#[derive(Debug)]
pub(in crate::portal) struct Onboarding {
    url: String,
}

impl Page for Onboarding {
    fn title(&self) -> String {
        "Connect with Stripe".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (crumbs(frame, TENANTS, "Tenant Billing"))
            section.panel {
                h1 { "Connect with Stripe" }
                p { "Your account is made. Stripe's form opens in a new tab; the link works once "
                    "and for a few minutes. Payments go to the platform's account until yours is "
                    "ready." }
                p { a.button.primary href=(self.url) target="_blank"
                    rel="noopener noreferrer" { "Open Stripe" } }
                form method="post" action=(frame.path("/settings/billing/tenants/refresh")) {
                    (frame.seal())
                    button.button type="submit" { "I am done: check again" }
                }
                p.below { a href=(frame.path(TENANTS)) { "Go back" } }
            }
        }
    }

    fn samples() -> Vec<Self> {
        vec![Self { url: "https://connect.example/setup/acct_1/\"><b>x".to_owned() }]
    }
}

/// Writes a change down that was made in transactions of its own.
async fn noted(
    app: &App,
    (asking, partner_id): (&Asking, PartnerId),
    action: &'static str,
) -> Result<(), AppError> {
    let view = app.processor(partner_id).await?;
    let change = Change {
        action,
        tenant_id: None,
        object_id: partner_id.to_string(),
        before: None,
        after: serde_json::to_value(resource::PaymentProcessor::from(&view)).ok(),
    };
    app.note_change(asking, &change).await
}

pub(super) async fn connect(guest: Guest) -> Result<Response, Fault> {
    let (partner_id, asking) = (guest.partner_id()?, guest.asking()?);
    let run = async move |app: App| {
        let link = app.connect(partner_id).await?;
        noted(&app, (&asking, partner_id), "processor.connect").await?;
        Ok(link)
    };
    match guest.portal.run(run).await {
        Ok(link) => Ok(shell::show(&guest, &Onboarding { url: link.0 })),
        Err(error) => refused(&guest, Refusal::of(error)?).await,
    }
}

/// Does `work` at the processor, writes it down and goes back to the tab.
async fn done<F>(guest: Guest, action: &'static str, work: F) -> Result<Response, Fault>
where
    F: AsyncFn(&App, PartnerId) -> Result<(), AppError> + Send + 'static,
{
    let (partner_id, asking) = (guest.partner_id()?, guest.asking()?);
    let run = async move |app: App| {
        work(&app, partner_id).await?;
        noted(&app, (&asking, partner_id), action).await
    };
    match guest.portal.run(run).await {
        Ok(()) => Ok(guest.go(&format!("{TENANTS}?done=saved"))),
        Err(error) => refused(&guest, Refusal::of(error)?).await,
    }
}

pub(super) async fn refresh(guest: Guest) -> Result<Response, Fault> {
    done(guest, "processor.refresh", async |app, partner_id| {
        app.look_at_connected(partner_id).await
    })
    .await
}

pub(super) async fn save_keys(guest: Guest) -> Result<Response, Fault> {
    let new = NewKeys {
        secret: SecretKey::new(guest.fields.get("secret_key").trim().to_owned()),
        publishable: guest.fields.get("publishable_key").trim().to_owned(),
    };
    done(guest, "processor.save_keys", async move |app, partner_id| {
        app.save_keys(partner_id, &new).await
    })
    .await
}

/// Asks once more before the keys go.
#[derive(Debug)]
pub(in crate::portal) struct RemoveKeys {
    errors: Vec<FieldError>,
}

impl Page for RemoveKeys {
    fn title(&self) -> String {
        "Remove your keys".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let confirm = Confirm {
            question: "Remove your Stripe keys?",
            action: "/settings/billing/tenants/keys/remove",
            button: "Remove Keys",
            back: TENANTS,
            seen: None,
        };
        let effects = html! {
            (crate::portal::parts::other_errors(&self.errors, &[]))
            p { "They are deleted for good. Where they are in use, payments go to the platform's "
                "account from now on, and tenants have to enter their payment methods again." }
        };
        confirm.render(frame, &effects, &html! {})
    }

    fn samples() -> Vec<Self> {
        vec![Self { errors: Vec::new() }]
    }
}

pub(super) async fn ask_remove_keys(guest: Guest) -> Result<Response, Fault> {
    Ok(shell::show(&guest, &RemoveKeys { errors: Vec::new() }))
}

pub(super) async fn remove_keys(guest: Guest) -> Result<Response, Fault> {
    done(guest, "processor.remove_keys", async |app, partner_id| app.remove_keys(partner_id).await)
        .await
}
