//! A partner's own billing in its portal, and how its tenants pay.

use app::platform::FeesEdit;
use domain::{money::Minor, paging::PageRequest, subscription::Billing, user::Role};
use rstest::rstest;

use crate::harness::{Browser, Engine, People};

/// The key that the forms of a page carry.
async fn once(browser: &mut Browser<'_>, path: &str) -> String {
    let page = browser.get(path).await.expect(200).text();
    let key = page.split("name=\"once\" value=\"").nth(1).expect("a form that acts once");
    key.split('"').next().unwrap().to_owned()
}

/// Puts the partner on fees by its card and usage from its wallet.
async fn prepaid(people: &People) {
    let edit = FeesEdit { billing: Some(Billing::Prepaid), ..no_edit() };
    people.world.app.edit_subscription(people.partner.partner_id, &edit).await.unwrap();
}

fn no_edit() -> FeesEdit {
    FeesEdit { billing: None, enterprise_fee: None, suspension: None }
}

// PLT-02 PLT-38 PLT-41 WAL-02 WAL-03 WAL-04 WAL-05 PMT-01 PMT-04
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_wallet_is_topped_up_once_however_often_the_form_is_sent(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    prepaid(&people).await;
    let (app, partner_id) = (&people.world.app, people.partner.partner_id);
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let page = browser.get("/settings/billing").await.expect(200).text();
    for tab in [">Subscription<", ">Payment Methods<", ">History<", ">Tenant Billing<"] {
        assert!(page.contains(tab), "{tab}");
    }
    assert!(page.contains("Wallet balance") && page.contains("$0.00"), "{page}");
    assert!(page.contains("Local minute") && page.contains("Add a payment method"), "{page}");

    let methods = "/settings/billing/methods";
    browser.post(methods, &[("test_method", "nothing")]).await.expect(422);
    browser.post(methods, &[("test_method", "visa")]).await.expect(303);
    let list = browser.get(methods).await.expect(200).text();
    assert!(list.contains("visa card ending in 4242") && list.contains(">Default<"), "{list}");

    let key = once(&mut browser, "/settings/billing").await;
    let top_up = "/settings/billing/top-up";
    let long = "9".repeat(10_000);
    for amount in ["", "<script>", "1.234", "😀", long.as_str()] {
        let fields = [("once", key.as_str()), ("amount", amount)];
        let refused = browser.post(top_up, &fields).await.expect(422).text();
        assert!(!refused.contains("<script>"), "{amount}");
    }
    browser.post(top_up, &[("amount", "5")]).await.expect(422);
    let fields = [("once", key.as_str()), ("amount", "100.00")];
    for _ in 0..3 {
        let done = browser.post(top_up, &fields).await.expect(303);
        assert_eq!(done.header("location"), "/settings/billing?done=topped-up");
    }
    assert_eq!(app.wallet(partner_id).await.unwrap().balance.get(), 100_000_000);
    let page = browser.get("/settings/billing?done=topped-up").await.text();
    assert!(page.contains("$100.00") && page.contains("The money is in your wallet."), "{page}");

    // Declined, the page says so and the balance stays.
    browser.post(methods, &[("test_method", "declined")]).await.expect(303);
    let page = PageRequest::newest(10);
    let filter = app::methods::MethodFilter { owner: None, status: None };
    let saved = app.payment_methods(partner_id, filter, &page).await.unwrap().rows;
    let declined = saved.iter().find(|it| !it.is_default).unwrap();
    let path = format!("{methods}/{}", declined.method_id);
    let seen = declined.version.to_string();
    browser.post(&format!("{path}/default"), &[("seen", "99")]).await.expect(409);
    browser.post(&format!("{path}/default"), &[("seen", &seen)]).await.expect(303);
    let key = once(&mut browser, "/settings/billing").await;
    let fields = [("once", key.as_str()), ("amount", "50")];
    let refused = browser.post(top_up, &fields).await.expect(402).text();
    assert!(refused.contains("The payment was declined") && refused.contains("value=\"50\""));
    assert_eq!(app.wallet(partner_id).await.unwrap().balance.get(), 100_000_000);

    // WAL-16 WAL-17 WAL-19 WAL-20: the history, filtered, and as a file.
    let history = browser.get("/settings/billing/history").await.expect(200).text();
    assert!(history.contains("Top-up") && history.contains("$100.00"), "{history}");
    let none = browser.get("/settings/billing/history?kind=refund").await.expect(200).text();
    assert!(none.contains("No transaction meets all of this."), "{none}");
    let file = browser.get("/settings/billing/history.csv?kind=top_up").await.expect(200).text();
    assert_eq!(file.lines().count(), 2, "{file}");
    let empty = browser.get("/settings/billing/history.csv?from=2100-01-01").await.text();
    assert_eq!(empty.lines().count(), 1, "{empty}");

    // PMT-07 PMT-06: the default goes once another is, or last.
    let remove = format!("{path}/remove");
    browser.get(&remove).await.expect(200);
    let seen = app.payment_method(partner_id, declined.method_id).await.unwrap().version;
    browser.post(&remove, &[("seen", &seen.to_string())]).await.expect(409);
}

