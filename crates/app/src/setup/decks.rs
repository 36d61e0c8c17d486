//! Rate decks: created empty, then given versions as CSV, each from its instant on.
//!
//! Decided here: what prices calls already is not changed. The first version may begin in the
//! past, since nothing was priced without it; a later one begins neither before now nor before the
//! one it follows. The stored text is our canonical form of what came in.

use domain::{
    catalog::{RateBook, format_deck_csv, parse_deck_csv},
    ids::{DeckId, PartnerId},
    time::{Timestamp, Zone},
};
use serde_json::json;
use store::{
    db::Tx,
    decks::{Deck, DeckVersion},
};

use super::{Happened, directory_changed, fields::Checks, record, the_partner};
use crate::{
    App,
    error::{AppError, FieldError, Result},
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
        };
        self.db
            .write(async |tx| {
                if let Some(partner_id) = owner {
                    the_partner(tx, partner_id).await?;
                }
                store::decks::insert(tx, owner, &deck).await?;
                let payload = json!({ "name": name });
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
        let now = self.clock.now();
        let zone =
            Zone::parse(&new.zone).map_err(|error| AppError::invalid("zone", error.to_string()))?;
        let (csv, row_count) = canonical(&new.csv, &zone)?;
        self.db
            .write(async |tx| {
                let deck = store::decks::find(tx, owner, deck_id).await?;
                let deck = deck.ok_or_else(|| AppError::not_found("rate deck", deck_id))?;
                let latest = (deck_id, deck.latest_version);
                if let Some(latest) = store::decks::version(tx, owner, latest).await? {
                    let earliest = now.max(latest.effective_from);
                    if new.effective_from < earliest {
                        let message = format!("must not be before {earliest}");
                        return Err(AppError::invalid("effective_from", message));
                    }
                }
                let version = DeckVersion {
                    deck_id,
                    version: deck.latest_version + 1,
                    effective_from: new.effective_from,
                    zone: zone.clone(),
                    row_count,
                    csv: csv.clone(),
                    created_at: now,
                };
                store::decks::add_version(tx, owner, &version).await?;
                let deck = Deck { latest_version: version.version, ..deck };
                let payload = json!({
                    "version": version.version,
                    "rows": row_count,
                    "effective_from": new.effective_from.to_string(),
                });
                announce(tx, owner, (&deck, "rate_deck.updated", payload), now).await?;
                Ok(version)
            })
            .await
    }
}

/// The file in our form, and how many rows it has; or what is wrong, line by line.
fn canonical(csv: &[u8], zone: &Zone) -> Result<(String, i64)> {
    let parsed = parse_deck_csv(csv, zone);
    if parsed.error_count > 0 {
        let mut errors: Vec<FieldError> = parsed
            .errors
            .iter()
            .take(MAX_REPORTED_ERRORS)
            .map(|error| FieldError { field: "csv".to_owned(), message: error.to_string() })
            .collect();
        if parsed.error_count > errors.len() {
            let message = format!("and {} more errors", parsed.error_count - errors.len());
            errors.push(FieldError { field: "csv".to_owned(), message });
        }
        return Err(AppError::Invalid(errors));
    }
    if parsed.rows.is_empty() {
        return Err(AppError::invalid("csv", "has no row"));
    }
    RateBook::compile(&parsed.rows, zone)
        .map_err(|error| AppError::invalid("csv", error.to_string()))?;
    let rows = i64::try_from(parsed.rows.len()).expect("a deck's rows are few");
    Ok((format_deck_csv(&parsed.rows), rows))
}

/// Tells of a change to a deck. The operator's own decks have no partner to tell.
async fn announce(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    (deck, kind, payload): (&Deck, &str, serde_json::Value),
    now: Timestamp,
) -> Result<()> {
    if let Some(partner_id) = owner {
        let happened = Happened {
            kind,
            object_id: deck.deck_id.to_string(),
            version: deck.latest_version,
            payload,
        };
        record(tx, partner_id, &[happened], now).await?;
    }
    directory_changed(tx).await
}
