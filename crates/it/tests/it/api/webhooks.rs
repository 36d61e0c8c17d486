//! `/v1/webhook-endpoints`, `/v1/webhook-deliveries`, `/v1/events`.

use rstest::rstest;
use serde_json::json;

use crate::harness::{
    Api, Engine, World,
    process::local_sender,
    receiver::{Receiver, Says},
};

async fn sending(engine: Engine) -> Option<Api> {
    let (mut world, partner) = World::with_partner(engine).await?;
    world.app.outside = local_sender();
    Some(Api::over(world, partner).await)
}

// WHK-01 WHK-02 WHK-05 WHK-12 WHK-13 WHK-14 WHK-16 WHK-18 WHK-23
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_endpoint_is_told_and_its_deliveries_can_be_read(#[case] engine: Engine) {
    let Some(api) = sending(engine).await else { return };
    let receiver = Receiver::start(Says::Status(200)).await;
    let new = json!({"url": receiver.url, "event_types": ["tenant.created"]});
    let call = api.call("POST", "/v1/webhook-endpoints").once("k").json(new.clone());
    let created = call.send().await.expect(201);
    let secret = created.json()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"));
    let again = api.call("POST", "/v1/webhook-endpoints").once("k").json(new);
    let again = again.send().await.expect(201);
    assert_eq!(again.json()["id"], created.json()["id"]);
    assert!(!String::from_utf8_lossy(&again.body).contains(&secret));
    let path = created.header("location").to_owned();
    let shown = api.get(&path).await.expect(200);
    assert!(!String::from_utf8_lossy(&shown.body).contains("whsec_"));
    api.world.tenant(&api.partner, "OAK").await;
    let app = &api.world.app;
    app.deliver_webhooks(app.clock.now()).await.unwrap();
    let told = receiver.received()[0].json();
    assert_eq!(told["data"]["tenant"]["sip_prefix"], "OAK");
    let event = told["id"].as_str().unwrap();
    assert_eq!(api.get(&format!("/v1/events/{event}")).await.expect(200).json(), told);
    let all = api.get(&format!("{path}/deliveries?status=delivered")).await.expect(200).json();
    let delivery = all["data"][0]["id"].as_str().unwrap();
    assert_eq!(all["data"].as_array().unwrap().len(), 1);
    let again = api.call("POST", &format!("/v1/webhook-deliveries/{delivery}/redeliver"));
    again.send().await.expect(201);
    app.deliver_webhooks(app.clock.now()).await.unwrap();
    let received = receiver.received();
    assert_eq!((received.len(), &received[0].body), (2, &received[1].body));
    let detail = api.get(&format!("/v1/webhook-deliveries/{delivery}")).await.expect(200).json();
    assert_eq!(detail["request_body"].as_str().unwrap().as_bytes(), received[0].body);
    assert_eq!(detail["history"].as_array().unwrap().len(), 2);
    let rotated = api.call("POST", &format!("{path}/rotate-secret")).send().await.expect(200);
    assert_ne!(rotated.json()["secret"], secret.as_str());
    api.call("DELETE", &path).send().await.expect(204);
    assert_eq!(api.get(&path).await.problem().0, 404);
    let kept = api.get(&format!("{path}/deliveries")).await.expect(200).json();
    assert_eq!(kept["data"].as_array().unwrap().len(), 1);
}

// WHK-01 WHK-19 WHK-03
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn endpoints_inside_and_unknown_events_are_refused(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    for (body, pointer) in [
        (json!({"url": "https://127.0.0.1/x", "event_types": ["tenant.created"]}), "/url"),
        (json!({"url": "http://hooks.example", "event_types": ["tenant.created"]}), "/url"),
        (json!({"url": "https://192.0.2.1", "event_types": []}), "/url"),
        (json!({"url": "https://93.184.216.34/x", "event_types": []}), "/event_types"),
        (json!({"url": "https://93.184.216.34/x", "event_types": ["a.b"]}), "/event_types"),
    ] {
        let answer = api.post("/v1/webhook-endpoints", body.clone()).await.expect(422).json();
        assert_eq!(answer["errors"][0]["pointer"], pointer, "{body} {answer}");
    }
    let types = api.get("/v1/event-types").await.expect(200).json();
    let types = types["data"].as_array().unwrap();
    assert!(types.iter().any(|it| it["type"] == "invoice.paid" && it["category"] == "Billing"));
}

// REP-17 in the order of commits, without gaps
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn events_are_read_in_order_without_gap_or_double(#[case] engine: Engine) {
    let Some(api) = Api::fresh(engine).await else { return };
    let mut sequences = Vec::new();
    let mut path = "/v1/events?sort=sequence&limit=3".to_owned();
    for number in 0..8 {
        api.world.tenant(&api.partner, &format!("T{number:02}")).await;
    }
    loop {
        let page = api.get(&path).await.expect(200).json();
        // More comes while the list is read.
        if sequences.len() < 6 {
            let number = 50 + sequences.len();
            api.world.tenant(&api.partner, &format!("T{number}")).await;
        }
        for event in page["data"].as_array().unwrap() {
            sequences.push(event["sequence"].as_i64().unwrap());
        }
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/events?sort=sequence&limit=3&starting_after={cursor}");
    }
    let expected: Vec<i64> = (1..=11).collect();
    assert_eq!(sequences, expected);
}
