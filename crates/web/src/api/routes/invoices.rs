//! `/v1/invoices`: looking at them.

use app::{
    explain::{Explained, Question},
    invoices::{InvoiceFilter, InvoiceSort, StoredLine},
    resource::{self, Instant},
};
use axum::{
    Json,
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    api_key::{Category, Scope},
    ids::{InvoiceId, LineId, TenantId},
    invoice::{
        issued::{Invoice, InvoiceKind},
        status::InvoiceStatus,
    },
    paging::{Key, Order},
    time::{Day, Timestamp},
};
use sha2::{Digest, Sha256};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    caller::{Caller, Reach},
    paging::{KeyKind, List, Sort, list_query},
    problem::Problem,
    query::{At, AtPart, Query},
    write::shown,
};

const READ: Scope = Scope::read(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(lines))
        .routes(routes!(pdf))
        .routes(routes!(explain))
        .routes(routes!(explain_line))
}

list_query! {
    InvoiceQuery {
        /// Only of this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// `draft`, `sent`, `partially_paid`, `paid`, `overdue` or `cancelled`.
        status: Option<String>,
        /// `period`, `final`, `advance` or `one_time`.
        kind: Option<String>,
        /// Only the one with this number.
        number: Option<String>,
        /// Only those whose number begins with this text, in whatever case, or whose tenant has it
        /// in its name or SIP prefix. Of more than 1,000 such numbers the last are found.
        q: Option<String>,
        /// Only made from then on.
        #[serde(rename = "created[gte]")]
        created_since: Option<Instant>,
        /// Only made before then.
        #[serde(rename = "created[lt]")]
        created_until: Option<Instant>,
        /// Only issued from then on, in the order of `issued_at`.
        #[serde(rename = "issued[gte]")]
        issued_since: Option<Instant>,
        /// Only issued before then, in the order of `issued_at`.
        #[serde(rename = "issued[lt]")]
        issued_until: Option<Instant>,
        /// Only due on that day or later, in the order of `due_date`.
        #[serde(rename = "due[gte]")]
        #[param(value_type = Option<String>, format = Date)]
        due_since: Option<Day>,
        /// Only due before that day, in the order of `due_date`.
        #[serde(rename = "due[lt]")]
        #[param(value_type = Option<String>, format = Date)]
        due_until: Option<Day>,
        /// `created_at`, `issued_at` or `due_date`, with a minus sign for the latest first. A range
        /// is asked for in its own order, which is then the default; elsewhere that is
        /// `-created_at`. Drafts are neither issued nor due, and are left out by those two.
        sort: Option<String>,
        /// `lines` to have each invoice's lines, too.
        #[serde(rename = "expand[]")]
        expand: Option<String>,
    }
}

/// What a query asks to sort by. A range in the order of something else would mean to look at
/// invoices without end before a page is full.
fn sort(query: &InvoiceQuery) -> Result<(InvoiceSort, Sort, Order), Problem> {
    let by_issue = query.issued_since.is_some() || query.issued_until.is_some();
    let by_due = query.due_since.is_some() || query.due_until.is_some();
    let natural = match (by_issue, by_due) {
        (true, _) => "-issued_at",
        (false, true) => "-due_date",
        (false, false) => "-created_at",
    };
    let text = query.sort.as_deref().unwrap_or(natural);
    let (order, name) = match text.strip_prefix('-') {
        Some(name) => (Order::Descending, name),
        None => (Order::Ascending, text),
    };
    let (sort_by, name) = match name {
        "created_at" => (InvoiceSort::Created, "created_at"),
        "issued_at" => (InvoiceSort::Issued, "issued_at"),
        "due_date" => (InvoiceSort::Due, "due_date"),
        _ => {
            let message = "must be created_at, issued_at or due_date";
            return Err(Problem::parameter("sort", message));
        }
    };
    let fits = match sort_by {
        InvoiceSort::Created => !by_issue && !by_due,
        InvoiceSort::Issued => by_issue || !by_due,
        InvoiceSort::Due => by_due || !by_issue,
    };
    if !fits {
        return Err(Problem::parameter("sort", format!("must be {natural} beside this range")));
    }
    Ok((sort_by, Sort { name, kind: KeyKind::Int }, order))
}

