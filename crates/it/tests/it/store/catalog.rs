//! Profiles, decks, sources and periods as rows.

use domain::{
    ids::{DeckId, ProfileId},
    money::{Currency, Minor},
    profile::{ProfileTerms, ProfileVersion, TrialTerms, automatic_profiles},
    proration::Fraction,
    term::Term,
    time::{Day, Zone},
};
use rstest::rstest;
use store::{
    decks,
    decks::{Deck, DeckVersion},
    directory,
    error::StoreError,
    periods, profiles, sources, tenants,
};

use crate::harness::{
    Engine, World,
    builders::{START, at, id, span, tenant},
};

fn terms(base_fee: i64) -> ProfileTerms {
    let [_, flat] = automatic_profiles(Currency::USD);
    ProfileTerms { base_fee: Minor::new(base_fee), ..flat }
}

fn version(number: u128, version: i64, terms: ProfileTerms) -> ProfileVersion {
    ProfileVersion { profile_id: ProfileId::from_bits(number), version, terms }
}

// PRO-15 a version is added, never changed
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_profile_is_a_list_of_versions(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let first = version(1, 1, terms(i64::MAX));
    profiles::insert(&mut tx, id(1), &first, at(START)).await.unwrap();
    let mut second = version(1, 2, terms(14_900));
    second.terms.name = "Renamed".to_owned();
    let later = at("2026-05-02T00:00:00Z");
    profiles::add_version(&mut tx, id(1), (&second, 1), later).await.unwrap();
    let stale = profiles::add_version(&mut tx, id(1), (&second, 1), later).await.unwrap_err();
    assert!(matches!(stale, StoreError::Stale("the profile")), "{stale}");
    let head = profiles::find(&mut tx, id(1), id(1)).await.unwrap().unwrap();
    assert_eq!((head.latest_version, head.name.as_str()), (2, "Renamed"));
    assert_eq!(profiles::latest(&mut tx, id(1), id(1)).await.unwrap(), Some(second));
    let old = profiles::version(&mut tx, id(1), (id(1), 1)).await.unwrap().unwrap();
    assert_eq!((old.terms, old.created_at), (first.terms.clone(), at(START)));
    let all = profiles::versions_of(&mut tx, id(1), &[id(1), id(2)]).await.unwrap();
    assert_eq!(all.iter().map(|(_, dated)| dated.version).collect::<Vec<_>>(), [1, 2]);

    assert_eq!(profiles::find(&mut tx, id(2), id(1)).await.unwrap(), None);
    assert_eq!(profiles::latest(&mut tx, id(2), id(1)).await.unwrap(), None);
    assert_eq!(profiles::version(&mut tx, id(2), (id(1), 1)).await.unwrap(), None);
    assert_eq!(profiles::versions_of(&mut tx, id(2), &[id(1)]).await.unwrap(), []);
    let foreign = profiles::delete(&mut tx, id(2), id(1)).await.unwrap_err();
    assert!(matches!(foreign, StoreError::Stale("the profile")), "{foreign}");

    profiles::delete(&mut tx, id(1), id(1)).await.unwrap();
    assert_eq!(profiles::versions_of(&mut tx, id(1), &[id(1)]).await.unwrap(), []);
    profiles::insert(&mut tx, id(1), &first, at(START)).await.unwrap();
    let twice = profiles::insert(&mut tx, id(1), &first, at(START)).await.unwrap_err();
    assert!(twice.is_unique_violation(), "{twice}");
}

// PRO-01 any number of profiles, listed in pages
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn two_hundred_profiles_are_all_listed(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    for number in 1..=200 {
        let first = version(number, 1, terms(9_900));
        profiles::insert(&mut tx, id(1), &first, at(START)).await.unwrap();
    }
    let (mut seen, mut last) = (0, None);
    loop {
        let page = profiles::page(&mut tx, id(1), last, 70).await.unwrap();
        let Some(end) = page.last() else { break };
        (seen, last) = (seen + page.len(), Some(end.profile_id));
    }
    assert_eq!(seen, 200);
    assert_eq!(profiles::page(&mut tx, id(2), None, 9).await.unwrap(), []);
}

