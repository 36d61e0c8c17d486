//! Claims about a tenant's life: the transition table, reasons as a set, the billing anchor.

use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);

fn later(days: i64) -> Timestamp {
    NOW.plus_seconds(days * 86_400)
}

fn after(status: TenantStatus, events: &[TenantEvent]) -> Result<TenantLife, TenantRefusal> {
    let born = TenantLife::created(status, NOW);
    let mut day = 0;
    events.iter().try_fold(born, |life, event| {
        day += 1;
        life.apply(*event, later(day)).map(|(life, _)| life)
    })
}

fn check(status: TenantStatus, events: &[TenantEvent], expected: &str) {
    let shown = match after(status, events) {
        Ok(life) => life.status().as_str().to_owned(),
        Err(refusal) => refusal.to_string(),
    };
    assert_eq!(shown, expected, "{events:?}");
}

use SuspensionReason::{Fraud, Manual, Overdue, Partner};
use TenantEvent::{
    Activate, Cancel, Lift, Reactivate, Restore, ReturnToTrial, Suspend, TrialConverts,
};
use TenantStatus::{Active, Cancelled, Suspended, Trial};

// TEN-19 TEN-01
#[test]
fn the_transition_table() {
    check(Trial, &[Activate], "active");
    check(Trial, &[TrialConverts], "active");
    check(Active, &[Suspend(Manual)], "suspended");
    check(Active, &[Suspend(Overdue), Lift(Overdue)], "active");
    check(Trial, &[Suspend(Manual), ReturnToTrial], "trial");
    check(Trial, &[Suspend(Manual), Restore], "trial");
    check(Trial, &[Suspend(Manual), Activate], "active");
    check(Active, &[Suspend(Manual), Suspend(Fraud), Restore], "active");
    check(Active, &[Suspend(Manual), Activate], "active");
    check(Active, &[Cancel], "cancelled");
    check(Active, &[Cancel, Reactivate], "suspended");
    check(Active, &[Cancel, Reactivate, Activate], "active");
    check(Suspended, &[Activate], "active");
    check(Active, &[ReturnToTrial], "a tenant that is active cannot return to trial");
    let was_active = [Suspend(Manual), ReturnToTrial];
    check(Active, &was_active, "a tenant that is suspended cannot return to trial");
    check(Cancelled, &[Activate], "a tenant that is cancelled cannot be activated");
    check(Cancelled, &[ReturnToTrial], "a tenant that is cancelled cannot return to trial");
    check(Cancelled, &[Suspend(Manual)], "a tenant that is cancelled cannot be suspended");
    check(Active, &[Reactivate], "a tenant that is active cannot be reactivated");
    check(Active, &[Activate], "a tenant that is active cannot be activated");
    check(Active, &[TrialConverts], "a tenant that is active cannot convert from trial");
}

// DUN-17 ruling 22
#[test]
fn trials_are_not_suspended_for_overdue_invoices() {
    check(Trial, &[Suspend(Overdue)], "a tenant that is trial cannot be suspended");
    check(Trial, &[Suspend(Fraud)], "suspended");
    let twice = [Suspend(Fraud), Suspend(Overdue)];
    check(Trial, &twice, "a tenant that is suspended cannot be suspended");
}

// DUN-07 DUN-11 DUN-06
#[test]
fn every_reason_needs_its_own_answer() {
    let both = [Suspend(Manual), Suspend(Overdue), Lift(Overdue)];
    check(Active, &both, "suspended");
    check(Active, &[both[0], both[1], both[2], Lift(Manual)], "active");
    let cap = SuspensionReason::Limit(LimitName::MaxMinutes);
    check(Active, &[Suspend(cap), Suspend(Overdue), Activate], "active");
    assert_eq!(cap.to_string(), "limit:max_minutes");
    for (reason, name) in REASONS {
        assert_eq!(SuspensionReason::parse(name), Some(reason));
    }
}

