//! Credit notes (BEY-13): for refunds that succeeded, and for credits against issued invoices.
//!
//! Decided here: a note takes its number in the transaction that causes it. A credit against an
//! invoice is a credit like others, with a note that says what of it is tax; together with refunds
//! it is never more than the invoice.

use adapters::pdf;
use domain::{
    account::Credit,
    credit_note::CreditNote,
    ids::{CreditId, CreditNoteId, InvoiceId, PartnerId, RefundId},
    invoice::{issued::Invoice, number::NumberFormat, status::InvoiceStatus},
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::Minor,
    paging::{Page, PageRequest},
    refund::Refund,
    time::Timestamp,
};
use store::{
    credit_notes::{self, NoteFilter},
    credits,
    db::Tx,
    ledger,
};

use super::{locked, request::tax_of};
use crate::{
    App,
    documents::{PdfFile, document, load, outside_failed},
    error::{AppError, Result},
    events,
};

/// Bytes of a reason.
const MAX_REASON_BYTES: usize = 1_000;

/// A credit against an invoice that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCreditNote {
    /// Against what.
    pub invoice_id: InvoiceId,
    /// How much, tax included.
    pub amount: Minor,
    /// Why; shown to the tenant.
    pub reason: String,
}

/// What a note is for.
struct Cause<'a> {
    refund_id: Option<RefundId>,
    credit_id: Option<CreditId>,
    amounts: (Minor, Minor),
    reason: &'a str,
}

/// Numbers and keeps the note of a refund.
pub(super) async fn for_refund(
    tx: &mut Tx,
    invoice: &Invoice,
    refund: &Refund,
    now: Timestamp,
) -> Result<()> {
    let cause = Cause {
        refund_id: Some(refund.refund_id),
        credit_id: refund.credit_id,
        amounts: (refund.applied, refund.tax),
        reason: &refund.reason,
    };
    issue(tx, invoice, &cause, now).await.map(drop)
}

async fn issue(
    tx: &mut Tx,
    invoice: &Invoice,
    cause: &Cause<'_>,
    now: Timestamp,
) -> Result<CreditNote> {
    let partner_id = invoice.partner_id;
    let id = match (cause.refund_id, cause.credit_id) {
        (Some(refund_id), _) => CreditNoteId::derived(now, &["refund", &refund_id.to_string()]),
        (None, Some(credit_id)) => CreditNoteId::derived(now, &["credit", &credit_id.to_string()]),
        (None, None) => return Err(AppError::Broken("a credit note for nothing".to_owned())),
    };
    let number = credit_notes::take_number(tx, partner_id).await?;
    let note = CreditNote {
        credit_note_id: id,
        number: NumberFormat::credit_notes().number(number),
        tenant_id: invoice.tenant_id,
        invoice_id: invoice.invoice_id,
        refund_id: cause.refund_id,
        credit_id: cause.credit_id,
        currency: invoice.currency,
        amount: cause.amounts.0,
        tax: cause.amounts.1,
        reason: cause.reason.trim().to_owned(),
        issued_at: now,
        issue_day: invoice.zone.day_of(now),
        cancelled_at: None,
    };
    credit_notes::insert(tx, partner_id, &note).await?;
    let event = events::of_credit_note("credit_note.created", &note, now);
    store::events::append(tx, partner_id, &[event]).await?;
    Ok(note)
}

/// Cancels the note of a refund that came back; one that went beyond its invoice has none.
pub(super) async fn cancel_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    (refund_id, now): (RefundId, Timestamp),
) -> Result<()> {
    let Some(note) = credit_notes::of_refund(tx, partner_id, refund_id).await? else {
        return Ok(());
    };
    credit_notes::cancel(tx, partner_id, (note.credit_note_id, now)).await?;
    let note = CreditNote { cancelled_at: Some(now), ..note };
    let event = events::of_credit_note("credit_note.cancelled", &note, now);
    store::events::append(tx, partner_id, &[event]).await?;
    Ok(())
}

impl App {
    /// Gives a tenant a credit against one of its issued invoices, with a note.
    pub async fn give_credit_note(
        &self,
        partner_id: PartnerId,
        new: &NewCreditNote,
    ) -> Result<CreditNote> {
        let reason = new.reason.trim();
        if reason.is_empty() || reason.len() > MAX_REASON_BYTES {
            return Err(AppError::invalid("reason", "give 1 to 1,000 bytes"));
        }
        let now = self.clock.now();
        let credit_id: CreditId = self.ids.draw(now);
        self.db
            .write(async |tx: &mut Tx| {
                ledger::lock_book(tx, partner_id).await?;
                let invoice = locked(tx, partner_id, new.invoice_id).await?;
                check_amount(tx, &invoice, new.amount).await?;
                let tax = tax_of(tx, &invoice, new.amount).await?;
                let number = invoice.number.as_deref().unwrap_or("");
                let credit = Credit {
                    credit_id,
                    tenant_id: invoice.tenant_id,
                    amount: new.amount,
                    remaining: new.amount,
                    reason: format!("Credit for invoice {number}: {reason}"),
                    created_at: now,
                };
                let booking = booking(&invoice, (&credit, tax), now)?;
                ledger::post_once(tx, partner_id, &booking).await?;
                credits::insert(tx, partner_id, &credit).await?;
                let cause = Cause {
                    refund_id: None,
                    credit_id: Some(credit_id),
                    amounts: (new.amount, tax),
                    reason,
                };
                let note = issue(tx, &invoice, &cause, now).await?;
                let event = events::of_credit("credit.created", &credit, invoice.currency, now);
                store::events::append(tx, partner_id, &[event]).await?;
                Ok(note)
            })
            .await
    }

