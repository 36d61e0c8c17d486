//! One parser and one framer per format, behind one door.
//!
//! Decided here: which framer and which parser belong to a format, and how a row is read again on
//! its own. The first row of a CSV file is its header and yields no record.

use std::ops::Range;

use domain::cdr::CallRecord;

use super::{
    Format, ReadOptions, Row,
    asterisk::AsteriskRows,
    canonical::{self, CsvHeader, HeaderError},
    cells::CellRows,
    documents::Documents,
    faults::RowFault,
    framing::{Lines, Step},
    freeswitch,
    kamailio::KamailioRows,
};

/// Finds the rows of a file.
#[derive(Debug)]
pub(super) enum Framer {
    Cells(CellRows),
    Lines(Lines),
    Documents(Documents),
}

impl Framer {
    pub(super) fn new(format: Format) -> Self {
        match format {
            Format::AsteriskCsv | Format::Csv => Self::Cells(CellRows::default()),
            Format::KamailioJson | Format::Ndjson => Self::Lines(Lines::default()),
            Format::FreeswitchJson => Self::Documents(Documents::new()),
        }
    }
    /// What the window, which is not empty, starts with.
    pub(super) fn next(&mut self, window: &[u8], at_end: bool) -> Step {
        match self {
            Self::Cells(framer) => framer.next(window, at_end),
            Self::Lines(framer) => framer.next(window, at_end),
            Self::Documents(framer) => framer.next(window, at_end),
        }
    }
    /// The fault of the row that the file ended in.
    pub(super) fn unfinished(&mut self) -> Option<RowFault> {
        match self {
            Self::Cells(framer) => framer.unfinished(),
            Self::Lines(framer) => framer.unfinished(),
            Self::Documents(framer) => framer.unfinished(),
        }
    }
}

/// Reads the rows of a file, once they are found.
#[derive(Debug)]
pub(super) enum Parser {
    Asterisk(Box<AsteriskRows>),
    Freeswitch,
    Kamailio(Box<KamailioRows>),
    Ndjson,
    Csv(Option<CsvHeader>),
}

/// What a well-framed row is.
pub(super) enum Parsed {
    Row(Result<Box<CallRecord>, RowFault>),
    /// The header line of a CSV file.
    Header,
}

impl Parser {
    pub(super) fn new(options: &ReadOptions) -> Self {
        let zone = options.zone.clone();
        match options.format {
            Format::AsteriskCsv => {
                Self::Asterisk(Box::new(AsteriskRows::new(options.columns.clone(), zone)))
            }
            Format::FreeswitchJson => Self::Freeswitch,
            Format::KamailioJson => Self::Kamailio(Box::new(KamailioRows::new(zone))),
            Format::Ndjson => Self::Ndjson,
            Format::Csv => Self::Csv(None),
        }
    }
    /// Reads the row that `framer` found last. `ordinal`: see [`AsteriskRows::parse`].
    pub(super) fn parse(
        &mut self,
        framer: &Framer,
        row: &[u8],
        ordinal: &mut Option<u32>,
    ) -> Result<Parsed, HeaderError> {
        let record = match (self, framer) {
            (Self::Asterisk(rows), Framer::Cells(framer)) => rows.parse(framer.cells(row), ordinal),
            (Self::Csv(Some(header)), Framer::Cells(framer)) => header.parse_row(framer.cells(row)),
            (Self::Csv(header), Framer::Cells(framer)) => {
                *header = Some(CsvHeader::parse(framer.cells(row))?);
                return Ok(Parsed::Header);
            }
            (Self::Kamailio(rows), _) => rows.parse(row),
            (Self::Ndjson, _) => canonical::parse_json(row),
            (Self::Freeswitch | Self::Asterisk(_) | Self::Csv(_), _) => freeswitch::parse(row),
        };
        Ok(Parsed::Row(record.map(Box::new)))
    }
    /// The field that stands last in every row, where a row cut off loses part of it.
    pub(super) fn last_field(&self) -> Option<&'static str> {
        match self {
            Self::Csv(header) => header.as_ref().and_then(CsvHeader::last_field),
            _ => None,
        }
    }
    /// Whether the next row is a header.
    pub(super) fn wants_header(&self) -> bool {
        matches!(self, Self::Csv(None))
    }
}

impl From<Result<Box<CallRecord>, RowFault>> for Row {
    fn from(record: Result<Box<CallRecord>, RowFault>) -> Self {
        match record {
            Ok(record) => Self::Record(record),
            Err(fault) => Self::Bad { code: fault.code(), reason: fault.to_string() },
        }
    }
}

/// Reads one kept row again, as [`RowReader::kept_bytes`](super::RowReader::kept_bytes) gave it,
/// with the [`ordinal`](super::RawRow::ordinal) it had.
pub fn parse_row(options: &ReadOptions, bytes: &[u8], ordinal: u32) -> Row {
    let mut framer = Framer::new(options.format);
    let mut parser = Parser::new(options);
    // A line end of the kind that is taken off whole, so that the row is the very same bytes.
    let bytes = [bytes, b"\r\n"].concat();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let fault = match framer.next(rest, true) {
            Step::Skip(length) | Step::Swallow(length) => {
                at += length.max(1);
                continue;
            }
            Step::Row { content, length } => {
                let Range { start, end } = content;
                match parser.parse(&framer, &rest[start..end], &mut Some(ordinal)) {
                    Ok(Parsed::Row(record)) => return record.into(),
                    Ok(Parsed::Header) => {
                        at += length.max(1);
                        continue;
                    }
                    Err(error) => RowFault::Header(error),
                }
            }
            Step::Bad { fault, .. } => fault,
            Step::More => break,
        };
        return Err(fault).into();
    }
    let fault = framer.unfinished().unwrap_or(RowFault::Empty);
    Err(fault).into()
}
