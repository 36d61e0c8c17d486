//! The webhooks of the document: what each event carries (API-02).
//!
//! Decided here: an event carries its subject under the subject's name, in the form in which
//! answers show it; events that carry something else or more are listed in [`OTHERS`]. Every type
//! of the catalogue is here, so that a new one is documented the day it is recorded.

use domain::webhook::catalogue::{EVENT_TYPES, TEST_EVENT};
use serde_json::{Map, Value, json};

use super::examples;

/// The group of all events.
const TAG: &str = "Webhook Events";

/// What events of a subject carry: its name, the schema.
const SUBJECTS: &[(&str, &str)] = &[
    ("billing_profile", "BillingProfile"),
    ("charge", "Charge"),
    ("credit", "Credit"),
    ("credit_note", "CreditNote"),
    ("dispute", "Dispute"),
    ("extension", "Extension"),
    ("invoice", "Invoice"),
    ("partner", "Partner"),
    ("payment", "Payment"),
    ("payment_method", "PaymentMethod"),
    ("phone_number", "PhoneNumber"),
    ("rate_deck", "RateDeck"),
    ("refund", "Refund"),
    ("subscription", "Subscription"),
    ("tax_jurisdiction", "TaxJurisdiction"),
    ("tenant", "Tenant"),
];

/// Events that carry something else: their type, and names with schemas.
const OTHERS: &[(&str, &[(&str, &str)])] = &[
    ("checkout.session.completed", &[("checkout_session", "CheckoutSession")]),
    ("partner.terms_changed", &[("wholesale_terms", "WholesaleTerms")]),
    ("rate_deck.updated", &[("rate_deck", "RateDeck"), ("rate_deck_version", "RateDeckVersion")]),
    ("wallet.changed", &[("wallet_transaction", "WalletTransaction")]),
];

/// What events of this type carry: names and schemas.
fn carried(name: &str) -> Vec<(&'static str, &'static str)> {
    if let Some((_, carried)) = OTHERS.iter().find(|(known, _)| *known == name) {
        return carried.to_vec();
    }
    let subject = name.split('.').next().unwrap_or_default();
    SUBJECTS.iter().filter(|(known, _)| *known == subject).copied().collect()
}

/// Adds every event, and the group that they are in.
pub(super) fn complete(document: &mut Value) {
    let schemas = document["components"]["schemas"].take();
    let webhooks: Map<String, Value> = EVENT_TYPES
        .iter()
        .map(|known| (known.name, known.description))
        .chain([(TEST_EVENT, "Somebody asked for it, to see whether messages arrive.")])
        .map(|told| (told.0.to_owned(), json!({ "post": operation(told, &schemas) })))
        .collect();
    document["components"]["schemas"] = schemas;
    document["webhooks"] = Value::Object(webhooks);
    if let Some(tags) = document["tags"].as_array_mut() {
        tags.push(json!({"name": TAG, "description": "What is sent to webhook endpoints."}));
    }
}

fn operation((name, description): (&str, &str), schemas: &Value) -> Value {
    let schema = schema(name, schemas);
    let mut media = json!({});
    if let Some(example) = examples::of_answer(&schema, schemas) {
        media["examples"] = json!({"example": {"value": example}});
    }
    media["schema"] = schema;
    let header = |name: &str, description: &str| {
        json!({
            "name": name, "in": "header", "required": true, "description": description,
            "schema": {"type": "string"},
        })
    };
    json!({
        "tags": [TAG],
        "summary": name,
        "description": description,
        "security": [],
        "parameters": [
            header("webhook-id", "The event's id: the same however often it arrives"),
            header("webhook-timestamp", "When it was sent, in seconds since 1970"),
            header("webhook-signature", "One signature per secret in force"),
        ],
        "requestBody": {"required": true, "content": {"application/json": media}},
        "responses": {
            "2XX": {"description": "Within 10 seconds: it arrived"},
            "default": {"description": "Anything else: it is tried again, seven times"},
        },
    })
}

/// [`Event`](app::resource::Event) with what this type carries.
fn schema(name: &str, schemas: &Value) -> Value {
    let properties: Map<String, Value> = match name {
        TEST_EVENT => ["endpoint_id", "message"]
            .map(|name| (name.to_owned(), json!({"type": "string"})))
            .into_iter()
            .collect(),
        _ => carried(name)
            .into_iter()
            .map(|(name, schema)| {
                let place = format!("#/components/schemas/{schema}");
                (name.to_owned(), json!({ "$ref": place }))
            })
            .collect(),
    };
    let names: Vec<&String> = properties.keys().collect();
    let mut event = schemas["Event"].clone();
    event["properties"]["type"] = json!({"type": "string", "const": name});
    event["properties"]["data"] =
        json!({"type": "object", "required": names, "properties": properties});
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    // API-02 WHK-03
    #[test]
    fn every_event_says_what_it_carries() {
        let document = super::super::document();
        for known in EVENT_TYPES {
            let media = &document["webhooks"][known.name]["post"]["requestBody"]["content"];
            let media = &media["application/json"];
            let carried = carried(known.name);
            assert!(!carried.is_empty(), "{} carries nothing", known.name);
            for (name, schema) in carried {
                assert!(document["components"]["schemas"][schema].is_object(), "{schema}");
                let example = &media["examples"]["example"]["value"];
                assert_eq!(example["type"], known.name);
                assert!(example["data"][name].is_object(), "{}: {example}", known.name);
            }
        }
    }
}
