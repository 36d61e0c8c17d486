//! Dates, orders and who is told, without a database.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{
    account::AutoPay,
    ids::InvoiceId,
    tenant::{SuspensionReason, TenantEvent, TenantLife, TenantStatus},
    time::{Day, Timestamp, Zone},
};

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn zone(name: &str) -> Zone {
    Zone::parse(name).expect("a zone")
}

fn owed(number: u128, issued: &str, due: &str) -> OpenInvoice {
    OpenInvoice {
        invoice_id: InvoiceId::from_bits(number),
        issue_day: day(issued),
        due_day: day(due),
        zone: zone("America/Chicago"),
        payment: PaymentState::Idle,
    }
}

fn pending(invoice: &OpenInvoice) -> OpenInvoice {
    OpenInvoice { payment: PaymentState::Pending, ..invoice.clone() }
}

/// A tenant with one policy and what may change about it.
#[derive(Debug, Clone)]
struct Tenant {
    policy: DunningPolicy,
    invoices: Vec<OpenInvoice>,
    promise: Option<Promise>,
    reactivated_on: Option<Day>,
    life: TenantLife,
    done: Vec<DoneStep>,
}

impl Tenant {
    fn owing(invoices: &[OpenInvoice]) -> Self {
        Self {
            policy: DunningPolicy::default(),
            invoices: invoices.to_vec(),
            promise: None,
            reactivated_on: None,
            life: TenantLife::created(TenantStatus::Active, Timestamp::from_seconds(0)),
            done: Vec::new(),
        }
    }

    fn case(&self) -> Case<'_> {
        Case {
            policy: &self.policy,
            invoices: &self.invoices,
            promise: self.promise,
            reactivated_on: self.reactivated_on,
            auto_pay: AutoPay::On,
            life: &self.life,
            done: &self.done,
        }
    }

    /// `flag 2026-06-23, suspend 2026-06-30`.
    fn dates(&self) -> String {
        let steps = self.case().steps();
        let texts: Vec<String> =
            steps.iter().map(|step| format!("{} {}", step.kind.text(), step.day)).collect();
        texts.join(", ")
    }

    /// Lives through the days from `from` on, and says what happened on which.
    fn live(&mut self, from: &str, days: i64) -> Vec<String> {
        let mut said = Vec::new();
        let mut looked_at = None;
        for number in 0..days {
            let today = day(from).plus_days(number);
            let now = zone("America/Chicago").start_of(today).plus_seconds(60);
            let plan = self.case().plan(now, looked_at);
            looked_at = Some(now);
            if plan.restores {
                self.apply(TenantEvent::Lift(SuspensionReason::Overdue), now);
                said.push(format!("{today} restore"));
            }
            for step in plan.act {
                said.push(format!("{today} {}", step.kind.text()));
                if step.kind == StepKind::Suspend {
                    self.apply(TenantEvent::Suspend(SuspensionReason::Overdue), now);
                }
                let Step { kind, invoice_id, told, .. } = step;
                self.done.push(DoneStep { kind, invoice_id, at: now, told });
            }
        }
        said
    }

    fn apply(&mut self, event: TenantEvent, at: Timestamp) {
        self.life = self.life.apply(event, at).expect("allowed").0;
    }
}

fn june() -> OpenInvoice {
    owed(1, "2026-06-01", "2026-06-16")
}

// DUN-01
#[test]
fn the_flag_is_at_seven_days_and_the_suspension_at_fourteen() {
    let mut tenant = Tenant::owing(&[june()]);
    assert_eq!(tenant.dates(), "flag 2026-06-23, suspend 2026-06-30");
    let lived = tenant.live("2026-06-01", 90);
    assert_eq!(lived, ["2026-06-23 flag", "2026-06-30 suspend"]);
    assert_eq!(tenant.case().steps(), []);
}

