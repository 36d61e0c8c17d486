//! What the operator owes partners for payments on its account, and that it was paid.
//!
//! Decided here: a settlement is transferred by hand and marked once, with a note for the books.

use app::{
    error::FieldError,
    settlements::{Settlement, SettlementFilter},
};
use axum::{
    Router,
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use domain::{
    ids::{PartnerId, SettlementId},
    paging::Order,
    settlement::SettlementStatus,
    user::Ability,
};
use maud::{Markup, html};

use super::{refused, word};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{
        Column, badge, empty_state, filter_bar, hidden, other_errors, page_head, pager, select,
        table, tone_of,
    },
    shell::{self, Frame, Page, told},
};

const KIND: Kind = Kind {
    filters: &["status", "partner"],
    sorts: &[Sortable::by_id("made")],
    order: Order::Descending,
};

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/operator/settlements", get(list))
        .route("/operator/settlements/{id}/paid", post(mark_paid))
}

/// A settlement as the list shows it.
#[derive(Debug, Clone)]
struct Row {
    id: String,
    version: i64,
    partner: (String, String),
    month: String,
    charges: String,
    refunds: String,
    fees: String,
    net: String,
    due_on: String,
    status: &'static str,
    note: String,
}

/// The list.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Settlements {
    rows: Vec<Row>,
    listing: Listing,
    may_change: Option<()>,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for Settlements {
    fn title(&self) -> String {
        "Settlements".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("Month").sorted("made"),
            Column::text("Partner"),
            Column::amount("Charges"),
            Column::amount("Back to tenants"),
            Column::amount("Fees"),
            Column::amount("To pay"),
            Column::text("Due"),
            Column::text("Status"),
            Column::actions(),
        ];
        let statuses = [("", "All"), ("due", "Due"), ("paid", "Paid")];
        html! {
            (told(self.notice))
            (page_head("Settlements", "What partners get for payments on your account.",
                &Markup::default()))
            (other_errors(&self.errors, &[]))
            (filter_bar(frame, &self.listing, &html! {
                (select(("status", "Status"), &statuses, self.listing.filter("status")))
            }))
            section.card aria-label="Settlements" {
                @if self.rows.is_empty() {
                    (empty_state("No settlement is here", "They are made every month for partners \
                        whose tenants pay on your account."))
                } @else {
                    (table((frame, "Settlements"), &columns, &self.listing, &html! {
                        @for row in &self.rows { (self.tr(frame, row)) }
                    }))
                }
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            id: "stl_1".to_owned(),
            version: 1,
            partner: ("ptr_1".to_owned(), "Oak <b>Voice</b>".to_owned()),
            month: "2026-05".to_owned(),
            charges: "$1,234,567.89".to_owned(),
            refunds: "$0.00".to_owned(),
            fees: "$12.00".to_owned(),
            net: "-$1,234,567.89".to_owned(),
            due_on: "June 15, 2026".to_owned(),
            status: "due",
            note: String::new(),
        };
        let paid = Row { status: "paid", note: "Transfer <i>7</i>".to_owned(), ..row.clone() };
        let listing = || Listing::read("/operator/settlements", Some("status=due"), KIND);
        let error =
            FieldError { field: "note".to_owned(), message: "Is too <b>long</b>".to_owned() };
        vec![
            Self {
                rows: vec![row, paid],
                listing: listing(),
                may_change: Some(()),
                errors: vec![error],
                notice: None,
            },
            Self {
                rows: Vec::new(),
                listing: listing(),
                may_change: None,
                errors: Vec::new(),
                notice: Some("Saved."),
            },
        ]
    }
}

impl Settlements {
    fn tr(&self, frame: &Frame, row: &Row) -> Markup {
        let (id, name) = &row.partner;
        let action = format!("/operator/settlements/{}/paid", row.id);
        html! {
            tr {
                th scope="row" { (row.month) }
                td { a href=(frame.path(&format!("/partners/{id}"))) { (name) } }
                td.amount { (row.charges) }
                td.amount { (row.refunds) }
                td.amount { (row.fees) }
                td.amount { (row.net) }
                td { (row.due_on) }
                td {
                    (badge(tone_of(row.status), &word(row.status)))
                    @if !row.note.is_empty() { " " span.quietly { (row.note) } }
                }
                td.actions {
                    @if self.may_change.is_some() && row.status == "due" {
                        form.inline method="post" action=(frame.path(&action)) {
                            (frame.seal())
                            (hidden("seen", row.version))
                            label.unseen for={ "note-" (row.id) } {
                                "Note for " (name) ", " (row.month)
                            }
                            input id={ "note-" (row.id) } name="note" maxlength="500"
                                placeholder="Note, such as the transfer's number";
                            button.button.small type="submit" {
                                "Mark as paid" span.unseen { ": " (name) ", " (row.month) }
                            }
                        }
                    }
                }
            }
        }
    }
}

async fn page(guest: &Guest, query: Option<&str>) -> Result<Settlements, Fault> {
    let app = guest.portal.app();
    let listing = Listing::read("/operator/settlements", query, KIND);
    let partner: Option<PartnerId> = listing.filter("partner").parse().ok();
    let status = SettlementStatus::parse(listing.filter("status"));
    let filter = SettlementFilter { partner_id: partner, status };
    let request = listing.request();
    let found = app.settlements(filter, &request).await?;
    let names = app.partner_names(found.rows.iter().map(|it| it.partner_id)).await?;
    let place = |it: &Settlement| (None, it.settlement_id.to_string());
    let show = |it: Settlement| row(&it, names.get(&it.partner_id).cloned().unwrap_or_default());
    let (rows, listing) = listing.page((found, &request), place, show);
    Ok(Settlements {
        rows,
        listing,
        may_change: guest.may(Ability::Change).then_some(()),
        errors: Vec::new(),
        notice: super::notice(query),
    })
}

fn row(it: &Settlement, partner: String) -> Row {
    let money = |amount| it.currency.display(amount);
    let back = it.totals.refunds.amount.plus(it.totals.disputes.amount);
    Row {
        id: it.settlement_id.to_string(),
        version: it.version,
        partner: (it.partner_id.to_string(), partner),
        month: format!("{}-{:02}", it.month / 100, it.month % 100),
        charges: money(it.totals.charges.amount),
        refunds: back.map_or_else(|_| String::new(), money),
        fees: money(it.totals.fees),
        net: money(it.net),
        due_on: it.due_on.display_long(),
        status: it.status.as_str(),
        note: it.note.clone().unwrap_or_default(),
    }
}

async fn list(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let page = page(&guest, query.as_deref()).await?;
    Ok(shell::show(&guest, &page))
}

async fn mark_paid(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let settlement_id: SettlementId = id.parse().map_err(|_| Fault::Nowhere)?;
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let note = guest.fields.get("note").trim().to_owned();
    let asking = guest.asking()?;
    let work = async move |app: app::App| {
        app.noted(&asking, ("settlement.mark_paid", None), async |app| {
            let paid = app.mark_settled((settlement_id, seen), &note).await?;
            Ok(paid.settlement_id.to_string())
        })
        .await
    };
    let (status, errors): (StatusCode, _) = match guest.portal.run(work).await {
        Ok(()) => return Ok(guest.go("/operator/settlements?done=settled")),
        Err(error) => refused(error)?,
    };
    let page = Settlements { errors, ..page(&guest, None).await? };
    Ok(shell::with_status(&guest, status, &page))
}
