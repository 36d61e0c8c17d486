//! What a tenant paid and got back (PAY-10, TPO-12), and the receipt of each payment.
//!
//! Decided here: a refund is a row of its own with a negative amount. A receipt names no id of the
//! processor and no fee (PAY-15).

use app::{
    App,
    collect::Authenticated,
    refunds::{HistoryEntry, HistoryFilter},
};
use axum::{
    Router,
    extract::{Path, RawQuery},
    response::Response,
    routing::{get, post},
};
use domain::{
    ids::PaymentId,
    paging::{Key, Order},
    payment::{Payment, PaymentOrigin, PaymentStatus},
    time::Zone,
};
use maud::{Markup, html};

use super::{billing::contact, owner};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{
        Column, badge, card, crumbs, definitions, empty_state, hidden, page_head, pager, table,
        table_of,
    },
    shell::{self, Frame, Page, told},
};

const KIND: Kind =
    Kind { filters: &[], sorts: &[Sortable::by_number("date")], order: Order::Descending };

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/my/payments", get(list))
        .route("/my/payments/{id}", get(receipt))
        .route("/my/payments/{id}/confirm", post(confirm))
}

/// A payment or a refund as lists show it.
#[derive(Debug, Clone)]
pub(super) struct PaymentRow {
    /// Of a payment; refunds have no receipt of their own.
    id: Option<String>,
    date: String,
    what: &'static str,
    method: String,
    invoice_id: String,
    number: String,
    amount: String,
    status: (&'static str, &'static str),
}

impl PaymentRow {
    /// Worth looking at.
    pub(super) fn sample() -> Self {
        Self {
            id: Some("pay_00000000000000000000000001".to_owned()),
            date: "Nov 24, 2026, 18:05".to_owned(),
            what: "Payment",
            method: "A <b>bank</b> with a long name •••• 4242".to_owned(),
            invoice_id: "inv_00000000000000000000000001".to_owned(),
            number: "INV-000123".to_owned(),
            amount: "-$1,234,567.89".to_owned(),
            status: ("warning", "Partially Refunded"),
        }
    }
}

/// A status of the history as people read it, and its tone (PAY-10).
pub(super) fn words(status: &str) -> (&'static str, &'static str) {
    match status {
        "succeeded" => ("positive", "Succeeded"),
        "failed" => ("negative", "Failed"),
        "cancelled" => ("quiet", "Cancelled"),
        "requires_action" => ("warning", "Waits for you"),
        "refunded" => ("warning", "Refunded"),
        "partially_refunded" => ("warning", "Partially Refunded"),
        _ => ("plain", "Pending"),
    }
}

/// The row of a payment or refund.
pub(super) fn payment_row(entry: &HistoryEntry, zone: &Zone) -> PaymentRow {
    let is_refund = entry.kind == "refund";
    let method = match entry.method.as_str() {
        "manual" => "Paid directly".to_owned(),
        "credit" | "tenant_credit" if is_refund => "Credit for your next invoices".to_owned(),
        _ if is_refund => "To your payment method".to_owned(),
        method => method.to_owned(),
    };
    PaymentRow {
        id: (!is_refund).then(|| entry.id.clone()),
        date: zone.display_minute(entry.at),
        what: if is_refund { "Refund" } else { "Payment" },
        method,
        invoice_id: entry.invoice_id.to_string(),
        number: entry.number.clone().unwrap_or_default(),
        amount: entry.currency.display(entry.amount),
        status: words(&entry.status),
    }
}

const COLUMNS: [Column; 6] = [
    Column::text("Date").sorted("date"),
    Column::text("What"),
    Column::text("Method"),
    Column::text("Invoice"),
    Column::text("Status"),
    Column::amount("Amount"),
];

/// The newest payments, as a table.
pub(super) fn payment_table(frame: &Frame, rows: &[PaymentRow]) -> Markup {
    table_of(
        (frame, "Payments and refunds"),
        &COLUMNS,
        &html! {
            @for row in rows { (tr(frame, row)) }
        },
    )
}

