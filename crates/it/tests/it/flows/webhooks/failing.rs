//! Receivers that do not answer as they should.

use std::time::Duration;

use adapters::webhook_client::{Reach, WebhookClient};
use domain::webhook::endpoint::EndpointChange;
use rstest::rstest;

use super::Hooked;
use crate::harness::{
    Engine,
    builders::{START, at},
    receiver::{Receiver, Says},
};

// WHK-08, WHK-09, WHK-11
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn eight_attempts_are_made_within_a_day(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let (app, partner_id) = (&hooked.world.app, hooked.partner.partner_id);
    let receiver = Receiver::start(Says::Body(500, "down".to_owned())).await;
    let endpoint_id = hooked.endpoint(&receiver, &["tenant.created"]).await.endpoint.endpoint_id;
    hooked.world.tenant(&hooked.partner, "OAK").await;
    let mut made = Vec::new();
    loop {
        assert_eq!(hooked.deliver().await, (0, 1));
        made.push(app.clock.now().micros_since(at(START)) / 1_000_000);
        let delivery = hooked.deliveries(endpoint_id).await.remove(0);
        let Some(next) = delivery.state.next_attempt_at else { break };
        assert_eq!(delivery.state.status.as_str(), "failed");
        // Just before it is due nothing is sent.
        app.clock.advance(next.plus_seconds(-1)).unwrap();
        assert_eq!(hooked.deliver().await, (0, 0));
        app.clock.advance(next).unwrap();
    }
    assert_eq!(made, [0, 30, 120, 600, 3_600, 14_400, 43_200, 86_400]);
    hooked.world.advance("2026-05-20T00:00:00Z");
    assert_eq!(hooked.deliver().await, (0, 0));
    let received = receiver.received();
    assert_eq!(received.len(), 8);
    assert!(received.iter().all(|message| message.body == received[0].body));
    let delivery = hooked.deliveries(endpoint_id).await.remove(0);
    assert_eq!((delivery.state.status.as_str(), delivery.state.attempts), ("dead", 8));
    // Only by hand, and a success brings it back.
    app.redeliver_webhook(partner_id, delivery.delivery_id).await.unwrap();
    receiver.says(Says::Status(200));
    assert_eq!(hooked.deliver().await, (1, 0));
    let detail = app.webhook_delivery(partner_id, delivery.delivery_id).await.unwrap();
    let state = detail.delivery.state;
    assert_eq!((state.status.as_str(), state.attempts), ("delivered", 8));
    assert_eq!(detail.attempts.len(), 9);
    assert_eq!(detail.attempts[8].response_body, b"down");
}

// WHK-07, WHK-19
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_2xx_in_time_is_success(#[case] engine: Engine) {
    let Some(mut hooked) = Hooked::fresh(engine).await else { return };
    let client = WebhookClient::new(Reach::Anywhere).with_timeout(Duration::from_millis(300));
    hooked.world.app.outside.webhooks.client = client;
    let elsewhere = Receiver::start(Says::Status(200)).await;
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let mut receivers = Vec::new();
    let mut expected = Vec::new();
    for (says, code, error) in [
        (Says::Status(200), Some(200), None),
        (Says::Status(299), Some(299), None),
        (Says::Elsewhere(elsewhere.url.clone()), Some(302), None),
        (Says::Status(404), Some(404), None),
        (Says::Status(410), Some(410), None),
        (Says::Status(500), Some(500), None),
        (Says::Nothing, None, Some("timeout")),
    ] {
        let receiver = Receiver::start(says).await;
        let made = hooked.endpoint(&receiver, &["tenant.created"]).await;
        expected.push((made.endpoint.endpoint_id, code, error));
        receivers.push(receiver);
    }
    let made = hooked.try_endpoint(&format!("http://{closed}/"), &["tenant.created"]).await;
    expected.push((made.unwrap().endpoint.endpoint_id, None, Some("connection failed")));
    hooked.world.tenant(&hooked.partner, "OAK").await;
    assert_eq!(hooked.deliver().await, (2, 6));
    for (endpoint_id, code, error) in expected {
        let delivery = hooked.deliveries(endpoint_id).await.remove(0);
        assert_eq!((delivery.response_code, delivery.last_error.as_deref()), (code, error));
        let is_success = code.is_some_and(|code| code < 300);
        let status = if is_success { "delivered" } else { "failed" };
        assert_eq!(delivery.state.status.as_str(), status, "{code:?}");
    }
    assert_eq!(elsewhere.received(), [], "a redirect was followed");
    assert!(receivers.iter().all(|receiver| receiver.received().len() == 1));
}

// WHK-10, EML-03
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_hundred_failures_disable_an_endpoint(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let (app, partner_id) = (&hooked.world.app, hooked.partner.partner_id);
    let receiver = Receiver::start(Says::Status(500)).await;
    let endpoint_id = hooked.endpoint(&receiver, &["invoice.paid"]).await.endpoint.endpoint_id;
    for _ in 0..99 {
        app.send_test_webhook(partner_id, endpoint_id).await.unwrap();
    }
    assert_eq!(hooked.deliver().await, (0, 99));
    let endpoint = app.webhook_endpoint(partner_id, endpoint_id).await.unwrap();
    assert_eq!((endpoint.status.as_str(), endpoint.consecutive_failures), ("enabled", 99));
    app.send_test_webhook(partner_id, endpoint_id).await.unwrap();
    assert_eq!(hooked.deliver().await, (0, 1));
    let endpoint = app.webhook_endpoint(partner_id, endpoint_id).await.unwrap();
    assert_eq!((endpoint.status.as_str(), endpoint.consecutive_failures), ("disabled_auto", 100));
    app.work_jobs(app.clock.now()).await.unwrap();
    let mails = app.outside.mail.kept();
    assert_eq!((mails.len(), &*mails[0].subject), (1, "A webhook endpoint was disabled"));
    assert!(mails[0].body.contains(&receiver.url));
    hooked.world.advance("2026-05-01T00:00:30Z");
    assert_eq!(hooked.deliver().await, (0, 0));
    let enabled = app.change_webhook_endpoint(partner_id, endpoint_id, EndpointChange::Enable);
    let enabled = enabled.await.unwrap();
    assert_eq!((enabled.status.as_str(), enabled.consecutive_failures), ("enabled", 0));
    receiver.says(Says::Status(200));
    assert_eq!(hooked.deliver().await, (100, 0));
}

// Deliveries are kept for 30 days, and longer where something is to come.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn old_deliveries_go(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let (app, partner_id) = (&hooked.world.app, hooked.partner.partner_id);
    let receiver = Receiver::start(Says::Status(200)).await;
    let endpoint_id = hooked.endpoint(&receiver, &["tenant.created"]).await.endpoint.endpoint_id;
    hooked.world.tenant(&hooked.partner, "ONE").await;
    assert_eq!(hooked.deliver().await, (1, 0));
    hooked.world.tenant(&hooked.partner, "TWO").await;
    let disable = EndpointChange::Disable;
    app.change_webhook_endpoint(partner_id, endpoint_id, disable).await.unwrap();
    let rows = async || {
        (hooked.world.count("webhook_delivery").await, hooked.world.count("webhook_attempt").await)
    };
    assert_eq!(app.purge_webhooks(at("2026-05-31T00:00:00Z")).await.unwrap(), 0);
    assert_eq!(rows().await, (2, 1));
    assert_eq!(app.purge_webhooks(at("2026-05-31T00:00:01Z")).await.unwrap(), 1);
    assert_eq!(rows().await, (1, 0));
}
