//! Rules about the source tree that no compiler checks.
//!
//! Decided here: each rule is one test, and a finding names its file and line and why the rule is
//! there. Looked at are the files that git has, or would add. Rules that clippy can check are in
//! the workspace's lints and in `clippy.toml` instead.

mod codes;
mod layers;
mod owners;
mod requirements;
mod sizes;
mod source;
mod words;

/// Fails with every finding, under the reason of the rule.
fn report(reason: &str, findings: &[String]) {
    assert!(
        findings.is_empty(),
        "{reason}\n{} finding(s):\n{}",
        findings.len(),
        findings.join("\n")
    );
}
