//! Every SQL statement of Trunkline, on SQLite and PostgreSQL from one text.
//!
//! Store functions take a transaction and never open one; the owning account is the first argument
//! after it. No business decision is taken here, and no clock is read.

pub mod bulk;
pub mod calls;
pub mod db;
pub mod directory;
pub mod error;
pub mod imports;
pub mod ledger;
mod migrations;
pub mod usage;
