//! The OpenAPI document: complete, and every example in it works.

use std::{collections::BTreeSet, fmt::Write as _};

use rstest::rstest;
use serde_json::Value;

use crate::harness::{
    Api, Engine,
    operations::{Operation, Tour, operations},
};

/// Asserts that there are no findings, and shows all of them.
#[track_caller]
pub(super) fn report(findings: &[String]) {
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

/// What the document does not say of an operation.
fn gaps(operation: &Operation) -> Vec<String> {
    let object = &operation.object;
    let mut gaps = Vec::new();
    for name in ["operationId", "summary"] {
        if object[name].as_str().is_none_or(str::is_empty) {
            gaps.push(format!("has no {name}"));
        }
    }
    if object["tags"].as_array().is_none_or(|tags| tags.len() != 1) {
        gaps.push("is not in one group".to_owned());
    }
    if operation.scopes().is_empty() {
        gaps.push("names no scope".to_owned());
    }
    let has_example =
        |media: &Value| media["examples"].as_object().is_some_and(|it| !it.is_empty());
    let bodies = |content: &Value| content.as_object().cloned().unwrap_or_default();
    for (kind, media) in bodies(&object["requestBody"]["content"]) {
        if !has_example(&media) {
            gaps.push(format!("has no example of a {kind} request"));
        }
    }
    let responses = object["responses"].as_object().unwrap();
    if !responses.keys().any(|status| status.starts_with('2')) {
        gaps.push("has no good answer".to_owned());
    }
    for (status, response) in responses.iter().filter(|(_, it)| it.get("$ref").is_none()) {
        for (kind, media) in bodies(&response["content"]) {
            if kind.ends_with("json") && !has_example(&media) {
                gaps.push(format!("has no example of a {kind} answer {status}"));
            }
        }
    }
    gaps
}

// API-02 API-09
#[test]
fn every_operation_says_what_it_needs_and_what_it_answers() {
    let mut findings = Vec::new();
    let mut ids = BTreeSet::new();
    for operation in operations() {
        let name = format!("{} {} ({})", operation.method, operation.path, operation.id);
        findings.extend(gaps(&operation).into_iter().map(|gap| format!("{name} {gap}")));
        if !ids.insert(operation.id.clone()) {
            findings.push(format!("{name}: the id is taken"));
        }
    }
    report(&findings);
}

#[test]
fn what_is_missing_is_found() {
    let mut operation = operations().into_iter().find(|it| it.id == "create_tenant").unwrap();
    assert_eq!(gaps(&operation), Vec::<String>::new());
    let media = operation.object.pointer_mut("/requestBody/content/application~1json").unwrap();
    media.as_object_mut().unwrap().remove("examples");
    operation.object["summary"] = "".into();
    let wanted = ["has no summary", "has no example of a application/json request"];
    assert_eq!(gaps(&operation), wanted);
}

// API-02
#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    found.insert(reference.clone());
                }
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = web::api::document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

/// Whether this is what the example of an operation may be answered with.
fn is_fine(operation: &Operation, status: u16) -> bool {
    let is_about_state = status == 409;
    operation.documents(status) && ((200..300).contains(&status) || is_about_state)
}

/// How `value` differs from what `schema` says of names: one that must be there, or is unknown.
fn strays(document: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = document.pointer(&reference[1..]).unwrap();
        return strays(document, schema, value, place);
    }
    let (Some(known), Some(fields)) = (schema["properties"].as_object(), value.as_object()) else {
        return Vec::new();
    };
    let required = schema["required"].as_array().into_iter().flatten();
    let missing = required.filter_map(Value::as_str).filter(|name| !fields.contains_key(*name));
    let mut found: Vec<String> = missing.map(|name| format!("{place} lacks {name}")).collect();
    for (name, value) in fields {
        match known.get(name) {
            Some(schema) => {
                found.extend(strays(document, schema, value, &format!("{place}.{name}")))
            }
            None => found.push(format!("{place} has {name}")),
        }
    }
    found
}

/// Every event that any partner was told, against what the document says of it; gives their types.
async fn judge_events(tour: &Tour, findings: &mut Vec<String>) -> BTreeSet<String> {
    let list = tour.api.call("GET", "/v1/operator/partners").key(&tour.operator_key);
    let partners = list.send().await.expect(200).json();
    let mut kinds = BTreeSet::new();
    for partner in partners["data"].as_array().unwrap() {
        let partner_id = partner["id"].as_str().unwrap().parse().unwrap();
        let key = tour.api.key_of(Some(partner_id), &[], None).await;
        kinds.append(&mut judge_events_of(tour, &key, findings).await);
    }
    kinds
}

