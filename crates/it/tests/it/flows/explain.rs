//! Every cent explains itself: from an invoice's total down to one call, the parts add up.

use app::{
    explain::Question,
    setup::{NewDeckVersion, NewTax, NewTenant},
};
use domain::{
    account::Partner,
    money::Nanos,
    profile::{Included, MinuteRates, ProfileTerms, UsageScope, automatic_profiles},
};
use rstest::rstest;
use serde_json::Value;

use super::ingest::OUTSIDE;
use crate::harness::{CallLine, Engine, World, builders::at};

const NUMBER: &str = "+15015550111";
const FREE_NUMBER: &str = "+18775550111";

fn rate(text: &str) -> Nanos {
    Nanos::parse(text).unwrap()
}

/// A decimal of an explanation, in billionths.
fn amount(value: &Value) -> i64 {
    let text = value.as_str().unwrap_or_else(|| panic!("no amount: {value}"));
    rate(text).get()
}

fn total(values: &Value, field: &str) -> i64 {
    values.as_array().unwrap().iter().map(|value| amount(&value[field])).sum()
}

fn integers(values: &Value, field: &str) -> i64 {
    values.as_array().unwrap().iter().map(|value| value[field].as_i64().unwrap()).sum()
}

impl World {
    async fn explained(&self, question: Question) -> Value {
        self.app.explain(&question).await.unwrap().0
    }

    /// A tenant on these terms with a local and a toll-free number.
    async fn on_terms(&self, partner: &Partner, terms: &ProfileTerms) {
        let id = partner.partner_id;
        let saved = self.app.create_profile(id, terms).await.unwrap();
        let mut new = NewTenant::named("Acme", "acme", "books@acme.example");
        new.profile_id = Some(saved.version.profile_id);
        let tenant = self.app.create_tenant(id, &new).await.unwrap();
        let numbers = [NUMBER, FREE_NUMBER];
        self.app.assign_numbers(id, tenant.tenant_id, &numbers).await.unwrap();
        let tax = NewTax {
            code: "US-AR".to_owned(),
            name: "Arkansas".to_owned(),
            rate: "0.065".to_owned(),
            enabled: true,
        };
        self.app.create_tax(id, &tax).await.unwrap();
        let codes = ["US-AR".to_owned()];
        self.app.set_tenant_taxes(id, tenant.tenant_id, &codes).await.unwrap();
    }

    /// Asserts that an invoice, its lines and their calls add up; answers the usage lines.
    async fn adds_up(&self, number: &str) -> Vec<Value> {
        let invoice = self.explained(Question::Invoice(number.to_owned())).await;
        let sum = total(&invoice["lines"], "amount");
        assert_eq!(sum, amount(&invoice["subtotal"]), "{invoice:#}");
        assert_eq!(total(&invoice["taxes"], "amount"), amount(&invoice["tax"]), "{invoice:#}");
        assert_eq!(sum + amount(&invoice["tax"]), amount(&invoice["total"]), "{invoice:#}");
        let mut usage = Vec::new();
        for line in invoice["lines"].as_array().unwrap() {
            let id = line["line"].as_str().unwrap().parse().unwrap();
            let line = self.explained(Question::Line(id)).await;
            if line["kind"] == "usage" {
                self.calls_add_up(&line).await;
                usage.push(line);
            }
        }
        usage
    }

    async fn calls_add_up(&self, line: &Value) {
        let calls = &line["calls"];
        let listed = &calls["listed"];
        assert_eq!(calls["count"].as_u64(), Some(listed.as_array().unwrap().len() as u64));
        let billed = integers(listed, "billed_seconds");
        let included = integers(listed, "included_seconds");
        assert_eq!(calls["billed_seconds"].as_i64(), Some(billed), "{line:#}");
        assert_eq!(calls["included_seconds"].as_i64(), Some(included), "{line:#}");
        let charged_seconds = billed - included;
        assert_eq!(amount(&line["quantity"]) * 60, charged_seconds * 1_000_000_000, "{line:#}");
        let exact = match line["price"]["unit_price"].as_str() {
            Some(price) => rate(price).get() * charged_seconds / 60,
            None => {
                let sum = amount(&line["price"]["sum_of_call_prices"]);
                assert_eq!(total(listed, "charged"), sum, "{line:#}");
                sum
            }
        };
        let rounded = (exact + 5_000_000) / 10_000_000;
        assert_eq!(Nanos::new(rounded * 10_000_000).get(), amount(&line["amount"]), "{line:#}");
        for listed in listed.as_array().unwrap() {
            let id = listed["call"].as_str().unwrap().parse().unwrap();
            let call = self.explained(Question::Call(id)).await;
            assert_eq!(call["retail"]["price"], listed["price"], "{call:#}");
            assert_eq!(call["retail"]["billed_seconds"], listed["billed_seconds"], "{call:#}");
            call_adds_up(&call["retail"]);
            assert_eq!(call["wholesale"]["agrees_with_terms"], true, "{call:#}");
        }
    }
}

