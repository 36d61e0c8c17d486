//! Tests of the readers through their front door.

mod asterisk;
mod bad_input;
mod canonical;
mod freeswitch;
mod kamailio;
mod properties;

use std::io::{self, Read};

use domain::cdr::{CallRecord, RecordFields};

use super::{Format, ParsedRow, ReadOptions, Row, RowReader};

/// Every row of a file.
fn rows(options: &ReadOptions, file: &[u8]) -> Vec<ParsedRow> {
    RowReader::new(file, options).collect::<io::Result<_>>().expect("a readable file")
}

/// The records of a file without a bad row.
fn records(format: Format, file: &str) -> Vec<CallRecord> {
    records_with(&ReadOptions::new(format), file)
}

fn records_with(options: &ReadOptions, file: &str) -> Vec<CallRecord> {
    let record = |row: ParsedRow| match row.row {
        Row::Record(record) => *record,
        Row::Bad { reason, .. } => panic!("line {}: {reason}", row.raw.line),
    };
    rows(options, file.as_bytes()).into_iter().map(record).collect()
}

/// The only record of a file.
fn record(format: Format, file: &str) -> RecordFields {
    let records = records(format, file);
    assert_eq!(records.len(), 1, "{file}");
    records[0].fields().clone()
}

/// Line and code of every row; records have the code `ok`.
fn codes(format: Format, file: &[u8]) -> Vec<(u64, &'static str)> {
    let code = |row: ParsedRow| match row.row {
        Row::Record(_) => (row.raw.line, "ok"),
        Row::Bad { code, .. } => (row.raw.line, code),
    };
    rows(&ReadOptions::new(format), file).into_iter().map(code).collect()
}

/// The reason why the only row of a file is bad.
fn reason(format: Format, file: &str) -> String {
    match rows(&ReadOptions::new(format), file.as_bytes()).pop().expect("a row").row {
        Row::Bad { reason, .. } => reason,
        Row::Record(_) => panic!("not bad: {file}"),
    }
}

/// A source that gives a few bytes at a time.
struct Trickle<'a> {
    bytes: &'a [u8],
    step: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.step.min(self.bytes.len()).min(buffer.len());
        let (now, later) = self.bytes.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}
