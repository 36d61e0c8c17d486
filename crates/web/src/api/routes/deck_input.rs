//! Rate deck files on their way in: as JSON or as they are.
//!
//! Decided here: where a file and what is said about it may stand, and how much work may be done on
//! files at once. Reading a large one is a second of work on one core, so only [`READERS`] are read
//! at a time, away from the threads that answer.

use app::{
    error::AppError,
    resource::{self, Instant},
    setup::{CheckedDeck, DeckVersion},
};
use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::header,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};

use crate::api::{
    body,
    problem::Problem,
    query::{Parsed, Query},
};

/// Files that are read at once.
const READERS: usize = 2;
static READING: Semaphore = Semaphore::const_new(READERS);

/// Beside a file that is sent as it is, and for dry runs.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadQuery {
    /// `true`: answers what the file would change, and saves nothing.
    #[param(value_type = Option<bool>)]
    dry_run: Option<Parsed<bool>>,
    /// With `text/csv`, of a new deck: its name.
    name: Option<String>,
    /// With `text/csv`: the IANA zone of its windows and dates; UTC where this is left out.
    timezone: Option<String>,
    /// With `text/csv`: from when it prices calls.
    #[param(value_type = Option<String>, format = DateTime)]
    effective_from: Option<Instant>,
}

/// A rate deck to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeckInput {
    /// For people.
    #[schema(min_length = 1, max_length = 120, example = "International")]
    pub(super) name: String,
    /// The IANA zone of its windows and dates; UTC where this is left out.
    #[schema(example = "UTC")]
    pub(super) timezone: Option<String>,
    /// From when it prices calls, by their answer; now where this is left out.
    pub(super) effective_from: Option<Instant>,
    /// The file.
    #[schema(example = "prefix,name,rate_per_minute\n44,United Kingdom,0.0125\n")]
    pub(super) csv: String,
}

/// A version of a rate deck to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeckVersionInput {
    /// The IANA zone of its windows and dates; UTC where this is left out.
    #[schema(example = "UTC")]
    pub(super) timezone: Option<String>,
    /// From when it prices calls, by their answer; now where this is left out.
    pub(super) effective_from: Option<Instant>,
    /// The file.
    #[schema(example = "prefix,name,rate_per_minute\n44,United Kingdom,0.0115\n")]
    pub(super) csv: String,
}

/// What can also be said by a file and parameters.
pub(super) trait FromFile: DeserializeOwned {
    /// The same, of a file and its parameters.
    fn from_file(csv: String, query: UploadQuery) -> Result<Self, Problem>;
}

impl FromFile for DeckInput {
    fn from_file(csv: String, query: UploadQuery) -> Result<Self, Problem> {
        let UploadQuery { name, timezone, effective_from, .. } = query;
        let name = name.ok_or_else(|| Problem::parameter("name", "must be given"))?;
        Ok(Self { name, timezone, effective_from, csv })
    }
}

impl FromFile for DeckVersionInput {
    fn from_file(csv: String, query: UploadQuery) -> Result<Self, Problem> {
        let UploadQuery { name, timezone, effective_from, .. } = query;
        if name.is_some() {
            return Err(Problem::parameter("name", "is that of the deck, which has one"));
        }
        Ok(Self { timezone, effective_from, csv })
    }
}

/// A file on its way in, and whether it is only tried.
#[derive(Debug)]
pub(super) struct DeckUpload<T> {
    /// The file and what is said about it.
    pub(super) input: T,
    /// Whether nothing is saved.
    pub(super) is_dry_run: bool,
}

impl<T: FromFile, S: Sync> FromRequest<S> for DeckUpload<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, sent) = request.into_parts();
        let Query(query) = Query::<UploadQuery>::from_request_parts(&mut parts, state).await?;
        let is_dry_run = query.dry_run.is_some_and(|Parsed(is_dry_run)| is_dry_run);
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        let is_csv = essence.eq_ignore_ascii_case("text/csv");
        let request = Request::from_parts(parts, sent);
        if !is_csv {
            let said = [
                ("name", query.name.is_some()),
                ("timezone", query.timezone.is_some()),
                ("effective_from", query.effective_from.is_some()),
            ];
            if let Some((name, _)) = said.into_iter().find(|(_, is_said)| *is_said) {
                return Err(Problem::parameter(name, "stands in the body, beside the file"));
            }
            let body::Body(input) = body::Body::<T>::from_request(request, state).await?;
            return Ok(Self { input, is_dry_run });
        }
        let bytes = Bytes::from_request(request, &()).await;
        let bytes = bytes.map_err(|error| Problem::bad_request("unreadable", error.body_text()))?;
        let csv = String::from_utf8(bytes.to_vec()).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let detail = format!("the body is not UTF-8 from byte {at} on");
            Problem::bad_request("invalid_utf8", detail)
        })?;
        if csv.contains('\0') {
            let detail = "the file holds a null character";
            return Err(Problem::pointed("/csv".to_owned(), "null_character", detail));
        }
        Ok(Self { input: T::from_file(csv, query)?, is_dry_run })
    }
}

/// The file, read and compiled, or what is wrong with it.
pub(crate) async fn checked(
    csv: String,
    timezone: Option<String>,
) -> Result<CheckedDeck, AppError> {
    let timezone = timezone.unwrap_or_else(|| "UTC".to_owned());
    aside(move || CheckedDeck::read(csv.as_bytes(), &timezone)).await?
}

/// What a file would change.
pub(crate) async fn difference(
    checked: CheckedDeck,
    latest: Option<DeckVersion>,
) -> Result<resource::RateDeckDiff, AppError> {
    aside(move || resource::RateDeckDiff::from(&checked.compare(latest.as_ref()))).await
}

/// The same, as an answer.
pub(super) async fn compared(
    checked: CheckedDeck,
    latest: Option<DeckVersion>,
) -> Result<Response, Problem> {
    let diff = difference(checked, latest).await;
    let diff = diff.map_err(|error| Problem::of(error, "", None))?;
    Ok(Json(diff).into_response())
}

/// Does long work where nobody waits for a thread.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    let broken = |why: String| AppError::Broken(format!("a file was not read: {why}"));
    let _place = READING.acquire().await.map_err(|error| broken(error.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| broken(error.to_string()))
}
