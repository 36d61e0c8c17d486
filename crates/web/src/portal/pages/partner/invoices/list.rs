//! All invoices of a partner's tenants: figures, filters, the list (INV-01 to INV-06, INV-29).

use app::{
    dashboard::InvoiceFigures,
    invoices::{InvoiceFilter, InvoiceSort},
    resource::UsageSummary,
};
use axum::{extract::RawQuery, response::Response};
use domain::{
    ids::TenantId,
    invoice::{issued::Invoice, status::InvoiceStatus},
    money::{Minor, grouped},
    paging::{Key, Order},
    time::{Day, Timestamp, Zone},
    user::Ability,
};
use maud::{Markup, html};

use super::called;
use crate::portal::{
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{
        Column, Field, badge, empty_with, filter_bar, page_head, pager, select, stat, stats, table,
        tone_of,
    },
    shell::{self, Frame, Page, told},
};

const KIND: Kind = Kind {
    filters: &["q", "status", "from", "to"],
    sorts: &[
        Sortable::by_number("created"),
        Sortable::by_number("issued"),
        Sortable::by_number("due"),
    ],
    order: Order::Descending,
};

/// The choices of the filter.
const STATUSES: [(&str, &str); 7] = [
    ("", "All"),
    ("draft", "Draft"),
    ("sent", "Sent"),
    ("partially_paid", "Partially Paid"),
    ("paid", "Paid"),
    ("overdue", "Overdue"),
    ("cancelled", "Cancelled"),
];

/// An invoice as the list shows it.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Row {
    id: String,
    number: String,
    tenant: (String, String),
    issued: String,
    due_day: String,
    status: &'static str,
    is_flagged: Option<()>,
    amount: String,
    due: String,
    may_refund: Option<()>,
}

