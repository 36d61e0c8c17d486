//! A tenant's invoices as lists: the newest on the billing page, all of them on their own.
//!
//! Decided here: drafts are nowhere (TPO-06).

use app::{
    documents::status,
    invoices::{InvoiceFilter, InvoiceSort},
};
use axum::{Router, extract::RawQuery, response::Response, routing::get};
use domain::{
    invoice::{issued::Invoice, status::InvoiceStatus},
    paging::{Key, Order},
    time::{Day, Timestamp},
    user::Ability,
};
use maud::{Markup, html};

use super::owner;
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{
        Column, badge, crumbs, empty_state, filter_bar, page_head, pager, select, table, table_of,
        tone_of,
    },
    shell::{self, Frame, Page},
};

const KIND: Kind = Kind {
    filters: &["status"],
    sorts: &[Sortable::by_number("issued"), Sortable::by_number("due")],
    order: Order::Descending,
};

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/my/invoices", get(list))
}

/// An invoice as lists show it (TPO-06).
#[derive(Debug, Clone)]
pub(super) struct InvoiceRow {
    id: String,
    number: String,
    issued: String,
    due_date: String,
    amount: String,
    due: String,
    status: (&'static str, &'static str),
    is_open: Option<()>,
}

impl InvoiceRow {
    /// Worth looking at.
    pub(super) fn sample() -> Self {
        Self {
            id: "inv_00000000000000000000000001".to_owned(),
            number: "INV-<b>000123</b>".to_owned(),
            issued: "May 1, 2026".to_owned(),
            due_date: "September 16, 2026".to_owned(),
            amount: "$1,234,567.89".to_owned(),
            due: "$70.52".to_owned(),
            status: ("warning", "Partially Paid"),
            is_open: Some(()),
        }
    }
}

/// The row of an invoice.
pub(super) fn invoice_row(invoice: &Invoice) -> InvoiceRow {
    let date = |day: Option<Day>| day.map_or_else(String::new, |day| day.display_long());
    InvoiceRow {
        id: invoice.invoice_id.to_string(),
        number: invoice.number.clone().unwrap_or_default(),
        issued: date(invoice.issue_day),
        due_date: date(invoice.due_day),
        amount: invoice.currency.display(invoice.total),
        due: invoice.currency.display(invoice.due()),
        status: (tone_of(invoice.status.as_str()), status(invoice.status)),
        is_open: invoice.status.is_open().then_some(()),
    }
}

const COLUMNS: [Column; 7] = [
    Column::text("Number"),
    Column::text("Issued").sorted("issued"),
    Column::text("Due").sorted("due"),
    Column::text("Status"),
    Column::amount("Amount"),
    Column::amount("Balance due"),
    Column::actions(),
];

/// The newest invoices, as a table.
pub(super) fn invoice_table(frame: &Frame, rows: &[InvoiceRow], may_pay: Option<()>) -> Markup {
    table_of(
        (frame, "Invoices"),
        &COLUMNS,
        &html! {
            @for row in rows { (tr(frame, row, may_pay)) }
        },
    )
}

fn tr(frame: &Frame, row: &InvoiceRow, may_pay: Option<()>) -> Markup {
    let path = format!("/my/invoices/{}", row.id);
    html! {
        tr {
            th scope="row" { a href=(frame.path(&path)) { (row.number) } }
            td { (row.issued) }
            td { (row.due_date) }
            td { (badge(row.status.0, row.status.1)) }
            td.amount { (row.amount) }
            td.amount { (row.due) }
            td.actions {
                a.button.small href=(frame.path(&path)) {
                    "View" span.unseen { " " (row.number) }
                }
                " "
                a.button.small href=(frame.path(&format!("{path}/pdf"))) {
                    "PDF" span.unseen { " of " (row.number) }
                }
                @if row.is_open.is_some() && may_pay.is_some() {
                    " "
                    a.button.small href=(frame.path(&format!("{path}#pay"))) {
                        "Pay Now" span.unseen { " " (row.number) }
                    }
                }
            }
        }
    }
}

/// All invoices.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Invoices {
    rows: Vec<InvoiceRow>,
    listing: Listing,
    may_pay: Option<()>,
}

impl Page for Invoices {
    fn title(&self) -> String {
        "Invoices".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let statuses = [
            ("", "All"),
            ("sent", "Sent"),
            ("partially_paid", "Partially Paid"),
            ("overdue", "Overdue"),
            ("paid", "Paid"),
            ("cancelled", "Cancelled"),
        ];
        html! {
            (crumbs(frame, "/my/billing", "Billing"))
            (page_head("Invoices", "", &Markup::default()))
            (filter_bar(frame, &self.listing, &html! {
                (select(("status", "Status"), &statuses, self.listing.filter("status")))
            }))
            section.card aria-label="Invoices" {
                @if self.rows.is_empty() {
                    (empty_state("No invoices here", "Your first invoice appears when your period \
                        ends."))
                } @else {
                    (table((frame, "Invoices"), &COLUMNS, &self.listing, &html! {
                        @for row in &self.rows { (tr(frame, row, self.may_pay)) }
                    }))
                }
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let listing = |query| Listing::read("/my/invoices", Some(query), KIND);
        vec![
            Self {
                rows: vec![InvoiceRow::sample()],
                listing: listing("status=overdue&sort=due&after=x"),
                may_pay: Some(()),
            },
            Self { rows: Vec::new(), listing: listing(""), may_pay: None },
        ]
    }
}

async fn list(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let (partner_id, tenant_id) = owner(&guest)?;
    let listing = Listing::read("/my/invoices", query.as_deref(), KIND);
    let filter = InvoiceFilter {
        tenant_id: Some(tenant_id),
        status: InvoiceStatus::parse(listing.filter("status")),
        ..InvoiceFilter::default()
    };
    let sort = if listing.sort() == "due" { InvoiceSort::Due } else { InvoiceSort::Issued };
    let request = listing.request();
    let app = guest.portal.app();
    let page = app.invoice_page(partner_id, filter, (sort, &request)).await?;
    let place = |invoice: &Invoice| {
        let key = match sort {
            InvoiceSort::Due => invoice.due_day.map_or(0, Day::number),
            _ => invoice.issued_at.map_or(0, Timestamp::micros),
        };
        (Some(Key::Int(key)), invoice.invoice_id.to_string())
    };
    let (rows, listing) = listing.page((page, &request), place, |it| invoice_row(&it));
    let may_pay = guest.may(Ability::Change).then_some(());
    Ok(shell::show(&guest, &Invoices { rows, listing, may_pay }))
}
