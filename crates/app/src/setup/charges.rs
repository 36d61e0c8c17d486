//! Charges besides the profile, and reported usage of metered ones.
//!
//! Decided here: what a charge must say, and that usage is reported for periods that are still
//! open: what an invoice was made of does not change afterwards.

use domain::{
    account::{Charge, ChargeKind},
    ids::{ChargeId, PartnerId, TenantId},
    money::{Micros, Nanos},
    paging::{Page, PageRequest},
    time::Timestamp,
};
use serde_json::json;
pub use store::charges::{ChargeFilter, KeptCharge};
use store::{charges::UsageReport, db::Tx, error::StoreError};

use super::{Happened, fields::Checks, record, the_tenant};
use crate::{
    App,
    error::{AppError, Result},
    ingest::Cause,
    resource,
};

/// A charge to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCharge {
    /// Whose.
    pub tenant_id: TenantId,
    /// How it repeats.
    pub kind: ChargeKind,
    /// Shown on the line.
    pub description: String,
    /// Millionths of a unit; zero for a metered one, of which what is reported counts.
    pub quantity: Micros,
    /// Price of one unit; negative for a discount.
    pub unit_price: Nanos,
    /// Whether tax is due on it.
    pub taxable: bool,
    /// From when; now where there is none.
    pub starts_at: Option<Timestamp>,
    /// Until when (exclusive), of recurring and metered ones.
    pub ends_at: Option<Timestamp>,
}

/// A reported quantity to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUsage {
    /// The reporter's own id: the same report counts once.
    pub report_id: String,
    /// When it was used; now where there is none.
    pub at: Option<Timestamp>,
    /// Millionths of a unit; negative to take back.
    pub quantity: Micros,
}

impl NewCharge {
    pub(super) fn check(&self, starts_at: Timestamp) -> Result<()> {
        let mut checks = Checks::default();
        checks.name("description", &self.description);
        let quantity = self.quantity.get();
        match self.kind {
            ChargeKind::Metered => {
                checks.require("quantity", quantity == 0, "is what is reported; leave it at 0");
            }
            ChargeKind::OneTime | ChargeKind::Recurring => {
                checks.require("quantity", quantity > 0, "must be more than 0");
            }
        }
        checks.require("unit_price", !self.unit_price.is_zero(), "must not be 0");
        if let Some(ends_at) = self.ends_at {
            let repeats = self.kind != ChargeKind::OneTime;
            checks.require("ends_at", repeats, "is for charges that repeat");
            checks.require("ends_at", ends_at > starts_at, "must be after the start");
        }
        checks.finish()
    }
}

