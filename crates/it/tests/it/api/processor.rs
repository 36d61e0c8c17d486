//! `/v1/processor`: three ways of being paid.

use rstest::rstest;
use serde_json::{Value, json};

use super::payment_methods::saved;
use crate::harness::{Api, Engine};

async fn shown(api: &Api) -> Value {
    api.get("/v1/processor").await.expect(200).json()
}

fn keys(name: &str) -> Value {
    json!({"secret_key": format!("sk_test_{name}"), "publishable_key": format!("pk_test_{name}")})
}

async fn put_keys(api: &Api, body: Value) -> crate::harness::http::Answer {
    api.call("PUT", "/v1/processor/keys").json(body).send().await
}

// STR-01 STR-02 STR-04 STR-05 STR-06 STR-25 PMT-10 C-20
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_account_is_connected_and_then_charged(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let fresh = shown(&api).await;
    assert_eq!((&fresh["mode"], &fresh["active_mode"]), (&json!("platform"), &json!("platform")));
    assert_eq!(fresh["application_fee"], "0.0399");
    assert_eq!(fresh["connect"]["status"], "not_connected");
    let wrong = api.patch("/v1/processor", json!({"mode": "stripe"})).await;
    assert_eq!(wrong.problem().0, 422);
    for mode in ["connect", "custom_keys"] {
        let refused = api.patch("/v1/processor", json!({ "mode": mode })).await;
        assert_eq!(refused.problem(), (409, "state_conflict".to_owned()), "{mode}");
    }
    let tenant = api.world.bare_tenant(&api.partner, "OAK").await.tenant_id;
    let on = json!({"auto_pay": true});
    api.patch(&format!("/v1/tenants/{tenant}"), on).await.expect(200);
    let method = saved(&api, Some(tenant), "visa").await;
    let own = saved(&api, None, "visa").await;

    let link = api.call("POST", "/v1/processor/connect").send().await.expect(200);
    assert_eq!(link.header("cache-control"), "no-store");
    let url = link.json()["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("http"), "{url}");
    api.call("POST", "/v1/processor/connect").send().await.expect(200);
    let pending = shown(&api).await;
    assert_eq!(
        (&pending["mode"], &pending["active_mode"]),
        (&json!("connect"), &json!("platform"))
    );
    assert_eq!(pending["connect"]["status"], "pending");
    assert_eq!(api.world.count("connected_account").await, 1);

    let ready = api.call("POST", "/v1/processor/connect/refresh").send().await.expect(200).json();
    assert_eq!((&ready["active_mode"], &ready["blocked"]), (&json!("connect"), &Value::Null));
    let connect = &ready["connect"];
    assert_eq!((&connect["status"], &connect["payouts_enabled"]), (&json!("active"), &json!(true)));
    // The tenant's method is on the other account, the partner's own stays on the platform's.
    let path = format!("/v1/payment-methods/{}", method["id"].as_str().unwrap());
    let old = api.get(&path).await.json();
    assert_eq!((&old["status"], &old["default"]), (&json!("needs_reentry"), &json!(false)));
    let path = format!("/v1/payment-methods/{}", own["id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.json()["status"], "active");
    assert_eq!(api.get(&format!("/v1/tenants/{tenant}")).await.json()["auto_pay"], false);
    let mails = api.world.texts("select body from mail").await;
    assert_eq!(mails.iter().filter(|mail| mail.contains("one tenant")).count(), 1, "{mails:?}");
    let again = saved(&api, Some(tenant), "visa").await;
    assert_eq!((&again["status"], &again["default"]), (&json!("active"), &json!(true)));
    let content = format!("{:?}", api.world.content().await);
    assert!(!content.contains(&url), "a link is kept");
}

// STR-09 STR-10 STR-11 STR-12 STR-13 STR-26 C-19
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn own_keys_are_tried_sealed_masked_and_removed(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let (app, partner_id) = (&api.world.app, api.partner.partner_id);
    for (body, pointer) in [
        (json!({"secret_key": "pk_test_a", "publishable_key": "pk_test_a"}), "/secret_key"),
        (json!({"secret_key": "sk_test_a", "publishable_key": "pk_live_a"}), "/publishable_key"),
        (json!({"secret_key": "sk_test_a", "publishable_key": "sk_test_a"}), "/publishable_key"),
        (keys("invalid"), "/secret_key"),
        (json!({"secret_key": api.key, "publishable_key": "pk_test_a"}), "/secret_key"),
    ] {
        let refused = put_keys(&api, body.clone()).await;
        assert_eq!(refused.problem().0, 422, "{body}");
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{body}");
        assert_eq!(shown(&api).await["mode"], "platform");
    }
    let saved = put_keys(&api, keys("PartnersOwn1234")).await.expect(200).json();
    assert_eq!(
        (&saved["mode"], &saved["active_mode"]),
        (&json!("custom_keys"), &json!("custom_keys"))
    );
    assert_eq!(saved["application_fee"], "0.0");
    assert_eq!(saved["custom_keys"]["masked_key"], "sk_test_…1234");
    assert_eq!(
        (&saved["livemode"], &saved["custom_keys"]["livemode"]),
        (&json!(false), &json!(false))
    );
    let (at, _, fee) = app.processing(partner_id).await.unwrap();
    assert_eq!(
        at.key.as_ref().map(|key| key.reveal().to_owned()).unwrap(),
        "sk_test_PartnersOwn1234"
    );
    assert_eq!(fee, None);
    // Our endpoint is made there, and what signs its events is sealed too.
    app.run_jobs(app.clock.now()).await.unwrap();
    let secret = app.endpoint_secrets(partner_id).await.unwrap().remove(0);
    assert!(secret.reveal().starts_with("whsec_"));
    assert_eq!(shown(&api).await["custom_keys"]["receives_events"], true);
    let content = format!("{:?}", api.world.content().await);
    for never in ["PartnersOwn1234", secret.reveal()] {
        let stored = content.replace("pk_test_PartnersOwn1234", "");
        assert!(!stored.contains(never), "{never} is in the database");
    }
    // Another partner's keys of the same account, and other keys of another account.
    let other = api.world.partner("elm-voice").await;
    let foreign = api.key_of(Some(other.partner_id), &[], None).await;
    let taken = api.call("PUT", "/v1/processor/keys").key(&foreign).json(keys("PartnersOwn1234"));
    assert_eq!(taken.send().await.problem().0, 422);
    let another = put_keys(&api, keys("Another")).await;
    assert_eq!(another.problem(), (409, "state_conflict".to_owned()));

    api.call("DELETE", "/v1/processor/keys").send().await.expect(204);
    let removed = shown(&api).await;
    assert_eq!((&removed["mode"], &removed["custom_keys"]), (&json!("platform"), &Value::Null));
    assert_eq!(api.world.count("custom_keys").await, 0);
    // What was charged there cannot be reached any more, and nothing else is charged instead.
    let gone = app.at(partner_id, &at.context).await.unwrap_err();
    assert!(gone.to_string().contains("were removed"), "{gone}");
    put_keys(&api, keys("Another")).await.expect(200);
}

// STR-11 STR-26 facts 4.6: a key that is refused in use stops charges; nothing falls back
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_that_is_refused_in_use_is_broken(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let (app, partner_id) = (&api.world.app, api.partner.partner_id);
    put_keys(&api, keys("PartnersOwn1234")).await.expect(200);
    let context = app.processing(partner_id).await.unwrap().0.context;
    for _ in 0..3 {
        app.key_refused(partner_id, &context).await.unwrap();
    }
    let broken = shown(&api).await;
    assert_eq!(
        (&broken["custom_keys"]["status"], &broken["mode"]),
        (&json!("broken"), &json!("custom_keys"))
    );
    assert!(broken["blocked"].as_str().unwrap().contains("no longer accepts"), "{broken}");
    app.processing(partner_id).await.unwrap_err();
    let mails = api.world.texts("select body from mail").await;
    assert_eq!(mails.iter().filter(|mail| mail.contains("1234")).count(), 1, "{mails:?}");
    put_keys(&api, keys("PartnersOwn1234")).await.expect(200);
    assert_eq!(shown(&api).await["blocked"], Value::Null);
    // One flipped bit of the ciphertext, and it opens no more.
    let mut sealed = {
        let mut tx = api.world.begin().await;
        store::processors::keys(&mut tx, partner_id).await.unwrap().unwrap()
    };
    sealed.sealed_key[40] ^= 1;
    let mut tx = api.world.begin().await;
    store::processors::save_keys(&mut tx, &sealed).await.unwrap();
    tx.commit().await.unwrap();
    app.processing(partner_id).await.unwrap_err();
}

// STR-14 STR-15 STR-16 STR-17
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_a_statement_shows_follows_from_the_mode(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let set =
        async |text: &str| api.patch("/v1/partner", json!({"statement_descriptor": text})).await;
    set("").await.expect(200);
    let generic = shown(&api).await["statement"].clone();
    assert_eq!((&generic["descriptor"], &generic["card"]), (&Value::Null, &json!("TRUNKLINE")));
    for wrong in ["Acme's Phone Co.", "THIS IS A REALLY LONG NAME", "ACM", "12345"] {
        assert_eq!(set(wrong).await.problem().0, 422, "{wrong}");
    }
    set("PINEDALE VOIP").await.expect(200);
    let own = shown(&api).await["statement"].clone();
    assert_eq!(
        (&own["card"], &own["bank_account"]),
        (&json!("TRUNKLINE* PINEDALE VO"), &json!("PINEDALE VOIP"))
    );
    api.call("POST", "/v1/processor/connect").send().await.expect(200);
    api.call("POST", "/v1/processor/connect/refresh").send().await.expect(200);
    set("HRC TELECOM").await.expect(200);
    let app = &api.world.app;
    let done = app.run_jobs(app.clock.now()).await.unwrap();
    assert_eq!((done.retried, done.given_up), (0, 0), "{done:?}");
    let told = shown(&api).await["statement"].clone();
    assert_eq!(told["card"], "HRC TELECOM", "set on the account itself");
    let told = api.world.texts("select descriptor from connected_account").await;
    assert_eq!(told, ["HRC TELECOM"]);
}

// STR-26: only who may do everything for the partner
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn keys_with_less_change_nothing(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let partner_id = Some(api.partner.partner_id);
    let tenant = api.world.bare_tenant(&api.partner, "OAK").await.tenant_id;
    let reading = api.key_of(partner_id, &["billing:read"], None).await;
    let restricted = api.key_of(partner_id, &[], Some(&[tenant])).await;
    for key in [&reading, &restricted] {
        let mode = json!({"mode": "platform"});
        let patch = api.call("PATCH", "/v1/processor").key(key).json(mode).send().await;
        assert_eq!(patch.problem().0, 403);
        for (method, path) in [
            ("POST", "/v1/processor/connect"),
            ("POST", "/v1/processor/connect/refresh"),
            ("DELETE", "/v1/processor/keys"),
        ] {
            assert_eq!(api.call(method, path).key(key).send().await.problem().0, 403, "{path}");
        }
        let call = api.call("PUT", "/v1/processor/keys").key(key).json(keys("a"));
        assert_eq!(call.send().await.problem().0, 403);
    }
    let seen = api.get("/v1/processor").await.expect(200).header("etag").to_owned();
    api.call("POST", "/v1/processor/connect").send().await.expect(200);
    let stale = api.call("PATCH", "/v1/processor").header("if-match", &seen);
    let stale = stale.json(json!({"mode": "platform"})).send().await;
    assert_eq!(stale.problem().0, 412);
}
