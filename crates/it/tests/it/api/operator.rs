//! `/v1/operator` and `/v1/partner`.

use rstest::rstest;
use serde_json::json;

use crate::harness::{Api, Engine};

// RTL-01 RTL-05
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_operator_makes_a_partner_that_goes_on_by_itself(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let key = api.key_of(None, &[], None).await;
    let call = |method: &str, path: &str| api.call(method, path).key(&key);
    let new = json!({"slug": "elm-voice", "company_name": "Elm Voice LLC",
                     "billing_email": "billing@elm.example", "status": "active",
                     "timezone": "America/Chicago", "tier": "business"});
    let created = call("POST", "/v1/operator/partners").json(new.clone()).send().await.expect(201);
    let path = created.header("location").to_owned();
    assert_eq!(created.json()["timezone"], "America/Chicago");
    let again = call("POST", "/v1/operator/partners").json(new).send().await.expect(422).json();
    assert_eq!(again["errors"][0]["pointer"], "/slug");
    let made = call("POST", &format!("{path}/api-keys")).json(json!({"name": "First"}));
    let made = made.send().await.expect(201).json();
    let own = made["secret"].as_str().unwrap();
    let partner = api.call("GET", "/v1/partner").key(own).send().await.expect(200);
    assert_eq!(partner.json(), created.json());
    let changes = json!({"brand_name": "Elm", "payment_terms_days": 30});
    let stale = api.call("PATCH", "/v1/partner").key(own).header("if-match", "\"9\"");
    assert_eq!(stale.json(changes.clone()).send().await.problem().0, 412);
    let edit = api.call("PATCH", "/v1/partner").key(own).header("if-match", "\"1\"");
    let edited = edit.json(changes).send().await.expect(200).json();
    assert_eq!((&edited["brand_name"], &edited["version"]), (&json!("Elm"), &json!(2)));
    let limit = call("PUT", &format!("{path}/rate-limit")).json(json!({"rate_limit": 4}));
    limit.send().await.expect(200);
    let mut answers = Vec::new();
    for _ in 0..5 {
        let answer = api.call("GET", "/v1/partner").key(own).send().await;
        answers.push(answer.status.as_u16());
    }
    assert_eq!(answers, [200, 200, 200, 200, 429]);
    api.get("/v1/partner").await.expect(200);
}

// WAL-21 PLT-23
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn wallets_and_terms_are_the_operators_to_change(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let key = api.key_of(None, &[], None).await;
    let path = format!("/v1/operator/partners/{}", api.partner.partner_id);
    let adjust =
        |body| api.call("POST", &format!("{path}/adjustments")).key(&key).json(body).send();
    let body = json!({"amount": "-3.00", "reason": "Goodwill", "reference": "t-1"});
    for _ in 0..2 {
        let answer = adjust(body.clone()).await.expect(201).json();
        assert_eq!(answer["balance"], "-3.00");
    }
    let without = json!({"amount": "-3.00", "reason": "", "reference": "t-2"});
    let answer = adjust(without).await.expect(422).json();
    assert_eq!(answer["errors"][0]["pointer"], "/reason");
    let terms = |body| api.call("POST", &format!("{path}/terms")).key(&key).json(body).send();
    let later = json!({"tier": "business", "effective_from": "2026-07-01T00:00:00Z"});
    terms(later).await.expect(201);
    let before = json!({"tier": "starter", "effective_from": "2026-06-01T00:00:00Z"});
    let answer = terms(before).await.expect(422).json();
    assert_eq!(answer["errors"][0]["pointer"], "/effective_from");
    let all = api.call("GET", &format!("{path}/terms")).key(&key).send().await.expect(200).json();
    let tiers: Vec<_> = all["data"].as_array().unwrap().iter().map(|it| &it["tier"]).collect();
    assert_eq!(tiers, ["starter", "business"]);
    let refused = api.call("GET", &path).send().await;
    assert_eq!(refused.problem(), (403, "forbidden".to_owned()));
}

// BEY-05
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_clock_closes_the_month_on_its_way(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let key = api.key_of(None, &[], None).await;
    let profile = api.world.profile(&api.partner, "Flat Rate Starter").await;
    let new = json!({"name": "Acme", "sip_prefix": "ACME", "billing_email": "a@b.example",
                     "status": "active", "billing_profile_id": profile});
    let tenant = api.post("/v1/tenants", new).await.expect(201).json();
    let advance = |to: &str| {
        let call = api.call("POST", "/v1/operator/clock").key(&key);
        call.json(json!({ "now": to })).send()
    };
    let clock = advance("2026-06-02T00:00:00Z").await.expect(200).json();
    assert_eq!(clock, json!({"now": "2026-06-02T00:00:00Z", "simulated": true, "moving": false}));
    let kinds = api.world.event_kinds(&api.partner).await;
    assert!(kinds.iter().any(|kind| kind == "invoice.created"), "{kinds:?}");
    let back = advance("2026-06-01T00:00:00Z").await.expect(422).json();
    assert_eq!(back["errors"][0]["pointer"], "/now");
    let shown = api.get(&format!("/v1/tenants/{}", tenant["id"].as_str().unwrap())).await.json();
    assert_eq!(shown["current_period"]["start"], "2026-06-01T00:00:00Z");
    let jobs = api.call("GET", "/v1/operator/jobs?state=done").key(&key).send().await.json();
    assert!(!jobs["data"].as_array().unwrap().is_empty());
}
