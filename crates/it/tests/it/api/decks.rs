//! `/v1/rate-decks`: uploads, dry runs, versions that are scheduled, rows, refusals.

use std::fmt::Write as _;

use rstest::rstest;
use serde_json::{Value, json};

use super::catalog::pointers;
use crate::harness::{Api, Engine};

const FIRST: &str = "prefix,name,rate_per_minute\n1,Home,0.01\n44,UK,0.02\n49,Germany,0.03\n";
const SECOND: &str = "prefix,name,rate_per_minute\n1,Home,0.01\n44,UK,0.025\n33,France,0.04\n";

fn prefixes(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["prefix"].as_str().unwrap()).collect()
}

// BEY-02 tried, saved, scheduled ahead and read back
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_deck_is_tried_saved_and_scheduled(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let body = json!({"name": "Intl", "csv": FIRST, "effective_from": "2026-01-01T00:00:00Z"});
    let tried = api.post("/v1/rate-decks?dry_run=true", body.clone()).await.expect(200).json();
    assert_eq!((&tried["rows"], &tried["added_count"]), (&json!(3), &json!(3)));
    assert_eq!(api.get("/v1/rate-decks").await.json()["data"], json!([]));
    let created = api.post("/v1/rate-decks", body).await.expect(201);
    let path = created.header("location").to_owned();
    assert_eq!(api.get(&path).await.expect(200).json(), created.json());

    let next = json!({"csv": SECOND, "effective_from": "2026-07-01T00:00:00Z"});
    let versions = format!("{path}/versions");
    let diff = api.post(&format!("{versions}?dry_run=true"), next.clone()).await.expect(200).json();
    assert_eq!(prefixes(&diff["added"]), ["33"]);
    assert_eq!(prefixes(&diff["removed"]), ["49"]);
    let changed = &diff["changed"][0];
    let rates = (&changed["old"]["rate_per_minute"], &changed["new"]["rate_per_minute"]);
    assert_eq!(rates, (&json!("0.02"), &json!("0.025")));
    assert_eq!((&diff["compared_with"], &diff["unchanged_count"]), (&json!(1), &json!(1)));
    assert_eq!(api.get(&path).await.json()["latest_version"], 1);
    let added = api.post(&versions, next).await.expect(201).json();
    assert_eq!((&added["version"], &added["rows"]), (&json!(2), &json!(3)));
    let past = json!({"csv": SECOND, "effective_from": "2026-06-01T00:00:00Z"});
    for path in [versions.clone(), format!("{versions}?dry_run=true")] {
        let refused = api.post(&path, past.clone()).await.expect(422).json();
        assert_eq!(pointers(&refused), ["/effective_from"]);
    }
    let listed = api.get(&versions).await.expect(200).json();
    let starts = |row: &Value| row["effective_from"].as_str().unwrap().to_owned();
    let listed: Vec<String> = listed["data"].as_array().unwrap().iter().map(starts).collect();
    assert_eq!(listed, ["2026-07-01T00:00:00Z", "2026-01-01T00:00:00Z"]);
}

// BEY-02 the file as it is, and its rows in pages and whole
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn rows_are_read_in_pages_and_as_a_file(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let mut csv = "prefix,rate_per_minute\n".to_owned();
    for number in 0..60_000 {
        writeln!(csv, "{},0.{:04}", 100_000 + number, number % 9_999 + 1).unwrap();
    }
    let upload = api.call("POST", "/v1/rate-decks?name=Large&timezone=America/Chicago");
    let created = upload.bytes("text/csv", csv.into_bytes()).send().await.expect(201);
    let rows = format!("{}/versions/1/rows", created.header("location"));
    let first = api.get(&format!("{rows}?limit=200")).await.expect(200).json();
    assert_eq!((first["data"].as_array().unwrap().len(), &first["has_more"]), (200, &json!(true)));
    let next = first["next_cursor"].as_str().unwrap();
    let second = api.get(&format!("{rows}?limit=200&starting_after={next}")).await.json();
    assert_eq!(second["data"][0]["prefix"], "100200");
    let back = second["previous_cursor"].as_str().unwrap();
    let again = api.get(&format!("{rows}?limit=200&ending_before={back}")).await.json();
    assert_eq!(again["data"], first["data"]);
    let file = api.call("GET", &rows).header("accept", "text/csv").send().await.expect(200);
    assert!(file.header("content-type").starts_with("text/csv"));
    assert_eq!(file.body.iter().filter(|byte| **byte == b'\n').count(), 60_001);
    let upload = api.call("POST", &format!("{}/versions?dry_run=true", created.header("location")));
    let diff = upload.bytes("text/csv", file.body).send().await.expect(200).json();
    assert_eq!(diff["unchanged_count"], 60_000);
    assert_eq!(api.get(&rows.replace("/1/", "/2/")).await.problem().0, 404);
}

// BEY-02 API-08 a wrong file is told by line and column
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_wrong_deck_is_told_by_line_and_column(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let body = json!({"name": "A", "csv": "prefix,rate_per_minute\nabc,0.1\n1,0.1\n2,x\n"});
    let wrong = api.post("/v1/rate-decks", body).await.expect(422).json();
    assert_eq!(pointers(&wrong), ["/csv/2/prefix", "/csv/4/rate_per_minute"]);
    for (body, pointer) in [
        (json!({"name": "A", "csv": FIRST, "timezone": "Mars/Base"}), "/timezone"),
        (json!({"name": "", "csv": FIRST}), "/name"),
        (json!({"name": "A", "csv": "prefix,rate_per_minute\n"}), "/csv"),
        (json!({"name": "A", "csv": FIRST, "effective_from": "soon"}), "/effective_from"),
        (json!({"name": "A", "csv": FIRST, "zone": "UTC"}), "/zone"),
    ] {
        let wrong = api.post("/v1/rate-decks", body).await.expect(422).json();
        assert_eq!(pointers(&wrong), [pointer], "{wrong}");
    }
    let file = api.call("POST", "/v1/rate-decks").bytes("text/csv", FIRST.into()).send().await;
    assert_eq!(file.expect(422).json()["errors"][0]["parameter"], "name");
    let twice = api.post("/v1/rate-decks?name=A", json!({"name": "A", "csv": FIRST})).await;
    assert_eq!(twice.expect(422).json()["errors"][0]["parameter"], "name");
    let xml = api.call("POST", "/v1/rate-decks").bytes("text/xml", FIRST.into()).send().await;
    assert_eq!(xml.problem().0, 415);
    let broken = api.call("POST", "/v1/rate-decks?name=A").bytes("text/csv", vec![0xff]);
    assert_eq!(broken.send().await.problem(), (400, "invalid_utf8".to_owned()));
}
