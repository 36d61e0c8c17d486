//! Rate deck files that are looked at before they price calls.
//!
//! Decided here: a file is checked when it comes, kept for a day while somebody looks at what it
//! changes, and put in force once. Whatever may follow what is in force is checked again then,
//! because a day is long enough for another version. A partner has few files waiting: a newer one
//! drives out the oldest.

use domain::{
    ids::{DeckId, DeckUploadId, PartnerId},
    time::Timestamp,
};
pub use store::deck_uploads::DeckUpload;
use store::{db::Tx, deck_uploads};

use super::{
    decks::{CheckedDeck, DeckVersion, may_follow},
    fields::Checks,
    the_partner,
};
use crate::{
    App,
    error::{AppError, Result},
};

/// How long a file waits.
const KEPT_SECONDS: i64 = 86_400;
/// Files of one partner that wait at once; a large one has tens of megabytes.
const KEPT_FILES: i64 = 5;

/// What a file would become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadFor {
    /// The first version of a deck with this name.
    NewDeck(String),
    /// The next version of this deck.
    Deck(DeckId),
}

impl App {
    /// Keeps a checked file until somebody puts it in force, from then or from `effective_from` on.
    pub async fn upload_deck(
        &self,
        partner_id: PartnerId,
        (checked, purpose): (&CheckedDeck, &UploadFor),
        effective_from: Option<Timestamp>,
    ) -> Result<DeckUploadId> {
        let now = self.clock.now();
        let upload_id = self.ids.draw(now);
        self.db
            .write(async |tx| {
                the_partner(tx, partner_id).await?;
                let (deck_id, name) = match purpose {
                    UploadFor::NewDeck(name) => {
                        let mut checks = Checks::default();
                        checks.name("name", name);
                        checks.finish()?;
                        (None, name.clone())
                    }
                    UploadFor::Deck(deck_id) => {
                        let deck = store::decks::find(tx, Some(partner_id), *deck_id).await?;
                        let deck = deck.ok_or_else(|| AppError::not_found("rate deck", deck_id))?;
                        let from = effective_from.unwrap_or(now);
                        let latest = (*deck_id, deck.latest_version);
                        check_follows(tx, partner_id, latest, (from, now)).await?;
                        (Some(*deck_id), deck.name)
                    }
                };
                let upload = DeckUpload {
                    upload_id,
                    deck_id,
                    name,
                    zone: checked.zone.clone(),
                    effective_from,
                    row_count: checked.row_count(),
                    csv: checked.text().to_owned(),
                    created_at: now,
                };
                deck_uploads::insert(tx, partner_id, &upload).await?;
                let oldest = now.plus_seconds(-KEPT_SECONDS);
                deck_uploads::prune(tx, partner_id, (oldest, KEPT_FILES)).await?;
                Ok(upload_id)
            })
            .await
    }

    /// A file that waits.
    pub async fn deck_upload(
        &self,
        partner_id: PartnerId,
        upload_id: DeckUploadId,
    ) -> Result<DeckUpload> {
        let mut tx = self.db.begin_single().await?;
        let found = deck_uploads::find(&mut tx, partner_id, upload_id).await?;
        tx.commit().await?;
        let oldest = self.clock.now().plus_seconds(-KEPT_SECONDS);
        let found = found.filter(|it| it.created_at >= oldest);
        found.ok_or_else(|| AppError::not_found("rate deck upload", upload_id))
    }

    /// Throws a file away. Doing it again changes nothing.
    pub async fn discard_deck_upload(
        &self,
        partner_id: PartnerId,
        upload_id: DeckUploadId,
    ) -> Result<()> {
        self.db.write(async |tx| Ok(deck_uploads::delete(tx, partner_id, upload_id).await?)).await
    }

    /// Puts a file in force, once: `checked` is its text, read again. A part of a request
    /// ([`perform`](Self::perform)), whose transaction holds all of it together.
    pub async fn activate_deck_upload(
        &self,
        partner_id: PartnerId,
        upload_id: DeckUploadId,
        checked: &CheckedDeck,
    ) -> Result<DeckVersion> {
        let (now, owner) = (self.clock.now(), Some(partner_id));
        let mut tx = self.db.begin().await?;
        let found = deck_uploads::find_locked(&mut tx, partner_id, upload_id).await?;
        let upload = found.ok_or_else(|| AppError::not_found("rate deck upload", upload_id))?;
        deck_uploads::delete(&mut tx, partner_id, upload_id).await?;
        tx.commit().await?;
        let deck_id = match upload.deck_id {
            Some(deck_id) => deck_id,
            None => self.create_deck(owner, &upload.name).await?.deck_id,
        };
        let from = upload.effective_from.unwrap_or(now);
        self.add_checked_version(owner, deck_id, (checked, from)).await
    }
}

/// Refuses an instant at which no version may come into force after the latest one.
async fn check_follows(
    tx: &mut Tx,
    partner_id: PartnerId,
    latest: (DeckId, i64),
    (from, now): (Timestamp, Timestamp),
) -> Result<()> {
    match store::decks::version(tx, Some(partner_id), latest).await? {
        Some(latest) => may_follow(&latest, (from, now)),
        None => Ok(()),
    }
}
