//! Walks through a file and yields its rows.
//!
//! Decided here: where each row stands, what is kept of it, and when reading ends: at the end of
//! the file, at an error of the source, or at a header that names no call records. After any of
//! these nothing more comes.

use std::{
    fmt,
    io::{Error, ErrorKind, Read, Result},
};

use super::{
    Format, MAX_KEPT_BYTES, ParsedRow, RawRow, ReadOptions, Row, RowEnd,
    canonical::HeaderError,
    faults::RowFault,
    framing::{Step, without_line_end},
    parser::{Framer, Parsed, Parser},
    window::Window,
};

/// The mark that some programs put at the start of a UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The rows of a file, in order.
pub struct RowReader<R> {
    window: Window<R>,
    format: Format,
    framer: Framer,
    parser: Parser,
    header: Box<[u8]>,
    begun: Option<BadRow>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    AtStart,
    Reading,
    Done,
}

/// A bad row whose end was not in sight yet.
struct BadRow {
    line: u64,
    offset: u64,
    length: u64,
    kept: Vec<u8>,
    has_line_end: bool,
}

impl<R: Read> RowReader<R> {
    /// Reads `source` from its start.
    pub fn new(source: R, options: &ReadOptions) -> Self {
        Self {
            window: Window::new(source),
            format: options.format,
            framer: Framer::new(options.format),
            parser: Parser::new(options),
            header: Box::default(),
            begun: None,
            state: State::AtStart,
        }
    }
    /// How many bytes of the source are dealt with: for progress, and to know where a file that
    /// is still being written must be read on.
    pub fn position(&self) -> u64 {
        self.window.offset()
    }
    /// What must be kept of a row, so that [`parse_row`](super::parse_row) can read it again: its
    /// bytes, in CSV below the file's header line.
    pub fn kept_bytes(&self, raw: &RawRow) -> Vec<u8> {
        if self.header.is_empty() {
            return raw.bytes.to_vec();
        }
        [&*self.header, b"\n", &*raw.bytes].concat()
    }

    fn advance(&mut self) -> Result<Option<ParsedRow>> {
        loop {
            if self.state == State::AtStart {
                self.pass_byte_order_mark()?;
            }
            if self.window.bytes().is_empty() {
                if self.window.at_end() {
                    return self.finish();
                }
                self.window.grow()?;
                continue;
            }
            match self.framer.next(self.window.bytes(), self.window.at_end()) {
                Step::More if !self.window.at_end() => self.window.grow()?,
                Step::Skip(length) => self.window.consume(length.max(1)),
                Step::Swallow(length) => self.swallow(length.max(1)),
                Step::Row { content, length } => {
                    if let Some(row) = self.row(content.end, length.max(1))? {
                        return Ok(Some(row));
                    }
                }
                Step::Bad { length, fault } => {
                    self.swallow(length.max(1));
                    return self.bad_row(fault).map(Some);
                }
                Step::More => {
                    // No framer says so at the end of a file; should one, the rest is a bad row.
                    self.swallow(self.window.bytes().len());
                    return self.bad_row(RowFault::RowTooLong).map(Some);
                }
            }
        }
    }

    fn pass_byte_order_mark(&mut self) -> Result<()> {
        while self.window.bytes().len() < BYTE_ORDER_MARK.len() && !self.window.at_end() {
            self.window.grow()?;
        }
        if self.window.bytes().starts_with(BYTE_ORDER_MARK) {
            self.window.consume(BYTE_ORDER_MARK.len());
        }
        self.state = State::Reading;
        Ok(())
    }

    fn row(&mut self, content: usize, length: usize) -> Result<Option<ParsedRow>> {
        let bytes = &self.window.bytes()[..content];
        let mut ordinal = None;
        let parsed = self.parser.parse(&self.framer, bytes, &mut ordinal);
        let record = match parsed.map_err(refused)? {
            Parsed::Row(record) => record,
            Parsed::Header => {
                self.header = bytes.into();
                self.window.consume(length);
                return Ok(None);
            }
        };
        // A document is closed by its brace, whatever follows.
        let is_line = self.format != Format::FreeswitchJson;
        let has_line_end = self.window.bytes()[..length].ends_with(b"\n");
        let end = if is_line && !has_line_end { RowEnd::EndOfFile } else { RowEnd::Closed };
        let row = match record {
            Err(fault) if end == RowEnd::EndOfFile => {
                Err(fault.at_end_of_file(self.parser.last_field()))
            }
            record => record,
        };
        let kept = if row.is_ok() { bytes } else { &bytes[..content.min(MAX_KEPT_BYTES)] };
        let raw = RawRow {
            line: self.window.line(),
            offset: self.window.offset(),
            length: length as u64,
            ordinal: ordinal.unwrap_or(1),
            end,
            bytes: kept.into(),
        };
        self.window.consume(length);
        Ok(Some(ParsedRow { raw, row: row.into() }))
    }

    fn swallow(&mut self, length: usize) {
        let (line, offset) = (self.window.line(), self.window.offset());
        let bytes = &self.window.bytes()[..length];
        let row = self.begun.get_or_insert_with(|| BadRow {
            line,
            offset,
            length: 0,
            kept: Vec::new(),
            has_line_end: false,
        });
        row.length += length as u64;
        row.has_line_end = bytes.ends_with(b"\n");
        // Two bytes more than are kept in the end: they may be the line end.
        let room = (MAX_KEPT_BYTES + 2).saturating_sub(row.kept.len());
        row.kept.extend_from_slice(&bytes[..length.min(room)]);
        self.window.consume(length);
    }

    fn bad_row(&mut self, fault: RowFault) -> Result<ParsedRow> {
        if self.parser.wants_header() {
            return Err(refused(HeaderError::Unreadable(fault.to_string())));
        }
        let row = self.begun.take().expect("a bad row was begun");
        let content = if row.has_line_end && row.kept.len() as u64 == row.length {
            without_line_end(&row.kept)
        } else {
            &row.kept
        };
        let (end, fault) = if !row.has_line_end {
            (RowEnd::EndOfFile, fault.at_end_of_file(self.parser.last_field()))
        } else {
            (RowEnd::Closed, fault)
        };
        let raw = RawRow {
            line: row.line,
            offset: row.offset,
            length: row.length,
            ordinal: 1,
            end,
            bytes: content[..content.len().min(MAX_KEPT_BYTES)].into(),
        };
        Ok(ParsedRow { raw, row: Row::from(Err(fault)) })
    }

    fn finish(&mut self) -> Result<Option<ParsedRow>> {
        self.state = State::Done;
        if self.begun.is_none() {
            return Ok(None);
        }
        let fault = self.framer.unfinished().unwrap_or(RowFault::RowTooLong);
        self.bad_row(fault).map(Some)
    }
}

/// A header that names no call records is an error of the file, not of one row.
fn refused(error: HeaderError) -> Error {
    Error::new(ErrorKind::InvalidData, error)
}

impl<R: Read> Iterator for RowReader<R> {
    type Item = Result<ParsedRow>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Done {
            return None;
        }
        let found = self.advance();
        if !matches!(found, Ok(Some(_))) {
            self.state = State::Done;
        }
        found.transpose()
    }
}

impl<R: Read> std::iter::FusedIterator for RowReader<R> {}

impl<R> fmt::Debug for RowReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowReader").field("format", &self.format).finish_non_exhaustive()
    }
}
