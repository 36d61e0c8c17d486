//! Refunds, credit notes and reports as programs see them.

use app::test_methods::SavedFor;
use rstest::rstest;
use serde_json::{Value, json};

use super::invoices::{issued, with_tenant};
use crate::harness::{Api, Engine};

/// An invoice of 99.00 that was paid by the test method of this name: its path.
async fn paid(api: &Api, tenant: &domain::account::Tenant, method: &str) -> String {
    let path = issued(api, tenant, "99.00").await;
    let owner = (api.partner.partner_id, tenant.tenant_id);
    let saved = api.world.app.save_test_method(owner, (method, SavedFor::Naming)).await.unwrap();
    let body = json!({"payment_method_id": saved.method_id});
    let answer = api.post(&format!("{path}/pay"), body).await.expect(201).json();
    assert_eq!(answer["status"], "succeeded", "{answer}");
    path
}

// REF-01 REF-04 REF-07 REF-08 REF-12 the same request twice is one refund
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_invoice_is_refunded_once_for_each_request(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let path = paid(&api, &tenant, "visa").await;
    let refund =
        |key: &str, body: Value| api.call("POST", &format!("{path}/refunds")).once(key).json(body);
    for body in [
        json!({"amount": "0"}),
        json!({"amount": "99.01"}),
        json!({"amount": "1.001"}),
        json!({"destination": "gold"}),
    ] {
        let field = body.as_object().unwrap().keys().next().unwrap().clone();
        let problem = refund(&field, body).send().await.expect(422).json();
        assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"), "{problem}");
    }
    let manual = refund("m", json!({"destination": "manual"})).send().await;
    assert_eq!(manual.problem(), (409, "state_conflict".to_owned()));
    let first = refund("a", json!({"amount": "40.00", "reason": "Outage"})).send().await;
    let first = first.expect(201);
    let again = refund("a", json!({"amount": "40.00", "reason": "Outage"})).send().await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.expect(201).json(), first.json());
    let shown = &first.json()["refunds"][0];
    assert_eq!((&shown["status"], &shown["amount"]), (&json!("succeeded"), &json!("40.00")));
    assert_eq!(&api.get(first.header("location")).await.expect(200).json(), shown);
    let left = api.get(&format!("{path}/refundable")).await.expect(200).json();
    assert_eq!((&left["card"], &left["total"]), (&json!("59.00"), &json!("59.00")));
    refund("b", json!({"amount": "9.00", "destination": "credit"})).send().await.expect(201);
    let invoice = api.get(&path).await.json();
    assert_eq!((&invoice["status"], &invoice["amount_due"]), (&json!("paid"), &json!("0.00")));
    assert_eq!(invoice["amount_refunded"], "49.00");
    let payment = api.get("/v1/payments").await.json()["data"][0].clone();
    assert_eq!(payment["status"], "partially_refunded");
    assert_eq!((&payment["amount_refunded"], &payment["dispute"]), (&json!("49.00"), &Value::Null));
    let history = api.get("/v1/payment-history").await.expect(200).json();
    let amounts: Vec<&str> = history["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["amount"].as_str().unwrap())
        .collect();
    assert!(amounts.contains(&"-40.00") && amounts.contains(&"99.00"), "{amounts:?}");
    refund("c", json!({})).send().await.expect(201);
    assert_eq!(api.get("/v1/payments").await.json()["data"][0]["status"], "refunded");
    let month = api.get("/v1/reports/collections?month=2026-05").await.expect(200).json();
    assert_eq!((&month["paid"], &month["revenue"]), (&json!("99.00"), &json!("9.00")));
    let retried = api.call("POST", &format!("{}/retry", first.header("location"))).send().await;
    assert_eq!(retried.problem(), (409, "state_conflict".to_owned()));
    api.world.assert_clean().await;
}

