//! Mails about an invoice that somebody asks for: the invoice once more, and reminders.
//!
//! Decided here: each request is one mail, written by a job like the first one, so that nobody
//! waits for a mail server. What cannot be mailed is refused at once.

use domain::{
    ids::{InvoiceId, MailId, PartnerId},
    invoice::{issued::Invoice, status::InvoiceStatus},
};
use store::{
    jobs::{self, NewJob},
    mails::MailText,
};

use super::{MAIL, REMIND, invoice_mail, payload};
use crate::{
    App,
    error::{AppError, Result},
};

/// What a mail about an invoice is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letter {
    /// It brings the invoice (INV-16).
    Invoice,
    /// It reminds of what is due (INV-13).
    Reminder,
}

impl Letter {
    /// Whether an invoice that stands so is mailed for this.
    pub(super) fn suits(self, status: InvoiceStatus) -> bool {
        match self {
            Self::Invoice => !matches!(status, InvoiceStatus::Draft | InvoiceStatus::Cancelled),
            Self::Reminder => status.is_open(),
        }
    }

    const fn job_kind(self) -> &'static str {
        match self {
            Self::Invoice => MAIL,
            Self::Reminder => REMIND,
        }
    }

    const fn what(self) -> &'static str {
        match self {
            Self::Invoice => "be sent",
            Self::Reminder => "be reminded of",
        }
    }

    /// The mail, where one is due; an error where none can be written.
    pub(super) fn text(
        self,
        invoice: &Invoice,
        link: Option<&str>,
    ) -> Result<Option<MailText>, String> {
        invoice_mail::text(invoice, self, link)
    }
}

impl App {
    /// Has a mail about an invoice written and sent, once for each time this is asked.
    pub async fn mail_invoice(
        &self,
        partner_id: PartnerId,
        (invoice_id, letter): (InvoiceId, Letter),
    ) -> Result<()> {
        let now = self.clock.now();
        let drawn: MailId = self.ids.draw(now);
        self.db
            .write(async |tx| {
                let invoice = store::invoices::find(tx, partner_id, invoice_id).await?;
                let invoice = invoice.ok_or_else(|| AppError::not_found("invoice", invoice_id))?;
                if !letter.suits(invoice.status) {
                    let (status, what) = (invoice.status.as_str(), letter.what());
                    let why = format!("an invoice that is {status} cannot {what}");
                    return Err(AppError::Refused(why));
                }
                letter.text(&invoice, None).map_err(AppError::Refused)?;
                let kind = letter.job_kind();
                let job = NewJob {
                    kind,
                    key: format!("{kind}:{invoice_id}:{drawn}"),
                    payload: payload(invoice_id),
                    run_at: now,
                };
                jobs::enqueue(tx, partner_id, &job, now).await?;
                Ok(())
            })
            .await
    }
}
