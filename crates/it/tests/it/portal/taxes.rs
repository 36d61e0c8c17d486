//! Tax jurisdictions in a partner's portal.

use domain::{paging::PageRequest, user::Role};
use rstest::rstest;

use crate::harness::{Engine, People};

// TAX-01 TAX-02 TAX-09
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn jurisdictions_are_added_edited_and_deleted(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let (app, partner_id) = (&people.world.app, people.partner.partner_id);
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let empty = browser.get("/settings/taxes").await.expect(200).text();
    assert!(empty.contains("No tax jurisdiction") && empty.contains("ask your accountant"));
    let long = "x".repeat(10_000);
    for (code, name, rate, said) in [
        ("CA-ON", "HST", "8.5", "0.085"),
        ("CA-ON", "HST", "", "Rate "),
        ("CA-ON", "", "0.1", "Name must have"),
        ("CA-ON", long.as_str(), "0.1", "Name must have"),
        ("", "HST", "0.1", "Code "),
    ] {
        let fields = [("code", code), ("name", name), ("rate", rate), ("enabled", "on")];
        let answer = browser.post("/settings/taxes", &fields).await.expect(422).text();
        assert!(answer.contains(said), "{said} in {answer}");
    }
    let hostile = "<script>HST</script> 😀";
    let fields = [("code", "CA-ON"), ("name", hostile), ("rate", "0.13"), ("enabled", "on")];
    browser.post("/settings/taxes", &fields).await.expect(303);
    let twice = browser.post("/settings/taxes", &fields).await.expect(422).text();
    assert!(twice.contains("is taken"), "{twice}");
    let list = browser.get("/settings/taxes?status=true").await.expect(200).text();
    assert!(list.contains("&lt;script&gt;HST") && list.contains("13%"), "{list}");
    assert!(!list.contains("<script>"));
    let none = browser.get("/settings/taxes?status=false").await.text();
    assert!(!none.contains("CA-ON</th>"), "{none}");

    let page = PageRequest::newest(10);
    let (tax, _) = app.taxes(partner_id, None, &page).await.unwrap().rows.remove(0);
    let path = format!("/settings/taxes/{}", tax.tax_id);
    browser.get(&path).await.expect(200);
    let edit = [("seen", "1"), ("name", "HST"), ("rate", "0.15")];
    browser.post(&path, &edit).await.expect(303);
    let stale = browser.post(&path, &[("seen", "1"), ("name", "VAT"), ("rate", "0.2")]).await;
    let stale = stale.expect(409).text();
    assert!(stale.contains("Partner Admin One") && stale.contains("now “HST”, yours “VAT”"));
    let (tax, version) = app.tax(partner_id, tax.tax_id).await.unwrap();
    assert_eq!((tax.rate_millionths, tax.enabled, version), (150_000, false, 2));

    // One that a tenant lists stays.
    let codes = ["CA-ON".to_owned()];
    app.set_tenant_taxes(partner_id, people.tenant.tenant_id, &codes).await.unwrap();
    let delete = format!("{path}/delete");
    browser.get(&delete).await.expect(200);
    let refused = browser.post(&delete, &[("seen", "2")]).await.expect(409).text();
    assert!(refused.contains("1 tenants list this tax jurisdiction."), "{refused}");
    app.set_tenant_taxes(partner_id, people.tenant.tenant_id, &[]).await.unwrap();
    browser.post(&delete, &[("seen", "1")]).await.expect(409);
    browser.post(&delete, &[("seen", "2")]).await.expect(303);
    browser.get(&path).await.expect(404);
}
