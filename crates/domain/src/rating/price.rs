//! The one pricing function.
//!
//! A second of charged time is priced by the row that is in force at its own instant, at the step
//! that its place in the call reaches. Increments are counted on the whole call: a piece that has
//! begun is charged whole, also when a window ends inside it, and the rest of that piece is priced
//! second by second like everything else. So a longer call is never cheaper, whatever the windows.

use super::{CallFacts, Segment, exact::Exact};
use crate::{
    catalog::{Chain, Cover, Found, Grid, RateBook, Rounding, RowTerms},
    money::{Nanos, Overflow},
    phone::Prefix,
    time::Timestamp,
};

/// A part of the charged time, as it is found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'b> {
    found: Found<'b>,
    /// The second from which its step runs.
    step: u32,
    from_second: u32,
    seconds: u32,
    rate: i64,
    per_seconds: u32,
}

/// Takes the parts of a price while it is computed.
pub(super) trait SegmentSink<'b> {
    /// Takes the next part.
    fn piece(&mut self, piece: Piece<'b>);
}

/// Forgets the parts: for quotes.
pub(super) struct NoSegments;

impl SegmentSink<'_> for NoSegments {
    #[inline]
    fn piece(&mut self, _: Piece<'_>) {}
}

/// Keeps the parts: for explanations.
#[derive(Default)]
pub(super) struct Pieces<'b>(Vec<Piece<'b>>);

impl<'b> SegmentSink<'b> for Pieces<'b> {
    fn piece(&mut self, piece: Piece<'b>) {
        match self.0.last_mut() {
            // A change of the zone's offset interrupts the walk, not the price.
            Some(last) if last.found.row == piece.found.row && last.step == piece.step => {
                last.seconds += piece.seconds;
            }
            _ => self.0.push(piece),
        }
    }
}

/// A priced call.
pub(super) struct Priced<'b> {
    /// The row in force at the answer: it gives fee, free seconds, maximum and rounding.
    pub(super) head: Found<'b>,
    pub(super) billed_seconds: u32,
    /// The whole price, capped.
    pub(super) total: Exact,
    /// The whole price before the cap, if that cut it.
    pub(super) uncapped: Option<Exact>,
    fee: i64,
}

impl Priced<'_> {
    /// The price; `exact` is the total to nine decimals, which many decks take as it is.
    #[inline]
    pub(super) fn price(&self, exact: Nanos) -> Result<Nanos, Overflow> {
        match self.head.terms.rounding {
            Rounding::EXACT => Ok(exact),
            rounding => self.total.rounded(rounding),
        }
    }
}

/// Steps (a) to (f) of ruling 20 for the charged seconds from `covered` on.
#[inline]
pub(super) fn price<'b, S: SegmentSink<'b>>(
    book: &'b RateBook,
    call: &CallFacts<'_>,
    covered: u32,
    sink: &mut S,
) -> Result<Option<Priced<'b>>, Overflow> {
    let chain = book.walk(call.digits);
    let cover = book.cover(&chain, call.answered_at);
    let head = match cover {
        Cover::Whole(found) => found,
        Cover::ByTime => match book.at(&chain, call.answered_at, call.answered_at).0 {
            Some(found) => found,
            None => return Ok(None),
        },
        Cover::Nothing => return Ok(None),
    };
    let terms = head.terms;
    if call.talk_seconds == 0 || call.talk_seconds < terms.free_below_seconds {
        return Ok(Some(Priced {
            head,
            billed_seconds: 0,
            total: Exact::ZERO,
            uncapped: None,
            fee: 0,
        }));
    }
    let mut meter = Meter { book, covered, total: Exact::ZERO, sink };
    let talk = call.talk_seconds.saturating_sub(terms.free_seconds);
    let billed = match (talk, cover) {
        (0, _) => 0,
        (_, Cover::Whole(_)) => {
            let billed = seconds(unit_end(book, terms, talk - 1))?;
            meter.add(head, 0, billed)?;
            billed
        }
        _ => {
            let base = call.answered_at.plus_seconds(i64::from(terms.free_seconds));
            let walk = Walk { chain, answered_at: call.answered_at, base };
            match meter.walk(&walk, talk)? {
                Some(billed) => billed,
                None => return Ok(None),
            }
        }
    };
    let fee = if covered == 0 { terms.connection_fee } else { 0 };
    let uncapped = if fee == 0 { meter.total } else { meter.total.plus(Exact::whole(fee))? };
    let total = uncapped.at_most(terms.max_price);
    let is_cut = terms.max_price.is_some_and(|limit| uncapped.exceeds(limit));
    Ok(Some(Priced {
        head,
        billed_seconds: billed.saturating_sub(covered),
        total,
        uncapped: is_cut.then_some(uncapped),
        fee,
    }))
}

/// The instants of a call whose rows depend on the time.
struct Walk {
    chain: Chain,
    answered_at: Timestamp,
    /// The instant of the first charged second.
    base: Timestamp,
}

impl Walk {
    /// The first second that does not begin before `instant`.
    fn second_at(&self, instant: Timestamp) -> u32 {
        let micros = instant.micros_since(self.base).max(0);
        let seconds = micros / 1_000_000 + i64::from(micros % 1_000_000 > 0);
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }
}

/// Adds up charged time.
struct Meter<'b, 's, S> {
    book: &'b RateBook,
    /// Seconds before this one are not charged.
    covered: u32,
    total: Exact,
    sink: &'s mut S,
}

