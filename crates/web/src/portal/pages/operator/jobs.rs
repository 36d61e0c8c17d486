//! Background work over all partners: jobs, and webhook deliveries that failed.
//!
//! Decided here: looking only. A failed delivery is sent again by its partner, in whose portal its
//! endpoint is.

use app::{
    console::FailedDelivery,
    operations::{JobFilter, JobState},
};
use axum::{Router, extract::RawQuery, response::Response, routing::get};
use domain::{ids::PartnerId, paging::Order};
use maud::{Markup, html};

use super::{minute, word};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{
        Column, Field, Tab, badge, empty_state, filter_bar, page_head, pager, select, table, tabs,
        tone_of,
    },
    shell::{self, Frame, Page},
};

const JOBS: Kind = Kind {
    filters: &["state", "kind", "partner"],
    sorts: &[Sortable::by_id("asked")],
    order: Order::Descending,
};
const DELIVERIES: Kind =
    Kind { filters: &[], sorts: &[Sortable::by_id("told")], order: Order::Descending };

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/operator/jobs", get(jobs)).route("/operator/deliveries", get(deliveries))
}

fn parts(frame: &Frame, at: &str) -> Markup {
    let all = [
        Tab { name: "Jobs", path: "/operator/jobs" },
        Tab { name: "Webhook failures", path: "/operator/deliveries" },
    ];
    tabs(frame, "Background work", &all, at)
}

/// A job.
#[derive(Debug, Clone)]
struct Job {
    asked: String,
    kind: String,
    key: String,
    partner: String,
    due: String,
    attempts: String,
    state: String,
    error: String,
}

/// The list of jobs.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Jobs {
    rows: Vec<Job>,
    listing: Listing,
}

