//! Whether everything runs: the database, what came in last, what waits.
//!
//! Decided here: a page that cannot ask the database is not shown at all, so what is shown answers.

use app::console::Overview;
use axum::{Router, response::Response, routing::get};
use domain::time::{Timestamp, Zone};
use maud::{Markup, html};

use super::{at_most, minute};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    parts::{badge, page_head},
    shell::{self, Frame, Page},
};

/// Jobs that wait longer than this are late: the worker looks every few seconds.
const LATE_SECONDS: i64 = 300;

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/operator/health", get(show))
}

/// A part of the platform.
#[derive(Debug, Clone)]
struct Part {
    name: &'static str,
    /// Tone and word.
    state: (&'static str, &'static str),
    detail: String,
    path: Option<&'static str>,
}

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Health {
    parts: Vec<Part>,
}

impl Page for Health {
    fn title(&self) -> String {
        "Health".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (page_head("Health", "Whether everything runs.", &Markup::default()))
            section.card aria-label="Parts of the platform" {
                ul.rows {
                    @for part in &self.parts {
                        li {
                            span.grow {
                                @match part.path {
                                    Some(path) => a href=(frame.path(path)) { (part.name) },
                                    None => strong { (part.name) },
                                }
                                " " span.quietly { (part.detail) }
                            }
                            (badge(part.state.0, part.state.1))
                        }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let part = Part {
            name: "Jobs",
            state: BAD,
            detail: "1,000+ wait, the oldest <b>since</b> Nov 24, 2026, 18:05".to_owned(),
            path: Some("/operator/jobs?state=ready"),
        };
        let other = Part { path: None, state: GOOD, ..part.clone() };
        vec![Self { parts: vec![part, other] }]
    }
}

const GOOD: (&str, &str) = ("positive", "Operational");
const BAD: (&str, &str) = ("warning", "Degraded");

async fn show(guest: Guest) -> Result<Response, Fault> {
    let app = guest.portal.app();
    app.is_ready().await?;
    let overview = app.overview().await?;
    let clock = if app.clock.is_simulated() { "simulated" } else { "the system's" };
    let processor = if app::test_methods::test_methods(app).is_empty() {
        "a real processor"
    } else {
        "the sandbox: no money moves"
    };
    let zone = guest.zone()?;
    let mut parts = vec![
        Part { name: "Database", state: GOOD, detail: "It answers.".to_owned(), path: None },
        jobs(&overview, zone),
        came_in(&overview, zone),
        inbox(&overview),
    ];
    parts.push(Part {
        name: "Payments",
        state: GOOD,
        detail: format!("By {processor}."),
        path: None,
    });
    parts.push(Part {
        name: "Clock",
        state: GOOD,
        detail: format!("{clock}, {}", minute(zone, overview.now)),
        path: Some("/operator/clock"),
    });
    Ok(shell::show(&guest, &Health { parts }))
}

fn jobs(overview: &Overview, zone: &Zone) -> Part {
    let counts = &overview.counts;
    let oldest = Timestamp::from_micros(counts.oldest_job);
    let waits = overview.now.micros_since(oldest) / 1_000_000;
    let is_late = counts.due_jobs > 0 && waits > LATE_SECONDS;
    let mut detail = format!("{} due", at_most(counts.due_jobs));
    if counts.due_jobs > 0 {
        detail += &format!(", the oldest since {}", minute(zone, oldest));
    }
    detail += &format!("; {} failed.", at_most(counts.failed_jobs));
    let state = if is_late || counts.failed_jobs > 0 { BAD } else { GOOD };
    Part { name: "Jobs", state, detail, path: Some("/operator/jobs") }
}

fn came_in(overview: &Overview, zone: &Zone) -> Part {
    let detail = overview.last_import.as_ref().map_or_else(
        || "Nothing came in yet.".to_owned(),
        |listed| {
            let at = minute(zone, listed.batch.created_at);
            format!("Last: {} at {at}.", listed.batch.file_name)
        },
    );
    let rejects = overview.counts.open_rejects;
    let detail = format!("{detail} {} refused records are open.", at_most(rejects));
    let state = if rejects > 0 { BAD } else { GOOD };
    Part { name: "Call records", state, detail, path: Some("/operator/imports") }
}

fn inbox(overview: &Overview) -> Part {
    let waiting = overview.counts.due_events;
    Part {
        name: "Processor's inbox",
        state: if waiting > 0 { BAD } else { GOOD },
        detail: format!("{} events wait to be read.", at_most(waiting)),
        path: None,
    }
}
