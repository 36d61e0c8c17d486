//! `/v1/payment-methods`: saved, shown, chosen, removed.

use domain::ids::TenantId;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Api, Engine, http::Answer};

/// Saves a test method and answers it.
pub(super) async fn saved(api: &Api, tenant_id: Option<TenantId>, name: &str) -> Value {
    let kind = if name.starts_with("bank") { "us_bank_account" } else { "card" };
    let body = json!({"tenant_id": tenant_id, "type": kind, "test_method": name});
    let answer = api.post("/v1/payment-methods", body).await.expect(201).json();
    assert_eq!(answer["client_secret"], Value::Null, "{answer}");
    answer["payment_method"].clone()
}

async fn list(api: &Api, tenant_id: Option<TenantId>) -> Vec<Value> {
    let of = tenant_id.map(|it| format!("?tenant_id={it}")).unwrap_or_default();
    let answer = api.get(&format!("/v1/payment-methods{of}")).await.expect(200).json();
    answer["data"].as_array().unwrap().clone()
}

async fn delete(api: &Api, method: &Value, query: &str) -> Answer {
    let path = format!("/v1/payment-methods/{}{query}", method["id"].as_str().unwrap());
    api.call("DELETE", &path).send().await
}

async fn count(api: &Api, kind: &str) -> usize {
    let kinds = api.world.event_kinds(&api.partner).await;
    kinds.iter().filter(|found| *found == kind).count()
}

// PMT-01 PMT-03 PMT-04 PMT-07 PMT-08 PMT-09 PMT-11 C-37
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn methods_of_a_tenant_are_saved_chosen_and_removed(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let tenant = api.world.bare_tenant(&api.partner, "OAK").await.tenant_id;
    let auto_pay = json!({"auto_pay": true});
    let path = format!("/v1/tenants/{tenant}");
    let on = api.patch(&path, auto_pay).await.expect(200).json();
    assert_eq!(on["auto_pay"], true, "{on}");
    let first = saved(&api, Some(tenant), "visa").await;
    assert_eq!((&first["default"], &first["last_four"]), (&json!(true), &json!("4242")));
    let second = saved(&api, Some(tenant), "mastercard").await;
    assert_eq!((&second["default"], &second["brand"]), (&json!(false), &json!("mastercard")));
    assert_eq!(count(&api, "payment_method.attached").await, 2);
    let both = list(&api, Some(tenant)).await;
    assert_eq!(both.iter().filter(|it| it["default"] == true).count(), 1);
    let fields: Vec<&String> = both[0].as_object().unwrap().keys().collect();
    let mut wanted = vec![
        "brand",
        "created_at",
        "default",
        "expired",
        "expires_month",
        "expires_year",
        "id",
        "last_four",
        "status",
        "tenant_id",
        "type",
    ];
    wanted.sort_unstable();
    let mut fields: Vec<&str> = fields.iter().map(|it| it.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, wanted);

    let refused = delete(&api, &first, "").await;
    assert_eq!(refused.problem(), (409, "another_default_needed".to_owned()));
    let default = format!("/v1/payment-methods/{}/default", second["id"].as_str().unwrap());
    let now = api.call("POST", &default).send().await.expect(200).json();
    assert_eq!(now["default"], true);
    delete(&api, &first, "").await.expect(204);
    assert_eq!(delete(&api, &first, "").await.problem().0, 404);
    let refused = delete(&api, &second, "").await;
    assert_eq!(refused.problem(), (409, "confirmation_needed".to_owned()));
    assert_eq!(api.get(&path).await.json()["auto_pay"], true);
    delete(&api, &second, "?confirm=true").await.expect(204);
    assert_eq!(api.get(&path).await.json()["auto_pay"], false);
    assert_eq!(list(&api, Some(tenant)).await.len(), 0);
    assert_eq!(count(&api, "payment_method.detached").await, 2);
    // What was removed here is taken away at the processor.
    let done = api.world.app.run_jobs(api.world.app.clock.now()).await.unwrap();
    assert_eq!((done.retried, done.given_up), (0, 0), "{done:?}");
}

// PMT-02 SKY-12
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_card_number_is_refused_and_kept_nowhere(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    for body in [
        json!({"number": "4242424242424242", "cvc": "123"}),
        json!({"test_method": "4242 4242 4242 4242"}),
        json!({"type": "4242-4242-4242-4242"}),
        json!({"tenant_id": "4242424242424242"}),
    ] {
        let refused = api.post("/v1/payment-methods", body.clone()).await;
        assert_eq!(refused.status.as_u16(), 422, "{body}");
        assert!(!String::from_utf8_lossy(&refused.body).contains("4242 4242"), "{body}");
    }
    saved(&api, None, "visa").await;
    let began = api.post("/v1/payment-methods", json!({})).await.expect(201);
    assert_eq!(began.header("cache-control"), "no-store");
    let secret = began.json()["client_secret"].as_str().unwrap().to_owned();
    let logged = format!("{:?}", api.world.content().await);
    for never in ["4242424242424242", "4242 4242 4242 4242", secret.as_str()] {
        assert!(!logged.contains(never), "{never} is in the database");
    }
}

