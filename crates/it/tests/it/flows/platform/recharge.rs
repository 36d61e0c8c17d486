//! The wallet fills itself.

use app::platform::RechargeEdit;
use domain::{money::Minor, wallet::RechargeState};
use rstest::rstest;
use serde_json::json;

use super::{Paying, micros};
use crate::harness::Engine;

const SETTINGS: &str = "/v1/wallet/auto-recharge";

impl Paying {
    async fn recharging(engine: Engine, balance: &str) -> Option<Self> {
        let paying = Self::active(engine, "2026-05-10T00:00:00Z").await?;
        let more = micros(balance) - 25_000_000;
        paying.adjust(&domain::money::Micros::new(more).to_string(), "start").await;
        let on = json!({"enabled": true, "threshold": "50.00", "amount": "200.00"});
        paying.api.patch(SETTINGS, on).await.expect(200);
        paying.api.world.app.run_due(None).await.unwrap();
        Some(paying)
    }

    async fn recharges(&self) -> Vec<String> {
        let charges = self.charges().await;
        charges.into_iter().filter(|it| it.starts_with("auto_recharge")).collect()
    }

    async fn is_on(&self) -> bool {
        self.api.get(SETTINGS).await.expect(200).json()["enabled"] == true
    }
}

// WAL-09 WAL-10 WAL-14 settings are read back; switching on needs a method that can be charged
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn settings_are_kept_and_checked(#[case] engine: Engine) {
    let Some(paying) = Paying::trial(engine).await else { return };
    let off = json!({"threshold": "50.00", "amount": "200.00"});
    let kept = paying.api.patch(SETTINGS, off).await.expect(200);
    let shown = paying.api.get(SETTINGS).await.expect(200);
    assert_eq!(kept.json(), shown.json());
    let fields = ["enabled", "threshold", "amount"].map(|name| shown.json()[name].clone());
    assert_eq!(fields, [json!(false), json!("50.00"), json!("200.00")]);
    for wrong in [
        json!({"threshold": "0"}),
        json!({"threshold": "-1"}),
        json!({"amount": "0"}),
        json!({"amount": "-1.00"}),
        json!({"amount": "0.10"}),
    ] {
        assert_eq!(paying.api.patch(SETTINGS, wrong).await.problem().0, 422);
    }
    let on = json!({"enabled": true});
    let refused = paying.api.patch(SETTINGS, on.clone()).await;
    assert_eq!(refused.problem(), (409, "payment_method_missing".to_owned()));
    paying.method("visa").await;
    paying.api.patch(SETTINGS, on).await.expect(200);
    let stale = paying.api.call("PATCH", SETTINGS).header("if-match", "\"1\"");
    assert_eq!(stale.json(json!({"enabled": false})).send().await.problem().0, 412);
    let hints = web::api::document().to_string();
    assert!(hints.contains("500 or more larger ones") && hints.contains("four to six weeks"));
}

// WAL-11 WAL-18 F-19 below the threshold and not at it; the recharge is a top-up of its own source
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_debit_below_the_threshold_recharges(#[case] engine: Engine) {
    let Some(paying) = Paying::recharging(engine, "50.10").await else { return };
    paying.debit("0.10", "to-50").await;
    assert!(paying.recharges().await.is_empty());
    paying.debit("0.10", "to-49.90").await;
    assert_eq!(paying.recharges().await, ["auto_recharge 20000 succeeded"]);
    assert_eq!(paying.wallet().await, "249.90");
    let rows = paying.api.get("/v1/wallet/transactions?kind=top_up").await.expect(200).json();
    assert_eq!(rows["data"][0]["reference"]["kind"], "auto_recharge");
    paying.api.world.assert_clean().await;
}

// WAL-12 C-64 one an hour, from attempt to attempt; at sixty minutes the second without a debit
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn there_is_one_recharge_an_hour(#[case] engine: Engine) {
    let Some(paying) = Paying::recharging(engine, "60.00").await else { return };
    paying.debit("20.00", "first").await;
    paying.due("2026-05-10T00:59:00Z").await;
    paying.debit("230.00", "second").await;
    assert_eq!(paying.recharges().await.len(), 1);
    paying.due("2026-05-10T01:00:01Z").await;
    assert_eq!(paying.recharges().await.len(), 1);
    paying.due("2026-05-10T01:00:02Z").await;
    assert_eq!(paying.recharges().await.len(), 2);
    assert_eq!(paying.wallet().await, "210.00");
    paying.api.world.assert_clean().await;
}

