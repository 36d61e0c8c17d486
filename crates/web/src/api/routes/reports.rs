//! `/v1/reports`: the books for accountants, and what was collected.
//!
//! Decided here: files are sent part by part as they are made, so that a month of any size costs
//! the same memory. What concerns the whole partner is refused to keys that reach some tenants.

use app::{accounting::BooksMonth, resource::Decimal};
use axum::{Json, body::Body, response::Response};
use domain::{
    accounting::JournalFormat,
    api_key::{Category, Scope},
    ledger::Flow,
    money::Currency,
};
use futures::stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::refunds::download;
use crate::api::{Api, caller::Caller, problem::Problem, query::Query};

const READ: Scope = Scope::read(Category::Billing);
const CSV: &str = "text/csv; charset=utf-8";

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(journal))
        .routes(routes!(deferred_revenue))
        .routes(routes!(collections))
}

/// Which journal.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct JournalQuery {
    /// The month, in the partner's zone.
    #[param(example = "2026-05")]
    month: String,
    /// `plain` (where this is left out), `quickbooks` or `xero`.
    format: Option<String>,
    /// `retail`, the books with the tenants (where this is left out), or `wholesale`, those with
    /// the operator.
    books: Option<String>,
}

/// Which month.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MonthQuery {
    /// The month, in the partner's zone.
    #[param(example = "2026-05")]
    month: String,
}

/// What was collected in a month.
#[derive(Debug, Serialize, ToSchema)]
struct Collections {
    /// The month.
    #[schema(example = "2026-05")]
    month: String,
    /// What the amounts are in.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// What tenants paid, by any way.
    #[schema(example = "100.00")]
    paid: Decimal,
    /// What went back to them, counted on the day on which it did: refunds other than to the
    /// balance, and lost disputes.
    #[schema(example = "30.00")]
    given_back: Decimal,
    /// The rest.
    #[schema(example = "70.00")]
    revenue: Decimal,
}

/// Export the journal
///
/// A month's bookings as CSV: each is one debit and one credit of the same amount. A month that is
/// over gives the same bytes at any time; the name of a file of a month that is not ends in
/// `-open`. Columns of `plain`: date, transaction_id, place, source, source_id, kind, description,
/// tenant_id, account_code, account_name, debit, credit, currency. `quickbooks` has the columns
/// of QuickBooks Online's journal entries, `xero` those of Xero's manual journals with debits
/// positive and credits negative.
#[utoipa::path(get, path = "/v1/reports/journal", tag = "Reports", operation_id = "export_journal",
    params(JournalQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = String, content_type = "text/csv", description = "The file")))]
async fn journal(caller: Caller, Query(query): Query<JournalQuery>) -> Result<Response, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let wrong = || Problem::parameter("format", "must be plain, quickbooks or xero");
    let format = query.format.as_deref();
    let format = format.map(|name| JournalFormat::parse(name).ok_or_else(wrong)).transpose()?;
    let flow = match query.books.as_deref() {
        None | Some("retail") => Flow::Retail,
        Some("wholesale") => Flow::Wholesale,
        Some(_) => return Err(Problem::parameter("books", "must be retail or wholesale")),
    };
    let app = caller.api.app().clone();
    let wanted = (flow, format.unwrap_or_default());
    let request = app.journal_request(partner_id, &query.month, wanted).await;
    let request = request.map_err(|error| month(&caller, error))?;
    let name = request.month.file_name("journal", caller.now());
    let parts = stream::try_unfold(Some(None), move |next| {
        let (app, request) = (app.clone(), request.clone());
        async move {
            let Some(place) = next else { return Ok::<_, std::io::Error>(None) };
            let part = app.journal_part(&request, place).await;
            let (text, place) = part.map_err(std::io::Error::other)?;
            Ok(Some((text, place.map(Some))))
        }
    });
    Ok(download(CSV, &name, Body::from_stream(parts)))
}

/// Export deferred revenue
///
/// Fees that were billed in advance, as CSV: for each what was earned before the month, in it, and
/// what is still to be earned. A fee is earned day by day.
#[utoipa::path(get, path = "/v1/reports/deferred-revenue", tag = "Reports",
    operation_id = "export_deferred_revenue",
    params(MonthQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = String, content_type = "text/csv", description = "The file")))]
async fn deferred_revenue(
    caller: Caller,
    Query(query): Query<MonthQuery>,
) -> Result<Response, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let app = caller.api.app().clone();
    let report = app.deferred_report(partner_id, &query.month).await;
    let report = report.map_err(|error| month(&caller, error))?;
    let name = report.month.file_name("deferred-revenue", caller.now());
    let parts = stream::try_unfold(Some(None), move |next| {
        let (app, report) = (app.clone(), report.clone());
        async move {
            let Some(place) = next else { return Ok::<_, std::io::Error>(None) };
            let part = app.deferred_part(&report, place).await;
            let (text, place) = part.map_err(std::io::Error::other)?;
            Ok(Some((text, place.map(Some))))
        }
    });
    Ok(download(CSV, &name, Body::from_stream(parts)))
}

/// Get a month's collections
///
/// Revenue as cash: what was paid, less what went back.
#[utoipa::path(get, path = "/v1/reports/collections", tag = "Reports",
    operation_id = "get_collections",
    params(MonthQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = Collections, description = "The figures")))]
async fn collections(
    caller: Caller,
    Query(query): Query<MonthQuery>,
) -> Result<Json<Collections>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let app = caller.api.app();
    let partner = app.partner(partner_id).await.map_err(|error| caller.problem(error))?;
    let span = BooksMonth::parse(&partner, &query.month);
    let span = span.map_err(|error| month(&caller, error))?.span;
    let found = app.collections(partner_id, span).await;
    let found = found.map_err(|error| caller.problem(error))?;
    let money = |amount| Decimal(partner.currency.decimal(amount));
    Ok(Json(Collections {
        month: query.month,
        currency: partner.currency,
        paid: money(found.paid),
        given_back: money(found.given_back),
        revenue: money(found.revenue),
    }))
}

/// A wrong month is a wrong parameter, not a wrong body.
fn month(caller: &Caller, error: app::error::AppError) -> Problem {
    match error {
        app::error::AppError::Invalid(errors) => {
            let message = errors.into_iter().next().map_or(String::new(), |it| it.message);
            Problem::parameter("month", message)
        }
        error => caller.problem(error),
    }
}
