//! `trunkline calc price`: calls on standard input, prices on standard output.
//!
//! Decided here: a deck with errors prices nothing, and all its errors are listed; a line that is
//! no call is answered in its place with its number and the reason, and the rest goes on. Nothing
//! is held but the deck and one line.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Args;
use domain::{
    catalog::{RateBook, parse_deck_csv},
    rating::calc_price_line,
    time::Zone,
};
use serde_json::json;

use super::{
    super::{Ending, Output},
    input::{Line, next_line},
};

/// The largest deck file that is read: a million rows have under 100 MiB.
const MAX_DECK_BYTES: u64 = 256 * 1024 * 1024;

/// Shown below the flags.
pub(super) const HELP: &str = include_str!("price_help.txt");

/// Flags of `calc price`.
#[derive(Debug, Args)]
pub(crate) struct PriceArgs {
    /// The rate deck.
    #[arg(long, value_name = "FILE")]
    deck: PathBuf,
    /// IANA time zone of the deck's dates and windows.
    #[arg(long, value_name = "TZ", default_value = "UTC", value_parser = Zone::parse)]
    zone: Zone,
}

impl PriceArgs {
    /// Prices all of standard input.
    pub(super) fn run(self, output: &mut Output) -> anyhow::Result<Ending> {
        let book = read_deck(&self.deck, &self.zone)?;
        let mut stdin = io::BufReader::with_capacity(256 * 1024, io::stdin().lock());
        let (mut line, mut number, mut refused) = (Vec::new(), 0_u64, 0_u64);
        loop {
            // Whoever sends one call and waits for its price gets it before the next is read.
            if stdin.buffer().is_empty() {
                output.flush()?;
            }
            let found = next_line(&mut stdin, &mut line).context("cannot read standard input")?;
            let Some(found) = found else { break };
            number += 1;
            match price(&book, &found, &line) {
                Ok(None) => {}
                Ok(Some(answer)) => output.line(&answer)?,
                Err(message) => {
                    refused += 1;
                    let answer = json!({ "line": number, "error": "invalid", "message": message });
                    output.line(&answer.to_string())?;
                }
            }
        }
        if refused == 0 {
            return Ok(Ending::Well);
        }
        output.flush()?;
        eprintln!("trunkline: {refused} of {number} lines are no calls; see \"error\" above");
        Ok(Ending::WithFindings)
    }
}

/// The answer to one line, `None` to a blank one.
fn price(book: &RateBook, found: &Line, line: &[u8]) -> Result<Option<String>, String> {
    if *found == Line::TooLong {
        return Err("the line is longer than any call".to_owned());
    }
    let text = std::str::from_utf8(line)
        .map_err(|error| format!("the line is not UTF-8: byte {} is wrong", error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Ok(None);
    }
    calc_price_line(book, text).map(Some).map_err(|error| error.to_string())
}

/// The compiled deck; all that is wrong with it goes to standard error.
fn read_deck(path: &Path, zone: &Zone) -> anyhow::Result<RateBook> {
    let mut bytes = Vec::new();
    let read = File::open(path)
        .and_then(|file| file.take(MAX_DECK_BYTES + 1).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read the deck {}", path.display()));
    read?;
    if bytes.len() as u64 > MAX_DECK_BYTES {
        bail!("the deck {} is longer than {MAX_DECK_BYTES} bytes", path.display());
    }
    let parsed = parse_deck_csv(&bytes, zone);
    for error in &parsed.errors {
        eprintln!("{}: {error}", path.display());
    }
    let (shown, all) = (parsed.errors.len(), parsed.error_count);
    if all > 0 {
        bail!("errors in the deck {}: {all}, of which {shown} are listed above", path.display());
    }
    RateBook::compile(&parsed.rows, zone)
        .with_context(|| format!("cannot compile the deck {}", path.display()))
}
