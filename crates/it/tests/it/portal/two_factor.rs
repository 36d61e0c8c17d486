//! The second factor over HTTP: set up, asked for, used once, taken back.

use domain::{totp::TotpSecret, user::Role};
use rstest::rstest;

use crate::harness::{
    Browser, Engine, People,
    browser::{PASSWORD, email_of},
};

const ROLE: Role = Role::PartnerAdmin;

/// The secret that the page shows, as an app takes it.
fn secret_on(page: &str) -> TotpSecret {
    let text = page.split("<code>").nth(1).unwrap().split('<').next().unwrap().replace(' ', "");
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0u32, 0);
    for letter in text.bytes() {
        let value = alphabet.iter().position(|it| *it == letter).unwrap();
        held = (held << 5) | u32::try_from(value).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).unwrap());
        }
    }
    TotpSecret::from_slice(&bytes).unwrap()
}

fn codes_on(page: &str) -> Vec<String> {
    let codes = page.split("<li><code>").skip(1).map(|it| it.split('<').next().unwrap().to_owned());
    codes.collect()
}

/// Turns it on; the secret and the recovery codes.
async fn enrol(people: &People, browser: &mut Browser<'_>) -> (TotpSecret, Vec<String>) {
    let page = browser.get("/profile/two-factor").await.expect(200).text();
    let secret = secret_on(&page);
    let again = browser.get("/profile/two-factor").await.text();
    assert_eq!(secret_on(&again), secret, "a reload offers the same");
    browser.post("/profile/two-factor", &[("code", "000000")]).await.expect(422);
    let code = secret.code_at(people.world.app.clock.now());
    let page = browser.post("/profile/two-factor", &[("code", &code)]).await.expect(200).text();
    (secret, codes_on(&page))
}

// AUT-05 AUT-06
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_code_is_asked_for_and_works_once_and_so_does_a_recovery_code(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut other = people.signed_in(ROLE).await;
    let mut browser = people.signed_in(ROLE).await;
    let (secret, codes) = enrol(&people, &mut browser).await;
    assert_eq!(codes.len(), 10);
    assert!(browser.is_in().await && !other.is_in().await, "other sessions end");
    people.world.advance("2026-05-01T00:01:00Z");
    let code = secret.code_at(people.world.app.clock.now());
    let mut guest = people.browser_of(ROLE);
    let entered = guest.sign_in(&email_of(ROLE), PASSWORD).await.expect(303);
    assert_eq!(entered.header("location"), "/sign-in/code");
    for path in ["/", "/users", "/profile"] {
        assert_eq!(guest.get(path).await.expect(303).header("location"), "/sign-in/code");
    }
    let before = guest.cookie();
    guest.post("/sign-in/code", &[("code", "123456")]).await.expect(422);
    guest.post("/sign-in/code", &[("code", &code)]).await.expect(303);
    assert!(guest.is_in().await);
    assert_ne!(guest.cookie(), before);
    let mut second = people.browser_of(ROLE);
    second.sign_in(&email_of(ROLE), PASSWORD).await.expect(303);
    second.post("/sign-in/code", &[("code", &code)]).await.expect(422);
    let typed = codes[3].to_uppercase().replace('-', " ");
    second.post("/sign-in/code", &[("code", &typed)]).await.expect(303);
    assert!(second.is_in().await);
    let mut third = people.browser_of(ROLE);
    third.sign_in(&email_of(ROLE), PASSWORD).await.expect(303);
    third.post("/sign-in/code", &[("code", &codes[3])]).await.expect(422);
    let page = second.get("/profile/two-factor").await.text();
    assert!(page.contains("9 of 10 are left"), "{page}");
    let log = people.audit(Some(&people.partner)).await;
    let by_code = log.iter().filter(|it| it.2 == "user.sign_in_by_recovery_code").count();
    assert_eq!(by_code, 1);
}

// AUT-06 AUT-09: nobody guesses six digits.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn five_wrong_codes_must_wait(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(ROLE).await;
    let (secret, _) = enrol(&people, &mut browser).await;
    people.world.advance("2026-05-01T00:02:00Z");
    let mut guest = people.browser_of(ROLE);
    guest.sign_in(&email_of(ROLE), PASSWORD).await.expect(303);
    for _ in 0..5 {
        guest.post("/sign-in/code", &[("code", "1")]).await.expect(422);
    }
    let code = secret.code_at(people.world.app.clock.now());
    let refused = guest.post("/sign-in/code", &[("code", &code)]).await.expect(429);
    assert_eq!(refused.header("retry-after"), "60");
    people.world.advance("2026-05-01T00:11:59Z");
    let code = secret.code_at(people.world.app.clock.now());
    guest.post("/sign-in/code", &[("code", &code)]).await.expect(303);
    // What was begun with a password alone ends after ten minutes.
    let mut late = people.browser_of(ROLE);
    late.sign_in(&email_of(ROLE), PASSWORD).await.expect(303);
    people.world.advance("2026-05-01T00:22:00Z");
    assert_eq!(late.get("/sign-in/code").await.expect(303).header("location"), "/sign-in");
}

// AUT-11
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn turning_it_off_needs_password_and_code(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(ROLE).await;
    let (secret, codes) = enrol(&people, &mut browser).await;
    people.world.advance("2026-05-01T00:02:00Z");
    let code = secret.code_at(people.world.app.clock.now());
    for (password, typed) in [("Wrong-horse-1", code.as_str()), (PASSWORD, "000000")] {
        let fields = [("password", password), ("code", typed)];
        browser.post("/profile/two-factor/off", &fields).await.expect(422);
    }
    let wrong = [("renew_password", "Wrong-horse-1")];
    browser.post("/profile/two-factor/codes", &wrong).await.expect(422);
    let renewed = browser.post("/profile/two-factor/codes", &[("renew_password", PASSWORD)]).await;
    let fresh = codes_on(&renewed.expect(200).text());
    assert_eq!(fresh.len(), 10);
    assert!(fresh.iter().all(|code| !codes.contains(code)));
    let mut guest = people.browser_of(ROLE);
    guest.sign_in(&email_of(ROLE), PASSWORD).await.expect(303);
    guest.post("/sign-in/code", &[("code", &codes[0])]).await.expect(422);
    guest.post("/sign-in/code", &[("code", &fresh[0])]).await.expect(303);
    let off = [("password", PASSWORD), ("code", code.as_str())];
    browser.post("/profile/two-factor/off", &off).await.expect(303);
    let mut plain = people.browser_of(ROLE);
    plain.sign_in(&email_of(ROLE), PASSWORD).await.expect(303);
    assert!(plain.is_in().await);
    let log = people.audit(Some(&people.partner)).await;
    for action in ["user.two_factor_on", "user.recovery_codes_renewed", "user.two_factor_off"] {
        assert_eq!(log.iter().filter(|it| it.2 == action).count(), 1, "{action} in {log:?}");
    }
}
