//! Whose portal it is, told by host or path; what tenants never read.

use app::portals::Portals;
use domain::user::Role;
use rstest::rstest;

use crate::harness::{
    Engine, People,
    browser::{PASSWORD, email_of},
};

// BRD-11 BRD-13 BRD-15 DSH-11 LAY-04
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_host_decides_the_brand_and_tenants_never_read_the_platforms_name(
    #[case] engine: Engine,
) {
    let Some(people) = People::fresh(engine).await else { return };
    for _ in 0..3 {
        for (host, own, others) in [
            ("oak-voice.phones.example", "oak-voice", ["elm-voice", "Trunkline"]),
            ("elm-voice.phones.example", "elm-voice", ["oak-voice", "Trunkline"]),
            ("phones.example", "Trunkline", ["oak-voice", "elm-voice"]),
        ] {
            let mut browser = people.browser(host);
            for (path, status) in [("/sign-in", 200), ("/forgot", 200), ("/nowhere", 404)] {
                let page = browser.get(path).await.expect(status).text();
                assert!(page.contains(&format!("<title>{own} — ")), "{page}");
                assert!(others.iter().all(|other| !page.contains(other)), "{host}{path}");
            }
        }
    }
    let mut tenant = people.signed_in(Role::TenantAdmin).await;
    for rule in web::portal::RULES.iter().filter(|rule| rule.method == "GET") {
        let page = tenant.get(rule.path).await.text();
        assert!(!page.contains("Trunkline") && !page.contains("phones.example\""), "{page}");
    }
}

// Without a domain partners are told apart by path, and only this machine's names are answered.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn without_a_domain_the_path_decides(#[case] engine: Engine) {
    let portals = Portals::Paths { origin: "http://127.0.0.1:8080".to_owned() };
    let Some(people) = People::on(engine, portals).await else { return };
    let mut browser = people.browser("127.0.0.1:8080");
    browser.base = "/p/oak-voice".to_owned();
    let page = browser.get("/sign-in").await.expect(200);
    assert!(page.text().contains("action=\"/p/oak-voice/sign-in\""));
    assert!(page.header("set-cookie").contains("Path=/p/oak-voice;"));
    let answer = browser.sign_in(&email_of(Role::TenantAdmin), PASSWORD).await.expect(303);
    assert_eq!(answer.header("location"), "/p/oak-voice/");
    assert!(browser.get("").await.expect(200).text().contains("href=\"/p/oak-voice/users\""));
    assert!(browser.is_in().await);
    for base in ["", "/p/elm-voice"] {
        let mut other = people.browser("127.0.0.1:8080");
        base.clone_into(&mut other.base);
        other.cookies = browser.cookies.clone();
        assert!(!other.is_in().await, "{base}");
    }
    let mut nobody = people.browser("127.0.0.1:8080");
    nobody.base = "/p/nobody".to_owned();
    nobody.get("/sign-in").await.expect(404);
    let mut stranger = people.browser("invoices.evil.example");
    stranger.get("/sign-in").await.expect(421);
    let mut operator = people.browser("localhost:8080");
    operator.sign_in(&email_of(Role::OperatorAdmin), PASSWORD).await.expect(303);
    assert!(operator.is_in().await);
    browser.post("/forgot", &[("email", &email_of(Role::TenantUser))]).await.expect(200);
    let mails = people.mails_to(&email_of(Role::TenantUser)).await;
    assert!(mails[0].body.contains("http://127.0.0.1:8080/p/oak-voice/reset/"), "{mails:?}");
}
