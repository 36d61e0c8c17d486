//! What a tenant sees of its own account in its portal, and how it pays there.
//!
//! Decided here: what stands together on a page, read on one snapshot. Everything is asked for by
//! partner *and* tenant, so that an id of another tenant is not found (LAY-02). A tenant sees what
//! it owes its provider: no limits that the provider set (LIM-16), no wholesale side of a call, no
//! fees or ids of the processor (PAY-15), and no drafts.

use adapters::pdf::InvoiceDocument;
use domain::{
    account::{Credit, Tenant},
    ids::{CallId, InvoiceId, LineId, MethodId, PartnerId, PaymentId, RequestId, TenantId},
    invoice::{compute::PeakCounts, issued::Invoice, line::Line, status::InvoiceStatus},
    money::{Currency, Minor},
    paging::{MAX_LIMIT, PageRequest},
    payment::{Payer, Payment, PaymentOrigin},
    processor::{MethodStatus, SavedMethod},
    profile::ProfileTerms,
    time::Span,
};
use serde_json::Value;
use store::{
    db::Tx,
    invoices::StoredLine,
    payment_methods::{self, MethodFilter},
    payments,
};

use crate::{
    App,
    close::OpenBill,
    collect::{Authenticated, Collect, Collected, Paid},
    documents::{InvoiceParts, PdfFile, document, load},
    error::{AppError, Result},
    explain::Question,
    hosted::{HostedPayment, PAYMENTS, ToPay, shown},
    links::has_page,
    requests::Asking,
    resource::CallView,
    setup::the_tenant,
    usage::SoFar,
};

/// Unpaid invoices that are shown at once.
const UNPAID: i64 = 50;

/// A tenant and its partner.
pub type Owner = (PartnerId, TenantId);

/// A tenant's account at a glance (TPO-03 to TPO-05).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantAccount {
    /// The tenant.
    pub tenant: Tenant,
    /// The terms of the current period.
    pub terms: ProfileTerms,
    /// The open period; in a trial, the calendar month.
    pub period: Span,
    /// Extensions and numbers, as the period will be billed.
    pub counts: PeakCounts,
    /// Billed seconds of the period's calls.
    pub used_seconds: i64,
    /// What the period would be billed if it closed now; nothing in a trial.
    pub bill: Option<BillSoFar>,
    /// What is left to pay of issued invoices.
    pub due: Minor,
    /// Of that, what is late.
    pub overdue: Minor,
    /// How many invoices are unpaid.
    pub unpaid: i64,
    /// Prepaid and given: what the next invoices are paid from first.
    pub credit: Minor,
}

/// An open period as it would be billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillSoFar {
    /// In the order of the invoice.
    pub lines: Vec<Line>,
    /// Their sum, before tax.
    pub subtotal: Minor,
}

/// An issued invoice with what its payer can do about it.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnInvoice {
    /// The invoice.
    pub invoice: Invoice,
    /// Its lines, in order.
    pub lines: Vec<StoredLine>,
    /// As it is printed.
    pub document: InvoiceDocument,
    /// What can be done about it.
    pub to_pay: ToPay,
    /// Its payments, the newest first.
    pub payments: Vec<HostedPayment>,
    /// The methods that can be charged, the default first.
    pub methods: Vec<SavedMethod>,
}

/// A call with how its price came about, on the tenant's side alone.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnCall {
    /// The call.
    pub call: CallView,
    /// The currency of its price.
    pub currency: Currency,
    /// What priced it (BEY-03); absent where nothing did.
    pub rating: Option<Value>,
}

/// A payment that somebody of the tenant asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPay {
    /// How much, as written; all that is due where it is empty.
    pub amount: String,
    /// With which saved method.
    pub method: String,
    /// Names this form: sent twice it is one payment (PAY-12).
    pub form: String,
    /// Where the receipt goes, beside the tenant's own address (PAY-05).
    pub receipt_to: String,
}

