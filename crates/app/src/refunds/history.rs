//! Payments and refunds as one history, for people who look at an account (REF-07).

use domain::{
    ids::PartnerId,
    paging::{Page, PageRequest},
};
use store::payment_history::{self, HistoryEntry, HistoryFilter};

use crate::{App, error::Result};

impl App {
    /// A page of the partner's payments and refunds.
    pub async fn payment_history(
        &self,
        partner_id: PartnerId,
        filter: HistoryFilter,
        page: &PageRequest,
    ) -> Result<Page<HistoryEntry>> {
        let mut tx = self.db.begin_single().await?;
        let page = payment_history::list(&mut tx, partner_id, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }
}
