//! What people change about themselves.

use domain::user::Role;
use rstest::rstest;

use crate::harness::{
    Engine, People,
    browser::{PASSWORD, email_of},
};

const NEW: &str = "Another-horse-2";

// AUT-03 AUT-04
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_password_needs_the_current_one_and_ends_other_sessions(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let role = Role::TenantUser;
    let (mut browser, mut other) = (people.signed_in(role).await, people.signed_in(role).await);
    for (current, next, repeated, part) in [
        (PASSWORD, "abcdefg1A", "abcdefg1A", "at least 10 characters"),
        (PASSWORD, "abcdefghi1", "abcdefghi1", "an uppercase letter"),
        (PASSWORD, "abcdefghiA", "abcdefghiA", "a digit"),
        (PASSWORD, NEW, "Another-horse-3", "not the same"),
        ("Wrong-horse-1", NEW, NEW, "not your current password"),
    ] {
        let fields = [("current", current), ("password", next), ("repeated", repeated)];
        let page = browser.post("/profile/password", &fields).await.expect(422).text();
        assert!(page.contains(part), "{part} in {page}");
        assert!(!page.contains(next) && !page.contains(current), "passwords never come back");
    }
    let fields = [("current", PASSWORD), ("password", NEW), ("repeated", NEW)];
    browser.post("/profile/password", &fields).await.expect(303);
    assert!(browser.is_in().await && !other.is_in().await);
    other.sign_in(&email_of(role), PASSWORD).await.expect(422);
    other.sign_in(&email_of(role), "abcdefgh1A").await.expect(422);
    other.sign_in(&email_of(role), NEW).await.expect(303);
    let mails = people.mails_to(&email_of(role)).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
}

// DSH-08
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn name_zone_and_theme_are_kept(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(Role::OperatorViewer).await;
    let edit = [("name", "Ada <b> King"), ("zone", "America/Chicago"), ("theme", "dark")];
    browser.post("/profile", &edit).await.expect(303);
    let page = browser.get("/profile").await.expect(200).text();
    for part in ["data-theme=\"dark\"", "Ada &lt;b&gt; King", "America/Chicago", "Apr 30, 2026"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let wrong = [("name", " "), ("zone", "Mars/Olympus"), ("theme", "light")];
    let page = browser.post("/profile", &wrong).await.expect(422).text();
    assert!(page.contains("Mars/Olympus") && page.matches("aria-invalid").count() == 2, "{page}");
    let light = [("theme", "light"), ("back", "/users")];
    let answer = browser.post("/profile/theme", &light).await.expect(303);
    assert_eq!(answer.header("location"), "/users");
    let away = [("theme", "light"), ("back", "//evil.example")];
    let answer = browser.post("/profile/theme", &away).await.expect(303);
    assert_eq!(answer.header("location"), "/");
    assert!(browser.get("/").await.text().contains("data-theme=\"light\""));
}

// AUT-12 USR-07
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_ends_ones_own_sessions_and_nobody_elses(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let role = Role::PartnerAdmin;
    let (mut one, mut two) = (people.signed_in(role).await, people.signed_in(role).await);
    let mut colleague = people.signed_in(Role::PartnerUser).await;
    let theirs = colleague.get("/profile").await.text();
    assert!(theirs.contains("This one") && !theirs.contains("name=\"session\""));
    let page = one.get("/profile").await.text();
    let other = page.split("name=\"session\" value=\"").nth(1).unwrap();
    let other = other.split('"').next().unwrap().to_owned();
    colleague.post("/profile/sessions", &[("session", &other)]).await.expect(303);
    assert!(two.is_in().await, "nobody ends somebody else's");
    one.post("/profile/sessions", &[("session", &other)]).await.expect(303);
    assert!(one.is_in().await && !two.is_in().await);
    let mut three = people.signed_in(role).await;
    one.post("/profile/sessions", &[]).await.expect(303);
    assert!(one.is_in().await && !three.is_in().await && colleague.is_in().await);
    let taken = [("email", "PARTNER_USER@people.example"), ("email_password", PASSWORD)];
    let page = one.post("/profile/email", &taken).await.expect(422).text();
    assert!(page.contains("has this address already"), "{page}");
}
