//! `trunkline export`: the books for accountants, as CSV on standard output (BEY-13).

use anyhow::Context;
use clap::{Args, Subcommand};
use domain::{accounting::JournalFormat, ledger::Flow};

use super::{
    DeploymentArgs, Ending, Output,
    deployment::{Missing, block_on},
    misuse,
};

/// What is exported.
#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// A month's bookings: each is one debit and one credit of the same amount.
    Journal(JournalArgs),
    /// What of fees billed in advance is earned in a month, and what is left.
    DeferredRevenue(MonthArgs),
}

/// Which month of whom.
#[derive(Debug, Args)]
pub(crate) struct MonthArgs {
    /// The partner's slug.
    #[arg(long, value_name = "SLUG")]
    partner: String,
    /// The month in the partner's zone, such as 2026-05.
    #[arg(long, value_name = "MONTH")]
    month: String,
}

/// Which journal.
#[derive(Debug, Args)]
pub(crate) struct JournalArgs {
    #[command(flatten)]
    of: MonthArgs,
    /// For which program: plain, quickbooks or xero.
    #[arg(long, default_value = "plain", value_name = "FORMAT")]
    format: String,
    /// Whose books: retail, with the tenants, or wholesale, with the operator.
    #[arg(long, default_value = "retail", value_name = "BOOKS")]
    books: String,
}

impl ExportCommand {
    /// Exports.
    pub(crate) fn run(
        self,
        deployment: &DeploymentArgs,
        output: &mut Output,
    ) -> anyhow::Result<Ending> {
        block_on(async {
            let app = deployment.open(Missing::Refuse).await?;
            match self {
                Self::Journal(args) => journal(&app, args, output).await?,
                Self::DeferredRevenue(args) => deferred(&app, args, output).await?,
            }
            Ok(Ending::Well)
        })
    }
}

async fn journal(app: &app::App, args: JournalArgs, output: &mut Output) -> anyhow::Result<()> {
    let format = JournalFormat::parse(&args.format)
        .ok_or_else(|| misuse("--format must be plain, quickbooks or xero"))?;
    let flow = match args.books.as_str() {
        "retail" => Flow::Retail,
        "wholesale" => Flow::Wholesale,
        _ => return Err(misuse("--books must be retail or wholesale")),
    };
    let partner = app.partner_named(&args.of.partner).await.context("--partner")?;
    let request = app.journal_request(partner.partner_id, &args.of.month, (flow, format)).await?;
    let mut next = Some(None);
    while let Some(place) = next {
        let (text, after) = app.journal_part(&request, place).await?;
        output.text(&text)?;
        next = after.map(Some);
    }
    Ok(())
}

async fn deferred(app: &app::App, args: MonthArgs, output: &mut Output) -> anyhow::Result<()> {
    let partner = app.partner_named(&args.partner).await.context("--partner")?;
    let report = app.deferred_report(partner.partner_id, &args.month).await?;
    let mut next = Some(None);
    while let Some(place) = next {
        let (text, after) = app.deferred_part(&report, place).await?;
        output.text(&text)?;
        next = after.map(Some);
    }
    Ok(())
}
