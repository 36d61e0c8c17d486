//! Payments, the wallet, and the lists that books are kept from.

use std::collections::BTreeSet;

use app::setup::{NewCredit, WalletMove, WalletMoveKind};
use domain::money::{Micros, Minor};
use rstest::rstest;
use serde_json::{Value, json};

use super::invoices::{draft, issued, step, with_tenant};
use crate::harness::{Api, Engine};

/// All rows of a list, page by page; `meanwhile` happens between two pages.
async fn pulled(api: &Api, path: &str, meanwhile: impl AsyncFn()) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut next = path.to_owned();
    loop {
        let page = api.get(&next).await.expect(200).json();
        rows.extend(page["data"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else { return rows };
        next = format!("{path}&starting_after={cursor}");
        meanwhile().await;
    }
}

fn texts<'a>(rows: &'a [Value], field: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[field].as_str().unwrap()).collect()
}

// PAY-01 PAY-02 PAY-12 INV-26 the same request twice is one payment
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_request_to_pay_charges_once(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let path = issued(&api, &tenant, "99.00").await;
    let pay = |key: &str, amount: &str| {
        api.call("POST", &format!("{path}/pay")).once(key).json(json!({"amount": amount}))
    };
    let (first, second) = tokio::join!(pay("k", "40.00").send(), pay("k", "40.00").send());
    for answer in [&first, &second] {
        let in_progress = answer.problem() == (409, "idempotency_in_progress".to_owned());
        assert!(answer.status == 201 || in_progress, "{answer:?}");
    }
    let third = pay("k", "40.00").send().await.expect(201);
    let payment = third.json();
    assert_eq!((&payment["status"], &payment["amount"]), (&json!("succeeded"), &json!("40.00")));
    assert_eq!(third.header("idempotent-replayed"), "true");
    let fourth = pay("k", "40.00").send().await.expect(201);
    assert_eq!((&fourth.body, fourth.header("location")), (&third.body, third.header("location")));
    assert_eq!(api.get(third.header("location")).await.expect(200).json(), payment);
    let reused = pay("k", "41.00").send().await;
    assert_eq!(reused.problem(), (422, "idempotency_key_reused".to_owned()));
    assert_eq!(api.get(&path).await.json()["status"], "partially_paid");
    step(&api, &path, "pay").await.expect(201);
    let invoice = api.get(&path).await.json();
    assert_eq!((&invoice["status"], &invoice["amount_paid"]), (&json!("paid"), &json!("99.00")));
    let payments = api.get("/v1/payments").await.json();
    assert_eq!(payments["data"].as_array().unwrap().len(), 2);
    let entries = api.get("/v1/audit-entries?action=invoice.pay").await.expect(200).json();
    assert_eq!(entries["data"].as_array().unwrap().len(), 2);
    api.world.assert_clean().await;
}

// PAY-03 PAY-07 PAY-13 declined, unanswered, too much
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payment_says_what_came_of_it(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let path = issued(&api, &tenant, "99.00").await;
    let pay = |body: Value| api.call("POST", &format!("{path}/pay")).json(body);
    for body in [
        json!({"amount": "0"}),
        json!({"amount": "-1"}),
        json!({"amount": "0.49"}),
        json!({"amount": "99.01"}),
        json!({"amount": "1.001"}),
        json!({"payment_method_id": "gold"}),
        json!({"colour": "red"}),
    ] {
        let field = body.as_object().unwrap().keys().next().unwrap().clone();
        let problem = pay(body).send().await.expect(422).json();
        assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"));
    }
    assert_eq!(api.get("/v1/payments").await.json()["data"], json!([]));
    let saved = async |name: &str| {
        let id = api.world.saved_method(&tenant, name).await;
        json!({"payment_method_id": id})
    };
    let declined = pay(saved("declined").await).send().await.expect(201).json();
    assert_eq!((&declined["status"], &declined["note"]), (&json!("failed"), &Value::Null));
    assert_eq!(declined["failure_code"], "generic_decline");
    assert_eq!(api.get(&path).await.json()["status"], "sent");
    let lost = saved("lost_answer").await;
    let lost = || pay(lost.clone()).once("lost");
    assert_eq!(lost().send().await.expect(201).json()["status"], "pending");
    for action in ["pay", "mark-paid"] {
        let refused = step(&api, &path, action).await.problem();
        assert_eq!(refused, (409, "payment_in_progress".to_owned()), "{action}");
    }
    // The same request asks what came of it.
    assert_eq!(lost().send().await.expect(201).json()["status"], "succeeded");
    assert_eq!(api.get(&path).await.json()["status"], "paid");
    let failed = api.get("/v1/payments?status=failed").await.json();
    assert_eq!(failed["data"], json!([declined]));
    let of_tenant = format!("/v1/payments?limit=1&tenant_id={}", tenant.tenant_id);
    let invoice_id = path.rsplit('/').next().unwrap();
    for list in [format!("/v1/payments?limit=1&invoice_id={invoice_id}"), of_tenant] {
        assert_eq!(pulled(&api, &list, async || {}).await.len(), 2, "{list}");
    }
    api.world.assert_clean().await;
}

