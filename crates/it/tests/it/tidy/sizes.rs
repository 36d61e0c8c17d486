//! How long files and lines may be. How long functions may be is in `clippy.toml`.

use super::{
    report,
    source::{File, Rust, tree},
};

const MAX_LINES: usize = 500;
const MAX_COLUMNS: usize = 100;

/// Files that are longer, and why.
const LONGER: [(&str, &str); 1] =
    [("crates/store/migrations/0001_foundation.sql", "the schema is read as a whole")];

#[test]
fn files_are_short() {
    let mut findings = Vec::new();
    for file in tree() {
        let is_ours = ["rs", "sql", "md", "toml"].iter().any(|kind| file.has_extension(kind));
        let count = file.text.lines().count();
        if is_ours && count > MAX_LINES && !LONGER.iter().any(|(path, _)| *path == file.path) {
            findings.push(format!("{}: {count} lines", file.path));
        }
    }
    report(
        "a file of at most 500 lines can be read in one sitting: split it by subject",
        &findings,
    );
}

#[test]
fn every_longer_file_is_still_longer() {
    let files = tree();
    let is_longer = |path: &str| {
        files.iter().any(|file| file.path == path && file.text.lines().count() > MAX_LINES)
    };
    let findings: Vec<String> = LONGER
        .iter()
        .filter(|(path, _)| !is_longer(path))
        .map(|(path, _)| (*path).to_owned())
        .collect();
    report("an exception that is not needed any more goes", &findings);
}

/// Lines of a text that is written over several: an example is shown as it is typed.
fn lines_inside_texts(file: &File) -> Vec<usize> {
    if !file.has_extension("rs") {
        return Vec::new();
    }
    let rust = Rust::parse(&file.text);
    let is_blank =
        |index: usize| rust.code[index].trim().is_empty() && rust.comments[index].trim().is_empty();
    (0..rust.code.len()).filter(|index| is_blank(*index)).collect()
}

#[test]
fn lines_are_short() {
    let mut findings = Vec::new();
    for file in tree() {
        if !["rs", "sql", "sh"].iter().any(|kind| file.has_extension(kind)) {
            continue;
        }
        let inside_text = lines_inside_texts(&file);
        for (index, line) in file.text.lines().enumerate() {
            let columns = line.chars().count();
            if columns > MAX_COLUMNS && !inside_text.contains(&index) {
                findings.push(format!("{}:{}: {columns} columns", file.path, index + 1));
            }
        }
    }
    report("two files must fit beside each other: break lines after 100 columns", &findings);
}
