//! The person's own page: name, address, zone, theme, password, second factor, sessions.

use app::{
    App,
    error::{AppError, FieldError},
    people::ProfileEdit,
};
use axum::{extract::RawQuery, http::StatusCode, response::Response};
use domain::{
    ids::SignInId,
    time::Zone,
    user::{Theme, TwoFactor},
};
use maud::{Markup, html};

use super::link::PASSWORD_HINT;
use crate::portal::{
    guest::{Fault, Guest},
    parts::{Field, badge, other_errors, select},
    shell::{self, Frame, Page, theme_name, told},
};

/// Zones that are suggested; every other one can be typed.
const ZONES: [&str; 16] = [
    "UTC",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Toronto",
    "America/Mexico_City",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
];

/// A session as the page shows it.
#[derive(Debug, Clone)]
pub(in crate::portal) struct ShownSession {
    pub(in crate::portal) id: String,
    pub(in crate::portal) agent: String,
    pub(in crate::portal) ip: String,
    pub(in crate::portal) since: String,
    pub(in crate::portal) is_this: Option<()>,
}

/// The person's own page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Profile {
    pub(in crate::portal) name: String,
    pub(in crate::portal) zone: String,
    pub(in crate::portal) theme: Theme,
    pub(in crate::portal) email: String,
    pub(in crate::portal) new_email: String,
    pub(in crate::portal) role: &'static str,
    pub(in crate::portal) two_factor: TwoFactor,
    pub(in crate::portal) sessions: Vec<ShownSession>,
    pub(in crate::portal) errors: Vec<FieldError>,
    pub(in crate::portal) notice: Option<&'static str>,
}

/// Fields that show their own errors.
const FIELDS: [&str; 7] =
    ["name", "zone", "email", "email_password", "current", "password", "repeated"];

impl Page for Profile {
    fn title(&self) -> String {
        "Profile".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            h1 { "Profile" }
            p.lead { (self.email) " · " (self.role) }
            (told(self.notice))
            (other_errors(&self.errors, &FIELDS))
            (self.about(frame))
            (self.address(frame))
            (self.password(frame))
            (self.second_factor(frame))
            (self.open_sessions(frame))
        }
    }

    fn samples() -> Vec<Self> {
        let session = ShownSession {
            id: "sgn_00000000000000000000000001".to_owned(),
            agent: "<Mozilla/5.0> (X11; Linux x86_64) AppleWebKit/537.36 a long name".to_owned(),
            ip: "2001:db8:1234:5678:9abc:def0:1234:5678".to_owned(),
            since: "Nov 24, 2026, 18:05".to_owned(),
            is_this: Some(()),
        };
        let other = ShownSession { is_this: None, ..session.clone() };
        let errors = FIELDS.map(|field| FieldError {
            field: field.to_owned(),
            message: "is not what it should be".to_owned(),
        });
        let fresh = Self {
            name: "Ada \"<b>\" Lovelace".to_owned(),
            zone: "America/Chicago".to_owned(),
            theme: Theme::Dark,
            email: "ada@example.com".to_owned(),
            new_email: String::new(),
            role: "Partner Admin",
            two_factor: TwoFactor::On,
            sessions: vec![session, other],
            errors: Vec::new(),
            notice: Some("Saved."),
        };
        let wrong = Self {
            errors: errors.into(),
            two_factor: TwoFactor::Off,
            sessions: Vec::new(),
            ..fresh.clone()
        };
        vec![fresh, wrong]
    }
}

impl Profile {
    fn about(&self, frame: &Frame) -> Markup {
        let themes = Theme::ALL.map(|theme| (theme.as_str(), theme_name(theme)));
        html! {
            section.card.form aria-labelledby="about" {
                h2 id="about" { "About you" }
                form method="post" action=(frame.path("/profile")) {
                    (frame.seal())
                    (Field::text("name", "Name").value(&self.name).errors(&self.errors).render())
                    (Field::text("zone", "Time zone").value(&self.zone).errors(&self.errors)
                        .optional().list("zones")
                        .hint("Times are shown in it; your account's where it is empty.").render())
                    datalist id="zones" { @for zone in ZONES { option value=(zone) {} } }
                    (select(("theme", "Theme"), &themes, self.theme.as_str()))
                    button.primary type="submit" { "Save" }
                }
            }
        }
    }

