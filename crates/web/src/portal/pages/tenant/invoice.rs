//! One invoice of a tenant: looked at, downloaded, paid.
//!
//! Decided here: an amount is all that is due or a part of it (PAY-01), by a saved method; a form
//! that is sent twice is one payment (PAY-12). What came of a payment is told by the page itself,
//! from what is kept.

use app::{
    documents::{PdfFile, printed, quantity, status},
    error::FieldError,
    hosted::{HostedPayment, ToPay},
    invoices::StoredLine,
    tenant_side::{OwnInvoice, OwnPay},
};
use axum::{
    Router,
    extract::{Path, RawQuery},
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{
    ids::InvoiceId,
    invoice::{issued::Invoice, line::LineBasis},
    payment::PaymentStatus,
    processor::SavedMethod,
    user::Ability,
};
use maud::{Markup, html};

use super::{
    billing::contact,
    methods::name_of,
    owner,
    payments::{confirmation, words},
};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    parts::{
        Choice, Column, Field, alert, badge, card, crumbs, hidden, other_errors, page_head,
        select_field, stat, stats, table_of, tone_of,
    },
    shell::{self, Frame, Page, told},
};

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/my/invoices/{id}", get(show))
        .route("/my/invoices/{id}/pdf", get(pdf))
        .route("/my/invoices/{id}/pay", post(pay))
}

/// A line of an invoice.
#[derive(Debug, Clone)]
struct LineRow {
    id: String,
    description: String,
    detail: String,
    quantity: String,
    unit_price: String,
    amount: String,
    has_calls: Option<()>,
}

/// A payment of an invoice.
#[derive(Debug, Clone)]
struct Paid {
    id: String,
    date: String,
    method: String,
    amount: String,
    status: (&'static str, &'static str),
    failure: String,
}

