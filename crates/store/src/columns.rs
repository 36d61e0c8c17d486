//! Reading stored texts and numbers back into domain values.
//!
//! Decided here: a value that is not of its column's kind is an error that names the column; it is
//! never replaced by a default.

use std::str::FromStr;

use domain::{
    ids::{Id, Kind},
    money::Currency,
    time::{Day, Timestamp, Zone},
};

use crate::error::StoreError;

/// A column's full name, for messages.
pub(crate) type Column = &'static str;

pub(crate) fn id<K: Kind>(column: Column, text: &str) -> Result<Id<K>, StoreError> {
    Id::from_str(text).map_err(|_| StoreError::corrupt(column, text))
}

pub(crate) fn optional_id<K: Kind>(
    column: Column,
    text: Option<&str>,
) -> Result<Option<Id<K>>, StoreError> {
    text.map(|text| id(column, text)).transpose()
}

pub(crate) fn zone(column: Column, text: &str) -> Result<Zone, StoreError> {
    Zone::parse(text).map_err(|_| StoreError::corrupt(column, text))
}

pub(crate) fn currency(column: Column, text: &str) -> Result<Currency, StoreError> {
    Currency::parse(text).map_err(|_| StoreError::corrupt(column, text))
}

pub(crate) fn optional_day(column: Column, number: Option<i64>) -> Result<Option<Day>, StoreError> {
    let day = |number| Day::from_number(number).ok_or_else(|| StoreError::corrupt(column, number));
    number.map(day).transpose()
}

/// A whole number that fits `T`.
pub(crate) fn number<T: TryFrom<i64>>(column: Column, number: i64) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| StoreError::corrupt(column, number))
}

/// A name that `parse` knows.
pub(crate) fn named<T>(
    column: Column,
    text: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| StoreError::corrupt(column, text))
}

pub(crate) fn flag(column: Column, number: i64) -> Result<bool, StoreError> {
    match number {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(StoreError::corrupt(column, other)),
    }
}

pub(crate) fn optional_instant(micros: Option<i64>) -> Option<Timestamp> {
    micros.map(Timestamp::from_micros)
}

/// The last key seen, as the text after which a page begins; every id sorts after the empty text.
pub(crate) fn after<K: Kind>(last: Option<Id<K>>) -> String {
    last.map_or(String::new(), |id| id.to_string())
}

/// Refuses as stale where a guarded statement found no row in the expected state.
pub(crate) fn guarded(rows_affected: u64, what: &'static str) -> Result<(), StoreError> {
    if rows_affected == 0 { Err(StoreError::Stale(what)) } else { Ok(()) }
}
