//! `/v1/checkout-sessions` and the links to invoices' pages.

use app::{
    checkout::NewCheckout,
    resource::{self, Decimal},
};
use axum::{Json, http::StatusCode, response::Response};
use domain::{
    api_key::{Category, Scope},
    ids::{CheckoutId, InvoiceId},
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{invoice_changes::amount, invoices::reached};
use crate::api::{Api, body::Body, caller::Caller, problem::Problem, query::At, write::Outcome};

const READ: Scope = Scope::read(Category::Billing);
const WRITE: Scope = Scope::write(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(get))
        .routes(routes!(expire))
        .routes(routes!(make_link, revoke_link))
        .routes(routes!(rotate_link))
}

/// A session to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckoutInput {
    /// What is paid.
    #[schema(value_type = String, example = "inv_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    invoice_id: InvoiceId,
    /// How much; all that is due then where this is left out.
    amount: Option<Decimal>,
    /// Where the payer goes afterwards.
    #[schema(example = "https://app.example.com/thanks")]
    success_url: Option<String>,
}

/// Create a checkout session
///
/// A page on which the invoice can be paid for 24 hours; send the payer to its `url`. Its payment
/// completes it and tells `checkout.session.completed`. An automatic payment of the invoice ends
/// it. A repeated request with the same `Idempotency-Key` does not show the `url` again; reading
/// the session does.
#[utoipa::path(post, path = "/v1/checkout-sessions", tag = "Payments",
    operation_id = "create_checkout_session",
    request_body = CheckoutInput, security(("key" = ["billing:write"])),
    responses((status = 201, body = resource::Checkout, description = "The session")))]
async fn create(caller: Caller, Body(input): Body<CheckoutInput>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let invoice = reached(&caller, &reach, input.invoice_id).await?;
    let (partner_id, tenant_id) = (reach.partner_id, invoice.tenant_id);
    let new = NewCheckout {
        invoice_id: input.invoice_id,
        amount: amount(input.amount, invoice.currency)?,
        success_url: input.success_url,
    };
    caller
        .write(async move |app| {
            let made = app.create_checkout(partner_id, &new).await?;
            let id = made.checkout.checkout_id;
            let shown = resource::Checkout { url: None, ..made.shown() };
            let outcome = Outcome::created(format!("/v1/checkout-sessions/{id}"), &shown)?;
            let outcome = outcome.audited("checkout_session.create", id, None::<&()>)?;
            // The address opens the page for whoever has it, so it is kept nowhere.
            let url = made.url.unwrap_or_default();
            Ok(outcome.about(tenant_id).revealing("url", &url))
        })
        .await
}

/// Get a checkout session
#[utoipa::path(get, path = "/v1/checkout-sessions/{id}", tag = "Payments",
    operation_id = "get_checkout_session",
    params(("id" = String, Path, description = "The session's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::Checkout, description = "The session")))]
async fn get(
    caller: Caller,
    At(checkout_id): At<CheckoutId>,
) -> Result<Json<resource::Checkout>, Problem> {
    let reach = caller.partner(READ)?;
    let partner_id = reach.partner_id;
    let found = caller.aside(async move |app, _| app.find_checkout(partner_id, checkout_id).await);
    let found = found.await?;
    reach.tenant(found.checkout.tenant_id)?;
    Ok(Json(found.shown()))
}

/// Expire a checkout session
///
/// Ends it before its time. A payment that is under way still counts.
#[utoipa::path(post, path = "/v1/checkout-sessions/{id}/expire", tag = "Payments",
    operation_id = "expire_checkout_session",
    params(("id" = String, Path, description = "The session's id")),
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Checkout, description = "The session")))]
async fn expire(caller: Caller, At(checkout_id): At<CheckoutId>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let partner_id = reach.partner_id;
    let found = caller.aside(async move |app, _| app.find_checkout(partner_id, checkout_id).await);
    let tenant_id = found.await?.checkout.tenant_id;
    reach.tenant(tenant_id)?;
    caller
        .write(async move |app| {
            let ended = app.expire_checkout(partner_id, checkout_id).await?;
            let outcome = Outcome::ok(&ended.shown())?;
            let outcome = outcome.audited("checkout_session.expire", checkout_id, None::<&()>)?;
            Ok(outcome.about(tenant_id))
        })
        .await
}

/// Make a link to an invoice
///
/// An address at which anybody who has it can see, download and pay the invoice without signing in.
/// One that there is already stays and is shown again.
#[utoipa::path(post, path = "/v1/invoices/{id}/link", tag = "Invoices",
    operation_id = "create_invoice_link",
    params(("id" = String, Path, description = "The invoice's id")),
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::InvoiceLink, description = "The link")))]
async fn make_link(caller: Caller, At(invoice_id): At<InvoiceId>) -> Result<Response, Problem> {
    link(caller, (invoice_id, "invoice.link"), Linking::Keep).await
}

/// Rotate the link to an invoice
///
/// Another address takes the place of the one there is, which opens nothing any more.
#[utoipa::path(post, path = "/v1/invoices/{id}/link/rotate", tag = "Invoices",
    operation_id = "rotate_invoice_link",
    params(("id" = String, Path, description = "The invoice's id")),
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::InvoiceLink, description = "The link")))]
async fn rotate_link(caller: Caller, At(invoice_id): At<InvoiceId>) -> Result<Response, Problem> {
    link(caller, (invoice_id, "invoice.link_rotate"), Linking::Replace).await
}

/// Revoke the link to an invoice
///
/// It opens nothing any more, and mails about the invoice carry none.
#[utoipa::path(delete, path = "/v1/invoices/{id}/link", tag = "Invoices",
    operation_id = "revoke_invoice_link",
    params(("id" = String, Path, description = "The invoice's id")),
    security(("key" = ["billing:write"])),
    responses((status = 204, description = "There is no link any more")))]
async fn revoke_link(caller: Caller, At(invoice_id): At<InvoiceId>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let tenant_id = reached(&caller, &reach, invoice_id).await?.tenant_id;
    let partner_id = reach.partner_id;
    caller
        .write(async move |app| {
            app.revoke_invoice_link(partner_id, invoice_id).await?;
            let outcome = Outcome::gone();
            let outcome = outcome.audited("invoice.link_revoke", invoice_id, None::<&()>)?;
            Ok(outcome.about(tenant_id))
        })
        .await
}

#[derive(Clone, Copy)]
enum Linking {
    Keep,
    Replace,
}

async fn link(
    caller: Caller,
    (invoice_id, action): (InvoiceId, &'static str),
    linking: Linking,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let tenant_id = reached(&caller, &reach, invoice_id).await?.tenant_id;
    let partner_id = reach.partner_id;
    caller
        .write(async move |app| {
            let link = match linking {
                Linking::Keep => app.invoice_link(partner_id, invoice_id).await?,
                Linking::Replace => app.replace_invoice_link(partner_id, invoice_id).await?,
            };
            let made = resource::Instant(link.created_at);
            let kept = json!({ "invoice_id": invoice_id, "url": null, "created_at": made });
            let outcome = Outcome::with(StatusCode::OK, &kept)?;
            let outcome = outcome.audited(action, invoice_id, None::<&()>)?;
            Ok(outcome.about(tenant_id).revealing("url", &link.url))
        })
        .await
}