// DUN-02 PRO-17
#[test]
fn a_profiles_choice_wins_over_the_partners() {
    let base = DunningPolicy::default();
    let choice = |mode, days| PolicyChoices {
        suspension: mode,
        suspend_after_days: days,
        ..PolicyChoices::default()
    };
    let never = choice(Some(SuspensionMode::Manual), None);
    let thirty = choice(None, Some(30));
    let after = |partner: &PolicyChoices, profile: &PolicyChoices| {
        base.clone().with(partner).with(profile).suspends_after()
    };
    let none = PolicyChoices::default();
    assert_eq!(after(&none, &none), Some(14));
    assert_eq!(after(&none, &thirty), Some(30));
    assert_eq!(after(&thirty, &none), Some(30));
    assert_eq!(after(&thirty, &never), None);
    assert_eq!(after(&never, &thirty), Some(30));
    assert_eq!(after(&never, &none), None);
}

// DUN-03 PRO-17
#[test]
fn manual_mode_flags_and_never_suspends() {
    let mut tenant = Tenant::owing(&[june()]);
    tenant.policy.suspension = SuspensionMode::Manual;
    assert_eq!(tenant.live("2026-06-01", 76), ["2026-06-23 flag"]);
    assert_eq!(tenant.life.status(), TenantStatus::Active);
}

// DUN-04
#[test]
fn the_oldest_unpaid_invoice_decides_and_zero_is_the_due_day() {
    let july = owed(2, "2026-07-01", "2026-07-16");
    let mut tenant = Tenant::owing(&[july.clone(), june()]);
    assert_eq!(tenant.dates(), "flag 2026-06-23, suspend 2026-06-30");
    tenant.invoices = vec![july];
    assert_eq!(tenant.dates(), "flag 2026-07-23, suspend 2026-07-30");
    tenant.policy.suspend_after_days = 0;
    assert_eq!(tenant.dates(), "flag 2026-07-16, suspend 2026-07-16");
    assert!(tenant.policy.begins_on_due_day());
}

// DUN-06 DUN-08
#[test]
fn only_paying_everything_overdue_restores() {
    let second = owed(2, "2026-06-10", "2026-06-25");
    let mut tenant = Tenant::owing(&[june(), second.clone()]);
    tenant.live("2026-06-16", 20);
    assert_eq!(tenant.life.status(), TenantStatus::Suspended);
    tenant.invoices = vec![second];
    assert_eq!(tenant.live("2026-07-06", 1), ["2026-07-06 flag"]);
    // What is not due yet keeps nobody out.
    tenant.invoices = vec![owed(3, "2026-07-01", "2026-07-16")];
    assert_eq!(tenant.live("2026-07-07", 3), ["2026-07-07 restore"]);
    assert_eq!(tenant.life.status(), TenantStatus::Active);
}

// DUN-07
#[test]
fn other_reasons_outlive_a_payment() {
    let mut tenant = Tenant::owing(&[june()]);
    tenant.live("2026-06-16", 20);
    let now = Timestamp::from_seconds(0);
    tenant.apply(TenantEvent::Suspend(SuspensionReason::Manual), now);
    tenant.invoices.clear();
    assert_eq!(tenant.live("2026-07-06", 1), ["2026-07-06 restore"]);
    assert_eq!(tenant.life.status(), TenantStatus::Suspended);
}

// DUN-10
#[test]
fn a_reactivated_tenant_has_seven_days() {
    let mut tenant = Tenant::owing(&[june()]);
    tenant.live("2026-06-16", 20);
    tenant.apply(TenantEvent::Restore, Timestamp::from_seconds(0));
    tenant.reactivated_on = Some(day("2026-07-06"));
    assert_eq!(tenant.live("2026-07-06", 30), ["2026-07-13 suspend"]);
}

// DUN-12
#[test]
fn the_partner_is_told_and_the_tenant_only_by_option() {
    let mut tenant = Tenant::owing(&[june()]);
    let told = |tenant: &Tenant| -> Vec<Vec<Recipient>> {
        tenant.case().steps().into_iter().map(|step| step.told).collect()
    };
    use Recipient::{Partner, Tenant as Customer};
    assert_eq!(told(&tenant), [vec![Partner], vec![Partner]]);
    tenant.policy.tell_tenant_of_suspension = true;
    assert_eq!(told(&tenant), [vec![Partner], vec![Partner, Customer]]);
    tenant.policy.remind_tenant = true;
    tenant.policy.reminder_days = BTreeSet::from([3]);
    assert_eq!(told(&tenant), [vec![Customer], vec![Partner], vec![Partner, Customer]]);
}

