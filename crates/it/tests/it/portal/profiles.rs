//! Billing profiles in a partner's portal.

use domain::{paging::PageRequest, user::Role};
use rstest::rstest;

use crate::harness::{Engine, People};

/// A form as a browser sends it, with these fields changed.
fn form<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("name", "Small Office"),
        ("model", "flat_rate"),
        ("cycle", "anniversary"),
        ("every", "month"),
        ("base_fee", "99.00"),
        ("base_fee_timing", "arrears"),
        ("included_extensions", "5"),
        ("included_dids", "1"),
        ("included_minutes", "500"),
        ("extension_rate", "20"),
        ("did_rate", "4"),
        ("toll_free_did_rate", "6"),
        ("minute_rate", "0.025"),
        ("usage_scope", "both_directions"),
        ("ex_extensions", "6"),
        ("ex_dids", "2"),
        ("ex_minutes", "501"),
    ];
    for (name, value) in changed {
        match fields.iter_mut().find(|(it, _)| it == name) {
            Some(field) => field.1 = value,
            None => fields.push((name, value)),
        }
    }
    fields
}

// PRO-01 PRO-04 PRO-05 PRO-20 DSH-15
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_profile_is_tried_created_and_edited(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let (app, partner_id) = (&people.world.app, people.partner.partner_id);
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let page = PageRequest::newest(50);
    let before = app.profiles(partner_id, &page).await.unwrap().rows.len();

    // The example is what an invoice would say, and saves nothing.
    let tried = browser.post("/settings/profiles", &form(&[("do", "preview")])).await;
    let text = tried.expect(200).text();
    for shown in ["$99.00", "$20.00", "$4.00", "$0.03", "$123.03"] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    assert!(text.contains("value=\"Small Office\""), "what was typed is kept");
    assert_eq!(app.profiles(partner_id, &page).await.unwrap().rows.len(), before);

    let created = browser.post("/settings/profiles", &form(&[("do", "save")])).await.expect(303);
    assert_eq!(created.header("location"), "/settings/profiles?done=profile-created");
    let list = browser.get("/settings/profiles?done=profile-created").await.expect(200).text();
    assert!(list.contains("Small Office") && list.contains("The billing profile was created."));
    let saved = app.profiles(partner_id, &page).await.unwrap().rows.remove(0);
    assert_eq!(saved.version.terms.base_fee.get(), 9_900);

    // An edit makes the next version; a price below cost is allowed and pointed out.
    let path = format!("/settings/profiles/{}", saved.version.profile_id);
    let cheap = form(&[("minute_rate", "0.001"), ("seen", "1"), ("included_minutes", "")]);
    browser.post(&path, &cheap).await.expect(303);
    let shown = browser.get(&path).await.expect(200).text();
    assert!(shown.contains("Per Minute: $0.001 is below your cost of"), "{shown}");
    let saved = app.profile(partner_id, saved.version.profile_id).await.unwrap();
    assert_eq!(saved.version.version, 2);
    let versions = browser.get(&format!("{path}/versions")).await.expect(200).text();
    assert!(versions.contains("$0.025") && versions.contains("$0.001"));
    assert!(versions.contains("unlimited min"), "PRO-06 empty is unlimited");
    let audit = people.audit(Some(&people.partner)).await;
    let actions: Vec<&str> = audit.iter().map(|(_, _, action)| action.as_str()).collect();
    for action in ["billing_profile.create", "billing_profile.edit"] {
        assert_eq!(actions.iter().filter(|it| **it == action).count(), 1, "{action}");
    }
}

// PRO-03 PRO-19
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let long = "x".repeat(10_000);
    for (field, value, said) in [
        ("name", "", "must have 1 to 80"),
        ("name", long.as_str(), "must have 1 to 80"),
        ("model", "free", "must be one of the choices"),
        ("base_fee", "<script>", "is not a decimal number"),
        ("minute_rate", "-1", "is negative"),
        ("minute_rate", "0.0000001", "decimal places"),
        ("minute_rate", "", "must be given"),
        ("included_minutes", "😀", "must be a whole number"),
        ("terms_days", "366", "must not be above 365"),
        ("rate_deck_id", "dck_00000000000000000000000001", "is no deck of this partner"),
        ("trial_days", "30", "must be chosen for a trial"),
    ] {
        let fields = form(&[(field, value)]);
        let answer = browser.post("/settings/profiles", &fields).await.expect(422).text();
        assert!(answer.contains(said), "{field}={value:?}: {answer}");
        assert!(!answer.contains("<script>"), "{field}");
        assert!(answer.contains("value=\"99.00\"") || field == "base_fee", "{field}");
    }
    // Hostile names are names.
    let hostile = form(&[("name", "<script>alert(1)</script> 😀")]);
    browser.post("/settings/profiles", &hostile).await.expect(303);
    let list = browser.get("/settings/profiles").await.expect(200).text();
    assert!(
        list.contains("&lt;script&gt;alert(1)&lt;/script&gt; 😀") && !list.contains("<script>")
    );
}

