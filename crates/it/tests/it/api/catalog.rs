//! `/v1/billing-profiles`, `/v1/tax-jurisdictions`, charges and credits.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Api, Engine, builders::at};

/// Where a problem says the body is wrong.
pub(super) fn pointers(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().unwrap();
    errors.iter().map(|it| it["pointer"].as_str().unwrap_or_default()).collect()
}

fn small_office() -> Value {
    json!({"name": "Small Office", "model": "flat_rate", "base_fee": "99.00",
           "included_extensions": 5, "included_dids": 1, "included_minutes": 500,
           "extension_rate": "20.00", "did_rate": "4.00", "toll_free_did_rate": "6.00",
           "minute_rate": "0.025"})
}

// PRO-03 PRO-04 PRO-06 PRO-15 PRO-16 PRO-19 PRO-20 BEY-02
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_profile_is_created_edited_and_deleted(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let created = api.post("/v1/billing-profiles", small_office()).await.expect(201);
    let path = created.header("location").to_owned();
    let profile = created.json();
    for (field, value) in small_office().as_object().unwrap() {
        assert_eq!(&profile[field], value, "{field}");
    }
    assert_eq!((&profile["cycle"], &profile["every"]), (&json!("anniversary"), &json!("month")));
    assert_eq!((created.header("etag"), &profile["warnings"]), ("\"1\"", &json!([])));
    assert_eq!(api.get(&path).await.expect(200).json(), profile);

    let changes = json!({"included_minutes": null, "extension_rate": "0.5", "terms_days": 30,
                         "local_minute_rate": "0.02", "toll_free_minute_rate": "0.04"});
    let edited = api.call("PATCH", &path).header("if-match", "\"1\"").json(changes.clone());
    let edited = edited.send().await.expect(200);
    let profile = edited.json();
    assert_eq!((edited.header("etag"), &profile["included_minutes"]), ("\"2\"", &Value::Null));
    assert_eq!(
        (&profile["minute_rate"], &profile["local_minute_rate"]),
        (&Value::Null, &json!("0.02"))
    );
    assert_eq!(profile["warnings"].as_array().unwrap().len(), 1, "{profile}");
    let stale = api.call("PATCH", &path).header("if-match", "\"1\"").json(changes.clone());
    assert_eq!(stale.send().await.problem(), (412, "precondition_failed".to_owned()));
    let same = api.patch(&path, changes).await.expect(200);
    assert_eq!(same.header("etag"), "\"2\"");

    let versions = api.get(&format!("{path}/versions?limit=1")).await.expect(200).json();
    assert_eq!((&versions["data"][0]["version"], &versions["has_more"]), (&json!(2), &json!(true)));
    let cursor = versions["next_cursor"].as_str().unwrap();
    let older = api.get(&format!("{path}/versions?limit=1&starting_after={cursor}")).await.json();
    assert_eq!((&older["data"][0]["version"], &older["has_more"]), (&json!(1), &json!(false)));
    assert_eq!(older["data"][0]["minute_rate"], "0.025");

    let tenant = json!({"name": "Acme", "sip_prefix": "ACME", "billing_email": "a@acme.example",
                        "billing_profile_id": profile["id"]});
    let tenant = api.post("/v1/tenants", tenant).await.expect(201);
    let refused = api.call("DELETE", &path).send().await;
    assert_eq!(refused.problem(), (409, "state_conflict".to_owned()));
    assert!(refused.json()["detail"].as_str().unwrap().starts_with("1 tenants"));
    let back = json!({"billing_profile_id": api.partner.default_profile});
    api.patch(tenant.header("location"), back).await.expect(200);
    let stale = api.call("DELETE", &path).header("if-match", "\"1\"").send().await;
    assert_eq!(stale.problem().0, 412);
    api.call("DELETE", &path).send().await.expect(204);
    assert_eq!(api.get(&path).await.problem().0, 404);
}