// PRO-16 a profile that a trial leads to is in use
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn trials_that_convert_to_a_profile_are_counted(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let trial = Some(TrialTerms { days: 30, convert_to: id(1) });
    let trial = version(2, 1, ProfileTerms { trial, ..terms(0) });
    profiles::insert(&mut tx, id(1), &version(1, 1, terms(9_900)), at(START)).await.unwrap();
    profiles::insert(&mut tx, id(1), &trial, at(START)).await.unwrap();
    assert_eq!(profiles::count_converting_to(&mut tx, id(1), id(1)).await.unwrap(), 1);
    assert_eq!(profiles::count_converting_to(&mut tx, id(2), id(1)).await.unwrap(), 0);
    let edited = version(2, 2, terms(0));
    profiles::add_version(&mut tx, id(1), (&edited, 1), at(START)).await.unwrap();
    assert_eq!(profiles::count_converting_to(&mut tx, id(1), id(1)).await.unwrap(), 0);
}

fn deck_version(number: i64, from: &str) -> DeckVersion {
    DeckVersion {
        deck_id: DeckId::from_bits(1),
        version: number,
        effective_from: at(from),
        zone: Zone::parse("America/Chicago").unwrap(),
        row_count: 1,
        csv: format!("prefix,rate_per_minute\n1,0.0{number}\n"),
        created_at: at(START),
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_deck_is_its_owners_list_of_versions(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let mut deck = Deck {
        deck_id: id(1),
        name: "Domestic".to_owned(),
        latest_version: 0,
        created_at: at(START),
        version: 1,
    };
    for owner in [None, Some(id(1))] {
        decks::insert(&mut tx, owner, &deck).await.unwrap();
        assert_eq!(decks::find(&mut tx, owner, id(1)).await.unwrap(), Some(deck.clone()));
    }
    let (first, second) = (deck_version(1, START), deck_version(2, "2026-06-01T00:00:00Z"));
    decks::add_version(&mut tx, Some(id(1)), &first).await.unwrap();
    decks::add_version(&mut tx, Some(id(1)), &second).await.unwrap();
    let stale = decks::add_version(&mut tx, Some(id(1)), &second).await.unwrap_err();
    assert!(matches!(stale, StoreError::Stale("the rate deck")), "{stale}");
    let foreign = decks::add_version(&mut tx, Some(id(2)), &second).await.unwrap_err();
    assert!(matches!(foreign, StoreError::Stale("the rate deck")), "{foreign}");
    deck.latest_version = 2;
    deck.version = 3;
    assert_eq!(decks::page(&mut tx, Some(id(1)), None, 9).await.unwrap(), [deck]);
    assert_eq!(decks::page(&mut tx, Some(id(1)), Some(id(1)), 9).await.unwrap(), []);
    let found = decks::version(&mut tx, Some(id(1)), (id(1), 1)).await.unwrap();
    assert_eq!(found, Some(first));
    assert_eq!(decks::version(&mut tx, None, (id(1), 1)).await.unwrap(), None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_source_is_known_by_owner_and_name(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let later = at("2026-06-01T00:00:00Z");
    let first = sources::find_or_create(&mut tx, None, "switch", at(START)).await.unwrap();
    let again = sources::find_or_create(&mut tx, None, "switch", later).await.unwrap();
    let theirs = sources::find_or_create(&mut tx, Some(id(1)), "switch", later).await.unwrap();
    assert_eq!(first, again);
    assert_ne!(first.source_id, theirs.source_id);
    for source in [first, theirs] {
        let found = sources::find(&mut tx, source.source_id).await.unwrap();
        assert_eq!(found, Some(source));
    }
    assert_eq!(sources::find(&mut tx, id(9)).await.unwrap(), None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_period_is_opened_once(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let mut owner = tenant(id(1), 1);
    owner.anchor_day = Day::new(2026, 5, 10);
    let term = Term {
        span: span("2026-05-10T15:00:00Z", "2026-06-10T05:00:00Z"),
        fraction: Fraction::try_new(22, 31).unwrap(),
        profile_id: id(1),
        profile_version: 3,
        anchor_day: owner.anchor_day.unwrap(),
    };
    tenants::insert_all(&mut tx, id(1), &[owner]).await.unwrap();
    periods::open(&mut tx, id(1), id(1), &term).await.unwrap();
    periods::open(&mut tx, id(1), id(1), &term).await.unwrap();
    assert_eq!(directory::terms(&mut tx, id(1), None).await.unwrap(), [(id(1), term)]);
    assert_eq!(directory::terms(&mut tx, id(2), None).await.unwrap(), []);
}
