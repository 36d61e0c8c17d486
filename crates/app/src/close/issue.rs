//! Issuing: numbers, rows, books and jobs of invoices that were computed.
//!
//! Decided here: what is written when an invoice is issued, in which order, and what it books.
//! Numbers are taken last, in the order of the tenants, so that they ascend without gaps (INV-18).

use domain::{
    account::{AutoPay, Credit, Partner, Tenant},
    ids::{ChargeId, CreditId, InvoiceId, PartnerId},
    invoice::{
        compute::ComputedInvoice,
        issued::{Invoice, InvoiceKind, IssuedAs, billing_key},
        number::NumberFormat,
        status::{InvoiceEvent, InvoiceStatus, due_day},
    },
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::{Minor, Overflow},
    term::Term,
    time::Timestamp,
};
use store::{credits::CreditUse, db::Tx, events::Event, invoices::NewInvoice};

use super::chunk::Writes;
use crate::{
    collect::{Small, carry},
    error::{AppError, Result},
    events, outbox,
};

/// An invoice that was computed and is to be issued.
pub(super) struct Issue {
    pub(super) tenant: Tenant,
    pub(super) kind: InvoiceKind,
    pub(super) period: Term,
    pub(super) plan: String,
    pub(super) terms_days: Option<u16>,
    pub(super) computed: ComputedInvoice,
    pub(super) credits: Vec<Credit>,
    pub(super) one_time: Vec<ChargeId>,
    /// Balances of older invoices that it bills again.
    pub(super) carried: Vec<Small>,
}

/// The id of a tenant's invoice for the period that starts at `start`: the same whoever issues it.
/// Invoices of one period lie in the order of their tenants, in which they are issued.
pub(super) fn invoice_id(
    partner_id: PartnerId,
    tenant: &Tenant,
    (kind, start): (InvoiceKind, Timestamp),
) -> InvoiceId {
    let key = billing_key(kind, start, InvoiceId::from_bits(0));
    let parts = [&*partner_id.to_string(), &tenant.tenant_id.to_string(), &key];
    InvoiceId::derived_in(tenant.tenant_id.place_of_age(), start, &parts)
}

/// Numbers, keeps and books the chunk's invoices.
pub(super) async fn issue_all(
    tx: &mut Tx,
    (partner, book): (&Partner, &mut store::ledger::Book),
    writes: &mut Writes,
    now: Timestamp,
) -> Result<()> {
    let issues = std::mem::take(&mut writes.issues);
    if issues.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(issues.len()).unwrap_or(i64::MAX);
    let mut chunk = Chunk::default();
    let first = store::invoices::take_numbers(tx, partner.partner_id, count).await?;
    let logo = keep_logo(tx, partner).await?;
    for (number, issue) in (first.unsigned_abs()..).zip(issues) {
        chunk.add(partner, issue, (number, logo.as_deref(), now))?;
    }
    store::invoices::insert(tx, &chunk.invoices).await?;
    for credit in &chunk.granted {
        store::credits::insert(tx, partner.partner_id, credit).await?;
    }
    for taken in &chunk.taken {
        store::credits::take(tx, partner.partner_id, taken).await?;
    }
    store::due::put_charges(tx, partner.partner_id, &chunk.charges).await?;
    store::ledger::post(tx, book, &chunk.ledger).await?;
    store::jobs::enqueue_all(tx, partner.partner_id, &chunk.jobs, now).await?;
    store::auto_pay::begin(tx, partner.partner_id, &chunk.auto_pay).await?;
    for (small, number) in chunk.carried {
        chunk.events.push(carry(tx, (book, small), &number, now).await?);
    }
    writes.events.append(&mut chunk.events);
    writes.report.invoices += chunk.invoices.len() as u64;
    Ok(())
}

/// From when an invoice is charged by itself, where its tenant has that on and something is due
/// (PAY-06): at once.
pub(crate) fn begins_auto_pay(
    tenant: &Tenant,
    invoice: &Invoice,
) -> Option<(InvoiceId, Timestamp)> {
    let wanted = tenant.auto_pay == AutoPay::On && !invoice.due().is_zero();
    let issued_at = invoice.issued_at.unwrap_or(invoice.created_at);
    wanted.then_some((invoice.invoice_id, issued_at))
}

/// Keeps the partner's logo by its hash, as the invoices show it.
pub(crate) async fn keep_logo(tx: &mut Tx, partner: &Partner) -> Result<Option<String>> {
    let Some(bytes) = &partner.logo else { return Ok(None) };
    let hash = domain::brand::logo_hash(bytes);
    store::invoices::keep_logo(tx, partner.partner_id, (&hash, bytes)).await?;
    Ok(Some(hash))
}

#[derive(Default)]
struct Chunk {
    invoices: Vec<NewInvoice>,
    ledger: Vec<LedgerTx>,
    granted: Vec<Credit>,
    taken: Vec<CreditUse>,
    charges: Vec<(ChargeId, InvoiceId)>,
    jobs: Vec<store::jobs::NewJob>,
    auto_pay: Vec<(InvoiceId, Timestamp)>,
    carried: Vec<(Small, String)>,
    events: Vec<Event>,
}

