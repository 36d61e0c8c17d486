//! Phone numbers and extensions as rows, and how many there are when.

use domain::{
    account::{Extension, NumberAssignment},
    ids::TenantId,
    peak::{Presence, peak},
    phone::CallClass,
    time::Timestamp,
};
use rstest::rstest;
use store::{error::StoreError, extensions, numbers, numbers::NumberCounts};

use crate::harness::{
    Engine, World,
    builders::{at, id, span},
};

fn day(day: u32) -> Timestamp {
    at(&format!("2026-05-{day:02}T00:00:00Z"))
}

/// Assignment `number` to `tenant` from one day of May up to another.
fn assignment(number: u128, tenant: u128, (from, until): (u32, Option<u32>)) -> NumberAssignment {
    let is_toll_free = number >= 800;
    NumberAssignment {
        did_id: id(number),
        tenant_id: id(tenant),
        e164: format!("1501555{number:04}"),
        class: if is_toll_free { CallClass::TollFree } else { CallClass::Local },
        assigned_at: day(from),
        released_at: until.map(day),
    }
}

fn extension(number: u128, tenant: u128, (from, until): (u32, Option<u32>)) -> Extension {
    Extension {
        extension_id: id(number),
        tenant_id: id(tenant),
        name: format!("{number}"),
        created_at: day(from),
        removed_at: until.map(day),
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_number_is_assigned_once_at_a_time(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let mut first = assignment(1, 1, (2, None));
    numbers::insert_all(&mut tx, id(1), &[first.clone()]).await.unwrap();
    assert!(numbers::is_assigned(&mut tx, &first.e164).await.unwrap());
    assert_eq!(numbers::find(&mut tx, id(1), id(1)).await.unwrap(), Some(first.clone()));
    assert_eq!(numbers::find(&mut tx, id(2), id(1)).await.unwrap(), None);
    let foreign = numbers::release(&mut tx, id(2), id(1), day(3)).await.unwrap_err();
    assert!(matches!(foreign, StoreError::Stale("the phone number")), "{foreign}");
    numbers::release(&mut tx, id(1), id(1), day(3)).await.unwrap();
    let twice = numbers::release(&mut tx, id(1), id(1), day(4)).await.unwrap_err();
    assert!(matches!(twice, StoreError::Stale("the phone number")), "{twice}");
    first.released_at = Some(day(3));
    assert!(!numbers::is_assigned(&mut tx, &first.e164).await.unwrap());

    // TEN-21 a released number may be assigned again, to anybody
    let mut second = assignment(2, 9, (3, None));
    second.e164.clone_from(&first.e164);
    numbers::insert_all(&mut tx, id(2), &[second.clone()]).await.unwrap();
    let page = numbers::page(&mut tx, id(1), (id(1), None), 9).await.unwrap();
    assert_eq!(page, [first.clone()]);
    assert_eq!(numbers::page(&mut tx, id(2), (id(1), None), 9).await.unwrap(), []);
    let mut third = assignment(3, 1, (4, None));
    third.e164 = first.e164;
    let taken = numbers::insert_all(&mut tx, id(1), &[third]).await.unwrap_err();
    assert!(taken.is_unique_violation(), "{taken}");
}

// MET-17 local and toll-free apart; what is not assigned counts for nobody
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn assigned_numbers_are_counted_by_class(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let all = [
        assignment(1, 1, (2, Some(10))),
        assignment(2, 1, (5, None)),
        assignment(801, 1, (2, None)),
        assignment(3, 2, (2, None)),
    ];
    numbers::insert_all(&mut tx, id(1), &all).await.unwrap();
    for (instant, local, toll_free) in [(1, 0, 0), (2, 1, 1), (5, 2, 1), (9, 2, 1), (10, 1, 1)] {
        let counts = numbers::count_at(&mut tx, id(1), id(1), day(instant)).await.unwrap();
        assert_eq!(counts, NumberCounts { local, toll_free }, "on day {instant}");
    }
    let foreign = numbers::count_at(&mut tx, id(2), id(1), day(5)).await.unwrap();
    assert_eq!(foreign, NumberCounts::default());
    assert_eq!(numbers::release_all(&mut tx, id(1), id(1), day(12)).await.unwrap(), 2);
    let counts = numbers::count_at(&mut tx, id(1), id(1), day(12)).await.unwrap();
    assert_eq!(counts, NumberCounts::default());
    let kept = numbers::count_at(&mut tx, id(1), id(2), day(12)).await.unwrap();
    assert_eq!(kept, NumberCounts { local: 1, toll_free: 0 });
}

fn number_peak(found: &[NumberAssignment], tenant_id: TenantId, days: (u32, u32)) -> u32 {
    let own = found.iter().filter(|number| number.tenant_id == tenant_id);
    let presences =
        own.map(|number| Presence { from: number.assigned_at, until: number.released_at });
    peak(presences, domain::time::Span { start: day(days.0), end: day(days.1) })
}

// MET-18 from what overlaps the span, for many tenants at once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn peaks_come_from_overlapping_assignments(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let all = [
        assignment(1, 1, (1, Some(10))),
        assignment(2, 1, (9, Some(20))),
        assignment(3, 1, (12, None)),
        assignment(4, 1, (10, Some(10))),
        assignment(5, 2, (1, None)),
        assignment(6, 3, (1, None)),
    ];
    numbers::insert_all(&mut tx, id(1), &all).await.unwrap();
    let middle = span("2026-05-10T00:00:00Z", "2026-05-12T00:00:00Z");
    let tenants = [id(1), id(2)];
    let found = numbers::assignments_overlapping(&mut tx, id(1), &tenants, middle).await.unwrap();
    assert_eq!(found, [all[1].clone(), all[4].clone()]);
    let may = span("2026-05-01T00:00:00Z", "2026-05-31T00:00:00Z");
    let found = numbers::assignments_overlapping(&mut tx, id(1), &tenants, may).await.unwrap();
    assert_eq!(number_peak(&found, id(1), (1, 31)), 2);
    assert_eq!(number_peak(&found, id(2), (1, 31)), 1);
    let none = numbers::assignments_overlapping(&mut tx, id(2), &tenants, may).await.unwrap();
    assert_eq!(none, []);
}

