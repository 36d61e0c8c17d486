//! Usage, limits, defaults, phone numbers and extensions.

use domain::account::Tenant;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Api, CallLine, Engine, builders::at};

const OUTSIDE: &str = "+12125550199";
const ACME: &str = "+15015550111";
const ACME_FREE: &str = "+18775550111";

async fn acme(engine: Engine) -> Option<(Api, Tenant)> {
    let api = Api::fresh(engine).await?;
    let tenant = api.world.tenant(&api.partner, "acme").await;
    let id = api.partner.partner_id;
    let numbers = [ACME, ACME_FREE];
    api.world.app.assign_numbers(id, tenant.tenant_id, &numbers).await.unwrap();
    Some((api, tenant))
}

async fn events(api: &Api, kind: &str) -> usize {
    let kinds = api.world.event_kinds(&api.partner).await;
    kinds.iter().filter(|it| *it == kind).count()
}

// REP-20 TNT-33 MET-20 MET-22 INV-29
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn days_add_up_to_the_period(#[case] engine: Engine) {
    let Some((api, tenant)) = acme(engine).await else { return };
    let path = format!("/v1/tenants/{}", tenant.tenant_id);
    api.world
        .calls(&[
            CallLine::new("1", (OUTSIDE, ACME), at("2026-05-03T10:00:00Z"), 60),
            CallLine::new("2", (ACME, OUTSIDE), at("2026-05-03T11:00:00Z"), 61),
            CallLine::new("3", (OUTSIDE, ACME_FREE), at("2026-05-20T11:00:00Z"), 120),
        ])
        .await;
    api.world.advance("2026-05-21T00:00:00Z");
    let days = format!("{path}/usage/days?from=2026-05-01&to=2026-05-31");
    let days = api.get(&days).await.expect(200).json();
    let rows = days["data"].as_array().unwrap();
    assert_eq!(
        (rows.len(), &rows[0]["day"], &rows[30]["day"]),
        (31, &json!("2026-05-01"), &json!("2026-05-31"))
    );
    let seconds = |name: &str| rows.iter().map(|row| row[name].as_i64().unwrap()).sum::<i64>();
    let usage = api.get(&format!("{path}/usage")).await.expect(200).json();
    for name in ["calls", "billed_seconds", "inbound_seconds", "toll_free_seconds"] {
        assert_eq!(json!(seconds(name)), usage["usage"][name], "{name}");
        assert_eq!(days["total"][name], usage["usage"][name], "{name}");
    }
    assert_eq!(days["total"]["amount"], usage["usage"]["amount"]);
    assert_eq!(
        (&usage["usage"]["billed_seconds"], &usage["usage"]["minutes"]),
        (&json!(246), &json!("4.10"))
    );
    assert_eq!((&usage["extensions"], &usage["phone_numbers"]), (&json!(0), &json!(2)));
    assert_eq!(usage["period"]["start"], "2026-05-01T00:00:00Z");
    let all = api.get("/v1/usage").await.expect(200).json();
    assert_eq!((&all["month"], &all["minutes"]), (&json!("2026-05"), &json!("4.10")));
    assert_eq!((&all["amount"], &all["phone_numbers"]), (&usage["usage"]["amount"], &json!(2)));
    let empty = api.get("/v1/usage?month=2026-04").await.expect(200).json();
    assert_eq!(empty["calls"], 0);
    // What it comes to so far is what the invoice says once the period closes.
    let spend = usage["spend"].as_str().unwrap().to_owned();
    api.world.app.run_due(Some(at("2026-06-01T00:00:00Z"))).await.unwrap();
    let invoices = api.world.app.invoices(api.partner.partner_id, None).await.unwrap();
    assert_eq!(invoices[0].currency.decimal(invoices[0].subtotal), spend);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn wrong_days_and_foreign_tenants_are_refused(#[case] engine: Engine) {
    let Some((api, tenant)) = acme(engine).await else { return };
    let path = format!("/v1/tenants/{}", tenant.tenant_id);
    for (query, name) in [
        ("from=2026-05-01&to=2026-04-01", "to"),
        ("from=x&to=2026-05-01", "from"),
        ("from=2026-05-01&to=2028-05-01", "to"),
    ] {
        let answer = api.get(&format!("{path}/usage/days?{query}")).await.expect(422).json();
        assert_eq!(answer["errors"][0]["parameter"], name, "{query}");
    }
    assert_eq!(api.get("/v1/usage?month=May").await.status, 422);
    let other = api.world.tenant(&api.partner, "other").await;
    let owner = Some(api.partner.partner_id);
    let restricted = api.key_of(owner, &[], Some(&[other.tenant_id])).await;
    let stranger = api.world.partner("elm-voice").await;
    let stranger = api.key_of(Some(stranger.partner_id), &[], None).await;
    let reader = api.key_of(owner, &["tenants:read"], None).await;
    for part in ["usage", "limits", "usage/days?from=2026-05-01&to=2026-05-02"] {
        let path = format!("{path}/{part}");
        assert_eq!(api.call("GET", &path).key(&restricted).send().await.status, 403);
        assert_eq!(api.call("GET", &path).key(&stranger).send().await.status, 404);
        assert_eq!(api.call("GET", &path).key(&reader).send().await.status, 200);
    }
    let edit = |key: &str| {
        let call = api.call("PATCH", &format!("{path}/limits")).key(key);
        call.json(json!({"max_extensions": 1})).send()
    };
    assert_eq!(edit(&restricted).await.status, 403);
    assert_eq!(edit(&stranger).await.status, 404);
    assert_eq!(edit(&reader).await.status, 403);
    assert_eq!(api.call("GET", "/v1/tenant-defaults").key(&restricted).send().await.status, 403);
    let usage = api.call("GET", "/v1/usage").key(&restricted).send().await.expect(200).json();
    assert_eq!(usage["phone_numbers"], 0);
}

// LIM-02 LIM-13 LIM-14 LIM-21 TNT-25 TNT-26 TEN-10
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn new_tenants_begin_with_the_defaults(#[case] engine: Engine) {
    let Some((api, old)) = acme(engine).await else { return };
    let old = format!("/v1/tenants/{}", old.tenant_id);
    let before = api.get(&format!("{old}/limits")).await.expect(200).json();
    assert_eq!((&before["alert_threshold"], &before["max_extensions"]), (&json!(80), &Value::Null));
    let profile = api.world.profile(&api.partner, "Flat Rate Starter").await;
    let defaults = json!({
        "timezone": "America/Chicago", "default_cnam": "ACME", "billing_profile_id": profile,
        "limits": {"monthly_spend": "500.00", "max_extensions": 50, "max_phone_numbers": 10,
                   "max_monthly_minutes": 5000, "alert_threshold": 75, "on_limit": "alert"}
    });
    let set = api.patch("/v1/tenant-defaults", defaults).await.expect(200).json();
    assert_eq!(api.get("/v1/tenant-defaults").await.expect(200).json(), set);
    let new = json!({"name": "New", "sip_prefix": "NEW", "billing_email": "a@new.example"});
    let new = api.post("/v1/tenants", new).await.expect(201).json();
    let said = (&new["timezone"], &new["default_cnam"], &new["billing_profile_id"]);
    assert_eq!(said, (&json!("America/Chicago"), &json!("ACME"), &json!(profile)));
    let path = format!("/v1/tenants/{}", new["id"].as_str().unwrap());
    let limits = api.get(&format!("{path}/limits")).await.expect(200).json();
    assert_eq!(limits, set["limits"]);
    assert_eq!(limits["monthly_spend"], "500.00");
    // Tenants that exist keep theirs, until they are reset.
    assert_eq!(api.get(&format!("{old}/limits")).await.json(), before);
    let tag = api.get(&format!("{old}/limits")).await.header("etag").to_owned();
    let stale = api.call("PATCH", &format!("{old}/limits")).header("if-match", "\"9\"");
    assert_eq!(stale.json(json!({"max_extensions": 1})).send().await.status, 412);
    let fresh = api.call("PATCH", &format!("{old}/limits")).header("if-match", &tag);
    let edited = fresh.json(json!({"max_extensions": 1})).send().await.expect(200).json();
    assert_eq!(
        (&edited["max_extensions"], &edited["max_phone_numbers"]),
        (&json!(1), &Value::Null)
    );
    let unlimited = json!({"max_extensions": null});
    let edited = api.patch(&format!("{old}/limits"), unlimited).await.expect(200).json();
    assert_eq!(edited["max_extensions"], Value::Null);
    let reset = api.call("POST", &format!("{old}/limits/reset")).send().await.expect(200);
    assert_eq!(reset.json(), set["limits"]);
    for (body, pointer) in [
        (json!({"alert_threshold": 101}), "/alert_threshold"),
        (json!({"alert_threshold": 0}), "/alert_threshold"),
        (json!({"max_extensions": -1}), "/max_extensions"),
        (json!({"max_monthly_minutes": 1.5}), "/max_monthly_minutes"),
        (json!({"monthly_spend": "-1"}), "/monthly_spend"),
        (json!({"monthly_spend": "1.005"}), "/monthly_spend"),
        (json!({"monthly_spend": 5}), "/monthly_spend"),
        (json!({"on_limit": "panic"}), "/on_limit"),
        (json!({"colour": "red"}), "/colour"),
    ] {
        let wrong = api.patch(&format!("{old}/limits"), body.clone()).await.expect(422).json();
        assert_eq!(wrong["errors"][0]["pointer"], pointer, "{body}");
    }
    for (body, pointer) in [
        (json!({"timezone": "Mars/Base"}), "/timezone"),
        (json!({"default_cnam": "SIXTEEN LETTERS!"}), "/default_cnam"),
        (json!({"limits": {"alert_threshold": 101}}), "/limits/alert_threshold"),
        (json!({"billing_profile_id": "prf_00000000000000000000000000"}), "/billing_profile_id"),
    ] {
        let wrong = api.patch("/v1/tenant-defaults", body.clone()).await.expect(422).json();
        assert_eq!(wrong["errors"][0]["pointer"], pointer, "{body}");
    }
}

// LIM-04 LIM-05 LIM-09 LIM-11 LIM-17 LIM-21 DID-17 EXT-05 TNT-34
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_attempt_beyond_a_cap_is_refused_and_may_suspend(#[case] engine: Engine) {
    let Some((api, tenant)) = acme(engine).await else { return };
    let path = format!("/v1/tenants/{}", tenant.tenant_id);
    let limits = json!({"max_extensions": 1, "max_phone_numbers": 2, "on_limit": "alert"});
    api.patch(&format!("{path}/limits"), limits).await.expect(200);
    let extension = |name: &str| {
        api.post("/v1/extensions", json!({"tenant_id": tenant.tenant_id, "name": name}))
    };
    extension("101").await.expect(201);
    let limit_reached = (409, "limit_reached".to_owned());
    assert_eq!(extension("102").await.problem(), limit_reached);
    let number = json!({"tenant_id": tenant.tenant_id, "number": "+15015550122"});
    assert_eq!(api.post("/v1/phone-numbers", number).await.problem(), limit_reached);
    assert_eq!(api.get(&path).await.json()["status"], "active");
    api.patch(&format!("{path}/limits"), json!({"on_limit": "suspend"})).await.expect(200);
    assert_eq!(extension("102").await.problem(), limit_reached);
    let suspended = api.get(&path).await.json();
    assert_eq!(suspended["status"], "suspended");
    assert_eq!(suspended["suspension_reasons"], json!(["limit:max_extensions"]));
    let log = api.get("/v1/audit-entries?actor_id=limit:max_extensions").await.json();
    let after = &log["data"][0]["after"];
    assert_eq!((&after["cap"], &after["value"]), (&json!(1), &json!(1)), "{log}");
    assert_eq!(extension("103").await.problem(), (409, "state_conflict".to_owned()));
    let listed = api.get("/v1/extensions").await.json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    let zero = json!({"max_extensions": 0, "on_limit": "alert"});
    let other = api.world.tenant(&api.partner, "other").await;
    let limits = format!("/v1/tenants/{}/limits", other.tenant_id);
    api.patch(&limits, zero).await.expect(200);
    let first = json!({"tenant_id": other.tenant_id, "name": "101"});
    assert_eq!(api.post("/v1/extensions", first).await.problem(), limit_reached);
}

// LIM-12
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_cap_below_what_is_there_suspends_at_the_next_attempt_only(#[case] engine: Engine) {
    let Some((api, tenant)) = acme(engine).await else { return };
    let path = format!("/v1/tenants/{}", tenant.tenant_id);
    let one = json!({"max_phone_numbers": 1, "on_limit": "suspend"});
    api.patch(&format!("{path}/limits"), one).await.expect(200);
    assert_eq!(api.get(&path).await.json()["status"], "active");
    let number = json!({"tenant_id": tenant.tenant_id, "number": "+15015550122"});
    api.post("/v1/phone-numbers", number).await.expect(409);
    assert_eq!(api.get(&path).await.json()["status"], "suspended");
}

// LIM-19
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn of_twenty_at_once_one_gets_the_last_slot(#[case] engine: Engine) {
    let Some((api, tenant)) = acme(engine).await else { return };
    let path = format!("/v1/tenants/{}/limits", tenant.tenant_id);
    let limits = json!({"max_extensions": 1, "on_limit": "alert"});
    api.patch(&path, limits).await.expect(200);
    let id = api.partner.partner_id;
    let mut attempts = tokio::task::JoinSet::new();
    let local = tokio::task::LocalSet::new();
    for number in 0..20 {
        let (app, tenant_id) = (api.world.app.clone(), tenant.tenant_id);
        let attempt = async move {
            let name = format!("{}", 100 + number);
            app.add_extension(id, tenant_id, &name).await.is_ok()
        };
        attempts.spawn_local_on(attempt, &local);
    }
    let made = local.run_until(attempts.join_all()).await;
    assert_eq!(made.into_iter().filter(|made| *made).count(), 1);
}

// DID-15 DID-16 DID-20 DID-22 DID-25 TEN-21 MET-06
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_number_is_assigned_released_and_assigned_again(#[case] engine: Engine) {
    let Some((api, tenant)) = acme(engine).await else { return };
    let other = api.world.tenant(&api.partner, "other").await;
    let new = json!({"tenant_id": tenant.tenant_id, "number": "+18005550122"});
    let created = api.post("/v1/phone-numbers", new.clone()).await.expect(201);
    let number = created.json();
    let path = created.header("location").to_owned();
    assert_eq!((&number["class"], &number["status"]), (&json!("toll_free"), &json!("active")));
    assert_eq!(api.get(&path).await.expect(200).json(), number);
    let taken = api.post("/v1/phone-numbers", new).await;
    assert_eq!(taken.problem(), (409, "state_conflict".to_owned()));
    let wrong = json!({"tenant_id": tenant.tenant_id, "number": "12"});
    let wrong = api.post("/v1/phone-numbers", wrong).await.expect(422).json();
    assert_eq!(wrong["errors"][0]["pointer"], "/number");
    let nobody = json!({"tenant_id": "tnt_00000000000000000000000000", "number": "+15015550144"});
    let nobody = api.post("/v1/phone-numbers", nobody).await.expect(422).json();
    assert_eq!(nobody["errors"][0]["pointer"], "/tenant_id");
    api.world.advance("2026-05-02T00:00:00Z");
    let to = json!({"tenant_id": other.tenant_id});
    assert_eq!(api.post(&format!("{path}/assign"), to.clone()).await.status, 409);
    let released = api.call("POST", &format!("{path}/release")).send().await.expect(200).json();
    assert_eq!(released["status"], "released");
    assert_eq!(api.call("POST", &format!("{path}/release")).send().await.status, 409);
    let count = async |query: &str| {
        let page = api.get(&format!("/v1/phone-numbers?{query}")).await.expect(200).json();
        page["data"].as_array().unwrap().len()
    };
    assert_eq!((count("status=released").await, count("status=active").await), (1, 2));
    let again = api.post(&format!("{path}/assign"), to).await.expect(201).json();
    assert_eq!(again["tenant_id"], json!(other.tenant_id));
    assert_eq!((count("status=released").await, count("q=800-555").await), (0, 1));
    assert_eq!(count(&format!("tenant_id={}", other.tenant_id)).await, 1);
    assert_eq!(events(&api, "phone_number.released").await, 1);
    assert_eq!(api.call("DELETE", &path).send().await.status, 405);
    let key = api.key_of(Some(api.partner.partner_id), &[], Some(&[other.tenant_id])).await;
    assert_eq!(api.call("GET", &path).key(&key).send().await.status, 403);
    let seen = api.call("GET", "/v1/phone-numbers").key(&key).send().await.json();
    assert_eq!(seen["data"].as_array().unwrap().len(), 1);
    let stranger = api.world.partner("elm-voice").await;
    let key = api.key_of(Some(stranger.partner_id), &[], None).await;
    assert_eq!(api.call("GET", &path).key(&key).send().await.status, 404);
    let release = api.call("POST", &format!("{path}/release")).key(&key).send().await;
    assert_eq!(release.status, 404);
    api.world.assert_clean().await;
}

// TNT-09 TNT-12 TEN-08
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_list_of_tenants_says_what_each_has(#[case] engine: Engine) {
    let Some((api, tenant)) = acme(engine).await else { return };
    let other = api.world.tenant(&api.partner, "other").await;
    let new = json!({"tenant_id": tenant.tenant_id, "name": "101"});
    api.post("/v1/extensions", new).await.expect(201);
    let listed = api.get("/v1/tenants?sort=name").await.expect(200).json();
    let row = |index: usize| {
        let row = &listed["data"][index];
        (row["id"].clone(), row["extensions"].clone(), row["phone_numbers"].clone())
    };
    assert_eq!(row(0), (json!(tenant.tenant_id), json!(1), json!(2)));
    assert_eq!(row(1), (json!(other.tenant_id), json!(0), json!(0)));
}

// EXT-01 EXT-03 EXT-06
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_extension_is_created_once_and_deleted(#[case] engine: Engine) {
    let Some((api, tenant)) = acme(engine).await else { return };
    let new = json!({"tenant_id": tenant.tenant_id, "name": "101"});
    let created = api.post("/v1/extensions", new.clone()).await.expect(201);
    let path = created.header("location").to_owned();
    assert_eq!(api.get(&path).await.expect(200).json(), created.json());
    assert_eq!(api.post("/v1/extensions", new).await.problem(), (409, "state_conflict".to_owned()));
    let wrong = json!({"tenant_id": tenant.tenant_id, "name": "1 1"});
    let wrong = api.post("/v1/extensions", wrong).await.expect(422).json();
    assert_eq!(wrong["errors"][0]["pointer"], "/name");
    let listed = api.get(&format!("/v1/extensions?tenant_id={}", tenant.tenant_id)).await.json();
    assert_eq!(listed["data"], json!([created.json()]));
    api.world.advance("2026-05-02T00:00:00Z");
    let other = api.world.tenant(&api.partner, "other").await;
    let key = api.key_of(Some(api.partner.partner_id), &[], Some(&[other.tenant_id])).await;
    assert_eq!(api.call("DELETE", &path).key(&key).send().await.status, 403);
    let stranger = api.world.partner("elm-voice").await;
    let key = api.key_of(Some(stranger.partner_id), &[], None).await;
    assert_eq!(api.call("DELETE", &path).key(&key).send().await.status, 404);
    let deleted = api.call("DELETE", &path).send().await.expect(200).json();
    assert_eq!(deleted["status"], "deleted");
    assert_eq!(api.get("/v1/extensions").await.json()["data"], json!([]));
    assert_eq!(api.call("DELETE", &path).send().await.status, 409);
    assert_eq!(events(&api, "extension.created").await, 1);
    assert_eq!(events(&api, "extension.deleted").await, 1);
}