impl App {
    /// The tenant's account at a glance.
    pub async fn tenant_account(&self, (partner_id, tenant_id): Owner) -> Result<TenantAccount> {
        let mut tx = self.db.begin_read().await?;
        let tenant = the_tenant(&mut tx, partner_id, tenant_id).await?;
        let SoFar { period, sums } = self.used_so_far(&mut tx, &tenant).await?;
        let bill = self.bill_so_far(&mut tx, &tenant).await?;
        let owed = store::invoices::owed_by(&mut tx, partner_id, tenant_id).await?;
        let credits = store::credits::open_of(&mut tx, partner_id, &[tenant_id]).await?;
        let (terms, counts) = match &bill {
            Some(OpenBill { terms, counts, .. }) => (terms.clone(), *counts),
            None => self.not_billed(&mut tx, &tenant).await?,
        };
        tx.commit().await?;
        let late = owed.iter().filter(|owed| owed.status == InvoiceStatus::Overdue);
        let in_scope = bill.as_ref().map(|bill| bill.invoice.usage.total_seconds);
        Ok(TenantAccount {
            terms,
            period,
            counts,
            used_seconds: in_scope.unwrap_or(sums.all.billed_seconds),
            due: Minor::sum(owed.iter().map(|owed| owed.due))?,
            overdue: Minor::sum(late.map(|owed| owed.due))?,
            unpaid: owed.iter().map(|owed| owed.invoices).sum(),
            credit: Minor::sum(credits.iter().map(|it: &Credit| it.remaining))?,
            bill: bill.map(|OpenBill { invoice, .. }| BillSoFar {
                subtotal: invoice.subtotal,
                lines: invoice.lines,
            }),
            tenant,
        })
    }

    /// The terms and counts of a tenant without an open period.
    async fn not_billed(&self, tx: &mut Tx, tenant: &Tenant) -> Result<(ProfileTerms, PeakCounts)> {
        let (partner_id, tenant_id) = (tenant.partner_id, tenant.tenant_id);
        let latest = store::profiles::latest(tx, partner_id, tenant.profile_id).await?;
        let latest = latest.ok_or_else(|| AppError::not_found("profile", tenant.profile_id))?;
        let terms = latest.terms;
        let present = store::usage_sums::present(tx, partner_id, Some(&[tenant_id])).await?;
        let present = present.first().map(|(_, present)| *present).unwrap_or_default();
        let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        let counts = PeakCounts {
            extensions: count(present.extensions),
            local_dids: count(present.local_numbers),
            toll_free_dids: count(present.toll_free_numbers),
        };
        Ok((terms, counts))
    }

    /// An issued invoice of the tenant, with what can be done about it.
    pub async fn own_invoice(
        &self,
        (partner_id, tenant_id): Owner,
        invoice_id: InvoiceId,
    ) -> Result<OwnInvoice> {
        let mut tx = self.db.begin_read().await?;
        let parts = load(&mut tx, partner_id, invoice_id).await?;
        check_own(&parts.invoice, tenant_id)?;
        let all = payments::newest_of_invoice(&mut tx, partner_id, (invoice_id, PAYMENTS)).await?;
        let context = store::processors::of(&mut tx, partner_id).await?.context;
        let usable = MethodFilter { owner: Some(tenant_id), status: Some(MethodStatus::Active) };
        let page = PageRequest::newest(MAX_LIMIT);
        let methods = payment_methods::list(&mut tx, partner_id, usable, &page).await?;
        tx.commit().await?;
        let methods = methods.rows.into_iter().filter(|method| method.context == context);
        let mut methods: Vec<SavedMethod> = methods.collect();
        methods.sort_by_key(|method| !method.is_default);
        let document = document(&parts);
        let InvoiceParts { invoice, lines, .. } = parts;
        Ok(OwnInvoice {
            to_pay: self.to_pay(&invoice, &all, None),
            payments: all.iter().map(|payment| shown(payment, &invoice)).collect(),
            invoice,
            lines,
            document,
            methods,
        })
    }

