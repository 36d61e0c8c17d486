//! Call records that a program sends in one piece.
//!
//! Decided here: what stands around the records. A list of JSON records and NDJSON give the same
//! rows, read by the parser of our own record; a bad record is a bad row and never spoils its
//! neighbours. What is no list of records at all is refused whole, by the name of what is wrong.

use std::{fmt, io::Read};

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    Format, MAX_KEPT_BYTES, MAX_ROW_BYTES, ParsedRow, RawRow, ReadOptions, Row, RowEnd, RowReader,
    canonical, faults::RowFault,
};

/// Records that were sent as a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRecords {
    /// The name of their source.
    pub source: String,
    /// One row for each record.
    pub rows: Vec<ParsedRow>,
}

/// Why nothing of what was sent can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SentFault {
    /// It is not UTF-8 from this byte on.
    #[error("not UTF-8 from byte {0} on")]
    NotUtf8(usize),
    /// It is not JSON, or not an object.
    #[error("{0}")]
    Malformed(String),
    /// There is no such field.
    #[error("{0:?} is not a field of a batch")]
    UnknownField(String),
    /// A field stands twice.
    #[error("{0} stands twice")]
    DuplicateField(&'static str),
    /// A field is missing or of another kind.
    #[error("{0} {1}")]
    Invalid(&'static str, &'static str),
    /// More records than one batch may have.
    #[error("more than {0} records")]
    TooMany(usize),
}

/// Reads `{"source": …, "records": […]}` with at most `most` records.
pub fn sent_json(bytes: &[u8], most: usize) -> Result<SentRecords, SentFault> {
    let text = std::str::from_utf8(bytes).map_err(|it| SentFault::NotUtf8(it.valid_up_to()))?;
    let mut fault = None;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let envelope = Envelope { fault: &mut fault };
    let read = deserializer.deserialize_map(envelope);
    let read = read.and_then(|parts| deserializer.end().map(|()| parts));
    let (source, records) = match (fault, read) {
        (Some(fault), _) => return Err(fault),
        (None, Err(error)) => return Err(SentFault::Malformed(error.to_string())),
        (None, Ok(parts)) => parts,
    };
    let source = source.ok_or(SentFault::Invalid("source", "is missing"))?;
    let source = serde_json::from_str::<String>(source.get());
    let source = source.map_err(|_| SentFault::Invalid("source", "must be a text"))?;
    let records = records.ok_or(SentFault::Invalid("records", "is missing"))?;
    let mut too_many = false;
    let mut deserializer = serde_json::Deserializer::from_str(records.get());
    let list = Records { most, too_many: &mut too_many };
    let list = deserializer.deserialize_seq(list);
    if too_many {
        return Err(SentFault::TooMany(most));
    }
    let list = list.map_err(|_| SentFault::Invalid("records", "must be a list"))?;
    let start = text.as_ptr().addr();
    let rows = list.into_iter().enumerate().map(|(index, record)| {
        let offset = record.get().as_ptr().addr().saturating_sub(start);
        row(index, offset, record.get())
    });
    Ok(SentRecords { source, rows: rows.collect() })
}

/// Reads NDJSON with at most `most` records.
pub fn sent_ndjson(bytes: &[u8], most: usize) -> Result<Vec<ParsedRow>, SentFault> {
    // What was sent is whole, so a last line needs no line end to be believed.
    let source = bytes.chain(&b"\n"[..]);
    let mut rows = Vec::new();
    for row in RowReader::new(source, &ReadOptions::new(Format::Ndjson)) {
        if rows.len() == most {
            return Err(SentFault::TooMany(most));
        }
        rows.push(row.map_err(|error| SentFault::Malformed(error.to_string()))?);
    }
    Ok(rows)
}

