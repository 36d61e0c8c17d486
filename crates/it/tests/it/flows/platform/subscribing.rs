//! From sign-up to activation.

use rstest::rstest;
use serde_json::json;

use super::Paying;
use crate::harness::{CallLine, Engine, builders::at};

// PLT-03 PLT-04 PLT-05 PLT-09 PLT-10 C-06 C-31 a trial is free and ends after 14 days
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_trial_is_free_and_ends_after_fourteen_days(#[case] engine: Engine) {
    let Some(paying) = Paying::trial(engine).await else { return };
    let world = &paying.api.world;
    let tenant = world.tenant(&paying.api.partner, "acme").await;
    let app = &world.app;
    app.assign_numbers(paying.id(), tenant.tenant_id, &["+15015550001"]).await.unwrap();
    app.add_extensions(paying.id(), tenant.tenant_id, &["101".to_owned()]).await.unwrap();
    let parties = ("+15015550001", "+12125550199");
    world.calls(&[CallLine::new("1", parties, at("2026-05-01T08:00:00Z"), 60)]).await;
    let shown = paying.subscription().await;
    assert_eq!(shown["status"], "trial");
    assert_eq!(shown["trial_ends_at"], "2026-05-15T00:00:00Z");
    assert_eq!(shown["usage"]["local_minutes"], "1");
    paying.due("2026-05-14T23:59:59Z").await;
    assert_eq!((paying.status().await.as_str(), paying.wallet().await.as_str()), ("trial", "0.00"));
    assert_eq!(app.service_refusal(paying.id()).await.unwrap(), None);
    paying.due("2026-05-15T00:00:00Z").await;
    let shown = paying.subscription().await;
    assert_eq!(
        (&shown["status"], &shown["refusal"]),
        (&json!("suspended"), &json!("partner_suspended"))
    );
    assert_eq!(shown["suspension_reasons"], json!(["trial_ended"]));
    assert_eq!(paying.mails().await, ["Your trial has ended"]);
    // Twenty days later a method is added, and service returns.
    paying.due("2026-06-04T00:00:00Z").await;
    assert!(paying.charges().await.is_empty());
    paying.method("visa").await;
    paying.post("/v1/subscription/activate", json!(null)).await;
    assert_eq!(paying.status().await, "active");
    assert_eq!(app.service_refusal(paying.id()).await.unwrap(), None);
    world.assert_clean().await;
}

// PLT-06 PLT-07 PLT-33 PLT-40 C-03 ruling 9: one charge pays the rest of the month and the credit
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn activation_charges_the_rest_of_the_month_and_the_credit(#[case] engine: Engine) {
    let Some(paying) = Paying::trial(engine).await else { return };
    let world = &paying.api.world;
    let tenant = world.tenant(&paying.api.partner, "acme").await;
    world.app.assign_numbers(paying.id(), tenant.tenant_id, &["+15015550001"]).await.unwrap();
    let change = paying.post("/v1/subscription/change", json!({"tier": "professional"})).await;
    assert_eq!((&change["tier"], &change["status"]), (&json!("professional"), &json!("trial")));
    world.advance("2026-05-10T09:00:00Z");
    let refused = paying.try_post("/v1/subscription/activate", json!(null)).await;
    assert_eq!(refused.problem(), (409, "payment_method_missing".to_owned()));
    assert_eq!(paying.status().await, "trial");
    paying.method("visa").await;
    let call = paying.api.call("POST", "/v1/subscription/activate").once("a").send().await;
    assert_eq!(call.expect(200).json()["status"], "active");
    paying.api.call("POST", "/v1/subscription/activate").once("a").send().await.expect(200);
    assert_eq!(paying.charges().await, ["activation 41461 succeeded"]);
    // 549 x 22/31 = 389.61; one local number for 22 of 31 days costs 1.50 x 22/31 = 1.06.
    assert_eq!(
        paying.history().await,
        ["initial_credit 25.00", "subscription_invoice 0.00", "monthly_did -1.06"],
    );
    assert_eq!(paying.wallet().await, "23.94");
    assert_eq!(paying.events("subscription.activated").await, 1);
    let invoices = paying.api.get("/v1/subscription/invoices").await.expect(200).json();
    let invoice = &invoices["data"][0];
    assert_eq!((&invoice["number"], &invoice["total"]), (&json!("SUB-000001"), &json!("389.61")));
    let path = format!("/v1/subscription/invoices/{}/pdf", invoice["id"].as_str().unwrap());
    let pdf = paying.api.get(&path).await.expect(200);
    assert!(pdf.body.starts_with(b"%PDF") && pdf.header("content-type") == "application/pdf");
    let again = paying.try_post("/v1/subscription/activate", json!(null)).await;
    assert_eq!(again.problem(), (409, "state_conflict".to_owned()));
    world.assert_clean().await;
}

