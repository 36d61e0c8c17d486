//! One row of a rate deck, checked.
//!
//! Decided here: which values a row may have and their defaults (BEY-02, ruling 20). A row exists
//! only through [`DeckRow::try_new`], so steps begin at second 0 and rise, increments are at least
//! a second, prices are not negative and validity is not empty. Charging per call is a
//! connection fee with a rate of 0; an increment of 0 does not exist.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::Window;
use crate::{
    money::{Nanos, Overflow, round_half_away},
    phone::Prefix,
    rating::Increments,
    time::Timestamp,
};

/// The longest time any field of a row may hold: a week, the longest call there is.
const MAX_SECONDS: u32 = 7 * 86_400;
/// The dearest price: a million units per unit of time or per call, in nanos.
const MAX_PRICE: Nanos = Nanos::new(1_000_000 * 1_000_000_000);
/// The longest name, in bytes: it is printed on one line of an invoice.
const MAX_NAME_BYTES: usize = 120;
/// The most steps of a row; real tariffs have two or three.
pub const MAX_STEPS: usize = 32;
/// The longest unit of time a step's price can be for: a day.
pub const MAX_PER_SECONDS: u32 = 86_400;
/// The largest common denominator of a row's steps, so that sums stay exact in 128 bits.
const MAX_DENOMINATOR: u64 = 1_000_000_000;
/// The most rows of one prefix: windows and scheduled changes, not a second index.
pub const MAX_ROWS_PER_PREFIX: usize = 256;

/// A value of a row is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{column}: {why}")]
pub struct DeckValueError {
    /// The column of the deck file.
    pub column: &'static str,
    /// What is wrong with which value.
    pub why: String,
}

impl DeckValueError {
    pub(super) fn new(column: &'static str, why: impl fmt::Display) -> Self {
        Self { column, why: why.to_string() }
    }
}

/// In which direction the price of a call is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// Half away from zero.
    HalfUp,
    /// Any rest counts as a whole.
    Up,
    /// Any rest is dropped.
    Down,
}

/// How the price of a call is rounded, once (ruling 20 g).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rounding {
    mode: RoundingMode,
    decimals: i8,
}

impl Rounding {
    /// Nine decimals, half away from zero: `exact` in deck files (ruling 1).
    pub const EXACT: Self = Self { mode: RoundingMode::HalfUp, decimals: 9 };

    /// To −6 (millions) up to 9 decimals.
    pub fn try_new(mode: RoundingMode, decimals: i8) -> Result<Self, DeckValueError> {
        if (-6..=9).contains(&decimals) {
            Ok(Self { mode, decimals })
        } else {
            let why = format!("{decimals} does not lie between -6 and 9");
            Err(DeckValueError::new("decimals", why))
        }
    }
    /// The direction.
    pub const fn mode(self) -> RoundingMode {
        self.mode
    }
    /// Decimal places of the currency unit; negative ones are tens, hundreds and so on.
    pub const fn decimals(self) -> i8 {
        self.decimals
    }
    /// `exact`, `half_up`, `up` or `down`.
    pub fn name(self) -> &'static str {
        match self.mode {
            _ if self == Self::EXACT => "exact",
            RoundingMode::HalfUp => "half_up",
            RoundingMode::Up => "up",
            RoundingMode::Down => "down",
        }
    }
    /// Rounds the exact amount `numerator / denominator` nanos, both not negative.
    pub(crate) fn apply(self, numerator: i128, denominator: i128) -> Result<Nanos, Overflow> {
        let places = u32::try_from(9 - i32::from(self.decimals)).expect("0 to 15");
        let unit = 10_i128.pow(places);
        let divisor = denominator.checked_mul(unit).ok_or(Overflow)?;
        let units = match self.mode {
            RoundingMode::HalfUp => round_half_away(numerator, divisor),
            RoundingMode::Down => numerator / divisor,
            RoundingMode::Up => numerator / divisor + i128::from(numerator % divisor > 0),
        };
        let nanos = units.checked_mul(unit).ok_or(Overflow)?;
        i64::try_from(nanos).map(Nanos::new).map_err(|_| Overflow)
    }
}

impl Default for Rounding {
    fn default() -> Self {
        Self::EXACT
    }
}

/// A stretch of a call with its own price: from a second on, until the next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Step {
    /// The second of the charged time at which it begins.
    pub from_second: u32,
    /// It is sold in pieces of this many seconds, counted from its own beginning.
    pub increment_seconds: u32,
    /// The price of `per_seconds`.
    pub price: Nanos,
    /// What `price` is for.
    pub per_seconds: u32,
}

/// Progressive prices inside a call, written `0:60@0.10/60;60:1@0.05/60`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Steps {
    steps: Arc<[Step]>,
    denominator: u32,
}

