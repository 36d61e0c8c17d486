//! Invoices that people write: drafts, one-time invoices, and taking them back.
//!
//! Decided here: the order of steps. A draft has lines and no number and books nothing; finalising
//! computes it once more by the taxes and the credit of that moment, numbers it and books it in
//! one transaction; from then on only its state changes (INV-14, INV-15). A draft is voided
//! (INV-11); an issued invoice on which nothing was paid is cancelled by the operator, with a
//! reason, by entries that take its own back (INV-35).

use domain::{
    account::{Credit, Partner, Tenant},
    ids::{CreditId, InvoiceId, PartnerId, TenantId},
    invoice::{
        compute::{Charge, ChargeKind, ComputedInvoice, InvoiceInput, compute},
        issued::{Invoice, InvoiceKind, billing_key},
        line::{LineFacts, LinePrice, Quantity},
        number::NumberFormat,
        status::{InvoiceEvent, InvoiceStatus, due_day},
    },
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::{Minor, Nanos},
    time::Timestamp,
};
use store::{db::Tx, invoices::NewInvoice};

use crate::{
    App,
    close::{Billing, begins_auto_pay, issue_tx, issued_as, keep_logo, take_credits},
    collect::idle_invoice,
    error::{AppError, FieldError, Result},
    events, outbox,
};

/// Most lines of a draft: what a person writes, and a PDF of a few pages.
const MAX_LINES: usize = 500;
/// Longest description, in bytes.
const MAX_DESCRIPTION_BYTES: usize = 500;
/// Longest name of a unit, in bytes.
const MAX_UNIT_BYTES: usize = 50;
/// Longest note and reason, in bytes.
const MAX_NOTE_BYTES: usize = 2_000;

/// A line that a person writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftLine {
    /// Shown on the invoice.
    pub description: String,
    /// How many.
    pub quantity: Quantity,
    /// The unit's name in the singular.
    pub unit: String,
    /// The price of one; a negative one makes the line a discount.
    pub unit_price: Nanos,
    /// Whether tax is due on it; on discounts it always is.
    pub taxable: bool,
}

/// What a draft says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftText {
    /// Its lines, in order.
    pub lines: Vec<DraftLine>,
    /// Free text at the end.
    pub notes: String,
}

impl DraftText {
    /// What is wrong with it, field by field.
    pub fn errors(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut refuse = |field: String, message: &str| {
            errors.push(FieldError { field, message: message.to_owned() });
        };
        if self.lines.is_empty() || self.lines.len() > MAX_LINES {
            refuse("lines".to_owned(), "give 1 to 500");
        }
        for (index, line) in self.lines.iter().enumerate() {
            let text = line.description.trim();
            if text.is_empty() || text.len() > MAX_DESCRIPTION_BYTES {
                refuse(format!("lines.{index}.description"), "give 1 to 500 bytes");
            }
            if line.unit.len() > MAX_UNIT_BYTES {
                refuse(format!("lines.{index}.unit"), "give at most 50 bytes");
            }
            if line.quantity.is_negative() {
                refuse(format!("lines.{index}.quantity"), "must not be negative");
            }
        }
        if self.notes.len() > MAX_NOTE_BYTES {
            refuse("notes".to_owned(), "give at most 2,000 bytes");
        }
        errors
    }

    fn check(&self) -> Result<()> {
        let errors = self.errors();
        if errors.is_empty() { Ok(()) } else { Err(AppError::Invalid(errors)) }
    }

    fn charges(&self) -> Vec<Charge> {
        let charge = |line: &DraftLine| Charge {
            id: None,
            kind: ChargeKind::OneTime,
            description: line.description.clone(),
            quantity: line.quantity,
            unit: line.unit.clone(),
            unit_price: line.unit_price,
            taxable: line.taxable,
        };
        self.lines.iter().map(charge).collect()
    }
}

/// What a transaction about one tenant's invoice needs.
struct Desk {
    partner: Partner,
    tenant: Tenant,
    credits: Vec<Credit>,
}

impl App {
    /// Writes a draft for a tenant (INV-14, INV-23).
    pub async fn create_draft(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
        text: &DraftText,
    ) -> Result<Invoice> {
        text.check()?;
        let now = self.clock.now();
        let invoice_id: InvoiceId = self.ids.draw(now);
        self.db
            .write(async |tx| {
                let desk = Desk::load(tx, partner_id, tenant_id).await?;
                let computed = self.computed(tx, &desk, &text.charges()).await?;
                let new = desk.draft((invoice_id, now), (text, computed));
                store::invoices::insert(tx, std::slice::from_ref(&new)).await?;
                Ok::<_, AppError>(new.invoice)
            })
            .await
    }

