//! `/v1/refunds`, `/v1/invoices/{id}/refunds` and `/v1/credit-notes`: money that goes back.
//!
//! Decided here: a request to give money back is answered when the processor was asked; what it
//! says later is told by events.

use app::{
    refunds::{NewCreditNote, NoteFilter, RefundFilter, Refunded, WantedRefund},
    resource::{self, Decimal},
};
use axum::{
    Json,
    body::Body as Bytes,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    api_key::{Category, Scope},
    credit_note,
    ids::{CreditNoteId, InvoiceId, PaymentId, RefundId, TenantId},
    money::{Currency, Minor},
    refund::{Destination, Refund},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::invoices::reached;
use crate::api::{
    Api,
    body::{Body, OptionalBody},
    caller::Caller,
    paging::{List, list_query},
    problem::Problem,
    query::{At, Query},
    write::{Outcome, REPLAYED},
};

const READ: Scope = Scope::read(Category::Billing);
const WRITE: Scope = Scope::write(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(refund))
        .routes(routes!(refundable))
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(retry))
        .routes(routes!(list_notes, create_note))
        .routes(routes!(get_note))
        .routes(routes!(note_pdf))
}

/// A refund to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefundInput {
    /// How much; all that is left where this is left out.
    #[schema(example = "10.00")]
    amount: Option<Decimal>,
    /// `card` (where this is left out): back to the card or bank account that paid, and to the
    /// balance what the balance had paid. `credit`: to the tenant's balance, which its next
    /// invoices use. `manual`: by hand, of what was paid elsewhere; only written down.
    #[schema(example = "card")]
    destination: Option<String>,
    /// Why; shown to the tenant.
    #[schema(example = "Line was down for two days")]
    reason: Option<String>,
}

/// What came of a request to give money back.
#[derive(Debug, Serialize, ToSchema)]
struct RefundResult {
    /// What the amounts are in.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// What the refunds give back together.
    #[schema(example = "10.00")]
    amount: Decimal,
    /// What of the invoice was given back by now, those included that succeeded.
    #[schema(example = "10.00")]
    amount_refunded: Decimal,
    /// One for each payment that gives something back, and one for what the balance had paid.
    refunds: Vec<resource::Refund>,
}

/// What can be given back of an invoice.
#[derive(Debug, Serialize, ToSchema)]
struct Refundable {
    /// What the amounts are in.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// What can go to cards and bank accounts.
    #[schema(example = "70.00")]
    card: Decimal,
    /// What the tenant's balance had paid and gets back.
    #[schema(example = "30.00")]
    balance: Decimal,
    /// What was paid elsewhere.
    #[schema(example = "0.00")]
    manual: Decimal,
    /// All of it: what can go to the balance.
    #[schema(example = "100.00")]
    total: Decimal,
}

fn wanted_amount(input: Option<Decimal>, currency: Currency) -> Result<Option<Minor>, Problem> {
    let parse = |Decimal(text): Decimal| {
        let wrong = |message| Problem::pointed("/amount".to_owned(), "invalid", message);
        currency.parse_minor(&text).map_err(|error| wrong(error.to_string()))
    };
    input.map(parse).transpose()
}

/// Refund an invoice
///
/// Gives back what was paid, or a part of it, to where the money came from or to the tenant's
/// balance; the same money is never given back twice. A refund to a card is `pending` until the
/// payment processor says what came of it, and appears on the statement after 3 to 5 business
/// days. The invoice keeps its status and gains a refunded amount. Tells `refund.created`, then
/// `refund.updated` or `refund.failed`, and `payment.refunded`.
#[utoipa::path(post, path = "/v1/invoices/{id}/refunds", tag = "Refunds",
    operation_id = "refund_invoice",
    params(("id" = String, Path, description = "The invoice's id")),
    request_body = Option<RefundInput>, security(("key" = ["billing:write"])),
    responses((status = 201, body = RefundResult, description = "The refunds")))]
async fn refund(
    caller: Caller,
    At(invoice_id): At<InvoiceId>,
    OptionalBody(input): OptionalBody<RefundInput>,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let currency = reached(&caller, &reach, invoice_id).await?.currency;
    let input = input.unwrap_or(RefundInput { amount: None, destination: None, reason: None });
    let amount = wanted_amount(input.amount, currency)?;
    let destination = match input.destination.as_deref() {
        None => Destination::Card,
        Some(name) => Destination::parse(name).ok_or_else(|| {
            let message = "must be card, credit or manual";
            Problem::pointed("/destination".to_owned(), "invalid", message)
        })?,
    };
    let reason = input.reason.unwrap_or_default();
    let wanted = WantedRefund { invoice_id, amount, destination, reason };
    let partner_id = reach.partner_id;
    let done = caller.aside(async move |app, asking| app.refund(asking, partner_id, &wanted).await);
    Ok(answer(&done.await?))
}

