//! Call records that came in, batch by batch.
//!
//! Decided here: the operator's own sources are shown, or those of the partner that the address
//! names.

use app::ingest::{BatchFilter, ListedBatch};
use axum::{Router, extract::RawQuery, response::Response, routing::get};
use domain::{
    ids::PartnerId,
    paging::{Key, Order},
};
use maud::{Markup, html};

use super::minute;
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{Column, Field, empty_state, filter_bar, page_head, pager, table},
    shell::{self, Frame, Page},
};

const KIND: Kind = Kind {
    filters: &["source", "partner"],
    sorts: &[Sortable::by_number("came")],
    order: Order::Descending,
};

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/operator/imports", get(list))
}

/// A batch.
#[derive(Debug, Clone)]
struct Row {
    at: String,
    source: String,
    file: String,
    records: String,
    calls: String,
    rejects: String,
}

/// The list.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Imports {
    rows: Vec<Row>,
    listing: Listing,
}

impl Page for Imports {
    fn title(&self) -> String {
        "Imports".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("Came").sorted("came"),
            Column::text("Source"),
            Column::text("File"),
            Column::amount("Records"),
            Column::amount("Calls"),
            Column::amount("Refused"),
        ];
        let rejects = html! {
            a.button href=(frame.path("/operator/rejects")) { "Refused records" }
        };
        html! {
            (page_head("Imports", "Call records that came in, in batches.", &rejects))
            (filter_bar(frame, &self.listing, &html! {
                (Field::text("source", "Source").value(self.listing.filter("source")).optional()
                    .render())
                (Field::text("partner", "Partner's id").value(self.listing.filter("partner"))
                    .hint("Empty: your own sources.").optional().render())
            }))
            section.card aria-label="Batches" {
                @if self.rows.is_empty() {
                    (empty_state("Nothing came in yet", "Import a file with the command line, or \
                        let a switch push its records."))
                } @else {
                    (table((frame, "Batches"), &columns, &self.listing, &html! {
                        @for row in &self.rows {
                            tr {
                                th scope="row" { (row.at) }
                                td { (row.source) }
                                td { (row.file) }
                                td.amount { (row.records) }
                                td.amount { (row.calls) }
                                td.amount { (row.rejects) }
                            }
                        }
                    }))
                }
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            at: "Nov 24, 2026, 18:05".to_owned(),
            source: "pbx-<b>1</b>".to_owned(),
            file: "a-file-with-a-very-long-name-<script>.ndjson".to_owned(),
            records: "1000".to_owned(),
            calls: "990".to_owned(),
            rejects: "10".to_owned(),
        };
        let listing = || Listing::read("/operator/imports", Some("source=%22%3E"), KIND);
        vec![
            Self { rows: vec![row], listing: listing() },
            Self { rows: Vec::new(), listing: listing() },
        ]
    }
}

/// Whose sources an address asks for: the operator's, or one partner's.
pub(super) fn owner_of(listing: &Listing) -> Result<Option<PartnerId>, Fault> {
    match listing.filter("partner") {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| Fault::Nowhere),
    }
}

async fn list(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let app = guest.portal.app();
    let listing = Listing::read("/operator/imports", query.as_deref(), KIND);
    let owner = owner_of(&listing)?;
    let filter = BatchFilter { source: listing.chosen("source"), ..BatchFilter::default() };
    let request = listing.request();
    let found = app.cdr_batches(owner, filter, &request).await?;
    let zone = guest.zone()?;
    let place = |listed: &ListedBatch| {
        let batch = &listed.batch;
        (Some(Key::Int(batch.created_at.micros())), batch.batch_id.to_string())
    };
    let show = |listed: ListedBatch| Row {
        at: minute(zone, listed.batch.created_at),
        source: listed.source,
        file: listed.batch.file_name.clone(),
        records: listed.batch.records.to_string(),
        calls: listed.batch.calls.to_string(),
        rejects: listed.batch.rejects.to_string(),
    };
    let (rows, listing) = listing.page((found, &request), place, show);
    Ok(shell::show(&guest, &Imports { rows, listing }))
}
