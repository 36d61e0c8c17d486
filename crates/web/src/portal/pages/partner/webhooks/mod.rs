//! Webhook endpoints, and what was sent to them.
//!
//! Decided here: a signing secret is on the page that answers the form which made it and nowhere
//! else (WHK-02). Addresses are looked up before the transaction begins. Deliveries are debugged
//! on pages of their own: the body as it was sent, each answer as it came.

mod deliveries;
mod endpoint;
mod list;

#[cfg(test)]
pub(in crate::portal) use self::{
    deliveries::{Deliveries, Delivery},
    endpoint::{Delete, Endpoint, SecretShown},
    list::Endpoints,
};

use axum::{
    Router,
    routing::{get, post},
};

use crate::portal::Portal;

const PATH: &str = "/settings/webhooks";

/// The pages of this subject.
pub(in crate::portal) fn routes() -> Router<Portal> {
    Router::new()
        .route("/settings/webhooks", get(list::show).post(endpoint::create))
        .route("/settings/webhooks/new", get(endpoint::blank))
        .route("/settings/webhooks/{id}", get(endpoint::show).post(endpoint::save))
        .route("/settings/webhooks/{id}/rotate", post(endpoint::rotate))
        .route("/settings/webhooks/{id}/status", post(endpoint::toggle))
        .route("/settings/webhooks/{id}/test", post(endpoint::test))
        .route("/settings/webhooks/{id}/delete", get(endpoint::ask_delete).post(endpoint::delete))
        .route("/settings/webhooks/{id}/deliveries", get(deliveries::list))
        .route("/settings/deliveries/{id}", get(deliveries::show))
        .route("/settings/deliveries/{id}/redeliver", post(deliveries::redeliver))
}
