//! An open period as it stands: what its invoice would come to if it closed now.
//!
//! Decided here: nothing of its own. It is the arithmetic of closing, run before the end and kept
//! nowhere; counts are the highest so far, recurring lines those of the whole period.

use std::collections::BTreeMap;

use domain::{
    account::Tenant,
    invoice::compute::{ComputedInvoice, PeakCounts},
    money::Minor,
    profile::ProfileTerms,
    time::Span,
    usage::RetailCharge,
};
use store::db::Tx;

use super::facts::{Billing, PeriodBill};
use crate::{
    App,
    error::{AppError, Result},
};

/// An open period as it would be billed.
pub(crate) struct OpenBill {
    /// The invoice that closing it now would make.
    pub(crate) invoice: ComputedInvoice,
    /// The highest counts so far.
    pub(crate) counts: PeakCounts,
    /// The terms in force in it.
    pub(crate) terms: ProfileTerms,
}

impl App {
    /// What the tenant's open period comes to so far, before tax; nothing where none is open.
    pub(crate) async fn spend_so_far(&self, tx: &mut Tx, tenant: &Tenant) -> Result<Option<Minor>> {
        Ok(self.bill_so_far(tx, tenant).await?.map(|bill| bill.invoice.subtotal))
    }

    /// The tenant's open period as it would be billed now; nothing where none is open.
    pub(crate) async fn bill_so_far(
        &self,
        tx: &mut Tx,
        tenant: &Tenant,
    ) -> Result<Option<OpenBill>> {
        let ids = [tenant.tenant_id];
        let open = store::due::open_terms(tx, tenant.partner_id, &ids).await?;
        let Some((_, term)) = open.into_iter().next() else { return Ok(None) };
        let billing = Billing::load(tx, tenant.partner_id, &self.decks).await?;
        let start = term.span.start;
        let rows = store::usage::billed_in(tx, tenant.partner_id, &ids, start).await?;
        let own: Vec<_> = rows
            .into_iter()
            .filter(|(key, _)| {
                key.charge == RetailCharge::Billable && key.usage_period_start == start
            })
            .collect();
        let after = domain::time::Timestamp::from_micros(start.micros() + 1);
        let usage = billing.usage_groups(tx, (tenant.tenant_id, &term), (&own, after)).await?;
        let until = self.clock.now().plus_seconds(1).min(term.span.end);
        let spans = BTreeMap::from([(tenant.tenant_id, Span { end: until, ..term.span })]);
        let mut facts = billing.facts(tx, std::slice::from_ref(tenant), &spans).await?;
        let facts = facts.remove(&tenant.tenant_id);
        let facts =
            facts.ok_or_else(|| AppError::Broken(format!("{} is lost", tenant.tenant_id)))?;
        let prior = Vec::new();
        let bill = PeriodBill { tenant, closing: term, whole: term, opening: None, usage, prior };
        let invoice = bill.compute(&billing, &facts)?;
        let terms = billing.version(&term)?.terms;
        Ok(Some(OpenBill { invoice, counts: facts.counts, terms }))
    }
}
