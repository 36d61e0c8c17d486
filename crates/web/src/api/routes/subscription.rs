//! `/v1/subscription`: the partner's own plan, what it costs, and its invoices.

use app::{
    App,
    error::Result as AppResult,
    platform::{Charged, SubscriptionInvoice},
    resource::{self, Decimal},
};
use axum::{
    Json,
    body::Body as Bytes,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    api_key::{Category, Scope},
    ids::{PartnerId, SubscriptionInvoiceId},
    tier::Tier,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::wallet::charged;
use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{List, list_query},
    problem::Problem,
    query::{At, Query},
    write::{Outcome, shown},
};

const READ: Scope = Scope::read(Category::Billing);
const WRITE: Scope = Scope::write(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get))
        .routes(routes!(plans))
        .routes(routes!(activate))
        .routes(routes!(preview))
        .routes(routes!(change))
        .routes(routes!(cancel_change))
        .routes(routes!(cancel))
        .routes(routes!(invoices))
        .routes(routes!(invoice))
        .routes(routes!(pdf))
}

/// The plans that one can choose oneself.
#[derive(Debug, Serialize, ToSchema)]
struct Plans {
    /// The smallest first.
    data: Vec<resource::Plan>,
    /// What amounts are in.
    #[schema(example = "USD")]
    currency: String,
    /// Who is asked for a larger plan.
    #[schema(example = "Contact sales for an Enterprise plan")]
    larger: &'static str,
}

/// A plan to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PreviewInput {
    /// `starter`, `professional` or `business`.
    #[schema(example = "professional")]
    tier: String,
}

/// A plan that is wanted now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeInput {
    /// `starter`, `professional` or `business`.
    #[schema(example = "professional")]
    tier: String,
    /// The `due_now` of the preview; the change is refused where it costs something else by now.
    due_now: Option<Decimal>,
}

list_query! {
    InvoiceQuery {
    }
}

fn tier(text: &str) -> Result<Tier, Problem> {
    let message = "must be starter, professional or business";
    let wrong = || Problem::pointed("/tier".to_owned(), "invalid", message);
    Tier::parse(text).ok_or_else(wrong)
}

async fn subscription(app: &App, partner_id: PartnerId) -> AppResult<resource::Subscription> {
    Ok((&app.subscription(partner_id).await?).into())
}

/// Get the subscription
///
/// The plan, its rates, what is used, and what comes next.
#[utoipa::path(get, path = "/v1/subscription", tag = "Subscription",
    operation_id = "get_subscription", security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::Subscription, description = "The subscription")))]
async fn get(caller: Caller) -> Result<Response, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let found = subscription(caller.api.app(), partner_id).await;
    let found = found.map_err(|error| caller.problem(error))?;
    Ok(shown(&found, found.version))
}

/// List plans
#[utoipa::path(get, path = "/v1/subscription/plans", tag = "Subscription",
    operation_id = "list_plans", security(("key" = ["billing:read"])),
    responses((status = 200, body = Plans, description = "The plans")))]
async fn plans(caller: Caller) -> Result<Json<Plans>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let app = caller.api.app();
    let partner = app.partner(partner_id).await.map_err(|error| caller.problem(error))?;
    let choices = app.choices().await.map_err(|error| caller.problem(error))?;
    let show = |choice| resource::Plan::of(choice, partner.currency);
    Ok(Json(Plans {
        data: choices.iter().map(show).collect(),
        currency: partner.currency.code().to_owned(),
        larger: "Contact sales for an Enterprise plan",
    }))
}

/// What came of a request that may have charged: the charge, or the subscription where nothing
/// was to be charged.
async fn done(
    caller: &Caller,
    partner_id: PartnerId,
    Charged { charge, is_repeated }: Charged,
) -> Result<Response, Problem> {
    if let Some(charge) = charge {
        // Says why, where it was declined.
        let answer = charged(caller, (&charge, is_repeated))?;
        if answer.status() == StatusCode::ACCEPTED {
            return Ok(answer);
        }
    }
    let found = subscription(caller.api.app(), partner_id).await;
    let found = found.map_err(|error| caller.problem(error))?;
    Ok(shown(&found, found.version))
}

/// Activate the account
///
/// Charges the default payment method for the days left of the month, and for the initial wallet
/// credit the first time. Whoever is past due or suspended for it pays what it owes. 200: active.
/// 202: the money is on its way. 402 `payment_declined`: nothing has changed. 409
/// `payment_method_missing`: there is nothing to charge. Tells `subscription.activated`.
#[utoipa::path(post, path = "/v1/subscription/activate", tag = "Subscription",
    operation_id = "activate_subscription", security(("key" = ["billing:write"])),
    responses(
        (status = 200, body = resource::Subscription, description = "It is active"),
        (status = 202, body = resource::OperatorCharge, description = "The money is on its way")))]
async fn activate(caller: Caller) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let charged =
        caller.aside(async move |app, asking| app.activate_partner(asking, partner_id).await);
    let charged = charged.await?;
    done(&caller, partner_id, charged).await
}

/// Preview a change of plan
///
/// What it would cost now and from when on it would be in force. Changes nothing.
#[utoipa::path(post, path = "/v1/subscription/preview", tag = "Subscription",
    operation_id = "preview_plan_change", request_body = PreviewInput,
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::PlanChangePreview, description = "The preview")))]
async fn preview(
    caller: Caller,
    Body(input): Body<PreviewInput>,
) -> Result<Json<resource::PlanChangePreview>, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let tier = tier(&input.tier)?;
    let app = caller.api.app();
    let partner = app.partner(partner_id).await.map_err(|error| caller.problem(error))?;
    let preview = app.preview_plan(partner_id, tier).await;
    let preview = preview.map_err(|error| caller.problem(error))?;
    Ok(Json(resource::PlanChangePreview::of(&preview, partner.currency)))
}