/// What can be done about what is due.
#[derive(Debug, Clone)]
enum Due {
    /// Nothing, for this reason; empty where nothing need be said.
    Nothing(&'static str),
    /// This payment waits for its payer.
    Confirm(String),
    /// It can be paid.
    Now { amount: String, method: String, form: String, methods: Vec<Choice> },
}

/// One invoice (TPO-07).
#[derive(Debug, Clone)]
pub(in crate::portal) struct InvoicePage {
    id: String,
    number: String,
    status: (&'static str, &'static str),
    due: String,
    currency: &'static str,
    facts: Vec<(&'static str, String)>,
    lines: Vec<LineRow>,
    totals: Vec<(String, String)>,
    due_now: Due,
    is_sandbox: Option<()>,
    payments: Vec<Paid>,
    may_pay: Option<()>,
    /// Why the payment that was just made failed.
    failed: Option<String>,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for InvoicePage {
    fn title(&self) -> String {
        format!("Invoice {}", self.number)
    }

    fn body(&self, frame: &Frame) -> Markup {
        let pdf = frame.path(&format!("/my/invoices/{}/pdf", self.id));
        let actions = html! { a.button href=(pdf) { "Download PDF" } };
        html! {
            (crumbs(frame, "/my/invoices", "Invoices"))
            (told(self.notice))
            (page_head(&self.title(), "", &actions))
            @if let Some(why) = &self.failed {
                (alert("negative", &format!("The payment did not come through: {why}. Nothing \
                    was charged; you can try again below.")))
            }
            (other_errors(&self.errors, &["amount", "method"]))
            (stats("This invoice", &html! {
                (stat(frame, ("Balance due", &self.due), None))
                @for (name, value) in &self.facts { (stat(frame, (name, value), None)) }
            }))
            p { "Status: " (badge(self.status.0, self.status.1)) }
            @if self.may_pay.is_some() { (self.paying(frame)) }
            (self.charges(frame))
            @if !self.payments.is_empty() { (self.paid(frame)) }
            (contact(frame))
        }
    }

    fn samples() -> Vec<Self> {
        let line = LineRow {
            id: "line_00000000000000000000000001".to_owned(),
            description: "Calls to <i>anywhere</i> and a description that goes on for long"
                .to_owned(),
            detail: "12 of 31 days".to_owned(),
            quantity: "1,234.5 min".to_owned(),
            unit_price: "$0.025".to_owned(),
            amount: "$30.86".to_owned(),
            has_calls: Some(()),
        };
        let paid = Paid {
            id: "pay_00000000000000000000000001".to_owned(),
            date: "May 16, 2026".to_owned(),
            method: "Visa <b>•••• 4242</b>".to_owned(),
            amount: "$40.00".to_owned(),
            status: ("negative", "Failed"),
            failure: "the card has insufficient funds".to_owned(),
        };
        let now = |method: &str| Due::Now {
            amount: "70.52".to_owned(),
            method: method.to_owned(),
            form: "req_00000000000000000000000001".to_owned(),
            methods: vec![Choice::new("pm_1", "Visa •••• 4242")],
        };
        let full = Self {
            id: "inv_00000000000000000000000001".to_owned(),
            number: "INV-<b>1</b>".to_owned(),
            status: ("negative", "Overdue"),
            due: "$70.52".to_owned(),
            currency: "USD",
            facts: vec![("Due date", "May 16, 2026".to_owned())],
            lines: vec![line.clone(), LineRow { has_calls: None, ..line }],
            totals: vec![("Total".to_owned(), "$110.52".to_owned())],
            due_now: now("pm_1"),
            is_sandbox: Some(()),
            payments: vec![paid],
            may_pay: Some(()),
            failed: Some("the card has <b>insufficient</b> funds".to_owned()),
            errors: Vec::new(),
            notice: None,
        };
        let errors = ["amount", "method", "form"].map(|field| FieldError {
            field: field.to_owned(),
            message: "is not what it should be".to_owned(),
        });
        let wrong = Self { errors: errors.into(), ..full.clone() };
        let due = |due_now| Self { due_now, failed: None, ..full.clone() };
        let nobody = Due::Now {
            amount: "1.00".to_owned(),
            method: String::new(),
            form: String::new(),
            methods: Vec::new(),
        };
        vec![
            wrong,
            due(Due::Confirm("pay_00000000000000000000000001".to_owned())),
            Self { is_sandbox: None, ..due(Due::Confirm("pay_1".to_owned())) },
            due(Due::Nothing("A payment is under way.")),
            due(nobody),
            Self { payments: Vec::new(), may_pay: None, ..due(Due::Nothing("")) },
            full,
        ]
    }
}

impl InvoicePage {
    fn paying(&self, frame: &Frame) -> Markup {
        match &self.due_now {
            Due::Nothing("") => Markup::default(),
            Due::Nothing(why) => alert("plain", why),
            Due::Confirm(payment) => confirmation(frame, payment, self.is_sandbox),
            Due::Now { methods, .. } if methods.is_empty() => html! {
                section.card.form aria-labelledby="pay" {
                    h2 id="pay" { "Pay this invoice" }
                    p { "Add a payment method first." }
                    p { a.button href=(frame.path("/my/billing#methods")) {
                        "Payment methods"
                    } }
                }
            },
            Due::Now { amount, method, form, methods } => html! {
                section.card.form aria-labelledby="pay" {
                    h2 id="pay" { "Pay this invoice" }
                    form method="post"
                        action=(frame.path(&format!("/my/invoices/{}/pay", self.id))) {
                        (frame.seal())
                        (hidden("form", form))
                        (Field::amount("amount", "Amount", self.currency).value(amount)
                            .hint("All that is due, or a part of it.").errors(&self.errors)
                            .render())
                        (select_field(("method", "Payment method", ""), methods, method,
                            &self.errors))
                        button.primary type="submit" { "Pay Now" }
                    }
                    p.hint { a href=(frame.path("/my/billing#methods")) {
                        "Add another payment method"
                    } }
                }
            },
        }
    }

    fn charges(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("What for"),
            Column::amount("Quantity"),
            Column::amount("Price"),
            Column::amount("Amount"),
        ];
        card(
            ("lines", "What it is for"),
            &Markup::default(),
            &html! {
                (table_of((frame, "Lines of this invoice"), &columns, &html! {
                    @for line in &self.lines { (self.line(frame, line)) }
                    @for (name, amount) in &self.totals {
                        tr.sum {
                            th scope="row" colspan="3" { (name) }
                            td.amount { (amount) }
                        }
                    }
                }))
            },
        )
    }

    fn line(&self, frame: &Frame, line: &LineRow) -> Markup {
        let calls = format!("/my/invoices/{}/lines/{}", self.id, line.id);
        html! {
            tr {
                th scope="row" {
                    (line.description)
                    @if !line.detail.is_empty() { " " span.quietly { (line.detail) } }
                    @if line.has_calls.is_some() {
                        " " a href=(frame.path(&calls)) {
                            "Show calls" span.unseen { " of " (line.description) }
                        }
                    }
                }
                td.amount { (line.quantity) }
                td.amount { (line.unit_price) }
                td.amount { (line.amount) }
            }
        }
    }

    fn paid(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("Date"),
            Column::text("Method"),
            Column::text("Status"),
            Column::amount("Amount"),
        ];
        card(
            ("paid", "Payments of this invoice"),
            &Markup::default(),
            &html! {
                (table_of((frame, "Payments of this invoice"), &columns, &html! {
                    @for it in &self.payments {
                        tr {
                            th scope="row" {
                                a href=(frame.path(&format!("/my/payments/{}", it.id))) {
                                    (it.date)
                                }
                            }
                            td { (it.method) }
                            td {
                                (badge(it.status.0, it.status.1))
                                @if !it.failure.is_empty() { " " span.quietly { (it.failure) } }
                            }
                            td.amount { (it.amount) }
                        }
                    }
                }))
            },
        )
    }
}

/// What an address says of the form before.
const FAILED: &str = "done=failed";

async fn show(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = query.as_deref();
    let mut page = page(&guest, &id).await?;
    let newest = page.payments.first().filter(|it| !it.failure.is_empty());
    page.failed = newest.filter(|_| query == Some(FAILED)).map(|it| it.failure.clone());
    page.notice = super::notice(query);
    Ok(shell::show(&guest, &page))
}

fn invoice_id(id: &str) -> Result<InvoiceId, Fault> {
    id.parse().map_err(|_| Fault::Nowhere)
}

async fn page(guest: &Guest, id: &str) -> Result<InvoicePage, Fault> {
    let app = guest.portal.app();
    let own = app.own_invoice(owner(guest)?, invoice_id(id)?).await?;
    let invoice = &own.invoice;
    Ok(InvoicePage {
        id: invoice.invoice_id.to_string(),
        number: invoice.number.clone().unwrap_or_default(),
        status: (tone_of(invoice.status.as_str()), status(invoice.status)),
        due: invoice.currency.display(invoice.due()),
        currency: invoice.currency.code(),
        facts: facts(&own),
        lines: own.lines.iter().map(|line| line_row(invoice, line)).collect(),
        totals: totals(&own),
        due_now: due_now(&own),
        is_sandbox: (!app::test_methods::test_methods(app).is_empty()).then_some(()),
        payments: own.payments.iter().map(paid).collect(),
        may_pay: guest.may(Ability::Change).then_some(()),
        failed: None,
        errors: Vec::new(),
        notice: None,
    })
}

fn facts(own: &OwnInvoice) -> Vec<(&'static str, String)> {
    let document = &own.document;
    let optional = [
        ("Issued", &document.issue_date),
        ("Due date", &document.due_date),
        ("Period", &document.period),
    ];
    let known = optional.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
    known.collect()
}

fn line_row(invoice: &Invoice, line: &StoredLine) -> LineRow {
    let shown = printed(invoice, line);
    let has_calls =
        matches!(line.facts.basis, LineBasis::Usage { .. } | LineBasis::PriorUsage { .. });
    LineRow {
        id: line.line_id.to_string(),
        description: shown.description,
        detail: shown.detail.unwrap_or_default(),
        quantity: quantity(line.facts.quantity, &line.facts.unit),
        unit_price: shown.unit_price,
        amount: shown.amount,
        has_calls: has_calls.then_some(()),
    }
}

fn totals(own: &OwnInvoice) -> Vec<(String, String)> {
    let (document, totals) = (&own.document, &own.document.totals);
    let mut rows = vec![("Subtotal".to_owned(), totals.subtotal.clone())];
    for tax in &document.tax_lines {
        rows.push((format!("{} {}", tax.name, tax.rate), tax.amount.clone()));
    }
    let named = |name: &str, amount: &Option<String>| {
        amount.as_ref().map(|amount| (name.to_owned(), amount.clone()))
    };
    rows.extend(named("Tax", &totals.tax));
    rows.push(("Total".to_owned(), totals.total.clone()));
    rows.extend(named("Credit applied", &totals.credit_applied));
    rows.extend(named("Paid", &totals.amount_paid));
    rows.extend(named("Balance due", &totals.amount_due));
    rows
}

fn due_now(own: &OwnInvoice) -> Due {
    match &own.to_pay {
        ToPay::Nothing => Due::Nothing(""),
        ToPay::TooSmall => {
            Due::Nothing("What is left is too little to be charged. It moves to your next invoice.")
        }
        ToPay::UnderWay => Due::Nothing(
            "A payment of this invoice is under way. Nothing else can be paid until it ends.",
        ),
        ToPay::Confirm(payment_id) => Due::Confirm(payment_id.to_string()),
        ToPay::Now { amount, form } => Due::Now {
            amount: amount.clone(),
            method: String::new(),
            form: form.clone(),
            methods: own.methods.iter().map(choice).collect(),
        },
    }
}

fn choice(method: &SavedMethod) -> Choice {
    let name = name_of(method);
    let label = if method.is_default { format!("{name} (default)") } else { name };
    Choice::new(method.method_id.to_string(), label)
}

fn paid(payment: &HostedPayment) -> Paid {
    Paid {
        id: payment.payment_id.to_string(),
        date: payment.date.clone(),
        method: payment.method.clone(),
        amount: payment.amount.clone(),
        status: words(payment.status.as_str()),
        failure: payment.failure.clone().unwrap_or_default(),
    }
}

async fn pdf(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let app = guest.portal.app();
    let PdfFile { name, bytes } = app.own_invoice_pdf(owner(&guest)?, invoice_id(&id)?).await?;
    // The name holds only letters, digits and dashes, so it needs no quoting.
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ];
    Ok((headers, bytes).into_response())
}

