//! The operator's console.

use domain::{money::Micros, partner::PartnerStatus, tier::Tier, user::Role};
use rstest::rstest;

use super::tenant_billing::{hidden, says};
use crate::harness::{Browser, CallLine, Engine, People, TestFile, builders::at};

async fn page(browser: &mut Browser<'_>, path: &str) -> String {
    browser.get(path).await.expect(200).text()
}

/// Everything that is a page of the console.
const PAGES: [&str; 12] = [
    "/",
    "/partners",
    "/operator/rates",
    "/operator/settlements",
    "/operator/disputes",
    "/operator/imports",
    "/operator/rejects",
    "/operator/jobs",
    "/operator/deliveries",
    "/operator/clock",
    "/operator/health",
    "/operator/audit",
];

// LAY-05 LAY-09 for the operator they open, for everybody else they are not there
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_console_is_the_operators_alone(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    for role in [Role::OperatorAdmin, Role::OperatorViewer] {
        let mut browser = people.signed_in(role).await;
        for path in PAGES {
            page(&mut browser, path).await;
        }
        let of_partner = format!("/partners/{}", people.partner.partner_id);
        for part in ["", "/wallet", "/terms"] {
            page(&mut browser, &format!("{of_partner}{part}")).await;
        }
        let start = page(&mut browser, "/").await;
        says(&start, &["What may need a hand", "Failed jobs", "Simulated clock"]);
    }
    let mut viewer = people.signed_in(Role::OperatorViewer).await;
    let partners = page(&mut viewer, "/partners").await;
    assert!(!partners.contains("New Partner") && !partners.contains("Manage"));
    viewer.post("/operator/clock", &[("step", "1")]).await.expect(403);
    for role in [Role::PartnerAdmin, Role::TenantAdmin] {
        let mut browser = people.signed_in(role).await;
        for path in PAGES.into_iter().skip(1) {
            browser.get(path).await.expect(404);
        }
    }
}

// LAY-09 partners: listed, found, created once, refused with what was typed
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_partner_is_created_and_found(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut admin = people.signed_in(Role::OperatorAdmin).await;
    let list = page(&mut admin, "/partners").await;
    says(&list, &["oak-voice", "elm-voice", "Active", "Starter", "Platform", "New Partner"]);
    let fields = |slug: &str, name: &str| {
        [
            ("company_name", name.to_owned()),
            ("slug", slug.to_owned()),
            ("billing_email", "money@ash.example".to_owned()),
            ("zone", "America/Chicago".to_owned()),
            ("status", "trial".to_owned()),
            ("tier", "professional".to_owned()),
        ]
    };
    let send = |fields: [(&'static str, String); 6]| fields;
    let wrong = send(fields("Not A Slug", "<script>alert(1)</script>"));
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, it)| (*name, it.as_str())).collect();
    let answer = admin.post("/partners/new", &wrong).await.expect(422).text();
    says(&answer, &["value=\"Not A Slug\"", "&lt;script&gt;", "aria-invalid"]);
    let good = send(fields("ash-voice", "Ash Voice 🌳"));
    let good: Vec<(&str, &str)> = good.iter().map(|(name, it)| (*name, it.as_str())).collect();
    let answer = admin.post("/partners/new", &good).await.expect(303);
    let list = page(&mut admin, answer.header("location")).await;
    says(&list, &["Ash Voice 🌳", "Trial", "Professional", "The partner was created"]);
    // Sent twice there is one.
    admin.post("/partners/new", &good).await.expect(422);
    let found = page(&mut admin, "/partners?q=ash").await;
    assert!(found.contains("ash-voice") && !found.contains("oak-voice"), "{found}");
    let trials = page(&mut admin, "/partners?status=trial").await;
    assert!(trials.contains("ash-voice") && !trials.contains("oak-voice"), "{trials}");
    let log = page(&mut admin, "/operator/audit?action=partner.create").await;
    says(&log, &["Operator Admin One", "partner.create"]);
}

