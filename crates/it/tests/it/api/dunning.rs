//! Dunning as programs see and steer it.

use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    flows::dunning::Late,
    harness::{Api, Engine, builders::at},
};

/// A tenant in Chicago that owes 99.00 from 1 June, due on the 16th, seen through the API.
struct Seen {
    api: Api,
    path: String,
}

impl Seen {
    async fn fresh(engine: Engine) -> Option<Self> {
        let Late { world, partner, tenant_id, .. } = Late::fresh(engine).await?;
        let api = Api::over(world, partner).await;
        Some(Self { api, path: format!("/v1/tenants/{tenant_id}") })
    }

    async fn until(&self, instant: &str) {
        self.api.world.app.run_due(Some(at(instant))).await.unwrap();
    }

    async fn timeline(&self) -> Value {
        self.api.get(&format!("{}/dunning", self.path)).await.expect(200).json()
    }

    async fn status(&self) -> Value {
        self.api.get(&self.path).await.expect(200).json()["status"].clone()
    }

    async fn overdue(&self, query: &str) -> Vec<Value> {
        let list = self.api.get(&format!("/v1/overdue-tenants{query}")).await.expect(200).json();
        list["data"].as_array().unwrap().clone()
    }
}

/// `flag done 2026-06-23 partner`.
fn steps(timeline: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let steps = timeline["steps"].as_array().unwrap().iter();
    let shown = steps.map(|step| {
        let told: Vec<String> = step["told"].as_array().unwrap().iter().map(text).collect();
        let (kind, state, date) = (text(&step["step"]), text(&step["state"]), text(&step["date"]));
        format!("{kind} {state} {date} {}", told.join("+"))
    });
    shown.collect()
}

// BEY-14 DUN-01 PAY-08
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_timeline_says_what_happens_on_which_day_to_whom(#[case] engine: Engine) {
    let Some(seen) = Seen::fresh(engine).await else { return };
    let policy = json!({"remind_tenant": true, "reminder_days": [3, 10],
        "tell_tenant_of_suspension": true});
    seen.api.patch("/v1/dunning-policy", policy).await.expect(200);
    let planned = [
        "reminder planned 2026-06-19 tenant",
        "flag planned 2026-06-23 partner",
        "reminder planned 2026-06-26 tenant",
        "suspend planned 2026-06-30 partner+tenant",
    ];
    assert_eq!(steps(&seen.timeline().await), planned);
    seen.api.patch(&seen.path, json!({"auto_pay": true})).await.expect(200);
    let with_retries = [
        "payment_retry planned 2026-06-04 partner+tenant",
        "payment_retry planned 2026-06-08 partner+tenant",
    ];
    assert_eq!(steps(&seen.timeline().await)[..2], with_retries);
    seen.until("2026-06-25T12:00:00Z").await;
    let timeline = seen.timeline().await;
    let lived = ["reminder done 2026-06-19 tenant", "flag done 2026-06-23 partner"];
    assert_eq!(steps(&timeline)[..2], lived);
    assert_eq!(steps(&timeline)[2..], planned[2..]);
    assert_eq!(
        (&timeline["days_overdue"], &timeline["amount_overdue"]),
        (&json!(9), &json!("99.00"))
    );
    assert_eq!(timeline["unpaid_invoices"][0]["number"], "INV-000001");
    assert_eq!(timeline["steps"][3]["at"], "2026-06-30T05:00:00Z");
}

// BEY-14
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_promise_moves_every_later_step_and_clearing_restores(#[case] engine: Engine) {
    let Some(seen) = Seen::fresh(engine).await else { return };
    seen.until("2026-06-25T12:00:00Z").await;
    let before = seen.timeline().await;
    let path = format!("{}/dunning/promise", seen.path);
    let put = async |body: Value| seen.api.call("PUT", &path).json(body).send().await;
    let promised = put(json!({"until": "2026-07-05", "note": "called"})).await.expect(200).json();
    let moved = ["flag done 2026-06-23 partner", "suspend planned 2026-07-10 partner"];
    assert_eq!(steps(&promised), moved);
    let shown = json!({"until": "2026-07-05", "made_on": "2026-06-25", "note": "called"});
    assert_eq!(promised["promise"], shown);
    assert_eq!(seen.timeline().await, promised);
    for (body, field) in [
        (json!({"until": "2026-06-25"}), "/until"),
        (json!({"until": "2026-12-01"}), "/until"),
        (json!({"until": "soon"}), "/until"),
        (json!({"until": "2026-07-05", "note": "x".repeat(1_001)}), "/note"),
    ] {
        let refused = put(body).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], field);
    }
    let cleared = seen.api.call("DELETE", &path).send().await.expect(200).json();
    assert_eq!(cleared, before);
    let actions = seen.api.get("/v1/audit-entries").await.expect(200).json().to_string();
    assert!(actions.contains("tenant.promise") && actions.contains("tenant.clear_promise"));
    // Who owes nothing has nothing to promise.
    let new = json!({"name": "b", "sip_prefix": "BETA", "billing_email": "b@beta.example",
        "status": "active"});
    let other = seen.api.post("/v1/tenants", new).await.expect(201).header("location").to_owned();
    let call = seen.api.call("PUT", &format!("{other}/dunning/promise"));
    let refused = call.json(json!({"until": "2026-07-05"})).send().await;
    assert_eq!(refused.problem(), (409, "state_conflict".to_owned()));
    assert_eq!(seen.api.get(&format!("{other}/dunning/mails")).await.problem().0, 409);
}