impl Page for Jobs {
    fn title(&self) -> String {
        "Jobs".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let of = |name| self.listing.filter(name);
        let states = [("", "All"), ("ready", "Waiting"), ("done", "Done"), ("failed", "Failed")];
        let columns = [
            Column::text("Asked for").sorted("asked"),
            Column::text("Kind"),
            Column::text("For"),
            Column::text("Due"),
            Column::amount("Tries"),
            Column::text("State"),
        ];
        html! {
            (page_head("Jobs", "What is done behind requests: mails, documents, charges.",
                &Markup::default()))
            (parts(frame, "/operator/jobs"))
            (filter_bar(frame, &self.listing, &html! {
                (select(("state", "State"), &states, of("state")))
                (Field::text("kind", "Kind").value(of("kind")).optional().render())
                (Field::text("partner", "Partner's id").value(of("partner")).optional().render())
            }))
            section.card aria-label="Jobs" {
                @if self.rows.is_empty() {
                    (empty_state("No job is here", "Nothing waits and nothing failed."))
                } @else {
                    (table((frame, "Jobs"), &columns, &self.listing, &html! {
                        @for job in &self.rows { (tr(frame, job)) }
                    }))
                }
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let job = Job {
            asked: "Nov 24, 2026, 18:05".to_owned(),
            kind: "mail.send".to_owned(),
            key: "mail:<b>1</b>:with-a-key-that-goes-on-for-longer-than-a-line".to_owned(),
            partner: "ptr_00000000000000000000000001".to_owned(),
            due: "Nov 24, 2026, 18:05".to_owned(),
            attempts: "8".to_owned(),
            state: "failed".to_owned(),
            error: "the server said <script>".to_owned(),
        };
        let listing = || Listing::read("/operator/jobs", Some("state=failed&kind=%22%3E"), JOBS);
        vec![
            Self { rows: vec![job], listing: listing() },
            Self { rows: Vec::new(), listing: listing() },
        ]
    }
}

fn tr(frame: &Frame, job: &Job) -> Markup {
    html! {
        tr {
            th scope="row" { (job.asked) }
            td { (job.kind) " " span.quietly { (job.key) } }
            td { a href=(frame.path(&format!("/partners/{}", job.partner))) { (job.partner) } }
            td { (job.due) }
            td.amount { (job.attempts) }
            td {
                (badge(tone_of(&job.state), &word(&job.state)))
                @if !job.error.is_empty() { " " span.quietly { (job.error) } }
            }
        }
    }
}

async fn jobs(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let app = guest.portal.app();
    let listing = Listing::read("/operator/jobs", query.as_deref(), JOBS);
    let state = listing.chosen("state");
    let partner: Option<PartnerId> = listing.filter("partner").parse().ok();
    let filter = JobFilter { partner_id: partner, state, kind: listing.chosen("kind") };
    let request = listing.request();
    let found = app.jobs(filter, &request).await?;
    let zone = guest.zone()?;
    let place = |job: &JobState| (None, job.job_id.to_string());
    let show = |job: JobState| Job {
        asked: minute(zone, job.created_at),
        kind: job.kind,
        key: job.key,
        partner: job.partner_id.to_string(),
        due: minute(zone, job.run_at),
        attempts: job.attempts.to_string(),
        state: job.state,
        error: job.last_error.unwrap_or_default(),
    };
    let (rows, listing) = listing.page((found, &request), place, show);
    Ok(shell::show(&guest, &Jobs { rows, listing }))
}

/// A delivery that failed.
#[derive(Debug, Clone)]
struct Delivery {
    id: String,
    partner: String,
    event: String,
    tried: String,
    attempts: String,
    status: String,
    error: String,
}

/// The list of failed deliveries.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Deliveries {
    rows: Vec<Delivery>,
    listing: Listing,
}

impl Page for Deliveries {
    fn title(&self) -> String {
        "Webhook failures".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("Delivery").sorted("told"),
            Column::text("Partner"),
            Column::text("Event"),
            Column::text("Last try"),
            Column::amount("Tries"),
            Column::text("Status"),
        ];
        html! {
            (page_head("Webhook failures", "Deliveries of all partners that did not arrive.",
                &Markup::default()))
            (parts(frame, "/operator/deliveries"))
            section.card aria-label="Webhook failures" {
                @if self.rows.is_empty() {
                    (empty_state("Everything arrived", "Failed deliveries appear here."))
                } @else {
                    (table((frame, "Webhook failures"), &columns, &self.listing, &html! {
                        @for it in &self.rows { (delivery(frame, it)) }
                    }))
                }
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Delivery {
            id: "dlv_1".to_owned(),
            partner: "ptr_1".to_owned(),
            event: "invoice.paid".to_owned(),
            tried: "Nov 24, 2026, 18:05".to_owned(),
            attempts: "8".to_owned(),
            status: "dead".to_owned(),
            error: "500: <script>".to_owned(),
        };
        let listing = || Listing::read("/operator/deliveries", None, DELIVERIES);
        vec![
            Self { rows: vec![row], listing: listing() },
            Self { rows: Vec::new(), listing: listing() },
        ]
    }
}

fn delivery(frame: &Frame, it: &Delivery) -> Markup {
    html! {
        tr {
            th scope="row" { (it.id) }
            td { a href=(frame.path(&format!("/partners/{}", it.partner))) { (it.partner) } }
            td { (it.event) }
            td { (it.tried) }
            td.amount { (it.attempts) }
            td {
                (badge("negative", &word(&it.status)))
                @if !it.error.is_empty() { " " span.quietly { (it.error) } }
            }
        }
    }
}

async fn deliveries(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let app = guest.portal.app();
    let listing = Listing::read("/operator/deliveries", query.as_deref(), DELIVERIES);
    let request = listing.request();
    let found = app.failed_deliveries(&request).await?;
    let zone = guest.zone()?;
    let place = |it: &FailedDelivery| (None, it.delivery_id.to_string());
    let show = |it: FailedDelivery| Delivery {
        id: it.delivery_id.to_string(),
        partner: it.partner_id.to_string(),
        event: it.event_type,
        tried: it.last_attempt_at.map_or_else(|| "Never".to_owned(), |at| minute(zone, at)),
        attempts: it.attempts.to_string(),
        status: it.status,
        error: match (it.response_code, it.last_error) {
            (Some(code), Some(error)) => format!("{code}: {error}"),
            (Some(code), None) => code.to_string(),
            (None, error) => error.unwrap_or_default(),
        },
    };
    let (rows, listing) = listing.page((found, &request), place, show);
    Ok(shell::show(&guest, &Deliveries { rows, listing }))
}
