//! Rows of comma-separated cells, with quotes as Asterisk and RFC 4180 write them.
//!
//! Decided here: where cells and rows end; a cell in quotes may hold commas, line ends and doubled
//! quotes; a quote anywhere else is a fault. One wrong quote must not swallow the rest of a file:
//! a quoted cell over [`MAX_QUOTED_BYTES`] or [`MAX_QUOTED_LINES`] is not believed. A row that
//! cannot be taken apart ends with its first line, and reading goes on at the next.

use std::{borrow::Cow, str};

use memchr::{memchr, memchr2, memchr3};

use super::{
    MAX_ROW_BYTES,
    faults::{RowFault, shown},
    framing::{Step, swallow_line},
};

/// No cell of a call record is longer; the longest that Asterisk writes are under 1 KiB.
const MAX_QUOTED_BYTES: usize = 64 * 1024;
/// Line ends inside one quoted cell. Real ones have none or a few, in a caller's name.
const MAX_QUOTED_LINES: usize = 100;
/// Cells beyond this are counted and not kept: no layout has so many.
const MAX_CELLS: usize = 64;

/// Where one cell is in its row, without its quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    start: u32,
    end: u32,
    doubled_quotes: bool,
}

/// The cells of one row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'a> {
    row: &'a [u8],
    spans: &'a [Span],
    count: usize,
}

impl<'a> Cells<'a> {
    /// How many cells the row has.
    pub(super) fn count(&self) -> usize {
        self.count
    }
    /// The whole row, without its line end.
    pub(super) fn row(&self) -> &'a [u8] {
        self.row
    }
    /// The bytes of the cell at `index`, empty where the row is too short.
    pub(super) fn bytes(&self, index: usize) -> Cow<'a, [u8]> {
        let Some(span) = self.spans.get(index) else { return Cow::Borrowed(b"") };
        let bytes = &self.row[span.start as usize..span.end as usize];
        if span.doubled_quotes { Cow::Owned(single_quotes(bytes)) } else { Cow::Borrowed(bytes) }
    }
    /// The text of the cell at `index`, called `field`.
    pub(super) fn text(&self, index: usize, field: &'static str) -> Result<Cow<'a, str>, RowFault> {
        match self.bytes(index) {
            Cow::Borrowed(bytes) => match str::from_utf8(bytes) {
                Ok(text) => Ok(Cow::Borrowed(text)),
                Err(_) => Err(RowFault::NotUtf8 { field, shown: shown(bytes) }),
            },
            Cow::Owned(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Cow::Owned(text)),
                Err(error) => Err(RowFault::NotUtf8 { field, shown: shown(error.as_bytes()) }),
            },
        }
    }
}

fn single_quotes(bytes: &[u8]) -> Vec<u8> {
    let mut single = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(quote) = memchr(b'"', rest) {
        single.extend_from_slice(&rest[..=quote]);
        // The framer saw that a quote inside a cell is always followed by its double.
        rest = rest.get(quote + 2..).unwrap_or(b"");
    }
    single.extend_from_slice(rest);
    single
}

/// Rows of comma-separated cells.
#[derive(Debug, Default)]
pub(super) struct CellRows {
    spans: Vec<Span>,
    count: usize,
    swallowing: Option<RowFault>,
}

enum Scan {
    Row { content: usize, length: usize },
    Unfinished,
    Fault(RowFault),
}

impl CellRows {
    /// What the window, which is not empty, starts with.
    pub(super) fn next(&mut self, window: &[u8], at_end: bool) -> Step {
        if self.swallowing.is_some() {
            return swallow_line(&mut self.swallowing, window, at_end);
        }
        if window.starts_with(b"\n") {
            return Step::Skip(1);
        }
        if window.starts_with(b"\r\n") {
            return Step::Skip(2);
        }
        // Never look past the longest row, or the answer would depend on how much is read ahead.
        let seen = &window[..window.len().min(MAX_ROW_BYTES + 2)];
        let fault = match self.scan(seen, at_end && seen.len() == window.len()) {
            Scan::Row { content: 0, length } => return Step::Skip(length),
            Scan::Row { content, length } if content <= MAX_ROW_BYTES => {
                return Step::Row { content: 0..content, length };
            }
            Scan::Unfinished if window.len() < MAX_ROW_BYTES + 2 => return Step::More,
            Scan::Row { .. } | Scan::Unfinished => RowFault::RowTooLong,
            Scan::Fault(fault) => fault,
        };
        self.swallowing = Some(fault);
        swallow_line(&mut self.swallowing, window, at_end)
    }
    /// The cells of the row that was found last, whose content is `row`.
    pub(super) fn cells<'a>(&'a self, row: &'a [u8]) -> Cells<'a> {
        Cells { row, spans: &self.spans, count: self.count }
    }
    /// The fault of the row that the file ended in.
    pub(super) fn unfinished(&mut self) -> Option<RowFault> {
        self.swallowing.take()
    }

