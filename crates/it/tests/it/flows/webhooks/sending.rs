//! What a receiver gets.

use app::webhooks::Replay;
use domain::{ids::EndpointId, webhook::signature::SigningSecret};
use rstest::rstest;
use standardwebhooks::Webhook;

use super::Hooked;
use crate::harness::{
    Engine, World,
    builders::{START, at, id},
    receiver::{Received, Receiver, Says},
};

/// Whether a Standard Webhooks library accepts the message.
fn is_accepted(received: &Received, secret: &SigningSecret) -> bool {
    let verifier = Webhook::new(&secret.shown()).unwrap();
    verifier.verify(&received.body, &received.headers).is_ok()
}

// WHK-04, WHK-05, WHK-06, BEY-09
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_subscribed_event_arrives_signed_both_ways(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let receiver = Receiver::start(Says::Status(200)).await;
    let made = hooked.endpoint(&receiver, &["tenant.created"]).await;
    let tenant = hooked.world.tenant(&hooked.partner, "OAK").await;
    hooked.world.tenant(&hooked.partner, "ASH").await;
    hooked.world.execute("update webhook_endpoint set description = ''").await;
    assert_eq!(hooked.deliver().await, (2, 0));
    let received = receiver.received();
    assert_eq!(received.len(), 2, "other events were told, too");
    for message in &received {
        assert_eq!(message.header("content-type"), "application/json");
        assert_eq!(message.header("x-trunkline-signature"), made.secret.plain(&message.body));
        assert!(is_accepted(message, &made.secret));
        assert!(!is_accepted(message, &SigningSecret::from_bytes([1; 32])));
        let mut changed = message.clone();
        changed.body[20] ^= 1;
        assert!(!is_accepted(&changed, &made.secret));
    }
    let find = |received: &&Received| received.json()["data"]["tenant"]["name"] == "OAK";
    let body = received.iter().find(find).unwrap().json();
    let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
    let expected = ["id", "type", "created_at", "partner_id", "sequence", "object_version", "data"];
    assert_eq!(keys, expected);
    assert_eq!(body["type"], "tenant.created");
    assert_eq!(body["partner_id"], hooked.partner.partner_id.to_string());
    assert_eq!(body["created_at"], START);
    assert_eq!(body["object_version"], tenant.version);
}

// WHK-11, WHK-12, WHK-13, ruling 24
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn sent_again_a_message_is_the_same_bytes(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let (app, partner_id) = (&hooked.world.app, hooked.partner.partner_id);
    let receiver = Receiver::start(Says::Body(200, "x".repeat(70_000))).await;
    let endpoint_id = hooked.endpoint(&receiver, &["tenant.created"]).await.endpoint.endpoint_id;
    hooked.world.tenant(&hooked.partner, "OAK").await;
    assert_eq!(hooked.deliver().await, (1, 0));
    let delivery_id = hooked.deliveries(endpoint_id).await[0].delivery_id;
    // Even while its tenant has another name by now.
    hooked.world.execute("update tenant set name = 'Elm'").await;
    for _ in 0..3 {
        app.redeliver_webhook(partner_id, delivery_id).await.unwrap();
    }
    receiver.says(Says::Status(500));
    assert_eq!(hooked.deliver().await, (0, 3));
    let received = receiver.received();
    assert_eq!(received.len(), 4);
    assert!(received.iter().all(|message| message.body == received[0].body));
    let ids = received.iter().map(|message| message.header("webhook-id"));
    assert_eq!(ids.collect::<std::collections::BTreeSet<_>>().len(), 1);
    let detail = app.webhook_delivery(partner_id, delivery_id).await.unwrap();
    assert_eq!(detail.request_body.as_bytes(), received[0].body);
    let state = detail.delivery.state;
    assert_eq!((state.status.as_str(), state.attempts, state.redeliveries), ("delivered", 1, 0));
    assert_eq!(detail.delivery.response_code, Some(500));
    let attempts: Vec<(&str, Option<u16>, usize)> = detail
        .attempts
        .iter()
        .map(|it| (it.kind.as_str(), it.response_code, it.response_body.len()))
        .collect();
    let failed = ("redelivery", Some(500), 0);
    assert_eq!(attempts, [failed, failed, failed, ("scheduled", Some(200), 65_536)]);
}

