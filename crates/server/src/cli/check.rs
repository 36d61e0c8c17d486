//! `trunkline check`: the books derived again, each difference named.

use anyhow::Context;
use app::check::CheckReport;
use clap::Args;

use super::{
    DeploymentArgs, Ending, Output,
    deployment::{Missing, block_on},
    wording::count,
};

/// Flags of `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Slug of the one partner whose books are checked [default: everybody's].
    #[arg(long, value_name = "SLUG")]
    partner: Option<String>,
    /// The report as JSON.
    #[arg(long)]
    json: bool,
}

impl CheckArgs {
    /// Checks, and ends with a finding's exit code where there is one.
    pub(crate) fn run(
        self,
        deployment: &DeploymentArgs,
        output: &mut Output,
    ) -> anyhow::Result<Ending> {
        block_on(async {
            let app = deployment.open(Missing::Refuse).await?;
            let only = match &self.partner {
                Some(slug) => Some(app.partner_named(slug).await.context("--partner")?.partner_id),
                None => None,
            };
            let report = app.check(only).await.context("check")?;
            if self.json {
                output.line(&serde_json::to_string_pretty(&report)?)?;
            } else {
                output.text(&for_people(&report))?;
            }
            Ok(if report.is_clean() { Ending::Well } else { Ending::WithFindings })
        })
    }
}

/// What was checked and found.
pub(crate) fn for_people(report: &CheckReport) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let app::check::Finding { kind, object, expected, found } = finding;
        text += &format!("{kind} {object}: is {found}, must be {expected}\n");
    }
    let unseen = report.finding_count - report.findings.len() as u64;
    if unseen > 0 {
        text += &format!("and {} more\n", count(unseen));
    }
    let verdict = match report.finding_count {
        0 => "books are sound".to_owned(),
        findings => format!("differences: {}", count(findings)),
    };
    text += &format!(
        "{verdict} ({} partners, {} ledger transactions, {} calls, {} roll-ups, {} invoices)\n",
        count(report.partners),
        count(report.ledger_transactions),
        count(report.calls),
        count(report.roll_ups),
        count(report.invoices)
    );
    text
}