// LAY-09 PLT-22 WAL-21 what the operator does about one partner
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_partner_is_suspended_credited_and_given_new_terms(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let partner_id = people.partner.partner_id;
    let app = &people.world.app;
    let mut admin = people.signed_in(Role::OperatorAdmin).await;
    let path = |part: &str| format!("/partners/{partner_id}{part}");
    says(&page(&mut admin, &path("/suspend")).await, &["emergency calls do", "Suspend"]);
    admin.post(&path("/suspend"), &[]).await.expect(303);
    assert_eq!(app.partner(partner_id).await.unwrap().status, PartnerStatus::Suspended);
    admin.post(&path("/lift"), &[]).await.expect(303);
    assert_eq!(app.partner(partner_id).await.unwrap().status, PartnerStatus::Active);
    admin.post(&path("/rate-limit"), &[("rate_limit", "900")]).await.expect(303);
    assert_eq!(app.partner_rate(partner_id).await.unwrap(), 900);
    for wrong in ["0", "", "a lot", "<script>", "99999999999999999999"] {
        let answer = admin.post(&path("/rate-limit"), &[("rate_limit", wrong)]).await.expect(422);
        assert!(!answer.text().contains("<script"));
    }
    let reference = hidden_value(&page(&mut admin, &path("/wallet")).await, "reference");
    let wallet = |amount: &str, reason: &str| {
        [
            ("kind", "manual_adjustment".to_owned()),
            ("amount", amount.to_owned()),
            ("reason", reason.to_owned()),
            ("reference", reference.clone()),
        ]
    };
    for (amount, reason) in [("x", "Why"), ("0", "Why"), ("5", ""), ("5", &"y".repeat(10_000))] {
        let fields = wallet(amount, reason);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, it)| (*name, it.as_str())).collect();
        admin.post(&path("/wallet"), &fields).await.expect(422);
    }
    let fields = wallet("12.50", "Goodwill <b>");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, it)| (*name, it.as_str())).collect();
    let before = app.wallet(partner_id).await.unwrap().balance;
    admin.post(&path("/wallet"), &fields).await.expect(303);
    admin.post(&path("/wallet"), &fields).await.expect(303);
    let after = app.wallet(partner_id).await.unwrap().balance;
    assert_eq!(after.minus(before).unwrap(), Micros::new(12_500_000), "booked once");
    says(&page(&mut admin, &path("/wallet")).await, &["Goodwill &lt;b&gt;", "$12.50"]);
    let terms = |day: &str| [("tier", "business".to_owned()), ("effective_from", day.to_owned())];
    for (day, status) in [("2026-04-01", 422), ("soon", 422), ("2026-07-01", 303)] {
        let fields = terms(day);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, it)| (*name, it.as_str())).collect();
        let answer = admin.post(&path("/terms"), &fields).await.expect(status);
        if status == 422 {
            says(&answer.text(), &[&format!("value=\"{day}\""), "aria-invalid"]);
        }
    }
    let all = app.wholesale_terms(partner_id).await.unwrap();
    assert_eq!(all.last().unwrap().tier, Tier::Business);
    says(&page(&mut admin, &path("/terms")).await, &["July 1, 2026", "Business", "Now"]);
    people.world.assert_clean().await;
}

