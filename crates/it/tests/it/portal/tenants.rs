//! A partner's tenants on pages: listed, created, edited, suspended, deleted, brought back.

use app::setup::{TenantFilter, TenantSort};
use domain::{
    account::Tenant, ids::TenantId, paging::PageRequest, tenant::TenantStatus, user::Role,
};
use rstest::rstest;

use crate::harness::{Browser, Engine, People};

/// What nobody's page may run.
const HOSTILE: &str = "<script>alert(1)</script>";

impl People {
    /// The tenants of the first partner, newest first.
    async fn tenants(&self) -> Vec<Tenant> {
        let page = PageRequest::newest(200);
        let by = (TenantSort::Created, &page);
        let id = self.partner.partner_id;
        self.world.app.tenants(id, TenantFilter::default(), by).await.unwrap().rows
    }

    async fn own(&self) -> Tenant {
        let (partner_id, tenant_id) = (self.partner.partner_id, self.tenant.tenant_id);
        self.world.app.tenant(partner_id, tenant_id).await.unwrap()
    }
}

/// The version that a form of this page carries.
async fn seen(browser: &mut Browser<'_>, path: &str) -> String {
    let page = browser.get(path).await.expect(200).text();
    let field = page.split("name=\"seen\" value=\"").nth(1).unwrap();
    field.split('"').next().unwrap().to_owned()
}

// TNT-12 TNT-13 DSH-15 DSH-16
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tenants_are_found_sorted_and_paged_by_the_address(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    for number in 0..60 {
        people.world.bare_tenant(&people.partner, &format!("P{number:03}")).await;
    }
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let page = browser.get("/tenants?sort=sip_prefix").await.expect(200).text();
    let heads =
        ["Name", "SIP Prefix", "Status", "Users", "DIDs", "Extensions", "Created", "Actions"];
    let mut at = page.find("<thead>").unwrap();
    for head in heads {
        at += page[at..].find(head).unwrap_or_else(|| panic!("{head} in order: {page}"));
    }
    assert_eq!(page.matches("<th class=\"wrap\" scope=\"row\">").count(), 50);
    assert!(page.contains("ACME") && page.contains(">P048<") && !page.contains(">P049<"));
    assert!(!page.contains("BETA"), "another partner's");
    let next = page.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let second = browser.get(&next.replace("&amp;", "&")).await.expect(200).text();
    assert!(second.contains(">P049<") && second.contains(">P059<") && !second.contains("ACME"));
    assert!(second.contains("rel=\"prev\""));
    // By name, backwards, filtered, and all of it in links.
    let page = browser.get("/tenants?q=p01&sort=-name").await.expect(200).text();
    assert!(page.find(">P019<").unwrap() < page.find(">P010<").unwrap());
    assert!(!page.contains(">P020<"));
    assert!(page.contains("/tenants?q=p01&amp;sort=name\""), "{page}");
    let page = browser.get("/tenants?q=books%40acme").await.expect(200).text();
    assert!(page.contains("ACME") && !page.contains("P001"));
    let none = browser.get("/tenants?status=cancelled").await.expect(200).text();
    assert!(none.contains("No tenant is like this"));
    for nonsense in ["?after=x&sort=-nonsense", "?status=%00", "?q=%3Cscript%3E&before=%FF"] {
        let page = browser.get(&format!("/tenants{nonsense}")).await.expect(200).text();
        assert!(!page.contains("<script"), "{page}");
    }
    // Somebody without tenants is told what to do.
    let empty = people.world.partner("ash-voice").await;
    let account = domain::user::Account::Partner(empty.partner_id);
    people.add(account, Role::PartnerAdmin, "admin@ash.example").await;
    let mut browser = people.browser("ash-voice.phones.example");
    browser.sign_in("admin@ash.example", crate::harness::browser::PASSWORD).await.expect(303);
    let page = browser.get("/tenants").await.expect(200).text();
    assert!(page.contains("No tenants yet") && page.contains("href=\"/tenants/new\">New Tenant"));
}