fn status(text: Option<&str>) -> Result<Option<InvoiceStatus>, Problem> {
    let wrong = "must be draft, sent, partially_paid, paid, overdue or cancelled";
    let wrong = || Problem::parameter("status", wrong);
    text.map(|name| InvoiceStatus::parse(name).ok_or_else(wrong)).transpose()
}

fn kind(text: Option<&str>) -> Result<Option<InvoiceKind>, Problem> {
    let wrong = || Problem::parameter("kind", "must be period, final, advance or one_time");
    text.map(|name| InvoiceKind::parse(name).ok_or_else(wrong)).transpose()
}

/// List invoices
///
/// Of all tenants that the key reaches, newest first, drafts included.
#[utoipa::path(get, path = "/v1/invoices", tag = "Invoices", operation_id = "list_invoices",
    params(InvoiceQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::Invoice>, description = "A page of invoices")))]
async fn list(
    caller: Caller,
    Query(query): Query<InvoiceQuery>,
) -> Result<Json<List<resource::Invoice>>, Problem> {
    let reach = caller.partner(READ)?;
    let (sort_by, sort, order) = sort(&query)?;
    let request = query.paging().request(sort, order)?;
    let with_lines = match query.expand.as_deref() {
        None => false,
        Some("lines") => true,
        Some(_) => return Err(Problem::parameter("expand[]", "must be lines")),
    };
    let filter = InvoiceFilter {
        tenants: reach.tenants,
        tenant_id: query.tenant_id,
        status: status(query.status.as_deref())?,
        kind: kind(query.kind.as_deref())?,
        number: query.number,
        text: query.q,
        created_since: query.created_since.map(|Instant(at)| at),
        created_until: query.created_until.map(|Instant(at)| at),
        issued_since: query.issued_since.map(|Instant(at)| at),
        issued_until: query.issued_until.map(|Instant(at)| at),
        due_since: query.due_since,
        due_until: query.due_until,
    };
    let app = caller.api.app();
    let page = app.invoice_page(reach.partner_id, filter, (sort_by, &request)).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let mut lines = std::collections::BTreeMap::new();
    if with_lines {
        let ids: Vec<InvoiceId> = page.rows.iter().map(|invoice| invoice.invoice_id).collect();
        let found = app.lines_of_invoices(reach.partner_id, &ids).await;
        lines = found.map_err(|error| caller.problem(error))?;
    }
    let place = |invoice: &Invoice| {
        let key = match sort_by {
            InvoiceSort::Created => invoice.created_at.micros(),
            InvoiceSort::Issued => invoice.issued_at.map_or(0, Timestamp::micros),
            InvoiceSort::Due => invoice.due_day.map_or(0, Day::number),
        };
        (Some(Key::Int(key)), invoice.invoice_id.to_string())
    };
    let show = |invoice: Invoice| {
        let own: Vec<StoredLine> = lines.remove(&invoice.invoice_id).unwrap_or_default();
        let own = own.iter().map(|line| resource::InvoiceLine::of(line, invoice.currency));
        let lines = with_lines.then(|| own.collect());
        resource::Invoice { lines, ..(&invoice).into() }
    };
    Ok(Json(List::of((page, &request), sort, place, show)))
}

/// The invoice, if the caller reaches it.
pub(super) async fn reached(
    caller: &Caller,
    reach: &Reach,
    invoice_id: InvoiceId,
) -> Result<Invoice, Problem> {
    let found = caller.api.app().find_invoice(reach.partner_id, invoice_id).await;
    let invoice = found.map_err(|error| caller.problem(error))?;
    reach.tenant(invoice.tenant_id)?;
    Ok(invoice)
}

