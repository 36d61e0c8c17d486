//! `trunkline rejects`: rows that were refused, and trying them again.

use anyhow::Context;
use clap::{Args, Subcommand};
use domain::ids::{PartnerId, RejectId};
use serde_json::{Value, json};
use store::imports::Reject;

use super::{
    DeploymentArgs, Ending, Output,
    deployment::{Missing, block_on},
    import::figures,
    wording::count,
};

/// What to do with refused rows.
#[derive(Debug, Subcommand)]
pub(crate) enum RejectsCommand {
    /// Show the refused rows that are still open, each with file, line, reason and bytes.
    List(ListArgs),
    /// Try refused rows and unrated calls again, after a fix.
    Retry(OwnerArgs),
}

/// Whose rejects.
#[derive(Debug, Args)]
pub(crate) struct OwnerArgs {
    /// Slug of a partner, to see its own switches only [default: everybody's].
    #[arg(long, value_name = "SLUG")]
    partner: Option<String>,
}

/// Flags of `rejects list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    owner: OwnerArgs,
    /// Only rows with this code, like unknown_owner.
    #[arg(long)]
    code: Option<String>,
    /// One JSON object a line, with the whole row.
    #[arg(long)]
    json: bool,
}

/// How much of a row is shown to people.
const SHOWN_CHARACTERS: usize = 160;

impl RejectsCommand {
    /// Does it.
    pub(crate) fn run(
        self,
        deployment: &DeploymentArgs,
        output: &mut Output,
    ) -> anyhow::Result<Ending> {
        block_on(async {
            let app = deployment.open(Missing::Refuse).await?;
            match self {
                Self::List(args) => list(&app, &args, output).await?,
                Self::Retry(args) => retry(&app, &args, output).await?,
            }
            Ok(Ending::Well)
        })
    }
}

impl OwnerArgs {
    async fn find(&self, app: &app::App) -> anyhow::Result<Option<PartnerId>> {
        let Some(slug) = &self.partner else { return Ok(None) };
        Ok(Some(app.partner_named(slug).await.context("--partner")?.partner_id))
    }
}

async fn list(app: &app::App, args: &ListArgs, output: &mut Output) -> anyhow::Result<()> {
    let owner = args.owner.find(app).await?;
    let mut after: Option<RejectId> = None;
    loop {
        let page = app.open_rejects(owner, after).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.reject_id);
        let wanted = |reject: &&Reject| args.code.as_ref().is_none_or(|code| *code == reject.code);
        for reject in page.iter().filter(wanted) {
            if args.json {
                output.line(&as_json(reject).to_string())?;
            } else {
                output.text(&for_people(reject))?;
            }
        }
    }
}

fn for_people(reject: &Reject) -> String {
    let raw = String::from_utf8_lossy(&reject.raw);
    let mut shown: String = raw.chars().take(SHOWN_CHARACTERS).map(printable).collect();
    if shown.len() < raw.len() && raw.chars().nth(SHOWN_CHARACTERS).is_some() {
        shown.push('…');
    }
    let Reject { reject_id, file_name, line, code, reason, .. } = reject;
    let reason: String = reason.chars().map(printable).collect();
    format!("{file_name}:{line}: {code}: {reason}\n  {reject_id}  {shown}\n")
}

/// Control characters of a stranger's file have no business on a terminal.
fn printable(letter: char) -> char {
    if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter }
}

fn as_json(reject: &Reject) -> Value {
    let mut object = json!({
        "id": reject.reject_id.to_string(),
        "source_id": reject.source_id.to_string(),
        "file": reject.file_name,
        "line": reject.line,
        "byte_offset": reject.byte_offset,
        "format": reject.format,
        "zone": reject.zone,
        "code": reject.code,
        "reason": reject.reason,
        "created_at": reject.created_at.to_string(),
    });
    let hex = || reject.raw.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match std::str::from_utf8(&reject.raw) {
        Ok(text) => object["raw"] = text.into(),
        Err(_) => object["raw_hex"] = hex().into(),
    }
    object
}

async fn retry(app: &app::App, args: &OwnerArgs, output: &mut Output) -> anyhow::Result<()> {
    let report = app.retry_rejects(args.find(app).await?).await?;
    output.line(&format!(
        "{} refused rows tried again, {} settled",
        count(report.tried),
        count(report.resolved)
    ))?;
    output.line(&format!(
        "{} unrated calls have a price now, {} still have none",
        count(report.rated),
        count(report.unrated)
    ))?;
    output.text(&figures(&report.calls))?;
    Ok(())
}
