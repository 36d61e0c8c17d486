//! New rates, told 30 days ahead.

use rstest::rstest;
use serde_json::json;

use super::Paying;
use crate::harness::{CallLine, Engine, builders::at};

// PLT-22 PLT-23 PLT-24 PLT-38 C-07 posted, mailed once, listed, in force from its instant on
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_rate_change_is_told_thirty_days_ahead(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-09T23:59:00Z").await else { return };
    paying.adjust("1000.00", "funds").await;
    let world = &paying.api.world;
    let tenant = world.tenant(&paying.api.partner, "acme").await;
    world.app.assign_numbers(paying.id(), tenant.tenant_id, &["+15015550001"]).await.unwrap();
    let posted = |from: &str| {
        json!({"tier": "starter", "effective_from": from, "monthly_fee": "259.00",
            "reason": "Carriers charge more", "rates": {
                "extension_month": "3.50", "local_did_month": "1.75", "toll_free_did_month": "2.50",
                "local_minute": "0.021", "toll_free_minute": "0.022"}})
    };
    let path = ("POST", "/v1/operator/rate-changes");
    let early = paying.operate(path, posted("2026-06-08T00:00:00Z")).await;
    assert_eq!(early.problem(), (422, "validation_failed".to_owned()));
    paying.operate(path, posted("2026-06-09T00:00:00Z")).await.expect(201);
    paying.operate(path, posted("2026-06-09T00:00:00Z")).await.expect(422);
    let change = &paying.subscription().await["rate_changes"][0];
    assert_eq!(change["rates"]["local_minute"], "0.021");
    let about = |subject: &String| subject.starts_with("New rates of the Starter plan from June 9");
    assert_eq!(paying.mails().await.iter().filter(|it| about(it)).count(), 1);
    // Whoever does not like it chooses another plan, or leaves.
    paying.post("/v1/subscription/preview", json!({"tier": "professional"})).await;
    paying.due("2026-06-10T00:00:00Z").await;
    let parties = ("+15015550001", "+12125550199");
    let call = |id, text| CallLine::new(id, parties, at(text), 60);
    let calls = [call("1", "2026-06-09T00:00:30Z"), call("2", "2026-06-09T00:01:00Z")];
    world.calls(&calls).await;
    let costs = world.texts("select cast(wholesale_micros as text) from call order by ended_at");
    assert_eq!(costs.await, ["20000", "21000"]);
    let shown = paying.subscription().await;
    assert_eq!((&shown["monthly_fee"], &shown["rate_changes"]), (&json!("259.00"), &json!([])));
    // Whoever comes to the tier later finds its figures, and what is posted for it.
    paying.post("/v1/subscription/change", json!({"tier": "business"})).await;
    paying.post("/v1/subscription/change", json!({"tier": "starter"})).await;
    paying.due("2026-07-01T00:00:00Z").await;
    assert_eq!(paying.charges().await.last().unwrap(), "renewal 25900 succeeded");
    assert_eq!(paying.subscription().await["rates"]["local_minute"], "0.021");
    world.assert_clean().await;
}

// PLT-24 both ways out are open until the change is in force
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_rejects_a_change_can_leave_before_it(#[case] engine: Engine) {
    let Some(paying) = Paying::trial(engine).await else { return };
    paying.post("/v1/subscription/change", json!({"tier": "business"})).await;
    paying.method("visa").await;
    paying.post("/v1/subscription/activate", json!(null)).await;
    let new = json!({"tier": "business", "effective_from": "2026-06-15T00:00:00Z",
        "monthly_fee": "1099.00", "reason": "Carriers charge more"});
    paying.operate(("POST", "/v1/operator/rate-changes"), new).await.expect(201);
    paying.post("/v1/subscription/change", json!({"tier": "starter"})).await;
    let cancelled = paying.post("/v1/subscription/cancel", json!(null)).await;
    assert_eq!(cancelled["status"], "paused");
}
