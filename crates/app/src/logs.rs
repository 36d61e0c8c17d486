//! What is written down of requests, and reading it: the audit log and the request log.
//!
//! Decided here: requests are kept for 30 days, audit entries for good. The request log is written
//! behind the answers, so a process that dies loses its last moments of it; the audit log is
//! written with the change and loses nothing.

use domain::{
    ids::PartnerId,
    paging::{Page, PageRequest},
};
pub use store::{
    api_requests::{ApiRequest, ApiRequestFilter},
    audit_log::{AuditEntry, AuditFilter},
};

use crate::{App, error::Result};

/// Days that requests are kept.
const KEPT_DAYS: i64 = 30;
/// Rows that one transaction of housekeeping removes.
const FORGET_AT_ONCE: i64 = 1_000;

impl App {
    /// A page of the owner's audit entries.
    pub async fn audit_entries(
        &self,
        owner: Option<PartnerId>,
        filter: AuditFilter,
        page: &PageRequest,
    ) -> Result<Page<AuditEntry>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::audit_log::list(&mut tx, owner, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// A page of the requests that the owner's keys made.
    pub async fn api_requests(
        &self,
        owner: Option<PartnerId>,
        filter: ApiRequestFilter,
        page: &PageRequest,
    ) -> Result<Page<ApiRequest>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::api_requests::list(&mut tx, owner, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// Writes requests down.
    pub async fn log_requests(&self, requests: &[ApiRequest]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        store::api_requests::append_all(&mut tx, requests).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets requests whose time is over. Bounded: what is left is left for the next time.
    pub async fn forget_requests(&self) -> Result<u64> {
        let before = self.clock.now().plus_seconds(-KEPT_DAYS * 86_400);
        let mut tx = self.db.begin().await?;
        let forgotten = store::api_requests::forget(&mut tx, before, FORGET_AT_ONCE).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}
