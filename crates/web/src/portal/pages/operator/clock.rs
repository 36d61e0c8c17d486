//! The simulated clock: where it stands, and moving it forward (BEY-05).
//!
//! Decided here: only where the deployment has one; forward only, by whole steps or to a day.
//! Everything that falls due on the way is done, which may take longer than an answer waits: then
//! the page says that the clock is on its way. The form has a name of its own, so that a double
//! click moves the clock once.

use std::time::Duration;

use app::{
    App,
    error::FieldError,
    requests::{Answer, Change, Done},
};
use axum::{Router, extract::RawQuery, http::StatusCode, response::Response, routing::get};
use domain::{
    time::{Day, Timestamp, Zone},
    user::Ability,
};
use maud::{Markup, html};

use super::{Refused, minute, refused};
use crate::portal::{
    Portal,
    change::ONCE_FIELD,
    guest::{Fault, Guest},
    parts::{Field, alert, badge, hidden, other_errors, page_head, select},
    shell::{self, Frame, Page, told},
};

/// How long an answer waits for the clock; it moves on without it.
const WAIT: Duration = Duration::from_secs(10);
const DAY_SECONDS: i64 = 86_400;

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/operator/clock", get(show).post(advance))
}

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct ClockPage {
    now: String,
    is_simulated: Option<()>,
    is_moving: Option<()>,
    may_change: Option<()>,
    step: String,
    day: String,
    once: String,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for ClockPage {
    fn title(&self) -> String {
        "Clock".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (told(self.notice))
            (page_head("Clock", &self.now, &Markup::default()))
            (other_errors(&self.errors, &["day"]))
            @match (self.is_simulated, self.is_moving) {
                (None, _) => (alert("plain", "This deployment runs on the system's clock, which \
                    cannot be moved.")),
                (Some(()), Some(())) => {
                    p { (badge("warning", "Moving")) " The clock is on its way." }
                    p { a.button href=(frame.path("/operator/clock")) { "Look again" } }
                },
                (Some(()), None) => p { (badge("positive", "Stands still")) },
            }
            @if self.is_simulated.is_some() && self.may_change.is_some()
                && self.is_moving.is_none() { (self.form(frame)) }
        }
    }

    fn samples() -> Vec<Self> {
        let full = Self {
            now: "Nov 24, 2026, 18:05".to_owned(),
            is_simulated: Some(()),
            is_moving: None,
            may_change: Some(()),
            step: "7".to_owned(),
            day: "\"><script>".to_owned(),
            once: "req_1".to_owned(),
            errors: vec![FieldError {
                field: "day".to_owned(),
                message: "is before <b>now</b>".to_owned(),
            }],
            notice: None,
        };
        let moving = Self { is_moving: Some(()), errors: Vec::new(), ..full.clone() };
        let real = Self { is_simulated: None, errors: Vec::new(), ..full.clone() };
        vec![full, moving, real]
    }
}

impl ClockPage {
    fn form(&self, frame: &Frame) -> Markup {
        let steps = [
            ("1", "By a day"),
            ("7", "By a week"),
            ("31", "By 31 days"),
            ("day", "To the day below"),
        ];
        html! {
            section.card.form aria-labelledby="advance" {
                h2 id="advance" { "Advance the clock" }
                p.quietly { "Everything that falls due on the way is done: periods close, invoices \
                    are issued, mailed and charged. It never goes back." }
                form method="post" action=(frame.path("/operator/clock")) {
                    (frame.seal())
                    (hidden(ONCE_FIELD, &self.once))
                    (select(("step", "How far"), &steps, &self.step))
                    (Field::day("day", "Day").value(&self.day).optional().errors(&self.errors)
                        .render())
                    button.primary type="submit" { "Advance" }
                }
            }
        }
    }
}

fn page(guest: &Guest) -> Result<ClockPage, Fault> {
    let app = guest.portal.app();
    let is_simulated = app.clock.is_simulated();
    Ok(ClockPage {
        now: minute(guest.zone()?, app.clock.now()),
        is_simulated: is_simulated.then_some(()),
        is_moving: app.clock_mover.is_moving().then_some(()),
        may_change: guest.may(Ability::Change).then_some(()),
        step: "1".to_owned(),
        day: String::new(),
        once: guest.once(),
        errors: Vec::new(),
        notice: None,
    })
}

async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let page = ClockPage { notice: super::notice(query.as_deref()), ..page(&guest)? };
    Ok(shell::show(&guest, &page))
}

/// Where a form moves the clock to.
fn target(guest: &Guest, (zone, now): (&Zone, Timestamp)) -> Result<Timestamp, Refused> {
    let wrong = |message: String| {
        let error = FieldError { field: "day".to_owned(), message };
        Err((StatusCode::UNPROCESSABLE_ENTITY, vec![error]))
    };
    match guest.fields.get("step") {
        "day" => match Day::parse(guest.fields.get("day").trim()) {
            Ok(day) => Ok(zone.start_of(day)),
            Err(error) => wrong(error.to_string()),
        },
        step => match step.parse::<i64>() {
            Ok(days @ 1..=366) => Ok(now.plus_seconds(days * DAY_SECONDS)),
            _ => wrong("choose how far".to_owned()),
        },
    }
}

/// What is written down once the clock stands there.
fn arrived(app: &App) -> Done {
    let now = app.clock.now().to_string();
    let change = Change {
        action: "clock.advance",
        tenant_id: None,
        object_id: now,
        before: None,
        after: None,
    };
    let answer = Answer { status: 204, headers: Vec::new(), body: Vec::new() };
    Done { answer, change: Some(change), secret: None }
}

async fn advance(guest: Guest) -> Result<Response, Fault> {
    let app = guest.portal.app();
    let refusal = match target(&guest, (guest.zone()?, app.clock.now())) {
        Err(refusal) => refusal,
        Ok(to) => {
            let facts = [guest.fields.get("step"), guest.fields.get("day")];
            let asking = guest.asking_once(&facts)?;
            let portal = guest.portal.clone();
            let moved = portal.run(async move |app: App| {
                app.advance_clock_once(&asking, to, |app| Ok(arrived(app))).await
            });
            match tokio::time::timeout(WAIT, moved).await {
                Err(_) => return Ok(guest.go("/operator/clock?done=moving")),
                Ok(Ok(_)) => return Ok(guest.go("/operator/clock?done=clock")),
                Ok(Err(error)) => {
                    let (status, errors) = refused(error)?;
                    let errors = errors.into_iter().map(|error| {
                        let is_now = error.field == "now";
                        let field = if is_now { "day".to_owned() } else { error.field };
                        FieldError { field, ..error }
                    });
                    (status, errors.collect())
                }
            }
        }
    };
    let (status, errors) = refusal;
    let (step, day) = (guest.fields.typed("step", 10), guest.fields.typed("day", 20));
    let page = ClockPage { errors, step, day, ..page(&guest)? };
    Ok(shell::with_status(&guest, status, &page))
}
