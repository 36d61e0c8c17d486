//! `/v1/users`: people invited and removed by programs.

use app::people::NewUser;
use domain::user::{Account, Role};
use rstest::rstest;
use serde_json::json;

use crate::harness::{Api, Engine};

// USR-03 USR-04 USR-06 USR-07 CS-14
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn programs_invite_promote_and_remove(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let tenant = api.world.tenant(&api.partner, "ACME").await.tenant_id.to_string();
    let body = json!({"email": "grace@example.com", "name": "Grace", "role": "partner_admin"});
    let made = api.post("/v1/users", body.clone()).await.expect(201).json();
    assert_eq!(
        (made["status"].as_str(), made["email_verified"].as_bool()),
        (Some("invited"), Some(false))
    );
    assert_eq!(api.post("/v1/users", body).await.problem().0, 409);
    let path = format!("/v1/users/{}", made["id"].as_str().unwrap());
    api.post(&format!("{path}/invitation"), json!({})).await.expect(200);
    let theirs = json!({"email": "tom@example.com", "name": "Tom", "role": "tenant_user",
        "tenant_id": tenant});
    api.post("/v1/users", theirs).await.expect(201);
    let wrong = json!({"email": "x@example.com", "name": "X", "role": "tenant_user"});
    assert_eq!(api.post("/v1/users", wrong).await.problem().0, 422);
    let all = api.get("/v1/users").await.expect(200).json();
    assert_eq!(all["data"].as_array().unwrap().len(), 2);
    let of_tenant = format!("/v1/users?tenant_id={tenant}");
    let rows = api.get(&of_tenant).await.expect(200).json();
    assert_eq!(rows["data"][0]["name"], "Tom");
    let edit = json!({"name": "Grace H.", "role": "partner_user"});
    let edited = api.patch(&path, edit).await.expect(200).json();
    assert_eq!(
        (edited["name"].as_str(), edited["role"].as_str()),
        (Some("Grace H."), Some("partner_user"))
    );
    api.call("DELETE", &path).send().await.expect(204);
    api.get(&path).await.expect(404);
    let now = api.world.app.clock.now();
    api.world.app.work_jobs(now).await.unwrap();
    assert_eq!(api.world.app.outside.mail.kept().len(), 3);
    let account = Account::Partner(api.partner.partner_id);
    let new = NewUser {
        email: "only@example.com".to_owned(),
        name: "Only".to_owned(),
        role: Role::PartnerAdmin,
    };
    let only = api.world.app.create_user(account, &new, "Correct-horse-1").await.unwrap();
    let path = format!("/v1/users/{}", only.user_id);
    assert_eq!(api.call("DELETE", &path).send().await.problem().0, 409);
    let limited = [tenant.parse().unwrap()];
    let key = api.key_of(Some(api.partner.partner_id), &[], Some(&limited)).await;
    assert_eq!(api.call("GET", &path).key(&key).send().await.problem().0, 403);
    let rows = api.call("GET", "/v1/users").key(&key).send().await.expect(200).json();
    assert_eq!(rows["data"].as_array().unwrap().len(), 1);
}
