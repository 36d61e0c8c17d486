//! Call record files of any switch, read row by row.
//!
//! Decided here: what a row of each format means as a [`CallRecord`], and what becomes of a row
//! that means nothing. A bad row never stops the rest and is never lost: it comes out as
//! [`Row::Bad`] with its place, its bytes and a reason. Never done here: finding a record's owner,
//! telling repeated records, or anything with a database.
//!
//! Invariants, held for arbitrary bytes: nothing panics; memory is bounded by [`MAX_ROW_BYTES`]
//! whatever the file; rows come in order and do not overlap; every byte of the file is part of a
//! row, or is blank, header or punctuation between rows; and a row alone ([`parse_row`]) reads as
//! it does in its file.

mod asterisk;
mod asterisk_columns;
mod canonical;
mod cells;
mod decimals;
mod documents;
mod faults;
mod framing;
mod freeswitch;
mod json;
mod kamailio;
mod parser;
mod reader;
mod row_hash;
mod sent;
mod stamps;
#[cfg(test)]
mod tests;
mod url_encoding;
mod window;
pub mod write;

use std::{fmt, str::FromStr};

use domain::{cdr::CallRecord, time::Zone};

pub use asterisk_columns::{AsteriskColumn, AsteriskColumns, ColumnsError};
pub use canonical::{CANONICAL_FIELDS, HeaderError};
pub use parser::parse_row;
pub use reader::RowReader;
pub use sent::{SentFault, SentRecords, sent_json, sent_ndjson};

/// The longest row that is read: 1 MiB. Real rows are under 1 KiB in Asterisk and under 30 KiB in
/// FreeSWITCH; the rest of a longer one is passed over.
pub const MAX_ROW_BYTES: usize = 1024 * 1024;

/// How much of a bad row is kept: 64 KiB, so that a bad file cannot fill the reject list.
pub const MAX_KEPT_BYTES: usize = 64 * 1024;

/// The format of a call record file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Asterisk's `Master.csv`.
    AsteriskCsv,
    /// Documents of FreeSWITCH's `mod_json_cdr`.
    FreeswitchJson,
    /// Dialog CDRs of Kamailio, one JSON object a line.
    KamailioJson,
    /// Our own record, one JSON object a line.
    Ndjson,
    /// Our own record as CSV with a header line.
    Csv,
}

/// There is no such format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a format: asterisk-csv, freeswitch-json, kamailio-json, ndjson or csv")]
pub struct UnknownFormat(pub String);

impl Format {
    /// Every format.
    pub const ALL: [Self; 5] =
        [Self::AsteriskCsv, Self::FreeswitchJson, Self::KamailioJson, Self::Ndjson, Self::Csv];

    /// The name on the command line and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AsteriskCsv => "asterisk-csv",
            Self::FreeswitchJson => "freeswitch-json",
            Self::KamailioJson => "kamailio-json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        let known = Self::ALL.into_iter().find(|format| format.as_str() == text);
        known.ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a file is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    /// The format of the file.
    pub format: Format,
    /// The zone of times without one (Asterisk, Kamailio); UTC by default.
    pub zone: Option<Zone>,
    /// The columns of an Asterisk file, where their number does not tell.
    pub columns: Option<AsteriskColumns>,
}

impl ReadOptions {
    /// A file of this format, its times in UTC.
    pub const fn new(format: Format) -> Self {
        Self { format, zone: None, columns: None }
    }
}

/// One row as it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRow {
    /// The line it starts in, from 1.
    pub line: u64,
    /// The byte it starts at, from 0.
    pub offset: u64,
    /// All its bytes, with the line end.
    pub length: u64,
    /// Which of several equal rows of the file it is, from 1, where its id depends on that; to be
    /// kept with the row for [`parse_row`].
    pub ordinal: u32,
    /// Whether a line end follows. A last row without one may still be in the writing.
    pub end: RowEnd,
    /// Its bytes without the line end; of a bad row at most [`MAX_KEPT_BYTES`].
    pub bytes: Box<[u8]>,
}

/// What follows a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowEnd {
    /// A line end, or the next document.
    Closed,
    /// The end of the file.
    EndOfFile,
}

/// What a row means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A call record.
    Record(Box<CallRecord>),
    /// Nothing we can bill.
    Bad {
        /// The stable code of the reason.
        code: &'static str,
        /// The reason in words, with the wrong value.
        reason: String,
    },
}

/// A row and its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedRow {
    /// The row.
    pub raw: RawRow,
    /// Its meaning.
    pub row: Row,
}
