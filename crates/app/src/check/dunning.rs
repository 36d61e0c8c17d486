//! What is kept about tenants that do not pay, derived again from what they owe.
//!
//! Decided here: a tenant that waits to be looked at may differ from what the rules say; any other
//! agrees with them: its flag, its suspension, whether it is late, when it is due next.

use domain::{account::Tenant, invoice::status::InvoiceStatus, time::Timestamp};
use store::db::Tx;

use super::{CheckReport, Subject};
use crate::{dunning::Facts, error::Result};

/// Tenants whose debts are read at once.
const AT_ONCE: usize = 200;

impl Subject<'_> {
    pub(super) async fn dunning(
        &self,
        tx: &mut Tx,
        (tenants, now): (&[Tenant], Timestamp),
        report: &mut CheckReport,
    ) -> Result<()> {
        for tenants in tenants.chunks(AT_ONCE) {
            for facts in Facts::load_all(tx, self.partner_id, tenants).await? {
                check(&facts, now, report);
            }
        }
        Ok(())
    }
}

fn check(facts: &Facts, now: Timestamp, report: &mut CheckReport) {
    let object = || format!("dunning of {}", facts.tenant.tenant_id);
    if !facts.is_known {
        let is_late = |status| status == InvoiceStatus::Overdue;
        let late = facts.invoices.iter().filter(|invoice| is_late(invoice.status)).count();
        report.expect("dunning_row", object, (0, late));
        report.expect("dunning_flag", object, (false, facts.tenant.flagged_at.is_some()));
        return;
    }
    // Whoever looked last may have had a clock that is further on.
    let now = facts.standing.looked_at.map_or(now, |at| at.max(now));
    if facts.standing.due_at.is_some_and(|at| at <= now) {
        return;
    }
    let plan = facts.plan(now);
    let expected = facts.standing_after(&plan, now);
    let due = |at: Option<Timestamp>| at.map_or("never".to_owned(), |at| at.to_string());
    let dues = (due(expected.due_at), due(facts.standing.due_at));
    report.expect("dunning_due", object, dues);
    let since = |standing: &store::dunning::Standing| {
        standing.overdue_since.map_or("never".to_owned(), |day| day.to_string())
    };
    report.expect("dunning_late", object, (since(&expected), since(&facts.standing)));
    report.expect("dunning_review", object, (expected.review, facts.standing.review));
    report.expect("dunning_flag", object, (plan.flagged, facts.tenant.flagged_at.is_some()));
    report.expect("dunning_undone", object, (0, plan.act.len() + usize::from(plan.restores)));
}
