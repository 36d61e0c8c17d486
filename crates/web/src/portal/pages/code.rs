//! The second step of signing in.

use app::people::CodeOutcome;
use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};

use super::sign_in::{retry_after, wait, with_cookie};
use crate::portal::{
    cookies,
    guest::{Fault, Guest},
    parts::{Field, alert},
    shell::{self, Frame, Page},
};

/// The form for a code.
#[derive(Debug, Default)]
pub(in crate::portal) struct Code {
    pub(in crate::portal) error: Option<String>,
}

impl Page for Code {
    fn title(&self) -> String {
        "Two-factor sign-in".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            section.panel {
                h1 { "Enter your code" }
                p.lead { "Your authenticator app shows six digits. A recovery code will do, too." }
                @if let Some(error) = &self.error { (alert("negative", error)) }
                form method="post" action=(frame.path("/sign-in/code")) {
                    (frame.seal())
                    (Field::code("code", "Code").render())
                    button.primary type="submit" { "Go on" }
                }
                form.below method="post" action=(frame.path("/sign-out")) {
                    (frame.seal())
                    button.link type="submit" { "Sign in as somebody else" }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        vec![Self::default(), Self { error: Some("This code is not right.".to_owned()) }]
    }
}

pub(in crate::portal) async fn show(guest: Guest) -> Response {
    shell::show(&guest, &Code::default())
}

pub(in crate::portal) async fn submit(guest: Guest) -> Result<Response, Fault> {
    let (visit, fields) = (guest.visit.clone(), guest.fields.clone());
    let visitor = guest.visitor()?.clone();
    let work =
        async move |app: app::App| app.sign_in_code(&visit, &visitor, fields.get("code")).await;
    let refused = |status, error| shell::with_status(&guest, status, &Code { error: Some(error) });
    Ok(match guest.portal.run(work).await? {
        CodeOutcome::In(entered) => {
            with_cookie(guest.go("/"), cookies::session(&guest.here, entered.cookie.reveal()))
        }
        CodeOutcome::Wrong => {
            let error = "This code is not right, or was used before.".to_owned();
            refused(StatusCode::UNPROCESSABLE_ENTITY, error)
        }
        CodeOutcome::Wait(seconds) => {
            retry_after(refused(StatusCode::TOO_MANY_REQUESTS, wait(seconds)), seconds)
        }
    })
}
