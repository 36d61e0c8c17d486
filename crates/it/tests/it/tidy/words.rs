//! What files must say, and words that have no place in them.

use super::{
    report,
    source::{Rust, identifiers, rust, tree},
};

/// Shorter than this nobody has said what a module decides.
const LEAST_MODULE_TEXT: usize = 20;

#[test]
fn every_module_says_what_it_is_about() {
    let mut findings = Vec::new();
    for file in rust() {
        let said: usize = file
            .text
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .map(|line| line.trim().chars().count())
            .sum();
        if said < LEAST_MODULE_TEXT {
            findings.push(format!("{}:1", file.path));
        }
    }
    report(
        "a module opens with `//!`: what is decided here, what is never done, what always holds",
        &findings,
    );
}

#[test]
fn nothing_is_left_for_later() {
    // Spelt so that this file does not find itself.
    let marks =
        [["TO", "DO"], ["FIX", "ME"], ["XX", "X"], ["HA", "CK"]].map(|parts| parts.concat());
    let mut findings = Vec::new();
    for file in tree() {
        if file.path == "Cargo.lock" || file.path.contains("/tests/corpus/") {
            continue;
        }
        for (index, line) in file.text.lines().enumerate() {
            if identifiers(line).any(|word| marks.iter().any(|mark| mark == word)) {
                findings.push(format!("{}:{}", file.path, index + 1));
            }
        }
    }
    for file in rust() {
        for (number, line) in Rust::parse(&file.text).numbered() {
            if ["todo!", "unimplemented!", "dbg!"].iter().any(|call| line.contains(call)) {
                findings.push(format!("{}:{number}", file.path));
            }
        }
    }
    report("what is not done is not here: finish it or leave it out", &findings);
}

#[test]
fn every_test_is_run() {
    let mut findings = Vec::new();
    for file in rust() {
        for (number, line) in Rust::parse(&file.text).numbered() {
            let line = line.trim_start();
            if line.starts_with("#[ignore") || line.starts_with("#[cfg(feature") {
                findings.push(format!("{}:{number}", file.path));
            }
        }
    }
    report("a test that is not run proves nothing: mend it or delete it", &findings);
}

/// Names that fit anything and therefore say nothing.
const EMPTY_NAMES: [&str; 8] =
    ["util", "utils", "helper", "helpers", "common", "manager", "misc", "impl"];

/// The words of `InvoiceManager` or `invoice_manager`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if c == '_' || c == '-' || c.is_uppercase() {
            words.push(String::new());
        }
        if c != '_' && c != '-' {
            words.last_mut().expect("there is one").extend(c.to_lowercase());
        }
    }
    words
}

#[test]
fn names_say_something() {
    let says_nothing =
        |name: &str| words(name).iter().any(|word| EMPTY_NAMES.contains(&word.as_str()));
    assert!(says_nothing("InvoiceManager") && says_nothing("test_helpers"));
    assert!(!says_nothing("commonwealth"));
    let mut findings = Vec::new();
    for file in rust() {
        if file.path.split(['/', '.']).any(says_nothing) {
            findings.push(file.path.clone());
        }
        for (number, line) in Rust::parse(&file.text).numbered() {
            let names: Vec<&str> = identifiers(line).collect();
            for pair in names.windows(2) {
                let declares = ["mod", "struct", "enum", "trait", "type"].contains(&pair[0]);
                if declares && says_nothing(pair[1]) {
                    findings.push(format!("{}:{number}: {}", file.path, pair[1]));
                }
            }
        }
    }
    report("a name says what a thing is for, not that it is of use", &findings);
}

#[test]
fn no_file_knows_a_machine() {
    // Spelt so that this file does not find itself.
    let places = [
        ["/ho", "me/"],
        ["/ro", "ot/"],
        ["/Us", "ers/"],
        ["/wo", "rk/"],
        ["/tmp", "/wt"],
        ["/tmp/", "target"],
        ["C:\\", "Users"],
    ]
    .map(|parts| parts.concat());
    let mut findings = Vec::new();
    for file in tree() {
        for (index, line) in file.text.lines().enumerate() {
            for place in places.iter().filter(|place| line.contains(place.as_str())) {
                findings.push(format!("{}:{}: {place}", file.path, index + 1));
            }
        }
    }
    report("the tree works from any directory, on any machine", &findings);
}

#[test]
fn dependencies_come_from_the_public_registry() {
    let source = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let mut findings = Vec::new();
    for file in tree() {
        if file.path.ends_with(".cargo/config.toml") || file.path.ends_with(".cargo/config") {
            findings.push(file.path.clone());
        }
        if file.path != "Cargo.lock" {
            continue;
        }
        for (index, line) in file.text.lines().enumerate() {
            if line.starts_with("source = ") && line != source {
                findings.push(format!("Cargo.lock:{}", index + 1));
            }
        }
    }
    report("anyone must be able to build this: no mirrors, forks or git dependencies", &findings);
}

#[test]
fn papers_speak_of_the_product() {
    let ways = [
        ["as disc", "ussed"],
        ["work in prog", "ress"],
        ["this sess", "ion we"],
        ["language mo", "del"],
        ["pull requ", "est #"],
        ["iss", "ue #"],
        ["the br", "ief says"],
        ["co-author", "ed-by"],
    ]
    .map(|parts| parts.concat());
    let mut findings = Vec::new();
    for file in tree() {
        for (index, line) in file.text.lines().enumerate() {
            let lower = line.to_lowercase();
            for way in ways.iter().filter(|way| lower.contains(way.as_str())) {
                findings.push(format!("{}:{}: {way}", file.path, index + 1));
            }
        }
    }
    report("how a change came to be is in git's history; files say what is", &findings);
}