// DUN-17
#[test]
fn trials_and_cancelled_tenants_are_never_touched() {
    let now = Timestamp::from_seconds(0);
    for status in [TenantStatus::Trial, TenantStatus::Cancelled] {
        let mut tenant = Tenant::owing(&[june()]);
        tenant.life = TenantLife::created(status, now);
        tenant.policy.remind_tenant = true;
        assert_eq!(tenant.live("2026-06-01", 90), Vec::<String>::new());
        let noon = zone("America/Chicago").start_of(day("2026-07-20"));
        assert_eq!(tenant.case().plan(noon, None).next, None, "{status:?}");
        assert_eq!(tenant.life.status(), status);
    }
}

// PAY-18
#[test]
fn a_pending_payment_stops_everything_until_it_fails() {
    let mut tenant = Tenant::owing(&[pending(&june())]);
    assert_eq!(tenant.live("2026-06-16", 20), Vec::<String>::new());
    tenant.invoices = vec![june()];
    assert_eq!(tenant.live("2026-07-06", 1), ["2026-07-06 flag", "2026-07-06 suspend"]);
    // One that is being paid does not restore before it is paid.
    tenant.invoices = vec![pending(&june())];
    assert_eq!(tenant.live("2026-07-07", 3), Vec::<String>::new());
    assert_eq!(tenant.life.status(), TenantStatus::Suspended);
}

// PAY-08
#[test]
fn failed_automatic_payments_are_tried_again_on_days_three_and_seven() {
    let tenant = Tenant::owing(&[june()]);
    let retries = |now: &str| -> Vec<String> {
        let steps = tenant.case().retries(Timestamp::parse(now).expect("an instant"));
        steps.iter().map(|step| format!("{} {}", step.kind.text(), step.day)).collect()
    };
    let all = ["payment_retry:3 2026-06-04", "payment_retry:7 2026-06-08"];
    assert_eq!(retries("2026-06-01T12:00:00Z"), all);
    assert_eq!(retries("2026-06-05T12:00:00Z"), all[1..]);
    assert_eq!(retries("2026-06-09T12:00:00Z"), Vec::<String>::new());
    let by_hand = Case { auto_pay: AutoPay::Off, ..tenant.case() };
    assert_eq!(by_hand.retries(Timestamp::from_seconds(0)), []);
}

#[test]
fn after_a_long_pause_only_the_last_reminder_is_sent() {
    let mut tenant = Tenant::owing(&[june()]);
    tenant.policy.remind_tenant = true;
    let now = Timestamp::parse("2026-06-25T12:00:00Z").expect("an instant");
    let kinds = |steps: &[Step]| steps.iter().map(|step| step.kind.text()).collect::<Vec<_>>();
    let plan = tenant.case().plan(now, None);
    assert_eq!(kinds(&plan.act), ["reminder:5", "flag"]);
    assert_eq!(kinds(&plan.missed), ["reminder:1"]);
    // Switched on later, it does not look back.
    let plan = tenant.case().plan(now, Some(now.plus_seconds(-60)));
    assert_eq!(kinds(&plan.act), ["flag"]);
    assert_eq!(kinds(&plan.missed), ["reminder:1", "reminder:5"]);
}

