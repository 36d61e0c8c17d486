//! `/v1/rate-decks`: tables of prices, their versions and rows.
//!
//! Decided here: a deck is created with its first version, and a row is placed by its index in the
//! file. A version never changes.

use app::{
    error::AppError,
    resource::{self, Instant},
    setup::{Deck, DeckVersion, deck_rows, may_follow},
};
use axum::{
    Json,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::{
    api_key::{Category, Scope},
    ids::{DeckId, PartnerId},
    paging::{Key, Order, Page, PageRequest, Side},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::deck_input::{DeckInput, DeckUpload, DeckVersionInput, UploadQuery, checked, compared};
use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{KeyKind, List, Sort, list_query},
    problem::Problem,
    query::{At, AtPart, Query},
    write::{Outcome, shown},
};

const READ: Scope = Scope::read(Category::Billing);
const WRITE: Scope = Scope::write(Category::Billing);
/// The order of versions.
const BY_VERSION: Sort = Sort { name: "version", kind: KeyKind::Int };
/// The order of rows.
const BY_ROW: Sort = Sort { name: "row", kind: KeyKind::Int };

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, rename, delete))
        .routes(routes!(versions, add_version))
        .routes(routes!(rows))
}

list_query! { DeckQuery {} }

/// Another name of a rate deck.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeckName {
    /// For people.
    #[schema(min_length = 1, max_length = 120, example = "International")]
    name: String,
}

/// List rate decks
///
/// Newest first. Not for keys that are restricted to some tenants.
#[utoipa::path(get, path = "/v1/rate-decks", tag = "Rate decks", operation_id = "list_rate_decks",
    params(DeckQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::RateDeck>,
        description = "A page of rate decks")))]
async fn list(
    caller: Caller,
    Query(query): Query<DeckQuery>,
) -> Result<Json<List<resource::RateDeck>>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let request = query.paging().newest_first()?;
    let page = caller.api.app().decks(Some(partner_id), &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |deck: &Deck| deck.deck_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |deck| (&deck).into())))
}

/// Create a rate deck
///
/// With its first version, which may begin in the past. Send JSON, or the file itself as
/// `text/csv` with the other fields as parameters. In the file a header names the columns
/// `prefix`, `name`, `rate_per_minute`, `connection_fee`, `minimum_seconds`, `increment_seconds`,
/// `free_seconds`, `free_below_seconds`, `max_price`, `effective_from`, `effective_until`,
/// `window`, `steps`, `rounding`, `decimals`, in any order; `prefix` and a price are needed. What
/// is wrong with it is told by line and column: `/csv/12/rate_per_minute`. Tells
/// `rate_deck.created` and `rate_deck.updated`.
#[utoipa::path(post, path = "/v1/rate-decks", tag = "Rate decks", operation_id = "create_rate_deck",
    params(UploadQuery),
    request_body(content((DeckInput = "application/json"), (
        String = "text/csv", example = "prefix,name,rate_per_minute\n44,United Kingdom,0.0125\n"))),
    security(("key" = ["billing:write"])),
    responses(
        (status = 201, body = resource::RateDeck, description = "The rate deck"),
        (status = 200, body = resource::RateDeckDiff,
            description = "With `dry_run`: what it would hold; nothing is saved")))]
async fn create(caller: Caller, upload: DeckUpload<DeckInput>) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let owner = Some(partner_id);
    let DeckUpload { input, is_dry_run } = upload;
    let from = input.effective_from.map_or_else(|| caller.now(), |Instant(at)| at);
    let checked = checked(input.csv, input.timezone).await;
    let checked = checked.map_err(|error| caller.problem(error))?;
    if is_dry_run {
        return compared(checked, None).await;
    }
    caller
        .write(async move |app| {
            let deck = app.create_deck(owner, input.name.trim()).await?;
            app.add_checked_version(owner, deck.deck_id, (&checked, from)).await?;
            let deck = resource::RateDeck::from(&app.deck(owner, deck.deck_id).await?);
            let location = format!("/v1/rate-decks/{}", deck.id);
            let outcome = Outcome::created(location, &deck)?.version(deck.version);
            outcome.audited("rate_deck.create", deck.id, None::<&()>)
        })
        .await
}

