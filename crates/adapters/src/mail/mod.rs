//! Mail: one message to one address, by SMTP, into a folder, or kept in memory.
//!
//! Decided here: how a message is written (RFC 5322, plain text with at most one attachment), and
//! which failures are worth another try. The same [`MailMessage`] always gives the same bytes, its
//! Message-ID included, so that a mail that goes out twice is one mail to those who receive it.
//! Nothing but what the message holds is written: no product name, no name of this machine.

mod message;
mod smtp;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use domain::time::Timestamp;

pub use message::mailbox;
pub use smtp::{SmtpConfig, SmtpCredentials, SmtpSecurity};

use crate::data_dir;

/// A mail to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailMessage {
    /// Names the mail for ever: its file's name, and what stands before the `@` of its Message-ID.
    pub mail_id: String,
    /// Who it comes from, as in the header: `"Name" <address>`.
    pub from: String,
    /// One address, with or without a name.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// A file's name and its bytes.
    pub attachment: Option<(String, Vec<u8>)>,
    /// When it was written.
    pub written_at: Timestamp,
}

/// Why a mail was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// It may work later: no connection, a full mailbox, a greylist, a full disk.
    #[error("mail not delivered yet: {0}")]
    Retry(String),
    /// It never will: a malformed or refused address.
    #[error("mail cannot be delivered: {0}")]
    GiveUp(String),
}

/// Where mails go.
#[derive(Debug, Clone)]
pub enum MailSink {
    /// One `.eml` file per mail; the same mail again overwrites its file.
    Folder(PathBuf),
    /// To a mail server.
    Smtp(Box<SmtpConfig>),
    /// Kept by mail id, in this process only; all clones share it.
    Memory(Arc<Mutex<BTreeMap<String, MailMessage>>>),
}

impl Default for MailSink {
    fn default() -> Self {
        Self::Memory(Arc::default())
    }
}

impl MailSink {
    /// Delivers one mail. Call it outside of any transaction.
    pub async fn deliver(&self, mail: &MailMessage) -> Result<(), MailError> {
        let message = message::compose(mail)?;
        match self {
            Self::Folder(folder) => {
                let path = folder.join(format!("{}.eml", message::file_stem(&mail.mail_id)?));
                let bytes = message.formatted();
                let written =
                    tokio::task::spawn_blocking(move || data_dir::write_whole(&path, &bytes)).await;
                let outcome = written.map_err(|error| MailError::Retry(error.to_string()))?;
                outcome.map_err(|error| MailError::Retry(error.to_string()))
            }
            Self::Smtp(config) => smtp::send(config, &message).await,
            Self::Memory(mails) => {
                let mut mails = mails.lock().unwrap_or_else(PoisonError::into_inner);
                mails.insert(mail.mail_id.clone(), mail.clone());
                Ok(())
            }
        }
    }

    /// What was delivered to memory, by mail id; nothing for the other forms.
    pub fn kept(&self) -> Vec<MailMessage> {
        let Self::Memory(mails) = self else { return Vec::new() };
        let mails = mails.lock().unwrap_or_else(PoisonError::into_inner);
        mails.values().cloned().collect()
    }
}
