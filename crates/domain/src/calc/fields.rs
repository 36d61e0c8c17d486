//! Reading a calculator's input: every field by name, every refusal with its place.
//!
//! Decided here: a value is taken out of its object when it is read, and what is left over at the
//! end is unknown and refused. `null` is not a value: leave a field out instead. Depth is bounded
//! by the parser, lists by [`MAX_LIST`].

use std::fmt::Display;

use serde_json::{Map, Value};

/// Why a calculator refuses its input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalcError {
    /// The text is not JSON.
    #[error("the input is not JSON: {0}")]
    NotJson(String),
    /// A field is wrong; its place reads like `profile.minute_rate` or `taxes[0].rate`.
    #[error("{field}: {why}")]
    Field {
        /// Where it is.
        field: String,
        /// What is wrong with it.
        why: String,
    },
    /// The values are fine one by one and cannot be computed together.
    #[error("{0}")]
    Impossible(String),
}

impl CalcError {
    /// A refusal of what cannot be computed.
    pub(super) fn impossible(why: impl Display) -> Self {
        Self::Impossible(why.to_string())
    }
}

/// Most entries of a list; an invoice with more lines is a mistake.
const MAX_LIST: usize = 10_000;

/// The fields of one JSON object that have not been read yet.
pub(super) struct Fields {
    path: String,
    map: Map<String, Value>,
}

impl Fields {
    pub(super) fn parse(text: &str) -> Result<Self, CalcError> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| CalcError::NotJson(error.to_string()))?;
        match value {
            Value::Object(map) => Ok(Self { path: String::new(), map }),
            other => Err(CalcError::NotJson(format!("{} is not an object", kind(&other)))),
        }
    }

    /// The refusal of a field of this object.
    pub(super) fn refuse(&self, name: &str, why: impl Display) -> CalcError {
        CalcError::Field { field: self.place(name), why: why.to_string() }
    }

    fn place(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn wrong(&self, name: &str, wanted: &str, value: &Value) -> CalcError {
        self.refuse(name, format!("{} is not {wanted}", kind(value)))
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        // `shift_remove` keeps the order of the rest, so that errors name the first unknown field.
        self.map.shift_remove(name)
    }

    /// A string field.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, CalcError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong(name, "a string", &other)),
        }
    }

    /// A string field that `parse` understands, such as a decimal amount.
    pub(super) fn parsed<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, CalcError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        parse(&text).map(Some).map_err(|error| self.refuse(name, error))
    }

    /// [`parsed`](Self::parsed), for a field that must be there.
    pub(super) fn required<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, CalcError> {
        self.parsed(name, parse)?.ok_or_else(|| self.refuse(name, "is missing"))
    }

    /// A string field with one of a few values.
    pub(super) fn choice<T: Copy>(
        &mut self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, CalcError> {
        self.parsed(name, |text| {
            let found = choices.iter().find(|(known, _)| *known == text);
            found.map(|(_, choice)| *choice).ok_or_else(|| {
                let known: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
                format!("{text:?} is not one of {}", known.join(", "))
            })
        })
    }

    /// A whole number within bounds.
    pub(super) fn whole(
        &mut self,
        name: &str,
        bounds: std::ops::RangeInclusive<u32>,
    ) -> Result<Option<u32>, CalcError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let found = value.as_u64().and_then(|number| u32::try_from(number).ok());
        match found.filter(|number| bounds.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => {
                let wanted = format!("a whole number from {} to {}", bounds.start(), bounds.end());
                Err(self.wrong(name, &wanted, &value))
            }
        }
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, name: &str) -> Result<Option<bool>, CalcError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(other) => Err(self.wrong(name, "true or false", &other)),
        }
    }

    /// A nested object.
    pub(super) fn object(&mut self, name: &str) -> Result<Option<Self>, CalcError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Self { path: self.place(name), map })),
            Some(other) => Err(self.wrong(name, "an object", &other)),
        }
    }

    fn list(&mut self, name: &str) -> Result<Vec<Value>, CalcError> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) if list.len() <= MAX_LIST => Ok(list),
            Some(Value::Array(_)) => {
                Err(self.refuse(name, format!("has more than {MAX_LIST} entries")))
            }
            Some(other) => Err(self.wrong(name, "a list", &other)),
        }
    }

    /// A list of objects.
    pub(super) fn objects(&mut self, name: &str) -> Result<Vec<Self>, CalcError> {
        let list = self.list(name)?;
        let object = |(index, value)| match value {
            Value::Object(map) => Ok(Self { path: format!("{}[{index}]", self.place(name)), map }),
            other => Err(self.wrong(&format!("{name}[{index}]"), "an object", &other)),
        };
        list.into_iter().enumerate().map(object).collect()
    }

    /// A list of strings that `parse` understands.
    pub(super) fn texts<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, CalcError> {
        let list = self.list(name)?;
        let one = |(index, value): (usize, Value)| {
            let entry = format!("{name}[{index}]");
            match value {
                Value::String(text) => parse(&text).map_err(|error| self.refuse(&entry, error)),
                other => Err(self.wrong(&entry, "a string", &other)),
            }
        };
        list.into_iter().enumerate().map(one).collect()
    }

    /// Takes a field for a value that may be text or a number; the caller says what it wants.
    pub(super) fn any(&mut self, name: &str) -> Option<Value> {
        self.take(name)
    }

    /// Refuses what was not read.
    pub(super) fn done(self) -> Result<(), CalcError> {
        match self.map.keys().next() {
            None => Ok(()),
            Some(name) => Err(self.refuse(name, "is not a known field")),
        }
    }
}

/// What a value is, in words for a refusal; long ones are cut.
fn kind(value: &Value) -> String {
    const SHOWN: usize = 40;
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => {
            let text = other.to_string();
            match text.char_indices().nth(SHOWN) {
                Some((cut, _)) => format!("{}…", &text[..cut]),
                None => text,
            }
        }
    }
}
