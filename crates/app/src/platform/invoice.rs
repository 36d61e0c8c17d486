//! Invoices of the operator for subscriptions: numbered, kept as issued, shown as PDF (PLT-33).
//!
//! Decided here: an invoice is issued in the transaction that settles its charge, so it is paid
//! from its first instant on and there is one for each charge. Its fee stands in the wallet's
//! history without moving the wallet (WAL-18). The PDF repeats what was kept.

use adapters::pdf;
use domain::{
    account::Partner,
    ids::{PartnerId, SubscriptionInvoiceId},
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    operator_charge::{FeeLine, OperatorCharge},
    paging::{Page, PageRequest},
    time::{Timestamp, Zone},
};
use serde::{Deserialize, Serialize};
use store::{
    db::Tx,
    jobs::{self, NewJob},
    mails::MailText,
    subscriptions::{self, SubscriptionInvoice},
};

use super::mails;
use crate::{
    App,
    documents::{PdfFile, created_at, outside_failed},
    error::{AppError, Result},
    setup::{the_operator, the_partner},
};

/// Writes the mail that brings an invoice to its partner.
pub(crate) const MAIL: &str = "subscription.mail";

/// Names, addresses and lines as issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    operator: String,
    company_name: String,
    address: String,
    billing_email: String,
    pub(super) lines: Vec<FeeLine>,
}

/// What an invoice says beside its figures.
pub(super) fn content(invoice: &SubscriptionInvoice) -> Result<Content> {
    serde_json::from_str(&invoice.content)
        .map_err(|error| AppError::Broken(format!("{}: {error}", invoice.invoice_id)))
}

/// Issues the invoice of a charge that succeeded; none where it pays no fee.
pub(super) async fn issue(
    tx: &mut Tx,
    partner: &Partner,
    charge: &OperatorCharge,
    now: Timestamp,
) -> Result<()> {
    let total = charge.fee()?;
    if total.is_zero() {
        return Ok(());
    }
    let operator = the_operator(tx).await?;
    let content = Content {
        operator: operator.name,
        company_name: partner.company_name.clone(),
        address: partner.brand.address.clone(),
        billing_email: partner.billing_email.clone(),
        lines: charge.facts.lines.clone(),
    };
    let content = serde_json::to_string(&content)
        .map_err(|error| AppError::Broken(format!("an invoice is no JSON: {error}")))?;
    let invoice_id = SubscriptionInvoiceId::derived(now, &[&charge.charge_id.to_string()]);
    let number = format!("SUB-{:06}", subscriptions::take_number(tx).await?);
    let invoice = SubscriptionInvoice {
        invoice_id,
        number,
        charge_id: charge.charge_id,
        purpose: charge.purpose.as_str().to_owned(),
        currency: charge.currency,
        total,
        content,
        issued_at: now,
    };
    subscriptions::insert_invoice(tx, partner.partner_id, &invoice).await?;
    book(tx, partner.partner_id, &invoice, now).await?;
    let job = NewJob {
        kind: MAIL,
        key: format!("{MAIL}:{invoice_id}"),
        payload: serde_json::json!({ "subscription_invoice_id": invoice_id }).to_string(),
        run_at: now,
    };
    jobs::enqueue(tx, partner.partner_id, &job, now).await?;
    Ok(())
}

/// The fee in the books: earned, and paid past the wallet (PLT-13).
async fn book(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice: &SubscriptionInvoice,
    now: Timestamp,
) -> Result<()> {
    let amount = invoice.currency.to_micros(invoice.total)?;
    let sides = (Account::OperatorCash, Account::OperatorRevenue);
    let transfer = Transfer::new(TransferKind::SubscriptionInvoice, None, sides, amount)?;
    let id = invoice.invoice_id.to_string();
    let source = TxSource { kind: "subscription_invoice", id, purpose: "fee" };
    let text = format!(
        "Subscription invoice {}: {}, by payment method",
        invoice.number,
        invoice.currency.display(invoice.total)
    );
    let parts = (text, transfer.into_iter().collect());
    let booking = LedgerTx::new(Flow::Wholesale, now, source, parts);
    let booking = booking.map_err(|error| AppError::Broken(error.to_string()))?;
    store::ledger::post_once(tx, partner_id, &booking).await?;
    Ok(())
}

