//! Files that are broken as files, in every format.

use std::io::{self, Read};

use super::{super::*, Format, ReadOptions, codes, rows};

/// A good row of each format, without a line end, and what must stand above it.
fn good(format: Format) -> (&'static str, &'static str) {
    match format {
        Format::AsteriskCsv => (
            "",
            concat!(
                r#""acme","101","911","c","x","PJSIP/acme_101-1","PJSIP/t-1","Dial","","#,
                r#""2026-11-22 02:13:40",,"2026-11-22 02:13:43",3,0,"NO ANSWER","BILLING","#,
                r#""17.1","","","17.1",5"#
            ),
        ),
        Format::FreeswitchJson => (
            "",
            r#"{"variables":{"uuid":"u","end_epoch":"1778414473","destination_number":"911"}}"#,
        ),
        Format::KamailioJson => {
            ("", r#"{"call_id":"c","dst":"911","start_time":1778414473,"end_time":1778414474}"#)
        }
        Format::Ndjson => {
            ("", r#"{"record_id":"1","from":"","to":"911","ended_at":"2026-05-10T12:00:00Z"}"#)
        }
        Format::Csv => ("record_id,from,to,ended_at\n", "1,,911,2026-05-10T12:00:00Z"),
    }
}

/// Checks the codes of a file made of the header, good rows and `bad`.
fn check(format: Format, bad: &[u8], expected: &[&'static str]) {
    let (header, good) = good(format);
    let good = format!("{good}\n");
    let file = [header.as_bytes(), good.as_bytes(), bad, b"\n", good.as_bytes()].concat();
    let found: Vec<&str> = codes(format, &file).into_iter().map(|(_, code)| code).collect();
    assert_eq!(found, expected, "{format}: {}", String::from_utf8_lossy(&bad[..bad.len().min(80)]));
}

#[test]
fn empty_files_have_no_rows() {
    for format in Format::ALL {
        for file in ["", "\n", "\r\n\r\n", "\u{feff}", "\u{feff}\n", "\r"] {
            assert_eq!(codes(format, file.as_bytes()), [], "{format} {file:?}");
        }
    }
}

#[test]
fn a_long_row_costs_only_itself_and_little_memory() {
    for format in Format::ALL {
        let long = vec![b'x'; 10_000_000];
        let code = match format {
            Format::FreeswitchJson => "malformed_json",
            _ => "row_too_long",
        };
        check(format, &long, &["ok", code, "ok"]);
        let mut document = b"{\"a\":\"".to_vec();
        document.resize(10_000_000, b'x');
        let code = match format {
            Format::AsteriskCsv | Format::Csv => "stray_quote",
            _ => "row_too_long",
        };
        check(format, &document, &["ok", code, "ok"]);
    }
}

#[test]
fn a_bad_row_keeps_its_place_and_its_first_bytes() {
    let (_, good) = good(Format::Ndjson);
    let long = "x".repeat(2_000_000);
    let file = format!("{good}\r\n{long}\r\nshort\n");
    let rows = rows(&ReadOptions::new(Format::Ndjson), file.as_bytes());
    let places: Vec<_> =
        rows.iter().map(|row| (row.raw.line, row.raw.offset, row.raw.length)).collect();
    let first = good.len() as u64 + 2;
    assert_eq!(places, [(1, 0, first), (2, first, 2_000_002), (3, first + 2_000_002, 6)]);
    assert_eq!(&*rows[0].raw.bytes, good.as_bytes());
    assert_eq!(rows[1].raw.bytes.len(), MAX_KEPT_BYTES);
    assert_eq!(&*rows[2].raw.bytes, b"short");
}

#[test]
fn one_wrong_quote_does_not_swallow_the_file() {
    for format in [Format::AsteriskCsv, Format::Csv] {
        check(
            format,
            b"\"acme",
            &["ok", "unbalanced_quotes", "ok"].map(|code| {
                // In Asterisk's file every line starts with a quote, which closes the open one.
                if code == "unbalanced_quotes" && format == Format::AsteriskCsv {
                    "stray_quote"
                } else {
                    code
                }
            }),
        );
        check(format, b"a\"b", &["ok", "stray_quote", "ok"]);
        check(format, b"\"a\"b", &["ok", "stray_quote", "ok"]);
        let many_lines = [b"\"a".as_slice(), &b"\n".repeat(200), b"\""].concat();
        check(
            format,
            &many_lines,
            &["ok", "unbalanced_quotes", "stray_quote", "ok"].map(|code| {
                if code == "stray_quote" && format == Format::Csv {
                    "unbalanced_quotes"
                } else {
                    code
                }
            }),
        );
        let much_text = [b"\"".as_slice(), &b"a".repeat(70_000), b"\""].concat();
        check(format, &much_text, &["ok", "unbalanced_quotes", "ok"]);
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_where_they_matter() {
    check(Format::Ndjson, b"{\"to\":\"\xff\"}", &["ok", "not_utf8", "ok"]);
    check(Format::KamailioJson, b"\x00\x01", &["ok", "nul_byte", "ok"]);
    check(Format::Csv, b"1,,\xe9,2026-05-10T12:00:00Z", &["ok", "not_utf8", "ok"]);
    check(Format::Csv, b"1,,9\x001,2026-05-10T12:00:00Z", &["ok", "nul_byte", "ok"]);
    let document =
        br#"{"variables":{"uuid":"Z","end_epoch":"1778414473","destination_number":"911"}}"#;
    let with = |bytes: &[u8]| {
        let at = document.iter().position(|byte| *byte == b'Z').expect("the mark");
        [&document[..at], bytes, &document[at + 1..]].concat()
    };
    check(Format::FreeswitchJson, &with(b"\xff"), &["ok", "not_utf8", "ok"]);
    check(Format::FreeswitchJson, &with(b"\x00"), &["ok", "nul_byte", "ok"]);
    let (_, row) = good(Format::AsteriskCsv);
    let latin = |place: &str| row.replace(place, "\"J\u{7f}rgen\"").replace('\u{7f}', "\x01");
    let name = latin("\"x\"").replace('\u{1}', "?").into_bytes();
    let name: Vec<u8> =
        name.into_iter().map(|byte| if byte == b'?' { 0xfc } else { byte }).collect();
    // A caller's name in Latin-1 is in a column that billing does not need.
    check(Format::AsteriskCsv, &name, &["ok", "ok", "ok"]);
    check(
        Format::AsteriskCsv,
        row.replace("\"911\"", "\"9\0\"").as_bytes(),
        &["ok", "nul_byte", "ok"],
    );
    let number: Vec<u8> =
        row.replace("\"101\"", "\"?\"").bytes().map(|b| if b == b'?' { 0xfc } else { b }).collect();
    check(Format::AsteriskCsv, &number, &["ok", "not_utf8", "ok"]);
}

#[test]
fn wrong_column_counts_are_counted() {
    check(Format::AsteriskCsv, b"1,2,3", &["ok", "wrong_column_count", "ok"]);
    check(Format::AsteriskCsv, &b"1,".repeat(21), &["ok", "wrong_column_count", "ok"]);
    check(Format::AsteriskCsv, &b"1,".repeat(5_000), &["ok", "wrong_column_count", "ok"]);
    check(Format::Csv, b"1,2,3", &["ok", "wrong_column_count", "ok"]);
}

#[test]
fn a_row_cut_off_by_the_end_of_the_file_says_so() {
    for format in Format::ALL {
        let (header, row) = good(format);
        let file = format!("{header}{row}\n{}", &row[..row.len() / 2]);
        let rows = rows(&ReadOptions::new(format), file.as_bytes());
        let Row::Bad { code, .. } = &rows[1].row else { panic!("{format}") };
        assert_eq!(*code, "truncated", "{format}");
        assert_eq!(rows[1].raw.end, RowEnd::EndOfFile, "{format}");
        assert_eq!(rows[0].raw.end, RowEnd::Closed, "{format}");
        // A whole row counts without its line end as well, and says that it has none.
        let whole = super::rows(&ReadOptions::new(format), format!("{header}{row}").as_bytes());
        assert!(matches!(whole[0].row, Row::Record(_)), "{format}");
        let closed = format == Format::FreeswitchJson;
        assert_eq!(whole[0].raw.end == RowEnd::Closed, closed, "{format}");
    }
}

#[test]
fn an_error_of_the_source_ends_the_reading() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk on fire"))
        }
    }
    for format in Format::ALL {
        let (header, row) = good(format);
        let file = format!("{header}{row}\n{row}");
        let source = file.as_bytes().chain(Broken);
        let found: Vec<_> = RowReader::new(source, &ReadOptions::new(format)).collect();
        let errors = found.iter().filter(|row| row.is_err()).count();
        assert_eq!(errors, 1, "{format}");
        assert!(found.last().expect("an answer").is_err(), "{format}");
    }
}

#[test]
fn formats_have_names() {
    for format in Format::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    assert!("asterisk".parse::<Format>().is_err());
}
