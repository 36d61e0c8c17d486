//! A small market: two partners, tenants on every kind of profile in many zones, and their calls.
//!
//! Decided here: a mixture in which every rule of billing has something to do. The same arguments
//! give the same market, ids included, so that two worlds can be compared.

use std::fmt::Write as _;

use app::setup::{NewDeckVersion, NewTenant};
use domain::{
    account::Partner,
    cycle::Every,
    ids::ProfileId,
    money::{Minor, Nanos},
    profile::{
        BaseFeeTiming, BillingCycle, Included, MinuteRates, ProfileTerms, automatic_profiles,
    },
    time::{Span, Timestamp},
};

use super::{CallLine, Engine, TestFile, World, dice::Dice};

/// Where tenants are: with and without daylight saving, in both hemispheres, off the full hour.
const ZONES: [&str; 6] = [
    "America/Chicago",
    "UTC",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kathmandu",
    "America/New_York",
];
/// Between two tenants, so that their anniversaries differ.
const HOURS_BETWEEN: i64 = 7;
/// Who calls and is called.
const OUTSIDE: [&str; 4] = ["+12125550199", "+13125550100", "+14045550123", "+18005550100"];

/// Customers and what belongs to them.
pub(crate) struct Trade {
    pub(crate) world: World,
    pub(crate) tenants: Vec<Customer>,
}

/// A tenant with its numbers.
pub(crate) struct Customer {
    pub(crate) number: String,
    pub(crate) toll_free: String,
}

/// Of every kind of profile one.
fn profiles(partner: &Partner) -> Vec<ProfileTerms> {
    let [payg, flat] = automatic_profiles(partner.currency);
    let rate = |text: &str| Nanos::parse(text).unwrap();
    let by_class = MinuteRates::ByClass { local: rate("0.021"), toll_free: rate("0.047") };
    let bundle = ProfileTerms {
        included_minutes: Included::UpTo(9),
        minute_rates: by_class,
        base_fee: Minor::new(2_500),
        ..flat.clone()
    };
    vec![
        ProfileTerms {
            name: "Quarterly".to_owned(),
            cycle: BillingCycle::Anniversary,
            every: Every::Quarter,
            ..payg.clone()
        },
        ProfileTerms { name: "By class".to_owned(), minute_rates: by_class, ..payg.clone() },
        ProfileTerms { name: "Bundle".to_owned(), ..bundle },
        ProfileTerms {
            name: "In advance".to_owned(),
            base_fee_timing: BaseFeeTiming::Advance,
            included_minutes: Included::UpTo(30),
            ..flat
        },
        ProfileTerms { name: "Deck".to_owned(), ..payg },
    ]
}

impl World {
    /// The profiles that a partner starts with, and of every kind one more.
    async fn all_profiles(&self, partner: &Partner) -> Vec<ProfileId> {
        let id = partner.partner_id;
        let deck = self.app.create_deck(Some(id), "Retail").await.unwrap();
        let version = NewDeckVersion {
            csv: b"prefix,rate_per_minute,connection_fee\n1,0.0215,0.01\n1312,0.05,\n1800,0.03,\n"
                .to_vec(),
            zone: "UTC".to_owned(),
            effective_from: self.app.clock.now(),
        };
        self.app.add_deck_version(Some(id), deck.deck_id, &version).await.unwrap();
        let mut ids = Vec::new();
        for name in ["Pay-As-You-Go", "Flat Rate Starter"] {
            ids.push(self.profile(partner, name).await);
        }
        for mut terms in profiles(partner) {
            terms.deck = (terms.name == "Deck").then_some(deck.deck_id);
            ids.push(self.app.create_profile(id, &terms).await.unwrap().version.profile_id);
        }
        ids
    }
}

