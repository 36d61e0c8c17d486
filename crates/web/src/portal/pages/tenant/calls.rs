//! A tenant's call history: searched, filtered, exported, and each call's price explained (ruling
//! 26, BEY-03).
//!
//! Decided here: times are in the tenant's zone (TNT-06). Whoever sees no bills sees no prices.
//! Only the tenant's own side of a price is explained.

use app::{calls::CallFilter, tenant_side::OwnCall};
use axum::{
    Router,
    extract::{Path, RawQuery},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    account::Tenant,
    call,
    cdr::{Direction, Disposition},
    ids::CallId,
    money::Nanos,
    paging::{Key, MAX_LIMIT, Neighbour, Order, PageRequest, Side},
    phone::CallClass,
    time::{Day, Zone},
    usage::RetailCharge,
    user::Ability,
};
use maud::{Markup, html};
use serde_json::Value;

use super::{clock, owner};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{
        Column, Field, badge, card, crumbs, definitions, empty_state, filter_bar, page_head, pager,
        select, table, table_of,
    },
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
    Router::new()
        .route("/my/calls", get(list))
        .route("/my/calls.csv", get(export))
        .route("/my/calls/{id}", get(show))
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

fn result(disposition: Disposition) -> (&'static str, &'static str) {
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
        date: tenant.zone.display_minute(call.started_at.unwrap_or(call.ended_at)),
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
        let results =
            [("", "All"), ("rated", "Billed"), ("free", "Free"), ("unrated", "Not priced")];
        filter_bar(
            frame,
            &self.listing,
            &html! {
                (Field::text("number", "Number").value(of("number")).optional().longest(30).render())
                (select(("direction", "Direction"), &directions, of("direction")))
                (select(("class", "Class"), &classes, of("class")))
                (select(("result", "Price"), &results, of("result")))
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
        tenant.zone.display_local(call.started_at.unwrap_or(call.ended_at)),
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

/// A step of a price.
#[derive(Debug, Clone)]
struct Step {
    what: String,
    seconds: String,
    rate: String,
    price: String,
}

/// One call (BEY-03).
#[derive(Debug, Clone)]
pub(in crate::portal) struct Call {
    date: String,
    result: (&'static str, &'static str),
    facts: Vec<(&'static str, String)>,
    /// How the price came about, where whoever looks may see it.
    price: Option<Vec<(&'static str, String)>>,
    steps: Vec<Step>,
}

impl Page for Call {
    fn title(&self) -> String {
        "Call".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let mut facts: Vec<(&str, Markup)> =
            self.facts.iter().map(|(name, value)| (*name, html! { (value) })).collect();
        facts.insert(0, ("Result", badge(self.result.0, self.result.1)));
        html! {
            (crumbs(frame, "/my/calls", "Call history"))
            (page_head(&format!("Call of {}", self.date), "", &Markup::default()))
            (card(("facts", "The call"), &Markup::default(), &definitions(&facts)))
            @if let Some(price) = &self.price {
                @let pairs: Vec<(&str, Markup)> =
                    price.iter().map(|(name, value)| (*name, html! { (value) })).collect();
                (card(("price", "How its price came about"), &Markup::default(), &html! {
                    (definitions(&pairs))
                    @if !self.steps.is_empty() { (self.steps(frame)) }
                }))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let step = Step {
            what: "<b>44</b> United Kingdom".to_owned(),
            seconds: "0:30".to_owned(),
            rate: "$0.05 per 60 s".to_owned(),
            price: "$0.025".to_owned(),
        };
        let full = Self {
            date: "Nov 24, 2026, 18:05".to_owned(),
            result: ("positive", "Answered"),
            facts: vec![("From", "<b>101</b>".to_owned())],
            price: Some(vec![("Price", "$0.06".to_owned())]),
            steps: vec![step.clone(), step],
        };
        let bare = Self { price: None, steps: Vec::new(), ..full.clone() };
        vec![full, bare]
    }
}

impl Call {
    fn steps(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("Part"),
            Column::amount("Billed"),
            Column::amount("Rate"),
            Column::amount("Price"),
        ];
        table_of(
            (frame, "Parts of the price"),
            &columns,
            &html! {
                @for step in &self.steps {
                    tr {
                        th scope="row" { (step.what) }
                        td.amount { (step.seconds) }
                        td.amount { (step.rate) }
                        td.amount { (step.price) }
                    }
                }
            },
        )
    }
}

async fn show(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let owner = owner(&guest)?;
    let call_id: CallId = id.parse().map_err(|_| Fault::Nowhere)?;
    let app = guest.portal.app();
    let zone = app.tenant(owner.0, owner.1).await?.zone;
    let own = app.own_call(owner, call_id).await?;
    let rating = own.rating.as_ref().filter(|_| guest.may(Ability::SeeBilling));
    let page = Call {
        date: zone.display_minute(own.call.started_at.unwrap_or(own.call.ended_at).0),
        result: disposition(own.call.disposition),
        facts: facts(&own, &zone),
        price: rating.map(|rating| priced(&own, rating)),
        steps: rating.map(|rating| steps(&own, rating)).unwrap_or_default(),
    };
    Ok(shell::show(&guest, &page))
}

fn disposition(name: &str) -> (&'static str, &'static str) {
    Disposition::parse(name).map_or(("quiet", "Unknown"), result)
}

fn facts(own: &OwnCall, zone: &Zone) -> Vec<(&'static str, String)> {
    let call = &own.call;
    let mut facts = vec![
        ("Direction", call.direction.to_owned()),
        ("From", call.from.clone()),
        ("To", call.to.clone()),
        ("Class", call.class.replace('_', "-")),
        ("Ended", zone.display_minute(call.ended_at.0)),
        ("Talk time", clock(call.talk_seconds)),
    ];
    if let Some(at) = call.answered_at {
        facts.insert(4, ("Answered", zone.display_minute(at.0)));
    }
    if call.hold_seconds > 0 {
        facts.push(("On hold", clock(call.hold_seconds)));
    }
    if let Some(extension) = &call.extension {
        facts.push(("Extension", extension.clone()));
    }
    if let Some(reason) = call.reason {
        let name = if call.outcome == "free" { "Free because" } else { "Not priced because" };
        facts.push((name, reason.replace('_', " ")));
    }
    facts
}

/// Money in a trace, as people read it.
fn money(own: &OwnCall, value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    Nanos::parse(text).map_or_else(|_| text.to_owned(), |it| own.currency.display_rate(it))
}

/// What a trace says about a whole call.
fn priced(own: &OwnCall, rating: &Value) -> Vec<(&'static str, String)> {
    let how = &rating["how"];
    let mut facts = Vec::new();
    let mut add = |name, value: Option<String>| {
        if let Some(value) = value.filter(|it| !it.is_empty()) {
            facts.push((name, value));
        }
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let number = |value: &Value| value.as_i64();
    let some = |value: &Value| (!value.is_null()).then(|| money(own, value));
    add("Plan", text(&rating["profile_name"]));
    add("Version of the plan", number(&rating["profile_version"]).map(|it| it.to_string()));
    add("Version of the rates", number(&rating["deck"]["version"]).map(|it| it.to_string()));
    add("Destination", text(&how["name"]));
    add("Prefix", text(&how["prefix"]));
    add("Rate per minute", some(&how["rate_per_minute"]));
    let seconds = |name: &str| number(&how[name]).map(|it| format!("{it} s"));
    add("Billed at least", seconds("minimum_seconds"));
    add("Billed in steps of", seconds("increment_seconds"));
    add("Billed", number(&rating["billed_seconds"]).map(clock));
    add("Connection fee", some(&how["connection_fee"]));
    add("Exact price", text(&how["exact"]));
    add("Price", some(&rating["price"]));
    if own.call.charge == "trial" {
        add("Charged", Some("nothing, because it was made in a trial".to_owned()));
    }
    facts
}

/// The parts of a price by rate deck.
fn steps(own: &OwnCall, rating: &Value) -> Vec<Step> {
    let segments = rating["how"]["segments"].as_array().cloned().unwrap_or_default();
    let step = |segment: &Value| {
        let from = segment["from_second"].as_i64().unwrap_or_default();
        let prefix = segment["prefix"].as_str().unwrap_or_default();
        let per = segment["per_seconds"].as_i64().unwrap_or_default();
        Step {
            what: format!("Prefix {prefix}, from {}", clock(from)),
            seconds: clock(segment["seconds"].as_i64().unwrap_or_default()),
            rate: format!("{} per {per} s", money(own, &segment["rate"])),
            price: money(own, &segment["price"]),
        }
    };
    segments.iter().map(step).collect()
}
