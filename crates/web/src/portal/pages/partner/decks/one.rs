//! One deck: its versions, their rows, its name, a file for the next version.

use app::{
    error::{AppError, FieldError},
    resource::{self, RateDeckRow},
    setup::{self, DeckVersion, UploadFor},
};
use axum::{
    extract::{Path, RawQuery},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    ids::DeckId,
    paging::{Key, Order, PageRequest},
    time::Timestamp,
    user::Ability,
};
use maud::{Markup, html};

use super::{
    PATH,
    rows::{COLUMNS, Cells, TypedFile, beside_lines, cells, line, rejects, take},
};
use crate::{
    api::{routes::decks::row_page, write::Outcome},
    portal::{
        change::Refusal,
        fields::Fields,
        guest::{Fault, Guest},
        listing::{Kind, Listing, Sortable},
        parts::{
            Column, Field, alert, badge, card, crumbs, empty_state, hidden, other_errors,
            page_head, pager, table_of,
        },
        shell::{self, Frame, Page, told},
    },
};

/// Versions that are shown; older ones are in the API.
const VERSIONS: u16 = 20;
const ROWS: Kind =
    Kind { filters: &["version"], sorts: &[Sortable::by_number("row")], order: Order::Ascending };

/// A version as the page shows it.
#[derive(Debug, Clone)]
struct Version {
    number: i64,
    from: String,
    rows: i64,
    made: String,
    state: &'static str,
}

/// A deck.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Deck {
    id: String,
    seen: i64,
    name: String,
    versions: Vec<Version>,
    /// The version whose rows are shown.
    shown: i64,
    rows: Vec<Cells>,
    listing: Listing,
    typed_name: String,
    typed: TypedFile,
    errors: Vec<FieldError>,
    may_change: Option<()>,
    notice: Option<&'static str>,
}

impl Page for Deck {
    fn title(&self) -> String {
        "Rate deck".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let path = format!("{PATH}/{}", self.id);
        let actions = html! {
            @if self.may_change.is_some() {
                a.button href=(frame.path(&format!("{path}/delete"))) { "Delete" }
            }
        };
        let other = beside_lines(&self.errors);
        html! {
            (crumbs(frame, PATH, "Rate Decks"))
            (told(self.notice))
            (page_head(&self.name, "", &actions))
            (other_errors(&other, &[TypedFile::NAMES, &["file"]].concat()))
            (rejects(frame, &self.errors))
            (card(("versions", "Versions"), &html! {}, &self.version_table(frame)))
            (self.row_table(frame))
            @if self.may_change.is_some() { (self.forms(frame, &path)) }
        }
    }

    fn samples() -> Vec<Self> {
        let version = Version {
            number: 3,
            from: "Nov 24, 2026, 18:05".to_owned(),
            rows: 500_000,
            made: "Nov 1, 2026, 08:00".to_owned(),
            state: "scheduled",
        };
        let path = format!("{PATH}/dck_00000000000000000000000001");
        let errors = ["name", "csv.3.prefix", "effective_from", "elsewhere"];
        let errors = errors.map(|field| FieldError {
            field: field.to_owned(),
            message: "is <i>wrong</i>".to_owned(),
        });
        let full = Self {
            id: "dck_00000000000000000000000001".to_owned(),
            seen: 4,
            name: "<b>International</b>".to_owned(),
            versions: vec![version.clone(), Version { state: "in force", ..version }],
            shown: 3,
            rows: vec![sample_row()],
            listing: Listing::read(&path, Some("version=3"), ROWS),
            typed_name: "<b>International</b>".to_owned(),
            typed: TypedFile::default(),
            errors: errors.into(),
            may_change: Some(()),
            notice: Some("Saved."),
        };
        let none = Self {
            versions: Vec::new(),
            rows: Vec::new(),
            errors: Vec::new(),
            may_change: None,
            ..full.clone()
        };
        vec![full, none]
    }
}

fn sample_row() -> Cells {
    ["1", "<b>Home</b>", "0.02", "0", "6 s/6 s", "", "always", ""].map(str::to_owned)
}

