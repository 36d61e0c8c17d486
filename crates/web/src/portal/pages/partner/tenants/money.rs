//! A tenant's invoices and payments.

use app::{
    invoices::{InvoiceFilter, InvoiceSort, PaymentFilter},
    resource::TenantBalance,
};
use axum::{
    extract::{Path, RawQuery},
    response::Response,
};
use domain::{
    invoice::issued::Invoice,
    money::Currency,
    paging::{Key, Order},
    payment::Payment,
};
use maud::{Markup, html};

use super::{Head, reached};
use crate::portal::{
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    pages::partner::display,
    parts::{Column, badge, empty_state, pager, stat, stats, table, tone_of},
    shell::{self, Frame, Page},
};

const KIND: Kind =
    Kind { filters: &[], sorts: &[Sortable::by_number("created")], order: Order::Descending };

/// An invoice as the list shows it.
#[derive(Debug, Clone)]
struct InvoiceRow {
    id: String,
    number: String,
    issued: String,
    due_day: String,
    status: &'static str,
    total: String,
    due: String,
}

/// A tenant's invoices.
#[derive(Debug, Clone)]
pub(in crate::portal) struct InvoicesOf {
    head: Head,
    sip_prefix: String,
    figures: Vec<(&'static str, String)>,
    listing: Listing,
    rows: Vec<InvoiceRow>,
}

impl Page for InvoicesOf {
    fn title(&self) -> String {
        format!("{} · Invoices", self.head.name)
    }

    fn body(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("Number"),
            Column::text("Issue date"),
            Column::text("Due date"),
            Column::text("Status"),
            Column::amount("Amount"),
            Column::amount("Due"),
        ];
        html! {
            (self.head.render(frame, "/invoices"))
            (stats("Balance", &html! {
                @for (name, value) in &self.figures { (stat(frame, (name, value), None)) }
            }))
            @if self.head.may_change.is_some() {
                p.shortcuts {
                    a.button href=(frame.path(&self.new_path())) { "New invoice" }
                }
            }
            section.card aria-label="Invoices" {
                @if self.rows.is_empty() {
                    (empty_state("No invoices yet", "The first one comes at the end of its cycle."))
                } @else {
                    (table((frame, "Invoices"), &columns, &self.listing, &html! {
                        @for row in &self.rows {
                            tr {
                                th scope="row" {
                                    a href=(frame.path(&format!("/tenant-invoices/{}", row.id))) {
                                        (row.number)
                                    }
                                }
                                td { (row.issued) }
                                td { (row.due_day) }
                                td { (badge(tone_of(row.status), &row.status.replace('_', " "))) }
                                td.amount { (row.total) }
                                td.amount { (row.due) }
                            }
                        }
                    }))
                }
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = InvoiceRow {
            id: "inv_00000000000000000000000001".to_owned(),
            number: "INV-<b>1</b>".to_owned(),
            issued: "Jun 1, 2026".to_owned(),
            due_day: "Jun 16, 2026".to_owned(),
            status: "partially_paid",
            total: "$123,456,789.00".to_owned(),
            due: "$99.00".to_owned(),
        };
        let full = Self {
            head: super::sample_head(domain::tenant::TenantStatus::Active),
            sip_prefix: "acme".to_owned(),
            figures: vec![("Due", "$99.00".to_owned())],
            listing: Listing::read("/tenants/x/invoices", None, KIND),
            rows: vec![row],
        };
        vec![Self { rows: Vec::new(), ..full.clone() }, full]
    }
}

impl InvoicesOf {
    fn new_path(&self) -> String {
        format!("/tenant-invoices/new?tenant={}", self.sip_prefix)
    }
}

fn figures(balance: &TenantBalance) -> Vec<(&'static str, String)> {
    let currency = balance.currency;
    vec![
        ("Due", display(currency, &balance.due)),
        ("Overdue", display(currency, &balance.overdue)),
        ("Credit", display(currency, &balance.credit)),
        ("Unpaid invoices", balance.unpaid_invoices.to_string()),
    ]
}

fn invoice_row(invoice: Invoice) -> InvoiceRow {
    let currency = invoice.currency;
    let day = |day: Option<domain::time::Day>| day.map_or("—".to_owned(), |day| day.display());
    InvoiceRow {
        id: invoice.invoice_id.to_string(),
        issued: day(invoice.issue_day),
        due_day: day(invoice.due_day),
        status: invoice.status.as_str(),
        total: currency.display(invoice.total),
        due: currency.display(invoice.due()),
        number: invoice.number.unwrap_or_else(|| "Draft".to_owned()),
    }
}

pub(super) async fn invoices(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let (partner_id, tenant) = reached(&guest, &id).await?;
    let app = guest.portal.app();
    let path = format!("/tenants/{}/invoices", tenant.tenant_id);
    let listing = Listing::read(&path, query.as_deref(), KIND);
    let filter = InvoiceFilter { tenant_id: Some(tenant.tenant_id), ..InvoiceFilter::default() };
    let request = listing.request();
    let page = app.invoice_page(partner_id, filter, (InvoiceSort::Created, &request)).await?;
    let place = |it: &Invoice| (Some(Key::Int(it.created_at.micros())), it.invoice_id.to_string());
    let (rows, listing) = listing.page((page, &request), place, invoice_row);
    let balance = app.tenant_balance(partner_id, tenant.tenant_id).await?;
    let head = Head::of(&guest, &tenant);
    let (sip_prefix, figures) = (tenant.sip_prefix, figures(&balance));
    Ok(shell::show(&guest, &InvoicesOf { head, sip_prefix, figures, listing, rows }))
}

/// A payment as the list shows it.
#[derive(Debug, Clone)]
struct PaymentRow {
    at: String,
    invoice: String,
    method: String,
    status: &'static str,
    amount: String,
    refunded: String,
    note: String,
}

/// A tenant's payments.
#[derive(Debug, Clone)]
pub(in crate::portal) struct PaymentsOf {
    head: Head,
    figures: Vec<(&'static str, String)>,
    listing: Listing,
    rows: Vec<PaymentRow>,
}

impl Page for PaymentsOf {
    fn title(&self) -> String {
        format!("{} · Payments", self.head.name)
    }

