//! What all requests have in common: ids, limits, repetition, logs.

use rstest::rstest;
use serde_json::json;

use crate::harness::{Api, Engine};

// API-04 API-05 API-06
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_answer_has_a_request_id_and_a_known_shape(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let mut ids = Vec::new();
    for (call, status) in [
        (api.call("GET", "/v1/tenants"), 200),
        (api.call("GET", "/v1/tenants").without_key(), 401),
        (api.call("GET", "/v1/tenants").key("sk_test_nobodys"), 401),
        (api.call("GET", "/v1/nowhere"), 404),
        (api.call("PUT", "/v1/tenants"), 405),
        (api.call("GET", "/v1/tenants/tnt_x"), 404),
        (api.call("GET", "/v1/tenants/tnt_00000000000000000000000000"), 404),
        (api.call("GET", "/v1/tenants?limit=0"), 422),
        (api.call("GET", "/v1/tenants?starting_after=x"), 422),
        (api.call("POST", "/v1/tenants").bytes("text/plain", b"{}".to_vec()), 415),
        (api.call("POST", "/v1/tenants").bytes("application/json", b"{".to_vec()), 400),
        (api.call("POST", "/v1/tenants").bytes("application/json", vec![b' '; 2_000_000]), 413),
    ] {
        let answer = call.send().await.expect(status);
        let id = answer.header("x-request-id").to_owned();
        assert!(id.starts_with("req_"), "{id}");
        if status != 200 {
            let problem = answer.json();
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert_eq!(problem["request_id"], id.as_str());
            assert_eq!(problem["status"], status);
        }
        ids.push(id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 12);
}

// API-12
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_repeated_request_has_one_effect_and_one_answer(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let body = json!({"name": "Acme", "sip_prefix": "ACME", "billing_email": "a@b.example"});
    let call = || api.call("POST", "/v1/tenants").once("k1").json(body.clone());
    let first = call().send().await.expect(201);
    let second = call().send().await.expect(201);
    assert_eq!(first.body, second.body);
    assert_eq!(second.header("location"), first.header("location"));
    assert_eq!(first.header("idempotent-replayed"), "");
    assert_eq!(second.header("idempotent-replayed"), "true");
    let other = json!({"name": "Other", "sip_prefix": "OTHER", "billing_email": "a@b.example"});
    let reused = api.call("POST", "/v1/tenants").once("k1").json(other).send().await;
    assert_eq!(reused.problem(), (422, "idempotency_key_reused".to_owned()));
    assert_eq!(api.created_tenants().await, 1);
    // What was refused may be sent again with the same key.
    let wrong = json!({"name": "", "sip_prefix": "OAK", "billing_email": "a@b.example"});
    api.call("POST", "/v1/tenants").once("k2").json(wrong).send().await.expect(422);
    let right = json!({"name": "Oak", "sip_prefix": "OAK", "billing_email": "a@b.example"});
    api.call("POST", "/v1/tenants").once("k2").json(right).send().await.expect(201);
}

// API-12 at the same time
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twins_at_the_same_time_have_one_effect(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let body = json!({"name": "Acme", "sip_prefix": "ACME", "billing_email": "a@b.example"});
    let calls = (0..8).map(|_| api.call("POST", "/v1/tenants").once("k").json(body.clone()).send());
    let answers = futures::future::join_all(calls).await;
    let made: Vec<_> = answers.iter().filter(|answer| answer.status.as_u16() == 201).collect();
    assert!(!made.is_empty(), "{answers:?}");
    assert!(made.iter().all(|answer| answer.body == made[0].body));
    for answer in answers.iter().filter(|answer| answer.status.as_u16() != 201) {
        assert_eq!(answer.problem(), (409, "idempotency_in_progress".to_owned()));
    }
    assert_eq!(api.created_tenants().await, 1);
}

// API-10 a lost race is no failed precondition where nobody stated one
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_loses_a_race_is_told_of_a_conflict(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let edit = |number: usize| {
        let call = api.call("PATCH", "/v1/partner").json(json!({"brand_name": number.to_string()}));
        call.send()
    };
    let mut won = 0;
    for _ in 0..3 {
        for answer in futures::future::join_all((0..12).map(edit)).await {
            let status = answer.status.as_u16();
            won += i64::from(status == 200);
            if status != 200 {
                assert_eq!(answer.problem(), (409, "conflict".to_owned()));
            }
        }
    }
    let version = api.get("/v1/partner").await.json()["version"].as_i64().unwrap();
    assert!(won >= 3 && version == won + 1, "{won} won and {version} is the version");
    let stale = api.call("PATCH", "/v1/partner").header("if-match", "\"1\"");
    let stale = stale.json(json!({"brand_name": "x"})).send().await;
    assert_eq!(stale.problem(), (412, "precondition_failed".to_owned()));
}

// API-10 an object given as a list of its fields is refused where it stands
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_list_is_no_object_at_any_depth(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let tenant = api.world.tenant(&api.partner, "ACME").await.tenant_id;
    let line = json!({"description": "a", "unit_price": "1"});
    let as_list = json!(["a", null, null, "1", null]);
    let limits = json!(["1.00", 1, 1, 1, 80, "alert"]);
    for (path, method, body, pointer) in [
        ("/v1/tenants", "POST", json!([]), ""),
        (
            "/v1/invoices",
            "POST",
            json!({"tenant_id": tenant, "lines": [line, as_list]}),
            "/lines/1",
        ),
        ("/v1/tenant-defaults", "PATCH", json!({"limits": limits}), "/limits"),
    ] {
        let answer = api.call(method, path).json(body).send().await.expect(422).json();
        let error = &answer["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["message"]),
            (&json!(pointer), &json!("must be an object"))
        );
    }
}

// RTL-02 RTL-03 RTL-04
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_beyond_its_limit_is_refused_and_others_go_on(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let new = json!({"name": "slow", "scopes": ["tenants:write"], "rate_limit": 5});
    let slow = api.post("/v1/api-keys", new).await.expect(201).json();
    let slow = slow["secret"].as_str().unwrap();
    for left in (0..5).rev() {
        let answer = api.call("GET", "/v1/tenants").key(slow).send().await.expect(200);
        assert!(answer.header("ratelimit").contains(&format!("\"key\";r={left};")));
    }
    let body = json!({"name": "Acme", "sip_prefix": "ACME", "billing_email": "a@b.example"});
    let refused = api.call("POST", "/v1/tenants").key(slow).json(body).send().await.expect(429);
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert_eq!(api.created_tenants().await, 0);
    api.get("/v1/tenants").await.expect(200);
}
