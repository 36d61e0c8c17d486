//! What events do to a tenant's periods and profile.

use std::collections::BTreeSet;

use super::*;
use crate::{
    account::AutoPay,
    ids::{PartnerId, TenantId},
    money::Currency,
    profile::{TrialTerms, automatic_profiles},
    tenant::{SuspensionReason, TenantLife},
    time::{Day, Zone},
};

const PAYG: ProfileId = ProfileId::from_bits(1);
const FLAT: ProfileId = ProfileId::from_bits(2);
const ADVANCE: ProfileId = ProfileId::from_bits(3);
const TRIAL: ProfileId = ProfileId::from_bits(4);

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn versions() -> ProfileVersions {
    let [payg, flat] = automatic_profiles(Currency::USD);
    let advance = ProfileTerms { base_fee_timing: BaseFeeTiming::Advance, ..flat.clone() };
    let trial =
        ProfileTerms { trial: Some(TrialTerms { days: 30, convert_to: FLAT }), ..payg.clone() };
    let all = [(PAYG, payg), (FLAT, flat), (ADVANCE, advance), (TRIAL, trial)];
    let dated = |terms| vec![DatedVersion { version: 1, created_at: Timestamp::default(), terms }];
    ProfileVersions(all.into_iter().map(|(id, terms)| (id, dated(terms))).collect())
}

fn tenant(profile_id: ProfileId) -> Tenant {
    let created_at = at("2026-05-01T00:00:00Z");
    Tenant {
        partner_id: PartnerId::from_bits(1),
        tenant_id: TenantId::from_bits(2),
        name: "Oak Dental".to_owned(),
        sip_prefix: "OAK1".to_owned(),
        account_code: None,
        billing_email: "books@oak.example".to_owned(),
        address: String::new(),
        default_cnam: String::new(),
        zone: Zone::parse("America/Chicago").unwrap(),
        currency: Currency::USD,
        home_npa: None,
        auto_pay: AutoPay::Off,
        life: TenantLife::created(TenantStatus::Trial, created_at),
        profile_id,
        pending_profile: None,
        created_at,
        anchor_day: None,
        open_start: None,
        open_end: None,
        next_action_at: None,
        flagged_at: None,
        version: 1,
    }
}

fn active(profile_id: ProfileId) -> Tenant {
    let mut tenant = tenant(profile_id);
    tenant.apply(TenantEvent::Activate, at("2026-05-10T15:00:00Z"), &versions()).unwrap();
    tenant
}

// CYC-01, CYC-02 the first period starts at the activation instant and ends on the grid
#[test]
fn activation_lays_the_grid() {
    let flat = active(FLAT);
    assert_eq!(flat.open_start, Some(at("2026-05-10T15:00:00Z")));
    assert_eq!(flat.anchor_day, Day::new(2026, 5, 10));
    assert_eq!(flat.open_end, Some(at("2026-06-10T05:00:00Z")));
    assert_eq!(flat.next_action_at, flat.open_end);
    assert_eq!(active(PAYG).open_end, Some(at("2026-06-01T05:00:00Z")));
}

// CYC-06
#[test]
fn an_advance_fee_is_due_at_activation() {
    let tenant = active(ADVANCE);
    assert_eq!(tenant.next_action_at, tenant.open_start);
}

// PRO-11
#[test]
fn a_trial_profile_ends_and_converts() {
    let mut tenant = tenant(TRIAL);
    tenant.expect_trial_end(versions().of(TRIAL).first().map(|dated| &dated.terms).unwrap());
    assert_eq!(tenant.next_action_at, Some(at("2026-05-31T00:00:00Z")));
    let now = at("2026-05-31T00:00:00Z");
    let transition = tenant.apply(TenantEvent::TrialConverts, now, &versions()).unwrap();
    assert_eq!(transition.first_term.map(|term| term.profile_id), Some(FLAT));
    assert_eq!((tenant.profile_id, tenant.life.status()), (FLAT, TenantStatus::Active));
}

// CYC-08
#[test]
fn suspension_moves_no_period() {
    let mut tenant = active(FLAT);
    let before = tenant.clone();
    for event in
        [SuspensionReason::Overdue].map(|why| [TenantEvent::Suspend(why), TenantEvent::Lift(why)])
    {
        for event in event {
            tenant.apply(event, at("2026-05-20T00:00:00Z"), &versions()).unwrap();
        }
    }
    assert_eq!(tenant, before);
    assert_eq!(tenant.life.reasons, BTreeSet::new());
}

// CYC-14 who was billed gets a final invoice at once; who was not gets none
#[test]
fn cancelling_makes_the_final_invoice_due() {
    let now = at("2026-05-15T00:00:00Z");
    let mut billed = active(FLAT);
    billed.choose_profile((PAYG, &versions().0[&PAYG][0].terms), now).unwrap();
    billed.apply(TenantEvent::Cancel, now, &versions()).unwrap();
    assert_eq!((billed.next_action_at, billed.pending_profile), (Some(now), None));
    let mut never = tenant(FLAT);
    never.apply(TenantEvent::Cancel, now, &versions()).unwrap();
    assert_eq!(never.next_action_at, None);
    assert!(never.choose_profile((PAYG, &versions().0[&PAYG][0].terms), now).is_err());
    assert!(never.may_grow().is_err());
}

// PRO-13 pending, visible, replaceable, cancellable; at once only where no cycle runs
#[test]
fn another_profile_waits_for_the_next_cycle() {
    let (now, later) = (at("2026-05-15T00:00:00Z"), at("2026-05-16T00:00:00Z"));
    let versions = versions();
    let choice = |id: ProfileId| (id, &versions.0[&id][0].terms);
    let mut running = active(FLAT);
    assert_eq!(running.choose_profile(choice(PAYG), now), Ok(Chosen::Anew));
    assert_eq!((running.profile_id, running.pending_profile), (FLAT, Some((PAYG, now))));
    assert_eq!(running.choose_profile(choice(PAYG), later), Ok(Chosen::AsBefore));
    assert_eq!(running.choose_profile(choice(ADVANCE), later), Ok(Chosen::Anew));
    assert_eq!(running.pending_profile, Some((ADVANCE, later)));
    assert_eq!(running.choose_profile(choice(FLAT), later), Ok(Chosen::Anew));
    assert_eq!(running.pending_profile, None);

    let mut trial = tenant(FLAT);
    trial.choose_profile(choice(TRIAL), now).unwrap();
    assert_eq!((trial.profile_id, trial.pending_profile), (TRIAL, None));
    assert_eq!(trial.next_action_at, Some(at("2026-05-31T00:00:00Z")));
}

#[test]
fn an_unknown_profile_changes_nothing() {
    let mut tenant = tenant(ProfileId::from_bits(99));
    let before = tenant.clone();
    let refused = tenant.apply(TenantEvent::Activate, at("2026-05-10T15:00:00Z"), &versions());
    assert!(matches!(refused, Err(TenancyError::UnknownProfile(_))));
    assert_eq!(tenant, before);
}
