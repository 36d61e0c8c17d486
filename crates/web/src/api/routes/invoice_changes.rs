//! `/v1/invoices`: writing, issuing, mailing and paying them.

use app::{
    App,
    collect::{Collect, PaidElsewhere},
    drafts::{DraftLine, DraftText},
    error::{AppError, FieldError, Result},
    outbox::Letter,
    resource::{self, Decimal},
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    api_key::{Category, Scope},
    ids::{InvoiceId, MethodId, PartnerId, TenantId},
    invoice::line::Quantity,
    money::{Currency, Minor, Nanos},
    payment::Payer,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::invoices::reached;
use crate::api::{
    Api,
    body::{Body, OptionalBody},
    caller::Caller,
    problem::Problem,
    query::At,
    write::{Outcome, REPLAYED},
};

const WRITE: Scope = Scope::write(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(edit))
        .routes(routes!(finalize))
        .routes(routes!(void))
        .routes(routes!(send))
        .routes(routes!(remind))
        .routes(routes!(mark_paid))
        .routes(routes!(pay))
}

/// A line to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LineInput {
    /// Shown on the invoice.
    #[schema(example = "Installation on site")]
    description: String,
    /// How many, to a millionth; 1 where this is left out.
    #[schema(example = "1.5")]
    quantity: Option<Decimal>,
    /// The unit's name in the singular.
    #[schema(example = "hour")]
    unit: Option<String>,
    /// The price of one, with up to nine places; a negative one makes the line a discount.
    #[schema(example = "80.00")]
    unit_price: Decimal,
    /// Whether taxes are computed on it; they are where this is left out, and on discounts.
    taxable: Option<bool>,
}

/// An invoice to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvoiceInput {
    /// Whom it bills.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    tenant_id: TenantId,
    /// Its lines, 1 to 500.
    lines: Vec<LineInput>,
    /// Free text at its end.
    notes: Option<String>,
}

/// What changes of a draft. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvoiceChanges {
    /// Its lines in place of those it has, 1 to 500.
    lines: Option<Vec<LineInput>>,
    /// Free text at its end.
    notes: Option<String>,
}

/// A payment that was made elsewhere.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PaidInput {
    /// How much; all that is due where this is left out.
    #[schema(example = "40.00")]
    amount: Option<Decimal>,
    /// How it was paid, for the books.
    #[schema(example = "cheque 1017")]
    note: Option<String>,
}

/// A payment to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PaymentInput {
    /// How much; all that is due where this is left out.
    #[schema(example = "40.00")]
    amount: Option<Decimal>,
    /// With which saved method; the tenant's default where this is left out.
    #[schema(value_type = Option<String>)]
    payment_method_id: Option<MethodId>,
    /// Whether nobody is there who could authenticate the payment: then it fails where the bank
    /// wants that, with the code `authentication_required`.
    off_session: Option<bool>,
    /// Where the receipt goes, beside the tenant's billing address.
    #[schema(example = "pat@acme.example")]
    receipt_email: Option<String>,
}

/// The lines, and what is wrong with their numbers.
fn lines(inputs: Vec<LineInput>) -> (Vec<DraftLine>, Vec<FieldError>) {
    let mut errors = Vec::new();
    let mut lines = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.into_iter().enumerate() {
        let mut wrong = |name: &str, message: String| {
            errors.push(FieldError { field: format!("lines.{index}.{name}"), message });
        };
        let quantity = match input.quantity.map(|Decimal(text)| Quantity::parse(&text)) {
            None => Quantity::ONE,
            Some(Ok(quantity)) => quantity,
            Some(Err(error)) => {
                wrong("quantity", error.to_string());
                Quantity::ONE
            }
        };
        let unit_price = Nanos::parse(&input.unit_price.0).unwrap_or_else(|error| {
            wrong("unit_price", error.to_string());
            Nanos::ZERO
        });
        lines.push(DraftLine {
            description: input.description.trim().to_owned(),
            quantity,
            unit: input.unit.unwrap_or_default(),
            unit_price,
            taxable: input.taxable.unwrap_or(true),
        });
    }
    (lines, errors)
}

/// Refuses a text with all that is wrong with it, where its numbers are wrong already.
fn checked(text: DraftText, mut errors: Vec<FieldError>) -> Result<DraftText> {
    if errors.is_empty() {
        return Ok(text);
    }
    errors.extend(text.errors());
    Err(AppError::Invalid(errors))
}

/// An amount of a body.
pub(super) fn amount(input: Option<Decimal>, currency: Currency) -> Result<Option<Minor>, Problem> {
    let parse = |Decimal(text): Decimal| {
        let wrong = |message| Problem::pointed("/amount".to_owned(), "invalid", message);
        currency.parse_minor(&text).map_err(|error| wrong(error.to_string()))
    };
    input.map(parse).transpose()
}

