//! The outside world: clock, ids, files of call records, mail, PDFs, the payment gateway, secrets
//! at rest, webhook receivers.
//!
//! Each has a live and an in-process form. No SQL and no business rule is here.

pub mod cdr_files;
pub mod clock;
pub mod data_dir;
pub mod entropy;
pub mod files;
pub mod ids;
pub mod limits;
pub mod mail;
pub mod passwords;
pub mod pdf;
pub mod processor;
pub mod secrets;
pub mod vault;
pub mod webhook_client;
pub mod zip;
