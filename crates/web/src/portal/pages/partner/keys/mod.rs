//! Keys of the API: made, narrowed, replaced, taken back.
//!
//! Decided here: a key's text is on the page that answers its form and nowhere else (KEY-04); the
//! same form sent again makes no second key and shows no text. Tenants are named by their SIP
//! prefixes, because a partner may have thousands.

mod edit;
mod form;
mod list;

#[cfg(test)]
pub(in crate::portal) use self::{
    edit::{Edit, Revoke},
    form::{Created, NewKeyForm},
    list::Keys,
};

use axum::{
    Router,
    routing::{get, post},
};

use crate::portal::Portal;

const PATH: &str = "/settings/api-keys";

/// The pages of this subject.
pub(in crate::portal) fn routes() -> Router<Portal> {
    Router::new()
        .route("/settings/api-keys", get(list::show).post(form::create))
        .route("/settings/api-keys/new", get(form::blank))
        .route("/settings/api-keys/{id}", get(edit::show).post(edit::save))
        .route("/settings/api-keys/{id}/replace", post(edit::replace))
        .route("/settings/api-keys/{id}/revoke", get(edit::ask_revoke).post(edit::revoke))
}
