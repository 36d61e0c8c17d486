//! What a partner does to an endpoint.

use adapters::webhook_client::{Reach, WebhookClient};
use app::{
    error::AppError,
    webhooks::{EndpointEdit, MAX_OVERLAP_SECONDS},
};
use domain::webhook::endpoint::EndpointChange::{Delete, Disable, Enable};
use rstest::rstest;
use standardwebhooks::Webhook;

use super::Hooked;
use crate::harness::{
    Engine,
    builders::refused_fields,
    receiver::{Receiver, Says},
};

// WHK-01, WHK-19 an endpoint on a private network is refused when it is typed and when it is sent
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nothing_is_sent_to_private_addresses_by_default(#[case] engine: Engine) {
    let Some(mut hooked) = Hooked::fresh(engine).await else { return };
    let receiver = Receiver::start(Says::Status(200)).await;
    let made = hooked.endpoint(&receiver, &["tenant.created"]).await;
    let named = receiver.url.replace("http://127.0.0.1", "https://localhost");
    hooked.try_endpoint(&named, &["tenant.created"]).await.unwrap();
    hooked.world.app.outside.webhooks.client = WebhookClient::new(Reach::Public);
    for url in
        ["https://127.0.0.1", "https://localhost/", "http://example.com", "https://10.1.2.3:8/"]
    {
        let refused = hooked.try_endpoint(url, &["tenant.created"]).await;
        assert_eq!(refused_fields(refused), ["url"], "{url}");
    }
    hooked.world.tenant(&hooked.partner, "OAK").await;
    assert_eq!(hooked.deliver().await, (0, 2));
    assert_eq!(receiver.received(), []);
    let deliveries = hooked.deliveries(made.endpoint.endpoint_id).await;
    assert_eq!(deliveries[0].last_error.as_deref(), Some("address refused"));
    let errors = "select last_error from webhook_delivery order by 1";
    assert_eq!(hooked.world.texts(errors).await, ["address refused", "private address"]);
}

// WHK-01, WHK-03
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_wrong_field_of_an_endpoint_is_named(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let none = hooked.try_endpoint("nowhere", &[]).await;
    assert_eq!(refused_fields(none), ["url", "event_types"]);
    let unknown = hooked.try_endpoint("https://a.example/", &["webhook.test", "x"]).await;
    assert_eq!(refused_fields(unknown), ["event_types", "event_types"]);
    let rotated = hooked.try_endpoint("https://a.example/", &["invoice.paid"]).await.unwrap();
    let (app, partner_id) = (&hooked.world.app, hooked.partner.partner_id);
    let endpoint_id = rotated.endpoint.endpoint_id;
    let long = app.rotate_webhook_secret(partner_id, endpoint_id, MAX_OVERLAP_SECONDS + 1).await;
    assert_eq!(refused_fields(long), ["overlap_seconds"]);
}

// WHK-02 nothing that is stored or answered holds the secret
#[rstest]
#[case::sqlite(Engine::Sqlite, "hex(secret)")]
#[case::postgres(Engine::Postgres, "encode(secret, 'hex')")]
#[tokio::test]
async fn a_secret_is_shown_once(#[case] engine: Engine, #[case] as_hex: &str) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let made = hooked.try_endpoint("https://a.example/", &["invoice.paid"]).await.unwrap();
    let shown = made.secret.shown();
    let app = &hooked.world.app;
    let found = app.webhook_endpoint(hooked.partner.partner_id, made.endpoint.endpoint_id).await;
    assert_eq!(found.unwrap(), made.endpoint);
    assert!(!format!("{made:?}").contains(&shown));
    let stored = format!("select {as_hex} from webhook_endpoint");
    let stored = hooked.world.texts(&stored).await.remove(0).to_lowercase();
    let hex: String = made.secret.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!stored.contains(&hex));
}