impl<'b, S: SegmentSink<'b>> Meter<'b, '_, S> {
    /// Charges the seconds `from..until` of a call by one row.
    #[inline]
    fn add(&mut self, found: Found<'b>, from: u32, until: u32) -> Result<(), Overflow> {
        let from = from.max(self.covered);
        if from >= until {
            return Ok(());
        }
        match found.terms.grid {
            Grid::Plain(_) => {
                let seconds = until - from;
                self.total = self.total.plus(Exact::share(found.price, seconds, 60))?;
                let (rate, per_seconds) = (found.price, 60);
                let piece = Piece { found, step: 0, from_second: from, seconds, rate, per_seconds };
                self.sink.piece(piece);
                Ok(())
            }
            Grid::Steps { denominator, .. } => self.add_steps(found, from..until, denominator),
        }
    }

    fn add_steps(
        &mut self,
        found: Found<'b>,
        seconds: std::ops::Range<u32>,
        denominator: u32,
    ) -> Result<(), Overflow> {
        let steps = self.book.steps_of(found.terms);
        let mut sum = 0_i128;
        for (index, step) in steps.iter().enumerate() {
            let end = steps.get(index + 1).map_or(u32::MAX, |next| next.from_second);
            let (from, until) = (seconds.start.max(step.from_second), seconds.end.min(end));
            if from >= until {
                continue;
            }
            let scale = i128::from(denominator / step.per_seconds);
            sum += i128::from(step.price.get()) * i128::from(until - from) * scale;
            self.sink.piece(Piece {
                found,
                step: step.from_second,
                from_second: from,
                seconds: until - from,
                rate: step.price.get(),
                per_seconds: step.per_seconds,
            });
        }
        self.total = self.total.plus(Exact::fraction(sum, denominator))?;
        Ok(())
    }

    /// Charges a call whose row depends on the time; `None` where a talked second has none.
    fn walk(&mut self, walk: &Walk, talk: u32) -> Result<Option<u32>, Overflow> {
        let (mut second, mut billed) = (0, 0);
        let mut last = None;
        while second < talk.max(billed) {
            let instant = walk.base.plus_seconds(i64::from(second));
            let (found, until) = self.book.at(&walk.chain, walk.answered_at, instant);
            // The end of a piece may lie where nothing is priced any more; nobody talked there.
            let found = found.or(if second >= talk { last } else { None });
            let Some(found) = found else { return Ok(None) };
            let end = walk.second_at(until).max(second + 1);
            if second < talk {
                billed = billed.max(seconds(unit_end(self.book, found.terms, end.min(talk) - 1))?);
            }
            let stop = if end < talk { end } else { end.min(billed) };
            self.add(found, second, stop)?;
            (second, last) = (stop, Some(found));
        }
        Ok(Some(billed))
    }
}

/// The end of the piece that `second` lies in, by a row's minimum and increments.
#[inline]
fn unit_end(book: &RateBook, terms: &RowTerms, second: u32) -> u64 {
    match terms.grid {
        Grid::Plain(increments) => increments.unit_end(u64::from(second)),
        Grid::Steps { minimum, .. } => {
            let second = second.max(minimum.saturating_sub(1));
            let steps = book.steps_of(terms);
            let index = steps.partition_point(|step| step.from_second <= second) - 1;
            let step = &steps[index];
            let from = u64::from(step.from_second);
            let increment = u64::from(step.increment_seconds);
            let end = from + ((u64::from(second) - from) / increment + 1) * increment;
            // The next step is counted from its own second, so it cuts the last piece of this one.
            steps.get(index + 1).map_or(end, |next| end.min(u64::from(next.from_second)))
        }
    }
}

fn seconds(seconds: u64) -> Result<u32, Overflow> {
    u32::try_from(seconds).map_err(|_| Overflow)
}

/// The first digits of a call's number, which a row matched.
pub(super) fn prefix_of(call: &CallFacts<'_>, digits: u8) -> Prefix {
    let matched = &call.digits.as_bytes()[..usize::from(digits)];
    Prefix::from_digits(matched).expect("only prefixes match")
}

/// An explanation's amounts.
pub(super) struct Parts {
    pub(super) connection_fee: Nanos,
    pub(super) segments: Vec<Segment>,
}

impl Pieces<'_> {
    /// Prices the pieces to nine decimals so that fee and pieces add up to the capped total: each
    /// is the difference of two rounded running totals, so remainders fall where they arise.
    pub(super) fn into_parts(
        self,
        book: &RateBook,
        call: &CallFacts<'_>,
        priced: &Priced<'_>,
    ) -> Result<Parts, Overflow> {
        let limit = priced.head.terms.max_price;
        let mut running = Exact::whole(priced.fee);
        let mut so_far = running.at_most(limit).to_nanos()?;
        let connection_fee = so_far;
        let mut segments = Vec::with_capacity(self.0.len());
        for piece in self.0 {
            running = running.plus(Exact::share(piece.rate, piece.seconds, piece.per_seconds))?;
            let total = running.at_most(limit).to_nanos()?;
            segments.push(Segment {
                prefix: prefix_of(call, piece.found.prefix_digits),
                row: book.source_of(piece.found.row),
                step: piece.step,
                window: book.window_of(piece.found.terms).map(ToString::to_string),
                from_second: piece.from_second,
                seconds: piece.seconds,
                rate: Nanos::new(piece.rate),
                per_seconds: piece.per_seconds,
                price: total.minus(so_far)?,
            });
            so_far = total;
        }
        Ok(Parts { connection_fee, segments })
    }
}
