//! `/v1/operator`: what only the operator's keys reach.

mod billing;
mod clock;
mod disputes;
mod invoices;
mod partners;
mod platform;
mod wholesale;

use domain::api_key::{Category, Scope};
use utoipa_axum::router::OpenApiRouter;

use crate::api::Api;

const READ: Scope = Scope::read(Category::Operator);
const WRITE: Scope = Scope::write(Category::Operator);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .merge(platform::routes())
        .merge(partners::routes())
        .merge(wholesale::routes())
        .merge(disputes::routes())
        .merge(billing::routes())
        .merge(clock::routes())
        .merge(invoices::routes())
}
