//! Rate decks and their versions, kept as the CSV they came in.
//!
//! Decided here: a version is inserted once and never updated. The owner is a partner, or the
//! operator (`None`) for wholesale decks. Reading all of them is the directory's business.

use domain::{
    ids::{DeckId, PartnerId},
    paging::{Page, PageRequest},
    time::{Timestamp, Zone},
};

use sqlx::AssertSqlSafe;

use crate::{
    columns::{after, guarded, id, zone},
    db::{Tx, on, owner_text},
    error::StoreError,
    listing::List,
};

/// A deck, whatever its versions say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deck {
    /// Its id.
    pub deck_id: DeckId,
    /// For people.
    pub name: String,
    /// The latest version; 0 before the first.
    pub latest_version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// Grows with each version and each new name.
    pub version: i64,
}

/// One immutable version of a deck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckVersion {
    /// Whose version.
    pub deck_id: DeckId,
    /// 1, 2, 3 …
    pub version: i64,
    /// In force from here until the next version is.
    pub effective_from: Timestamp,
    /// In which its windows and dates are read.
    pub zone: Zone,
    /// How many rows it has.
    pub row_count: i64,
    /// Its rows.
    pub csv: String,
    /// When it was made.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct DeckRow {
    deck_id: String,
    name: String,
    latest_version: i64,
    created_at: i64,
    #[sqlx(rename = "version")]
    revision: i64,
}

impl DeckRow {
    fn read(self) -> Result<Deck, StoreError> {
        Ok(Deck {
            deck_id: id("deck.deck_id", &self.deck_id)?,
            name: self.name,
            latest_version: self.latest_version,
            created_at: Timestamp::from_micros(self.created_at),
            version: self.revision,
        })
    }
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    deck_id: String,
    version: i64,
    effective_from: i64,
    zone: String,
    row_count: i64,
    csv: String,
    created_at: i64,
}

