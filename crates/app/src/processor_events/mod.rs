//! What the payment processor tells by itself: kept first, believed never, looked up then.
//!
//! Decided here: an event is answered for once it is stored, before anything is done about it
//! (STR-20). What it says of its object is not read: the object is asked for again, on the account
//! that the event is about, and the parts that own it are told how it stands now. So events may
//! come late, twice and in any order. An event whose object nobody here knows yet is kept and
//! looked at again, for days; kinds that nobody needs are kept and done. As a safety net every
//! account's list of events is read each hour, so that a day without any delivery loses nothing.

mod apply;
mod hear;
mod read;
mod receive;

use std::{convert::Infallible, sync::Arc, time::Duration};

use adapters::processor::{Processor, SecretKey};
use tokio::sync::Notify;

pub use self::{
    apply::{Applied, Listener},
    receive::{Inbox, NotReceived, Receipt},
};
use crate::{App, error::Result};

/// How often what is due is looked for where nothing arrives.
const ROUND: Duration = Duration::from_secs(15);
/// Events are forgotten after so long; the processor's own list is shorter.
const KEPT_SECONDS: i64 = 40 * 86_400;
/// Events forgotten at once.
const FORGET_AT_ONCE: i64 = 1_000;

/// What events of the processor are held against, and who is woken by them; clones share it.
#[derive(Debug, Clone, Default)]
pub struct EventSecrets {
    /// Secrets of the endpoint for the platform's own account; several while one is changed.
    pub platform: Vec<SecretKey>,
    /// Secrets of the endpoint for all connected accounts.
    pub connect: Vec<SecretKey>,
    arrived: Arc<Notify>,
}

impl EventSecrets {
    /// With these secrets.
    pub fn new(platform: Vec<SecretKey>, connect: Vec<SecretKey>) -> Self {
        Self { platform, connect, arrived: Arc::default() }
    }
}

impl App {
    /// Does what events ask for as they arrive, and reads the lists of events each hour; for ever.
    /// Its transactions never leave their thread: block on it.
    pub async fn run_processor_events(&self) -> Infallible {
        if matches!(self.outside.processor, Processor::Sandbox(_)) {
            // Nobody tells of a sandbox: what it does follows from the clock.
            return std::future::pending().await;
        }
        loop {
            if let Err(error) = self.apply_processor_events(self).await {
                tracing::error!(%error, "events of the payment processor were not looked at");
            }
            // A simulated clock is not the processor's: it says nothing about what was missed.
            if !self.clock.is_simulated()
                && let Err(error) = self.read_processor_events().await
            {
                tracing::error!(%error, "the payment processor's lists were not read");
            }
            tokio::select! {
                () = self.outside.events.arrived.notified() => {}
                () = tokio::time::sleep(ROUND) => {}
            }
        }
    }

    /// Forgets events that are done and old. Bounded: what is left is left for the next time.
    pub(crate) async fn forget_processor_events(&self) -> Result<u64> {
        let before = self.clock.now().plus_seconds(-KEPT_SECONDS);
        self.db
            .write(async |tx| {
                let forgotten = store::processor_events::forget(tx, before, FORGET_AT_ONCE).await?;
                Ok(forgotten)
            })
            .await
    }
}