fn tr(frame: &Frame, row: &PaymentRow) -> Markup {
    let invoice = format!("/my/invoices/{}", row.invoice_id);
    html! {
        tr {
            th scope="row" { (row.date) }
            td {
                @match &row.id {
                    Some(id) => a href=(frame.path(&format!("/my/payments/{id}"))) {
                        (row.what) span.unseen { " of " (row.date) }
                    },
                    None => (row.what),
                }
            }
            td { (row.method) }
            td { a href=(frame.path(&invoice)) { (row.number) } }
            td { (badge(row.status.0, row.status.1)) }
            td.amount { (row.amount) }
        }
    }
}

/// All payments and refunds.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Payments {
    rows: Vec<PaymentRow>,
    listing: Listing,
}

impl Page for Payments {
    fn title(&self) -> String {
        "Payment history".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (crumbs(frame, "/my/billing", "Billing"))
            (page_head("Payment history", "", &Markup::default()))
            section.card aria-label="Payments and refunds" {
                @if self.rows.is_empty() {
                    (empty_state("No payments yet", "What you pay appears here, with what was \
                        refunded."))
                } @else {
                    (table((frame, "Payments and refunds"), &COLUMNS, &self.listing, &html! {
                        @for row in &self.rows { (tr(frame, row)) }
                    }))
                }
                (pager(frame, &self.listing))
            }
            (contact(frame))
        }
    }

    fn samples() -> Vec<Self> {
        let listing = || Listing::read("/my/payments", None, KIND);
        let refund = PaymentRow { id: None, what: "Refund", ..PaymentRow::sample() };
        vec![
            Self { rows: vec![PaymentRow::sample(), refund], listing: listing() },
            Self { rows: Vec::new(), listing: listing() },
        ]
    }
}

async fn list(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let (partner_id, tenant_id) = owner(&guest)?;
    let app = guest.portal.app();
    let zone = app.tenant(partner_id, tenant_id).await?.zone;
    let listing = Listing::read("/my/payments", query.as_deref(), KIND);
    let filter = HistoryFilter { tenant_id: Some(tenant_id), ..HistoryFilter::default() };
    let request = listing.request();
    let page = app.payment_history(partner_id, filter, &request).await?;
    let place = |entry: &HistoryEntry| (Some(Key::Int(entry.at.micros())), entry.id.clone());
    let show = |entry: HistoryEntry| payment_row(&entry, &zone);
    let (rows, listing) = listing.page((page, &request), place, show);
    Ok(shell::show(&guest, &Payments { rows, listing }))
}

/// What the payer does about a payment that waits; in the sandbox here, because there is no bank.
pub(super) fn confirmation(frame: &Frame, payment: &str, is_sandbox: Option<()>) -> Markup {
    let action = frame.path(&format!("/my/payments/{payment}/confirm"));
    html! {
        section.card.form aria-labelledby="pay" {
            h2 id="pay" { "Your bank wants you to confirm this payment" }
            form method="post" action=(action) {
                (frame.seal())
                @if is_sandbox.is_some() {
                    p.hint { "This is the sandbox: you are the bank." }
                    button.primary type="submit" name="answer" value="passed" { "Confirm" }
                    " "
                    button.button type="submit" name="answer" value="failed" { "Refuse" }
                } @else {
                    p.hint { "Confirm it in the app or on the page of your bank, then look again." }
                    (hidden("answer", "look"))
                    button.button type="submit" { "Look again" }
                }
            }
        }
    }
}

