//! `/v1/settlements`: what the operator owes for payments on its account.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Api, Engine, builders::at};

/// A paid invoice of 99.00 in May and one each month after it.
async fn paid(engine: Engine) -> Option<Api> {
    let api = Api::fresh(engine).await?;
    let app = &api.world.app;
    let mut new = app::setup::NewTenant::named("Acme Dental", "acme", "books@acme.example");
    new.profile_id = Some(api.world.profile(&api.partner, "Flat Rate Starter").await);
    app.create_tenant(api.partner.partner_id, &new).await.unwrap();
    app.run_due(Some(at("2026-06-02T00:00:00Z"))).await.unwrap();
    Some(api)
}

async fn settlements(api: &Api) -> Vec<Value> {
    let answer = api.get("/v1/settlements").await.expect(200).json();
    answer["data"].as_array().unwrap().clone()
}

/// A payment of this invoice as a card made it at this instant.
async fn card_payment(api: &Api, (name, cents): (&str, i64), when: &str) {
    let invoices = api.get("/v1/invoices").await.json();
    let (invoice, tenant) = (&invoices["data"][0]["id"], &invoices["data"][0]["tenant_id"]);
    let partner = api.partner.partner_id;
    let micros = at(when).micros();
    let sql = format!(
        "insert into payment (partner_id, payment_id, tenant_id, invoice_id, method, amount_minor,
           status, note, created_at, settled_at, context)
         values ('{partner}', '{name}', {}, {}, 'Visa •••• 4242', {cents}, 'succeeded', '',
           {micros}, {micros}, 'platform')",
        tenant.to_string().replace('"', "'"),
        invoice.to_string().replace('"', "'"),
    );
    api.world.execute(&sql).await;
}

// STR-03 F-10 C-17 C-18: the example of the specification, and nothing twice
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_month_is_stated_once_and_paid_once(#[case] engine: Engine) {
    let Some(api) = paid(engine).await else { return };
    let app = &api.world.app;
    assert_eq!(settlements(&api).await.len(), 0, "nothing was charged, nothing is stated");
    card_payment(&api, ("pay_01k9zq4v8m6s3t2r1p0n9m8k7a", 100_000), "2026-06-10T12:00:00Z").await;
    card_payment(&api, ("pay_01k9zq4v8m6s3t2r1p0n9m8k7b", 11_052), "2026-07-31T12:00:00Z").await;
    let day = |day: i64| json!({ "settlement_day": day });
    let operator = api.key_of(None, &[], None).await;
    let path = format!("/v1/operator/partners/{}/settlement-day", api.partner.partner_id);
    let wrong = api.call("PUT", &path).key(&operator).json(day(31)).send().await;
    assert_eq!(wrong.problem().0, 422);
    let report = app.run_due(Some(at("2026-07-02T00:00:00Z"))).await.unwrap();
    assert_eq!(report.settlements, 1);
    app.run_due(Some(at("2026-07-03T00:00:00Z"))).await.unwrap();
    let first = settlements(&api).await;
    assert_eq!(first.len(), 1);
    let it = &first[0];
    assert_eq!((&it["month"], &it["status"]), (&json!("2026-06"), &json!("due")));
    assert_eq!(it["charges"], json!({"count": 1, "amount": "1000.00"}));
    assert_eq!((&it["fees"], &it["net"]), (&json!("39.90"), &json!("960.10")));
    assert_eq!(it["due_on"], "2026-07-15");

    // Another day for what comes; a payment that became known late is in the next statement.
    api.call("PUT", &path).key(&operator).json(day(20)).send().await.expect(200);
    assert_eq!(api.get("/v1/processor").await.json()["settlement_day"], 20);
    card_payment(&api, ("pay_01k9zq4v8m6s3t2r1p0n9m8k7c", 100), "2026-06-30T12:00:00Z").await;
    app.run_due(Some(at("2026-09-02T00:00:00Z"))).await.unwrap();
    let both = settlements(&api).await;
    assert_eq!(both.len(), 2, "August had none");
    assert_eq!((&both[0]["month"], &both[0]["due_on"]), (&json!("2026-07"), &json!("2026-08-20")));
    assert_eq!((&both[0]["fees"], &both[0]["net"]), (&json!("4.45"), &json!("107.07")));
    assert_eq!(both[1], first[0], "a statement never changes");

    let id = it["id"].as_str().unwrap();
    let path = format!("/v1/operator/settlements/{id}/mark-paid");
    assert_eq!(api.call("POST", &path).send().await.problem().0, 403, "not by the partner");
    let note = json!({"note": "Transfer 7"});
    let paid = api.call("POST", &path).key(&operator).json(note.clone()).send().await;
    let paid = paid.expect(200).json();
    assert_eq!((&paid["status"], &paid["note"]), (&json!("paid"), &json!("Transfer 7")));
    let twice = api.call("POST", &path).key(&operator).json(note).send().await;
    assert_eq!(twice.problem(), (409, "state_conflict".to_owned()));
    let shown = api.get(&format!("/v1/settlements/{id}")).await.expect(200).json();
    assert_eq!(shown, paid);
    let due = api.call("GET", "/v1/operator/settlements?status=due").key(&operator).send().await;
    assert_eq!(due.expect(200).json()["data"].as_array().unwrap().len(), 1);
    let other = api.world.partner("elm-voice").await;
    let foreign = api.key_of(Some(other.partner_id), &[], None).await;
    let foreign = api.call("GET", &format!("/v1/settlements/{id}")).key(&foreign).send().await;
    assert_eq!(foreign.problem().0, 404);
}

