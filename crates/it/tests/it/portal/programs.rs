//! What programs need, in a partner's portal: keys, webhook endpoints, the audit log.

use app::webhooks::DeliveryFilter;
use domain::{api_key::ApiKeyStatus, paging::PageRequest, user::Role};
use rstest::rstest;

use crate::harness::{Browser, Engine, People};

/// The key that the forms of a page carry.
async fn once(browser: &mut Browser<'_>, path: &str) -> String {
    let page = browser.get(path).await.expect(200).text();
    let key = page.split("name=\"once\" value=\"").nth(1).expect("a form that acts once");
    key.split('"').next().unwrap().to_owned()
}

/// The text between the tags of what is shown once.
fn secret(page: &str) -> String {
    let text = page.split("class=\"secret\"><code>").nth(1).unwrap_or_else(|| panic!("{page}"));
    text.split('<').next().unwrap().to_owned()
}

// KEY-01 KEY-02 KEY-03 KEY-04 KEY-05 KEY-06 KEY-07 KEY-08 KEY-10 KEY-13
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_is_shown_once_narrowed_replaced_and_revoked(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let (app, owner) = (&people.world.app, Some(people.partner.partner_id));
    let path = "/settings/api-keys";
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let empty = browser.get(path).await.expect(200).text();
    assert!(empty.contains("No API key yet") && empty.contains("every quarter"), "{empty}");
    let form = browser.get("/settings/api-keys/new").await.expect(200).text();
    for label in ["Name", "Scopes", "Tenant Scope", "Rate Limit", "Select All", "Create Key"] {
        assert!(form.contains(label), "{label}");
    }
    assert_eq!(form.matches("name=\"scopes\"").count(), 20, "ten categories, read and write");
    assert!(form.contains("value=\"100\""), "the usual limit");

    let key = once(&mut browser, "/settings/api-keys/new").await;
    let hostile = "<script>alert(1)</script> 😀";
    let long = "x".repeat(10_000);
    for (name, scope, tenants, rate) in [
        ("", "billing:read", "", "100"),
        (long.as_str(), "billing:read", "", "100"),
        (hostile, "everything", "", "100"),
        (hostile, "billing:read", "NOBODY", "100"),
        (hostile, "billing:read", "BETA", "100"),
        (hostile, "billing:read", "", "10001"),
        (hostile, "billing:read", "", "many"),
    ] {
        let fields = [
            ("once", key.as_str()),
            ("name", name),
            ("scopes", scope),
            ("tenant_ids", tenants),
            ("rate_limit", rate),
        ];
        let refused = browser.post(path, &fields).await.expect(422).text();
        assert!(!refused.contains("<script>"), "{name} {scope} {tenants} {rate}");
    }
    let fields = [
        ("once", key.as_str()),
        ("name", hostile),
        ("scopes", "billing:read"),
        ("scopes", "tenants:read"),
        ("tenant_ids", "ACME"),
        ("rate_limit", "60"),
    ];
    let shown = browser.post(path, &fields).await.expect(200).text();
    let text = secret(&shown);
    assert!(text.starts_with("sk_test_"), "{text}");
    assert!(app.recognise_key(&text).await.unwrap().is_some());
    // Sent again there is no second key, and its text is nowhere.
    let again = browser.post(path, &fields).await.expect(200).text();
    assert!(!again.contains(&text) && again.contains("its text was shown then"), "{again}");
    let keys = app.keys(owner, &PageRequest::newest(9)).await.unwrap().rows;
    assert_eq!((keys.len(), keys[0].rate_per_minute), (1, 60));
    let list = browser.get(path).await.expect(200).text();
    assert!(!list.contains(&text) && list.contains(&keys[0].masked), "{list}");
    assert!(list.contains("1 tenant") && list.contains("ACTIVE") && list.contains("Never"));

    let one = format!("{path}/{}", keys[0].key_id);
    let page = browser.get(&one).await.expect(200).text();
    assert!(page.contains(">ACME<") || page.contains("ACME"), "{page}");
    let edit = [("seen", "1"), ("scopes", "billing:read"), ("tenant_ids", "")];
    browser.post(&one, &edit).await.expect(303);
    browser.post(&one, &edit).await.expect(409);
    let edited = app.key(owner, keys[0].key_id).await.unwrap();
    assert_eq!((edited.grant.scopes.len(), edited.grant.tenants), (1, None));

    let key = once(&mut browser, &one).await;
    let twin = browser.post(&format!("{one}/replace"), &[("once", &key)]).await.expect(200).text();
    let new = secret(&twin);
    assert!(app.recognise_key(&new).await.unwrap().is_some() && new != text);
    let now = app.clock.now();
    let old = app.key(owner, keys[0].key_id).await.unwrap();
    assert_eq!(old.status(now), ApiKeyStatus::Revoked);
    let keys = app.keys(owner, &PageRequest::newest(9)).await.unwrap().rows;
    let alive = keys.iter().find(|it| it.status(now) == ApiKeyStatus::Active).unwrap();
    let revoke = format!("{path}/{}/revoke", alive.key_id);
    browser.get(&revoke).await.expect(200);
    browser.post(&revoke, &[]).await.expect(303);
    let list = browser.get(path).await.text();
    assert_eq!(list.matches("REVOKED").count(), 2);
    let kept = people.world.texts("select after from audit_entry where after is not null").await;
    assert!(kept.iter().all(|it| !it.contains(&text) && !it.contains(&new)));
    let mut user = people.signed_in(Role::PartnerUser).await;
    assert!(!user.get(path).await.expect(200).text().contains("Create API Key"));
    user.post(path, &fields).await.expect(403);
    user.post(&revoke, &[]).await.expect(403);
}

