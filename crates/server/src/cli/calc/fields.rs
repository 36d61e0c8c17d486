//! Flags as the JSON object that a calculator reads.
//!
//! Decided here: a field's flag is its name with dashes; a list's flag is its name's singular,
//! repeated.

use serde_json::{Map, Value};

/// The fields that were given as flags.
#[derive(Debug, Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// With a string field.
    pub(super) fn text(self, name: &str, value: Option<String>) -> Self {
        self.with(name, value.map(Value::from))
    }

    /// With a number.
    pub(super) fn number(self, name: &str, value: Option<u32>) -> Self {
        self.with(name, value.map(Value::from))
    }

    /// With a list of strings.
    pub(super) fn texts(self, name: &str, values: Vec<String>) -> Self {
        self.with(name, (!values.is_empty()).then(|| Value::from(values)))
    }

    fn with(mut self, name: &str, value: Option<Value>) -> Self {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    /// The object, if there is anything in it.
    pub(super) fn into_json(self) -> Option<String> {
        (!self.0.is_empty()).then(|| Value::from(self.0).to_string())
    }
}

/// The flags that say what `json` says; for examples.
pub(super) fn as_flags(json: &str) -> String {
    let fields: Map<String, Value> = serde_json::from_str(json).expect("examples are objects");
    let mut flags = Vec::new();
    for (name, value) in &fields {
        let flag = name.replace('_', "-");
        match value {
            Value::Array(values) => {
                let flag = flag.strip_suffix('s').expect("a list's name is a plural");
                flags.extend(values.iter().map(|value| format!("--{flag} {}", word(value))));
            }
            value => flags.push(format!("--{flag} {}", word(value))),
        }
    }
    flags.join(" ")
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
