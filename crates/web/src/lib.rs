//! Pages over HTTP: health, readiness, and an index of invoices with their PDFs.
//!
//! Decided here: routes, headers, limits and status codes; nothing about billing. Pages work
//! without scripts and load nothing from elsewhere. There is no sign-in yet, so that pages answer
//! only to the names of this machine ([`Hosts::Loopback`]): a web site that points its own name at
//! a loopback address gets nothing.

pub mod api;
mod guard;
mod pages;
mod problem;
mod processor_inbox;

use std::{future::Future, net::SocketAddr, time::Duration};

use app::App;
use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::get,
};

use crate::pages::{hosted, index, pdf};

/// Where the server listens unless told otherwise: this machine only.
pub const DEFAULT_ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

/// A page that takes longer than this is given up: whoever asked has gone.
const PAGE_TIMEOUT: Duration = Duration::from_secs(20);

/// By which names pages may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hosts {
    /// `localhost` and loopback addresses, whatever the port.
    #[default]
    Loopback,
    /// Any. Only behind something that decides who may look.
    Any,
}

/// All routes over `app`, for the names of this machine.
pub fn router(app: App) -> Router {
    router_for(app, Hosts::Loopback)
}

/// All routes over `app`.
pub fn router_for(app: App, hosts: Hosts) -> Router {
    let pages = Router::new()
        .route("/", get(index::show))
        .route("/invoices/{partner}/{id}/pdf", get(pdf::show))
        .fallback(problem::no_such_page)
        .layer(middleware::from_fn_with_state(hosts, guard::own_names_only));
    Router::new()
        .route("/healthz", get(healthy))
        .route("/readyz", get(ready))
        .route("/assets/app.css", get(style))
        .merge(pages)
        .merge(processor_inbox::routes())
        .layer(middleware::from_fn_with_state(PAGE_TIMEOUT, guard::in_time))
        .with_state(app.clone())
        .merge(
            hosted::routes(app.clone())
                .layer(middleware::from_fn_with_state(PAGE_TIMEOUT, guard::in_time)),
        )
        .merge(api::router(app))
        .layer(middleware::from_fn(guard::with_headers))
}

/// Serves until `stop` is done; requests that are being answered are finished.
pub async fn serve(
    listener: tokio::net::TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}

async fn healthy() -> &'static str {
    "ok\n"
}

async fn ready(axum::extract::State(app): axum::extract::State<App>) -> impl IntoResponse {
    match app.is_ready().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

async fn style() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("max-age=300")),
    ];
    (headers, include_str!("app.css"))
}
