//! Tenants, their numbers and extensions through their use cases.

use app::{
    error::AppError,
    setup::{NewTenant, StartingStatus, TenantEdit},
};
use domain::{
    account::Tenant,
    ids::PartnerId,
    peak::{Presence, peak},
    phone::CallClass,
    profile::{BaseFeeTiming, ProfileEdit, ProfileTerms, TrialTerms, automatic_profiles},
    tenant::{SuspensionReason, TenantEvent, TenantStatus},
};
use rstest::rstest;
use store::numbers::NumberCounts;

use crate::harness::{
    Engine, World,
    builders::{START, at, id, refused_fields, span},
};

// TEN-06 each rule is refused when broken; a prefix is taken for the whole platform
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_rule_of_a_new_tenant_is_checked(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let other = world.partner("elm-voice").await;
    world.tenant(&other, "TAKEN").await;
    let mut wrong = NewTenant::named("", "A-1", "nobody");
    wrong.account_code = Some("a b".to_owned());
    wrong.zone = Some("Nowhere".to_owned());
    wrong.home_npa = Some("911".to_owned());
    let refused = refused_fields(world.app.create_tenant(partner.partner_id, &wrong).await);
    let expected = ["name", "sip_prefix", "account_code", "billing_email", "home_npa", "zone"];
    assert_eq!(refused, expected);
    for (prefix, code) in [("TAKEN", None), ("FREE", Some("TAKEN"))] {
        let mut taken = NewTenant::named("Oak", prefix, "books@oak.example");
        taken.account_code = code.map(str::to_owned);
        let refused = world.app.create_tenant(partner.partner_id, &taken).await;
        assert_eq!(refused_fields(refused), ["sip_prefix"]);
    }
    let orphan = NewTenant::named("Oak", "FREE", "books@oak.example");
    let refused = world.app.create_tenant(id(9), &orphan).await;
    assert!(matches!(refused, Err(AppError::NotFound { .. })), "{refused:?}");
}

// TEN-07 TEN-18 a record exists, nothing is booked, and one event tells of it
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_tenant_is_recorded_and_not_charged(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let version = world.directory_version().await;
    let tenant = world.tenant(&partner, "TEN1").await;
    assert_eq!(world.directory_version().await, version + 1);
    let created = |kind: &&String| kind.as_str() == "tenant.created";
    assert_eq!(world.event_kinds(&partner).await.iter().filter(created).count(), 1);
    let mut tx = world.begin().await;
    let found = store::tenants::find(&mut tx, partner.partner_id, tenant.tenant_id).await;
    assert_eq!(found.unwrap(), Some(tenant));
    assert_eq!(store::ledger::page(&mut tx, partner.partner_id, 0, 9).await.unwrap(), []);
}

async fn period_of(world: &World, partner_id: PartnerId, tenant: &Tenant) -> Vec<(String, String)> {
    let mut tx = world.begin().await;
    let tenants = [tenant.tenant_id];
    let terms = store::directory::terms(&mut tx, partner_id, Some(&tenants)).await.unwrap();
    terms.iter().map(|(_, term)| (term.span.start.to_string(), term.span.end.to_string())).collect()
}

// TEN-03 CYC-01 CYC-07 the first cycle starts at the activation instant
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn activation_opens_the_first_period(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let partner_id = partner.partner_id;
    let mut new = NewTenant::named("Oak Dental", "OAK1", "books@oak.example");
    new.status = StartingStatus::Trial;
    new.zone = Some("America/Chicago".to_owned());
    new.profile_id = Some(world.profile(&partner, "Flat Rate Starter").await);
    let trial = world.app.create_tenant(partner_id, &new).await.unwrap();
    assert_eq!((trial.life.status(), trial.next_action_at), (TenantStatus::Trial, None));
    assert_eq!(period_of(&world, partner_id, &trial).await, []);

    world.advance("2026-05-10T15:00:00Z");
    let activate = TenantEvent::Activate;
    let active = world.app.change_tenant(partner_id, trial.tenant_id, activate).await.unwrap();
    assert_eq!(active.life.billed_since, Some(at("2026-05-10T15:00:00Z")));
    assert_eq!(active.next_action_at, Some(at("2026-06-10T05:00:00Z")));
    let period = ("2026-05-10T15:00:00Z".to_owned(), "2026-06-10T05:00:00Z".to_owned());
    assert_eq!(period_of(&world, partner_id, &active).await, [period]);
    let again = world.app.change_tenant(partner_id, trial.tenant_id, activate).await;
    assert!(matches!(again, Err(AppError::Refused(_))), "{again:?}");

    let payg = world.tenant(&partner, "PAYG1").await;
    let period = ("2026-05-10T15:00:00Z".to_owned(), "2026-06-01T00:00:00Z".to_owned());
    assert_eq!(period_of(&world, partner_id, &payg).await, [period]);
}

