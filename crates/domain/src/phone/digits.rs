//! Digit strings held inline: whole E.164 numbers and prefixes of them.
//!
//! Both are 16 bytes, `Copy`, and never allocate: ingest handles one or two per record. They hold
//! ASCII digits only and never begin with 0, because no country code does (ITU-T E.164).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::nanp;

/// The most digits a number can have (ITU-T E.164, section 6).
pub(crate) const MAX_DIGITS: usize = 15;
/// The fewest digits of a whole number: the shortest plans have four behind the country code.
const MIN_NUMBER_DIGITS: usize = 7;

/// Up to 15 ASCII digits, unused places zero, so that comparing arrays compares digit strings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Digits {
    places: [u8; MAX_DIGITS],
    len: u8,
}

impl Digits {
    /// Holds `text`, which may begin with a plus, or `None` where it is not 1 to 15 digits.
    fn parse(text: &[u8]) -> Option<Self> {
        let digits = text.strip_prefix(b"+").unwrap_or(text);
        let starts_well = digits.first().is_some_and(|first| (b'1'..=b'9').contains(first));
        if !starts_well || digits.len() > MAX_DIGITS || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut places = [0; MAX_DIGITS];
        places[..digits.len()].copy_from_slice(digits);
        Some(Self { places, len: u8::try_from(digits.len()).expect("at most 15") })
    }
    fn as_bytes(&self) -> &[u8] {
        &self.places[..usize::from(self.len)]
    }
    fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("digits are ASCII")
    }
}

/// The text is not a number or prefix of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigitsError {
    /// Not 7 to 15 digits, or begins with 0.
    #[error("{0:?} is not an E.164 number: 7 to 15 digits that begin with a country code")]
    Number(String),
    /// Not 1 to 15 digits, or begins with 0.
    #[error("{0:?} is not a prefix: 1 to 15 digits that begin with a country code")]
    Prefix(String),
}

/// A whole number in E.164 form: country code and subscriber, without the plus.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct E164(Digits);

impl E164 {
    /// Takes a number that is in E.164 form already; what people and switches write goes through
    /// [`Dialled::parse`](super::Dialled::parse).
    pub fn parse(text: &str) -> Result<Self, DigitsError> {
        Self::from_digits(text.as_bytes()).ok_or_else(|| DigitsError::Number(text.to_owned()))
    }
    pub(super) fn from_digits(digits: &[u8]) -> Option<Self> {
        Digits::parse(digits).filter(|it| usize::from(it.len) >= MIN_NUMBER_DIGITS).map(Self)
    }
    /// `1` and ten national digits, which the caller has checked to be digits.
    pub(super) fn from_national(national: &[u8; 10]) -> Self {
        let mut places = [0; MAX_DIGITS];
        places[0] = b'1';
        places[1..11].copy_from_slice(national);
        Self(Digits { places, len: 11 })
    }
    /// The digits, without a plus.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
    /// The digits as ASCII bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
    /// The ten digits behind +1, if this is a number of the North American plan.
    pub fn national(&self) -> Option<&[u8; 10]> {
        match self.as_bytes() {
            [b'1', national @ ..] => national.try_into().ok(),
            _ => None,
        }
    }
    /// Whether the number is toll-free: +1 and 800, 833, 844, 855, 866, 877 or 888 (MET-06).
    pub fn is_toll_free(&self) -> bool {
        self.national().is_some_and(|it| nanp::area_kind(it) == nanp::AreaKind::TollFree)
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("+")?;
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for E164 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for E164 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The leading digits that a rate deck's row is for: 1 to 15, country code first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(Digits);

impl Prefix {
    /// Parses 1 to 15 digits with an optional plus. A leading 0 is refused: numbers are matched
    /// in E.164 form, so `011 44` or `0044` must be written `44` or it would never match.
    pub fn parse(text: &str) -> Result<Self, DigitsError> {
        Self::from_digits(text.as_bytes()).ok_or_else(|| DigitsError::Prefix(text.to_owned()))
    }
    /// The digits of `bytes`, if that is what they are.
    pub(crate) fn from_digits(bytes: &[u8]) -> Option<Self> {
        Digits::parse(bytes).map(Self)
    }
    /// The digits, without a plus.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
    /// The digits as ASCII bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
    /// How many digits, 1 to 15.
    pub fn digit_count(&self) -> u8 {
        self.0.len
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