// BEY-13 notes and journals over HTTP
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn notes_and_journals_are_downloaded(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let path = paid(&api, &tenant, "visa").await;
    let invoice_id = api.get(&path).await.json()["id"].clone();
    let body = json!({"invoice_id": invoice_id, "amount": "10.00", "reason": "Outage"});
    let note = api.post("/v1/credit-notes", body).await.expect(201);
    let shown = note.json();
    assert_eq!((&shown["number"], &shown["status"]), (&json!("CN-000001"), &json!("issued")));
    let listed = api.get("/v1/credit-notes").await.expect(200).json();
    assert_eq!(listed["data"], json!([shown]));
    let paper = api.get(&format!("{}/pdf", note.header("location"))).await.expect(200);
    assert_eq!(paper.header("content-type"), "application/pdf");
    assert!(paper.body.starts_with(b"%PDF-"));
    let credits = api.get("/v1/credits").await.expect(200).json();
    let credit = format!("/v1/credits/{}", credits["data"][0]["id"].as_str().unwrap());
    let void = api.call("DELETE", &credit).send().await;
    assert_eq!(void.problem(), (409, "state_conflict".to_owned()));
    let journal = async |query: &str| api.get(&format!("/v1/reports/journal?{query}")).await;
    let may = journal("month=2026-05").await.expect(200);
    let name = may.header("content-disposition").to_owned();
    assert!(name.contains("journal-2026-05-open.csv"), "{name}");
    assert!(String::from_utf8_lossy(&may.body).contains(",1100,Accounts receivable,99.00,,USD"));
    api.world
        .app
        .run_due(Some(crate::harness::builders::at("2026-06-02T00:00:00Z")))
        .await
        .unwrap();
    let closed = journal("month=2026-05&format=xero").await.expect(200);
    assert!(closed.header("content-disposition").contains("\"journal-2026-05.csv\""));
    for wrong in ["month=2026-5", "month=2026-05&format=sage", "month=2026-05&books=all"] {
        journal(wrong).await.expect(422);
    }
    api.get("/v1/reports/deferred-revenue?month=2026-05").await.expect(200);
}

// REF-17 the archive's calls charge the minutes of the invoice
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn evidence_has_the_invoices_minutes(#[case] engine: Engine) {
    use crate::harness::trade::{Trade, days, with_bad_rows};
    let Some(trade) = Trade::open(engine, 10).await else { return };
    let start = trade.world.app.clock.now();
    trade.world.app.clock.advance(start.plus_seconds(21 * 86_400)).unwrap();
    let file = with_bad_rows(&trade.calls((7, 400), days(start, 20)));
    let world = trade.world;
    world.import(&file).await.unwrap();
    let end = crate::harness::builders::at("2026-07-02T00:00:00Z");
    world.app.run_due(Some(end)).await.unwrap();
    let mut seen = 0;
    for partner_id in world.app.partner_ids(None).await.unwrap() {
        for invoice in world.app.invoices(partner_id, None).await.unwrap() {
            let full = world.app.full_invoice(partner_id, invoice.invoice_id).await.unwrap();
            let lines = full.lines.iter().filter(|it| it.facts.kind.as_str() == "usage");
            let billed: i64 = lines
                .map(|line| {
                    assert_eq!(line.facts.quantity.denominator().get(), 60);
                    line.facts.quantity.numerator()
                })
                .sum();
            let made = world.app.evidence_bundle(partner_id, invoice.invoice_id).await.unwrap();
            let text = String::from_utf8_lossy(&made.bytes);
            let csv = &text[text.find("call_id,").unwrap()..text.rfind("PK\u{1}\u{2}").unwrap()];
            let rows = csv.lines().skip(1).filter(|line| line.contains("call_"));
            let seconds: i64 =
                rows.map(|line| line.split(',').nth(9).unwrap().parse::<i64>().unwrap()).sum();
            assert!(made.bytes.windows(5).any(|it| it == b"%PDF-"));
            assert_eq!(seconds, billed, "{}", invoice.invoice_id);
            seen += i64::from(seconds > 0);
        }
    }
    assert!(seen > 0, "some invoice bills minutes");
}
