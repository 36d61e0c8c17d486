//! Invoices of the operator for the plan, and their files (PLT-33).

use app::{documents::PdfFile, platform::SubscriptionInvoice};
use axum::{
    extract::{Path, RawQuery},
    http::header,
    response::{IntoResponse, Response},
};
use domain::{ids::SubscriptionInvoiceId, paging::Order, time::Zone};
use maud::{Markup, html};

use super::HISTORY;
use crate::portal::{
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{Column, badge, crumbs, empty_state, money, page_head, pager, table_of},
    shell::{self, Frame, Page},
};

const PATH: &str = "/settings/billing/invoices";
const KIND: Kind =
    Kind { filters: &[], sorts: &[Sortable::by_id("created")], order: Order::Descending };

/// An invoice as lists show it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    id: String,
    number: String,
    purpose: String,
    issued: String,
    total: String,
}

impl Row {
    pub(super) fn of(invoice: &SubscriptionInvoice, zone: &Zone) -> Self {
        Self {
            id: invoice.invoice_id.to_string(),
            number: invoice.number.clone(),
            purpose: invoice.purpose.clone(),
            issued: zone.display_minute(invoice.issued_at),
            total: invoice.currency.display(invoice.total),
        }
    }

    pub(super) fn sample() -> Self {
        Self {
            id: "sin_00000000000000000000000001".to_owned(),
            number: "S-000001<b>".to_owned(),
            purpose: "renewal".to_owned(),
            issued: "Nov 24, 2026, 18:05".to_owned(),
            total: "$249.00".to_owned(),
        }
    }

    /// The invoices in a table, or what stands there before the first.
    pub(super) fn table(frame: &Frame, rows: &[Self]) -> Markup {
        const COLUMNS: &[Column] = &[
            Column::text("Number"),
            Column::text("Type"),
            Column::text("For"),
            Column::text("Issued"),
            Column::amount("Total"),
            Column::actions(),
        ];
        html! {
            @if rows.is_empty() {
                (empty_state("No invoice yet", "Each fee that is charged for your plan gets one."))
            } @else {
                (table_of((frame, "Subscription invoices"), COLUMNS, &html! {
                    @for row in rows {
                        @let file = format!("{PATH}/{}/pdf", row.id);
                        tr {
                            th scope="row" { (row.number) }
                            td { (badge("plain", "subscription_invoice")) }
                            td { (row.purpose) }
                            td { (row.issued) }
                            td.amount { (money(&row.total)) }
                            td.actions {
                                a.button.small href=(frame.path(&file)) {
                                    "PDF" span.unseen { " of " (row.number) }
                                }
                            }
                        }
                    }
                }))
            }
        }
    }
}

/// All of them.
#[derive(Debug)]
pub(in crate::portal) struct Invoices {
    rows: Vec<Row>,
    listing: Listing,
}

impl Page for Invoices {
    fn title(&self) -> String {
        "Subscription invoices".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (crumbs(frame, HISTORY, "History"))
            (page_head("Subscription invoices", "", &html! {}))
            section.card aria-label="Subscription invoices" {
                (Row::table(frame, &self.rows))
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let listing = Listing::read(PATH, None, KIND);
        vec![
            Self { rows: vec![Row::sample()], listing: listing.clone() },
            Self { rows: Vec::new(), listing },
        ]
    }
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let listing = Listing::read(PATH, query.as_deref(), KIND);
    let request = listing.request();
    let app = guest.portal.app();
    let page = app.subscription_invoices(guest.partner_id()?, &request).await?;
    let zone = guest.zone()?;
    let place = |it: &SubscriptionInvoice| (None, it.invoice_id.to_string());
    let (rows, listing) = listing.page((page, &request), place, |it| Row::of(&it, zone));
    Ok(shell::show(&guest, &Invoices { rows, listing }))
}

pub(super) async fn pdf(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let invoice_id: SubscriptionInvoiceId = id.parse().map_err(|_| Fault::Nowhere)?;
    let app = guest.portal.app();
    let file = app.subscription_invoice_pdf(guest.partner_id()?, invoice_id).await?;
    let PdfFile { name, bytes } = file;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ];
    Ok((headers, bytes).into_response())
}
