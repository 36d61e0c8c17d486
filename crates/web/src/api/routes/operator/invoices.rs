//! `/v1/operator/partners/{id}/invoices`: what the operator does to issued invoices on request.
//!
//! Decided here: nothing but who may. An issued invoice is cancelled by the operator, never by the
//! partner itself, and only while nothing was paid on it (INV-35).

use app::{
    invoices::{InvoiceFilter, InvoiceSort},
    resource,
};
use axum::{Json, response::Response};
use domain::{
    ids::{InvoiceId, PartnerId},
    invoice::{issued::Invoice, status::InvoiceStatus},
    paging::{Key, Order},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{READ, WRITE};
use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{KeyKind, List, Sort, list_query},
    problem::Problem,
    query::{At, AtPart, Query},
    write::Outcome,
};

/// The order of invoices.
const BY_CREATION: Sort = Sort { name: "created_at", kind: KeyKind::Int };

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(cancel))
}

list_query! {
    PartnerInvoiceQuery {
        /// `draft`, `sent`, `partially_paid`, `paid`, `overdue` or `cancelled`.
        status: Option<String>,
        /// Only the one with this number.
        number: Option<String>,
    }
}

/// Why an issued invoice is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Cancellation {
    /// For the books, at most 2,000 bytes.
    #[schema(min_length = 1, max_length = 2000, example = "Billed to the wrong tenant")]
    reason: String,
}

/// List a partner's invoices
///
/// Newest first.
#[utoipa::path(get, path = "/v1/operator/partners/{id}/invoices", tag = "Operator",
    operation_id = "list_partner_invoices",
    params(("id" = String, Path, description = "The partner's id"), PartnerInvoiceQuery),
    security(("key" = ["operator:read"])),
    responses((status = 200, body = List<resource::Invoice>, description = "A page of invoices")))]
async fn list(
    caller: Caller,
    At(partner_id): At<PartnerId>,
    Query(query): Query<PartnerInvoiceQuery>,
) -> Result<Json<List<resource::Invoice>>, Problem> {
    caller.operator(READ)?;
    let request = query.paging().request(BY_CREATION, Order::Descending)?;
    let wrong = || Problem::parameter("status", "is no status of an invoice");
    let status = query.status.as_deref();
    let status = status.map(|name| InvoiceStatus::parse(name).ok_or_else(wrong)).transpose()?;
    let filter = InvoiceFilter { status, number: query.number, ..InvoiceFilter::default() };
    let app = caller.api.app();
    app.partner(partner_id).await.map_err(|error| caller.problem(error))?;
    let page = app.invoice_page(partner_id, filter, (InvoiceSort::Created, &request)).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |invoice: &Invoice| {
        (Some(Key::Int(invoice.created_at.micros())), invoice.invoice_id.to_string())
    };
    Ok(Json(List::of((page, &request), BY_CREATION, place, |invoice| (&invoice).into())))
}

/// Cancel an issued invoice
///
/// On the partner's request, with a reason, while nothing was paid on it: nothing is due on it any
/// more, its entries are taken back, and credit that it used is given back. Tells
/// `invoice.cancelled`.
#[utoipa::path(post, path = "/v1/operator/partners/{id}/invoices/{invoice_id}/cancel",
    tag = "Operator", operation_id = "cancel_partner_invoice",
    params(
        ("id" = String, Path, description = "The partner's id"),
        ("invoice_id" = String, Path, description = "The invoice's id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that goes"),
    ),
    request_body = Cancellation, security(("key" = ["operator:write"])),
    responses((status = 200, body = resource::Invoice, description = "The invoice, cancelled")))]
async fn cancel(
    caller: Caller,
    AtPart(partner_id, invoice_id): AtPart<PartnerId, InvoiceId>,
    Body(input): Body<Cancellation>,
) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let found = caller.api.app().find_invoice(partner_id, invoice_id).await;
    let tenant_id = found.map_err(|error| caller.problem(error))?.tenant_id;
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.full_invoice(partner_id, invoice_id).await?;
            let seen = (invoice_id, asker.seen(before.invoice.version));
            app.cancel_invoice(partner_id, seen, &input.reason).await?;
            let after = app.full_invoice(partner_id, invoice_id).await?;
            let outcome = Outcome::ok(&after.shown())?.version(after.invoice.version);
            let before = before.shown();
            let outcome = outcome.audited("invoice.cancel", invoice_id, Some(&before))?;
            Ok(outcome.about(tenant_id))
        })
        .await
}