/// What a page's visible field of this name holds.
fn hidden_value(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\"")).unwrap();
    let (_, rest) = rest.split_once("value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

// PLT-22 new figures of a tier are posted 30 days ahead
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn rates_are_posted_with_notice(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut admin = people.signed_in(Role::OperatorAdmin).await;
    let form = |day: &'static str, fee: &'static str| {
        [("tier", "starter"), ("effective_from", day), ("monthly_fee", fee), ("reason", "Carriers")]
    };
    for (day, fee) in [("2026-05-10", "259.00"), ("2026-07-01", "-1"), ("2026-07-01", "<b>")] {
        let answer = admin.post("/operator/rates", &form(day, fee)).await.expect(422).text();
        says(&answer, &["aria-invalid", &format!("value=\"{day}\"")]);
    }
    let half = [("tier", "starter"), ("effective_from", "2026-07-01"), ("local_minute", "0.01")];
    admin.post("/operator/rates", &half).await.expect(422);
    admin.post("/operator/rates", &form("2026-07-01", "259.00")).await.expect(303);
    says(&page(&mut admin, "/operator/rates").await, &["$259.00", "July 1, 2026", "Carriers"]);
    // The same form once more is not after what is posted.
    admin.post("/operator/rates", &form("2026-07-01", "259.00")).await.expect(422);
}

// LAY-09 BEY-05 the clock moves forward once for a form
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_clock_moves_once_for_a_form(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut admin = people.signed_in(Role::OperatorAdmin).await;
    let once = hidden(&page(&mut admin, "/operator/clock").await, "once");
    let back = [("once", once.as_str()), ("step", "day"), ("day", "2026-04-01")];
    let answer = admin.post("/operator/clock", &back).await.expect(422).text();
    says(&answer, &["value=\"2026-04-01\"", "aria-invalid"]);
    for (step, day) in [("day", ""), ("day", "<b>"), ("-5", ""), ("9999", ""), ("", "")] {
        let fields = [("once", once.as_str()), ("step", step), ("day", day)];
        admin.post("/operator/clock", &fields).await.expect(422);
    }
    let once = hidden(&page(&mut admin, "/operator/clock").await, "once");
    // To the start of a day: nobody's session is over by then.
    let fields = [("once", once.as_str()), ("step", "day"), ("day", "2026-05-01")];
    admin.post("/operator/clock", &fields).await.expect(303);
    let moved = people.world.app.clock.now();
    assert_eq!(moved, at("2026-05-01T00:00:00Z"));
    let audit = people.audit(None).await;
    assert!(audit.iter().any(|(.., action)| action == "clock.advance"), "{audit:?}");
    admin.post("/operator/clock", &[("step", "1")]).await.expect(422);
    let once = hidden(&page(&mut admin, "/operator/clock").await, "once");
    admin.post("/operator/clock", &[("once", &once), ("step", "1")]).await.expect(303);
    assert_eq!(people.world.app.clock.now(), at("2026-05-02T00:00:00Z"));
}

// LAY-09 refused records are looked at, tried again and given up
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn refused_records_are_tried_again_or_given_up(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let ended = at("2026-05-01T01:00:00Z");
    let nobody = CallLine::new("1", ("+13125550111", "+12125550199"), ended, 60);
    let bad = "{\"record_id\":\"</pre><script>alert(1)</script>\"}\n";
    people.world.calls(&[nobody]).await;
    people.world.import(&TestFile::new("bad.ndjson", bad.as_bytes())).await.unwrap();
    let mut admin = people.signed_in(Role::OperatorAdmin).await;
    let list = page(&mut admin, "/operator/rejects?state=open").await;
    says(&list, &["calls.ndjson, line 1", "bad.ndjson, line 1", "Open", "unknown_owner"]);
    let imports = page(&mut admin, "/operator/imports").await;
    says(&imports, &["calls.ndjson", "bad.ndjson", "switch"]);
    let (partner_id, tenant_id) = (people.partner.partner_id, people.tenant.tenant_id);
    let app = &people.world.app;
    app.assign_numbers(partner_id, tenant_id, &["+13125550111"]).await.unwrap();
    admin.post("/operator/rejects/retry", &[]).await.expect(303);
    admin.post("/operator/rejects/retry", &[]).await.expect(303);
    let list = page(&mut admin, "/operator/rejects?state=open").await;
    assert!(list.contains("bad.ndjson") && !list.contains("calls.ndjson"), "{list}");
    let id = list.split_once("/operator/rejects/rej_").unwrap().1;
    let path = format!("/operator/rejects/rej_{}", id.split('"').next().unwrap());
    let record = page(&mut admin, &path).await;
    says(&record, &["&lt;script&gt;", "Dismiss it"]);
    let dismiss = format!("{path}/dismiss");
    admin.post(&dismiss, &[("reason", "")]).await.expect(422);
    admin.post(&dismiss, &[("reason", &"x".repeat(10_000))]).await.expect(422);
    admin.post(&dismiss, &[("reason", "A test of <b>the switch</b>")]).await.expect(303);
    admin.post(&dismiss, &[("reason", "Again")]).await.expect(409);
    says(&page(&mut admin, &path).await, &["Dismissed", "A test of &lt;b&gt;"]);
}
