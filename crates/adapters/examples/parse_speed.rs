//! How many rows a second one thread reads, per format. Run with
//! `cargo run --release -p adapters --example parse_speed`.

use std::{fmt::Write, io, time::Instant};

use adapters::cdr_files::{Format, ReadOptions, Row, RowReader};
use domain::time::Zone;

const ROWS: u32 = 600_000;

fn main() {
    let asterisk = asterisk_file();
    report("asterisk-csv, UTC", &ReadOptions::new(Format::AsteriskCsv), &asterisk);
    let mut options = ReadOptions::new(Format::AsteriskCsv);
    options.zone = Zone::parse("America/Chicago").ok();
    report("asterisk-csv, America/Chicago", &options, &asterisk);
    report("asterisk-csv, no ids", &ReadOptions::new(Format::AsteriskCsv), &asterisk_rows());
    report("ndjson", &ReadOptions::new(Format::Ndjson), &ndjson_file());
    report("csv", &ReadOptions::new(Format::Csv), &csv_file());
}

#[expect(clippy::disallowed_methods, reason = "a measurement needs a stopwatch")]
#[expect(clippy::print_stdout, reason = "the report is this program's purpose")]
fn report(name: &str, options: &ReadOptions, file: &str) {
    let begun = Instant::now();
    let (mut records, mut bad) = (0u64, 0u64);
    for row in RowReader::new(io::Cursor::new(file), options) {
        match row.expect("memory can be read").row {
            Row::Record(_) => records += 1,
            Row::Bad { .. } => bad += 1,
        }
    }
    let micros = begun.elapsed().as_micros().max(1);
    let rows_a_second = u128::from(records + bad) * 1_000_000 / micros;
    let megabytes_a_second = file.len() as u128 / micros;
    println!(
        "{name}: {records} records, {bad} bad, {rows_a_second} rows/s, {megabytes_a_second} MB/s"
    );
}

fn time(row: u32) -> (u32, u32, u32, u32) {
    let second = row / 10;
    (1 + second / 86_400, second / 3_600 % 24, second / 60 % 60, second % 60)
}

fn asterisk_file() -> String {
    let rows = asterisk_rows();
    let mut file = String::with_capacity(rows.len() * 2);
    for (row, line) in rows.lines().enumerate() {
        let ids = format!(r#""1795313620.{row}","","acme","1795313620.{row}",{row}"#);
        writeln!(file, "{line},{ids}").expect("a string");
    }
    file
}

/// Rows with the sixteen columns of every layout.
fn asterisk_rows() -> String {
    let mut file = String::new();
    for row in 0..ROWS {
        let (day, hour, minute, second) = time(row);
        let at = format!("2026-05-{day:02} {hour:02}:{minute:02}:{second:02}");
        let to = format!("+150155501{:02}", row % 100);
        let clid = r#""""acme_101"" <acme_101>""#;
        let channels = format!(r#""PJSIP/acme_101-{row:08x}","PJSIP/carrier-{row:08x}""#);
        let dial = format!(r#""Dial","PJSIP/{to}@carrier,60,gL(3600000)""#);
        write!(file, r#""acme","acme_101","{to}","from-endpoint",{clid},{channels},{dial},"#)
            .expect("a string");
        writeln!(file, r#""{at}","{at}","{at}",0,0,"ANSWERED","DOCUMENTATION""#).expect("a string");
    }
    file
}

fn ndjson_file() -> String {
    let mut file = String::new();
    for row in 0..ROWS {
        let (day, hour, minute, second) = time(row);
        let at = format!("2026-05-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
        let who = r#""from":"acme_101","to":"+15015550100","account":"acme""#;
        let when = format!(r#""started_at":"{at}","answered_at":"{at}","ended_at":"{at}""#);
        writeln!(file, r#"{{"record_id":"r-{row}",{who},{when},"talk_seconds":1}}"#)
            .expect("a string");
    }
    file
}

fn csv_file() -> String {
    let mut file =
        String::from("record_id,from,to,account,started_at,answered_at,ended_at,talk_seconds\n");
    for row in 0..ROWS {
        let (day, hour, minute, second) = time(row);
        let at = format!("2026-05-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
        writeln!(file, "r-{row},acme_101,+15015550100,acme,{at},{at},{at},1").expect("a string");
    }
    file
}
