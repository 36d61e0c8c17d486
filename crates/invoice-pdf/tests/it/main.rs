//! What a finished PDF file says, read back with a PDF reader of other authors.

#![expect(clippy::unwrap_used, reason = "a test may panic, in its helpers too")]

mod content;
mod file;
mod hostile;
mod logo;
mod reader;
