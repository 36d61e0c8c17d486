//! The operator, partners, tenants and taxes as rows.

use std::collections::BTreeSet;

use domain::{
    account::{AutoPay, TaxJurisdiction, WholesaleTerms},
    ids::{PartnerId, ProfileId},
    money::Nanos,
    partner::PartnerStatus,
    tenant::{LimitName, Stage, SuspensionReason, TenantLife},
    tier::Tier,
    time::{Day, Timestamp, Zone},
};
use rstest::rstest;
use store::{error::StoreError, operator, partners, partners::TierTerms, taxes, tenants};

use crate::harness::{
    Engine, World,
    builders::{START, at, id, operator as an_operator, partner, tenant},
};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn there_is_one_operator(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    assert_eq!(operator::find(&mut tx).await.unwrap(), None);
    assert_eq!(operator::directory_version(&mut tx).await.unwrap(), 0);
    operator::insert(&mut tx, &an_operator(), at(START)).await.unwrap();
    operator::bump_directory_version(&mut tx).await.unwrap();
    operator::bump_directory_version(&mut tx).await.unwrap();
    let found = operator::find(&mut tx).await.unwrap().unwrap();
    assert_eq!((found.directory_version, found.name.as_str()), (2, "Example Telecom"));
    assert_eq!(operator::directory_version(&mut tx).await.unwrap(), 2);
    let second = operator::insert(&mut tx, &an_operator(), at(START)).await.unwrap_err();
    assert!(second.is_unique_violation(), "{second}");
}

