//! Flat JSON objects with known field names.
//!
//! Decided here: a field given twice is refused; a field we do not know is refused in our own
//! format and passed over in others'; numbers stay text until they are read as decimals, so that
//! no float ever stands between a record and its duration. Invariant: nothing is copied that can
//! be borrowed.

use std::{borrow::Cow, fmt, str};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::faults::{RowFault, invalid, shown};

/// What to do with a field whose name is not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    Refuse,
    PassOver,
}

/// The text of a row, which must be UTF-8 and have no NUL.
pub(super) fn row_text(row: &[u8]) -> Result<&str, RowFault> {
    if memchr::memchr(0, row).is_some() {
        return Err(RowFault::NulByte);
    }
    str::from_utf8(row).map_err(|error| {
        let bad = &row[error.valid_up_to()..];
        RowFault::NotUtf8 { field: "the row", shown: shown(&bad[..bad.len().min(16)]) }
    })
}

/// The values of the object `text` under each of `names`, in their order.
pub(super) fn object<'a, const N: usize>(
    text: &'a str,
    names: &[&'static str; N],
    unknown: Unknown,
) -> Result<[Option<&'a RawValue>; N], RowFault> {
    let mut fault = None;
    let mut values = [None; N];
    let fields = Fields { names, unknown, values: &mut values, fault: &mut fault };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = deserializer.deserialize_map(fields).and_then(|()| deserializer.end());
    match (fault, read) {
        (Some(fault), _) => Err(fault),
        (None, Err(error)) => Err(RowFault::MalformedJson(error.to_string())),
        (None, Ok(())) => Ok(values),
    }
}

struct Fields<'s, 'de> {
    names: &'s [&'static str],
    unknown: Unknown,
    values: &'s mut [Option<&'de RawValue>],
    fault: &'s mut Option<RowFault>,
}

impl<'de> Visitor<'de> for Fields<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key { names: self.names })? {
            match key {
                Ok(index) => {
                    let value: &RawValue = map.next_value()?;
                    if self.values[index].replace(value).is_some() {
                        *self.fault = Some(RowFault::DuplicateField(self.names[index]));
                        return Err(A::Error::custom("duplicate field"));
                    }
                }
                Err(name) if self.unknown == Unknown::Refuse => {
                    *self.fault = Some(RowFault::UnknownField(name));
                    return Err(A::Error::custom("unknown field"));
                }
                Err(_) => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The index of a known name, or the unknown name as shown to people.
struct Key<'s> {
    names: &'s [&'static str],
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Result<usize, String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Result<usize, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }
    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        let index = self.names.iter().position(|known| *known == name);
        Ok(index.ok_or_else(|| shown(name.as_bytes())))
    }
}

/// The text of a string; `None` for null.
pub(super) fn string<'a>(
    field: &'static str,
    value: Option<&'a RawValue>,
) -> Result<Option<Cow<'a, str>>, RowFault> {
    match value.map(RawValue::get) {
        None | Some("null") => Ok(None),
        Some(json) if json.starts_with('"') => unescaped(json).map(Some),
        Some(json) => Err(invalid(field, json, "is not a string")),
    }
}

/// The text of a string, or the digits of a number; `None` for null.
pub(super) fn string_or_number<'a>(
    field: &'static str,
    value: Option<&'a RawValue>,
) -> Result<Option<Cow<'a, str>>, RowFault> {
    match value.map(RawValue::get) {
        Some(json) if json.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => {
            Ok(Some(Cow::Borrowed(json)))
        }
        Some(json) if !json.starts_with('"') && json != "null" => {
            Err(invalid(field, json, "is neither a string nor a number"))
        }
        _ => string(field, value),
    }
}

fn unescaped(json: &str) -> Result<Cow<'_, str>, RowFault> {
    let plain = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match plain {
        Some(plain) if !plain.contains('\\') => Ok(Cow::Borrowed(plain)),
        _ => serde_json::from_str::<String>(json)
            .map(Cow::Owned)
            .map_err(|error| RowFault::MalformedJson(error.to_string())),
    }
}
