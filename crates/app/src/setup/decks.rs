//! Rate decks: created empty, then given versions as CSV, each from its instant on.
//!
//! Decided here: what prices calls already is not changed. The first version may begin in the
//! past, since nothing was priced without it; a later one begins neither before now nor before the
//! one it follows. The stored text is our canonical form of what came in.

use domain::{
    catalog::{
        DeckDiff, DeckParse, DeckRow, RateBook, deck_csv_page, diff_decks, format_deck_csv,
        parse_deck_csv,
    },
    ids::{DeckId, PartnerId},
    paging::{Page, PageRequest},
    time::{Timestamp, Zone},
};
use serde_json::json;
use store::db::Tx;
pub use store::decks::{Deck, DeckVersion};

use super::{Happened, directory_changed, fields::Checks, record, the_partner};
use crate::{
    App,
    error::{AppError, FieldError, Result},
    resource::{RateDeck, RateDeckVersion},
};

/// A deck file and when it comes into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeckVersion {
    /// The file.
    pub csv: Vec<u8>,
    /// In which its windows and dates are read.
    pub zone: String,
    /// The first instant at which it prices calls.
    pub effective_from: Timestamp,
}

/// A deck file without errors, compiled. Making one is work of a second for a large deck.
#[derive(Debug)]
pub struct CheckedDeck {
    pub(crate) zone: Zone,
    csv: String,
    rows: Vec<DeckRow>,
    pub(crate) book: RateBook,
}

/// A deck file beside the version it would follow.
#[derive(Debug)]
pub struct DeckComparison {
    /// The version it would follow.
    pub compared_with: Option<i64>,
    /// That version's rows.
    pub old: Vec<DeckRow>,
    /// The file's rows.
    pub new: Vec<DeckRow>,
    /// How they differ.
    pub diff: DeckDiff,
}

impl CheckedDeck {
    /// Reads a deck file, or says what is wrong with it, by line and column
    /// (`csv.12.rate_per_minute`). `timezone` is an IANA zone.
    pub fn read(csv: &[u8], timezone: &str) -> Result<Self> {
        let zone = Zone::parse(timezone)
            .map_err(|error| AppError::invalid("timezone", error.to_string()))?;
        let parsed = parse_deck_csv(csv, &zone);
        if parsed.error_count > 0 {
            return Err(refused(&parsed));
        }
        if parsed.rows.is_empty() {
            return Err(AppError::invalid("csv", "has no row"));
        }
        let book = RateBook::compile(&parsed.rows, &zone)
            .map_err(|error| AppError::invalid("csv", error.to_string()))?;
        Ok(Self { zone, csv: format_deck_csv(&parsed.rows), rows: parsed.rows, book })
    }

    /// How many rows it has.
    pub(super) fn row_count(&self) -> i64 {
        i64::try_from(self.rows.len()).expect("a deck's rows are few")
    }

    /// Its canonical text.
    pub(super) fn text(&self) -> &str {
        &self.csv
    }

    /// What it would change of `old`.
    pub fn compare(self, old: Option<&DeckVersion>) -> DeckComparison {
        let rows = |old: &DeckVersion| parse_deck_csv(old.csv.as_bytes(), &old.zone).rows;
        let compared_with = old.map(|old| old.version);
        let old = old.map(rows).unwrap_or_default();
        let diff = diff_decks(&old, &self.rows);
        DeckComparison { compared_with, old, new: self.rows, diff }
    }
}

/// How many errors of a file are reported at once.
const MAX_REPORTED_ERRORS: usize = 100;

impl App {
    /// Creates a deck of a partner, or of the operator (`None`), without versions.
    pub async fn create_deck(&self, owner: Option<PartnerId>, name: &str) -> Result<Deck> {
        let now = self.clock.now();
        let mut checks = Checks::default();
        checks.name("name", name);
        checks.finish()?;
        let deck = Deck {
            deck_id: self.ids.draw(now),
            name: name.to_owned(),
            latest_version: 0,
            created_at: now,
            version: 1,
        };
        self.db
            .write(async |tx| {
                if let Some(partner_id) = owner {
                    the_partner(tx, partner_id).await?;
                }
                store::decks::insert(tx, owner, &deck).await?;
                let payload = json!({ "rate_deck": RateDeck::from(&deck) });
                announce(tx, owner, (&deck, "rate_deck.created", payload), now).await
            })
            .await?;
        Ok(deck)
    }

