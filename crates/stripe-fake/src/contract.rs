//! Stripe's own description of its API, and what does not agree with it.
//!
//! Decided here: a name that the description does not have is a violation on both sides, at every
//! level that it describes; so are a missing, an odd or a too long value. Levels that were cut out
//! of the description are open.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

const TEXT: &str = include_str!("../data/openapi-subset.json");

/// The description.
#[derive(Debug)]
pub(crate) struct Contract {
    root: Value,
    operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// Such as `PostPaymentIntents`.
    pub(crate) id: String,
    method: String,
    path: String,
    /// What may be sent, in the body or behind the question mark.
    request: Value,
    answer: Value,
}

/// Which side a value comes from: in requests everything is a text.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Request,
    Answer,
}

/// The description, read once.
pub(crate) fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(Contract::read)
}

impl Contract {
    fn read() -> Self {
        let root: Value = serde_json::from_str(TEXT).expect("the description is JSON");
        let mut operations = Vec::new();
        for (path, methods) in root["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                operations.push(read_operation((method, path), operation));
            }
        }
        Self { root, operations }
    }

    /// The operation that a request asks for, and what stands in its path.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<(&Operation, Vec<String>)> {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        self.operations.iter().filter(|it| it.method == method).find_map(|operation| {
            let named: Vec<&str> = operation.path.trim_matches('/').split('/').collect();
            let mut found = Vec::new();
            let fits = named.len() == parts.len()
                && named.iter().zip(&parts).all(|(name, part)| {
                    let is_variable = name.starts_with('{');
                    if is_variable {
                        found.push((*part).to_owned());
                    }
                    is_variable || name == part
                });
            fits.then_some((operation, found))
        })
    }

    /// What is wrong with a request's parameters.
    pub(crate) fn check_request(&self, operation: &Operation, form: &Value) -> Vec<String> {
        let mut findings = Vec::new();
        self.check((&operation.request, form), "", (Side::Request, &mut findings));
        findings
    }

    /// What is wrong with an answer.
    pub(crate) fn check_answer(&self, operation: &Operation, body: &Value) -> Vec<String> {
        let mut findings = Vec::new();
        self.check((&operation.answer, body), "", (Side::Answer, &mut findings));
        findings
    }

    /// What is wrong with an object that is told of outside of an answer, or with an error.
    pub(crate) fn check_object(&self, kind: &str, value: &Value) -> Vec<String> {
        let mut findings = Vec::new();
        let schema = json!({ "$ref": format!("#/components/schemas/{kind}") });
        self.check((&schema, value), "", (Side::Answer, &mut findings));
        findings
    }

    /// Whether a request can become an object of this kind.
    pub(crate) fn knows(&self, kind: &str) -> bool {
        self.root["components"]["schemas"].get(kind).is_some()
    }

    fn check(
        &self,
        (schema, value): (&Value, &Value),
        at: &str,
        (side, findings): (Side, &mut Vec<String>),
    ) {
        if let Some(reference) = schema["$ref"].as_str() {
            let pointer = reference.trim_start_matches('#');
            let schema = self.root.pointer(pointer).unwrap_or(&Value::Null);
            return self.check((schema, value), at, (side, findings));
        }
        if value.is_null() && side == Side::Answer {
            if schema["nullable"] != true && schema["type"].is_string() {
                findings.push(format!("{at}: null"));
            }
            return;
        }
        if let Some(choices) = schema["anyOf"].as_array() {
            let mut least: Option<Vec<String>> = None;
            for choice in choices {
                let mut found = Vec::new();
                self.check((choice, value), at, (side, &mut found));
                if least.as_ref().is_none_or(|least| found.len() < least.len()) {
                    least = Some(found);
                }
            }
            findings.extend(least.unwrap_or_default());
            return;
        }
        if let Some(allowed) = schema["enum"].as_array()
            && !allowed.contains(value)
        {
            findings.push(format!("{at}: {value} is none of {}", schema["enum"]));
        }
        match schema["type"].as_str() {
            Some("object") => self.check_members((schema, value), at, (side, findings)),
            Some("array") => match value.as_array() {
                Some(items) => {
                    for (index, item) in items.iter().enumerate() {
                        let at = format!("{at}[{index}]");
                        self.check((&schema["items"], item), &at, (side, findings));
                    }
                }
                None => findings.push(format!("{at}: {value} is no list")),
            },
            // What is expanded is an object of its own kind.
            Some("string") if schema["x-expandable"] == true && value.is_object() => {
                let kind = value["object"].as_str().unwrap_or_default();
                let schema = json!({ "$ref": format!("#/components/schemas/{kind}") });
                self.check((&schema, value), at, (side, findings));
            }
            Some(kind) => check_leaf((schema, kind), value, at, (side, findings)),
            None => {}
        }
    }

    fn check_members(
        &self,
        (schema, value): (&Value, &Value),
        at: &str,
        (side, findings): (Side, &mut Vec<String>),
    ) {
        let Some(members) = value.as_object() else {
            return findings.push(format!("{at}: {value} is no object"));
        };
        for name in schema["required"].as_array().into_iter().flatten() {
            if name.as_str().is_some_and(|name| !members.contains_key(name)) {
                findings.push(format!("{at}: {name} is missing"));
            }
        }
        let known = schema["properties"].as_object().filter(|known| !known.is_empty());
        for (name, member) in members {
            let at = if at.is_empty() { name.clone() } else { format!("{at}[{name}]") };
            match known.and_then(|known| known.get(name)) {
                Some(schema) => self.check((schema, member), &at, (side, findings)),
                None if schema["additionalProperties"].is_object() => {
                    let schema = &schema["additionalProperties"];
                    self.check((schema, member), &at, (side, findings));
                }
                None if schema["additionalProperties"] == true => {}
                // Without any property it was cut out, unless that is said.
                None if known.is_none() && schema["additionalProperties"] != false => {}
                None => findings.push(format!("{at}: is not in the description")),
            }
        }
    }
}

