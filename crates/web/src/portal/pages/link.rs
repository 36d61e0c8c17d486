//! Setting a password by a link: of an invitation, or after one was forgotten.

use app::error::{AppError, FieldError};
use axum::{extract::Path, http::StatusCode, response::Response};
use domain::sign_in::TokenKind;
use maud::{Markup, html};

use crate::portal::{
    guest::{Fault, Guest},
    parts::{Field, other_errors},
    shell::{self, Frame, Page},
};

/// The form for a password to be.
#[derive(Debug)]
pub(in crate::portal) struct SetPassword {
    pub(in crate::portal) kind: TokenKind,
    pub(in crate::portal) token: String,
    pub(in crate::portal) name: String,
    pub(in crate::portal) email: String,
    pub(in crate::portal) errors: Vec<FieldError>,
}

impl Page for SetPassword {
    fn title(&self) -> String {
        match self.kind {
            TokenKind::Invitation => "Accept invitation".to_owned(),
            TokenKind::Reset | TokenKind::Verify => "Set a new password".to_owned(),
        }
    }

    fn body(&self, frame: &Frame) -> Markup {
        let action = frame.path(&format!("/{}/{}", self.kind.as_str(), self.token));
        let errors = &self.errors;
        html! {
            section.panel {
                h1 { (self.title()) }
                @if self.kind == TokenKind::Invitation {
                    p.lead { "Welcome, " (self.name) ". Choose the password you sign in with." }
                } @else {
                    p.lead { "Choose another password. You will be signed out everywhere." }
                }
                (other_errors(errors, &["password", "repeated"]))
                form method="post" action=(action) {
                    (frame.seal())
                    // So that password managers know whose it is.
                    input type="text" name="email" value=(self.email) autocomplete="username"
                        hidden readonly aria-label="Email";
                    (Field::new_password("password", "New password").errors(errors)
                        .hint(PASSWORD_HINT).render())
                    (Field::new_password("repeated", "New password again").errors(errors).render())
                    button.primary type="submit" { "Set password" }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let error = |field: &str| FieldError {
            field: field.to_owned(),
            message: "must have an uppercase letter".to_owned(),
        };
        let fresh = |kind| Self {
            kind,
            token: "0".repeat(64),
            name: "<b>Ada</b> with a name that goes on for longer than anybody expects".to_owned(),
            email: "ada@example.com".to_owned(),
            errors: Vec::new(),
        };
        let errors = vec![error("password"), error("repeated")];
        vec![
            fresh(TokenKind::Invitation),
            fresh(TokenKind::Reset),
            Self { errors, ..fresh(TokenKind::Reset) },
        ]
    }
}

/// What a password must be, for people (AUT-03).
pub(super) const PASSWORD_HINT: &str =
    "At least 10 characters, with an uppercase letter and a digit.";

/// What is told of a link that does not work.
pub(super) fn dead_link() -> Fault {
    let text = "It was used already, is too old, or a newer one was sent. Ask for another one.";
    Fault::Page(StatusCode::GONE, "This link does not work any more", text.to_owned())
}

pub(in crate::portal) async fn reset(
    guest: Guest,
    Path(token): Path<String>,
) -> Result<Response, Fault> {
    show(guest, (TokenKind::Reset, token)).await
}

pub(in crate::portal) async fn invitation(
    guest: Guest,
    Path(token): Path<String>,
) -> Result<Response, Fault> {
    show(guest, (TokenKind::Invitation, token)).await
}

pub(in crate::portal) async fn submit_reset(
    guest: Guest,
    Path(token): Path<String>,
) -> Result<Response, Fault> {
    submit(guest, (TokenKind::Reset, token)).await
}

pub(in crate::portal) async fn submit_invitation(
    guest: Guest,
    Path(token): Path<String>,
) -> Result<Response, Fault> {
    submit(guest, (TokenKind::Invitation, token)).await
}

async fn form(
    guest: &Guest,
    (kind, token): (TokenKind, String),
    errors: Vec<FieldError>,
) -> Result<SetPassword, Fault> {
    let followed = guest.portal.app().follow(&guest.visit, (kind, &token)).await?;
    let user = followed.map_err(|_| dead_link())?.user;
    Ok(SetPassword { kind, token, name: user.name, email: user.email.to_string(), errors })
}

async fn show(guest: Guest, link: (TokenKind, String)) -> Result<Response, Fault> {
    Ok(shell::show(&guest, &form(&guest, link, Vec::new()).await?))
}

async fn submit(guest: Guest, (kind, token): (TokenKind, String)) -> Result<Response, Fault> {
    let (visit, fields, text) = (guest.visit.clone(), guest.fields.clone(), token.clone());
    let work = async move |app: app::App| {
        let passwords = (fields.get("password"), fields.get("repeated"));
        app.set_password_by_link(&visit, (kind, &text), passwords).await
    };
    match guest.portal.run(work).await {
        Ok(Ok(_)) => Ok(guest.go("/sign-in?done=set")),
        Ok(Err(_)) => Err(dead_link()),
        Err(AppError::Invalid(errors)) => {
            let page = form(&guest, (kind, token), errors).await?;
            Ok(shell::with_status(&guest, StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(error.into()),
    }
}