// WHK-14, BEY-09, ruling 24
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_rotated_secret_is_cut_or_overlaps(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let (app, partner_id) = (&hooked.world.app, hooked.partner.partner_id);
    let receiver = Receiver::start(Says::Status(200)).await;
    let first = hooked.endpoint(&receiver, &["tenant.created"]).await;
    let endpoint_id = first.endpoint.endpoint_id;
    let cut = app.rotate_webhook_secret(partner_id, endpoint_id, 0).await.unwrap();
    let second = app.rotate_webhook_secret(partner_id, endpoint_id, 3_600).await.unwrap();
    let secrets = [&first, &cut, &second].map(|made| Webhook::new(&made.secret.shown()).unwrap());
    for (number, (now, accepted)) in [
        ("2026-05-01T00:59:59Z", [false, true, true]),
        ("2026-05-01T01:00:00Z", [false, false, true]),
    ]
    .into_iter()
    .enumerate()
    {
        hooked.world.advance(now);
        hooked.world.tenant(&hooked.partner, &format!("OAK{number}")).await;
        assert_eq!(hooked.deliver().await, (1, 0));
        let message = receiver.received().pop().unwrap();
        let found = secrets.each_ref().map(|it| it.verify(&message.body, &message.headers).is_ok());
        assert_eq!(found, accepted, "{now}");
        assert_eq!(message.header("x-trunkline-signature"), second.secret.plain(&message.body));
    }
}

// WHK-15, WHK-16
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_off_or_deleted_is_sent_nothing(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let (app, partner_id) = (&hooked.world.app, hooked.partner.partner_id);
    let receiver = Receiver::start(Says::Status(200)).await;
    let endpoint_id = hooked.endpoint(&receiver, &["tenant.created"]).await.endpoint.endpoint_id;
    hooked.world.tenant(&hooked.partner, "ONE").await;
    let change = async |change| app.change_webhook_endpoint(partner_id, endpoint_id, change).await;
    assert_eq!(change(Disable).await.unwrap().status.as_str(), "disabled");
    hooked.world.tenant(&hooked.partner, "TWO").await;
    assert_eq!(hooked.deliver().await, (0, 0));
    let refused = app.send_test_webhook(partner_id, endpoint_id).await;
    assert!(matches!(refused, Err(AppError::Refused(_))), "{refused:?}");
    change(Enable).await.unwrap();
    assert_eq!(hooked.deliver().await, (1, 0), "what waited is sent, what was missed is not");
    hooked.world.tenant(&hooked.partner, "THREE").await;
    change(Delete).await.unwrap();
    hooked.world.tenant(&hooked.partner, "FOUR").await;
    assert_eq!(hooked.deliver().await, (0, 0));
    let states: Vec<&str> =
        hooked.deliveries(endpoint_id).await.iter().map(|it| it.state.status.as_str()).collect();
    assert_eq!(states, ["dead", "delivered"]);
    assert_eq!(app.webhook_endpoints(partner_id, None, 9).await.unwrap(), []);
    for gone in [Enable, Disable, Delete] {
        assert!(matches!(change(gone).await, Err(AppError::NotFound { .. })), "{gone:?}");
    }
    assert_eq!(receiver.received().len(), 1);
}

// WHK-23
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_edited_endpoint_gets_what_it_asks_for_now(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let (app, partner_id) = (&hooked.world.app, hooked.partner.partner_id);
    let (old, new) =
        (Receiver::start(Says::Status(200)).await, Receiver::start(Says::Status(200)).await);
    let made = hooked.endpoint(&old, &["tenant.created"]).await.endpoint;
    let events = hooked.world.count("event").await;
    let edit = EndpointEdit {
        url: Some(new.url.clone()),
        event_types: Some(vec!["tenant.updated".to_owned(), "tenant.suspended".to_owned()]),
        description: None,
    };
    let seen = (made.endpoint_id, Some(made.version));
    let edited = app.edit_webhook_endpoint(partner_id, seen, edit.clone()).await.unwrap();
    assert_eq!(edited.description, made.description);
    assert_eq!(edited.event_types, ["tenant.suspended", "tenant.updated"]);
    let stale = app.edit_webhook_endpoint(partner_id, seen, EndpointEdit::default()).await;
    assert!(matches!(stale, Err(AppError::Stale(_))), "{stale:?}");
    let seen = (made.endpoint_id, Some(edited.version));
    let same = app.edit_webhook_endpoint(partner_id, seen, edit).await.unwrap();
    assert_eq!(same.version, edited.version);
    assert_eq!(hooked.world.count("event").await, events, "it emits nothing");
    hooked.world.tenant(&hooked.partner, "OAK").await;
    let sent = hooked.deliver().await;
    assert_eq!((old.received().len(), new.received().len() as u64), (0, sent.0));
    let kinds = new.received();
    assert!(kinds.iter().all(|message| message.json()["type"] != "tenant.created"));
}
