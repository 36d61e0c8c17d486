//! Looking at batches and refused rows.

use domain::{
    ids::{BatchId, PartnerId, RejectId, SourceId},
    paging::{Page, PageRequest},
};
use store::{
    import_list::{self, BatchFilter, ListedBatch, ListedReject, RejectFilter},
    imports::Reject,
};

use crate::{
    App,
    error::{AppError, Result},
};

/// Rejects in one page; each may hold 64 KiB of its row.
const PAGE: i64 = 100;
/// Longest reason for dismissing one.
const MAX_REASON_BYTES: usize = 500;

impl App {
    /// The next open rejects after `after`, oldest first: those of the sources of `owner`
    /// (`None`: everybody's). An empty page is the last.
    pub async fn open_rejects(
        &self,
        owner: Option<PartnerId>,
        after: Option<RejectId>,
    ) -> Result<Vec<Reject>> {
        let sources = self.sources(owner).await?;
        let ids: Vec<SourceId> = sources.iter().map(|source| source.source_id).collect();
        let mut tx = self.db.begin_read().await?;
        let page = store::imports::open_rejects(&mut tx, &ids, (after, PAGE)).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// A page of the rejects of the owner's own sources, without their bytes.
    pub async fn rejects(
        &self,
        owner: Option<PartnerId>,
        filter: RejectFilter,
        page: &PageRequest,
    ) -> Result<Page<ListedReject>> {
        let mut tx = self.db.begin_read().await?;
        let page = import_list::rejects(&mut tx, owner, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// A reject of the owner's own sources, with its bytes.
    pub async fn reject(
        &self,
        owner: Option<PartnerId>,
        reject_id: RejectId,
    ) -> Result<ListedReject> {
        let mut tx = self.db.begin_read().await?;
        let found = import_list::find_reject(&mut tx, owner, reject_id).await?;
        tx.commit().await?;
        found.ok_or_else(|| AppError::not_found("reject", reject_id))
    }

    /// Gives up a reject of the owner's own sources: it is not tried again.
    pub async fn dismiss_reject(
        &self,
        owner: Option<PartnerId>,
        reject_id: RejectId,
        reason: &str,
    ) -> Result<ListedReject> {
        let reason = reason.trim();
        if reason.is_empty() || reason.len() > MAX_REASON_BYTES {
            return Err(AppError::invalid("reason", "give 1 to 500 bytes"));
        }
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let found = import_list::find_reject(tx, owner, reject_id).await?;
                let found = found.ok_or_else(|| AppError::not_found("reject", reject_id))?;
                if found.state != "open" {
                    let message = format!("the reject is {} already", found.state);
                    return Err(AppError::Refused(message));
                }
                import_list::dismiss_reject(tx, owner, (reject_id, reason), now).await?;
                let found = import_list::find_reject(tx, owner, reject_id).await?;
                found.ok_or_else(|| AppError::not_found("reject", reject_id))
            })
            .await
    }

    /// A page of the batches of the owner's own sources.
    pub async fn cdr_batches(
        &self,
        owner: Option<PartnerId>,
        filter: BatchFilter,
        page: &PageRequest,
    ) -> Result<Page<ListedBatch>> {
        let mut tx = self.db.begin_read().await?;
        let page = import_list::batches(&mut tx, owner, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// A batch of the owner's own sources.
    pub async fn cdr_batch(
        &self,
        owner: Option<PartnerId>,
        batch_id: BatchId,
    ) -> Result<ListedBatch> {
        let mut tx = self.db.begin_read().await?;
        let found = import_list::find_batch(&mut tx, owner, batch_id).await?;
        tx.commit().await?;
        found.ok_or_else(|| AppError::not_found("batch", batch_id))
    }
}
