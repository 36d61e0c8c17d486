//! Links in mails: they work once, for their time, for their person, in their portal.

use domain::user::{Account, Role};
use rstest::rstest;

use crate::harness::{
    Browser, Engine, People,
    browser::{PASSWORD, email_of},
};

const NEW: &str = "Another-horse-2";

async fn set(browser: &mut Browser<'_>, path: &str, password: &str) -> u16 {
    let fields = [("password", password), ("repeated", password)];
    browser.post(path, &fields).await.status.as_u16()
}

async fn invite(browser: &mut Browser<'_>, email: &str, role: Role) -> u16 {
    let fields = [("email", email), ("name", "Nora New"), ("role", role.as_str())];
    browser.post("/users", &fields).await.status.as_u16()
}

// USR-03 EML-03 EML-04
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_is_invited_sets_a_password_and_signs_in(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    for (admin, role) in [
        (Role::OperatorAdmin, Role::OperatorViewer),
        (Role::PartnerAdmin, Role::PartnerUser),
        (Role::TenantAdmin, Role::TenantUser),
    ] {
        let email = format!("new-{}@people.example", role.as_str());
        let mut browser = people.signed_in(admin).await;
        assert_eq!(invite(&mut browser, &email, role).await, 303);
        assert!(browser.get("/users").await.text().contains("Invited until May 8, 2026"));
        let mails = people.mails_to(&email).await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        let is_partners = admin != Role::OperatorAdmin;
        let brand = if is_partners { "oak-voice" } else { "Trunkline" };
        assert!(mails[0].from.contains(brand) && mails[0].body.ends_with(&format!("{brand}\n")));
        assert_eq!(mails[0].body.contains("Trunkline"), !is_partners, "{}", mails[0].body);
        let link = people.link_to(&email).await;
        assert!(link.starts_with("/invitation/"), "{link}");
        let mut guest = people.browser_of(role);
        assert!(guest.get(&link).await.expect(200).text().contains("Nora New"));
        assert_eq!(set(&mut guest, &link, "short1A").await, 422);
        assert_eq!(set(&mut guest, &link, NEW).await, 303);
        guest.get(&link).await.expect(410);
        assert_eq!(set(&mut guest, &link, PASSWORD).await, 410);
        guest.sign_in(&email, NEW).await.expect(303);
        assert!(guest.is_in().await);
    }
}

// USR-04
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_invitation_works_for_7_days_and_inviting_again_replaces_it(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let email = "late@people.example";
    let mut admin = people.signed_in(Role::PartnerAdmin).await;
    assert_eq!(invite(&mut admin, email, Role::PartnerUser).await, 303);
    let first = people.link_to(email).await;
    let list = admin.get("/users?q=late").await.text();
    let id = list.split("/users/usr_").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let again = format!("/users/usr_{id}/invitation");
    people.world.advance("2026-05-01T00:00:10Z");
    admin.post(&again, &[]).await.expect(303);
    let second = people.link_to(email).await;
    assert_ne!(first, second);
    let mut guest = people.browser_of(Role::PartnerUser);
    guest.get(&first).await.expect(410);
    guest.get(&second).await.expect(200);
    people.world.advance("2026-05-08T00:00:10Z");
    guest.get(&second).await.expect(410);
    assert_eq!(set(&mut guest, &second, NEW).await, 410);
    let mut admin = people.signed_in(Role::PartnerAdmin).await;
    assert!(admin.get("/users").await.text().contains("Invitation expired"));
    admin.post(&again, &[]).await.expect(303);
    let third = people.link_to(email).await;
    assert_eq!(set(&mut guest, &third, NEW).await, 303);
    admin.post(&again, &[]).await.expect(409);
}

