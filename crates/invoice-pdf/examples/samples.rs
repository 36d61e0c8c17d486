//! Writes every sample as a PDF file into a directory, for looking at.
//!
//! `cargo run --release --example samples -- target/samples`

#![expect(clippy::print_stdout, reason = "a tool for the terminal")]

use std::error::Error;
use std::fs;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args_os().nth(1).ok_or("name a directory to write into")?;
    let directory = PathBuf::from(directory);
    fs::create_dir_all(&directory)?;
    let engine = invoice_pdf::Engine::new();
    for (name, document) in invoice_pdf::samples::all() {
        let pdf = engine.render(&document)?;
        let path = directory.join(format!("{name}.pdf"));
        println!("{} ({} bytes)", path.display(), pdf.len());
        fs::write(path, pdf)?;
    }
    Ok(())
}
