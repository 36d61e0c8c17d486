//! `/v1/payment-methods`: saved cards and bank accounts of tenants and of the partner itself.
//!
//! Decided here: a method is saved in two steps, so that card data never comes here: a request
//! begins it and answers what the browser's script needs, a second one says that it is done. A
//! request that carries something like a card number is refused. Restricted keys reach the methods
//! of their tenants, and none of the partner's own.

use app::{
    App,
    error::{AppError, Result},
    methods::{Confirmation, MethodFilter, NewMethod, Removal, SetupView},
    requests::{Answer, Asking, Change, Done, Performed},
    resource,
};
use axum::{Json, http::StatusCode, response::Response};
use domain::{
    api_key::{Category, Scope},
    ids::{MethodId, PartnerId, SetupId, TenantId},
    processor::{MethodKind, MethodStatus, SavedMethod, holds_card_number},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    body::{Body, OptionalBody},
    caller::{Caller, Reach},
    paging::{List, list_query},
    problem::Problem,
    query::{At, Query},
    write::{Outcome, REPLAYED, shown},
};

const READ: Scope = Scope::read(Category::Billing);
const WRITE: Scope = Scope::write(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, delete))
        .routes(routes!(confirm))
        .routes(routes!(make_default))
}

list_query! {
    MethodQuery {
        /// A tenant's methods; the partner's own where this is left out.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// `pending_verification`, `active` or `needs_reentry`.
        status: Option<String>,
    }
}

/// A method to be saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MethodInput {
    /// Whose; the partner's own where this is left out.
    #[schema(value_type = Option<String>)]
    tenant_id: Option<TenantId>,
    /// `card` or `us_bank_account`; a card where this is left out.
    #[serde(rename = "type")]
    #[schema(example = "card")]
    kind: Option<String>,
    /// In the sandbox: the test method that fills it in at once, such as `visa` or `bank`.
    #[schema(example = "visa")]
    test_method: Option<String>,
}

/// How the saving of a method goes on.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MethodConfirmInput {
    /// In the sandbox: the test method that fills it in.
    test_method: Option<String>,
    /// The two amounts, in cents, that arrived on a bank account.
    #[schema(value_type = Option<Vec<u32>>, example = json!([32, 45]),
        min_items = 2, max_items = 2)]
    amounts: Option<(u32, u32)>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Confirm {
    /// `true`: remove a tenant's only method, too, and switch its automatic payments off.
    confirm: Option<String>,
}

/// A setup and the secret with which the browser fills it in.
#[derive(Debug, Serialize, ToSchema)]
struct SetupWithSecret {
    #[serde(flatten)]
    setup: resource::PaymentMethodSetup,
    /// For the processor's script in the payer's browser; whoever has it can fill the setup in,
    /// and nothing else. It is neither kept nor logged here.
    #[schema(example = "seti_1Nv0_secret_x")]
    client_secret: Option<String>,
}

/// What is kept of a request to save a method: enough to go on with it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    setup_id: SetupId,
}

/// List payment methods
///
/// Of one tenant, or the partner's own. Removed ones are left out.
#[utoipa::path(get, path = "/v1/payment-methods", tag = "Payment methods",
    operation_id = "list_payment_methods",
    params(MethodQuery), security(("key" = ["billing:read"])),
    responses(
        (status = 200, body = List<resource::PaymentMethod>, description = "Methods"),
        (status = 404, body = crate::api::problem::Content,
            content_type = "application/problem+json",
            description = "There is no such tenant")))]
async fn list(
    caller: Caller,
    Query(query): Query<MethodQuery>,
) -> Result<Json<List<resource::PaymentMethod>>, Problem> {
    let reach = caller.partner(READ)?;
    owned(&caller, &reach, query.tenant_id).await?;
    let status = match query.status.as_deref() {
        None => None,
        Some(name) => {
            let known = MethodStatus::parse(name).filter(|it| *it != MethodStatus::Removed);
            let wrong = || Problem::parameter("status", "is not a status of payment methods");
            Some(known.ok_or_else(wrong)?)
        }
    };
    let request = query.paging().newest_first()?;
    let filter = MethodFilter { owner: query.tenant_id, status };
    let page = caller.api.app().payment_methods(reach.partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let now = caller.now();
    let place = |method: &SavedMethod| method.method_id.to_string();
    let show = |method: SavedMethod| resource::PaymentMethod::of(&method, now);
    Ok(Json(List::by_id((page, &request), place, show)))
}

/// Begin to save a payment method
///
/// Answers what the payment processor's script needs to take the card data from the browser. In the
/// sandbox `test_method` fills it in at once. The first usable method of its owner becomes the
/// default. Tells `payment_method.attached` once it is saved.
#[utoipa::path(post, path = "/v1/payment-methods", tag = "Payment methods",
    operation_id = "create_payment_method",
    request_body = MethodInput, security(("key" = ["billing:write"])),
    responses((status = 201, body = SetupWithSecret, description = "The setup")))]
