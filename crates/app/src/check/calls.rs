//! The calls of one tenant: priced again, and summed into roll-ups and debits.

use std::collections::BTreeMap;

use domain::{
    account::Tenant,
    call::{Call, Outcome, WholesaleCharge},
    ledger::TransferKind,
    phone::CallClass,
    time::{Span, Timestamp},
    usage::{UsageKey, UsageSum},
};
use store::db::Tx;

use super::{CheckReport, Debits, PAGE, Subject};
use crate::error::Result;

impl Subject<'_> {
    /// Prices the tenant's calls again and compares what they add up to.
    pub(super) async fn calls(
        &self,
        tx: &mut Tx,
        tenant: &Tenant,
        (debits, report): (&mut Debits, &mut CheckReport),
    ) -> Result<()> {
        let mut sums: BTreeMap<UsageKey, UsageSum> = BTreeMap::new();
        let owner = (self.partner_id, tenant.tenant_id);
        let all =
            Span { start: Timestamp::from_micros(i64::MIN), end: Timestamp::from_micros(i64::MAX) };
        let mut last = None;
        loop {
            let page = store::calls::of_tenant(tx, owner, all, (last, PAGE)).await?;
            let Some(end) = page.last() else { break };
            last = Some((end.ended_at, end.call_id));
            for call in &page {
                report.calls += 1;
                self.price_again(call, report)?;
                if let Some(key) = call.usage_key() {
                    let sum = sums.entry(key).or_default();
                    *sum = sum.plus(call.usage_sum())?;
                }
                take_debit(call, debits);
            }
        }
        let ids = [tenant.tenant_id];
        let start = Timestamp::from_micros(i64::MIN);
        for (key, kept) in store::usage::of_tenants(tx, self.partner_id, &ids, start).await? {
            report.roll_ups += 1;
            let expected = sums.remove(&key).unwrap_or_default();
            compare(&key, (expected, kept), report);
        }
        for (key, expected) in sums {
            compare(&key, (expected, UsageSum::default()), report);
        }
        Ok(())
    }

    fn price_again(&self, call: &Call, report: &mut CheckReport) -> Result<()> {
        if call.outcome != Outcome::Rated || call.reverses.is_some() {
            return Ok(());
        }
        let Some(again) = self.directory.price_again(call)? else {
            let texts = ("terms that are known".to_owned(), "none".to_owned());
            report.find("call_terms", call.call_id.to_string(), texts);
            return Ok(());
        };
        let id = || call.call_id.to_string();
        let (retail, wholesale) = again;
        report.expect(
            "call_retail_seconds",
            id,
            (retail.billed_seconds, call.retail.billed_seconds),
        );
        report.expect("call_retail_price", id, (retail.price, call.retail.price));
        report.expect(
            "call_wholesale_seconds",
            id,
            (wholesale.billed_seconds, call.wholesale.billed_seconds),
        );
        report.expect("call_wholesale_cost", id, (wholesale.cost, call.wholesale.cost));
        Ok(())
    }
}

fn take_debit(call: &Call, debits: &mut Debits) {
    if call.outcome != Outcome::Rated || call.wholesale.charge != WholesaleCharge::Charged {
        return;
    }
    let kind = match call.class {
        CallClass::Local => TransferKind::UsageLocal,
        CallClass::TollFree => TransferKind::UsageTollFree,
    };
    *debits.entry((call.tenant_id, kind)).or_default() -= i128::from(call.wholesale.cost.get());
}

fn compare(key: &UsageKey, (expected, kept): (UsageSum, UsageSum), report: &mut CheckReport) {
    if expected != kept {
        let object = format!(
            "usage_day {} {} {} {} billed by {}",
            key.tenant_id,
            key.day,
            key.direction.as_str(),
            key.class.as_str(),
            key.bill_period_start,
        );
        report.find("roll_up", object, (format!("{expected:?}"), format!("{kept:?}")));
    }
}
