//! Killed at any point and run again, everything is as if nothing had happened.

use adapters::cdr_files::Format;
use rstest::rstest;

use crate::harness::{
    Engine, Part,
    dice::Dice,
    trade::{Trade, days, with_bad_rows},
};

/// Rows in one transaction, so that a small file has many.
const BATCH_ROWS: usize = 60;

/// So many points on the way to `end`, ascending, one in each equal part of the way.
fn points(seed: u64, (count, end): (i64, i64)) -> Vec<i64> {
    let mut dice = Dice::new(seed);
    let part = end / count;
    let mut within = || i64::try_from(dice.below(part.unsigned_abs())).unwrap();
    (0..count).map(|number| number * part + within()).collect()
}

// WAL-24, MET-10, BEY-06 a killed import goes on where it ended; nothing is lost or doubled
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_killed_import_ends_as_an_undisturbed_one(#[case] engine: Engine) {
    let Some(calm) = Trade::open(engine, 8).await else { return };
    let Some(wild) = Trade::open(engine, 8).await else { return };
    let span = days(calm.world.app.clock.now(), 20);
    let file = with_bad_rows(&calm.calls((1, 1_500), span));
    let format = Format::Ndjson;
    let part = Part::Import { path: file.path.clone(), format, batch_rows: BATCH_ROWS };
    let report = calm.world.start(&part).finish();
    assert_eq!(report["rejects"], 18, "{report}");
    let calls = calm.world.count("call").await;
    let killed = wild.world.killed_on_the_way(&part, ("call", &points(2, (5, calls)))).await;
    assert!(killed >= 3, "only {killed} processes were killed at work");
    calm.world.content().await.assert_same(&wild.world.content().await);
    wild.world.assert_clean().await;
    // Whoever delivers the same rows again changes nothing.
    let again = wild.world.start(&part).finish();
    assert_eq!((again["calls"].as_u64(), again["rows"].as_u64()), (Some(0), Some(0)));
}

// CYC-12, INV-18, BEY-06 killed between and inside periods, each is invoiced once, in order
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_killed_run_of_what_is_due_ends_as_an_undisturbed_one(#[case] engine: Engine) {
    let Some(calm) = Trade::open(engine, 14).await else { return };
    let Some(wild) = Trade::open(engine, 14).await else { return };
    let span = days(calm.world.app.clock.now(), 30);
    let file = with_bad_rows(&calm.calls((3, 400), span));
    for trade in [&calm, &wild] {
        trade.world.import(&file).await.unwrap();
    }
    let part = Part::RunDue { until: "2026-09-15T00:00:00Z".to_owned() };
    calm.world.start(&part).finish();
    let invoices = calm.world.count("invoice").await;
    assert!(invoices > 40, "{invoices} invoices");
    let killed = wild.world.killed_on_the_way(&part, ("invoice", &points(4, (5, invoices)))).await;
    assert!(killed >= 3, "only {killed} processes were killed at work");
    calm.world.content().await.assert_same(&wild.world.content().await);
    wild.world.assert_clean().await;
}
