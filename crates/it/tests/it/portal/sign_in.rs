//! Coming in, staying in for eight hours, going out; what attackers try on the way.

use axum::http::StatusCode;
use domain::user::Role;
use rstest::rstest;

use crate::harness::{
    Engine, People,
    browser::{DOMAIN, PASSWORD, email_of},
};

// AUT-01 AUT-12 DSH-08
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_signs_in_and_out_and_the_cookie_is_worth_nothing_afterwards(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    for role in Role::ALL {
        let mut browser = people.browser_of(role);
        let start = browser.get("/").await.expect(303);
        assert_eq!(start.header("location"), "/sign-in");
        assert!(browser.get("/sign-in").await.expect(200).text().contains("Forgot password"));
        let entered = browser.sign_in(&email_of(role), PASSWORD).await.expect(303);
        assert_eq!(entered.header("location"), "/");
        let home = browser.get("/").await.expect(200).text();
        assert!(home.contains(role.title()) && home.contains("Sign out"), "{home}");
        let kept = browser.cookies.clone();
        browser.post("/sign-out", &[]).await.expect(303);
        assert!(browser.cookies.is_empty());
        browser.cookies = kept;
        assert!(!browser.is_in().await, "{role:?}");
    }
}

// AUT-07 CS-36
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_session_ends_after_8_hours_however_much_it_is_used(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.browser_of(Role::PartnerAdmin);
    let entered = browser.sign_in(&email_of(Role::PartnerAdmin), PASSWORD).await;
    let cookie = entered.header("set-cookie").to_owned();
    for part in ["__Host-session=", "; Path=/;", "HttpOnly", "SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Domain"));
    people.world.advance("2026-05-01T07:59:59Z");
    assert!(browser.is_in().await);
    people.world.advance("2026-05-01T08:00:01Z");
    assert_eq!(browser.get("/").await.expect(303).header("location"), "/sign-in");
    people.world.app.forget_sign_ins().await.unwrap();
    assert!(!browser.is_in().await);
}

// A cookie that somebody planted before is not the one of the session.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_cookie_changes_when_one_signs_in(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut victim = people.browser_of(Role::PartnerAdmin);
    victim.get("/sign-in").await.expect(200);
    let planted = victim.cookie();
    assert_eq!(planted.len(), 64);
    victim.sign_in(&email_of(Role::PartnerAdmin), PASSWORD).await.expect(303);
    assert_ne!(victim.cookie(), planted);
    let mut attacker = people.browser_of(Role::PartnerAdmin);
    attacker.cookies.insert("__Host-session".to_owned(), planted);
    assert!(!attacker.is_in().await);
}

// AUT-09 CS-36
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_eleventh_wrong_password_must_wait_whoever_it_is(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let own = email_of(Role::TenantAdmin);
    for email in [own.as_str(), "nobody@people.example"] {
        let mut browser = people.browser_of(Role::TenantAdmin);
        let mut wrong = Vec::new();
        for _ in 0..10 {
            let answer = browser.sign_in(email, "Wrong-horse-1").await.expect(422);
            wrong.push(answer.text().replace(email, ""));
        }
        assert!(wrong[0].contains("Email or password is wrong."));
        let refused = browser.sign_in(email, PASSWORD).await.expect(429);
        assert_eq!(refused.header("retry-after"), "60");
        // Somebody elsewhere is not kept out by this.
        let mut elsewhere = people.browser_of(Role::TenantAdmin);
        elsewhere.ip = "198.51.100.9".to_owned();
        let expected = if email == own { 303 } else { 422 };
        elsewhere.sign_in(email, PASSWORD).await.expect(expected);
    }
    people.world.advance("2026-05-01T00:01:00Z");
    let mut browser = people.browser_of(Role::TenantAdmin);
    browser.sign_in(&own, PASSWORD).await.expect(303);
    browser.post("/sign-out", &[]).await.expect(303);
    browser.sign_in(&own, "Wrong-horse-1").await.expect(422);
}

// AUT-10
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn forms_of_other_sites_do_nothing(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let csrf = browser.csrf().await;
    let invite = [
        ("csrf", csrf.as_str()),
        ("email", "new@people.example"),
        ("name", "New"),
        ("role", "partner_admin"),
    ];
    let own = format!("https://{}", browser.host);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", &format!("https://{}.evil.example", browser.host)),
        ("origin", &format!("https://{DOMAIN}")),
    ] {
        browser.headers = vec![(name, value.to_owned())];
        browser.post_bare("/users", &invite).await.expect(403);
    }
    browser.headers = vec![("origin", own.clone()), ("sec-fetch-site", "same-origin".to_owned())];
    for wrong in [&invite[1..], &[("csrf", "0"), invite[1], invite[2], invite[3]]] {
        browser.post_bare("/users", wrong).await.expect(403);
    }
    let mut other = people.signed_in(Role::PartnerUser).await;
    let others = other.csrf().await;
    let stolen = [("csrf", others.as_str()), invite[1], invite[2], invite[3]];
    browser.post_bare("/users", &stolen).await.expect(403);
    assert!(!browser.get("/users").await.text().contains("new@people.example"));
    browser.post_bare("/users", &invite).await.expect(303);
    assert!(browser.get("/users").await.text().contains("new@people.example"));
    // Signing somebody in as somebody else is a change, too.
    let mut guest = people.browser_of(Role::PartnerAdmin);
    guest.get("/sign-in").await.expect(200);
    let email = email_of(Role::PartnerAdmin);
    guest.post_bare("/sign-in", &[("email", &email), ("password", PASSWORD)]).await.expect(403);
}

// LAY-02 LAY-03 BRD-15: a session works at its own host, in its own portal.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_session_is_bound_to_its_host_and_partner(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    for role in Role::ALL {
        let browser = people.signed_in(role).await;
        for host in [DOMAIN, "oak-voice.phones.example", "elm-voice.phones.example"] {
            let mut elsewhere = people.browser(host);
            elsewhere.cookies = browser.cookies.clone();
            assert_eq!(elsewhere.is_in().await, host == browser.host, "{role:?} at {host}");
        }
        let mut wrong_door = people.browser("elm-voice.phones.example");
        wrong_door.sign_in(&email_of(role), PASSWORD).await.expect(422);
    }
    // Partners' people come in at the platform's own host, too (CS-59); tenants' do not.
    for (role, status) in [(Role::PartnerUser, 303), (Role::TenantAdmin, 422)] {
        people.browser(DOMAIN).sign_in(&email_of(role), PASSWORD).await.expect(status);
    }
    for host in ["evil.example", "127.0.0.1:8080", "phones.example.evil.example"] {
        let page = people.browser(host).get("/sign-in").await;
        assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
    people.browser("nobody.phones.example").get("/sign-in").await.expect(404);
}

// Bad input: empty, huge, hostile.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whatever_is_typed_is_refused_as_a_page(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.browser_of(Role::TenantUser);
    let long = "x".repeat(5_000);
    for (email, password) in [
        ("", ""),
        ("\"><script>alert(1)</script>", "\0"),
        (&long, &long),
        ("' or 1=1 --", "' or 1=1 --"),
        ("ä@ö.example", "😀"),
    ] {
        let page = browser.sign_in(email, password).await.expect(422).text();
        assert!(!page.contains("<script"), "{page}");
    }
    let huge = "x".repeat(70_000);
    browser.sign_in(&huge, "x").await.expect(413);
    browser.post("/forgot", &[("email", "no address")]).await.expect(422);
}