// TNT-01 TNT-02 TNT-03 TNT-04 TNT-05 TNT-09 TNT-25 TNT-36
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_tenant_is_created_whole_or_not_at_all(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let profile = people.partner.default_profile.to_string();
    let fields = [
        ("name", "ACME Plumbing"),
        ("sip_prefix", ""),
        ("billing_email", "books@plumbing.example"),
        ("default_cnam", "ACME PLUMBING"),
        ("zone", "America/Chicago"),
        ("status", "trial"),
        ("profile_id", profile.as_str()),
        ("address", "1 Main St\r\nSpringfield"),
    ];
    let with = |changes: &[(&'static str, &'static str)]| {
        let mut fields = fields.to_vec();
        for (name, value) in changes {
            fields.retain(|(it, _)| it != name);
            fields.push((name, value));
        }
        fields
    };
    let form = browser.get("/tenants/new").await.expect(200).text();
    assert!(form.contains("value=\"UTC\""), "the partner's zone: {form}");
    // A suggestion, asked for or not, creates nothing.
    let page = browser.post("/tenants", &with(&[("do", "suggest")])).await.expect(200).text();
    assert!(page.contains("value=\"acmeplumbing\""), "{page}");
    let page = browser.post("/tenants", &with(&[])).await.expect(422).text();
    assert!(page.contains("value=\"acmeplumbing\"") && page.contains("ACME Plumbing"), "{page}");
    for (name, value) in [
        ("name", ""),
        ("name", "   "),
        ("sip_prefix", "ab"),
        ("sip_prefix", "abcdefghijklm"),
        ("sip_prefix", "ac-me"),
        ("sip_prefix", "ACME"),
        ("billing_email", "nobody"),
        ("default_cnam", "SIXTEEN LETTERS!"),
        ("default_cnam", "1234567890123456"),
        ("zone", "Mars/Olympus"),
        ("profile_id", "prf_00000000000000000000000099"),
        ("profile_id", HOSTILE),
        ("billing_email", HOSTILE),
    ] {
        let prefix = ("sip_prefix", "plumb");
        let typed = with(&[prefix, (name, value)]);
        let page = browser.post("/tenants", &typed).await.expect(422).text();
        assert!(page.contains("aria-invalid=\"true\""), "{name} {value:?}: {page}");
        assert!(page.contains("Springfield"), "what was typed is kept");
        assert!(!page.contains(HOSTILE));
    }
    assert_eq!(people.tenants().await.len(), 1, "nothing was created");
    let typed = with(&[("sip_prefix", "plumb")]);
    let answer = browser.post("/tenants", &typed).await.expect(303);
    assert_eq!(answer.header("location"), "/tenants?done=created");
    let tenant = people.tenants().await.remove(0);
    assert_eq!((tenant.name.as_str(), tenant.sip_prefix.as_str()), ("ACME Plumbing", "plumb"));
    assert_eq!(
        (tenant.zone.name(), tenant.life.status()),
        ("America/Chicago", TenantStatus::Trial)
    );
    assert_eq!(tenant.address, "1 Main St\nSpringfield");
    // Sent twice, it is there once.
    browser.post("/tenants", &typed).await.expect(422);
    assert_eq!(people.tenants().await.len(), 2);
    let log = people.audit(Some(&people.partner)).await;
    let entry = ("user", "Partner Admin One", "tenant.create");
    assert!(log.iter().any(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str()) == entry), "{log:?}");
}

// TNT-14 TNT-15 TNT-16
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_edits_what_was_changed_meanwhile_is_told_by_whom(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let id = people.tenant.tenant_id.to_string();
    let path = format!("/tenants/{id}/edit");
    let profile = people.own().await.profile_id.to_string();
    let fields = |name: &'static str, seen: String| {
        vec![
            ("name", name.to_owned()),
            ("billing_email", "books@acme.example".to_owned()),
            ("profile_id", profile.clone()),
            ("sip_prefix", "other".to_owned()),
            ("seen", seen),
        ]
    };
    fn refs<'a>(fields: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let old = seen(&mut browser, &path).await;
    let first = fields("Acme First", old.clone());
    let answer = browser.post(&path, &refs(&first)).await.expect(303);
    assert_eq!(answer.header("location"), format!("/tenants/{id}?done=saved"));
    let now = people.own().await;
    assert_eq!((now.name.as_str(), now.sip_prefix.as_str()), ("Acme First", "ACME"));
    let late = fields("Acme <b>Second</b>", old);
    let page = browser.post(&path, &refs(&late)).await.expect(409).text();
    for text in ["Changed meanwhile", "Partner Admin One", "Acme First", "Acme &lt;b&gt;Second"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert_eq!(people.own().await.name, "Acme First");
    // Saved again from that page, it goes over what was shown.
    let again = page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let again = fields("Acme Second", again.to_owned());
    browser.post(&path, &refs(&again)).await.expect(303);
    assert_eq!(people.own().await.name, "Acme Second");
}

