//! Invoices set as PDF a second, against setting a page with nothing on it.

use std::hint::black_box;

use adapters::clock::Stopwatch;
use anyhow::Context;
use clap::Args;
use invoice_pdf::{Engine, InvoiceDocument, samples};

use super::{Figure, Shape, memory};

/// Flags of `bench pdf`.
#[derive(Debug, Args)]
pub(crate) struct PdfArgs {
    /// Invoices to set.
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    invoices: u32,
    #[command(flatten)]
    pub(super) shape: Shape,
}

pub(super) fn measure(args: &PdfArgs) -> anyhow::Result<Vec<Figure>> {
    let engine = Engine::new();
    let usual = samples::usual();
    let long = samples::long();
    let tenth = (args.invoices / 10).max(1);
    let (_, early) = rate(&engine, &usual, tenth)?;
    let (ours, late) = rate(&engine, &usual, args.invoices)?;
    let (three_pages, _) = rate(&engine, &long, tenth)?;
    let (raw, _) = rate(&engine, &InvoiceDocument::default(), tenth)?;
    Ok(vec![
        Figure::new("invoices set, one page, 8 lines", ours, "invoices/s"),
        Figure::new("invoices set, three pages, 60 lines", three_pages, "invoices/s"),
        Figure::new("baseline: an empty invoice", raw, "invoices/s"),
        Figure::new("ratio", ours / raw, ""),
        Figure::new(format!("memory after {tenth}"), early, "MiB"),
        Figure::new(format!("memory after {} more", args.invoices), late, "MiB"),
    ])
}

/// Documents a second over `count`, and what is resident at the end.
fn rate(engine: &Engine, document: &InvoiceDocument, count: u32) -> anyhow::Result<(f64, f64)> {
    let watch = Stopwatch::start();
    for _ in 0..count {
        let bytes = engine.render(black_box(document)).context("a sample invoice")?;
        black_box(bytes);
    }
    Ok((f64::from(count) / watch.elapsed().as_secs_f64(), memory::resident_mib()))
}
