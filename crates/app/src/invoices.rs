//! Reading invoices, payments, what tenants owe and the wallet, for programs and pages.
//!
//! Decided here: nothing but what is read together, on one snapshot. Lists are pages whose order
//! does not move under rows that come meanwhile.

use std::collections::BTreeMap;

use domain::{
    account::Credit,
    ids::{InvoiceId, PartnerId, PaymentId, TenantId},
    invoice::{issued::Invoice, status::InvoiceStatus},
    ledger::Account,
    money::{Currency, Micros, Minor},
    paging::{Page, PageRequest},
    payment::Payment,
    tax::TaxLine,
};
pub use store::{
    invoices::{InvoiceFilter, InvoiceSort, StoredLine},
    payments::PaymentFilter,
    wallet::{WalletEntry, WalletFilter},
};

use crate::{
    App,
    error::{AppError, Result},
    resource::{self, Decimal},
};

/// An invoice with its parts, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullInvoice {
    /// The invoice.
    pub invoice: Invoice,
    /// Its lines.
    pub lines: Vec<StoredLine>,
    /// Its taxes.
    pub taxes: Vec<TaxLine>,
}

impl FullInvoice {
    /// The invoice as programs see it, with its lines and taxes.
    pub fn shown(&self) -> resource::Invoice {
        let currency = self.invoice.currency;
        let lines = self.lines.iter().map(|line| resource::InvoiceLine::of(line, currency));
        let taxes = self.taxes.iter().map(|tax| resource::InvoiceTax::of(tax, currency));
        resource::Invoice {
            lines: Some(lines.collect()),
            taxes: Some(taxes.collect()),
            ..(&self.invoice).into()
        }
    }
}

/// What a wallet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalletBalance {
    /// The operator's currency.
    pub currency: Currency,
    /// All credits minus all debits.
    pub balance: Micros,
    /// What is on its way to it.
    pub pending: Minor,
}

impl App {
    /// One invoice of the partner.
    pub async fn find_invoice(
        &self,
        partner_id: PartnerId,
        invoice_id: InvoiceId,
    ) -> Result<Invoice> {
        let mut tx = self.db.begin_single().await?;
        let found = store::invoices::find(&mut tx, partner_id, invoice_id).await?;
        tx.commit().await?;
        found.ok_or_else(|| AppError::not_found("invoice", invoice_id))
    }

    /// One invoice of the partner with its lines and taxes.
    pub async fn full_invoice(
        &self,
        partner_id: PartnerId,
        invoice_id: InvoiceId,
    ) -> Result<FullInvoice> {
        let mut tx = self.db.begin_read().await?;
        let found = store::invoices::find(&mut tx, partner_id, invoice_id).await?;
        let invoice = found.ok_or_else(|| AppError::not_found("invoice", invoice_id))?;
        let lines = store::invoices::lines(&mut tx, partner_id, invoice_id).await?;
        let taxes = store::invoices::taxes(&mut tx, partner_id, invoice_id).await?;
        tx.commit().await?;
        Ok(FullInvoice { invoice, lines, taxes })
    }

    /// A page of the partner's invoices.
    pub async fn invoice_page(
        &self,
        partner_id: PartnerId,
        filter: InvoiceFilter,
        page: (InvoiceSort, &PageRequest),
    ) -> Result<Page<Invoice>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::invoices::list(&mut tx, partner_id, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// The lines of these invoices of the partner, by invoice and in order.
    pub async fn lines_of_invoices(
        &self,
        partner_id: PartnerId,
        invoices: &[InvoiceId],
    ) -> Result<BTreeMap<InvoiceId, Vec<StoredLine>>> {
        let mut tx = self.db.begin_read().await?;
        let lines = store::invoices::lines_of(&mut tx, partner_id, invoices).await?;
        tx.commit().await?;
        let mut by_invoice: BTreeMap<InvoiceId, Vec<StoredLine>> = BTreeMap::new();
        for line in lines {
            by_invoice.entry(line.invoice_id).or_default().push(line);
        }
        Ok(by_invoice)
    }

    /// A page of an invoice's lines.
    pub async fn invoice_lines(
        &self,
        partner_id: PartnerId,
        invoice_id: InvoiceId,
        page: &PageRequest,
    ) -> Result<Page<StoredLine>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::invoices::lines_page(&mut tx, partner_id, invoice_id, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// A page of the partner's payments, each with its invoice's currency.
    pub async fn payment_page(
        &self,
        partner_id: PartnerId,
        filter: PaymentFilter,
        page: &PageRequest,
    ) -> Result<Page<(Payment, Currency)>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::payments::list(&mut tx, partner_id, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// One payment of the partner, with its invoice's currency.
    pub async fn find_payment(
        &self,
        partner_id: PartnerId,
        payment_id: PaymentId,
    ) -> Result<(Payment, Currency)> {
        let mut tx = self.db.begin_read().await?;
        let payment = store::payments::find(&mut tx, partner_id, payment_id).await?;
        let payment = payment.ok_or_else(|| AppError::not_found("payment", payment_id))?;
        let invoice = store::invoices::find(&mut tx, partner_id, payment.invoice_id).await?;
        let invoice = invoice.ok_or_else(|| AppError::not_found("invoice", payment.invoice_id))?;
        tx.commit().await?;
        Ok((payment, invoice.currency))
    }

    /// What a tenant owes and what it is owed.
    pub async fn tenant_balance(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
    ) -> Result<resource::TenantBalance> {
        let mut tx = self.db.begin_read().await?;
        let tenant = store::tenants::find(&mut tx, partner_id, tenant_id).await?;
        let tenant = tenant.ok_or_else(|| AppError::not_found("tenant", tenant_id))?;
        let owed = store::invoices::owed_by(&mut tx, partner_id, tenant_id).await?;
        let credits = store::credits::open_of(&mut tx, partner_id, &[tenant_id]).await?;
        tx.commit().await?;
        let late = owed.iter().filter(|owed| owed.status == InvoiceStatus::Overdue);
        let money = |amount| Decimal(tenant.currency.decimal(amount));
        Ok(resource::TenantBalance {
            tenant_id,
            currency: tenant.currency,
            due: money(Minor::sum(owed.iter().map(|owed| owed.due))?),
            overdue: money(Minor::sum(late.clone().map(|owed| owed.due))?),
            credit: money(Minor::sum(credits.iter().map(|it: &Credit| it.remaining))?),
            unpaid_invoices: owed.iter().map(|owed| owed.invoices).sum(),
            overdue_invoices: late.map(|owed| owed.invoices).sum(),
        })
    }

    /// What the partner's wallet holds.
    pub async fn wallet(&self, partner_id: PartnerId) -> Result<WalletBalance> {
        let mut tx = self.db.begin_read().await?;
        let operator = store::operator::find(&mut tx).await?;
        let operator = operator.ok_or_else(|| AppError::not_found("operator", "the operator"))?;
        let net_debit = store::ledger::balance(&mut tx, partner_id, Account::Wallet).await?;
        let pending = store::operator_charges::pending(&mut tx, partner_id).await?;
        tx.commit().await?;
        Ok(WalletBalance { currency: operator.currency, balance: net_debit.negated()?, pending })
    }

    /// A page of the wallet's credits and debits.
    pub async fn wallet_entries(
        &self,
        partner_id: PartnerId,
        filter: WalletFilter,
        page: &PageRequest,
    ) -> Result<Page<WalletEntry>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::wallet::list(&mut tx, partner_id, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }
}
