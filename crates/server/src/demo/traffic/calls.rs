//! The calls of a tenant, as they happened, whatever switch carried them.
//!
//! Decided here: how busy a business is at which hour of which day, how calls end, how long people
//! talk. Calls follow business hours of the tenant's own zone with a dip at lunch; most are short
//! and a few very long.

use domain::time::{Day, Timestamp};

use super::{
    super::{
        dice::Dice,
        world::{PlanKey, TenantPlan},
    },
    people,
};

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Somebody answered and talked for so many milliseconds.
    Answered { talk_millis: u32 },
    /// Nobody answered.
    NoAnswer,
    /// The called side was busy.
    Busy,
    /// It could not be completed.
    Failed,
}

/// Between whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    /// From a stranger (ten digits, or withheld) to a number of the tenant's.
    Inbound { from: String, to: String },
    /// From an extension to what it dialled.
    Outbound { to: String },
    /// From an extension to another, or to a feature code.
    Internal { to: String },
}

/// What else happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handling {
    /// Nothing.
    Plain,
    /// So many phones rang besides.
    RingGroup { others: u32 },
    /// After a part of the talk it went to another extension.
    Transferred { percent: u32 },
    /// Nobody answered and the caller spoke to the voicemail for so many seconds.
    Voicemail { seconds: u32 },
    /// The tenant held the call for so many seconds.
    Held { seconds: u32 },
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedCall<'a> {
    pub(super) tenant: &'a TenantPlan,
    /// The extension that took part.
    pub(super) extension: &'a str,
    pub(super) start: Timestamp,
    pub(super) ring_millis: u32,
    pub(super) route: Route,
    pub(super) ended: Ended,
    pub(super) handling: Handling,
    /// For what the switch decides about it.
    pub(super) dice: Dice,
}

impl PlannedCall<'_> {
    /// When it was answered.
    pub(super) fn answered_at(&self) -> Option<Timestamp> {
        match self.ended {
            Ended::Answered { .. } => Some(self.after(self.ring_millis)),
            _ => None,
        }
    }

    /// When it ended.
    pub(super) fn ended_at(&self) -> Timestamp {
        match self.ended {
            Ended::Answered { talk_millis } => self.after(self.ring_millis + talk_millis),
            _ => self.after(self.ring_millis),
        }
    }

    fn after(&self, millis: u32) -> Timestamp {
        Timestamp::from_micros(self.start.micros() + i64::from(millis) * 1_000)
    }
}

/// Calls per ten extensions on an ordinary Wednesday.
const CALLS_PER_TEN: u32 = 33;
/// Monday to Sunday, percent of a Wednesday.
const WEEKDAYS: [u32; 7] = [112, 105, 100, 98, 84, 14, 5];
/// How many calls begin in each hour.
const HOURS: [u32; 24] =
    [0, 0, 0, 0, 0, 0, 1, 4, 14, 22, 24, 22, 12, 16, 22, 22, 20, 14, 6, 3, 2, 1, 0, 0];
/// How many calls last from so many to so many seconds: log-normal in shape, with a long tail.
const TALK: [(u32, u32, u32); 7] = [
    (18, 4, 20),
    (22, 21, 60),
    (27, 61, 180),
    (18, 181, 420),
    (10, 421, 1_200),
    (4, 1_201, 3_000),
    (1, 3_001, 7_200),
];

/// The tenant's calls on the days from `first` up to `end`.
pub(super) fn calls_of(tenant: &TenantPlan, first: Day, end: Day) -> Vec<PlannedCall<'_>> {
    let days = end.days_since(first);
    let is_customer =
        |day: &Day| *day > tenant.starts && tenant.leaves.is_none_or(|leaves| *day < leaves);
    let days = (0..days).map(|day| first.plus_days(day)).filter(is_customer);
    days.flat_map(|day| calls_on(tenant, day)).collect()
}

fn calls_on(tenant: &TenantPlan, day: Day) -> Vec<PlannedCall<'_>> {
    let mut place: Vec<u64> = tenant.prefix.bytes().map(u64::from).collect();
    place.push(day.number().unsigned_abs());
    let mut dice = Dice::at(&place);
    let size = u32::try_from(tenant.extensions.len()).expect("a few dozen");
    let ordinary = size * CALLS_PER_TEN * WEEKDAYS[weekday(day)] / 1_000;
    let count = ordinary * dice.between(75, 125) / 100 + dice.below(2);
    let midnight = tenant.zone.start_of(day);
    let mut calls = Vec::with_capacity(count as usize);
    for number in 0..count {
        let second = u32::try_from(dice.weighted(&HOURS)).expect("an hour") * 3_600;
        let second = i64::from(second + dice.below(3_600));
        let micros = i64::from(dice.below(1_000)) * 1_000;
        let start = Timestamp::from_micros(midnight.plus_seconds(second).micros() + micros);
        calls.push(call(tenant, start, Dice::at(&[dice.below(u32::MAX).into(), number.into()])));
    }
    // Once, the tenant asks which address emergency calls would show.
    if day == tenant.starts.plus_days(8) {
        let start = midnight.plus_seconds(9 * 3_600 + 300);
        let test = Route::Outbound { to: "933".to_owned() };
        let ended = Ended::Answered { talk_millis: 21_400 };
        calls.push(PlannedCall { route: test, ended, ..call(tenant, start, dice) });
    }
    calls
}

