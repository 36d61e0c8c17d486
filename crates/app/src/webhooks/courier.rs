//! The sender of webhooks: takes what is due, sends it, writes down what came of it.
//!
//! Decided here: messages are sent outside of transactions, many at once, but only a few at once
//! to one endpoint, and fewer to one that keeps failing; so an endpoint that hangs holds its own
//! places and nobody else's (WHK-20, BEY-09). What is taken is held under a lease: a sender that is
//! killed loses nothing, and what it had sent may be sent again (WHK-17). Outcomes are written in
//! the transaction that takes what is next.
//!
//! The futures of this module hold transactions and are not `Send`: run them on a thread that
//! blocks on them. Messages are sent by tasks of the runtime.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    time::Duration,
};

use adapters::{
    clock::{Clock, Stopwatch},
    webhook_client::Post,
};
use domain::{
    ids::{EndpointId, EventId, PartnerId},
    time::Timestamp,
    webhook::endpoint::{EndpointStatus, Outcome},
};
use rustc_hash::FxHashMap;
use store::{
    db::Tx,
    events::{self, Recorded},
    webhooks::{
        deliveries::Delivery,
        endpoints::{self, Endpoint},
        work::{self, DueEndpoint, Lease},
    },
};
use tokio::task::{Id, JoinSet};

use super::{
    deliveries::{BATCH, body},
    outcomes::{Finished, note},
    secrets_in_force,
};
use crate::{App, error::Result};

/// Messages on their way at once: sockets and memory (64 KiB of each answer) have an end.
const MAX_IN_FLIGHT: usize = 1_024;
/// Endpoints looked at in one step.
const ENDPOINTS: i64 = 500;
/// How often a sender looks for what other processes have committed.
const POLL: Duration = Duration::from_millis(200);
/// How long a sender waits after the database failed.
const PAUSE: Duration = Duration::from_secs(1);
/// How often a sender looks for what is too old to be kept, where nothing was found last time.
const HOUSEKEEPING: Duration = Duration::from_secs(60);

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CourierReport {
    /// Attempts that succeeded.
    pub delivered: u64,
    /// Attempts that failed.
    pub failed: u64,
}

/// A message that this sender holds and can send.
struct Ready {
    delivery: Delivery,
    post: Post,
}

/// One sender. Dropped, it gives up what is on its way; what it holds is due again when its
/// leases end.
struct Courier<'a> {
    app: &'a App,
    on_their_way: JoinSet<Finished>,
    /// Which endpoint each task serves.
    tasks: FxHashMap<Id, EndpointId>,
    /// How many tasks serve each endpoint.
    busy: FxHashMap<EndpointId, usize>,
    /// What is known and not written down yet.
    finished: Vec<Finished>,
    /// After which endpoint the next step begins, so that each gets its turn.
    turn: Option<EndpointId>,
    report: CourierReport,
}

impl App {
    /// Sends everything that is due at `now`, waits for all of it, and ends.
    pub async fn deliver_webhooks(&self, now: Timestamp) -> Result<CourierReport> {
        let mut courier = Courier::new(self);
        loop {
            // A step that began or ended midway has not looked at every endpoint.
            let from_first = courier.turn.is_none();
            courier.step(now).await?;
            let is_all = from_first && courier.turn.is_none();
            if is_all && courier.on_their_way.is_empty() && courier.finished.is_empty() {
                return Ok(courier.report);
            }
            courier.wait_for_one().await;
        }
    }

