//! The mails that bring an invoice to its tenant (INV-16) and remind of it (INV-13).
//!
//! Decided here: plain text in the partner's brand and in nobody else's (INV-28): from the brand's
//! support address, signed with the brand's name. It says what is due and when, and carries the PDF
//! and the link to the invoice's page (BEY-11). A cancelled invoice is not mailed, and of one that
//! is paid nobody is reminded.

use domain::invoice::{issued::Invoice, status::InvoiceStatus};
use store::mails::MailText;

use super::Letter;
use crate::documents::{file_name, period};

/// The mail of an invoice; `None` where none is due any more, an error where none can be written.
pub(super) fn text(
    invoice: &Invoice,
    letter: Letter,
    link: Option<&str>,
) -> Result<Option<MailText>, String> {
    let issued_as = &invoice.issued_as;
    let number = invoice.number.as_deref().ok_or("an invoice without a number is not mailed")?;
    let path = file_name(invoice).ok_or("an invoice without a number has no file")?;
    if !letter.suits(invoice.status) {
        return Ok(None);
    }
    let brand = issued_as.brand_name();
    let sender = adapters::mail::mailbox(brand, &issued_as.brand.support_email)
        .map_err(|error| format!("the brand's support address: {error}"))?;
    let recipient = adapters::mail::mailbox("", &issued_as.billing_email)
        .map_err(|error| format!("the tenant's billing address: {error}"))?;
    let file = path.rsplit('/').next().unwrap_or(&path).to_owned();
    Ok(Some(MailText {
        sender,
        recipient,
        subject: match letter {
            Letter::Invoice => format!("Invoice {number} from {brand}"),
            Letter::Reminder => format!("Reminder: invoice {number} from {brand}"),
        },
        body: body(invoice, (number, letter), link),
        attachment: Some((file, path)),
    }))
}

fn body(invoice: &Invoice, (number, letter): (&str, Letter), link: Option<&str>) -> String {
    let issued_as = &invoice.issued_as;
    let money = |amount| invoice.currency.display(amount);
    let bills = invoice
        .period
        .map_or(String::new(), |span| format!(" for {}", period(span, &invoice.zone)));
    let news = match (letter, invoice.status) {
        (Letter::Invoice, _) => format!("Your invoice {number}{bills} is attached."),
        (Letter::Reminder, InvoiceStatus::Overdue) => {
            format!("Your invoice {number}{bills} is overdue. It is attached once more.")
        }
        (Letter::Reminder, _) => {
            format!("Your invoice {number}{bills} is not paid yet. It is attached once more.")
        }
    };
    let mut text = format!("Hello {},\n\n{news}\n\n", issued_as.tenant_name);
    let mut row = |label: &str, value: String| text += &format!("{label:<16}{value}\n");
    row("Total:", money(invoice.total));
    if !invoice.credited.is_zero() {
        row("Credit applied:", money(invoice.credited));
    }
    if !invoice.paid.is_zero() {
        row("Paid:", money(invoice.paid));
    }
    row("Amount due:", money(invoice.due()));
    if invoice.due().is_zero() {
        text += "\nThere is nothing to pay.\n";
    } else if let Some(day) = invoice.due_day {
        row("Due date:", day.display_long());
    }
    if let Some(link) = link {
        let what = if invoice.due().is_zero() { "See" } else { "See and pay" };
        text += &format!("\n{what} it here, without signing in:\n{link}\n");
    }
    let descriptor = issued_as.brand.statement_descriptor.trim();
    if !descriptor.is_empty() && !invoice.due().is_zero() {
        text += &format!("\nOn a card statement the payment appears as {descriptor}.\n");
    }
    let (brand, support) = (issued_as.brand_name(), &issued_as.brand.support_email);
    text += &format!("\nQuestions? Reply to this mail or write to {support}.\n\n{brand}\n");
    for row in [&issued_as.brand.address, &issued_as.brand.website] {
        if !row.trim().is_empty() {
            text += &format!("{}\n", row.trim());
        }
    }
    text
}