async fn create(caller: Caller, Body(input): Body<MethodInput>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    refuse_card_numbers(&caller)?;
    owned(&caller, &reach, input.tenant_id).await?;
    let kind = match input.kind.as_deref() {
        None => MethodKind::Card,
        Some(name) => MethodKind::parse(name).ok_or_else(|| {
            let message = "must be card or us_bank_account";
            Problem::pointed("/type".to_owned(), "invalid", message)
        })?,
    };
    let new = NewMethod { owner: input.tenant_id, kind };
    let partner_id = reach.partner_id;
    let test_method = input.test_method;
    let (view, is_repeated) = caller
        .aside(async move |app, asking| {
            let (setup_id, is_repeated) = begun(app, asking, (partner_id, new)).await?;
            let view = match &test_method {
                None => app.open_setup(partner_id, setup_id).await?,
                Some(name) => {
                    let filled_in = Confirmation::TestMethod(name.clone());
                    app.confirm_setup(partner_id, setup_id, &filled_in).await?
                }
            };
            Ok((view, is_repeated))
        })
        .await?;
    let mut response = answer(&caller, &view, StatusCode::CREATED);
    let location = format!("/v1/payment-methods/{}", view.setup.method_id);
    let headers = response.headers_mut();
    if let (Some(_), Ok(location)) = (&view.method, location.parse()) {
        headers.insert(axum::http::header::LOCATION, location);
    }
    if is_repeated {
        headers.insert(REPLAYED, axum::http::HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Writes the wish down once for the request, and says whether it was there before.
async fn begun(
    app: &App,
    asking: &Asking,
    (partner_id, new): (PartnerId, NewMethod),
) -> Result<(SetupId, bool)> {
    let broken = |error| AppError::Broken(format!("a kept setup is no JSON: {error}"));
    let performed = app.perform(asking, async |app| {
        let setup_id = app.begin_setup(partner_id, new).await?;
        let body = serde_json::to_vec(&Kept { setup_id }).map_err(broken)?;
        let change = Change {
            action: "payment_method.begin",
            tenant_id: new.owner,
            object_id: setup_id.to_string(),
            before: None,
            after: Some(serde_json::json!({ "type": new.kind.as_str() })),
        };
        let answer = Answer { status: 201, headers: Vec::new(), body };
        Ok(Done { answer, change: Some(change), secret: None })
    });
    let (kept, is_repeated) = match performed.await? {
        Performed::Now(answer) => (answer.body, false),
        Performed::Before(answer) => (answer.body, true),
    };
    let Kept { setup_id } = serde_json::from_slice(&kept).map_err(broken)?;
    Ok((setup_id, is_repeated))
}

/// Go on with saving a payment method
///
/// By the id of its setup, or of a bank account that waits to be verified. Without a body: the
/// browser is done, and the processor is asked what came of it. Asking again changes nothing.
#[utoipa::path(post, path = "/v1/payment-methods/{id}/confirm", tag = "Payment methods",
    operation_id = "confirm_payment_method",
    params(("id" = String, Path, description = "The id of the setup or of the method")),
    request_body = Option<MethodConfirmInput>, security(("key" = ["billing:write"])),
    responses((status = 200, body = SetupWithSecret, description = "The setup as it is now")))]
async fn confirm(
    caller: Caller,
    At(id): At<String>,
    OptionalBody(input): OptionalBody<MethodConfirmInput>,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    refuse_card_numbers(&caller)?;
    let found = caller.api.app().find_setup(reach.partner_id, &id).await;
    let setup = found.map_err(|error| caller.problem(error))?;
    owned(&caller, &reach, setup.tenant_id).await?;
    let confirmation = match input.unwrap_or_default() {
        MethodConfirmInput { test_method: None, amounts: None } => Confirmation::Look,
        MethodConfirmInput { test_method: Some(name), amounts: None } => {
            Confirmation::TestMethod(name)
        }
        MethodConfirmInput { test_method: None, amounts: Some((first, second)) } => {
            Confirmation::Amounts(first, second)
        }
        MethodConfirmInput { .. } => {
            let message = "name a test method or amounts, not both";
            return Err(Problem::pointed("/amounts".to_owned(), "invalid", message));
        }
    };
    let (partner_id, setup_id) = (setup.partner_id, setup.setup_id);
    let view = caller
        .aside(async move |app, asking| {
            let view = app.confirm_setup(partner_id, setup_id, &confirmation).await?;
            let change = Change {
                action: "payment_method.confirm",
                tenant_id: view.setup.tenant_id,
                object_id: setup_id.to_string(),
                before: None,
                after: Some(serde_json::json!({ "status": view.setup.state.as_str() })),
            };
            app.note_change(asking, &change).await?;
            Ok(view)
        })
        .await?;
    Ok(answer(&caller, &view, StatusCode::OK))
}

/// Get a payment method
#[utoipa::path(get, path = "/v1/payment-methods/{id}", tag = "Payment methods",
    operation_id = "get_payment_method",
    params(("id" = String, Path, description = "The method's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::PaymentMethod, description = "The method")))]
async fn get(caller: Caller, At(method_id): At<MethodId>) -> Result<Response, Problem> {
    let reach = caller.partner(READ)?;
    let method = reached(&caller, &reach, method_id).await?;
    Ok(shown(&resource::PaymentMethod::of(&method, caller.now()), method.version))
}

/// Make a payment method the default
///
/// It is charged from now on where no other is named.
#[utoipa::path(post, path = "/v1/payment-methods/{id}/default", tag = "Payment methods",
    operation_id = "make_payment_method_default",
    params(("id" = String, Path, description = "The method's id")),
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::PaymentMethod, description = "The method")))]
async fn make_default(caller: Caller, At(method_id): At<MethodId>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let method = reached(&caller, &reach, method_id).await?;
    let (partner_id, tenant_id, now) = (reach.partner_id, method.tenant_id, caller.now());
    let seen = caller.seen(method.version);
    let before = resource::PaymentMethod::of(&method, now);
    caller
        .write(async move |app| {
            let method = app.make_default(partner_id, (method_id, seen)).await?;
            let outcome = Outcome::ok(&resource::PaymentMethod::of(&method, now))?;
            let outcome = outcome.version(method.version);
            let outcome = outcome.audited("payment_method.default", method_id, Some(&before))?;
            Ok(about(outcome, tenant_id))
        })
        .await
}

