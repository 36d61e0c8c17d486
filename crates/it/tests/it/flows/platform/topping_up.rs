//! Money into a wallet: by card, by bank account, with answers lost and told of twice.

use adapters::processor::{At, Charge, ChargeStatus, Ours, PaymentGateway};
use rstest::rstest;
use serde_json::json;

use super::Paying;
use crate::harness::Engine;

const TOP_UPS: &str = "/v1/wallet/top-ups";

// WAL-03 WAL-05 PMT-03 one charge of the default method, one credit, however often it is asked
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_top_up_charges_once_and_credits_once(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T00:00:00Z").await else { return };
    paying.method("mastercard").await;
    let wanted = json!({"amount": "100.00"});
    let ask = async || paying.api.call("POST", TOP_UPS).once("t").json(wanted.clone()).send().await;
    let first = ask().await.expect(201);
    let again = ask().await.expect(201);
    assert_eq!((first.json(), again.header("idempotent-replayed")), (again.json(), "true"));
    assert_eq!(paying.charges().await.split_off(1), ["top_up 10000 succeeded"]);
    assert_eq!(paying.wallet().await, "125.00");
    assert_eq!(paying.history().await.last().unwrap(), "top_up 100.00");
    let sql = "select method_reference from operator_charge where purpose = 'top_up'";
    assert_eq!(paying.api.world.texts(sql).await, ["sbx_pm.mastercard.1"]);
    let id = first.json()["id"].as_str().unwrap().to_owned();
    let shown = paying.api.get(&format!("{TOP_UPS}/{id}")).await.expect(200).json();
    assert_eq!(shown, first.json());
    for wrong in ["0", "-5.00", "0.49", "1000000.00", "1.001"] {
        let refused = paying.try_post(TOP_UPS, json!({"amount": wrong})).await;
        assert_eq!(refused.problem().0, 422, "{wrong}");
    }
    paying.api.world.assert_clean().await;
}

// WAL-04 WAL-06 declined: nothing in the wallet, nothing in its history, service as before
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_declined_top_up_changes_nothing(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T00:00:00Z").await else { return };
    let before = paying.history().await;
    for name in ["insufficient_funds", "expired", "lost_card", "authenticate"] {
        paying.method(name).await;
        let declined = paying.try_post(TOP_UPS, json!({"amount": "10.00"})).await;
        assert_eq!(declined.problem(), (402, "payment_declined".to_owned()), "{name}");
    }
    assert_eq!((paying.history().await, paying.wallet().await.as_str()), (before, "25.00"));
    let refusal = paying.api.world.app.service_refusal(paying.id()).await.unwrap();
    assert_eq!(refusal, None);
    paying.without_methods().await;
    let none = paying.try_post(TOP_UPS, json!({"amount": "10.00"})).await;
    assert_eq!(none.problem(), (409, "payment_method_missing".to_owned()));
    paying.api.world.assert_clean().await;
}

// PAY-12 WAL-03 a bank account's money is credited when it came, not while it is on its way
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn money_on_its_way_is_not_in_the_wallet(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T00:00:00Z").await else { return };
    for (name, cents) in [("bank", "40.00"), ("bank_insufficient_funds", "60.00")] {
        paying.method(name).await;
        paying.try_post(TOP_UPS, json!({"amount": cents})).await.expect(202);
    }
    let wallet = paying.api.get("/v1/wallet").await.expect(200).json();
    assert_eq!((&wallet["balance"], &wallet["pending"]), (&json!("25.00"), &json!("100.00")));
    paying.due("2026-05-13T23:59:59Z").await;
    assert_eq!(paying.wallet().await, "25.00");
    paying.due("2026-05-14T00:00:02Z").await;
    let ended = paying.charges().await.split_off(1);
    assert_eq!(ended, ["top_up 4000 succeeded", "top_up 6000 declined"]);
    let wallet = paying.api.get("/v1/wallet").await.expect(200).json();
    assert_eq!((&wallet["balance"], &wallet["pending"]), (&json!("65.00"), &json!("0.00")));
    paying.api.world.assert_clean().await;
}

// WAL-24 PAY-12 an answer that never came is a state of its own; asking again charges once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_lost_answer_is_found_again(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T00:00:00Z").await else { return };
    paying.method("lost_answer").await;
    let wanted = json!({"amount": "10.00"});
    let ask = async || paying.api.call("POST", TOP_UPS).once("t").json(wanted.clone()).send().await;
    ask().await.expect(202);
    assert_eq!(paying.charges().await.last().unwrap(), "top_up 1000 unknown");
    // The same request again asks for what came of it, under the same key.
    ask().await.expect(201);
    paying.method("no_answer").await;
    paying.try_post(TOP_UPS, json!({"amount": "20.00"})).await.expect(202);
    paying.due("2026-05-10T22:00:00Z").await;
    assert_eq!(paying.charges().await.last().unwrap(), "top_up 2000 unknown");
    // After a day the processor may have forgotten the key: what it does not know was never begun.
    paying.due("2026-05-11T02:00:00Z").await;
    let ended = paying.charges().await.split_off(1);
    assert_eq!(ended, ["top_up 1000 succeeded", "top_up 2000 cancelled"]);
    assert_eq!(paying.wallet().await, "35.00");
    paying.api.world.assert_clean().await;
}

// WAL-24 REF-15 events in any order, any number of times: one credit, and a final state stays
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn events_told_twice_and_late_count_once(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T00:00:00Z").await else { return };
    paying.method("bank").await;
    let begun = paying.try_post(TOP_UPS, json!({"amount": "40.00"})).await.expect(202).json();
    let app = &paying.api.world.app;
    let sql = "select reference from operator_charge where purpose = 'top_up'";
    let reference = paying.api.world.texts(sql).await.remove(0);
    let now = app.clock.now();
    let state = app.outside.processor.charge_state(&At::PLATFORM, &reference, now).await.unwrap();
    let ours = Ours {
        partner_id: paying.id().to_string(),
        object_id: begun["id"].as_str().unwrap().to_owned(),
    };
    let told = |status| Charge { status, ours: Some(ours.clone()), ..state.clone() };
    assert!(!app.operator_charge_told(&Charge { ours: None, ..state.clone() }).await.unwrap());
    for status in [
        ChargeStatus::Processing,
        ChargeStatus::Succeeded,
        ChargeStatus::Succeeded,
        ChargeStatus::Processing,
        ChargeStatus::Cancelled,
        ChargeStatus::Other("new".to_owned()),
    ] {
        assert!(app.operator_charge_told(&told(status)).await.unwrap());
    }
    let tell = || app.operator_charge_told(&state);
    let _ = tokio::join!(tell(), tell(), tell(), tell(), tell());
    paying.due("2026-05-20T00:00:00Z").await;
    assert_eq!(paying.charges().await.split_off(1), ["top_up 4000 succeeded"]);
    assert_eq!(paying.wallet().await, "65.00");
    paying.api.world.assert_clean().await;
}
