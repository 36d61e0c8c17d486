//! The invoices of one partner: computed again from what they name.

use std::collections::{BTreeMap, btree_map::Entry};

use domain::{
    account::Tenant,
    ids::{InvoiceId, TenantId},
    invoice::{
        issued::{Invoice, InvoiceKind},
        line::{Line, LineKind},
        status::InvoiceStatus,
    },
    money::Minor,
};
use store::{audit::KeptPeriod, db::Tx, invoices::StoredLine};

use super::{CheckReport, PAGE, Subject};
use crate::{
    close::period_lines,
    error::{AppError, Result},
};

/// Lines that follow from terms, counts and calls alone, and so can be derived again at any time.
const DERIVED: [LineKind; 6] = [
    LineKind::BaseFee,
    LineKind::Extensions,
    LineKind::Dids,
    LineKind::TollFreeDids,
    LineKind::Usage,
    LineKind::PriorPeriodUsage,
];

impl Subject<'_> {
    /// Computes every invoice again.
    pub(super) async fn invoices(&self, tx: &mut Tx, report: &mut CheckReport) -> Result<()> {
        let mut last: Option<InvoiceId> = None;
        let mut periods: BTreeMap<TenantId, Vec<KeptPeriod>> = BTreeMap::new();
        loop {
            let page = store::invoices::page(tx, self.partner_id, (last, PAGE)).await?;
            let Some(end) = page.last() else { break };
            last = Some(end.invoice_id);
            periods.clear();
            for invoice in &page {
                report.invoices += 1;
                let lines = store::invoices::lines(tx, self.partner_id, invoice.invoice_id).await?;
                self.sums(tx, (invoice, &lines), report).await?;
                if matches!(invoice.kind, InvoiceKind::Period | InvoiceKind::Final) {
                    self.lines_again(tx, (invoice, &lines), (&mut periods, report)).await?;
                }
            }
        }
        let (numbered, next) = store::audit::numbers(tx, self.partner_id).await?;
        let object = || format!("invoice numbers of {}", self.partner_id);
        report.expect("invoice_numbers", object, (next - 1, numbered));
        Ok(())
    }

    /// Lines from their facts, totals from lines, taxes from rates, what is paid from payments.
    async fn sums(
        &self,
        tx: &mut Tx,
        (invoice, lines): (&Invoice, &[StoredLine]),
        report: &mut CheckReport,
    ) -> Result<()> {
        let name = || invoice.invoice_id.to_string();
        let (mut subtotal, mut base) = (Minor::ZERO, Minor::ZERO);
        for line in lines {
            let again = Line::compute(line.facts.clone(), invoice.currency)?;
            let id = || line.line_id.to_string();
            report.expect("line_amount", id, (again.amount().get(), line.amount.get()));
            subtotal = subtotal.plus(line.amount)?;
            if line.facts.taxable {
                base = base.plus(line.amount)?;
            }
        }
        let taxes = store::invoices::taxes(tx, self.partner_id, invoice.invoice_id).await?;
        let mut tax = Minor::ZERO;
        for line in &taxes {
            let object = || format!("{} tax {}", invoice.invoice_id, line.code);
            report.expect("tax_base", object, (base.max(Minor::ZERO).get(), line.base.get()));
            report.expect("tax_amount", object, (line.rate.of(line.base).get(), line.amount.get()));
            tax = tax.plus(line.amount)?;
        }
        report.expect("invoice_subtotal", name, (subtotal.get(), invoice.subtotal.get()));
        report.expect("invoice_tax", name, (tax.get(), invoice.tax.get()));
        report.expect("invoice_total", name, (subtotal.plus(tax)?.get(), invoice.total.get()));
        let (credited, paid, surplus) =
            store::audit::covered(tx, self.partner_id, invoice.invoice_id).await?;
        report.expect("invoice_credit", name, (credited, invoice.credited.get()));
        // What came beyond what was due is the tenant's, not the invoice's.
        let surplus = surplus / invoice.currency.to_micros(Minor::new(1))?.get();
        report.expect("invoice_paid", name, (paid - surplus, invoice.paid.get()));
        let settled = invoice.due().is_zero() && invoice.status != InvoiceStatus::Draft;
        let says_so = matches!(invoice.status, InvoiceStatus::Paid | InvoiceStatus::Cancelled);
        if settled != says_so && invoice.status != InvoiceStatus::Draft {
            let texts =
                (format!("due {}", invoice.due().get()), invoice.status.as_str().to_owned());
            report.find("invoice_status", name(), texts);
        }
        Ok(())
    }

    /// The lines that follow from the period's terms, counts and calls.
    async fn lines_again(
        &self,
        tx: &mut Tx,
        (invoice, lines): (&Invoice, &[StoredLine]),
        (periods, report): (&mut BTreeMap<TenantId, Vec<KeptPeriod>>, &mut CheckReport),
    ) -> Result<()> {
        let tenant_id = invoice.tenant_id;
        let own = match periods.entry(tenant_id) {
            Entry::Occupied(known) => &*known.into_mut(),
            Entry::Vacant(place) => {
                let own = store::audit::periods(tx, self.partner_id, tenant_id).await?;
                &*place.insert(own)
            }
        };
        let place = own.iter().position(|it| it.invoice_id == Some(invoice.invoice_id));
        let Some(place) = place else {
            let texts = ("a closed period".to_owned(), "none".to_owned());
            report.find("invoice_period", invoice.invoice_id.to_string(), texts);
            return Ok(());
        };
        let tenant = store::tenants::find(tx, self.partner_id, tenant_id).await?;
        let tenant: Tenant = tenant.ok_or_else(|| AppError::not_found("tenant", tenant_id))?;
        let tenant = Tenant { zone: invoice.zone.clone(), currency: invoice.currency, ..tenant };
        let terms = (own[place].term, own.get(place + 1).map(|next| next.term));
        let again = period_lines(tx, &self.billing, (&tenant, terms), own).await?;
        let derived = |line: &&Line| DERIVED.contains(&line.facts().kind);
        let expected: Vec<String> = again.iter().filter(derived).map(describe).collect();
        let found: Vec<String> = lines
            .iter()
            .filter(|line| DERIVED.contains(&line.facts.kind))
            .map(|line| describe(&Line::restore(line.facts.clone(), line.amount)))
            .collect();
        if expected != found {
            let object = invoice.invoice_id.to_string();
            report.find("invoice_lines", object, (expected.join("; "), found.join("; ")));
        }
        Ok(())
    }
}

fn describe(line: &Line) -> String {
    let facts = line.facts();
    format!(
        "{} {:?} x {:?} = {}",
        facts.description,
        facts.quantity,
        facts.price,
        line.amount().get()
    )
}