// WAL-09 WAL-10 WAL-14
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn auto_recharge_needs_a_method_and_keeps_its_figures(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    prepaid(&people).await;
    let (app, partner_id) = (&people.world.app, people.partner.partner_id);
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let (path, methods) = ("/settings/billing/auto-recharge", "/settings/billing/methods");
    let page = browser.get(methods).await.expect(200).text();
    assert!(page.contains("Four to six weeks") && page.contains("500 or more"), "{page}");
    let seen = app.auto_recharge(partner_id).await.unwrap().version.to_string();
    let on = [("enabled", "on"), ("threshold", "50"), ("amount", "200"), ("seen", seen.as_str())];
    let refused = browser.post(path, &on).await.expect(409).text();
    assert!(refused.contains("no payment method") && refused.contains("value=\"200\""));
    browser.post(methods, &[("test_method", "visa")]).await.expect(303);
    let wrong = [("threshold", "-5"), ("amount", "many"), ("seen", seen.as_str())];
    browser.post(path, &wrong).await.expect(422);
    browser.post(path, &on).await.expect(303);
    browser.post(path, &on).await.expect(409);
    let kept = app.auto_recharge(partner_id).await.unwrap().watch.recharge;
    assert_eq!(kept.amount, Some(Minor::new(20_000)));
    let page = browser.get(methods).await.text();
    assert!(page.contains("value=\"200.00\"") && page.contains("checked"), "{page}");
}

// PLT-12 PLT-25 PLT-26 PLT-28 PLT-29 PLT-33 PLT-35 PLT-37
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_plan_is_looked_at_then_confirmed(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    prepaid(&people).await;
    let (app, partner_id) = (&people.world.app, people.partner.partner_id);
    let mut user = people.signed_in(Role::PartnerUser).await;
    let looked_at = user.get("/settings/billing").await.expect(200).text();
    assert!(!looked_at.contains("name=\"once\"") && !looked_at.contains(">Choose"));
    user.get("/settings/billing/plan?tier=business").await.expect(403);
    user.post("/settings/billing/cancel", &[]).await.expect(403);

    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let page = browser.get("/settings/billing").await.text();
    assert_eq!(page.matches("a month, ").count(), 3, "three plans: {page}");
    assert!(page.contains("Contact Sales"));
    browser.get("/settings/billing/plan?tier=enterprise").await.expect(422);
    browser.get("/settings/billing/plan?tier=%3Cscript%3E").await.expect(404);
    browser.post("/settings/billing/methods", &[("test_method", "visa")]).await.expect(303);
    let path = "/settings/billing/plan?tier=business";
    let preview = browser.get(path).await.expect(200).text();
    assert!(preview.contains("New monthly fee") && preview.contains("$999.00"), "{preview}");
    let due = app.preview_plan(partner_id, domain::tier::Tier::Business).await.unwrap().due_now;
    let due = people.partner.currency.decimal(due);
    let key = once(&mut browser, path).await;
    let other = [("once", key.as_str()), ("tier", "business"), ("due_now", "1.00")];
    browser.post("/settings/billing/plan", &other).await.expect(409);
    let fields = [("once", key.as_str()), ("tier", "business"), ("due_now", due.as_str())];
    for _ in 0..2 {
        browser.post("/settings/billing/plan", &fields).await.expect(303);
    }
    let page = browser.get("/settings/billing?done=plan").await.text();
    assert!(page.contains("Your plan was changed."), "{page}");
    assert_eq!(app.subscription(partner_id).await.unwrap().terms.tier.as_str(), "business");
    let invoices = app.subscription_invoices(partner_id, &PageRequest::newest(9)).await.unwrap();
    assert_eq!(invoices.rows.len(), 1, "charged once");
    let history = browser.get("/settings/billing/history").await.text();
    assert!(history.contains("subscription_invoice") && history.contains(&invoices.rows[0].number));
    let pdf = format!("/settings/billing/invoices/{}/pdf", invoices.rows[0].invoice_id);
    assert!(browser.get(&pdf).await.expect(200).body.starts_with(b"%PDF"));

    // A smaller plan waits and can be taken back.
    let key = once(&mut browser, "/settings/billing/plan?tier=starter").await;
    let fields = [("once", key.as_str()), ("tier", "starter"), ("due_now", "0.00")];
    browser.post("/settings/billing/plan", &fields).await.expect(303);
    let waiting = browser.get("/settings/billing").await.text();
    assert!(waiting.contains("The Starter plan begins on"), "{waiting}");
    browser.post("/settings/billing/plan/keep", &[]).await.expect(303);
    browser.post("/settings/billing/plan/keep", &[]).await.expect(409);
    browser.get("/settings/billing/cancel").await.expect(200);
    browser.post("/settings/billing/cancel", &[]).await.expect(303);
    let paused = browser.get("/settings/billing").await.text();
    assert!(paused.contains("paused") && paused.contains("Activate Account"), "{paused}");
    // PLT-35: activating brings it back.
    let key = once(&mut browser, "/settings/billing").await;
    browser.post("/settings/billing/activate", &[("once", &key)]).await.expect(303);
    let active = browser.get("/settings/billing?done=active").await.text();
    assert!(active.contains("Your account is active."), "{active}");
}