// WAL-13 declined: off, one mail at once, no further attempt, service until zero, on by hand
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_declined_recharge_switches_off(#[case] engine: Engine) {
    let Some(paying) = Paying::recharging(engine, "60.00").await else { return };
    paying.method("insufficient_funds").await;
    paying.debit("20.00", "first").await;
    assert_eq!(paying.recharges().await, ["auto_recharge 20000 declined"]);
    assert!(!paying.is_on().await);
    let subject = "Your wallet could not be recharged";
    let count = async || paying.mails().await.iter().filter(|it| *it == subject).count();
    assert_eq!(count().await, 1);
    paying.due("2026-05-11T00:00:00Z").await;
    paying.debit("5.00", "later").await;
    paying.due("2026-05-12T00:00:00Z").await;
    assert_eq!((paying.recharges().await.len(), count().await), (1, 1));
    let refusal = paying.api.world.app.service_refusal(paying.id()).await.unwrap();
    assert_eq!(refusal, None);
    paying.method("visa").await;
    paying.api.patch(SETTINGS, json!({"enabled": true})).await.expect(200);
    paying.api.world.app.run_due(None).await.unwrap();
    assert_eq!(paying.wallet().await, "235.00");
}

// WAL-13 F-19 an outage switches nothing off, and a recharge under way counts as money
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_outage_is_no_decline(#[case] engine: Engine) {
    let Some(paying) = Paying::recharging(engine, "60.00").await else { return };
    paying.method("no_answer").await;
    paying.debit("20.00", "first").await;
    assert_eq!(paying.recharges().await, ["auto_recharge 20000 unknown"]);
    // 200.00 are on their way: no second one while nobody knows, whatever the hour.
    paying.due("2026-05-10T05:00:00Z").await;
    paying.debit("5.00", "second").await;
    assert_eq!(paying.recharges().await.len(), 1);
    assert!(paying.is_on().await);
    // The processor never knew of it: the next is tried.
    paying.method("visa").await;
    paying.due("2026-05-11T02:00:00Z").await;
    let ended = ["auto_recharge 20000 cancelled", "auto_recharge 20000 succeeded"];
    assert_eq!(paying.recharges().await, ended);
    assert_eq!((paying.wallet().await.as_str(), paying.is_on().await), ("235.00", true));
    paying.api.world.assert_clean().await;
}

// WAL-15 PMT-06 the last method goes, and recharging with it; while another is there it stays
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_last_method_takes_recharging_with_it(#[case] engine: Engine) {
    let Some(paying) = Paying::recharging(engine, "60.00").await else { return };
    let app = &paying.api.world.app;
    paying.method("mastercard").await;
    let remove = async |number: usize| {
        let path = format!("/v1/payment-methods/pm_{number:026}");
        paying.api.call("DELETE", &path).send().await.status.as_u16()
    };
    assert_eq!(remove(0).await, 204);
    assert!(paying.is_on().await);
    assert_eq!(remove(1).await, 204);
    assert!(!paying.is_on().await);
    let off = paying.mails().await.into_iter().filter(|it| it == "Auto-recharge is off").count();
    assert_eq!(off, 1);
    // Nobody told of it: the next look finds it.
    let edit = RechargeEdit { state: Some(RechargeState::On), ..RechargeEdit::default() };
    paying.method("visa").await;
    let seen = app.auto_recharge(paying.id()).await.unwrap().version;
    app.set_auto_recharge(paying.id(), &edit, seen).await.unwrap();
    paying.without_methods().await;
    paying.debit("20.00", "below").await;
    assert!(!paying.is_on().await && paying.recharges().await.is_empty());
}

// WAL-24 F-19 a thousand debits at once: each counted, the balance exact, one recharge
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_thousand_debits_at_once_are_exact(#[case] engine: Engine) {
    use app::setup::{WalletMove, WalletMoveKind};
    let Some(paying) = Paying::recharging(engine, "50.50").await else { return };
    let app = &paying.api.world.app;
    let owner = paying.id();
    let tasks = tokio::task::LocalSet::new();
    for worker in 0..20 {
        let app = app.clone();
        tasks.spawn_local(async move {
            for number in 0..50 {
                // A call of six seconds at 0.014 a minute.
                let debit = WalletMove {
                    kind: WalletMoveKind::ManualAdjustment,
                    amount: domain::money::Micros::new(-1_400),
                    reason: "a call".to_owned(),
                    reference: format!("call-{worker}-{number}"),
                };
                app.move_wallet(owner, &debit).await.unwrap();
                if number % 10 == 9 {
                    app.run_due(None).await.unwrap();
                }
            }
        });
    }
    tasks.await;
    app.run_due(None).await.unwrap();
    assert_eq!(paying.recharges().await, ["auto_recharge 20000 succeeded"]);
    let debits = "select count(*) from ledger_tx where source_id like 'call-%'";
    assert_eq!(paying.api.world.number(debits).await, 1_000);
    assert_eq!(micros(&paying.wallet().await), 50_500_000 + 200_000_000 - 1_400_000);
    assert_eq!(
        app.auto_recharge(owner).await.unwrap().watch.recharge.amount,
        Some(Minor::new(20_000))
    );
    paying.api.world.assert_clean().await;
}
