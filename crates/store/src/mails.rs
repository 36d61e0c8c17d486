//! The outbox: mails written in the transaction that causes them, sent afterwards.
//!
//! Decided here: a mail is written once per key. Taking, leases and the holder's token are as in
//! [`crate::jobs`]. A mail may go out twice where its sender dies between sending and marking; it
//! never gets lost.

use domain::{
    ids::{MailId, PartnerId},
    time::Timestamp,
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{guarded, id},
    db::{OPERATOR, Tx, on, owner_text},
    error::StoreError,
};

/// Stands in a body for what is sealed beside it.
pub const SECRET_MARK: &str = "[[link]]";

/// A mail's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailText {
    /// Who it comes from, as it stands in the header.
    pub sender: String,
    /// One address.
    pub recipient: String,
    /// The subject.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// A file's name in the mail, and where its bytes are.
    pub attachment: Option<(String, String)>,
}

/// A mail that this sender holds until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its id.
    pub mail_id: MailId,
    /// In whose name: a partner's, or the operator's.
    pub owner: Option<PartnerId>,
    /// What it is for.
    pub key: String,
    /// What it says.
    pub text: MailText,
    /// The sealed text that stands where the body says [`SECRET_MARK`].
    pub secret: Option<Vec<u8>>,
    /// How often it was taken, this time included.
    pub attempts: i64,
}

#[derive(sqlx::FromRow)]
struct MailRow {
    mail_id: String,
    partner_id: String,
    mail_key: String,
    sender: String,
    recipient: String,
    subject: String,
    body: String,
    attachment_name: Option<String>,
    attachment_path: Option<String>,
    secret: Option<Vec<u8>>,
    attempts: i64,
}

impl MailRow {
    fn read(self) -> Result<Mail, StoreError> {
        Ok(Mail {
            mail_id: id("mail.mail_id", &self.mail_id)?,
            owner: match self.partner_id.as_str() {
                OPERATOR => None,
                partner => Some(id("mail.partner_id", partner)?),
            },
            key: self.mail_key,
            text: MailText {
                sender: self.sender,
                recipient: self.recipient,
                subject: self.subject,
                body: self.body,
                attachment: self.attachment_name.zip(self.attachment_path),
            },
            secret: self.secret,
            attempts: self.attempts,
        })
    }
}

/// Puts a mail into the outbox and answers whether it is new.
pub async fn enqueue(
    tx: &mut Tx,
    owner: impl Into<Option<PartnerId>>,
    (key, text): (&str, &MailText),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let attachment = text.attachment.as_ref();
    let added = on!(tx, conn => sqlx::query(
        "insert into mail
           (mail_id, partner_id, mail_key, sender, recipient, subject, body, attachment_name,
            attachment_path, state, run_at, attempts, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, 0, $10)
         on conflict (mail_key) do nothing",
    )
    .bind(MailId::derived(now, &[key]).to_string())
    .bind(owner_text(owner.into()))
    .bind(key)
    .bind(&text.sender)
    .bind(&text.recipient)
    .bind(&text.subject)
    .bind(&text.body)
    .bind(attachment.map(|(name, _)| name.as_str()))
    .bind(attachment.map(|(_, path)| path.as_str()))
    .bind(now.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(added > 0)
}

/// Puts a mail into the outbox whose body says [`SECRET_MARK`] where `sealed` is opened as it goes
/// out, and answers whether it is new. What is sealed is gone once the mail is.
pub async fn enqueue_sealed(
    tx: &mut Tx,
    owner: Option<PartnerId>,
    (key, text, sealed): (&str, &MailText, &[u8]),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let is_new = enqueue(tx, owner, (key, text), now).await?;
    if is_new {
        on!(tx, conn => sqlx::query("update mail set secret = $2 where mail_key = $1")
            .bind(key).bind(sealed).execute(conn).await.map(drop))?;
    }
    Ok(is_new)
}

/// Takes up to `limit` mails that are due at `now` and holds them for `lease_seconds`, the longest
/// waiting first. Commit before sending them.
pub async fn claim(
    tx: &mut Tx,
    now: Timestamp,
    lease_seconds: i64,
    limit: i64,
) -> Result<Vec<Mail>, StoreError> {
    let sql = tx.skipping_locked(
        "with due as materialized (
           select mail_id from mail
           where state = 'queued' and run_at <= $1
           order by run_at, mail_id
           limit $3
           /* skip locked */
         )
         update mail set run_at = $2, attempts = attempts + 1
         where mail_id in (select mail_id from due)
         returning mail_id, partner_id, mail_key, sender, recipient, subject, body,
           attachment_name, attachment_path, secret, attempts",
    );
    let rows: Vec<MailRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(now.micros())
        .bind(now.plus_seconds(lease_seconds).micros())
        .bind(limit)
        .fetch_all(conn).await)?;
    let mut mails = rows.into_iter().map(MailRow::read).collect::<Result<Vec<Mail>, _>>()?;
    mails.sort_by_key(|mail| mail.mail_id);
    Ok(mails)
}

/// The mail went out, whoever holds it by now; `Stale` where that was known.
pub async fn mark_sent(tx: &mut Tx, mail: &Mail, now: Timestamp) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update mail set state = 'sent', sent_at = $2, last_error = null, secret = null
         where mail_id = $1 and state = 'queued'",
    )
    .bind(mail.mail_id.to_string())
    .bind(now.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the mail")
}

/// The mail did not go out and is tried again at `run_at`.
pub async fn retry(
    tx: &mut Tx,
    mail: &Mail,
    run_at: Timestamp,
    error: &str,
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update mail set run_at = $3, last_error = $4
         where mail_id = $1 and attempts = $2 and state = 'queued'",
    )
    .bind(mail.mail_id.to_string())
    .bind(mail.attempts)
    .bind(run_at.micros())
    .bind(error)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the mail")
}

/// The mail never goes out. It stays as a record.
pub async fn give_up(tx: &mut Tx, mail: &Mail, error: &str) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update mail set state = 'failed', last_error = $3, secret = null
         where mail_id = $1 and attempts = $2 and state = 'queued'",
    )
    .bind(mail.mail_id.to_string())
    .bind(mail.attempts)
    .bind(error)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the mail")
}