// PRO-03 PRO-19 API-08 every wrong field at once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_wrong_field_of_a_profile_is_named(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let body = json!({"name": " ", "model": "payg", "base_fee": "1.001", "extension_rate": "-1",
                      "did_rate": "0.0000001", "minute_rate": "0.1", "local_minute_rate": "0.2",
                      "every": "week", "terms_days": 366});
    let answer = api.post("/v1/billing-profiles", body).await.expect(422).json();
    let mut named = pointers(&answer);
    named.sort_unstable();
    let all = [
        "/base_fee",
        "/did_rate",
        "/every",
        "/extension_rate",
        "/minute_rate",
        "/name",
        "/terms_days",
    ];
    assert_eq!(named, all, "{answer}");
    for (field, value) in [
        ("model", json!("prepaid")),
        ("base_fee", json!("1e3")),
        ("base_fee", json!(1)),
        ("included_minutes", json!(-1)),
        ("rate_deck_id", json!("dck_00000000000000000000000009")),
        ("trial", json!({"days": 0, "convert_to": api.partner.default_profile})),
        ("local_minute_rate", json!("0.02")),
        ("colour", json!("red")),
    ] {
        let mut body = small_office();
        if field == "local_minute_rate" {
            body.as_object_mut().unwrap().remove("minute_rate");
        }
        body[field] = value;
        let answer = api.post("/v1/billing-profiles", body).await.expect(422).json();
        let wanted = match field {
            "local_minute_rate" => "/toll_free_minute_rate".to_owned(),
            other => format!("/{other}"),
        };
        assert_eq!(pointers(&answer), [wanted], "{answer}");
    }
    assert_eq!(api.get("/v1/billing-profiles").await.json()["data"].as_array().unwrap().len(), 2);
}

