//! Invoice numbers.
//!
//! Decided here: how a number reads (INV-18), and that it is neutral: a prefix and digits, nothing
//! of the platform's name. Which number is next is a row's counter, taken when the invoice is
//! finalised; a draft has none (ruling 12), and a voided one's is never used again (INV-11).

use serde::{Deserialize, Serialize};

/// How a partner's invoice numbers read: a prefix and at least so many digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawFormat")]
pub struct NumberFormat {
    prefix: String,
    digits: u8,
}

#[derive(Deserialize)]
struct RawFormat {
    prefix: String,
    digits: u8,
}

impl TryFrom<RawFormat> for NumberFormat {
    type Error = NumberFormatError;

    fn try_from(raw: RawFormat) -> Result<Self, NumberFormatError> {
        Self::try_new(raw.prefix, raw.digits)
    }
}

/// Why a number format is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberFormatError {
    /// Something that does not survive file names, bank references and e-mail subjects.
    #[error("{0:?} is not a prefix of up to {MAX_PREFIX} letters, digits, dashes or slashes")]
    BadPrefix(String),
    /// Not between 1 and 12.
    #[error("{0} digits are not between 1 and {MAX_DIGITS}")]
    BadDigits(u8),
}

/// Longest prefix: bank references carry about 35 characters in all.
const MAX_PREFIX: usize = 16;
/// Most digits: more would be zeros that nobody reads.
const MAX_DIGITS: u8 = 12;

impl Default for NumberFormat {
    /// `INV-000123`.
    fn default() -> Self {
        Self { prefix: "INV-".to_owned(), digits: 6 }
    }
}

impl NumberFormat {
    /// `CN-000001`: credit notes have numbers of their own (BEY-13).
    pub fn credit_notes() -> Self {
        Self { prefix: "CN-".to_owned(), digits: 6 }
    }
    /// A format with this prefix, padded with zeros to `digits`.
    pub fn try_new(prefix: String, digits: u8) -> Result<Self, NumberFormatError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'/';
        if prefix.len() > MAX_PREFIX || !prefix.bytes().all(allowed) {
            return Err(NumberFormatError::BadPrefix(prefix));
        }
        if !(1..=MAX_DIGITS).contains(&digits) {
            return Err(NumberFormatError::BadDigits(digits));
        }
        Ok(Self { prefix, digits })
    }
    /// The number of the `n`-th invoice; it grows beyond its digits when they are used up.
    pub fn number(&self, n: u64) -> String {
        format!("{}{n:0width$}", self.prefix, width = usize::from(self.digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // INV-18
    #[test]
    fn numbers_ascend_and_outgrow_their_digits() {
        let format = NumberFormat::default();
        assert_eq!(format.number(123), "INV-000123");
        assert_eq!(format.number(1_234_567), "INV-1234567");
        let own = NumberFormat::try_new("2026/".to_owned(), 4).expect("a format");
        assert_eq!(own.number(7), "2026/0007");
        assert_eq!(NumberFormat::credit_notes().number(1), "CN-000001");
    }

    // INV-18
    #[test]
    fn formats_that_break_references_are_refused() {
        for (prefix, digits) in
            [("INV ", 6), ("é", 6), ("A-VERY-LONG-PREFIX", 6), ("", 0), ("", 13)]
        {
            assert!(NumberFormat::try_new(prefix.to_owned(), digits).is_err(), "{prefix:?}");
        }
        let bad: Result<NumberFormat, _> = serde_json::from_str(r#"{"prefix":" ","digits":6}"#);
        assert!(bad.is_err());
    }
}
