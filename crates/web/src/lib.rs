//! Everything over HTTP: the API, the portals, health and readiness.
//!
//! Decided here: routes, headers, limits and status codes; nothing about billing. Pages work
//! without scripts and load nothing from elsewhere. Where no domain is configured, pages answer
//! only to the names of this machine ([`Hosts::Loopback`]): a web site that points its own name at
//! a loopback address gets nothing.

pub mod api;
mod guard;
mod pages;
pub mod portal;
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

use crate::pages::hosted;

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
    let pages = portal::router(app.clone(), hosts)
        .layer(middleware::from_fn_with_state(PAGE_TIMEOUT, guard::in_time));
    Router::new()
        .route("/healthz", get(healthy))
        .route("/readyz", get(ready))
        .merge(processor_inbox::routes())
        .route("/assets/app.css", get(async || asset("text/css", include_str!("app.css"))))
        .route(
            "/assets/portal.css",
            get(async || asset("text/css", include_str!("portal/portal.css"))),
        )
        .route(
            "/assets/icon.svg",
            get(async || asset("image/svg+xml", include_str!("portal/icon.svg"))),
        )
        .layer(middleware::from_fn_with_state(PAGE_TIMEOUT, guard::in_time))
        .with_state(app.clone())
        .merge(
            hosted::routes(app.clone())
                .layer(middleware::from_fn_with_state(PAGE_TIMEOUT, guard::in_time)),
        )
        .merge(api::router(app))
        .fallback_service(pages)
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

/// A file that is part of the program.
fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("max-age=300")),
    ];
    (headers, text)
}
