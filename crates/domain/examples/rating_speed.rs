//! Measures the rate book: calls priced a second, time to load, memory per prefix.
//!
//! Run with `cargo run --release -p domain --example rating_speed`. Everything is generated from
//! a counter, so that two runs price the same calls; the sums are printed so that nothing can be
//! optimised away.
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::time::Instant;

use domain::{
    catalog::{DeckParse, RateBook, parse_deck_csv},
    phone::{Dialled, HomeArea},
    rating::CallFacts,
    time::{Timestamp, Zone},
};

#[expect(clippy::disallowed_methods, reason = "a measurement needs a clock")]
fn now() -> Instant {
    Instant::now()
}

/// A fixed sequence of scattered numbers (splitmix64).
struct Scatter(u64);

impl Scatter {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bound = u64::try_from(bound).expect("a small bound");
        usize::try_from((mixed ^ (mixed >> 31)) % bound).expect("below the bound")
    }
}

/// A deck of `count` different prefixes: exchanges of area codes, and foreign ranges.
fn deck(count: usize, window: &str) -> String {
    let mut scatter = Scatter(1);
    let mut prefixes = std::collections::BTreeSet::from(["1".to_owned(), "4".to_owned()]);
    while prefixes.len() < count {
        let area = 201 + scatter.below(788);
        prefixes.insert(match scatter.below(4) {
            0 => format!("{}{}", 20 + scatter.below(79), scatter.below(100_000)),
            _ => format!("1{area}{}", 200 + scatter.below(800)),
        });
        if prefixes.len() > 300_000 {
            prefixes.insert(format!("1{area}{}", 2_000 + scatter.below(8_000)));
        }
    }
    let mut text =
        "prefix,name,rate_per_minute,minimum_seconds,increment_seconds,window\n".to_owned();
    for (index, prefix) in prefixes.iter().enumerate() {
        let rate = 1_000 + scatter.below(90_000);
        let place = index % 900;
        text.push_str(&format!("{prefix},Place {place},0.00{rate:05},6,6,{window}\n"));
    }
    text
}

fn load(text: &str) -> (DeckParse, RateBook) {
    let zone = Zone::parse("America/Chicago").expect("a zone");
    let start = now();
    let parse = parse_deck_csv(text.as_bytes(), &zone);
    let parsed = start.elapsed();
    assert_eq!(parse.error_count, 0, "{:?}", parse.errors.first());
    let start = now();
    let book = RateBook::compile(&parse.rows, &zone).expect("a book");
    println!(
        "{:>7} prefixes: read in {parsed:.0?}, compiled in {:.0?}, {} bytes a prefix",
        book.len(),
        start.elapsed(),
        book.memory_bytes() / book.len(),
    );
    (parse, book)
}

fn price(label: &str, book: &RateBook, parse: &DeckParse, rounds: usize) {
    let mut scatter = Scatter(2);
    let calls: Vec<(String, Timestamp, u32)> = (0..1_000_000)
        .map(|_| {
            let row = scatter.below(parse.rows.len());
            let mut digits = parse.rows[row].fields().prefix.to_string();
            while digits.len() < 11 {
                digits.push_str(&scatter.below(10).to_string());
            }
            let seconds = i64::try_from(scatter.below(2_000_000)).expect("small");
            let answered_at = Timestamp::from_seconds(1_777_000_000 + seconds);
            (digits, answered_at, u32::try_from(scatter.below(600)).expect("small"))
        })
        .collect();
    let start = now();
    let mut sum = 0_i64;
    for _ in 0..rounds {
        for (digits, answered_at, talk_seconds) in &calls {
            let (answered_at, talk_seconds) = (*answered_at, *talk_seconds);
            let call = CallFacts { digits, answered_at, talk_seconds };
            let quote = book.quote(&call).expect("in range").expect("a match");
            sum = sum.wrapping_add(quote.price.get());
        }
    }
    let count = u128::try_from(calls.len() * rounds).expect("a count");
    let tenths = count * 10 / start.elapsed().as_micros().max(1);
    println!("{label}: {}.{} million calls a second (sum {sum})", tenths / 10, tenths % 10);
}

fn main() {
    let (parse, book) = load(&deck(60_000, ""));
    price("60,000 prefixes", &book, &parse, 10);
    let (parse, book) =
        load(&deck(60_000, "mon-fri 00:00-12:00|mon-fri 12:00-24:00|sat-sun 00:00-24:00"));
    price("60,000 prefixes, all with windows", &book, &parse, 1);
    let (parse, book) = load(&deck(500_000, ""));
    price("500,000 prefixes", &book, &parse, 5);

    let texts: Vec<String> =
        (0..1_000_000_u64).map(|it| format!("+1501{:07}", 2_000_000 + it)).collect();
    let start = now();
    let found = texts.iter().filter(|it| Dialled::parse(it, &HomeArea::US).number().is_some());
    println!("{} numbers read in {:.0?}", found.count(), start.elapsed());
}
