//! Which crate may name which, and what must stay in one of them.

use super::{
    report,
    source::{File, Rust, identifiers, rust, tree},
};

/// Every crate, and the crates of ours that it may name.
const ARROWS: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("invoice-pdf", &[]),
    ("store", &["domain"]),
    // Its tests name the client that it stands in front of; it names nothing of ours itself.
    ("stripe-fake", &["adapters", "domain"]),
    ("adapters", &["domain", "invoice-pdf"]),
    ("app", &["store", "adapters", "domain"]),
    ("web", &["app", "domain"]),
    ("server", &["app", "adapters", "domain", "invoice-pdf", "store", "web"]),
    ("it", &["adapters", "app", "domain", "invoice-pdf", "store", "stripe-fake", "web"]),
];

#[test]
fn crates_name_only_what_they_may() {
    let manifests: Vec<File> = tree()
        .into_iter()
        .filter(|file| file.package().is_some() && file.path.ends_with("/Cargo.toml"))
        .collect();
    assert_eq!(manifests.len(), ARROWS.len(), "a new crate needs its place among the arrows");
    let mut findings = Vec::new();
    for manifest in &manifests {
        let package = manifest.package().expect("checked above");
        let (_, allowed) = ARROWS.iter().find(|(name, _)| *name == package).expect("it has arrows");
        // What tests share may be used by any test, and by nothing else.
        let mut is_for_tests = false;
        for (index, line) in manifest.text.lines().enumerate() {
            is_for_tests =
                if line.starts_with('[') { line == "[dev-dependencies]" } else { is_for_tests };
            let named = line.split(['.', ' ', '=']).next().unwrap_or_default();
            let is_ours = ARROWS.iter().any(|(name, _)| *name == named);
            if is_ours && !allowed.contains(&named) && !(is_for_tests && named == "it") {
                findings.push(format!("{}:{}: {package} → {named}", manifest.path, index + 1));
            }
        }
    }
    report(
        "dependencies point one way, so that a rule can be tested without a database",
        &findings,
    );
}

/// Whether `text` is a statement of SQL rather than a sentence.
fn is_sql(text: &str) -> bool {
    let text = text.trim_start().to_lowercase();
    let mut words = text.split_whitespace();
    match (words.next(), words.next()) {
        (Some("select"), Some(_)) => words.any(|word| word == "from"),
        (Some("insert"), Some("into")) | (Some("delete"), Some("from")) => true,
        (Some("update"), Some(_)) => words.next() == Some("set"),
        (Some("create"), Some(kind)) => matches!(kind, "table" | "index" | "unique"),
        _ => false,
    }
}

#[test]
fn sql_lives_in_the_store() {
    assert!(is_sql("select a\n from b") && is_sql("update a set b = 1"));
    assert!(!is_sql("update the address of a tenant") && !is_sql("select one"));
    let mut findings = Vec::new();
    for file in rust().filter(|file| file.is_product() && file.package() != Some("store")) {
        for (line, _) in Rust::parse(&file.text).texts.iter().filter(|(_, text)| is_sql(text)) {
            findings.push(format!("{}:{line}", file.path));
        }
    }
    report(
        "only `store` knows tables: ask it for a function, with the owner as argument",
        &findings,
    );
}

/// Calls that read a clock or draw random bits.
const NOW_AND_RANDOM: [&str; 9] = [
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "Uuid::new_v4",
    "Uuid::now_v7",
    "thread_rng",
    "RandomState",
    "getrandom",
];

#[test]
fn time_and_randomness_come_from_adapters() {
    let mut findings = Vec::new();
    for file in rust().filter(|file| file.is_product() && file.package() != Some("adapters")) {
        for (number, line) in Rust::parse(&file.text).numbered() {
            for call in NOW_AND_RANDOM.iter().filter(|call| line.contains(**call)) {
                findings.push(format!("{}:{number}: {call}", file.path));
            }
        }
    }
    report(
        "time and randomness are arguments, so that a year can be replayed: take them from \
         `adapters::clock` and `adapters::ids`",
        &findings,
    );
}

#[test]
fn money_and_time_know_no_floats() {
    let mut findings = Vec::new();
    for file in rust() {
        if !matches!(file.package(), Some("domain" | "store" | "app")) {
            continue;
        }
        for (number, line) in Rust::parse(&file.text).numbered() {
            if identifiers(line).any(|name| name == "f32" || name == "f64") {
                findings.push(format!("{}:{number}", file.path));
            }
        }
    }
    report("0.1 + 0.2 is not 0.3 in floats: money, rates and seconds are whole numbers", &findings);
}

#[test]
fn only_the_store_and_the_tests_know_the_engines() {
    let mut findings = Vec::new();
    for file in rust().filter(|file| file.is_product() && file.package() != Some("store")) {
        for (number, line) in Rust::parse(&file.text).numbered() {
            if identifiers(line).any(|name| name == "sqlx") {
                findings.push(format!("{}:{number}", file.path));
            }
        }
    }
    report("which database is open must not matter outside `store`", &findings);
}
