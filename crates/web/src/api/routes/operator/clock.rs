//! `/v1/operator/clock`: the simulated clock.

use std::time::Duration;

use app::{App, error::Result as AppResult, requests::Done, resource::Instant};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{READ, WRITE};
use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    problem::Problem,
    write::{Outcome, answer},
};

/// How long an answer waits for the clock; it moves on without it.
const WAIT: Duration = Duration::from_secs(20);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get, advance))
}

/// The deployment's clock.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Clock {
    /// What time it is.
    now: Instant,
    /// Whether it stands still until it is moved.
    simulated: bool,
    /// Whether it is being moved right now.
    moving: bool,
}

/// Where the clock is moved to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// Not before where it stands, and at most ten years after.
    #[schema(value_type = String, format = DateTime, example = "2026-08-01T00:00:00Z")]
    now: Instant,
}

impl Clock {
    fn of(app: &App) -> Self {
        Self {
            now: app.clock.now().into(),
            simulated: app.clock.is_simulated(),
            moving: app.clock_mover.is_moving(),
        }
    }
}

/// Get the clock
#[utoipa::path(get, path = "/v1/operator/clock", tag = "Operator", operation_id = "get_clock",
    security(("key" = ["operator:read"])),
    responses((status = 200, body = Clock, description = "The clock")))]
async fn get(caller: Caller) -> Result<Json<Clock>, Problem> {
    caller.operator(READ)?;
    Ok(Json(Clock::of(caller.api.app())))
}

/// Advance the clock
///
/// Only where it is simulated, and forward only. Everything that falls due on the way is done:
/// periods close, invoices are issued, mailed and charged. An answer with 202 says that this goes
/// on; ask for the clock until it no longer moves. With an `Idempotency-Key` the request may be
/// sent again until it is answered with 200: it is refused with 409 while it is worked on, goes on
/// where the clock stands if the server was restarted on the way, and gets the first answer with
/// 200 from then on.
#[utoipa::path(post, path = "/v1/operator/clock", tag = "Operator", operation_id = "advance_clock",
    request_body = Advance, security(("key" = ["operator:write"])),
    responses(
        (status = 200, body = Clock, description = "The clock stands there"),
        (status = 202, body = Clock, description = "The clock is on its way"),
    ))]
async fn advance(caller: Caller, Body(to): Body<Advance>) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let Instant(to) = to.now;
    let shown = caller.clone();
    let moved = caller.aside(async move |app, asking| {
        app.advance_clock_once(asking, to, |app| arrived(app, to)).await
    });
    match tokio::time::timeout(WAIT, moved).await {
        Err(_) => {
            let clock = Clock::of(shown.api.app());
            Ok((StatusCode::ACCEPTED, Json(clock)).into_response())
        }
        Ok(performed) => Ok(answer(performed?)),
    }
}

/// The clock, which was moved to `to` and does not move any more once this is said.
fn arrived(app: &App, to: Timestamp) -> AppResult<Done> {
    let clock = Clock { moving: false, ..Clock::of(app) };
    Outcome::ok(&clock)?.audited("clock.advance", to, None::<&()>)?.done()
}
