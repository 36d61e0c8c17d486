//! The public API under `/v1`: everything a program may ask.
//!
//! Decided here: what every route has in common. `caller` says who asks and whether they may,
//! `body` and `query` what may be sent, `problem` how a refusal looks, `write` that a
//! change is made once and written down. A route only names a use case. Pages of people are not
//! served here, and nothing here decides about billing.

mod body;
mod caller;
mod docs;
mod exact;
mod log;
mod openapi;
pub(crate) mod paging;
mod problem;
mod query;
pub(crate) mod routes;
pub(crate) mod write;

use std::sync::Arc;

use app::App;
use axum::{Router, extract::DefaultBodyLimit, middleware, routing::any};
use tokio_util::task::LocalPoolHandle;

pub use self::{
    openapi::document,
    problem::{CODES as PROBLEM_CODES, ProblemCode},
};

/// Threads that do what changes something: such work stays on the thread it began on.
const WRITERS: usize = 2;

/// What all routes share.
#[derive(Clone)]
pub(crate) struct Api(Arc<Inner>);

struct Inner {
    app: App,
    writers: LocalPoolHandle,
    known: caller::KnownKeys,
    log: log::RequestLog,
}

impl Api {
    fn new(app: App) -> Self {
        let log = log::RequestLog::start(app.clone());
        let writers = LocalPoolHandle::new(WRITERS);
        Self(Arc::new(Inner { app, writers, known: caller::KnownKeys::default(), log }))
    }

    /// The use cases.
    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }
}

/// All routes of the API.
pub(crate) fn router(app: App) -> Router {
    let api = Api::new(app);
    let (routes, _) = openapi::routes().split_for_parts();
    routes
        .route("/v1/{*rest}", any(problem::no_such_route))
        .method_not_allowed_fallback(problem::no_such_method)
        // `admit` has read the body within its own limits.
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(api.clone(), caller::admit))
        .with_state(api)
        .merge(docs::router())
}