    /// What a draft says, to be edited.
    pub async fn draft_text(
        &self,
        partner_id: PartnerId,
        invoice_id: InvoiceId,
    ) -> Result<DraftText> {
        let mut tx = self.db.begin_read().await?;
        let draft = the_invoice(&mut tx, partner_id, invoice_id).await?;
        if !draft.status.may_edit() {
            return Err(refused(&draft, "be edited"));
        }
        let lines = store::invoices::lines(&mut tx, partner_id, invoice_id).await?;
        tx.commit().await?;
        let lines = lines.into_iter().map(|line| {
            let Charge { description, quantity, unit, unit_price, taxable, .. } =
                charge_of(&line.facts)?;
            Ok(DraftLine { description, quantity, unit, unit_price, taxable })
        });
        Ok(DraftText { lines: lines.collect::<Result<_>>()?, notes: draft.issued_as.notes })
    }

    /// Gives a draft other lines, if it still has the version it was read with.
    pub async fn edit_draft(
        &self,
        partner_id: PartnerId,
        (invoice_id, seen): (InvoiceId, i64),
        text: &DraftText,
    ) -> Result<Invoice> {
        text.check()?;
        self.db
            .write(async |tx| {
                let old = the_invoice(tx, partner_id, invoice_id).await?;
                if !old.status.may_edit() {
                    return Err(refused(&old, "be edited"));
                }
                let desk = Desk::load(tx, partner_id, old.tenant_id).await?;
                let computed = self.computed(tx, &desk, &text.charges()).await?;
                let draft = desk.draft((invoice_id, old.created_at), (text, computed));
                store::invoices::save(tx, &draft.invoice, seen).await?;
                store::invoices::replace_parts(tx, &draft).await?;
                Ok::<_, AppError>(Invoice { version: seen + 1, ..draft.invoice })
            })
            .await
    }