// BEY-14
#[test]
fn a_promise_moves_what_is_to_come_and_clearing_restores_it() {
    let mut tenant = Tenant::owing(&[june()]);
    tenant.live("2026-06-16", 9);
    let before = tenant.dates();
    assert_eq!(before, "suspend 2026-06-30");
    let made = Promise::made(day("2026-06-25"), day("2026-07-05"), None);
    tenant.promise = Some(made.expect("allowed"));
    assert_eq!(tenant.dates(), "suspend 2026-07-10");
    // Put off once more: the count has stood since the first day.
    let again = Promise::made(day("2026-07-03"), day("2026-07-15"), tenant.promise);
    tenant.promise = Some(again.expect("allowed"));
    assert_eq!(tenant.dates(), "suspend 2026-07-20");
    tenant.promise = None;
    assert_eq!(tenant.dates(), before);
    // What is issued after it was not promised.
    tenant.promise = Some(Promise { since: day("2026-05-20"), until: day("2026-06-25") });
    assert_eq!(tenant.dates(), before);
    let now = Timestamp::parse("2026-06-25T12:00:00Z").expect("an instant");
    assert!(tenant.case().plan(now, None).promise_is_over);
}

// BEY-14
#[test]
fn only_days_to_come_can_be_promised() {
    let today = day("2026-06-25");
    let refused = |text| Promise::made(today, day(text), None).map_err(|it| it.to_string());
    let wrong = "2026-06-25 is not one of the 90 days after 2026-06-25";
    assert_eq!(refused("2026-06-25"), Err(wrong.to_owned()));
    assert!(refused("2026-06-24").is_err() && refused("2026-09-24").is_err());
    assert!(refused("2026-06-26").is_ok() && refused("2026-09-23").is_ok());
}

#[test]
fn wrong_policies_are_refused_by_field() {
    let fields = |policy: DunningPolicy| -> Vec<&str> {
        policy.faults().iter().map(|fault| fault.field).collect()
    };
    let good = DunningPolicy::default();
    assert_eq!(fields(good.clone()), Vec::<&str>::new());
    assert_eq!(
        fields(DunningPolicy { flag_after_days: 15, ..good.clone() }),
        ["suspend_after_days"]
    );
    let many: BTreeSet<u16> = (0..11).collect();
    let lists = DunningPolicy { reminder_days: many.clone(), retry_days: many, ..good.clone() };
    assert_eq!(fields(lists), ["reminder_days", "retry_days", "retry_days"]);
    let late = DunningPolicy { grace_days: 366, suspend_after_days: 366, ..good };
    assert_eq!(fields(late), ["suspend_after_days", "grace_days"]);
}

#[test]
fn stored_names_are_stable() {
    for text in ["flag", "suspend", "reminder:5", "payment_retry:3"] {
        assert_eq!(StepKind::parse(text).map(StepKind::text).as_deref(), Some(text));
    }
    assert_eq!(StepKind::parse("reminder"), None);
    assert_eq!(StepKind::parse("reminder:x"), None);
    for name in ["partner", "tenant"] {
        assert_eq!(Recipient::parse(name).map(Recipient::as_str), Some(name));
    }
}

