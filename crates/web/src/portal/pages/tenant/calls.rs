//! A tenant's call history: searched, filtered and exported (ruling 26).
//!
//! Decided here: times are in the tenant's zone (TNT-06). Whoever sees no bills sees no prices.

use app::calls::CallFilter;
use axum::{
    Router,
    extract::RawQuery,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    account::Tenant,
    call,
    cdr::{Direction, Disposition},
    money::Nanos,
    paging::{Key, MAX_LIMIT, Neighbour, Order, PageRequest, Side},
    phone::CallClass,
    time::{Day, Timestamp},
    usage::RetailCharge,
    user::Ability,
};
use maud::{Markup, html};

use super::{clock, owner};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{Column, Field, badge, empty_state, filter_bar, page_head, pager, select, table},
    shell::{self, Frame, Page},
};

const KIND: Kind = Kind {
    filters: &["number", "direction", "class", "result", "from", "to"],
    sorts: &[Sortable::by_number("ended")],
    order: Order::Descending,
};
/// Calls in one file at most: who needs more takes shorter ranges.
const MAX_EXPORTED: usize = 10_000;

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/my/calls", get(list)).route("/my/calls.csv", get(export))
}

/// A call as the list shows it.
#[derive(Debug, Clone)]
struct CallRow {
    id: String,
    date: String,
    direction: &'static str,
    from: String,
    to: String,
    class: &'static str,
    talk: String,
    billed: String,
    price: String,
    result: (&'static str, &'static str),
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "Inbound",
        Direction::Outbound => "Outbound",
        Direction::Internal => "Internal",
    }
}

fn class(class: CallClass) -> &'static str {
    match class {
        CallClass::Local => "Local",
        CallClass::TollFree => "Toll-free",
    }
}

pub(super) fn result(disposition: Disposition) -> (&'static str, &'static str) {
    match disposition {
        Disposition::Answered => ("positive", "Answered"),
        Disposition::NoAnswer => ("quiet", "No answer"),
        Disposition::Busy => ("quiet", "Busy"),
        Disposition::Failed => ("negative", "Failed"),
    }
}

fn call_row(call: &call::Call, tenant: &Tenant) -> CallRow {
    let is_free = call.charge == RetailCharge::Trial || call.outcome.codes().0 == "free";
    let price = match call.outcome.codes().0 {
        "unrated" => "not priced yet".to_owned(),
        _ if is_free => "free".to_owned(),
        _ => tenant.currency.display_rate(call.retail.price),
    };
    CallRow {
        id: call.call_id.to_string(),
        date: tenant.zone.display_minute(began(call)),
        direction: direction(call.direction),
        from: call.from.clone(),
        to: call.to.clone(),
        class: class(call.class),
        talk: clock(call.talk_seconds),
        billed: clock(call.retail.billed_seconds),
        price,
        result: result(call.disposition),
    }
}

const COLUMNS: [Column; 9] = [
    Column::text("Date").sorted("ended"),
    Column::text("Direction"),
    Column::text("From"),
    Column::text("To"),
    Column::text("Class"),
    Column::amount("Talk"),
    Column::amount("Billed"),
    Column::text("Result"),
    Column::amount("Price"),
];

/// The history.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Calls {
    rows: Vec<CallRow>,
    listing: Listing,
    sees_prices: Option<()>,
}

