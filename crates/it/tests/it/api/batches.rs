//! `/v1/cdr-batches`, `/v1/calls` and `/v1/rejects`.

use domain::account::Tenant;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Api, CallLine, Engine, builders::at, http::Answer};

const OUTSIDE: &str = "+12125550199";
const ACME: &str = "+15015550111";

/// An API whose partner has the tenant acme with one number.
async fn acme(engine: Engine) -> Option<(Api, Tenant)> {
    let api = Api::fresh(engine).await?;
    let tenant = api.world.tenant(&api.partner, "acme").await;
    let id = api.partner.partner_id;
    api.world.app.assign_numbers(id, tenant.tenant_id, &[ACME]).await.unwrap();
    Some((api, tenant))
}

fn call(id: &str, minutes: i64) -> CallLine {
    let ended = at("2026-05-03T10:00:00Z").plus_seconds(minutes * 60);
    CallLine::new(id, (OUTSIDE, ACME), ended, 60)
}

fn record(line: &CallLine) -> Value {
    serde_json::from_str(&line.json()).unwrap()
}

fn batch(records: &[Value]) -> Value {
    json!({ "source": "pbx", "records": records })
}

async fn ndjson(api: &Api, body: &[u8]) -> Answer {
    let call = api.call("POST", "/v1/cdr-batches?source=pbx");
    call.bytes("application/x-ndjson", body.to_vec()).send().await
}

fn results(answer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let results = answer["results"].as_array().unwrap();
    results.iter().map(|it| (text(&it["result"]), text(&it["code"]))).collect()
}

// MET-10 MET-21 API-11
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn ten_thousand_records_are_taken_once(#[case] engine: Engine) {
    let Some((api, tenant)) = acme(engine).await else { return };
    let lines: Vec<CallLine> = (0..10_000).map(|n| call(&n.to_string(), n % 1_000)).collect();
    let mut text: String = lines.iter().map(|line| line.json() + "\n").collect();
    let first = ndjson(&api, text.as_bytes()).await.expect(200).json();
    assert_eq!((&first["accepted"], &first["records"]), (&json!(10_000), &json!(10_000)));
    let result = &first["results"][9_999];
    assert_eq!((&result["index"], &result["record_id"]), (&json!(9_999), &json!("9999")));
    assert_eq!((&result["leg"], &result["outcome"]), (&json!("a"), &json!("rated")));
    let again = ndjson(&api, text.as_bytes()).await.expect(200).json();
    assert_eq!((&again["accepted"], &again["duplicates"]), (&json!(0), &json!(10_000)));
    assert_eq!(again["id"], first["id"]);
    assert_eq!(again["results"][7]["call_id"], first["results"][7]["call_id"]);
    let usage = api.get(&format!("/v1/tenants/{}/usage", tenant.tenant_id)).await.json();
    assert_eq!(usage["usage"]["calls"], 10_000);
    text.push_str(&call("more", 0).json());
    let refused = ndjson(&api, text.as_bytes()).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/records");
    let records: Vec<Value> = (0..10_001).map(|n| json!(n)).collect();
    let refused = api.post("/v1/cdr-batches", batch(&records)).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/records");
    api.world.assert_clean().await;
}

