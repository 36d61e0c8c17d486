//! Examples of requests and answers, where nobody wrote one.
//!
//! Decided here: an example is put together from the examples of the schema's fields. A request
//! shows what must be sent and the optional fields that have an example of their own; an answer
//! shows everything. What an author wrote is never replaced. The tests send every request that
//! stands here, so an example that does not work cannot stay.

use serde_json::{Map, Value, json};

/// Nesting at which an example ends; schemas may be recursive.
const MAX_DEPTH: usize = 12;
/// Methods that an operation may have in a path.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The refusals that operations share: name, status, description, code.
const PROBLEMS: [(&str, u16, &str, &str); 13] = [
    ("Unreadable", 400, "The body cannot be read", "invalid_json"),
    ("Unauthorized", 401, "No working key was sent", "unauthorized"),
    ("PaymentRequired", 402, "A payment was declined, or the wallet is empty", "payment_declined"),
    ("Forbidden", 403, "The key may not do this", "scope_missing"),
    ("NotFound", 404, "There is no such thing, or it is somebody else's", "not_found"),
    ("Conflict", 409, "The state does not allow this, or a twin is worked on", "state_conflict"),
    ("Stale", 412, "If-Match names another version than the current", "precondition_failed"),
    ("TooLarge", 413, "The body is too large", "body_too_large"),
    ("WrongKind", 415, "The body is of another kind than it must be", "unsupported_media_type"),
    ("Invalid", 422, "A part of the request is wrong; errors says which", "validation_failed"),
    ("TooMany", 429, "Too many requests; Retry-After says when to come again", "rate_limited"),
    ("Failed", 500, "Something failed here; nothing was changed", "internal_error"),
    ("Busy", 503, "The server is busy", "busy"),
];

/// The name under which the refusal with this status is shared.
pub(super) fn problem_name(status: u16) -> Option<&'static str> {
    PROBLEMS.iter().find(|(_, known, ..)| *known == status).map(|(name, ..)| *name)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Request,
    Answer,
}

/// Every operation of the document.
pub(super) fn operations(document: &Value) -> impl Iterator<Item = &Value> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(_, path)| METHODS.iter().filter_map(move |method| path.get(method)))
}

/// Adds the shared refusals, and an example to every body that has none.
pub(super) fn complete(document: &mut Value) {
    let responses = PROBLEMS.iter().map(|row| (row.0.to_owned(), problem(*row))).collect();
    document["components"]["responses"] = Value::Object(responses);
    let schemas = document["components"]["schemas"].clone();
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (_, path) in paths.iter_mut() {
        for method in METHODS {
            let Some(operation) = path.get_mut(method) else { continue };
            if let Some(content) = operation.pointer_mut("/requestBody/content") {
                add(content, &schemas, Purpose::Request);
            }
            let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
            for (_, response) in responses.into_iter().flatten() {
                if let Some(content) = response.get_mut("content") {
                    add(content, &schemas, Purpose::Answer);
                }
            }
        }
    }
}

fn problem((_, status, description, code): (&str, u16, &str, &str)) -> Value {
    let title = super::super::problem::title(code);
    let errors = match status {
        422 => json!([{"pointer": "/name", "code": "invalid", "message": "must not be empty"}]),
        _ => json!([]),
    };
    let example = json!({
        "type": format!("/v1/docs#problem-{code}"), "title": title, "status": status,
        "code": code, "detail": description, "instance": "/v1/tenants",
        "request_id": "req_01k9zq4v8m6s3t2r1p0n9m8k7j", "errors": errors,
    });
    let text =
        |description: &str| json!({"description": description, "schema": {"type": "string"}});
    let mut headers = json!({"X-Request-Id": text("The request's id, for logs and support")});
    if status == 429 {
        headers["Retry-After"] = text("Seconds");
    }
    if status == 401 {
        headers["WWW-Authenticate"] = text("Bearer");
    }
    let schema = json!({"$ref": "#/components/schemas/Problem"});
    json!({
        "description": description,
        "headers": headers,
        "content": {"application/problem+json": {
            "schema": schema, "examples": {"example": {"value": example}},
        }},
    })
}

fn add(content: &mut Value, schemas: &Value, purpose: Purpose) {
    for (kind, media) in content.as_object_mut().into_iter().flatten() {
        let is_json = kind == "application/json" || kind.ends_with("+json");
        if !is_json && media["schema"]["type"] == "string" {
            // A file: programs that are made from the document send and read its bytes.
            media["schema"]["format"] = "binary".into();
        }
        if media.get("examples").is_some() {
            continue;
        }
        let maker = Maker { schemas, purpose };
        let written = media.as_object_mut().and_then(|media| media.remove("example"));
        let made = || {
            let schema = media.get("schema").filter(|_| is_json);
            schema.and_then(|schema| maker.example(schema, 0))
        };
        if let Some(example) = written.or_else(made) {
            // Named, for readers of the document take a single object for a list of examples.
            media["examples"] = json!({"example": {"value": example}});
        }
    }
}