// BEY-05 forward only
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_stored_clock_never_goes_back(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    assert_eq!(operator::simulated_clock(&mut tx).await.unwrap(), None);
    let (early, late) = (at("2026-05-01T00:00:00Z"), at("2026-06-01T00:00:00Z"));
    operator::advance_simulated_clock(&mut tx, early).await.unwrap();
    operator::advance_simulated_clock(&mut tx, late).await.unwrap();
    operator::advance_simulated_clock(&mut tx, late).await.unwrap();
    let back = operator::advance_simulated_clock(&mut tx, early).await.unwrap_err();
    assert!(matches!(back, StoreError::Stale(_)), "{back}");
    assert_eq!(operator::simulated_clock(&mut tx).await.unwrap(), Some(late));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn partners_are_read_back_and_saved_once_per_version(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let mut one = partner(1);
    one.logo = Some(vec![0, 255, 7]);
    partners::insert(&mut tx, &one).await.unwrap();
    partners::insert(&mut tx, &partner(2)).await.unwrap();
    assert_eq!(partners::find(&mut tx, one.partner_id).await.unwrap(), Some(one.clone()));
    assert_eq!(partners::find_by_slug(&mut tx, "partner-1").await.unwrap(), Some(one.clone()));
    assert_eq!(partners::find(&mut tx, id(9)).await.unwrap(), None);

    one.status = PartnerStatus::PastDue;
    one.zone = Zone::parse("America/Chicago").unwrap();
    partners::save(&mut tx, &one).await.unwrap();
    let again = partners::save(&mut tx, &one).await.unwrap_err();
    assert!(matches!(again, StoreError::Stale("the partner")), "{again}");
    one.version = 2;
    assert_eq!(partners::find(&mut tx, one.partner_id).await.unwrap(), Some(one.clone()));

    assert_eq!(partners::page(&mut tx, None, 1).await.unwrap(), [one.clone()]);
    assert_eq!(partners::page(&mut tx, Some(one.partner_id), 9).await.unwrap(), [partner(2)]);
    let mut twin = partner(3);
    twin.slug = one.slug;
    let taken = partners::insert(&mut tx, &twin).await.unwrap_err();
    assert!(taken.is_unique_violation(), "{taken}");
}

fn terms(from: &str, nanos: i64) -> TierTerms {
    let terms = WholesaleTerms {
        effective_from: at(from),
        extension_month: Nanos::new(nanos),
        local_did_month: Nanos::new(nanos),
        toll_free_did_month: Nanos::new(i64::MAX),
        local_minute: Nanos::new(nanos),
        toll_free_minute: Nanos::new(nanos),
        deck: Some(id(4)),
    };
    TierTerms { tier: Tier::Enterprise, terms }
}

// PLT-23 terms are only added, each from its instant on
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn terms_are_a_history(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let (old, new) = (terms("2026-01-01T00:00:00Z", 1), terms("2026-06-01T00:00:00Z", 2));
    for terms in [&new, &old] {
        partners::insert_terms(&mut tx, id(1), terms).await.unwrap();
    }
    assert_eq!(partners::terms_page(&mut tx, id(1), None, 9).await.unwrap(), [old, new]);
    let after_old = Some(old.terms.effective_from);
    assert_eq!(partners::terms_page(&mut tx, id(1), after_old, 1).await.unwrap(), [new]);
    assert_eq!(partners::terms_page(&mut tx, id(2), None, 9).await.unwrap(), []);
    for (instant, expected) in [
        ("2025-12-31T23:59:59Z", None),
        ("2026-01-01T00:00:00Z", Some(old)),
        ("2026-05-31T23:59:59Z", Some(old)),
        ("2026-06-01T00:00:00Z", Some(new)),
    ] {
        let found = partners::terms_at(&mut tx, id(1), at(instant)).await.unwrap();
        assert_eq!(found, expected, "{instant}");
    }
    let twice = partners::insert_terms(&mut tx, id(1), &old).await.unwrap_err();
    assert!(twice.is_unique_violation(), "{twice}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tenants_keep_every_field(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let owner: PartnerId = id(1);
    let mut full = tenant(owner, 1);
    full.account_code = Some("4711".to_owned());
    full.home_npa = Some("501".to_owned());
    full.auto_pay = AutoPay::On;
    full.zone = Zone::parse("America/Chicago").unwrap();
    full.life = TenantLife {
        stage: Stage::Active,
        reasons: BTreeSet::from([
            SuspensionReason::Overdue,
            SuspensionReason::Limit(LimitName::MaxMinutes),
        ]),
        cancelled_at: None,
        billed_since: Some(at("2026-05-10T15:00:00Z")),
    };
    full.pending_profile = Some((id(2), at("2026-05-12T00:00:00Z")));
    full.anchor_day = Day::new(2026, 5, 10);
    full.open_start = Some(at("2026-05-10T15:00:00Z"));
    full.open_end = Some(at("2026-06-10T05:00:00Z"));
    full.next_action_at = full.open_end;
    tenants::insert_all(&mut tx, owner, &[full.clone(), tenant(owner, 2)]).await.unwrap();
    assert_eq!(tenants::find(&mut tx, owner, full.tenant_id).await.unwrap(), Some(full.clone()));
    assert_eq!(tenants::find(&mut tx, owner, id(2)).await.unwrap(), Some(tenant(owner, 2)));
    let by_prefix = tenants::find_by_sip_prefix(&mut tx, owner, "TEN1").await.unwrap();
    assert_eq!(by_prefix, Some(full.clone()));
    assert_eq!(tenants::page(&mut tx, owner, None, 1).await.unwrap(), [full.clone()]);
    let rest = tenants::page(&mut tx, owner, Some(full.tenant_id), 9).await.unwrap();
    assert_eq!(rest, [tenant(owner, 2)]);
}

// TEN-15 TEN-16 a foreign partner finds and changes nothing; owner, prefix and creation stay
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_tenant_is_its_partners_alone(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let (owner, other): (PartnerId, PartnerId) = (id(1), id(2));
    let mut mine = tenant(owner, 1);
    tenants::insert_all(&mut tx, owner, &[mine.clone()]).await.unwrap();
    assert_eq!(tenants::find(&mut tx, other, mine.tenant_id).await.unwrap(), None);
    assert_eq!(tenants::find_by_sip_prefix(&mut tx, other, "TEN1").await.unwrap(), None);
    assert_eq!(tenants::page(&mut tx, other, None, 9).await.unwrap(), []);
    assert_eq!(tenants::count_using_profile(&mut tx, other, id(1)).await.unwrap(), 0);
    let foreign = tenants::save(&mut tx, other, &mine).await.unwrap_err();
    assert!(matches!(foreign, StoreError::Stale("the tenant")), "{foreign}");

    let before = mine.clone();
    mine.name = "Renamed".to_owned();
    mine.sip_prefix = "OTHER".to_owned();
    mine.created_at = Timestamp::default();
    tenants::save(&mut tx, owner, &mine).await.unwrap();
    let found = tenants::find(&mut tx, owner, mine.tenant_id).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.version), ("Renamed", 2));
    assert_eq!(
        (found.sip_prefix, found.created_at, found.partner_id),
        (before.sip_prefix, before.created_at, before.partner_id)
    );
    let stale = tenants::save(&mut tx, owner, &mine).await.unwrap_err();
    assert!(matches!(stale, StoreError::Stale("the tenant")), "{stale}");
}

// TEN-06 a SIP prefix is unique on the platform
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_sip_prefix_is_taken_for_everybody(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let mut mine = tenant(id(1), 1);
    mine.account_code = Some("4711".to_owned());
    tenants::insert_all(&mut tx, id(1), &[mine]).await.unwrap();
    for (prefix, code, expected) in [
        ("TEN1", None, true),
        ("4711", None, true),
        ("FREE", Some("TEN1"), true),
        ("FREE", Some("4711"), true),
        ("FREE", Some("4712"), false),
        ("FREE", None, false),
    ] {
        let taken = tenants::is_name_taken(&mut tx, prefix, code).await.unwrap();
        assert_eq!(taken, expected, "{prefix} {code:?}");
    }
    let mut twin = tenant(id(2), 2);
    twin.sip_prefix = "TEN1".to_owned();
    let taken = tenants::insert_all(&mut tx, id(2), &[twin]).await.unwrap_err();
    assert!(taken.is_unique_violation(), "{taken}");
}