async fn judge_events_of(tour: &Tour, key: &str, findings: &mut Vec<String>) -> BTreeSet<String> {
    let document = web::api::document();
    let mut kinds = BTreeSet::new();
    let mut page = "/v1/events?limit=100&sort=sequence".to_owned();
    loop {
        let list = tour.api.call("GET", &page).key(key).send().await;
        let list = list.expect(200).json();
        for event in list["data"].as_array().unwrap() {
            let kind = event["type"].as_str().unwrap();
            let body = &document["webhooks"][kind]["post"]["requestBody"]["content"];
            let schema = &body["application/json"]["schema"];
            assert!(schema.is_object(), "{kind} is not documented");
            findings.extend(strays(&document, schema, event, kind));
            kinds.insert(kind.to_owned());
        }
        let Some(next) = list["next_cursor"].as_str() else { return kinds };
        page = format!("/v1/events?limit=100&sort=sequence&starting_after={next}");
    }
}

#[test]
fn what_an_event_should_not_carry_is_found() {
    let document = web::api::document();
    let media = "/webhooks/tenant.created/post/requestBody/content/application~1json";
    let media = document.pointer(media).unwrap();
    let mut event = media["examples"]["example"]["value"].clone();
    assert_eq!(strays(&document, &media["schema"], &event, "it"), Vec::<String>::new());
    event["data"] = serde_json::json!({"tenant": {"note": 1}});
    let found = strays(&document, &media["schema"], &event, "it");
    assert!(found.contains(&"it.data.tenant lacks id".to_owned()), "{found:?}");
    assert!(found.contains(&"it.data.tenant has note".to_owned()), "{found:?}");
}

// API-02 API-07 WHK-03 every example is sent to a world that has been lived in
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_example_works_and_tells_what_is_documented(#[case] engine: Engine) {
    let Some(mut tour) = Tour::open(engine).await else { return };
    tour.look_around().await;
    let mut findings = Vec::new();
    let mut done = 0;
    for operation in operations() {
        let key = tour.full_key(&operation);
        let address = match tour.address(&operation).await {
            Ok(address) => address,
            Err(why) => {
                findings.push(why);
                continue;
            }
        };
        let answer = if operation.method == "POST" && operation.parameters().is_empty() {
            tour.create(&operation, &key, &address).await
        } else {
            tour.ask(&operation, &key, &address).await
        };
        let status = answer.status.as_u16();
        if !is_fine(&operation, status) {
            let mut finding = format!("{} {address}: {status} ", operation.id);
            write!(finding, "{}", String::from_utf8_lossy(&answer.body)).unwrap();
            findings.push(finding);
        }
        done += usize::from(answer.status.is_success());
    }
    let kinds = judge_events(&tour, &mut findings).await;
    report(&findings);
    assert!(kinds.len() > 25, "only {kinds:?} happened");
    assert!(done * 4 > operations().len() * 3, "only {done} examples had an effect");
}

// API-02 the documentation needs no key and nothing from elsewhere
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_documentation_comes_whole_from_this_server(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let get = |path: &str| api.call("GET", path).without_key().send();
    for path in ["/v1", "/v1/docs"] {
        let page = get(path).await.expect(200);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("connect-src 'self'") && policy.contains("script-src 'self';"));
        let text = String::from_utf8(page.body).unwrap();
        assert!(!text.contains("http://") && !text.contains("https://"), "{text}");
        assert!(text.contains("id=\"problem-validation_failed\""));
        let sources = text.split("src=\"").chain(text.split("href=\"/v1")).skip(1);
        for source in sources.map(|rest| rest.split('"').next().unwrap()) {
            let path = if source.starts_with("/v1") { source } else { continue };
            get(path).await.expect(200);
        }
    }
    let document = get("/v1/openapi.json").await.expect(200);
    assert_eq!(document.json(), web::api::document());
    let tag = document.header("etag").to_owned();
    let call = api.call("GET", "/v1/openapi.json").without_key().header("if-none-match", &tag);
    assert!(call.send().await.expect(304).body.is_empty());
}
