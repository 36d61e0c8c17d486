//! Every page asked for by everybody: nobody gets more than the table of rules says.

use domain::user::{Ability, Role, Standing};
use rstest::rstest;
use web::portal::{Need, RULES, Rule};

use crate::harness::{
    Engine, People,
    browser::{PASSWORD, email_of},
};

/// What a page answers somebody of this role who asks without knowing anything: open, closed, or
/// not there.
fn expected(rule: &Rule, people: &People, role: Role) -> &'static [u16] {
    let standing = Standing::home(people.account_of(role), role);
    // What an open page makes of ids and forms that are nobody's.
    const OPEN: &[u16] = &[200, 303, 400, 404, 410, 409, 422];
    match rule.need {
        Need::May(Some(layer), _) if layer != role.layer() => &[404],
        Need::May(_, ability) if !standing.may(ability) => &[403],
        Need::Code => &[303],
        Need::Anybody | Need::Session | Need::SignedIn | Need::May(..) => OPEN,
    }
}

// USR-02 USR-08 LAY-05 TPO-01
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_opens_what_the_rules_keep_closed(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut closed = 0;
    for (place, role) in Role::ALL.into_iter().enumerate() {
        let mut browser = people.browser_of(role);
        for (index, rule) in RULES.iter().enumerate() {
            // From an address of its own, so that all of them together are not too many.
            browser.ip = format!("10.{place}.{}.{}", index / 200, index % 200);
            // Some pages end the session.
            if !browser.is_in().await {
                browser.cookies.clear();
                browser.sign_in(&email_of(role), PASSWORD).await.expect(303);
            }
            let path = rule
                .path
                .replace("{id}", "usr_00000000000000000000000001")
                .replace("{partner}", &people.other.partner_id.to_string())
                .replace("{refund}", "ref_00000000000000000000000001")
                .replace("{line}", "line_00000000000000000000000001")
                .replace("{token}", "0000");
            let answer = if rule.method == "GET" {
                browser.get(&path).await
            } else {
                browser.post(&path, &[("role", "partner_user"), ("account", "tnt_1")]).await
            };
            let allowed = expected(rule, &people, role);
            let status = answer.status.as_u16();
            assert!(allowed.contains(&status), "{role:?} {} {path}: {status}", rule.method);
            // A rule without its page would look like a page of somebody else's; of these paths
            // only the logo may be missing.
            let is_plain = rule.method == "GET" && !rule.path.contains('{') && path != "/logo";
            assert!(!is_plain || allowed.len() == 1 || status != 404, "{path} is not there");
            closed += usize::from(allowed.len() == 1 && status != 303);
        }
    }
    assert!(closed > 30, "only {closed} refusals");
    // Without a session everything but the doors leads to the sign-in.
    let closed_doors = RULES.iter().filter(|rule| rule.need != Need::Anybody);
    for (guests, rule) in closed_doors.enumerate() {
        let mut guest = people.browser_of(Role::PartnerAdmin);
        guest.ip = format!("10.9.{}.{}", guests / 200, guests % 200);
        let path = rule.path.replace(['{', '}'], "");
        let answer = match rule.method {
            "GET" => guest.get(&path).await,
            _ => guest.post(&path, &[]).await,
        };
        let answer = answer.expect(303);
        assert_eq!(answer.header("location"), "/sign-in", "{} {path}", rule.method);
    }
}

// LAY-02 LAY-03: whoever manages users reaches those of the own account and no others.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn ids_of_other_accounts_lead_nowhere(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let page = domain::paging::PageRequest::newest(200);
    let app = &people.world.app;
    let mut all = Vec::new();
    for owner in [None, Some(people.partner.partner_id)] {
        all.extend(app.users(owner, Default::default(), &page).await.unwrap().rows);
    }
    assert_eq!(all.len(), 6);
    for admin in [Role::OperatorAdmin, Role::PartnerAdmin, Role::TenantAdmin] {
        assert!(admin.may(Ability::ManageUsers));
        let mut browser = people.signed_in(admin).await;
        for user in &all {
            let is_ours = user.account == people.account_of(admin);
            let path = format!("/users/{}/remove", user.user_id);
            let status = browser.get(&path).await.status.as_u16();
            assert_eq!(status, if is_ours { 200 } else { 404 }, "{admin:?} {:?}", user.role);
            if !is_ours {
                browser.post(&path, &[]).await.expect(404);
                let path = format!("/users/{}/role", user.user_id);
                let role = Role::admin_of(user.role.layer()).as_str();
                browser.post(&path, &[("role", role), ("seen", "1")]).await.expect(404);
            }
        }
    }
}
