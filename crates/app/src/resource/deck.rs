//! Rate decks as programs see them.

use domain::{
    catalog::{Charge, DeckRow},
    ids::DeckId,
    money::Nanos,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Decimal, Instant};
use crate::setup::{Deck, DeckComparison, DeckVersion};

/// A table of prices by the first digits of numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RateDeck {
    /// Its id.
    #[schema(value_type = String, example = "dck_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: DeckId,
    /// For people.
    #[schema(example = "International")]
    pub name: String,
    /// The number of its newest version, which may be scheduled for later.
    #[schema(example = 1)]
    pub latest_version: i64,
    /// When it was created.
    pub created_at: Instant,
    /// Grows with each version and each new name; the `ETag`.
    #[schema(example = 2)]
    pub version: i64,
}

impl From<&Deck> for RateDeck {
    fn from(deck: &Deck) -> Self {
        Self {
            id: deck.deck_id,
            name: deck.name.clone(),
            latest_version: deck.latest_version,
            created_at: deck.created_at.into(),
            version: deck.version,
        }
    }
}

/// One version of a rate deck. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RateDeckVersion {
    /// Of which deck.
    #[schema(value_type = String, example = "dck_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub rate_deck_id: DeckId,
    /// 1, 2, 3 …
    pub version: i64,
    /// It prices calls answered from here on, until the next version does.
    pub effective_from: Instant,
    /// In which its windows and dates without a zone are read.
    #[schema(example = "UTC")]
    pub timezone: String,
    /// How many rows it has.
    #[schema(example = 60_000)]
    pub rows: i64,
    /// When it was made.
    pub created_at: Instant,
}

impl From<&DeckVersion> for RateDeckVersion {
    fn from(version: &DeckVersion) -> Self {
        Self {
            rate_deck_id: version.deck_id,
            version: version.version,
            effective_from: version.effective_from.into(),
            timezone: version.zone.name().to_owned(),
            rows: version.row_count,
            created_at: version.created_at.into(),
        }
    }
}

/// A row of a rate deck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RateDeckRow {
    /// Which numbers it is for: the first digits of E.164, without a plus sign.
    #[schema(example = "4420")]
    pub prefix: String,
    /// What people call the destination.
    #[schema(example = "London")]
    pub name: String,
    /// Price of a minute; null where there are steps.
    #[schema(example = "0.0125")]
    pub rate_per_minute: Option<Decimal>,
    /// Prices by the second reached, such as `0:30@0.05/60;30:6@0.05/60`.
    pub steps: Option<String>,
    /// Once per call.
    #[schema(example = "0")]
    pub connection_fee: Decimal,
    /// Seconds billed at least.
    #[schema(example = 6)]
    pub minimum_seconds: u32,
    /// Seconds of each further increment; null where there are steps.
    #[schema(example = 6)]
    pub increment_seconds: Option<u32>,
    /// The first seconds of a call that are not charged.
    pub free_seconds: u32,
    /// Shorter calls cost nothing.
    pub free_below_seconds: u32,
    /// The most a call costs.
    pub max_price: Option<Decimal>,
    /// From when it prices calls; null: always did.
    pub effective_from: Option<Instant>,
    /// From when it does not any more; null: never.
    pub effective_until: Option<Instant>,
    /// The hours of the week in which it applies.
    pub window: Option<String>,
    /// `exact`, `half_up`, `up` or `down`.
    #[schema(example = "exact")]
    pub rounding: String,
    /// Decimals that are kept, -6 to 9.
    #[schema(example = 9)]
    pub decimals: i8,
}

impl From<&DeckRow> for RateDeckRow {
    fn from(row: &DeckRow) -> Self {
        let fields = row.fields();
        let decimal = |amount: Nanos| Decimal(amount.to_string());
        let (rate, steps, minimum, increment) = match &fields.charge {
            Charge::PerMinute { rate, increments } => {
                let increment = Some(increments.increment_seconds());
                (Some(*rate), None, increments.minimum_seconds(), increment)
            }
            Charge::Stepped { steps, minimum_seconds } => {
                (None, Some(steps.to_string()), *minimum_seconds, None)
            }
        };
        Self {
            prefix: fields.prefix.to_string(),
            name: fields.name.clone(),
            rate_per_minute: rate.map(decimal),
            steps,
            connection_fee: decimal(fields.connection_fee),
            minimum_seconds: minimum,
            increment_seconds: increment,
            free_seconds: fields.free_seconds,
            free_below_seconds: fields.free_below_seconds,
            max_price: fields.max_price.map(decimal),
            effective_from: fields.effective_from.map(Instant),
            effective_until: fields.effective_until.map(Instant),
            window: fields.window.as_ref().map(ToString::to_string),
            rounding: fields.rounding.name().to_owned(),
            decimals: fields.rounding.decimals(),
        }
    }
}

/// A row that says something else than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedRow {
    /// What it said.
    pub old: RateDeckRow,
    /// What it would say.
    pub new: RateDeckRow,
}

/// What a deck file would change. Nothing is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RateDeckDiff {
    /// The version it is compared with; null where there is none.
    pub compared_with: Option<i64>,
    /// Rows of the file.
    #[schema(example = 60_000)]
    pub rows: usize,
    /// Rows that are new.
    pub added_count: usize,
    /// Rows that go.
    pub removed_count: usize,
    /// Rows that say something else.
    pub changed_count: usize,
    /// Rows that stay.
    pub unchanged_count: usize,
    /// The first 200 new rows, in the order of prefixes.
    pub added: Vec<RateDeckRow>,
    /// The first 200 rows that go.
    pub removed: Vec<RateDeckRow>,
    /// The first 200 rows that say something else.
    pub changed: Vec<ChangedRow>,
}

/// Rows of each kind that are shown.
const SHOWN: usize = 200;

impl From<&DeckComparison> for RateDeckDiff {
    fn from(comparison: &DeckComparison) -> Self {
        let (old, new, diff) = (&comparison.old, &comparison.new, &comparison.diff);
        let rows = |of: &[DeckRow], places: &[usize]| -> Vec<RateDeckRow> {
            places.iter().take(SHOWN).map(|place| RateDeckRow::from(&of[*place])).collect()
        };
        let changed = diff.changed.iter().take(SHOWN);
        Self {
            compared_with: comparison.compared_with,
            rows: new.len(),
            added_count: diff.added.len(),
            removed_count: diff.removed.len(),
            changed_count: diff.changed.len(),
            unchanged_count: diff.unchanged,
            added: rows(new, &diff.added),
            removed: rows(old, &diff.removed),
            changed: changed
                .map(|(was, is)| ChangedRow { old: (&old[*was]).into(), new: (&new[*is]).into() })
                .collect(),
        }
    }
}
