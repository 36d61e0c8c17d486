//! The calls behind a line of an invoice: from a total down to one call (BEY-03).
//!
//! Decided here: the calls' billed and included seconds are those that the line was made of; where
//! there are too many to list, their number is told and the first are shown.

use axum::{Router, extract::Path, response::Response, routing::get};
use domain::{
    ids::{InvoiceId, LineId},
    invoice::issued::Invoice,
    money::Nanos,
    time::Timestamp,
};
use maud::{Markup, html};
use serde_json::Value;

use super::{clock, owner};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    parts::{Column, crumbs, empty_state, page_head, stat, stats, table_of},
    shell::{self, Frame, Page},
};

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/my/invoices/{id}/lines/{line}", get(show))
}

/// A call of a line.
#[derive(Debug, Clone)]
struct CallRow {
    id: String,
    ended: String,
    from: String,
    to: String,
    billed: String,
    included: String,
    charged: String,
    price: String,
}

/// A line with its calls.
#[derive(Debug, Clone)]
pub(in crate::portal) struct LinePage {
    invoice: (String, String),
    description: String,
    amount: String,
    facts: Vec<(&'static str, String)>,
    rows: Vec<CallRow>,
    /// How many more there are, in a sentence; nothing where all are shown.
    more: Option<String>,
}

impl Page for LinePage {
    fn title(&self) -> String {
        "Calls of a line".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let (id, number) = &self.invoice;
        let columns = [
            Column::text("Ended"),
            Column::text("From"),
            Column::text("To"),
            Column::amount("Billed"),
            Column::amount("Included"),
            Column::amount("Charged"),
            Column::amount("Price before included"),
        ];
        html! {
            (crumbs(frame, &format!("/my/invoices/{id}"), &format!("Invoice {number}")))
            (page_head(&self.description, "", &Markup::default()))
            (stats("This line", &html! {
                (stat(frame, ("Amount", &self.amount), None))
                @for (name, value) in &self.facts { (stat(frame, (name, value), None)) }
            }))
            section.card aria-label="Calls" {
                @if self.rows.is_empty() {
                    (empty_state("No calls", "No call stands behind this line."))
                } @else {
                    (table_of((frame, "Calls of this line"), &columns, &html! {
                        @for row in &self.rows { (tr(frame, row)) }
                    }))
                }
                @if let Some(more) = &self.more { footer { (more) } }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = CallRow {
            id: "call_00000000000000000000000001".to_owned(),
            ended: "Nov 24, 2026, 18:05".to_owned(),
            from: "<b>101</b>".to_owned(),
            to: "+442079460000000000000".to_owned(),
            billed: "1:02:06".to_owned(),
            included: "0:00".to_owned(),
            charged: "1:02:06".to_owned(),
            price: "$1.2345".to_owned(),
        };
        let full = Self {
            invoice: ("inv_1".to_owned(), "INV-<b>1</b>".to_owned()),
            description: "Calls to <i>anywhere</i>".to_owned(),
            amount: "$30.86".to_owned(),
            facts: vec![("Calls", "2".to_owned())],
            rows: vec![row.clone(), row],
            more: Some("100 more calls are in the call history.".to_owned()),
        };
        let none = Self { rows: Vec::new(), more: None, ..full.clone() };
        vec![full, none]
    }
}

fn tr(frame: &Frame, row: &CallRow) -> Markup {
    html! {
        tr {
            th scope="row" {
                a href=(frame.path(&format!("/my/calls/{}", row.id))) { (row.ended) }
            }
            td { (row.from) }
            td { (row.to) }
            td.amount { (row.billed) }
            td.amount { (row.included) }
            td.amount { (row.charged) }
            td.amount { (row.price) }
        }
    }
}

async fn show(
    guest: Guest,
    Path((invoice, line)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let owner = owner(&guest)?;
    let (Ok(invoice_id), Ok(line_id)) = (invoice.parse::<InvoiceId>(), line.parse::<LineId>())
    else {
        return Err(Fault::Nowhere);
    };
    let app = guest.portal.app();
    let (invoice, line) = app.own_line(owner, (invoice_id, line_id)).await?;
    Ok(shell::show(&guest, &page(&invoice, &line)))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn page(invoice: &Invoice, line: &Value) -> LinePage {
    let calls = &line["calls"];
    let listed = calls["listed"].as_array().cloned().unwrap_or_default();
    let count = calls["count"].as_i64().unwrap_or_default();
    let left = count - i64::try_from(listed.len()).unwrap_or(count);
    let seconds = |name: &str| clock(calls[name].as_i64().unwrap_or_default());
    let facts = vec![
        ("Calls", count.to_string()),
        ("Billed time", seconds("billed_seconds")),
        ("Of it included", seconds("included_seconds")),
        ("Price before included", money(invoice, &calls["price_before_included"])),
    ];
    let amount = invoice.currency.parse_minor(line["amount"].as_str().unwrap_or_default());
    LinePage {
        invoice: (invoice.invoice_id.to_string(), invoice.number.clone().unwrap_or_default()),
        description: text(&line["description"]),
        amount: amount.map_or_else(|_| text(&line["amount"]), |it| invoice.currency.display(it)),
        facts,
        rows: listed.iter().map(|call| row(invoice, call)).collect(),
        more: (left > 0).then(|| format!("{left} more calls are in the call history.")),
    }
}

fn money(invoice: &Invoice, value: &Value) -> String {
    let price = Nanos::parse(value.as_str().unwrap_or_default());
    price.map_or_else(|_| text(value), |price| invoice.currency.display_rate(price))
}

fn row(invoice: &Invoice, call: &Value) -> CallRow {
    let seconds = |name: &str| clock(call[name].as_i64().unwrap_or_default());
    let ended = Timestamp::parse(call["ended_at"].as_str().unwrap_or_default());
    CallRow {
        id: text(&call["call"]),
        ended: ended.map_or_else(|_| text(&call["ended_at"]), |at| invoice.zone.display_minute(at)),
        from: text(&call["from"]),
        to: text(&call["to"]),
        billed: seconds("billed_seconds"),
        included: seconds("included_seconds"),
        charged: seconds("charged_seconds"),
        price: money(invoice, &call["price"]),
    }
}
