//! Asking for a link to set another password.

use app::error::{AppError, FieldError};
use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};

use crate::portal::{
    guest::{Fault, Guest},
    parts::{Field, alert},
    shell::{self, Frame, Page},
};

/// The form, and what is told when it was sent.
#[derive(Debug, Default)]
pub(in crate::portal) struct Forgot {
    pub(in crate::portal) email: String,
    pub(in crate::portal) errors: Vec<FieldError>,
    pub(in crate::portal) was_sent: Option<()>,
}

impl Page for Forgot {
    fn title(&self) -> String {
        "Forgot password".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            section.panel {
                h1 { "Forgot password" }
                @if self.was_sent.is_some() {
                    (alert("positive", "If somebody signs in with this address, a link is on its \
                        way. It works for an hour."))
                } @else {
                    p.lead { "We send you a link with which you set another one." }
                    form method="post" action=(frame.path("/forgot")) {
                        (frame.seal())
                        (Field::email("email", "Email").value(&self.email).errors(&self.errors)
                            .render())
                        button.primary type="submit" { "Send the link" }
                    }
                }
                p.below { a href=(frame.path("/sign-in")) { "Back to sign-in" } }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let error = FieldError { field: "email".to_owned(), message: "is none".to_owned() };
        vec![
            Self::default(),
            Self { email: "<b>".to_owned(), errors: vec![error], was_sent: None },
            Self { was_sent: Some(()), ..Self::default() },
        ]
    }
}

pub(in crate::portal) async fn show(guest: Guest) -> Response {
    shell::show(&guest, &Forgot::default())
}

pub(in crate::portal) async fn submit(guest: Guest) -> Result<Response, Fault> {
    let (visit, fields) = (guest.visit.clone(), guest.fields.clone());
    let work = async move |app: app::App| app.ask_reset(&visit, fields.get("email")).await;
    match guest.portal.run(work).await {
        Ok(()) => Ok(shell::show(&guest, &Forgot { was_sent: Some(()), ..Forgot::default() })),
        Err(AppError::Invalid(errors)) => {
            let email = guest.fields.get("email").chars().take(254).collect();
            let page = Forgot { email, errors, was_sent: None };
            Ok(shell::with_status(&guest, StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(error.into()),
    }
}