impl Chunk {
    fn add(
        &mut self,
        partner: &Partner,
        issue: Issue,
        (number, logo, now): (u64, Option<&str>, Timestamp),
    ) -> Result<()> {
        let Issue { tenant, kind, period, computed, .. } = &issue;
        let start = period.span.start;
        let invoice_id = invoice_id(partner.partner_id, tenant, (*kind, start));
        let issue_day = tenant.zone.day_of(now);
        let draft = Invoice {
            partner_id: partner.partner_id,
            invoice_id,
            tenant_id: tenant.tenant_id,
            kind: *kind,
            billing_key: billing_key(*kind, start, invoice_id),
            number: Some(NumberFormat::default().number(number)),
            status: InvoiceStatus::Draft,
            currency: tenant.currency,
            zone: tenant.zone.clone(),
            period: Some(period.span),
            issued_at: Some(now),
            issue_day: Some(issue_day),
            due_day: None,
            subtotal: computed.subtotal,
            tax: computed.tax,
            total: computed.total,
            credited: Minor::ZERO,
            paid: Minor::ZERO,
            refunded: Minor::ZERO,
            issued_as: issued_as(partner, tenant, (Some(issue.plan.clone()), logo)),
            created_at: now,
            flagged_at: None,
            version: 1,
        };
        let finalise = InvoiceEvent::Finalise {
            due_day: due_day(issue_day, issue.terms_days, partner.terms_days),
            credit_applied: computed.credit_applied,
        };
        let state =
            draft.state().apply(finalise).map_err(|error| AppError::Broken(error.to_string()))?;
        let invoice = draft.in_state(state);
        self.credits(&invoice, &issue, now)?;
        let number = invoice.number.clone().unwrap_or_default();
        self.carried.extend(issue.carried.iter().map(|small| (small.clone(), number.clone())));
        self.charges.extend(issue.one_time.iter().map(|charge| (*charge, invoice_id)));
        self.ledger.extend(issue_tx(&invoice, computed, now)?);
        self.jobs.extend(outbox::jobs_for_issued(&invoice));
        self.auto_pay.extend(begins_auto_pay(tenant, &invoice));
        self.events.push(events::of_invoice("invoice.created", &invoice, 1, now));
        if invoice.due().is_zero() {
            self.events.push(events::of_invoice("invoice.paid", &invoice, 1, now));
        }
        let (lines, taxes) = (issue.computed.lines, issue.computed.taxes);
        self.invoices.push(NewInvoice { invoice, lines, taxes });
        Ok(())
    }

    /// Grants what the invoice itself gives, and takes what it applies, oldest credit first.
    fn credits(&mut self, invoice: &Invoice, issue: &Issue, now: Timestamp) -> Result<()> {
        let mut open = issue.credits.clone();
        if let Some(grant) = &issue.computed.credit_granted {
            let id = CreditId::derived(now, &["carried", &invoice.invoice_id.to_string()]);
            let credit = Credit {
                credit_id: id,
                tenant_id: invoice.tenant_id,
                amount: grant.total,
                remaining: grant.total,
                reason: format!("Carried from {}", invoice.number.as_deref().unwrap_or("")),
                created_at: now,
            };
            self.granted.push(credit.clone());
            open.push(credit);
        }
        self.taken.extend(take_credits(&open, invoice, issue.computed.credit_applied)?);
        Ok(())
    }
}

/// What an invoice takes of which credit, the oldest first.
pub(crate) fn take_credits(
    open: &[Credit],
    invoice: &Invoice,
    applied: Minor,
) -> Result<Vec<CreditUse>, Overflow> {
    let mut left = applied;
    let mut taken = Vec::new();
    for credit in open {
        let amount = credit.remaining.min(left);
        if amount > Minor::ZERO {
            let (credit_id, invoice_id) = (credit.credit_id, invoice.invoice_id);
            taken.push(CreditUse { credit_id, invoice_id, amount });
            left = left.minus(amount)?;
        }
    }
    Ok(taken)
}

/// Names and addresses as they are now.
pub(crate) fn issued_as(
    partner: &Partner,
    tenant: &Tenant,
    (plan, logo): (Option<String>, Option<&str>),
) -> IssuedAs {
    IssuedAs {
        brand: partner.brand.clone(),
        company_name: partner.company_name.clone(),
        logo_hash: logo.map(str::to_owned),
        tenant_name: tenant.name.clone(),
        tenant_address: tenant.address.clone(),
        billing_email: tenant.billing_email.clone(),
        plan,
        period_id: None,
        notes: String::new(),
    }
}

/// What issuing books: receivable against revenue and tax, credit given and credit applied.
pub(crate) fn issue_tx(
    invoice: &Invoice,
    computed: &ComputedInvoice,
    now: Timestamp,
) -> Result<Option<LedgerTx>> {
    let tenant = Some(invoice.tenant_id);
    let receivable = Account::Receivable(invoice.tenant_id);
    let balance = Account::TenantBalance(invoice.tenant_id);
    let grant = computed.credit_granted.as_ref();
    let granted_net = grant.map_or(Minor::ZERO, |grant| grant.net);
    let granted_tax = grant.map_or(Ok(Minor::ZERO), |grant| grant.total.minus(grant.net))?;
    let rows = [
        (TransferKind::Charge, (receivable, Account::PartnerRevenue), computed.subtotal),
        (TransferKind::Tax, (receivable, Account::TaxPayable), computed.tax),
        (TransferKind::CreditGiven, (Account::PartnerRevenue, balance), granted_net),
        (TransferKind::CreditGiven, (Account::TaxPayable, balance), granted_tax),
        (TransferKind::CreditApplied, (balance, receivable), computed.credit_applied),
    ];
    let mut transfers = Vec::new();
    for (kind, sides, amount) in rows {
        let amount = invoice.currency.to_micros(amount)?;
        transfers.extend(Transfer::new(kind, tenant, sides, amount)?);
    }
    if transfers.is_empty() {
        return Ok(None);
    }
    let id = invoice.invoice_id.to_string();
    let source = TxSource { kind: "invoice", id, purpose: "issue" };
    let description = format!("Invoice {}", invoice.number.as_deref().unwrap_or(""));
    LedgerTx::new(Flow::Retail, now, source, (description, transfers))
        .map(Some)
        .map_err(|error| AppError::Broken(error.to_string()))
}
