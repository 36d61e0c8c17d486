//! Files mutated at random, through every parser.
//!
//! Decided here: what a parser owes to any bytes at all, namely an answer without a panic, and an
//! account of every byte. The generator is seeded by the round, so that a failure comes again; its
//! message names the round. A short run is part of the tests; a long one is made by hand:
//! `TRUNKLINE_FUZZ_ITERATIONS=1000000 cargo test --release -p adapters --test fuzz`.
//!
//! Another parser joins with a folder of files in `corpus/` and a test of its own.

use std::{fs, panic, path::Path};

use adapters::cdr_files::{Format, MAX_KEPT_BYTES, ReadOptions, RowReader, parse_row};
use domain::{
    catalog::{RateBook, format_deck_csv, parse_deck_csv},
    rating::CallFacts,
    time::{Timestamp, Zone},
};

/// Rounds per target unless the environment says otherwise: under two seconds without optimisation.
const DEFAULT_ROUNDS: u64 = 1_000;
/// Mutated files stay small, so that a round takes microseconds.
const MAX_FILE_BYTES: usize = 16 * 1024;

/// Pieces that mean something to one of the parsers.
const PIECES: [&[u8]; 40] = [
    b";",
    b"@",
    b"0:6@0.1/60",
    b"mon-fri 08:00-18:00",
    b"half_up",
    b"prefix",
    b"\n",
    b"\r\n",
    b"\"",
    b"\"\"",
    b",",
    b",,,,",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"\\",
    b"\\\"",
    b"\\u0000",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"cdr=",
    b"%7B",
    b"%",
    b"+",
    b"-",
    b"0",
    b"9",
    b".",
    b"e9",
    b"99999999999999999999",
    b"null",
    b"2026-11-01 01:30:00",
    b"0000-00-00 00:00:00",
    b"9999-12-31T23:59:59Z",
    b"ANSWERED",
    b"\"uuid\":",
    b"\"record_id\":",
];

#[test]
fn mutated_asterisk_files_get_an_answer() {
    fuzz("asterisk-csv", |file| check_rows(Format::AsteriskCsv, file));
}

#[test]
fn mutated_freeswitch_files_get_an_answer() {
    fuzz("freeswitch-json", |file| check_rows(Format::FreeswitchJson, file));
}

#[test]
fn mutated_kamailio_files_get_an_answer() {
    fuzz("kamailio-json", |file| check_rows(Format::KamailioJson, file));
}

#[test]
fn mutated_ndjson_files_get_an_answer() {
    fuzz("ndjson", |file| check_rows(Format::Ndjson, file));
}

#[test]
fn mutated_csv_files_get_an_answer() {
    fuzz("csv", |file| check_rows(Format::Csv, file));
}

#[test]
fn mutated_decks_get_an_answer() {
    fuzz("deck", check_deck);
}

/// A deck's good rows compile and price, and read as themselves once they are written; the bad
/// ones are named by their line.
fn check_deck(file: &[u8]) {
    let zone = Zone::parse("America/Chicago").expect("a zone");
    let parsed = parse_deck_csv(file, &zone);
    assert!(parsed.errors.iter().all(|error| error.line >= 1 && !error.message.is_empty()));
    if !parsed.errors.is_empty() {
        return;
    }
    let written = parse_deck_csv(format_deck_csv(&parsed.rows).as_bytes(), &zone);
    assert_eq!((written.rows, written.errors), (parsed.rows.clone(), Vec::new()));
    let book = RateBook::compile(&parsed.rows, &zone).expect("rows without errors compile");
    for digits in ["12125550100", "19005550100", "442071838750", "7", ""] {
        for talk_seconds in [0, 1, 67, 3_600, u32::MAX] {
            let answered_at = Timestamp::from_seconds(1_793_523_600);
            // Too large a price is an answer, too.
            let _ = book.quote(&CallFacts { digits, answered_at, talk_seconds });
        }
    }
}

/// Runs `check`, which panics if the parser breaks its promises, over the files of a corpus folder
/// and over mutations of them.
fn fuzz(folder: &str, check: fn(&[u8])) {
    let rounds = std::env::var("TRUNKLINE_FUZZ_ITERATIONS")
        .map_or(DEFAULT_ROUNDS, |text| text.parse().expect("a number of rounds"));
    let corpus = corpus(folder);
    for file in &corpus {
        check(file);
    }
    for round in 0..rounds {
        let file = mutated(&corpus, round);
        let broke = panic::catch_unwind(|| check(&file)).is_err();
        assert!(!broke, "{folder} breaks in round {round}: {}", file.escape_ascii());
    }
}

/// The files of a folder, in the order of their names.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(name);
    let entries = fs::read_dir(folder).expect("a corpus folder");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{name} has no files");
    paths.into_iter().map(|path| fs::read(path).expect("a file")).collect()
}

/// Numbers that look random and are the same in every run (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    /// A number from 0 to `end`, without the end; 0 if there is none.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).expect("31 bits") % end.max(1)
    }
}

fn mutated(corpus: &[Vec<u8>], round: u64) -> Vec<u8> {
    let mut numbers = Numbers::new(round + 1);
    let mut file = corpus[numbers.below(corpus.len())].clone();
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(file.len() + 1);
        let upto = (at + numbers.below(40)).min(file.len());
        match numbers.below(7) {
            0 if at < file.len() => file[at] ^= 1 << numbers.below(8),
            1 => drop(file.drain(at..upto)),
            2 => file.truncate(at),
            3 => {
                let piece = file[at..upto].to_vec();
                let to = numbers.below(file.len() + 1);
                file.splice(to..to, piece);
            }
            4 => {
                let other = &corpus[numbers.below(corpus.len())];
                let from = numbers.below(other.len() + 1);
                file.splice(at.., other[from..].iter().copied());
            }
            _ => {
                let piece = PIECES[numbers.below(PIECES.len())];
                file.splice(at..at, piece.repeat(1 + numbers.below(3)));
            }
        }
    }
    file.truncate(MAX_FILE_BYTES);
    file
}

/// Rows come in order and inside the file, keep bounded bytes, and can be read again.
fn check_rows(format: Format, file: &[u8]) {
    let mut options = ReadOptions::new(format);
    options.zone = Zone::parse("America/Chicago").ok();
    let mut reader = RowReader::new(file, &options);
    let (mut at, mut whole) = (0, true);
    while let Some(row) = reader.next() {
        let Ok(row) = row else {
            whole = false;
            break;
        };
        assert!(row.raw.offset >= at && row.raw.length > 0, "rows overlap");
        at = row.raw.offset + row.raw.length;
        let bytes = usize::try_from(row.raw.offset).expect("a small file");
        assert!(file[bytes..].starts_with(&row.raw.bytes), "a row is not what the file has");
        assert!(row.raw.bytes.len() <= MAX_KEPT_BYTES, "too much is kept");
        let _ = parse_row(&options, &reader.kept_bytes(&row.raw), row.raw.ordinal);
    }
    assert!(at <= file.len() as u64, "a row ends behind the file");
    assert!(!whole || reader.position() == file.len() as u64, "bytes are left");
    assert!(reader.next().is_none(), "a row comes after the end");
}