// CYC-06 with an advance fee something is due at activation
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_advance_fee_is_due_at_once(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let edit =
        ProfileEdit { base_fee_timing: Some(BaseFeeTiming::Advance), ..ProfileEdit::default() };
    let flat = world.profile(&partner, "Flat Rate Starter").await;
    world.app.edit_profile(partner.partner_id, (flat, 1), &edit).await.unwrap();
    let mut new = NewTenant::named("Oak", "OAK1", "books@oak.example");
    new.profile_id = Some(flat);
    let tenant = world.app.create_tenant(partner.partner_id, &new).await.unwrap();
    assert_eq!(tenant.next_action_at, Some(at(START)));
}

// PRO-11 the end of the trial is due; activating by hand converts too
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_trial_profile_converts_on_activation(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let flat = world.profile(&partner, "Flat Rate Starter").await;
    let [free, _] = automatic_profiles(partner.currency);
    let trial = ProfileTerms { trial: Some(TrialTerms { days: 30, convert_to: flat }), ..free };
    let trial = world.app.create_profile(partner.partner_id, &trial).await.unwrap();
    let mut new = NewTenant::named("Oak", "OAK1", "books@oak.example");
    new.status = StartingStatus::Trial;
    new.profile_id = Some(trial.version.profile_id);
    let tenant = world.app.create_tenant(partner.partner_id, &new).await.unwrap();
    assert_eq!(tenant.next_action_at, Some(at("2026-05-31T00:00:00Z")));
    world.advance("2026-05-31T00:00:00Z");
    let converts = TenantEvent::TrialConverts;
    let tenant = world.app.change_tenant(partner.partner_id, tenant.tenant_id, converts).await;
    let tenant = tenant.unwrap();
    assert_eq!((tenant.profile_id, tenant.life.status()), (flat, TenantStatus::Active));
    assert_eq!(tenant.open_start, Some(at("2026-05-31T00:00:00Z")));
    let back = world
        .app
        .choose_profile(partner.partner_id, tenant.tenant_id, trial.version.profile_id)
        .await;
    assert_eq!(refused_fields(back), ["profile_id"]);
}

// PRO-13 TEN-20 in one save the name changes now and the profile is pending, and cancellable
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_edit_acts_now_but_the_profile_waits(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let partner_id = partner.partner_id;
    let flat = world.profile(&partner, "Flat Rate Starter").await;
    let tenant = world.tenant(&partner, "TEN1").await;
    let edit = TenantEdit {
        name: Some("Renamed".to_owned()),
        account_code: Some(Some("4711".to_owned())),
        profile_id: Some(flat),
        ..TenantEdit::default()
    };
    let edited = world.app.edit_tenant(partner_id, (tenant.tenant_id, 1), &edit).await.unwrap();
    assert_eq!((edited.name.as_str(), edited.version), ("Renamed", 2));
    assert_eq!(edited.profile_id, partner.default_profile);
    assert_eq!(edited.pending_profile, Some((flat, at(START))));
    let stale = world.app.edit_tenant(partner_id, (tenant.tenant_id, 1), &edit).await;
    assert!(matches!(stale, Err(AppError::Stale(_))), "{stale:?}");
    let blank = TenantEdit {
        name: Some(" ".to_owned()),
        billing_email: Some("x".to_owned()),
        ..TenantEdit::default()
    };
    let refused = world.app.edit_tenant(partner_id, (tenant.tenant_id, 2), &blank).await;
    assert_eq!(refused_fields(refused), ["name", "billing_email"]);

    let cancelled = world.app.cancel_pending_profile(partner_id, tenant.tenant_id).await.unwrap();
    assert_eq!((cancelled.pending_profile, cancelled.version), (None, 3));
    let nothing = world.app.cancel_pending_profile(partner_id, tenant.tenant_id).await.unwrap();
    assert_eq!(nothing.version, 3);
    let mut tx = world.begin().await;
    let found = store::tenants::find(&mut tx, partner_id, tenant.tenant_id).await.unwrap();
    assert_eq!(found, Some(nothing));
}

