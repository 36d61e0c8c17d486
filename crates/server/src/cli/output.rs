//! Standard output, the one place where results are written.
//!
//! Decided here: output is buffered, and a reader that has gone away ends the program quietly.

use std::io::{self, BufWriter, ErrorKind, Stdout, Write};

/// Where a command writes its results.
#[derive(Debug)]
pub(crate) struct Output {
    stdout: BufWriter<Stdout>,
}

/// Standard output could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output: {0}")]
pub(crate) struct OutputError(#[source] io::Error);

impl Output {
    /// The process's own.
    pub(crate) fn stdout() -> Self {
        Self { stdout: BufWriter::with_capacity(64 * 1024, io::stdout()) }
    }

    /// Writes `text` as it is.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), OutputError> {
        self.bytes(text.as_bytes())
    }

    /// Writes `bytes` as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), OutputError> {
        self.stdout.write_all(bytes).map_err(OutputError)
    }

    /// Writes `line` and a line end.
    pub(crate) fn line(&mut self, line: &str) -> Result<(), OutputError> {
        self.text(line)?;
        self.text("\n")
    }

    /// Makes everything visible that was written so far.
    pub(crate) fn flush(&mut self) -> Result<(), OutputError> {
        self.stdout.flush().map_err(OutputError)
    }
}

/// Whether `error` only says that nobody reads standard output any more.
pub(crate) fn is_reader_gone(error: &anyhow::Error) -> bool {
    let cause = error.downcast_ref::<OutputError>();
    cause.is_some_and(|OutputError(cause)| cause.kind() == ErrorKind::BrokenPipe)
}