/// Change the plan
///
/// A larger plan is in force at once; the rest of the month is charged to the default payment
/// method. A smaller one waits for the first of the month and costs nothing now; a later choice
/// replaces it. Tells `subscription.updated` when it takes effect, and when it begins to wait.
#[utoipa::path(post, path = "/v1/subscription/change", tag = "Subscription",
    operation_id = "change_plan", request_body = ChangeInput,
    security(("key" = ["billing:write"])),
    responses(
        (status = 200, body = resource::Subscription, description = "The subscription now"),
        (status = 202, body = resource::OperatorCharge, description = "The money is on its way")))]
async fn change(caller: Caller, Body(input): Body<ChangeInput>) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let tier = tier(&input.tier)?;
    let partner = caller.api.app().partner(partner_id).await;
    let currency = partner.map_err(|error| caller.problem(error))?.currency;
    let expected = input.due_now.map(|Decimal(text)| {
        currency
            .parse_minor(&text)
            .map_err(|error| Problem::pointed("/due_now".to_owned(), "invalid", error.to_string()))
    });
    let wanted = (tier, expected.transpose()?);
    let charged = caller
        .aside(async move |app, asking| app.change_plan(asking, partner_id, wanted).await)
        .await?;
    done(&caller, partner_id, charged).await
}

/// Does `work` on the subscription and answers how it is afterwards.
async fn changed<F>(caller: Caller, action: &'static str, work: F) -> Result<Response, Problem>
where
    F: AsyncFn(&App, PartnerId) -> AppResult<()> + Send + 'static,
{
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    caller
        .write(async move |app| {
            let before = subscription(app, partner_id).await?;
            work(app, partner_id).await?;
            let after = subscription(app, partner_id).await?;
            let outcome = Outcome::ok(&after)?.version(after.version);
            outcome.audited(action, partner_id, Some(&before))
        })
        .await
}

/// Cancel a change of plan
///
/// Takes back a smaller plan that waits for the first of the month.
#[utoipa::path(post, path = "/v1/subscription/cancel-change", tag = "Subscription",
    operation_id = "cancel_plan_change", security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Subscription, description = "The subscription")))]
async fn cancel_change(caller: Caller) -> Result<Response, Problem> {
    changed(caller, "subscription.cancel_change", async |app, partner_id| {
        app.cancel_plan_change(partner_id).await
    })
    .await
}

/// Cancel the subscription
///
/// Pauses the account: nothing is charged and no calls go in or out. Everything is kept for 90
/// days, in which activating brings it back.
#[utoipa::path(post, path = "/v1/subscription/cancel", tag = "Subscription",
    operation_id = "cancel_subscription", security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Subscription, description = "The subscription")))]
async fn cancel(caller: Caller) -> Result<Response, Problem> {
    changed(caller, "subscription.cancel", async |app, partner_id| {
        app.cancel_subscription(partner_id).await
    })
    .await
}

/// List subscription invoices
#[utoipa::path(get, path = "/v1/subscription/invoices", tag = "Subscription",
    operation_id = "list_subscription_invoices", params(InvoiceQuery),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::SubscriptionInvoice>, description = "A page")))]
async fn invoices(
    caller: Caller,
    Query(query): Query<InvoiceQuery>,
) -> Result<Json<List<resource::SubscriptionInvoice>>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let request = query.paging().newest_first()?;
    let page = caller.api.app().subscription_invoices(partner_id, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |invoice: &SubscriptionInvoice| invoice.invoice_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |invoice| (&invoice).into())))
}

/// Get a subscription invoice
#[utoipa::path(get, path = "/v1/subscription/invoices/{id}", tag = "Subscription",
    operation_id = "get_subscription_invoice",
    params(("id" = String, Path, description = "The invoice's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::SubscriptionInvoice, description = "The invoice")))]
async fn invoice(
    caller: Caller,
    At(invoice_id): At<SubscriptionInvoiceId>,
) -> Result<Json<resource::SubscriptionInvoice>, Problem> {
    let reach = caller.partner(READ)?;
    let found = caller.api.app().subscription_invoice(reach.partner_id, invoice_id).await;
    let found = found.map_err(|error| caller.problem(error))?;
    reach.whole_partner()?;
    Ok(Json((&found).into()))
}

/// Get the PDF of a subscription invoice
#[utoipa::path(get, path = "/v1/subscription/invoices/{id}/pdf", tag = "Subscription",
    operation_id = "get_subscription_invoice_pdf",
    params(("id" = String, Path, description = "The invoice's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, description = "The file",
        body = String, content_type = "application/pdf")))]
async fn pdf(
    caller: Caller,
    At(invoice_id): At<SubscriptionInvoiceId>,
) -> Result<Response, Problem> {
    let reach = caller.partner(READ)?;
    let file = caller.api.app().subscription_invoice_pdf(reach.partner_id, invoice_id).await;
    let file = file.map_err(|error| caller.problem(error))?;
    reach.whole_partner()?;
    let name = format!("attachment; filename=\"{}\"", file.name);
    let headers =
        [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Bytes::from(file.bytes)).into_response())
}
