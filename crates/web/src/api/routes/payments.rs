//! `/v1/payments`: what was paid, what failed, and what waits for its payer.

use app::{
    collect::{Authenticated, Collected},
    invoices::PaymentFilter,
    requests::Change,
    resource::{self, Instant},
};
use axum::Json;
use domain::{
    api_key::{Category, Scope},
    ids::{InvoiceId, PaymentId, TenantId},
    money::Currency,
    paging::Key,
    payment::{Payment, PaymentStatus},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::balances::order;
use crate::api::{
    Api,
    body::OptionalBody,
    caller::Caller,
    paging::{KeyKind, List, Sort, list_query},
    problem::Problem,
    query::{At, Query},
};

const READ: Scope = Scope::read(Category::Billing);
const WRITE: Scope = Scope::write(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_payments))
        .routes(routes!(get_payment))
        .routes(routes!(confirm_payment))
        .routes(routes!(cancel_payment))
}

list_query! {
    PaymentQuery {
        /// Only of this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// Only of this invoice.
        #[param(value_type = Option<String>)]
        invoice_id: Option<InvoiceId>,
        /// `pending`, `requires_action`, `processing`, `succeeded`, `failed` or `cancelled`.
        status: Option<String>,
        /// Only begun from then on.
        #[serde(rename = "created[gte]")]
        created_since: Option<Instant>,
        /// Only begun before then.
        #[serde(rename = "created[lt]")]
        created_until: Option<Instant>,
        /// `created_at`, with a minus sign for the newest first; `-created_at` where nothing is
        /// said.
        sort: Option<String>,
    }
}

/// List payments
///
/// Of all tenants that the key reaches, newest first, failed ones included.
#[utoipa::path(get, path = "/v1/payments", tag = "Payments", operation_id = "list_payments",
    params(PaymentQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::Payment>, description = "A page of payments")))]
async fn list_payments(
    caller: Caller,
    Query(query): Query<PaymentQuery>,
) -> Result<Json<List<resource::Payment>>, Problem> {
    let reach = caller.partner(READ)?;
    let sort = Sort { name: "created_at", kind: KeyKind::Int };
    let request = query.paging().request(sort, order(query.sort.as_deref(), sort.name)?)?;
    let wrong = || Problem::parameter("status", "is no status of a payment");
    let status = query.status.as_deref();
    let filter = PaymentFilter {
        tenants: reach.tenants,
        tenant_id: query.tenant_id,
        invoice_id: query.invoice_id,
        status: status.map(|text| PaymentStatus::parse(text).ok_or_else(wrong)).transpose()?,
        created_since: query.created_since.map(|Instant(at)| at),
        created_until: query.created_until.map(|Instant(at)| at),
    };
    let page = caller.api.app().payment_page(reach.partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |(payment, _): &(Payment, Currency)| {
        (Some(Key::Int(payment.created_at.micros())), payment.payment_id.to_string())
    };
    let show = |(payment, currency)| resource::Payment::of(&payment, currency);
    Ok(Json(List::of((page, &request), sort, place, show)))
}

/// Get a payment
///
/// As it is known here; `/confirm` asks the payment processor.
#[utoipa::path(get, path = "/v1/payments/{id}", tag = "Payments", operation_id = "get_payment",
    params(("id" = String, Path, description = "The payment's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::Payment, description = "The payment")))]
async fn get_payment(
    caller: Caller,
    At(payment_id): At<PaymentId>,
) -> Result<Json<resource::Payment>, Problem> {
    let reach = caller.partner(READ)?;
    let found = caller.api.app().find_payment(reach.partner_id, payment_id).await;
    let (payment, currency) = found.map_err(|error| caller.problem(error))?;
    reach.tenant(payment.tenant_id)?;
    Ok(Json(resource::Payment::of(&payment, currency)))
}

/// What a payer did.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmInput {
    /// In the sandbox, where there is no bank to do it at: whether the payer passed.
    authentication: Option<Authentication>,
}

/// What the payer does in the sandbox.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Authentication {
    Passed,
    Failed,
}

/// Confirm a payment
///
/// Asks the payment processor how the payment stands, after its payer authenticated it. In the
/// sandbox `authentication` says what the payer does. Any number of times; a payment that is over
/// stays as it is.
#[utoipa::path(post, path = "/v1/payments/{id}/confirm", tag = "Payments",
    operation_id = "confirm_payment",
    params(("id" = String, Path, description = "The payment's id")),
    request_body = Option<ConfirmInput>, security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::BegunPayment, description = "The payment")))]
async fn confirm_payment(
    caller: Caller,
    At(payment_id): At<PaymentId>,
    OptionalBody(input): OptionalBody<ConfirmInput>,
) -> Result<Json<resource::BegunPayment>, Problem> {
    let done = input.and_then(|input| input.authentication).map(|done| match done {
        Authentication::Passed => Authenticated::Passed,
        Authentication::Failed => Authenticated::Failed,
    });
    let partner_id = reached(&caller, payment_id).await?;
    let collected =
        caller.aside(async move |app, _| app.confirm_payment(partner_id, payment_id, done).await);
    Ok(Json(resource::BegunPayment::of(&collected.await?)))
}

/// Cancel a payment
///
/// Gives up a payment that waits for its payer, so that another can begin. What is on its way from
/// a bank cannot be called back.
#[utoipa::path(post, path = "/v1/payments/{id}/cancel", tag = "Payments",
    operation_id = "cancel_payment",
    params(("id" = String, Path, description = "The payment's id")),
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Payment, description = "The payment")))]
async fn cancel_payment(
    caller: Caller,
    At(payment_id): At<PaymentId>,
) -> Result<Json<resource::Payment>, Problem> {
    let partner_id = reached(&caller, payment_id).await?;
    let collected = caller.aside(async move |app, asking| {
        let collected = app.cancel_payment(partner_id, payment_id).await?;
        app.note_change(asking, &cancelled(&collected)).await?;
        Ok(collected)
    });
    let Collected { payment, invoice, .. } = collected.await?;
    Ok(Json(resource::Payment::of(&payment, invoice.currency)))
}

fn cancelled(collected: &Collected) -> Change {
    let shown = resource::Payment::of(&collected.payment, collected.invoice.currency);
    Change {
        action: "payment.cancel",
        tenant_id: Some(collected.payment.tenant_id),
        object_id: collected.payment.payment_id.to_string(),
        before: None,
        after: serde_json::to_value(&shown).ok(),
    }
}

/// Whose payment it is, if the caller may change it.
async fn reached(
    caller: &Caller,
    payment_id: PaymentId,
) -> Result<domain::ids::PartnerId, Problem> {
    let reach = caller.partner(WRITE)?;
    let found = caller.api.app().find_payment(reach.partner_id, payment_id).await;
    let (payment, _) = found.map_err(|error| caller.problem(error))?;
    reach.tenant(payment.tenant_id)?;
    Ok(reach.partner_id)
}
