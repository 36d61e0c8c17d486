//! `/v1/simulations`: what if.

use domain::invoice::{issued::InvoiceKind, status::InvoiceStatus};
use rstest::rstest;
use serde_json::{Value, json};

use super::catalog::pointers;
use crate::harness::{
    Api, CallLine, Engine,
    builders::at,
    trade::{Trade, days, with_bad_rows},
};

const OUTSIDE: &str = "+12125550199";
const ACME: &str = "+15015550100";

/// A profile as terms that nobody has saved.
fn as_terms(mut profile: Value) -> Value {
    let fields = profile.as_object_mut().unwrap();
    for shown in ["id", "version", "currency", "warnings", "created_at", "version_created_at"] {
        fields.remove(shown);
    }
    profile
}

/// Every page of a simulation, its tenants in order.
async fn all_pages(api: &Api, body: &Value) -> Vec<Value> {
    let (mut rows, mut path) = (Vec::new(), "/v1/simulations?limit=5".to_owned());
    loop {
        let page = api.post(&path, body.clone()).await.expect(200).json();
        rows.extend(page["data"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else { return rows };
        path = format!("/v1/simulations?limit=5&starting_after={cursor}");
    }
}

/// What a tenant was billed for closed periods: how many invoices, their subtotals and totals.
async fn billed(api: &Api, tenant_id: &str) -> (i64, i64) {
    let mut tx = api.world.begin().await;
    let owner = (api.partner.partner_id, tenant_id.parse().unwrap());
    let invoices = store::invoices::of_tenant(&mut tx, owner, (None, 100)).await.unwrap();
    invoices
        .iter()
        .filter(|it| it.kind != InvoiceKind::Advance && it.status != InvoiceStatus::Cancelled)
        .fold((0, 0), |sum, it| (sum.0 + it.subtotal.get(), sum.1 + it.total.get()))
}

fn minor(amount: &Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

async fn add_taxes_and_charges(api: &Api) {
    for (code, rate) in [("US-AR", "0.065"), ("US-AR-Pulaski", "0.0133")] {
        let body = json!({"code": code, "name": code, "rate": rate});
        api.post("/v1/tax-jurisdictions", body).await.expect(201);
    }
    let tenants = api.get("/v1/tenants?limit=200").await.json();
    for (number, tenant) in tenants["data"].as_array().unwrap().iter().enumerate() {
        let id = tenant["id"].as_str().unwrap();
        let codes = &["US-AR", "US-AR-Pulaski"][..number % 3];
        let path = format!("/v1/tenants/{id}/tax-jurisdictions");
        api.call("PUT", &path).json(json!({"codes": codes})).send().await.expect(200);
        let charge = json!({"tenant_id": id, "description": "Porting", "quantity": "2",
                            "unit_price": if number % 2 == 0 { "25.00" } else { "-1.50" }});
        api.post("/v1/one-time-charges", charge).await.expect(201);
        let charge = json!({"tenant_id": id, "description": "Support", "unit_price": "9.99"});
        api.post("/v1/recurring-charges", charge).await.expect(201);
        let credit = json!({"tenant_id": id, "amount": "7.77", "reason": "Outage"});
        api.post("/v1/credits", credit).await.expect(201);
    }
}

// BEY-04 the current profile gives exactly what was issued, whatever it is: pay-as-you-go, flat,
// quarterly, by class, with a bundle over two rates, in advance, with a deck
#[rstest]
#[case::sqlite(Engine::Sqlite, 56)]
#[case::postgres(Engine::Postgres, 28)]
#[tokio::test]
async fn the_current_profile_gives_exactly_the_issued_invoices(
    #[case] engine: Engine,
    #[case] tenants: u32,
) {
    let Some(trade) = Trade::open(engine, tenants).await else { return };
    let start = trade.world.app.clock.now();
    let file = with_bad_rows(&trade.calls((11, 1_500), days(start, 60)));
    let partner = trade.world.app.partner_named("oak-voice").await.unwrap();
    let api = Api::over(trade.world, partner).await;
    add_taxes_and_charges(&api).await;
    api.world.import(&file).await.unwrap();
    let until = start.plus_seconds(130 * 86_400);
    api.world.app.run_due(Some(until)).await.unwrap();
    // One of them is cancelled in the middle of a period and gets a final invoice.
    let listed = api.get("/v1/tenants?sort=created_at").await.json();
    let last = &listed["data"][3];
    let path = format!("/v1/tenants/{}", last["id"].as_str().unwrap());
    let confirmed = json!({"confirm_name": last["name"]});
    api.call("DELETE", &path).json(confirmed).send().await.expect(200);
    api.world.app.run_due(Some(until.plus_seconds(86_400))).await.unwrap();
    let told = api.world.event_kinds(&api.partner).await.len();

    let profiles = api.get("/v1/billing-profiles").await.json()["data"].clone();
    let profiles = profiles.as_array().unwrap();
    assert_eq!(profiles.len(), 7);
    let by_id: Vec<Value> =
        profiles.iter().map(|it| json!({"billing_profile_id": it["id"]})).collect();
    let by_terms: Vec<Value> =
        profiles.iter().map(|it| json!({"terms": as_terms(it.clone())})).collect();
    let mut differences = 0;
    for proposals in [by_id, by_terms] {
        let body = json!({"from": "2026-04-01", "to": "2027-01-01", "proposals": proposals});
        let rows = all_pages(&api, &body).await;
        assert_eq!(rows.len(), tenants as usize / 2);
        for row in &rows {
            let id = row["tenant_id"].as_str().unwrap();
            let (subtotal, total) = billed(&api, id).await;
            assert_eq!(minor(&row["actual"]["subtotal"]), subtotal, "{row}");
            assert_eq!(minor(&row["actual"]["total"]), total, "{row}");
            let tenant = api.get(&format!("/v1/tenants/{id}")).await.json();
            let own = profiles.iter().position(|it| it["id"] == tenant["billing_profile_id"]);
            let tried = row["proposals"].as_array().unwrap();
            let same = tried.iter().find(|it| it["proposal"] == own.unwrap()).unwrap();
            assert_eq!(same["amounts"], row["actual"], "{row}");
            assert_eq!((&same["difference"], &same["unrated_calls"]), (&json!("0.00"), &json!(0)));
            assert!(tried.is_sorted_by_key(|it| minor(&it["amounts"]["total"])), "{row}");
            differences += tried.iter().filter(|it| it["difference"] != "0.00").count();
        }
    }
    assert!(differences > tenants as usize, "{differences}");
    assert_eq!(api.world.event_kinds(&api.partner).await.len(), told);
    api.world.assert_clean().await;
}

/// A pay-as-you-go tenant with two calls of ten minutes in May, which is closed.
async fn small(engine: Engine) -> Option<(Api, String)> {
    let api = Api::fresh(engine).await?;
    let tenant = api.world.tenant(&api.partner, "ACME").await;
    let partner_id = api.partner.partner_id;
    api.world.app.assign_numbers(partner_id, tenant.tenant_id, &[ACME]).await.unwrap();
    let calls = [("1", "2026-05-03T10:00:00Z"), ("2", "2026-05-04T10:00:00Z")]
        .map(|(id, ended)| CallLine::new(id, (ACME, OUTSIDE), at(ended), 600));
    api.world.calls(&calls).await;
    api.world.app.run_due(Some(at("2026-06-05T00:00:00Z"))).await.unwrap();
    Some((api, tenant.tenant_id.to_string()))
}

// BEY-04 BEY-02 other decks and terms: what they would have meant, the cheapest first
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn decks_and_terms_are_tried_before_they_are_saved(#[case] engine: Engine) {
    let Some((api, tenant_id)) = small(engine).await else { return };
    let deck = json!({"name": "New", "csv": "prefix,rate_per_minute\n1,0.01\n"});
    let deck = api.post("/v1/rate-decks", deck).await.expect(201).json();
    let body = json!({
        "tenant_ids": [tenant_id],
        "from": "2026-05-01",
        "to": "2026-06-01",
        "proposals": [
            {"rate_deck": {"csv": "prefix,rate_per_minute\n1,0.05\n"}},
            {"rate_deck_id": deck["id"]},
            {"terms": {"name": "All in", "model": "flat_rate", "base_fee": "3.00",
                       "included_minutes": null, "included_dids": null}},
            {"terms": {"name": "Ten minutes", "model": "flat_rate", "included_minutes": 15,
                       "minute_rate": "1"},
             "rate_deck": {"csv": "prefix,rate_per_minute\n1,0.60\n"}},
        ],
    });
    let answer = api.post("/v1/simulations", body).await.expect(200).json();
    let row = &answer["data"][0];
    // 3.00 for the number and 20 minutes at 0.03
    assert_eq!(row["actual"]["subtotal"], "3.60");
    let ranked: Vec<(i64, &str)> = row["proposals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["proposal"].as_i64().unwrap(), it["difference"].as_str().unwrap()))
        .collect();
    // 5 of 20 minutes at 0.60; a fee of 3.00; 3.00 and 0.20; 3.00 and 1.00
    assert_eq!(ranked, [(2, "-0.60"), (3, "-0.60"), (1, "-0.40"), (0, "0.40")]);
    let best = &answer["totals"][0]["proposals"][0];
    assert_eq!((&best["proposal"], &best["difference"]), (&json!(0), &json!("0.40")));
    assert_eq!(row["call_cost"], answer["totals"][0]["call_cost"]);
    let cost = row["call_cost"].as_str().unwrap().parse::<f64>().unwrap();
    let margin = |it: &Value| it.as_str().unwrap().parse::<f64>().unwrap();
    assert!((margin(&row["actual_margin"]) - (3.6 - cost)).abs() < 1e-9, "{row}");
}

// BEY-04 API-08 wrong input is named, foreign and forbidden tenants are not simulated
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_cannot_be_simulated_is_named(#[case] engine: Engine) {
    let Some((api, tenant_id)) = small(engine).await else { return };
    let other = api.world.partner("elm-voice").await;
    let foreign = api.world.tenant(&other, "ELM").await.tenant_id.to_string();
    let own = json!({"billing_profile_id": api.partner.default_profile});
    for (proposals, pointer) in [
        (json!([]), "/proposals"),
        (json!([{}]), "/proposals/0"),
        (json!([own, {"billing_profile_version": 1}]), "/proposals/1/billing_profile_version"),
        (json!([{"billing_profile_id": other.default_profile}]), "/proposals/0/billing_profile_id"),
        (
            json!([{"rate_deck": {"csv": "prefix,rate_per_minute\n1,x\n"}}]),
            "/proposals/0/rate_deck/csv/2/rate_per_minute",
        ),
        (
            json!([{"terms": {"name": "A", "model": "payg", "did_rate": "-1"}}]),
            "/proposals/0/terms/did_rate",
        ),
        (json!([{"rate_deck_id": "dck_00000000000000000000000009"}]), "/proposals/0/rate_deck_id"),
    ] {
        let body = json!({"from": "2026-05-01", "to": "2026-06-01", "proposals": proposals});
        let answer = api.post("/v1/simulations", body).await.expect(422).json();
        assert_eq!(pointers(&answer), [pointer], "{answer}");
    }
    let body = |tenants: Value, to: &str| {
        let to = to.to_owned();
        json!({"tenant_ids": tenants, "from": "2026-05-01", "to": to, "proposals": [own]})
    };
    let answer = api.post("/v1/simulations", body(Value::Null, "2026-05-01")).await.expect(422);
    assert_eq!(pointers(&answer.json()), ["/to"]);
    let answer = api.post("/v1/simulations", body(json!([foreign]), "2026-06-01")).await;
    assert_eq!(pointers(&answer.expect(422).json()), ["/tenant_ids/0"]);

    let elm = api.world.tenant(&api.partner, "OWN2").await.tenant_id;
    let key = api.key_of(Some(api.partner.partner_id), &["billing:read"], Some(&[elm])).await;
    let ask = |tenants: Value| {
        api.call("POST", "/v1/simulations").key(&key).json(body(tenants, "2026-06-01")).send()
    };
    assert_eq!(ask(json!([tenant_id])).await.problem().0, 403);
    assert_eq!(ask(json!([foreign])).await.problem().0, 422);
    let rows = ask(Value::Null).await.expect(200).json();
    assert_eq!(rows["data"].as_array().unwrap().len(), 1);
    assert_eq!(rows["data"][0]["tenant_id"], elm.to_string());
}
