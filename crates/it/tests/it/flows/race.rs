//! Several at once, in one process and in several: each call once, each invoice once, nothing
//! between two periods.

use adapters::cdr_files::Format;
use app::setup::NewTenant;
use domain::{
    account::Partner,
    cycle::Every,
    money::Nanos,
    profile::{BillingCycle, ProfileTerms, automatic_profiles},
};
use rstest::rstest;
use tokio::task::LocalSet;

use super::ingest::{ACME, OUTSIDE, wallet};
use crate::harness::{
    CallLine, Engine, Part, TestFile, World,
    builders::at,
    dice::Dice,
    process::Process,
    trade::{Trade, days, with_bad_rows},
};

/// Rows in one transaction, so that those who import meet often.
const BATCH_ROWS: usize = 60;

// MET-10, INV-18, CYC-12, BEY-06 two processes do what one does, once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn two_processes_end_as_one(#[case] engine: Engine) {
    let Some(calm) = Trade::open(engine, 14).await else { return };
    let Some(wild) = Trade::open(engine, 14).await else { return };
    let file = with_bad_rows(&calm.calls((5, 600), days(calm.world.app.clock.now(), 30)));
    let (path, format) = (file.path.clone(), Format::Ndjson);
    let import = Part::Import { path, format, batch_rows: BATCH_ROWS };
    let run_due = Part::RunDue { until: "2026-08-01T00:00:00Z".to_owned() };
    for part in [&import, &run_due] {
        calm.world.start(part).finish();
        let both = [wild.world.start(part), wild.world.start(part)];
        let _ = both.map(Process::finish);
    }
    calm.world.content().await.assert_same(&wild.world.content().await);
    wild.world.assert_clean().await;
}

/// One tenant per name on a weekly plan that charges nothing but 3 cents a minute.
async fn weekly_tenants(world: &World, partner: &Partner, count: usize) -> Vec<String> {
    let [payg, _] = automatic_profiles(partner.currency);
    let free = Nanos::ZERO;
    let terms = ProfileTerms {
        name: "Minutes".to_owned(),
        cycle: BillingCycle::Anniversary,
        every: Every::Week,
        extension_rate: free,
        did_rate: free,
        toll_free_did_rate: free,
        ..payg
    };
    let saved = world.app.create_profile(partner.partner_id, &terms).await.unwrap();
    let mut numbers = Vec::new();
    for number in 0..count {
        let prefix = format!("week{number}");
        let mut new = NewTenant::named(&prefix, &prefix, "books@week.example");
        new.profile_id = Some(saved.version.profile_id);
        let tenant = world.app.create_tenant(partner.partner_id, &new).await.unwrap();
        let did = format!("+1501555{number:04}");
        world.app.assign_numbers(partner.partner_id, tenant.tenant_id, &[&did]).await.unwrap();
        numbers.push(did);
    }
    numbers
}

/// Files of calls of one or more whole minutes within four weeks, and all their minutes.
fn files(numbers: &[String], count: u64) -> (Vec<TestFile>, i64) {
    let mut dice = Dice::new(6);
    let mut minutes = 0;
    let mut files = Vec::new();
    for file in 0..count {
        let mut calls = Vec::new();
        for call in 0..150 {
            let talk = 1 + u32::try_from(dice.below(9)).unwrap();
            let ended = at("2026-05-01T01:00:00Z")
                .plus_seconds(i64::try_from(dice.below(27 * 86_400)).unwrap());
            let parties = (OUTSIDE, dice.of(numbers).as_str());
            calls.push(CallLine::new(&format!("{file}-{call}"), parties, ended, talk * 60));
            minutes += i64::from(talk);
        }
        files.push(TestFile::of_calls(&calls));
    }
    (files, minutes)
}

impl World {
    /// Minutes on invoices, and minutes that wait for the next one.
    async fn minutes_billed(&self) -> (i64, i64) {
        // A balance too small to be charged stands on the next invoice again, as a one-time line;
        // whether there is one depends on how the run was cut.
        let invoiced = "select cast(coalesce(sum(amount_minor), 0) as bigint) from invoice_line
             where kind <> 'one_time'";
        let waiting = "select coalesce(sum(billed_seconds), 0) from usage_day
             where exists (select 1 from tenant where tenant.partner_id = usage_day.partner_id
               and tenant.tenant_id = usage_day.tenant_id
               and open_start <= usage_day.bill_period_start)";
        (self.number(invoiced).await / 3, self.number(waiting).await / 60)
    }
}

