//! Credits: money a partner gives a tenant, used by its next invoices (INV-30).
//!
//! Decided here: a credit needs a reason and is booked in the retail books when it is given.

use domain::{
    account::Credit,
    ids::{CreditId, PartnerId, TenantId},
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::{Currency, Minor},
    paging::{Page, PageRequest},
};
use serde_json::json;
pub use store::credits::CreditFilter;

use super::{Happened, fields::Checks, record, the_tenant};
use crate::{
    App,
    error::{AppError, Result},
    events::of_credit,
    resource,
};

/// A credit to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredit {
    /// Whose.
    pub tenant_id: TenantId,
    /// How much; more than zero.
    pub amount: Minor,
    /// Why; shown to the tenant.
    pub reason: String,
}

impl App {
    /// The partner's credit with this id, and its currency.
    pub async fn credit(
        &self,
        partner_id: PartnerId,
        credit_id: CreditId,
    ) -> Result<(Credit, Currency)> {
        let mut tx = self.db.begin_read().await?;
        let found = store::credits::find(&mut tx, partner_id, credit_id).await?;
        let credit = found.ok_or_else(|| AppError::not_found("credit", credit_id))?;
        let tenant = the_tenant(&mut tx, partner_id, credit.tenant_id).await?;
        tx.commit().await?;
        Ok((credit, tenant.currency))
    }

    /// A page of the partner's credits, used ones too.
    pub async fn credits(
        &self,
        partner_id: PartnerId,
        filter: CreditFilter,
        page: &PageRequest,
    ) -> Result<Page<(Credit, Currency)>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::credits::list(&mut tx, partner_id, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// Gives a tenant a credit.
    pub async fn give_credit(&self, partner_id: PartnerId, new: &NewCredit) -> Result<Credit> {
        let now = self.clock.now();
        let mut checks = Checks::default();
        checks.require("amount", new.amount.get() > 0, "must be more than 0");
        checks.reason("reason", &new.reason);
        checks.finish()?;
        let credit = Credit {
            credit_id: self.ids.draw(now),
            tenant_id: new.tenant_id,
            amount: new.amount,
            remaining: new.amount,
            reason: new.reason.clone(),
            created_at: now,
        };
        let credit_id = credit.credit_id.to_string();
        self.db
            .write(async |tx| {
                let tenant = the_tenant(tx, partner_id, new.tenant_id).await?;
                let amount = tenant.currency.to_micros(new.amount)?;
                let sides = (Account::Refunds, Account::TenantBalance(new.tenant_id));
                let given =
                    Transfer::new(TransferKind::CreditGiven, Some(new.tenant_id), sides, amount)?;
                let source = TxSource { kind: "credit", id: credit_id.clone(), purpose: "given" };
                let transfers = given.into_iter().collect();
                let booking =
                    LedgerTx::new(Flow::Retail, now, source, (new.reason.clone(), transfers))
                        .map_err(|error| AppError::Broken(error.to_string()))?;
                store::ledger::post_once(tx, partner_id, &booking).await?;
                store::credits::insert(tx, partner_id, &credit).await?;
                let created = Happened {
                    kind: "credit.created",
                    object_id: credit_id.clone(),
                    version: 1,
                    payload: json!({ "credit": resource::Credit::of(&credit, tenant.currency) }),
                };
                record(tx, partner_id, &[created], now).await
            })
            .await?;
        Ok(credit)
    }

    /// Takes back what was not used of a credit. What was owed to the tenant stays: payments of
    /// more than was due, refunds, credits against invoices.
    pub async fn void_credit(&self, partner_id: PartnerId, credit_id: CreditId) -> Result<Credit> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let found = store::credits::find(tx, partner_id, credit_id).await?;
                let credit = found.ok_or_else(|| AppError::not_found("credit", credit_id))?;
                let given =
                    TxSource { kind: "credit", id: credit_id.to_string(), purpose: "given" };
                let was_given = store::ledger::is_posted(tx, partner_id, &given).await?;
                if !was_given || store::credits::is_owed(tx, partner_id, credit_id).await? {
                    let why = "this credit is owed to the tenant, and cannot be taken back";
                    return Err(AppError::Refused(why.to_owned()));
                }
                if credit.remaining.is_zero() {
                    return Err(AppError::Refused("nothing is left of this credit".to_owned()));
                }
                let tenant = the_tenant(tx, partner_id, credit.tenant_id).await?;
                let amount = tenant.currency.to_micros(credit.remaining)?;
                let sides = (Account::TenantBalance(credit.tenant_id), Account::Refunds);
                let kind = TransferKind::CreditVoided;
                let taken = Transfer::new(kind, Some(credit.tenant_id), sides, amount)?;
                let source = TxSource { purpose: "voided", ..given };
                let text = (format!("Taken back: {}", credit.reason), taken.into_iter().collect());
                let booking = LedgerTx::new(Flow::Retail, now, source, text)
                    .map_err(|error| AppError::Broken(error.to_string()))?;
                store::ledger::post_once(tx, partner_id, &booking).await?;
                store::credits::void(tx, partner_id, (credit_id, credit.remaining)).await?;
                let credit = Credit { remaining: Minor::ZERO, ..credit };
                let event = of_credit("credit.voided", &credit, tenant.currency, now);
                store::events::append(tx, partner_id, &[event]).await?;
                Ok(credit)
            })
            .await
    }
}