async fn confirm(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let owner = owner(&guest)?;
    let payment_id: PaymentId = id.parse().map_err(|_| Fault::Nowhere)?;
    let answer = match guest.fields.get("answer") {
        "passed" => Some(Authenticated::Passed),
        "failed" => Some(Authenticated::Failed),
        _ => None,
    };
    let asking = guest.asking()?;
    let work =
        async move |app: App| {
            let collected = app.confirm_own(owner, payment_id, answer).await?;
            app.noted(&asking, ("payment.confirm", Some(owner.1)), async |_| {
                Ok(payment_id.to_string())
            })
            .await?;
            Ok(collected)
        };
    let collected = guest.portal.run(work).await?;
    let done = match collected.payment.status {
        PaymentStatus::Succeeded => "paid",
        PaymentStatus::Processing | PaymentStatus::Pending => "on-its-way",
        PaymentStatus::RequiresAction => "confirm",
        PaymentStatus::Failed | PaymentStatus::Cancelled => "failed",
    };
    Ok(guest.go(&format!("/my/invoices/{}?done={done}", collected.invoice.invoice_id)))
}

/// The receipt of a payment.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Receipt {
    title: &'static str,
    amount: String,
    status: (&'static str, &'static str),
    /// Why it failed; may be empty.
    failure: String,
    facts: Vec<(&'static str, String)>,
    invoice: (String, String),
    notice: Option<&'static str>,
}

impl Page for Receipt {
    fn title(&self) -> String {
        self.title.to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let (id, number) = &self.invoice;
        let path = frame.path(&format!("/my/invoices/{id}"));
        let mut pairs: Vec<(&str, Markup)> =
            self.facts.iter().map(|(name, value)| (*name, html! { (value) })).collect();
        pairs.insert(0, ("Status", badge(self.status.0, self.status.1)));
        if !self.failure.is_empty() {
            pairs.push(("Reason", html! { (self.failure) }));
        }
        pairs.push(("Invoice", html! { a href=(path) { (number) } }));
        html! {
            (crumbs(frame, "/my/payments", "Payment history"))
            (told(self.notice))
            (page_head(self.title, &self.amount, &Markup::default()))
            (card(("facts", "Details"), &Markup::default(), &definitions(&pairs)))
            (contact(frame))
        }
    }

    fn samples() -> Vec<Self> {
        vec![Self {
            title: "Payment",
            amount: "$1,234,567.89".to_owned(),
            status: ("negative", "Failed"),
            failure: "the card has <b>insufficient</b> funds".to_owned(),
            facts: vec![("Method", "Visa <i>•••• 4242</i>".to_owned())],
            invoice: ("inv_1".to_owned(), "INV-<b>1</b>".to_owned()),
            notice: None,
        }]
    }
}

async fn receipt(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let owner = owner(&guest)?;
    let payment_id: PaymentId = id.parse().map_err(|_| Fault::Nowhere)?;
    let app = guest.portal.app();
    let (payment, invoice) = app.own_payment(owner, payment_id).await?;
    let money = |amount| invoice.currency.display(amount);
    let mut facts = vec![
        ("Date", invoice.zone.display_minute(payment.created_at)),
        ("Method", method_of(&payment)),
        ("Paid to", invoice.issued_as.brand_name().to_owned()),
        ("Paid by", invoice.issued_as.tenant_name.clone()),
    ];
    if let Some(at) = payment.settled_at {
        facts.insert(1, ("Completed", invoice.zone.display_minute(at)));
    }
    if !payment.refunded.is_zero() {
        facts.push(("Refunded", money(payment.refunded)));
    }
    let page = Receipt {
        title: if payment.status == PaymentStatus::Succeeded { "Receipt" } else { "Payment" },
        amount: money(payment.amount),
        status: words(payment.status.as_str()),
        failure: payment.failure.map(|failure| failure.message).unwrap_or_default(),
        facts,
        invoice: (invoice.invoice_id.to_string(), invoice.number.unwrap_or_default()),
        notice: None,
    };
    Ok(shell::show(&guest, &page))
}

fn method_of(payment: &Payment) -> String {
    match payment.origin {
        PaymentOrigin::Manual => "Paid directly".to_owned(),
        _ => payment.method.clone(),
    }
}