/// An example of what answers with this schema show.
pub(super) fn of_answer(schema: &Value, schemas: &Value) -> Option<Value> {
    Maker { schemas, purpose: Purpose::Answer }.example(schema, 0)
}

struct Maker<'a> {
    schemas: &'a Value,
    purpose: Purpose,
}

impl Maker<'_> {
    fn example(&self, schema: &Value, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        if let Some(written) = written(schema) {
            return Some(written.clone());
        }
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap_or_default();
            return self.example(self.schemas.get(name)?, depth + 1);
        }
        if let Some(fixed) = schema.get("const").or_else(|| schema.pointer("/enum/0")) {
            return Some(fixed.clone());
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().chain(schema.get("properties").map(|_| schema));
            let mut whole = Map::new();
            for part in parts {
                let part = match part.get("allOf") {
                    Some(_) => self.object(part, depth),
                    None => self.example(part, depth + 1),
                };
                if let Some(Value::Object(fields)) = part {
                    whole.extend(fields);
                }
            }
            return Some(Value::Object(whole));
        }
        let variants = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
        if let Some(variants) = variants {
            return variants
                .iter()
                .filter(|variant| variant["type"] != "null")
                .find_map(|variant| self.example(variant, depth + 1));
        }
        self.typed(schema, depth)
    }

    fn typed(&self, schema: &Value, depth: usize) -> Option<Value> {
        let types: Vec<&str> = match &schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => return None,
        };
        let kind = types.iter().find(|kind| **kind != "null")?;
        let may_be_null = types.contains(&"null");
        match *kind {
            "object" => self.object(schema, depth),
            "array" => {
                let item = schema.get("items").and_then(|item| self.example(item, depth + 1));
                Some(item.map_or(json!([]), |item| json!([item])))
            }
            "string" => match alternative(schema) {
                Some(text) => Some(text.into()),
                None if schema["format"] == "date-time" => Some("2026-05-01T00:00:00Z".into()),
                None if may_be_null => Some(Value::Null),
                None => Some("text".into()),
            },
            _ if may_be_null => Some(Value::Null),
            "integer" | "number" => Some(schema.get("minimum").cloned().unwrap_or(json!(1))),
            "boolean" => Some(json!(false)),
            _ => None,
        }
    }

    fn object(&self, schema: &Value, depth: usize) -> Option<Value> {
        let mut object = Map::new();
        let required = schema["required"].as_array();
        let is_required =
            |name: &str| required.is_some_and(|names| names.iter().any(|it| it == name));
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let is_shown = match self.purpose {
                Purpose::Answer => true,
                Purpose::Request => is_required(name) || written(field).is_some(),
            };
            if let (true, Some(example)) = (is_shown, self.example(field, depth + 1)) {
                object.insert(name.clone(), example);
            }
        }
        Some(Value::Object(object))
    }
}

/// The example that an author gave this schema.
fn written(schema: &Value) -> Option<&Value> {
    schema.get("example").or_else(|| schema.pointer("/examples/0"))
}

/// The first name of `^(one|another)$`.
fn alternative(schema: &Value) -> Option<&str> {
    let names = schema["pattern"].as_str()?.strip_prefix("^(")?.strip_suffix(")$")?;
    let first = names.split('|').next()?;
    first.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_').then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(schema: Value, purpose: Purpose) -> Value {
        let schemas = json!({
            "Line": {"type": "object", "required": ["amount"], "properties": {
                "amount": {"type": "string", "example": "1.50"},
                "note": {"type": ["string", "null"]},
                "state": {"type": "string", "pattern": "^(open|shut)$"},
                "next": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Line"}]},
            }},
        });
        Maker { schemas: &schemas, purpose }.example(&schema, 0).unwrap()
    }

    #[test]
    fn a_request_shows_what_must_be_sent() {
        let schema = json!({"type": "array", "items": {"$ref": "#/components/schemas/Line"}});
        assert_eq!(example(schema, Purpose::Request), json!([{"amount": "1.50"}]));
    }

    #[test]
    fn an_answer_shows_everything_and_ends_though_the_schema_does_not() {
        let shown = example(json!({"$ref": "#/components/schemas/Line"}), Purpose::Answer);
        assert_eq!(shown["state"], "open");
        assert_eq!(shown["note"], Value::Null);
        assert_eq!(shown["next"]["amount"], "1.50");
        assert!(shown.to_string().len() < 1_000);
    }

    #[test]
    fn every_shared_refusal_has_a_code_that_is_explained() {
        for (_, _, _, code) in PROBLEMS {
            let is_known = super::super::super::problem::CODES.iter().any(|(it, ..)| *it == code);
            assert!(is_known, "{code}");
        }
    }
}
