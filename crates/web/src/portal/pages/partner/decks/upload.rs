//! A file that waits: what it changes, and putting it in force.

use app::{
    error::FieldError,
    resource::{self, RateDeckDiff},
    setup::DeckUpload,
};
use axum::{extract::Path, response::Response};
use domain::ids::DeckUploadId;
use maud::{Markup, html};

use super::{
    PATH,
    rows::{COLUMNS, Cells, cells, line},
};
use crate::{
    api::{
        routes::deck_input::{checked, difference},
        write::Outcome,
    },
    portal::{
        change::{Refusal, said},
        guest::{Fault, Guest},
        parts::{Column, alert, card, crumbs, other_errors, page_head, stat, stats, table_of},
        shell::{self, Frame, Page},
    },
};

/// What a file changes.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Difference {
    id: String,
    name: String,
    /// Where one goes who leaves.
    back: String,
    compared_with: Option<i64>,
    from: Option<String>,
    /// Added, removed, changed, unchanged.
    counts: [String; 4],
    added: Vec<Cells>,
    removed: Vec<Cells>,
    /// What rows said, and what they would say.
    changed: Vec<(Cells, Cells)>,
    errors: Vec<FieldError>,
}

impl Page for Difference {
    fn title(&self) -> String {
        "Check a rate deck".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let path = format!("/settings/deck-uploads/{}", self.id);
        let lead = match self.compared_with {
            Some(version) => format!("What the file changes of version {version}."),
            None => "What the file says; it is the deck's first version.".to_owned(),
        };
        let [added, removed, changed, unchanged] = &self.counts;
        html! {
            (crumbs(frame, &self.back, "Rate Decks"))
            (page_head(&self.name, &lead, &html! {}))
            (other_errors(&self.errors, &[]))
            (stats("Differences", &html! {
                (stat(frame, ("New rows", added), None))
                (stat(frame, ("Rows that go", removed), None))
                (stat(frame, ("Rows with other prices", changed), None))
                (stat(frame, ("Rows that stay", unchanged), None))
            }))
            section.card aria-labelledby="force" {
                header { h2.grow id="force" { "Put it in force" } }
                div.inside {
                    p {
                        @match &self.from {
                            Some(from) => {
                                "It prices calls that are answered from " (from) " on."
                            }
                            None => { "It prices calls that are answered from now on." }
                        }
                        " Calls that were priced before stay as they are."
                    }
                    div.form-end {
                        form method="post" action=(frame.path(&path)) {
                            (frame.seal())
                            button.primary type="submit" { "Put in force" }
                        }
                        form method="post" action=(frame.path(&format!("{path}/discard"))) {
                            (frame.seal())
                            button.button type="submit" { "Throw away" }
                        }
                    }
                    p.hint { "The file waits here for a day." }
                }
            }
            (self.changed_rows(frame))
            (rows(frame, ("removed", "Rows that go"), &self.removed))
            (rows(frame, ("added", "New rows"), &self.added))
        }
    }

    fn samples() -> Vec<Self> {
        let row = ["1", "<b>Home</b>", "0.02", "0", "6 s/6 s", "", "always", ""];
        let row = row.map(str::to_owned);
        let full = Self {
            id: "upl_00000000000000000000000001".to_owned(),
            name: "<b>International</b>".to_owned(),
            back: PATH.to_owned(),
            compared_with: Some(3),
            from: Some("Nov 24, 2026, 18:05".to_owned()),
            counts: ["1", "1", "1", "499,997"].map(str::to_owned),
            added: vec![row.clone()],
            removed: vec![row.clone()],
            changed: vec![(row.clone(), row)],
            errors: vec![FieldError {
                field: String::new(),
                message: "It was <b>too late</b>.".to_owned(),
            }],
        };
        let first = Self {
            compared_with: None,
            from: None,
            removed: Vec::new(),
            changed: Vec::new(),
            errors: Vec::new(),
            ..full.clone()
        };
        vec![full, first]
    }
}

fn rows(frame: &Frame, (id, title): (&str, &str), rows: &[Cells]) -> Markup {
    html! {
        @if !rows.is_empty() {
            (card((id, title), &html! {}, &table_of((frame, title), COLUMNS, &html! {
                @for row in rows { tr { (line(row)) } }
            })))
        }
    }
}

