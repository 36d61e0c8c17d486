//! What the operator does with the platform itself: limits, jobs, the simulated clock.
//!
//! Decided here: the clock is moved by one task at a time, which does everything that falls due on
//! the way and what follows from it; whoever asks again meanwhile is told so. A process that dies
//! on the way leaves the clock where it had come, and asking again goes on from there.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use domain::{
    account::{Partner, Source},
    ids::PartnerId,
    paging::{Page, PageRequest},
    time::Timestamp,
};
pub use store::{
    jobs::{JobFilter, JobState},
    partners::{PartnerFilter, TierTerms},
};

use crate::{
    App,
    close::DueReport,
    error::{AppError, Result},
};

/// Most requests a minute that the operator can allow a partner's keys.
const MAX_PARTNER_RATE: u32 = 1_000_000;
/// Furthest that the clock is moved at once: ten years.
const MAX_ADVANCE_SECONDS: i64 = 3_660 * 86_400;

/// Whether the clock is being moved by this process.
#[derive(Debug, Clone, Default)]
pub struct ClockMover(Arc<AtomicBool>);

/// The right to move the clock, while it lasts.
pub(crate) struct Moving<'a>(&'a AtomicBool);

impl ClockMover {
    fn begin(&self) -> Option<Moving<'_>> {
        let free = self.0.compare_exchange(false, true, Ordering::SeqCst, Ordering::SeqCst);
        free.is_ok().then(|| Moving(&self.0))
    }

    /// Whether it is being moved.
    pub fn is_moving(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Moving<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl App {
    /// The partner with this id.
    pub async fn partner(&self, partner_id: PartnerId) -> Result<Partner> {
        let mut tx = self.db.begin_single().await?;
        let found = store::partners::find(&mut tx, partner_id).await?;
        tx.commit().await?;
        found.ok_or_else(|| AppError::not_found("partner", partner_id))
    }

    /// A page of all partners.
    pub async fn partners(
        &self,
        filter: PartnerFilter,
        page: &PageRequest,
    ) -> Result<Page<Partner>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::partners::list(&mut tx, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// How many requests a minute all keys of a partner may make.
    pub async fn partner_rate(&self, partner_id: PartnerId) -> Result<u32> {
        let mut tx = self.db.begin_read().await?;
        let rate = store::partners::rate(&mut tx, partner_id).await?;
        tx.commit().await?;
        let rate = rate.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        Ok(u32::try_from(rate).unwrap_or(MAX_PARTNER_RATE))
    }

    /// Sets how many requests a minute all keys of a partner may make (RTL-05).
    pub async fn set_partner_rate(&self, partner_id: PartnerId, rate: u32) -> Result<()> {
        if !(1..=MAX_PARTNER_RATE).contains(&rate) {
            let message = format!("must be 1 to {MAX_PARTNER_RATE}");
            return Err(AppError::invalid("rate_limit", message));
        }
        self.db
            .write(async |tx| {
                if store::partners::set_rate(tx, partner_id, i64::from(rate)).await? {
                    Ok(())
                } else {
                    Err(AppError::not_found("partner", partner_id))
                }
            })
            .await
    }

    /// All that a partner was, is and will be charged by the operator, oldest first.
    pub async fn wholesale_terms(&self, partner_id: PartnerId) -> Result<Vec<TierTerms>> {
        let mut tx = self.db.begin_read().await?;
        // One row per change of a contract: there are few.
        let terms = store::partners::terms_page(&mut tx, partner_id, None, 1_000).await?;
        tx.commit().await?;
        Ok(terms)
    }

    /// A page of all sources of call records.
    pub async fn all_sources(&self, page: &PageRequest) -> Result<Page<Source>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::sources::list(&mut tx, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// A page of background jobs.
    pub async fn jobs(&self, filter: JobFilter, page: &PageRequest) -> Result<Page<JobState>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::jobs::list(&mut tx, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// Moves the simulated clock to `to`, doing everything that falls due on the way, then what
    /// follows from it (BEY-05).
    pub async fn advance_clock(&self, to: Timestamp) -> Result<DueReport> {
        let moving = self.may_move_clock(to)?;
        self.move_clock_on(moving, to).await
    }

    /// The right to move the clock to `to`, where nobody else has it.
    pub(crate) fn may_move_clock(&self, to: Timestamp) -> Result<Moving<'_>> {
        let now = self.clock.now();
        if !self.clock.is_simulated() {
            let why = "this deployment runs on the system clock, which cannot be moved";
            return Err(AppError::Refused(why.to_owned()));
        }
        if to < now {
            return Err(AppError::invalid("now", format!("the clock stands at {now} already")));
        }
        if to > now.plus_seconds(MAX_ADVANCE_SECONDS) {
            return Err(AppError::invalid("now", "the clock moves by ten years at most"));
        }
        let busy = || AppError::Refused("the clock is being moved already".to_owned());
        self.clock_mover.begin().ok_or_else(busy)
    }

    pub(crate) async fn move_clock_on(
        &self,
        _moving: Moving<'_>,
        to: Timestamp,
    ) -> Result<DueReport> {
        let report = self.run_due(Some(to)).await?;
        self.run_jobs(to).await?;
        Ok(report)
    }

    /// Forgets what is kept for a time only. Bounded: what is left is left for the next time.
    pub async fn keep_house(&self) -> Result<()> {
        self.forget_answers().await?;
        self.forget_requests().await?;
        self.forget_processor_events().await?;
        self.forget_sign_ins().await?;
        Ok(())
    }
}