/// One record of a list. Its bytes are kept on one line, as NDJSON has them: outside of texts,
/// where line ends cannot stand, a line end is a blank.
fn row(index: usize, offset: usize, text: &str) -> ParsedRow {
    let mut bytes = text.as_bytes().to_vec();
    for byte in &mut bytes {
        if matches!(*byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    let row = if bytes.len() > MAX_ROW_BYTES {
        Row::from(Err(RowFault::RowTooLong))
    } else {
        Row::from(canonical::parse_json(&bytes).map(Box::new))
    };
    if matches!(row, Row::Bad { .. }) {
        bytes.truncate(MAX_KEPT_BYTES);
    }
    let raw = RawRow {
        line: index as u64 + 1,
        offset: offset as u64,
        length: text.len() as u64,
        ordinal: 1,
        end: RowEnd::Closed,
        bytes: bytes.into(),
    };
    ParsedRow { raw, row }
}

struct Envelope<'s> {
    fault: &'s mut Option<SentFault>,
}

/// The texts of `source` and `records`.
type Parts<'de> = (Option<&'de RawValue>, Option<&'de RawValue>);

impl<'de> Visitor<'de> for Envelope<'_> {
    type Value = Parts<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with source and records")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts<'de>, A::Error> {
        let (mut source, mut records) = (None, None);
        while let Some(name) = map.next_key::<String>()? {
            let (name, value) = match name.as_str() {
                "source" => ("source", &mut source),
                "records" => ("records", &mut records),
                _ => {
                    *self.fault = Some(SentFault::UnknownField(name));
                    return Err(A::Error::custom("unknown field"));
                }
            };
            if value.replace(map.next_value::<&RawValue>()?).is_some() {
                *self.fault = Some(SentFault::DuplicateField(name));
                return Err(A::Error::custom("duplicate field"));
            }
        }
        Ok((source, records))
    }
}

struct Records<'s> {
    most: usize,
    too_many: &'s mut bool,
}

impl<'de> Visitor<'de> for Records<'_> {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut records = Vec::new();
        while let Some(record) = items.next_element::<&RawValue>()? {
            if records.len() == self.most {
                *self.too_many = true;
                return Err(A::Error::custom("too many records"));
            }
            records.push(record);
        }
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = r#"{"record_id":"1","from":"+12125550199","to":"+15015550111",
        "ended_at":"2026-05-03T10:00:00Z"}"#;

    fn fault(text: &str) -> SentFault {
        sent_json(text.as_bytes(), 2).unwrap_err()
    }

    #[test]
    fn both_forms_give_the_same_rows() {
        let list = format!(r#"{{"source":"pbx","records":[{GOOD}, 7]}}"#);
        let sent = sent_json(list.as_bytes(), 2).unwrap();
        let lines = format!("{}\n7", GOOD.replace('\n', " "));
        let rows = sent_ndjson(lines.as_bytes(), 2).unwrap();
        assert_eq!(sent.source, "pbx");
        let meaning = |rows: &[ParsedRow]| -> Vec<(Box<[u8]>, Row)> {
            rows.iter().map(|row| (row.raw.bytes.clone(), row.row.clone())).collect()
        };
        assert_eq!(meaning(&sent.rows), meaning(&rows));
        assert!(matches!(sent.rows[0].row, Row::Record(_)), "{:?}", sent.rows[0]);
        assert!(matches!(sent.rows[1].row, Row::Bad { code: "malformed_json", .. }));
    }

    #[test]
    fn what_is_no_batch_is_refused_by_name() {
        assert_eq!(fault(r#"{"source":"a","records":[1,2,3]}"#), SentFault::TooMany(2));
        assert_eq!(fault(r#"{"source":"a"}"#), SentFault::Invalid("records", "is missing"));
        assert_eq!(fault(r#"{"records":[]}"#), SentFault::Invalid("source", "is missing"));
        let kind = fault(r#"{"source":1,"records":[]}"#);
        assert_eq!(kind, SentFault::Invalid("source", "must be a text"));
        let kind = fault(r#"{"source":"a","records":{}}"#);
        assert_eq!(kind, SentFault::Invalid("records", "must be a list"));
        assert_eq!(fault(r#"{"x":1}"#), SentFault::UnknownField("x".to_owned()));
        assert_eq!(fault(r#"{"source":"a","source":"b"}"#), SentFault::DuplicateField("source"));
        assert!(matches!(fault("["), SentFault::Malformed(_)));
        assert_eq!(sent_json(b"{\"\xff\"", 2), Err(SentFault::NotUtf8(2)));
        assert_eq!(sent_ndjson(b"1\n2\n3", 2), Err(SentFault::TooMany(2)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = sent_json(&bytes, 10);
            let _ = sent_ndjson(&bytes, 10);
        }

        #[test]
        fn no_text_like_json_panics(text in "[\\[\\]{}\":,a-c0-9 \n]{0,60}") {
            let list = format!("{{\"source\":\"a\",\"records\":[{text}]}}");
            let _ = sent_json(list.as_bytes(), 10);
        }
    }
}
