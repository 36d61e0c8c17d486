//! `/v1/invoices`: from a draft to what was paid.

use domain::account::Tenant;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Api, Engine, http::Answer};

/// The API with an active tenant of its partner.
pub(super) async fn with_tenant(engine: Engine) -> Option<(Api, Tenant)> {
    let api = Api::fresh(engine).await?;
    let tenant = api.world.tenant(&api.partner, "ACME").await;
    Some((api, tenant))
}

/// A draft over one line of this price.
pub(super) async fn draft(api: &Api, tenant: &Tenant, price: &str) -> Answer {
    let line = json!({"description": "Installation", "unit_price": price});
    let body = json!({"tenant_id": tenant.tenant_id, "lines": [line]});
    api.post("/v1/invoices", body).await.expect(201)
}

/// The path of an issued invoice over one line of this price.
pub(super) async fn issued(api: &Api, tenant: &Tenant, price: &str) -> String {
    let path = draft(api, tenant, price).await.header("location").to_owned();
    step(api, &path, "finalize").await.expect(200);
    path
}

pub(super) async fn step(api: &Api, path: &str, name: &str) -> Answer {
    api.call("POST", &format!("{path}/{name}")).send().await
}

fn conflict() -> (u16, String) {
    (409, "state_conflict".to_owned())
}

fn pointers(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().unwrap();
    errors.iter().map(|it| it["pointer"].as_str().unwrap()).collect()
}

// INV-12 INV-14 INV-23 INV-26 INV-32 API-08
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_off_cycle_invoice_lives_from_draft_to_paid(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let body = json!({"tenant_id": tenant.tenant_id, "notes": "Thank you", "lines": [
        {"description": "Installation", "quantity": "1.5", "unit": "hour", "unit_price": "80"},
        {"description": "Goodwill", "unit_price": "-20.00"},
    ]});
    let created = api.post("/v1/invoices", body).await.expect(201);
    let path = created.header("location").to_owned();
    let invoice = created.json();
    assert_eq!((&invoice["status"], &invoice["number"]), (&json!("draft"), &Value::Null));
    assert_eq!((&invoice["total"], &invoice["currency"]), (&json!("100.00"), &json!("USD")));
    assert_eq!(invoice["lines"][0]["quantity"], "1.5");
    assert_eq!(invoice["lines"][0]["amount"], "120.00");
    assert_eq!(invoice["lines"][1]["kind"], "discount");
    assert_eq!(api.get(&path).await.expect(200).json(), invoice);
    // Edited by whoever has seen it as it is.
    let lines = json!([{"description": "Installation", "unit_price": "99.00"}]);
    let edit = || api.call("PATCH", &path).json(json!({"lines": lines}));
    edit().header("if-match", "\"7\"").send().await.expect(412);
    let edited = edit().header("if-match", created.header("etag")).send().await.expect(200);
    assert_eq!((&edited.json()["total"], edited.header("etag")), (&json!("99.00"), "\"2\""));
    let noted = api.patch(&path, json!({"notes": "Thanks"})).await.expect(200).json();
    assert_eq!((&noted["total"], &noted["notes"]), (&json!("99.00"), &json!("Thanks")));
    let issued = step(&api, &path, "finalize").await.expect(200).json();
    assert_eq!((&issued["status"], &issued["number"]), (&json!("sent"), &json!("INV-000001")));
    assert_eq!(issued["amount_due"], "99.00");
    assert_eq!(api.patch(&path, json!({"notes": "x"})).await.problem(), conflict());
    assert_eq!(step(&api, &path, "finalize").await.problem(), conflict());
    let paid = json!({"amount": "40.00", "note": "cheque 17"});
    let part = api.post(&format!("{path}/mark-paid"), paid).await.expect(200).json();
    assert_eq!((&part["status"], &part["amount_due"]), (&json!("partially_paid"), &json!("59.00")));
    for amount in ["0", "-1.00", "59.01", "1.001"] {
        let refused = api.post(&format!("{path}/mark-paid"), json!({"amount": amount})).await;
        assert_eq!(pointers(&refused.expect(422).json()), ["/amount"], "{amount}");
    }
    let paid = step(&api, &path, "mark-paid").await.expect(200).json();
    assert_eq!((&paid["status"], &paid["amount_paid"]), (&json!("paid"), &json!("99.00")));
    assert_eq!(step(&api, &path, "mark-paid").await.problem(), conflict());
    let payments = api.get("/v1/payments?sort=created_at").await.expect(200).json();
    let payments = payments["data"].as_array().unwrap();
    assert_eq!(payments.len(), 2);
    assert!(payments.iter().all(|payment| payment["payment_method"] == "manual"));
    api.world.assert_clean().await;
}