// PMT-05 PMT-13 facts 16: an unverified bank account is neither default nor charged
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_bank_account_is_verified_before_it_is_used(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let (app, partner_id) = (&api.world.app, api.partner.partner_id);
    let tenant = api.world.bare_tenant(&api.partner, "OAK").await.tenant_id;
    let bank = saved(&api, Some(tenant), "bank_microdeposits").await;
    assert_eq!(
        (&bank["status"], &bank["default"]),
        (&json!("pending_verification"), &json!(false))
    );
    let id = bank["id"].as_str().unwrap();
    let default = api.call("POST", &format!("/v1/payment-methods/{id}/default")).send().await;
    assert_eq!(default.problem(), (409, "payment_method_unusable".to_owned()));
    let charged = app.method_for_charge(partner_id, Some(tenant), Some(id.parse().unwrap())).await;
    assert!(charged.unwrap_err().to_string().contains("not verified"));
    let confirm = format!("/v1/payment-methods/{id}/confirm");
    let wrong = api.post(&confirm, json!({"amounts": [1, 2]})).await;
    assert_eq!(wrong.problem().0, 422);
    for _ in 0..2 {
        let right = api.post(&confirm, json!({"amounts": [32, 45]})).await.expect(200).json();
        assert_eq!(right["status"], "succeeded");
        assert_eq!(right["payment_method"]["status"], "active");
        assert_eq!(right["payment_method"]["default"], true);
    }
    assert_eq!(count(&api, "payment_method.attached").await, 1);
    let charged = app.method_for_charge(partner_id, Some(tenant), None).await.unwrap();
    assert_eq!(charged.method_id.to_string(), id);
    // An expired card is shown as such, and is what is charged where it is named.
    let expired = saved(&api, Some(tenant), "expired").await;
    assert_eq!(expired["expired"], true);
    let expired = expired["id"].as_str().unwrap().parse().unwrap();
    app.method_for_charge(partner_id, Some(tenant), Some(expired)).await.unwrap();
}

// PMT-12: methods of one are never another's
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_method_is_its_owners_alone(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let (app, partner_id) = (&api.world.app, api.partner.partner_id);
    let oak = api.world.bare_tenant(&api.partner, "OAK").await.tenant_id;
    let elm = api.world.bare_tenant(&api.partner, "ELM").await.tenant_id;
    let method = saved(&api, Some(oak), "visa").await;
    let own = saved(&api, None, "visa").await;
    let id = |method: &Value| method["id"].as_str().unwrap().parse().unwrap();
    for (owner, named) in [(Some(elm), id(&method)), (None, id(&method)), (Some(oak), id(&own))] {
        let refused = app.method_for_charge(partner_id, owner, Some(named)).await.unwrap_err();
        assert!(matches!(refused, app::error::AppError::NotFound { .. }), "{refused}");
    }
    let none = app.method_for_charge(partner_id, Some(elm), None).await.unwrap_err();
    assert!(matches!(none, app::error::AppError::Conflict("no_payment_method", _)), "{none}");
    assert_eq!(list(&api, Some(elm)).await.len(), 0);
    assert_eq!(list(&api, None).await.len(), 1);
    let other = api.world.partner("elm-voice").await;
    let foreign = api.key_of(Some(other.partner_id), &[], None).await;
    let restricted = api.key_of(Some(partner_id), &[], Some(&[elm])).await;
    let path = format!("/v1/payment-methods/{}", method["id"].as_str().unwrap());
    for (key, status) in [(&foreign, 404), (&restricted, 403)] {
        for method in ["GET", "DELETE"] {
            assert_eq!(api.call(method, &path).key(key).send().await.problem().0, status);
        }
        let confirm = api.call("POST", &format!("{path}/confirm")).key(key).send().await;
        assert_eq!(confirm.problem().0, status);
    }
    let own = api.call("GET", "/v1/payment-methods").key(&restricted).send().await;
    assert_eq!(own.problem().0, 403);
}

// PMT-11 PAY-12: a request that is sent again saves one method, and a browser that comes back
// twice too
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn saving_again_saves_once(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let new = json!({"type": "card"});
    let mut ids = Vec::new();
    for _ in 0..2 {
        let call = api.call("POST", "/v1/payment-methods").once("k").json(new.clone());
        let began = call.send().await.expect(201).json();
        assert_eq!(began["status"], "waiting");
        ids.push(began["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids[0], ids[1]);
    let confirm = format!("/v1/payment-methods/{}/confirm", ids[0]);
    let failed = api.post(&confirm, json!({"test_method": "no_such"})).await;
    assert_eq!(failed.problem().0, 422);
    for _ in 0..2 {
        let done = api.post(&confirm, json!({"test_method": "visa"})).await.expect(200).json();
        assert_eq!((&done["status"], &done["client_secret"]), (&json!("succeeded"), &Value::Null));
    }
    assert_eq!(list(&api, None).await.len(), 1);
    assert_eq!(count(&api, "payment_method.attached").await, 1);
    let refused = json!({"type": "card", "test_method": "declined_at_once"});
    let refused = api.post("/v1/payment-methods", refused).await.expect(201).json();
    assert_eq!((&refused["status"], &refused["payment_method"]), (&json!("failed"), &Value::Null));
    assert!(refused["failure"].as_str().unwrap().contains("declined"), "{refused}");
    assert_eq!(list(&api, None).await.len(), 1);
}
