//! `/v1/processor`: on whose account a partner's tenants pay.
//!
//! Decided here: this concerns the whole partner, so restricted keys may not. Keys are taken and
//! never shown; the link to the processor's form is in one answer and nowhere else.

use app::{
    App,
    processors::{NewKeys, ProcessorView},
    requests::{Asking, Change},
    resource,
};
use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    api_key::{Category, Scope},
    processor::ProcessorMode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    problem::Problem,
    write::{Outcome, shown},
};

const READ: Scope = Scope::read(Category::Billing);
const WRITE: Scope = Scope::write(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get, edit))
        .routes(routes!(onboard))
        .routes(routes!(refresh))
        .routes(routes!(save_keys, remove_keys))
}

/// Another mode.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProcessorChanges {
    /// `platform`, `connect` or `custom_keys`.
    #[schema(example = "platform")]
    mode: Option<String>,
}

/// The partner's own keys.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeysInput {
    /// `sk_live_…` or `sk_test_…`; kept sealed, never shown again.
    #[schema(example = "sk_test_51Nv0FGQ9RKHgCVdK")]
    secret_key: String,
    /// `pk_live_…` or `pk_test_…`, of the same kind.
    #[schema(example = "pk_test_51Nv0FGQ9RKHgCVdK")]
    publishable_key: String,
}

/// A page of the payment processor's.
#[derive(Debug, Serialize, ToSchema)]
struct OnboardingLink {
    /// Send the partner's browser there; it works once and for minutes. It is kept nowhere.
    #[schema(example = "https://connect.stripe.com/setup/e/acct_1/x")]
    url: String,
}

/// Get how tenants pay
#[utoipa::path(get, path = "/v1/processor", tag = "Payment processor",
    operation_id = "get_payment_processor", security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::PaymentProcessor, description = "The mode")))]
async fn get(caller: Caller) -> Result<Response, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let view = caller.api.app().processor(partner_id).await;
    let view = view.map_err(|error| caller.problem(error))?;
    Ok(shown(&resource::PaymentProcessor::from(&view), view.processing.version))
}

/// Choose how tenants pay
///
/// New payments go there from now on; what was paid is refunded where it was paid. Where that is
/// another account, tenants have to save their payment methods again, and their automatic payments
/// are switched off.
#[utoipa::path(patch, path = "/v1/processor", tag = "Payment processor",
    operation_id = "edit_payment_processor", request_body = ProcessorChanges,
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::PaymentProcessor, description = "The mode")))]
async fn edit(caller: Caller, Body(input): Body<ProcessorChanges>) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let mode = match input.mode.as_deref() {
        None => None,
        Some(name) => Some(ProcessorMode::parse(name).ok_or_else(|| {
            let message = "must be platform, connect or custom_keys";
            Problem::pointed("/mode".to_owned(), "invalid", message)
        })?),
    };
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.processor(partner_id).await?;
            let seen = asker.seen(before.processing.version);
            let mode = mode.unwrap_or(before.processing.mode);
            let view = app.choose_mode((partner_id, seen), mode).await?;
            let outcome = Outcome::ok(&resource::PaymentProcessor::from(&view))?;
            let outcome = outcome.version(view.processing.version);
            let before = resource::PaymentProcessor::from(&before);
            outcome.audited("processor.edit", partner_id, Some(&before))
        })
        .await
}

/// Connect an account
///
/// Makes the partner's account where there is none, and answers a link to the payment processor's
/// form. Payments go to the platform's account until the new one is active. Asking again answers
/// another link to the same form.
#[utoipa::path(post, path = "/v1/processor/connect", tag = "Payment processor",
    operation_id = "connect_payment_account", security(("key" = ["billing:write"])),
    responses((status = 200, body = OnboardingLink, description = "Where to send the browser")))]
async fn onboard(caller: Caller) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let link = caller
        .aside(async move |app, asking| {
            let link = app.connect(partner_id).await?;
            noted(app, asking, "processor.connect").await?;
            Ok(link)
        })
        .await?;
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::OK, no_store, Json(OnboardingLink { url: link.0 })).into_response())
}

/// Look at the connected account again
///
/// Asks the payment processor how it stands; for when the browser comes back from its form.
#[utoipa::path(post, path = "/v1/processor/connect/refresh", tag = "Payment processor",
    operation_id = "refresh_payment_account", security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::PaymentProcessor, description = "The mode")))]
async fn refresh(caller: Caller) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let view = caller
        .aside(async move |app, asking| {
            app.look_at_connected(partner_id).await?;
            noted(app, asking, "processor.refresh").await
        })
        .await?;
    Ok(shown(&resource::PaymentProcessor::from(&view), view.processing.version))
}

/// Save own keys
///
/// They are tried at the payment processor first; where it refuses them nothing changes. Payments
/// are made as the partner from now on, without a fee.
#[utoipa::path(put, path = "/v1/processor/keys", tag = "Payment processor",
    operation_id = "save_payment_keys", request_body = KeysInput,
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::PaymentProcessor, description = "The mode")))]
async fn save_keys(caller: Caller, Body(input): Body<KeysInput>) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let view = caller
        .aside(async move |app, asking| {
            let new = NewKeys {
                secret: app::processors::SecretKey::new(input.secret_key.clone()),
                publishable: input.publishable_key.clone(),
            };
            app.save_keys(partner_id, &new).await?;
            noted(app, asking, "processor.save_keys").await
        })
        .await?;
    Ok(shown(&resource::PaymentProcessor::from(&view), view.processing.version))
}

/// Remove own keys
///
/// Their ciphertext is deleted. Where they were in use, payments go to the platform's account from
/// now on; what was paid on the partner's account is refunded there.
#[utoipa::path(delete, path = "/v1/processor/keys", tag = "Payment processor",
    operation_id = "delete_payment_keys", security(("key" = ["billing:write"])),
    responses((status = 204, description = "They are gone")))]
async fn remove_keys(caller: Caller) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    caller
        .aside(async move |app, asking| {
            app.remove_keys(partner_id).await?;
            noted(app, asking, "processor.remove_keys").await
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Writes a change down that was made in transactions of its own, and answers how it is now.
async fn noted(
    app: &App,
    asking: &Asking,
    action: &'static str,
) -> app::error::Result<ProcessorView> {
    let partner_id = asking.owner.ok_or_else(|| {
        app::error::AppError::Broken("a partner's request has no partner".to_owned())
    })?;
    let view = app.processor(partner_id).await?;
    let after = serde_json::to_value(resource::PaymentProcessor::from(&view)).ok();
    let object_id = partner_id.to_string();
    let change = Change { action, tenant_id: None, object_id, before: None, after };
    app.note_change(asking, &change).await?;
    Ok(view)
}