// REP-17 INV-01 INV-04 API-11 lists have no gap and no double while rows come
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn invoices_and_payments_are_pulled_without_gap_or_double(#[case] engine: Engine) {
    let Some((mut api, tenant)) = with_tenant(engine).await else { return };
    let app = &api.world.app;
    for number in 0..12 {
        let path = issued(&api, &tenant, "5.00").await;
        if number % 2 == 0 {
            step(&api, &path, "mark-paid").await.expect(200);
        }
        // Some at the same instant, some later.
        app.clock.advance(app.clock.now().plus_seconds(number / 3)).unwrap();
    }
    let more = async || {
        let path = issued(&api, &tenant, "7.00").await;
        step(&api, &path, "mark-paid").await.expect(200);
    };
    for (path, expected) in [
        ("/v1/invoices?limit=5", 12),
        ("/v1/invoices?limit=5&sort=due_date", 12),
        ("/v1/invoices?limit=5&sort=created_at&status=sent", 6),
        ("/v1/payments?limit=2", 6),
        ("/v1/payments?limit=2&sort=created_at", 6),
    ] {
        let before: Vec<Value> = pulled(&api, path, async || {}).await;
        let before: BTreeSet<&str> = texts(&before, "id").into_iter().collect();
        assert!(before.len() >= expected, "{path}");
        let rows = pulled(&api, path, more).await;
        let seen = texts(&rows, "id");
        let unique: BTreeSet<&str> = seen.iter().copied().collect();
        assert_eq!(unique.len(), seen.len(), "{path}: a row came twice");
        assert!(unique.is_superset(&before), "{path}: a row is missing");
    }
    let newest = pulled(&api, "/v1/invoices?limit=50", async || {}).await;
    assert!(texts(&newest, "created_at").is_sorted_by(|a, b| a >= b));
    // A key that is restricted to some tenants reads the same pages.
    let owner = Some(api.partner.partner_id);
    let key = api.key_of(owner, &[], Some(&[tenant.tenant_id])).await;
    for sort in ["-created_at", "due_date"] {
        let path = format!("/v1/invoices?limit=5&sort={sort}");
        let all = pulled(&api, &path, async || {}).await;
        let whole = std::mem::replace(&mut api.key, key.clone());
        let its = pulled(&api, &path, async || {}).await;
        assert_eq!(texts(&its, "id"), texts(&all, "id"), "{sort}");
        api.key = whole;
    }
}

// INV-04 INV-25 each filter alone returns exactly its set
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn lists_are_filtered(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let oak = api.world.tenant(&api.partner, "OAKS").await;
    let number = async |path: String| {
        let invoice = api.get(&path).await.json();
        invoice["number"].as_str().unwrap_or("draft").to_owned()
    };
    let first = number(issued(&api, &tenant, "5.00").await).await;
    api.world.advance("2026-05-20T00:00:00Z");
    let second = number(issued(&api, &oak, "6.00").await).await;
    draft(&api, &oak, "7.00").await;
    api.world.advance("2026-05-21T00:00:00Z");
    let paid = issued(&api, &tenant, "8.00").await;
    step(&api, &paid, "pay").await.expect(201);
    let third = number(paid).await;
    let tenant_filter = format!("tenant_id={}", oak.tenant_id);
    for (filter, wanted) in [
        ("q=", vec!["draft", &*first, &*second, &*third]),
        (&*tenant_filter, vec!["draft", &*second]),
        ("status=draft", vec!["draft"]),
        ("status=paid", vec![&*third]),
        ("status=sent", vec![&*first, &*second]),
        ("status=overdue", vec![]),
        ("kind=one_time&status=sent", vec![&*first, &*second]),
        ("kind=period", vec![]),
        ("number=INV-000002", vec![&*second]),
        ("q=inv-000003", vec![&*third]),
        ("q=oak", vec!["draft", &*second]),
        ("q=%25", vec![]),
        ("created%5Bgte%5D=2026-05-21T00:00:00Z", vec![&*third]),
        ("created%5Blt%5D=2026-05-20T00:00:00Z", vec![&*first]),
        ("issued%5Bgte%5D=2026-05-20T00:00:00Z", vec![&*second, &*third]),
        ("due%5Bgte%5D=2026-06-04&due%5Blt%5D=2026-06-05", vec![&*second]),
        ("due%5Bgte%5D=2026-06-05", vec![&*third]),
        ("q=INV-00000", vec![&*first, &*second, &*third]),
        ("q=000003", vec![]),
        ("issued%5Blt%5D=2026-05-20T00:00:00Z&sort=issued_at", vec![&*first]),
    ] {
        let found = api.get(&format!("/v1/invoices?{filter}")).await.expect(200).json();
        let found = found["data"].as_array().unwrap().clone();
        let mut found: Vec<&str> =
            found.iter().map(|it| it["number"].as_str().unwrap_or("draft")).collect();
        found.sort_unstable();
        let mut wanted = wanted;
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{filter}");
    }
    for wrong in [
        "status=unpaid",
        "kind=x",
        "sort=total",
        "expand%5B%5D=x",
        "due%5Bgte%5D=1",
        "x=1",
        "due%5Bgte%5D=2026-06-05&sort=-created_at",
        "due%5Bgte%5D=2026-06-05&sort=issued_at",
        "issued%5Bgte%5D=2026-05-20T00:00:00Z&sort=due_date",
    ] {
        api.get(&format!("/v1/invoices?{wrong}")).await.expect(422);
    }
    let expanded = api.get("/v1/invoices?expand%5B%5D=lines&status=paid").await.expect(200).json();
    assert_eq!(expanded["data"][0]["lines"][0]["amount"], "8.00");
    let plain = api.get("/v1/invoices?status=paid").await.expect(200).json();
    assert!(plain["data"][0].get("lines").is_none());
}