/// The list.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Invoices {
    listing: Listing,
    figures: Vec<(&'static str, String)>,
    /// The month that runs: what will be billed for it, so far.
    usage: (String, Vec<(&'static str, String)>),
    rows: Vec<Row>,
    may_change: Option<()>,
    notice: Option<&'static str>,
}

impl Page for Invoices {
    fn title(&self) -> String {
        "Tenant Invoices".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let list = &self.listing;
        let new = html! {
            @if self.may_change.is_some() {
                a.button.primary href=(frame.path("/tenant-invoices/new")) { "New Invoice" }
            }
        };
        html! {
            (told(self.notice))
            (page_head("Tenant Invoices", "", &new))
            (stats("Invoices of the chosen dates", &html! {
                @for (name, value) in &self.figures { (stat(frame, (name, value), None)) }
            }))
            (filter_bar(frame, list, &html! {
                (Field::text("q", "Number, tenant or SIP prefix").value(list.filter("q"))
                    .longest(100).optional().render())
                (select(("status", "Status"), &STATUSES, list.filter("status")))
                (Field::day("from", "Issued from").value(list.filter("from")).optional().render())
                (Field::day("to", "Issued to").value(list.filter("to")).optional().render())
            }))
            section.card aria-label="Invoices" {
                @if self.rows.is_empty() && list.is_filtered() {
                    (empty_with("No invoice is like this", "Try other words, dates or statuses.",
                        &html! { a.button href=(frame.path("/tenant-invoices")) { "Show all" } }))
                } @else if self.rows.is_empty() {
                    (empty_with("No invoices yet",
                        "They come by themselves at the end of each tenant's cycle. You can also \
                         write one at any time.", &new))
                } @else {
                    (table((frame, "Tenant invoices"), &columns(), list, &html! {
                        @for row in &self.rows { (line(frame, row)) }
                    }))
                }
                (pager(frame, list))
            }
            (self.month(frame))
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            id: "inv_00000000000000000000000001".to_owned(),
            number: "INV-<b>1</b>".to_owned(),
            tenant: (
                "tnt_00000000000000000000000001".to_owned(),
                "<script>alert(1)</script> & Sons with a very long name indeed".to_owned(),
            ),
            issued: "Jun 1, 2026".to_owned(),
            due_day: "Jun 16, 2026".to_owned(),
            status: "overdue",
            is_flagged: Some(()),
            amount: "$123,456,789.00".to_owned(),
            due: "$99.00".to_owned(),
            may_refund: Some(()),
        };
        let list = |query: &str| Listing::read("/tenant-invoices", Some(query), KIND);
        let full = Self {
            listing: list("q=%22%3E%3Cscript%3E&from=2026-05-01&sort=-due"),
            figures: vec![("Invoices", "1,000,000".to_owned()), ("Outstanding", "$1".to_owned())],
            usage: ("May 2026".to_owned(), vec![("Minutes", "1,234.50".to_owned())]),
            rows: vec![row.clone(), Row { may_refund: None, status: "draft", ..row }],
            may_change: Some(()),
            notice: Some("Saved."),
        };
        let none = Self { rows: Vec::new(), listing: list(""), notice: None, ..full.clone() };
        let unfound = Self { rows: Vec::new(), may_change: None, ..full.clone() };
        vec![full, none, unfound]
    }
}

fn columns() -> [Column; 8] {
    [
        Column::text("Invoice"),
        Column::text("Tenant"),
        Column::text("Issue date").sorted("issued"),
        Column::text("Due date").sorted("due"),
        Column::text("Status"),
        Column::amount("Amount"),
        Column::amount("Due"),
        Column::actions(),
    ]
}

fn line(frame: &Frame, row: &Row) -> Markup {
    let path = |what: &str| frame.path(&format!("/tenant-invoices/{}{what}", row.id));
    let (tenant_id, tenant) = &row.tenant;
    html! {
        tr {
            th scope="row" { a href=(path("")) { (row.number) } }
            td.wrap { a href=(frame.path(&format!("/tenants/{tenant_id}"))) { (tenant) } }
            td.when { (row.issued) }
            td.when { (row.due_day) }
            td {
                (badge(tone_of(row.status), &row.status.replace('_', " ")))
                @if row.is_flagged.is_some() { " " (badge("negative", "flagged")) }
            }
            td.amount { (row.amount) }
            td.amount { (row.due) }
            td.actions {
                a.button.small href=(path("")) { "Details" span.unseen { " of " (row.number) } }
                " "
                a.button.small href=(path("/pdf")) { "PDF" span.unseen { " of " (row.number) } }
                @if row.may_refund.is_some() {
                    " "
                    a.button.small href=(path("/refund")) {
                        "Refund" span.unseen { " " (row.number) }
                    }
                }
            }
        }
    }
}

impl Invoices {
    fn month(&self, frame: &Frame) -> Markup {
        let (month, figures) = &self.usage;
        html! {
            section aria-labelledby="month" {
                h2.section-head id="month" { "Used in " (month) " so far" }
                p.lead { "Not billed yet: what the invoices of this month will be made of." }
                (stats("Used this month", &html! {
                    @for (name, value) in figures { (stat(frame, (name, value), None)) }
                }))
            }
        }
    }
}

/// The instants between which invoices of these days were issued.
fn span(listing: &Listing, zone: &Zone) -> (Option<Timestamp>, Option<Timestamp>) {
    let day = |name: &str| Day::parse(listing.filter(name)).ok();
    let since = day("from").map(|day| zone.start_of(day));
    (since, day("to").map(|day| zone.start_of(day.plus_days(1))))
}

fn sort_of(name: &str) -> InvoiceSort {
    match name {
        "issued" => InvoiceSort::Issued,
        "due" => InvoiceSort::Due,
        _ => InvoiceSort::Created,
    }
}

fn place(sort: InvoiceSort, invoice: &Invoice) -> (Option<Key>, String) {
    let key = match sort {
        InvoiceSort::Created => invoice.created_at.micros(),
        InvoiceSort::Issued => invoice.issued_at.map_or(0, Timestamp::micros),
        InvoiceSort::Due => invoice.due_day.map_or(0, Day::number),
    };
    (Some(Key::Int(key)), invoice.invoice_id.to_string())
}

fn figures(figures: &InvoiceFigures) -> Vec<(&'static str, String)> {
    let count = |number: i64| grouped(&number.to_string());
    vec![
        ("Invoices", count(figures.all)),
        ("Paid", count(figures.paid)),
        ("Unpaid", count(figures.unpaid)),
        ("Outstanding", figures.currency.display(figures.outstanding)),
    ]
}

fn usage(usage: &UsageSummary) -> (String, Vec<(&'static str, String)>) {
    let count = |number: i64| grouped(&number.to_string());
    let month = Day::parse(&format!("{}-01", usage.month));
    let figures = vec![
        ("Extensions", count(usage.counts.extensions)),
        ("DIDs", count(usage.counts.phone_numbers)),
        ("Minutes", grouped(&usage.minutes.0)),
        ("Calls, before included minutes", {
            let amount = domain::money::Nanos::parse(&usage.amount.0).unwrap_or_default();
            let currency = domain::money::Currency::parse(&usage.currency);
            currency
                .map_or_else(|_| usage.amount.0.clone(), |it| it.display(it.round_nanos(amount)))
        }),
    ];
    (month.map_or_else(|_| usage.month.clone(), Day::display_month), figures)
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let (app, partner_id) = (guest.portal.app(), guest.partner_id()?);
    let listing = Listing::read("/tenant-invoices", query.as_deref(), KIND);
    let span = span(&listing, &guest.visitor()?.account.zone);
    let filter = InvoiceFilter {
        status: InvoiceStatus::parse(listing.filter("status")),
        text: listing.chosen("q"),
        issued_since: span.0,
        issued_until: span.1,
        ..InvoiceFilter::default()
    };
    let (sort, request) = (sort_of(listing.sort()), listing.request());
    let page = app.invoice_page(partner_id, filter, (sort, &request)).await?;
    let tenants: Vec<TenantId> = page.rows.iter().map(|invoice| invoice.tenant_id).collect();
    let names = app.names_of(partner_id, tenants).await?;
    let may_change = guest.may(Ability::Change).then_some(());
    let row = |invoice: Invoice| {
        let day = |day: Option<Day>| day.map_or("—".to_owned(), Day::display);
        let name = names.get(&invoice.tenant_id);
        let was_paid = invoice.paid.get() > invoice.refunded.get();
        Row {
            id: invoice.invoice_id.to_string(),
            number: called(&invoice),
            tenant: (
                invoice.tenant_id.to_string(),
                name.unwrap_or(&invoice.issued_as.tenant_name).clone(),
            ),
            issued: day(invoice.issue_day),
            due_day: day(invoice.due_day),
            status: invoice.status.as_str(),
            is_flagged: invoice.flag().map(|_| ()),
            amount: invoice.currency.display(invoice.total),
            due: invoice.currency.display(invoice.due()),
            may_refund: may_change.filter(|()| was_paid && invoice.paid != Minor::ZERO),
        }
    };
    let (rows, listing) = listing.page((page, &request), |it| place(sort, it), row);
    let page = Invoices {
        listing,
        figures: figures(&app.invoice_figures(partner_id, span).await?),
        usage: usage(&app.usage_summary(partner_id, None, None).await?),
        rows,
        may_change,
        notice: shell::notice(query.as_deref()),
    };
    Ok(shell::show(&guest, &page))
}
