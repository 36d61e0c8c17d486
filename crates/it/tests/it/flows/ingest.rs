//! Call records in: counted once, priced twice, nothing lost.

use adapters::cdr_files::Format;
use app::ingest::{FileOutcome, ImportMode};
use domain::{
    ledger::Account,
    money::{Micros, Nanos},
};
use rstest::rstest;

use crate::harness::{CallLine, Engine, TestFile, World, builders::at};

pub(super) const OUTSIDE: &str = "+12125550199";
pub(super) const ACME: &str = "+15015550111";
pub(super) const ACME_FREE: &str = "+18775550111";

/// A partner with the tenant acme, one local and one toll-free number, no fees in between.
pub(super) async fn acme(engine: Engine) -> Option<(World, domain::account::Partner)> {
    let (world, partner) = World::with_partner(engine).await?;
    let tenant = world.tenant(&partner, "acme").await;
    let numbers = [ACME, ACME_FREE];
    world.app.assign_numbers(partner.partner_id, tenant.tenant_id, &numbers).await.unwrap();
    Some((world, partner))
}

pub(super) async fn wallet(world: &World, partner: &domain::account::Partner) -> Micros {
    let mut tx = world.begin().await;
    let net = store::ledger::balance(&mut tx, partner.partner_id, Account::Wallet).await.unwrap();
    net.negated().unwrap()
}

// PLT-16, MET-05, MET-08, WAL-17, WAL-23 each class is debited under its own type
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn calls_are_priced_for_both_sides(#[case] engine: Engine) {
    let Some((world, partner)) = acme(engine).await else { return };
    let before = wallet(&world, &partner).await;
    let report = world
        .calls(&[
            CallLine::new("1", (OUTSIDE, ACME), at("2026-05-03T10:00:00Z"), 60),
            CallLine::new("2", (OUTSIDE, ACME_FREE), at("2026-05-03T11:00:00Z"), 60),
            CallLine::new("3", (ACME, OUTSIDE), at("2026-05-03T12:00:00Z"), 61),
            CallLine::new("4", (OUTSIDE, ACME), at("2026-05-03T13:00:00Z"), 0),
            CallLine::new("5", ("acme_101", "911"), at("2026-05-03T14:00:00Z"), 30),
            CallLine::new("6", ("acme_101", "acme_102"), at("2026-05-03T15:00:00Z"), 30),
        ])
        .await;
    assert_eq!((report.rated, report.rows), (3, 6));
    let free: Vec<(&str, u64)> = report.free.iter().map(|(reason, n)| (*reason, *n)).collect();
    // MET-04, MET-12, MET-13
    assert_eq!(free, [("internal", 1), ("never_billed", 1), ("unanswered", 1)]);
    // Starter: 0.020 local, 0.022 toll-free; 61 s are billed as 66 s (MET-03)
    assert_eq!(report.wholesale, Micros::new(20_000 + 22_000 + 22_000));
    assert_eq!(report.retail, Nanos::parse("0.093").unwrap());
    let after = wallet(&world, &partner).await;
    assert_eq!(before.minus(after), Ok(report.wholesale));
    world.assert_clean().await;
}

