//! A partner in figures: what it billed, what it was paid, what it paid itself.
//!
//! Decided here: sums of what is stored, read in one snapshot. Retail figures are in the partner's
//! currency, wholesale figures in the operator's; margin (BEY-01) is shown where the two are one.

use std::collections::BTreeMap;

use domain::{
    ids::{InvoiceId, PartnerId},
    invoice::{issued::Invoice, status::InvoiceStatus},
    ledger::Account,
    money::{Currency, Micros, Minor},
};

use crate::{
    App,
    error::{AppError, Result},
};

/// Invoices in one page.
const PAGE: i64 = 500;

/// What a partner billed, was paid and paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerFigures {
    /// Its brand name, otherwise its company name.
    pub name: String,
    /// Of retail amounts.
    pub currency: Currency,
    /// Of wholesale amounts.
    pub operator_currency: Currency,
    /// Issued invoices by status.
    pub invoices: BTreeMap<&'static str, u64>,
    /// Sum of their lines.
    pub subtotal: Minor,
    /// Sum of their taxes.
    pub tax: Minor,
    /// Both.
    pub total: Minor,
    /// Covered by credit.
    pub credited: Minor,
    /// Paid.
    pub paid: Minor,
    /// What is left to pay.
    pub due: Minor,
    /// What is left to pay of overdue invoices.
    pub overdue: Minor,
    /// What the operator was paid out of the wallet.
    pub wholesale: Micros,
    /// What the wallet holds.
    pub wallet: Micros,
    /// Lines minus wholesale, where both are in one currency.
    pub margin: Option<Micros>,
}

impl App {
    /// A partner in figures.
    pub async fn partner_figures(&self, partner_id: PartnerId) -> Result<PartnerFigures> {
        let mut tx = self.db.begin_read().await?;
        let operator = store::operator::find(&mut tx).await?;
        let operator = operator.ok_or_else(|| AppError::not_found("operator", "the operator"))?;
        let partner = store::partners::find(&mut tx, partner_id).await?;
        let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        let brand = partner.brand.name.trim();
        let revenue = store::ledger::balance(&mut tx, partner_id, Account::OperatorRevenue).await?;
        let wallet = store::ledger::balance(&mut tx, partner_id, Account::Wallet).await?;
        let mut figures = PartnerFigures {
            name: if brand.is_empty() { &partner.company_name } else { brand }.to_owned(),
            currency: partner.currency,
            operator_currency: operator.currency,
            invoices: BTreeMap::new(),
            subtotal: Minor::ZERO,
            tax: Minor::ZERO,
            total: Minor::ZERO,
            credited: Minor::ZERO,
            paid: Minor::ZERO,
            due: Minor::ZERO,
            overdue: Minor::ZERO,
            // Both accounts hold what others have: their balance is a credit.
            wholesale: revenue.negated()?,
            wallet: wallet.negated()?,
            margin: None,
        };
        let mut after = None;
        loop {
            let page = store::invoices::page(&mut tx, partner_id, (after, PAGE)).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.invoice_id);
            for invoice in &page {
                figures.add(invoice)?;
            }
        }
        tx.commit().await?;
        if figures.currency == figures.operator_currency {
            let lines = figures.currency.to_micros(figures.subtotal)?;
            figures.margin = Some(lines.minus(figures.wholesale)?);
        }
        Ok(figures)
    }

    /// A partner's invoices after `after`, oldest first. An empty page is the last.
    pub async fn invoices(
        &self,
        partner_id: PartnerId,
        after: Option<InvoiceId>,
    ) -> Result<Vec<Invoice>> {
        let mut tx = self.db.begin_read().await?;
        let page = store::invoices::page(&mut tx, partner_id, (after, PAGE)).await?;
        tx.commit().await?;
        Ok(page)
    }
}

impl PartnerFigures {
    /// Counts an invoice; drafts and cancelled ones bill nothing.
    fn add(&mut self, invoice: &Invoice) -> Result<()> {
        if matches!(invoice.status, InvoiceStatus::Draft | InvoiceStatus::Cancelled) {
            return Ok(());
        }
        *self.invoices.entry(invoice.status.as_str()).or_default() += 1;
        self.subtotal = self.subtotal.plus(invoice.subtotal)?;
        self.tax = self.tax.plus(invoice.tax)?;
        self.total = self.total.plus(invoice.total)?;
        self.credited = self.credited.plus(invoice.credited)?;
        self.paid = self.paid.plus(invoice.paid)?;
        self.due = self.due.plus(invoice.due())?;
        if invoice.status == InvoiceStatus::Overdue {
            self.overdue = self.overdue.plus(invoice.due())?;
        }
        Ok(())
    }
}
