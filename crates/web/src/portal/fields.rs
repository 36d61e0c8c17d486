//! What a form sent.
//!
//! Decided here: forms are small and flat; of a field that is there twice the first counts, unless
//! it is asked for all. Texts stay as they were typed, so that a form that is refused can show them
//! again. Files come apart from texts, and only in forms that were made for them.

use std::collections::BTreeMap;

/// Fields that one form may have.
const MAX_FIELDS: usize = 400;

/// A file that a form sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    /// What the browser calls it.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) bytes: Vec<u8>,
}

/// The fields of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    texts: BTreeMap<String, Vec<String>>,
    files: BTreeMap<String, Upload>,
}

impl Fields {
    /// The fields in a body of `application/x-www-form-urlencoded`.
    pub(super) fn read(body: &[u8]) -> Self {
        let mut fields = Self::default();
        for (name, value) in url::form_urlencoded::parse(body).take(MAX_FIELDS) {
            fields.texts.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        fields
    }

    /// The fields in a body of `multipart/form-data` (RFC 7578) whose parts are told apart by
    /// `boundary`; nothing where it is not one.
    pub(super) fn read_parts(body: &[u8], boundary: &str) -> Option<Self> {
        let mut fields = Self::default();
        let first = format!("--{boundary}");
        let between = format!("\r\n--{boundary}");
        let mut rest = body.strip_prefix(first.as_bytes())?;
        for _ in 0..MAX_FIELDS {
            if rest.starts_with(b"--") {
                return Some(fields);
            }
            rest = rest.strip_prefix(b"\r\n")?;
            let (head, after) = split(rest, b"\r\n\r\n")?;
            let (value, next) = split(after, between.as_bytes())?;
            fields.take(head, value)?;
            rest = next;
        }
        None
    }

    fn take(&mut self, head: &[u8], value: &[u8]) -> Option<()> {
        let head = std::str::from_utf8(head).ok()?;
        let disposition = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-disposition").then_some(value)
        })?;
        let name = quoted(disposition, "name")?;
        match quoted(disposition, "filename") {
            // A field for a file that was left empty.
            Some(file) if file.is_empty() && value.is_empty() => {}
            Some(file) => {
                let upload = Upload { name: file, bytes: value.to_vec() };
                self.files.entry(name).or_insert(upload);
            }
            None => {
                let text = String::from_utf8_lossy(value).into_owned();
                self.texts.entry(name).or_default().push(text);
            }
        }
        Some(())
    }

    /// What was typed; empty where the field is missing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    /// Everything of this name, such as the boxes of a group that were ticked.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.texts.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a box was ticked.
    #[allow(dead_code, reason = "forms with boxes are to come")]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.texts.contains_key(name)
    }

    /// What was typed, for showing it again: never longer than `limit` characters.
    #[allow(dead_code, reason = "as above")]
    pub(crate) fn typed(&self, name: &str, limit: usize) -> String {
        self.get(name).chars().take(limit).collect()
    }

    /// The file of this name.
    #[allow(dead_code, reason = "as above")]
    pub(crate) fn file(&self, name: &str) -> Option<&Upload> {
        self.files.get(name)
    }
}

/// What stands before and after the first `mark`.
fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|it| it == mark)?;
    Some((&bytes[..at], &bytes[at + mark.len()..]))
}

/// The text of `name="…"` in a header; browsers write quotation marks in it as `%22`.
fn quoted(header: &str, name: &str) -> Option<String> {
    let start = format!("{name}=\"");
    let value = header.split(';').find_map(|part| part.trim().strip_prefix(start.as_str()))?;
    Some(value.split('"').next()?.replace("%22", "\"").replace("%0D%0A", "\n"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_of_a_name_counts_and_nothing_panics() {
        let fields = Fields::read(b"a=1&a=2&b=%C3%A4+x&%ff=%ff&=&c");
        assert_eq!(fields.get("a"), "1");
        assert_eq!(fields.all("a"), ["1", "2"]);
        assert_eq!(fields.get("b"), "ä x");
        assert_eq!(fields.get("c"), "");
        assert_eq!(fields.get("d"), "");
        assert!(fields.has("c") && !fields.has("d"));
    }

    #[test]
    fn parts_are_texts_and_files() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--b\r\n\
                    content-disposition: form-data; name=\"f\"; filename=\"x;%22.csv\"\r\n\
                    Content-Type: text/csv\r\n\r\n1,2\r\n3,4\r\n--b\r\nContent-Disposition: \
                    form-data; name=\"g\"; filename=\"\"\r\n\r\n\r\n--b--\r\n";
        let fields = Fields::read_parts(body.as_bytes(), "b").unwrap();
        assert_eq!(fields.get("a"), "one");
        assert_eq!(fields.file("f").unwrap().bytes, b"1,2\r\n3,4");
        assert_eq!(fields.file("g"), None);
        assert_eq!(Fields::read_parts(b"--b\r\nhalf", "b"), None);
    }

    proptest! {
        #[test]
        fn no_body_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Fields::read_parts(&body, "b");
            let _ = Fields::read(&body);
        }
    }
}
