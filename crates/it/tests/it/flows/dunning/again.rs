//! Whoever looks again, at the same time or after a crash, finds what was done and nothing to do.

use domain::dunning::PolicyEdit;
use rstest::rstest;

use super::Late;
use crate::harness::{Engine, process::Part};

// DUN-01 looking again changes nothing
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_looks_twice_finds_nothing_to_do(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.until("2026-06-30T12:00:00Z").await;
    let before = late.world.content().await.without(&["dunning"]);
    for _ in 0..2 {
        late.world.execute("update dunning set due_at = 0").await;
        late.next_run().await;
    }
    late.world.content().await.without(&["dunning"]).assert_same(&before);
    let (one, other) = (late.world.app.clone(), late.world.app.clone());
    late.world.execute("update dunning set due_at = 0").await;
    let (one, other) = tokio::join!(one.run_due(None), other.run_due(None));
    assert_eq!((one.unwrap().suspended, other.unwrap().suspended), (0, 0));
    late.world.content().await.without(&["dunning"]).assert_same(&before);
}

// DUN-01 BEY-06 what is kept about the late is derived again, and a wrong row is found
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_wrong_row_is_found(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.until("2026-06-25T12:00:00Z").await;
    for (wrong, right, kind) in [
        ("update tenant set flagged_at = null", "update tenant set flagged_at = 1", "dunning_flag"),
        (
            "update dunning set due_at = due_at + 1",
            "update dunning set due_at = due_at - 1",
            "dunning_due",
        ),
        (
            "update dunning set overdue_since = 20260615",
            "update dunning set overdue_since = 20260616",
            "dunning_late",
        ),
        ("update dunning set review = 1", "update dunning set review = 0", "dunning_review"),
    ] {
        late.world.execute(wrong).await;
        let report = late.world.app.check(None).await.unwrap();
        let kinds: Vec<&str> = report.findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds, [kind], "{wrong}");
        late.world.execute(right).await;
        late.world.assert_clean().await;
    }
    late.world.execute("delete from dunning").await;
    let report = late.world.app.check(None).await.unwrap();
    assert_eq!(report.findings[0].kind, "dunning_row");
}

// DUN-01 DUN-06 killed at any point, each step is done once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_killed_run_ends_as_an_undisturbed_one(#[case] engine: Engine) {
    let Some(calm) = Late::fresh(engine).await else { return };
    let Some(wild) = Late::fresh(engine).await else { return };
    for late in [&calm, &wild] {
        for number in 0..6 {
            let name = format!("more{number}");
            late.world.tenant(&late.partner, &name).await;
        }
        late.choose(PolicyEdit { remind_tenant: Some(Some(true)), ..PolicyEdit::default() }).await;
    }
    let part = Part::RunDue { until: "2026-09-15T00:00:00Z".to_owned() };
    calm.world.start(&part).finish();
    let steps = calm.world.count("dunning_step").await;
    assert!(steps >= 5, "{steps} steps");
    let points: Vec<i64> = (1..steps).collect();
    let killed = wild.world.killed_on_the_way(&part, ("dunning_step", &points)).await;
    assert!(killed >= 2, "only {killed} processes were killed at work");
    calm.world.content().await.assert_same(&wild.world.content().await);
    wild.world.assert_clean().await;
}
