//! The mail that tells a partner that an endpoint was disabled (WHK-10, EML-03).
//!
//! Decided here: plain text, in the partner's brand, to its billing address.

use adapters::mail::{MailError, mailbox};
use domain::{account::Partner, webhook::endpoint::MAX_CONSECUTIVE_FAILURES};
use store::{mails::MailText, webhooks::endpoints::Endpoint};

/// The mail, if the partner's addresses are ones.
pub(super) fn text(partner: &Partner, endpoint: &Endpoint) -> Result<MailText, MailError> {
    let brand =
        if partner.brand.name.is_empty() { &partner.company_name } else { &partner.brand.name };
    Ok(MailText {
        sender: mailbox(brand, &partner.brand.support_email)?,
        recipient: mailbox(&partner.company_name, &partner.billing_email)?,
        subject: "A webhook endpoint was disabled".to_owned(),
        body: format!(
            "Hello {},\n\n\
             {MAX_CONSECUTIVE_FAILURES} attempts in a row to reach your webhook endpoint failed, \
             so it was disabled:\n\n  {}\n  {}\n\n\
             What waits for it is sent as soon as you enable it again. Events that happen until \
             then are not sent by themselves; a replay sends them.\n",
            partner.company_name, endpoint.url, endpoint.endpoint_id,
        ),
        attachment: None,
    })
}
