//! An account's people, and those who act in its place.

use domain::user::{Account, Role};
use rstest::rstest;

use crate::harness::{Browser, Engine, People, browser::email_of};

/// The id of the person whose address contains this.
async fn id_of(browser: &mut Browser<'_>, name: &str) -> String {
    let list = browser.get(&format!("/users?q={name}")).await.text();
    let id = list.split("/users/usr_").nth(1).unwrap_or_else(|| panic!("no {name} in {list}"));
    format!("usr_{}", id.split('/').next().unwrap())
}

/// The version of that person that the list shows.
async fn version_of(browser: &mut Browser<'_>, name: &str) -> String {
    let list = browser.get(&format!("/users?q={name}")).await.text();
    let seen = list.split("name=\"seen\" value=\"").nth(1).unwrap();
    seen.split('"').next().unwrap().to_owned()
}

// USR-01 USR-02 USR-08
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_list_shows_an_accounts_own_people_to_all_and_controls_to_admins(
    #[case] engine: Engine,
) {
    let Some(people) = People::fresh(engine).await else { return };
    for role in Role::ALL {
        let mut browser = people.signed_in(role).await;
        let page = browser.get("/users").await.expect(200).text();
        for head in ["Email", "Name", "Role", "Email verified", "Last login", "Created"] {
            assert!(page.contains(&format!(">{head}</th>")), "{head}");
        }
        for other in Role::ALL {
            let is_ours = other.layer() == role.layer();
            assert_eq!(page.contains(&email_of(other)), is_ours, "{role:?} sees {other:?}");
        }
        for control in ["Send Invite", ">Remove", ">Actions</th>"] {
            assert_eq!(page.contains(control), role.is_admin(), "{role:?} {control}");
        }
    }
}

// USR-05 USR-09 LAY-08
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_is_removed_is_out_at_once_and_stays_in_the_log(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let account = people.account_of(Role::PartnerUser);
    let count = async || people.world.app.count_users(account).await.unwrap();
    let mut admin = people.signed_in(Role::PartnerAdmin).await;
    let mut gone = people.signed_in(Role::PartnerUser).await;
    let id = id_of(&mut admin, "partner_user").await;
    let path = format!("/users/{id}/remove");
    assert!(admin.get(&path).await.expect(200).text().contains("Remove Partner User One?"));
    assert_eq!(count().await, 2);
    admin.post(&path, &[]).await.expect(303);
    assert_eq!(count().await, 1);
    assert_eq!(gone.get("/").await.expect(303).header("location"), "/sign-in");
    gone.sign_in(&email_of(Role::PartnerUser), crate::harness::browser::PASSWORD).await.expect(422);
    admin.post(&path, &[]).await.expect(404);
    let log = people.audit(Some(&people.partner)).await;
    let signed = ("user".to_owned(), "Partner User One".to_owned(), "user.sign_in".to_owned());
    let removed = ("user".to_owned(), "Partner Admin One".to_owned(), "user.remove".to_owned());
    assert!(log.contains(&signed) && log.contains(&removed), "{log:?}");
    // The address is free again.
    people.add(account, Role::PartnerUser, &email_of(Role::PartnerUser)).await;
}

