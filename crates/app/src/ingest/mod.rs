//! Call records in: from a file's rows to calls, roll-ups and wallet debits.
//!
//! Decided here: rows are read and priced in batches, and each batch is one transaction that keeps
//! all its calls or none. A record counts once, whoever delivers it how often; a bad row is kept
//! and never stops the rest. How far a file was read is remembered in the batch's transaction, so
//! a run that was killed goes on where it ended, and a file that grew is read on.

mod batch;
mod booking;
mod cap_mail;
mod caps;
mod file;
mod pushed;
mod rejects;
mod report;
mod retry;

pub use batch::{BATCH_ROWS, BatchSource};
pub(crate) use caps::Cause;
pub use file::{ImportMode, ImportRequest, Progress};
pub use pushed::{
    MAX_PUSHED, PushedBatch, PushedRows, SentFault, read_pushed_json, read_pushed_ndjson,
};
pub use report::{FileOutcome, ImportReport};
pub use retry::{RetryFrom, RetryReport};
pub use store::import_list::{BatchFilter, ListedBatch, ListedReject, RejectFilter};