impl Steps {
    /// Checks that the steps begin at 0 and rise, and that their prices add up exactly.
    pub fn try_new(steps: Vec<Step>) -> Result<Self, DeckValueError> {
        let wrong = |why: String| DeckValueError::new("steps", why);
        if steps.is_empty() || steps.len() > MAX_STEPS {
            return Err(wrong(format!("{} steps: must be 1 to {MAX_STEPS}", steps.len())));
        }
        if steps[0].from_second != 0 {
            return Err(wrong(format!("first step is from {}, not 0", steps[0].from_second)));
        }
        if let Some(pair) = steps.windows(2).find(|it| it[0].from_second >= it[1].from_second) {
            let (before, from) = (pair[0].from_second, pair[1].from_second);
            return Err(wrong(format!("step from {from} does not come after {before}")));
        }
        let mut denominator = 1_u64;
        for step in &steps {
            within("steps", step.from_second, 0..=MAX_SECONDS)?;
            within("steps", step.increment_seconds, 1..=MAX_SECONDS)?;
            within("steps", step.per_seconds, 1..=MAX_PER_SECONDS)?;
            price_within("steps", step.price)?;
            let per = u64::from(step.per_seconds);
            denominator = denominator / greatest_common_divisor(denominator, per) * per;
            if denominator > MAX_DENOMINATOR {
                return Err(wrong("units of time have no common multiple below 1e9".to_owned()));
            }
        }
        let denominator = u32::try_from(denominator).expect("checked above");
        Ok(Self { steps: steps.into(), denominator })
    }
    /// Parses steps joined by `;`, each `from_second:increment@price/per_seconds`.
    pub fn parse(text: &str) -> Result<Self, DeckValueError> {
        // One more than allowed is read, so that the count is refused with its own message.
        let steps = text.split(';').take(MAX_STEPS + 1).map(parse_step);
        Self::try_new(steps.collect::<Result<_, _>>()?)
    }
    /// The steps, in order.
    pub fn as_slice(&self) -> &[Step] {
        &self.steps
    }
    /// A common multiple of the steps' units of time.
    pub(super) fn denominator(&self) -> u32 {
        self.denominator
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            let separator = if index == 0 { "" } else { ";" };
            let Step { from_second, increment_seconds, price, per_seconds } = step;
            write!(f, "{separator}{from_second}:{increment_seconds}@{price}/{per_seconds}")?;
        }
        Ok(())
    }
}

/// What the charged time of a call costs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Charge {
    /// One rate, in increments (6/6 by default).
    PerMinute {
        /// The price of a minute.
        rate: Nanos,
        /// How the time is rounded up.
        increments: Increments,
    },
    /// Progressive steps, each with its own increment.
    Stepped {
        /// The steps.
        steps: Steps,
        /// At least this many seconds are charged; 0 for none.
        minimum_seconds: u32,
    },
}

/// The values of a row, before they are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckRowFields {
    /// Which numbers it is for.
    pub prefix: Prefix,
    /// What people call the destination.
    pub name: String,
    /// What the time costs.
    pub charge: Charge,
    /// Once per call that is charged at all.
    pub connection_fee: Nanos,
    /// The first seconds of a call, which are not charged.
    pub free_seconds: u32,
    /// Shorter calls cost nothing, not even the fee.
    pub free_below_seconds: u32,
    /// The most a call costs.
    pub max_price: Option<Nanos>,
    /// From when calls are priced by it, by their answer; `None`: always was.
    pub effective_from: Option<Timestamp>,
    /// From when they are not any more; `None`: for good.
    pub effective_until: Option<Timestamp>,
    /// In which hours of the week it applies; `None`: in all that no windowed row covers.
    pub window: Option<Window>,
    /// How the price is rounded.
    pub rounding: Rounding,
}

impl DeckRowFields {
    /// A row that charges `rate` per minute in the default increments, and nothing else.
    pub fn per_minute(prefix: Prefix, rate: Nanos) -> Self {
        Self {
            prefix,
            name: String::new(),
            charge: Charge::PerMinute { rate, increments: Increments::default() },
            connection_fee: Nanos::ZERO,
            free_seconds: 0,
            free_below_seconds: 0,
            max_price: None,
            effective_from: None,
            effective_until: None,
            window: None,
            rounding: Rounding::EXACT,
        }
    }
}

/// A checked row: see [`DeckRowFields`] for its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckRow(DeckRowFields);

