//! The columns of Asterisk's `Master.csv` in all its layouts.
//!
//! Decided here: which column is which. The file has no header; `cdr.conf` switches columns on, so
//! the number of columns names the layout. Seventeen and twenty are ambiguous (`loguniqueid` or
//! `loguserfield`) and read as with `uniqueid`, unless the columns are named (ruling 17).
//! Source: `cdr/cdr_csv.c` of Asterisk, and its documentation of `cdr.conf`.

use std::str::FromStr;

/// A column of `Master.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Asterisk's own; its documentation explains them")]
pub enum AsteriskColumn {
    AccountCode,
    Src,
    Dst,
    Dcontext,
    Clid,
    Channel,
    DstChannel,
    LastApp,
    LastData,
    Start,
    Answer,
    End,
    Duration,
    Billsec,
    Disposition,
    AmaFlags,
    UniqueId,
    UserField,
    PeerAccount,
    LinkedId,
    Sequence,
    /// A column that is passed over; may be named more than once.
    Ignored,
}

use AsteriskColumn as Column;

impl AsteriskColumn {
    /// All columns, in the order of a file that has them all.
    const ALL: [Self; 21] = [
        Self::AccountCode,
        Self::Src,
        Self::Dst,
        Self::Dcontext,
        Self::Clid,
        Self::Channel,
        Self::DstChannel,
        Self::LastApp,
        Self::LastData,
        Self::Start,
        Self::Answer,
        Self::End,
        Self::Duration,
        Self::Billsec,
        Self::Disposition,
        Self::AmaFlags,
        Self::UniqueId,
        Self::UserField,
        Self::PeerAccount,
        Self::LinkedId,
        Self::Sequence,
    ];
    /// The names of [`ALL`](Self::ALL), as in `cdr.conf` and `${CDR(name)}`.
    const NAMES: [&'static str; 21] = [
        "accountcode",
        "src",
        "dst",
        "dcontext",
        "clid",
        "channel",
        "dstchannel",
        "lastapp",
        "lastdata",
        "start",
        "answer",
        "end",
        "duration",
        "billsec",
        "disposition",
        "amaflags",
        "uniqueid",
        "userfield",
        "peeraccount",
        "linkedid",
        "sequence",
    ];
    /// The name that Asterisk gives the column, or `ignored`.
    pub fn name(self) -> &'static str {
        Self::NAMES.get(self as usize).copied().unwrap_or("ignored")
    }
}

/// The columns of a file by place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsteriskColumns {
    places: [Option<u8>; 21],
    count: usize,
}

/// Why a list of column names is not a layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    /// No column of Asterisk has this name.
    #[error("{0:?} is not a column of Master.csv; use ignored for one to pass over")]
    Unknown(String),
    /// A column is named more than once.
    #[error("column {0} is named twice")]
    Twice(&'static str),
    /// Without this column calls cannot be told from other rows, or have no time.
    #[error("column {0} is missing: calls cannot be billed without it")]
    Missing(&'static str),
    /// More columns than any layout has.
    #[error("{0} columns are named, at most 64 can be")]
    TooMany(usize),
}

impl AsteriskColumns {
    /// These columns, from left to right.
    pub fn try_new(columns: &[AsteriskColumn]) -> Result<Self, ColumnsError> {
        if columns.len() > 64 {
            return Err(ColumnsError::TooMany(columns.len()));
        }
        let mut places = [None; 21];
        for (place, column) in columns.iter().enumerate() {
            let Some(slot) = places.get_mut(*column as usize) else { continue };
            if slot.replace(u8::try_from(place).expect("at most 64")).is_some() {
                return Err(ColumnsError::Twice(column.name()));
            }
        }
        let required = [
            Column::Src,
            Column::Dst,
            Column::DstChannel,
            Column::Answer,
            Column::End,
            Column::Billsec,
            Column::Disposition,
        ];
        match required.into_iter().find(|column| places[*column as usize].is_none()) {
            Some(column) => Err(ColumnsError::Missing(column.name())),
            None => Ok(Self { places, count: columns.len() }),
        }
    }
    /// The layout that Asterisk writes with this many columns.
    pub(super) fn of_count(count: usize) -> Option<Self> {
        let extra = match count {
            16 | 17 => &Column::ALL[16..count],
            18 => &Column::ALL[16..18],
            19 => &Column::ALL[18..],
            20 => &[Column::UniqueId, Column::PeerAccount, Column::LinkedId, Column::Sequence],
            21 => &Column::ALL[16..],
            _ => return None,
        };
        let columns: Vec<Column> = Column::ALL[..16].iter().chain(extra).copied().collect();
        Self::try_new(&columns).ok()
    }
    /// How many columns a row has.
    pub(super) fn count(&self) -> usize {
        self.count
    }
    /// The place of `column`, from 0.
    pub(super) fn place(&self, column: AsteriskColumn) -> Option<usize> {
        self.places.get(column as usize).copied().flatten().map(usize::from)
    }
}

impl FromStr for AsteriskColumns {
    type Err = ColumnsError;

    /// Parses names with commas between them, like `accountcode,src,dst`.
    fn from_str(text: &str) -> Result<Self, ColumnsError> {
        let mut columns = Vec::new();
        for name in text.split(',') {
            let name = name.trim();
            let known = Column::NAMES.iter().position(|known| known.eq_ignore_ascii_case(name));
            match known {
                Some(index) => columns.push(Column::ALL[index]),
                None if name.eq_ignore_ascii_case("ignored") => columns.push(Column::Ignored),
                None => return Err(ColumnsError::Unknown(name.to_owned())),
            }
        }
        Self::try_new(&columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> ColumnsError {
        text.parse::<AsteriskColumns>().expect_err("a refusal")
    }

    #[test]
    fn names_must_be_known_single_and_enough() {
        assert_eq!(error("src,foo"), ColumnsError::Unknown("foo".to_owned()));
        assert_eq!(error("src,dst,src"), ColumnsError::Twice("src"));
        // A1: without the second channel, noise cannot be told from calls.
        assert_eq!(
            error("src,dst,answer,end,billsec,disposition"),
            ColumnsError::Missing("dstchannel")
        );
        assert_eq!(error(&"ignored,".repeat(70)), ColumnsError::Unknown(String::new()));
        let many = vec!["ignored"; 65].join(",");
        assert_eq!(error(&many), ColumnsError::TooMany(65));
    }

    // ruling 17: seventeen and twenty columns are read as with uniqueid
    #[test]
    fn the_number_of_columns_names_the_layout() {
        let check = |count, uniqueid, userfield, sequence| {
            let layout = AsteriskColumns::of_count(count).expect("a layout");
            assert_eq!(layout.place(Column::UniqueId), uniqueid, "{count}");
            assert_eq!(layout.place(Column::UserField), userfield, "{count}");
            assert_eq!(layout.place(Column::Sequence), sequence, "{count}");
            assert_eq!(layout.count(), count);
        };
        check(16, None, None, None);
        check(17, Some(16), None, None);
        check(18, Some(16), Some(17), None);
        check(19, None, None, Some(18));
        check(20, Some(16), None, Some(19));
        check(21, Some(16), Some(17), Some(20));
        assert_eq!(AsteriskColumns::of_count(15), None);
        assert_eq!(AsteriskColumns::of_count(22), None);
    }
}