// INV-27 INV-33 PAY-14 events carry what answers show, and tell each thing once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn events_carry_the_invoice_and_the_payment(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let path = issued(&api, &tenant, "99.00").await;
    step(&api, &path, "pay").await.expect(201);
    let mut tx = api.world.begin().await;
    let page = store::events::page(&mut tx, api.partner.partner_id, None, 1_000).await.unwrap();
    tx.commit().await.unwrap();
    let told = |kind: &str| {
        let mut found = page.iter().filter(|(_, event)| event.kind == kind);
        let (_, event) = found.next().unwrap();
        assert!(found.next().is_none(), "{kind} is told once");
        serde_json::from_str::<Value>(&event.payload).unwrap()
    };
    let created = &told("invoice.created")["invoice"];
    assert_eq!((&created["status"], &created["total"]), (&json!("sent"), &json!("99.00")));
    assert_eq!(created["tenant_id"], tenant.tenant_id.to_string());
    let mut shown = api.get(&path).await.json();
    let fields = shown.as_object_mut().unwrap();
    fields.remove("lines");
    fields.remove("taxes");
    assert_eq!(told("invoice.paid")["invoice"], shown);
    let payments = api.get("/v1/payments").await.json();
    assert_eq!(told("payment.succeeded")["payment"], payments["data"][0]);
}

// INV-14 API-10 every wrong field is named, and nothing is made
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_wrong_field_is_named(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let id = tenant.tenant_id;
    let good = json!({"description": "a", "unit_price": "1"});
    for (body, wrong) in [
        (json!({"tenant_id": id, "lines": []}), vec!["/lines"]),
        (
            json!({"tenant_id": id, "lines": [good, {"description": " ", "quantity": "1.0000001",
                "unit_price": "0.0000000001", "unit": "x".repeat(51)}]}),
            vec![
                "/lines/1/quantity",
                "/lines/1/unit_price",
                "/lines/1/description",
                "/lines/1/unit",
            ],
        ),
        (
            json!({"tenant_id": id, "lines": [{"description": "a", "quantity": "-1",
                "unit_price": "1"}], "notes": "x".repeat(2_001)}),
            vec!["/lines/0/quantity", "/notes"],
        ),
        (
            json!({"tenant_id": id, "lines": [{"description": "a", "unit_price": 1.5}]}),
            vec!["/lines/0/unit_price"],
        ),
        (
            json!({"tenant_id": id, "lines": [{"description": "a", "unit_price": "1e3"}]}),
            vec!["/lines/0/unit_price"],
        ),
        (json!({"tenant_id": id, "lines": [good], "colour": "red"}), vec!["/colour"]),
        (
            json!({"tenant_id": "tnt_00000000000000000000000000", "lines": [good]}),
            vec!["/tenant_id"],
        ),
        // INV-32 the total is never below zero
        (
            json!({"tenant_id": id, "lines": [good, {"description": "b", "unit_price": "-2"}]}),
            vec!["/lines"],
        ),
        (
            json!({"tenant_id": id, "lines": [{"description": "a", "quantity": "9000000000000",
                "unit_price": "9000000000"}]}),
            vec!["/lines"],
        ),
    ] {
        let problem = api.post("/v1/invoices", body.clone()).await.expect(422).json();
        assert_eq!(pointers(&problem), wrong, "{body}");
    }
    assert_eq!(api.get("/v1/invoices").await.json()["data"], json!([]));
}

// INV-10 INV-11 INV-13
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_action_is_refused_in_the_wrong_state(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let voided = draft(&api, &tenant, "5.00").await.header("location").to_owned();
    for action in ["send", "reminders", "mark-paid", "pay"] {
        assert_eq!(step(&api, &voided, action).await.problem(), conflict(), "draft {action}");
    }
    let answer = step(&api, &voided, "void").await.expect(200).json();
    assert_eq!((&answer["status"], &answer["number"]), (&json!("cancelled"), &Value::Null));
    let sent = issued(&api, &tenant, "5.00").await;
    let paid = issued(&api, &tenant, "6.00").await;
    step(&api, &paid, "mark-paid").await.expect(200);
    for (path, actions) in [
        (&voided, &["finalize", "void", "send", "reminders", "mark-paid", "pay"][..]),
        (&sent, &["finalize", "void"][..]),
        (&paid, &["finalize", "void", "reminders", "mark-paid", "pay"][..]),
    ] {
        for action in actions {
            assert_eq!(step(&api, path, action).await.problem(), conflict(), "{path} {action}");
        }
    }
    api.world.assert_clean().await;
}

// INV-13 INV-16 INV-28 mails go out when they are asked for, once each, under the brand alone
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_invoice_is_sent_again_and_reminded_of(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let path = issued(&api, &tenant, "5.00").await;
    let once = |name: &str, key: &str| api.call("POST", &format!("{path}/{name}")).once(key);
    for key in ["a", "a", "b"] {
        once("reminders", key).send().await.expect(202);
    }
    once("send", "c").send().await.expect(202);
    let app = &api.world.app;
    app.run_jobs(app.clock.now()).await.unwrap();
    app.run_jobs(app.clock.now()).await.unwrap();
    let mails = app.outside.mail.kept();
    let mut subjects: Vec<&str> = mails.iter().map(|mail| &*mail.subject).collect();
    subjects.sort_unstable();
    let invoice = "Invoice INV-000001 from oak-voice";
    let reminder = "Reminder: invoice INV-000001 from oak-voice";
    assert_eq!(subjects, [invoice, invoice, reminder, reminder]);
    for mail in &mails {
        assert!(mail.from.starts_with("oak-voice <") && mail.attachment.is_some());
        assert!(mail.to == "books@ACME.example" && mail.body.contains("$5.00"), "{mail:?}");
        assert!(!format!("{mail:?}").to_lowercase().contains("trunkline"), "{mail:?}");
    }
}

