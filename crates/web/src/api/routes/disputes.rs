//! `/v1/disputes`, and the evidence of an invoice.

use app::{
    disputes::{DisputeFilter, ListedDispute},
    resource,
};
use axum::{Json, body::Body, response::Response};
use domain::{
    api_key::{Category, Scope},
    dispute::DisputeState,
    ids::{DisputeId, InvoiceId, TenantId},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{invoices::reached, refunds::download};
use crate::api::{
    Api,
    caller::Caller,
    paging::{List, list_query},
    problem::Problem,
    query::{At, Query},
};

const READ: Scope = Scope::read(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get)).routes(routes!(evidence))
}

list_query! {
    DisputeQuery {
        /// Only of this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// Only of this invoice.
        #[param(value_type = Option<String>)]
        invoice_id: Option<InvoiceId>,
        /// `open`, `won` or `lost`.
        status: Option<String>,
    }
}

/// The state with this name.
pub(super) fn state(text: Option<&str>) -> Result<Option<DisputeState>, Problem> {
    let wrong = || Problem::parameter("status", "must be open, won or lost");
    text.map(|text| DisputeState::parse(text).ok_or_else(wrong)).transpose()
}

/// List disputes
///
/// Payments that tenants took back through their banks, or try to; newest first. The operator
/// answers those on its own account; the others are answered at the payment processor.
#[utoipa::path(get, path = "/v1/disputes", tag = "Disputes", operation_id = "list_disputes",
    params(DisputeQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::Dispute>, description = "A page of disputes")))]
async fn list(
    caller: Caller,
    Query(query): Query<DisputeQuery>,
) -> Result<Json<List<resource::Dispute>>, Problem> {
    let reach = caller.partner(READ)?;
    let request = query.paging().newest_first()?;
    let filter = DisputeFilter {
        partner_id: Some(reach.partner_id),
        tenants: reach.tenants,
        tenant_id: query.tenant_id,
        invoice_id: query.invoice_id,
        state: state(query.status.as_deref())?,
        context: None,
    };
    let page = caller.api.app().dispute_page(filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |(_, dispute, _): &ListedDispute| dispute.dispute_id.to_string();
    let show = |(_, dispute, currency): ListedDispute| resource::Dispute::of(&dispute, currency);
    Ok(Json(List::by_id((page, &request), place, show)))
}

/// Get a dispute
#[utoipa::path(get, path = "/v1/disputes/{id}", tag = "Disputes", operation_id = "get_dispute",
    params(("id" = String, Path, description = "The dispute's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::Dispute, description = "The dispute")))]
async fn get(
    caller: Caller,
    At(dispute_id): At<DisputeId>,
) -> Result<Json<resource::Dispute>, Problem> {
    let reach = caller.partner(READ)?;
    let found = caller.api.app().find_dispute(Some(reach.partner_id), dispute_id).await;
    let (_, dispute, currency) = found.map_err(|error| caller.problem(error))?;
    reach.tenant(dispute.tenant_id)?;
    Ok(Json(resource::Dispute::of(&dispute, currency)))
}

/// Download an invoice's evidence
///
/// One archive (ZIP) with the invoice's PDF and a CSV of the calls of its period, whose charged
/// seconds are the minutes that the invoice bills. A draft is no evidence and is refused.
#[utoipa::path(get, path = "/v1/invoices/{id}/evidence", tag = "Disputes",
    operation_id = "get_invoice_evidence",
    params(("id" = String, Path, description = "The invoice's id")),
    security(("key" = ["billing:read"])),
    responses(
        (status = 200, body = String, content_type = "application/zip",
            description = "The archive"),
        (status = 409, body = crate::api::problem::Content,
            content_type = "application/problem+json",
            description = "The invoice is a draft")))]
async fn evidence(caller: Caller, At(invoice_id): At<InvoiceId>) -> Result<Response, Problem> {
    let reach = caller.partner(READ)?;
    reached(&caller, &reach, invoice_id).await?;
    let partner_id = reach.partner_id;
    let file =
        caller.aside(async move |app, _| app.evidence_bundle(partner_id, invoice_id).await).await?;
    Ok(download("application/zip", &file.name, Body::from(file.bytes)))
}
