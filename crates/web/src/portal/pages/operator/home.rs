//! The operator's first page: what needs a hand, and the way to everything.
//!
//! Decided here: a number that is not zero and should be stands first; counts end where nobody
//! counts any more.

use app::console::Overview;
use axum::response::Response;
use domain::{partner::PartnerStatus, time::Zone};
use maud::{Markup, html};

use super::{at_most, minute, word};
use crate::portal::{
    guest::{Fault, Guest},
    parts::{badge, card, page_head, stat, stats, tone_of},
    shell::{self, Frame, Page, told},
};

/// Something to look at.
#[derive(Debug, Clone)]
struct Concern {
    name: &'static str,
    count: String,
    path: &'static str,
    tone: &'static str,
}

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct OperatorHome {
    name: String,
    partners: Vec<(String, String, String)>,
    total: String,
    concerns: Vec<Concern>,
    last_import: String,
    clock: String,
    notice: Option<&'static str>,
}

impl Page for OperatorHome {
    fn title(&self) -> String {
        "Dashboard".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (told(self.notice))
            (page_head(&self.name, &self.clock, &Markup::default()))
            (stats("Partners", &html! {
                (stat(frame, ("Partners", &self.total), Some("/partners")))
                @for (status, name, count) in &self.partners {
                    (stat(frame, (name, count), Some(&format!("/partners?status={status}"))))
                }
            }))
            (card(("concerns", "What may need a hand"), &Markup::default(), &html! {
                ul.rows {
                    @for it in &self.concerns {
                        li {
                            a.grow href=(frame.path(it.path)) { (it.name) }
                            (badge(it.tone, &it.count))
                        }
                    }
                }
            }))
            (card(("came", "Call records"), &Markup::default(), &html! {
                ul.rows { li {
                    span.grow { (self.last_import) }
                    a.button.small href=(frame.path("/operator/imports")) { "Imports" }
                } }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let concern = |count: &str, tone| Concern {
            name: "Refused call records",
            count: count.to_owned(),
            path: "/operator/rejects",
            tone,
        };
        let full = Self {
            name: "Example <b>Telecom</b>".to_owned(),
            partners: vec![("active".to_owned(), "Active".to_owned(), "12".to_owned())],
            total: "12".to_owned(),
            concerns: vec![concern("1,000+", "negative"), concern("0", "positive")],
            last_import: "calls<script>.csv, 1,000 records, Nov 24, 2026, 18:05".to_owned(),
            clock: "Simulated clock: Nov 24, 2026, 18:05".to_owned(),
            notice: Some("You are back."),
        };
        vec![full.clone(), Self { partners: Vec::new(), concerns: Vec::new(), ..full }]
    }
}

pub(in crate::portal) async fn show(guest: Guest, query: Option<&str>) -> Result<Response, Fault> {
    let app = guest.portal.app();
    let overview = app.overview().await?;
    let zone = guest.zone()?;
    let now = minute(zone, overview.now);
    let page = OperatorHome {
        name: guest.visitor()?.account.name.clone(),
        total: overview.partners.iter().map(|(_, count)| count).sum::<i64>().to_string(),
        partners: overview
            .partners
            .iter()
            .filter(|(status, _)| *status != PartnerStatus::Purged)
            .map(|(status, count)| {
                let name = status.as_str();
                (name.to_owned(), word(name), count.to_string())
            })
            .collect(),
        concerns: concerns(&overview),
        last_import: last_import(&overview, zone),
        clock: if app.clock.is_simulated() { format!("Simulated clock: {now}") } else { now },
        notice: super::notice(query),
    };
    Ok(shell::show(&guest, &page))
}

fn concerns(overview: &Overview) -> Vec<Concern> {
    let counts = &overview.counts;
    let concern = |name, count: i64, path| Concern {
        name,
        count: at_most(count),
        path,
        tone: if count == 0 { tone_of("done") } else { tone_of("failed") },
    };
    vec![
        concern("Refused call records", counts.open_rejects, "/operator/rejects"),
        concern("Failed jobs", counts.failed_jobs, "/operator/jobs?state=failed"),
        concern("Failed webhook deliveries", counts.failed_deliveries, "/operator/deliveries"),
        concern("Open disputes", counts.open_disputes, "/operator/disputes?status=open"),
        concern("Settlements to pay", counts.due_settlements, "/operator/settlements?status=due"),
    ]
}

fn last_import(overview: &Overview, zone: &Zone) -> String {
    overview.last_import.as_ref().map_or_else(
        || "No call records were imported yet.".to_owned(),
        |listed| {
            let batch = &listed.batch;
            let at = minute(zone, batch.created_at);
            format!("{}, {} records, {at}", batch.file_name, batch.records)
        },
    )
}