// INV-24 INV-26 INV-34 KEY-03 TEN-16
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_key_reaches_its_own_invoices_only(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let oak = api.world.tenant(&api.partner, "OAKS").await;
    let path = issued(&api, &tenant, "5.00").await;
    let others = issued(&api, &oak, "6.00").await;
    step(&api, &others, "pay").await.expect(201);
    let payment = api.get("/v1/payments").await.json()["data"][0]["id"].clone();
    let payment = format!("/v1/payments/{}", payment.as_str().unwrap());
    let owner = Some(api.partner.partner_id);
    let restricted = api.key_of(owner, &[], Some(&[tenant.tenant_id])).await;
    let foreign = api.world.partner("elm-voice").await;
    let foreign = api.key_of(Some(foreign.partner_id), &[], None).await;
    let unscoped = api.key_of(owner, &["tenants:read", "tenants:write"], None).await;
    let reader = api.key_of(owner, &["billing:read"], None).await;
    let get = |key: &str, path: &str| api.call("GET", path).key(key).send();
    for list in ["/v1/invoices", "/v1/payments"] {
        let seen = get(&restricted, list).await.expect(200).json();
        let seen = seen["data"].as_array().unwrap().clone();
        assert!(seen.iter().all(|it| it["tenant_id"] == tenant.tenant_id.to_string()));
        assert_eq!(seen.len(), usize::from(list == "/v1/invoices"));
        assert_eq!(get(&foreign, list).await.expect(200).json()["data"], json!([]));
        get(&unscoped, list).await.expect(403);
    }
    get(&restricted, &path).await.expect(200);
    get(&restricted, &payment).await.expect(403);
    get(&foreign, &payment).await.expect(404);
    for wallet in ["/v1/wallet", "/v1/wallet/transactions"] {
        get(&restricted, wallet).await.expect(403);
        get(&unscoped, wallet).await.expect(403);
        get(&reader, wallet).await.expect(200);
    }
    for part in ["", "/lines", "/pdf", "/explanation"] {
        get(&reader, &format!("{others}{part}")).await.expect(200);
        get(&restricted, &format!("{others}{part}")).await.expect(403);
        get(&foreign, &format!("{others}{part}")).await.expect(404);
    }
    for action in ["finalize", "void", "send", "reminders", "mark-paid", "pay"] {
        for (key, status) in [(&restricted, 403), (&foreign, 404), (&reader, 403)] {
            let call = api.call("POST", &format!("{others}/{action}")).key(key);
            call.send().await.expect(status);
        }
    }
    let body = json!({"tenant_id": oak.tenant_id,
                      "lines": [{"description": "a", "unit_price": "1"}]});
    for (key, status) in [(&restricted, 403), (&foreign, 422), (&reader, 403)] {
        api.call("POST", "/v1/invoices").key(key).json(body.clone()).send().await.expect(status);
    }
    for (key, status) in [(&restricted, 403), (&foreign, 404), (&unscoped, 200)] {
        get(key, &format!("/v1/tenants/{}/balance", oak.tenant_id)).await.expect(status);
    }
}

// INV-17 BEY-03 the PDF, and where its figures come from
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_invoice_is_fetched_as_pdf_and_explained(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let path = issued(&api, &tenant, "99.00").await;
    let file = api.get(&format!("{path}/pdf")).await.expect(200);
    assert!(file.body.starts_with(b"%PDF"));
    assert_eq!(file.header("content-type"), "application/pdf");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"INV-000001.pdf\"");
    let again = api.call("GET", &format!("{path}/pdf"));
    let again = again.header("if-none-match", file.header("etag")).send().await.expect(304);
    assert!(again.body.is_empty());
    let lines = api.get(&format!("{path}/lines")).await.expect(200).json();
    let line = &lines["data"][0];
    assert_eq!(line["amount"], "99.00");
    let explained = api.get(&format!("{path}/explanation")).await.expect(200).json();
    assert_eq!(
        (&explained["total"], &explained["lines"][0]["line"]),
        (&json!("99.00"), &line["id"])
    );
    let line = line["id"].as_str().unwrap();
    let explained = api.get(&format!("{path}/lines/{line}/explanation")).await.expect(200).json();
    assert_eq!(explained["price"], json!({"unit_price": "99.00"}));
    let other = issued(&api, &tenant, "1.00").await;
    api.get(&format!("{other}/lines/{line}/explanation")).await.expect(404);
}
