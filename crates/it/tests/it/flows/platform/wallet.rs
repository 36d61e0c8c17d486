//! What a wallet's level does, its history as a file, purchases it cannot pay.

use app::error::AppError;
use domain::money::Micros;
use rstest::rstest;
use serde_json::json;

use super::{Paying, micros};
use crate::harness::Engine;

// WAL-07 C-10 at the level, at half, at zero: once per crossing
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_partner_is_told_three_times_on_the_way_down(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T00:00:00Z").await else { return };
    paying.adjust("35.00", "to-60").await;
    let mut told = Vec::new();
    for step in 0..12 {
        let before = paying.mails().await.len();
        paying.debit("5.00", &format!("step-{step}")).await;
        if paying.mails().await.len() > before {
            told.push(format!("{} {}", paying.wallet().await, paying.mails().await[before]));
        }
    }
    let expected = [
        "50.00 Your wallet runs low",
        "25.00 Your wallet runs very low",
        "0.00 Your wallet is empty",
    ];
    assert_eq!(told, expected);
    paying.adjust("49.00", "up-to-49").await;
    paying.debit("1.00", "down-to-48").await;
    assert_eq!(paying.mails().await.len(), 3);
    paying.adjust("3.00", "up-to-51").await;
    paying.debit("1.00", "down-to-50").await;
    assert_eq!(paying.mails().await.len(), 4);
}

// WAL-06 WAL-08 C-10 at zero new calls and extensions are refused, until a top-up
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_empty_wallet_refuses_what_is_new(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-31T00:00:00Z").await else { return };
    let world = &paying.api.world;
    let tenant = world.tenant(&paying.api.partner, "acme").await;
    let add = async |name: &str| {
        paying
            .try_post("/v1/extensions", json!({"tenant_id": tenant.tenant_id, "name": name}))
            .await
    };
    paying.debit("20.00", "to-5").await;
    paying.method("expired").await;
    add("101").await.expect(201);
    paying.debit(&paying.wallet().await, "to-0").await;
    let refusal = async || world.app.service_refusal(paying.id()).await.unwrap();
    assert_eq!(refusal().await.unwrap().as_str(), "wallet_empty");
    assert_eq!(paying.subscription().await["refusal"], "wallet_empty");
    assert_eq!(add("102").await.problem(), (402, "wallet_empty".to_owned()));
    assert_eq!(paying.status().await, "active");
    paying.method("visa").await;
    paying.post("/v1/wallet/top-ups", json!({"amount": "10.00"})).await;
    assert_eq!(refusal().await, None);
    add("102").await.expect(201);
}

// PLT-19 C-65 a purchase the wallet cannot pay recharges it, or is refused with the shortfall
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_purchase_recharges_an_empty_wallet(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T00:00:00Z").await else { return };
    let app = &paying.api.world.app;
    let cover =
        async |price: &str| app.cover_purchase(paying.id(), Micros::new(micros(price))).await;
    cover("2.75").await.unwrap();
    paying.debit("25.00", "to-0").await;
    let refused = cover("2.75").await;
    assert!(matches!(refused, Err(AppError::WalletEmpty(why)) if why.contains("$2.75")));
    let on = json!({"enabled": true, "threshold": "0.01", "amount": "20.00"});
    paying.api.patch("/v1/wallet/auto-recharge", on).await.expect(200);
    cover("2.75").await.unwrap();
    // The larger of the two, and not bound by the hour.
    cover("70.001").await.unwrap();
    let charges = paying.charges().await.split_off(1);
    assert_eq!(charges, ["purchase 2000 succeeded", "purchase 7001 succeeded"]);
    assert_eq!(paying.wallet().await, "90.01");
    paying.method("declined").await;
    assert!(matches!(cover("500.00").await, Err(AppError::PaymentDeclined(_))));
    assert_eq!(paying.wallet().await, "90.01");
    paying.api.world.assert_clean().await;
}

// WAL-19 WAL-20 filters combine; the file holds what they let through, to the last digit
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_history_is_filtered_and_exported(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T00:00:00Z").await else { return };
    let world = &paying.api.world;
    for number in 0..230 {
        if number == 100 {
            world.advance("2026-05-11T00:00:00Z");
        }
        paying.debit("0.000123", &format!("ref-{number}")).await;
    }
    let list = "/v1/wallet/transactions";
    let file = async |query: &str| {
        let call = paying.api.call("GET", &format!("{list}?{query}"));
        let answer = call.header("accept", "text/csv").send().await.expect(200);
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        String::from_utf8(answer.body).unwrap()
    };
    let all = file("").await;
    // The header, the initial credit, the fee, and 230 adjustments.
    assert_eq!(all.lines().count(), 1 + 2 + 230);
    let amounts: i64 = all.lines().skip(1).map(|row| micros(row.split(',').nth(2).unwrap())).sum();
    assert_eq!(amounts, micros(&paying.wallet().await));
    let day = "created%5Bgte%5D=2026-05-11T00:00:00Z";
    let some = file(&format!("kind=manual_adjustment&{day}")).await;
    assert_eq!(some.lines().count(), 1 + 130);
    assert!(some.lines().skip(1).all(|row| row.contains(",manual_adjustment,-0.000123,")));
    let until = "created%5Blt%5D=2026-05-11T00:00:00Z";
    let rows = paying.api.get(&format!("{list}?kind=manual_adjustment&{until}&limit=200")).await;
    assert_eq!(rows.expect(200).json()["data"].as_array().unwrap().len(), 100);
    let fees = file("kind=subscription_invoice").await;
    assert_eq!(fees.lines().count(), 2);
    paying.api.get(&format!("{list}?kind=bonus")).await.expect(422);
}