    /// Gives a deck its next version.
    pub async fn add_deck_version(
        &self,
        owner: Option<PartnerId>,
        deck_id: DeckId,
        new: &NewDeckVersion,
    ) -> Result<DeckVersion> {
        let checked = CheckedDeck::read(&new.csv, &new.zone)?;
        self.add_checked_version(owner, deck_id, (&checked, new.effective_from)).await
    }

    /// Gives a deck a file that was checked as its next version, in force from an instant on.
    pub async fn add_checked_version(
        &self,
        owner: Option<PartnerId>,
        deck_id: DeckId,
        (checked, effective_from): (&CheckedDeck, Timestamp),
    ) -> Result<DeckVersion> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let deck = the_deck(tx, owner, deck_id).await?;
                let latest = (deck_id, deck.latest_version);
                if let Some(latest) = store::decks::version(tx, owner, latest).await? {
                    may_follow(&latest, (effective_from, now))?;
                }
                let version = DeckVersion {
                    deck_id,
                    version: deck.latest_version + 1,
                    effective_from,
                    zone: checked.zone.clone(),
                    row_count: checked.row_count(),
                    csv: checked.csv.clone(),
                    created_at: now,
                };
                store::decks::add_version(tx, owner, &version).await?;
                let revision = deck.version + 1;
                let deck = Deck { latest_version: version.version, version: revision, ..deck };
                let payload = json!({
                    "rate_deck": RateDeck::from(&deck),
                    "rate_deck_version": RateDeckVersion::from(&version),
                });
                announce(tx, owner, (&deck, "rate_deck.updated", payload), now).await?;
                Ok(version)
            })
            .await
    }

    /// Gives a deck another name, if it still has version `seen`.
    pub async fn rename_deck(
        &self,
        owner: Option<PartnerId>,
        (deck_id, seen): (DeckId, i64),
        name: &str,
    ) -> Result<Deck> {
        let now = self.clock.now();
        let mut checks = Checks::default();
        checks.name("name", name);
        checks.finish()?;
        self.db
            .write(async |tx| {
                let deck = the_deck(tx, owner, deck_id).await?;
                let deck = Deck { name: name.to_owned(), version: seen, ..deck };
                store::decks::rename(tx, owner, &deck).await?;
                let deck = Deck { version: seen + 1, ..deck };
                let payload = json!({ "rate_deck": RateDeck::from(&deck) });
                announce(tx, owner, (&deck, "rate_deck.renamed", payload), now).await?;
                Ok(deck)
            })
            .await
    }

    /// Deletes a partner's deck with its versions. One that a profile names in any version, or
    /// that priced a call, stays: what was billed must be explained.
    pub async fn delete_deck(&self, partner_id: PartnerId, deck_id: DeckId) -> Result<()> {
        let (now, owner) = (self.clock.now(), Some(partner_id));
        self.db
            .write(async |tx| {
                let deck = store::decks::find_locked(tx, owner, deck_id).await?;
                let deck = deck.ok_or_else(|| AppError::not_found("rate deck", deck_id))?;
                let profiles = store::decks::count_profiles_with(tx, partner_id, deck_id).await?;
                if profiles > 0 {
                    let message = format!("{profiles} billing profiles name this rate deck");
                    return Err(AppError::Refused(message));
                }
                if store::decks::has_priced(tx, partner_id, deck_id).await? {
                    let message = "this rate deck priced calls".to_owned();
                    return Err(AppError::Refused(message));
                }
                store::decks::delete(tx, owner, deck_id).await?;
                let payload = json!({ "rate_deck": RateDeck::from(&deck) });
                let deck = Deck { version: deck.version + 1, ..deck };
                announce(tx, owner, (&deck, "rate_deck.deleted", payload), now).await
            })
            .await
    }

    /// The owner's deck with this id.
    pub async fn deck(&self, owner: Option<PartnerId>, deck_id: DeckId) -> Result<Deck> {
        let mut tx = self.db.begin_read().await?;
        let deck = the_deck(&mut tx, owner, deck_id).await?;
        tx.commit().await?;
        Ok(deck)
    }

    /// A page of the owner's decks.
    pub async fn decks(&self, owner: Option<PartnerId>, page: &PageRequest) -> Result<Page<Deck>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::decks::list(&mut tx, owner, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// A page of a deck's versions, without their rows.
    pub async fn deck_versions(
        &self,
        owner: Option<PartnerId>,
        deck_id: DeckId,
        page: &PageRequest,
    ) -> Result<Page<DeckVersion>> {
        let mut tx = self.db.begin_read().await?;
        the_deck(&mut tx, owner, deck_id).await?;
        let page = store::decks::versions(&mut tx, owner, (deck_id, page)).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// One version of a deck with its rows, or the latest one; `None` before the first.
    pub async fn deck_version(
        &self,
        owner: Option<PartnerId>,
        (deck_id, number): (DeckId, Option<i64>),
    ) -> Result<Option<DeckVersion>> {
        let mut tx = self.db.begin_read().await?;
        let deck = the_deck(&mut tx, owner, deck_id).await?;
        let wanted = number.unwrap_or(deck.latest_version);
        let version = store::decks::version(&mut tx, owner, (deck_id, wanted)).await?;
        tx.commit().await?;
        match (version, number) {
            (None, Some(number)) => Err(AppError::not_found("rate deck version", number)),
            (version, _) => Ok(version),
        }
    }
}

/// Up to `limit` rows of a version from the one with index `first` on, in the file's order.
pub fn deck_rows(version: &DeckVersion, place: (usize, usize)) -> Vec<DeckRow> {
    let page = deck_csv_page(&version.csv, place);
    parse_deck_csv(page.as_bytes(), &version.zone).rows
}

/// Whether a version may come into force at an instant: what prices calls already is not changed.
pub fn may_follow(
    latest: &DeckVersion,
    (effective_from, now): (Timestamp, Timestamp),
) -> Result<()> {
    let earliest = now.max(latest.effective_from);
    if effective_from < earliest {
        return Err(AppError::invalid("effective_from", format!("must not be before {earliest}")));
    }
    Ok(())
}

async fn the_deck(tx: &mut Tx, owner: Option<PartnerId>, deck_id: DeckId) -> Result<Deck> {
    let deck = store::decks::find(tx, owner, deck_id).await?;
    deck.ok_or_else(|| AppError::not_found("rate deck", deck_id))
}

/// What is wrong with a file, line by line.
fn refused(parsed: &DeckParse) -> AppError {
    let kept = parsed.errors.iter().take(MAX_REPORTED_ERRORS);
    let mut errors: Vec<FieldError> = kept
        .map(|error| FieldError {
            field: match error.column {
                Some(column) => format!("csv.{}.{column}", error.line),
                None => format!("csv.{}", error.line),
            },
            message: error.message.clone(),
        })
        .collect();
    if parsed.error_count > errors.len() {
        let message = format!("and {} more errors", parsed.error_count - errors.len());
        errors.push(FieldError { field: "csv".to_owned(), message });
    }
    AppError::Invalid(errors)
}

/// Tells of a change to a deck. The operator's own decks have no partner to tell.
async fn announce(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    (deck, kind, payload): (&Deck, &str, serde_json::Value),
    now: Timestamp,
) -> Result<()> {
    if let Some(partner_id) = owner {
        let happened =
            Happened { kind, object_id: deck.deck_id.to_string(), version: deck.version, payload };
        record(tx, partner_id, &[happened], now).await?;
    }
    directory_changed(tx).await
}
