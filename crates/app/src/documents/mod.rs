//! Invoices as documents: stored figures become the strings that a PDF prints.
//!
//! Decided here: which lines stand together, and what an invoice says around them. Every amount is
//! a stored one; none is computed, not even the sum of a group. Names, addresses, brand and logo
//! are those of the day of issue (INV-15); only what was paid since, and the status that follows
//! from it, is today's.

mod wording;

#[cfg(test)]
mod tests;

use adapters::pdf;
use domain::{
    ids::{InvoiceId, PartnerId},
    invoice::{
        issued::Invoice,
        line::{LineKind, LinePrice},
        status::InvoiceStatus,
    },
    money::Minor,
    tax::TaxLine,
    time::{Timestamp, Zone},
};
use store::{db::Tx, invoices, invoices::StoredLine};

pub use wording::{period, quantity, status};

use crate::{
    App,
    error::{AppError, Result},
};

/// All that a document of an invoice is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceParts {
    /// The invoice.
    pub invoice: Invoice,
    /// Its lines, in order.
    pub lines: Vec<StoredLine>,
    /// Its taxes, in order.
    pub taxes: Vec<TaxLine>,
    /// The logo of the day of issue, PNG or JPEG.
    pub logo: Option<Vec<u8>>,
}

/// Reads the parts of an invoice.
pub async fn load(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<InvoiceParts> {
    let invoice = invoices::find(tx, partner_id, invoice_id).await?;
    let invoice = invoice.ok_or_else(|| AppError::not_found("invoice", invoice_id))?;
    let logo = match &invoice.issued_as.logo_hash {
        Some(hash) => invoices::logo(tx, partner_id, hash).await?,
        None => None,
    };
    let lines = invoices::lines(tx, partner_id, invoice_id).await?;
    let taxes = invoices::taxes(tx, partner_id, invoice_id).await?;
    Ok(InvoiceParts { invoice, lines, taxes, logo })
}

/// Where the PDF of an issued invoice is kept; drafts have none.
pub fn file_name(invoice: &Invoice) -> Option<String> {
    let number = invoice.number.as_deref()?;
    Some(format!("pdf/{}/{}.pdf", invoice.partner_id, file_stem(number, invoice.invoice_id)))
}

/// The number where it can be a file's name, else the id.
fn file_stem(number: &str, invoice_id: InvoiceId) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !number.is_empty() && number.bytes().all(plain) {
        number.to_owned()
    } else {
        invoice_id.to_string()
    }
}

/// What an invoice says.
pub fn document(parts: &InvoiceParts) -> pdf::InvoiceDocument {
    let InvoiceParts { invoice, lines, taxes, logo } = parts;
    let issued_as = &invoice.issued_as;
    let brand = &issued_as.brand;
    let money = |amount| invoice.currency.display(amount);
    let is_draft = invoice.status == InvoiceStatus::Draft;
    pdf::InvoiceDocument {
        paper: Default::default(),
        language: "en-US".to_owned(),
        created: created_at(invoice.issued_at.unwrap_or(invoice.created_at)),
        brand: pdf::Brand {
            name: issued_as.brand_name().to_owned(),
            // A logo that cannot be read leaves the name in its place.
            logo: logo.as_deref().and_then(|bytes| pdf::Logo::parse(bytes).ok()),
            color: pdf::BrandColor::parse(&brand.color).unwrap_or_default(),
            address: rows(&brand.address),
            support_email: brand.support_email.clone(),
            website: present(&brand.website),
        },
        bill_to: pdf::BillTo {
            name: issued_as.tenant_name.clone(),
            address: rows(&issued_as.tenant_address),
            email: issued_as.billing_email.clone(),
        },
        title: if is_draft { "Draft invoice" } else { "Invoice" }.to_owned(),
        number: invoice.number.clone(),
        status: Some(badge(invoice.status)),
        issue_date: invoice.issue_day.map(|day| day.display_long()),
        due_date: invoice.due_day.map(|day| day.display_long()),
        period: invoice.period.map(|span| period(span, &invoice.zone)),
        statement_descriptor: present(&brand.statement_descriptor),
        currency: invoice.currency.code().to_owned(),
        highlight: highlight(invoice),
        pay_link: None,
        groups: groups(invoice, lines),
        tax_lines: taxes
            .iter()
            .map(|tax| pdf::TaxLine {
                name: tax.name.clone(),
                rate: tax.rate.percent(),
                amount: money(tax.amount),
            })
            .collect(),
        totals: totals(invoice, taxes.len()),
        fields: fields(invoice),
        notes: present(&issued_as.notes),
        footer: footer(invoice),
        labels: pdf::Labels::default(),
    }
}

fn badge(status: InvoiceStatus) -> pdf::Status {
    let tone = match status {
        InvoiceStatus::Draft | InvoiceStatus::Sent | InvoiceStatus::Cancelled => pdf::Tone::Neutral,
        InvoiceStatus::PartiallyPaid => pdf::Tone::Warning,
        InvoiceStatus::Paid => pdf::Tone::Positive,
        InvoiceStatus::Overdue => pdf::Tone::Negative,
    };
    pdf::Status { text: wording::status(status).to_owned(), tone }
}