// DUN-11 TEN-18 suspended while any reason is left; saved and told once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_tenant_is_suspended_while_a_reason_is_left(#[case] engine: Engine) {
    use TenantEvent::{Lift, Suspend};
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tenant = world.tenant(&partner, "TEN1").await;
    let (overdue, manual) = (SuspensionReason::Overdue, SuspensionReason::Manual);
    for (event, status, version) in [
        (Suspend(overdue), TenantStatus::Suspended, 2),
        (Suspend(overdue), TenantStatus::Suspended, 2),
        (Suspend(manual), TenantStatus::Suspended, 3),
        (Lift(overdue), TenantStatus::Suspended, 4),
        (Lift(manual), TenantStatus::Active, 5),
    ] {
        let changed = world.app.change_tenant(partner.partner_id, tenant.tenant_id, event).await;
        let changed = changed.unwrap();
        assert_eq!((changed.life.status(), changed.version), (status, version), "{event:?}");
        assert_eq!(changed.open_end, tenant.open_end);
    }
    let kinds = world.event_kinds(&partner).await;
    for kind in ["tenant.suspended", "tenant.unsuspended"] {
        assert_eq!(kinds.iter().filter(|it| *it == kind).count(), 1, "{kind}");
    }
}

// TEN-12 CYC-14 numbers and extensions go, the final invoice is due at once; TEN-05 read only
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn cancelling_takes_everything_and_makes_the_final_invoice_due(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let partner_id = partner.partner_id;
    let tenant = world.tenant(&partner, "TEN1").await;
    let tenant_id = tenant.tenant_id;
    world.app.assign_numbers(partner_id, tenant_id, &["15015550100"]).await.unwrap();
    world.app.add_extensions(partner_id, tenant_id, &["101".to_owned()]).await.unwrap();
    world.advance("2026-05-15T00:00:00Z");
    let now = at("2026-05-15T00:00:00Z");
    let gone = world.app.change_tenant(partner_id, tenant_id, TenantEvent::Cancel).await.unwrap();
    assert_eq!(gone.life.status(), TenantStatus::Cancelled);
    assert_eq!((gone.life.cancelled_at, gone.next_action_at), (Some(now), Some(now)));
    let mut tx = world.begin().await;
    let numbers = store::numbers::count_at(&mut tx, partner_id, tenant_id, now).await.unwrap();
    assert_eq!(numbers, NumberCounts::default());
    assert_eq!(store::extensions::count_at(&mut tx, partner_id, tenant_id, now).await.unwrap(), 0);
    tx.commit().await.unwrap();

    let edit = TenantEdit { name: Some("New".to_owned()), ..TenantEdit::default() };
    let edited = world.app.edit_tenant(partner_id, (tenant_id, gone.version), &edit).await;
    let number = world.app.assign_numbers(partner_id, tenant_id, &["15015550101"]).await;
    let back = world.app.change_tenant(partner_id, tenant_id, TenantEvent::Reactivate).await;
    assert!(matches!(edited, Err(AppError::Refused(_))), "{edited:?}");
    assert!(matches!(number, Err(AppError::Refused(_))), "{number:?}");
    // Its final invoice is not issued yet.
    assert!(matches!(back, Err(AppError::Refused(_))), "{back:?}");
}