// BEY-09 replay of everything since a time; what is on its way is left alone
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_replay_sends_what_happened_since(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let (app, partner_id) = (&hooked.world.app, hooked.partner.partner_id);
    let receiver = Receiver::start(Says::Status(200)).await;
    hooked.world.tenant(&hooked.partner, "ONE").await;
    hooked.world.advance("2026-05-02T00:00:00Z");
    hooked.world.tenant(&hooked.partner, "TWO").await;
    let endpoint_id = hooked.endpoint(&receiver, &["tenant.created"]).await.endpoint.endpoint_id;
    hooked.world.tenant(&hooked.partner, "THREE").await;
    assert_eq!(hooked.deliver().await, (1, 0));
    hooked.world.tenant(&hooked.partner, "FOUR").await;
    let since = |text: &str| Replay { since: at(text), after_sequence: 0 };
    let replay = app.replay_webhooks(partner_id, endpoint_id, since("2026-05-02T00:00:00Z"));
    let replayed = replay.await.unwrap();
    assert_eq!((replayed.queued, replayed.continue_after), (2, None));
    assert_eq!(hooked.deliver().await, (3, 0));
    let mut names: Vec<String> = receiver
        .received()
        .iter()
        .map(|it| it.json()["data"]["tenant"]["name"].to_string())
        .collect();
    names.sort();
    assert_eq!(names, ["\"FOUR\"", "\"THREE\"", "\"THREE\"", "\"TWO\""]);
    let none = app.replay_webhooks(partner_id, endpoint_id, since("2026-05-03T00:00:00Z"));
    assert_eq!(none.await.unwrap().queued, 0);
    let all = app.replay_webhooks(partner_id, endpoint_id, since(START)).await.unwrap();
    assert_eq!(all.queued, 4);
}

// BEY-09 test events go to one endpoint, whatever it is subscribed to
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_test_event_goes_to_one_endpoint(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let (one, other) =
        (Receiver::start(Says::Status(204)).await, Receiver::start(Says::Status(204)).await);
    let endpoint_id = hooked.endpoint(&one, &["invoice.paid"]).await.endpoint.endpoint_id;
    hooked.endpoint(&other, &["invoice.paid"]).await;
    for _ in 0..2 {
        let app = &hooked.world.app;
        app.send_test_webhook(hooked.partner.partner_id, endpoint_id).await.unwrap();
    }
    assert_eq!(hooked.deliver().await, (2, 0));
    let received = one.received();
    assert_eq!((received.len(), other.received().len()), (2, 0));
    assert_eq!(received[0].json()["type"], "webhook.test");
    assert_ne!(received[0].json()["id"], received[1].json()["id"]);
}

// LAY-01 whose webhooks they are is asked each time
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn another_partners_webhooks_are_not_there(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let receiver = Receiver::start(Says::Status(200)).await;
    let endpoint_id: EndpointId =
        hooked.endpoint(&receiver, &["tenant.created"]).await.endpoint.endpoint_id;
    hooked.world.tenant(&hooked.partner, "OAK").await;
    let delivery_id = hooked.deliveries(endpoint_id).await[0].delivery_id;
    let foreign = hooked.world.partner("pine").await;
    hooked.world.tenant(&foreign, "PIN").await;
    assert_eq!(hooked.deliver().await, (1, 0), "its events are its own");
    let (app, foreign) = (&hooked.world.app, foreign.partner_id);
    let replay = Replay { since: at(START), after_sequence: 0 };
    for refused in [
        app.webhook_endpoint(foreign, endpoint_id).await.map(drop),
        app.rotate_webhook_secret(foreign, endpoint_id, 0).await.map(drop),
        app.webhook_deliveries(foreign, (endpoint_id, None), 9).await.map(drop),
        app.webhook_delivery(foreign, delivery_id).await.map(drop),
        app.redeliver_webhook(foreign, delivery_id).await.map(drop),
        app.replay_webhooks(foreign, endpoint_id, replay).await.map(drop),
        app.send_test_webhook(foreign, endpoint_id).await.map(drop),
    ] {
        assert!(matches!(refused, Err(app::error::AppError::NotFound { .. })), "{refused:?}");
    }
    assert_eq!(app.webhook_endpoints(foreign, None, 9).await.unwrap(), []);
}

// BEY-09 numbers follow the commits, without gaps, also where an event was known already
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn events_are_numbered_without_gaps(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let event = |version: i64| store::events::Event {
        kind: "tenant.updated".to_owned(),
        object_id: "tnt_1".to_owned(),
        object_version: version,
        payload: "{}".to_owned(),
        at: at(START),
    };
    for versions in [&[2, 1][..], &[1, 3, 2, 5], &[3], &[4]] {
        let events: Vec<_> = versions.iter().map(|version| event(*version)).collect();
        let append = async |tx: &mut store::db::Tx| {
            store::events::append(tx, id(1), &events).await?;
            store::events::append(tx, id(2), &events[..1]).await
        };
        world.app.db.write(append).await.unwrap();
    }
    // What is undone leaves no gap.
    let mut tx = world.begin().await;
    store::events::append(&mut tx, id(1), &[event(9)]).await.unwrap();
    tx.rollback().await.unwrap();
    let mut tx = world.begin().await;
    store::events::append(&mut tx, id(1), &[event(6)]).await.unwrap();
    let page = store::events::in_order(&mut tx, id(1), (at(START), 0), 99).await.unwrap();
    let found: Vec<(i64, i64)> =
        page.iter().map(|it| (it.sequence, it.event.object_version)).collect();
    assert_eq!(found, [(1, 2), (2, 1), (3, 3), (4, 5), (5, 4), (6, 6)]);
}
