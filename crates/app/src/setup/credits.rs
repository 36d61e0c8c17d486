//! Credits: money a partner gives a tenant, used by its next invoices (INV-30).
//!
//! Decided here: a credit needs a reason and is booked in the retail books when it is given.

use domain::{
    account::Credit,
    ids::{PartnerId, TenantId},
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::Minor,
};
use serde_json::json;

use super::{Happened, fields::Checks, record, the_tenant};
use crate::{
    App,
    error::{AppError, Result},
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
                    payload: json!({ "tenant_id": new.tenant_id, "amount_minor": new.amount }),
                };
                record(tx, partner_id, &[created], now).await
            })
            .await?;
        Ok(credit)
    }
}
