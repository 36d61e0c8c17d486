//! Use cases and jobs: load, decide, save, react.
//!
//! The only place that opens transactions. A use case reads, lets `domain` decide, and writes, in
//! one transaction; it never does arithmetic on money and never calls the network inside one.

pub mod accounting;
pub mod calls;
pub mod check;
pub mod checkout;
pub mod close;
pub mod collect;
pub mod console;
pub mod dashboard;
pub mod directory;
pub mod disputes;
pub mod documents;
pub mod drafts;
pub mod dunning;
pub mod error;
mod events;
pub mod explain;
pub mod figures;
pub mod hosted;
pub mod ingest;
pub mod invoices;
pub mod keys;
pub mod links;
pub mod logs;
mod lookup;
pub mod methods;
pub mod operations;
pub mod outbox;
pub mod outside;
pub mod overview;
pub mod people;
pub mod platform;
pub mod portals;
pub mod processor_events;
pub mod processors;
pub mod refunds;
pub mod requests;
pub mod resource;
pub mod settlements;
pub mod setup;
pub mod simulate;
pub mod tenant_side;
pub mod test_methods;
pub mod usage;
pub mod webhooks;

use std::sync::Arc;

use adapters::{clock::Clock, ids::Ids, limits::Limiter, passwords::Passwords};
use store::db::Db;

use crate::{
    directory::{DeckCache, KnownDirectory},
    operations::ClockMover,
    outside::Outside,
    portals::Platform,
    requests::InProgress,
};

/// What every use case needs.
#[derive(Debug, Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// The source of drawn ids.
    pub ids: Ids,
    /// Compiled rate decks, shared by all who price calls.
    pub decks: Arc<DeckCache>,
    /// The last picture of owners and prices.
    pub directory: Arc<KnownDirectory>,
    /// Mail, files, the PDF engine, the payment gateway, receivers of webhooks.
    pub outside: Outside,
    /// How often keys and partners ask.
    pub limits: Arc<Limiter>,
    /// Requests that this process works on.
    pub in_progress: InProgress,
    /// What hashes passwords, a few at once.
    pub passwords: Passwords,
    /// What the platform is called, and where its portals are.
    pub platform: Arc<Platform>,
    /// Whether the simulated clock is being moved.
    pub clock_mover: ClockMover,
}

impl App {
    /// All use cases over one database, clock and source of ids. Mails and files stay in memory.
    pub fn new(db: Db, clock: Clock, ids: Ids) -> Self {
        Self {
            db,
            clock,
            ids,
            decks: Arc::default(),
            directory: Arc::default(),
            outside: Outside::default(),
            limits: Arc::default(),
            in_progress: InProgress::default(),
            passwords: Passwords::default(),
            platform: Arc::default(),
            clock_mover: ClockMover::default(),
        }
    }

    /// The same on another platform.
    pub fn on_platform(self, platform: Platform) -> Self {
        Self { platform: Arc::new(platform), ..self }
    }

    /// The same with another outside world.
    pub fn with_outside(self, outside: Outside) -> Self {
        Self { outside, ..self }
    }
}