/// Get an invoice
///
/// With its lines and taxes.
#[utoipa::path(get, path = "/v1/invoices/{id}", tag = "Invoices", operation_id = "get_invoice",
    params(("id" = String, Path, description = "The invoice's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::Invoice, description = "The invoice")))]
async fn get(caller: Caller, At(invoice_id): At<InvoiceId>) -> Result<Response, Problem> {
    let reach = caller.partner(READ)?;
    let found = caller.api.app().full_invoice(reach.partner_id, invoice_id).await;
    let found = found.map_err(|error| caller.problem(error))?;
    reach.tenant(found.invoice.tenant_id)?;
    Ok(shown(&found.shown(), found.invoice.version))
}

list_query! {
    LineQuery {}
}

/// List an invoice's lines
///
/// In the order in which the invoice shows them.
#[utoipa::path(get, path = "/v1/invoices/{id}/lines", tag = "Invoices",
    operation_id = "list_invoice_lines",
    params(("id" = String, Path, description = "The invoice's id"), LineQuery),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::InvoiceLine>, description = "A page of lines")))]
async fn lines(
    caller: Caller,
    At(invoice_id): At<InvoiceId>,
    Query(query): Query<LineQuery>,
) -> Result<Json<List<resource::InvoiceLine>>, Problem> {
    let reach = caller.partner(READ)?;
    let invoice = reached(&caller, &reach, invoice_id).await?;
    let sort = Sort { name: "line", kind: KeyKind::Int };
    let request = query.paging().request(sort, Order::Ascending)?;
    let page = caller.api.app().invoice_lines(reach.partner_id, invoice_id, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |line: &StoredLine| (Some(Key::Int(line.line_no)), line.line_id.to_string());
    let show = |line: StoredLine| resource::InvoiceLine::of(&line, invoice.currency);
    Ok(Json(List::of((page, &request), sort, place, show)))
}

/// Download an invoice's PDF
///
/// In the brand of the day of issue. Its `ETag` changes with its bytes; with `If-None-Match` the
/// same bytes are not sent again.
#[utoipa::path(get, path = "/v1/invoices/{id}/pdf", tag = "Invoices",
    operation_id = "get_invoice_pdf",
    params(
        ("id" = String, Path, description = "The invoice's id"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of what is there"),
    ),
    security(("key" = ["billing:read"])),
    responses(
        (status = 200, body = String, content_type = "application/pdf", description = "The PDF"),
        (status = 304, description = "It has not changed"),
    ))]
async fn pdf(
    caller: Caller,
    At(invoice_id): At<InvoiceId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let reach = caller.partner(READ)?;
    reached(&caller, &reach, invoice_id).await?;
    let file = caller.api.app().invoice_pdf(reach.partner_id, invoice_id).await;
    let file = file.map_err(|error| caller.problem(error))?;
    let hash = Sha256::digest(&file.bytes);
    let hash = hash.iter().take(16).fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let tag = format!("\"{hash}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|it| it.trim() == tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = [(header::CONTENT_TYPE, "application/pdf")];
        (kind, Body::from(file.bytes)).into_response()
    };
    let name = format!("attachment; filename=\"{}\"", file.name);
    for (header, text) in [(header::ETAG, tag), (header::CONTENT_DISPOSITION, name)] {
        if let Ok(value) = HeaderValue::try_from(text) {
            response.headers_mut().insert(header, value);
        }
    }
    Ok(response)
}

