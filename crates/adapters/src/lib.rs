//! The outside world: clock, ids, files of call records, mail, PDFs, the payment gateway.
//!
//! Each has a live and an in-process form. No SQL and no business rule is here.

pub mod cdr_files;
pub mod clock;
pub mod data_dir;
pub mod files;
pub mod gateway;
pub mod ids;
pub mod limits;
pub mod mail;
pub mod pdf;
pub mod secrets;
