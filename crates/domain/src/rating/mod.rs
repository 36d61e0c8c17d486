//! What one call costs: by a rate book, or at a plain rate per minute.
//!
//! Decided here: the steps (a) to (g) of ruling 20, in one function that serves everybody who asks
//! for a price: authorising, ingest, explaining, re-rating, simulating and the calculator. A quote
//! and an explanation differ only in whether the parts are written down, so they never differ in
//! the price. Amounts stay exact fractions until the one rounding at the end. Which deck or
//! profile prices a call, and what happens where none does, is the caller's business.

mod calc;
mod exact;
mod plain;
mod price;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tables;

use crate::{
    catalog::{RateBook, Rounding},
    money::{Nanos, Overflow},
    phone::Prefix,
    time::Timestamp,
};

pub use calc::{CallLineError, calc_price_line};
pub use plain::{Increments, ZeroIncrement, wholesale_cost};

/// What of a call decides its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallFacts<'a> {
    /// The far party's digits, country code first, without a plus: who was called by an outbound
    /// call, who called in an inbound one.
    pub digits: &'a str,
    /// When it was answered; chooses the row (ruling 6).
    pub answered_at: Timestamp,
    /// Billable talk time: whole seconds, holds already subtracted.
    pub talk_seconds: u32,
}

/// What a call costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// Seconds charged, after minimum and increments.
    pub billed_seconds: u32,
    /// The price before rounding, capped, to nine decimals.
    pub exact: Nanos,
    /// The price.
    pub price: Nanos,
    /// How many digits of the prefix matched at the answer.
    pub prefix_digits: u8,
    /// The row that priced the answer, as an index into what the book was compiled from.
    pub row: u32,
}

/// A price with its parts: the connection fee and the segments add up to `exact`, and `price` is
/// `exact` rounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The prefix that matched at the answer.
    pub prefix: Prefix,
    /// The name of the row that priced the answer.
    pub name: String,
    /// The row that priced the answer, as an index into what the book was compiled from.
    pub row: u32,
    /// Seconds charged, after minimum and increments.
    pub billed_seconds: u32,
    /// The price before rounding, capped, to nine decimals.
    pub exact: Nanos,
    /// The price.
    pub price: Nanos,
    /// What of `exact` is the connection fee.
    pub connection_fee: Nanos,
    /// What the call would have cost without the row's maximum, if that cut it.
    pub uncapped: Option<Nanos>,
    /// How `price` was rounded.
    pub rounding: Rounding,
    /// Stretches of the charged time, in order.
    pub segments: Vec<Segment>,
}

/// A stretch of charged time with one price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The prefix of the row that priced it.
    pub prefix: Prefix,
    /// That row, as an index into what the book was compiled from.
    pub row: u32,
    /// The second from which its step runs; 0 for a row without steps.
    pub step: u32,
    /// The window of the row, if it has one.
    pub window: Option<String>,
    /// Where it begins, in charged seconds from the first one on.
    pub from_second: u32,
    /// How long it is.
    pub seconds: u32,
    /// The price of `per_seconds`.
    pub rate: Nanos,
    /// What `rate` is for.
    pub per_seconds: u32,
    /// Its part of `exact`: 0 once the maximum is reached.
    pub price: Nanos,
}

impl RateBook {
    /// What a call costs, or `None` where no row prices all of it.
    pub fn quote(&self, call: &CallFacts<'_>) -> Result<Option<Quote>, Overflow> {
        self.quote_after(call, 0)
    }
    /// What a call costs when its first `covered_seconds` charged seconds are included elsewhere
    /// (ruling 4): the price of the rest, without the connection fee if anything is covered.
    /// Nothing covered gives the whole quote, everything covered gives 0.
    pub fn quote_after(
        &self,
        call: &CallFacts<'_>,
        covered_seconds: u32,
    ) -> Result<Option<Quote>, Overflow> {
        let Some(priced) = price::price(self, call, covered_seconds, &mut price::NoSegments)?
        else {
            return Ok(None);
        };
        let exact = priced.total.to_nanos()?;
        Ok(Some(Quote {
            billed_seconds: priced.billed_seconds,
            exact,
            price: priced.price(exact)?,
            prefix_digits: priced.head.prefix_digits,
            row: self.source_of(priced.head.row),
        }))
    }
    /// What a call costs and why; equal to [`quote`](Self::quote) in every figure.
    pub fn explain(&self, call: &CallFacts<'_>) -> Result<Option<Explanation>, Overflow> {
        self.explain_after(call, 0)
    }
    /// As [`explain`](Self::explain), for [`quote_after`](Self::quote_after).
    pub fn explain_after(
        &self,
        call: &CallFacts<'_>,
        covered_seconds: u32,
    ) -> Result<Option<Explanation>, Overflow> {
        let mut pieces = price::Pieces::default();
        let Some(priced) = price::price(self, call, covered_seconds, &mut pieces)? else {
            return Ok(None);
        };
        let parts = pieces.into_parts(self, call, &priced)?;
        let exact = priced.total.to_nanos()?;
        Ok(Some(Explanation {
            prefix: price::prefix_of(call, priced.head.prefix_digits),
            name: self.name_of(priced.head.row).to_owned(),
            row: self.source_of(priced.head.row),
            billed_seconds: priced.billed_seconds,
            exact,
            price: priced.price(exact)?,
            connection_fee: parts.connection_fee,
            uncapped: priced.uncapped.map(exact::Exact::to_nanos).transpose()?,
            rounding: priced.head.terms.rounding,
            segments: parts.segments,
        }))
    }
}