// PRO-16 current and pending tenants count
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_uses_or_will_use_a_profile_is_counted(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let owner: PartnerId = id(1);
    let (mut pending, mut neither) = (tenant(owner, 2), tenant(owner, 3));
    (pending.profile_id, neither.profile_id) = (id(5), id(5));
    pending.pending_profile = Some((ProfileId::from_bits(1), at(START)));
    tenants::insert_all(&mut tx, owner, &[tenant(owner, 1), pending, neither]).await.unwrap();
    assert_eq!(tenants::count_using_profile(&mut tx, owner, id(1)).await.unwrap(), 2);
    assert_eq!(tenants::count_using_profile(&mut tx, owner, id(5)).await.unwrap(), 2);
    assert_eq!(tenants::count_using_profile(&mut tx, owner, id(7)).await.unwrap(), 0);
}

fn jurisdiction(number: u128, code: &str) -> TaxJurisdiction {
    TaxJurisdiction {
        tax_id: id(number),
        code: code.to_owned(),
        name: format!("{code} sales tax"),
        rate_millionths: 85_000,
        enabled: true,
    }
}

// TAX-01
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_tax_code_is_unique_per_partner(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let mut pulaski = jurisdiction(1, "US-AR-Pulaski");
    taxes::insert(&mut tx, id(1), &pulaski).await.unwrap();
    taxes::insert(&mut tx, id(2), &jurisdiction(1, "US-AR-Pulaski")).await.unwrap();
    assert_eq!(taxes::find(&mut tx, id(1), id(1)).await.unwrap(), Some((pulaski.clone(), 1)));
    assert_eq!(taxes::find(&mut tx, id(3), id(1)).await.unwrap(), None);
    pulaski.enabled = false;
    pulaski.rate_millionths = 999_999;
    taxes::save(&mut tx, id(1), (&pulaski, 1)).await.unwrap();
    let stale = taxes::save(&mut tx, id(1), (&pulaski, 1)).await.unwrap_err();
    assert!(matches!(stale, StoreError::Stale("the tax jurisdiction")), "{stale}");
    assert_eq!(taxes::page(&mut tx, id(1), None, 9).await.unwrap(), [(pulaski.clone(), 2)]);
    assert_eq!(taxes::page(&mut tx, id(1), Some(pulaski.tax_id), 9).await.unwrap(), []);
    let known = ["CA-ON".to_owned(), "US-AR-Pulaski".to_owned()];
    assert_eq!(taxes::known_codes(&mut tx, id(1), &known).await.unwrap(), ["US-AR-Pulaski"]);
    let twice = taxes::insert(&mut tx, id(1), &jurisdiction(2, "US-AR-Pulaski")).await;
    assert!(twice.unwrap_err().is_unique_violation());
}

// TAX-03 TAX-04 TAX-05 what a tenant lists and the partner has switched on, for many at once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn taxes_in_force_are_listed_and_enabled(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let (state, city) = (jurisdiction(1, "A-STATE"), jurisdiction(2, "B-CITY"));
    let off = TaxJurisdiction { enabled: false, ..jurisdiction(3, "C-OFF") };
    for tax in [&city, &state, &off] {
        taxes::insert(&mut tx, id(1), tax).await.unwrap();
    }
    let all = ["B-CITY", "A-STATE", "C-OFF", "A-STATE"].map(str::to_owned);
    tenants::set_tax_codes(&mut tx, id(1), id(1), &["C-OFF".to_owned()]).await.unwrap();
    tenants::set_tax_codes(&mut tx, id(1), id(1), &all).await.unwrap();
    tenants::set_tax_codes(&mut tx, id(1), id(2), &all[..1]).await.unwrap();
    let found = taxes::in_force(&mut tx, id(1), &[id(1), id(2), id(3)]).await.unwrap();
    assert_eq!(found, [(id(1), state), (id(1), city.clone()), (id(2), city)]);
    assert_eq!(taxes::in_force(&mut tx, id(2), &[id(1)]).await.unwrap(), []);
    let codes = tenants::tax_codes_of(&mut tx, id(1), &[id(1)]).await.unwrap();
    let codes: Vec<&str> = codes.iter().map(|(_, code)| code.as_str()).collect();
    assert_eq!(codes, ["A-STATE", "B-CITY", "C-OFF"]);
    tenants::set_tax_codes(&mut tx, id(1), id(1), &[]).await.unwrap();
    assert_eq!(tenants::tax_codes_of(&mut tx, id(1), &[id(1)]).await.unwrap(), []);
}
