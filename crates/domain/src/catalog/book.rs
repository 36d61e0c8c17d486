//! The rate book: a deck compiled for pricing.
//!
//! Decided here: which row prices an instant of a call. The longest prefix with a row in force at
//! the call's answer wins, so an expired longer prefix never does; within a prefix a windowed row
//! that covers the instant comes before the row without a window; and where a prefix has no row
//! for an instant, the next shorter one answers for that stretch. A book never changes and can be
//! shared by any number of threads. What the rows cost is in [`rating`](crate::rating).

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::{
    Charge, DeckRow, Rounding, Step, Window,
    deck::{Conflict, find_conflicts},
    trie::{Link, Trie},
    window::WEEK_MICROS,
};
use crate::{
    phone::Prefix,
    rating::Increments,
    time::{Timestamp, Zone},
};

pub(crate) use super::trie::Chain;

/// Marks a row without a window.
const NO_WINDOW: u32 = u32::MAX;

/// Why rows make no book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// Two rows could be in force for the same instant of the same number.
    #[error("rows {first} and {second} both price {prefix} at the same time")]
    Overlap {
        /// The prefix of both.
        prefix: Prefix,
        /// Index of the earlier row.
        first: usize,
        /// Index of the later row.
        second: usize,
    },
    /// A prefix has more rows than [`MAX_ROWS_PER_PREFIX`](super::MAX_ROWS_PER_PREFIX).
    #[error("{prefix} has too many rows")]
    TooManyRows {
        /// The prefix.
        prefix: Prefix,
    },
    /// More rows than [`MAX_DECK_ROWS`](super::MAX_DECK_ROWS).
    #[error("a deck of {0} rows is too large")]
    TooLarge(usize),
}

/// How a row charges time; decks use few of these for many prefixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Grid {
    /// One price per minute, which the row holds.
    Plain(Increments),
    /// Steps `first..first + count` of the book.
    Steps { first: u32, count: u32, minimum: u32, denominator: u32 },
}

/// Everything of a row but its prefix, name and price per minute, held once for all equal rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RowTerms {
    pub(crate) grid: Grid,
    pub(crate) connection_fee: i64,
    pub(crate) max_price: Option<i64>,
    pub(crate) free_seconds: u32,
    pub(crate) free_below_seconds: u32,
    pub(crate) rounding: Rounding,
    valid_from: Timestamp,
    valid_until: Timestamp,
    window: u32,
}

/// What pricing reads of a row.
#[derive(Debug, Clone, Copy)]
struct Row {
    price: i64,
    terms: u32,
}

/// What only explanations read of a row.
#[derive(Debug, Clone, Copy)]
struct RowNote {
    /// Index among the rows the book was compiled from.
    source: u32,
    name: u32,
}

/// A deck compiled for pricing, with the zone in which its windows are read.
#[derive(Debug, Clone)]
pub struct RateBook {
    zone: Zone,
    trie: Trie,
    rows: Vec<Row>,
    terms: Vec<RowTerms>,
    steps: Vec<Step>,
    windows: Vec<Window>,
    notes: Vec<RowNote>,
    names: Vec<Box<str>>,
}

/// The row that prices an instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'b> {
    pub(crate) row: usize,
    pub(crate) price: i64,
    pub(crate) terms: &'b RowTerms,
    pub(crate) prefix_digits: u8,
}

/// Which rows price a call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cover<'b> {
    /// One row prices all of it.
    Whole(Found<'b>),
    /// Windows decide, instant by instant.
    ByTime,
    /// No prefix has a row in force.
    Nothing,
}