// WAL-01 WAL-16 WAL-17 WAL-19 REP-17
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_wallets_history_adds_up_and_is_pulled_by_place(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let (app, owner) = (&api.world.app, api.partner.partner_id);
    let moved = async |reference: usize, kind, micros| {
        let (amount, reference) = (Micros::new(micros), format!("ref-{reference}"));
        let reason = "a test".to_owned();
        app.move_wallet(owner, &WalletMove { kind, amount, reason, reference }).await.unwrap();
    };
    for number in 0..9 {
        moved(number, WalletMoveKind::TopUp, 10_000_001).await;
        moved(100 + number, WalletMoveKind::ManualAdjustment, -3_500_000).await;
        // Retail transfers stand between them and are not the wallet's.
        issued(&api, &tenant, "5.00").await;
    }
    let fresh = std::sync::atomic::AtomicUsize::new(1_000);
    let more = async || {
        let number = fresh.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        moved(number, WalletMoveKind::TopUp, 1).await;
    };
    let list = "/v1/wallet/transactions";
    let rows = pulled(&api, &format!("{list}?limit=4&sort=seq"), more).await;
    let micros = |row: &Value, field: &str| Micros::parse(row[field].as_str().unwrap()).unwrap();
    let mut balance = Micros::ZERO;
    let mut place = (0, 0);
    for row in &rows {
        balance = balance.plus(micros(row, "amount")).unwrap();
        assert_eq!(micros(row, "balance_after"), balance, "{row}");
        let at = (row["seq"].as_i64().unwrap(), row["line"].as_i64().unwrap());
        assert!(at > place, "{row}");
        place = at;
    }
    let wallet = api.get("/v1/wallet").await.expect(200).json();
    assert_eq!(wallet["balance"], balance.to_string());
    assert_eq!((&wallet["available"], &wallet["currency"]), (&wallet["balance"], &json!("USD")));
    // What came since the last pull, and nothing else.
    more().await;
    let since = pulled(&api, &format!("{list}?sort=seq&since={}", place.0), async || {}).await;
    assert_eq!(texts(&since, "amount"), ["0.000001"]);
    let down = pulled(&api, &format!("{list}?limit=3"), more).await;
    assert_eq!(down.len(), rows.len() + 1);
    assert!(down.is_sorted_by_key(|row| std::cmp::Reverse(row["seq"].as_i64())));
    let fixed = pulled(&api, &format!("{list}?limit=2&kind=manual_adjustment"), async || {}).await;
    assert_eq!(fixed.len(), 9);
    assert!(texts(&fixed, "amount").iter().all(|amount| *amount == "-3.50"));
    api.get(&format!("{list}?kind=bonus")).await.expect(422);
    let later = api.get(&format!("{list}?created%5Bgte%5D=2027-01-01T00:00:00Z")).await;
    assert_eq!(later.expect(200).json()["data"], json!([]));
}

// INV-22 INV-30 what a tenant owes, and what it is owed
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_tenants_balance_is_what_it_owes_and_is_owed(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let app = &api.world.app;
    issued(&api, &tenant, "5.00").await;
    api.world.advance("2026-05-25T00:00:00Z");
    let part = issued(&api, &tenant, "7.00").await;
    api.post(&format!("{part}/mark-paid"), json!({"amount": "3.00"})).await.expect(200);
    let paid = issued(&api, &tenant, "9.00").await;
    step(&api, &paid, "pay").await.expect(201);
    draft(&api, &tenant, "11.00").await;
    let credit = NewCredit {
        tenant_id: tenant.tenant_id,
        amount: Minor::new(1_250),
        reason: "Outage".to_owned(),
    };
    app.give_credit(api.partner.partner_id, &credit).await.unwrap();
    app.run_due(Some(crate::harness::builders::at("2026-05-30T00:00:00Z"))).await.unwrap();
    let path = format!("/v1/tenants/{}/balance", tenant.tenant_id);
    let balance = api.get(&path).await.expect(200).json();
    let expected = json!({
        "tenant_id": tenant.tenant_id, "currency": "USD", "due": "9.00", "overdue": "5.00",
        "credit": "12.50", "unpaid_invoices": 2, "overdue_invoices": 1,
    });
    assert_eq!(balance, expected);
}