// MET-06 MET-17 TEN-21 a number belongs to one tenant of the platform; class by its digits
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_number_is_assigned_to_one_tenant_at_a_time(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let other = world.partner("elm-voice").await;
    let (mine, theirs) = (world.tenant(&partner, "TEN1").await, world.tenant(&other, "TEN2").await);
    let (mine_id, theirs_id) = (mine.tenant_id, theirs.tenant_id);
    let app = &world.app;
    let wrong = ["+15015550100", "0123", "abc"];
    let refused = app.assign_numbers(partner.partner_id, mine_id, &wrong).await;
    assert_eq!(refused_fields(refused), ["numbers.1", "numbers.2"]);
    let twice = ["+15015550100", "15015550100"];
    let refused = app.assign_numbers(partner.partner_id, mine_id, &twice).await;
    assert_eq!(refused_fields(refused), ["numbers"]);
    let foreign = app.assign_numbers(other.partner_id, mine_id, &["15015550100"]).await;
    assert!(matches!(foreign, Err(AppError::NotFound { .. })), "{foreign:?}");

    let both = ["15015550100", "+18885550100"];
    let assigned = app.assign_numbers(partner.partner_id, mine_id, &both).await.unwrap();
    let classes = [assigned[0].class, assigned[1].class];
    assert_eq!(classes, [CallClass::Local, CallClass::TollFree]);
    let taken = ["15015550199", "15015550100"];
    let refused = app.assign_numbers(other.partner_id, theirs_id, &taken).await;
    assert_eq!(refused_fields(refused), ["numbers.1"]);
    world.advance("2026-05-10T00:00:00Z");
    let foreign = app.release_number(other.partner_id, assigned[0].did_id).await;
    assert!(matches!(foreign, Err(AppError::NotFound { .. })), "{foreign:?}");
    app.release_number(partner.partner_id, assigned[0].did_id).await.unwrap();
    let again = app.release_number(partner.partner_id, assigned[0].did_id).await;
    assert!(matches!(again, Err(AppError::Refused(_))), "{again:?}");
    app.assign_numbers(other.partner_id, theirs_id, &["15015550100"]).await.unwrap();
    let mut tx = world.begin().await;
    let now = at("2026-05-10T00:00:00Z");
    let counts = store::numbers::count_at(&mut tx, partner.partner_id, mine_id, now).await;
    assert_eq!(counts.unwrap(), NumberCounts { local: 0, toll_free: 1 });
}

// TEN-06 the unique indexes decide between two at once, and the loser hears why
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn of_two_who_ask_for_the_same_at_once_one_gets_it(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let other = world.partner("elm-voice").await;
    let new = NewTenant::named("Oak", "SAME", "books@oak.example");
    let (one, two) = tokio::join!(
        world.app.create_tenant(partner.partner_id, &new),
        world.app.create_tenant(other.partner_id, &new),
    );
    let (winner, loser) = if one.is_ok() { (one, two) } else { (two, one) };
    assert!(winner.is_ok(), "{winner:?}");
    assert_eq!(refused_fields(loser), ["sip_prefix"]);

    let mine = world.tenant(&partner, "TEN1").await.tenant_id;
    let theirs = world.tenant(&other, "TEN2").await.tenant_id;
    let (one, two) = tokio::join!(
        world.app.assign_numbers(partner.partner_id, mine, &["15015550100"]),
        world.app.assign_numbers(other.partner_id, theirs, &["15015550100"]),
    );
    let (winner, loser) = if one.is_ok() { (one, two) } else { (two, one) };
    assert!(winner.is_ok(), "{winner:?}");
    assert_eq!(refused_fields(loser).len(), 1);
}

fn names(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

// MET-18 five extensions, two added, three removed: seven are billed
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_highest_simultaneous_count_is_billed(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let partner_id = partner.partner_id;
    let tenant_id = world.tenant(&partner, "TEN1").await.tenant_id;
    let app = &world.app;
    let five = app.add_extensions(partner_id, tenant_id, &names(101..106)).await.unwrap();
    world.advance("2026-05-05T00:00:00Z");
    app.add_extensions(partner_id, tenant_id, &names(106..108)).await.unwrap();
    let refused = app.add_extensions(partner_id, tenant_id, &names(107..109)).await;
    assert_eq!(refused_fields(refused), ["names"]);
    world.advance("2026-05-06T00:00:00Z");
    for extension in &five[..3] {
        app.remove_extension(partner_id, extension.extension_id).await.unwrap();
    }
    let again = app.remove_extension(partner_id, five[0].extension_id).await;
    assert!(matches!(again, Err(AppError::Refused(_))), "{again:?}");
    let mut tx = world.begin().await;
    let now = at("2026-05-06T00:00:00Z");
    assert_eq!(store::extensions::count_at(&mut tx, partner_id, tenant_id, now).await.unwrap(), 4);
    for (start, end, expected) in [
        (START, "2026-06-01T00:00:00Z", 7),
        (START, "2026-05-05T00:00:00Z", 5),
        ("2026-05-06T00:00:00Z", "2026-06-01T00:00:00Z", 4),
    ] {
        let span = span(start, end);
        let tenants = [tenant_id];
        let found =
            store::extensions::extensions_overlapping(&mut tx, partner_id, &tenants, span).await;
        let presences = found
            .unwrap()
            .into_iter()
            .map(|extension| Presence { from: extension.created_at, until: extension.removed_at });
        assert_eq!(peak(presences, span), expected, "from {start} to {end}");
    }
}