// PLT-08 a declined activation changes nothing, and another card activates
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_declined_activation_changes_nothing(#[case] engine: Engine) {
    let Some(paying) = Paying::trial(engine).await else { return };
    for name in ["insufficient_funds", "authenticate"] {
        paying.method(name).await;
        let declined = paying.try_post("/v1/subscription/activate", json!(null)).await;
        assert_eq!(declined.problem(), (402, "payment_declined".to_owned()));
        assert_eq!(paying.status().await, "trial");
        assert_eq!(paying.wallet().await, "0.00");
    }
    paying.method("visa").await;
    paying.post("/v1/subscription/activate", json!(null)).await;
    let charges = ["activation 27400 declined", "activation 27400 declined"];
    assert_eq!(paying.charges().await[..2], charges);
    assert_eq!(paying.charges().await[2], "activation 27400 succeeded");
    assert_eq!(paying.events("subscription.activated").await, 1);
    paying.api.world.assert_clean().await;
}

// PLT-07 the money of a bank account comes after days, and activates then
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_bank_account_activates_when_its_money_comes(#[case] engine: Engine) {
    let Some(paying) = Paying::trial(engine).await else { return };
    paying.method("bank").await;
    let begun = paying.try_post("/v1/subscription/activate", json!(null)).await.expect(202);
    assert_eq!(begun.json()["status"], "pending");
    let twice = paying.try_post("/v1/subscription/activate", json!(null)).await;
    assert_eq!(twice.problem(), (409, "payment_in_progress".to_owned()));
    paying.due("2026-05-04T23:59:59Z").await;
    assert_eq!(paying.status().await, "trial");
    paying.due("2026-05-05T00:00:00Z").await;
    assert_eq!(paying.status().await, "active");
    assert_eq!(paying.charges().await, ["activation 27400 succeeded"]);
    paying.api.world.assert_clean().await;
}

// PLT-39 WAL-07 what the operator writes goes to the billing address of the day, with its invoice
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn mails_go_to_the_billing_address(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-01T00:00:00Z").await else { return };
    let app = &paying.api.world.app;
    app.run_jobs(app.clock.now()).await.unwrap();
    let mails = app.outside.mail.kept();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "Oak Voice LLC <billing@oak.example>");
    assert_eq!(mails[0].subject, "Invoice SUB-000001 for $249.00");
    assert_eq!(mails[0].attachment.as_ref().unwrap().0, "SUB-000001.pdf");
    paying.api.patch("/v1/partner", json!({"billing_email": "new@oak.example"})).await.expect(200);
    paying.due("2026-06-01T00:00:00Z").await;
    app.run_jobs(app.clock.now()).await.unwrap();
    let mails = app.outside.mail.kept();
    assert_eq!(mails.last().unwrap().to, "Oak Voice LLC <new@oak.example>");
}

// PLT-11 PLT-12 PLT-38 PLT-41 three plans to choose; the rates in force are shown
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn three_plans_can_be_chosen(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-01T00:00:00Z").await else { return };
    let plans = paying.api.get("/v1/subscription/plans").await.expect(200).json();
    let shown: Vec<String> = plans["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|plan| {
            let (rates, most) = (&plan["rates"], plan["max_extensions"].to_string());
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            [
                text(&plan["tier"]),
                text(&plan["monthly_fee"]),
                most,
                text(&rates["extension_month"]),
                text(&rates["local_did_month"]),
                text(&rates["toll_free_did_month"]),
                text(&rates["local_minute"]),
                text(&rates["toll_free_minute"]),
            ]
            .join(" ")
        })
        .collect();
    let expected = [
        "starter 249.00 300 3.00 1.75 2.50 0.02 0.022",
        "professional 549.00 1000 2.00 1.50 2.25 0.016 0.019",
        "business 999.00 null 1.25 1.25 2.00 0.014 0.017",
    ];
    assert_eq!(shown, expected);
    for path in ["/v1/subscription/preview", "/v1/subscription/change"] {
        let refused = paying.try_post(path, json!({"tier": "enterprise"})).await;
        assert_eq!(refused.problem(), (422, "validation_failed".to_owned()));
    }
    let shown = paying.subscription().await;
    assert_eq!(shown["rates"], plans["data"][0]["rates"]);
    assert_eq!(shown["renews_at"], "2026-06-01T00:00:00Z");
}