// STR-01 STR-04 STR-12 STR-14 STR-15 STR-16 STR-26
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn how_tenants_pay_is_chosen_with_its_effects_told(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let (app, partner_id) = (&people.world.app, people.partner.partner_id);
    let tab = "/settings/billing/tenants";
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let page = browser.get(tab).await.expect(200).text();
    for text in ["Platform", "Stripe Connect", "Custom Keys", "3.99%", "0%", "Nothing is due now."]
    {
        assert!(page.contains(text), "{text} in {page}");
    }
    let descriptor = format!("{tab}/descriptor");
    let seen = app.partner(partner_id).await.unwrap().version.to_string();
    for text in ["ACM", "12345", "Acme's Phone Co.", "THIS IS A REALLY LONG NAME", "<script>"] {
        let fields = [("statement_descriptor", text), ("seen", seen.as_str())];
        let refused = browser.post(&descriptor, &fields).await.expect(422).text();
        assert!(refused.contains("f-statement_descriptor-error"), "{text}: {refused}");
        assert!(!refused.contains("<script>"));
    }
    let fields = [("statement_descriptor", "PINEDALE VOIP"), ("seen", seen.as_str())];
    browser.post(&descriptor, &fields).await.expect(303);
    browser.post(&descriptor, &fields).await.expect(409);
    assert!(browser.get(tab).await.text().contains("PINEDALE VOIP"));

    // Nothing is connected yet, and no keys are there.
    let mode = format!("{tab}/mode");
    let version = app.processor(partner_id).await.unwrap().processing.version.to_string();
    let asked = browser.get(&format!("{mode}?to=connect")).await.expect(200).text();
    assert!(asked.contains("automatic payments are switched off") || asked.contains("switched"));
    for to in ["connect", "custom_keys"] {
        browser.post(&mode, &[("to", to), ("seen", &version)]).await.expect(409);
    }
    browser.get(&format!("{mode}?to=elsewhere")).await.expect(404);
    let secret = "sk_live_NotThisOneEverEver";
    let keys = [("secret_key", secret), ("publishable_key", "pk_test_abc")];
    let refused = browser.post(&format!("{tab}/keys"), &keys).await.expect(422).text();
    assert!(!refused.contains(secret) && refused.contains("pk_test_abc"), "{refused}");
    let link = browser.post(&format!("{tab}/connect"), &[]).await.expect(200).text();
    assert!(link.contains("target=\"_blank\""), "{link}");
    let page = browser.get(tab).await.text();
    assert!(page.contains("Continue at Stripe") && page.contains("Check again"), "{page}");
    browser.get("/settings/billing/settlements").await.expect(200);
    let mut user = people.signed_in(Role::PartnerUser).await;
    let page = user.get(tab).await.expect(200).text();
    assert!(!page.contains("secret_key") && !page.contains("/connect\""), "{page}");
    user.post(&format!("{tab}/connect"), &[]).await.expect(403);
}
