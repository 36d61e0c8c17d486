//! Rows that are JSON documents, one per line, in an array, or one after the other, also printed
//! over many lines; and rows `cdr=…` as `mod_json_cdr` posts them.
//!
//! Decided here: a document ends with the brace that closes it. The scan follows the grammar, so a
//! document that was cut off is noticed at the first byte that cannot follow, and bounded depth
//! bounds how often any byte is looked at. After a bad document, reading goes on at the next line
//! that starts a document and is indented no deeper than the bad one was.

use memchr::{memchr, memchr3};

use super::{
    MAX_ROW_BYTES,
    faults::RowFault,
    framing::{Step, without_line_end},
};

/// Real documents have a depth of about six.
const MAX_DEPTH: u32 = 32;
/// Deeper indents are not told apart, so that looking for one needs few bytes.
const MAX_INDENT: usize = 256;
/// How a row in a form's encoding starts.
pub(super) const FORM_KEY: &str = "cdr=";

/// Rows that are JSON documents.
#[derive(Debug, Default)]
pub(super) struct Documents {
    /// Spaces at the start of the current line.
    indent: usize,
    /// Whether nothing but spaces was seen on the current line.
    only_spaces: bool,
    swallowing: Option<RowFault>,
}

impl Documents {
    /// At the start of a file.
    pub(super) fn new() -> Self {
        Self { only_spaces: true, ..Self::default() }
    }
    /// What the window, which is not empty, starts with.
    pub(super) fn next(&mut self, window: &[u8], at_end: bool) -> Step {
        if self.swallowing.is_some() {
            return self.swallow(window, at_end, 0);
        }
        let between = self.skip_between(window);
        if between > 0 {
            return Step::Skip(between);
        }
        // Never look past the longest row, or the answer would depend on how much is read ahead.
        let seen = &window[..window.len().min(MAX_ROW_BYTES + 2)];
        let seen_end = at_end && seen.len() == window.len();
        let scan = if window[0] == b'{' { scan_document(seen) } else { scan_form(seen, seen_end) };
        self.only_spaces = false;
        let fault = match scan {
            Scan::Document { content, length } if content <= MAX_ROW_BYTES => {
                return Step::Row { content: 0..content, length };
            }
            Scan::Unfinished if seen_end => {
                RowFault::MalformedJson("a document is not closed".to_owned())
            }
            Scan::Unfinished if seen.len() < MAX_ROW_BYTES + 2 => return Step::More,
            Scan::Document { .. } | Scan::Unfinished => RowFault::RowTooLong,
            Scan::Malformed(why) => RowFault::MalformedJson(why.to_owned()),
        };
        self.swallowing = Some(fault);
        self.swallow(window, at_end, 1)
    }
    /// The fault of the row that the file ended in.
    pub(super) fn unfinished(&mut self) -> Option<RowFault> {
        self.swallowing.take()
    }

    /// How many bytes at the start of the window stand between documents.
    fn skip_between(&mut self, window: &[u8]) -> usize {
        for (at, byte) in window.iter().enumerate() {
            match byte {
                b'\n' => (self.indent, self.only_spaces) = (0, true),
                b' ' | b'\t' if self.only_spaces && self.indent < MAX_INDENT => self.indent += 1,
                b' ' | b'\t' | b'\r' => {}
                b'[' | b']' | b',' => self.only_spaces = false,
                _ => return at,
            }
        }
        window.len()
    }

    /// Swallows up to the next line that may start a document, looking from byte `from` on.
    fn swallow(&mut self, window: &[u8], at_end: bool, from: usize) -> Step {
        let mut at = from;
        while let Some(found) = memchr(b'\n', &window[at..]) {
            let line_end = at + found;
            match self.starts_row(&window[line_end + 1..]) {
                Some(true) => {
                    (self.indent, self.only_spaces) = (0, true);
                    let fault = self.swallowing.take().unwrap_or(RowFault::RowTooLong);
                    return Step::Bad { length: line_end + 1, fault };
                }
                None if !at_end && line_end == 0 => return Step::More,
                None if !at_end => return Step::Swallow(line_end),
                Some(false) | None => at = line_end + 1,
            }
        }
        if at_end {
            let fault = self.swallowing.take().unwrap_or(RowFault::RowTooLong);
            return Step::Bad { length: window.len(), fault };
        }
        Step::Swallow(window.len())
    }