// MET-10, MET-11, INV-18, CYC-12, WAL-24 a call reaches the period that is closing or the next
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_call_is_lost_between_two_periods(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let numbers = weekly_tenants(&world, &partner, 5).await;
    let (files, minutes) = files(&numbers, 5);
    let tasks = LocalSet::new();
    for file in &files {
        let (app, mut request) = (world.app.clone(), file.request(Format::Ndjson));
        request.batch_rows = 10;
        tasks.spawn_local(async move {
            app.import_file(&request, &mut |_| {}).await.unwrap();
        });
    }
    for task in 0..8 {
        let app = world.app.clone();
        // All end at the same instant, each by steps of its own.
        tasks.spawn_local(async move {
            for day in [task, task + 9, 24 + task % 2, 25] {
                let until = at("2026-05-01T00:00:00Z").plus_seconds(day * 86_400);
                app.run_due(Some(until)).await.unwrap();
            }
        });
    }
    tasks.await;
    let (invoiced, waiting) = world.minutes_billed().await;
    assert_eq!(invoiced + waiting, minutes, "{invoiced} invoiced, {waiting} waiting");
    assert!(invoiced > 0 && waiting > 0, "{invoiced} invoiced, {waiting} waiting");
    world.assert_clean().await;
    world.app.run_due(Some(at("2026-06-20T00:00:00Z"))).await.unwrap();
    assert_eq!(world.minutes_billed().await, (minutes, 0));
    let rows = i64::try_from(files.len() * 150).unwrap();
    assert_eq!(world.number("select count(*) from call where outcome = 'rated'").await, rows);
    world.assert_clean().await;
}

// WAL-24, MET-10 1,000 parallel calls of 6 s, killed midway and replayed: 1,000 debits, exact
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_thousand_parallel_calls_are_debited_exactly(#[case] engine: Engine) {
    let Some((world, partner)) = super::ingest::acme(engine).await else { return };
    let before = wallet(&world, &partner).await;
    let call = |number: i64| {
        let ended = at("2026-05-03T10:00:00Z").plus_seconds(number);
        CallLine::new(&number.to_string(), (OUTSIDE, ACME), ended, 6)
    };
    let files: Vec<TestFile> = (0..4)
        .map(|file| {
            // Each shares a quarter of its calls with the next.
            let calls: Vec<CallLine> =
                (file * 250..file * 250 + 310).map(|number| call(number % 1_000)).collect();
            TestFile::of_calls(&calls)
        })
        .collect();
    let start = || {
        files.iter().map(|file| {
            let (path, format) = (file.path.clone(), Format::Ndjson);
            world.start(&Part::Import { path, format, batch_rows: 20 })
        })
    };
    let mut killed = start().collect::<Vec<_>>();
    for (process, threshold) in killed.iter_mut().zip([150, 300, 450, 600]) {
        while world.count("call").await < threshold && process.is_running() {}
        process.kill();
    }
    start().collect::<Vec<_>>().into_iter().for_each(|process| drop(process.finish()));
    assert_eq!(world.count("call").await, 1_000);
    // 6 s at 0.020 a minute, a thousand times
    let spent = before.minus(wallet(&world, &partner).await).unwrap();
    assert_eq!(spent.get(), 2_000_000);
    world.assert_clean().await;
}

// INV-18 100 concurrent issues, some of them given up: consecutive numbers
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn numbers_have_no_gaps_whoever_gives_up(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tasks = LocalSet::new();
    let taken: Vec<_> = (0..150)
        .map(|task| {
            let (db, partner_id) = (world.app.db.clone(), partner.partner_id);
            tasks.spawn_local(async move {
                let mut tx = db.begin().await.unwrap();
                let number = store::invoices::take_numbers(&mut tx, partner_id, 1).await.unwrap();
                if task % 3 == 0 {
                    tx.rollback().await.unwrap();
                    return None;
                }
                tx.commit().await.unwrap();
                Some(number)
            })
        })
        .collect();
    tasks.await;
    let mut numbers = Vec::new();
    for task in taken {
        numbers.extend(task.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=100).collect::<Vec<i64>>());
}

// INV-18 the invoices of 100 tenants that fall due at once, issued by many
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_hundred_invoices_at_once_have_consecutive_numbers(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let flat = world.profile(&partner, "Flat Rate Starter").await;
    for number in 0..100 {
        // Each in an instant of its own, so that each is a transaction of its own.
        let prefix = format!("ten{number}");
        let mut new = NewTenant::named(&prefix, &prefix, "books@ten.example");
        new.profile_id = Some(flat);
        let tenant = world.app.create_tenant(partner.partner_id, &new).await.unwrap();
        let cancel = domain::tenant::TenantEvent::Cancel;
        world.app.clock.advance(world.app.clock.now().plus_seconds(1)).unwrap();
        world.app.change_tenant(partner.partner_id, tenant.tenant_id, cancel).await.unwrap();
    }
    let tasks = LocalSet::new();
    for _ in 0..10 {
        let app = world.app.clone();
        tasks.spawn_local(async move { app.run_due(None).await.unwrap() });
    }
    tasks.await;
    let mut tx = world.begin().await;
    let page = store::invoices::page(&mut tx, partner.partner_id, (None, 200)).await.unwrap();
    let mut numbers: Vec<String> = page.into_iter().filter_map(|invoice| invoice.number).collect();
    tx.commit().await.unwrap();
    numbers.sort_unstable();
    let expected: Vec<String> = (1..=100).map(|number| format!("INV-{number:06}")).collect();
    assert_eq!(numbers, expected);
    world.assert_clean().await;
}
