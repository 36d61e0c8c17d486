//! `trunkline import-cdrs`: files of call records in, a summary for each out.
//!
//! Decided here: a file that cannot be read does not keep the others from being imported, and
//! refused rows are no failure: they are kept, counted and tried again with `rejects retry`.

use std::{collections::BTreeMap, path::PathBuf};

use adapters::cdr_files::{AsteriskColumns, Format, ReadOptions};
use anyhow::Context;
use app::{
    App,
    ingest::{BATCH_ROWS, FileOutcome, ImportMode, ImportReport, ImportRequest, Progress},
};
use clap::Args;
use domain::{ids::PartnerId, time::Zone};
use indicatif::{ProgressBar, ProgressStyle};

use super::{
    DeploymentArgs, Ending, Output,
    deployment::{Missing, block_on},
    misuse,
    wording::{amount, count, minutes},
};

/// Flags of `import-cdrs`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files of call records.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// asterisk-csv, freeswitch-json, kamailio-json, ndjson or csv.
    #[arg(long)]
    format: Format,
    /// The switch that wrote them: record ids are unique within one source.
    #[arg(long, value_name = "NAME")]
    source: String,
    /// Slug of the partner that the switch belongs to [default: the operator's].
    #[arg(long, value_name = "SLUG")]
    partner: Option<String>,
    /// IANA time zone of times that have none (Asterisk, Kamailio) [default: UTC].
    #[arg(long, value_name = "TZ", value_parser = Zone::parse)]
    zone: Option<Zone>,
    /// Columns of an Asterisk file whose number does not tell, like accountcode,src,dst,…
    #[arg(long, value_name = "NAMES")]
    columns: Option<AsteriskColumns>,
    /// Change nothing, only say what would happen.
    #[arg(long)]
    dry_run: bool,
}

impl ImportArgs {
    /// Imports the files.
    pub(crate) fn run(
        self,
        deployment: &DeploymentArgs,
        output: &mut Output,
    ) -> anyhow::Result<Ending> {
        if self.columns.is_some() && self.format != Format::AsteriskCsv {
            return Err(misuse("--columns goes with --format asterisk-csv only"));
        }
        block_on(async {
            let app = deployment.open(Missing::Refuse).await?;
            let owner = match &self.partner {
                Some(slug) => Some(app.partner_named(slug).await.context("--partner")?.partner_id),
                None => None,
            };
            let mut ending = Ending::Well;
            for path in &self.files {
                match import(&app, &self.request(path.clone(), owner)).await {
                    Ok(report) => output.text(&summary(&path.display().to_string(), &report))?,
                    Err(error) => {
                        output.flush()?;
                        eprintln!("trunkline: {}", super::one_line(&error));
                        ending = Ending::WithFindings;
                    }
                }
            }
            if self.dry_run {
                output.line("nothing was changed: this was a dry run")?;
            }
            Ok(ending)
        })
    }

    fn request(&self, path: PathBuf, owner: Option<PartnerId>) -> ImportRequest {
        ImportRequest {
            path,
            options: ReadOptions {
                format: self.format,
                zone: self.zone.clone(),
                columns: self.columns.clone(),
            },
            source: self.source.clone(),
            owner,
            mode: if self.dry_run { ImportMode::DryRun } else { ImportMode::Keep },
            batch_rows: BATCH_ROWS,
        }
    }
}

/// Imports one file, showing progress on a terminal.
async fn import(app: &App, request: &ImportRequest) -> anyhow::Result<ImportReport> {
    // Shows itself on a terminal only.
    let bar = ProgressBar::new(0);
    let style = "{msg} {bar:30} {bytes} of {total_bytes}, {eta} to go";
    bar.set_style(ProgressStyle::with_template(style).context("progress bar")?);
    bar.set_message(request.path.display().to_string());
    let mut progress = |at: Progress| {
        bar.set_length(at.total);
        bar.set_position(at.bytes);
    };
    let report = app.import_file(request, &mut progress).await;
    bar.finish_and_clear();
    Ok(report?)
}

/// What became of a file, for people.
fn summary(file: &str, report: &ImportReport) -> String {
    let rows = count(report.rows);
    let head = match report.outcome {
        FileOutcome::AlreadyImported { records } => {
            return format!("{file}: already imported ({} rows), nothing to do\n", count(records));
        }
        FileOutcome::Read => format!("{file}: {rows} rows"),
        FileOutcome::Resumed { passed } => {
            format!("{file}: {rows} more rows after {} imported before", count(passed))
        }
    };
    let known = if report.rows > 0 && report.changed_nothing() {
        ", all known: nothing changed"
    } else {
        ""
    };
    format!("{head}{known}\n{}", figures(report))
}

/// The figures of a report, one line each; nothing is said of what did not occur.
pub(crate) fn figures(report: &ImportReport) -> String {
    let mut text = String::new();
    let mut line = |name: &str, number: u64, more: String| {
        if number > 0 {
            text += &format!("  {name:<12}{:>10}{more}\n", count(number));
        }
    };
    let amounts = format!(
        "  {} minutes billed, retail {}, wholesale {}",
        minutes(report.billed_seconds),
        amount(report.retail.to_micros()),
        amount(report.wholesale)
    );
    let of = |counts: &BTreeMap<&'static str, u64>| {
        by_reason(counts.iter().map(|(reason, number)| (*reason, *number)))
    };
    line("rated", report.rated, amounts);
    line("free", report.free.values().sum(), of(&report.free));
    line("unrated", report.unrated.values().sum(), of(&report.unrated));
    line("duplicates", report.duplicates, String::new());
    line("reversed", report.reversed, "  legs whose price a longer leg took over".to_owned());
    let rejects = report.rejects.iter().map(|(code, number)| (code.as_str(), *number));
    line("refused", report.rejected(), by_reason(rejects));
    line("of these", report.known_rejects, "  refused before".to_owned());
    text
}

fn by_reason<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> String {
    let counts: Vec<String> =
        counts.map(|(reason, number)| format!("{reason} {}", count(number))).collect();
    format!("  {}", counts.join(", "))
}
