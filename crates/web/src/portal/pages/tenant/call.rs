//! One call of a tenant, and how its price came about (BEY-03).
//!
//! Decided here: only the tenant's own side of a price is explained, and only to those who see
//! bills.

use app::tenant_side::OwnCall;
use axum::{Router, extract::Path, response::Response, routing::get};
use domain::{cdr::Disposition, ids::CallId, money::Nanos, time::Zone, user::Ability};
use maud::{Markup, html};
use serde_json::Value;

use super::{calls::result, clock, owner};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    parts::{Column, badge, card, crumbs, definitions, page_head, table_of},
    shell::{self, Frame, Page},
};

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/my/calls/{id}", get(show))
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
    let began = own.call.started_at.or(own.call.answered_at).unwrap_or(own.call.ended_at);
    let page = Call {
        date: zone.display_minute(began.0),
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
