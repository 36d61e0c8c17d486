//! A partner's company, brand and notifications in its portal.

use domain::user::Role;
use rstest::rstest;

use crate::harness::{Engine, People};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

// BRD-02 BRD-04 BRD-05 BRD-07 BRD-08 PLT-39
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn company_and_brand_act_on_the_next_page(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let (app, partner_id) = (&people.world.app, people.partner.partner_id);
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let version = || async { app.partner(partner_id).await.unwrap().version.to_string() };
    let long = "x".repeat(10_000);
    let seen = version().await;
    let company = |name: &'static str, mail: &'static str, days: &'static str| {
        [("company_name", name), ("billing_email", mail), ("locale", "en-US"), ("terms_days", days)]
    };
    for fields in [
        company("", "books@oak.example", "15"),
        company("Oak", "<script>", "15"),
        company("Oak", "books@oak.example", "366"),
        company("Oak", "books@oak.example", "many"),
    ] {
        let fields = [&fields[..], &[("seen", seen.as_str())]].concat();
        let refused = browser.post("/settings/company", &fields).await.expect(422).text();
        assert!(!refused.contains("<script>") && refused.contains("-error\""), "{refused}");
    }
    let huge = [("company_name", long.as_str()), ("terms_days", "1"), ("seen", seen.as_str())];
    browser.post("/settings/company", &huge).await.expect(422);
    let fields = company("Oak <b>LLC</b> 😀", "books@oak.example", "30");
    let fields = [&fields[..], &[("seen", seen.as_str()), ("address", "1 Oak Road\r\nOakham")]];
    browser.post("/settings/company", &fields.concat()).await.expect(303);
    let stale = browser.post("/settings/company", &fields.concat()).await.expect(409).text();
    assert!(stale.contains("Partner Admin One changed these settings meanwhile"), "{stale}");
    let saved = app.partner(partner_id).await.unwrap();
    assert_eq!((saved.billing_email.as_str(), saved.terms_days), ("books@oak.example", 30));
    assert_eq!(saved.brand.address, "1 Oak Road\nOakham");

    let seen = version().await;
    for color in ["red", "#12345", "#ggg000", "red;}body{"] {
        let fields = [("color", color), ("seen", seen.as_str())];
        browser.post("/settings/branding", &fields).await.expect(422);
    }
    let fields = [
        ("brand_name", "Pale <i>Voice</i>"),
        ("color", "#FFFFCC"),
        ("support_email", "help@pale.example"),
        ("seen", seen.as_str()),
    ];
    browser.post("/settings/branding", &fields).await.expect(303);
    let page = browser.get("/settings/branding").await.expect(200).text();
    assert!(page.contains("contrast of 1.0:1") && page.contains("help@pale.example"), "{page}");
    assert!(page.contains("<title>Pale &lt;i&gt;Voice&lt;/i&gt; — Branding</title>"), "{page}");
    let css = browser.get("/brand.css").await.text();
    assert!(css.contains("#ffffcc"), "{css}");
    // BRD-05: empty is the company's name.
    let seen = version().await;
    let fields = [("brand_name", ""), ("color", "#1f6feb"), ("seen", seen.as_str())];
    browser.post("/settings/branding", &fields).await.expect(303);
    let page = browser.get("/settings/branding").await.text();
    assert!(page.contains("<title>Oak &lt;b&gt;LLC&lt;/b&gt; 😀 — Branding"), "{page}");
}

// BRD-03
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_logo_is_a_picture_by_its_bytes(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let (app, partner_id) = (&people.world.app, people.partner.partner_id);
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let path = "/settings/branding/logo";
    let seen = app.partner(partner_id).await.unwrap().version.to_string();
    let fields = [("seen", seen.as_str()), ("do", "save")];
    let large = [PNG, &vec![0; 1_000_001]].concat();
    for (name, bytes) in
        [("a.gif", &b"GIF89a"[..]), ("a.svg", b"<svg onload='x'/>"), ("a.png", &large)]
    {
        let refused = browser.post_file(path, &fields, ("logo", name, bytes)).await;
        assert!(refused.expect(422).text().contains("f-logo-error"), "{name}");
    }
    browser.post(path, &fields).await.expect(422);
    browser.post_file(path, &fields, ("logo", "a.gif", PNG)).await.expect(303);
    let page = browser.get("/settings/branding").await.expect(200).text();
    assert!(page.contains("alt=\"Your logo\"") && page.contains("Remove the logo"), "{page}");
    let logo = browser.get("/logo").await.expect(200);
    assert_eq!((logo.header("content-type"), logo.body.as_slice()), ("image/png", PNG));
    let seen = app.partner(partner_id).await.unwrap().version.to_string();
    browser.post(path, &[("seen", &seen), ("do", "remove")]).await.expect(303);
    browser.get("/logo").await.expect(404);
}

// NTF-02 NTF-04 USR-02
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_toggle_saves_by_itself_for_administrators(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let (app, partner_id) = (&people.world.app, people.partner.partner_id);
    let path = "/settings/notifications";
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let seen = app.partner(partner_id).await.unwrap().version.to_string();
    assert!(browser.get(path).await.expect(200).text().contains("Usage Alerts"));
    let off = [("seen", seen.as_str()), ("usage_alerts", "off")];
    browser.post(path, &off).await.expect(303);
    browser.post(path, &off).await.expect(409);
    assert!(!app.partner(partner_id).await.unwrap().usage_alerts);
    assert!(browser.get(path).await.text().contains("Turn on"));
    let mut user = people.signed_in(Role::PartnerUser).await;
    assert!(!user.get(path).await.expect(200).text().contains("Turn on"));
    for page in ["/settings/company", "/settings/branding"] {
        let text = user.get(page).await.expect(200).text();
        assert!(!text.contains(">Save<") && !text.contains(">Upload<"), "{page}");
        user.post(page, &[]).await.expect(403);
    }
}