/// Explain an invoice
///
/// Each line with what its amount was computed from, and how lines and taxes make the total.
#[utoipa::path(get, path = "/v1/invoices/{id}/explanation", tag = "Invoices",
    operation_id = "explain_invoice",
    params(("id" = String, Path, description = "The invoice's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = serde_json::Value, description = "The explanation",
        example = json!({
            "invoice": "inv_01k9zq4v8m6s3t2r1p0n9m8k7j", "number": "OAK-2026-000042",
            "tenant": "Acorn Dental", "status": "sent", "currency": "USD",
            "period_start": "2026-05-01T05:00:00Z", "period_end": "2026-06-01T05:00:00Z",
            "lines": [{
                "line": "lin_01k9zq4v8m6s3t2r1p0n9m8k7j",
                "invoice": "inv_01k9zq4v8m6s3t2r1p0n9m8k7j",
                "kind": "base_fee", "description": "Flat Rate Starter",
                "quantity": "1", "unit": "month", "price": {"unit_price": "25.00"},
                "fraction": "1/1", "taxable": true, "amount": "25.00",
                "basis": {"profile": {
                    "profile_id": "prf_01k9zq4v8m6s3t2r1p0n9m8k7j", "version": 1}},
            }],
            "subtotal": "25.00",
            "taxes": [{"name": "Oregon", "code": "US-OR", "rate": "0.05",
                "base": "25.00", "amount": "1.25"}],
            "tax": "1.25", "total": "26.25", "credit_applied": "0.00",
            "amount_paid": "0.00", "amount_due": "26.25",
        }))))]
async fn explain(
    caller: Caller,
    At(invoice_id): At<InvoiceId>,
) -> Result<Json<Explained>, Problem> {
    let reach = caller.partner(READ)?;
    reached(&caller, &reach, invoice_id).await?;
    let question = Question::Invoice(invoice_id.to_string());
    explained(caller, reach, question).await
}

/// Explain a line of an invoice
///
/// A line of usage with its calls: how many, what included minutes covered, and the first hundred
/// of them.
#[utoipa::path(get, path = "/v1/invoices/{id}/lines/{line_id}/explanation", tag = "Invoices",
    operation_id = "explain_invoice_line",
    params(
        ("id" = String, Path, description = "The invoice's id"),
        ("line_id" = String, Path, description = "The line's id"),
    ),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = serde_json::Value, description = "The explanation",
        example = json!({
            "line": "lin_01k9zq4v8m6s3t2r1p0n9m8k7j", "invoice": "inv_01k9zq4v8m6s3t2r1p0n9m8k7j",
            "kind": "usage", "description": "Usage, local", "quantity": "3.5", "unit": "minute",
            "price": {"unit_price": "0.02"}, "fraction": "1/1", "taxable": true, "amount": "0.07",
            "basis": {"usage": {
                "usage_period_start": "2026-05-01T05:00:00Z", "class": "local",
                "basis": {"profile_id": "prf_01k9zq4v8m6s3t2r1p0n9m8k7j",
                    "profile_version": 1, "deck": null},
            }},
            "calls": {
                "count": 1, "billed_seconds": 240, "included_seconds": 30,
                "price_before_included": "0.08",
                "listed": [{
                    "call": "cal_01k9zq4v8m6s3t2r1p0n9m8k7j", "ended_at": "2026-05-03T14:07:00Z",
                    "direction": "outbound", "from": "+15035550142", "to": "+12125550199",
                    "billed_seconds": 240, "included_seconds": 30, "charged_seconds": 210,
                    "price": "0.08", "charged": null,
                }],
            },
        }))))]
async fn explain_line(
    caller: Caller,
    AtPart(invoice_id, line_id): AtPart<InvoiceId, LineId>,
) -> Result<Json<Explained>, Problem> {
    let reach = caller.partner(READ)?;
    reached(&caller, &reach, invoice_id).await?;
    let Json(found) = explained(caller, reach, Question::Line(line_id)).await?;
    // A line of another invoice is not here, and may be of a tenant that the key does not reach.
    if found.0["invoice"] != invoice_id.to_string() {
        return Err(Problem::not_found(format!("there is no line {line_id} of {invoice_id}")));
    }
    Ok(Json(found))
}

async fn explained(
    caller: Caller,
    reach: Reach,
    question: Question,
) -> Result<Json<Explained>, Problem> {
    let found =
        caller.aside(async move |app, _| app.explain_for(reach.partner_id, &question).await);
    Ok(Json(found.await?))
}
