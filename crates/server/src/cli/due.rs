//! `trunkline run-due`: everything that is due, in order, and what follows from it: PDFs, mails.

use anyhow::Context;
use app::{close::DueReport, outbox::OutboxReport};
use clap::Args;
use domain::time::Timestamp;

use super::{
    DeploymentArgs, Ending, Output,
    deployment::{Missing, block_on},
    wording::count,
};

/// Flags of `run-due`.
#[derive(Debug, Args)]
pub(crate) struct DueArgs {
    /// Instant up to which, like 2026-04-01T06:00:00Z; moves a simulated clock there
    /// [default: now].
    #[arg(long, value_name = "INSTANT", value_parser = Timestamp::parse)]
    until: Option<Timestamp>,
}

impl DueArgs {
    /// Does what is due and says what that was.
    pub(crate) fn run(
        self,
        deployment: &DeploymentArgs,
        output: &mut Output,
    ) -> anyhow::Result<Ending> {
        block_on(async {
            let app = deployment.open(Missing::Refuse).await?;
            let report = app.run_due(self.until).await.context("run-due")?;
            output.line(&summary(&report))?;
            let outbox = app.run_jobs(app.clock.now()).await.context("outbox")?;
            let failed = outbox.retried + outbox.given_up;
            if outbox.done + outbox.sent + failed > 0 {
                output.line(&sent(&outbox))?;
            }
            Ok(if failed == 0 { Ending::Well } else { Ending::WithFindings })
        })
    }
}

/// What the outbox did, for people.
fn sent(outbox: &OutboxReport) -> String {
    let OutboxReport { done, sent, retried, given_up } = *outbox;
    let mut text = format!("outbox: {} jobs done, {} mails sent", count(done), count(sent));
    if retried > 0 {
        text += &format!(", {} to be tried again", count(retried));
    }
    if given_up > 0 {
        text += &format!(", {} given up", count(given_up));
    }
    text
}

/// What a run did, for people.
fn summary(report: &DueReport) -> String {
    let DueReport { invoices, periods, trials_converted, months, overdue, .. } = *report;
    let DueReport { reminders, flagged, suspended, restored, charged, .. } = *report;
    let counts = [
        (invoices, "invoices issued"),
        (periods, "periods closed"),
        (trials_converted, "trials converted"),
        (months, "months debited"),
        (overdue, "invoices overdue"),
        (reminders, "tenants reminded"),
        (flagged, "tenants flagged"),
        (suspended, "tenants suspended"),
        (restored, "tenants restored"),
        (charged, "automatic payments begun"),
    ];
    let done = counts.iter().filter(|(number, _)| *number > 0);
    let done: Vec<String> =
        done.map(|(number, what)| format!("{} {what}", count(*number))).collect();
    if done.is_empty() { "nothing was due".to_owned() } else { done.join(", ") }
}
