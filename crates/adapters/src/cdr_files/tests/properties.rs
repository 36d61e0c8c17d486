//! What holds for any bytes, in every format.

use proptest::prelude::*;

use super::{super::*, Format, ReadOptions, Trickle};

/// Pieces that rows are made of, good and bad: random bytes alone never get past the framing.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        "\n",
        "\r\n",
        "\"",
        "\"\"",
        ",",
        "{",
        "}",
        "[",
        "]",
        ":",
        "\\",
        "cdr=",
        "%7B",
        "\0",
        " ",
        "\u{feff}",
        "-",
        "1",
        ".5",
        "null",
        "2026-11-22 02:13:40",
        "2026-05-10T12:00:00Z",
        "1778414473",
        concat!(
            r#""acme","101","911","c","x","PJSIP/acme_101-1","PJSIP/t-1","Dial","","#,
            r#""2026-11-22 02:13:40",,"2026-11-22 02:13:43",3,0,"NO ANSWER","BILLING""#
        ),
        r#","17.1""#,
        r#","17.1","","","17.1",5"#,
        r#"{"variables":{"uuid":"u","end_epoch":"1778414473","destination_number":"911"}}"#,
        r#"{"call_id":"c","dst":"911","start_time":1778414473,"end_time":1778414474}"#,
        r#"{"record_id":"1","from":"","to":"911","ended_at":"2026-05-10T12:00:00Z"}"#,
        "1,,911,2026-05-10T12:00:00Z",
        "record_id,from,to,ended_at\n",
    ];
    prop_oneof![
        4 => prop::sample::select(known.map(|text| text.as_bytes().to_vec()).to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ]
}

fn file() -> impl Strategy<Value = (Format, Vec<u8>)> {
    let pieces = prop::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat());
    (prop::sample::select(Format::ALL.to_vec()), pieces).prop_map(|(format, bytes)| {
        let header: &[u8] =
            if format == Format::Csv { b"record_id,from,to,ended_at\n" } else { b"" };
        (format, [header, &bytes].concat())
    })
}

/// What the reader yields, errors as text, so that it can be compared.
fn read(source: impl std::io::Read, format: Format) -> Vec<Result<ParsedRow, String>> {
    let reader = RowReader::new(source, &ReadOptions::new(format));
    reader.map(|row| row.map_err(|error| error.to_string())).collect()
}

fn meaning(rows: Vec<Result<ParsedRow, String>>) -> Vec<Row> {
    rows.into_iter().map(|row| row.expect("readable").row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Rows come in order, do not overlap, and nothing but blanks, header and punctuation is left
    /// between them.
    #[test]
    fn every_byte_is_accounted_for((format, file) in file()) {
        let mut at = 0;
        let mut reader = RowReader::new(&*file, &ReadOptions::new(format));
        for row in reader.by_ref() {
            let Ok(row) = row else { return Ok(()) };
            let (start, length) = (row.raw.offset as usize, row.raw.length as usize);
            prop_assert!(at <= start && length > 0 && start + length <= file.len());
            prop_assert!(is_between(format, at, &file[at..start]), "{:?}", &file[at..start]);
            prop_assert!(file[start..start + length].starts_with(&row.raw.bytes));
            let lines = file[..start].iter().filter(|byte| **byte == b'\n').count() as u64;
            prop_assert_eq!(row.raw.line, lines + 1);
            at = start + length;
        }
        prop_assert!(is_between(format, at, &file[at..]), "{:?}", &file[at..]);
        prop_assert_eq!(reader.position(), file.len() as u64);
    }

    #[test]
    fn it_does_not_matter_how_bytes_arrive((format, file) in file(), step in 1usize..40) {
        prop_assert_eq!(read(Trickle { bytes: &file, step }, format), read(&*file, format));
    }

    #[test]
    fn a_record_alone_reads_as_in_its_file((format, file) in file()) {
        let options = ReadOptions::new(format);
        let mut reader = RowReader::new(&*file, &options);
        let rows: Vec<_> = reader.by_ref().collect();
        for row in rows.into_iter().flatten() {
            let kept = reader.kept_bytes(&row.raw);
            let again = parse_row(&options, &kept, row.raw.ordinal);
            match row.row {
                Row::Record(_) => prop_assert_eq!(again, row.row),
                Row::Bad { .. } => {
                    let is_bad = matches!(again, Row::Bad { .. });
                    prop_assert!(is_bad);
                }
            }
        }
    }

    #[test]
    fn line_ends_do_not_matter(rows in prop::collection::vec(piece(), 0..20)) {
        let plain: Vec<Vec<u8>> = rows
            .into_iter()
            .filter(|row| !row.iter().any(|byte| matches!(byte, b'\n' | b'\r')))
            .collect();
        for format in [Format::AsteriskCsv, Format::KamailioJson, Format::Ndjson] {
            let (unix, dos) = (plain.join(&b'\n'), plain.join(b"\r\n".as_slice()));
            let records = |file: &[u8]| {
                let rows = meaning(read(file, format));
                rows.into_iter().filter(|row| matches!(row, Row::Record(_))).collect::<Vec<_>>()
            };
            prop_assert_eq!(records(&unix), records(&dos));
        }
    }

    /// Rows without an id of their own count within their file, so they are left out.
    #[test]
    fn joining_files_joins_their_rows(
        format in prop::sample::select(vec![Format::KamailioJson, Format::Ndjson]),
        one in prop::collection::vec(piece(), 0..20),
        two in prop::collection::vec(piece(), 0..20),
    ) {
        let (mut one, two) = (one.concat(), two.concat());
        one.push(b'\n');
        prop_assume!(!two.starts_with("\u{feff}".as_bytes()));
        let mut apart = meaning(read(&*one, format));
        apart.extend(meaning(read(&*two, format)));
        prop_assert_eq!(meaning(read(&*[one, two].concat(), format)), apart);
    }
}

/// Whether these bytes may stand between rows.
fn is_between(format: Format, offset: usize, bytes: &[u8]) -> bool {
    let mut bytes = bytes;
    if offset == 0 {
        bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        bytes = bytes.strip_prefix(b"record_id,from,to,ended_at\n".as_slice()).unwrap_or(bytes);
    }
    bytes.iter().all(|byte| match byte {
        b' ' | b'\t' | b'\r' | b'\n' | 0x0c => true,
        b'[' | b']' | b',' => format == Format::FreeswitchJson,
        _ => false,
    })
}
