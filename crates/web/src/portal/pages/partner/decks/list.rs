//! All decks, and the form of a new one.

use app::{
    error::FieldError,
    setup::{Deck, UploadFor},
};
use axum::{extract::RawQuery, response::Response};
use domain::{paging::Order, user::Ability};
use maud::{Markup, html};

use super::{
    PATH,
    rows::{TypedFile, beside_lines, rejects, take},
};
use crate::portal::{
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{Column, Field, crumbs, empty_with, other_errors, page_head, pager, table},
    shell::{self, Frame, Page, told},
};

const KIND: Kind =
    Kind { filters: &[], sorts: &[Sortable::by_id("created")], order: Order::Descending };

/// A deck as the list shows it.
#[derive(Debug, Clone)]
struct Row {
    id: String,
    name: String,
    versions: i64,
    created: String,
}

/// All decks.
#[derive(Debug)]
pub(in crate::portal) struct Decks {
    rows: Vec<Row>,
    listing: Listing,
    may_change: Option<()>,
    notice: Option<&'static str>,
}

impl Page for Decks {
    fn title(&self) -> String {
        "Rate Decks".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        const COLUMNS: &[Column] = &[
            Column::text("Name"),
            Column::amount("Versions"),
            Column::text("Created").sorted("created"),
        ];
        let new = html! {
            @if self.may_change.is_some() {
                a.button.primary href=(frame.path("/settings/decks/new")) { "New Rate Deck" }
            }
        };
        let rows = html! {
            @for row in &self.rows {
                tr {
                    th.wrap scope="row" {
                        a href=(frame.path(&format!("{PATH}/{}", row.id))) { (row.name) }
                    }
                    td.amount { (row.versions) }
                    td { (row.created) }
                }
            }
        };
        html! {
            (told(self.notice))
            (page_head("Rate Decks",
                "Prices by destination. A billing profile names the deck that prices its calls.",
                &new))
            section.card aria-label="Rate decks" {
                @if self.rows.is_empty() {
                    (empty_with("No rate deck yet", "Without one, the per-minute rates of your \
                        profiles price all calls. Send a file of prices to charge by \
                        destination.", &new))
                } @else {
                    (table((frame, "Rate decks"), COLUMNS, &self.listing, &rows))
                    (pager(frame, &self.listing))
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            id: "dck_00000000000000000000000001".to_owned(),
            name: "<b>International</b> with a name of many, many, many words".to_owned(),
            versions: 12,
            created: "Nov 24, 2026, 18:05".to_owned(),
        };
        let listing = Listing::read(PATH, None, KIND);
        let full = Self {
            rows: vec![row],
            listing: listing.clone(),
            may_change: Some(()),
            notice: Some("Deleted."),
        };
        vec![full, Self { rows: Vec::new(), listing, may_change: None, notice: None }]
    }
}

/// The form of a new deck.
#[derive(Debug)]
pub(in crate::portal) struct NewDeck {
    name: String,
    typed: TypedFile,
    errors: Vec<FieldError>,
}

impl Page for NewDeck {
    fn title(&self) -> String {
        "New rate deck".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let other = beside_lines(&self.errors);
        html! {
            (crumbs(frame, PATH, "Rate Decks"))
            (page_head("New rate deck",
                "You see what the file says before it prices anything.", &html! {}))
            (other_errors(&other, &[TypedFile::NAMES, &["file"]].concat()))
            (rejects(frame, &self.errors))
            section.card.form aria-label="New rate deck" {
                form.broad method="post" enctype="multipart/form-data" action=(frame.path(PATH)) {
                    (frame.seal())
                    (Field::text("name", "Name").value(&self.name).errors(&self.errors).render())
                    (self.typed.fields(&self.errors))
                    div.form-end {
                        button.primary type="submit" { "Check the file" }
                        a href=(frame.path(PATH)) { "Cancel" }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let names = TypedFile::NAMES.iter().chain(&["file", "csv.12.rate_per_minute", "csv.7"]);
        let errors = names.map(|field| FieldError {
            field: (*field).to_owned(),
            message: "is <i>wrong</i>".to_owned(),
        });
        let typed = TypedFile {
            timezone: "<b>Mars</b>".to_owned(),
            from: "2026-11-24".to_owned(),
            csv: "</textarea><script>alert(1)</script>".to_owned(),
        };
        let name = "\"><b>x</b>".to_owned();
        vec![
            Self { name: String::new(), typed: TypedFile::default(), errors: Vec::new() },
            Self { name, typed, errors: errors.collect() },
        ]
    }
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let owner = Some(guest.partner_id()?);
    let listing = Listing::read(PATH, query.as_deref(), KIND);
    let request = listing.request();
    let page = guest.portal.app().decks(owner, &request).await?;
    let zone = guest.zone()?;
    let place = |deck: &Deck| (None, deck.deck_id.to_string());
    let (rows, listing) = listing.page((page, &request), place, |deck| Row {
        id: deck.deck_id.to_string(),
        name: deck.name,
        versions: deck.latest_version,
        created: zone.display_minute(deck.created_at),
    });
    let may_change = guest.may(Ability::Change).then_some(());
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Decks { rows, listing, may_change, notice }))
}

pub(super) async fn blank(guest: Guest) -> Result<Response, Fault> {
    let typed = TypedFile::blank(&guest.visitor()?.account.zone);
    Ok(shell::show(&guest, &NewDeck { name: String::new(), typed, errors: Vec::new() }))
}

pub(super) async fn create(guest: Guest) -> Result<Response, Fault> {
    let name = guest.fields.typed("name", 254);
    match take(&guest, UploadFor::NewDeck(name.trim().to_owned())).await? {
        Ok(response) => Ok(response),
        Err((typed, refusal)) => {
            let page = NewDeck { name, typed, errors: refusal.errors };
            Ok(shell::with_status(&guest, refusal.status, &page))
        }
    }
}
