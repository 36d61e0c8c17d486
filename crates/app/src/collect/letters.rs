//! The mails about payments: receipts (PAY-05), and what did not come (PAY-07).
//!
//! Decided here: plain text in the partner's brand; written in the transaction that settles the
//! payment, once per payment and reader. A receipt is written when the money came and never before
//! (a bank's money is days on its way). An address that is none is left out: a mail must not keep
//! money from being booked.

use adapters::mail::mailbox;
use domain::{account::Partner, invoice::issued::Invoice, payment::Payment, time::Timestamp};
use store::{db::Tx, mails::MailText};

use crate::{App, error::Result};

/// The receipts of a payment: to the tenant's billing address, and to whoever paid.
pub(super) async fn receipts(
    app: &App,
    tx: &mut Tx,
    (payment, invoice): (&Payment, &Invoice),
) -> Result<()> {
    let now = app.clock.now();
    let shown = on_statement(app, tx, (payment, invoice)).await?;
    let billing = &invoice.issued_as.billing_email;
    let mut readers = vec![("billing", billing.as_str())];
    let payer = payment.receipt_to.as_deref();
    if let Some(payer) = payer.filter(|payer| !payer.eq_ignore_ascii_case(billing)) {
        readers.push(("payer", payer));
    }
    for (reader, address) in readers {
        let text =
            (receipt_subject(invoice), receipt_body((payment, invoice), shown.as_deref(), now));
        let key = format!("receipt:{}:{reader}", payment.payment_id);
        send(tx, invoice, (&key, address, text), now).await?;
    }
    Ok(())
}

/// What did not come: to the tenant with the link to pay, and to the partner.
pub(super) async fn failed(
    app: &App,
    tx: &mut Tx,
    (payment, invoice): (&Payment, &Invoice),
) -> Result<()> {
    let why = payment.failure.as_ref().map_or("", |failure| failure.message.as_str());
    let wants_customer = payment.failure.as_ref().is_some_and(|it| it.wants_customer());
    let amount = invoice.currency.display(payment.amount);
    let news = if wants_customer {
        format!(
            "Your bank wants you to confirm the payment of {amount} for invoice {} yourself. \
             Nothing was charged.",
            number(invoice)
        )
    } else {
        format!(
            "The payment of {amount} for invoice {} by {} did not come through: {why}.",
            number(invoice),
            payment.method
        )
    };
    let key = format!("payment_failed:{}", payment.payment_id);
    not_paid(app, tx, (invoice, &key), (&news, why)).await
}

/// There is nothing to charge an invoice to.
pub(super) async fn no_method(
    app: &App,
    tx: &mut Tx,
    (invoice, tries): (&Invoice, i64),
) -> Result<()> {
    let news = format!(
        "Invoice {} could not be paid automatically: there is no payment method to charge.",
        number(invoice)
    );
    let key = format!("payment_failed:{}:{tries}", invoice.invoice_id);
    not_paid(app, tx, (invoice, &key), (&news, "there is no payment method")).await
}

async fn not_paid(
    app: &App,
    tx: &mut Tx,
    (invoice, key): (&Invoice, &str),
    (news, why): (&str, &str),
) -> Result<()> {
    let now = app.clock.now();
    let issued_as = &invoice.issued_as;
    let link = app.mailed_link(tx, invoice).await?;
    let (brand, support) = (issued_as.brand_name(), &issued_as.brand.support_email);
    let mut body = format!("Hello {},\n\n{news}\n\n", issued_as.tenant_name);
    body += &format!("Amount due: {}\n", invoice.currency.display(invoice.due()));
    match link {
        Some(link) => body += &format!("\nPay it here:\n{link}\n"),
        None => body += "\nPlease pay it with another card or bank account.\n",
    }
    body += &format!("\nQuestions? Reply to this mail or write to {support}.\n\n{brand}\n");
    let subject = format!("Payment of invoice {} failed", number(invoice));
    let tenant_key = format!("{key}:tenant");
    let text = (subject, body);
    send(tx, invoice, (&tenant_key, &issued_as.billing_email, text), now).await?;
    let partner = store::partners::find(tx, invoice.partner_id).await?;
    let Some(partner) = partner else { return Ok(()) };
    let text = told_partner(&partner, (invoice, why));
    send(tx, invoice, (&format!("{key}:partner"), &partner.billing_email, text), now).await
}

fn told_partner(partner: &Partner, (invoice, why): (&Invoice, &str)) -> (String, String) {
    let tenant = &invoice.issued_as.tenant_name;
    let subject = format!("A payment of {tenant} failed");
    let body = format!(
        "Hello {},\n\n\
         {tenant} ({}) could not be charged for invoice {}: {why}.\n\n\
         Amount due: {}\n\nThe tenant was told.\n",
        partner.company_name,
        invoice.tenant_id,
        number(invoice),
        invoice.currency.display(invoice.due()),
    );
    (subject, body)
}

fn number(invoice: &Invoice) -> &str {
    invoice.number.as_deref().unwrap_or("without a number")
}

fn receipt_subject(invoice: &Invoice) -> String {
    format!("Receipt for invoice {} from {}", number(invoice), invoice.issued_as.brand_name())
}

/// What the payer's statement shows of a payment.
async fn on_statement(
    app: &App,
    tx: &mut Tx,
    (payment, invoice): (&Payment, &Invoice),
) -> Result<Option<String>> {
    let (Some(context), Some(method_id)) = (&payment.context, payment.method_id) else {
        return Ok(None);
    };
    let partner_id = invoice.partner_id;
    let method = store::payment_methods::find(tx, partner_id, method_id).await?;
    let Some(method) = method else { return Ok(None) };
    let own = invoice.issued_as.brand.statement_descriptor.as_str();
    app.shown_descriptor(tx, partner_id, (context, method.kind, own)).await
}

fn receipt_body(
    (payment, invoice): (&Payment, &Invoice),
    shown: Option<&str>,
    now: Timestamp,
) -> String {
    let issued_as = &invoice.issued_as;
    let money = |amount| invoice.currency.display(amount);
    let mut text = format!(
        "Hello {},\n\nthank you: your payment of invoice {} has arrived.\n\n",
        issued_as.tenant_name,
        number(invoice)
    );
    let mut row = |label: &str, value: String| text += &format!("{label:<16}{value}\n");
    row("Amount:", money(payment.amount));
    row("Paid with:", payment.method.clone());
    row("Date:", invoice.zone.day_of(now).display_long());
    row("Payment:", payment.payment_id.to_string());
    row("Still due:", money(invoice.due()));
    if let Some(shown) = shown {
        text += &format!("\nOn a statement the payment appears as {shown}.\n");
    }
    let (brand, support) = (issued_as.brand_name(), &issued_as.brand.support_email);
    text += &format!("\nQuestions? Reply to this mail or write to {support}.\n\n{brand}\n");
    text
}

async fn send(
    tx: &mut Tx,
    invoice: &Invoice,
    (key, address, (subject, body)): (&str, &str, (String, String)),
    now: Timestamp,
) -> Result<()> {
    let issued_as = &invoice.issued_as;
    let sender = mailbox(issued_as.brand_name(), &issued_as.brand.support_email);
    let recipient = mailbox("", address);
    match (sender, recipient) {
        (Ok(sender), Ok(recipient)) => {
            let text = MailText { sender, recipient, subject, body, attachment: None };
            store::mails::enqueue(tx, invoice.partner_id, (key, &text), now).await?;
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::warn!(invoice = %invoice.invoice_id, %error, "not mailed");
        }
    }
    Ok(())
}
