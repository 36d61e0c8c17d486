//! The order in which things are told changes nothing: a year at once or day by day, a file at
//! once or call by call.

use std::collections::BTreeSet;

use app::setup::NewTenant;
use domain::{
    account::{Partner, Tenant},
    cycle::Every,
    profile::{BillingCycle, ProfileTerms, automatic_profiles},
    time::Span,
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use rstest::rstest;

use super::ingest::OUTSIDE;
use crate::harness::{
    CallLine, Engine, World,
    builders::at,
    trade::{Trade, days, with_bad_rows},
};

const DAY: i64 = 86_400;

// BEY-05, CYC-12 twelve months of 100 tenants at once, and the same lived day by day
#[rstest]
#[case::sqlite(Engine::Sqlite, (100, 365))]
#[case::postgres(Engine::Postgres, (28, 120))]
#[tokio::test]
async fn a_year_replays_as_it_would_have_been_lived(
    #[case] engine: Engine,
    #[case] (tenants, length): (u32, i64),
) {
    let Some(replayed) = Trade::open(engine, tenants).await else { return };
    let Some(lived) = Trade::open(engine, tenants).await else { return };
    let start = replayed.world.app.clock.now();
    let file = with_bad_rows(&replayed.calls((7, 900), days(start, 39)));
    for trade in [&replayed, &lived] {
        trade.world.import(&file).await.unwrap();
    }
    let report = replayed.world.app.run_due(Some(start.plus_seconds(length * DAY))).await.unwrap();
    let mut invoices = 0;
    for day in 1..=length {
        let until = start.plus_seconds(day * DAY);
        invoices += lived.world.app.run_due(Some(until)).await.unwrap().invoices;
    }
    assert_eq!(report.invoices, invoices);
    let months = u64::from(tenants) * length.unsigned_abs() / 40;
    assert!(invoices > months, "{report:?}");
    replayed.world.content().await.assert_same(&lived.world.content().await);
    replayed.world.assert_clean().await;
}

impl World {
    /// A tenant in `zone` that is billed every so often.
    async fn every(&self, partner: &Partner, every: Every, zone: &str) -> Tenant {
        let [payg, _] = automatic_profiles(partner.currency);
        let prefix: String = zone.chars().filter(char::is_ascii_alphabetic).take(10).collect();
        let terms = ProfileTerms {
            name: format!("{every:?} in {zone}"),
            cycle: BillingCycle::Anniversary,
            every,
            ..payg
        };
        let saved = self.app.create_profile(partner.partner_id, &terms).await.unwrap();
        let mut new = NewTenant::named(zone, &format!("{prefix}{every:?}")[..12], "b@c.example");
        new.zone = Some(zone.to_owned());
        new.profile_id = Some(saved.version.profile_id);
        self.app.create_tenant(partner.partner_id, &new).await.unwrap()
    }

    /// Periods of a tenant, oldest first; fails where they do not tile.
    async fn tiles(&self, tenant: &Tenant) -> Vec<Span> {
        let mut tx = self.begin().await;
        let periods = store::audit::periods(&mut tx, tenant.partner_id, tenant.tenant_id).await;
        let spans: Vec<Span> = periods.unwrap().iter().map(|period| period.term.span).collect();
        for pair in spans.windows(2) {
            assert_eq!(pair[0].end, pair[1].start, "{}", tenant.zone.name());
        }
        for span in &spans {
            let day = tenant.zone.day_of(span.end);
            assert_eq!(span.end, tenant.zone.start_of(day), "{}", tenant.zone.name());
        }
        spans
    }
}

fn has_boundary(spans: &[Span], instant: &str) -> bool {
    spans.iter().any(|span| span.end == at(instant))
}

fn minutes(span: Span) -> i64 {
    span.end.micros_since(span.start) / 60_000_000
}

// CYC-04, CYC-16 days of 23, 23.5, 24, 24.5 and 25 hours; a midnight that does not exist
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn periods_tile_over_daylight_saving(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    world.advance("2026-09-01T12:00:00Z");
    let zones = ["America/Chicago", "Australia/Lord_Howe", "America/Santiago"];
    let mut tenants = Vec::new();
    for zone in zones {
        tenants.push((world.every(&partner, Every::Day, zone).await, zone));
    }
    world.app.run_due(Some(at("2026-11-05T12:00:00Z"))).await.unwrap();
    for (tenant, zone) in &tenants {
        let spans = world.tiles(tenant).await;
        assert_eq!(spans.len(), 66, "{zone}");
        let lengths: BTreeSet<i64> = spans[1..].iter().copied().map(minutes).collect();
        let (changed, boundary) = match *zone {
            "America/Chicago" => (25 * 60, "2026-11-02T06:00:00Z"),
            "Australia/Lord_Howe" => (23 * 60 + 30, "2026-10-04T13:00:00Z"),
            // The sixth of September begins at one o'clock: there is no midnight.
            _ => (23 * 60, "2026-09-06T04:00:00Z"),
        };
        assert_eq!(lengths, BTreeSet::from([24 * 60, changed]), "{zone}");
        assert!(has_boundary(&spans, boundary), "{zone}: {spans:?}");
    }
    world.assert_clean().await;
}

// CYC-03, CYC-04, CYC-16 24 cycles on the 31st, at local midnights
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn two_years_of_months_tile(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    world.advance("2026-08-31T12:00:00Z");
    let chicago = world.every(&partner, Every::Month, "America/Chicago").await;
    let santiago = world.every(&partner, Every::Month, "America/Santiago").await;
    world.app.run_due(Some(at("2028-09-01T12:00:00Z"))).await.unwrap();
    for tenant in [&chicago, &santiago] {
        let spans = world.tiles(tenant).await;
        assert_eq!(spans.len(), 25);
        for span in &spans {
            let day = tenant.zone.day_of(span.end);
            assert_eq!(day.day(), day.days_in_month().min(31), "{}", day.display());
        }
    }
    let spans = world.tiles(&chicago).await;
    assert!(has_boundary(&spans, "2027-02-28T06:00:00Z"), "{spans:?}");
    assert!(has_boundary(&spans, "2027-03-31T05:00:00Z"), "{spans:?}");
    world.assert_clean().await;
}

/// What calls amount to, however they came: roll-ups that are not nothing, balances, invoices.
async fn sums(world: &World) -> Vec<String> {
    let mut sums = Vec::new();
    for select in [
        "select tenant_id || ' ' || bill_period_start || ' ' || usage_period_start || ' ' || day
           || ' ' || direction || ' ' || class || ' ' || charge || ' ' || profile_id || ' '
           || deck_id || ': ' || calls || ' ' || talk_seconds || ' ' || billed_seconds || ' '
           || retail_nanos || ' ' || wholesale_micros
         from usage_day where calls <> 0 or retail_nanos <> 0 or wholesale_micros <> 0",
        "select partner_id || ' ' || account || ' ' || net_debit_micros from account_balance",
        "select number || ' ' || invoice_id || ' ' || total_minor || ' ' || facts
         from invoice join invoice_line using (partner_id, invoice_id)",
    ] {
        let mut rows = world.texts(select).await;
        rows.sort_unstable();
        sums.extend(rows);
    }
    sums
}

/// One leg of a call, in small numbers.
type Leg = (usize, bool, i64, u32, Option<u8>);
/// Legs with the numbers that are their ids.
type Legs = Vec<(usize, Leg)>;

fn call((number, (tenant, inbound, minute, talk, group)): (usize, Leg), trade: &Trade) -> CallLine {
    let own = trade.tenants[tenant].number.as_str();
    let parties = if inbound { (OUTSIDE, own) } else { (own, OUTSIDE) };
    let ended = trade.world.app.clock.now().plus_seconds(minute * 60);
    let line = CallLine::new(&number.to_string(), parties, ended, talk);
    match group {
        Some(group) => line.in_group(&format!("{tenant}-{group}")),
        None => line,
    }
}

async fn one_by_one(engine: Engine, (batch, singles): (Legs, Legs)) -> Result<(), TestCaseError> {
    let Some(at_once) = Trade::open(engine, 14).await else { return Ok(()) };
    let Some(one_by_one) = Trade::open(engine, 14).await else { return Ok(()) };
    let calls: Vec<CallLine> = batch.into_iter().map(|leg| call(leg, &at_once)).collect();
    at_once.world.calls(&calls).await;
    for leg in singles {
        one_by_one.world.calls(&[call(leg, &one_by_one)]).await;
    }
    prop_assert_eq!(sums(&at_once.world).await, sums(&one_by_one.world).await);
    for trade in [&at_once, &one_by_one] {
        trade.world.app.run_due(Some(at("2026-07-02T00:00:00Z"))).await.unwrap();
    }
    prop_assert_eq!(sums(&at_once.world).await, sums(&one_by_one.world).await);
    one_by_one.world.assert_clean().await;
    Ok(())
}

// MET-10, WAL-24, ruling 16 a file at once is the same as its calls one by one, in any order
#[rstest]
#[case::sqlite(Engine::Sqlite)]
fn a_batch_is_its_calls_one_by_one(#[case] engine: Engine) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // Three tenants of each partner, with included minutes over two rates among them.
    let leg = (
        prop::sample::select(vec![0_usize, 1, 8, 9, 12]),
        any::<bool>(),
        0..20 * 1_440_i64,
        prop_oneof![Just(0_u32), 1..700_u32],
        prop::option::weighted(0.6, 0..2_u8),
    );
    let legs = prop::collection::vec(leg, 1..16)
        .prop_map(|legs| legs.into_iter().enumerate().collect::<Legs>())
        .prop_flat_map(|legs| (Just(legs.clone()), Just(legs).prop_shuffle()));
    let config = Config { cases: 5, max_shrink_iters: 20, ..Config::default() };
    let outcome =
        TestRunner::new(config).run(&legs, |orders| runtime.block_on(one_by_one(engine, orders)));
    outcome.unwrap();
}
