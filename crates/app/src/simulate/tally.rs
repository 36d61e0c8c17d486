//! The calls of one period under one proposal: priced one by one, summed or kept in order.
//!
//! Decided here: what is kept of a call. Where the order of calls cannot decide, sums by what
//! prices them; where it can (included minutes over several prices), the few numbers that their
//! allocation needs, up to a bound. A correction is priced like the call it takes back.

use std::collections::BTreeMap;

use domain::{
    allocation::{AllocCall, UsageGroup, UsageRow, UsageTerms, allocate_calls, allocate_sums},
    call::Call,
    cdr::Direction,
    charging::{DeckVersions, RetailSide, retail_price},
    ids::{CallId, DeckId},
    money::{Nanos, Overflow},
    phone::{CallClass, HomeArea},
    profile::{Included, MinuteRates, ProfileVersion},
    rating::{self, Increments},
    time::Timestamp,
    usage::PriceBasis,
};
use rustc_hash::FxHashMap;

use crate::{
    directory::call_facts,
    error::{AppError, Result},
};

/// Most calls of one period that are kept in order: about 100 MB.
const MAX_ORDERED: usize = 500_000;

/// What a deck is asked again with, once included minutes cover a call's first seconds.
struct Asked {
    digits: Box<str>,
    answered_at: Timestamp,
    talk_seconds: u32,
}

/// Calls of a period under a proposal.
pub(super) struct Tally<'a> {
    /// The proposed terms.
    pub(super) version: &'a ProfileVersion,
    /// Calls without a rate, corrections subtracted.
    pub(super) unrated: i64,
    side: RetailSide<'a>,
    keeps_order: bool,
    sums: BTreeMap<(PriceBasis, CallClass, Direction), (i64, Nanos)>,
    ordered: Vec<AllocCall>,
    asked: FxHashMap<CallId, Asked>,
}

impl<'a> Tally<'a> {
    /// No calls yet.
    pub(super) fn new(
        version: &'a ProfileVersion,
        (increments, deck): (Increments, Option<(DeckId, &'a DeckVersions)>),
    ) -> Self {
        let terms = &version.terms;
        let included = terms.included_minutes_in_force();
        let is_bounded = !matches!(included, Included::Unlimited) && included != Included::NONE;
        let has_one_rate = deck.is_none() && matches!(terms.minute_rates, MinuteRates::Single(_));
        let (profile_id, profile_version) = (version.profile_id, version.version);
        Self {
            version,
            unrated: 0,
            side: RetailSide { profile_id, profile_version, terms, increments, deck },
            keeps_order: is_bounded && !has_one_rate,
            sums: BTreeMap::new(),
            ordered: Vec::new(),
            asked: FxHashMap::default(),
        }
    }

    /// Prices a call, or takes one back.
    pub(super) fn take(&mut self, call: &Call, home: &HomeArea) -> Result<()> {
        let undone;
        let (original, sign) = if call.reverses.is_some() {
            undone = restored(call);
            (&undone, -1)
        } else {
            (call, 1)
        };
        let facts = call_facts(original, home);
        let Some(priced) = retail_price(&facts, &self.side)? else {
            self.unrated += sign;
            return Ok(());
        };
        let billed_seconds = priced.billed_seconds * sign;
        let retail = if sign < 0 { priced.price.negated()? } else { priced.price };
        if !self.keeps_order {
            let key = (priced.basis, call.class, call.direction);
            let sum = self.sums.entry(key).or_insert((0, Nanos::ZERO));
            *sum = (sum.0.checked_add(billed_seconds).ok_or(Overflow)?, sum.1.plus(retail)?);
            return Ok(());
        }
        if self.ordered.len() >= MAX_ORDERED {
            let message = format!("a period of {} has too many calls", call.tenant_id);
            return Err(AppError::Refused(message));
        }
        if priced.basis.deck.is_some() && sign > 0 {
            let (digits, answered_at) = (call.far_number.as_str().into(), call.rated_at());
            let talk_seconds = call.billable_seconds();
            self.asked.insert(call.call_id, Asked { digits, answered_at, talk_seconds });
        }
        self.ordered.push(AllocCall {
            id: call.call_id,
            ended_at: call.ended_at,
            basis: priced.basis,
            class: call.class,
            direction: call.direction,
            billed_seconds,
            retail,
            reverses: call.reverses,
        });
        Ok(())
    }

    /// The period's usage, included minutes allocated.
    pub(super) fn groups(&self) -> Result<Vec<UsageGroup>> {
        let included = self.version.terms.included_minutes_in_force();
        let terms = UsageTerms { included, versions: std::slice::from_ref(self.version) };
        let broken = |error: domain::allocation::AllocationError| {
            AppError::Broken(format!("a simulated period: {error}"))
        };
        if self.keeps_order {
            let left_of = |call: &AllocCall, covered: i64| self.left_of(call, covered);
            return allocate_calls(&self.ordered, &terms, &left_of).map_err(broken);
        }
        let row = |(key, sum): (&(PriceBasis, CallClass, Direction), &(i64, Nanos))| UsageRow {
            basis: key.0,
            class: key.1,
            direction: key.2,
            billed_seconds: sum.0,
            retail: sum.1,
        };
        let rows: Vec<UsageRow> = self.sums.iter().map(row).collect();
        let groups = allocate_sums(&rows, &terms).map_err(broken)?;
        groups.ok_or_else(|| AppError::Broken("the order of calls decides after all".to_owned()))
    }

    /// What is left to pay of a deck-priced call whose first seconds are covered.
    fn left_of(&self, call: &AllocCall, covered: i64) -> Result<Nanos, Overflow> {
        let asked = self.asked.get(&call.id).ok_or(Overflow)?;
        let (deck, versions) = call.basis.deck.zip(self.side.deck).ok_or(Overflow)?;
        let version = versions.1.version(deck.version).ok_or(Overflow)?;
        let facts = rating::CallFacts {
            digits: &asked.digits,
            answered_at: asked.answered_at,
            talk_seconds: asked.talk_seconds,
        };
        let covered = u32::try_from(covered).map_err(|_| Overflow)?;
        let left = version.book.quote_after(&facts, covered)?;
        left.map(|quote| quote.price).ok_or(Overflow)
    }
}

/// The call that a correction takes back, as far as prices depend on it.
fn restored(reversal: &Call) -> Call {
    Call {
        talk_seconds: -reversal.talk_seconds,
        hold_seconds: -reversal.hold_seconds,
        ..reversal.clone()
    }
}
