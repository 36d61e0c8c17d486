//! Included minutes: which calls of a period the base fee covers.
//!
//! Decided here: a period's calls draw from its included minutes in the order (ended at, call id)
//! (ruling 4), and the call that exhausts them is split at that second. A correction is a call row
//! with negative amounts; it cancels its original before anything is drawn, so that a corrected
//! call never takes minutes from another. Calls outside a profile's scope are neither charged nor
//! drawn. Where order cannot matter the sums suffice; a property holds both ways to one answer.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    cdr::Direction,
    ids::{CallId, ProfileId},
    money::{Nanos, Overflow},
    phone::CallClass,
    profile::{Included, MinuteRates, ProfileVersion, UsageScope},
    time::Timestamp,
    usage::PriceBasis,
};

/// One rated call of the period, or the reversal of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocCall {
    /// Its id; breaks ties between calls that end at once.
    pub id: CallId,
    /// When it ended.
    pub ended_at: Timestamp,
    /// What priced it.
    pub basis: PriceBasis,
    /// Local or toll-free.
    pub class: CallClass,
    /// Inbound or outbound.
    pub direction: Direction,
    /// Billed seconds after increments; negative on a reversal.
    pub billed_seconds: i64,
    /// Its stored price; negative on a reversal.
    pub retail: Nanos,
    /// The call that this row takes back.
    pub reverses: Option<CallId>,
}

/// Calls summed by what decides their price, from the day roll-ups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    /// What priced them.
    pub basis: PriceBasis,
    /// Local or toll-free.
    pub class: CallClass,
    /// Inbound or outbound.
    pub direction: Direction,
    /// The sum of billed seconds, reversals subtracted.
    pub billed_seconds: i64,
    /// The sum of stored prices, reversals subtracted.
    pub retail: Nanos,
}

/// How the chargeable part of a group is priced (ruling 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsagePrice {
    /// Chargeable seconds at this rate per minute.
    PerMinute(Nanos),
    /// The sum of the chargeable calls' own prices, from a deck.
    CallPrices(Nanos),
}

/// The usage that becomes one invoice line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageGroup {
    /// What priced it.
    pub basis: PriceBasis,
    /// Set where the profile has a rate per class; otherwise classes are not split (PRO-07).
    pub class: Option<CallClass>,
    /// How it is priced.
    pub price: UsagePrice,
    /// All billed seconds of the group's calls.
    pub total_seconds: i64,
    /// Those that the base fee does not cover.
    pub chargeable_seconds: i64,
}

/// What the included minutes covered of one call: the bucket in its explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallShare {
    /// The call.
    pub id: CallId,
    /// Its billed seconds.
    pub billed_seconds: i64,
    /// Seconds that the base fee covers.
    pub covered_seconds: i64,
}

/// Why usage cannot be allocated. Each is a broken book, not a wrong input of a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllocationError {
    /// A sum left its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A call was priced by a profile version that was not given.
    #[error("version {version} of {profile_id} priced a call and is unknown")]
    UnknownVersion {
        /// The profile.
        profile_id: ProfileId,
        /// Its version.
        version: i64,
    },
    /// A reversal whose original is missing, differs, or is reversed twice.
    #[error("{reversal} does not reverse one call of the period exactly")]
    UnpairedReversal {
        /// The reversing row.
        reversal: CallId,
    },
    /// A call with negative seconds that reverses nothing.
    #[error("{call} has negative seconds and reverses no call")]
    NegativeCall {
        /// The call.
        call: CallId,
    },
}

/// Prices a call whose first seconds are covered: `(call, covered seconds)` to what is left to pay.
/// Only asked for deck-priced calls that the included minutes cover in part.
pub type PriceAfter<'a> = dyn Fn(&AllocCall, i64) -> Result<Nanos, Overflow> + 'a;

