//! JSON bodies, read strictly.
//!
//! Decided here: what a body may look like before anybody asks what it means. Each refusal names
//! the place: invalid UTF-8, a key that stands twice, a number with a fraction or exponent (money
//! is text), a text with a null character, nesting beyond a bound, a field that nobody knows.

use std::fmt;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Number, Value};

use super::{exact::Exact, problem::Problem};

/// Deepest nesting of objects and lists.
const MAX_DEPTH: usize = 16;

/// A JSON body as a `T`.
#[derive(Debug, Clone)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let is_json = is_json(&request);
        let bytes = Bytes::from_request(request, &()).await;
        let bytes = bytes.map_err(|error| Problem::bad_request("unreadable", error.body_text()))?;
        if !is_json {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "send application/json",
            ));
        }
        Ok(Self(parse(&bytes)?))
    }
}

/// The body, or nothing where there is none.
#[derive(Debug, Clone)]
pub(crate) struct OptionalBody<T>(pub(crate) Option<T>);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let length = request.headers().get(header::CONTENT_LENGTH);
        let has_type = request.headers().contains_key(header::CONTENT_TYPE);
        if !has_type && length.is_none_or(|length| length == "0") {
            return Ok(Self(None));
        }
        let Body(body) = Body::from_request(request, state).await?;
        Ok(Self(Some(body)))
    }
}

/// For fields where null means something else than being left out.
pub(crate) fn given<'de, T: serde::Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// `bytes` as a `T`, or what is wrong with them.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value = read(bytes)?;
    if !value.is_object() {
        return Err(Problem::pointed(String::new(), "invalid", "must be an object"));
    }
    serde_path_to_error::deserialize(Exact(value)).map_err(|error| {
        let pointer = pointer(error.path());
        let message = error.into_inner().to_string();
        let code = if message.starts_with("unknown field") { "unknown_field" } else { "invalid" };
        Problem::pointed(pointer, code, message)
    })
}

/// `bytes` as JSON, strictly.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let detail = format!("the body is not UTF-8 from byte {} on", error.valid_up_to());
        Problem::bad_request("invalid_utf8", detail)
    })?;
    let mut refusal = None;
    let mut reader = serde_json::Deserializer::from_str(text);
    let seed = Strict { place: Place::Root, depth: 0, refusal: &mut refusal };
    let read = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match (read, refusal) {
        (Ok(value), _) => Ok(value),
        (Err(_), Some(problem)) => Err(problem),
        (Err(error), None) => Err(Problem::bad_request("invalid_json", error.to_string())),
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

/// Where a value stands.
enum Place<'a> {
    Root,
    Field(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(parent, name) => {
                write!(f, "{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
            }
            Self::Item(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}

/// Reads a value and refuses what is not allowed.
struct Strict<'a> {
    place: Place<'a>,
    depth: usize,
    refusal: &'a mut Option<Problem>,
}

impl Strict<'_> {
    fn refuse<E: Error>(self, code: &'static str, message: &str) -> E {
        *self.refusal = Some(Problem::pointed(self.place.to_string(), code, message));
        E::custom(message)
    }

    fn nested<E: Error>(&mut self) -> Result<usize, E> {
        if self.depth < MAX_DEPTH {
            return Ok(self.depth + 1);
        }
        let message = format!("nested deeper than {MAX_DEPTH}");
        *self.refusal = Some(Problem::bad_request("nesting_too_deep", &*message));
        Err(E::custom(message))
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        match i64::try_from(value) {
            Ok(value) => Ok(Value::Number(Number::from(value))),
            Err(_) => Err(self.refuse("number_too_large", "the number is too large")),
        }
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value, E> {
        Err(self.refuse("float", "numbers are whole here; send decimals as text such as \"1.5\""))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        if text.contains('\0') {
            return Err(self.refuse("null_character", "a text must not hold a null character"));
        }
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let depth = self.nested()?;
        let mut list = Vec::new();
        loop {
            let place = Place::Item(&self.place, list.len());
            let seed = Strict { place, depth, refusal: &mut *self.refusal };
            match items.next_element_seed(seed)? {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<Value, A::Error> {
        let depth = self.nested()?;
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            if name.contains('\0') {
                return Err(self.refuse("null_character", "a name must not hold a null character"));
            }
            let place = Place::Field(&self.place, &name);
            if object.contains_key(&name) {
                let problem = Problem::pointed(place.to_string(), "duplicate_key", "stands twice");
                *self.refusal = Some(problem);
                return Err(A::Error::custom("duplicate key"));
            }
            let seed = Strict { place, depth, refusal: &mut *self.refusal };
            let value = fields.next_value_seed(seed)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        name: String,
        lines: Vec<Line>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        quantity: i64,
    }

    fn refused(text: &[u8]) -> serde_json::Value {
        serde_json::to_value(parse::<Sample>(text).unwrap_err()).unwrap()
    }

    #[test]
    fn each_refusal_names_the_place() {
        for (text, pointer, code) in [
            (r#"{"name":"a","lines":[{"quantity":1.5}]}"#, "/lines/0/quantity", "float"),
            (r#"{"name":"a","lines":[{"quantity":1e2}]}"#, "/lines/0/quantity", "float"),
            (r#"{"name":"a","lines":[],"x":1}"#, "/x", "unknown_field"),
            (r#"{"name":"a","name":"b","lines":[]}"#, "/name", "duplicate_key"),
            (r#"{"name":1,"lines":[]}"#, "/name", "invalid"),
            (r#"{"name":"\u0000","lines":[]}"#, "/name", "null_character"),
            (r#"{"lines":[]}"#, "", "invalid"),
            (r#"["a",[]]"#, "", "invalid"),
            (r#"{"name":"a","lines":[{"quantity":1},[2]]}"#, "/lines/1", "invalid"),
            ("null", "", "invalid"),
            (
                r#"{"name":"a","lines":[{"quantity":99999999999999999999}]}"#,
                "/lines/0/quantity",
                "float",
            ),
        ] {
            let problem = refused(text.as_bytes());
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{text} {problem}");
            assert_eq!(problem["errors"][0]["code"], code, "{text} {problem}");
            assert_eq!(problem["status"], 422);
        }
    }

    #[test]
    fn what_is_no_json_is_told_apart() {
        assert_eq!(refused(b"{")["code"], "invalid_json");
        assert_eq!(refused(b"")["code"], "invalid_json");
        assert_eq!(refused(b"{} {}")["code"], "invalid_json");
        assert_eq!(refused(b"{\"name\":\"\xff\"}")["code"], "invalid_utf8");
        let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
        assert_eq!(refused(&deep)["code"], "nesting_too_deep");
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse::<Sample>(&bytes);
        }

        #[test]
        fn strict_reading_agrees_with_serde(text in "[\\[\\]{}\":,a-c0-9 ]{0,40}") {
            if let Ok(value) = read(text.as_bytes()) {
                prop_assert_eq!(value, serde_json::from_str::<Value>(&text).unwrap());
            }
        }
    }
}
