//! Where the payment processor tells what happened: one address per kind of account.
//!
//! Decided here: the body is taken as it came, byte for byte, and not above a size. 200 says that
//! the event is kept, so that the processor stops sending it; 400 that it is not the processor's or
//! came to the wrong address; 503 that it is to be sent again. Why, is for the log: whoever forges
//! events learns nothing.

use app::{
    App,
    processor_events::{Inbox, NotReceived},
};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use domain::processor_signature::SignatureError;

/// No event of the processor is as long.
const MAX_BODY_BYTES: usize = 512 * 1_024;
/// Nor is a signature, with a few secrets in force.
const MAX_SIGNATURE_BYTES: usize = 4_096;

/// The addresses that the processor's endpoints are made with.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/stripe/webhooks/platform", post(platform))
        .route("/stripe/webhooks/connect", post(connect))
        .route("/stripe/webhooks/custom/{partner_id}", post(custom))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}

async fn platform(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    receive(&app, Inbox::Platform, (&headers, &body)).await
}

async fn connect(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    receive(&app, Inbox::Connect, (&headers, &body)).await
}

async fn custom(
    State(app): State<App>,
    Path(partner_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match partner_id.parse() {
        Ok(partner_id) => receive(&app, Inbox::Custom(partner_id), (&headers, &body)).await,
        // Who is a partner here shows no more than whose signature is wrong.
        Err(_) => refused(Inbox::Platform, &SignatureError::NoSecret.into()),
    }
}

async fn receive(app: &App, inbox: Inbox, (headers, body): (&HeaderMap, &Bytes)) -> Response {
    let signature = headers.get("stripe-signature").and_then(|it| it.to_str().ok());
    let signature = signature.filter(|it| it.len() <= MAX_SIGNATURE_BYTES).unwrap_or_default();
    match app.receive_event(inbox, (signature, body)).await {
        Ok(_) => (StatusCode::OK, "kept\n").into_response(),
        Err(error) => refused(inbox, &error),
    }
}

fn refused(inbox: Inbox, error: &NotReceived) -> Response {
    match error {
        NotReceived::App(error) => {
            tracing::error!(?inbox, %error, "an event of the payment processor was not kept");
            (StatusCode::SERVICE_UNAVAILABLE, "not kept; send it again\n").into_response()
        }
        error => {
            tracing::warn!(?inbox, %error, "an event is not the payment processor's");
            (StatusCode::BAD_REQUEST, "not accepted\n").into_response()
        }
    }
}
