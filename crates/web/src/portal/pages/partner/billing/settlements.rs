//! What the operator took for the partner on its own account, and pays out month by month.

use app::settlements::{Settlement, SettlementFilter};
use axum::{extract::RawQuery, response::Response};
use domain::{paging::Order, settlement::SettlementStatus};
use maud::{Markup, html};

use super::TENANTS;
use crate::portal::{
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{
        Column, badge, choices, crumbs, empty_state, filter_bar, money, page_head, pager,
        select_field, table_of,
    },
    shell::{self, Frame, Page},
};

const PATH: &str = "/settings/billing/settlements";
const KIND: Kind =
    Kind { filters: &["status"], sorts: &[Sortable::by_id("created")], order: Order::Descending };

/// A statement as lists show it.
#[derive(Debug, Clone)]
struct Row {
    month: String,
    charges: String,
    refunds: String,
    disputes: String,
    fees: String,
    net: String,
    due: String,
    is_paid: Option<()>,
    note: String,
}

/// All statements.
#[derive(Debug)]
pub(in crate::portal) struct Settlements {
    rows: Vec<Row>,
    listing: Listing,
}

impl Page for Settlements {
    fn title(&self) -> String {
        "Settlements".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        const COLUMNS: &[Column] = &[
            Column::text("Month"),
            Column::amount("Payments"),
            Column::amount("Refunds"),
            Column::amount("Disputes"),
            Column::amount("Fees"),
            Column::amount("You get"),
            Column::text("Due"),
            Column::text("Status"),
        ];
        let statuses = choices([("", "All"), ("due", "Due"), ("paid", "Paid")]);
        let chosen = self.listing.filter("status");
        html! {
            (crumbs(frame, TENANTS, "Tenant Billing"))
            (page_head("Settlements", "Payments of your tenants on the platform's account, less \
                refunds, lost disputes and fees.", &html! {}))
            (filter_bar(frame, &self.listing,
                &select_field(("status", "Status", ""), &statuses, chosen, &[])))
            section.card aria-label="Settlements" {
                @if self.rows.is_empty() {
                    (empty_state("No settlement yet", "A month in which tenants paid on the \
                        platform's account gets a statement once it is over."))
                } @else {
                    (table_of((frame, "Settlements"), COLUMNS, &html! {
                        @for row in &self.rows {
                            tr {
                                th scope="row" { (row.month) }
                                td.amount { (money(&row.charges)) }
                                td.amount { (money(&row.refunds)) }
                                td.amount { (money(&row.disputes)) }
                                td.amount { (money(&row.fees)) }
                                td.amount { strong { (money(&row.net)) } }
                                td { (row.due) }
                                td.wrap {
                                    @if row.is_paid.is_some() { (badge("positive", "Paid")) }
                                    @else { (badge("plain", "Due")) }
                                    @if !row.note.is_empty() { " " (row.note) }
                                }
                            }
                        }
                    }))
                    (pager(frame, &self.listing))
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            month: "2026-05".to_owned(),
            charges: "$1,000.00".to_owned(),
            refunds: "-$10.00".to_owned(),
            disputes: "$0.00".to_owned(),
            fees: "-$39.90".to_owned(),
            net: "$950.10".to_owned(),
            due: "Jun 15, 2026".to_owned(),
            is_paid: Some(()),
            note: "<b>Transfer</b> 7".to_owned(),
        };
        let listing = Listing::read(PATH, Some("status=paid"), KIND);
        vec![Self { rows: vec![row], listing: listing.clone() }, Self { rows: Vec::new(), listing }]
    }
}

fn row(it: &Settlement) -> Row {
    let shown = |amount| it.currency.display(amount);
    Row {
        month: format!("{:04}-{:02}", it.month / 100, it.month % 100),
        charges: shown(it.totals.charges.amount),
        refunds: shown(it.totals.refunds.amount),
        disputes: shown(it.totals.disputes.amount),
        fees: shown(it.totals.fees),
        net: shown(it.net),
        due: it.due_on.display(),
        is_paid: (it.status == SettlementStatus::Paid).then_some(()),
        note: it.note.clone().unwrap_or_default(),
    }
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let listing = Listing::read(PATH, query.as_deref(), KIND);
    let request = listing.request();
    let filter = SettlementFilter {
        partner_id: Some(guest.partner_id()?),
        status: SettlementStatus::parse(listing.filter("status")),
    };
    let page = guest.portal.app().settlements(filter, &request).await?;
    let place = |it: &Settlement| (None, it.settlement_id.to_string());
    let (rows, listing) = listing.page((page, &request), place, |it| row(&it));
    Ok(shell::show(&guest, &Settlements { rows, listing }))
}
