//! Confirming an address.

use axum::{
    extract::{Path, RawQuery},
    response::Response,
};
use domain::sign_in::TokenKind;
use maud::{Markup, html};

use super::link::dead_link;
use crate::portal::{
    guest::{Fault, Guest},
    shell::{self, Frame, Page, told},
};

/// The only page of somebody whose address is not confirmed (AUT-02).
#[derive(Debug)]
pub(in crate::portal) struct Waiting {
    pub(in crate::portal) email: String,
    pub(in crate::portal) notice: Option<&'static str>,
}

impl Page for Waiting {
    fn title(&self) -> String {
        "Please verify your email".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            section.panel {
                h1 { "Please verify your email" }
                (told(self.notice))
                p { "We sent a link to " strong { (self.email) } ". Open it to go on." }
                form method="post" action=(frame.path("/verify")) {
                    (frame.seal())
                    button.button type="submit" { "Send it again" }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let email = "<b>@example.com".to_owned();
        vec![Self { email, notice: Some("A new link is on its way.") }]
    }
}

/// What a link to confirm an address shows.
#[derive(Debug)]
pub(in crate::portal) struct Confirm {
    pub(in crate::portal) token: String,
    pub(in crate::portal) email: String,
}

impl Page for Confirm {
    fn title(&self) -> String {
        "Confirm your address".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            section.panel {
                h1 { "Confirm your address" }
                p { "Is " strong { (self.email) } " yours?" }
                form method="post" action=(frame.path(&format!("/verify/{}", self.token))) {
                    (frame.seal())
                    button.primary type="submit" { "Yes, confirm it" }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        vec![Self { token: "0".repeat(64), email: "ada@example.com".to_owned() }]
    }
}

pub(in crate::portal) async fn waiting(
    guest: Guest,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let user = &guest.visitor()?.user;
    if user.verified_at.is_some() {
        return Ok(guest.go("/"));
    }
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Waiting { email: user.email.to_string(), notice }))
}

pub(in crate::portal) async fn resend(guest: Guest) -> Result<Response, Fault> {
    let visitor = guest.visitor()?.clone();
    let work = async move |app: app::App| app.resend_verification(&visitor).await;
    guest.portal.run(work).await?;
    Ok(guest.go("/verify?done=sent"))
}

pub(in crate::portal) async fn by_link(
    guest: Guest,
    Path(token): Path<String>,
) -> Result<Response, Fault> {
    let link = (TokenKind::Verify, token.as_str());
    let followed = guest.portal.app().follow(&guest.visit, link).await?;
    let user = followed.map_err(|_| dead_link())?.user;
    Ok(shell::show(&guest, &Confirm { token, email: user.email.to_string() }))
}

pub(in crate::portal) async fn submit(
    guest: Guest,
    Path(token): Path<String>,
) -> Result<Response, Fault> {
    let visit = guest.visit.clone();
    let work = async move |app: app::App| app.verify_email(&visit, &token).await;
    match guest.portal.run(work).await? {
        Ok(_) if guest.visitor.is_some() => Ok(guest.go("/?done=verified")),
        Ok(_) => Ok(guest.go("/sign-in?done=verified")),
        Err(_) => Err(dead_link()),
    }
}
