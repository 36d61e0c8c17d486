//! Other plans, and what a plan allows.

use rstest::rstest;
use serde_json::json;

use super::Paying;
use crate::harness::{CallLine, Engine, builders::at};

const CHANGE: &str = "/v1/subscription/change";
const PREVIEW: &str = "/v1/subscription/preview";

// PLT-25 PLT-26 C-05 looked at, then charged to the cent, in force for the next call
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_upgrade_costs_what_its_preview_says(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T09:00:00Z").await else { return };
    let world = &paying.api.world;
    let tenant = world.tenant(&paying.api.partner, "acme").await;
    world.app.assign_numbers(paying.id(), tenant.tenant_id, &["+15015550001"]).await.unwrap();
    world.advance("2026-05-16T12:00:00Z");
    let wanted = json!({"tier": "professional"});
    let preview = paying.post(PREVIEW, wanted.clone()).await;
    let figures =
        ["monthly_fee", "prorated", "due_now"].map(|name| preview[name].as_str().unwrap());
    assert_eq!(figures, ["549.00", "154.84", "154.84"]);
    assert_eq!((paying.charges().await.len(), paying.status().await.as_str()), (1, "active"));
    let other = json!({"tier": "professional", "due_now": "150.00"});
    assert_eq!(paying.try_post(CHANGE, other).await.problem().1, "state_conflict");
    let confirmed = json!({"tier": "professional", "due_now": "154.84"});
    let changed = paying.post(CHANGE, confirmed).await;
    assert_eq!(changed["tier"], "professional");
    assert_eq!(paying.charges().await.last().unwrap(), "upgrade 15484 succeeded");
    assert_eq!(world.count("subscription_invoice").await, 2);
    assert_eq!(paying.events("subscription.updated").await, 1);
    let parties = ("+15015550001", "+12125550199");
    let call = |id, text| CallLine::new(id, parties, at(text), 60);
    let calls = [call("1", "2026-05-16T11:00:00Z"), call("2", "2026-05-16T13:00:00Z")];
    world.calls(&calls).await;
    let costs = world.texts("select cast(wholesale_micros as text) from call order by ended_at");
    assert_eq!(costs.await, ["20000", "16000"]);
    world.assert_clean().await;
}

// PLT-27 a declined upgrade leaves the old plan
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_declined_upgrade_leaves_the_old_plan(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T09:00:00Z").await else { return };
    paying.method("declined").await;
    let declined = paying.try_post(CHANGE, json!({"tier": "business"})).await;
    assert_eq!(declined.problem(), (402, "payment_declined".to_owned()));
    let shown = paying.subscription().await;
    assert_eq!(
        (&shown["tier"], &shown["rates"]["local_minute"]),
        (&json!("starter"), &json!("0.02"))
    );
}

// PLT-28 PLT-29 PLT-40 F-06 C-04 a smaller plan waits for the first, and can be taken back
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_downgrade_waits_for_the_first(#[case] engine: Engine) {
    let Some(paying) = Paying::trial(engine).await else { return };
    paying.post(CHANGE, json!({"tier": "business"})).await;
    paying.method("visa").await;
    paying.post("/v1/subscription/activate", json!(null)).await;
    paying.api.world.advance("2026-05-16T12:00:00Z");
    let preview = paying.post(PREVIEW, json!({"tier": "starter"})).await;
    assert_eq!((&preview["due_now"], &preview["change"]), (&json!("0.00"), &json!("downgrade")));
    assert_eq!(preview["effective_at"], "2026-06-01T00:00:00Z");
    // A later choice replaces an earlier one; a choice can be taken back.
    paying.post(CHANGE, json!({"tier": "professional"})).await;
    let waits = paying.post(CHANGE, json!({"tier": "starter"})).await;
    assert_eq!(
        (&waits["tier"], &waits["pending_change"]["tier"]),
        (&json!("business"), &json!("starter"))
    );
    let kept = paying.post("/v1/subscription/cancel-change", json!(null)).await;
    assert_eq!(kept["pending_change"], json!(null));
    let none = paying.try_post("/v1/subscription/cancel-change", json!(null)).await;
    assert_eq!(none.problem(), (409, "state_conflict".to_owned()));
    paying.due("2026-06-01T00:00:00Z").await;
    assert_eq!(paying.charges().await.last().unwrap(), "renewal 99900 succeeded");
    paying.post(CHANGE, json!({"tier": "starter"})).await;
    let told = paying.events("subscription.updated").await;
    paying.due("2026-06-30T23:59:59Z").await;
    assert_eq!(paying.subscription().await["rates"]["local_minute"], "0.014");
    paying.due("2026-07-01T00:00:00Z").await;
    assert_eq!(paying.subscription().await["tier"], "starter");
    assert_eq!(paying.charges().await.last().unwrap(), "renewal 24900 succeeded");
    assert_eq!(paying.events("subscription.updated").await, told + 1);
}

// PLT-42 in a trial any plan is free at once, and activation charges it
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_plan_of_a_trial_costs_nothing(#[case] engine: Engine) {
    let Some(paying) = Paying::trial(engine).await else { return };
    let changed = paying.post(CHANGE, json!({"tier": "business"})).await;
    assert_eq!((&changed["tier"], &changed["status"]), (&json!("business"), &json!("trial")));
    assert!(paying.charges().await.is_empty());
    paying.method("visa").await;
    paying.post("/v1/subscription/activate", json!(null)).await;
    assert_eq!(paying.charges().await, ["activation 102400 succeeded"]);
}

// PLT-30 PLT-31 caps over all tenants: an upgrade is offered, a plan too small refused or dropped
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_plan_caps_the_extensions_of_all_tenants(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-31T00:00:00Z").await else { return };
    paying.adjust("10000.00", "funds").await;
    let world = &paying.api.world;
    let tenants = [
        world.tenant(&paying.api.partner, "acme").await,
        world.tenant(&paying.api.partner, "bolt").await,
    ];
    let names = |from: usize, count| (from..from + count).map(|it| it.to_string()).collect();
    let add = async |tenant: usize, names: Vec<String>| {
        world.app.add_extensions(paying.id(), tenants[tenant].tenant_id, &names).await
    };
    add(0, names(100, 150)).await.unwrap();
    add(1, names(100, 150)).await.unwrap();
    let one_more = json!({"tenant_id": tenants[0].tenant_id, "name": "999"});
    let refused = paying.try_post("/v1/extensions", one_more.clone()).await;
    assert_eq!(refused.problem(), (409, "upgrade_required".to_owned()));
    assert!(refused.json()["detail"].as_str().unwrap().contains("Professional"));
    assert_eq!(world.count("extension").await, 300);
    paying.post(CHANGE, json!({"tier": "professional"})).await;
    paying.post(CHANGE, json!({"tier": "starter"})).await;
    paying.post("/v1/extensions", one_more).await;
    // It fitted when it was asked for, and does not when it is due.
    paying.due("2026-06-01T00:00:00Z").await;
    let shown = paying.subscription().await;
    assert_eq!((&shown["tier"], &shown["pending_change"]), (&json!("professional"), &json!(null)));
    assert!(paying.mails().await.contains(&"Your change of plan was dropped".to_owned()));
    let refused = paying.try_post(PREVIEW, json!({"tier": "starter"})).await;
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("301") && detail.contains("300"), "{detail}");
}