// WHK-01 WHK-02 WHK-11 WHK-12 WHK-13 WHK-14 WHK-15 WHK-16 WHK-19 WHK-23
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_endpoint_is_made_tried_rotated_and_deleted(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let (app, partner_id) = (&people.world.app, people.partner.partner_id);
    let path = "/settings/webhooks";
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let empty = browser.get(path).await.expect(200).text();
    assert!(empty.contains("No endpoint yet"), "{empty}");
    let key = once(&mut browser, "/settings/webhooks/new").await;
    let good = "https://8.8.4.4/hook";
    for (url, events) in [
        ("http://8.8.4.4/hook", "invoice.paid"),
        ("https://127.0.0.1/hook", "invoice.paid"),
        ("<script>", "invoice.paid"),
        ("", "invoice.paid"),
        (good, "no.such"),
    ] {
        let fields = [("once", key.as_str()), ("url", url), ("event_types", events)];
        let refused = browser.post(path, &fields).await.expect(422).text();
        assert!(!refused.contains("<script>"), "{url}");
    }
    browser.post(path, &[("once", key.as_str()), ("url", good)]).await.expect(422);
    let fields = [
        ("once", key.as_str()),
        ("url", good),
        ("description", "<b>Books</b> 😀"),
        ("event_types", "invoice.paid"),
        ("event_types", "invoice.created"),
    ];
    let shown = browser.post(path, &fields).await.expect(200).text();
    let text = secret(&shown);
    assert!(text.starts_with("whsec_"), "{text}");
    let again = browser.post(path, &fields).await.expect(200).text();
    assert!(!again.contains(&text), "shown once");
    let page = PageRequest::newest(9);
    let endpoints = app.list_webhook_endpoints(partner_id, &page).await.unwrap().rows;
    assert_eq!(endpoints.len(), 1);
    let endpoint_id = endpoints[0].endpoint_id;
    let list = browser.get(path).await.expect(200).text();
    assert!(list.contains("Consecutive Failures: 0") && !list.contains(&text), "{list}");
    assert!(list.contains("&lt;b&gt;Books&lt;/b&gt; 😀"));

    let one = format!("{path}/{endpoint_id}");
    let version = endpoints[0].version.to_string();
    let edit =
        [("seen", version.as_str()), ("url", good), ("event_types", "invoice.paid"), ("all", "on")];
    browser.post(&one, &edit).await.expect(303);
    browser.post(&one, &edit).await.expect(409);
    let edited = app.webhook_endpoint(partner_id, endpoint_id).await.unwrap();
    assert!(edited.event_types.len() > 28, "all of them");
    let key = once(&mut browser, &one).await;
    let rotate = [("once", key.as_str()), ("overlap", "3600")];
    let rotated = browser.post(&format!("{one}/rotate"), &rotate).await.expect(200).text();
    assert!(secret(&rotated).starts_with("whsec_") && secret(&rotated) != text);
    let page_of = browser.get(&one).await.expect(200).text();
    assert!(page_of.contains("Old secret works until"), "{page_of}");

    browser.post(&format!("{one}/test"), &[]).await.expect(303);
    let filter = DeliveryFilter { status: None, event_type: None, event_id: None };
    let sent = app.list_webhook_deliveries(partner_id, endpoint_id, (filter, &page)).await.unwrap();
    let delivery = format!("/settings/deliveries/{}", sent.rows[0].delivery_id);
    let deliveries = browser.get(&format!("{one}/deliveries")).await.expect(200).text();
    assert!(deliveries.contains("webhook.test") && deliveries.contains("0/8"), "{deliveries}");
    let none = browser.get(&format!("{one}/deliveries?status=dead")).await.expect(200).text();
    assert!(none.contains("Nothing was sent"), "{none}");
    let detail = browser.get(&delivery).await.expect(200).text();
    assert!(detail.contains("Request body") && detail.contains("webhook.test"), "{detail}");
    browser.post(&format!("{delivery}/redeliver"), &[]).await.expect(303);

    browser.post(&format!("{one}/status"), &[]).await.expect(303);
    assert!(browser.get(path).await.text().contains("Disabled"));
    browser.post(&format!("{one}/status"), &[]).await.expect(303);
    browser.get(&format!("{one}/delete")).await.expect(200);
    browser.post(&format!("{one}/delete"), &[]).await.expect(303);
    assert!(browser.get(path).await.text().contains("No endpoint yet"));
    let mut user = people.signed_in(Role::PartnerUser).await;
    user.post(path, &fields).await.expect(403);
    user.post(&format!("{delivery}/redeliver"), &[]).await.expect(403);
}

