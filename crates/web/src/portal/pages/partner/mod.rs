//! The partner's pages, one file or folder per subject.

pub(super) mod audit;
pub(super) mod billing;
pub(super) mod dashboard;
pub(super) mod decks;
pub(super) mod invoices;
pub(super) mod keys;
pub(super) mod profiles;
pub(super) mod settings;
pub(super) mod taxes;
pub(super) mod tenants;
pub(super) mod webhooks;
pub(super) mod what_if;

use app::resource::Decimal;
use axum::Router;
use domain::money::{Currency, grouped};

use crate::portal::Portal;

/// The pages.
pub(in crate::portal) fn routes() -> Router<Portal> {
    let settings = Router::new()
        .merge(audit::routes())
        .merge(billing::routes())
        .merge(decks::routes())
        .merge(keys::routes())
        .merge(profiles::routes())
        .merge(settings::routes())
        .merge(taxes::routes())
        .merge(webhooks::routes())
        .merge(what_if::routes());
    Router::new()
        .merge(dashboard::routes())
        .merge(invoices::routes())
        .merge(tenants::routes())
        .merge(settings)
}

/// An amount that the API writes as a decimal, for people.
fn display(currency: Currency, Decimal(text): &Decimal) -> String {
    currency.parse_minor(text).map_or_else(|_| grouped(text), |amount| currency.display(amount))
}
