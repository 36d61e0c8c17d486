//! `/v1/payments`, `/v1/checkout-sessions` and links: paying through the API.

use rstest::rstest;
use serde_json::{Value, json};

use super::invoices::{issued, step, with_tenant};
use crate::harness::Engine;

// PAY-01 PAY-15 PMT-12 what the partner sees of a payment; nobody else's method is charged
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payment_knows_its_mode_and_fee(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let path = issued(&api, &tenant, "110.52").await;
    let other = api.world.tenant(&api.partner, "OAKS").await;
    let foreign = api.world.saved_method(&other, "mastercard").await;
    let body = json!({"payment_method_id": foreign});
    let refused = api.post(&format!("{path}/pay"), body).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/payment_method_id");
    let paid = step(&api, &path, "pay").await.expect(201).json();
    assert_eq!((&paid["status"], &paid["mode"]), (&json!("succeeded"), &json!("platform")));
    assert_eq!((&paid["application_fee"], &paid["amount"]), (&json!("4.41"), &json!("110.52")));
    assert_eq!(paid["payment_method"], "Visa •••• 4242");
    assert!(paid["processor_reference"].as_str().unwrap().starts_with("sbx_pi."));
    assert_eq!((&paid["origin"], paid.get("action")), (&json!("request"), None));
    api.world.assert_clean().await;
}

// PAY-01 PAY-09 what the payer has to do is answered, and kept nowhere
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_payer_authenticates_through_the_api(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let path = issued(&api, &tenant, "99.00").await;
    let method = api.world.saved_method(&tenant, "authenticate").await;
    let body = json!({"payment_method_id": method});
    let pay = || api.call("POST", &format!("{path}/pay")).once("k").json(body.clone()).send();
    let waits = pay().await.expect(201).json();
    assert_eq!(waits["status"], "requires_action");
    let secret = waits["action"]["client_secret"].as_str().unwrap().to_owned();
    assert_eq!(pay().await.expect(201).json()["action"], waits["action"]);
    let payment = format!("/v1/payments/{}", waits["id"].as_str().unwrap());
    assert_eq!(api.get(&payment).await.json().get("action"), None);
    for log in ["/v1/audit-entries", "/v1/events"] {
        let kept = api.get(log).await.json().to_string();
        assert!(!kept.contains(&secret), "{log} holds the secret");
    }
    let confirm = format!("{payment}/confirm");
    let failed = api.post(&confirm, json!({"authentication": "failed"})).await.expect(200).json();
    assert_eq!(failed["status"], "failed");
    let again = step(&api, &payment, "cancel").await;
    assert_eq!(again.problem(), (409, "state_conflict".to_owned()));
    let waits = api.post(&format!("{path}/pay"), body.clone()).await.expect(201).json();
    let payment = format!("/v1/payments/{}", waits["id"].as_str().unwrap());
    assert_eq!(step(&api, &payment, "cancel").await.expect(200).json()["status"], "cancelled");
    let waits = api.post(&format!("{path}/pay"), body).await.expect(201).json();
    let confirm = format!("/v1/payments/{}/confirm", waits["id"].as_str().unwrap());
    let passed = api.post(&confirm, json!({"authentication": "passed"})).await.expect(200).json();
    assert_eq!((&passed["status"], passed.get("action")), (&json!("succeeded"), None));
    assert_eq!(api.get(&path).await.json()["status"], "paid");
    api.world.assert_clean().await;
}

// PAY-11 INV-26 a session is made, read and ended; keys reach their own tenants only
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_checkout_session_is_made_and_ended(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let path = issued(&api, &tenant, "99.00").await;
    let invoice_id = path.rsplit('/').next().unwrap();
    let create = |more: Value| {
        let mut body = json!({"invoice_id": invoice_id});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        api.call("POST", "/v1/checkout-sessions").json(body)
    };
    for (wrong, pointer) in [
        (json!({"amount": "99.01"}), "/amount"),
        (json!({"amount": "0"}), "/amount"),
        (json!({"success_url": "javascript:alert(1)"}), "/success_url"),
    ] {
        let problem = create(wrong).send().await.expect(422).json();
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    let made = create(json!({"amount": "40"})).once("k").send().await.expect(201);
    let session = made.json();
    let at = made.header("location").to_owned();
    assert_eq!((&session["status"], &session["amount"]), (&json!("open"), &json!("40.00")));
    let url = session["url"].as_str().unwrap();
    assert!(url.contains("/i/") && url.contains("?session=cs_"), "{url}");
    assert_eq!(api.get(&at).await.expect(200).json(), session);
    // The address opens the page for whoever has it: it is kept in no log.
    let (_, token) = url.split_once("/i/").unwrap();
    let token = token.split('?').next().unwrap();
    let audit = api.get("/v1/audit-entries?action=checkout_session.create").await.json();
    assert!(!audit.to_string().contains(token));
    let ended = step(&api, &at, "expire").await.expect(200).json();
    assert_eq!((&ended["status"], &ended["url"]), (&json!("expired"), &Value::Null));
    step(&api, &at, "expire").await.expect(200);
    let other = api.world.tenant(&api.partner, "OAKS").await;
    let owner = Some(api.partner.partner_id);
    let restricted = api.key_of(owner, &[], Some(&[other.tenant_id])).await;
    api.call("GET", &at).key(&restricted).send().await.expect(403);
    create(json!({})).key(&restricted).send().await.expect(403);
    step(&api, &path, "mark-paid").await.expect(200);
    let paid = create(json!({})).send().await;
    assert_eq!(paid.problem(), (409, "state_conflict".to_owned()));
}

// BEY-11 a link is made once, replaced and revoked; a draft has none
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_link_is_made_replaced_and_revoked(#[case] engine: Engine) {
    let Some((api, tenant)) = with_tenant(engine).await else { return };
    let path = issued(&api, &tenant, "99.00").await;
    let first = step(&api, &path, "link").await.expect(200).json()["url"].clone();
    assert_eq!(step(&api, &path, "link").await.expect(200).json()["url"], first);
    let second = step(&api, &path, "link/rotate").await.expect(200).json()["url"].clone();
    assert_ne!(first, second);
    let open = async |url: &Value| {
        let (_, token) = url.as_str().unwrap().split_once("/i/").unwrap();
        let page = api.call("GET", &format!("/i/{token}")).without_key().send().await;
        page.status.as_u16()
    };
    assert_eq!((open(&first).await, open(&second).await), (404, 200));
    for _ in 0..2 {
        api.call("DELETE", &format!("{path}/link")).send().await.expect(204);
    }
    assert_eq!(open(&second).await, 404);
    let draft = super::invoices::draft(&api, &tenant, "5.00").await;
    let draft = step(&api, draft.header("location"), "link").await;
    assert_eq!(draft.problem(), (409, "state_conflict".to_owned()));
}
