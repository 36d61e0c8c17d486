//! The outbox: what must happen after an invoice is issued, done at least once.
//!
//! Decided here: a job that is claimed is done, tried again later or given up, and every handler
//! may run twice: a PDF is rendered to the same bytes and put in place whole, a mail is written
//! once per key and keeps its Message-ID. A process may be killed at any point; what it held is
//! due again. Neither the PDF engine nor a mail server is waited for inside a transaction.

mod invoice_mail;
mod letters;
mod mails;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use domain::{ids::InvoiceId, invoice::issued::Invoice, time::Timestamp};
use serde_json::{Value, json};
use store::{
    db::Tx,
    error::StoreError,
    jobs,
    jobs::{Job, NewJob},
    mails::MailText,
};
use tokio::task::JoinHandle;

pub use self::letters::Letter;
use crate::{
    App,
    documents::{InvoiceParts, document, file_name, load},
    error::{AppError, Result},
    methods, platform, processors,
};

/// Renders an invoice and keeps the file.
const RENDER: &str = "invoice.pdf";
/// Writes the mail that brings an invoice to its tenant.
const MAIL: &str = "invoice.mail";
/// Writes the mail that reminds of an invoice.
const REMIND: &str = "invoice.reminder";

/// Jobs taken at once: enough to keep every core busy, few enough to be soon done again.
const BATCH: i64 = 16;
/// How long a worker beside others holds what it takes.
const LEASE_SECONDS: i64 = 300;
/// Tries until a job or a mail is given up; with the doubling wait that is about four days.
const MAX_TRIES: i64 = 12;
/// Seconds until the second try.
const FIRST_WAIT_SECONDS: i64 = 60;
/// No wait between tries is longer than twelve hours.
const LONGEST_WAIT_SECONDS: i64 = 43_200;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxReport {
    /// Jobs done.
    pub done: u64,
    /// Mails sent.
    pub sent: u64,
    /// Jobs and mails that failed and will be tried again.
    pub retried: u64,
    /// Jobs and mails that failed for good.
    pub given_up: u64,
}

/// Why a job or a mail failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It may work later.
    Retry(String),
    /// It never will.
    GiveUp(String),
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound { .. } => Self::GiveUp(error.to_string()),
            error => Self::Retry(error.to_string()),
        }
    }
}

/// What a job leaves to be written down.
enum Done {
    Nothing,
    Mail { key: String, text: Box<MailText> },
}

/// A job on a thread of its own.
type Running = JoinHandle<Result<Done, Failure>>;

/// What issuing an invoice asks for. Enqueue them in the transaction that issues it.
pub fn jobs_for_issued(invoice: &Invoice) -> Vec<NewJob> {
    // The file's turn comes first, so that the mail seldom has to make it.
    vec![job(RENDER, invoice, -1), job(MAIL, invoice, 0)]
}

fn key(kind: &str, invoice_id: InvoiceId) -> String {
    format!("{kind}:{invoice_id}")
}

fn job(kind: &'static str, invoice: &Invoice, seconds_after_issue: i64) -> NewJob {
    let issued_at = invoice.issued_at.unwrap_or(invoice.created_at);
    NewJob {
        kind,
        key: key(kind, invoice.invoice_id),
        payload: payload(invoice.invoice_id),
        run_at: issued_at.plus_seconds(seconds_after_issue),
    }
}

/// Has the PDF of an invoice made anew, because its status or what is due has changed.
pub(crate) async fn redraw(tx: &mut Tx, invoice: &Invoice, now: Timestamp) -> Result<()> {
    let job = NewJob {
        kind: RENDER,
        key: format!("{RENDER}:{}:{}", invoice.invoice_id, invoice.version),
        payload: payload(invoice.invoice_id),
        run_at: now,
    };
    jobs::enqueue(tx, invoice.partner_id, &job, now).await?;
    Ok(())
}

fn payload(invoice_id: InvoiceId) -> String {
    json!({ "invoice_id": invoice_id }).to_string()
}

/// What names a job's mail: the first mail of an invoice by the invoice, any other by its job.
fn mail_key(job: &Job, invoice_id: InvoiceId) -> String {
    if job.key == key(MAIL, invoice_id) { format!("invoice:{invoice_id}") } else { job.key.clone() }
}

