//! One invoice with everything that belongs to it (INV-07 to INV-10), and its PDF.

use app::{
    documents::{PdfFile, printed},
    invoices::{FullInvoice, PaymentFilter},
    refunds::{NoteFilter, RefundFilter},
};
use axum::{
    extract::{Path, RawQuery},
    http::header,
    response::{IntoResponse, Response},
};
use domain::{
    credit_note::CreditNote,
    ids::CreditNoteId,
    invoice::{issued::Invoice, status::InvoiceStatus},
    money::{Currency, Minor},
    paging::PageRequest,
    payment::Payment,
    refund::{Destination, Refund},
    time::{Day, Zone},
    user::Ability,
};
use maud::{Markup, html};

use super::{called, reached};
use crate::portal::{
    guest::{Fault, Guest},
    parts::{Column, alert, badge, card, crumbs, definitions, hidden, table_of, tone_of},
    shell::{self, Frame, Page, told},
};

/// Payments, refunds and notes that the page lists; more are in the API.
const SHOWN: u16 = 100;

/// A line: description, what share, quantity, unit price, amount.
#[derive(Debug, Clone)]
struct Line([String; 5]);

/// Money that came or went: when, what, status, amount, note, and the path of what can be done.
#[derive(Debug, Clone)]
struct Moved {
    at: String,
    what: String,
    status: &'static str,
    amount: String,
    note: String,
    /// Where a failed refund is asked for again.
    retry: Option<String>,
    /// Where its PDF is.
    pdf: Option<String>,
}

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Detail {
    id: String,
    version: i64,
    number: String,
    tenant: (String, String),
    status: InvoiceStatus,
    is_flagged: Option<()>,
    facts: Vec<(&'static str, String)>,
    lines: Vec<Line>,
    /// Name and amount of each tax.
    taxes: Vec<(String, String)>,
    /// Names and amounts below the lines.
    sums: Vec<(&'static str, String)>,
    notes: String,
    payments: Vec<Moved>,
    refunds: Vec<Moved>,
    credit_notes: Vec<Moved>,
    may_change: Option<()>,
    may_refund: Option<()>,
    once: String,
    /// The address of the page on which anybody who has it can pay.
    link: Option<String>,
    refused: Option<String>,
    notice: Option<&'static str>,
}

impl Page for Detail {
    fn title(&self) -> String {
        format!("Invoice {}", self.number)
    }

    fn body(&self, frame: &Frame) -> Markup {
        let status = self.status.as_str();
        html! {
            (told(self.notice))
            @if let Some(text) = &self.refused { (alert("negative", text)) }
            (crumbs(frame, "/tenant-invoices", "Tenant Invoices"))
            div.page-head {
                h1.grow {
                    (self.number) " "
                    (badge(tone_of(status), &status.replace('_', " ")))
                    @if self.is_flagged.is_some() { " " (badge("negative", "flagged")) }
                }
                div.page-actions { (self.actions(frame)) }
            }
            @if let Some(link) = &self.link {
                div.alert.plain role="status" {
                    p { "Whoever has this link can see and pay the invoice:" }
                    p { code { (link) } }
                }
            }
            (card(("facts", "About"), &Markup::default(), &self.about(frame)))
            (card(("lines", "Lines"), &Markup::default(), &self.all_lines(frame)))
            (moved(frame, ("payments", "Payments"), &self.payments))
            (moved(frame, ("refunds", "Refunds"), &self.refunds))
            (moved(frame, ("credit-notes", "Credit notes"), &self.credit_notes))
        }
    }

    fn samples() -> Vec<Self> {
        let row = Moved {
            at: "Jun 1, 2026, 08:00".to_owned(),
            what: "<i>card</i>".to_owned(),
            status: "failed",
            amount: "$99.00".to_owned(),
            note: "<script>".to_owned(),
            retry: Some("/tenant-invoices/x/refunds/y/retry".to_owned()),
            pdf: Some("/credit-notes/x/pdf".to_owned()),
        };
        let of = |status| Self {
            id: "inv_00000000000000000000000001".to_owned(),
            version: 4,
            number: "INV-<b>1</b>".to_owned(),
            tenant: ("tnt_1".to_owned(), "<b>Smith</b>".to_owned()),
            status,
            is_flagged: Some(()),
            facts: vec![("Issue date", "Jun 1, 2026".to_owned())],
            lines: vec![Line(
                ["<script>", "12 of 31 days", "3 extensions", "$1.00", "$3.00"].map(str::to_owned),
            )],
            taxes: vec![("<b>State</b> 6.5%".to_owned(), "$0.20".to_owned())],
            sums: vec![("Total", "$3.20".to_owned()), ("Amount due", "$0.00".to_owned())],
            notes: "</p><script>".to_owned(),
            payments: vec![row.clone()],
            refunds: vec![row.clone()],
            credit_notes: vec![row.clone()],
            may_change: Some(()),
            may_refund: Some(()),
            once: "req_1".to_owned(),
            link: Some("https://oak.example/i/1?a=<b>".to_owned()),
            refused: Some("Another payment is in <b>progress</b>.".to_owned()),
            notice: Some("Saved."),
        };
        let bare = |status| Self {
            payments: Vec::new(),
            refunds: Vec::new(),
            credit_notes: Vec::new(),
            notes: String::new(),
            may_change: None,
            link: None,
            refused: None,
            ..of(status)
        };
        vec![
            of(InvoiceStatus::Draft),
            of(InvoiceStatus::Overdue),
            of(InvoiceStatus::Paid),
            bare(InvoiceStatus::Cancelled),
        ]
    }
}

impl Detail {
    fn path(&self, what: &str) -> String {
        format!("/tenant-invoices/{}{what}", self.id)
    }

    fn actions(&self, frame: &Frame) -> Markup {
        let link = |what: &str, name: &str| {
            html! { a.button.small href=(frame.path(&self.path(what))) { (name) } }
        };
        let act = |what: &str, name: &str| {
            html! {
                form method="post" action=(frame.path(&self.path(what))) {
                    (frame.seal())
                    (hidden("seen", self.version))
                    (hidden("once", &self.once))
                    button.button.small type="submit" { (name) }
                }
            }
        };
        let is_draft = self.status == InvoiceStatus::Draft;
        let is_gone = self.status == InvoiceStatus::Cancelled;
        html! {
            (link("/pdf", "PDF"))
            @if self.may_change.is_some() {
                @if is_draft {
                    (link("/edit", "Edit"))
                    (act("/issue", "Issue"))
                    (link("/void", "Void"))
                } @else if !is_gone {
                    (act("/send", "Send again"))
                    @if self.status.is_open() {
                        (act("/remind", "Send reminder"))
                        (act("/charge", "Charge now"))
                        (link("/paid", "Mark as paid"))
                        (act("/link", "Payment link"))
                    }
                    @if self.may_refund.is_some() { (link("/refund", "Refund")) }
                    (link("/credit-note", "Credit note"))
                }
            }
        }
    }

    fn about(&self, frame: &Frame) -> Markup {
        let tenant = html! {
            a href=(frame.path(&format!("/tenants/{}", self.tenant.0))) { (self.tenant.1) }
        };
        let facts = self.facts.iter().map(|(name, value)| (*name, html! { (value) }));
        let pairs: Vec<(&str, Markup)> = std::iter::once(("Tenant", tenant)).chain(facts).collect();
        definitions(&pairs)
    }

    fn all_lines(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("Description"),
            Column::amount("Quantity"),
            Column::amount("Unit price"),
            Column::amount("Amount"),
        ];
        html! {
            (table_of((frame, "Lines"), &columns, &html! {
                @for Line([description, share, quantity, price, amount]) in &self.lines {
                    tr {
                        th.wrap scope="row" {
                            (description)
                            @if !share.is_empty() { br; span.quietly { (share) } }
                        }
                        td.amount { (quantity) }
                        td.amount { (price) }
                        td.amount { (amount) }
                    }
                }
            }))
            dl.sums {
                @for (name, amount) in &self.taxes { div { dt { (name) } dd { (amount) } } }
                @for (name, amount) in &self.sums {
                    div.total[*name == "Total" || *name == "Amount due"] {
                        dt { (name) } dd { (amount) }
                    }
                }
            }
            @if !self.notes.is_empty() { p.pre-line { (self.notes) } }
        }
    }
}

/// Money that came or went.
fn moved(frame: &Frame, (id, title): (&str, &str), rows: &[Moved]) -> Markup {
    let columns = [
        Column::text("Date"),
        Column::text("What"),
        Column::text("Status"),
        Column::amount("Amount"),
        Column::text("Note"),
        Column::actions(),
    ];
    html! {
        @if !rows.is_empty() {
            (card((id, title), &Markup::default(), &table_of((frame, title), &columns, &html! {
                @for row in rows {
                    tr {
                        th scope="row" { (row.at) }
                        td { (row.what) }
                        td { (badge(tone_of(row.status), &row.status.replace('_', " "))) }
                        td.amount { (row.amount) }
                        td.wrap { (row.note) }
                        td.actions {
                            @if let Some(path) = &row.retry {
                                form method="post" action=(frame.path(path)) {
                                    (frame.seal())
                                    button.button.small type="submit" { "Try again" }
                                }
                            }
                            @if let Some(path) = &row.pdf {
                                a.button.small href=(frame.path(path)) { "PDF" }
                            }
                        }
                    }
                }
            })))
        }
    }
}

fn facts(invoice: &Invoice) -> Vec<(&'static str, String)> {
    let zone = &invoice.zone;
    let day = |day: Option<Day>| day.map_or("—".to_owned(), Day::display);
    let mut facts =
        vec![("Issue date", day(invoice.issue_day)), ("Due date", day(invoice.due_day))];
    if let Some(period) = invoice.period {
        let last = zone.day_of(period.end).plus_days(-1);
        let first = zone.day_of(period.start);
        facts.push(("Billing period", format!("{} – {}", first.display(), last.display())));
    }
    let issued_as = &invoice.issued_as;
    if let Some(plan) = issued_as.plan.as_ref().filter(|plan| !plan.is_empty()) {
        facts.push(("Plan", plan.clone()));
    }
    facts.push(("Billed to", issued_as.tenant_name.clone()));
    facts.push(("Mailed to", issued_as.billing_email.clone()));
    facts.push(("Kind", invoice.kind.as_str().replace('_', " ")));
    facts.push(("Id", invoice.invoice_id.to_string()));
    facts
}

fn sums(invoice: &Invoice) -> Vec<(&'static str, String)> {
    let money = |amount| invoice.currency.display(amount);
    let taken = |amount: Minor| money(amount.negated().unwrap_or(amount));
    let mut sums = vec![
        ("Subtotal", money(invoice.subtotal)),
        ("Tax", money(invoice.tax)),
        ("Total", money(invoice.total)),
    ];
    if !invoice.credited.is_zero() {
        sums.push(("Credit applied", taken(invoice.credited)));
    }
    if !invoice.paid.is_zero() {
        sums.push(("Amount paid", taken(invoice.paid)));
    }
    sums.push(("Amount due", money(invoice.due())));
    if !invoice.refunded.is_zero() {
        sums.push(("Refunded", money(invoice.refunded)));
    }
    sums
}

fn payment(it: Payment, (currency, zone): (Currency, &Zone)) -> Moved {
    let disputed = it.dispute.map_or(String::new(), |_| " · disputed".to_owned());
    Moved {
        at: zone.display_minute(it.created_at),
        what: format!("{}{disputed}", it.method.replace('_', " ")),
        status: it.status.as_str(),
        amount: currency.display(it.amount),
        note: it.failure.map_or(it.note, |failure| failure.message),
        retry: None,
        pdf: None,
    }
}

fn refund(it: Refund, (currency, zone): (Currency, &Zone)) -> Moved {
    let status = it.state.shown();
    let path = format!("/tenant-invoices/{}/refunds/{}/retry", it.invoice_id, it.refund_id);
    Moved {
        at: zone.display_minute(it.created_at),
        what: match it.destination {
            Destination::Card => "To the card",
            Destination::Credit => "To the balance",
            Destination::Manual => "By hand",
        }
        .to_owned(),
        status,
        amount: currency.display(it.amount.negated().unwrap_or(it.amount)),
        note: if it.failure.is_empty() { it.reason } else { it.failure },
        retry: (status == "failed").then_some(path),
        pdf: None,
    }
}

fn note(it: &CreditNote, zone: &Zone) -> Moved {
    Moved {
        at: zone.display_minute(it.issued_at),
        what: it.number.clone(),
        status: if it.cancelled_at.is_some() { "cancelled" } else { "issued" },
        amount: it.currency.display(it.amount),
        note: it.reason.clone(),
        retry: None,
        pdf: Some(format!("/credit-notes/{}/pdf", it.credit_note_id)),
    }
}

/// The page of an invoice, with what an act that was refused is told.
pub(super) async fn page(
    guest: &Guest,
    id: &str,
    refused: Option<String>,
) -> Result<Detail, Fault> {
    let (partner_id, found) = reached(guest, id).await?;
    let (app, invoice_id) = (guest.portal.app(), found.invoice_id);
    let FullInvoice { invoice, lines, taxes } = app.full_invoice(partner_id, invoice_id).await?;
    let first = PageRequest::newest(SHOWN);
    let filter = PaymentFilter { invoice_id: Some(invoice_id), ..PaymentFilter::default() };
    let payments = app.payment_page(partner_id, filter, &first).await?.rows;
    let filter = RefundFilter { invoice_id: Some(invoice_id), ..RefundFilter::default() };
    let refunds = app.refund_page(partner_id, filter, &first).await?.rows;
    let filter = NoteFilter { invoice_id: Some(invoice_id), ..NoteFilter::default() };
    let notes = app.credit_notes(partner_id, filter, &first).await?.rows;
    let refundable = app.refundable(partner_id, invoice_id).await?;
    let (currency, zone) = (invoice.currency, guest.zone()?);
    let may_change = guest.may(Ability::Change).then_some(());
    let line = |line| {
        let line = printed(&invoice, line);
        let detail = line.detail.unwrap_or_default();
        Line([line.description, detail, line.quantity, line.unit_price, line.amount])
    };
    Ok(Detail {
        id: invoice_id.to_string(),
        version: invoice.version,
        number: called(&invoice),
        tenant: (invoice.tenant_id.to_string(), invoice.issued_as.tenant_name.clone()),
        status: invoice.status,
        is_flagged: invoice.flag().map(|_| ()),
        facts: facts(&invoice),
        lines: lines.iter().map(line).collect(),
        taxes: taxes
            .iter()
            .map(|tax| {
                (format!("{} ({})", tax.name, tax.rate.percent()), currency.display(tax.amount))
            })
            .collect(),
        sums: sums(&invoice),
        notes: invoice.issued_as.notes.clone(),
        payments: payments
            .into_iter()
            .map(|(it, currency)| payment(it, (currency, zone)))
            .collect(),
        refunds: refunds.into_iter().map(|(it, currency)| refund(it, (currency, zone))).collect(),
        credit_notes: notes.iter().map(|it| note(it, zone)).collect(),
        may_change,
        may_refund: may_change.filter(|()| !refundable.most(Destination::Credit).is_zero()),
        once: guest.once(),
        link: None,
        refused,
        notice: None,
    })
}

/// The same with the address at which anybody who has it can pay.
pub(super) fn linked(page: Detail, link: String) -> Detail {
    Detail { link: Some(link), ..page }
}

pub(super) async fn show(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let notice = shell::notice(query.as_deref());
    let page = page(&guest, &id, None).await?;
    Ok(shell::show(&guest, &Detail { notice, ..page }))
}

fn file(PdfFile { name, bytes }: PdfFile) -> Response {
    // The name holds only letters, digits and dashes, so it needs no quoting.
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ];
    (headers, bytes).into_response()
}

pub(super) async fn pdf(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, invoice) = reached(&guest, &id).await?;
    Ok(file(guest.portal.app().invoice_pdf(partner_id, invoice.invoice_id).await?))
}

pub(super) async fn note_pdf(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let note: CreditNoteId = id.parse().map_err(|_| Fault::Nowhere)?;
    Ok(file(guest.portal.app().credit_note_pdf(guest.partner_id()?, note).await?))
}
