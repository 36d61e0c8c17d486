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

// LIM-03 whatever is charged counts when it comes: charges, reported units, numbers
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whatever_reaches_the_spend_cap_is_noticed_then(#[case] engine: Engine) {
    let limits = json!({"monthly_spend": "100.00", "alert_threshold": 100});
    let Some(capped) = Capped::fresh(engine, limits).await else { return };
    let api = &capped.api;
    let tenant = api.get(&capped.path).await.json()["id"].clone();
    let suspended = (json!("suspended"), json!(["limit:monthly_spend"]));
    let freed = async || {
        assert_eq!(capped.state().await, suspended);
        api.call("POST", &format!("{}/activate", capped.path)).send().await.expect(200);
    };
    // The number is 10.00 already.
    let charge =
        |price: &str| json!({"tenant_id": tenant, "description": "Porting", "unit_price": price});
    api.post("/v1/one-time-charges", charge("89.99")).await.expect(201);
    assert_eq!(capped.state().await, (json!("active"), json!([])));
    let reaching = api.post("/v1/one-time-charges", charge("0.01")).await.expect(201);
    freed().await;
    let log = api.get("/v1/audit-entries?actor_id=limit:monthly_spend").await.json();
    let after = &log["data"][0]["after"];
    assert_eq!((&after["cap"], &after["value"]), (&json!("100.00"), &json!("100.00")));
    assert_eq!(after["charge_id"], reaching.json()["id"]);
    // One that begins later is not charged yet.
    api.call("DELETE", reaching.header("location")).send().await.expect(200);
    let mut later = charge("50.00");
    later["starts_at"] = json!("2026-05-30T00:00:00Z");
    let later = api.post("/v1/one-time-charges", later).await.expect(201);
    assert_eq!(capped.state().await.0, "active");
    let earlier = json!({"starts_at": "2026-05-01T00:00:00Z"});
    api.patch(later.header("location"), earlier).await.expect(200);
    freed().await;
    api.call("DELETE", later.header("location")).send().await.expect(200);
    // Units that are reported of a metered charge.
    let pages = json!({"tenant_id": tenant, "description": "Fax pages", "unit_price": "0.01"});
    let pages = api.post("/v1/metered-charges", pages).await.expect(201);
    assert_eq!(capped.state().await.0, "active");
    let usage = format!("{}/usage", pages.header("location"));
    api.post(&usage, json!({"report_id": "r1", "quantity": "1"})).await.expect(201);
    freed().await;
    api.post(&usage, json!({"report_id": "r2", "quantity": "-1"})).await.expect(201);
    assert_eq!(capped.state().await.0, "active");
    // Another number.
    let number = json!({"tenant_id": tenant, "number": "+15015550112"});
    let number = api.post("/v1/phone-numbers", number).await.expect(201).json();
    freed().await;
    let log = api.get("/v1/audit-entries?actor_id=limit:monthly_spend").await.json();
    let causes = log["data"].as_array().unwrap().iter().map(|it| &it["after"]["phone_number_id"]);
    assert_eq!(causes.filter(|id| **id == number["id"]).count(), 1);
    api.world.assert_clean().await;
}

// LIM-18
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn without_usage_alerts_nobody_is_mailed_and_caps_hold(#[case] engine: Engine) {
    let limits = json!({"max_monthly_minutes": 10, "on_limit": "suspend"});
    let Some(capped) = Capped::fresh(engine, limits).await else { return };
    let partner = capped.api.get("/v1/partner").await.expect(200).json();
    assert_eq!(partner["usage_alerts"], true);
    let off = capped.api.patch("/v1/partner", json!({"usage_alerts": false})).await.expect(200);
    assert_eq!(off.json()["usage_alerts"], false);
    assert_eq!(capped.api.get("/v1/partner").await.json(), off.json());
    capped.talk(0, 8).await;
    capped.talk(8, 2).await;
    assert_eq!(capped.subjects().await, Vec::<String>::new());
    assert_eq!(capped.state().await, (json!("suspended"), json!(["limit:max_minutes"])));
    // Switched on again, the next one is told.
    capped.api.patch("/v1/partner", json!({"usage_alerts": true})).await.expect(200);
    capped.api.call("POST", &format!("{}/activate", capped.path)).send().await.expect(200);
    capped.talk(10, 1).await;
    assert_eq!(capped.subjects().await, ["acme has hit 100% of their monthly minute cap"]);
}

// LIM-01 LIM-15 every tenant's limits as one list, and what to begin with
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn all_limits_are_listed_and_good_ones_are_offered(#[case] engine: Engine) {
    let limits = json!({"monthly_spend": "20.00", "max_extensions": 5, "on_limit": "alert"});
    let Some(capped) = Capped::fresh(engine, limits).await else { return };
    let api = &capped.api;
    let other = api.world.tenant(&api.partner, "OAKS").await;
    let list = api.get("/v1/tenant-limits").await.expect(200).json();
    let rows = list["data"].as_array().unwrap();
    let by_name = |name: &str| rows.iter().find(|row| row["tenant_name"] == name).unwrap().clone();
    let (acme, oaks) = (by_name("acme"), by_name("OAKS"));
    assert_eq!(rows.len(), 2);
    let expected = json!({"tenant_id": capped.path.rsplit('/').next(), "tenant_name": "acme",
        "tenant_status": "active", "monthly_spend": "20.00", "currency": "USD",
        "max_extensions": 5, "max_phone_numbers": null, "max_monthly_minutes": null,
        "alert_threshold": 80, "on_limit": "alert", "version": 2});
    assert_eq!(acme, expected);
    let caps = ["monthly_spend", "max_extensions", "max_phone_numbers", "max_monthly_minutes"];
    assert!(caps.iter().all(|cap| oaks[cap].is_null()), "{oaks}");
    assert_eq!((&oaks["alert_threshold"], &oaks["on_limit"]), (&json!(80), &json!("suspend")));
    let found = api.get("/v1/tenant-limits?q=oak&status=active").await.expect(200).json();
    assert_eq!(found["data"], json!([oaks]));
    let owner = Some(api.partner.partner_id);
    let restricted = api.key_of(owner, &[], Some(&[other.tenant_id])).await;
    let own = api.call("GET", "/v1/tenant-limits").key(&restricted).send().await.expect(200);
    assert_eq!(own.json()["data"], json!([oaks]));
    // One step takes the recommended ones over.
    let mut good =
        api.get("/v1/tenant-defaults").await.expect(200).json()["recommended_limits"].take();
    let expected = json!({"monthly_spend": "500.00", "currency": "USD", "max_extensions": 50,
        "max_phone_numbers": 10, "max_monthly_minutes": 5000, "alert_threshold": 80,
        "on_limit": "suspend"});
    assert_eq!(good, expected);
    good.as_object_mut().unwrap().remove("currency");
    let set = api.patch("/v1/tenant-defaults", json!({"limits": good})).await.expect(200).json();
    assert_eq!(set["limits"], expected);
}
