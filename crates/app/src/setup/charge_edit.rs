//! Charges, edited before any invoice carries them.
//!
//! Decided here: a one-time charge changes while it is pending, a recurring one while no period
//! that it ran in is closed; what was billed stays as it was, and is ended instead. An edit may
//! take the tenant to its spend cap, as a new charge may (LIM-03).

use domain::{
    account::{Charge, ChargeKind, Tenant},
    ids::{ChargeId, PartnerId},
    money::{Micros, Nanos},
    time::Timestamp,
};

use super::{Happened, KeptCharge, NewCharge, charges::told, record, the_tenant};
use crate::{
    App,
    error::{AppError, Result},
    ingest::Cause,
};

/// What changes of a charge; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChargeEdit {
    /// Shown on the line.
    pub description: Option<String>,
    /// Millionths of a unit.
    pub quantity: Option<Micros>,
    /// Price of one unit.
    pub unit_price: Option<Nanos>,
    /// Whether tax is due on it.
    pub taxable: Option<bool>,
    /// From when.
    pub starts_at: Option<Timestamp>,
    /// Until when (exclusive); `Some(None)` for good.
    pub ends_at: Option<Option<Timestamp>>,
}

impl ChargeEdit {
    fn applied(&self, charge: &Charge) -> Result<Charge> {
        let new = NewCharge {
            tenant_id: charge.tenant_id,
            kind: charge.kind,
            description: self.description.clone().unwrap_or_else(|| charge.description.clone()),
            quantity: self.quantity.unwrap_or(charge.quantity),
            unit_price: self.unit_price.unwrap_or(charge.unit_price),
            taxable: self.taxable.unwrap_or(charge.taxable),
            starts_at: self.starts_at,
            ends_at: self.ends_at.unwrap_or(charge.ends_at),
        };
        let starts_at = self.starts_at.unwrap_or(charge.starts_at);
        new.check(starts_at)?;
        Ok(Charge {
            charge_id: charge.charge_id,
            tenant_id: charge.tenant_id,
            kind: charge.kind,
            description: new.description,
            quantity: new.quantity,
            unit_price: new.unit_price,
            taxable: new.taxable,
            starts_at,
            ends_at: new.ends_at,
        })
    }
}

impl App {
    /// Edits a charge of this kind that no invoice carries, if it still has version `seen`.
    pub async fn edit_charge(
        &self,
        partner_id: PartnerId,
        (charge_id, kind, seen): (ChargeId, ChargeKind, i64),
        edit: &ChargeEdit,
    ) -> Result<KeptCharge> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let kept = store::charges::kept(tx, partner_id, charge_id).await?;
                let kept = kept.filter(|kept| kept.charge.kind == kind);
                let kept = kept.ok_or_else(|| AppError::not_found("charge", charge_id))?;
                let tenant = the_tenant(tx, partner_id, kept.charge.tenant_id).await?;
                may_change(&kept, &tenant, now)?;
                let charge = edit.applied(&kept.charge)?;
                store::charges::update(tx, partner_id, (&charge, seen)).await?;
                let updated = Happened {
                    kind: "charge.updated",
                    object_id: charge_id.to_string(),
                    version: seen + 1,
                    payload: told(tx, partner_id, charge_id, now).await?,
                };
                record(tx, partner_id, &[updated], now).await?;
                let cause = Cause("charge_id", charge_id.to_string());
                self.watch_tenants(tx, (partner_id, &[charge.tenant_id].into()), &cause).await?;
                Ok(KeptCharge { charge, version: seen + 1, ..kept })
            })
            .await
    }
}

/// Whether no invoice carries anything of it yet.
fn may_change(kept: &KeptCharge, tenant: &Tenant, now: Timestamp) -> Result<()> {
    tenant.may_be_charged().map_err(|error| AppError::Refused(error.to_string()))?;
    let charge = &kept.charge;
    let has_ended = match charge.kind {
        ChargeKind::OneTime => charge.ends_at.is_some(),
        ChargeKind::Recurring | ChargeKind::Metered => charge.ends_at.is_some_and(|at| at <= now),
    };
    let was_billed = match charge.kind {
        ChargeKind::OneTime => kept.invoice_id.is_some(),
        ChargeKind::Recurring | ChargeKind::Metered => {
            tenant.open_start.is_some_and(|start| charge.starts_at < start)
        }
    };
    if has_ended {
        return Err(AppError::Refused("the charge has ended".to_owned()));
    }
    if was_billed {
        let message = "the charge was billed; end it and add another one";
        return Err(AppError::Refused(message.to_owned()));
    }
    Ok(())
}
