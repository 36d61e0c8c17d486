//! Caps on minutes and spend, while call records arrive.

use adapters::mail::MailMessage;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Api, CallLine, Engine, TestFile, builders::at};

const OUTSIDE: &str = "+12125550199";
const ACME: &str = "+15015550111";

/// Calls of one minute, every other one inbound, numbered from `first`.
fn minutes(first: u32, count: u32) -> Vec<CallLine> {
    (first..first + count)
        .map(|number| {
            let parties = if number % 2 == 0 { (ACME, OUTSIDE) } else { (OUTSIDE, ACME) };
            let ended = at("2026-05-03T10:00:00Z").plus_seconds(i64::from(number) * 60);
            CallLine::new(&number.to_string(), parties, ended, 60)
        })
        .collect()
}

/// A tenant with a number and these limits.
struct Capped {
    api: Api,
    path: String,
}

impl Capped {
    async fn fresh(engine: Engine, limits: Value) -> Option<Self> {
        let api = Api::fresh(engine).await?;
        let new = json!({"name": "By the minute", "model": "payg", "extension_rate": "0.00",
            "did_rate": "10.00", "toll_free_did_rate": "0.00", "minute_rate": "1.00"});
        let profile = api.post("/v1/billing-profiles", new).await.expect(201).json();
        let new = json!({"name": "acme", "sip_prefix": "ACME", "billing_email": "a@acme.example",
            "status": "active", "timezone": "UTC", "billing_profile_id": profile["id"]});
        let created = api.post("/v1/tenants", new).await.expect(201);
        let path = created.header("location").to_owned();
        let new = json!({"tenant_id": created.json()["id"], "number": ACME});
        api.post("/v1/phone-numbers", new).await.expect(201);
        let capped = Self { api, path };
        capped.limit(limits).await;
        Some(capped)
    }

    async fn limit(&self, limits: Value) {
        self.api.patch(&format!("{}/limits", self.path), limits).await.expect(200);
    }

    /// Takes so many minutes of calls.
    async fn talk(&self, first: u32, count: u32) {
        let report = self.api.world.calls(&minutes(first, count)).await;
        assert_eq!(report.calls(), u64::from(count));
    }

    async fn state(&self) -> (Value, Value) {
        let shown = self.api.get(&self.path).await.expect(200).json();
        (shown["status"].clone(), shown["suspension_reasons"].clone())
    }

    /// Mails to the partner about caps; none goes to the tenant.
    async fn mails(&self) -> Vec<MailMessage> {
        let app = &self.api.world.app;
        app.run_jobs(app.clock.now()).await.unwrap();
        let mut kept = app.outside.mail.kept();
        kept.retain(|mail| mail.subject.contains(" cap"));
        assert!(kept.iter().all(|mail| mail.to.contains(&self.api.partner.billing_email)));
        kept
    }

    async fn subjects(&self) -> Vec<String> {
        self.mails().await.into_iter().map(|mail| mail.subject).collect()
    }
}

// LIM-06 LIM-07 LIM-08 LIM-09 LIM-10 LIM-17
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn minutes_alert_once_and_suspend_at_the_cap(#[case] engine: Engine) {
    let limits = json!({"max_monthly_minutes": 10, "on_limit": "suspend"});
    let Some(capped) = Capped::fresh(engine, limits).await else { return };
    let active = (json!("active"), json!([]));
    capped.talk(0, 7).await;
    assert_eq!((capped.subjects().await, capped.state().await), (vec![], active.clone()));
    capped.talk(7, 1).await;
    let alert = "acme has hit 80% of their monthly minute cap";
    assert_eq!(capped.subjects().await, [alert]);
    let body = &capped.mails().await[0].body;
    assert!(body.contains("Tenant acme (tnt_") && body.contains("8 of 10 minutes"), "{body}");
    capped.talk(8, 1).await;
    assert_eq!((capped.subjects().await.len(), capped.state().await), (1, active));
    capped.talk(9, 1).await;
    let suspended = (json!("suspended"), json!(["limit:max_minutes"]));
    assert_eq!(capped.state().await, suspended);
    let reached = "acme has hit 100% of their monthly minute cap";
    assert_eq!(capped.subjects().await, [alert, reached]);
    let log = capped.api.get("/v1/audit-entries?actor_id=limit:max_minutes").await.json();
    let entry = &log["data"][0];
    assert_eq!(
        (&entry["action"], &entry["actor_kind"]),
        (&json!("tenant.suspend"), &json!("system"))
    );
    assert_eq!((&entry["after"]["cap"], &entry["after"]["value"]), (&json!("10"), &json!("10")));
    let batch = entry["after"]["batch_id"].as_str().unwrap();
    let calls = capped.api.get(&format!("/v1/calls?batch_id={batch}")).await.expect(200).json();
    assert_eq!(calls["data"].as_array().unwrap().len(), 1);
    // Calls that were made are billed all the same, and nobody is told again.
    capped.talk(10, 5).await;
    assert_eq!((capped.subjects().await.len(), capped.state().await), (2, suspended));
    let kinds = capped.api.world.event_kinds(&capped.api.partner).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "tenant.suspended").count(), 1);
    capped.api.world.assert_clean().await;
}