    /// The tenant's invoices on which something is due, the earliest first.
    pub async fn own_unpaid(&self, (partner_id, tenant_id): Owner) -> Result<Vec<Invoice>> {
        let mut tx = self.db.begin_single().await?;
        let found = store::invoices::open_of(&mut tx, partner_id, &[tenant_id], UNPAID).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// The PDF of an issued invoice of the tenant.
    pub async fn own_invoice_pdf(
        &self,
        (partner_id, tenant_id): Owner,
        invoice_id: InvoiceId,
    ) -> Result<PdfFile> {
        check_own(&self.find_invoice(partner_id, invoice_id).await?, tenant_id)?;
        self.invoice_pdf(partner_id, invoice_id).await
    }

    /// A line of an issued invoice of the tenant, with the calls behind it (BEY-03).
    pub async fn own_line(
        &self,
        (partner_id, tenant_id): Owner,
        (invoice_id, line_id): (InvoiceId, LineId),
    ) -> Result<(Invoice, Value)> {
        let invoice = self.find_invoice(partner_id, invoice_id).await?;
        check_own(&invoice, tenant_id)?;
        let explained = self.explain_for(partner_id, &Question::Line(line_id)).await?.0;
        let is_of_it = explained["invoice"].as_str() == Some(invoice_id.to_string().as_str());
        if is_of_it { Ok((invoice, explained)) } else { Err(AppError::not_found("line", line_id)) }
    }

    /// A call of the tenant, and how its price came about.
    pub async fn own_call(
        &self,
        (partner_id, tenant_id): Owner,
        call_id: CallId,
    ) -> Result<OwnCall> {
        let tenant = self.tenant(partner_id, tenant_id).await?;
        let detail = self.call_with_trace(partner_id, call_id).await?;
        if detail.call.tenant_id != tenant_id {
            return Err(AppError::not_found("call", call_id));
        }
        let rating = detail.rating.map(|rating| rating.retail);
        Ok(OwnCall { call: detail.call, currency: tenant.currency, rating })
    }

    /// A payment of the tenant and its invoice.
    pub async fn own_payment(
        &self,
        (partner_id, tenant_id): Owner,
        payment_id: PaymentId,
    ) -> Result<(Payment, Invoice)> {
        let (payment, _) = self.find_payment(partner_id, payment_id).await?;
        if payment.tenant_id != tenant_id {
            return Err(AppError::not_found("payment", payment_id));
        }
        let invoice = self.find_invoice(partner_id, payment.invoice_id).await?;
        Ok((payment, invoice))
    }

    /// A saved method of the tenant.
    pub async fn own_method(
        &self,
        (partner_id, tenant_id): Owner,
        method_id: MethodId,
    ) -> Result<SavedMethod> {
        let method = self.payment_method(partner_id, method_id).await?;
        let own = (method.tenant_id == Some(tenant_id)).then_some(method);
        own.ok_or_else(|| AppError::not_found("payment method", method_id))
    }

    /// Pays an issued invoice of the tenant, or a part of it, once for each form (PAY-01, PAY-12).
    pub async fn pay_own(
        &self,
        asking: &Asking,
        (partner_id, tenant_id): Owner,
        (invoice_id, pay): (InvoiceId, &OwnPay),
    ) -> Result<Paid> {
        let invoice = self.find_invoice(partner_id, invoice_id).await?;
        check_own(&invoice, tenant_id)?;
        let too_old = "this form is too old; open the page again";
        let form: RequestId = pay.form.parse().map_err(|_| AppError::invalid("form", too_old))?;
        let written = Some(pay.amount.trim()).filter(|text| !text.is_empty());
        let amount = written.map(|text| invoice.currency.parse_minor(text)).transpose();
        let amount = amount.map_err(|error| AppError::invalid("amount", error.to_string()))?;
        let not_chosen = |_| AppError::invalid("method", "choose one of your payment methods");
        let method_id: MethodId = pay.method.parse().map_err(not_chosen)?;
        self.own_method((partner_id, tenant_id), method_id).await?;
        let wanted = Collect {
            amount,
            request: Some(format!("portal:{form}")),
            origin: PaymentOrigin::Request,
            payer: Payer::Present,
            receipt_to: Some(pay.receipt_to.clone()).filter(|email| !email.is_empty()),
            ..Collect::with(invoice_id, method_id)
        };
        self.pay(asking, partner_id, &wanted).await
    }

    /// Goes on with a payment of the tenant that waits for its payer; `done` in the sandbox.
    pub async fn confirm_own(
        &self,
        owner: Owner,
        payment_id: PaymentId,
        done: Option<Authenticated>,
    ) -> Result<Collected> {
        self.own_payment(owner, payment_id).await?;
        self.confirm_payment(owner.0, payment_id, done).await
    }
}

/// Refuses invoices of others, and drafts, as if they were not there.
fn check_own(invoice: &Invoice, tenant_id: TenantId) -> Result<()> {
    if invoice.tenant_id == tenant_id && has_page(invoice.status) {
        return Ok(());
    }
    Err(AppError::not_found("invoice", invoice.invoice_id))
}

/// Whether a method can be the default or charged, and if not, why, in words for its owner.
pub const fn why_unusable(method: &SavedMethod) -> Option<&'static str> {
    match method.status {
        MethodStatus::Active => None,
        MethodStatus::PendingVerification => Some("Waits for verification"),
        MethodStatus::NeedsReentry => Some("Please add it again"),
        MethodStatus::Removed => Some("Removed"),
    }
}
