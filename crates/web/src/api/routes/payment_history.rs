//! `/v1/payment-history`: payments and refunds, one after the other.

use app::{
    refunds::{HistoryEntry, HistoryFilter},
    resource::{Decimal, Instant},
};
use axum::Json;
use domain::{
    api_key::{Category, Scope},
    ids::{InvoiceId, TenantId},
    money::Currency,
    paging::{Key, Order},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    caller::Caller,
    paging::{KeyKind, List, Sort, list_query},
    problem::Problem,
    query::Query,
};

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A payment or a refund of the history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PaymentHistoryEntry {
    /// `payment` or `refund`.
    #[schema(pattern = "^(payment|refund)$")]
    kind: String,
    /// The id of the payment or refund.
    #[schema(example = "ref_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    id: String,
    /// Whose.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    tenant_id: TenantId,
    /// What was paid.
    #[schema(value_type = String, example = "inv_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    invoice_id: InvoiceId,
    /// The invoice's number.
    #[schema(example = "INV-000123")]
    invoice_number: Option<String>,
    /// How: the payment's method, or where the refund went.
    #[schema(example = "card")]
    method: String,
    /// How much; negative for what went back.
    #[schema(example = "-10.00")]
    amount: Decimal,
    /// What the amount is in.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// How it stands; of a refund `pending`, `refunded` or `failed`.
    #[schema(example = "refunded")]
    status: String,
    /// When it began.
    created_at: Instant,
}

list_query! {
    HistoryQuery {
        /// Only of this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// Only of this invoice.
        #[param(value_type = Option<String>)]
        invoice_id: Option<InvoiceId>,
    }
}

/// List the payment history
///
/// Payments and refunds together, newest first; refunds are rows of their own with negative
/// amounts.
#[utoipa::path(get, path = "/v1/payment-history", tag = "Payments",
    operation_id = "list_payment_history",
    params(HistoryQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<PaymentHistoryEntry>, description = "A page of it")))]
async fn list(
    caller: Caller,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<List<PaymentHistoryEntry>>, Problem> {
    let reach = caller.partner(Scope::read(Category::Billing))?;
    let sort = Sort { name: "created_at", kind: KeyKind::Int };
    let request = query.paging().request(sort, Order::Descending)?;
    let filter = HistoryFilter {
        tenants: reach.tenants,
        tenant_id: query.tenant_id,
        invoice_id: query.invoice_id,
    };
    let page = caller.api.app().payment_history(reach.partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |entry: &HistoryEntry| (Some(Key::Int(entry.at.micros())), entry.id.clone());
    let show = |entry: HistoryEntry| PaymentHistoryEntry {
        kind: entry.kind,
        id: entry.id,
        tenant_id: entry.tenant_id,
        invoice_id: entry.invoice_id,
        invoice_number: entry.number,
        method: entry.method,
        amount: Decimal(entry.currency.decimal(entry.amount)),
        currency: entry.currency,
        status: entry.status,
        created_at: entry.at.into(),
    };
    Ok(Json(List::of((page, &request), sort, place, show)))
}
