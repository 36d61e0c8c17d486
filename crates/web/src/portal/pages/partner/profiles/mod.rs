//! Billing profiles: how a partner charges its tenants (Settings > Billing Config).
//!
//! Decided here: the price example beside the form is computed where invoices are, of what is
//! typed, and saves nothing. Its button sends the form like the other one does: the proof that a
//! form carries must not stand in an address. Whoever may only look sees what the form says.

mod delete;
mod edit;
mod form;
mod list;

#[cfg(test)]
pub(in crate::portal) use self::{
    delete::Delete,
    edit::Editor,
    list::{Profiles, Versions},
};

use axum::{
    Router,
    routing::{get, post},
};

use crate::portal::Portal;

/// The pages of this subject.
pub(in crate::portal) fn routes() -> Router<Portal> {
    Router::new()
        .route("/settings/profiles", get(list::show).post(edit::create))
        .route("/settings/profiles/new", get(edit::blank))
        .route("/settings/profiles/{id}", get(edit::show).post(edit::save))
        .route("/settings/profiles/{id}/versions", get(list::versions))
        .route("/settings/profiles/{id}/default", post(edit::make_default))
        .route("/settings/profiles/{id}/delete", get(delete::ask).post(delete::delete))
}
