//! Profiles, decks and added charges through their use cases.

use app::{
    error::AppError,
    setup::{NewCharge, NewDeckVersion, NewTenant, NewUsage},
};
use domain::{
    account::ChargeKind,
    money::{Currency, Micros, Minor, Nanos},
    profile::{ProfileEdit, ProfileTerms, TrialTerms, automatic_profiles},
};
use rstest::rstest;

use crate::harness::{
    Engine, World,
    builders::{START, at, id, refused_fields, span},
};

fn flat() -> ProfileTerms {
    let [_, flat] = automatic_profiles(Currency::USD);
    flat
}

// PRO-15 the next version is another row; PRO-20 warnings do not refuse
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn editing_a_profile_makes_a_version_and_leaves_the_old_one(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let partner_id = partner.partner_id;
    let created = world.app.create_profile(partner_id, &flat()).await.unwrap();
    let profile_id = created.version.profile_id;
    assert_eq!((created.version.version, created.warnings.len()), (1, 0));
    let cheap = ProfileEdit {
        base_fee: Some(Minor::new(4_900)),
        extension_rate: Some(Nanos::new(1_000)),
        ..ProfileEdit::default()
    };
    let edited = world.app.edit_profile(partner_id, (profile_id, 1), &cheap).await.unwrap();
    assert_eq!((edited.version.version, edited.warnings.len()), (2, 1));
    let same = world.app.edit_profile(partner_id, (profile_id, 2), &cheap).await.unwrap();
    assert_eq!(same.version.version, 2);
    let stale = world.app.edit_profile(partner_id, (profile_id, 1), &cheap).await;
    assert!(matches!(stale, Err(AppError::Stale(_))), "{stale:?}");
    let negative = ProfileEdit { did_rate: Some(Nanos::new(-1_000)), ..ProfileEdit::default() };
    let refused = world.app.edit_profile(partner_id, (profile_id, 2), &negative).await;
    assert_eq!(refused_fields(refused), ["did_rate"]);
    let mut tx = world.begin().await;
    let old = store::profiles::version(&mut tx, partner_id, (profile_id, 1)).await.unwrap();
    assert_eq!(old.unwrap().terms, flat());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_profile_names_only_what_its_partner_has(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let other = world.partner("elm-voice").await;
    let foreign_deck = world.app.create_deck(Some(other.partner_id), "Theirs").await.unwrap();
    let foreign_profile = world.profile(&other, "Flat Rate Starter").await;
    let trial = |convert_to| Some(TrialTerms { days: 30, convert_to });
    let terms =
        ProfileTerms { deck: Some(foreign_deck.deck_id), trial: trial(foreign_profile), ..flat() };
    let refused = world.app.create_profile(partner.partner_id, &terms).await;
    assert_eq!(refused_fields(refused), ["rate_deck_id", "trial.convert_to"]);

    let own = world.profile(&partner, "Flat Rate Starter").await;
    let terms = ProfileTerms { trial: trial(own), ..flat() };
    let first = world.app.create_profile(partner.partner_id, &terms).await.unwrap();
    let chained = ProfileTerms { trial: trial(first.version.profile_id), ..flat() };
    let refused = world.app.create_profile(partner.partner_id, &chained).await;
    assert_eq!(refused_fields(refused), ["trial.convert_to"]);
    let becomes_trial =
        ProfileEdit { trial: Some(trial(partner.default_profile)), ..Default::default() };
    let refused = world.app.edit_profile(partner.partner_id, (own, 1), &becomes_trial).await;
    assert_eq!(refused_fields(refused), ["trial"]);
}

// PRO-16 refused with the count while a tenant uses it or will
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_profile_in_use_is_not_deleted(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let partner_id = partner.partner_id;
    let spare = world.app.create_profile(partner_id, &flat()).await.unwrap().version.profile_id;
    let tenant = world.tenant(&partner, "TEN1").await;
    world.app.choose_profile(partner_id, tenant.tenant_id, spare).await.unwrap();
    let refused = world.app.delete_profile(partner_id, spare).await.unwrap_err();
    assert_eq!(refused.to_string(), "1 tenants use this profile");
    world.app.cancel_pending_profile(partner_id, tenant.tenant_id).await.unwrap();
    let other = world.partner("elm-voice").await;
    let foreign = world.app.delete_profile(other.partner_id, spare).await;
    assert!(matches!(foreign, Err(AppError::NotFound { .. })), "{foreign:?}");
    let own = world.app.delete_profile(other.partner_id, other.default_profile).await;
    assert!(matches!(own, Err(AppError::Refused(_))), "{own:?}");
    world.app.delete_profile(partner_id, spare).await.unwrap();
    let gone = world.app.delete_profile(partner_id, spare).await;
    assert!(matches!(gone, Err(AppError::NotFound { .. })), "{gone:?}");
}

fn version(csv: &str, from: &str) -> NewDeckVersion {
    NewDeckVersion {
        csv: csv.as_bytes().to_vec(),
        zone: "America/Chicago".to_owned(),
        effective_from: at(from),
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_deck_is_checked_and_scheduled_forward(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let owner = Some(partner.partner_id);
    let deck = world.app.create_deck(owner, "Domestic").await.unwrap().deck_id;
    let good = "prefix,rate_per_minute\n1,0.01\n1501,0.02\n";
    let bad = "prefix,rate_per_minute\nabc,0.01\n1,x\n";
    let refused = world.app.add_deck_version(owner, deck, &version(bad, START)).await;
    assert_eq!(refused_fields(refused).len(), 2);
    let empty = version("prefix,rate_per_minute\n", START);
    assert_eq!(refused_fields(world.app.add_deck_version(owner, deck, &empty).await), ["csv"]);

    // The first may begin in the past; a later one never before now.
    let first = version(good, "2026-01-01T00:00:00Z");
    let first = world.app.add_deck_version(owner, deck, &first).await.unwrap();
    assert_eq!((first.version, first.row_count), (1, 2));
    let past = version(good, "2026-04-30T00:00:00Z");
    let refused = world.app.add_deck_version(owner, deck, &past).await;
    assert_eq!(refused_fields(refused), ["effective_from"]);
    let june = version(good, "2026-06-01T00:00:00Z");
    let second = world.app.add_deck_version(owner, deck, &june).await.unwrap();
    assert_eq!(second.version, 2);
    let before = version(good, "2026-05-20T00:00:00Z");
    let refused = world.app.add_deck_version(owner, deck, &before).await;
    assert_eq!(refused_fields(refused), ["effective_from"]);
    let foreign = world.app.add_deck_version(None, deck, &june).await;
    assert!(matches!(foreign, Err(AppError::NotFound { .. })), "{foreign:?}");
    let mut tx = world.begin().await;
    let stored = store::decks::version(&mut tx, owner, (deck, 2)).await.unwrap();
    assert_eq!(stored, Some(second));
}

// PRO-22
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_charge_is_added_checked_and_withdrawn(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tenant = world.tenant(&partner, "TEN1").await;
    let partner_id = partner.partner_id;
    let porting = NewCharge {
        tenant_id: tenant.tenant_id,
        kind: ChargeKind::OneTime,
        description: "Porting".to_owned(),
        quantity: Micros::new(2_000_000),
        unit_price: Nanos::new(25_000_000_000),
        taxable: true,
        starts_at: None,
        ends_at: None,
    };
    let charge = world.app.add_charge(partner_id, &porting).await.unwrap();
    let wrong = NewCharge {
        description: String::new(),
        quantity: Micros::ZERO,
        unit_price: Nanos::ZERO,
        ends_at: Some(at(START)),
        ..porting.clone()
    };
    let refused = refused_fields(world.app.add_charge(partner_id, &wrong).await);
    assert_eq!(refused, ["description", "quantity", "unit_price", "ends_at", "ends_at"]);
    let foreign = world.app.add_charge(id(9), &porting).await;
    assert!(matches!(foreign, Err(AppError::NotFound { .. })), "{foreign:?}");
    let may = span(START, "2026-06-01T00:00:00Z");
    let mut tx = world.begin().await;
    let due = store::charges::due(&mut tx, partner_id, &[tenant.tenant_id], may).await.unwrap();
    assert_eq!(due, std::slice::from_ref(&charge));
    tx.commit().await.unwrap();
    world.app.end_charge(partner_id, charge.charge_id).await.unwrap();
    let again = world.app.end_charge(partner_id, charge.charge_id).await;
    assert!(matches!(again, Err(AppError::Refused(_))), "{again:?}");
    let mut tx = world.begin().await;
    let due = store::charges::due(&mut tx, partner_id, &[tenant.tenant_id], may).await.unwrap();
    assert_eq!(due, []);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn usage_is_reported_once_and_for_the_open_period(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let partner_id = partner.partner_id;
    let tenant = world.tenant(&partner, "TEN1").await;
    let metered = NewCharge {
        tenant_id: tenant.tenant_id,
        kind: ChargeKind::Metered,
        description: "Fax pages".to_owned(),
        quantity: Micros::ZERO,
        unit_price: Nanos::new(50_000_000),
        taxable: true,
        starts_at: None,
        ends_at: None,
    };
    let charge = world.app.add_charge(partner_id, &metered).await.unwrap().charge_id;
    world.advance("2026-05-10T00:00:00Z");
    let usage = |report: &str, at: Option<&str>, quantity: i64| NewUsage {
        report_id: report.to_owned(),
        at: at.map(crate::harness::builders::at),
        quantity: Micros::new(quantity),
    };
    let day = Some("2026-05-09T00:00:00Z");
    let first = usage("r1", day, 7_000_000);
    assert!(world.app.report_usage(partner_id, charge, &first).await.unwrap());
    assert!(!world.app.report_usage(partner_id, charge, &first).await.unwrap());
    let other = world.app.report_usage(partner_id, charge, &usage("r1", day, 8)).await;
    assert!(matches!(other, Err(AppError::Refused(_))), "{other:?}");
    let late = usage("r2", Some("2026-04-30T00:00:00Z"), 1);
    let refused = world.app.report_usage(partner_id, charge, &late).await;
    assert_eq!(refused_fields(refused), ["at", "at"]);
    let future = usage("r3", Some("2026-05-11T00:00:00Z"), 0);
    let refused = world.app.report_usage(partner_id, charge, &future).await;
    assert_eq!(refused_fields(refused), ["quantity", "at"]);
    let foreign = world.app.report_usage(id(9), charge, &first).await;
    assert!(matches!(foreign, Err(AppError::NotFound { .. })), "{foreign:?}");
    let mut tx = world.begin().await;
    let may = span(START, "2026-06-01T00:00:00Z");
    let sums = store::charges::reported(&mut tx, partner_id, &[tenant.tenant_id], may).await;
    assert_eq!(sums.unwrap(), [(charge, Micros::new(7_000_000))]);
}

// PRO-02 a tenant without a choice gets the default, a foreign profile is refused
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_tenant_has_one_profile_of_its_partner(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let other = world.partner("elm-voice").await;
    assert_eq!(world.tenant(&partner, "TEN1").await.profile_id, partner.default_profile);
    let flat = world.profile(&partner, "Flat Rate Starter").await;
    world.app.set_default_profile(partner.partner_id, flat).await.unwrap();
    assert_eq!(world.tenant(&partner, "TEN2").await.profile_id, flat);
    let mut foreign = NewTenant::named("Foreign", "TEN3", "books@ten.example");
    foreign.profile_id = Some(other.default_profile);
    let refused = world.app.create_tenant(partner.partner_id, &foreign).await;
    assert!(matches!(refused, Err(AppError::NotFound { kind: "profile", .. })), "{refused:?}");
    let refused = world.app.set_default_profile(partner.partner_id, other.default_profile).await;
    assert!(matches!(refused, Err(AppError::NotFound { kind: "profile", .. })), "{refused:?}");
}
