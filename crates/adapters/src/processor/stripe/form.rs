//! Parameters as Stripe takes them: a form whose names have brackets for what is inside.
//!
//! Decided here: an absent value is no parameter at all, for an empty one means "take it away".

use super::super::Ours;

/// The parameters of a request, in the order in which they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// With one more parameter, such as `evidence[uncategorized_text]`.
    pub(super) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    /// With one more parameter, where there is a value.
    pub(super) fn with_some(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With a list.
    pub(super) fn with_list(self, name: &str, values: &[&str]) -> Self {
        let name = format!("{name}[]");
        values.iter().fold(self, |form, value| form.with(&name, value))
    }

    /// With the row that the object belongs to.
    pub(super) fn ours(self, ours: &Ours) -> Self {
        let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        self.with_some("metadata[partner_id]", named(&ours.partner_id))
            .with_some("metadata[object_id]", named(&ours.object_id))
    }

    /// `a=1&b[c]=2`, percent-encoded.
    pub(super) fn encoded(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.0 {
            if !text.is_empty() {
                text.push('&');
            }
            encode(name, &mut text);
            text.push('=');
            encode(value, &mut text);
        }
        text
    }
}

fn encode(text: &str, into: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push('%');
            into.push(char::from(HEX[usize::from(byte >> 4)]));
            into.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}