// USR-06
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_last_administrator_stays_and_nobody_removes_themself(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    for admin in [Role::OperatorAdmin, Role::PartnerAdmin, Role::TenantAdmin] {
        let account = people.account_of(admin);
        let second = format!("second-{}@people.example", admin.as_str());
        let everybody = domain::paging::PageRequest::newest(200);
        let own = people.world.app.users(account.partner(), Default::default(), &everybody);
        let own = own.await.unwrap().rows.into_iter().find(|it| it.role == admin).unwrap();
        let mut browser = people.signed_in(admin).await;
        let path = format!("/users/{}", own.user_id);
        let page = browser.post(&format!("{path}/remove"), &[]).await.expect(409).text();
        assert!(page.contains("nobody removes or demotes themself"), "{page}");
        let version = own.version.to_string();
        let weaker = Role::of(admin.layer())[1].as_str();
        let fields = [("role", weaker), ("seen", version.as_str())];
        browser.post(&format!("{path}/role"), &fields).await.expect(409);
        // Others may, while one is left. An API key is nobody of them.
        people.add(account, admin, &second).await;
        let app = &people.world.app;
        let owner = (account.partner(), None);
        app.remove_user(owner, own.user_id).await.unwrap();
        let rest = app.users(account.partner(), Default::default(), &everybody);
        let last = rest.await.unwrap().rows.into_iter().find(|it| it.role == admin).unwrap();
        let refused = app.remove_user(owner, last.user_id).await.unwrap_err();
        assert!(refused.to_string().contains("this is the last"), "{refused}");
        let demoted = Role::of(admin.layer())[1];
        app.set_role(owner, (last.user_id, last.version), demoted).await.unwrap_err();
    }
}

// USR-06: two administrators who demote each other at once do not both succeed.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn two_who_demote_each_other_leave_one(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let account = people.account_of(Role::PartnerAdmin);
    let second = people.add(account, Role::PartnerAdmin, "second@people.example").await;
    let app = &people.world.app;
    let page = domain::paging::PageRequest::newest(200);
    let all = app.users(account.partner(), Default::default(), &page).await.unwrap().rows;
    let first = all.iter().find(|it| it.email.as_str() == email_of(Role::PartnerAdmin)).unwrap();
    let demote = |asker: &domain::user::User, user: &domain::user::User| {
        let (owner, seen) =
            ((account.partner(), Some(asker.user_id)), (user.user_id, user.version));
        async move { app.set_role(owner, seen, Role::PartnerUser).await }
    };
    let (one, two) = futures::join!(demote(first, &second), demote(&second, first));
    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "{one:?} {two:?}");
}

// USR-07 CS-59
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_address_is_one_person_per_portal(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut admin = people.signed_in(Role::PartnerAdmin).await;
    let invite = async |browser: &mut Browser<'_>, email: &str, role: &str| {
        let fields = [("email", email), ("name", "N"), ("role", role)];
        browser.post("/users", &fields).await.status.as_u16()
    };
    let operators = email_of(Role::OperatorAdmin).to_uppercase();
    for taken in [&operators, "Partner_User@people.example", &email_of(Role::TenantUser)] {
        assert_eq!(invite(&mut admin, taken, "partner_user").await, 409, "{taken}");
    }
    assert_eq!(invite(&mut admin, "x@people.example", "operator_admin").await, 422);
    assert_eq!(invite(&mut admin, "x@people.example", "nobody").await, 404);
    // Tenants of two partners may have the same person.
    let other = Account::Tenant(people.other.partner_id, people.other_tenant.tenant_id);
    people.add(other, Role::TenantAdmin, &email_of(Role::TenantAdmin)).await;
    for host in ["oak-voice", "elm-voice"] {
        let mut browser = people.browser(&format!("{host}.phones.example"));
        let email = email_of(Role::TenantAdmin);
        browser.sign_in(&email, crate::harness::browser::PASSWORD).await.expect(303);
        let tenant = if host == "oak-voice" { "ACME" } else { "BETA" };
        assert!(browser.get("/").await.text().contains(tenant));
    }
    // Stale edits are told.
    let id = id_of(&mut admin, "partner_user").await;
    let seen = version_of(&mut admin, "partner_user").await;
    let fields = [("role", "partner_admin"), ("seen", seen.as_str())];
    admin.post(&format!("/users/{id}/role"), &fields).await.expect(303);
    admin.post(&format!("/users/{id}/role"), &fields).await.expect(409);
}

