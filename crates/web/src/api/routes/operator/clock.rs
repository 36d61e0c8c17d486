//! `/v1/operator/clock`: the simulated clock.

use std::time::Duration;

use app::{error::AppError, requests::Change, resource::Instant};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{READ, WRITE};
use crate::api::{Api, body::Body, caller::Caller, problem::Problem};

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

fn clock(caller: &Caller) -> Clock {
    let app = caller.api.app();
    Clock {
        now: app.clock.now().into(),
        simulated: app.clock.is_simulated(),
        moving: app.clock_mover.is_moving(),
    }
}

/// Get the clock
#[utoipa::path(get, path = "/v1/operator/clock", tag = "Operator", operation_id = "get_clock",
    security(("key" = ["operator:read"])),
    responses((status = 200, body = Clock, description = "The clock")))]
async fn get(caller: Caller) -> Result<Json<Clock>, Problem> {
    caller.operator(READ)?;
    Ok(Json(clock(&caller)))
}

/// Advance the clock
///
/// Only where it is simulated, and forward only. Everything that falls due on the way is done:
/// periods close, invoices are issued, mailed and charged. An answer with 202 says that this goes
/// on; ask for the clock until it no longer moves. Sending the same request again is harmless.
#[utoipa::path(post, path = "/v1/operator/clock", tag = "Operator", operation_id = "advance_clock",
    request_body = Advance, security(("key" = ["operator:write"])),
    responses(
        (status = 200, body = Clock, description = "The clock stands there"),
        (status = 202, body = Clock, description = "The clock is on its way"),
    ))]
async fn advance(caller: Caller, Body(to): Body<Advance>) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let app = caller.api.app().clone();
    let Instant(to) = to.now;
    let asking = caller.asking.clone();
    let moved = caller.api.0.writers.spawn_pinned(move || async move {
        app.advance_clock(to).await?;
        let change = Change {
            action: "clock.advance",
            tenant_id: None,
            object_id: to.to_string(),
            before: None,
            after: None,
        };
        app.note_change(&asking, &change).await
    });
    match tokio::time::timeout(WAIT, moved).await {
        Err(_) => Ok((StatusCode::ACCEPTED, Json(clock(&caller))).into_response()),
        Ok(Ok(Ok(()))) => Ok(Json(clock(&caller)).into_response()),
        Ok(Ok(Err(error))) => Err(caller.problem(error)),
        Ok(Err(error)) => Err(caller.problem(AppError::Broken(format!("a worker ended: {error}")))),
    }
}