// LIM-03 LIM-11 a number's fee counts, a batch that jumps over both tells of the cap
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn spend_is_everything_and_alerts_only_where_that_is_wanted(#[case] engine: Engine) {
    let limits = json!({"monthly_spend": "20.00", "on_limit": "alert"});
    let Some(capped) = Capped::fresh(engine, limits).await else { return };
    capped.talk(0, 5).await;
    assert_eq!(capped.subjects().await, Vec::<String>::new());
    capped.talk(5, 1).await;
    let alert = "acme has hit 80% of their monthly spend cap";
    assert_eq!(capped.subjects().await, [alert]);
    assert!(capped.mails().await[0].body.contains("16.00 of 20.00 USD"));
    capped.limit(json!({"monthly_spend": "20.01"})).await;
    capped.talk(6, 4).await;
    assert_eq!(capped.subjects().await, [alert]);
    capped.talk(10, 1).await;
    capped.talk(11, 1).await;
    let reached = "acme has hit 100% of their monthly spend cap";
    assert_eq!(capped.subjects().await, [alert, reached]);
    assert_eq!(capped.state().await.0, "active");
    // Another cycle, and all of it at once.
    capped.api.world.app.run_due(Some(at("2026-06-02T00:00:00Z"))).await.unwrap();
    let lines = minutes(100, 50)
        .into_iter()
        .map(|line| CallLine { ended_at: line.ended_at.plus_seconds(86_400 * 29), ..line });
    capped.api.world.calls(&lines.collect::<Vec<_>>()).await;
    assert_eq!(capped.subjects().await, [alert, reached, reached]);
    capped.api.world.assert_clean().await;
}

// LIM-09 LIM-12 LIM-20
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_lower_cap_waits_for_usage_and_a_new_cycle_restores_nobody(#[case] engine: Engine) {
    let limits = json!({"max_monthly_minutes": 1_000, "monthly_spend": "1000.00"});
    let Some(capped) = Capped::fresh(engine, limits).await else { return };
    capped.talk(0, 60).await;
    capped.limit(json!({"max_monthly_minutes": 50, "monthly_spend": "50.00"})).await;
    assert_eq!(capped.state().await.0, "active");
    capped.talk(60, 1).await;
    let suspended = (json!("suspended"), json!(["limit:max_minutes", "limit:monthly_spend"]));
    let (status, mut reasons) = capped.state().await;
    reasons.as_array_mut().unwrap().sort_by_key(Value::to_string);
    assert_eq!((status, reasons.clone()), suspended);
    capped.api.world.app.run_due(Some(at("2026-06-02T00:00:00Z"))).await.unwrap();
    assert_eq!(capped.state().await.0, "suspended");
    capped.api.call("POST", &format!("{}/activate", capped.path)).send().await.expect(200);
    assert_eq!(capped.state().await, (json!("active"), json!([])));
}

// LIM-09 MET-10 what is sent by the API counts in its own request, and once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_batch_that_is_pushed_again_changes_nothing(#[case] engine: Engine) {
    let limits = json!({"max_monthly_minutes": 0});
    let Some(capped) = Capped::fresh(engine, limits).await else { return };
    assert_eq!(capped.state().await.0, "active");
    let line = CallLine::new("1", (ACME, OUTSIDE), at("2026-05-03T10:00:00Z"), 1);
    let send = || {
        let call = capped.api.call("POST", "/v1/cdr-batches?source=pbx");
        call.bytes("application/x-ndjson", line.json().into_bytes()).send()
    };
    assert_eq!(send().await.expect(200).json()["accepted"], 1);
    assert_eq!(capped.state().await, (json!("suspended"), json!(["limit:max_minutes"])));
    capped.api.call("POST", &format!("{}/activate", capped.path)).send().await.expect(200);
    assert_eq!(send().await.expect(200).json()["duplicates"], 1);
    assert_eq!(capped.state().await.0, "active");
    // A file that is only tried suspends nobody.
    let tried = TestFile::of_calls(&minutes(0, 1));
    let mut request = tried.request(adapters::cdr_files::Format::Ndjson);
    request.mode = app::ingest::ImportMode::DryRun;
    capped.api.world.app.import_file(&request, &mut |_| {}).await.unwrap();
    assert_eq!(capped.state().await.0, "active");
}
