//! Which requirements the tests name.
//!
//! Decided here: a test that proves a requirement names it in a comment above it, like
//! `// INV-18`. This counts them, so that one can ask which test proves what; it asks for none.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    report,
    source::{Rust, identifiers, rust},
};

/// `INV-18` in `// INV-18, MET-08`: up to three letters or digits, a dash, two digits.
fn named(comment: &str) -> Vec<String> {
    comment
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|word| {
            let Some((family, number)) = word.split_once('-') else { return false };
            (1..=3).contains(&family.len())
                && family.starts_with(|first: char| first.is_ascii_uppercase())
                && number.len() == 2
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
        .map(str::to_owned)
        .collect()
}

/// Ids in the comments right above tests, each with the tests that name it.
fn claims() -> BTreeMap<String, BTreeSet<String>> {
    let mut claims: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in rust() {
        let rust = Rust::parse(&file.text);
        let mut above: Vec<String> = Vec::new();
        let mut is_test = false;
        for (code, comment) in rust.code.iter().zip(&rust.comments) {
            let code = code.trim();
            if code.starts_with("#[") {
                is_test |= code.contains("test]") || code.contains("test(");
            } else if code.is_empty() {
                if comment.trim().is_empty() {
                    above.clear();
                }
            } else {
                let is_case = code.starts_with("//");
                let mut names = identifiers(code).skip_while(|name| *name != "fn").skip(1);
                if let (true, Some(name)) = (is_test && !is_case, names.next()) {
                    for id in above.drain(..) {
                        claims.entry(id).or_default().insert(format!("{}: {name}", file.path));
                    }
                }
                (is_test, above) = (false, Vec::new());
            }
            above.extend(named(comment));
        }
    }
    claims
}

#[test]
fn ids_are_told_from_other_words() {
    assert_eq!(named("// INV-18, MET-08; ruling 4"), ["INV-18", "MET-08"]);
    assert_eq!(named("// F-03: the SHA-256 of 2026-05-10"), ["F-03"]);
}

/// Families of requirements; a typing error in an id makes a family that is not here.
const FAMILIES: [&str; 44] = [
    "ACC", "AGY", "API", "AUT", "BEY", "BRD", "C", "CHK", "CNM", "CS", "CYC", "DID", "DOM", "DSH",
    "DUN", "E91", "EML", "EXT", "F", "HLP", "INV", "KEY", "LAY", "LIM", "MET", "NTF", "PAY", "PLT",
    "PMT", "POR", "PRO", "REF", "REP", "RTL", "SKY", "STR", "SUP", "TAX", "TEN", "TNT", "TPO",
    "USR", "WAL", "WHK",
];

#[test]
#[expect(clippy::print_stdout, reason = "the coverage is shown with --nocapture")]
fn requirements_named_by_tests() {
    let claims = claims();
    let mut families: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for id in claims.keys() {
        let (family, number) = id.split_once('-').expect("it was found by its dash");
        families.entry(family).or_default().push(number);
    }
    println!("{} requirements are named by tests", claims.len());
    for (family, numbers) in &families {
        println!("  {family}: {}", numbers.join(" "));
    }
    let unknown: Vec<String> = claims
        .iter()
        .filter(|(id, _)| !FAMILIES.iter().any(|family| id.split('-').next() == Some(family)))
        .map(|(id, tests)| format!("{id} in {tests:?}"))
        .collect();
    report("a requirement that nobody has written down proves nothing", &unknown);
}

#[test]
fn each_engine_is_a_case() {
    let mut findings = Vec::new();
    for file in rust().filter(|file| file.path.starts_with("crates/it/tests/")) {
        if file.path.contains("/harness/") || file.path.contains("/tidy/") {
            continue;
        }
        for (number, line) in Rust::parse(&file.text).numbered() {
            let line = line.trim();
            let is_named = line.contains("Engine::Postgres") || line.contains("Engine::Sqlite");
            let is_case = line.starts_with("#[case::sqlite(Engine::Sqlite")
                || line.starts_with("#[case::postgres(Engine::Postgres");
            let names_engine = line.contains("fn ") && line.contains("_postgres");
            if (is_named && !is_case) || names_engine {
                findings.push(format!("{}:{number}", file.path));
            }
        }
    }
    report(
        "`./test` picks the tests of an engine by the names of their cases: write \
         `#[case::sqlite(Engine::Sqlite)]` and `#[case::postgres(Engine::Postgres)]`",
        &findings,
    );
}
