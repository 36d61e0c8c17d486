//! The mail that forwards a dispute to its partner (REF-16).
//!
//! Decided here: plain text, in the partner's brand, to its billing address (ruling 23). It says
//! what is disputed, why, and until when evidence is taken, so that the partner can reply with it.

use adapters::mail::{MailError, mailbox};
use domain::{account::Partner, dispute::Dispute, invoice::issued::Invoice};
use store::mails::MailText;

/// The mail, if the partner's addresses are ones.
pub(super) fn text(
    partner: &Partner,
    (dispute, invoice): (&Dispute, &Invoice),
) -> Result<MailText, MailError> {
    let brand =
        if partner.brand.name.is_empty() { &partner.company_name } else { &partner.brand.name };
    let number = invoice.number.as_deref().unwrap_or("without a number");
    let mut body = format!(
        "Hello {},\n\n\
         {} disputes its payment of {} for invoice {number}.\n\n\
         Reason:        {}\n\
         Dispute:       {}\n\
         Payment:       {}\n",
        partner.company_name,
        invoice.issued_as.tenant_name,
        invoice.currency.display(dispute.amount),
        dispute.reason,
        dispute.dispute_id,
        dispute.payment_id,
    );
    if let Some(due) = dispute.evidence_due {
        let day = partner.zone.day_of(due).display_long();
        body += &format!("Evidence until: {day}\n");
    }
    body += "\nPlease reply with whatever shows that the service was used: the invoice and the \
             calls of its period can be downloaded together as evidence. We submit it for you.\n";
    Ok(MailText {
        sender: mailbox(brand, &partner.brand.support_email)?,
        recipient: mailbox(&partner.company_name, &partner.billing_email)?,
        subject: format!("A payment of invoice {number} is disputed"),
        body,
        attachment: None,
    })
}