// TNT-18 TNT-27 TNT-28 TNT-30 TNT-31 TEN-11
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_tenant_is_suspended_with_a_reason_and_deleted_by_its_name(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let base = format!("/tenants/{}", people.tenant.tenant_id);
    let path = |what: &str| format!("{base}/{what}");
    let status = async || people.own().await.life.status();
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    assert!(browser.get(&path("suspend")).await.expect(200).text().contains("Suspend ACME?"));
    browser.post(&path("suspend"), &[("why", "Asked by phone")]).await.expect(303);
    assert_eq!(status().await, TenantStatus::Suspended);
    let page = browser.get(&base).await.expect(200).text();
    assert!(page.contains("Suspended by hand"), "{page}");
    let id = people.partner.partner_id;
    let filter =
        app::logs::AuditFilter { action: Some("tenant.suspend".to_owned()), ..Default::default() };
    let newest = PageRequest::newest(1);
    let log = people.world.app.audit_entries(Some(id), filter, &newest).await.unwrap();
    assert!(log.rows[0].after.as_ref().unwrap().contains("Asked by phone"));
    browser.post(&path("resume"), &[]).await.expect(303);
    assert_eq!(status().await, TenantStatus::Active);
    // Deleting wants the name, and the version that was looked at.
    let version = seen(&mut browser, &path("delete")).await;
    for (name, seen) in [("acme", &*version), ("", &*version), (HOSTILE, &*version), ("ACME", "0")]
    {
        let fields = [("confirm_name", name), ("seen", seen)];
        let answer = browser.post(&path("delete"), &fields).await;
        assert!([409, 422].contains(&answer.status.as_u16()), "{name}");
        assert!(!answer.text().contains(HOSTILE));
        assert_eq!(status().await, TenantStatus::Active);
    }
    let fields = [("confirm_name", "ACME"), ("seen", &*version)];
    browser.post(&path("delete"), &fields).await.expect(303);
    assert_eq!(status().await, TenantStatus::Cancelled);
    browser.get(&path("delete")).await.expect(409);
    browser.post(&path("resume"), &[]).await.expect(409);
    let page = browser.get("/tenants?status=cancelled").await.expect(200).text();
    assert!(page.contains("Bring back"), "{page}");
    // It comes back once its last invoice is there.
    browser.post(&path("reactivate"), &[]).await.expect(409);
    people.world.app.run_due(None).await.unwrap();
    browser.post(&path("reactivate"), &[]).await.expect(303);
    assert_eq!(status().await, TenantStatus::Suspended);
}

// LAY-03 USR-02
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tenants_of_others_lead_nowhere_and_users_change_nothing(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut admin = people.signed_in(Role::PartnerAdmin).await;
    let mut user = people.signed_in(Role::PartnerUser).await;
    let reads = ["", "/usage", "/invoices", "/payments", "/dunning"];
    let writes = ["/edit", "/suspend", "/resume", "/activate", "/delete", "/reactivate"];
    let unknown = TenantId::from_bits(99);
    for id in [people.other_tenant.tenant_id, unknown] {
        for what in reads.iter().chain(&["/edit", "/suspend", "/delete", "/dunning/mails"]) {
            admin.get(&format!("/tenants/{id}{what}")).await.expect(404);
        }
        for what in writes.iter().chain(&["/dunning/promise", "/dunning/clear"]) {
            admin.post(&format!("/tenants/{id}{what}"), &[("seen", "1")]).await.expect(404);
        }
    }
    let own = people.tenant.tenant_id;
    for what in reads {
        let page = user.get(&format!("/tenants/{own}{what}")).await.expect(200).text();
        for act in ["Edit", "Suspend", "Delete", "Manage"] {
            assert!(!page.contains(&format!(">{act}<")), "{what} offers {act}");
        }
        assert!(admin.get(&format!("/tenants/{own}{what}")).await.text().contains(">Edit<"));
    }
    for what in writes {
        user.post(&format!("/tenants/{own}{what}"), &[]).await.expect(403);
    }
}