// DUN-02 DUN-03 PRO-17
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn policies_are_chosen_per_partner_and_profile(#[case] engine: Engine) {
    let Some(seen) = Seen::fresh(engine).await else { return };
    let api = &seen.api;
    let answer = api.get("/v1/dunning-policy").await.expect(200);
    let usual = json!({"flag_after_days": 7, "suspension": "automatic", "suspend_after_days": 14,
        "reminder_days": [1, 5, 10], "retry_days": [3, 7], "remind_tenant": false,
        "tell_tenant_of_suspension": false, "grace_days": 7});
    assert_eq!((answer.json(), answer.header("etag")), (usual.clone(), "\"1\""));
    let tenant = api.get(&seen.path).await.json();
    let profile = tenant["billing_profile_id"].as_str().unwrap();
    let path = format!("/v1/billing-profiles/{profile}/dunning-policy");
    let of_profile = api.get(&path).await.expect(200).json();
    assert_eq!((&of_profile["effective"], &of_profile["suspension"]), (&usual, &Value::Null));
    let manual = api.patch("/v1/dunning-policy", json!({"suspension": "manual"})).await;
    assert_eq!(manual.expect(200).header("etag"), "\"2\"");
    assert_eq!(api.get(&path).await.json()["effective"]["suspension"], "manual");
    let thirty = api.patch(&path, json!({"suspend_after_days": 30})).await.expect(200).json();
    assert_eq!(thirty["effective"]["suspension"], "automatic");
    assert_eq!(thirty["effective"]["suspend_after_days"], 30);
    let back = api.patch(&path, json!({"suspend_after_days": null})).await.expect(200).json();
    assert_eq!(back["effective"]["suspension"], "manual");
    let stale = api.call("PATCH", "/v1/dunning-policy").header("if-match", "\"1\"");
    let stale = stale.json(json!({"grace_days": 1})).send().await;
    assert_eq!(stale.problem(), (412, "precondition_failed".to_owned()));
    for (body, pointer) in [
        (json!({"flag_after_days": 366}), "/flag_after_days"),
        (json!({"flag_after_days": -1}), "/flag_after_days"),
        (json!({"flag_after_days": 20, "suspension": null}), "/suspend_after_days"),
        (json!({"suspension": "never"}), "/suspension"),
        (json!({"reminder_days": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}), "/reminder_days"),
        (json!({"retry_days": [0]}), "/retry_days"),
    ] {
        let refused = api.patch("/v1/dunning-policy", body).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}

// DUN-03 DUN-16
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn those_that_are_late_are_listed_for_review(#[case] engine: Engine) {
    let Some(seen) = Seen::fresh(engine).await else { return };
    for name in ["beta", "gamma"] {
        seen.api.world.tenant(&seen.api.partner, name).await;
    }
    seen.api.patch("/v1/dunning-policy", json!({"suspension": "manual"})).await.expect(200);
    assert_eq!(seen.overdue("").await, Vec::<Value>::new());
    seen.until("2026-06-18T12:00:00Z").await;
    let late = seen.overdue("").await;
    assert_eq!((late.len(), &late[0]["days_overdue"]), (1, &json!(2)));
    assert_eq!(seen.overdue("?review=true").await, Vec::<Value>::new());
    seen.until("2026-08-15T12:00:00Z").await;
    let late = seen.overdue("?review=true").await;
    let row = &late[0];
    assert_eq!(
        (late.len(), &row["status"], &row["needs_review"]),
        (1, &json!("active"), &json!(true))
    );
    assert_eq!((&row["amount_overdue"], &row["next_step"]), (&json!("198.00"), &Value::Null));
    assert!(row["flagged_at"].is_string());
    let tenant = seen.api.get(&seen.path).await.json();
    assert_eq!(tenant["flagged_at"], row["flagged_at"]);
    let overdue = "/v1/invoices?status=overdue";
    let invoices = seen.api.get(overdue).await.expect(200).json();
    let flags = invoices["data"].as_array().unwrap().iter().map(|it| it["flagged_at"].is_string());
    assert_eq!(flags.collect::<Vec<_>>(), [true, true]);
    for invoice in invoices["data"].as_array().unwrap() {
        let path = format!("/v1/invoices/{}/mark-paid", invoice["id"].as_str().unwrap());
        let paid = seen.api.post(&path, json!({})).await.expect(200).json();
        assert_eq!(paid["flagged_at"], Value::Null);
    }
    seen.api.world.app.run_due(None).await.unwrap();
    assert_eq!(seen.overdue("").await, Vec::<Value>::new());
    assert_eq!(seen.api.get(&seen.path).await.json()["flagged_at"], Value::Null);
}

// API-11 DUN-03
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_list_of_the_late_is_read_by_pages(#[case] engine: Engine) {
    let Some(seen) = Seen::fresh(engine).await else { return };
    let flat = seen.api.world.profile(&seen.api.partner, "Flat Rate Starter").await;
    for name in ["beta", "gamma", "delta"] {
        let new = json!({"name": name, "sip_prefix": name, "billing_email": "b@b.example",
            "status": "active", "billing_profile_id": flat.to_string()});
        seen.api.post("/v1/tenants", new).await.expect(201);
    }
    seen.until("2026-07-20T12:00:00Z").await;
    let all: Vec<Value> = seen.overdue("").await;
    assert_eq!(all.len(), 4);
    let mut read: Vec<Value> = Vec::new();
    let mut query = "?limit=3".to_owned();
    loop {
        let page = seen.api.get(&format!("/v1/overdue-tenants{query}")).await.expect(200).json();
        read.extend(page["data"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("?limit=3&starting_after={cursor}");
    }
    assert_eq!(read, all);
    assert!(all[0]["tenant_id"].as_str().is_some_and(|id| seen.path.ends_with(id)));
}

// BEY-14 INV-28
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn mails_are_previewed_as_they_are_sent(#[case] engine: Engine) {
    let Some(seen) = Seen::fresh(engine).await else { return };
    let policy = json!({"remind_tenant": true, "reminder_days": [8]});
    seen.api.patch("/v1/dunning-policy", policy).await.expect(200);
    seen.until("2026-06-24T04:59:59Z").await;
    // A second before the reminder it says what will be sent, but for the day that begins.
    let previews = async || {
        let path = format!("{}/dunning/mails", seen.path);
        seen.api.get(&path).await.expect(200).json()["data"].as_array().unwrap().clone()
    };
    let before = previews().await;
    let letters: Vec<(&str, &str, bool)> = before
        .iter()
        .map(|mail| {
            let text = |name: &str| mail[name].as_str().unwrap();
            (text("letter"), text("to"), mail["is_sent"].as_bool().unwrap())
        })
        .collect();
    let expected = [
        ("reminder", "tenant", true),
        ("flagged", "partner", true),
        ("suspended", "partner", true),
        ("interrupted", "tenant", false),
    ];
    assert_eq!(letters, expected);
    seen.until("2026-06-24T05:00:00Z").await;
    let app = &seen.api.world.app;
    app.run_jobs(app.clock.now()).await.unwrap();
    let sent = app.outside.mail.kept();
    let reminder = sent.iter().find(|mail| mail.subject.starts_with("Reminder")).unwrap();
    assert_eq!(before[0]["body"], *reminder.body);
    assert_eq!(before[0]["subject"], *reminder.subject);
    assert_eq!(before[0]["recipient"], *reminder.to);
    assert!(reminder.body.contains("interrupted on June 30, 2026"), "{}", reminder.body);
}

// DUN-09 DUN-11 DUN-05
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_tenant_is_suspended_and_restored_by_hand_at_once(#[case] engine: Engine) {
    let Some(seen) = Seen::fresh(engine).await else { return };
    let post = async |what: &str| seen.api.post(&format!("{}/{what}", seen.path), json!({})).await;
    post("suspend").await.expect(200);
    assert_eq!(seen.status().await, "suspended");
    let tenant = seen.path.rsplit('/').next().unwrap();
    let new = json!({"tenant_id": tenant, "name": "109"});
    let refused = seen.api.post("/v1/extensions", new).await;
    assert_eq!(refused.problem(), (409, "state_conflict".to_owned()));
    post("activate").await.expect(200);
    assert_eq!(seen.status().await, "active");
    seen.until("2026-06-30T12:00:00Z").await;
    let tenant = seen.api.get(&seen.path).await.json();
    assert_eq!(tenant["suspension_reasons"], json!(["overdue"]));
    // What it owes is still there to be seen and paid.
    post("unsuspend").await.expect(200);
    let timeline = seen.timeline().await;
    assert_eq!(timeline["status"], "active");
    assert_eq!(timeline["grace_until"], "2026-07-07");
    assert_eq!(steps(&timeline).last().unwrap(), "suspend planned 2026-07-07 partner");
}