impl App {
    /// Adds a charge to a tenant (PRO-22).
    pub async fn add_charge(&self, partner_id: PartnerId, new: &NewCharge) -> Result<Charge> {
        let now = self.clock.now();
        let starts_at = new.starts_at.unwrap_or(now);
        new.check(starts_at)?;
        let charge = Charge {
            charge_id: self.ids.draw(now),
            tenant_id: new.tenant_id,
            kind: new.kind,
            description: new.description.clone(),
            quantity: new.quantity,
            unit_price: new.unit_price,
            taxable: new.taxable,
            starts_at,
            ends_at: new.ends_at,
        };
        self.db
            .write(async |tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let tenant = the_tenant(tx, partner_id, new.tenant_id).await?;
                tenant.may_be_charged().map_err(|error| AppError::Refused(error.to_string()))?;
                store::charges::insert(tx, partner_id, &charge, now).await?;
                let created = Happened {
                    kind: "charge.created",
                    object_id: charge.charge_id.to_string(),
                    version: 1,
                    payload: told(tx, partner_id, charge.charge_id, now).await?,
                };
                record(tx, partner_id, &[created], now).await?;
                let cause = Cause("charge_id", charge.charge_id.to_string());
                self.watch_tenants(tx, (partner_id, &[new.tenant_id].into()), &cause).await
            })
            .await?;
        Ok(charge)
    }

    /// The partner's charge with this id, if it repeats like this.
    pub async fn charge(
        &self,
        partner_id: PartnerId,
        (charge_id, kind): (ChargeId, ChargeKind),
    ) -> Result<KeptCharge> {
        let mut tx = self.db.begin_read().await?;
        let found = store::charges::kept(&mut tx, partner_id, charge_id).await?;
        tx.commit().await?;
        let found = found.filter(|found| found.charge.kind == kind);
        found.ok_or_else(|| AppError::not_found("charge", charge_id))
    }

    /// A page of the partner's charges.
    pub async fn charges(
        &self,
        partner_id: PartnerId,
        filter: ChargeFilter,
        page: &PageRequest,
    ) -> Result<Page<KeptCharge>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::charges::list(&mut tx, partner_id, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// Ends a charge now; a one-time charge that no invoice carries yet is withdrawn.
    pub async fn end_charge(&self, partner_id: PartnerId, charge_id: ChargeId) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let charge = store::charges::find(tx, partner_id, charge_id).await?;
                let charge = charge.ok_or_else(|| AppError::not_found("charge", charge_id))?;
                // A charge that has not begun never does.
                let at = now.max(charge.starts_at);
                match store::charges::end(tx, partner_id, charge_id, at).await {
                    Err(StoreError::Stale(_)) => {
                        let message = "the charge has ended or is on an invoice".to_owned();
                        return Err(AppError::Refused(message));
                    }
                    ended => ended?,
                }
                let ended = Happened {
                    kind: "charge.ended",
                    object_id: charge_id.to_string(),
                    version: store::charges::kept(tx, partner_id, charge_id)
                        .await?
                        .map_or(2, |kept| kept.version),
                    payload: told(tx, partner_id, charge_id, now).await?,
                };
                record(tx, partner_id, &[ended], now).await
            })
            .await
    }

    /// Reports usage of a metered charge. Answers whether it is new; the same report again changes
    /// nothing, another one under the same id is refused.
    pub async fn report_usage(
        &self,
        partner_id: PartnerId,
        charge_id: ChargeId,
        new: &NewUsage,
    ) -> Result<bool> {
        let now = self.clock.now();
        let mut checks = Checks::default();
        checks.switch_name("report_id", &new.report_id);
        checks.require("quantity", !new.quantity.is_zero(), "must not be 0");
        let in_time = new.at.is_none_or(|at| at <= now);
        checks.require("at", in_time, "must not be in the future");
        checks.finish()?;
        self.db
            .write(async |tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let charge = store::charges::find(tx, partner_id, charge_id).await?;
                let charge = charge.ok_or_else(|| AppError::not_found("charge", charge_id))?;
                let known =
                    store::charges::find_report(tx, partner_id, charge_id, &new.report_id).await?;
                if let Some((at, quantity)) = known {
                    return if quantity == new.quantity && new.at.is_none_or(|new| new == at) {
                        Ok(false)
                    } else {
                        let message = format!("{:?} was reported differently", new.report_id);
                        Err(AppError::Refused(message))
                    };
                }
                let tenant = the_tenant(tx, partner_id, charge.tenant_id).await?;
                let report = UsageReport {
                    charge_id,
                    report_id: new.report_id.clone(),
                    at: new.at.unwrap_or(now),
                    quantity: new.quantity,
                };
                check_report(&charge, &report, tenant.open_start)?;
                let tenant_id = charge.tenant_id;
                let is_new =
                    store::charges::report_usage(tx, partner_id, tenant_id, &report).await?;
                let cause = Cause("charge_id", charge_id.to_string());
                self.watch_tenants(tx, (partner_id, &[tenant_id].into()), &cause).await?;
                Ok(is_new)
            })
            .await
    }
}

pub(super) async fn told(
    tx: &mut Tx,
    partner_id: PartnerId,
    charge_id: ChargeId,
    now: Timestamp,
) -> Result<serde_json::Value> {
    let kept = store::charges::kept(tx, partner_id, charge_id).await?;
    let kept = kept.ok_or_else(|| AppError::not_found("charge", charge_id))?;
    Ok(json!({ "charge": resource::Charge::of(&kept, now) }))
}

fn check_report(
    charge: &Charge,
    report: &UsageReport,
    open_start: Option<Timestamp>,
) -> Result<()> {
    if charge.kind != ChargeKind::Metered {
        return Err(AppError::Refused("the charge is not metered".to_owned()));
    }
    let mut checks = Checks::default();
    let runs = charge.starts_at <= report.at && charge.ends_at.is_none_or(|end| report.at < end);
    checks.require("at", runs, "is outside the time of the charge");
    let is_open = open_start.is_some_and(|start| start <= report.at);
    checks.require("at", is_open, "is not in the open period of the tenant");
    checks.finish()
}
