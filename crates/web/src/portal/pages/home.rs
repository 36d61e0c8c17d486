//! The first page after signing in: each layer has its own.

use axum::{extract::RawQuery, response::Response};
use domain::user::Layer;

use super::{operator, partner, tenant};
use crate::portal::guest::{Fault, Guest};

pub(in crate::portal) async fn show(guest: Guest, query: RawQuery) -> Result<Response, Fault> {
    match guest.standing()?.account().layer() {
        Layer::Operator => operator::home(guest, query.0.as_deref()).await,
        Layer::Partner => partner::dashboard::show(guest, query).await,
        Layer::Tenant => tenant::home(guest, query.0.as_deref()).await,
    }
}