// MET-16 provisioned extensions count, used or not
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn extensions_count_from_creation_to_removal(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let all = [
        extension(101, 1, (2, None)),
        extension(102, 1, (2, Some(4))),
        extension(103, 2, (2, None)),
    ];
    extensions::insert_all(&mut tx, id(1), &all).await.unwrap();
    for (instant, expected) in [(1, 0), (2, 2), (3, 2), (4, 1)] {
        let count = extensions::count_at(&mut tx, id(1), id(1), day(instant)).await.unwrap();
        assert_eq!(count, expected, "on day {instant}");
    }
    assert_eq!(extensions::count_at(&mut tx, id(2), id(1), day(3)).await.unwrap(), 0);
    assert_eq!(extensions::find(&mut tx, id(1), id(101)).await.unwrap(), Some(all[0].clone()));
    assert_eq!(extensions::find(&mut tx, id(2), id(101)).await.unwrap(), None);
    let names = ["101", "102", "103"].map(str::to_owned);
    let present = extensions::present_names(&mut tx, id(1), id(1), &names).await.unwrap();
    assert_eq!(present, ["101"]);
    let after_four = span("2026-05-04T00:00:00Z", "2026-05-09T00:00:00Z");
    let tenants = [id(1), id(2)];
    let found =
        extensions::extensions_overlapping(&mut tx, id(1), &tenants, after_four).await.unwrap();
    assert_eq!(found, [all[0].clone(), all[2].clone()]);
    let page = extensions::page(&mut tx, id(1), (id(1), Some(id(101))), 9).await.unwrap();
    assert_eq!(page, [all[1].clone()]);

    extensions::remove(&mut tx, id(1), id(101), day(5)).await.unwrap();
    let twice = extensions::remove(&mut tx, id(1), id(101), day(6)).await.unwrap_err();
    assert!(matches!(twice, StoreError::Stale("the extension")), "{twice}");
    assert_eq!(extensions::remove_all(&mut tx, id(1), id(2), day(6)).await.unwrap(), 1);

    let mut again = extension(104, 1, (6, None));
    again.name = "101".to_owned();
    extensions::insert_all(&mut tx, id(1), &[again]).await.unwrap();
    let mut twin = extension(105, 1, (6, None));
    twin.name = "101".to_owned();
    let taken = extensions::insert_all(&mut tx, id(1), &[twin]).await.unwrap_err();
    assert!(taken.is_unique_violation(), "{taken}");
}