// DUN-18
#[test]
fn a_suspended_partner_stops_service_and_no_status() {
    let life = after(Active, &[Suspend(Partner)]).expect("allowed");
    assert_eq!((life.status(), life.has_service()), (Active, false));
    let held = after(Active, &[Suspend(Manual), Suspend(Partner), Lift(Partner)]);
    assert_eq!(held.expect("allowed").status(), Suspended);
    let activated = after(Active, &[Suspend(Manual), Suspend(Partner), Activate]);
    assert!(!activated.expect("allowed").has_service());
}

// CYC-08 PRO-11
#[test]
fn suspension_does_not_move_the_anchor_and_a_new_life_gets_its_own() {
    let life = after(Trial, &[Activate, Suspend(Manual), Activate]).expect("allowed");
    assert_eq!(life.billed_since, Some(later(1)));
    let again = after(Active, &[Cancel, Reactivate, Activate]).expect("allowed");
    assert_eq!(again.billed_since, Some(later(3)));
    let never = after(Suspended, &[]).expect("created");
    assert_eq!(never.billed_since, None);
    let lifted = after(Suspended, &[Lift(Manual)]).expect("allowed");
    assert_eq!(lifted.billed_since, Some(later(1)));
}

// TEN-05 TEN-13
#[test]
fn a_cancelled_tenant_can_return_for_ninety_days() {
    let life = after(Active, &[Cancel]).expect("allowed");
    assert_eq!(life.purge_at(), Some(later(91)));
    let back = life.apply(Reactivate, later(90)).expect("in time").0;
    assert_eq!(back.status(), Suspended);
    assert!(life.apply(Reactivate, later(91)).is_err());
}

// DUN-13
#[test]
fn others_are_told_of_each_change_once() {
    let life = TenantLife::created(Trial, NOW);
    let told = |life: &TenantLife, event| life.apply(event, NOW).expect("allowed");
    let (active, changes) = told(&life, Activate);
    assert_eq!(changes, [TenantChange::BillingStarted]);
    let (suspended, changes) = told(&active, Suspend(Manual));
    assert_eq!(changes, [TenantChange::Suspended]);
    assert_eq!(told(&suspended, Suspend(Overdue)).1, []);
    assert_eq!(told(&suspended, Activate).1, [TenantChange::Unsuspended]);
    assert_eq!(told(&suspended, Cancel).1, [TenantChange::Cancelled]);
    assert_eq!(told(&active, Suspend(Partner)).1, []);
}

fn any_reason() -> impl Strategy<Value = SuspensionReason> {
    (0..REASONS.len()).prop_map(|index| REASONS[index].0)
}

proptest! {
    #[test]
    fn suspensions_and_their_ends_commute(
        mut steps in prop::collection::vec((any_reason(), any::<bool>()), 0..10),
    ) {
        // Of several events of one reason only the last counts, so each reason occurs once.
        let mut seen = BTreeSet::new();
        steps.retain(|(reason, _)| seen.insert(*reason));
        let events: Vec<TenantEvent> = steps.iter()
            .map(|(reason, on)| if *on { Suspend(*reason) } else { Lift(*reason) })
            .collect();
        let mut backwards = events.clone();
        backwards.reverse();
        prop_assert_eq!(after(Active, &events), after(Active, &backwards));
    }

    #[test]
    fn service_and_status_agree(
        steps in prop::collection::vec((any_reason(), 0u8..8), 0..30),
    ) {
        let mut life = TenantLife::created(Trial, NOW);
        for (reason, which) in steps {
            let event = [
                Activate, ReturnToTrial, TrialConverts, Suspend(reason), Lift(reason), Cancel,
                Reactivate, Restore,
            ][usize::from(which)];
            if let Ok((next, _)) = life.apply(event, NOW) {
                life = next;
            }
            let runs = matches!(life.status(), Trial | Active);
            prop_assert!(runs || !life.has_service());
            prop_assert!(life.status() != Active || life.billed_since.is_some());
        }
    }
}
