//! What partners choose: when, whether at all, for which profile, until which promised day.

use app::{collect::Collect, error::AppError};
use domain::{
    dunning::{PolicyEdit, SuspensionMode},
    time::Day,
};
use rstest::rstest;

use super::Late;
use crate::harness::Engine;

fn never() -> PolicyEdit {
    PolicyEdit { suspension: Some(Some(SuspensionMode::Manual)), ..PolicyEdit::default() }
}

// DUN-03 PRO-17
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn manual_mode_flags_and_lists_and_suspends_nobody(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.choose(never()).await;
    late.until("2026-08-15T12:00:00Z").await;
    assert_eq!(late.state().await, "active flagged");
    assert!(late.mails().await[0].body.contains("what follows is yours to decide"));
    assert_eq!(late.world.number("select count(*) from dunning where review = 1").await, 1);
    // Chosen otherwise, what is due is done at the next run.
    let automatic = PolicyEdit { suspension: Some(None), ..PolicyEdit::default() };
    late.choose(automatic).await;
    late.next_run().await;
    assert_eq!(late.state().await, "suspended flagged (overdue)");
    assert_eq!(late.world.number("select count(*) from dunning where review = 1").await, 0);
}

// DUN-04 DUN-02
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn zero_days_is_the_due_day_itself(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.pay(None).await;
    late.choose(PolicyEdit {
        flag_after_days: Some(Some(0)),
        suspend_after_days: Some(Some(0)),
        ..PolicyEdit::default()
    })
    .await;
    late.until("2026-07-16T04:59:59Z").await;
    assert_eq!(late.state().await, "active");
    late.until("2026-07-16T05:00:00Z").await;
    assert_eq!(late.state().await, "suspended flagged (overdue)");
}

// PRO-17 DUN-02
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_profiles_thirty_days_win_over_the_partners_fourteen(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    let (id, app) = (late.partner.partner_id, &late.world.app);
    let profile_id = late.tenant().await.profile_id;
    let thirty = PolicyEdit { suspend_after_days: Some(Some(30)), ..PolicyEdit::default() };
    app.edit_dunning_policy((id, Some(profile_id)), 1, &thirty).await.unwrap();
    late.until("2026-07-16T04:59:59Z").await;
    assert_eq!(late.state().await, "active flagged");
    late.until("2026-07-16T05:00:00Z").await;
    assert_eq!(late.state().await, "suspended flagged (overdue)");
    let stale = app.edit_dunning_policy((id, Some(profile_id)), 1, &never()).await;
    assert!(matches!(stale, Err(AppError::Stale(_))), "{stale:?}");
}

// PRO-13 PRO-17 another profile brings its own policy from its first day on
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn another_profile_is_followed_from_the_next_cycle(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.choose(never()).await;
    let (id, app) = (late.partner.partner_id, &late.world.app);
    let other = late.world.profile(&late.partner, "Pay-As-You-Go").await;
    let fourteen = PolicyEdit { suspend_after_days: Some(Some(14)), ..PolicyEdit::default() };
    app.edit_dunning_policy((id, Some(other)), 1, &fourteen).await.unwrap();
    app.choose_profile(id, late.tenant_id, other).await.unwrap();
    late.until("2026-07-01T04:59:59Z").await;
    assert_eq!(late.state().await, "active flagged");
    late.until("2026-07-01T05:00:00Z").await;
    assert_eq!(late.state().await, "suspended flagged (overdue)");
}

// BEY-14
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_promise_puts_the_suspension_off_and_is_over_when_it_is_kept(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.until("2026-06-25T12:00:00Z").await;
    let (owner, app) = ((late.partner.partner_id, late.tenant_id), &late.world.app);
    let until = Day::parse("2026-07-05").unwrap();
    app.promise_to_pay(owner, (until, "called")).await.unwrap();
    late.until("2026-07-10T04:59:59Z").await;
    assert_eq!(late.state().await, "active flagged");
    // Taken back, what was due meanwhile is done.
    app.clear_promise(owner.0, owner.1).await.unwrap();
    late.next_run().await;
    assert_eq!(late.state().await, "suspended flagged (overdue)");
    let until = Day::parse("2026-07-30").unwrap();
    app.promise_to_pay(owner, (until, "")).await.unwrap();
    late.pay(None).await;
    late.next_run().await;
    assert_eq!(late.state().await, "active");
    let promises = "select count(*) from dunning where promised_until is not null";
    assert_eq!(late.world.number(promises).await, 1);
    // The invoice of July was there when it was promised: it is paid, too, and all is kept.
    let july = late.invoices().await[1].invoice_id;
    let all = Collect::with(july, late.method("visa").await);
    app.collect(owner.0, &all).await.unwrap();
    late.next_run().await;
    assert_eq!(late.world.number(promises).await, 0);
}