/// Get a rate deck
#[utoipa::path(get, path = "/v1/rate-decks/{id}", tag = "Rate decks",
    operation_id = "get_rate_deck",
    params(("id" = String, Path, description = "The deck's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::RateDeck, description = "The rate deck")))]
async fn get(caller: Caller, At(deck_id): At<DeckId>) -> Result<Response, Problem> {
    let reach = caller.partner(READ)?;
    let deck = caller.api.app().deck(Some(reach.partner_id), deck_id).await;
    let deck = deck.map_err(|error| caller.problem(error))?;
    reach.whole_partner()?;
    Ok(shown(&resource::RateDeck::from(&deck), deck.version))
}

/// Rename a rate deck
///
/// Its versions and prices stay. Tells `rate_deck.renamed`.
#[utoipa::path(patch, path = "/v1/rate-decks/{id}", tag = "Rate decks",
    operation_id = "rename_rate_deck",
    params(("id" = String, Path, description = "The deck's id")),
    request_body = DeckName, security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::RateDeck, description = "The deck as it is now")))]
async fn rename(
    caller: Caller,
    At(deck_id): At<DeckId>,
    Body(input): Body<DeckName>,
) -> Result<Response, Problem> {
    let owner = Some(owned(&caller, deck_id).await?);
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.deck(owner, deck_id).await?;
            let seen = (deck_id, asker.seen(before.version));
            let deck = app.rename_deck(owner, seen, input.name.trim()).await?;
            let outcome = Outcome::ok(&resource::RateDeck::from(&deck))?.version(deck.version);
            let before = resource::RateDeck::from(&before);
            outcome.audited("rate_deck.rename", deck_id, Some(&before))
        })
        .await
}

/// Delete a rate deck
///
/// With its versions. Refused while a billing profile names it in any of its versions, and once it
/// priced a call: what was billed stays explained. Tells `rate_deck.deleted`.
#[utoipa::path(delete, path = "/v1/rate-decks/{id}", tag = "Rate decks",
    operation_id = "delete_rate_deck",
    params(
        ("id" = String, Path, description = "The deck's id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that goes"),
    ),
    security(("key" = ["billing:write"])),
    responses((status = 204, description = "It is gone")))]
async fn delete(caller: Caller, At(deck_id): At<DeckId>) -> Result<Response, Problem> {
    let partner_id = owned(&caller, deck_id).await?;
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.deck(Some(partner_id), deck_id).await?;
            if asker.seen(before.version) != before.version {
                return Err(AppError::Stale("the rate deck"));
            }
            app.delete_deck(partner_id, deck_id).await?;
            let before = resource::RateDeck::from(&before);
            Outcome::gone().audited("rate_deck.delete", deck_id, Some(&before))
        })
        .await
}

/// The partner whose deck this is, if the key may change it.
async fn owned(caller: &Caller, deck_id: DeckId) -> Result<PartnerId, Problem> {
    let reach = caller.partner(WRITE)?;
    let deck = caller.api.app().deck(Some(reach.partner_id), deck_id).await;
    deck.map_err(|error| caller.problem(error))?;
    reach.whole_partner()
}

/// List the versions of a rate deck
///
/// Newest first, scheduled ones too.
#[utoipa::path(get, path = "/v1/rate-decks/{id}/versions", tag = "Rate decks",
    operation_id = "list_rate_deck_versions",
    params(("id" = String, Path, description = "The deck's id"), DeckQuery),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::RateDeckVersion>,
        description = "A page of versions")))]
async fn versions(
    caller: Caller,
    At(deck_id): At<DeckId>,
    Query(query): Query<DeckQuery>,
) -> Result<Json<List<resource::RateDeckVersion>>, Problem> {
    let reach = caller.partner(READ)?;
    let request = query.paging().request(BY_VERSION, Order::Descending)?;
    let owner = Some(reach.partner_id);
    let page = caller.api.app().deck_versions(owner, deck_id, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    reach.whole_partner()?;
    let place =
        |version: &DeckVersion| (Some(Key::Int(version.version)), version.deck_id.to_string());
    Ok(Json(List::of((page, &request), BY_VERSION, place, |version| (&version).into())))
}

/// Add a version to a rate deck
///
/// In force from `effective_from` on: now where that is left out, never before now or before the
/// version it follows. `dry_run` answers how it differs from that version and saves nothing. Tells
/// `rate_deck.updated`.
#[utoipa::path(post, path = "/v1/rate-decks/{id}/versions", tag = "Rate decks",
    operation_id = "add_rate_deck_version",
    params(("id" = String, Path, description = "The deck's id"), UploadQuery),
    request_body(content((DeckVersionInput = "application/json"), (
        String = "text/csv", example = "prefix,name,rate_per_minute\n44,United Kingdom,0.0125\n"))),
    security(("key" = ["billing:write"])),
    responses(
        (status = 201, body = resource::RateDeckVersion, description = "The version"),
        (status = 200, body = resource::RateDeckDiff,
            description = "With `dry_run`: what it would change; nothing is saved")))]