/// When a try that failed is followed by the next; `None` after the last.
fn next_try(tries: i64, now: Timestamp) -> Option<Timestamp> {
    if tries >= MAX_TRIES {
        return None;
    }
    let doublings = u32::try_from(tries.clamp(1, 20) - 1).unwrap_or_default();
    let wait = FIRST_WAIT_SECONDS.saturating_mul(1_i64 << doublings).min(LONGEST_WAIT_SECONDS);
    Some(now.plus_seconds(wait))
}

/// Somebody else was faster; that is all right.
fn unless_known(outcome: Result<(), StoreError>) -> Result<(), StoreError> {
    match outcome {
        Err(StoreError::Stale(_)) => Ok(()),
        outcome => outcome,
    }
}

impl App {
    /// Does everything that is due up to `until`, mails included, and ends. Nothing is held: what
    /// a killed run leaves undone is due at once for the next, and two runs at once do some of the
    /// work twice.
    pub async fn run_jobs(&self, until: Timestamp) -> Result<OutboxReport> {
        self.work(until, 0).await
    }

    /// Does everything that is due at `now` as one worker of several: what it takes is nobody
    /// else's until it is done or the lease ends.
    pub async fn work_jobs(&self, now: Timestamp) -> Result<OutboxReport> {
        self.work(now, LEASE_SECONDS).await
    }

    async fn work(&self, now: Timestamp, lease_seconds: i64) -> Result<OutboxReport> {
        let mut report = OutboxReport::default();
        // Each job once per run: a failure that somebody else's claim hides is not tried for ever.
        let mut tried = BTreeSet::new();
        loop {
            let mut taken = self
                .db
                .write(async |tx: &mut Tx| jobs::claim(tx, now, lease_seconds, BATCH).await)
                .await?;
            taken.retain(|job| tried.insert(job.job_id));
            if taken.is_empty() {
                break;
            }
            let outcomes = self.run_batch(&taken).await;
            self.note(&taken, &outcomes, now).await?;
            for (job, outcome) in taken.iter().zip(&outcomes) {
                count(&mut report, job.attempts, outcome.as_ref().err());
                report.done += u64::from(outcome.is_ok());
            }
        }
        self.send_mails((now, lease_seconds), &mut report).await?;
        Ok(report)
    }

    /// Reads what the jobs need, then renders them side by side.
    async fn run_batch(&self, taken: &[Job]) -> Vec<Result<Done, Failure>> {
        let mut running = Vec::with_capacity(taken.len());
        for job in taken {
            running.push(self.start(job).await);
        }
        let mut outcomes = Vec::with_capacity(taken.len());
        for started in running {
            outcomes.push(match started {
                Ok(handle) => {
                    handle.await.unwrap_or_else(|error| Err(Failure::Retry(error.to_string())))
                }
                Err(failure) => Err(failure),
            });
        }
        outcomes
    }

    async fn start(&self, job: &Job) -> Result<Running, Failure> {
        let (partner_id, key) = (job.partner_id, job.key.as_str());
        let told = match job.kind.as_str() {
            processors::DESCRIPTOR => Some(self.tell_descriptor(partner_id, key).await),
            processors::ENDPOINT => Some(self.make_endpoint(partner_id, key).await),
            methods::DETACH => Some(self.detach(partner_id, &job.payload).await),
            _ => None,
        };
        if let Some(told) = told {
            told?;
            // What is done is done; only its handle is still to be waited for.
            return Ok(tokio::spawn(std::future::ready(Ok(Done::Nothing))));
        }
        let payload: Value = serde_json::from_str(&job.payload).unwrap_or_default();
        if job.kind == platform::SUBSCRIPTION_MAIL {
            let written = self.subscription_mail(job, &payload).await?;
            return Ok(tokio::spawn(std::future::ready(Ok(written))));
        }
        let invoice_id = payload["invoice_id"].as_str().and_then(|text| text.parse().ok());
        let wrong = || Failure::GiveUp(format!("{:?} names no invoice", job.payload));
        let invoice_id: InvoiceId = invoice_id.ok_or_else(wrong)?;
        let app = self.clone();
        Ok(match job.kind.as_str() {
            RENDER => {
                let parts = self.parts(job, invoice_id).await?;
                tokio::task::spawn_blocking(move || app.render(&parts))
            }
            MAIL | REMIND => {
                let parts = self.parts(job, invoice_id).await?;
                let letter = if job.kind == MAIL { Letter::Invoice } else { Letter::Reminder };
                let link = self.link_for_mail(&parts.invoice).await?;
                let key = mail_key(job, invoice_id);
                let write = move || app.write_mail(&parts, (letter, key), link.as_deref());
                tokio::task::spawn_blocking(write)
            }
            kind => return Err(Failure::GiveUp(format!("nobody does jobs of kind {kind:?}"))),
        })
    }