/// The profile versions that priced a period's calls, and what the period includes.
#[derive(Debug, Clone, Copy)]
pub struct UsageTerms<'a> {
    /// Minutes that the period's own profile version includes.
    pub included: Included,
    /// Every version that priced a call; more than one where a profile changed at the boundary.
    pub versions: &'a [ProfileVersion],
}

/// What a group is keyed by, and how its calls are priced.
struct Place {
    key: (PriceBasis, Option<CallClass>),
    rate: Option<Nanos>,
}

impl UsageTerms<'_> {
    /// The group of a call; `None` where the profile does not charge its direction.
    fn place(
        &self,
        basis: PriceBasis,
        class: CallClass,
        direction: Direction,
    ) -> Result<Option<Place>, AllocationError> {
        let (profile_id, version) = (basis.profile_id, basis.profile_version);
        let found = self
            .versions
            .iter()
            .find(|known| known.profile_id == profile_id && known.version == version);
        let terms = &found.ok_or(AllocationError::UnknownVersion { profile_id, version })?.terms;
        if direction == Direction::Internal
            || (terms.usage_scope == UsageScope::OutboundOnly && direction != Direction::Outbound)
        {
            return Ok(None);
        }
        let (class, rate) = match (basis.deck, terms.minute_rates) {
            (Some(_), _) => (None, None),
            (None, MinuteRates::Single(rate)) => (None, Some(rate)),
            (None, MinuteRates::ByClass { local, toll_free }) => match class {
                CallClass::Local => (Some(class), Some(local)),
                CallClass::TollFree => (Some(class), Some(toll_free)),
            },
        };
        Ok(Some(Place { key: (basis, class), rate }))
    }

    fn included_seconds(&self) -> Option<i64> {
        match self.included {
            Included::UpTo(minutes) => Some(i64::from(minutes) * 60),
            Included::Unlimited => None,
        }
    }
}

/// Groups under construction, in the order of their lines.
#[derive(Default)]
struct Groups(BTreeMap<(PriceBasis, Option<CallClass>), UsageGroup>);

impl Groups {
    fn add(&mut self, place: &Place, sums: (i64, i64, Nanos)) -> Result<(), Overflow> {
        let (total, chargeable, prices) = sums;
        let (basis, class) = place.key;
        let empty = || UsageGroup {
            basis,
            class,
            price: place.rate.map_or(UsagePrice::CallPrices(Nanos::ZERO), UsagePrice::PerMinute),
            total_seconds: 0,
            chargeable_seconds: 0,
        };
        let group = self.0.entry(place.key).or_insert_with(empty);
        let add = |a: i64, b: i64| a.checked_add(b).ok_or(Overflow);
        group.total_seconds = add(group.total_seconds, total)?;
        group.chargeable_seconds = add(group.chargeable_seconds, chargeable)?;
        if let UsagePrice::CallPrices(sum) = &mut group.price {
            *sum = sum.plus(prices)?;
        }
        Ok(())
    }

    fn finish(self) -> Vec<UsageGroup> {
        self.0.into_values().collect()
    }
}

/// The groups from sums alone, or `None` where the order of the calls decides.
pub fn allocate_sums(
    rows: &[UsageRow],
    terms: &UsageTerms<'_>,
) -> Result<Option<Vec<UsageGroup>>, AllocationError> {
    let mut groups = Groups::default();
    for row in rows {
        if let Some(place) = terms.place(row.basis, row.class, row.direction)? {
            groups.add(&place, (row.billed_seconds, row.billed_seconds, row.retail))?;
        }
    }
    let mut groups = groups.finish();
    let total = groups
        .iter()
        .try_fold(0_i64, |sum, group| sum.checked_add(group.total_seconds))
        .ok_or(Overflow)?;
    match (terms.included_seconds(), groups.as_mut_slice()) {
        (Some(0), _) => {}
        (Some(included), _) if total <= included => cover_all(&mut groups),
        (None, _) => cover_all(&mut groups),
        (Some(included), [only]) if matches!(only.price, UsagePrice::PerMinute(_)) => {
            only.chargeable_seconds = only.total_seconds - included;
        }
        _ => return Ok(None),
    }
    Ok(Some(groups))
}