    /// Whether the line starts a document at no deeper an indent than the bad row; `None` where
    /// more of it must be seen.
    fn starts_row(&self, line: &[u8]) -> Option<bool> {
        let spaces = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if spaces > self.indent {
            return Some(false);
        }
        let text = &line[spaces..];
        if text.starts_with(b"{") || text.starts_with(b"[") || text.starts_with(FORM_KEY.as_bytes())
        {
            return Some(true);
        }
        if FORM_KEY.as_bytes().starts_with(text) { None } else { Some(false) }
    }
}

enum Scan {
    Document { content: usize, length: usize },
    Unfinished,
    Malformed(&'static str),
}

/// One line `cdr=…`; anything else is no row at all.
fn scan_form(window: &[u8], at_end: bool) -> Scan {
    if !window.starts_with(FORM_KEY.as_bytes()) {
        let may_become = !at_end && FORM_KEY.as_bytes().starts_with(window);
        let why = "text outside of any document";
        return if may_become { Scan::Unfinished } else { Scan::Malformed(why) };
    }
    let length = match memchr(b'\n', window) {
        Some(end) => end + 1,
        None if at_end => window.len(),
        None => return Scan::Unfinished,
    };
    Scan::Document { content: without_line_end(&window[..length]).len(), length }
}

/// What may come next inside a document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    KeyOrClose,
    Key,
    Colon,
    Value,
    ValueOrClose,
    CommaOrClose,
}

/// The document at the start of the window, whose first byte is a brace.
fn scan_document(window: &[u8]) -> Scan {
    // One bit per open bracket: set for an object, clear for an array.
    let (mut open, mut depth): (u64, u32) = (1, 1);
    let (mut at, mut expect) = (1, Expect::KeyOrClose);
    while let Some(&byte) = window.get(at) {
        at += 1;
        expect = match (byte, expect) {
            (b' ' | b'\t' | b'\r' | b'\n', _) => continue,
            (b'"', Expect::KeyOrClose | Expect::Key | Expect::Value | Expect::ValueOrClose) => {
                at = match string_end(window, at) {
                    Ok(Some(end)) => end,
                    Ok(None) => return Scan::Unfinished,
                    Err(why) => return Scan::Malformed(why),
                };
                let is_key = matches!(expect, Expect::KeyOrClose | Expect::Key);
                if is_key { Expect::Colon } else { Expect::CommaOrClose }
            }
            (b':', Expect::Colon) => Expect::Value,
            (b'{' | b'[', Expect::Value | Expect::ValueOrClose) => {
                if depth == MAX_DEPTH {
                    return Scan::Malformed("a document is nested too deeply");
                }
                depth += 1;
                open = open << 1 | u64::from(byte == b'{');
                if byte == b'{' { Expect::KeyOrClose } else { Expect::ValueOrClose }
            }
            (b'}', Expect::KeyOrClose | Expect::CommaOrClose) if open & 1 == 1 => {
                (open, depth) = (open >> 1, depth - 1);
                if depth == 0 {
                    return Scan::Document { content: at, length: at };
                }
                Expect::CommaOrClose
            }
            (b']', Expect::ValueOrClose | Expect::CommaOrClose) if open & 1 == 0 => {
                (open, depth) = (open >> 1, depth - 1);
                Expect::CommaOrClose
            }
            (b',', Expect::CommaOrClose) if open & 1 == 1 => Expect::Key,
            (b',', Expect::CommaOrClose) => Expect::Value,
            (_, Expect::Value | Expect::ValueOrClose) if is_scalar(byte) => {
                at += window[at..].iter().take_while(|byte| is_scalar(**byte)).count();
                Expect::CommaOrClose
            }
            _ => return Scan::Malformed("a document is cut off or has a stray character"),
        };
    }
    Scan::Unfinished
}

/// A byte of a number, `true`, `false` or `null`; whether they are spelt right is seen later.
fn is_scalar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

/// After the closing quote of the string whose text starts at `at`.
fn string_end(window: &[u8], mut at: usize) -> Result<Option<usize>, &'static str> {
    loop {
        let rest = window.get(at..).unwrap_or(b"");
        let Some(found) = memchr3(b'"', b'\\', b'\n', rest) else { return Ok(None) };
        at += found + 1;
        match window[at - 1] {
            b'"' => return Ok(Some(at)),
            b'\\' => at += 1,
            _ => return Err("a string runs over the end of its line"),
        }
    }
}