impl DeckRow {
    /// Checks the values of a row.
    pub fn try_new(fields: DeckRowFields) -> Result<Self, DeckValueError> {
        if fields.name.len() > MAX_NAME_BYTES {
            let why = format!("longer than {MAX_NAME_BYTES} bytes");
            return Err(DeckValueError::new("name", why));
        }
        if fields.name.chars().any(char::is_control) {
            return Err(DeckValueError::new("name", "has a control character"));
        }
        match &fields.charge {
            Charge::PerMinute { rate, increments } => {
                price_within("rate_per_minute", *rate)?;
                within("minimum_seconds", increments.minimum_seconds(), 0..=MAX_SECONDS)?;
                within("increment_seconds", increments.increment_seconds(), 1..=MAX_SECONDS)?;
            }
            Charge::Stepped { minimum_seconds, .. } => {
                within("minimum_seconds", *minimum_seconds, 0..=MAX_SECONDS)?;
            }
        }
        price_within("connection_fee", fields.connection_fee)?;
        price_within("max_price", fields.max_price.unwrap_or(Nanos::ZERO))?;
        within("free_seconds", fields.free_seconds, 0..=MAX_SECONDS)?;
        within("free_below_seconds", fields.free_below_seconds, 0..=MAX_SECONDS)?;
        if let (Some(from), Some(until)) = (fields.effective_from, fields.effective_until)
            && until <= from
        {
            let why = format!("{until} does not come after effective_from {from}");
            return Err(DeckValueError::new("effective_until", why));
        }
        Ok(Self(fields))
    }
    /// The checked values.
    pub fn fields(&self) -> &DeckRowFields {
        &self.0
    }
    /// Whether both could be in force for the same instant of the same number. A row without a
    /// window is the default behind the windowed ones of its prefix, not their rival.
    pub fn conflicts_with(&self, other: &Self) -> bool {
        let (one, two) = (&self.0, &other.0);
        let starts_before = |from: Option<Timestamp>, until: Option<Timestamp>| {
            from.zip(until).is_none_or(|(from, until)| from < until)
        };
        let windows_meet = match (&one.window, &two.window) {
            (None, None) => true,
            (Some(one), Some(two)) => one.overlaps(two),
            _ => false,
        };
        one.prefix == two.prefix
            && starts_before(one.effective_from, two.effective_until)
            && starts_before(two.effective_from, one.effective_until)
            && windows_meet
    }
}

fn within(
    column: &'static str,
    seconds: u32,
    range: std::ops::RangeInclusive<u32>,
) -> Result<(), DeckValueError> {
    if range.contains(&seconds) {
        return Ok(());
    }
    let why = format!("{seconds} does not lie between {} and {}", range.start(), range.end());
    Err(DeckValueError::new(column, why))
}

fn price_within(column: &'static str, price: Nanos) -> Result<(), DeckValueError> {
    if price.is_negative() {
        return Err(DeckValueError::new(column, format!("{price} is negative")));
    }
    if price > MAX_PRICE {
        return Err(DeckValueError::new(column, format!("{price} is above {MAX_PRICE}")));
    }
    Ok(())
}

fn parse_step(text: &str) -> Result<Step, DeckValueError> {
    let text = text.trim();
    let wrong = || {
        let why = format!("{text:?} is not from_second:increment@price/per_seconds");
        DeckValueError::new("steps", why)
    };
    let (from, rest) = text.split_once(':').ok_or_else(wrong)?;
    let (increment, rest) = rest.split_once('@').ok_or_else(wrong)?;
    let (price, per) = rest.split_once('/').ok_or_else(wrong)?;
    let seconds = |text: &str| parse_seconds(text).ok_or_else(wrong);
    Ok(Step {
        from_second: seconds(from)?,
        increment_seconds: seconds(increment)?,
        price: Nanos::parse(price.trim()).map_err(|error| DeckValueError::new("steps", error))?,
        per_seconds: seconds(per)?,
    })
}

/// Whole seconds in plain digits.
pub(super) fn parse_seconds(text: &str) -> Option<u32> {
    let text = text.trim();
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The pairs of rows (by index, each pair's earlier row first) that could be in force together,
/// and prefixes with too many rows. At most `limit` findings.
pub(super) fn find_conflicts(rows: &[DeckRow], limit: usize) -> Vec<Conflict> {
    let mut order: Vec<u32> = (0..).take(rows.len()).collect();
    let prefix = |index: u32| rows[index as usize].0.prefix;
    if !rows.is_sorted_by_key(|row| row.0.prefix) {
        order.sort_by_key(|index| prefix(*index));
    }
    let mut found = Vec::new();
    for group in order.chunk_by(|a, b| prefix(*a) == prefix(*b)).filter(|it| it.len() > 1) {
        if found.len() >= limit {
            break;
        }
        if group.len() > MAX_ROWS_PER_PREFIX {
            found.push(Conflict::TooMany { row: group[MAX_ROWS_PER_PREFIX] as usize });
            continue;
        }
        // A row is reported once, against the first row it conflicts with.
        for (position, &second) in group.iter().enumerate() {
            let row = &rows[second as usize];
            let first = group[..position].iter().find(|it| rows[**it as usize].conflicts_with(row));
            if let Some(&first) = first {
                found.push(Conflict::Overlap { first: first as usize, second: second as usize });
            }
        }
    }
    found
}

/// What is wrong with rows that are each fine alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conflict {
    /// Two rows could be in force together.
    Overlap { first: usize, second: usize },
    /// The row is one too many of its prefix.
    TooMany { row: usize },
}