    fn address(&self, frame: &Frame) -> Markup {
        html! {
            section.card.form aria-labelledby="address" {
                h2 id="address" { "Email" }
                p.quietly { "You sign in with " strong { (self.email) } "." }
                form method="post" action=(frame.path("/profile/email")) {
                    (frame.seal())
                    (Field::email("email", "New email").value(&self.new_email)
                        .errors(&self.errors).render())
                    (Field::password("email_password", "Your password").errors(&self.errors)
                        .render())
                    button.primary type="submit" { "Change email" }
                }
            }
        }
    }

    fn password(&self, frame: &Frame) -> Markup {
        html! {
            section.card.form aria-labelledby="change-password" {
                h2 id="change-password" { "Password" }
                form method="post" action=(frame.path("/profile/password")) {
                    (frame.seal())
                    (Field::password("current", "Current password").errors(&self.errors).render())
                    (Field::new_password("password", "New password").errors(&self.errors)
                        .hint(PASSWORD_HINT).render())
                    (Field::new_password("repeated", "New password again").errors(&self.errors)
                        .render())
                    button.primary type="submit" { "Change password" }
                }
            }
        }
    }

    fn second_factor(&self, frame: &Frame) -> Markup {
        let is_on = self.two_factor == TwoFactor::On;
        html! {
            section.card.form aria-labelledby="second" {
                h2 id="second" {
                    "Two-factor sign-in "
                    @if is_on { (badge("positive", "On")) } @else { (badge("quiet", "Off")) }
                }
                p.quietly { "Besides your password, a code of an app on your phone is asked for." }
                a.button href=(frame.path("/profile/two-factor")) {
                    @if is_on { "Manage two-factor sign-in" } @else { "Set it up" }
                }
            }
        }
    }

