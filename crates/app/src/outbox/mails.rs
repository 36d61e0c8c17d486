//! Sending what lies in the outbox.
//!
//! Decided here: a mail is noted as sent right after it went out, so that a process that dies
//! sends at most one mail again, with the same Message-ID.

use std::collections::BTreeSet;

use adapters::mail::{MailError, MailMessage};
use domain::time::Timestamp;
use store::{
    db::Tx,
    error::StoreError,
    mails::{self, Mail, SECRET_MARK},
};

use super::{Failure, OutboxReport, count, later, unless_known};
use crate::{App, error::Result};

/// Mails taken at once; few, because each may wait for a mail server within the lease.
const BATCH: i64 = 8;

impl App {
    /// Sends the mails that are due.
    pub(super) async fn send_mails(
        &self,
        (now, lease_seconds): (Timestamp, i64),
        report: &mut OutboxReport,
    ) -> Result<()> {
        let mut tried = BTreeSet::new();
        loop {
            let mut taken = self
                .db
                .write(async |tx: &mut Tx| mails::claim(tx, now, lease_seconds, BATCH).await)
                .await?;
            taken.retain(|mail| tried.insert(mail.mail_id));
            if taken.is_empty() {
                return Ok(());
            }
            for mail in &taken {
                let outcome = self.send_mail(mail).await;
                self.note_mail(mail, &outcome, now).await?;
                count(report, mail.attempts, outcome.as_ref().err());
                report.sent += u64::from(outcome.is_ok());
            }
        }
    }

    async fn send_mail(&self, mail: &Mail) -> Result<(), Failure> {
        let attachment = match &mail.text.attachment {
            None => None,
            Some((name, path)) => {
                let (files, path) = (self.outside.files.clone(), path.clone());
                let read = tokio::task::spawn_blocking(move || (files.read(&path), path)).await;
                let (read, path) = read.map_err(|error| Failure::Retry(error.to_string()))?;
                let read = read.map_err(|error| Failure::Retry(format!("{path}: {error}")))?;
                let bytes = read.ok_or_else(|| Failure::Retry(format!("{path} is not there")))?;
                Some((name.clone(), bytes))
            }
        };
        let mut body = mail.text.body.clone();
        if let Some(sealed) = &mail.secret {
            let opened = self.outside.vault.open(&mail.key, sealed);
            let opened = opened.map_err(|error| Failure::GiveUp(error.to_string()))?;
            body = body.replace(SECRET_MARK, &String::from_utf8_lossy(&opened));
        }
        let message = MailMessage {
            mail_id: mail.mail_id.to_string(),
            from: mail.text.sender.clone(),
            to: mail.text.recipient.clone(),
            subject: mail.text.subject.clone(),
            body,
            attachment,
            written_at: mail.mail_id.placed_at(),
        };
        self.outside.mail.deliver(&message).await.map_err(|error| match error {
            MailError::Retry(why) => Failure::Retry(why),
            MailError::GiveUp(why) => Failure::GiveUp(why),
        })
    }

    async fn note_mail(
        &self,
        mail: &Mail,
        outcome: &Result<(), Failure>,
        now: Timestamp,
    ) -> Result<()> {
        if let Err(failure) = outcome {
            tracing::warn!(mail = %mail.mail_id, attempt = mail.attempts, ?failure, "not sent");
        }
        self.db
            .write(async |tx: &mut Tx| {
                let noted = match outcome {
                    Ok(()) => mails::mark_sent(tx, mail, now).await,
                    Err(failure) => match later(failure, mail.attempts, now) {
                        (Some(run_at), why) => mails::retry(tx, mail, run_at, why).await,
                        (None, why) => mails::give_up(tx, mail, why).await,
                    },
                };
                unless_known(noted)
            })
            .await
            .map_err(|error: StoreError| error.into())
    }
}
