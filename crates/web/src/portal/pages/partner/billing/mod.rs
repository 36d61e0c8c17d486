//! A partner's own billing, and how its tenants pay (PLT-02): four tabs.
//!
//! Decided here: what charges the partner's payment method carries a key, so that a form that is
//! sent twice charges once. Looking is for everybody of the partner's, changing for administrators
//! (PLT-37). Secrets of the payment processor are taken and never shown.

mod charged;
mod history;
mod invoices;
mod methods;
mod modes;
mod plan;
mod processor;
mod settlements;
mod subscription;

#[cfg(test)]
pub(in crate::portal) use self::{
    history::History,
    invoices::Invoices,
    methods::{Methods, Remove},
    modes::{Mode, Onboarding, RemoveKeys},
    plan::{Cancel, Plan},
    processor::TenantBilling,
    settlements::Settlements,
    subscription::Subscription,
};

use axum::{
    Router,
    routing::{get, post},
};
use maud::Markup;

use crate::portal::{
    Portal,
    parts::{Tab, tabs},
    shell::Frame,
};

const SUBSCRIPTION: &str = "/settings/billing";
const METHODS: &str = "/settings/billing/methods";
const HISTORY: &str = "/settings/billing/history";
const TENANTS: &str = "/settings/billing/tenants";

/// The tabs, with the one at `at` shown.
fn tab_bar(frame: &Frame, at: &str) -> Markup {
    const TABS: [Tab<'_>; 4] = [
        Tab { name: "Subscription", path: SUBSCRIPTION },
        Tab { name: "Payment Methods", path: METHODS },
        Tab { name: "History", path: HISTORY },
        Tab { name: "Tenant Billing", path: TENANTS },
    ];
    tabs(frame, "Billing", &TABS, at)
}

/// The pages of this subject.
pub(in crate::portal) fn routes() -> Router<Portal> {
    let own = Router::new()
        .route("/settings/billing", get(subscription::show))
        .route("/settings/billing/activate", post(subscription::activate))
        .route("/settings/billing/top-up", post(subscription::top_up))
        .route("/settings/billing/plan", get(plan::preview).post(plan::change))
        .route("/settings/billing/plan/keep", post(plan::keep))
        .route("/settings/billing/cancel", get(plan::ask_cancel).post(plan::cancel))
        .route("/settings/billing/methods", get(methods::show).post(methods::add))
        .route("/settings/billing/methods/{id}/default", post(methods::make_default))
        .route(
            "/settings/billing/methods/{id}/remove",
            get(methods::ask_remove).post(methods::remove),
        )
        .route("/settings/billing/auto-recharge", post(methods::recharge))
        .route("/settings/billing/history", get(history::show))
        .route("/settings/billing/history.csv", get(history::csv))
        .route("/settings/billing/invoices", get(invoices::show))
        .route("/settings/billing/invoices/{id}/pdf", get(invoices::pdf));
    Router::new()
        .route("/settings/billing/tenants", get(processor::show))
        .route("/settings/billing/tenants/descriptor", post(processor::descriptor))
        .route("/settings/billing/tenants/mode", get(modes::ask).post(modes::choose))
        .route("/settings/billing/tenants/connect", post(modes::connect))
        .route("/settings/billing/tenants/refresh", post(modes::refresh))
        .route("/settings/billing/tenants/keys", post(modes::save_keys))
        .route(
            "/settings/billing/tenants/keys/remove",
            get(modes::ask_remove_keys).post(modes::remove_keys),
        )
        .route("/settings/billing/settlements", get(settlements::show))
        .merge(own)
}