    /// One credit note of the partner.
    pub async fn credit_note(
        &self,
        partner_id: PartnerId,
        credit_note_id: CreditNoteId,
    ) -> Result<CreditNote> {
        let mut tx = self.db.begin_single().await?;
        let found = credit_notes::find(&mut tx, partner_id, credit_note_id).await?;
        tx.commit().await?;
        found.ok_or_else(|| AppError::not_found("credit note", credit_note_id))
    }

    /// A page of the partner's credit notes.
    pub async fn credit_notes(
        &self,
        partner_id: PartnerId,
        filter: NoteFilter,
        page: &PageRequest,
    ) -> Result<Page<CreditNote>> {
        let mut tx = self.db.begin_single().await?;
        let page = credit_notes::list(&mut tx, partner_id, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// The PDF of a credit note, in the brand of its invoice.
    pub async fn credit_note_pdf(
        &self,
        partner_id: PartnerId,
        credit_note_id: CreditNoteId,
    ) -> Result<PdfFile> {
        let mut tx = self.db.begin_read().await?;
        let found = credit_notes::find(&mut tx, partner_id, credit_note_id).await?;
        let note = found.ok_or_else(|| AppError::not_found("credit note", credit_note_id))?;
        let parts = load(&mut tx, partner_id, note.invoice_id).await?;
        tx.commit().await?;
        let name = format!("{}.pdf", note.number);
        let paper = printed(&note, &parts.invoice, document(&parts))?;
        let engine = self.outside.pdf.clone();
        let made = tokio::task::spawn_blocking(move || engine.render(&paper));
        let bytes = made.await.map_err(outside_failed)?.map_err(outside_failed)?;
        Ok(PdfFile { name, bytes })
    }
}

/// Refuses what is not issued, and more than is left of it.
async fn check_amount(tx: &mut Tx, invoice: &Invoice, amount: Minor) -> Result<()> {
    if matches!(invoice.status, InvoiceStatus::Draft | InvoiceStatus::Cancelled) {
        let status = invoice.status.as_str();
        return Err(AppError::Refused(format!("an invoice that is {status} has no credit notes")));
    }
    let (refunded, noted) =
        store::refunds::given_back(tx, invoice.partner_id, invoice.invoice_id).await?;
    let left = invoice.total.minus(refunded.amount)?.minus(noted.amount)?;
    if amount <= Minor::ZERO || amount > left {
        let most = invoice.currency.display(left.max(Minor::ZERO));
        let why = format!("must be more than 0 and at most the {most} not credited yet");
        return Err(AppError::invalid("amount", why));
    }
    Ok(())
}

/// Less earned, less tax owed, more owed to the tenant.
fn booking(invoice: &Invoice, (credit, tax): (&Credit, Minor), now: Timestamp) -> Result<LedgerTx> {
    let tenant_id = credit.tenant_id;
    let balance = Account::TenantBalance(tenant_id);
    let rows = [(Account::Refunds, credit.amount.minus(tax)?), (Account::TaxPayable, tax)];
    let mut transfers = Vec::with_capacity(2);
    for (account, amount) in rows {
        let amount = invoice.currency.to_micros(amount)?;
        let (kind, sides) = (TransferKind::CreditGiven, (account, balance));
        transfers.extend(Transfer::new(kind, Some(tenant_id), sides, amount)?);
    }
    let source = TxSource { kind: "credit", id: credit.credit_id.to_string(), purpose: "given" };
    LedgerTx::new(Flow::Retail, now, source, (credit.reason.clone(), transfers))
        .map_err(|error| AppError::Broken(error.to_string()))
}

/// The note on paper: the invoice's head with one line.
fn printed(
    note: &CreditNote,
    invoice: &Invoice,
    head: pdf::InvoiceDocument,
) -> Result<pdf::InvoiceDocument> {
    let money = |amount| note.currency.display(amount);
    let number = invoice.number.as_deref().unwrap_or("");
    let reason = note.reason.trim();
    let line = pdf::Line {
        description: format!("Credit for invoice {number}"),
        detail: (!reason.is_empty()).then(|| reason.to_owned()),
        quantity: String::new(),
        unit_price: String::new(),
        amount: money(note.net()?),
    };
    let tax = (!note.tax.is_zero()).then(|| pdf::TaxLine {
        name: "Tax".to_owned(),
        rate: String::new(),
        amount: money(note.tax),
    });
    let how = match (note.refund_id, note.credit_id) {
        (_, Some(_)) => "Added to your balance. Your next invoices use it.",
        _ => "Given back the way it was paid. Cards take 3 to 5 business days.",
    };
    let cancelled = note.cancelled_at.is_some();
    Ok(pdf::InvoiceDocument {
        title: "Credit note".to_owned(),
        number: Some(note.number.clone()),
        status: cancelled
            .then(|| pdf::Status { text: "Cancelled".to_owned(), tone: pdf::Tone::Negative }),
        created: crate::documents::created_at(note.issued_at),
        issue_date: Some(note.issue_day.display_long()),
        due_date: None,
        highlight: Some(pdf::Highlight {
            label: "Credited".to_owned(),
            amount: money(note.amount),
            note: Some(
                if cancelled { "The refund failed; nothing was credited." } else { how }.to_owned(),
            ),
        }),
        pay_link: None,
        groups: vec![pdf::LineGroup { heading: None, amount: None, lines: vec![line] }],
        tax_lines: tax.into_iter().collect(),
        totals: pdf::Totals {
            subtotal: money(note.net()?),
            total: money(note.amount),
            ..pdf::Totals::default()
        },
        fields: vec![pdf::Field { label: "Invoice".to_owned(), value: number.to_owned() }],
        notes: None,
        ..head
    })
}