/// Retry a refund
///
/// Asks again for a refund that failed, as a refund of its own, while what it would give back is
/// still there. A refund is retried once; retry the new one if that fails as well.
#[utoipa::path(post, path = "/v1/refunds/{id}/retry", tag = "Refunds",
    operation_id = "retry_refund",
    params(("id" = String, Path, description = "The failed refund's id")),
    security(("key" = ["billing:write"])),
    responses((status = 201, body = RefundResult, description = "The new refund")))]
async fn retry(caller: Caller, At(refund_id): At<RefundId>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let found = caller.api.app().find_refund(reach.partner_id, refund_id).await;
    let (refund, _) = found.map_err(|error| caller.problem(error))?;
    reach.tenant(refund.tenant_id)?;
    let partner_id = reach.partner_id;
    let done = caller
        .aside(async move |app, asking| app.retry_refund(asking, partner_id, refund_id).await);
    Ok(answer(&done.await?))
}

fn answer(done: &Refunded) -> Response {
    let currency = done.invoice.currency;
    let sum = done.refunds.iter().map(|refund| refund.amount.get()).sum();
    let result = RefundResult {
        currency,
        amount: Decimal(currency.decimal(Minor::new(sum))),
        amount_refunded: Decimal(currency.decimal(done.invoice.refunded)),
        refunds: done.refunds.iter().map(|it| resource::Refund::of(it, currency)).collect(),
    };
    let location = done.refunds.first().map(|refund| format!("/v1/refunds/{}", refund.refund_id));
    let location = [(header::LOCATION, location.unwrap_or_default())];
    let mut response = (StatusCode::CREATED, location, Json(&result)).into_response();
    if done.is_repeated {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// Get what can be refunded
///
/// How much of an invoice can still be given back, by where it would go.
#[utoipa::path(get, path = "/v1/invoices/{id}/refundable", tag = "Refunds",
    operation_id = "get_refundable",
    params(("id" = String, Path, description = "The invoice's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = Refundable, description = "What is left")))]
async fn refundable(
    caller: Caller,
    At(invoice_id): At<InvoiceId>,
) -> Result<Json<Refundable>, Problem> {
    let reach = caller.partner(READ)?;
    let currency = reached(&caller, &reach, invoice_id).await?.currency;
    let left = caller.api.app().refundable(reach.partner_id, invoice_id).await;
    let left = left.map_err(|error| caller.problem(error))?;
    let money = |amount| Decimal(currency.decimal(amount));
    Ok(Json(Refundable {
        currency,
        card: money(left.by_card()),
        balance: money(left.by_balance()),
        manual: money(left.elsewhere()),
        total: money(left.most(Destination::Credit)),
    }))
}

list_query! {
    RefundQuery {
        /// Only of this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// Only of this invoice.
        #[param(value_type = Option<String>)]
        invoice_id: Option<InvoiceId>,
        /// Only of this payment.
        #[param(value_type = Option<String>)]
        payment_id: Option<PaymentId>,
        /// `pending`, `succeeded` or `failed`.
        status: Option<String>,
    }
}

/// List refunds
///
/// Newest first, failed ones included.
#[utoipa::path(get, path = "/v1/refunds", tag = "Refunds", operation_id = "list_refunds",
    params(RefundQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::Refund>, description = "A page of refunds")))]
async fn list(
    caller: Caller,
    Query(query): Query<RefundQuery>,
) -> Result<Json<List<resource::Refund>>, Problem> {
    let reach = caller.partner(READ)?;
    let request = query.paging().newest_first()?;
    let states = match query.status.as_deref() {
        None => None,
        Some("pending") => Some(vec!["requested", "unknown", "submitted"]),
        Some("succeeded") => Some(vec!["succeeded"]),
        Some("failed") => Some(vec!["failed"]),
        Some(_) => {
            return Err(Problem::parameter("status", "must be pending, succeeded or failed"));
        }
    };
    let filter = RefundFilter {
        tenants: reach.tenants,
        tenant_id: query.tenant_id,
        invoice_id: query.invoice_id,
        payment_id: query.payment_id,
        states,
    };
    let page = caller.api.app().refund_page(reach.partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |(refund, _): &(Refund, Currency)| refund.refund_id.to_string();
    let show = |(refund, currency)| resource::Refund::of(&refund, currency);
    Ok(Json(List::by_id((page, &request), place, show)))
}

/// Get a refund
#[utoipa::path(get, path = "/v1/refunds/{id}", tag = "Refunds", operation_id = "get_refund",
    params(("id" = String, Path, description = "The refund's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::Refund, description = "The refund")))]
async fn get(
    caller: Caller,
    At(refund_id): At<RefundId>,
) -> Result<Json<resource::Refund>, Problem> {
    let reach = caller.partner(READ)?;
    let found = caller.api.app().find_refund(reach.partner_id, refund_id).await;
    let (refund, currency) = found.map_err(|error| caller.problem(error))?;
    reach.tenant(refund.tenant_id)?;
    Ok(Json(resource::Refund::of(&refund, currency)))
}

/// A credit note to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoteInput {
    /// The issued invoice that it takes back, or a part of.
    #[schema(value_type = String, example = "inv_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    invoice_id: InvoiceId,
    /// How much, tax included; more than 0.
    #[schema(example = "10.00")]
    amount: Decimal,
    /// Why; shown to the tenant.
    #[schema(example = "Outage of 3 May")]
    reason: String,
}

/// Credit an invoice
///
/// Gives the tenant a credit against an issued invoice, with a credit note that says what of it is
/// tax. The invoice stays what it is; the tenant's next invoices use the credit. Tells
/// `credit.created` and `credit_note.created`.
#[utoipa::path(post, path = "/v1/credit-notes", tag = "Credit notes",
    operation_id = "create_credit_note", request_body = NoteInput,
    security(("key" = ["billing:write"])),
    responses((status = 201, body = resource::CreditNote, description = "The credit note")))]
async fn create_note(caller: Caller, Body(input): Body<NoteInput>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let invoice = reached(&caller, &reach, input.invoice_id).await?;
    let (partner_id, tenant_id) = (reach.partner_id, invoice.tenant_id);
    let amount = wanted_amount(Some(input.amount), invoice.currency)?.unwrap_or(Minor::ZERO);
    let new = NewCreditNote { invoice_id: input.invoice_id, amount, reason: input.reason };
    caller
        .write(async move |app| {
            let note = app.give_credit_note(partner_id, &new).await?;
            let location = format!("/v1/credit-notes/{}", note.credit_note_id);
            let outcome = Outcome::created(location, &resource::CreditNote::from(&note))?;
            let outcome =
                outcome.audited("credit_note.create", note.credit_note_id, None::<&()>)?;
            Ok(outcome.about(tenant_id))
        })
        .await
}

list_query! {
    NoteQuery {
        /// Only of this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// Only of this invoice.
        #[param(value_type = Option<String>)]
        invoice_id: Option<InvoiceId>,
    }
}

/// List credit notes
///
/// Newest first, cancelled ones included.
#[utoipa::path(get, path = "/v1/credit-notes", tag = "Credit notes",
    operation_id = "list_credit_notes", params(NoteQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::CreditNote>, description = "A page of them")))]