// AUT-01 EML-05 BRD-07
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_forgotten_password_is_set_anew_once_within_an_hour(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let email = email_of(Role::TenantUser);
    let mut inside = people.signed_in(Role::TenantUser).await;
    let mut guest = people.browser_of(Role::TenantUser);
    let mut answers = Vec::new();
    for asked in [email.as_str(), "nobody@people.example", &email_of(Role::OperatorAdmin)] {
        answers.push(guest.post("/forgot", &[("email", asked)]).await.expect(200).text());
    }
    assert!(answers.iter().all(|it| *it == answers[0]), "the same for everybody");
    assert!(people.mails_to("nobody@people.example").await.is_empty());
    assert!(people.mails_to(&email_of(Role::OperatorAdmin)).await.is_empty());
    let mails = people.mails_to(&email).await;
    assert!(mails[0].body.contains("billing@oak-voice.example"), "{}", mails[0].body);
    let first = people.link_to(&email).await;
    people.world.advance("2026-05-01T00:00:10Z");
    guest.post("/forgot", &[("email", &email)]).await.expect(200);
    let link = people.link_to(&email).await;
    guest.get(&first).await.expect(410);
    // A link of one partner's portal is worth nothing in another's.
    people.browser("elm-voice.phones.example").get(&link).await.expect(410);
    assert!(guest.get(&link).await.expect(200).text().contains("Set a new password"));
    let mismatch = [("password", NEW), ("repeated", "Another-horse-3")];
    guest.post(&link, &mismatch).await.expect(422);
    assert_eq!(set(&mut guest, &link, NEW).await, 303);
    assert!(!inside.is_in().await, "whoever was in is out");
    assert_eq!(set(&mut guest, &link, NEW).await, 410);
    guest.sign_in(&email, PASSWORD).await.expect(422);
    guest.sign_in(&email, NEW).await.expect(303);
    let mails = people.mails_to(&email).await;
    assert!(mails.iter().any(|mail| mail.subject.contains("changed")), "{mails:?}");
}

// AUT-01 after an hour a link is dead
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_link_for_a_password_dies_after_an_hour(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let email = email_of(Role::PartnerAdmin);
    let mut guest = people.browser_of(Role::PartnerAdmin);
    guest.post("/forgot", &[("email", &email.to_uppercase())]).await.expect(200);
    let link = people.link_to(&email).await;
    people.world.advance("2026-05-01T00:59:59Z");
    guest.get(&link).await.expect(200);
    people.world.advance("2026-05-01T01:00:00Z");
    guest.get(&link).await.expect(410);
    assert_eq!(set(&mut guest, &link, NEW).await, 410);
}

// Whoever reads the database finds no link that works, neither before nor after the mail went out.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_link_lies_open_in_the_outbox(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let email = email_of(Role::TenantAdmin);
    let mut guest = people.browser_of(Role::TenantAdmin);
    guest.post("/forgot", &[("email", &email)]).await.expect(200);
    let now = people.world.app.clock.now();
    let mut tx = people.world.begin().await;
    let queued = store::mails::claim(&mut tx, now, 0, 10).await.unwrap();
    tx.commit().await.unwrap();
    assert!(queued[0].text.body.contains("[[link]]") && queued[0].secret.is_some());
    assert!(!queued[0].text.body.contains("://"));
    let link = people.link_to(&email).await;
    assert!(link.starts_with("/reset/"), "{link}");
    people.world.execute("update mail set state = 'queued', run_at = 0").await;
    let mut tx = people.world.begin().await;
    let sent = store::mails::claim(&mut tx, now, 0, 10).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(sent[0].secret, None);
}

// AUT-02
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn until_an_address_is_confirmed_there_is_one_page(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let fields = [("email", "moved@people.example"), ("email_password", PASSWORD)];
    browser.post("/profile/email", &fields).await.expect(303);
    for path in ["/", "/users", "/profile"] {
        assert_eq!(browser.get(path).await.expect(303).header("location"), "/verify", "{path}");
    }
    let page = browser.get("/verify").await.expect(200).text();
    assert!(page.contains("Please verify your email") && page.contains("moved@people.example"));
    let before = people.mails_to(&email_of(Role::PartnerAdmin)).await;
    assert!(before[0].subject.contains("address was changed"), "{before:?}");
    let link = people.link_to("moved@people.example").await;
    browser.get(&link).await.expect(200);
    assert_eq!(browser.get("/").await.status.as_u16(), 303, "following it is not enough");
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    browser.post_bare(&link, &[("csrf", csrf)]).await.expect(303);
    browser.get("/").await.expect(200);
    browser.get(&link).await.expect(410);
    let account = Account::Partner(people.partner.partner_id);
    assert_eq!(people.world.app.count_users(account).await.unwrap(), 2);
}