impl Deck {
    fn version_table(&self, frame: &Frame) -> Markup {
        const COLUMNS: &[Column] = &[
            Column::amount("Version"),
            Column::text("State"),
            Column::text("In force from"),
            Column::amount("Rows"),
            Column::text("Made"),
            Column::actions(),
        ];
        let rows = html! {
            @for version in &self.versions {
                @let file = format!("{PATH}/{}/file?version={}", self.id, version.number);
                tr {
                    th.amount scope="row" { (version.number) }
                    td { (badge(tone(version.state), version.state)) }
                    td { (version.from) }
                    td.amount { (version.rows) }
                    td { (version.made) }
                    td.actions {
                        @let shown = self.listing.filtered_by("version",
                            &version.number.to_string());
                        a.button.small href=(frame.path(&shown)) {
                            "Show" span.unseen { " version " (version.number) }
                        }
                        a.button.small href=(frame.path(&file)) {
                            "CSV" span.unseen { " of version " (version.number) }
                        }
                    }
                }
            }
        };
        html! {
            @if self.versions.is_empty() {
                (empty_state("No version yet", "Send a file below: it prices calls from the day \
                    that you choose."))
            } @else {
                (table_of((frame, "Versions"), COLUMNS, &rows))
            }
        }
    }

    fn row_table(&self, frame: &Frame) -> Markup {
        html! {
            @if !self.rows.is_empty() {
                section.card aria-labelledby="rows" {
                    header { h2.grow id="rows" { "Prices of version " (self.shown) } }
                    (table_of((frame, "Prices"), COLUMNS, &html! {
                        @for row in &self.rows { tr { (line(row)) } }
                    }))
                    (pager(frame, &self.listing))
                }
            }
        }
    }

    fn forms(&self, frame: &Frame, path: &str) -> Markup {
        html! {
            (card(("next", "New version"), &html! {}, &html! {
                div.inside {
                    p { "You see what it changes before it prices anything. It is never in force "
                        "before now, or before the version that it follows." }
                    form.broad method="post" enctype="multipart/form-data"
                        action=(frame.path(path)) {
                        (frame.seal())
                        (self.typed.fields(&self.errors))
                        button.primary type="submit" { "Check the file" }
                    }
                }
            }))
            (card(("rename", "Name"), &html! {}, &html! {
                div.inside {
                    form.broad method="post" action=(frame.path(&format!("{path}/name"))) {
                        (frame.seal())
                        (hidden("seen", self.seen))
                        (Field::text("name", "Name").value(&self.typed_name).errors(&self.errors)
                            .render())
                        button.button type="submit" { "Rename" }
                    }
                }
            }))
            @if self.versions.len() == usize::from(VERSIONS) {
                (alert("plain", "Older versions are not shown; the API lists them all."))
            }
        }
    }
}

fn tone(state: &str) -> &'static str {
    match state {
        "in force" => "positive",
        "scheduled" => "plain",
        _ => "quiet",
    }
}

/// How versions stand at an instant, newest first.
fn states(versions: &[DeckVersion], now: Timestamp) -> Vec<&'static str> {
    let current = versions.iter().position(|it| it.effective_from <= now);
    let state = |index: usize| match current {
        Some(current) if index == current => "in force",
        Some(current) if index > current => "past",
        _ => "scheduled",
    };
    (0..versions.len()).map(state).collect()
}

pub(super) async fn reached(guest: &Guest, id: &str) -> Result<setup::Deck, Fault> {
    let deck_id: DeckId = id.parse().map_err(|_| Fault::Nowhere)?;
    Ok(guest.portal.app().deck(Some(guest.partner_id()?), deck_id).await?)
}

