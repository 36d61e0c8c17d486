//! `/v1/tenants`: states, wrong fields, pages.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Api, Engine};

fn acme() -> Value {
    json!({"name": "Acme Dental", "sip_prefix": "ACME", "billing_email": "books@acme.example",
           "timezone": "America/Chicago"})
}

// TNT-07 TNT-18 TEN-18 TEN-19
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_tenant_lives_from_trial_to_cancelled(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let created = api.post("/v1/tenants", acme()).await.expect(201);
    let tenant = created.json();
    let path = created.header("location").to_owned();
    assert_eq!(tenant["status"], "trial");
    assert_eq!(created.header("etag"), "\"1\"");
    assert_eq!(api.get(&path).await.expect(200).json(), tenant);
    for (step, status) in
        [("activate", "active"), ("suspend", "suspended"), ("unsuspend", "active")]
    {
        let answer = api.call("POST", &format!("{path}/{step}")).send().await.expect(200);
        assert_eq!(answer.json()["status"], status, "{step}");
    }
    let wrong = api.call("DELETE", &path).json(json!({"confirm_name": "acme dental"}));
    assert_eq!(wrong.send().await.problem(), (422, "validation_failed".to_owned()));
    let right = api.call("DELETE", &path).json(json!({"confirm_name": "Acme Dental"}));
    assert_eq!(right.send().await.expect(200).json()["status"], "cancelled");
    let refused = api.patch(&path, json!({"name": "B"})).await;
    assert_eq!(refused.problem(), (409, "state_conflict".to_owned()));
    assert_eq!(
        api.world
            .event_kinds(&api.partner)
            .await
            .iter()
            .filter(|it| *it == "tenant.suspended")
            .count(),
        1
    );
}

// TNT-02 TNT-03 TNT-04 TNT-36
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_wrong_field_is_named_and_nothing_is_made(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let mut body = acme();
    body["name"] = "".into();
    body["sip_prefix"] = "A-1".into();
    body["billing_email"] = "x".into();
    let answer = api.post("/v1/tenants", body).await.expect(422).json();
    let pointers: Vec<&str> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/name", "/sip_prefix", "/billing_email"]);
    let mut body = acme();
    body["timezone"] = "Mars/Base".into();
    api.post("/v1/tenants", body).await.expect(422);
    let mut body = acme();
    body["colour"] = "red".into();
    let answer = api.post("/v1/tenants", body).await.expect(422).json();
    assert_eq!(answer["errors"][0]["pointer"], "/colour");
    let mut body = acme();
    body["billing_profile_id"] = "prf_00000000000000000000000000".into();
    let answer = api.post("/v1/tenants", body).await.expect(422).json();
    assert_eq!(answer["errors"][0]["pointer"], "/billing_profile_id");
    assert_eq!(api.get("/v1/tenants").await.json()["data"], json!([]));
    assert_eq!(api.created_tenants().await, 0);
}

// API-11 TNT-13
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn pages_have_no_gap_and_no_double_while_tenants_come(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    for number in 0..25 {
        let name = format!("T{:03}", 24 - number);
        api.world.tenant(&api.partner, &name).await;
    }
    for sort in ["-created_at", "created_at", "name", "-name", "status"] {
        let mut seen = Vec::new();
        let mut path = format!("/v1/tenants?limit=10&sort={sort}");
        loop {
            let page = api.get(&path).await.expect(200).json();
            for tenant in page["data"].as_array().unwrap() {
                seen.push(tenant["name"].as_str().unwrap().to_owned());
            }
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/v1/tenants?limit=10&sort={sort}&starting_after={cursor}");
        }
        let mut unique = seen.clone();
        unique.sort();
        unique.dedup();
        assert_eq!((seen.len(), unique.len()), (25, 25), "{sort}");
        if sort == "-name" {
            assert!(seen.is_sorted_by(|a, b| a > b));
        }
    }
    let first = api.get("/v1/tenants?limit=10").await.json();
    let next = first["next_cursor"].as_str().unwrap();
    let second = api.get(&format!("/v1/tenants?limit=10&starting_after={next}")).await.json();
    let back = second["previous_cursor"].as_str().unwrap();
    let again = api.get(&format!("/v1/tenants?limit=10&ending_before={back}")).await.json();
    assert_eq!(again["data"], first["data"]);
    let found = api.get("/v1/tenants?q=books%40T00").await.json();
    assert_eq!(found["data"].as_array().unwrap().len(), 10);
    assert_eq!(api.get("/v1/tenants?q=%25").await.json()["data"], json!([]));
}