// MET-10, WAL-24 the same record is one debit, whoever delivers it how often
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn importing_twice_changes_nothing_and_says_so(#[case] engine: Engine) {
    let Some((world, partner)) = acme(engine).await else { return };
    let calls: Vec<CallLine> = (0..50)
        .map(|n| {
            let ended = at("2026-05-03T10:00:00Z").plus_seconds(n * 60);
            CallLine::new(&n.to_string(), (OUTSIDE, ACME), ended, 30)
        })
        .collect();
    let file = TestFile::of_calls(&calls);
    assert_eq!(world.import(&file).await.unwrap().rated, 50);
    let after = wallet(&world, &partner).await;
    let again = world.import(&file).await.unwrap();
    assert_eq!(again.outcome, FileOutcome::AlreadyImported { records: 50 });
    assert!(again.changed_nothing());
    // The same records under another name are read, and found to be known.
    let copy = TestFile::of_calls(&calls);
    copy.append(b"\n");
    let copied = world.import(&copy).await.unwrap();
    assert!(copied.changed_nothing(), "{copied:?}");
    assert_eq!(wallet(&world, &partner).await, after);
    // A file that grew goes on where it ended.
    let more = CallLine::new("51", (OUTSIDE, ACME), at("2026-05-04T10:00:00Z"), 30);
    file.append(format!("{}\n", more.json()).as_bytes());
    let grown = world.import(&file).await.unwrap();
    assert_eq!(grown.outcome, FileOutcome::Resumed { passed: 50 });
    assert_eq!((grown.rows, grown.rated), (1, 1));
    world.assert_clean().await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn bad_rows_are_kept_and_never_stop_the_rest(#[case] engine: Engine) {
    let Some((world, _)) = acme(engine).await else { return };
    let good = CallLine::new("1", (OUTSIDE, ACME), at("2026-05-03T10:00:00Z"), 30);
    let mut other_content = good.clone();
    other_content.talk_seconds = 31;
    let unknown = CallLine::new("2", (OUTSIDE, "+13125550100"), at("2026-05-03T10:00:00Z"), 30);
    let late_good = CallLine::new("3", (OUTSIDE, ACME), at("2026-05-03T11:00:00Z"), 30);
    let mut text = Vec::new();
    for line in [good.json(), "{\"record_id\": ".to_owned(), other_content.json(), unknown.json()] {
        text.extend(line.as_bytes());
        text.push(b'\n');
    }
    text.extend(b"\xff\xfe not utf-8\n");
    text.extend(late_good.json().as_bytes());
    text.push(b'\n');
    let file = TestFile::new("calls.ndjson", &text);
    let report = world.import(&file).await.unwrap();
    assert_eq!((report.rows, report.rated), (6, 2));
    let codes: Vec<&str> = report.rejects.keys().map(String::as_str).collect();
    assert_eq!(codes, ["conflict", "malformed_json", "not_utf8", "unknown_owner"]);
    assert_eq!(report.known_rejects, 0);
    // Nothing is kept twice.
    let copy = TestFile::new("copy.ndjson", &[&text[..], b"\n"].concat());
    let again = world.import(&copy).await.unwrap();
    assert_eq!((again.rejected(), again.known_rejects), (4, 4));
    assert!(again.changed_nothing());
    world.assert_clean().await;
}

// a reject that is fixed becomes a call, once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_reject_is_settled_by_assigning_the_number(#[case] engine: Engine) {
    let Some((world, partner)) = acme(engine).await else { return };
    world.advance("2026-05-02T00:00:00Z");
    let call = CallLine::new("1", (OUTSIDE, "+15015550188"), at("2026-05-03T10:00:00Z"), 30);
    let report = world.calls(&[call]).await;
    assert_eq!(report.rejects.get("unknown_owner"), Some(&1));
    let nothing = world.app.retry_rejects(None).await.unwrap();
    assert_eq!((nothing.tried, nothing.resolved), (1, 0));
    let bolt = world.tenant(&partner, "bolt").await;
    let numbers = ["+15015550188"];
    world.app.assign_numbers(partner.partner_id, bolt.tenant_id, &numbers).await.unwrap();
    let done = world.app.retry_rejects(None).await.unwrap();
    assert_eq!((done.resolved, done.calls.rated), (1, 1));
    let again = world.app.retry_rejects(None).await.unwrap();
    assert_eq!(again.tried, 0);
    world.assert_clean().await;
}

// ruling 16: legs of one call are one call, in whatever order and batch they come
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_longest_leg_of_a_call_bears_its_price(#[case] engine: Engine) {
    let Some((world, partner)) = acme(engine).await else { return };
    let before = wallet(&world, &partner).await;
    let leg = |id: &str, talk: u32| {
        CallLine::new(id, (OUTSIDE, ACME), at("2026-05-03T10:00:00Z"), talk).in_group("call-1")
    };
    let first = world.calls(&[leg("1", 30), leg("2", 12)]).await;
    assert_eq!((first.rated, first.free.get("other_leg")), (1, Some(&1)));
    let second = world.calls(&[leg("3", 60)]).await;
    assert_eq!((second.rated, second.reversed), (1, 1));
    // Of equal legs one wins, whichever comes first.
    world.calls(&[leg("4", 60), leg("5", 59)]).await;
    // one minute at 0.020, whatever came before
    let spent = before.minus(wallet(&world, &partner).await).unwrap();
    assert_eq!(spent, Micros::new(20_000));
    world.assert_clean().await;
}