impl Trade {
    /// So many tenants, each a few hours after the other. The clock stands where the last came.
    pub(crate) async fn open(engine: Engine, tenants: u32) -> Option<Self> {
        let (world, first) = World::with_partner(engine).await?;
        let partners = [first, world.partner("elm-voice").await];
        let mut profiles = Vec::new();
        for partner in &partners {
            profiles.push(world.all_profiles(partner).await);
        }
        let mut trade = Self { world, tenants: Vec::new() };
        for number in 0..tenants as usize {
            let of = number % partners.len();
            let profile_id = profiles[of][number / partners.len() % profiles[of].len()];
            trade.enrol(&partners[of], (number, profile_id)).await;
        }
        Some(trade)
    }

    async fn enrol(&mut self, partner: &Partner, (number, profile_id): (usize, ProfileId)) {
        let world = &self.world;
        let prefix = format!("ten{number}");
        let mut new = NewTenant::named(&prefix, &prefix, &format!("books@{prefix}.example"));
        new.profile_id = Some(profile_id);
        new.zone = Some(ZONES[number % ZONES.len()].to_owned());
        let tenant = world.app.create_tenant(partner.partner_id, &new).await.unwrap();
        let (local, free) = (format!("+1501555{:04}", number), format!("+1877555{:04}", number));
        let numbers = [&*local, &*free];
        world.app.assign_numbers(partner.partner_id, tenant.tenant_id, &numbers).await.unwrap();
        let names = ["101".to_owned(), "102".to_owned()];
        world
            .app
            .add_extensions(partner.partner_id, tenant.tenant_id, &names[..1 + number % 2])
            .await
            .unwrap();
        let now = world.app.clock.now();
        world.app.clock.advance(now.plus_seconds(HOURS_BETWEEN * 3_600)).unwrap();
        self.tenants.push(Customer { number: local, toll_free: free });
    }

    /// Calls of these tenants that end in `span`, in no order: in and out, toll-free, unanswered,
    /// with several legs, and delivered twice.
    pub(crate) fn calls(&self, (seed, count): (u64, u32), span: Span) -> Vec<CallLine> {
        let mut dice = Dice::new(seed);
        let seconds = span.end.micros_since(span.start).unsigned_abs() / 1_000_000;
        let mut calls: Vec<CallLine> = Vec::new();
        for number in 0..count {
            let customer = dice.of(&self.tenants);
            let outside = *dice.of(&OUTSIDE);
            let parties = match dice.below(4) {
                0 => (outside, &*customer.number),
                1 => (outside, &*customer.toll_free),
                _ => (&*customer.number, outside),
            };
            let ended = span.start.plus_seconds(i64::try_from(dice.below(seconds)).unwrap());
            let talk = if dice.below(6) == 0 { 0 } else { 1 + dice.below(400) };
            let talk = u32::try_from(talk).unwrap();
            let call = CallLine::new(&format!("{seed}-{number}"), parties, ended, talk);
            match dice.below(12) {
                0 => {
                    let group = format!("{seed}-{number}");
                    let mut leg = call.clone().in_group(&group);
                    leg.id.push_str("-leg");
                    leg.talk_seconds = u32::try_from(dice.below(300)).unwrap();
                    calls.extend([leg, call.in_group(&group)]);
                }
                1 => calls.extend([call.clone(), call]),
                _ => calls.push(call),
            }
        }
        dice.shuffle(&mut calls);
        calls
    }
}

/// The file of these calls, with a bad row after every hundred good ones.
pub(crate) fn with_bad_rows(calls: &[CallLine]) -> TestFile {
    let mut text = String::new();
    for (number, call) in calls.iter().enumerate() {
        writeln!(text, "{}", call.json()).unwrap();
        if number % 100 == 50 {
            writeln!(text, "{{\"record_id\": \"bad-{number}\"").unwrap();
        }
    }
    TestFile::new("calls.ndjson", text.as_bytes())
}

/// From `start` so many days on.
pub(crate) fn days(start: Timestamp, days: i64) -> Span {
    Span { start, end: start.plus_seconds(days * 86_400) }
}
