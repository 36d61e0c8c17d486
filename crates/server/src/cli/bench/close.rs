//! A month of many tenants closed, against a bare bulk insert of the same invoices and lines.

use adapters::clock::Stopwatch;
use anyhow::{Context, ensure};
use app::App;
use clap::Args;
use domain::time::Timestamp;

use super::{Figure, Scratch, Shape, ingest::import, memory, world};

/// The month's end.
const END: &str = "2026-04-01T00:00:00Z";

/// Flags of `bench close`.
#[derive(Debug, Args)]
pub(crate) struct CloseArgs {
    /// Tenants whose month ends.
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    tenants: usize,
    /// Calls of all of them together.
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    calls: u64,
    #[command(flatten)]
    pub(super) shape: Shape,
}

impl CloseArgs {
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    pub(super) async fn measure(&self, app: &App) -> anyhow::Result<Vec<Figure>> {
        let folder = Scratch::new()?;
        let (partner, numbers) = world::tenants(app, self.tenants).await?;
        let (import, _) = import(app, &folder.0, (&numbers, self.calls)).await?;
        let end = Timestamp::parse(END).context("the end of the bench's month")?;
        let watch = Stopwatch::start();
        let due = app.run_due(Some(end)).await?;
        let seconds = watch.elapsed().as_secs_f64();
        ensure!(due.invoices == self.tenants as u64, "{} invoices", due.invoices);
        let mut tx = app.db.begin().await?;
        store::baseline::make_invoice_copies(&mut tx).await?;
        tx.commit().await?;
        let watch = Stopwatch::start();
        let mut tx = app.db.begin().await?;
        store::baseline::copy_invoices(&mut tx, partner.partner_id).await?;
        tx.commit().await?;
        let raw = watch.elapsed().as_secs_f64();
        Ok(vec![
            Figure::new(
                format!("{} tenants closed on {}", self.tenants, app.db.engine()),
                seconds,
                "s",
            ),
            Figure::new("invoices", self.tenants as f64 / seconds, "invoices/s"),
            Figure::new("per tenant", seconds * 1e6 / self.tenants as f64, "us"),
            Figure::new("baseline: insert-select of the same invoices and lines", raw, "s"),
            Figure::new("ratio", raw / seconds, ""),
            Figure::new("peak memory", memory::peak_mib(), "MiB"),
            Figure::new("import of the calls before", import, "s"),
        ])
    }
}