impl RateBook {
    /// Compiles rows; windows are read in `zone`. Rows that conflict are refused, the first pair
    /// named by the rows' indices.
    pub fn compile(rows: &[DeckRow], zone: &Zone) -> Result<Self, BookError> {
        if rows.len() > super::MAX_DECK_ROWS {
            return Err(BookError::TooLarge(rows.len()));
        }
        let prefix = |row: usize| rows[row].fields().prefix;
        match find_conflicts(rows, 1).first() {
            Some(&Conflict::Overlap { first, second }) => {
                return Err(BookError::Overlap { prefix: prefix(second), first, second });
            }
            Some(&Conflict::TooMany { row }) => {
                return Err(BookError::TooManyRows { prefix: prefix(row) });
            }
            None => {}
        }
        let mut order: Vec<u32> = (0..).take(rows.len()).collect();
        if !rows.is_sorted_by_key(|row| row.fields().prefix) {
            order.sort_by_key(|index| prefix(*index as usize));
        }
        let prefixes: Vec<Prefix> = order.iter().map(|index| prefix(*index as usize)).collect();
        let mut compiler = Compiler::new(rows.len());
        for &index in &order {
            compiler.add(index, &rows[index as usize]);
        }
        Ok(compiler.finish(Trie::build(&prefixes), zone.clone()))
    }
    /// How many rows it holds.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether it prices nothing.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// The zone in which its windows are read.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }
    /// What it occupies, in bytes.
    pub fn memory_bytes(&self) -> usize {
        let names: usize = self.names.iter().map(|name| name.len() + size_of::<Box<str>>()).sum();
        self.trie.memory_bytes()
            + self.rows.capacity() * size_of::<Row>()
            + self.terms.capacity() * size_of::<RowTerms>()
            + self.steps.capacity() * size_of::<Step>()
            + self.windows.capacity() * size_of::<Window>()
            + self.notes.capacity() * size_of::<RowNote>()
            + names
    }

    pub(crate) fn walk(&self, digits: &str) -> Chain {
        self.trie.walk(digits.as_bytes())
    }
    /// Which rows price a call that was answered at `answered_at`.
    #[inline]
    pub(crate) fn cover(&self, chain: &Chain, answered_at: Timestamp) -> Cover<'_> {
        for link in self.trie.longest_first(chain) {
            let mut open = None;
            for found in self.in_force(link, answered_at) {
                if found.terms.window != NO_WINDOW {
                    return Cover::ByTime;
                }
                open = Some(found);
            }
            if let Some(found) = open {
                return Cover::Whole(found);
            }
        }
        Cover::Nothing
    }
    /// The row that prices `instant` of a call answered at `answered_at`, if any, and until when
    /// the answer holds at least.
    pub(crate) fn at(
        &self,
        chain: &Chain,
        answered_at: Timestamp,
        instant: Timestamp,
    ) -> (Option<Found<'_>>, Timestamp) {
        let local = self.zone.week_clock(instant);
        let mut until = local.even_until.unwrap_or(Timestamp::from_micros(i64::MAX));
        for link in self.trie.longest_first(chain) {
            let mut open = None;
            for found in self.in_force(link, answered_at) {
                if found.terms.window == NO_WINDOW {
                    open = Some(found);
                    continue;
                }
                let window = &self.windows[found.terms.window as usize];
                let (is_inside, micros) = window.look(local.micros_of_week);
                debug_assert!(micros > 0 && micros <= WEEK_MICROS);
                until = until.min(Timestamp::from_micros(instant.micros().saturating_add(micros)));
                if is_inside {
                    return (Some(found), until);
                }
            }
            if open.is_some() {
                return (open, until);
            }
        }
        (None, until)
    }
    /// A row's steps; none for a plain one.
    pub(crate) fn steps_of(&self, terms: &RowTerms) -> &[Step] {
        match terms.grid {
            Grid::Plain(_) => &[],
            Grid::Steps { first, count, .. } => {
                let first = first as usize;
                &self.steps[first..first + count as usize]
            }
        }
    }
    pub(crate) fn window_of(&self, terms: &RowTerms) -> Option<&Window> {
        self.windows.get(terms.window as usize)
    }
    pub(crate) fn name_of(&self, row: usize) -> &str {
        &self.names[self.notes[row].name as usize]
    }
    pub(crate) fn source_of(&self, row: usize) -> u32 {
        self.notes[row].source
    }

    #[inline]
    fn in_force(&self, link: Link, answered_at: Timestamp) -> impl Iterator<Item = Found<'_>> {
        link.items().filter_map(move |index| {
            let row = self.rows[index];
            let terms = &self.terms[row.terms as usize];
            let is_in_force = terms.valid_from <= answered_at && answered_at < terms.valid_until;
            is_in_force.then_some(Found {
                row: index,
                price: row.price,
                terms,
                prefix_digits: link.prefix_digits,
            })
        })
    }
}