// PRO-16 PRO-02
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_used_profile_stays_and_an_unused_one_goes(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let (app, partner_id) = (&people.world.app, people.partner.partner_id);
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let used = people.tenant.profile_id;
    let confirm = format!("/settings/profiles/{used}/delete");
    browser.get(&confirm).await.expect(200);
    let seen = app.profile(partner_id, used).await.unwrap().version.version.to_string();
    let refused = browser.post(&confirm, &[("seen", &seen)]).await.expect(409).text();
    assert!(refused.contains("1 tenants use this profile."), "{refused}");

    browser.post("/settings/profiles", &form(&[])).await.expect(303);
    let page = PageRequest::newest(1);
    let new = app.profiles(partner_id, &page).await.unwrap().rows.remove(0).version.profile_id;
    browser.post(&format!("/settings/profiles/{new}/default"), &[]).await.expect(303);
    assert_eq!(app.partner(partner_id).await.unwrap().default_profile, new);
    let list = browser.get("/settings/profiles").await.text();
    assert_eq!(list.matches(">Default<").count(), 1);
    browser.post(&format!("/settings/profiles/{used}/default"), &[]).await.expect(303);
    let path = format!("/settings/profiles/{new}/delete");
    browser.post(&path, &[("seen", "7")]).await.expect(409);
    browser.post(&path, &[("seen", "1")]).await.expect(303);
    browser.get(&format!("/settings/profiles/{new}")).await.expect(404);
    // Sent again it leads nowhere, and nothing else happens.
    browser.post(&path, &[("seen", "1")]).await.expect(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_edit_over_somebody_elses_says_whose_and_keeps_what_was_typed(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let (app, partner_id) = (&people.world.app, people.partner.partner_id);
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let path = format!("/settings/profiles/{}", people.tenant.profile_id);
    browser.post(&path, &form(&[("seen", "1"), ("base_fee", "50")])).await.expect(303);
    let late = form(&[("seen", "1"), ("base_fee", "60")]);
    let stale = browser.post(&path, &late).await.expect(409).text();
    assert!(stale.contains("Partner Admin One") && stale.contains("Changed meanwhile"), "{stale}");
    assert!(stale.contains("now “50.00”, yours “60”"), "{stale}");
    assert!(stale.contains("value=\"60\"") && stale.contains("name=\"seen\" value=\"2\""));
    // Sent once more it is saved over what is there.
    browser.post(&path, &form(&[("seen", "2"), ("base_fee", "60")])).await.expect(303);
    let saved = app.profile(partner_id, people.tenant.profile_id).await.unwrap();
    assert_eq!((saved.version.version, saved.version.terms.base_fee.get()), (3, 6_000));
}

// USR-02 PLT-37 LAY-03
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_partner_user_only_looks_and_others_profiles_are_nowhere(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let path = format!("/settings/profiles/{}", people.tenant.profile_id);
    let mut user = people.signed_in(Role::PartnerUser).await;
    let list = user.get("/settings/profiles").await.expect(200).text();
    assert!(!list.contains("New Profile"));
    let page = user.get(&path).await.expect(200).text();
    assert!(!page.contains(">Save<") && !page.contains("/delete"));
    user.post(&path, &form(&[("seen", "1")])).await.expect(403);

    let foreign = format!("/settings/profiles/{}", people.other_tenant.profile_id);
    let mut admin = people.signed_in(Role::PartnerAdmin).await;
    for path in [foreign.clone(), format!("{foreign}/versions"), format!("{foreign}/delete")] {
        admin.get(&path).await.expect(404);
    }
    admin.post(&foreign, &form(&[("seen", "1")])).await.expect(404);
    admin.post(&format!("{foreign}/default"), &[]).await.expect(404);
}
