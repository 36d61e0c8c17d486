//! What partners are told about how they are paid.
//!
//! Decided here: plain text, to the partner's billing address, once per thing that happened. Where
//! an address is none, nobody is told and everything else goes on.

use adapters::mail::mailbox;
use domain::{ids::PartnerId, time::Timestamp};
use store::{db::Tx, mails::MailText};

use crate::error::{AppError, Result};

/// What a mail says.
pub(super) struct Notice<'a> {
    /// Names what happened: the same again is not mailed again.
    pub(super) key: String,
    /// The mail's subject.
    pub(super) subject: &'a str,
    /// What follows the greeting.
    pub(super) text: String,
}

/// Tells the partner.
pub(super) async fn tell(
    tx: &mut Tx,
    partner_id: PartnerId,
    notice: Notice<'_>,
    now: Timestamp,
) -> Result<()> {
    let partner = store::partners::find(tx, partner_id).await?;
    let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
    let brand =
        if partner.brand.name.is_empty() { &partner.company_name } else { &partner.brand.name };
    let sender = mailbox(brand, &partner.brand.support_email);
    let recipient = mailbox(&partner.company_name, &partner.billing_email);
    let (sender, recipient) = match (sender, recipient) {
        (Ok(sender), Ok(recipient)) => (sender, recipient),
        (Err(error), _) | (_, Err(error)) => {
            tracing::warn!(partner = %partner_id, %error, "not mailed");
            return Ok(());
        }
    };
    let text = MailText {
        sender,
        recipient,
        subject: notice.subject.to_owned(),
        body: format!("Hello {},\n\n{}\n", partner.company_name, notice.text),
        attachment: None,
    };
    store::mails::enqueue(tx, partner_id, (&notice.key, &text), now).await?;
    Ok(())
}
