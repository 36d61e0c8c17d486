//! Codes of refusals: each that is sent is explained, and each that is explained is sent.

use std::collections::BTreeSet;

use super::{report, source};

/// What a refusal with a code begins with.
const BEGINNINGS: [&str; 4] = ["Problem::new(", "Self::new(", "bad_request(", "conflict("];
/// What a use case's refusal with a code of its own begins with.
const CONFLICT: [&str; 1] = ["AppError::Conflict("];

/// The codes that a source of the API names, in its product part.
fn codes(source: &str, beginnings: &[&str]) -> BTreeSet<String> {
    let product = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut codes = BTreeSet::new();
    for beginning in beginnings {
        for rest in product.split(*beginning).skip(1) {
            let Some((before, rest)) = rest.split_once('"') else { continue };
            // A definition, or a code that is handed on.
            if before.contains([')', ';']) || before.contains(" code,") {
                continue;
            }
            codes.extend(rest.split('"').next().map(str::to_owned));
        }
    }
    codes
}

// API-07
#[test]
fn codes_are_explained() {
    let explained: BTreeSet<&str> =
        web::api::PROBLEM_CODES.iter().map(|(code, ..)| *code).collect();
    assert_eq!(explained.len(), web::api::PROBLEM_CODES.len(), "a code is there once");
    let mut findings = Vec::new();
    let mut sent = BTreeSet::new();
    for file in source::rust().filter(|it| it.is_product()) {
        let beginnings: &[&str] = match file.path.as_str() {
            path if path.starts_with("crates/web/src/api/") => &BEGINNINGS,
            path if path.starts_with("crates/app/src/") => &CONFLICT,
            _ => continue,
        };
        for code in codes(&file.text, beginnings) {
            if !explained.contains(code.as_str()) {
                findings.push(format!("{}: {code} is not explained", file.path));
            }
            sent.insert(code);
        }
    }
    let unused = explained.iter().filter(|code| !sent.contains(**code));
    findings.extend(unused.map(|code| format!("{code} is explained but never sent")));
    report("the documentation explains what the API sends", &findings);
}

#[test]
fn codes_are_found() {
    let source = r#"
        fn bad_request(code: &'static str) -> Self { Self::new(BAD_REQUEST, code, "x") }
        Problem::bad_request("one", detail); conflict("two", why);
        Problem::new(
            StatusCode::CONFLICT,
            "three",
        )
        #[cfg(test)] bad_request("four")
    "#;
    let found = codes(source, &BEGINNINGS);
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), ["one", "three", "two"]);
}
