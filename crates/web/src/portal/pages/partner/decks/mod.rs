//! Rate decks: files of prices by destination, and what each new one changes.
//!
//! Decided here: a file never acts when it is sent. It is read first; what is wrong is told line by
//! line, and what is right waits a day on a page that shows what it changes, where somebody puts it
//! in force or throws it away.

mod delete;
mod list;
mod one;
mod rows;
mod upload;

#[cfg(test)]
pub(in crate::portal) use self::{
    delete::Delete, list::Decks, list::NewDeck, one::Deck, upload::Difference,
};

use axum::{
    Router,
    routing::{get, post},
};

use crate::portal::Portal;

/// Where the list is.
const PATH: &str = "/settings/decks";

/// The pages of this subject.
pub(in crate::portal) fn routes() -> Router<Portal> {
    Router::new()
        .route("/settings/decks", get(list::show).post(list::create))
        .route("/settings/decks/new", get(list::blank))
        .route("/settings/decks/{id}", get(one::show).post(one::add_version))
        .route("/settings/decks/{id}/file", get(one::file))
        .route("/settings/decks/{id}/name", post(one::rename))
        .route("/settings/decks/{id}/delete", get(delete::ask).post(delete::delete))
        .route("/settings/deck-uploads/{id}", get(upload::show).post(upload::activate))
        .route("/settings/deck-uploads/{id}/discard", post(upload::discard))
}
