//! Setting up: accounts, catalog, inventory and money moved by hand. One file per resource.
//!
//! Decided here: nothing but the order of steps. Every use case is one transaction: it checks all
//! fields and reports all that are wrong, loads what belongs to the given partner and to nobody
//! else, lets `domain` decide, saves with the version that was read, and appends its event. What
//! changes an owner or a price ends with a new directory version. What changes a quantity that
//! invoices count holds the partner's book meanwhile, so that no period closes in between.

mod charge_edit;
mod charges;
mod credits;
mod deck_uploads;
mod decks;
mod fields;
mod inventory;
mod limits;
mod operator;
mod partner_edit;
mod partners;
mod prefix;
mod profiles;
mod taxes;
mod tenants;
mod wallet;

pub use charge_edit::ChargeEdit;
pub use charges::{ChargeFilter, KeptCharge, NewCharge, NewUsage};
pub use credits::{CreditFilter, NewCredit};
pub use deck_uploads::{DeckUpload, UploadFor};
pub use decks::{
    CheckedDeck, Deck, DeckComparison, DeckVersion, NewDeckVersion, deck_rows, may_follow,
};
pub use inventory::{ExtensionFilter, NumberFilter, NumberState};
pub use limits::{DefaultsEdit, LimitReached, LimitsEdit, LimitsOf};
pub use operator::NewOperator;
pub use partner_edit::PartnerEdit;
pub use partners::{NewPartner, NewTerms, USUAL_COLOR};
pub use profiles::{PriceExample, SavedProfile};
pub use taxes::{NewTax, TaxEdit};
pub(crate) use tenants::change_in;
pub use tenants::{NewTenant, StartingStatus, TenantEdit, TenantFilter, TenantSort};
pub(crate) use wallet::move_of_wallet;
pub use wallet::{WalletMove, WalletMoveKind};

use domain::{
    account::{Operator, Partner, Tenant},
    ids::{PartnerId, TenantId},
    time::Timestamp,
};
use store::{db::Tx, events::Event};

use crate::error::{AppError, Result};

pub(crate) async fn the_operator(tx: &mut Tx) -> Result<Operator> {
    let found = store::operator::find(tx).await?;
    found.ok_or_else(|| AppError::not_found("operator", "the operator"))
}

pub(crate) async fn the_partner(tx: &mut Tx, partner_id: PartnerId) -> Result<Partner> {
    let found = store::partners::find(tx, partner_id).await?;
    found.ok_or_else(|| AppError::not_found("partner", partner_id))
}

pub(crate) async fn the_tenant(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant_id: TenantId,
) -> Result<Tenant> {
    let found = store::tenants::find(tx, partner_id, tenant_id).await?;
    found.ok_or_else(|| AppError::not_found("tenant", tenant_id))
}

/// What happened to an object, at the version that it has afterwards.
struct Happened<'a> {
    kind: &'a str,
    object_id: String,
    version: i64,
    payload: serde_json::Value,
}

/// Says that an owner or a price changed. Always the last step.
pub(crate) async fn directory_changed(tx: &mut Tx) -> Result<()> {
    Ok(store::operator::bump_directory_version(tx).await?)
}

async fn record(
    tx: &mut Tx,
    partner_id: PartnerId,
    happened: &[Happened<'_>],
    at: Timestamp,
) -> Result<()> {
    let events: Vec<Event> = happened
        .iter()
        .map(|happened| Event {
            kind: happened.kind.to_owned(),
            object_id: happened.object_id.clone(),
            object_version: happened.version,
            payload: happened.payload.to_string(),
            at,
        })
        .collect();
    store::events::append(tx, partner_id, &events).await?;
    Ok(())
}