// AUT-08
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_operator_signs_a_partners_team_out(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut team = Vec::new();
    for role in [Role::PartnerAdmin, Role::PartnerUser] {
        team.push(people.signed_in(role).await);
    }
    let mut tenant = people.signed_in(Role::TenantAdmin).await;
    let path = format!("/partners/{}/sign-out", people.partner.partner_id);
    team[0].post(&path, &[]).await.expect(404);
    people.signed_in(Role::OperatorViewer).await.post(&path, &[]).await.expect(403);
    let mut operator = people.signed_in(Role::OperatorAdmin).await;
    operator.post(&path, &[]).await.expect(303);
    for browser in &mut team {
        assert!(!browser.is_in().await);
    }
    assert!(tenant.is_in().await && operator.is_in().await);
}

// TNT-21 TNT-22 TNT-23 LAY-08 DSH-10
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_manages_a_tenant_is_its_administrator_under_the_own_name(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let tenant = people.tenant.tenant_id.to_string();
    let foreign = people.other_tenant.tenant_id.to_string();
    let partner = people.partner.partner_id.to_string();
    let mut admin = people.signed_in(Role::PartnerAdmin).await;
    for nobody in [&foreign, &partner, "tnt_x", ""] {
        let status = admin.post("/act", &[("account", nobody)]).await.status.as_u16();
        assert!(status == 404 || (status == 303 && *nobody == partner), "{nobody}: {status}");
    }
    admin.post("/act", &[("account", &tenant)]).await.expect(303);
    for path in ["/", "/users", "/profile"] {
        let page = admin.get(path).await.expect(200).text();
        assert!(page.contains("Tenants › <strong>ACME</strong>"), "{page}");
        assert!(page.contains("Partner Admin One"));
    }
    let page = admin.get("/users").await.text();
    assert!(page.contains("tenant_admin@") && !page.contains("partner_user@"));
    let fields = [("email", "handed@people.example"), ("name", "H"), ("role", "tenant_admin")];
    admin.post("/users", &fields).await.expect(303);
    let log = people.audit(Some(&people.partner)).await;
    let invited = log.iter().find(|it| it.2 == "user.invite").unwrap();
    assert_eq!((invited.0.as_str(), invited.1.as_str()), ("user", "Partner Admin One"));
    admin.post("/act/leave", &[]).await.expect(303);
    assert!(!admin.get("/").await.text().contains("Tenants › <strong>"));
    // The operator goes through the partner, and is known as the operator in its log.
    let mut operator = people.signed_in(Role::OperatorAdmin).await;
    operator.post("/act", &[("account", &partner)]).await.expect(303);
    operator.post("/act", &[("account", &tenant)]).await.expect(303);
    assert!(operator.get("/").await.text().contains("ACME"));
    operator.post("/act/leave", &[]).await.expect(303);
    assert!(operator.get("/").await.text().contains("Partners › <strong>oak-voice"));
    operator.post("/act/leave", &[]).await.expect(303);
    let log = people.audit(Some(&people.partner)).await;
    let acted = log.iter().filter(|it| it.2 == "user.act_as" && it.0 == "operator").count();
    assert_eq!(acted, 2, "{log:?}");
    for role in [Role::OperatorViewer, Role::PartnerUser, Role::TenantAdmin, Role::TenantUser] {
        let mut browser = people.signed_in(role).await;
        let status = browser.post("/act", &[("account", &tenant)]).await.status.as_u16();
        assert_eq!(status, 403, "{role:?}");
    }
}

// TNT-17: nobody comes in at a tenant that was cancelled, or stays in.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn people_of_a_cancelled_tenant_are_out(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(Role::TenantAdmin).await;
    let (partner_id, tenant_id) = (people.partner.partner_id, people.tenant.tenant_id);
    let change = domain::tenant::TenantEvent::Cancel;
    people.world.app.change_tenant(partner_id, tenant_id, change).await.unwrap();
    assert!(!browser.is_in().await);
    let email = email_of(Role::TenantAdmin);
    browser.sign_in(&email, crate::harness::browser::PASSWORD).await.expect(422);
}
