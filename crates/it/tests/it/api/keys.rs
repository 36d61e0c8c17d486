//! `/v1/api-keys`, and what the logs say about their use.

use rstest::rstest;
use serde_json::json;

use crate::harness::{Api, Engine};

// KEY-02 KEY-04 KEY-07 KEY-08 KEY-11
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_is_shown_once_narrowed_and_taken_back(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let new = json!({"name": "Books", "scopes": ["billing:read", "tenants:read"]});
    let created = api.post("/v1/api-keys", new).await.expect(201);
    let secret = created.json()["secret"].as_str().unwrap().to_owned();
    let path = created.header("location").to_owned();
    assert!(secret.starts_with("sk_test_"));
    let shown = api.get(&path).await.expect(200);
    let masked = format!("sk_test_...{}", &secret[secret.len() - 4..]);
    assert_eq!(shown.json()["masked"], masked.as_str());
    assert!(!String::from_utf8_lossy(&shown.body).contains(&secret[8..]));
    let list = || api.call("GET", "/v1/tenants").key(&secret).send();
    list().await.expect(200);
    let renamed = api.patch(&path, json!({"name": "Other"})).await;
    assert_eq!(renamed.problem().0, 422);
    api.patch(&path, json!({"scopes": ["billing:read"]})).await.expect(200);
    assert_eq!(list().await.problem(), (403, "scope_missing".to_owned()));
    api.call("POST", &format!("{path}/revoke")).send().await.expect(200);
    assert_eq!(list().await.problem(), (401, "unauthorized".to_owned()));
    api.get("/v1/tenants").await.expect(200);
    let again = api.patch(&path, json!({"scopes": ["billing:read"]})).await;
    assert_eq!(again.problem(), (409, "state_conflict".to_owned()));
    assert_eq!(api.get(&path).await.json()["status"], "revoked");
}

// KEY-06 what a list of keys shows of each
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_list_of_keys_shows_how_each_stands(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let tenant = api.world.tenant(&api.partner, "ACME").await.tenant_id;
    let new = json!({"name": "Books", "scopes": ["billing:read", "tenants:read"]});
    let whole = api.post("/v1/api-keys", new).await.expect(201).json();
    let new = json!({"name": "Acme's own", "scopes": ["calls:read"], "tenant_ids": [tenant]});
    let narrow = api.post("/v1/api-keys", new).await.expect(201).json();
    let row = async |key: &serde_json::Value| {
        let list = api.get("/v1/api-keys").await.expect(200).json();
        let rows = list["data"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["id"] == key["id"]).unwrap()
    };
    let fresh = row(&whole).await;
    let (name, masked) = (&fresh["name"], fresh["masked"].as_str().unwrap());
    assert_eq!((name, masked.starts_with("sk_test_...")), (&json!("Books"), true));
    assert_eq!(fresh["scopes"], json!(["tenants:read", "billing:read"]));
    assert_eq!((&fresh["tenant_ids"], &fresh["status"]), (&json!(null), &json!("active")));
    assert_eq!(fresh["last_used_at"], json!(null));
    assert_eq!(row(&narrow).await["tenant_ids"], json!([tenant]));
    let secret = whole["secret"].as_str().unwrap();
    api.call("GET", "/v1/tenants").key(secret).send().await.expect(200);
    // Uses are written down behind the answers.
    while row(&whole).await["last_used_at"].is_null() {
        tokio::task::yield_now().await;
    }
    api.call("POST", &format!("/v1/api-keys/{}/revoke", narrow["id"].as_str().unwrap()))
        .send()
        .await
        .expect(200);
    assert_eq!(row(&narrow).await["status"], "revoked");
}

// KEY-12 API-06
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_change_is_written_down_with_before_and_after(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let tenant = api.world.tenant(&api.partner, "ACME").await;
    let path = format!("/v1/tenants/{}", tenant.tenant_id);
    let answer = api.patch(&path, json!({"name": "New"})).await.expect(200);
    let request_id = answer.header("x-request-id");
    let entries = api.get(&format!("/v1/audit-entries?request_id={request_id}")).await.json();
    let entry = &entries["data"][0];
    assert_eq!(entry["action"], "tenant.edit");
    assert_eq!(entry["before"]["name"], "ACME");
    assert_eq!(entry["after"]["name"], "New");
    assert_eq!(entry["actor_kind"], "api_key");
    assert_eq!(entries["data"].as_array().unwrap().len(), 1);
}

// KEY-05 KEY-09 KEY-13
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_ends_when_it_says_and_is_pointed_out_when_nobody_uses_it(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let fast = json!({"name": "fast", "scopes": ["tenants:read"], "rate_limit": 10_001});
    let refused = api.post("/v1/api-keys", fast).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/rate_limit");
    let past = json!({"name": "past", "scopes": ["tenants:read"],
                      "expires_at": "2026-04-30T00:00:00Z"});
    let refused = api.post("/v1/api-keys", past).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/expires_at");
    let short = json!({"name": "short", "scopes": ["tenants:read"],
                       "expires_at": "2026-05-02T00:00:00Z"});
    let short = api.post("/v1/api-keys", short).await.expect(201);
    assert_eq!(short.json()["rate_limit"], 100);
    let idle = json!({"name": "idle", "scopes": ["tenants:read"]});
    let idle = api.post("/v1/api-keys", idle).await.expect(201);
    let secret = short.json()["secret"].as_str().unwrap().to_owned();
    let list = || api.call("GET", "/v1/tenants").key(&secret).send();
    list().await.expect(200);
    // The key is known to this process by now; its end counts all the same.
    api.world.advance("2026-05-02T00:00:00Z");
    assert_eq!(list().await.problem(), (401, "unauthorized".to_owned()));
    assert_eq!(api.get(short.header("location")).await.json()["status"], "expired");
    assert_eq!(api.get(idle.header("location")).await.json()["orphaned"], false);
    api.world.advance("2026-07-30T00:00:00Z");
    assert_eq!(api.get(idle.header("location")).await.json()["orphaned"], true);
}
