//! The files of the tree, and Rust taken apart into code, comments and texts.
//!
//! Decided here: what counts as code. A rule about code must not stumble over a comment or a text
//! that speaks of what the rule forbids, so both are blanked out of [`Rust::code`]; a test holds
//! the traps of Rust's grammar (nested comments, raw texts, lifetimes beside characters).

use std::{path::Path, process::Command};

/// A text file of the tree.
pub(super) struct File {
    /// From the root, with slashes.
    pub(super) path: String,
    pub(super) text: String,
}

impl File {
    /// The crate it belongs to.
    pub(super) fn package(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    pub(super) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    /// Whether it is compiled into the product, by where it stands.
    pub(super) fn is_product(&self) -> bool {
        let in_tests = |part: &str| part == "tests" || part.ends_with("tests.rs");
        self.has_extension("rs")
            && self.package().is_some_and(|package| package != "it")
            && self.path.split('/').nth(2) == Some("src")
            && !self.path.split('/').any(in_tests)
    }
}

/// Every text file that git has or would add. Files that are not UTF-8 are left out.
pub(super) fn tree() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(&root)
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).expect("file names are UTF-8");
    let files: Vec<File> = names
        .split_terminator('\0')
        .filter_map(|path| {
            let text = std::fs::read_to_string(root.join(path)).ok()?;
            Some(File { path: path.to_owned(), text })
        })
        .collect();
    assert!(files.len() > 100, "only {} files found", files.len());
    files
}

/// All files of Rust.
pub(super) fn rust() -> impl Iterator<Item = File> {
    tree().into_iter().filter(|file| file.has_extension("rs"))
}

/// One file of Rust, taken apart.
pub(super) struct Rust {
    /// The lines with comments and the insides of texts blanked out.
    pub(super) code: Vec<String>,
    /// The lines with all but comments blanked out.
    pub(super) comments: Vec<String>,
    /// Every text, with the number of the line it starts on.
    pub(super) texts: Vec<(usize, String)>,
}

impl Rust {
    pub(super) fn parse(source: &str) -> Self {
        let mut parts = Parts::default();
        let mut rest = source;
        while let Some(next) = rest.chars().next() {
            let (kind, length) = token(rest, next, parts.follows_a_name());
            let (taken, left) = rest.split_at(length);
            parts.push(kind, taken);
            rest = left;
        }
        let lines = |text: &str| text.lines().map(str::to_owned).collect();
        Self { code: lines(&parts.code), comments: lines(&parts.comments), texts: parts.texts }
    }

    /// The code's lines, each with its number.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.iter().enumerate().map(|(index, line)| (index + 1, line.as_str()))
    }
}

/// The names and keywords of a line of code.
pub(super) fn identifiers(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|part| !part.is_empty())
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Comment,
    /// With the lengths of its delimiters.
    Text(usize, usize),
}

#[derive(Default)]
struct Parts {
    code: String,
    comments: String,
    texts: Vec<(usize, String)>,
}

impl Parts {
    fn follows_a_name(&self) -> bool {
        self.code.ends_with(|c: char| c.is_alphanumeric() || c == '_')
    }

    fn push(&mut self, kind: Kind, taken: &str) {
        let blank = || taken.chars().map(|c| if c == '\n' { '\n' } else { ' ' });
        match kind {
            Kind::Code => {
                self.code.push_str(taken);
                self.comments.extend(blank());
            }
            Kind::Comment => {
                self.code.extend(blank());
                self.comments.push_str(taken);
            }
            Kind::Text(opening, closing) => {
                let line = self.code.matches('\n').count() + 1;
                let inside = taken.get(opening..taken.len().saturating_sub(closing));
                self.texts.push((line, inside.unwrap_or_default().to_owned()));
                self.code.push('"');
                self.code.extend(blank().skip(1));
                self.comments.extend(blank());
            }
        }
    }
}

/// What `rest` begins with, and how long that is.
fn token(rest: &str, next: char, follows_a_name: bool) -> (Kind, usize) {
    if rest.starts_with("//") {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, block_comment(rest));
    }
    if let Some(found) = text(rest, follows_a_name) {
        return found;
    }
    (Kind::Code, character(rest).unwrap_or(next.len_utf8()))
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// A text in any of its spellings: plain, raw, of bytes.
fn text(rest: &str, follows_a_name: bool) -> Option<(Kind, usize)> {
    let quoted = if follows_a_name { rest } else { rest.trim_start_matches(['b', 'c', 'r']) };
    let prefix = rest.len() - quoted.len();
    if prefix > 2 {
        return None;
    }
    if rest[..prefix].contains('r') {
        let hashes = quoted.len() - quoted.trim_start_matches('#').len();
        let body = quoted[hashes..].strip_prefix('"')?;
        let closing = format!("\"{}", "#".repeat(hashes));
        let opening = prefix + hashes + 1;
        let end = body.find(&closing).map_or(rest.len(), |at| opening + at + closing.len());
        return Some((Kind::Text(opening, closing.len()), end));
    }
    let body = quoted.strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((Kind::Text(prefix + 1, 1), prefix + 1 + at + 1)),
            _ => {}
        }
    }
    Some((Kind::Text(prefix + 1, 0), rest.len()))
}

/// The length of a character like `'"'`; `None` for a lifetime and for anything else.
fn character(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('\'')?;
    let first = body.chars().next()?;
    if first == '\\' {
        let escaped = body[1..].chars().next()?.len_utf8();
        return body[1 + escaped..].find('\'').map(|at| 1 + 1 + escaped + at + 1);
    }
    body[first.len_utf8()..].starts_with('\'').then(|| 1 + first.len_utf8() + 1)
}

#[test]
fn comments_and_texts_are_no_code() {
    let source = "let a = \"x // \\\" y\"; // \"b\"\n/* c /* d */ e */ let f: &'a str = '\"';\n\
                  let g = r#\"h \"i\"\n j\"#; let k = br\"\\\"; let bar = b'\\'';";
    let rust = Rust::parse(source);
    let texts: Vec<(usize, &str)> = rust.texts.iter().map(|(at, text)| (*at, &**text)).collect();
    assert_eq!(texts, [(1, "x // \\\" y"), (3, "h \"i\"\n j"), (4, "\\")]);
    let names: Vec<&str> = rust.code.iter().flat_map(|line| identifiers(line)).collect();
    assert_eq!(
        names,
        ["let", "a", "let", "f", "a", "str", "let", "g", "let", "k", "let", "bar", "b"]
    );
    assert_eq!(rust.comments[0].trim(), "// \"b\"");
    assert_eq!(rust.comments[1].trim(), "/* c /* d */ e */");
    assert_eq!(rust.code.len(), 4);
}