/// Collects rows and keeps equal terms, windows, steps and names once.
struct Compiler<'r> {
    rows: Vec<Row>,
    notes: Vec<RowNote>,
    terms: Interned<RowTerms>,
    windows: Interned<&'r Window>,
    names: Interned<&'r str>,
    grids: FxHashMap<(&'r [Step], u32), Grid>,
    steps: Vec<Step>,
}

/// Values and their numbers in the order of first use.
struct Interned<T> {
    values: Vec<T>,
    numbers: FxHashMap<T, u32>,
}

impl<T: Copy + Eq + std::hash::Hash> Interned<T> {
    fn new() -> Self {
        Self { values: Vec::new(), numbers: FxHashMap::default() }
    }
    fn number(&mut self, value: T) -> u32 {
        // Neighbouring rows are alike more often than not.
        if self.values.last() == Some(&value) {
            return u32::try_from(self.values.len() - 1).expect("a deck's rows are bounded");
        }
        *self.numbers.entry(value).or_insert_with(|| {
            self.values.push(value);
            u32::try_from(self.values.len() - 1).expect("a deck's rows are bounded")
        })
    }
}

impl<'r> Compiler<'r> {
    fn new(rows: usize) -> Self {
        Self {
            rows: Vec::with_capacity(rows),
            notes: Vec::with_capacity(rows),
            terms: Interned::new(),
            windows: Interned::new(),
            names: Interned::new(),
            grids: FxHashMap::with_hasher(FxBuildHasher),
            steps: Vec::new(),
        }
    }

    fn add(&mut self, source: u32, row: &'r DeckRow) {
        let fields = row.fields();
        let (price, grid) = match &fields.charge {
            Charge::PerMinute { rate, increments } => (rate.get(), Grid::Plain(*increments)),
            Charge::Stepped { steps, minimum_seconds } => {
                let steps_of_book = &mut self.steps;
                let key = (steps.as_slice(), *minimum_seconds);
                let grid = *self.grids.entry(key).or_insert_with(|| {
                    let first = u32::try_from(steps_of_book.len()).expect("rows × steps fit");
                    steps_of_book.extend_from_slice(steps.as_slice());
                    Grid::Steps {
                        first,
                        count: u32::try_from(steps.as_slice().len()).expect("a few steps"),
                        minimum: *minimum_seconds,
                        denominator: steps.denominator(),
                    }
                });
                (0, grid)
            }
        };
        let terms = RowTerms {
            grid,
            connection_fee: fields.connection_fee.get(),
            max_price: fields.max_price.map(crate::money::Nanos::get),
            free_seconds: fields.free_seconds,
            free_below_seconds: fields.free_below_seconds,
            rounding: fields.rounding,
            valid_from: fields.effective_from.unwrap_or(Timestamp::from_micros(i64::MIN)),
            valid_until: fields.effective_until.unwrap_or(Timestamp::from_micros(i64::MAX)),
            window: fields.window.as_ref().map_or(NO_WINDOW, |it| self.windows.number(it)),
        };
        self.rows.push(Row { price, terms: self.terms.number(terms) });
        self.notes.push(RowNote { source, name: self.names.number(fields.name.as_str()) });
    }

    fn finish(self, trie: Trie, zone: Zone) -> RateBook {
        let mut terms = self.terms.values;
        terms.shrink_to_fit();
        RateBook {
            zone,
            trie,
            rows: self.rows,
            terms,
            steps: self.steps,
            windows: self.windows.values.into_iter().cloned().collect(),
            notes: self.notes,
            names: self.names.values.into_iter().map(Box::from).collect(),
        }
    }
}