impl Page for Calls {
    fn title(&self) -> String {
        "Call history".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let export = frame.path(&format!("/my/calls.csv{}", self.listing.query()));
        let shown = if self.sees_prices.is_some() { 9 } else { 8 };
        html! {
            (page_head("Call history", "", &html! { a.button href=(export) { "Export CSV" } }))
            (self.filters(frame))
            section.card aria-label="Calls" {
                @if self.rows.is_empty() {
                    @if self.listing.is_filtered() {
                        (empty_state("No call is found", "Try other filters."))
                    } @else {
                        (empty_state("No calls yet", "Calls appear here a little after they end."))
                    }
                } @else {
                    (table((frame, "Calls"), &COLUMNS[..shown], &self.listing, &html! {
                        @for row in &self.rows { (self.tr(frame, row)) }
                    }))
                }
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = CallRow {
            id: "call_00000000000000000000000001".to_owned(),
            date: "Nov 24, 2026, 18:05".to_owned(),
            direction: "Outbound",
            from: "<b>101</b>".to_owned(),
            to: "+442079460000000000000".to_owned(),
            class: "Toll-free",
            talk: "1:02:03".to_owned(),
            billed: "1:02:06".to_owned(),
            price: "$1,234.567891234".to_owned(),
            result: ("quiet", "No answer"),
        };
        let listing = |query| Listing::read("/my/calls", Some(query), KIND);
        vec![
            Self {
                rows: vec![row.clone(), row.clone()],
                listing: listing("number=%22%3E%3Cscript%3E&direction=inbound&from=2026-05-01"),
                sees_prices: Some(()),
            },
            Self { rows: vec![row], listing: listing(""), sees_prices: None },
            Self { rows: Vec::new(), listing: listing(""), sees_prices: Some(()) },
            Self { rows: Vec::new(), listing: listing("number=1"), sees_prices: None },
        ]
    }
}

impl Calls {
    fn filters(&self, frame: &Frame) -> Markup {
        let of = |name| self.listing.filter(name);
        let directions = [
            ("", "All"),
            ("inbound", "Inbound"),
            ("outbound", "Outbound"),
            ("internal", "Internal"),
        ];
        let classes = [("", "All"), ("local", "Local"), ("toll_free", "Toll-free")];
        let results = [("", "All"), ("rated", "Billed"), ("free", "Free"), ("unrated", "Unpriced")];
        filter_bar(
            frame,
            &self.listing,
            &html! {
                (Field::text("number", "Number").value(of("number")).optional().longest(30)
                    .render())
                (select(("direction", "Direction"), &directions, of("direction")))
                (select(("class", "Class"), &classes, of("class")))
                (select(("result", "Charge"), &results, of("result")))
                (Field::day("from", "From day").value(of("from")).optional().render())
                (Field::day("to", "To day").value(of("to")).optional().render())
            },
        )
    }

    fn tr(&self, frame: &Frame, row: &CallRow) -> Markup {
        html! {
            tr {
                th scope="row" {
                    a href=(frame.path(&format!("/my/calls/{}", row.id))) { (row.date) }
                }
                td { (row.direction) }
                td { (row.from) }
                td { (row.to) }
                td { (row.class) }
                td.amount { (row.talk) }
                td.amount { (row.billed) }
                td { (badge(row.result.0, row.result.1)) }
                @if self.sees_prices.is_some() { td.amount { (row.price) } }
            }
        }
    }
}

/// When it began, as far as the switch told.
fn began(call: &call::Call) -> Timestamp {
    call.started_at.or(call.answered_at).unwrap_or(call.ended_at)
}

/// What an address asks for; days are the tenant's, and what is no day or word is left out.
fn filter(listing: &Listing, tenant: &Tenant) -> CallFilter {
    let day = |name| Day::parse(listing.filter(name)).ok();
    let outcome = |text: &str| ["rated", "free", "unrated"].into_iter().find(|it| *it == text);
    CallFilter {
        tenant_id: Some(tenant.tenant_id),
        number: listing.chosen("number"),
        direction: Direction::parse(listing.filter("direction")),
        class: CallClass::parse(listing.filter("class")),
        outcome: outcome(listing.filter("result")),
        since: day("from").map(|day| tenant.zone.start_of(day)),
        until: day("to").map(|day| tenant.zone.start_of(day.plus_days(1))),
        ..CallFilter::default()
    }
}

fn place(call: &call::Call) -> (Option<Key>, String) {
    (Some(Key::Int(call.ended_at.micros())), call.call_id.to_string())
}

async fn list(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let (partner_id, tenant_id) = owner(&guest)?;
    let app = guest.portal.app();
    let tenant = app.tenant(partner_id, tenant_id).await?;
    let listing = Listing::read("/my/calls", query.as_deref(), KIND);
    let request = listing.request();
    let (page, _) = app.calls(partner_id, filter(&listing, &tenant), &request).await?;
    let show = |call: call::Call| call_row(&call, &tenant);
    let (rows, listing) = listing.page((page, &request), place, show);
    let sees_prices = guest.may(Ability::SeeBilling).then_some(());
    Ok(shell::show(&guest, &Calls { rows, listing, sees_prices }))
}

/// The same calls as a file.
async fn export(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let (partner_id, tenant_id) = owner(&guest)?;
    let app = guest.portal.app();
    let tenant = app.tenant(partner_id, tenant_id).await?;
    let sees_prices = guest.may(Ability::SeeBilling);
    let listing = Listing::read("/my/calls", query.as_deref(), KIND);
    let mut text = "date,direction,from,to,class,talk_seconds,billed_seconds,result".to_owned();
    text.push_str(if sees_prices { ",price,currency\r\n" } else { "\r\n" });
    let (mut from, mut count) = (None, 0);
    while count < MAX_EXPORTED {
        let request = PageRequest { order: listing.order(), limit: MAX_LIMIT, from };
        let (page, _) = app.calls(partner_id, filter(&listing, &tenant), &request).await?;
        count += page.rows.len();
        for call in &page.rows {
            csv_line(&mut text, (call, &tenant), sees_prices.then_some(()));
        }
        let Some(last) = page.rows.last().filter(|_| page.has_more) else { break };
        let (key, id) = place(last);
        from = Some(Neighbour { side: Side::After, key, id });
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"calls.csv\""),
    ];
    Ok((headers, text).into_response())
}

fn csv_line(text: &mut String, (call, tenant): (&call::Call, &Tenant), sees_prices: Option<()>) {
    let (talk, billed) = (call.talk_seconds.to_string(), call.retail.billed_seconds.to_string());
    let price = call.retail.price.to_string();
    let mut cells = vec![
        tenant.zone.display_local(began(call)),
        call.direction.as_str().to_owned(),
        call.from.clone(),
        call.to.clone(),
        call.class.as_str().to_owned(),
        talk,
        billed,
        call.disposition.as_str().to_owned(),
    ];
    if sees_prices.is_some() {
        cells.extend([price, tenant.currency.code().to_owned()]);
    }
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// A cell of a CSV file (RFC 4180) that no spreadsheet takes for a formula. A plus sign before
/// digits alone is a number.
fn quoted(cell: &str) -> String {
    let is_number = cell
        .strip_prefix('+')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
        || Nanos::parse(cell).is_ok();
    let is_risky = !is_number && cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if is_risky { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}
