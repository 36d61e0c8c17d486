//! `trunkline bench`: ours and a raw baseline, measured in one run.
//!
//! Decided here: what is compared with what. Each bench does its work through the very code that
//! runs in production, then does the bare minimum that any program would have to do for the same
//! result, and prints the ratio: absolute figures say something about a machine, the ratio about
//! us. Work is generated from a counter, so that two runs do the same. A bench never runs on a
//! database that holds anything.

mod api;
mod close;
mod generate;
mod ingest;
mod memory;
mod pdf;
mod rating;
mod wallet;
mod webhooks;
mod world;

use std::path::PathBuf;

use adapters::{clock::Clock, ids::Ids};
use anyhow::{Context, bail};
use app::App;
use clap::{Args, Subcommand};
use domain::time::Timestamp;
use serde::Serialize;
use store::db::Db;

use super::{
    DeploymentArgs, Ending, Output,
    deployment::{FILE_NAME, block_on},
};

/// When every bench's world begins.
const START: &str = "2026-03-01T00:00:00Z";

/// What is measured.
#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Pricing calls by a rate deck, on one thread.
    Rating(rating::RatingArgs),
    /// Importing a file of call records, durably, against a bare bulk insert of the same rows.
    Ingest(ingest::IngestArgs),
    /// Closing a month of many tenants, against a bare bulk insert of the same invoices.
    Close(close::CloseArgs),
    /// The API over HTTP, from another process, against a request for nothing.
    Api(api::ApiArgs),
    /// Webhooks from the commit to the first attempt, against bare posts.
    Webhooks(webhooks::WebhooksArgs),
    /// Debits of one wallet by many at once, against a bare update in a loop.
    Wallet(wallet::WalletArgs),
    /// Setting invoices as PDF, on one thread, against an empty page.
    Pdf(pdf::PdfArgs),
}

/// How figures are printed.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Shape {
    /// As one JSON object.
    #[arg(long)]
    json: bool,
}

/// One line of a bench's result.
#[derive(Debug, Clone, Serialize)]
struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
}

impl Figure {
    fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit }
    }
}

impl BenchCommand {
    /// Measures and prints.
    pub(crate) fn run(
        self,
        deployment: &DeploymentArgs,
        output: &mut Output,
    ) -> anyhow::Result<Ending> {
        let (shape, figures) = match self {
            Self::Rating(args) => (args.shape, rating::measure(&args)?),
            Self::Pdf(args) => (args.shape, pdf::measure(&args)?),
            Self::Ingest(args) => {
                (args.shape, block_on(with_app(deployment, async |app| args.measure(&app).await))?)
            }
            Self::Api(args) => {
                let url = deployment.url();
                let measured = with_database(deployment, async |app, folder| {
                    args.measure(&app, (folder, url)).await
                });
                (args.shape, block_on(measured)?)
            }
            Self::Webhooks(args) => {
                (args.shape, block_on(with_app(deployment, async |app| args.measure(&app).await))?)
            }
            Self::Wallet(args) => {
                (args.shape, block_on(with_app(deployment, async |app| args.measure(&app).await))?)
            }
            Self::Close(args) => {
                (args.shape, block_on(with_app(deployment, async |app| args.measure(&app).await))?)
            }
        };
        print(&figures, shape, output)?;
        Ok(Ending::Well)
    }
}

fn print(figures: &[Figure], shape: Shape, output: &mut Output) -> anyhow::Result<()> {
    if shape.json {
        output.line(&serde_json::to_string(figures)?)?;
        return Ok(());
    }
    for figure in figures {
        let digits = if figure.value.abs() >= 1_000.0 { 0 } else { 3 };
        let Figure { name, value, unit } = figure;
        output.line(&format!("{name:<44} {value:>14.digits$} {unit}"))?;
    }
    Ok(())
}

/// Runs `work` on an empty database: a new SQLite file that goes afterwards, or the one of `--db`.
async fn with_app<T>(
    deployment: &DeploymentArgs,
    work: impl AsyncFnOnce(App) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    with_database(deployment, async |app, _| work(app).await).await
}

/// The same; `work` is told where a SQLite file is, too.
async fn with_database<T>(
    deployment: &DeploymentArgs,
    work: impl AsyncFnOnce(App, &Scratch) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let folder = Scratch::new()?;
    let db = match deployment.url() {
        Some(url) => Db::open(url).await.context("cannot open the database of --db")?,
        None => Db::open_file(&folder.0.join(FILE_NAME)).await?,
    };
    let mut tx = db.begin_read().await?;
    let operator = store::operator::find(&mut tx).await?;
    tx.commit().await?;
    if operator.is_some() {
        bail!("this database is in use; a bench needs an empty one");
    }
    let start = Timestamp::parse(START).context("the start of the bench's world")?;
    let app = App::new(db.clone(), Clock::simulated(start), Ids::seeded(1));
    let outcome = work(app, &folder).await;
    db.close().await;
    outcome
}

/// A directory that goes when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> anyhow::Result<Self> {
        let name = format!("trunkline-bench-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path)
            .with_context(|| format!("cannot make the directory {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