fn cover_all(groups: &mut [UsageGroup]) {
    for group in groups {
        group.chargeable_seconds = 0;
        if let UsagePrice::CallPrices(sum) = &mut group.price {
            *sum = Nanos::ZERO;
        }
    }
}

/// The groups from the calls themselves, in any order.
pub fn allocate_calls(
    calls: &[AllocCall],
    terms: &UsageTerms<'_>,
    price_after: &PriceAfter<'_>,
) -> Result<Vec<UsageGroup>, AllocationError> {
    let mut groups = Groups::default();
    for (call, place, share) in shares(calls, terms)? {
        let chargeable = share.billed_seconds - share.covered_seconds;
        let price = if place.rate.is_some() {
            Nanos::ZERO
        } else if share.covered_seconds == 0 {
            call.retail
        } else if chargeable == 0 {
            Nanos::ZERO
        } else {
            price_after(call, share.covered_seconds)?
        };
        groups.add(&place, (share.billed_seconds, chargeable, price))?;
    }
    Ok(groups.finish())
}

/// What the included minutes covered of each call, in the order in which they were drawn.
pub fn trace(
    calls: &[AllocCall],
    terms: &UsageTerms<'_>,
) -> Result<Vec<CallShare>, AllocationError> {
    Ok(shares(calls, terms)?.into_iter().map(|(_, _, share)| share).collect())
}

fn shares<'a>(
    calls: &'a [AllocCall],
    terms: &UsageTerms<'_>,
) -> Result<Vec<(&'a AllocCall, Place, CallShare)>, AllocationError> {
    let mut left = terms.included_seconds();
    let mut shares = Vec::with_capacity(calls.len());
    for call in standing(calls)? {
        let Some(place) = terms.place(call.basis, call.class, call.direction)? else { continue };
        let billed_seconds = call.billed_seconds;
        let covered_seconds = left.map_or(billed_seconds, |left| left.min(billed_seconds));
        left = left.map(|left| left - covered_seconds);
        shares.push((call, place, CallShare { id: call.id, billed_seconds, covered_seconds }));
    }
    Ok(shares)
}

/// The calls that stand, reversed ones and their reversals left out, in the order of drawing.
pub(crate) fn standing(calls: &[AllocCall]) -> Result<Vec<&AllocCall>, AllocationError> {
    let mut reversed: FxHashMap<CallId, &AllocCall> = FxHashMap::default();
    for call in calls {
        match call.reverses {
            Some(original) if reversed.insert(original, call).is_some() => {
                return Err(AllocationError::UnpairedReversal { reversal: call.id });
            }
            None if call.billed_seconds < 0 => {
                return Err(AllocationError::NegativeCall { call: call.id });
            }
            _ => {}
        }
    }
    let mut standing = Vec::with_capacity(calls.len());
    for call in calls.iter().filter(|call| call.reverses.is_none()) {
        match reversed.remove(&call.id) {
            None => standing.push(call),
            Some(reversal) if cancels(call, reversal) => {}
            Some(reversal) => {
                return Err(AllocationError::UnpairedReversal { reversal: reversal.id });
            }
        }
    }
    // The smallest id, so that the same books always name the same row.
    if let Some(reversal) = reversed.values().map(|call| call.id).min() {
        return Err(AllocationError::UnpairedReversal { reversal });
    }
    standing.sort_unstable_by_key(|call| (call.ended_at, call.id));
    Ok(standing)
}

fn cancels(original: &AllocCall, reversal: &AllocCall) -> bool {
    original.billed_seconds.checked_neg() == Some(reversal.billed_seconds)
        && original.retail.negated() == Ok(reversal.retail)
        && original.basis == reversal.basis
}

#[cfg(test)]
mod tests;