    /// Issues a draft: it gets its number, its due day and its entries, and is locked.
    pub async fn finalise_draft(
        &self,
        partner_id: PartnerId,
        (invoice_id, seen): (InvoiceId, i64),
    ) -> Result<Invoice> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let mut book = store::ledger::lock_book(tx, partner_id).await?;
                let draft = the_invoice(tx, partner_id, invoice_id).await?;
                if !draft.status.may_edit() {
                    return Err(refused(&draft, "be finalised"));
                }
                let desk = Desk::load(tx, partner_id, draft.tenant_id).await?;
                let lines = store::invoices::lines(tx, partner_id, invoice_id).await?;
                let charges: Vec<Charge> =
                    lines.iter().map(|line| charge_of(&line.facts)).collect::<Result<_>>()?;
                let computed = self.computed(tx, &desk, &charges).await?;
                let issued = desk.issued(tx, &draft, (&computed, now)).await?;
                let taken = take_credits(&desk.credits, &issued, computed.credit_applied)?;
                store::invoices::save(tx, &issued, seen).await?;
                let parts = NewInvoice {
                    invoice: issued.clone(),
                    lines: computed.lines.clone(),
                    taxes: computed.taxes.clone(),
                };
                store::invoices::replace_parts(tx, &parts).await?;
                for credit in &taken {
                    store::credits::take(tx, partner_id, credit).await?;
                }
                if let Some(entry) = issue_tx(&issued, &computed, now)? {
                    store::ledger::post(tx, &mut book, &[entry]).await?;
                }
                let jobs = outbox::jobs_for_issued(&issued);
                store::jobs::enqueue_all(tx, partner_id, &jobs, now).await?;
                let auto_pay = begins_auto_pay(&desk.tenant, &issued);
                store::auto_pay::begin(tx, partner_id, auto_pay.as_slice()).await?;
                let issued = Invoice { version: seen + 1, ..issued };
                let mut happened =
                    vec![events::of_invoice("invoice.created", &issued, seen + 1, now)];
                if issued.due().is_zero() {
                    happened.push(events::of_invoice("invoice.paid", &issued, seen + 1, now));
                }
                store::events::append(tx, partner_id, &happened).await?;
                Ok::<_, AppError>(issued)
            })
            .await
    }

    /// Gives up a draft (INV-11).
    pub async fn void_draft(
        &self,
        partner_id: PartnerId,
        (invoice_id, seen): (InvoiceId, i64),
    ) -> Result<Invoice> {
        self.db
            .write(async |tx| {
                let draft = the_invoice(tx, partner_id, invoice_id).await?;
                let voided = applied(draft, InvoiceEvent::Void)?;
                store::invoices::save(tx, &voided, seen).await?;
                Ok::<_, AppError>(Invoice { version: seen + 1, ..voided })
            })
            .await
    }

    /// Takes back an issued invoice on which nothing was paid; the operator's business, on request
    /// and with a reason (INV-35). Credit that it used is given back.
    pub async fn cancel_invoice(
        &self,
        partner_id: PartnerId,
        (invoice_id, seen): (InvoiceId, i64),
        reason: &str,
    ) -> Result<Invoice> {
        if reason.trim().is_empty() || reason.len() > MAX_NOTE_BYTES {
            return Err(AppError::invalid("reason", "give 1 to 2,000 bytes"));
        }
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let mut book = store::ledger::lock_book(tx, partner_id).await?;
                let issued = idle_invoice(tx, partner_id, invoice_id).await?;
                let (subtotal, tax, credited) = (issued.subtotal, issued.tax, issued.credited);
                let cancelled = applied(issued, InvoiceEvent::Cancel)?;
                store::invoices::save(tx, &cancelled, seen).await?;
                let amounts = (subtotal, tax, credited);
                if let Some(entry) = cancel_tx(&cancelled, amounts, (reason, now))? {
                    store::ledger::post(tx, &mut book, &[entry]).await?;
                }
                if credited > Minor::ZERO {
                    let credit = returned_credit(&cancelled, credited, now);
                    store::credits::insert(tx, partner_id, &credit).await?;
                }
                let cancelled = Invoice { version: seen + 1, ..cancelled };
                let event = events::of_invoice("invoice.cancelled", &cancelled, seen + 1, now);
                store::events::append(tx, partner_id, &[event]).await?;
                outbox::redraw(tx, &cancelled, now).await?;
                Ok::<_, AppError>(cancelled)
            })
            .await
    }

    /// A draft's figures by the taxes and the credit of now.
    async fn computed(
        &self,
        tx: &mut Tx,
        desk: &Desk,
        charges: &[Charge],
    ) -> Result<ComputedInvoice> {
        let billing = Billing::load(tx, desk.partner.partner_id, &self.decks).await?;
        let mut taxes = billing.taxes(tx, &[desk.tenant.tenant_id]).await?;
        let taxes = taxes.remove(&desk.tenant.tenant_id).unwrap_or_default();
        let input = InvoiceInput {
            currency: desk.tenant.currency,
            closed: None,
            opening: None,
            charges,
            prior: &[],
            taxes: &taxes,
            credit_available: Minor::sum(desk.credits.iter().map(|credit| credit.remaining))?,
        };
        compute(&input).map_err(|error| AppError::invalid("lines", error.to_string()))
    }
}

impl Desk {
    async fn load(tx: &mut Tx, partner_id: PartnerId, tenant_id: TenantId) -> Result<Self> {
        let partner = store::partners::find(tx, partner_id).await?;
        let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        let tenant = store::tenants::find(tx, partner_id, tenant_id).await?;
        let tenant = tenant.ok_or_else(|| AppError::not_found("tenant", tenant_id))?;
        let credits = store::credits::open_of(tx, partner_id, &[tenant_id]).await?;
        Ok(Self { partner, tenant, credits })
    }

    fn draft(
        &self,
        (invoice_id, created_at): (InvoiceId, Timestamp),
        (text, computed): (&DraftText, ComputedInvoice),
    ) -> NewInvoice {
        let mut shown = issued_as(&self.partner, &self.tenant, (None, None));
        shown.notes.clone_from(&text.notes);
        let kind = InvoiceKind::OneTime;
        let invoice = Invoice {
            partner_id: self.partner.partner_id,
            invoice_id,
            tenant_id: self.tenant.tenant_id,
            kind,
            billing_key: billing_key(kind, created_at, invoice_id),
            number: None,
            status: InvoiceStatus::Draft,
            currency: self.tenant.currency,
            zone: self.tenant.zone.clone(),
            period: None,
            issued_at: None,
            issue_day: None,
            due_day: None,
            subtotal: computed.subtotal,
            tax: computed.tax,
            total: computed.total,
            credited: Minor::ZERO,
            paid: Minor::ZERO,
            refunded: Minor::ZERO,
            issued_as: shown,
            created_at,
            flagged_at: None,
            version: 1,
        };
        NewInvoice { invoice, lines: computed.lines, taxes: computed.taxes }
    }