fn check_leaf(
    (schema, kind): (&Value, &str),
    value: &Value,
    at: &str,
    (side, findings): (Side, &mut Vec<String>),
) {
    let text = value.as_str();
    let fits = match (kind, side) {
        ("string", _) => text.is_some(),
        ("integer", Side::Request) => text.is_some_and(|text| text.parse::<i64>().is_ok()),
        ("integer", Side::Answer) => value.is_i64() || value.is_u64(),
        ("number", Side::Answer) => value.is_number(),
        ("boolean", Side::Request) => matches!(text, Some("true" | "false")),
        ("boolean", Side::Answer) => value.is_boolean(),
        _ => true,
    };
    if !fits {
        findings.push(format!("{at}: {value} is no {kind}"));
    }
    let most = schema["maxLength"].as_u64().unwrap_or(u64::MAX);
    if text.is_some_and(|text| text.chars().count() as u64 > most) {
        findings.push(format!("{at}: longer than {most}"));
    }
}

fn read_operation((method, path): (&str, &str), operation: &Value) -> Operation {
    let body = operation.pointer("/requestBody/content/application~1x-www-form-urlencoded/schema");
    let mut properties = Map::new();
    let mut required = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "query" {
            let name = parameter["name"].as_str().unwrap_or_default();
            properties.insert(name.to_owned(), parameter["schema"].clone());
            if parameter["required"] == true {
                required.push(name);
            }
        }
    }
    let query = json!({
        "type": "object", "properties": properties, "required": required,
        "additionalProperties": false,
    });
    let answer = operation.pointer("/responses/200/content/application~1json/schema");
    Operation {
        id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        request: if method == "get" { query } else { body.cloned().unwrap_or(query) },
        answer: answer.cloned().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_whole() {
        assert_eq!(contract().operations.len(), 53);
        assert!(contract().knows("payment_intent"));
        let (operation, found) = contract().find("POST", "/v1/refunds").expect("it is there");
        assert_eq!((operation.id.as_str(), found.len()), ("PostRefunds", 0));
        let (_, found) = contract().find("GET", "/v1/charges/ch_1").expect("it is there");
        assert_eq!(found, ["ch_1"]);
        assert!(contract().find("PUT", "/v1/charges").is_none());
    }

    #[test]
    fn what_the_description_does_not_allow_is_found() {
        let check = |id: &str, form: Value, expected: Option<&str>| {
            let (operation, _) = contract().find("POST", id).expect("it is there");
            let found = contract().check_request(operation, &form);
            match expected {
                None => assert!(found.is_empty(), "{found:?}"),
                Some(part) => assert!(found.iter().any(|it| it.contains(part)), "{found:?}"),
            }
        };
        let intents = "/v1/payment_intents";
        check(intents, json!({"amount": "100", "currency": "usd"}), None);
        check(intents, json!({"amount": "100"}), Some("missing"));
        check(intents, json!({"amount": "1.5", "currency": "usd"}), Some("integer"));
        check(intents, json!({"amount": "1", "currency": "usd", "x": "1"}), Some("not in"));
        let long = "x".repeat(23);
        let form = json!({"amount": "1", "currency": "usd", "statement_descriptor_suffix": long});
        check(intents, form, Some("longer"));
        let mandate = json!({"customer_acceptance": {"type": "telepathy"}});
        let form = json!({"amount": "1", "currency": "usd", "mandate_data": mandate});
        check(intents, form, Some("none of"));
        let mandate = json!({"customer_acceptance": {"type": "offline"}});
        check(intents, json!({"amount": "1", "currency": "usd", "mandate_data": mandate}), None);
        check("/v1/account_links", json!({"account": "acct_1"}), Some("missing"));
        let found = contract().check_object("refund", &json!({"id": "re_1", "object": "refund"}));
        assert_eq!(found.len(), 3, "{found:?}");
    }
}
