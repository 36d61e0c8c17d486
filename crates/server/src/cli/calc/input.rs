//! Standard input, bounded.
//!
//! Decided here: how much is read of it, and what is said of bytes that are no text.

use std::io::{self, BufRead, IsTerminal, Read};

use anyhow::{Context, bail};

use super::super::misuse;

/// The longest JSON document that is read: the largest invoice has 10,000 lines, about 2 MiB.
const MAX_DOCUMENT_BYTES: u64 = 16 * 1024 * 1024;
/// The longest line that is read; a call has under 300 bytes.
const MAX_LINE_BYTES: usize = 1024 * 1024;

/// All of standard input as text.
pub(super) fn read_stdin() -> anyhow::Result<String> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(misuse("no input: give JSON on standard input or flags, see --help"));
    }
    let mut bytes = Vec::new();
    let read = stdin.lock().take(MAX_DOCUMENT_BYTES + 1).read_to_end(&mut bytes);
    read.context("cannot read standard input")?;
    if bytes.len() as u64 > MAX_DOCUMENT_BYTES {
        bail!("the input is longer than {MAX_DOCUMENT_BYTES} bytes");
    }
    if bytes.is_empty() {
        bail!("the input is empty: give JSON on standard input or flags, see --help");
    }
    into_text(bytes)
}

fn into_text(bytes: Vec<u8>) -> anyhow::Result<String> {
    // Some editors put a mark before UTF-8.
    let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => rest.to_vec(),
        None => bytes,
    };
    String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        anyhow::anyhow!("the input is not UTF-8: byte {place} is wrong")
    })
}

/// A line of input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Bytes without the line end.
    Bytes,
    /// More than [`MAX_LINE_BYTES`]; passed over.
    TooLong,
}

/// Reads the next line into `line`; `None` at the end of the input. Memory stays bounded whatever
/// comes.
pub(super) fn next_line(source: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<Line>> {
    line.clear();
    let mut found = None;
    loop {
        let buffer = match source.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            return Ok(found);
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        if line.len() + part.len() > MAX_LINE_BYTES {
            found = Some(Line::TooLong);
        } else if found != Some(Line::TooLong) {
            line.extend_from_slice(part);
            found = Some(Line::Bytes);
        }
        let passed = end.map_or(buffer.len(), |end| end + 1);
        source.consume(passed);
        if end.is_some() {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mut source: &[u8]) -> Vec<(Line, Vec<u8>)> {
        let (mut line, mut all) = (Vec::new(), Vec::new());
        while let Some(found) = next_line(&mut source, &mut line).expect("memory does not fail") {
            all.push((found, line.clone()));
        }
        all
    }

    #[test]
    fn lines_end_as_on_any_system_and_the_last_needs_no_end() {
        let expected = [b"a".as_slice(), b"", b"b"];
        let found: Vec<Vec<u8>> = lines(b"a\r\n\nb").into_iter().map(|(_, line)| line).collect();
        assert_eq!(found, expected);
        assert!(lines(b"").is_empty());
    }

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let mut text = vec![b'x'; 3 * MAX_LINE_BYTES];
        text.extend_from_slice(b"\nnext\n");
        let found = lines(&text);
        assert_eq!(found[0].0, Line::TooLong);
        assert_eq!(found[1], (Line::Bytes, b"next".to_vec()));
        assert_eq!(found.len(), 2);
    }
}