fn call_adds_up(retail: &Value) {
    assert_eq!(retail["agrees_with_terms"], true, "{retail:#}");
    let (how, seconds) = (&retail["how"], retail["billed_seconds"].as_i64().unwrap());
    let exact = if how["segments"].is_array() {
        assert_eq!(integers(&how["segments"], "seconds"), seconds, "{retail:#}");
        let sum = total(&how["segments"], "price") + amount(&how["connection_fee"]);
        assert_eq!(sum, amount(&how["exact"]), "{retail:#}");
        amount(&how["price"])
    } else {
        amount(&how["rate_per_minute"]) * seconds / 60
    };
    assert_eq!(exact, amount(&retail["price"]), "{retail:#}");
}

fn calls() -> Vec<CallLine> {
    let call = |id: &str, parties: (&str, &str), day: u8, talk: u32| {
        CallLine::new(id, parties, at(&format!("2026-05-{day:02}T10:00:00Z")), talk)
    };
    vec![
        call("1", (OUTSIDE, NUMBER), 3, 61),
        call("2", (OUTSIDE, FREE_NUMBER), 4, 200),
        call("3", (NUMBER, OUTSIDE), 5, 125),
        call("4", (NUMBER, "+13125550100"), 6, 7),
        call("5", (OUTSIDE, FREE_NUMBER), 7, 333),
        call("6", (NUMBER, OUTSIDE), 8, 0),
        call("7", (NUMBER, OUTSIDE), 9, 1),
        call("8", (NUMBER, "+13125550100"), 10, 300),
        call("9a", (OUTSIDE, NUMBER), 11, 40).in_group("9"),
        call("9b", (OUTSIDE, NUMBER), 11, 55).in_group("9"),
    ]
}

#[derive(Debug, Clone, Copy)]
enum Prices {
    Plain,
    ByClass,
    Deck,
}

/// Terms with these prices and so many included minutes.
async fn terms(
    world: &World,
    partner: &Partner,
    (prices, included): (Prices, u32),
) -> ProfileTerms {
    let [payg, flat] = automatic_profiles(partner.currency);
    let mut terms = if included == 0 { payg } else { flat };
    terms.name = "Terms".to_owned();
    terms.included_minutes = Included::UpTo(included);
    match prices {
        Prices::Plain => {}
        Prices::ByClass => {
            let (local, toll_free) = (rate("0.021"), rate("0.047"));
            terms.minute_rates = MinuteRates::ByClass { local, toll_free };
        }
        Prices::Deck => {
            let owner = Some(partner.partner_id);
            let deck = world.app.create_deck(owner, "Retail").await.unwrap();
            let version = NewDeckVersion {
                csv: b"prefix,rate_per_minute,connection_fee\n1,0.0215,0.01\n1312,0.05,\n".to_vec(),
                zone: "UTC".to_owned(),
                effective_from: world.app.clock.now(),
            };
            world.app.add_deck_version(owner, deck.deck_id, &version).await.unwrap();
            terms.deck = Some(deck.deck_id);
        }
    }
    terms
}

// BEY-03, INV-08, MET-21 down to one call, for every way of pricing
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_cent_explains_itself(
    #[case] engine: Engine,
    #[values(Prices::Plain, Prices::ByClass, Prices::Deck)] prices: Prices,
    #[values(0, 7)] included: u32,
) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let terms = terms(&world, &partner, (prices, included)).await;
    world.on_terms(&partner, &terms).await;
    world.calls(&calls()).await;
    world.app.run_due(Some(at("2026-06-02T00:00:00Z"))).await.unwrap();
    let usage = world.adds_up("INV-000001").await;
    let of = |field: &str| -> i64 {
        usage.iter().map(|line| line["calls"][field].as_i64().unwrap()).sum()
    };
    assert_eq!((of("count"), of("billed_seconds")), (8, 1_110));
    assert_eq!(of("included_seconds"), i64::from(included) * 60);
}

// BEY-03, PRO-07 inbound calls that the profile does not charge are behind no line
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_not_charged_is_behind_no_line(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let mut terms = terms(&world, &partner, (Prices::Plain, 0)).await;
    terms.usage_scope = UsageScope::OutboundOnly;
    world.on_terms(&partner, &terms).await;
    world.calls(&calls()).await;
    world.app.run_due(Some(at("2026-06-02T00:00:00Z"))).await.unwrap();
    let usage = world.adds_up("INV-000001").await;
    let [line] = &usage[..] else { panic!("{usage:#?}") };
    assert_eq!(line["calls"]["count"], 4);
    assert_eq!(line["calls"]["billed_seconds"], 126 + 12 + 6 + 300);
}