impl App {
    /// A page of a partner's subscription invoices.
    pub async fn subscription_invoices(
        &self,
        partner_id: PartnerId,
        page: &PageRequest,
    ) -> Result<Page<SubscriptionInvoice>> {
        let mut tx = self.db.begin_single().await?;
        let page = subscriptions::invoices(&mut tx, partner_id, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// A subscription invoice of the partner.
    pub async fn subscription_invoice(
        &self,
        partner_id: PartnerId,
        invoice_id: SubscriptionInvoiceId,
    ) -> Result<SubscriptionInvoice> {
        let mut tx = self.db.begin_single().await?;
        let invoice = subscriptions::find_invoice(&mut tx, partner_id, invoice_id).await?;
        tx.commit().await?;
        invoice.ok_or_else(|| AppError::not_found("subscription invoice", invoice_id))
    }

    /// The PDF of a subscription invoice.
    pub async fn subscription_invoice_pdf(
        &self,
        partner_id: PartnerId,
        invoice_id: SubscriptionInvoiceId,
    ) -> Result<PdfFile> {
        let invoice = self.subscription_invoice(partner_id, invoice_id).await?;
        let document = document(&invoice)?;
        let engine = self.outside.pdf.clone();
        let made = tokio::task::spawn_blocking(move || {
            let bytes = engine.render(&document).map_err(outside_failed)?;
            Ok(PdfFile { name: format!("{}.pdf", invoice.number), bytes })
        });
        made.await.map_err(outside_failed)?
    }
}

/// The mail that brings an invoice; its PDF is put in its place first. Doing it twice gives the
/// same.
pub(crate) async fn mail_of(
    app: &App,
    partner_id: PartnerId,
    invoice_id: SubscriptionInvoiceId,
) -> Result<(String, MailText)> {
    let file = app.subscription_invoice_pdf(partner_id, invoice_id).await?;
    let invoice = app.subscription_invoice(partner_id, invoice_id).await?;
    let path = format!("pdf/{partner_id}/{}", file.name);
    app.outside.files.write(&path, &file.bytes).map_err(outside_failed)?;
    let mut tx = app.db.begin_read().await?;
    let partner = the_partner(&mut tx, partner_id).await?;
    let operator = the_operator(&mut tx).await?;
    tx.commit().await?;
    let amount = invoice.currency.display(invoice.total);
    let letter = mails::Letter {
        key: format!("subscription_invoice:{invoice_id}"),
        subject: format!("Invoice {} for {amount}", invoice.number),
        body: format!(
            "Your payment method was charged {amount} for your {} subscription. The invoice is \
             attached.",
            operator.name
        ),
    };
    let text = mails::text(&partner, &operator.name, &letter);
    let text = text.map_err(|error| AppError::Outside(error.to_string()))?;
    Ok((letter.key, MailText { attachment: Some((file.name, path)), ..text }))
}

fn document(invoice: &SubscriptionInvoice) -> Result<pdf::InvoiceDocument> {
    let content = content(invoice)?;
    let money = |amount| invoice.currency.display(amount);
    let rows = |text: &str| text.lines().map(str::to_owned).collect();
    let lines = content.lines.iter().map(|line| pdf::Line {
        description: line.description.clone(),
        detail: (!line.fraction.is_whole()).then(|| format!("{} days", line.fraction)),
        quantity: "1".to_owned(),
        unit_price: String::new(),
        amount: money(line.amount),
    });
    Ok(pdf::InvoiceDocument {
        language: "en-US".to_owned(),
        created: created_at(invoice.issued_at),
        brand: pdf::Brand { name: content.operator.clone(), ..Default::default() },
        bill_to: pdf::BillTo {
            name: content.company_name.clone(),
            address: rows(&content.address),
            email: content.billing_email.clone(),
        },
        title: "Invoice".to_owned(),
        number: Some(invoice.number.clone()),
        status: Some(pdf::Status { text: "Paid".to_owned(), tone: pdf::Tone::Positive }),
        issue_date: Some(Zone::UTC.day_of(invoice.issued_at).display_long()),
        currency: invoice.currency.code().to_owned(),
        highlight: Some(pdf::Highlight {
            label: "Amount due".to_owned(),
            amount: money(domain::money::Minor::ZERO),
            note: Some("Paid by your payment method. Thank you!".to_owned()),
        }),
        groups: vec![pdf::LineGroup {
            heading: Some("Subscription".to_owned()),
            amount: None,
            lines: lines.collect(),
        }],
        totals: pdf::Totals {
            subtotal: money(invoice.total),
            total: money(invoice.total),
            amount_paid: Some(money(invoice.total.negated()?)),
            amount_due: Some(money(domain::money::Minor::ZERO)),
            ..Default::default()
        },
        ..Default::default()
    })
}
