//! The tenant's state machine, against the table of ruling 22.

use proptest::prelude::*;

use super::*;
use crate::{
    account::AutoPay,
    cycle::Every,
    ids::{PartnerId, TenantId},
    money::{Currency, Minor, Nanos},
    profile::{BillingCycle, Included, MinuteRates, PricingModel, UsageScope},
    time::{Day, Zone},
};

fn tenant(status: TenantStatus) -> Tenant {
    Tenant {
        partner_id: PartnerId::from_bits(1),
        tenant_id: TenantId::from_bits(2),
        name: "Oak Dental".to_owned(),
        sip_prefix: "OAK1".to_owned(),
        account_code: None,
        billing_email: "books@oak.example".to_owned(),
        address: String::new(),
        zone: Zone::parse("America/Chicago").unwrap(),
        currency: Currency::USD,
        home_npa: None,
        auto_pay: AutoPay::Off,
        status,
        suspension_reasons: SuspensionReasons::new(),
        status_before_suspension: None,
        profile_id: ProfileId::from_bits(3),
        pending_profile: None,
        created_at: at("2026-01-01T00:00:00Z"),
        activated_at: None,
        cancelled_at: None,
        anchor_day: None,
        open_start: None,
        open_end: None,
        next_action_at: None,
        version: 1,
    }
}