    fn open_sessions(&self, frame: &Frame) -> Markup {
        html! {
            section.card aria-labelledby="sessions" {
                header {
                    h2.grow id="sessions" { "Sessions" }
                    form method="post" action=(frame.path("/profile/sessions")) {
                        (frame.seal())
                        button.button.small type="submit" { "Sign out everywhere else" }
                    }
                }
                ul.rows {
                    @for session in &self.sessions {
                        li {
                            span.grow {
                                (session.agent)
                                br;
                                span.quietly { (session.ip) " · since " (session.since) }
                            }
                            @if session.is_this.is_some() {
                                (badge("positive", "This one"))
                            } @else {
                                form method="post" action=(frame.path("/profile/sessions")) {
                                    (frame.seal())
                                    input type="hidden" name="session" value=(session.id);
                                    button.button.small type="submit" {
                                        "Sign out"
                                        span.unseen { " the session since " (session.since) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The page as things are.
async fn page(guest: &Guest) -> Result<Profile, Fault> {
    let visitor = guest.visitor()?;
    let user = &visitor.user;
    let zone = user.zone.clone().unwrap_or(Zone::UTC);
    let sessions = guest.portal.app().own_sessions(visitor).await?;
    let shown = sessions.into_iter().map(|session| ShownSession {
        is_this: (session.session_id == visitor.session.session_id).then_some(()),
        id: session.session_id.to_string(),
        agent: if session.agent.is_empty() { "A program".to_owned() } else { session.agent },
        ip: session.ip,
        since: zone.display_minute(session.created_at),
    });
    Ok(Profile {
        name: user.name.clone(),
        zone: user.zone.as_ref().map_or(String::new(), |zone| zone.name().to_owned()),
        theme: user.theme,
        email: user.email.to_string(),
        new_email: String::new(),
        role: visitor.session.standing.own_role().title(),
        two_factor: user.two_factor,
        sessions: shown.collect(),
        errors: Vec::new(),
        notice: None,
    })
}

pub(in crate::portal) async fn show(
    guest: Guest,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Profile { notice, ..page(&guest).await? }))
}

/// What came of a form of this page: on with `path`, or the page again with what is wrong.
async fn outcome<T>(
    guest: &Guest,
    outcome: Result<T, AppError>,
    path: &str,
) -> Result<Response, Fault> {
    match outcome {
        Ok(_) => Ok(guest.go(path)),
        Err(AppError::Invalid(errors)) => again(guest, errors).await,
        Err(AppError::Refused(message)) => {
            again(guest, vec![FieldError { field: "email".to_owned(), message }]).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn again(guest: &Guest, errors: Vec<FieldError>) -> Result<Response, Fault> {
    let mut page = Profile { errors, ..page(guest).await? };
    let typed = |name: &str| -> String { guest.fields.get(name).chars().take(254).collect() };
    if !typed("theme").is_empty() {
        page.name = typed("name");
        page.zone = typed("zone");
        page.theme = Theme::parse(&typed("theme")).unwrap_or(page.theme);
    }
    page.new_email = typed("email");
    Ok(shell::with_status(guest, StatusCode::UNPROCESSABLE_ENTITY, &page))
}

pub(in crate::portal) async fn edit(guest: Guest) -> Result<Response, Fault> {
    let (visitor, visit) = (guest.visitor()?.clone(), guest.visit.clone());
    let edit = ProfileEdit {
        name: guest.fields.get("name").to_owned(),
        zone: guest.fields.get("zone").to_owned(),
        theme: Theme::parse(guest.fields.get("theme")).unwrap_or(visitor.user.theme),
    };
    let work = async move |app: App| app.edit_own((&visitor, &visit), &edit).await;
    outcome(&guest, guest.portal.run(work).await, "/profile?done=saved").await
}

/// Where a form says it came from, if that is a path of ours.
fn back(path: &str) -> &str {
    let is_path = path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|it| it.is_ascii_alphanumeric() || b"/-_".contains(&it));
    if is_path { path } else { "/" }
}

pub(in crate::portal) async fn theme(guest: Guest) -> Result<Response, Fault> {
    let visitor = guest.visitor()?.clone();
    let theme = Theme::parse(guest.fields.get("theme")).unwrap_or_default();
    let work = async move |app: App| app.choose_theme(&visitor, theme).await;
    guest.portal.run(work).await?;
    Ok(guest.go(back(guest.fields.get("back"))))
}

pub(in crate::portal) async fn email(guest: Guest) -> Result<Response, Fault> {
    let (visitor, visit) = (guest.visitor()?.clone(), guest.visit.clone());
    let fields = guest.fields.clone();
    let work = async move |app: App| {
        let typed = (fields.get("email"), fields.get("email_password"));
        app.change_email((&visitor, &visit), typed).await
    };
    outcome(&guest, guest.portal.run(work).await, "/verify?done=email").await
}

pub(in crate::portal) async fn password(guest: Guest) -> Result<Response, Fault> {
    let (visitor, visit) = (guest.visitor()?.clone(), guest.visit.clone());
    let fields = guest.fields.clone();
    let work = async move |app: App| {
        let next = (fields.get("password"), fields.get("repeated"));
        app.change_password((&visitor, &visit), fields.get("current"), next).await
    };
    outcome(&guest, guest.portal.run(work).await, "/profile?done=password").await
}

pub(in crate::portal) async fn end_sessions(guest: Guest) -> Result<Response, Fault> {
    let (visitor, visit) = (guest.visitor()?.clone(), guest.visit.clone());
    let only: Option<SignInId> = match guest.fields.get("session") {
        "" => None,
        text => Some(text.parse().map_err(|_| Fault::Nowhere)?),
    };
    let work = async move |app: App| app.sign_out_elsewhere((&visitor, &visit), only).await;
    guest.portal.run(work).await?;
    Ok(guest.go("/profile?done=ended"))
}
