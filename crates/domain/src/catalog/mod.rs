//! Rate decks: rows, their CSV form, time windows and the compiled rate book.
//!
//! Decided here: which rows a deck may have and what each says ([`DeckRow`]), how decks are read
//! and written as CSV, how two decks differ, and how rows become an immutable [`RateBook`]. What a
//! call costs under a book is decided in [`rating`](crate::rating). Nothing here reads a file or a
//! clock, and a book never changes: a new deck version is a new book, swapped in whole.

mod book;
mod deck;
mod deck_csv;
mod diff;
#[cfg(test)]
mod tests;
mod trie;
mod window;

pub use book::{BookError, RateBook};
pub(crate) use book::{Chain, Cover, Found, Grid, RowTerms};
pub use deck::{
    Charge, DeckRow, DeckRowFields, DeckValueError, MAX_PER_SECONDS, MAX_ROWS_PER_PREFIX,
    MAX_STEPS, Rounding, RoundingMode, Step, Steps,
};
pub use deck_csv::{
    COLUMNS, DeckParse, DeckRowError, MAX_DECK_ROWS, MAX_KEPT_ERRORS, deck_csv_page,
    format_deck_csv, parse_deck_csv,
};
pub use diff::{DeckDiff, diff_decks};
pub use window::{Window, WindowError};
