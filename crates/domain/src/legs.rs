//! Legs of one call: which of several records bears the price.
//!
//! Decided here (ruling 16): the legs that share a call group, a tenant and a direction are one
//! call and are billed once, by the leg with the longest talk time. Queues, ring groups, transfers
//! and two-leg switches write several records for one conversation; the longest is the one that
//! covers it best, and never more than was talked. Ties go to the leg with more hold by the
//! tenant's side, which only its own device reports (MET-02), then to the earliest answer and the
//! lowest id, so that the winner does not depend on the order in which records arrive.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use crate::{
    call::{Call, FreeReason, Outcome},
    cdr::Direction,
    ids::{CallId, TenantId},
    time::Timestamp,
};

/// What makes legs one call.
type LegKey = (TenantId, Direction, String);

/// Higher is better.
type Rank = (i64, i64, Reverse<(Timestamp, CallId)>);

fn rank(call: &Call) -> Rank {
    (call.talk_seconds, call.hold_seconds, Reverse((call.rated_at(), call.call_id)))
}

/// Whether the call competes with other legs of its group.
fn key(call: &Call) -> Option<LegKey> {
    let competes = matches!(call.outcome, Outcome::Rated | Outcome::Unrated(_));
    let group = call.call_group.clone().filter(|_| competes && call.reverses.is_none())?;
    Some((call.tenant_id, call.direction, group))
}

/// The groups of `calls` whose earlier legs must be known before [`choose`] can decide.
pub fn groups(calls: &[Call]) -> Vec<&str> {
    let mut groups: Vec<&str> = calls
        .iter()
        .filter(|call| key(call).is_some())
        .filter_map(|call| call.call_group.as_deref())
        .collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

/// Lets one leg of each call bear the price. `kept` are all rows of these groups so far; losers
/// among the `arriving` become free, and a kept leg that loses is answered, to be reversed.
pub fn choose(kept: &[Call], arriving: &mut [Call]) -> Vec<Call> {
    let reversed: Vec<CallId> = kept.iter().filter_map(|call| call.reverses).collect();
    let mut winners: FxHashMap<LegKey, Rank> = FxHashMap::default();
    let mut standing: FxHashMap<LegKey, &Call> = FxHashMap::default();
    for call in kept.iter().filter(|call| !reversed.contains(&call.call_id)) {
        if let Some(key) = key(call) {
            winners.insert(key.clone(), rank(call));
            standing.insert(key, call);
        }
    }
    for call in arriving.iter() {
        if let Some(key) = key(call) {
            let best = winners.entry(key).or_insert_with(|| rank(call));
            *best = (*best).max(rank(call));
        }
    }
    for call in arriving.iter_mut() {
        if let Some(key) = key(call)
            && winners[&key] != rank(call)
        {
            call.make_free(FreeReason::OtherLeg);
        }
    }
    let mut losers: Vec<Call> = standing
        .into_iter()
        .filter(|(key, call)| winners[key] != rank(call))
        .map(|(_, call)| call.clone())
        .collect();
    losers.sort_by_key(|call| call.call_id);
    losers
}