/// Zones whose midnights move, some of which skip one.
const ZONES: [&str; 5] =
    ["America/Chicago", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo", "UTC"];

fn any_policy() -> impl Strategy<Value = DunningPolicy> {
    let days = || prop::collection::btree_set(0u16..60, 0..6);
    let modes = prop_oneof![Just(SuspensionMode::Automatic), Just(SuspensionMode::Manual)];
    (0u16..60, modes, 0u16..60, days(), any::<(bool, bool)>(), 0u16..20).prop_map(
        |(flag, suspension, suspend, reminders, (remind, tell), grace)| DunningPolicy {
            flag_after_days: flag,
            suspension,
            suspend_after_days: suspend,
            reminder_days: reminders,
            retry_days: BTreeSet::from([3, 7]),
            remind_tenant: remind,
            tell_tenant_of_suspension: tell,
            grace_days: grace,
        },
    )
}

fn any_invoices() -> impl Strategy<Value = Vec<OpenInvoice>> {
    let one = (0i64..400, 0i64..40, 0..ZONES.len());
    prop::collection::vec(one, 1..5).prop_map(|all| {
        let start = day("2026-01-01");
        let numbered = all.into_iter().enumerate();
        numbered
            .map(|(number, (issued, terms, place))| OpenInvoice {
                invoice_id: InvoiceId::from_bits(number as u128),
                issue_day: start.plus_days(issued),
                due_day: start.plus_days(issued + terms),
                zone: zone(ZONES[place]),
                payment: PaymentState::Idle,
            })
            .collect()
    })
}

fn any_tenant() -> impl Strategy<Value = Tenant> {
    (any_policy(), any_invoices())
        .prop_map(|(policy, invoices)| Tenant { policy, ..Tenant::owing(&invoices) })
}

proptest! {
    // DUN-04
    #[test]
    fn steps_come_in_one_order_and_none_before_the_due_day(tenant in any_tenant()) {
        let steps = tenant.case().steps();
        let oldest = tenant.invoices.iter().map(|it| it.due_day).min().expect("one");
        for step in &steps {
            prop_assert!(step.day >= oldest);
            let invoice = tenant.invoices.iter().find(|it| it.invoice_id == step.invoice_id);
            prop_assert_eq!(invoice.expect("its own").due_day, oldest);
        }
        prop_assert!(steps.is_sorted_by_key(|step| (step.at, step.kind)));
        prop_assert!(steps.is_sorted_by_key(|step| (step.day, step.kind)));
        let place = |kind| steps.iter().position(|step| step.kind == kind);
        if let Some(suspend) = place(StepKind::Suspend) {
            prop_assert!(place(StepKind::Flag).expect("flagged") < suspend);
        }
    }

    // BEY-14
    #[test]
    fn a_promise_moves_every_later_step_and_clearing_restores(
        tenant in any_tenant(), made in 0i64..500, days in 1i64..=90,
    ) {
        let today = day("2026-01-01").plus_days(made);
        let before = tenant.case().steps();
        let promise = Promise::made(today, today.plus_days(days), None).expect("allowed");
        let mut promised = tenant.clone();
        promised.promise = Some(promise);
        let concerned = tenant.case().deciding().expect("one").issue_day <= today;
        let after = promised.case().steps();
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            if !concerned {
                prop_assert_eq!(before, after);
            } else if before.day > today {
                prop_assert_eq!(after.day, before.day.plus_days(days));
            }
            if concerned {
                prop_assert!(after.day > promise.until);
            }
        }
        prop_assert!(after.is_sorted_by_key(|step| step.day));
        promised.promise = None;
        prop_assert_eq!(promised.case().steps(), before);
    }

    // DUN-01 DUN-10
    #[test]
    fn whatever_is_due_is_done_once_and_the_next_instant_is_later(
        tenant in any_tenant(), at in 0i64..600, looked in prop::option::of(0i64..600),
    ) {
        let instant = |days: i64| Timestamp::from_seconds(1_767_250_000 + days * 86_400);
        let (now, looked_at) = (instant(at), looked.map(instant));
        let mut tenant = tenant;
        let plan = tenant.case().plan(now, looked_at);
        prop_assert!(plan.next.is_none_or(|next| next > now));
        let reminders = plan.act.iter().filter(|it| matches!(it.kind, StepKind::Reminder(_)));
        prop_assert!(reminders.count() <= 1);
        for step in plan.act.iter().chain(&plan.missed) {
            prop_assert!(step.at <= now);
            if step.kind == StepKind::Suspend {
                tenant.apply(TenantEvent::Suspend(SuspensionReason::Overdue), now);
            }
            let (kind, invoice_id) = (step.kind, step.invoice_id);
            tenant.done.push(DoneStep { kind, invoice_id, at: now, told: Vec::new() });
        }
        let again = tenant.case().plan(now, Some(now));
        prop_assert_eq!((again.act, again.missed, again.next), (vec![], vec![], plan.next));
    }

    // DUN-01
    #[test]
    fn days_are_local_midnights_whatever_the_clocks_do(tenant in any_tenant()) {
        for step in tenant.case().steps() {
            let place = &tenant.case().deciding().expect("one").zone;
            prop_assert_eq!(place.day_of(step.at), step.day);
            let just_before = Timestamp::from_micros(step.at.micros() - 1);
            prop_assert_eq!(place.day_of(just_before), step.day.plus_days(-1));
        }
    }
}
