//! What a call costs on both sides, once its owner is known.
//!
//! Decided here: which calls are free, which need a deck that names them (ruling 19), and in which
//! order terms are asked: deck first, then the plain minute rate. Both sides are priced from the
//! same seconds by the same functions; neither knows the other's price (PRO-21). A destination
//! that needs a deck and has none on either side leaves the call unrated: a missing price is a
//! state, never a zero.

use std::sync::Arc;

use crate::{
    account::WholesaleTerms,
    call::{FreeReason, Outcome, RetailPrice, UnratedReason, WholesaleCharge, WholesalePrice},
    catalog::RateBook,
    cdr::{CallRecord, Direction},
    ids::{DeckId, ProfileId},
    money::{Micros, Nanos, Overflow},
    ownership::Ownership,
    phone::{CallClass, Destination},
    profile::{MinuteRates, ProfileTerms, UsageScope},
    rating::{self, Increments, wholesale_cost},
    time::Timestamp,
    usage::{DeckRef, PriceBasis},
};

/// A deck's versions, each in force from its instant until the next one's.
#[derive(Debug, Default)]
pub struct DeckVersions(Vec<DeckVersion>);

/// One compiled version of a deck.
#[derive(Debug)]
pub struct DeckVersion {
    /// The first instant at which it prices calls.
    pub effective_from: Timestamp,
    /// Its number.
    pub version: i64,
    /// Its rows.
    pub book: Arc<RateBook>,
}

impl DeckVersions {
    /// The versions in order of effect; of two that start together the higher number wins.
    pub fn new(mut versions: Vec<DeckVersion>) -> Self {
        versions.sort_by_key(|version| (version.effective_from, version.version));
        Self(versions)
    }
    /// The version in force at `instant`.
    pub fn at(&self, instant: Timestamp) -> Option<&DeckVersion> {
        self.0.iter().rev().find(|version| version.effective_from <= instant)
    }
    /// The version with the highest number.
    pub fn latest(&self) -> Option<&DeckVersion> {
        self.0.iter().max_by_key(|version| version.version)
    }
    /// The version with this number.
    pub fn version(&self, number: i64) -> Option<&DeckVersion> {
        self.0.iter().find(|version| version.version == number)
    }
}

/// How the tenant is charged for a call answered in one of its terms.
#[derive(Debug, Clone, Copy)]
pub struct RetailSide<'a> {
    /// The profile.
    pub profile_id: ProfileId,
    /// Its version in force at answer.
    pub profile_version: i64,
    /// What it says.
    pub terms: &'a ProfileTerms,
    /// The partner's increments, for calls that no deck prices.
    pub increments: Increments,
    /// The profile's deck.
    pub deck: Option<(DeckId, &'a DeckVersions)>,
}

/// How the partner is charged.
#[derive(Debug, Clone, Copy)]
pub struct WholesaleSide<'a> {
    /// Its terms in force at answer.
    pub terms: &'a WholesaleTerms,
    /// The operator's increments, for calls that no deck prices.
    pub increments: Increments,
    /// The terms' deck.
    pub deck: Option<(DeckId, &'a DeckVersions)>,
    /// Whether the wallet is debited.
    pub charge: WholesaleCharge,
}

/// The facts of a call that prices depend on.
#[derive(Debug, Clone, Copy)]
pub struct CallFacts<'a> {
    /// Which way it ran.
    pub direction: Direction,
    /// Local or toll-free.
    pub class: CallClass,
    /// What kind of place the far party is.
    pub destination: Destination,
    /// The digits decks are asked with; `None` where the far party has none.
    pub digits: Option<&'a str>,
    /// The instant that chooses rates.
    pub answered_at: Timestamp,
    /// Talk minus own holds.
    pub billable_seconds: u32,
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charged {
    /// Whether it was priced.
    pub outcome: Outcome,
    /// What the tenant pays; nothing unless it was.
    pub retail: RetailPrice,
    /// What the partner pays; nothing unless it was.
    pub wholesale: WholesalePrice,
}

/// Whether the call is free whatever the rates are.
pub fn free_reason(record: &CallRecord, owner: &Ownership, to: Destination) -> Option<FreeReason> {
    if !record.fields().is_call {
        return Some(FreeReason::NotACall);
    }
    if owner.direction == Direction::Internal {
        return Some(FreeReason::Internal);
    }
    if owner.direction == Direction::Outbound && to.is_never_billed() {
        return Some(FreeReason::NeverBilled);
    }
    (record.billable_seconds() == 0).then_some(FreeReason::Unanswered)
}

/// The destination that prices depend on: where an outbound call went. An inbound call comes from
/// wherever it likes and is an ordinary minute, unless the deck has a row for its caller.
pub fn destination_of(direction: Direction, dialled: Destination) -> Destination {
    match direction {
        Direction::Outbound => dialled,
        Direction::Inbound | Direction::Internal => Destination::Home,
    }
}