    /// The draft as it is issued: names and brand of now, its number taken last.
    async fn issued(
        &self,
        tx: &mut Tx,
        draft: &Invoice,
        (computed, now): (&ComputedInvoice, Timestamp),
    ) -> Result<Invoice> {
        let logo = keep_logo(tx, &self.partner).await?;
        let mut shown = issued_as(&self.partner, &self.tenant, (None, logo.as_deref()));
        shown.notes.clone_from(&draft.issued_as.notes);
        let issue_day = self.tenant.zone.day_of(now);
        let number = store::invoices::take_numbers(tx, draft.partner_id, 1).await?;
        let invoice = Invoice {
            number: Some(NumberFormat::default().number(number.unsigned_abs())),
            issued_at: Some(now),
            issue_day: Some(issue_day),
            subtotal: computed.subtotal,
            tax: computed.tax,
            total: computed.total,
            issued_as: shown,
            ..draft.clone()
        };
        let due_day = due_day(issue_day, None, self.partner.terms_days);
        let credit_applied = computed.credit_applied;
        applied(invoice, InvoiceEvent::Finalise { due_day, credit_applied })
    }
}

async fn the_invoice(tx: &mut Tx, partner_id: PartnerId, invoice_id: InvoiceId) -> Result<Invoice> {
    let found = store::invoices::find(tx, partner_id, invoice_id).await?;
    found.ok_or_else(|| AppError::not_found("invoice", invoice_id))
}

fn refused(invoice: &Invoice, what: &str) -> AppError {
    AppError::Refused(format!("an invoice that is {} cannot {what}", invoice.status.as_str()))
}

fn applied(invoice: Invoice, event: InvoiceEvent) -> Result<Invoice> {
    let state = invoice.state().apply(event);
    let state = state.map_err(|error| AppError::Refused(error.to_string()))?;
    Ok(invoice.in_state(state))
}

/// The charge that a draft's line was written as.
fn charge_of(facts: &LineFacts) -> Result<Charge> {
    let LinePrice::PerUnit(unit_price) = facts.price else {
        return Err(AppError::Broken("a draft's line has no unit price".to_owned()));
    };
    Ok(Charge {
        id: None,
        kind: ChargeKind::OneTime,
        description: facts.description.clone(),
        quantity: facts.quantity,
        unit: facts.unit.clone(),
        unit_price,
        taxable: facts.taxable,
    })
}

fn returned_credit(invoice: &Invoice, amount: Minor, now: Timestamp) -> Credit {
    let number = invoice.number.as_deref().unwrap_or_default();
    Credit {
        credit_id: CreditId::derived(now, &["returned", &invoice.invoice_id.to_string()]),
        tenant_id: invoice.tenant_id,
        amount,
        remaining: amount,
        reason: format!("Returned from {number}"),
        created_at: now,
    }
}

/// Entries that take an invoice's own entries back.
fn cancel_tx(
    invoice: &Invoice,
    (subtotal, tax, credited): (Minor, Minor, Minor),
    (reason, now): (&str, Timestamp),
) -> Result<Option<LedgerTx>> {
    let receivable = Account::Receivable(invoice.tenant_id);
    let balance = Account::TenantBalance(invoice.tenant_id);
    let rows = [
        ((Account::PartnerRevenue, receivable), subtotal),
        ((Account::TaxPayable, receivable), tax),
        ((receivable, balance), credited),
    ];
    let mut transfers = Vec::new();
    for (sides, amount) in rows {
        let amount = invoice.currency.to_micros(amount)?;
        let tenant = Some(invoice.tenant_id);
        transfers.extend(Transfer::new(TransferKind::Cancellation, tenant, sides, amount)?);
    }
    if transfers.is_empty() {
        return Ok(None);
    }
    let id = invoice.invoice_id.to_string();
    let source = TxSource { kind: "invoice", id, purpose: "cancel" };
    let number = invoice.number.as_deref().unwrap_or_default();
    let description = format!("Invoice {number} cancelled: {reason}");
    LedgerTx::new(Flow::Retail, now, source, (description, transfers))
        .map(Some)
        .map_err(|error| AppError::Broken(error.to_string()))
}