// PRO-01 API-11
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn two_hundred_profiles_are_listed(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let [payg, _] = domain::profile::automatic_profiles(api.partner.currency);
    for number in 0..200 {
        let mut terms = payg.clone();
        terms.name = format!("Profile {number}");
        api.world.app.create_profile(api.partner.partner_id, &terms).await.unwrap();
    }
    let first = api.get("/v1/billing-profiles?limit=200").await.expect(200).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("/v1/billing-profiles?starting_after={cursor}");
    let second = api.get(&path).await.expect(200).json();
    let pages = [&first, &second].map(|page| page["data"].as_array().unwrap().iter());
    let mut names: Vec<&str> =
        pages.into_iter().flatten().map(|it| it["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 202);
}

// TAX-01 TAX-02 TAX-03 TAX-04 TAX-05
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn taxes_are_kept_and_given_to_tenants(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let body = json!({"code": "US-AR", "name": "Arkansas", "rate": "0.065"});
    let created = api.post("/v1/tax-jurisdictions", body.clone()).await.expect(201);
    let path = created.header("location").to_owned();
    assert_eq!(
        (&created.json()["enabled"], &created.json()["rate"]),
        (&json!(true), &json!("0.065"))
    );
    let taken = api.post("/v1/tax-jurisdictions", body).await.expect(422).json();
    assert_eq!(pointers(&taken), ["/code"]);
    let wrong = json!({"code": "a b", "name": "", "rate": "8.5"});
    let wrong = api.post("/v1/tax-jurisdictions", wrong).await.expect(422).json();
    assert_eq!(pointers(&wrong), ["/code", "/name", "/rate"]);
    assert!(wrong["detail"].as_str().unwrap().contains("write 8.5 % as 0.085"), "{wrong}");

    let off = api.call("PATCH", &path).header("if-match", "\"1\"").json(json!({"enabled": false}));
    assert_eq!(off.send().await.expect(200).header("etag"), "\"2\"");
    let stale = api.call("PATCH", &path).header("if-match", "\"1\"").json(json!({"name": "A"}));
    assert_eq!(stale.send().await.problem().0, 412);
    assert_eq!(api.get("/v1/tax-jurisdictions?enabled=true").await.json()["data"], json!([]));

    let tenant = api.world.tenant(&api.partner, "ACME").await.tenant_id;
    let of_tenant = format!("/v1/tenants/{tenant}/tax-jurisdictions");
    let put = |codes: Value| api.call("PUT", &of_tenant).json(json!({"codes": codes})).send();
    let unknown = put(json!(["US-AR", "CA-ON"])).await.expect(422).json();
    assert_eq!(pointers(&unknown), ["/codes/1"]);
    put(json!(["US-AR"])).await.expect(200);
    assert_eq!(api.get(&of_tenant).await.expect(200).json(), json!({"codes": ["US-AR"]}));
    assert_eq!(api.call("DELETE", &path).send().await.problem().0, 409);
    put(json!([])).await.expect(200);
    api.call("DELETE", &path).send().await.expect(204);
    assert_eq!(api.get(&path).await.problem().0, 404);
}

// PRO-22 INV-30 API-07
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn charges_and_credits_fall_on_the_next_invoice(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let tenant = api.world.tenant(&api.partner, "ACME").await.tenant_id;
    let porting = json!({"tenant_id": tenant, "description": "Porting", "quantity": "2",
                         "unit_price": "25.00"});
    let post = || api.call("POST", "/v1/one-time-charges").once("porting").json(porting.clone());
    let created = post().send().await.expect(201);
    let again = post().send().await.expect(201);
    assert_eq!(
        (again.body.clone(), again.header("idempotent-replayed")),
        (created.body.clone(), "true")
    );
    let spare = api.post("/v1/one-time-charges", porting.clone()).await.expect(201);
    let withdrawn = api.call("DELETE", spare.header("location")).send().await.expect(200);
    assert_eq!(withdrawn.json()["status"], "withdrawn");
    assert_eq!(api.call("DELETE", spare.header("location")).send().await.problem().0, 409);
    let wrong = json!({"tenant_id": tenant, "description": "", "quantity": "0", "unit_price": "0"});
    let wrong = api.post("/v1/one-time-charges", wrong).await.expect(422).json();
    assert_eq!(pointers(&wrong), ["/description", "/quantity", "/unit_price"]);

    let fax = json!({"tenant_id": tenant, "description": "Fax pages", "unit_price": "0.05"});
    let fax = api.post("/v1/metered-charges", fax).await.expect(201);
    assert_eq!(fax.json()["quantity"], Value::Null);
    let usage = format!("{}/usage", fax.header("location"));
    let report = json!({"report_id": "r1", "quantity": "12"});
    assert_eq!(api.post(&usage, report.clone()).await.expect(201).json()["is_new"], true);
    assert_eq!(api.post(&usage, report).await.expect(200).json()["is_new"], false);
    let other = api.post(&usage, json!({"report_id": "r1", "quantity": "13"})).await;
    assert_eq!(other.problem().0, 409);
    let support = json!({"tenant_id": tenant, "description": "Support", "unit_price": "19"});
    api.post("/v1/recurring-charges", support).await.expect(201);
    let as_other_kind = fax.header("location").replace("metered", "recurring");
    assert_eq!(api.get(&as_other_kind).await.problem().0, 404);

    let credit = json!({"tenant_id": tenant, "amount": "20.00", "reason": "Outage"});
    let credit = api.post("/v1/credits", credit).await.expect(201);
    let wrong = json!({"tenant_id": tenant, "amount": "1.001", "reason": "x"});
    let wrong = api.post("/v1/credits", wrong).await.expect(422).json();
    assert_eq!(pointers(&wrong), ["/amount"]);

    api.world.app.run_due(Some(at("2026-06-02T00:00:00Z"))).await.unwrap();
    let charge = api.get(created.header("location")).await.expect(200).json();
    assert_eq!(charge["status"], "invoiced");
    assert!(charge["invoice_id"].as_str().unwrap().starts_with("inv_"));
    assert_eq!(api.call("DELETE", created.header("location")).send().await.problem().0, 409);
    let count = |status: &str| format!("/v1/one-time-charges?tenant_id={tenant}&status={status}");
    for (status, expected) in [("invoiced", 1), ("withdrawn", 1), ("pending", 0)] {
        let listed = api.get(&count(status)).await.expect(200).json();
        assert_eq!(listed["data"].as_array().unwrap().len(), expected, "{status}");
    }
    assert_eq!(api.get(credit.header("location")).await.json()["remaining"], "0.00");
    let mut tx = api.world.begin().await;
    let owner = (api.partner.partner_id, tenant);
    let invoices = store::invoices::of_tenant(&mut tx, owner, (None, 9)).await.unwrap();
    // 2 x 25.00, 12 x 0.05 and 19.00
    assert_eq!(invoices[0].subtotal.get(), 5_000 + 60 + 1_900);
}

// API-01 API-04 whole-partner things are closed to restricted keys, foreign ones unknown to all
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_catalog_is_reached_by_its_owner_alone(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let partner_id = api.partner.partner_id;
    let mine = api.world.tenant(&api.partner, "MINE").await.tenant_id;
    let out = api.world.tenant(&api.partner, "OUT").await.tenant_id;
    let charge = |tenant| json!({"tenant_id": tenant, "description": "A", "unit_price": "1"});
    let inside = api.post("/v1/one-time-charges", charge(mine)).await.expect(201);
    let outside = api.post("/v1/one-time-charges", charge(out)).await.expect(201);
    let profile = api.post("/v1/billing-profiles", small_office()).await.expect(201);
    let tax = json!({"code": "A", "name": "A", "rate": "0.1"});
    let tax = api.post("/v1/tax-jurisdictions", tax).await.expect(201);
    let deck = json!({"name": "A", "csv": "prefix,rate_per_minute\n1,0.1\n"});
    let deck = api.post("/v1/rate-decks", deck).await.expect(201);

    let scopes = ["billing:read", "billing:write"];
    let key = api.key_of(Some(partner_id), &scopes, Some(&[mine])).await;
    let reader = api.key_of(Some(partner_id), &["billing:read"], None).await;
    let other = api.world.partner("elm-voice").await;
    let foreign = api.key_of(Some(other.partner_id), &scopes, None).await;
    for path in [&profile, &tax, &deck, &outside].map(|it| it.header("location").to_owned()) {
        assert_eq!(api.call("GET", &path).key(&key).send().await.problem().0, 403, "{path}");
        assert_eq!(api.call("GET", &path).key(&foreign).send().await.problem().0, 404, "{path}");
        assert_eq!(api.call("GET", &path).without_key().send().await.problem().0, 401, "{path}");
        api.call("GET", &path).key(&reader).send().await.expect(200);
    }
    for path in [&profile, &tax, &outside].map(|it| it.header("location").to_owned()) {
        assert_eq!(api.call("DELETE", &path).key(&reader).send().await.problem().0, 403, "{path}");
        assert_eq!(api.call("DELETE", &path).key(&key).send().await.problem().0, 403, "{path}");
        assert_eq!(api.call("DELETE", &path).key(&foreign).send().await.problem().0, 404, "{path}");
    }
    let path = inside.header("location");
    api.call("GET", path).key(&key).send().await.expect(200);
    let listed = api.call("GET", "/v1/one-time-charges").key(&key).send().await.expect(200);
    assert_eq!(listed.json()["data"].as_array().unwrap().len(), 1);
    let refused = api.call("POST", "/v1/one-time-charges").key(&key).json(charge(out));
    assert_eq!(refused.send().await.problem().0, 403);
    let unknown = api.call("POST", "/v1/one-time-charges").key(&foreign).json(charge(mine));
    assert_eq!(pointers(&unknown.send().await.expect(422).json()), ["/tenant_id"]);
    for list in ["/v1/billing-profiles", "/v1/rate-decks", "/v1/tax-jurisdictions"] {
        assert_eq!(api.call("GET", list).key(&key).send().await.problem().0, 403, "{list}");
    }
}
