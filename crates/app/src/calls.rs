//! Looking at calls.
//!
//! Decided here: a page names both currencies once, and a call is explained by the picture of
//! owners and prices that is known anyway.

use domain::{
    call::Call,
    ids::{CallId, PartnerId},
    paging::{Page, PageRequest},
};
pub use store::call_list::CallFilter;

use crate::{
    App,
    error::{AppError, Result},
    resource,
};

impl App {
    /// A page of the partner's calls.
    pub async fn calls(
        &self,
        partner_id: PartnerId,
        filter: CallFilter,
        page: &PageRequest,
    ) -> Result<(Page<Call>, resource::Currencies)> {
        let mut tx = self.db.begin_read().await?;
        let page = store::call_list::list(&mut tx, partner_id, filter, page).await?;
        let currencies = currencies(&mut tx, partner_id).await?;
        tx.commit().await?;
        Ok((page, currencies))
    }

    /// A call, and how it was priced (BEY-03).
    pub async fn call_with_trace(
        &self,
        partner_id: PartnerId,
        call_id: CallId,
    ) -> Result<resource::CallDetail> {
        let mut tx = self.db.begin_read().await?;
        let call = store::calls::find(&mut tx, partner_id, call_id).await?;
        let call = call.ok_or_else(|| AppError::not_found("call", call_id))?;
        let currencies = currencies(&mut tx, partner_id).await?;
        tx.commit().await?;
        let directory = self.known_directory().await?;
        let rating = Self::pricing(&directory, &call)?;
        Ok(resource::CallDetail::of(&call, currencies, rating))
    }
}

async fn currencies(tx: &mut store::db::Tx, partner_id: PartnerId) -> Result<resource::Currencies> {
    let operator = store::operator::find(tx).await?;
    let operator = operator.ok_or_else(|| AppError::not_found("operator", "the operator"))?;
    let partner = store::partners::find(tx, partner_id).await?;
    let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
    Ok(resource::Currencies { retail: partner.currency, wholesale: operator.currency })
}