// LAY-08 KEY-12
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_audit_log_is_filtered_and_knows_no_other_partner(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let hostile = "<script>HST</script>";
    let fields = [("code", "CA-ON"), ("name", hostile), ("rate", "0.13"), ("enabled", "on")];
    browser.post("/settings/taxes", &fields).await.expect(303);
    let log = browser.get("/settings/audit").await.expect(200).text();
    assert!(log.contains("tax_jurisdiction.create") && log.contains("Partner Admin One"));
    assert!(log.contains("&lt;script&gt;HST") && !log.contains("<script>"), "{log}");
    let none = browser.get("/settings/audit?action=tenant.delete").await.expect(200).text();
    assert!(none.contains("No entry meets all of this."), "{none}");
    let found = browser.get("/settings/audit?action=tax_jurisdiction.create").await.text();
    assert_eq!(found.matches("tax_jurisdiction.create</a>").count(), 1);
    browser.get("/settings/audit?tenant=nobody").await.expect(404);
    browser.get("/settings/audit?from=x&to=y").await.expect(200);
    let other = format!("/settings/audit?tenant={}", people.other_tenant.tenant_id);
    assert!(browser.get(&other).await.expect(200).text().contains("No entry meets all of this."));
}

// BEY-04
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_if_asks_for_something_to_try_and_finds_nothing_where_nothing_is_closed(
    #[case] engine: Engine,
) {
    let Some(people) = People::fresh(engine).await else { return };
    let path = "/reports/what-if";
    let mut browser = people.signed_in(Role::PartnerUser).await;
    let blank = browser.get(path).await.expect(200).text();
    assert!(blank.contains("Each period") && !blank.contains("Results"), "{blank}");
    for query in [
        "from=2026-01-01&to=2026-02-01",
        "from=x&to=2026-02-01&profile=prf_1",
        "from=2026-02-01&to=2026-01-01&profile=prf_00000000000000000000000001",
        "from=2026-01-01&to=2026-02-01&profile=prf_00000000000000000000000001&tenant=BETA",
        "from=%3Cscript%3E&to=%F0%9F%98%80",
    ] {
        let refused = browser.get(&format!("{path}?{query}")).await.expect(422).text();
        assert!(!refused.contains("<script>"), "{query}");
    }
    let profile = people.tenant.profile_id;
    let query = format!("{path}?from=2026-01-01&to=2026-02-01&profile={profile}&tenant=ACME");
    let none = browser.get(&query).await.expect(200).text();
    assert!(none.contains("No closed period"), "{none}");
}