/// A refund of the newest invoice on the operator's account, in this state since that instant.
async fn card_refund(api: &Api, (name, cents, state): (&str, i64, &str), when: &str) {
    let invoices = api.get("/v1/invoices").await.json();
    let id = |field: &str| invoices["data"][0][field].to_string().replace('"', "'");
    let (invoice, tenant, partner) = (id("id"), id("tenant_id"), api.partner.partner_id);
    let micros = at(when).micros();
    let sql = format!(
        "insert into refund (partner_id, refund_id, tenant_id, invoice_id, destination,
           amount_minor, applied_minor, tax_minor, state, origin, reason, failure, context,
           created_at, settled_at, version)
         values ('{partner}', '{name}', {tenant}, {invoice}, 'card', {cents}, 0, 0, '{state}',
           'platform', '', '', 'platform', {micros}, {micros}, 1)"
    );
    api.world.execute(&sql).await;
}

// F-10 STR-03 facts 13: refunds and lost disputes are taken off, and one that fails after it was
// stated comes back
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_went_back_is_taken_off(#[case] engine: Engine) {
    let Some(api) = paid(engine).await else { return };
    let app = &api.world.app;
    let (june, july) = ("2026-06-10T12:00:00Z", "2026-07-10T12:00:00Z");
    card_payment(&api, ("pay_01k9zq4v8m6s3t2r1p0n9m8k7a", 100_000), june).await;
    card_refund(&api, ("ref_01k9zq4v8m6s3t2r1p0n9m8k7a", 10_000, "succeeded"), june).await;
    card_refund(&api, ("ref_01k9zq4v8m6s3t2r1p0n9m8k7b", 7_000, "submitted"), june).await;
    let invoice = api.get("/v1/invoices").await.json()["data"][0].clone();
    let id = |field: &str| invoice[field].to_string().replace('"', "'");
    let sql = format!(
        "insert into dispute (partner_id, dispute_id, tenant_id, invoice_id, payment_id, context,
           reference, amount_minor, reason, state, detail, evidence, opened_at, closed_at, version)
         values ('{}', 'dsp_01k9zq4v8m6s3t2r1p0n9m8k7a', {}, {},
           'pay_01k9zq4v8m6s3t2r1p0n9m8k7a', 'platform', 'dp_1', 5000, 'fraudulent', 'lost', '', '',
           {june}, {june}, 1)",
        api.partner.partner_id,
        id("tenant_id"),
        id("id"),
        june = at(june).micros(),
    );
    api.world.execute(&sql).await;
    app.run_due(Some(at("2026-07-02T00:00:00Z"))).await.unwrap();
    let it = settlements(&api).await.remove(0);
    assert_eq!(it["refunds"], json!({"count": 1, "amount": "100.00"}));
    assert_eq!(it["disputes"], json!({"count": 1, "amount": "50.00"}));
    assert_eq!((&it["fees"], &it["net"]), (&json!("39.90"), &json!("810.10")));

    let failed = format!(
        "update refund set state = 'failed', settled_at = {} where state = 'succeeded'",
        at(july).micros()
    );
    api.world.execute(&failed).await;
    app.run_due(Some(at("2026-08-02T00:00:00Z"))).await.unwrap();
    app.run_due(Some(at("2026-09-02T00:00:00Z"))).await.unwrap();
    let all = settlements(&api).await;
    assert_eq!(all.len(), 2);
    assert_eq!((&all[0]["month"], &all[0]["net"]), (&json!("2026-07"), &json!("100.00")));
    assert_eq!(all[0]["refunds"], json!({"count": 0, "amount": "-100.00"}));
}
