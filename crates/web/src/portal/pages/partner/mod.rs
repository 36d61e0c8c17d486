//! The partner's pages, one file or folder per subject.

pub(super) mod dashboard;
pub(super) mod decks;
pub(super) mod invoices;
pub(super) mod profiles;
pub(super) mod taxes;
pub(super) mod tenants;

use app::resource::Decimal;
use axum::Router;
use domain::money::{Currency, grouped};

use crate::portal::Portal;

/// The pages.
pub(in crate::portal) fn routes() -> Router<Portal> {
    let settings =
        Router::new().merge(decks::routes()).merge(profiles::routes()).merge(taxes::routes());
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