fn terms(cycle: BillingCycle, base_fee_timing: BaseFeeTiming) -> ProfileTerms {
    ProfileTerms {
        name: "Flat".to_owned(),
        model: PricingModel::FlatRate,
        cycle,
        every: Every::Month,
        base_fee: Minor::new(9_900),
        base_fee_timing,
        included_extensions: Included::NONE,
        included_dids: Included::NONE,
        included_minutes: Included::NONE,
        extension_rate: Nanos::ZERO,
        did_rate: Nanos::ZERO,
        toll_free_did_rate: Nanos::ZERO,
        minute_rates: MinuteRates::Single(Nanos::ZERO),
        deck: None,
        usage_scope: UsageScope::BothDirections,
        terms_days: None,
        invoice_zero_totals: false,
        trial: None,
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn reasons() -> impl Strategy<Value = SuspensionReason> {
    prop_oneof![
        Just(SuspensionReason::Manual),
        Just(SuspensionReason::Overdue),
        Just(SuspensionReason::Fraud),
        Just(SuspensionReason::Partner),
        Just(SuspensionReason::Limit("spend".to_owned())),
        Just(SuspensionReason::Limit("minutes".to_owned())),
    ]
}

proptest! {
    // DUN-11 only the set of reasons decides, whatever the order of suspending and lifting
    #[test]
    fn a_tenant_is_suspended_while_any_reason_is_left(
        steps in proptest::collection::vec((any::<bool>(), reasons()), 0..30),
    ) {
        let mut tenant = tenant(TenantStatus::Active);
        let mut left = SuspensionReasons::new();
        for (suspends, reason) in steps {
            let changed = if suspends {
                (tenant.suspend(reason.clone()), left.insert(reason))
            } else {
                (tenant.lift(&reason), left.remove(&reason))
            };
            let expected = if changed.1 { Change::Changed } else { Change::Unchanged };
            prop_assert_eq!(changed.0, Ok(expected));
            let status =
                if left.is_empty() { TenantStatus::Active } else { TenantStatus::Suspended };
            prop_assert_eq!(tenant.status, status);
            prop_assert_eq!(&tenant.suspension_reasons, &left);
        }
    }

    #[test]
    fn reasons_are_read_back(reason in reasons()) {
        prop_assert_eq!(SuspensionReason::parse(&reason.to_string()), Some(reason));
    }
}

// TEN-19
#[test]
fn only_the_transitions_of_the_table_are_allowed() {
    use TenantStatus::{Active, Cancelled, Suspended, Trial};
    let flat = terms(BillingCycle::Anniversary, BaseFeeTiming::Arrears);
    let now = at("2026-05-10T15:00:00Z");
    let check = |from: TenantStatus, expected: [Option<TenantStatus>; 4]| {
        let after = |act: &dyn Fn(&mut Tenant) -> bool| {
            let mut tenant = tenant(from);
            if from == Suspended {
                tenant.suspension_reasons.insert(SuspensionReason::Manual);
                tenant.status_before_suspension = Some(Trial);
            }
            act(&mut tenant).then_some(tenant.status)
        };
        let found = [
            after(&|tenant| tenant.activate(&flat, now).is_ok()),
            after(&|tenant| tenant.suspend(SuspensionReason::Fraud).is_ok()),
            after(&|tenant| tenant.lift(&SuspensionReason::Manual).is_ok()),
            after(&|tenant| tenant.cancel(now).is_ok()),
        ];
        assert_eq!(found, expected, "from {from}");
    };
    check(Trial, [Some(Active), Some(Suspended), Some(Trial), Some(Cancelled)]);
    check(Active, [None, Some(Suspended), Some(Active), Some(Cancelled)]);
    check(Suspended, [None, Some(Suspended), Some(Trial), Some(Cancelled)]);
    check(Cancelled, [None, None, None, None]);
}

#[test]
fn a_trial_is_not_suspended_for_overdue_invoices() {
    let mut tenant = tenant(TenantStatus::Trial);
    let refused = Err(TransitionError::TrialOwesNothing);
    assert_eq!(tenant.suspend(SuspensionReason::Overdue), refused);
    tenant.suspend(SuspensionReason::Manual).unwrap();
    assert_eq!(tenant.suspend(SuspensionReason::Overdue), refused);
}

// CYC-01, CYC-07 the first period starts at the activation instant
#[test]
fn activation_lays_the_grid() {
    let now = at("2026-05-10T15:00:00Z");
    let mut flat = tenant(TenantStatus::Trial);
    let first = flat.activate(&terms(BillingCycle::Anniversary, BaseFeeTiming::Arrears), now);
    assert_eq!(first.unwrap().span.start, now);
    assert_eq!(flat.anchor_day, Day::new(2026, 5, 10));
    assert_eq!(flat.open_end, Some(at("2026-06-10T05:00:00Z")));
    assert_eq!(flat.next_action_at, flat.open_end);

    let mut calendar = tenant(TenantStatus::Trial);
    calendar.activate(&terms(BillingCycle::CalendarMonth, BaseFeeTiming::Arrears), now).unwrap();
    assert_eq!(calendar.open_end, Some(at("2026-06-01T05:00:00Z")));
}

// CYC-06 something is due at activation
#[test]
fn an_advance_fee_is_due_at_activation() {
    let now = at("2026-05-10T15:00:00Z");
    let mut tenant = tenant(TenantStatus::Trial);
    tenant.activate(&terms(BillingCycle::Anniversary, BaseFeeTiming::Advance), now).unwrap();
    assert_eq!(tenant.next_action_at, Some(now));
}

// CYC-08
#[test]
fn suspension_does_not_move_the_grid() {
    let now = at("2026-05-10T15:00:00Z");
    let mut tenant = tenant(TenantStatus::Trial);
    tenant.activate(&terms(BillingCycle::Anniversary, BaseFeeTiming::Arrears), now).unwrap();
    let before = tenant.clone();
    tenant.suspend(SuspensionReason::Overdue).unwrap();
    tenant.lift(&SuspensionReason::Overdue).unwrap();
    assert_eq!(tenant, before);
}

// CYC-14 the final invoice is due at once; who was never billed has none
#[test]
fn cancelling_makes_the_final_invoice_due() {
    let (start, now) = (at("2026-05-10T15:00:00Z"), at("2026-05-15T00:00:00Z"));
    let mut billed = tenant(TenantStatus::Trial);
    billed.activate(&terms(BillingCycle::Anniversary, BaseFeeTiming::Arrears), start).unwrap();
    billed.cancel(now).unwrap();
    assert_eq!((billed.next_action_at, billed.cancelled_at), (Some(now), Some(now)));
    let mut trial = tenant(TenantStatus::Trial);
    trial.cancel(now).unwrap();
    assert_eq!(trial.next_action_at, None);
}

// PRO-13 pending, visible, replaceable, cancellable; at once only where no cycle runs
#[test]
fn another_profile_waits_for_the_next_cycle() {
    let (start, now) = (at("2026-05-10T15:00:00Z"), at("2026-05-15T00:00:00Z"));
    let (old, new, other) =
        (ProfileId::from_bits(3), ProfileId::from_bits(4), ProfileId::from_bits(5));
    let mut running = tenant(TenantStatus::Trial);
    running.activate(&terms(BillingCycle::Anniversary, BaseFeeTiming::Arrears), start).unwrap();
    assert_eq!(running.choose_profile(new, now), Ok(Change::Changed));
    assert_eq!((running.profile_id, running.pending_profile), (old, Some((new, now))));
    let later = at("2026-05-16T00:00:00Z");
    assert_eq!(running.choose_profile(new, later), Ok(Change::Unchanged));
    assert_eq!(running.choose_profile(other, later), Ok(Change::Changed));
    assert_eq!(running.pending_profile, Some((other, later)));
    assert_eq!(running.choose_profile(old, later), Ok(Change::Changed));
    assert_eq!(running.pending_profile, None);

    let mut trial = tenant(TenantStatus::Trial);
    trial.choose_profile(new, now).unwrap();
    assert_eq!((trial.profile_id, trial.pending_profile), (new, None));
}