    /// The mail that brings a subscription invoice to its partner (PLT-39).
    async fn subscription_mail(&self, job: &Job, payload: &Value) -> Result<Done, Failure> {
        let id = payload["subscription_invoice_id"].as_str().and_then(|text| text.parse().ok());
        let wrong = || Failure::GiveUp(format!("{:?} names no invoice", job.payload));
        let invoice_id = id.ok_or_else(wrong)?;
        let (key, text) = platform::mail_of(self, job.partner_id, invoice_id).await?;
        Ok(Done::Mail { key, text: Box::new(text) })
    }

    async fn parts(&self, job: &Job, invoice_id: InvoiceId) -> Result<InvoiceParts, Failure> {
        let mut tx = self.db.begin_read().await.map_err(AppError::from)?;
        let parts = load(&mut tx, job.partner_id, invoice_id).await?;
        tx.commit().await.map_err(AppError::from)?;
        Ok(parts)
    }

    /// The link to the invoice's page, for a mail.
    async fn link_for_mail(&self, invoice: &Invoice) -> Result<Option<String>, Failure> {
        let link = self.db.write(async |tx: &mut Tx| self.mailed_link(tx, invoice).await).await;
        Ok(link?)
    }

    fn render(&self, parts: &InvoiceParts) -> Result<Done, Failure> {
        let name = file_name(&parts.invoice);
        let name = name.ok_or_else(|| Failure::GiveUp("a draft has no file".to_owned()))?;
        let bytes = self.outside.pdf.render(&document(parts));
        let bytes = bytes.map_err(|error| Failure::GiveUp(error.to_string()))?;
        let written = self.outside.files.write(&name, &bytes);
        written.map_err(|error| Failure::Retry(format!("{name}: {error}")))?;
        Ok(Done::Nothing)
    }

    /// A mail about an invoice, once its PDF is there to be attached.
    fn write_mail(
        &self,
        parts: &InvoiceParts,
        (letter, key): (Letter, String),
        link: Option<&str>,
    ) -> Result<Done, Failure> {
        let Some(text) = letter.text(&parts.invoice, link).map_err(Failure::GiveUp)? else {
            return Ok(Done::Nothing);
        };
        let (_, path) = text.attachment.as_ref().expect("an invoice's mail has its PDF");
        let kept = self.outside.files.read(path);
        if kept.map_err(|error| Failure::Retry(format!("{path}: {error}")))?.is_none() {
            self.render(parts)?;
        }
        Ok(Done::Mail { key, text: Box::new(text) })
    }

    /// Writes down what came of a batch, in one transaction.
    async fn note(
        &self,
        taken: &[Job],
        outcomes: &[Result<Done, Failure>],
        now: Timestamp,
    ) -> Result<()> {
        let noted = self
            .db
            .write(async |tx: &mut Tx| {
                for (job, outcome) in taken.iter().zip(outcomes) {
                    note_one(tx, job, outcome, now).await?;
                }
                Ok::<(), StoreError>(())
            })
            .await;
        noted.map_err(AppError::from)
    }
}

async fn note_one(
    tx: &mut Tx,
    job: &Job,
    outcome: &Result<Done, Failure>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Ok(Done::Mail { key, text }) = outcome {
        store::mails::enqueue(tx, job.partner_id, (key, text), now).await?;
    }
    let noted = match outcome {
        Ok(_) => jobs::finish(tx, job).await,
        Err(failure) => {
            tracing::warn!(job = %job.key, attempt = job.attempts, ?failure, "job failed");
            match later(failure, job.attempts, now) {
                (Some(run_at), why) => jobs::retry(tx, job, run_at, why).await,
                (None, why) => jobs::give_up(tx, job, why).await,
            }
        }
    };
    unless_known(noted)
}

/// When to try again, if ever, and why it failed.
fn later(failure: &Failure, tries: i64, now: Timestamp) -> (Option<Timestamp>, &str) {
    match failure {
        Failure::Retry(why) => (next_try(tries, now), why),
        Failure::GiveUp(why) => (None, why),
    }
}

fn count(report: &mut OutboxReport, tries: i64, failure: Option<&Failure>) {
    match failure {
        None => {}
        Some(Failure::Retry(_)) if tries < MAX_TRIES => report.retried += 1,
        Some(_) => report.given_up += 1,
    }
}