/// Create an invoice
///
/// A draft for a tenant, outside of its billing cycle. It has no number and can be edited until it
/// is finalised.
#[utoipa::path(post, path = "/v1/invoices", tag = "Invoices", operation_id = "create_invoice",
    request_body = InvoiceInput, security(("key" = ["billing:write"])),
    responses((status = 201, body = resource::Invoice, description = "The draft")))]
async fn create(caller: Caller, Body(input): Body<InvoiceInput>) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let (partner_id, tenant_id) = (reach.partner_id, input.tenant_id);
    if reach.tenant(tenant_id).is_err() {
        // Somebody else's tenant stays unknown to a restricted key, too.
        let known = caller.api.app().tenant(partner_id, tenant_id).await;
        known.map_err(|error| caller.problem(error))?;
        reach.tenant(tenant_id)?;
    }
    let (lines, errors) = lines(input.lines);
    let text = checked(DraftText { lines, notes: input.notes.unwrap_or_default() }, errors);
    let text = text.map_err(|error| caller.problem(error))?;
    caller
        .write(async move |app| {
            let draft = app.create_draft(partner_id, tenant_id, &text).await?;
            let full = app.full_invoice(partner_id, draft.invoice_id).await?;
            let location = format!("/v1/invoices/{}", draft.invoice_id);
            let outcome = Outcome::created(location, &full.shown())?;
            let outcome = outcome.audited("invoice.create", draft.invoice_id, None::<&()>)?;
            Ok(outcome.about(tenant_id).version(draft.version))
        })
        .await
}

/// Edit a draft
#[utoipa::path(patch, path = "/v1/invoices/{id}", tag = "Invoices", operation_id = "edit_invoice",
    params(("id" = String, Path, description = "The invoice's id")),
    request_body = InvoiceChanges, security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Invoice, description = "The draft as it is now")))]
async fn edit(
    caller: Caller,
    At(invoice_id): At<InvoiceId>,
    Body(input): Body<InvoiceChanges>,
) -> Result<Response, Problem> {
    let (lines, errors) = match input.lines.map(lines) {
        Some((lines, errors)) => (Some(lines), errors),
        None => (None, Vec::new()),
    };
    let notes = input.notes;
    change(caller, (invoice_id, "invoice.edit"), async move |app, partner_id, seen| {
        let mut text = app.draft_text(partner_id, invoice_id).await?;
        if let Some(lines) = &lines {
            text.lines.clone_from(lines);
        }
        if let Some(notes) = &notes {
            text.notes.clone_from(notes);
        }
        let text = checked(text, errors.clone())?;
        app.edit_draft(partner_id, (invoice_id, seen), &text).await.map(drop)
    })
    .await
}

/// Finalise a draft
///
/// Gives it its number and its due date, locks it, applies the tenant's credit and mails it. Tells
/// `invoice.created`, and `invoice.paid` where credit covers it all.
#[utoipa::path(post, path = "/v1/invoices/{id}/finalize", tag = "Invoices",
    operation_id = "finalize_invoice",
    params(("id" = String, Path, description = "The invoice's id")),
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Invoice, description = "The issued invoice")))]
async fn finalize(caller: Caller, At(invoice_id): At<InvoiceId>) -> Result<Response, Problem> {
    change(caller, (invoice_id, "invoice.finalize"), async move |app, partner_id, seen| {
        app.finalise_draft(partner_id, (invoice_id, seen)).await.map(drop)
    })
    .await
}

/// Void a draft
///
/// An issued invoice is cancelled by the operator.
#[utoipa::path(post, path = "/v1/invoices/{id}/void", tag = "Invoices",
    operation_id = "void_invoice",
    params(("id" = String, Path, description = "The invoice's id")),
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Invoice, description = "The draft, cancelled")))]
async fn void(caller: Caller, At(invoice_id): At<InvoiceId>) -> Result<Response, Problem> {
    change(caller, (invoice_id, "invoice.void"), async move |app, partner_id, seen| {
        app.void_draft(partner_id, (invoice_id, seen)).await.map(drop)
    })
    .await
}

/// Send an invoice again
///
/// Mails the issued invoice with its PDF to the tenant once more.
#[utoipa::path(post, path = "/v1/invoices/{id}/send", tag = "Invoices",
    operation_id = "send_invoice",
    params(("id" = String, Path, description = "The invoice's id")),
    security(("key" = ["billing:write"])),
    responses((status = 202, body = resource::Invoice, description = "The mail will be sent")))]
async fn send(caller: Caller, At(invoice_id): At<InvoiceId>) -> Result<Response, Problem> {
    mailed(caller, (invoice_id, "invoice.send"), Letter::Invoice).await
}

/// Send a reminder
///
/// Mails the tenant what is due of an invoice that is not paid.
#[utoipa::path(post, path = "/v1/invoices/{id}/reminders", tag = "Invoices",
    operation_id = "remind_of_invoice",
    params(("id" = String, Path, description = "The invoice's id")),
    security(("key" = ["billing:write"])),
    responses((status = 202, body = resource::Invoice, description = "The mail will be sent")))]
