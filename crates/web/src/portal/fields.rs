//! What a form sent.
//!
//! Decided here: forms are small and flat; of a field that is there twice the first counts. Texts
//! stay as they were typed, so that a form that is refused can show them again.

use std::collections::BTreeMap;

/// Fields that one form may have.
const MAX_FIELDS: usize = 100;

/// The fields of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// The fields in a body of `application/x-www-form-urlencoded`.
    pub(super) fn read(body: &[u8]) -> Self {
        let mut fields = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body).take(MAX_FIELDS) {
            fields.entry(name.into_owned()).or_insert_with(|| value.into_owned());
        }
        Self(fields)
    }

    /// What was typed; empty where the field is missing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_name_counts_and_nothing_panics() {
        let fields = Fields::read(b"a=1&a=2&b=%C3%A4+x&%ff=%ff&=&c");
        assert_eq!(fields.get("a"), "1");
        assert_eq!(fields.get("b"), "ä x");
        assert_eq!(fields.get("c"), "");
        assert_eq!(fields.get("d"), "");
    }
}
