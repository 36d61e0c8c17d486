//! Where one row ends and the next begins.
//!
//! Decided here: what a framer tells the reader about the bytes in its window, and rows that are
//! one line each. A framer sees only the window and its own few bytes of state, so memory stays
//! bounded; its answers depend on the bytes alone, never on how they arrived; and every answer
//! except [`Step::More`] makes progress, so a file always ends.

use std::ops::Range;

use memchr::memchr;

use super::{MAX_ROW_BYTES, faults::RowFault};

/// What the bytes at the start of the window are.
#[derive(Debug)]
pub(super) enum Step {
    /// A row whose end is not in sight. Never said at the end of the file, nor of a window a little
    /// longer than [`MAX_ROW_BYTES`].
    More,
    /// This many bytes belong to no row: blank lines, punctuation between documents.
    Skip(usize),
    /// A row.
    Row {
        /// Where the row is, without its line end.
        content: Range<usize>,
        /// All bytes of the row, with its line end.
        length: usize,
    },
    /// Part of a bad row whose end is not in sight.
    Swallow(usize),
    /// The rest, or all, of a bad row.
    Bad {
        /// All its bytes in the window, with the line end.
        length: usize,
        /// Why it is bad.
        fault: RowFault,
    },
}

/// `line` without its `\n` or `\r\n`.
pub(super) fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Swallows the rest of a bad row: up to the next line end.
pub(super) fn swallow_line(fault: &mut Option<RowFault>, window: &[u8], at_end: bool) -> Step {
    let length = match memchr(b'\n', window) {
        Some(end) => end + 1,
        None if at_end => window.len(),
        None => return Step::Swallow(window.len()),
    };
    Step::Bad { length, fault: fault.take().unwrap_or(RowFault::RowTooLong) }
}

/// Rows of one line each: our NDJSON, and Kamailio's.
#[derive(Debug, Default)]
pub(super) struct Lines {
    swallowing: Option<RowFault>,
}

impl Lines {
    /// What the window, which is not empty, starts with.
    pub(super) fn next(&mut self, window: &[u8], at_end: bool) -> Step {
        if self.swallowing.is_some() {
            return swallow_line(&mut self.swallowing, window, at_end);
        }
        let length = match memchr(b'\n', window) {
            Some(end) => end + 1,
            None if at_end => window.len(),
            None if window.len() <= MAX_ROW_BYTES => return Step::More,
            None => {
                self.swallowing = Some(RowFault::RowTooLong);
                return Step::Swallow(window.len());
            }
        };
        let content = without_line_end(&window[..length]);
        if content.trim_ascii().is_empty() {
            return Step::Skip(length);
        }
        if content.len() > MAX_ROW_BYTES {
            return Step::Bad { length, fault: RowFault::RowTooLong };
        }
        Step::Row { content: 0..content.len(), length }
    }
    /// The fault of the row that the file ended in.
    pub(super) fn unfinished(&mut self) -> Option<RowFault> {
        self.swallowing.take()
    }
}
