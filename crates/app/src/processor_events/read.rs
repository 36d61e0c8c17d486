//! The safety net: each account's list of events is read every hour.
//!
//! Decided here: a list is read from an hour before where it was read to, because the processor
//! dates events by the second and lists them late; what is known already is known already. Only
//! kinds that somebody here needs are kept. An account that no longer answers is asked less and
//! less often, and never by another key.

use adapters::processor::{EventsFrom, PaymentGateway, ProcessorError, ProcessorEvent};
use domain::{ids::PartnerId, processor::AccountContext, time::Timestamp};
use store::processor_events::{self as stored, DueRead, NewEvent};

use super::apply::is_needed;
use crate::{
    App,
    error::{AppError, Result},
};

/// How often a list is read.
const EVERY_SECONDS: i64 = 3_600;
/// How much of what was read before is read again.
const OVERLAP_SECONDS: i64 = 3_600;
/// From where an account's list is read that was never read.
const FIRST_READ_SECONDS: i64 = 2 * 86_400;
/// The processor keeps its lists for thirty days.
const LONGEST_LIST_SECONDS: i64 = 30 * 86_400;
/// How long a reader holds a list.
const LEASE_SECONDS: i64 = 1_800;
/// Pages of one list: a million events in a month and more are not ours.
const MAX_PAGES: usize = 10_000;
/// Lists read in one run.
const MAX_READS: usize = 1_000;

impl App {
    /// Reads every list that is due, and answers how many events had not been delivered.
    pub async fn read_processor_events(&self) -> Result<u64> {
        let now = self.clock.now();
        let first = now.plus_seconds(-FIRST_READ_SECONDS);
        self.db.write(async |tx| stored::plan_reads(tx, now, first).await).await?;
        let mut missed = 0;
        for _ in 0..MAX_READS {
            let due = self.db.write(async |tx| stored::claim_read(tx, now, LEASE_SECONDS).await);
            let Some(due) = due.await? else { break };
            missed += self.read_and_note(due, now).await?;
        }
        Ok(missed)
    }

    async fn read_and_note(&self, due: DueRead, now: Timestamp) -> Result<u64> {
        let context = due.context.clone();
        let (noted, wait, missed) = match self.read_list(&due, now).await {
            Ok(missed) => {
                if missed > 0 {
                    tracing::warn!(%context, missed, "events were never delivered");
                }
                let read = DueRead { read_until: now.max(due.read_until), failures: 0, ..due };
                (read, EVERY_SECONDS, missed)
            }
            Err(error) => {
                tracing::warn!(%context, %error, "a list of events was not read");
                let failures = due.failures.saturating_add(1);
                (DueRead { failures, ..due }, EVERY_SECONDS * failures.clamp(1, 24), 0)
            }
        };
        let due_at = now.plus_seconds(wait);
        self.db.write(async |tx| stored::note_read(tx, &noted, due_at).await).await?;
        Ok(missed)
    }

    /// Reads a list to its end; each page is kept as it comes.
    async fn read_list(&self, due: &DueRead, now: Timestamp) -> Result<u64> {
        let at = self.at_of(due.partner_id, &due.context).await?;
        let oldest = now.plus_seconds(-LONGEST_LIST_SECONDS);
        let since = due.read_until.plus_seconds(-OVERLAP_SECONDS).max(oldest);
        let mut from = EventsFrom { since: Some(since), before: None };
        let mut missed = 0;
        for _ in 0..MAX_PAGES {
            let page = self.outside.processor.events(&at, &from).await;
            if let (Err(ProcessorError::Unauthorised { .. }), Some(partner_id)) =
                (&page, due.partner_id)
            {
                self.key_refused(partner_id, &due.context).await?;
            }
            let page = page.map_err(|error| AppError::Outside(error.to_string()))?;
            let Some(last) = page.last() else { return Ok(missed) };
            from.before = Some(last.reference.clone());
            let wanted = page.iter().filter(|event| is_needed(&event.kind));
            let wanted: Vec<NewEvent> =
                wanted.map(|event| kept((&due.context, due.partner_id), event)).collect();
            let added = self.db.write(async |tx| {
                let mut added = 0;
                for event in &wanted {
                    added += u64::from(stored::insert(tx, event, now).await?);
                }
                Ok::<u64, AppError>(added)
            });
            missed += added.await?;
        }
        Err(AppError::Outside("the list of events has no end".to_owned()))
    }
}

fn kept(
    (context, partner_id): (&AccountContext, Option<PartnerId>),
    event: &ProcessorEvent,
) -> NewEvent {
    NewEvent {
        context: context.clone(),
        // Only an account with keys of its own is asked through its partner.
        partner_id: partner_id.filter(|_| matches!(context, AccountContext::Custom(_))),
        event_id: event.reference.clone(),
        kind: event.kind.clone(),
        object_id: event.object.clone(),
        object_kind: event.object_kind.clone(),
        sealed_body: Vec::new(),
        created_at: event.created_at,
    }
}
