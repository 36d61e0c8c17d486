//! Why a row of a call record file is not a call record.
//!
//! Decided here: one stable code per kind of fault, so that rejects can be counted and searched,
//! and one sentence that names the wrong value. A value is shown shortened and escaped: rejects
//! are read in terminals and pages, and the raw bytes are kept beside them anyway.

use domain::cdr::RecordError;

/// What is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RowFault {
    /// The row is longer than [`super::MAX_ROW_BYTES`].
    #[error("the row is longer than {} bytes", super::MAX_ROW_BYTES)]
    RowTooLong,
    /// The file ends inside the row.
    #[error("the file ends inside the row: {0}")]
    Truncated(String),
    /// A text that we need is not UTF-8.
    #[error("{field} is not UTF-8: {shown}")]
    NotUtf8 { field: &'static str, shown: String },
    /// A text file has a NUL byte: a hole left by a crash, or no text at all.
    #[error("the row has a NUL byte")]
    NulByte,
    /// A quoted field does not end where fields end.
    #[error("a quoted field is not closed")]
    UnbalancedQuotes,
    /// A quote stands where none may stand.
    #[error("a quote stands inside column {column}")]
    StrayQuote { column: usize },
    /// The row has another number of columns than its layout.
    #[error("the row has {found} columns, {expected}")]
    WrongColumnCount { found: usize, expected: String },
    /// The JSON text cannot be read.
    #[error("malformed JSON: {0}")]
    MalformedJson(String),
    /// Our own formats have no such field.
    #[error("{0} is not a field of a call record")]
    UnknownField(String),
    /// A JSON object gives one field twice: which of the two counts is anybody's guess.
    #[error("{0} is given twice")]
    DuplicateField(&'static str),
    /// A kept CSV row stands below a header that cannot be read.
    #[error(transparent)]
    Header(#[from] super::canonical::HeaderError),
    /// There is no row at all.
    #[error("the row is empty")]
    Empty,
    /// The row is readable, but its values are not those of a call.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl RowFault {
    /// The stable code of this kind of fault.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::RowTooLong => "row_too_long",
            Self::Truncated(_) => "truncated",
            Self::NotUtf8 { .. } => "not_utf8",
            Self::NulByte => "nul_byte",
            Self::UnbalancedQuotes => "unbalanced_quotes",
            Self::StrayQuote { .. } => "stray_quote",
            Self::WrongColumnCount { .. } => "wrong_column_count",
            Self::MalformedJson(_) => "malformed_json",
            Self::UnknownField(_) => "unknown_field",
            Self::DuplicateField(_) => "duplicate_field",
            Self::Header(_) => "bad_header",
            Self::Empty => "empty_row",
            Self::Record(error) => error.code(),
        }
    }
    /// The same fault in a last row without a line end. Where the row's shape or its last field is
    /// broken, most likely the file is still being written, and support must know that first.
    pub(super) fn at_end_of_file(self, last_field: Option<&'static str>) -> Self {
        match self {
            Self::Record(RecordError::Invalid { field, .. }) if Some(field) == last_field => {
                Self::Truncated(self.to_string())
            }
            Self::NotUtf8 { .. }
            | Self::UnbalancedQuotes
            | Self::WrongColumnCount { .. }
            | Self::MalformedJson(_) => Self::Truncated(self.to_string()),
            other => other,
        }
    }
}

/// A required field is not there.
pub(super) const fn missing(field: &'static str) -> RowFault {
    RowFault::Record(RecordError::Missing { field })
}

/// The value of a field is not of its kind: `why` completes "field: value …".
pub(super) fn invalid(field: &'static str, value: &str, why: &str) -> RowFault {
    let why = format!("{} {why}", shown(value.as_bytes()));
    RowFault::Record(RecordError::Invalid { field, why })
}

/// The value as people can read it, cut to 60 characters.
pub(super) fn shown(value: &[u8]) -> String {
    let head = &value[..value.len().min(240)];
    let text = String::from_utf8_lossy(head);
    let cut: String = text.chars().take(60).collect();
    let more = if cut.len() < text.len() || head.len() < value.len() { "…" } else { "" };
    format!("{cut:?}{more}")
}
