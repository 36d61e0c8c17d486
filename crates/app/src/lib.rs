//! Use cases and jobs: load, decide, save, react.
//!
//! The only place that opens transactions. A use case reads, lets `domain` decide, and writes, in
//! one transaction; it never does arithmetic on money and never calls the network inside one.

pub mod error;

use adapters::{clock::Clock, ids::Ids};
use store::db::Db;

/// What every use case needs.
#[derive(Debug, Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// The source of drawn ids.
    pub ids: Ids,
}
