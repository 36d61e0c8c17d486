//! Signing in and out.
//!
//! Decided here: a refusal never tells whether the address or the password was wrong (AUT-01).

use app::people::SignInOutcome;
use axum::{
    extract::RawQuery,
    http::{StatusCode, header},
    response::Response,
};
use maud::{Markup, html};

use crate::portal::{
    cookies,
    guest::{Fault, Guest},
    parts::{Field, alert},
    shell::{self, Frame, Page, told},
};

/// The form for address and password.
#[derive(Debug, Default)]
pub(in crate::portal) struct SignIn {
    pub(in crate::portal) email: String,
    pub(in crate::portal) error: Option<String>,
    pub(in crate::portal) notice: Option<&'static str>,
}

impl Page for SignIn {
    fn title(&self) -> String {
        "Sign in".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            section.panel {
                h1 { "Sign in" }
                (told(self.notice))
                @if let Some(error) = &self.error { (alert("negative", error)) }
                form method="post" action=(frame.path("/sign-in")) {
                    (frame.seal())
                    (Field::email("email", "Email").value(&self.email).render())
                    (Field::password("password", "Password").render())
                    button.primary type="submit" { "Sign in" }
                }
                p.below { a href=(frame.path("/forgot")) { "Forgot password?" } }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let wrong = Self {
            email: "\"><script>alert(1)</script>@example.com".to_owned(),
            error: Some("Email or password is wrong.".to_owned()),
            notice: None,
        };
        vec![
            Self::default(),
            wrong,
            Self { notice: Some("You are signed out."), ..Self::default() },
        ]
    }
}

pub(in crate::portal) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Response {
    if guest.visitor.is_some() {
        return guest.go("/");
    }
    let notice = shell::notice(query.as_deref());
    shell::show(&guest, &SignIn { notice, ..SignIn::default() })
}

pub(in crate::portal) async fn submit(guest: Guest) -> Result<Response, Fault> {
    let (visit, fields) = (guest.visit.clone(), guest.fields.clone());
    let work = async move |app: app::App| {
        app.sign_in(&visit, (fields.get("email"), fields.get("password"))).await
    };
    let refused = |status, error: String| {
        let email = guest.fields.get("email").chars().take(254).collect();
        shell::with_status(&guest, status, &SignIn { email, error: Some(error), notice: None })
    };
    Ok(match guest.portal.run(work).await? {
        SignInOutcome::In(entered) => {
            with_cookie(guest.go("/"), cookies::session(&guest.here, entered.cookie.reveal()))
        }
        SignInOutcome::Code(entered) => {
            let cookie = cookies::session(&guest.here, entered.cookie.reveal());
            with_cookie(guest.go("/sign-in/code"), cookie)
        }
        SignInOutcome::Wrong => {
            let error = "Email or password is wrong.".to_owned();
            refused(StatusCode::UNPROCESSABLE_ENTITY, error)
        }
        SignInOutcome::Wait(seconds) => {
            let response = refused(StatusCode::TOO_MANY_REQUESTS, wait(seconds));
            retry_after(response, seconds)
        }
    })
}

/// How long somebody must wait, in words.
pub(super) fn wait(seconds: u32) -> String {
    let minutes = seconds.div_ceil(60);
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    format!("Too many attempts. Try again in {minutes} {unit}.")
}

pub(super) fn retry_after(mut response: Response, seconds: u32) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

pub(super) fn with_cookie(mut response: Response, cookie: axum::http::HeaderValue) -> Response {
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}

pub(in crate::portal) async fn sign_out(guest: Guest) -> Result<Response, Fault> {
    if let Some(visitor) = guest.visitor.clone() {
        guest.portal.run(async move |app: app::App| app.sign_out(&visitor).await).await?;
    }
    Ok(with_cookie(guest.go("/sign-in?done=signed-out"), cookies::gone(&guest.here)))
}