// MET-14 a forwarded call has two billable legs
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_forwarded_call_is_an_inbound_and_an_outbound_call(#[case] engine: Engine) {
    let Some((world, _)) = acme(engine).await else { return };
    let ended = at("2026-05-03T10:00:00Z");
    let inbound = CallLine::new("1", (OUTSIDE, ACME), ended, 60).in_group("g");
    let outbound = CallLine::new("2", (ACME, "+13125550100"), ended, 60).in_group("g");
    let report = world.calls(&[inbound, outbound]).await;
    assert_eq!((report.rated, report.billed_seconds), (2, 120));
    world.assert_clean().await;
}

// ruling 19: what needs a deck and has none is kept unrated, and rated once there is one
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_unrated_call_is_rated_once_there_is_a_price(#[case] engine: Engine) {
    let Some((world, partner)) = acme(engine).await else { return };
    let london = CallLine::new("1", (ACME, "+442071838750"), at("2026-05-03T10:00:00Z"), 60);
    let report = world.calls(&[london]).await;
    assert_eq!(report.unrated.get("no_retail_rate"), Some(&1));
    let decks = [Some(partner.partner_id), None];
    let mut ids = Vec::new();
    for owner in decks {
        let deck = world.app.create_deck(owner, "World").await.unwrap();
        let version = app::setup::NewDeckVersion {
            csv: b"prefix,rate_per_minute\n44,0.05\n".to_vec(),
            zone: "UTC".to_owned(),
            effective_from: world.app.clock.now(),
        };
        world.app.add_deck_version(owner, deck.deck_id, &version).await.unwrap();
        ids.push(deck.deck_id);
    }
    world.put_decks(&partner, (ids[0], ids[1])).await;
    let done = world.app.retry_rejects(None).await.unwrap();
    assert_eq!((done.rated, done.unrated), (1, 0));
    assert_eq!(done.calls.retail, Nanos::parse("0.05").unwrap());
    let again = world.app.retry_rejects(None).await.unwrap();
    assert_eq!((again.rated, again.unrated), (0, 0));
    world.assert_clean().await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_dry_run_reports_and_keeps_nothing(#[case] engine: Engine) {
    let Some((world, partner)) = acme(engine).await else { return };
    let before = wallet(&world, &partner).await;
    let calls = [CallLine::new("1", (OUTSIDE, ACME), at("2026-05-03T10:00:00Z"), 60)];
    let file = TestFile::of_calls(&calls);
    let mut request = file.request(Format::Ndjson);
    request.mode = ImportMode::DryRun;
    let dry = world.app.import_file(&request, &mut |_| {}).await.unwrap();
    assert_eq!(dry.rated, 1);
    assert_eq!(wallet(&world, &partner).await, before);
    let real = world.import(&file).await.unwrap();
    assert_eq!((real.outcome, real.rated), (FileOutcome::Read, 1));
    world.assert_clean().await;
}

// a source belongs to one owner: another partner's calls are not its business (ruling 17)
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_partners_switch_carries_only_its_own_calls(#[case] engine: Engine) {
    let Some((world, _)) = acme(engine).await else { return };
    let other = world.partner("elm-voice").await;
    let calls = [CallLine::new("1", (OUTSIDE, ACME), at("2026-05-03T10:00:00Z"), 60)];
    let file = TestFile::of_calls(&calls);
    let mut request = file.request(Format::Ndjson);
    request.owner = Some(other.partner_id);
    let report = world.app.import_file(&request, &mut |_| {}).await.unwrap();
    assert_eq!((report.rated, report.rejects.get("unknown_owner")), (0, Some(&1)));
    world.assert_clean().await;
}

// MET-15, PLT-04 trials are metered; a tenant's trial costs its partner, a partner's own nothing
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_trial_tenant_is_metered_and_charged_to_the_partner_only(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let mut new = app::setup::NewTenant::named("trial", "trial", "books@trial.example");
    new.status = app::setup::StartingStatus::Trial;
    let tenant = world.app.create_tenant(partner.partner_id, &new).await.unwrap();
    world.app.assign_numbers(partner.partner_id, tenant.tenant_id, &[ACME]).await.unwrap();
    let before = wallet(&world, &partner).await;
    world.calls(&[CallLine::new("1", (OUTSIDE, ACME), at("2026-05-03T10:00:00Z"), 60)]).await;
    let spent = before.minus(wallet(&world, &partner).await).unwrap();
    assert_eq!(spent, Micros::new(20_000));
    // CYC-09 a tenant in trial gets no invoice
    let report = world.app.run_due(Some(at("2026-07-15T00:00:00Z"))).await.unwrap();
    assert_eq!(report.invoices, 0);
    world.assert_clean().await;
}