async fn add_version(
    caller: Caller,
    At(deck_id): At<DeckId>,
    upload: DeckUpload<DeckVersionInput>,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let owner = Some(reach.partner_id);
    let latest = caller.api.app().deck_version(owner, (deck_id, None)).await;
    let latest = latest.map_err(|error| caller.problem(error))?;
    reach.whole_partner()?;
    let DeckUpload { input, is_dry_run } = upload;
    let now = caller.now();
    let from = input.effective_from.map_or(now, |Instant(at)| at);
    let checked = checked(input.csv, input.timezone).await;
    let checked = checked.map_err(|error| caller.problem(error))?;
    if is_dry_run {
        if let Some(latest) = &latest {
            may_follow(latest, (from, now)).map_err(|error| caller.problem(error))?;
        }
        return compared(checked, latest).await;
    }
    caller
        .write(async move |app| {
            let version = app.add_checked_version(owner, deck_id, (&checked, from)).await?;
            let number = version.version;
            let version = resource::RateDeckVersion::from(&version);
            let location = format!("/v1/rate-decks/{deck_id}/versions/{number}/rows");
            let outcome = Outcome::created(location, &version)?;
            outcome.audited("rate_deck.add_version", deck_id, None::<&()>)
        })
        .await
}

/// List the rows of a version of a rate deck
///
/// In the file's order. With `Accept: text/csv` the whole file, with every column.
#[utoipa::path(get, path = "/v1/rate-decks/{id}/versions/{version}/rows", tag = "Rate decks",
    operation_id = "list_rate_deck_rows",
    params(
        ("id" = String, Path, description = "The deck's id"),
        ("version" = i64, Path, description = "The version's number"),
        DeckQuery),
    security(("key" = ["billing:read"])),
    responses((status = 200, description = "A page of rows, or the file",
        content((List<resource::RateDeckRow> = "application/json"), (String = "text/csv")))))]
async fn rows(
    caller: Caller,
    AtPart(deck_id, number): AtPart<DeckId, i64>,
    Query(query): Query<DeckQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let reach = caller.partner(READ)?;
    let request = query.paging().request(BY_ROW, Order::Ascending)?;
    let owner = Some(reach.partner_id);
    let version = caller.api.app().deck_version(owner, (deck_id, Some(number))).await;
    let version = version.map_err(|error| caller.problem(error))?;
    let missing = || AppError::not_found("rate deck version", number);
    let version = version.ok_or_else(|| caller.problem(missing()))?;
    reach.whole_partner()?;
    let accepted = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if accepted.split(',').any(|kind| kind.trim().starts_with("text/csv")) {
        let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
        return Ok((kind, version.csv).into_response());
    }
    let page = row_page(&version, &request);
    let place = |(index, _): &(i64, _)| (Some(Key::Int(*index)), index.to_string());
    let show = |(_, row): (i64, domain::catalog::DeckRow)| resource::RateDeckRow::from(&row);
    Ok(Json(List::of((page, &request), BY_ROW, place, show)).into_response())
}

/// The rows beside a neighbour, which is known by its index.
pub(crate) fn row_page(
    version: &DeckVersion,
    request: &PageRequest,
) -> Page<(i64, domain::catalog::DeckRow)> {
    let limit = i64::from(request.limit);
    let (first, end) = match &request.from {
        Some(from) => match (from.side, &from.key) {
            (Side::After, Some(Key::Int(index))) => {
                let first = index.saturating_add(1).max(0);
                (first, first.saturating_add(limit))
            }
            (Side::Before, Some(Key::Int(index))) => (index.saturating_sub(limit), *index),
            (_, _) => (0, limit),
        },
        None => (0, limit),
    };
    let (first, end) = (first.clamp(0, version.row_count), end.clamp(0, version.row_count));
    let size = |count: i64| usize::try_from(count).unwrap_or_default();
    let rows = deck_rows(version, (size(first), size(end - first)));
    let backwards = matches!(&request.from, Some(from) if from.side == Side::Before);
    let has_more = if backwards { first > 0 } else { end < version.row_count };
    Page { rows: (first..).zip(rows).collect(), has_more }
}