impl VersionRow {
    fn read(self) -> Result<DeckVersion, StoreError> {
        Ok(DeckVersion {
            deck_id: id("deck_version.deck_id", &self.deck_id)?,
            version: self.version,
            effective_from: Timestamp::from_micros(self.effective_from),
            zone: zone("deck_version.zone", &self.zone)?,
            row_count: self.row_count,
            csv: self.csv,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

/// Creates a deck without versions.
pub async fn insert(tx: &mut Tx, owner: Option<PartnerId>, deck: &Deck) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into deck (owner_id, deck_id, name, latest_version, created_at, version)
         values ($1, $2, $3, 0, $4, 1)",
    )
    .bind(owner_text(owner))
    .bind(deck.deck_id.to_string())
    .bind(&deck.name)
    .bind(deck.created_at.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Adds the version after the latest; `Stale` where another one was added meanwhile.
pub async fn add_version(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    version: &DeckVersion,
) -> Result<(), StoreError> {
    let owner = owner_text(owner);
    let saved = on!(tx, conn => sqlx::query(
        "update deck set latest_version = $3, version = version + 1
         where owner_id = $1 and deck_id = $2 and latest_version = $3 - 1",
    )
    .bind(&owner)
    .bind(version.deck_id.to_string())
    .bind(version.version)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the rate deck")?;
    on!(tx, conn => sqlx::query(
        "insert into deck_version
           (owner_id, deck_id, version, effective_from, zone, row_count, csv, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&owner)
    .bind(version.deck_id.to_string())
    .bind(version.version)
    .bind(version.effective_from.micros())
    .bind(version.zone.name())
    .bind(version.row_count)
    .bind(&version.csv)
    .bind(version.created_at.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The owner's deck with this id.
pub async fn find(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    deck_id: DeckId,
) -> Result<Option<Deck>, StoreError> {
    let row: Option<DeckRow> = on!(tx, conn => sqlx::query_as(
        "select deck_id, name, latest_version, created_at, version from deck
         where owner_id = $1 and deck_id = $2",
    ).bind(owner_text(owner)).bind(deck_id.to_string()).fetch_optional(conn).await)?;
    row.map(DeckRow::read).transpose()
}

/// [`find`], and the deck stays as it is until the transaction ends: whoever gives it to a profile
/// and whoever deletes it must not miss each other.
pub async fn find_locked(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    deck_id: DeckId,
) -> Result<Option<Deck>, StoreError> {
    let sql = tx.locking(
        "select deck_id, name, latest_version, created_at, version from deck
         where owner_id = $1 and deck_id = $2",
    );
    let row: Option<DeckRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(owner_text(owner))
        .bind(deck_id.to_string())
        .fetch_optional(conn).await)?;
    row.map(DeckRow::read).transpose()
}

/// Gives a deck another name, if it still has the version it was read with.
pub async fn rename(tx: &mut Tx, owner: Option<PartnerId>, deck: &Deck) -> Result<(), StoreError> {
    let renamed = on!(tx, conn => sqlx::query(
        "update deck set name = $3, version = version + 1
         where owner_id = $1 and deck_id = $2 and version = $4",
    )
    .bind(owner_text(owner))
    .bind(deck.deck_id.to_string())
    .bind(&deck.name)
    .bind(deck.version)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(renamed, "the rate deck")
}

/// How many of the partner's profiles name this deck in any of their versions.
pub async fn count_profiles_with(
    tx: &mut Tx,
    partner_id: PartnerId,
    deck_id: DeckId,
) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(distinct profile_id) from profile_version
         where partner_id = $1 and terms like $2",
    )
    .bind(partner_id.to_string())
    .bind(format!("%\"{deck_id}\"%"))
    .fetch_one(conn).await)?;
    Ok(count)
}

/// Whether this deck priced a call of the partner's tenants.
pub async fn has_priced(
    tx: &mut Tx,
    partner_id: PartnerId,
    deck_id: DeckId,
) -> Result<bool, StoreError> {
    let row: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select calls from usage_day where partner_id = $1 and deck_id = $2 limit 1",
    )
    .bind(partner_id.to_string())
    .bind(deck_id.to_string())
    .fetch_optional(conn).await)?;
    Ok(row.is_some())
}

/// Deletes a deck that nothing refers to, with its versions.
pub async fn delete(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    deck_id: DeckId,
) -> Result<(), StoreError> {
    let deleted = on!(tx, conn => sqlx::query(
        "delete from deck where owner_id = $1 and deck_id = $2",
    )
    .bind(owner_text(owner))
    .bind(deck_id.to_string())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(deleted, "the rate deck")?;
    on!(tx, conn => sqlx::query(
        "delete from deck_version where owner_id = $1 and deck_id = $2",
    ).bind(owner_text(owner)).bind(deck_id.to_string()).execute(conn).await.map(drop))?;
    Ok(())
}

/// Up to `limit` of the owner's decks after `last`, in the order of their ids.
pub async fn page(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    last: Option<DeckId>,
    limit: i64,
) -> Result<Vec<Deck>, StoreError> {
    let rows: Vec<DeckRow> = on!(tx, conn => sqlx::query_as(
        "select deck_id, name, latest_version, created_at, version from deck
         where owner_id = $1 and deck_id > $2
         order by deck_id
         limit $3",
    ).bind(owner_text(owner)).bind(after(last)).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(DeckRow::read).collect()
}

/// One version of a deck.
pub async fn version(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    (deck_id, version): (DeckId, i64),
) -> Result<Option<DeckVersion>, StoreError> {
    let row: Option<VersionRow> = on!(tx, conn => sqlx::query_as(
        "select deck_id, version, effective_from, zone, row_count, csv, created_at
         from deck_version
         where owner_id = $1 and deck_id = $2 and version = $3",
    )
    .bind(owner_text(owner))
    .bind(deck_id.to_string())
    .bind(version)
    .fetch_optional(conn).await)?;
    row.map(VersionRow::read).transpose()
}

/// A page of the owner's decks, in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    page: &PageRequest,
) -> Result<Page<Deck>, StoreError> {
    let list = List::of("select deck_id, name, latest_version, created_at, version from deck")
        .only("owner_id = $?", [owner_text(owner).into()]);
    list.page(tx, ("deck_id", "deck_id"), page).await?.try_map(DeckRow::read)
}

/// A page of a deck's versions in the order of their numbers, without their rows.
pub async fn versions(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    (deck_id, page): (DeckId, &PageRequest),
) -> Result<Page<DeckVersion>, StoreError> {
    let list = List::of(
        "select deck_id, version, effective_from, zone, row_count, '' as csv, created_at
         from deck_version",
    )
    .only("owner_id = $? and deck_id = $?", [owner_text(owner).into(), deck_id.to_string().into()]);
    list.page(tx, ("version", "deck_id"), page).await?.try_map(VersionRow::read)
}
