//! The second factor: set up with a QR code, taken back with password and code.
//!
//! Decided here: the QR code is drawn as shapes in the page, so that no image holds the secret;
//! recovery codes are on the answer that makes them and on no other page.

use app::{
    App,
    error::{AppError, FieldError},
    people::Enrolment,
};
use axum::{http::StatusCode, response::Response};
use domain::user::TwoFactor;
use maud::{Markup, html};
use qrcode::{Color, QrCode};

use crate::portal::{
    guest::{Fault, Guest},
    parts::{Field, alert, other_errors},
    shell::{self, Frame, Page},
};

/// Setting it up.
#[derive(Debug)]
pub(in crate::portal) struct Enrol {
    pub(in crate::portal) enrolment: Enrolment,
    pub(in crate::portal) errors: Vec<FieldError>,
}

/// Light modules around the code (ISO/IEC 18004).
const QUIET: usize = 4;

impl Page for Enrol {
    fn title(&self) -> String {
        "Set up two-factor sign-in".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            nav.crumbs aria-label="Breadcrumb" { a href=(frame.path("/profile")) { "Profile" } }
            h1 { (self.title()) }
            section.card.form {
                ol.steps {
                    li {
                        p { "Scan this with your authenticator app." }
                        (qr(&self.enrolment.uri))
                        p.quietly { "Or type this secret: " code { (self.enrolment.secret) } }
                    }
                    li {
                        p { "Type the six digits that the app shows." }
                        (other_errors(&self.errors, &["code"]))
                        form method="post" action=(frame.path("/profile/two-factor")) {
                            (frame.seal())
                            (Field::code("code", "Code").errors(&self.errors).render())
                            button.primary type="submit" { "Turn it on" }
                        }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let enrolment = || Enrolment {
            secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned(),
            uri: "otpauth://totp/Oak:ada%40example.com?secret=GEZDGNBV&issuer=Oak".to_owned(),
        };
        let error = FieldError { field: "code".to_owned(), message: "is not the code".to_owned() };
        vec![
            Self { enrolment: enrolment(), errors: Vec::new() },
            Self { enrolment: enrolment(), errors: vec![error] },
        ]
    }
}

/// A text as a QR code: one path of unit squares on white.
fn qr(text: &str) -> Markup {
    let Ok(code) = QrCode::new(text.as_bytes()) else { return html! {} };
    let width = code.width();
    let mut path = String::new();
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (index % width + QUIET, index / width + QUIET);
            path += &format!("M{x} {y}h1v1h-1z");
        }
    }
    let side = width + 2 * QUIET;
    html! {
        svg.qr viewBox={ "0 0 " (side) " " (side) } width="200" height="200" role="img"
            aria-label="QR code of the secret below" {
            rect width=(side) height=(side) fill="#ffffff" {}
            path d=(path) fill="#000000" {}
        }
    }
}

/// Recovery codes, this once.
#[derive(Debug)]
pub(in crate::portal) struct Codes {
    pub(in crate::portal) codes: Vec<String>,
}

impl Page for Codes {
    fn title(&self) -> String {
        "Recovery codes".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            h1 { "Recovery codes" }
            section.card.form {
                (alert("positive", "Two-factor sign-in is on."))
                p {
                    "Keep these where you find them without your phone. Each lets you in once. "
                    "They are shown this once."
                }
                ul.codes { @for code in &self.codes { li { code { (code) } } } }
                a.button href=(frame.path("/profile")) { "I have kept them" }
            }
        }
    }

    fn samples() -> Vec<Self> {
        vec![Self { codes: vec!["0abc-1def-2ghj-3kmn".to_owned(); 10] }]
    }
}

/// Managing it.
#[derive(Debug)]
pub(in crate::portal) struct Manage {
    pub(in crate::portal) left: u64,
    pub(in crate::portal) errors: Vec<FieldError>,
    /// Which of the two forms was sent.
    pub(in crate::portal) sent: Sent,
}

/// One of the two forms of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::portal) enum Sent {
    Off,
    Renew,
}