async fn remind(caller: Caller, At(invoice_id): At<InvoiceId>) -> Result<Response, Problem> {
    mailed(caller, (invoice_id, "invoice.remind"), Letter::Reminder).await
}

/// Mark an invoice as paid
///
/// Notes that it, or a part of it, was paid elsewhere; no card is charged. Tells
/// `payment.succeeded`, and `invoice.paid` where nothing is left to pay.
#[utoipa::path(post, path = "/v1/invoices/{id}/mark-paid", tag = "Invoices",
    operation_id = "mark_invoice_paid",
    params(("id" = String, Path, description = "The invoice's id")),
    request_body = Option<PaidInput>, security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Invoice, description = "The invoice as it is now")))]
async fn mark_paid(
    caller: Caller,
    At(invoice_id): At<InvoiceId>,
    OptionalBody(input): OptionalBody<PaidInput>,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let currency = reached(&caller, &reach, invoice_id).await?.currency;
    let input = input.unwrap_or(PaidInput { amount: None, note: None });
    let amount = amount(input.amount, currency)?;
    let paid = PaidElsewhere { invoice_id, amount, note: input.note.unwrap_or_default() };
    change(caller, (invoice_id, "invoice.mark_paid"), async move |app, partner_id, _| {
        app.mark_paid(partner_id, &paid).await.map(drop)
    })
    .await
}

/// Pay an invoice
///
/// Charges what is due, or a part of it, to a saved payment method. The payment's status says
/// what came of it: `succeeded`, `failed`, `processing` where a bank takes days, `requires_action`
/// where the payer has to authenticate it, or `pending` where nobody knows yet. `action` then says
/// what the payer's browser needs; `/v1/payments/{id}/confirm` goes on. One payment of an invoice
/// at a time: while one is not finished, others get 409 `payment_in_progress`. Tells
/// `payment.succeeded` or `payment.failed`, and `invoice.paid` where nothing is left to pay.
#[utoipa::path(post, path = "/v1/invoices/{id}/pay", tag = "Invoices",
    operation_id = "pay_invoice",
    params(("id" = String, Path, description = "The invoice's id")),
    request_body = Option<PaymentInput>, security(("key" = ["billing:write"])),
    responses((status = 201, body = resource::BegunPayment, description = "The payment")))]
async fn pay(
    caller: Caller,
    At(invoice_id): At<InvoiceId>,
    OptionalBody(input): OptionalBody<PaymentInput>,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let currency = reached(&caller, &reach, invoice_id).await?.currency;
    let input = input.unwrap_or_default();
    let wanted = Collect {
        amount: amount(input.amount, currency)?,
        method_id: input.payment_method_id,
        payer: if input.off_session == Some(true) { Payer::Absent } else { Payer::Present },
        receipt_to: input.receipt_email,
        ..Collect::all(invoice_id)
    };
    let partner_id = reach.partner_id;
    let paid = caller.aside(async move |app, asking| app.pay(asking, partner_id, &wanted).await);
    let paid = paid.await?;
    let payment = resource::BegunPayment::of(&paid.collected);
    let location = format!("/v1/payments/{}", payment.payment.id);
    let location = [(header::LOCATION, location)];
    let mut response = (StatusCode::CREATED, location, axum::Json(&payment)).into_response();
    if paid.is_repeated {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Does `work` on an invoice that the caller reaches, and writes it down.
async fn change<F>(
    caller: Caller,
    (invoice_id, action): (InvoiceId, &'static str),
    work: F,
) -> Result<Response, Problem>
where
    F: AsyncFn(&App, PartnerId, i64) -> Result<()> + Send + 'static,
{
    let reach = caller.partner(WRITE)?;
    let tenant_id = reached(&caller, &reach, invoice_id).await?.tenant_id;
    let (partner_id, asker) = (reach.partner_id, caller.clone());
    caller
        .write(async move |app| {
            let before = app.find_invoice(partner_id, invoice_id).await?;
            work(app, partner_id, asker.seen(before.version)).await?;
            let after = app.full_invoice(partner_id, invoice_id).await?;
            let before = resource::Invoice::from(&before);
            let outcome = Outcome::ok(&after.shown())?.version(after.invoice.version);
            Ok(outcome.audited(action, invoice_id, Some(&before))?.about(tenant_id))
        })
        .await
}

/// Queues a mail about an invoice that the caller reaches, and writes it down.
async fn mailed(
    caller: Caller,
    (invoice_id, action): (InvoiceId, &'static str),
    letter: Letter,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let tenant_id = reached(&caller, &reach, invoice_id).await?.tenant_id;
    let partner_id = reach.partner_id;
    caller
        .write(async move |app| {
            app.mail_invoice(partner_id, (invoice_id, letter)).await?;
            let invoice = app.find_invoice(partner_id, invoice_id).await?;
            let invoice = resource::Invoice::from(&invoice);
            let outcome = Outcome::with(StatusCode::ACCEPTED, &invoice)?;
            Ok(outcome.audited(action, invoice_id, Some(&invoice))?.about(tenant_id))
        })
        .await
}
