//! On whose account of the payment processor a partner's tenants pay.

use domain::{
    ids::PartnerId,
    processor::{AccountContext, ProcessorMode},
};

use crate::{
    columns::named,
    db::{Tx, on},
    error::StoreError,
};

/// A partner's way of being paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processing {
    /// The mode that was chosen.
    pub mode: ProcessorMode,
    /// Where new charges go; the platform as long as a connected account was never ready.
    pub context: AccountContext,
    /// Counts its changes; 0 where nothing was ever chosen.
    pub version: i64,
}

/// How a partner is paid. Platform mode where nothing was chosen (STR-01).
pub async fn of(tx: &mut Tx, partner_id: PartnerId) -> Result<Processing, StoreError> {
    let row: Option<(String, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select mode, context, version from processor where partner_id = $1",
    ).bind(partner_id.to_string()).fetch_optional(conn).await)?;
    let Some((mode, context, version)) = row else {
        let (mode, context) = (ProcessorMode::Platform, AccountContext::Platform);
        return Ok(Processing { mode, context, version: 0 });
    };
    let corrupt = |_| StoreError::corrupt("processor.context", &context);
    Ok(Processing {
        mode: named("processor.mode", &mode, ProcessorMode::parse)?,
        context: context.parse().map_err(corrupt)?,
        version,
    })
}
