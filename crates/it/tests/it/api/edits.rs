//! What can still be changed, withdrawn or given up: charges, decks, rejects, issued invoices.

use rstest::rstest;
use serde_json::{Value, json};

use super::invoices::{issued, step, with_tenant};
use crate::harness::{Api, Engine, builders::at};

const DECK: &str = "prefix,name,rate_per_minute\n44,UK,0.02\n";

fn conflict() -> (u16, String) {
    (409, "state_conflict".to_owned())
}

async fn told(api: &Api, kind: &str) -> usize {
    let kinds = api.world.event_kinds(&api.partner).await;
    kinds.iter().filter(|it| *it == kind).count()
}

/// A new profile that bills by call.
fn payg(name: &str) -> Value {
    json!({"name": name, "model": "payg", "extension_rate": "0.00", "did_rate": "0.00",
           "toll_free_did_rate": "0.00", "minute_rate": "1.00"})
}

// PRO-22 a charge changes until an invoice carries it
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_charge_changes_until_an_invoice_carries_it(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let new = json!({"tenant_id": tenant.tenant_id, "description": "Porting",
                     "unit_price": "25.00"});
    let created = api.post("/v1/one-time-charges", new).await.expect(201);
    let once = created.header("location").to_owned();
    let tag = api.get(&once).await.expect(200).header("etag").to_owned();
    let changes = json!({"description": "Porting of two", "quantity": "2", "taxable": false});
    let edit = || api.call("PATCH", &once).json(changes.clone());
    let edited = edit().header("if-match", &tag).send().await.expect(200);
    let shown = edited.json();
    assert_eq!(
        (&shown["description"], &shown["quantity"]),
        (&json!("Porting of two"), &json!("2.00"))
    );
    assert_eq!((&shown["unit_price"], &shown["taxable"]), (&json!("25.00"), &json!(false)));
    assert_eq!(edited.header("etag"), "\"2\"");
    assert_eq!(edit().header("if-match", &tag).send().await.problem().0, 412);
    let wrong = api.patch(&once, json!({"quantity": "0", "description": ""})).await.expect(422);
    let wrong = wrong.json();
    let wrong: Vec<_> =
        wrong["errors"].as_array().unwrap().iter().map(|it| &it["pointer"]).collect();
    assert_eq!(wrong, ["/description", "/quantity"]);

    let new = json!({"tenant_id": tenant.tenant_id, "description": "Support",
                     "unit_price": "19.00"});
    let running = api.post("/v1/recurring-charges", new).await.expect(201);
    let running = running.header("location").to_owned();
    let changes = json!({"unit_price": "29.00", "ends_at": "2027-01-01T00:00:00Z"});
    let shown = api.patch(&running, changes).await.expect(200).json();
    assert_eq!(shown["ends_at"], "2027-01-01T00:00:00Z");
    let shown = api.patch(&running, json!({"ends_at": null})).await.expect(200).json();
    assert_eq!((&shown["ends_at"], &shown["unit_price"]), (&Value::Null, &json!("29.00")));
    assert_eq!(told(&api, "charge.updated").await, 3);
    // Under the address of another kind there is nothing.
    let elsewhere = running.replace("recurring", "one-time");
    assert_eq!(api.patch(&elsewhere, json!({"quantity": "3"})).await.problem().0, 404);

    api.world.app.run_due(Some(at("2026-06-01T00:00:00Z"))).await.unwrap();
    for path in [&once, &running] {
        assert_eq!(api.patch(path, json!({"quantity": "3"})).await.problem(), conflict());
    }
    let invoices = api.get("/v1/invoices?kind=period&expand%5B%5D=lines").await.json();
    let lines = invoices["data"][0]["lines"].as_array().unwrap();
    let amount = |name: &str| {
        let line = lines.iter().find(|line| line["description"].as_str().unwrap().contains(name));
        line.unwrap()["amount"].clone()
    };
    assert_eq!((amount("Porting of two"), amount("Support")), (json!("50.00"), json!("29.00")));
    api.world.assert_clean().await;
}