    fn body(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("Date"),
            Column::text("Method"),
            Column::text("Status"),
            Column::amount("Amount"),
            Column::amount("Refunded"),
            Column::text("Note"),
            Column::text("Invoice"),
        ];
        html! {
            (self.head.render(frame, "/payments"))
            (stats("Balance", &html! {
                @for (name, value) in &self.figures { (stat(frame, (name, value), None)) }
            }))
            section.card aria-label="Payments" {
                @if self.rows.is_empty() {
                    (empty_state("No payments yet", "Payments of its invoices appear here."))
                } @else {
                    (table((frame, "Payments"), &columns, &self.listing, &html! {
                        @for row in &self.rows {
                            tr {
                                th scope="row" { (row.at) }
                                td { (row.method) }
                                td { (badge(tone_of(row.status), &row.status.replace('_', " "))) }
                                td.amount { (row.amount) }
                                td.amount { (row.refunded) }
                                td.wrap { (row.note) }
                                td {
                                    @let path = format!("/tenant-invoices/{}", row.invoice);
                                    a href=(frame.path(&path)) {
                                        "Open" span.unseen { " the invoice paid on " (row.at) }
                                    }
                                }
                            }
                        }
                    }))
                }
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = PaymentRow {
            at: "Jun 1, 2026, 08:00".to_owned(),
            invoice: "inv_00000000000000000000000001".to_owned(),
            method: "<i>card</i>".to_owned(),
            status: "succeeded",
            amount: "$99.00".to_owned(),
            refunded: "—".to_owned(),
            note: "<script>".to_owned(),
        };
        let full = Self {
            head: super::sample_head(domain::tenant::TenantStatus::Active),
            figures: vec![("Credit", "$0.00".to_owned())],
            listing: Listing::read("/tenants/x/payments", None, KIND),
            rows: vec![row],
        };
        vec![Self { rows: Vec::new(), ..full.clone() }, full]
    }
}

pub(super) async fn payments(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let (partner_id, tenant) = reached(&guest, &id).await?;
    let app = guest.portal.app();
    let path = format!("/tenants/{}/payments", tenant.tenant_id);
    let listing = Listing::read(&path, query.as_deref(), KIND);
    let filter = PaymentFilter { tenant_id: Some(tenant.tenant_id), ..PaymentFilter::default() };
    let request = listing.request();
    let page = app.payment_page(partner_id, filter, &request).await?;
    let place = |(it, _): &(Payment, Currency)| {
        (Some(Key::Int(it.created_at.micros())), it.payment_id.to_string())
    };
    let zone = guest.zone()?;
    let row = |(it, currency): (Payment, Currency)| PaymentRow {
        at: zone.display_minute(it.created_at),
        invoice: it.invoice_id.to_string(),
        method: it.method.replace('_', " "),
        status: it.status.as_str(),
        amount: currency.display(it.amount),
        refunded: if it.refunded == domain::money::Minor::ZERO {
            "—".to_owned()
        } else {
            currency.display(it.refunded)
        },
        note: it.failure.map_or(it.note, |failure| failure.message),
    };
    let (rows, listing) = listing.page((page, &request), place, row);
    let balance = app.tenant_balance(partner_id, tenant.tenant_id).await?;
    let head = Head::of(&guest, &tenant);
    Ok(shell::show(&guest, &PaymentsOf { head, figures: figures(&balance), listing, rows }))
}
