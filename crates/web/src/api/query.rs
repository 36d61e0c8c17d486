//! Parameters of queries and paths, read strictly.
//!
//! Decided here: a parameter that nobody knows, stands twice or has a wrong value is refused by
//! its name. An id in a path that is no id names nothing, so it is not found.

use std::{fmt, str::FromStr};

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::{Map, Value};

use super::problem::Problem;

/// The parameters of a query as a `T`.
#[derive(Debug, Clone)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let mut values = Map::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if name.contains('\0') || value.contains('\0') {
            let shown = name.replace('\0', "\\0");
            return Err(Problem::parameter(shown, "must not hold a null character"));
        }
        if values.insert(name.to_string(), Value::String(value.into_owned())).is_some() {
            return Err(Problem::parameter(name, "stands twice"));
        }
    }
    serde_path_to_error::deserialize(Value::Object(values)).map_err(|error| {
        let name = error.path().to_string();
        let message = error.into_inner().to_string();
        match missing(&message) {
            Some(name) => Problem::parameter(name.to_owned(), "is required"),
            None => Problem::parameter(name, message),
        }
    })
}

/// The parameter that is not there, where serde says so: the whole query is the place of such an
/// error, which helps nobody.
fn missing(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.strip_suffix('`')
}

/// A value that is written as text in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parsed<T>(pub(crate) T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|error| D::Error::custom(format!("{text:?}: {error}")))
    }
}

/// The id in the path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<T>(pub(crate) T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found("there is nothing at this address"))?;
        match text.parse() {
            Ok(id) => Ok(Self(id)),
            Err(_) => Err(Problem::not_found(format!("there is nothing called {text:?}"))),
        }
    }
}

/// The two ids in the path: of a thing, and of a part of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AtPart<T, U>(pub(crate) T, pub(crate) U);

impl<T: FromStr, U: FromStr, S: Send + Sync> FromRequestParts<S> for AtPart<T, U> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let nothing = || Problem::not_found("there is nothing at this address");
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((whole, part)) = path.map_err(|_| nothing())?;
        match (whole.parse(), part.parse()) {
            (Ok(whole), Ok(part)) => Ok(Self(whole, part)),
            _ => Err(nothing()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        limit: Option<Parsed<u16>>,
        #[serde(rename = "created[gte]")]
        created_from: Option<String>,
    }

    #[test]
    fn each_refusal_names_the_parameter() {
        let sample: Sample = parse("limit=7&created%5Bgte%5D=x").unwrap();
        assert_eq!((sample.limit, sample.created_from.as_deref()), (Some(Parsed(7)), Some("x")));
        for (query, name) in
            [("limit=x", "limit"), ("limit=1&limit=2", "limit"), ("limit=70000", "limit")]
        {
            let problem = serde_json::to_value(parse::<Sample>(query).unwrap_err()).unwrap();
            assert_eq!(problem["errors"][0]["parameter"], name, "{problem}");
        }
        let problem = serde_json::to_value(parse::<Sample>("colour=red").unwrap_err()).unwrap();
        assert!(problem["detail"].as_str().unwrap().contains("colour"), "{problem}");
    }
}
