//! A partner's first page, its menus, and the helper that tells what is left to set up.

use app::{people::NewUser, setup::PartnerEdit};
use domain::user::Role;
use rstest::rstest;

use crate::harness::{Engine, People};

/// The figure under a name on a page of figures.
fn figure(page: &str, name: &str) -> String {
    let after = page.split(&format!("stat-name\">{name}</span>")).nth(1);
    let after = after.unwrap_or_else(|| panic!("no {name} in {page}"));
    let value = after.split("stat-value\">").nth(1).unwrap();
    value.split('<').next().unwrap().to_owned()
}

// DSH-01 DSH-02 DSH-04
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_first_page_counts_what_is_the_partners_own(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let app = &people.world.app;
    let (own, other) = (&people.tenant, &people.other_tenant);
    let names = ["101", "102"].map(str::to_owned);
    app.add_extensions(own.partner_id, own.tenant_id, &names).await.unwrap();
    app.add_extensions(other.partner_id, other.tenant_id, &names).await.unwrap();
    people.world.bare_tenant(&people.partner, "SECOND").await;
    let mut browser = people.signed_in(Role::PartnerUser).await;
    let page = browser.get("/").await.expect(200).text();
    assert_eq!(figure(&page, "Tenants"), "2");
    assert_eq!(figure(&page, "Extensions"), "2");
    assert_eq!(figure(&page, "DIDs"), "0");
    // Two of the partner's own and two of its tenant's.
    assert_eq!(figure(&page, "Active users"), "4");
    assert_eq!(figure(&page, "Call minutes this month"), "0.00");
    assert!(page.contains(">Operational</span>"), "{page}");
    assert!(page.contains("href=\"/tenants\">Manage Tenants</a>"), "{page}");
}

// DSH-05 DSH-06
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_entry_of_the_menus_opens_for_whoever_sees_it(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    for role in Role::ALL {
        let mut browser = people.signed_in(role).await;
        let page = browser.get("/").await.expect(200).text();
        let nav = page.split("<nav class=\"wide\"").nth(1).unwrap().split("</nav>").next().unwrap();
        let paths: Vec<&str> =
            nav.split("href=\"").skip(1).map(|it| it.split('"').next().unwrap()).collect();
        assert!(paths.contains(&"/"), "{role:?}: {nav}");
        for path in paths {
            let page = browser.get(path).await.expect(200).text();
            assert!(page.contains("aria-current=\"page\""), "{role:?} {path}");
        }
    }
    let mut partner = people.signed_in(Role::PartnerAdmin).await;
    let page = partner.get("/").await.text();
    for menu in ["Tenants", "Reports", "Settings"] {
        assert!(page.contains(&format!(">{menu}</summary>")), "{menu} opens without scripts");
    }
}

// DSH-03
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_page_says_how_long_a_trial_lasts(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let told = "of your trial are left";
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    assert!(!browser.get("/").await.text().contains(told));
    let id = people.partner.partner_id;
    let sql = format!("update partner set status = 'trial' where partner_id = '{id}'");
    people.world.execute(&sql).await;
    for path in ["/", "/tenants", "/users", "/profile", "/tenants/new"] {
        let page = browser.get(path).await.expect(200).text();
        assert!(page.contains("14 days of your trial are left."), "{path}: {page}");
    }
    people.world.advance("2026-05-01T06:00:00Z");
    assert!(browser.get("/").await.expect(200).text().contains("14 days"));
    let mut tenant = people.signed_in(Role::TenantAdmin).await;
    assert!(!tenant.get("/").await.expect(200).text().contains("trial"));
}

/// How many steps of a page's helper are done, as it says; nothing where there is no helper.
fn progress(page: &str) -> Option<&str> {
    let helper = page.split("<aside class=\"setup\"").nth(1)?;
    let at = helper.find("/6 done")?;
    Some(&helper[at - 1..at + 7])
}

// CHK-01 CHK-02 CHK-03 CHK-04 CHK-05
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn steps_of_the_setup_are_done_by_doing_them(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let app = &people.world.app;
    let fresh = people.world.partner("ash-voice").await;
    let owner = domain::user::Account::Partner(fresh.partner_id);
    people.add(owner, Role::PartnerAdmin, "admin@ash.example").await;
    let mut browser = people.browser("ash-voice.phones.example");
    browser.sign_in("admin@ash.example", crate::harness::browser::PASSWORD).await.expect(303);
    let page = browser.get("/users").await.expect(200).text();
    assert_eq!(progress(&page), Some("0/6 done"));
    assert!(page.contains("<details open>"), "open on its own: {page}");
    for (step, path) in
        [("Create Your First Customer", "/tenants"), ("Invite Team Members", "/users")]
    {
        assert!(page.contains(&format!("<a href=\"{path}\">{step}</a>")), "{step}");
    }
    people.world.bare_tenant(&fresh, "ASH").await;
    let page = browser.get("/").await.text();
    assert_eq!(progress(&page), Some("1/6 done"));
    assert!(!page.contains("<details open>"), "a pill: {page}");
    let new = NewUser {
        email: "second@ash.example".to_owned(),
        name: "Second".to_owned(),
        role: Role::PartnerUser,
    };
    app.invite_user(owner, &new).await.unwrap();
    assert_eq!(progress(&browser.get("/").await.text()), Some("2/6 done"));
    // Profiles that came by themselves do not count; an edited one does.
    let [payg, _] = domain::profile::automatic_profiles(fresh.currency);
    let terms = domain::profile::ProfileTerms { name: "Own".to_owned(), ..payg };
    app.create_profile(fresh.partner_id, &terms).await.unwrap();
    assert_eq!(progress(&browser.get("/").await.text()), Some("3/6 done"));
    // A name alone is no branding; with a colour it is. Keys at the processor are the account that
    // tenants pay into.
    let edit = |name: &str, color: &str| PartnerEdit {
        brand_name: Some(name.to_owned()),
        brand_color: Some(color.to_owned()),
        ..PartnerEdit::default()
    };
    for (name, color, done) in [
        ("Ash", "#1f6feb", "3/6 done"),
        ("", "#aa0000", "3/6 done"),
        ("Ash", "#aa0000", "4/6 done"),
    ] {
        let version = app.partner(fresh.partner_id).await.unwrap().version;
        let of = (fresh.partner_id, version);
        app.edit_partner(of, &edit(name, color)).await.unwrap();
        assert_eq!(progress(&browser.get("/").await.text()), Some(done), "{name} {color}");
    }
    // Nobody else's helper moved, and tenants have none.
    let mut tenant = people.signed_in(Role::TenantAdmin).await;
    assert_eq!(progress(&tenant.get("/").await.text()), None);
}

// CHK-06
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_helper_can_be_put_away_until_the_browser_is_closed(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    assert!(progress(&browser.get("/tenants").await.text()).is_some());
    for (back, place) in [("/tenants", "/tenants"), ("//evil.example", "/"), ("", "/")] {
        let answer = browser.post("/setup/hide", &[("back", back)]).await.expect(303);
        assert_eq!(answer.header("location"), place, "{back:?}");
        let cookie = answer.header("set-cookie");
        assert!(!cookie.contains("Max-Age") && !cookie.contains("Expires"), "{cookie}");
    }
    for path in ["/", "/tenants", "/users"] {
        assert_eq!(progress(&browser.get(path).await.expect(200).text()), None, "{path}");
    }
    browser.cookies.retain(|name, _| name != "no-setup");
    assert!(progress(&browser.get("/").await.text()).is_some());
}