// BEY-02 a deck has another name, and goes while nothing refers to it
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_deck_is_renamed_and_goes_while_nothing_needs_it(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let new = json!({"name": "Intl", "csv": DECK, "effective_from": "2026-01-01T00:00:00Z"});
    let created = api.post("/v1/rate-decks", new).await.expect(201);
    let path = created.header("location").to_owned();
    let tag = created.header("etag").to_owned();
    assert_eq!(api.get(&path).await.header("etag"), tag);
    let rename = |name: &str| api.call("PATCH", &path).json(json!({ "name": name }));
    let renamed = rename("World").header("if-match", &tag).send().await.expect(200);
    assert_eq!(renamed.json()["name"], "World");
    assert_eq!(renamed.json()["latest_version"], 1);
    assert_eq!(rename("Late").header("if-match", &tag).send().await.problem().0, 412);
    assert_eq!(rename("").send().await.problem().0, 422);
    let mut profile = payg("By deck");
    profile["rate_deck_id"] = created.json()["id"].clone();
    let profile = api.post("/v1/billing-profiles", profile).await.expect(201);
    let delete = || api.call("DELETE", &path);
    assert_eq!(delete().send().await.problem(), conflict());
    // Edited away from it, an older version of the profile still names it.
    let profile = profile.header("location").to_owned();
    api.patch(&profile, json!({"rate_deck_id": null})).await.expect(200);
    assert_eq!(delete().send().await.problem(), conflict());
    api.call("DELETE", &profile).send().await.expect(204);
    assert_eq!(delete().header("if-match", &tag).send().await.problem().0, 412);
    delete().header("if-match", renamed.header("etag")).send().await.expect(204);
    assert_eq!(api.get(&path).await.problem().0, 404);
    assert_eq!(api.world.count("deck_version").await, 0);
    let counts = (told(&api, "rate_deck.renamed").await, told(&api, "rate_deck.deleted").await);
    assert_eq!(counts, (1, 1));
}

// MET-05 what is given up is kept, and not tried again
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_reject_is_dismissed_for_a_reason(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let record = json!({"record_id": "1", "direction": "outbound", "from": "+15015550111",
        "to": "+12125550199", "started_at": "2026-05-01T00:00:00Z",
        "answered_at": "2026-05-01T00:00:00Z", "ended_at": "2026-05-01T00:01:00Z"});
    let batch = json!({"source": "pbx", "records": [record]});
    let sent = api.post("/v1/cdr-batches", batch.clone()).await.expect(200).json();
    let path = format!("/v1/rejects/{}", sent["results"][0]["reject_id"].as_str().unwrap());
    let at = format!("{path}/dismiss");
    let dismiss = |reason: &str| api.post(&at, json!({ "reason": reason }));
    let refused = dismiss(" ").await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/reason");
    let done = dismiss("a test call").await.expect(200).json();
    assert_eq!(
        (&done["state"], &done["dismissed_because"]),
        (&json!("dismissed"), &json!("a test call"))
    );
    assert_eq!(dismiss("again").await.problem(), conflict());
    let in_state = async |state: &str| {
        let list = api.get(&format!("/v1/rejects?state={state}")).await.expect(200).json();
        list["data"].as_array().unwrap().len()
    };
    assert_eq!((in_state("open").await, in_state("dismissed").await), (0, 1));
    // Sent and tried again once it has an owner, it stays given up.
    let tenant = api.world.tenant(&api.partner, "ACME").await;
    let number = json!({"tenant_id": tenant.tenant_id, "number": "+15015550111"});
    api.post("/v1/phone-numbers", number).await.expect(201);
    let tried = api.call("POST", "/v1/rejects/retry").send().await.expect(200).json();
    assert_eq!((&tried["tried"], &tried["resolved"]), (&json!(0), &json!(0)));
    assert_eq!(in_state("dismissed").await, 1);
}

// INV-35
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_operator_cancels_what_nobody_paid(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let operator = api.key_of(None, &[], None).await;
    let sent = issued(&api, &tenant, "99.00").await;
    let paid = issued(&api, &tenant, "40.00").await;
    api.post(&format!("{paid}/mark-paid"), json!({"amount": "1.00"})).await.expect(200);
    let base = format!("/v1/operator/partners/{}/invoices", api.partner.partner_id);
    let listed = api.call("GET", &format!("{base}?status=sent")).key(&operator).send().await;
    let listed = listed.expect(200).json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    assert_eq!(sent, format!("/v1/invoices/{}", listed["data"][0]["id"].as_str().unwrap()));
    let cancel = |path: &str, key: &str, reason: &str| {
        let path = format!("{base}/{}/cancel", path.rsplit('/').next().unwrap());
        api.call("POST", &path).key(key).json(json!({ "reason": reason })).send()
    };
    assert_eq!(cancel(&sent, &api.key, "mine").await.problem(), (403, "forbidden".to_owned()));
    let without = cancel(&sent, &operator, " ").await.expect(422).json();
    assert_eq!(without["errors"][0]["pointer"], "/reason");
    assert_eq!(cancel(&paid, &operator, "Wrong").await.problem(), conflict());
    let done = cancel(&sent, &operator, "Billed twice").await.expect(200).json();
    assert_eq!((&done["status"], &done["amount_due"]), (&json!("cancelled"), &json!("0.00")));
    assert_eq!(cancel(&sent, &operator, "Billed twice").await.problem(), conflict());
    // The partner sees the same, and nothing can be paid on it any more.
    assert_eq!(api.get(&sent).await.json(), done);
    assert_eq!(step(&api, &sent, "pay").await.problem(), conflict());
    assert_eq!(told(&api, "invoice.cancelled").await, 1);
    let entries = "select after from audit_entry where action = 'invoice.cancel'";
    let entries = api.world.texts(entries).await;
    assert_eq!(entries.len(), 1);
    assert!(entries[0].contains("cancelled"), "{entries:?}");
    api.world.assert_clean().await;
}