    /// Sends what is due, for ever: at once after a commit in this process, and within a fifth of
    /// a second after one in another.
    pub async fn run_webhooks(&self) -> Infallible {
        let commits = self.db.commits();
        let mut courier = Courier::new(self);
        let mut purged = None;
        loop {
            if let Err(error) = courier.step(self.clock.now()).await {
                tracing::error!(%error, "webhooks were not sent");
                tokio::time::sleep(PAUSE).await;
            }
            if purged.is_none_or(|at: Stopwatch| at.elapsed() >= HOUSEKEEPING) {
                purged = match self.purge_webhooks(self.clock.now()).await {
                    Ok(removed) if removed >= BATCH.unsigned_abs() => None,
                    Ok(_) => Some(Stopwatch::start()),
                    Err(error) => {
                        tracing::error!(%error, "old webhook deliveries were not removed");
                        Some(Stopwatch::start())
                    }
                };
            }
            tokio::select! {
                () = courier.wait_for_one(), if !courier.on_their_way.is_empty() => {}
                () = commits.notified() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }
}

impl<'a> Courier<'a> {
    fn new(app: &'a App) -> Self {
        Self {
            app,
            on_their_way: JoinSet::new(),
            tasks: FxHashMap::default(),
            busy: FxHashMap::default(),
            finished: Vec::new(),
            turn: None,
            report: CourierReport::default(),
        }
    }

    /// Writes down what is known, takes what is due and there is room for, and begins to send it.
    async fn step(&mut self, now: Timestamp) -> Result<()> {
        let wanted = self.wanted(now).await?;
        if self.finished.is_empty() && wanted.is_empty() {
            return Ok(());
        }
        let machine = Clock::System.now();
        let lease = Lease {
            now: machine,
            until: machine.plus_seconds(self.app.outside.webhooks.lease_seconds),
        };
        let finished = &self.finished;
        let taken = self
            .app
            .db
            .write_unheard(async |tx: &mut Tx| {
                note(tx, finished, now).await?;
                take(tx, &wanted, (now, lease)).await
            })
            .await?;
        for one in self.finished.drain(..) {
            match one.outcome() {
                Outcome::Succeeded => self.report.delivered += 1,
                Outcome::Failed => self.report.failed += 1,
            }
        }
        for (endpoint, deliveries) in taken {
            self.send_to(&endpoint, deliveries, now);
        }
        Ok(())
    }

    /// Endpoints for which something is due and there is room, each with how much. Whatever waits
    /// for deleted ones is ended.
    async fn wanted(&mut self, now: Timestamp) -> Result<Vec<(DueEndpoint, usize)>> {
        let mut tx = self.app.db.begin_read().await?;
        let due = work::due_endpoints(&mut tx, self.turn, now, ENDPOINTS).await?;
        tx.commit().await?;
        let is_last = due.len() < usize::try_from(ENDPOINTS).unwrap_or(usize::MAX);
        self.turn = due.last().map(|endpoint| endpoint.endpoint_id).filter(|_| !is_last);
        let mut room = MAX_IN_FLIGHT.saturating_sub(self.on_their_way.len());
        let mut wanted = Vec::new();
        for endpoint in due {
            let DueEndpoint { partner_id, endpoint_id, health } = endpoint;
            if health.status == EndpointStatus::Deleted {
                self.app.bury(partner_id, endpoint_id).await?;
                continue;
            }
            let busy = self.busy.get(&endpoint_id).copied().unwrap_or_default();
            let count = health.window().saturating_sub(busy).min(room);
            if count > 0 {
                room -= count;
                wanted.push((endpoint, count));
            } else if room == 0 {
                // The next step begins with those who got nothing now.
                break;
            }
            if room == 0 {
                self.turn = Some(endpoint_id);
            }
        }
        Ok(wanted)
    }

    fn send_to(
        &mut self,
        endpoint: &Endpoint,
        taken: Vec<(Delivery, Result<String>)>,
        now: Timestamp,
    ) {
        let secrets = match secrets_in_force(&self.app.outside, endpoint, now) {
            Ok(secrets) => secrets,
            // Whose the keys are can mend this; until then everything stays due.
            Err(error) => {
                tracing::error!(endpoint = %endpoint.endpoint_id, %error, "cannot sign webhooks");
                return;
            }
        };
        for (delivery, body) in taken {
            let body = match body {
                Ok(body) => body,
                Err(error) => {
                    tracing::error!(delivery = %delivery.delivery_id, %error, "cannot be sent");
                    continue;
                }
            };
            // Receivers compare with their own clocks, so this is the machine's time.
            let event_id = delivery.event_id.to_string();
            let signed = secrets.sign(&event_id, Clock::System.now(), body.as_bytes());
            let headers = vec![
                (self.app.outside.webhooks.signature_header.clone(), signed.plain),
                ("webhook-id".to_owned(), signed.webhook_id),
                ("webhook-timestamp".to_owned(), signed.webhook_timestamp),
                ("webhook-signature".to_owned(), signed.webhook_signature),
            ];
            let post = Post { url: endpoint.url.clone(), headers, body };
            self.send(Ready { delivery, post }, now);
        }
    }

    fn send(&mut self, Ready { delivery, post }: Ready, began_at: Timestamp) {
        let endpoint_id = delivery.endpoint_id;
        let client = self.app.outside.webhooks.client.clone();
        let task = self.on_their_way.spawn(async move {
            let answer = client.post(post).await;
            Finished { delivery, began_at, answer }
        });
        self.tasks.insert(task.id(), endpoint_id);
        *self.busy.entry(endpoint_id).or_default() += 1;
    }

    /// Waits until something is known, and collects all that is known then. May be given up at
    /// any point.
    async fn wait_for_one(&mut self) {
        let mut known = self.on_their_way.join_next_with_id().await;
        while let Some(joined) = known {
            let task_id = match joined {
                Ok((task_id, finished)) => {
                    self.finished.push(finished);
                    task_id
                }
                Err(error) => {
                    tracing::error!(%error, "a webhook was given up; it is sent again");
                    error.id()
                }
            };
            if let Some(endpoint_id) = self.tasks.remove(&task_id)
                && let Some(busy) = self.busy.get_mut(&endpoint_id)
            {
                *busy -= 1;
                if *busy == 0 {
                    self.busy.remove(&endpoint_id);
                }
            }
            known = self.on_their_way.try_join_next_with_id();
        }
    }
}

/// What was taken for one endpoint, each delivery with its body.
type Taken = (Endpoint, Vec<(Delivery, Result<String>)>);

/// Takes deliveries of the wanted endpoints, as many as there is room for.
async fn take(
    tx: &mut Tx,
    wanted: &[(DueEndpoint, usize)],
    time: (Timestamp, Lease),
) -> Result<Vec<Taken>> {
    let mut by_partner: BTreeMap<PartnerId, BTreeMap<EndpointId, usize>> = BTreeMap::new();
    for (DueEndpoint { partner_id, endpoint_id, .. }, count) in wanted {
        by_partner.entry(*partner_id).or_default().insert(*endpoint_id, *count);
    }
    let mut all = Vec::with_capacity(wanted.len());
    for (partner_id, counts) in by_partner {
        take_of(tx, partner_id, (&counts, time), &mut all).await?;
    }
    Ok(all)
}

async fn take_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    (counts, (now, lease)): (&BTreeMap<EndpointId, usize>, (Timestamp, Lease)),
    all: &mut Vec<Taken>,
) -> Result<()> {
    let ids: Vec<EndpointId> = counts.keys().copied().collect();
    let mut taken = Vec::with_capacity(ids.len());
    for endpoint in endpoints::find_all(tx, partner_id, &ids).await? {
        // What came of the last messages may have changed both.
        if endpoint.health.status != EndpointStatus::Enabled {
            continue;
        }
        let count = counts[&endpoint.endpoint_id].min(endpoint.health.window());
        let limit = i64::try_from(count).unwrap_or(1);
        let claim = (endpoint.endpoint_id, now, lease);
        let deliveries = work::claim(tx, partner_id, claim, limit).await?;
        taken.push((endpoint, deliveries));
    }
    let ids: BTreeSet<EventId> =
        taken.iter().flat_map(|(_, deliveries)| deliveries).map(|it| it.event_id).collect();
    let ids: Vec<EventId> = ids.into_iter().collect();
    let recorded = events::find_all(tx, partner_id, &ids).await?;
    let recorded: BTreeMap<EventId, Recorded> =
        recorded.into_iter().map(|recorded| (recorded.event_id, recorded)).collect();
    for (endpoint, deliveries) in taken {
        let with_body = |delivery: Delivery| {
            let event_id = delivery.event_id;
            (delivery, body(partner_id, recorded.get(&event_id).cloned(), event_id))
        };
        all.push((endpoint, deliveries.into_iter().map(with_body).collect()));
    }
    Ok(())
}