/// Prices a call that is not free.
pub fn charge(
    facts: &CallFacts<'_>,
    retail: &RetailSide<'_>,
    wholesale: Option<&WholesaleSide<'_>>,
) -> Result<Charged, Overflow> {
    let basis = PriceBasis {
        profile_id: retail.profile_id,
        profile_version: retail.profile_version,
        deck: None,
    };
    let unrated = |reason| {
        let mut charged = Charged::nothing(Outcome::Unrated(reason), basis);
        if let Some(side) = wholesale {
            charged.wholesale.terms_from = side.terms.effective_from;
            charged.wholesale.charge = side.charge;
        }
        Ok(charged)
    };
    let Some(wholesale) = wholesale else { return unrated(UnratedReason::NoWholesaleTerms) };
    let Some(retail_price) = retail_price(facts, retail)? else {
        return unrated(UnratedReason::NoRetailRate);
    };
    let Some(wholesale_price) = wholesale_price(facts, wholesale)? else {
        return unrated(UnratedReason::NoWholesaleRate);
    };
    Ok(Charged { outcome: Outcome::Rated, retail: retail_price, wholesale: wholesale_price })
}

impl Charged {
    /// Nothing is charged, for this outcome.
    pub fn nothing(outcome: Outcome, basis: PriceBasis) -> Self {
        Self {
            outcome,
            retail: RetailPrice { basis, billed_seconds: 0, price: Nanos::ZERO },
            wholesale: WholesalePrice {
                terms_from: Timestamp::default(),
                deck: None,
                billed_seconds: 0,
                cost: Micros::ZERO,
                charge: WholesaleCharge::Charged,
            },
        }
    }
}

/// A deck's price: its version, the billed seconds and the price.
type DeckPrice = (i64, u32, Nanos);

/// What the deck says, where it may be asked: a destination that needs a deck must be named by a
/// row, not merely covered by one for its country.
fn deck_price(
    facts: &CallFacts<'_>,
    deck: Option<(DeckId, &DeckVersions)>,
) -> Result<Option<(DeckId, DeckPrice)>, Overflow> {
    let (Some((deck_id, versions)), Some(digits)) = (deck, facts.digits) else { return Ok(None) };
    let Some(version) = versions.at(facts.answered_at) else { return Ok(None) };
    let quote = version.book.quote(&rating::CallFacts {
        digits,
        answered_at: facts.answered_at,
        talk_seconds: facts.billable_seconds,
    })?;
    Ok(quote
        .filter(|quote| facts.destination.is_named_by(digits, quote.prefix_digits))
        .map(|quote| (deck_id, (version.version, quote.billed_seconds, quote.price))))
}

/// What the tenant pays for a call that is not free; `None` where no rate names its destination.
pub fn retail_price(
    facts: &CallFacts<'_>,
    side: &RetailSide<'_>,
) -> Result<Option<RetailPrice>, Overflow> {
    let basis = PriceBasis {
        profile_id: side.profile_id,
        profile_version: side.profile_version,
        deck: None,
    };
    if side.terms.usage_scope == UsageScope::OutboundOnly && facts.direction == Direction::Inbound {
        return Ok(Some(RetailPrice { basis, billed_seconds: 0, price: Nanos::ZERO }));
    }
    if let Some((deck_id, (version, billed_seconds, price))) = deck_price(facts, side.deck)? {
        let basis = PriceBasis { deck: Some(DeckRef { deck_id, version }), ..basis };
        return Ok(Some(RetailPrice { basis, billed_seconds: i64::from(billed_seconds), price }));
    }
    if facts.destination.needs_deck() {
        return Ok(None);
    }
    let billed_seconds = i64::from(side.increments.billed_seconds(facts.billable_seconds));
    let price = minute_rate(side.terms.minute_rates, facts.class).per_minute_for(billed_seconds)?;
    Ok(Some(RetailPrice { basis, billed_seconds, price }))
}

/// The plain rate of a class.
pub const fn minute_rate(rates: MinuteRates, class: CallClass) -> Nanos {
    match (rates, class) {
        (MinuteRates::Single(rate), _) => rate,
        (MinuteRates::ByClass { local, .. }, CallClass::Local) => local,
        (MinuteRates::ByClass { toll_free, .. }, CallClass::TollFree) => toll_free,
    }
}

fn wholesale_price(
    facts: &CallFacts<'_>,
    side: &WholesaleSide<'_>,
) -> Result<Option<WholesalePrice>, Overflow> {
    let priced = |deck, billed_seconds, cost| WholesalePrice {
        terms_from: side.terms.effective_from,
        deck,
        billed_seconds,
        cost,
        charge: side.charge,
    };
    if let Some((deck_id, (version, billed_seconds, price))) = deck_price(facts, side.deck)? {
        let deck = Some((deck_id, version));
        return Ok(Some(priced(deck, i64::from(billed_seconds), price.to_micros())));
    }
    if facts.destination.needs_deck() {
        return Ok(None);
    }
    let billed_seconds = side.increments.billed_seconds(facts.billable_seconds);
    let rate = match facts.class {
        CallClass::Local => side.terms.local_minute,
        CallClass::TollFree => side.terms.toll_free_minute,
    };
    let cost = wholesale_cost(rate, billed_seconds)?;
    Ok(Some(priced(None, i64::from(billed_seconds), cost)))
}
