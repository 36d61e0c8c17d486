//! The portals of the operator, partners and tenants: one shell, three layers.
//!
//! Decided here: which pages there are and how a request reaches one. `place` says whose portal it
//! is, `rules` who may open which page, `guest` that nobody gets past that; a page takes what a use
//! case answered and puts it into `parts`. Pages work without scripts and load nothing from
//! elsewhere. What changes something runs on a thread of its own, like the API's writes.

mod change;
mod cookies;
mod fields;
mod guest;
#[allow(dead_code, reason = "lists are there for pages to come")]
mod listing;
mod nav;
mod pages;
mod parts;
mod place;
mod rules;
mod setup;
pub(crate) mod shell;

use app::{App, error::AppError};
use axum::{
    Router, middleware,
    routing::{get, post},
};
use tokio_util::task::LocalPoolHandle;
use tower::ServiceExt;

pub(crate) use self::guest::{Fault, Guest};
pub use self::{
    guest::CSRF_FIELD,
    rules::{Need, RULES, Rule},
};
use crate::Hosts;

/// Threads that do what changes something: such work stays on the thread it began on.
const WRITERS: usize = 2;

/// What all pages share.
#[derive(Clone)]
pub(crate) struct Portal {
    app: App,
    writers: LocalPoolHandle,
    hosts: Hosts,
}

impl Portal {
    /// The use cases.
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// Runs `work` to its end, even when the asker hangs up.
    pub(crate) async fn run<T, F>(
        &self,
        work: impl FnOnce(App) -> F + Send + 'static,
    ) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, AppError>> + 'static,
    {
        let app = self.app.clone();
        let done = self.writers.spawn_pinned(move || work(app)).await;
        done.map_err(|error| AppError::Broken(format!("a change ended badly: {error}")))?
    }
}

/// All pages.
pub(crate) fn router(app: App, hosts: Hosts) -> Router {
    let portal = Portal { app: app.clone(), writers: LocalPoolHandle::new(WRITERS), hosts };
    let pages = Router::new()
        .route("/", get(pages::home::show))
        .route("/sign-in", get(pages::sign_in::show).post(pages::sign_in::submit))
        .route("/sign-in/code", get(pages::code::show).post(pages::code::submit))
        .route("/sign-out", post(pages::sign_in::sign_out))
        .route("/forgot", get(pages::forgot::show).post(pages::forgot::submit))
        .route("/reset/{token}", get(pages::link::reset).post(pages::link::submit_reset))
        .route(
            "/invitation/{token}",
            get(pages::link::invitation).post(pages::link::submit_invitation),
        )
        .route("/verify/{token}", get(pages::verify::by_link).post(pages::verify::submit))
        .route("/verify", get(pages::verify::waiting).post(pages::verify::resend))
        .route("/profile", get(pages::profile::show).post(pages::profile::edit))
        .route("/profile/theme", post(pages::profile::theme))
        .route("/profile/email", post(pages::profile::email))
        .route("/profile/password", post(pages::profile::password))
        .route("/profile/sessions", post(pages::profile::end_sessions))
        .route("/profile/two-factor", get(pages::two_factor::show).post(pages::two_factor::confirm))
        .route("/profile/two-factor/off", post(pages::two_factor::off))
        .route("/profile/two-factor/codes", post(pages::two_factor::renew))
        .route("/users", get(pages::users::list).post(pages::users::invite))
        .route("/users/{id}/role", post(pages::users::role))
        .route("/users/{id}/invitation", post(pages::users::invite_again))
        .route("/users/{id}/remove", get(pages::users::ask_remove).post(pages::users::remove))
        .route("/act", post(pages::acting::go))
        .route("/act/leave", post(pages::acting::leave))
        .route("/partners/{id}/sign-out", post(pages::acting::end_sessions))
        .route("/invoices", get(crate::pages::index::show))
        .route("/invoices/{partner}/{id}/pdf", get(crate::pages::pdf::show))
        .merge(pages::partner::routes())
        .merge(pages::tenant::routes())
        .merge(pages::operator::routes())
        .route("/brand.css", get(pages::assets::brand))
        .route("/logo", get(pages::assets::logo))
        .fallback(pages::nowhere)
        .layer(middleware::from_fn_with_state(portal.clone(), guest::admit))
        .with_state(portal);
    let places = place::Rewriter::new(&app.platform);
    Router::new().fallback_service(pages.map_request(move |request| places.rewrite(request)))
}