/// Pays all or a part (PAY-01).
async fn pay(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (owner, invoice_id) = (owner(&guest)?, invoice_id(&id)?);
    let (asking, fields) = (guest.asking()?, &guest.fields);
    let typed = |name: &str| fields.get(name).to_owned();
    let wanted = OwnPay {
        amount: typed("amount"),
        method: typed("method"),
        form: typed("form"),
        receipt_to: guest.visitor()?.user.email.to_string(),
    };
    let (amount, method) = (wanted.amount.clone(), wanted.method.clone());
    let work = async move |app: app::App| app.pay_own(&asking, owner, (invoice_id, &wanted)).await;
    let (status, errors) = match guest.portal.run(work).await {
        Ok(paid) => {
            let done = match paid.collected.payment.status {
                PaymentStatus::Succeeded => "done=paid",
                PaymentStatus::Processing | PaymentStatus::Pending => "done=on-its-way",
                PaymentStatus::RequiresAction => "done=confirm",
                PaymentStatus::Failed | PaymentStatus::Cancelled => FAILED,
            };
            return Ok(guest.go(&format!("/my/invoices/{invoice_id}?{done}")));
        }
        Err(error) => super::methods::refused(error)?,
    };
    let mut page = InvoicePage { errors, ..page(&guest, &id).await? };
    if let Due::Now { amount: shown, method: chosen, .. } = &mut page.due_now {
        (*shown, *chosen) = (amount.chars().take(30).collect(), method);
    }
    Ok(shell::with_status(&guest, status, &page))
}
