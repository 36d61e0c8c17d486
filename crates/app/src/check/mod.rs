//! Books that prove themselves (BEY-06): everything derived is derived again and compared.
//!
//! Decided here: what must agree with what. The chain of each partner is hashed again and its
//! balances summed; each call is priced again by the terms it names; roll-ups are summed from
//! calls, usage debits from calls; issued lines are computed again from what they name, totals
//! from lines, taxes from rates, what is owed from invoices and payments, flags from what is owed.
//! Each difference names its row. Everything is read in one snapshot, so it runs beside live
//! traffic, and memory is bounded by one tenant's roll-ups and one account per tenant.

mod books;
mod calls;
mod dunning;
mod invoices;
mod refunds;

use std::collections::BTreeMap;

use domain::{
    account::Tenant,
    ids::{PartnerId, TenantId},
    ledger::TransferKind,
    time::Timestamp,
};
use serde::Serialize;
use store::db::Tx;

use crate::{
    App,
    close::Billing,
    directory::Directory,
    error::{AppError, Result},
};

/// Findings that are kept; beyond them only their number grows.
const MAX_FINDINGS: usize = 1_000;
/// Rows in one page.
const PAGE: i64 = 2_000;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of thing disagrees, such as `ledger_hash` or `roll_up`.
    pub kind: &'static str,
    /// Which row.
    pub object: String,
    /// What it must be.
    pub expected: String,
    /// What it is.
    pub found: String,
}

/// What a check looked at and found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CheckReport {
    /// Partners whose books were checked.
    pub partners: u64,
    /// Ledger transactions that were hashed again.
    pub ledger_transactions: u64,
    /// Calls that were priced again.
    pub calls: u64,
    /// Roll-up rows that were summed again.
    pub roll_ups: u64,
    /// Invoices that were computed again.
    pub invoices: u64,
    /// How many differences there are.
    pub finding_count: u64,
    /// The first of them.
    pub findings: Vec<Finding>,
}

impl CheckReport {
    fn expect<T: PartialEq + std::fmt::Display>(
        &mut self,
        kind: &'static str,
        object: impl FnOnce() -> String,
        (expected, found): (T, T),
    ) {
        if expected != found {
            self.find(kind, object(), (expected.to_string(), found.to_string()));
        }
    }

    fn find(&mut self, kind: &'static str, object: String, (expected, found): (String, String)) {
        self.finding_count += 1;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding { kind, object, expected, found });
        }
    }

    /// Whether everything agrees.
    pub fn is_clean(&self) -> bool {
        self.finding_count == 0
    }
}

/// Wholesale usage that the wallet was debited, by tenant and kind.
type Debits = BTreeMap<(TenantId, TransferKind), i128>;

/// What one partner's checks share.
struct Subject<'a> {
    partner_id: PartnerId,
    directory: &'a Directory,
    billing: Billing<'a>,
}

impl App {
    /// Checks all books, or one partner's.
    pub async fn check(&self, only: Option<PartnerId>) -> Result<CheckReport> {
        let partners = self.partner_ids(only).await?;
        let now = self.clock.now();
        let mut report = CheckReport::default();
        let mut tx = self.db.begin_read().await?;
        if partners.is_empty() {
            tx.commit().await?;
            return Ok(report);
        }
        let directory = Directory::load(&mut tx, now, &self.decks).await?;
        for partner_id in partners {
            let billing = Billing::load(&mut tx, partner_id, &self.decks).await?;
            let subject = Subject { partner_id, directory: &directory, billing };
            subject.check(&mut tx, now, &mut report).await?;
        }
        tx.commit().await?;
        Ok(report)
    }
}

impl Subject<'_> {
    async fn check(&self, tx: &mut Tx, now: Timestamp, report: &mut CheckReport) -> Result<()> {
        report.partners += 1;
        let mut debits = self.chain(tx, report).await?;
        let mut last = None;
        loop {
            let page = store::tenants::page(tx, self.partner_id, last, PAGE).await?;
            let Some(end) = page.last() else { break };
            last = Some(end.tenant_id);
            for tenant in &page {
                self.tenant(tx, tenant, (&mut debits, report)).await?;
            }
            self.dunning(tx, (&page, now), report).await?;
        }
        for ((tenant_id, kind), left) in debits.into_iter().filter(|(_, left)| *left != 0) {
            let object = format!("{tenant_id} {}", kind.as_str());
            report.find("usage_debit", object, ("0".to_owned(), left.to_string()));
        }
        self.invoices(tx, report).await?;
        self.given_back(tx, report).await?;
        for call_id in store::audit::calls_without_key(tx, self.partner_id, 100).await? {
            report.find("cdr_key", call_id, ("its own key".to_owned(), "none".to_owned()));
        }
        Ok(())
    }

    async fn tenant(
        &self,
        tx: &mut Tx,
        tenant: &Tenant,
        (debits, report): (&mut Debits, &mut CheckReport),
    ) -> Result<()> {
        self.calls(tx, tenant, (debits, report)).await?;
        self.periods(tx, tenant, report).await?;
        self.owed(tx, tenant, report).await
    }

    /// Periods tile, and exactly the open one is open.
    async fn periods(&self, tx: &mut Tx, tenant: &Tenant, report: &mut CheckReport) -> Result<()> {
        let periods = store::audit::periods(tx, self.partner_id, tenant.tenant_id).await?;
        let object = || format!("periods of {}", tenant.tenant_id);
        for pair in periods.windows(2) {
            let ends = (pair[0].term.span.end.to_string(), pair[1].term.span.start.to_string());
            report.expect("period_gap", object, ends);
        }
        let open: Vec<String> = periods
            .iter()
            .filter(|period| period.state == "open")
            .map(|period| period.term.span.start.to_string())
            .collect();
        let expected: Vec<String> =
            tenant.open_start.iter().map(std::string::ToString::to_string).collect();
        report.expect("open_period", object, (expected.join(", "), open.join(", ")));
        Ok(())
    }

    /// What the tenant owes and has, by its documents and by the ledger.
    async fn owed(&self, tx: &mut Tx, tenant: &Tenant, report: &mut CheckReport) -> Result<()> {
        use domain::{ledger::Account, money::Minor};
        let tenant_id = tenant.tenant_id;
        let sums = store::audit::tenant_sums(tx, self.partner_id, tenant_id).await?;
        let micros =
            |minor: i64| tenant.currency.to_micros(Minor::new(minor)).map_err(AppError::from);
        let receivable = Account::Receivable(tenant_id);
        let booked = store::ledger::balance(tx, self.partner_id, receivable).await?;
        let expected = micros(sums.receivable_minor)?;
        report.expect("receivable", || receivable.to_string(), (expected, booked));
        let balance = Account::TenantBalance(tenant_id);
        let booked = store::ledger::balance(tx, self.partner_id, balance).await?.negated()?;
        let expected = micros(sums.credit_minor)?;
        report.expect("tenant_balance", || balance.to_string(), (expected, booked));
        Ok(())
    }
}