/// Remove a payment method
///
/// A default can go once another is the default. A tenant's only method goes with `confirm=true`,
/// which switches its automatic payments off. Tells `payment_method.detached`.
#[utoipa::path(delete, path = "/v1/payment-methods/{id}", tag = "Payment methods",
    operation_id = "delete_payment_method",
    params(("id" = String, Path, description = "The method's id"), Confirm),
    security(("key" = ["billing:write"])),
    responses((status = 204, description = "It is gone")))]
async fn delete(
    caller: Caller,
    At(method_id): At<MethodId>,
    Query(query): Query<Confirm>,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let method = reached(&caller, &reach, method_id).await?;
    let (partner_id, tenant_id) = (reach.partner_id, method.tenant_id);
    let seen = caller.seen(method.version);
    let removal = match query.confirm.as_deref() {
        Some("true") => Removal::Confirmed,
        None | Some("false") => Removal::Unconfirmed,
        Some(_) => return Err(Problem::parameter("confirm", "must be true or false")),
    };
    let before = resource::PaymentMethod::of(&method, caller.now());
    caller
        .write(async move |app| {
            app.remove_method(partner_id, (method_id, seen), removal).await?;
            let outcome = Outcome::gone();
            let outcome = outcome.audited("payment_method.delete", method_id, Some(&before))?;
            Ok(about(outcome, tenant_id))
        })
        .await
}

fn about(outcome: Outcome, tenant_id: Option<TenantId>) -> Outcome {
    match tenant_id {
        Some(tenant_id) => outcome.about(tenant_id),
        None => outcome,
    }
}

/// Refuses an owner that the key does not reach.
async fn owned(caller: &Caller, reach: &Reach, owner: Option<TenantId>) -> Result<(), Problem> {
    match owner {
        None => reach.whole_partner().map(drop),
        Some(tenant_id) => {
            let known = caller.api.app().tenant(reach.partner_id, tenant_id).await;
            known.map_err(|error| caller.problem(error))?;
            reach.tenant(tenant_id)
        }
    }
}

/// The method with this id, if the key reaches its owner.
async fn reached(
    caller: &Caller,
    reach: &Reach,
    method_id: MethodId,
) -> Result<SavedMethod, Problem> {
    let method = caller.api.app().payment_method(reach.partner_id, method_id).await;
    let method = method.map_err(|error| caller.problem(error))?;
    match method.tenant_id {
        None => reach.whole_partner().map(drop)?,
        Some(tenant_id) => reach.tenant(tenant_id)?,
    }
    Ok(method)
}

/// Refuses a body with something like a card number in it (PMT-02).
fn refuse_card_numbers(caller: &Caller) -> Result<(), Problem> {
    if !holds_card_number(&String::from_utf8_lossy(&caller.body)) {
        return Ok(());
    }
    let message = "card numbers are never sent here; the payment processor's script takes them";
    Err(Problem::pointed(String::new(), "card_number", message))
}

/// The setup with its secret, which nothing keeps.
fn answer(caller: &Caller, view: &SetupView, status: StatusCode) -> Response {
    let setup = resource::PaymentMethodSetup::of(view, caller.now());
    let secret = view.client_secret.as_ref().map(|secret| secret.reveal().to_owned());
    let body = SetupWithSecret { setup, client_secret: secret };
    let no_store = [(axum::http::header::CACHE_CONTROL, "no-store")];
    axum::response::IntoResponse::into_response((status, no_store, Json(body)))
}
