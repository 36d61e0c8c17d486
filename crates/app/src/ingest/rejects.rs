//! Looking at refused rows.

use domain::ids::{PartnerId, RejectId, SourceId};
use store::imports::Reject;

use crate::{App, error::Result};

/// Rejects in one page; each may hold 64 KiB of its row.
const PAGE: i64 = 100;

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
}