/// Monday is 0.
fn weekday(day: Day) -> usize {
    let monday = Day::new(2026, 1, 5).expect("a Monday");
    usize::try_from(day.days_since(monday).rem_euclid(7)).expect("below seven")
}

fn call(tenant: &TenantPlan, start: Timestamp, mut dice: Dice) -> PlannedCall<'_> {
    let route = route(tenant, &mut dice);
    let ended = ended(&route, &mut dice);
    let ring_millis = match ended {
        Ended::Answered { .. } => dice.between(1_500, 17_000),
        Ended::NoAnswer => dice.between(9_000, 45_000),
        Ended::Busy | Ended::Failed => dice.between(150, 2_500),
    };
    let handling = handling(tenant, (&route, ended), &mut dice);
    let place = dice.below(u32::try_from(tenant.extensions.len()).expect("a few dozen"));
    let extension = &tenant.extensions[place as usize];
    PlannedCall { tenant, extension, start, ring_millis, route, ended, handling, dice }
}

fn route(tenant: &TenantPlan, dice: &mut Dice) -> Route {
    // A call centre that pays for outbound calls makes many more of them.
    let weights = if tenant.plan == PlanKey::Outbound { [15, 75, 10] } else { [50, 36, 14] };
    match dice.weighted(&weights) {
        0 => {
            let is_toll_free = !tenant.toll_free.is_empty() && dice.percent(40);
            let own = if is_toll_free { &tenant.toll_free } else { &tenant.locals };
            let is_withheld = dice.percent(3);
            let from = if is_withheld { "anonymous".to_owned() } else { people::stranger(dice) };
            Route::Inbound { from, to: dice.pick(own) }
        }
        1 => Route::Outbound { to: destination(tenant, dice) },
        _ if dice.percent(20) => Route::Internal { to: "*97".to_owned() },
        _ => Route::Internal { to: dice.pick(&tenant.extensions) },
    }
}

fn destination(tenant: &TenantPlan, dice: &mut Dice) -> String {
    let (abroad, costly) = if tenant.plan == PlanKey::World { (140, 12) } else { (2, 1) };
    if dice.per_mille(abroad) {
        people::abroad(dice)
    } else if dice.per_mille(costly) {
        people::costly(dice)
    } else if dice.percent(6) {
        format!("1{}", people::toll_free_stranger(dice))
    } else if dice.percent(30) {
        people::stranger(dice)
    } else {
        format!("1{}", people::stranger(dice))
    }
}

fn ended(route: &Route, dice: &mut Dice) -> Ended {
    let weights = match route {
        Route::Inbound { .. } => [76, 19, 3, 2],
        Route::Outbound { .. } => [80, 12, 5, 3],
        Route::Internal { to } if to.starts_with('*') => [100, 0, 0, 0],
        Route::Internal { .. } => [84, 13, 3, 0],
    };
    match dice.weighted(&weights) {
        0 => {
            let (_, shortest, longest) = TALK[dice.weighted(&TALK.map(|(weight, ..)| weight))];
            let seconds = dice.between(shortest, longest);
            Ended::Answered { talk_millis: seconds * 1_000 + dice.below(1_000) }
        }
        1 => Ended::NoAnswer,
        2 => Ended::Busy,
        _ => Ended::Failed,
    }
}

fn handling(tenant: &TenantPlan, (route, ended): (&Route, Ended), dice: &mut Dice) -> Handling {
    let size = u32::try_from(tenant.extensions.len()).expect("a few dozen");
    match (route, ended) {
        (Route::Inbound { .. }, Ended::NoAnswer) if dice.percent(65) => {
            Handling::Voicemail { seconds: dice.between(8, 90) }
        }
        (Route::Inbound { .. }, Ended::Answered { .. }) if size > 3 && dice.percent(12) => {
            Handling::RingGroup { others: dice.between(1, 3) }
        }
        (Route::Inbound { .. }, Ended::Answered { talk_millis })
            if talk_millis > 60_000 && dice.percent(9) =>
        {
            Handling::Transferred { percent: dice.between(10, 60) }
        }
        (Route::Inbound { .. } | Route::Outbound { .. }, Ended::Answered { talk_millis })
            if talk_millis > 120_000 && dice.percent(10) =>
        {
            Handling::Held { seconds: dice.between(5, 60) }
        }
        _ => Handling::Plain,
    }
}
