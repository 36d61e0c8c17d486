//! Calls priced a second, against looking up a hash map and multiplying.

use std::{collections::HashMap, hash::BuildHasherDefault, hint::black_box};

use adapters::clock::Stopwatch;
use anyhow::{Context, bail};
use clap::Args;
use domain::{
    catalog::{RateBook, parse_deck_csv},
    rating::CallFacts,
    time::{Timestamp, Zone},
};

use super::{
    Figure, START, Shape,
    generate::{Scatter, deck},
};

/// Flags of `bench rating`.
#[derive(Debug, Args)]
pub(crate) struct RatingArgs {
    /// Prefixes in the deck.
    #[arg(long, default_value_t = 60_000, value_name = "N")]
    prefixes: usize,
    /// Calls to price.
    #[arg(long, default_value_t = 5_000_000, value_name = "N")]
    calls: u64,
    #[command(flatten)]
    pub(super) shape: Shape,
}

type Plain = HashMap<u64, i64, BuildHasherDefault<rustc_hash::FxHasher>>;

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(super) fn measure(args: &RatingArgs) -> anyhow::Result<Vec<Figure>> {
    let at = Timestamp::parse(START).context("the start of the bench's world")?;
    let load = |text: &str| -> anyhow::Result<(RateBook, f64)> {
        let watch = Stopwatch::start();
        let parsed = parse_deck_csv(text.as_bytes(), &Zone::UTC);
        if let Some(error) = parsed.errors.first() {
            bail!("the generated deck is wrong: {error}");
        }
        let book = RateBook::compile(&parsed.rows, &Zone::UTC)?;
        Ok((book, watch.elapsed().as_secs_f64()))
    };
    let text = deck(args.prefixes);
    let (book, seconds) = load(&text)?;
    let (large, large_seconds) = load(&deck(500_000))?;
    let numbers = numbers(100_000);
    let watch = Stopwatch::start();
    let mut sum = 0_i64;
    for index in 0..args.calls {
        let (digits, talk) = &numbers[usize::try_from(index % 100_000)?];
        let call = CallFacts { digits, answered_at: at, talk_seconds: *talk };
        if let Some(quote) = book.quote(&call)? {
            sum = sum.wrapping_add(quote.price.get());
        }
    }
    black_box(sum);
    let ours = args.calls as f64 / watch.elapsed().as_secs_f64();
    let plain = plain_book(&text);
    let watch = Stopwatch::start();
    let mut sum = 0_i64;
    for index in 0..args.calls {
        let (digits, talk) = &numbers[usize::try_from(index % 100_000)?];
        sum = sum.wrapping_add(plain_price(&plain, digits, *talk));
    }
    black_box(sum);
    let raw = args.calls as f64 / watch.elapsed().as_secs_f64();
    Ok(vec![
        Figure::new(format!("calls priced, {} prefixes", book.len()), ours, "calls/s"),
        Figure::new("baseline: longest prefix in a hash map, times seconds", raw, "calls/s"),
        Figure::new("ratio", ours / raw, ""),
        Figure::new("deck read and compiled", seconds, "s"),
        Figure::new("memory", book.memory_bytes() as f64 / book.len() as f64, "bytes/prefix"),
        Figure::new("500,000 prefixes read and compiled", large_seconds, "s"),
        Figure::new(
            "memory of 500,000 prefixes",
            large.memory_bytes() as f64 / large.len() as f64,
            "bytes/prefix",
        ),
    ])
}

fn numbers(count: u64) -> Vec<(String, u32)> {
    let mut scatter = Scatter::new(7);
    (0..count)
        .map(|_| {
            let area = 201 + scatter.below(788);
            let rest = 2_000_000 + scatter.below(8_000_000);
            let talk = u32::try_from(1 + scatter.below(600)).unwrap_or(1);
            (format!("1{area}{rest}"), talk)
        })
        .collect()
}

/// Prefixes as numbers with a leading 1, so that 07 and 7 differ, and their rate in nanos.
fn plain_book(text: &str) -> Plain {
    let mut plain = Plain::default();
    for line in text.lines().skip(1) {
        let mut cells = line.split(',');
        let (Some(prefix), Some(rate)) = (cells.next(), cells.next()) else { continue };
        let rate = domain::money::Nanos::parse(rate).map_or(0, domain::money::Nanos::get);
        plain.insert(prefix_key(prefix.as_bytes()), rate);
    }
    plain
}

fn prefix_key(digits: &[u8]) -> u64 {
    digits.iter().fold(1, |key, digit| key * 10 + u64::from(digit - b'0'))
}

fn plain_price(plain: &Plain, digits: &str, talk: u32) -> i64 {
    let digits = digits.as_bytes();
    for length in (1..=digits.len().min(9)).rev() {
        if let Some(rate) = plain.get(&prefix_key(&digits[..length])) {
            return rate * i64::from(talk.div_ceil(6) * 6) / 60;
        }
    }
    0
}
