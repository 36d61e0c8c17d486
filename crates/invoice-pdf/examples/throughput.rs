//! How many invoices a second one thread renders, and whether memory stays flat.
//!
//! `cargo run --release --example throughput -- 10000`

#![expect(clippy::print_stdout, reason = "a tool for the terminal")]
#![expect(clippy::disallowed_methods, reason = "measures, decides nothing")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use invoice_pdf::{Engine, InvoiceDocument, samples};

fn main() -> Result<(), Box<dyn Error>> {
    let count: u32 = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 1000,
    };
    let start = Instant::now();
    let engine = Engine::new();
    let usual = samples::usual();
    let first = engine.render(&usual)?;
    println!("first invoice after {:.1?}, {} bytes", start.elapsed(), first.len());
    measure(&engine, "usual, 8 lines", &usual, count)?;
    measure(&engine, "no logo, 8 lines", &samples::no_logo(), count / 10)?;
    measure(&engine, "long, 60 lines", &samples::long(), count / 10)
}

fn measure(
    engine: &Engine,
    name: &str,
    document: &InvoiceDocument,
    count: u32,
) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let mut at_tenth = None;
    for index in 0..count {
        black_box(engine.render(black_box(document))?);
        if index == count / 10 {
            at_tenth = resident_kib();
        }
    }
    let rate = f64::from(count) / start.elapsed().as_secs_f64();
    println!(
        "{name}: {rate:.0} a second over {count}; resident {} KiB after a tenth, {} KiB at the end",
        at_tenth.unwrap_or_default(),
        resident_kib().unwrap_or_default()
    );
    Ok(())
}

/// Memory in use, where the system says so.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