async fn list_notes(
    caller: Caller,
    Query(query): Query<NoteQuery>,
) -> Result<Json<List<resource::CreditNote>>, Problem> {
    let reach = caller.partner(READ)?;
    let request = query.paging().newest_first()?;
    let filter = NoteFilter {
        tenants: reach.tenants,
        tenant_id: query.tenant_id,
        invoice_id: query.invoice_id,
    };
    let page = caller.api.app().credit_notes(reach.partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |note: &credit_note::CreditNote| note.credit_note_id.to_string();
    let show = |note: credit_note::CreditNote| (&note).into();
    Ok(Json(List::by_id((page, &request), place, show)))
}

async fn reached_note(
    caller: &Caller,
    credit_note_id: CreditNoteId,
) -> Result<credit_note::CreditNote, Problem> {
    let reach = caller.partner(READ)?;
    let found = caller.api.app().credit_note(reach.partner_id, credit_note_id).await;
    let note = found.map_err(|error| caller.problem(error))?;
    reach.tenant(note.tenant_id)?;
    Ok(note)
}

/// Get a credit note
#[utoipa::path(get, path = "/v1/credit-notes/{id}", tag = "Credit notes",
    operation_id = "get_credit_note",
    params(("id" = String, Path, description = "The credit note's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::CreditNote, description = "The credit note")))]
async fn get_note(
    caller: Caller,
    At(credit_note_id): At<CreditNoteId>,
) -> Result<Json<resource::CreditNote>, Problem> {
    Ok(Json((&reached_note(&caller, credit_note_id).await?).into()))
}

/// Download a credit note's PDF
///
/// In the brand of its invoice's day of issue.
#[utoipa::path(get, path = "/v1/credit-notes/{id}/pdf", tag = "Credit notes",
    operation_id = "get_credit_note_pdf",
    params(("id" = String, Path, description = "The credit note's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = String, content_type = "application/pdf",
        description = "The PDF")))]
async fn note_pdf(
    caller: Caller,
    At(credit_note_id): At<CreditNoteId>,
) -> Result<Response, Problem> {
    let note = reached_note(&caller, credit_note_id).await?;
    let partner_id = caller.partner(READ)?.partner_id;
    let file = caller.api.app().credit_note_pdf(partner_id, note.credit_note_id).await;
    let file = file.map_err(|error| caller.problem(error))?;
    Ok(download("application/pdf", &file.name, Bytes::from(file.bytes)))
}

/// A file under this name.
pub(super) fn download(kind: &'static str, name: &str, body: Bytes) -> Response {
    let mut response = ([(header::CONTENT_TYPE, kind)], body).into_response();
    let name = format!("attachment; filename=\"{name}\"");
    if let Ok(value) = HeaderValue::try_from(name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