async fn page(guest: &Guest, id: &str, query: Option<&str>) -> Result<Deck, Fault> {
    let deck = reached(guest, id).await?;
    let (app, owner) = (guest.portal.app(), Some(guest.partner_id()?));
    let newest = PageRequest::newest(VERSIONS);
    let versions = app.deck_versions(owner, deck.deck_id, &newest).await?.rows;
    let zone = guest.zone()?;
    let states = states(&versions, app.clock.now());
    let listing = Listing::read(&format!("{PATH}/{}", deck.deck_id), query, ROWS);
    let (shown, (rows, listing)) = match app.deck_version(owner, (deck.deck_id, None)).await? {
        None => (0, (Vec::new(), listing)),
        Some(latest) => {
            let number = listing.filter("version").parse().ok();
            let version = match number.filter(|it| *it != latest.version) {
                None => latest,
                Some(number) => {
                    let found = app.deck_version(owner, (deck.deck_id, Some(number))).await?;
                    found.ok_or(Fault::Nowhere)?
                }
            };
            let request = listing.request();
            let page = row_page(&version, &request);
            let place = |(index, _): &(i64, _)| (Some(Key::Int(*index)), index.to_string());
            let show =
                |(_, row): (i64, domain::catalog::DeckRow)| cells(&RateDeckRow::from(&row), zone);
            (version.version, listing.page((page, &request), place, show))
        }
    };
    let row = |(version, state): (DeckVersion, &'static str)| Version {
        number: version.version,
        from: zone.display_minute(version.effective_from),
        rows: version.row_count,
        made: zone.display_minute(version.created_at),
        state,
    };
    Ok(Deck {
        id: deck.deck_id.to_string(),
        seen: deck.version,
        typed_name: deck.name.clone(),
        name: deck.name,
        versions: versions.into_iter().zip(states).map(row).collect(),
        shown,
        rows,
        listing,
        typed: TypedFile::blank(&guest.visitor()?.account.zone),
        errors: Vec::new(),
        may_change: guest.may(Ability::Change).then_some(()),
        notice: shell::notice(query),
    })
}

pub(super) async fn show(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    Ok(shell::show(&guest, &page(&guest, &id, query.as_deref()).await?))
}

pub(super) async fn add_version(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let deck = reached(&guest, &id).await?;
    match take(&guest, UploadFor::Deck(deck.deck_id)).await? {
        Ok(response) => Ok(response),
        Err((typed, refusal)) => {
            let page = Deck { typed, errors: refusal.errors, ..page(&guest, &id, None).await? };
            Ok(shell::with_status(&guest, refusal.status, &page))
        }
    }
}

pub(super) async fn rename(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let deck = reached(&guest, &id).await?;
    let (owner, deck_id) = (Some(guest.partner_id()?), deck.deck_id);
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let typed_name = guest.fields.typed("name", 254);
    let name = typed_name.trim().to_owned();
    let before = resource::RateDeck::from(&deck);
    let renamed = guest.write(async move |app| {
        let deck = app.rename_deck(owner, (deck_id, seen), &name).await?;
        let outcome = Outcome::ok(&resource::RateDeck::from(&deck))?;
        outcome.audited("rate_deck.rename", deck_id, Some(&before))
    });
    let error = match renamed.await? {
        Ok(()) => return Ok(guest.go(&format!("{PATH}/{deck_id}?done=deck-renamed"))),
        Err(error) => error,
    };
    let Refusal { status, mut errors, is_stale } = Refusal::of(error)?;
    if is_stale.is_some() {
        let (who, when) = guest.last_to_change(&id).await?;
        let who = if who.is_empty() { "somebody else".to_owned() } else { who };
        let message = format!("was not saved: {who} changed this deck meanwhile ({when})");
        errors.push(FieldError { field: "name".to_owned(), message });
    }
    let page = Deck { typed_name, errors, ..page(&guest, &id, None).await? };
    Ok(shell::with_status(&guest, status, &page))
}

/// A version's file.
pub(super) async fn file(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let deck = reached(&guest, &id).await?;
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let number: i64 = fields.get("version").parse().map_err(|_| Fault::Nowhere)?;
    let owner = Some(guest.partner_id()?);
    let version = guest.portal.app().deck_version(owner, (deck.deck_id, Some(number))).await?;
    let version: DeckVersion =
        version.ok_or_else(|| AppError::not_found("rate deck version", number))?;
    let name = format!("attachment; filename=\"{}-{number}.csv\"", deck.deck_id);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((StatusCode::OK, headers, version.csv).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_that_began_is_in_force() {
        let zone = domain::time::Zone::UTC;
        let version = |number: i64| DeckVersion {
            deck_id: DeckId::from_bits(1),
            version: number,
            effective_from: Timestamp::from_seconds(number * 10),
            zone: zone.clone(),
            row_count: 1,
            csv: String::new(),
            created_at: Timestamp::from_seconds(0),
        };
        let versions = [version(4), version(3), version(2), version(1)];
        let at = |seconds| states(&versions, Timestamp::from_seconds(seconds));
        assert_eq!(at(25), ["scheduled", "scheduled", "in force", "past"]);
        assert_eq!(at(5), ["scheduled"; 4]);
        assert_eq!(at(40), ["in force", "past", "past", "past"]);
    }
}