impl Page for Manage {
    fn title(&self) -> String {
        "Two-factor sign-in".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let errors_of =
            |form: Sent| -> &[FieldError] { if self.sent == form { &self.errors } else { &[] } };
        let renamed = |form: Sent, name: &str| -> Vec<FieldError> {
            let own = errors_of(form).iter().cloned();
            own.map(|error| match error.field.as_str() {
                "password" => FieldError { field: name.to_owned(), ..error },
                _ => error,
            })
            .collect()
        };
        let (renew, off) = (renamed(Sent::Renew, "renew_password"), renamed(Sent::Off, "password"));
        html! {
            nav.crumbs aria-label="Breadcrumb" { a href=(frame.path("/profile")) { "Profile" } }
            h1 { (self.title()) }
            section.card.form aria-labelledby="codes" {
                h2 id="codes" { "Recovery codes" }
                p.quietly { (self.left) " of 10 are left. New ones replace them." }
                (other_errors(&renew, &["renew_password"]))
                form method="post" action=(frame.path("/profile/two-factor/codes")) {
                    (frame.seal())
                    (Field::password("renew_password", "Your password").errors(&renew).render())
                    button.button type="submit" { "Make new codes" }
                }
            }
            section.card.form aria-labelledby="off" {
                h2 id="off" { "Turn it off" }
                (other_errors(&off, &["password", "code"]))
                form method="post" action=(frame.path("/profile/two-factor/off")) {
                    (frame.seal())
                    (Field::password("password", "Your password").errors(&off).render())
                    (Field::code("code", "Code").errors(&off)
                        .hint("Of the app, or a recovery code.").render())
                    button.danger type="submit" { "Turn off" }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let error = |field: &str| FieldError {
            field: field.to_owned(),
            message: "is not right".to_owned(),
        };
        vec![
            Self { left: 10, errors: Vec::new(), sent: Sent::Off },
            Self { left: 0, errors: vec![error("password"), error("code")], sent: Sent::Off },
            Self { left: 1, errors: vec![error("password")], sent: Sent::Renew },
        ]
    }
}

async fn enrol(guest: &Guest, errors: Vec<FieldError>) -> Result<Response, Fault> {
    let visitor = guest.visitor()?.clone();
    let work = async move |app: App| app.offer_two_factor(&visitor).await;
    let enrolment = guest.portal.run(work).await?;
    let status = status_of(&errors);
    Ok(shell::with_status(guest, status, &Enrol { enrolment, errors }))
}

async fn manage(guest: &Guest, (sent, errors): (Sent, Vec<FieldError>)) -> Result<Response, Fault> {
    let left = guest.portal.app().recovery_codes_left(guest.visitor()?).await?;
    let status = status_of(&errors);
    Ok(shell::with_status(guest, status, &Manage { left, errors, sent }))
}

fn status_of(errors: &[FieldError]) -> StatusCode {
    if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

pub(in crate::portal) async fn show(guest: Guest) -> Result<Response, Fault> {
    match guest.visitor()?.user.two_factor {
        TwoFactor::On => manage(&guest, (Sent::Off, Vec::new())).await,
        TwoFactor::Off | TwoFactor::Pending => enrol(&guest, Vec::new()).await,
    }
}

pub(in crate::portal) async fn confirm(guest: Guest) -> Result<Response, Fault> {
    let (visitor, visit) = (guest.visitor()?.clone(), guest.visit.clone());
    let fields = guest.fields.clone();
    let work =
        async move |app: App| app.confirm_two_factor((&visitor, &visit), fields.get("code")).await;
    match guest.portal.run(work).await {
        Ok(codes) => Ok(shell::show(&guest, &Codes { codes })),
        Err(AppError::Invalid(errors)) => enrol(&guest, errors).await,
        Err(error) => Err(error.into()),
    }
}

pub(in crate::portal) async fn off(guest: Guest) -> Result<Response, Fault> {
    let (visitor, visit) = (guest.visitor()?.clone(), guest.visit.clone());
    let fields = guest.fields.clone();
    let work = async move |app: App| {
        let typed = (fields.get("password"), fields.get("code"));
        app.disable_two_factor((&visitor, &visit), typed).await
    };
    match guest.portal.run(work).await {
        Ok(()) => Ok(guest.go("/profile?done=two-factor-off")),
        Err(AppError::Invalid(errors)) => manage(&guest, (Sent::Off, errors)).await,
        Err(error) => Err(error.into()),
    }
}

pub(in crate::portal) async fn renew(guest: Guest) -> Result<Response, Fault> {
    let (visitor, visit) = (guest.visitor()?.clone(), guest.visit.clone());
    let fields = guest.fields.clone();
    let work = async move |app: App| {
        app.renew_recovery_codes((&visitor, &visit), fields.get("renew_password")).await
    };
    match guest.portal.run(work).await {
        Ok(codes) => Ok(shell::show(&guest, &Codes { codes })),
        Err(AppError::Invalid(errors)) => manage(&guest, (Sent::Renew, errors)).await,
        Err(error) => Err(error.into()),
    }
}
