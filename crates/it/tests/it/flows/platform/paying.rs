//! Fees month by month, and what happens where they are not paid.

use rstest::rstest;
use serde_json::json;

use super::Paying;
use crate::harness::Engine;

// PLT-13 PLT-14 PLT-33 C-01 C-02 C-11 the fee by card on the first, units from the wallet
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn fees_renew_on_the_first_by_card(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T09:00:00Z").await else { return };
    let world = &paying.api.world;
    let tenant = world.tenant(&paying.api.partner, "acme").await;
    let names: Vec<String> = (101..105).map(|name| name.to_string()).collect();
    world.app.add_extensions(paying.id(), tenant.tenant_id, &names).await.unwrap();
    let before = paying.history().await.len();
    paying.due("2026-05-31T23:59:59Z").await;
    assert_eq!(paying.charges().await.len(), 1);
    paying.due("2026-08-01T00:00:00Z").await;
    let renewals: Vec<String> = paying.charges().await.split_off(1);
    assert_eq!(renewals, ["renewal 24900 succeeded"; 3]);
    // 12.00 for four extensions; the fee stands there and moves nothing.
    let fees = paying.history().await;
    let month = ["subscription_invoice 0.00", "monthly_extension -12.00"];
    let of_month = |rows: &[String]| {
        let mut rows = rows.to_vec();
        rows.sort();
        rows.reverse();
        rows
    };
    assert_eq!(of_month(&fees[before..before + 2]), month);
    assert_eq!(world.count("subscription_invoice").await, 4);
    let numbers = world.texts("select number from subscription_invoice order by number").await;
    assert_eq!(numbers, ["SUB-000001", "SUB-000002", "SUB-000003", "SUB-000004"]);
    world.assert_clean().await;
}

// PLT-36 C-09 partners with own processor keys pay the operator's surcharge
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn own_keys_cost_the_surcharge(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T09:00:00Z").await else { return };
    let set = json!({"custom_keys_surcharge": "50.00"});
    paying.operate(("PUT", "/v1/operator/fees"), set).await.expect(200);
    paying.due("2026-06-01T00:00:00Z").await;
    let mode = format!(
        "insert into processor (partner_id, mode, context, version)
         values ('{}', 'custom_keys', 'custom_keys:acct_1', 1)",
        paying.id()
    );
    paying.api.world.execute(&mode).await;
    assert_eq!(paying.subscription().await["surcharge"], "50.00");
    paying.due("2026-07-01T00:00:00Z").await;
    let renewals = paying.charges().await.split_off(1);
    assert_eq!(renewals, ["renewal 24900 succeeded", "renewal 29900 succeeded"]);
}

// PLT-32 C-13 past due, retried on days 3 and 7, suspended on day 14, restored by paying
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_unpaid_fee_suspends_after_fourteen_days(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T09:00:00Z").await else { return };
    let app = &paying.api.world.app;
    paying.method("insufficient_funds").await;
    let mut attempts = Vec::new();
    for day in 1..=14 {
        paying.due(&format!("2026-06-{day:02}T00:00:00Z")).await;
        attempts.push(paying.charges().await.len() - 1);
        assert_eq!(paying.status().await, "past_due", "day {day}");
        assert_eq!(app.service_refusal(paying.id()).await.unwrap(), None);
    }
    assert_eq!(attempts, [1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3]);
    paying.due("2026-06-15T00:00:00Z").await;
    let shown = paying.subscription().await;
    assert_eq!(
        (&shown["status"], &shown["suspension_reasons"]),
        (&json!("suspended"), &json!(["unpaid"]))
    );
    assert!(app.service_refusal(paying.id()).await.unwrap().is_some());
    let mails = paying.mails().await;
    let failed = mails.iter().filter(|it| *it == "Your platform fee was not paid").count();
    assert_eq!((failed, mails.last().unwrap().as_str()), (3, "Your account is suspended"));
    paying.method("visa").await;
    paying.post("/v1/subscription/activate", json!(null)).await;
    assert_eq!(paying.status().await, "active");
    assert_eq!(paying.charges().await.last().unwrap(), "renewal 24900 succeeded");
    // The next month is an ordinary one, and nothing of June is asked for again.
    paying.due("2026-07-02T00:00:00Z").await;
    assert_eq!(paying.charges().await.len(), 6);
    paying.api.world.assert_clean().await;
}

// PLT-32 a card that works by day 3 restores; who has no method at all is past due, too
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_retry_restores(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T09:00:00Z").await else { return };
    paying.without_methods().await;
    paying.due("2026-06-02T00:00:00Z").await;
    assert_eq!(paying.status().await, "past_due");
    paying.method("visa").await;
    paying.due("2026-06-04T00:00:00Z").await;
    assert_eq!(paying.status().await, "active");
    paying.api.world.assert_clean().await;
}

// PLT-32 an outage is no decline: the same charge is asked for again, and charged once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_lost_answer_is_asked_for_again(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T09:00:00Z").await else { return };
    paying.method("lost_answer").await;
    paying.due("2026-06-01T00:00:00Z").await;
    assert_eq!(paying.charges().await.last().unwrap(), "renewal 24900 unknown");
    assert_eq!(paying.status().await, "active");
    paying.due("2026-06-01T01:00:00Z").await;
    assert_eq!(paying.charges().await.split_off(1), ["renewal 24900 succeeded"]);
    paying.api.world.assert_clean().await;
}
