//! Killed between any two steps, and run by several at once: one charge, one credit, one mail.

use domain::money::Minor;
use rstest::rstest;
use serde_json::json;

use super::Paying;
use crate::harness::{Engine, Part};

impl Paying {
    /// What must be the same however the way was: a fee for each month, and what moved the wallet.
    async fn summary(&self) -> Vec<String> {
        let world = &self.api.world;
        let mut all = world
            .texts(
                "select purpose || ' ' || amount_minor || ' ' || state || ' ' || count(*)
                 from operator_charge group by purpose, amount_minor, state
                 order by purpose, amount_minor, state",
            )
            .await;
        all.extend(world.texts("select number from subscription_invoice order by number").await);
        all.extend(world.texts("select subject from mail order by subject, mail_id").await);
        all.push(self.wallet().await);
        all
    }
}

/// A partner with four extensions whose wallet fills itself, so that each month has a fee, debits
/// and now and then a recharge.
async fn busy(engine: Engine) -> Option<Paying> {
    let paying = Paying::active(engine, "2026-05-10T09:00:00Z").await?;
    let world = &paying.api.world;
    let tenant = world.tenant(&paying.api.partner, "acme").await;
    let names: Vec<String> = (101..105).map(|name| name.to_string()).collect();
    world.app.add_extensions(paying.id(), tenant.tenant_id, &names).await.unwrap();
    let on = json!({"enabled": true, "threshold": "10.00", "amount": "30.00"});
    paying.api.patch("/v1/wallet/auto-recharge", on).await.expect(200);
    Some(paying)
}

// PLT-13 WAL-11 WAL-24 a killed run of what is due charges each month and each recharge once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_killed_run_charges_once(#[case] engine: Engine) {
    let Some(calm) = busy(engine).await else { return };
    let Some(wild) = busy(engine).await else { return };
    let part = Part::RunDue { until: "2029-01-15T00:00:00Z".to_owned() };
    calm.api.world.start(&part).finish();
    let charges = calm.api.world.count("operator_charge").await;
    assert!(charges > 40, "{charges} charges");
    let points: Vec<i64> = (0..6).map(|part| 3 + part * charges / 7).collect();
    let killed = wild.api.world.killed_on_the_way(&part, ("operator_charge", &points)).await;
    assert!(killed >= 3, "only {killed} processes were killed at work");
    // A charge that nobody had asked for yet is asked for a minute later.
    for paying in [&calm, &wild] {
        let until = Part::RunDue { until: "2029-01-16T00:00:00Z".to_owned() };
        paying.api.world.start(&until).finish();
    }
    assert_eq!(calm.summary().await, wild.summary().await);
    calm.api.world.assert_clean().await;
    wild.api.world.assert_clean().await;
}

// WAL-24 WAL-05 a top-up that was written down and never asked for is asked for, once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_top_up_that_nobody_asked_for_is_asked_for(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T09:00:00Z").await else { return };
    let app = &paying.api.world.app;
    paying.tick();
    app.begin_top_up(paying.id(), Minor::new(1_000)).await.unwrap();
    assert_eq!(paying.charges().await.last().unwrap(), "top_up 1000 open");
    let processes: Vec<_> = (0..3)
        .map(|_| Part::RunDue { until: "2026-05-10T10:00:00Z".to_owned() })
        .map(|part| paying.api.world.start(&part))
        .collect();
    for process in processes {
        process.finish();
    }
    assert_eq!(paying.charges().await.last().unwrap(), "top_up 1000 succeeded");
    assert_eq!(paying.wallet().await, "35.00");
    paying.api.world.assert_clean().await;
}

// WAL-22 WAL-24 a refund that was written down is asked for, once, by whoever comes
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_refund_that_nobody_asked_for_is_asked_for(#[case] engine: Engine) {
    use app::platform::{RefundWay, WantedRefund};
    let Some(paying) = Paying::active(engine, "2026-05-10T09:00:00Z").await else { return };
    let app = &paying.api.world.app;
    let wanted = WantedRefund {
        way: RefundWay::Method,
        amount: None,
        reason: "The partner leaves".to_owned(),
        reference: "leaving".to_owned(),
    };
    app.begin_wallet_refund(paying.id(), &wanted).await.unwrap();
    app.begin_wallet_refund(paying.id(), &wanted).await.unwrap();
    assert_eq!(paying.wallet().await, "0.00");
    paying.due("2026-05-10T10:00:00Z").await;
    let states = paying.api.world.texts("select state from operator_refund").await;
    assert_eq!(states, ["succeeded"]);
    paying.api.world.assert_clean().await;
}