/// The panel above the lines; left to the layout while money is due.
fn highlight(invoice: &Invoice) -> Option<pdf::Highlight> {
    let note = match invoice.status {
        InvoiceStatus::Paid => "Nothing is left to pay. Thank you!",
        InvoiceStatus::Cancelled => "This invoice was cancelled. Please do not pay it.",
        InvoiceStatus::Draft => "A draft. Amounts may change until the invoice is issued.",
        InvoiceStatus::Sent | InvoiceStatus::PartiallyPaid | InvoiceStatus::Overdue => return None,
    };
    Some(pdf::Highlight {
        label: "Amount due".to_owned(),
        amount: invoice.currency.display(invoice.due()),
        note: Some(note.to_owned()),
    })
}

const GROUPS: [&str; 3] = ["Subscription", "Usage", "One-time and adjustments"];

/// The place in [`GROUPS`] where a line stands.
fn group_of(kind: LineKind) -> usize {
    match kind {
        LineKind::BaseFee
        | LineKind::Extensions
        | LineKind::Dids
        | LineKind::TollFreeDids
        | LineKind::Recurring => 0,
        LineKind::Usage | LineKind::PriorPeriodUsage | LineKind::Metered => 1,
        LineKind::OneTime
        | LineKind::Discount
        | LineKind::UnusedAdvance
        | LineKind::CarriedToCredit => 2,
    }
}

fn groups(invoice: &Invoice, lines: &[StoredLine]) -> Vec<pdf::LineGroup> {
    let mut groups = GROUPS.map(|heading| pdf::LineGroup {
        heading: Some(heading.to_owned()),
        amount: None,
        lines: Vec::new(),
    });
    for line in lines {
        groups[group_of(line.facts.kind)].lines.push(printed(invoice, line));
    }
    groups.into_iter().filter(|group| !group.lines.is_empty()).collect()
}

/// A line as it is printed.
pub fn printed(invoice: &Invoice, line: &StoredLine) -> pdf::Line {
    let facts = &line.facts;
    pdf::Line {
        description: facts.description.clone(),
        detail: wording::share(facts.fraction),
        quantity: quantity(facts.quantity, &facts.unit),
        unit_price: match facts.price {
            LinePrice::PerUnit(rate) => invoice.currency.display_rate(rate),
            // Sums of other prices: there is no price of one.
            LinePrice::CallPrices(_) | LinePrice::Difference(_) => String::new(),
        },
        amount: invoice.currency.display(line.amount),
    }
}

fn totals(invoice: &Invoice, taxes: usize) -> pdf::Totals {
    let money = |amount| invoice.currency.display(amount);
    let taken = |amount: Minor| {
        // Stored amounts are never the one number that has no opposite.
        (!amount.is_zero()).then(|| money(amount.negated().unwrap_or(amount)))
    };
    pdf::Totals {
        subtotal: money(invoice.subtotal),
        tax: (taxes > 1).then(|| money(invoice.tax)),
        total: money(invoice.total),
        credit_applied: taken(invoice.credited),
        amount_paid: taken(invoice.paid),
        amount_due: Some(money(invoice.due())),
    }
}

fn fields(invoice: &Invoice) -> Vec<pdf::Field> {
    let field = |label: &str, value: String| pdf::Field { label: label.to_owned(), value };
    let plan = invoice.issued_as.plan.as_ref().filter(|plan| !plan.trim().is_empty());
    let refunded = (!invoice.refunded.is_zero()).then_some(invoice.refunded);
    plan.map(|plan| field("Plan", plan.clone()))
        .into_iter()
        .chain(refunded.map(|sum| field("Refunded", invoice.currency.display(sum))))
        .collect()
}

/// Who stands behind the brand, where that is not its name.
fn footer(invoice: &Invoice) -> Option<String> {
    let company = invoice.issued_as.company_name.trim();
    present(company).filter(|company| company != invoice.issued_as.brand_name().trim())
}

fn rows(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|row| !row.is_empty()).map(str::to_owned).collect()
}

fn present(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

pub(crate) fn created_at(instant: Timestamp) -> pdf::CreatedAt {
    let local = Zone::UTC.local(instant);
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    pdf::CreatedAt {
        year: u16::try_from(local.year()).unwrap_or_default(),
        month: small(local.month()),
        day: small(local.day()),
        hour: small(local.hour()),
        minute: small(local.minute()),
        second: small(local.second()),
    }
}

/// A file for somebody to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PdfFile {
    /// Its name, without folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl App {
    /// The PDF of an invoice: the kept file, or one made now where there is none.
    pub async fn invoice_pdf(
        &self,
        partner_id: PartnerId,
        invoice_id: InvoiceId,
    ) -> Result<PdfFile> {
        let mut tx = self.db.begin_read().await?;
        let parts = load(&mut tx, partner_id, invoice_id).await?;
        tx.commit().await?;
        let outside = self.outside.clone();
        let made = tokio::task::spawn_blocking(move || {
            let invoice = &parts.invoice;
            let stem = invoice.number.as_deref().unwrap_or("draft");
            let name = format!("{}.pdf", file_stem(stem, invoice_id));
            let kept = match file_name(invoice) {
                Some(path) => outside.files.read(&path).map_err(outside_failed)?,
                None => None,
            };
            let bytes = match kept {
                Some(bytes) => bytes,
                None => outside.pdf.render(&document(&parts)).map_err(outside_failed)?,
            };
            Ok(PdfFile { name, bytes })
        });
        made.await.map_err(outside_failed)?
    }
}

pub(crate) fn outside_failed(error: impl std::error::Error) -> AppError {
    AppError::Outside(error.to_string())
}