    fn scan(&mut self, window: &[u8], at_end: bool) -> Scan {
        self.spans.clear();
        self.count = 0;
        let mut at = 0;
        loop {
            let cell = if window.get(at) == Some(&b'"') {
                quoted_cell(window, at, at_end)
            } else {
                plain_cell(window, at, at_end)
            };
            let (span, next) = match cell {
                Cell::Closed { span, next } => (span, next),
                Cell::Unfinished => return Scan::Unfinished,
                Cell::Unbalanced => return Scan::Fault(RowFault::UnbalancedQuotes),
                Cell::StrayQuote => {
                    return Scan::Fault(RowFault::StrayQuote { column: self.count + 1 });
                }
            };
            self.count += 1;
            if self.spans.len() < MAX_CELLS {
                self.spans.push(span);
            }
            match next {
                Next::Cell(start) => at = start,
                Next::Row { content, length } => return Scan::Row { content, length },
            }
        }
    }
}

enum Cell {
    Closed { span: Span, next: Next },
    Unfinished,
    Unbalanced,
    StrayQuote,
}

enum Next {
    /// Another cell starts here.
    Cell(usize),
    /// The row ends here, and with its line end there.
    Row { content: usize, length: usize },
}

fn span(start: usize, end: usize, doubled_quotes: bool) -> Span {
    // The framer looks at little more than the longest row, 1 MiB.
    let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: narrow(start), end: narrow(end), doubled_quotes }
}

fn plain_cell(window: &[u8], start: usize, at_end: bool) -> Cell {
    let rest = &window[start..];
    let Some(found) = memchr3(b',', b'\n', b'"', rest) else {
        if !at_end {
            return Cell::Unfinished;
        }
        let end = start + without_return(rest).len();
        let next = Next::Row { content: end, length: window.len() };
        return Cell::Closed { span: span(start, end, false), next };
    };
    let at = start + found;
    match window[at] {
        b',' => Cell::Closed { span: span(start, at, false), next: Next::Cell(at + 1) },
        b'\n' => {
            let end = start + without_return(&rest[..found]).len();
            let next = Next::Row { content: end, length: at + 1 };
            Cell::Closed { span: span(start, end, false), next }
        }
        _ => Cell::StrayQuote,
    }
}

fn without_return(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

fn quoted_cell(window: &[u8], quote: usize, at_end: bool) -> Cell {
    let start = quote + 1;
    let (mut at, mut lines, mut doubled) = (start, 0, false);
    loop {
        let found = memchr2(b'"', b'\n', &window[at..]);
        let reached = found.map_or(window.len(), |found| at + found);
        if reached - start > MAX_QUOTED_BYTES {
            return Cell::Unbalanced;
        }
        if found.is_none() {
            return if at_end { Cell::Unbalanced } else { Cell::Unfinished };
        }
        at = reached + 1;
        if window[reached] == b'\n' {
            lines += 1;
            if lines > MAX_QUOTED_LINES {
                return Cell::Unbalanced;
            }
        } else if window.get(at) == Some(&b'"') {
            doubled = true;
            at += 1;
        } else {
            return after_quote(window, span(start, reached, doubled), at_end);
        }
    }
}

/// What follows the closing quote of a cell: only a comma or the end of the row may.
fn after_quote(window: &[u8], span: Span, at_end: bool) -> Cell {
    let at = span.end as usize + 1;
    let next = match &window[at..] {
        [b',', ..] => Next::Cell(at + 1),
        [b'\n', ..] => Next::Row { content: at, length: at + 1 },
        [b'\r', b'\n', ..] => Next::Row { content: at, length: at + 2 },
        [] | [b'\r'] if at_end => Next::Row { content: at, length: window.len() },
        [] | [b'\r'] => return Cell::Unfinished,
        _ => return Cell::StrayQuote,
    };
    Cell::Closed { span, next }
}