// MET-10 MET-05
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_record_is_answered_for_and_none_is_lost(#[case] engine: Engine) {
    let Some((api, _)) = acme(engine).await else { return };
    let good = record(&call("1", 0));
    let mut other = good.clone();
    other["talk_seconds"] = json!(59);
    let mut float = record(&call("2", 0));
    float["talk_seconds"] = json!(59.5);
    let mut number = record(&call("3", 0));
    number["from"] = json!(1.5);
    let stranger = record(&CallLine::new("4", (OUTSIDE, OUTSIDE), at("2026-05-03T10:00:00Z"), 9));
    let mut unknown = record(&call("5", 0));
    unknown["colour"] = json!("red");
    let records =
        [good.clone(), good.clone(), other.clone(), float, number, stranger, unknown, json!([])];
    let sent = batch(&records);
    let answer = api.post("/v1/cdr-batches", sent.clone()).await.expect(200).json();
    let expected = [
        ("accepted", ""),
        ("duplicate", ""),
        ("conflict", "conflict"),
        ("accepted", ""),
        ("rejected", "invalid_field"),
        ("rejected", "unknown_owner"),
        ("rejected", "unknown_field"),
        ("rejected", "malformed_json"),
    ];
    let found = results(&answer);
    for (index, (result, code)) in expected.iter().enumerate() {
        assert_eq!(found[index].0, *result, "{index}: {answer}");
        // The codes of fields are those of the file importer.
        assert!(index == 4 || found[index].1 == *code, "{index}: {answer}");
    }
    assert_eq!((&answer["conflicts"], &answer["rejected"]), (&json!(1), &json!(4)));
    let rejects = api.get("/v1/rejects").await.expect(200).json();
    assert_eq!(rejects["data"].as_array().unwrap().len(), 5);
    let id = answer["results"][6]["reject_id"].as_str().unwrap();
    let kept = api.get(&format!("/v1/rejects/{id}")).await.expect(200).json();
    let raw: Value = serde_json::from_str(kept["raw"].as_str().unwrap()).unwrap();
    assert_eq!(raw, records[6]);
    // Sent again, nothing changes, and what was known is told apart from what was changed.
    let again = api.post("/v1/cdr-batches", sent).await.expect(200).json();
    assert_eq!((&again["id"], &again["accepted"]), (&answer["id"], &json!(0)));
    assert_eq!(again["results"][6]["reject_id"], answer["results"][6]["reject_id"]);
    let changed = api.post("/v1/cdr-batches", batch(&[other])).await.expect(200).json();
    assert_eq!(results(&changed)[0].0, "conflict");
    assert_eq!(api.get("/v1/rejects").await.json()["data"].as_array().unwrap().len(), 5);
    let listed = api.get("/v1/cdr-batches").await.expect(200).json();
    let path = format!("/v1/cdr-batches/{}", answer["id"].as_str().unwrap());
    let one = api.get(&path).await.expect(200).json();
    assert!(listed["data"].as_array().unwrap().contains(&one), "{listed}");
    assert_eq!((&one["source"], &one["records"]), (&json!("pbx"), &json!(8)));
    api.world.assert_clean().await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn bad_lines_are_kept_byte_for_byte(#[case] engine: Engine) {
    let Some((api, _)) = acme(engine).await else { return };
    let mut body = b"\xff\xfe not utf-8\n{\"record_id\":\n".to_vec();
    body.extend(call("1", 0).json().as_bytes());
    let answer = ndjson(&api, &body).await.expect(200).json();
    let codes: Vec<String> = results(&answer).into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, ["not_utf8", "malformed_json", ""]);
    let id = answer["results"][0]["reject_id"].as_str().unwrap();
    let kept = api.get(&format!("/v1/rejects/{id}")).await.expect(200).json();
    assert_eq!((&kept["raw"], &kept["raw_base64"]), (&Value::Null, &json!("//4gbm90IHV0Zi04")));
    let by_code = api.get("/v1/rejects?code=not_utf8&state=open&source=pbx").await.json();
    assert_eq!(by_code["data"].as_array().unwrap().len(), 1);
    assert_eq!(api.get("/v1/rejects?source=other").await.json()["data"], json!([]));
    assert_eq!(api.get("/v1/rejects?state=lost").await.status, 422);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_no_batch_is_refused_by_name(#[case] engine: Engine) {
    let Some((api, _)) = acme(engine).await else { return };
    let post = |body: Value| api.post("/v1/cdr-batches", body);
    for (body, pointer) in [
        (json!({"records": [1]}), "/source"),
        (json!({"source": "a"}), "/records"),
        (json!({"source": "a", "records": []}), "/records"),
        (json!({"source": "a", "records": {}}), "/records"),
        (json!({"source": "", "records": [1]}), "/source"),
        (json!({"source": "a\u{7}", "records": [1]}), "/source"),
        (json!({"source": 1.5, "records": [1]}), "/source"),
        (json!({"source": "a", "records": [1], "x": 1}), "/x"),
    ] {
        let problem = post(body.clone()).await.expect(422).json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
    }
    let raw = |kind: &'static str, body: &[u8]| {
        api.call("POST", "/v1/cdr-batches").bytes(kind, body.to_vec()).send()
    };
    let json = "application/json";
    assert_eq!(raw(json, b"{").await.problem(), (400, "invalid_json".to_owned()));
    assert_eq!(raw(json, b"{\"\xff").await.problem(), (400, "invalid_utf8".to_owned()));
    assert_eq!(raw("text/csv", b"a").await.status, 415);
    let problem = raw("application/x-ndjson", b"{}").await.expect(422).json();
    assert_eq!(problem["errors"][0]["parameter"], "source");
    let large = vec![b' '; (32 << 20) + 1];
    assert_eq!(raw(json, &large).await.status, 413);
    assert_eq!(api.get("/v1/cdr-batches").await.json()["data"], json!([]));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_batch_with_an_idempotency_key_is_answered_once(#[case] engine: Engine) {
    let Some((api, _)) = acme(engine).await else { return };
    let body = batch(&[record(&call("1", 0))]);
    let send = |body: Value| api.call("POST", "/v1/cdr-batches").once("one").json(body).send();
    let first = send(body.clone()).await.expect(200);
    let again = send(body).await.expect(200);
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let other = send(batch(&[record(&call("2", 0))])).await;
    assert_eq!(other.problem(), (422, "idempotency_key_reused".to_owned()));
}

// KEY-03 TEN-16
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_brings_and_sees_only_what_it_reaches(#[case] engine: Engine) {
    let Some((api, acme)) = acme(engine).await else { return };
    let owner = api.partner.partner_id;
    let other = api.world.tenant(&api.partner, "other").await;
    let theirs = ["+15015550122"];
    api.world.app.assign_numbers(owner, other.tenant_id, &theirs).await.unwrap();
    let key = api.key_of(Some(owner), &[], Some(&[acme.tenant_id])).await;
    let foreign = CallLine::new("2", (OUTSIDE, theirs[0]), at("2026-05-03T10:00:00Z"), 60);
    let sent = batch(&[record(&call("1", 0)), record(&foreign)]);
    let answer = api.call("POST", "/v1/cdr-batches").key(&key).json(sent).send().await;
    let answer = answer.expect(200).json();
    assert_eq!(results(&answer)[1], ("rejected".to_owned(), "tenant_not_allowed".to_owned()));
    // Trying again does not do for the key what it may not do.
    let tried = api.call("POST", "/v1/rejects/retry").send().await.expect(200).json();
    assert_eq!((&tried["resolved"], &tried["next"]), (&json!(0), &Value::Null));
    // The partner itself may.
    let owned = batch(&[record(&foreign)]);
    let owned = api.post("/v1/cdr-batches", owned).await.expect(200).json();
    let theirs = format!("/v1/calls/{}", owned["results"][0]["call_id"].as_str().unwrap());
    assert_eq!(api.get(&theirs).await.status, 200);
    let get = |path: &str| api.call("GET", path).key(&key).send();
    assert_eq!(get(&theirs).await.status, 403);
    assert_eq!(get("/v1/calls").await.json()["data"].as_array().unwrap().len(), 1);
    let listed = get(&format!("/v1/calls?tenant_id={}", other.tenant_id)).await;
    assert_eq!(listed.expect(200).json()["data"], json!([]));
    assert_eq!(get("/v1/rejects").await.status, 403);
    assert_eq!(get("/v1/cdr-batches").await.status, 403);
    // Another partner finds nothing of it.
    let stranger = api.world.partner("elm-voice").await;
    let key = api.key_of(Some(stranger.partner_id), &[], None).await;
    let get = |path: &str| api.call("GET", path).key(&key).send();
    assert_eq!(get(&theirs).await.status, 404);
    assert_eq!(get("/v1/calls").await.json()["data"], json!([]));
    assert_eq!(get("/v1/rejects").await.json()["data"], json!([]));
    let reject = answer["results"][1]["reject_id"].as_str().unwrap();
    assert_eq!(get(&format!("/v1/rejects/{reject}")).await.status, 404);
    let path = format!("/v1/cdr-batches/{}", answer["id"].as_str().unwrap());
    assert_eq!(get(&path).await.status, 404);
    // Its records do not reach our tenants either.
    let sent = batch(&[record(&call("9", 0))]);
    let sent = api.call("POST", "/v1/cdr-batches").key(&key).json(sent).send().await.json();
    assert_eq!(results(&sent)[0].1, "unknown_owner");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn refused_records_become_calls_after_the_fix(#[case] engine: Engine) {
    let Some((api, tenant)) = acme(engine).await else { return };
    let number = "+15015550133";
    let line = CallLine::new("1", (OUTSIDE, number), at("2026-05-03T10:00:00Z"), 60);
    let sent = batch(&[record(&line)]);
    let answer = api.post("/v1/cdr-batches", sent).await.expect(200).json();
    assert_eq!(results(&answer)[0].1, "unknown_owner");
    let id = answer["results"][0]["reject_id"].as_str().unwrap();
    let new = json!({"tenant_id": tenant.tenant_id, "number": number});
    api.post("/v1/phone-numbers", new).await.expect(201);
    let tried = api.call("POST", "/v1/rejects/retry").send().await.expect(200).json();
    assert_eq!((&tried["tried"], &tried["resolved"]), (&json!(1), &json!(1)));
    let reject = api.get(&format!("/v1/rejects/{id}")).await.expect(200).json();
    assert_eq!(reject["state"], "resolved");
    assert_eq!(api.get("/v1/calls").await.json()["data"].as_array().unwrap().len(), 1);
    api.world.assert_clean().await;
}

// EXT-15 MET-05 BEY-03 API-11
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn calls_are_listed_and_explain_themselves(#[case] engine: Engine) {
    let Some((api, tenant)) = acme(engine).await else { return };
    let mut records: Vec<Value> = (0..25).map(|n| record(&call(&n.to_string(), n / 2))).collect();
    records.push(record(&CallLine::new("out", (ACME, OUTSIDE), at("2026-05-04T10:00:00Z"), 61)));
    records.push(record(&CallLine::new("no", (OUTSIDE, ACME), at("2026-05-05T10:00:00Z"), 0)));
    api.post("/v1/cdr-batches", batch(&records)).await.expect(200);
    for filter in ["", &format!("&tenant_id={}", tenant.tenant_id)] {
        let mut ends: Vec<String> = Vec::new();
        let mut path = format!("/v1/calls?limit=10{filter}");
        loop {
            let page = api.get(&path).await.expect(200).json();
            for call in page["data"].as_array().unwrap() {
                ends.push(call["ended_at"].as_str().unwrap().to_owned());
            }
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/v1/calls?limit=10{filter}&starting_after={cursor}");
        }
        assert_eq!(ends.len(), 27, "{filter}");
        assert!(ends.is_sorted_by(|a, b| a >= b), "{ends:?}");
    }
    let count = async |filter: &str| {
        let page = api.get(&format!("/v1/calls?{filter}")).await.expect(200).json();
        page["data"].as_array().unwrap().len()
    };
    assert_eq!(count("direction=outbound").await, 1);
    assert_eq!(count("outcome=free").await, 1);
    assert_eq!(count("class=toll_free").await, 0);
    assert_eq!(count("from=%2B15015550111").await, 1);
    assert_eq!(count("ended[gte]=2026-05-04T10:00:00Z").await, 2);
    assert_eq!(count("ended[lt]=2026-05-04T10:00:00Z&direction=inbound").await, 25);
    let middle = "ended[gte]=2026-05-04T00:00:00Z&ended[lt]=2026-05-05T00:00:00Z";
    assert_eq!(count(middle).await, 1);
    assert_eq!(count(&format!("{middle}&tenant_id={}", tenant.tenant_id)).await, 1);
    let wrong = api.get("/v1/calls?direction=up").await.expect(422).json();
    assert_eq!(wrong["errors"][0]["parameter"], "direction");
    let page = api.get("/v1/calls?direction=outbound").await.json();
    let id = page["data"][0]["id"].as_str().unwrap();
    let one = api.get(&format!("/v1/calls/{id}")).await.expect(200).json();
    assert_eq!(one["billed_seconds"], 66);
    assert_eq!((&one["price"], &one["currency"]), (&page["data"][0]["price"], &json!("USD")));
    assert_eq!(one["rating"]["retail"]["agrees_with_terms"], true);
    assert_eq!(one["rating"]["wholesale"]["agrees_with_terms"], true);
    assert_eq!(one["rating"]["retail"]["how"]["increment_seconds"], 6);
    assert_eq!(api.get("/v1/calls/call_00000000000000000000000000").await.status, 404);
}
