//! Accounts for tests, in few lines and always with the same ids.
//!
//! Decided here: what a test sees that does not care: one operator, USD, UTC, a simulated clock
//! that stands at the start of May 2026. A test changes the fields it is about.

use adapters::{clock::Clock, ids::Ids};
use app::App;
use domain::time::Timestamp;

use super::db::{Engine, TestDb, fresh};

/// Where every test's clock begins.
pub(crate) const START: &str = "2026-05-01T00:00:00Z";

/// A database, a clock and a sequence of ids: all a test needs.
pub(crate) struct World {
    pub(crate) app: App,
    // Last, so that the pools of `app` are gone before the database is.
    #[expect(dead_code, reason = "removes the database when dropped")]
    db: TestDb,
}

impl World {
    /// An empty world, or `None` where the environment leaves `engine` out.
    pub(crate) async fn fresh(engine: Engine) -> Option<Self> {
        let db = fresh(engine).await?;
        let clock = Clock::simulated(at(START));
        Some(Self { app: App { db: db.db.clone(), clock, ids: Ids::seeded(1) }, db })
    }
}

/// The instant that `text` names.
pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}