// TNT-25 TNT-26 LIM-13 LIM-15
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn defaults_are_what_new_tenants_begin_with_and_old_ones_keep_theirs(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let app = &people.world.app;
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let page = browser.get("/tenants/defaults").await.expect(200).text();
    assert!(page.contains("$500.00 a month, 50 extensions, 10 DIDs"), "{page}");
    let version = seen(&mut browser, "/tenants/defaults").await;
    let flat = people.world.profile(&people.partner, "Flat Rate Starter").await.to_string();
    let fields = [
        ("timezone", "America/Denver"),
        ("default_cnam", "OAK"),
        ("profile_id", flat.as_str()),
        ("limits.monthly_spend", "250.00"),
        ("limits.max_extensions", "5"),
        ("limits.max_phone_numbers", ""),
        ("limits.max_monthly_minutes", "0"),
        ("limits.alert_threshold", "70"),
        ("limits.on_limit", "alert"),
    ];
    let with = |name: &'static str, value: &'static str| {
        let mut fields = fields.to_vec();
        fields.retain(|(it, _)| *it != name);
        fields.push((name, value));
        fields
    };
    for (name, value) in [
        ("timezone", HOSTILE),
        ("limits.monthly_spend", "-1"),
        ("limits.max_extensions", "many"),
        ("limits.alert_threshold", "101"),
        ("limits.on_limit", "explode"),
        ("profile_id", "none"),
    ] {
        let mut typed = with(name, value);
        typed.push(("seen", &version));
        let page = browser.post("/tenants/defaults", &typed).await.expect(422).text();
        assert!(page.contains("is not") || page.contains("must"), "{name}: {page}");
        assert!(page.contains("value=\"OAK\"") && !page.contains(HOSTILE), "{name}");
    }
    let mut typed = fields.to_vec();
    typed.push(("seen", &version));
    browser.post("/tenants/defaults", &typed).await.expect(303);
    let page = browser.post("/tenants/defaults", &typed).await.expect(409).text();
    assert!(page.contains("Changed meanwhile"), "{page}");
    let form = browser.get("/tenants/new").await.expect(200).text();
    assert!(form.contains("value=\"America/Denver\"") && form.contains("value=\"OAK\""));
    let new = people.world.bare_tenant(&people.partner, "NEWER").await;
    let limits = app.tenant_limits(new.partner_id, new.tenant_id).await.unwrap().limits;
    assert_eq!((limits.max_extensions, limits.max_phone_numbers), (Some(5), None));
    assert_eq!((limits.max_minutes, limits.alert_percent), (Some(0), 70));
    assert_eq!((new.profile_id.to_string(), new.zone.name()), (flat, "America/Denver"));
    let old = people.own().await;
    assert_eq!(old.zone.name(), "UTC");
    let limits = app.tenant_limits(old.partner_id, old.tenant_id).await.unwrap().limits;
    assert_eq!(limits.max_extensions, None);
}

// TNT-21 TNT-22 DSH-10
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_list_leads_into_a_tenant_and_the_logo_back(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let id = people.tenant.tenant_id.to_string();
    let list = browser.get("/tenants").await.expect(200).text();
    assert!(list.contains(&format!("name=\"account\" value=\"{id}\"")), "{list}");
    browser.post("/act", &[("account", &id)]).await.expect(303);
    let page = browser.get("/").await.expect(200).text();
    assert!(page.contains("Tenants › <strong>ACME</strong>"), "{page}");
    browser.get("/tenants").await.expect(404);
    browser.post("/act/leave", &[]).await.expect(303);
    browser.get("/tenants").await.expect(200);
}