impl Difference {
    fn changed_rows(&self, frame: &Frame) -> Markup {
        let columns = [&[Column::text("When")], COLUMNS].concat();
        html! {
            @if !self.changed.is_empty() {
                (card(("changed", "Rows with other prices"), &html! {},
                    &table_of((frame, "Rows with other prices"), &columns, &html! {
                        @for (old, new) in &self.changed {
                            tr { td { "Now" } (line(old)) }
                            tr.strong { td { "Then" } (line(new)) }
                        }
                    })))
            }
            @if self.changed.len() + self.added.len() + self.removed.len() >= 200 {
                (alert("plain", "Of each kind, the first 200 rows are shown."))
            }
        }
    }
}

async fn reached(guest: &Guest, id: &str) -> Result<DeckUpload, Fault> {
    let upload_id: DeckUploadId = id.parse().map_err(|_| Fault::Nowhere)?;
    Ok(guest.portal.app().deck_upload(guest.partner_id()?, upload_id).await?)
}

async fn page(guest: &Guest, upload: DeckUpload) -> Result<Difference, Fault> {
    let (app, owner) = (guest.portal.app(), Some(guest.partner_id()?));
    let latest = match upload.deck_id {
        Some(deck_id) => app.deck_version(owner, (deck_id, None)).await?,
        None => None,
    };
    let zone = guest.zone()?;
    let checked = checked(upload.csv, Some(upload.zone.name().to_owned())).await?;
    let diff: RateDeckDiff = difference(checked, latest).await?;
    let count = |count: usize| domain::money::grouped(&count.to_string());
    let show = |rows: &[resource::RateDeckRow]| -> Vec<Cells> {
        rows.iter().map(|row| cells(row, zone)).collect()
    };
    let back = upload.deck_id.map_or(PATH.to_owned(), |deck_id| format!("{PATH}/{deck_id}"));
    Ok(Difference {
        id: upload.upload_id.to_string(),
        name: upload.name,
        back,
        compared_with: diff.compared_with,
        from: upload.effective_from.map(|at| zone.display_minute(at)),
        counts: [
            count(diff.added_count),
            count(diff.removed_count),
            count(diff.changed_count),
            count(diff.unchanged_count),
        ],
        added: show(&diff.added),
        removed: show(&diff.removed),
        changed: diff
            .changed
            .iter()
            .map(|row| (cells(&row.old, zone), cells(&row.new, zone)))
            .collect(),
        errors: Vec::new(),
    })
}

pub(super) async fn show(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let upload = reached(&guest, &id).await?;
    Ok(shell::show(&guest, &page(&guest, upload).await?))
}

pub(super) async fn activate(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let upload = reached(&guest, &id).await?;
    let (partner_id, upload_id) = (guest.partner_id()?, upload.upload_id);
    let zone = upload.zone.name().to_owned();
    let checked = checked(upload.csv.clone(), Some(zone)).await?;
    let done = guest.write_as(guest.asking()?, async move |app| {
        let version = app.activate_deck_upload(partner_id, upload_id, &checked).await?;
        let outcome = Outcome::ok(&resource::RateDeckVersion::from(&version))?;
        outcome.audited("rate_deck.add_version", version.deck_id, None::<&()>)
    });
    match done.await {
        Ok(performed) => {
            let deck_id = said(&performed, "rate_deck_id");
            Ok(guest.go(&format!("{PATH}/{deck_id}?done=deck-active")))
        }
        Err(error) => {
            let Refusal { status, mut errors, .. } = Refusal::of(error)?;
            for error in &mut errors {
                error.message = format!("It cannot be put in force: the date {}.", error.message);
            }
            let page = Difference { errors, ..page(&guest, upload).await? };
            Ok(shell::with_status(&guest, status, &page))
        }
    }
}

pub(super) async fn discard(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let upload_id: DeckUploadId = id.parse().map_err(|_| Fault::Nowhere)?;
    let partner_id = guest.partner_id()?;
    let run = async move |app: app::App| app.discard_deck_upload(partner_id, upload_id).await;
    guest.portal.run(run).await?;
    Ok(guest.go(&format!("{PATH}?done=deck-discarded")))
}
