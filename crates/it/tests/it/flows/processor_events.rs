//! What the payment processor tells by itself: delivered or not, once or often, in any order, by
//! whoever claims to be it.

mod desk;

use std::sync::Mutex;

use adapters::processor::{
    At, NewConnectedAccount, NewCustomer, NewSetup, Ours, PaymentGateway, SetupStatus,
};
use app::{
    App,
    processor_events::{Applied, Inbox, NotReceived, Receipt},
};
use axum::http::StatusCode;
use domain::{
    processor::{KeysState, MethodKind, ProcessorAccount},
    processor_signature::SignatureError,
};
use rstest::rstest;
use store::db::Tx;
use stripe_fake::{Message, Verification, sign};

use self::desk::{CONNECT_SECRET, Desk, Heard, OLD_SECRET, PLATFORM_SECRET, key};
use crate::harness::Engine;

fn of_kind(messages: &[Message], kind: &str) -> Message {
    messages.iter().find(|it| it.kind == kind).cloned().unwrap_or_else(|| panic!("no {kind}"))
}

// STR-20 the same event many times at once is kept once and has one effect (failure modes 6, 7)
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_event_is_kept_once_however_often_it_comes(#[case] engine: Engine) {
    let Some(desk) = Desk::open(engine).await else { return };
    desk.charge(("pm_card_visa", "1")).await;
    let message = of_kind(&desk.fake.take_messages(), "payment_intent.succeeded");
    let at_once = futures::future::join_all((0..5).map(|_| desk.deliver(&message))).await;
    assert_eq!(at_once, [200; 5]);
    let heard = Heard::default();
    assert_eq!(desk.apply(&heard).await, Applied { done: 1, ..Applied::default() });
    assert_eq!(heard.take(), ["platform charge succeeded less 0"]);
    assert_eq!(desk.deliver(&message).await, 200);
    assert_eq!(desk.apply(&heard).await, Applied::default());
    assert_eq!(desk.kept().await.len(), 1);
    desk.fake.check();
}

// STR-20 whatever the order, what is told is how the object stands (failure mode 8)
// STR-18, REF-14 a refund made at Stripe is told as a refund of the charge (failure mode 11)
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_order_of_events_does_not_matter(#[case] engine: Engine) {
    let Some(desk) = Desk::open(engine).await else { return };
    for (name, order) in
        [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].iter().enumerate()
    {
        let intent = desk.charge(("pm_usBankAccount_success", &name.to_string())).await;
        desk.fake.settle(&intent);
        desk.fake.refund_by_hand(&intent, Some(5_000));
        let all = desk.fake.take_messages();
        let kinds = ["payment_intent.processing", "payment_intent.succeeded", "charge.refunded"];
        let heard = Heard::default();
        for index in order {
            assert_eq!(desk.deliver(&of_kind(&all, kinds[*index])).await, 200);
            desk.apply(&heard).await;
        }
        let lines = heard.take();
        let charges: Vec<_> = lines.iter().filter(|line| line.contains("charge")).collect();
        assert_eq!(charges, ["platform charge succeeded less 5000"; 3].iter().collect::<Vec<_>>());
        assert!(lines.contains(&"platform refund 5000 succeeded".to_owned()), "{lines:?}");
    }
    desk.fake.check();
}

// What was not made here concerns nobody, whoever gives it back
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn others_business_is_theirs(#[case] engine: Engine) {
    let Some(desk) = Desk::open(engine).await else { return };
    let intent = desk.charge(("pm_card_visa", "foreign")).await;
    desk.fake.refund_by_hand(&intent, Some(1_000));
    desk.fake.dispute(&intent, "fraudulent");
    for message in desk.fake.take_messages() {
        assert_eq!(desk.deliver(&message).await, 200);
    }
    let heard = Heard::default();
    assert_eq!(desk.apply(&heard).await.put_off, 0);
    assert_eq!(heard.take(), [""; 0]);
}

// STR-20 forged, stale, for another address, of another kind, not an event, too long: no effect
// (failure modes 22, 23)
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_not_the_processors_has_no_effect(#[case] engine: Engine) {
    let Some(desk) = Desk::open(engine).await else { return };
    desk.charge(("pm_card_visa", "1")).await;
    let good = of_kind(&desk.fake.take_messages(), "payment_intent.succeeded");
    let (platform, connect) = ("/stripe/webhooks/platform", "/stripe/webhooks/connect");
    let now = desk.fake.now();
    let signed = |secret: &str, body: &[u8]| sign(&[secret], now, body);
    let text = String::from_utf8(good.body.clone()).unwrap();
    let changed = text.replace("11052", "99952").into_bytes();
    let own = |body: &[u8]| signed(PLATFORM_SECRET, body);
    for (path, signature, body, expected) in [
        (platform, String::new(), good.body.as_slice(), 400),
        (platform, signed("", &good.body), &good.body, 400),
        (platform, signed("whsec_other", &good.body), &good.body, 400),
        (platform, good.signature.clone(), &changed, 400),
        (connect, good.signature.clone(), &good.body, 400),
        // The right secret at the wrong address: it is no event of a connected account.
        (connect, signed(CONNECT_SECRET, &good.body), &good.body, 400),
        (platform, own(b"{}"), b"{}", 400),
        (platform, own(b"no json"), b"no json", 400),
        (platform, own(b"[1]"), b"[1]", 400),
        (platform, own(&[0xff, 0xfe]), &[0xff, 0xfe], 400),
        (platform, "t=1,v1=".to_owned() + &"0".repeat(5_000), &good.body, 400),
        (
            "/stripe/webhooks/custom/ptr_0000000000000000000000000000000a",
            own(&good.body),
            &good.body,
            400,
        ),
        ("/stripe/webhooks/custom/nobody", own(&good.body), &good.body, 400),
        // Not an address of the processor's, so the portals': none of them is at this host.
        ("/stripe/webhooks/else", own(&good.body), &good.body, 421),
    ] {
        let status = desk.post(path, &signature, body).await;
        assert_eq!(status, expected, "{path} {signature}");
    }
    let huge = vec![b' '; 600 * 1_024];
    let signature = own(&huge);
    assert_eq!(desk.post(platform, &signature, &huge).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(desk.kept().await, []);
    // Money of the other kind is answered for and ignored: endpoints are sent both.
    let live = text.replace("\"livemode\":false", "\"livemode\":true").into_bytes();
    let ignored = desk.app.receive_event(Inbox::Platform, (&own(&live), &live)).await;
    assert_eq!(ignored.unwrap(), Receipt::Ignored);
    assert_eq!(desk.kept().await, []);
    // While a secret is changed, either of two signatures and either of two secrets will do.
    for secrets in [["whsec_other", OLD_SECRET], [PLATFORM_SECRET, "whsec_other"]] {
        let signature = sign(&secrets, now, &good.body);
        assert_eq!(desk.post(platform, &signature, &good.body).await, 200);
    }
    assert_eq!(desk.kept().await.len(), 1);
    assert_eq!(desk.fake.calls_of("GetPaymentIntentsIntent").len(), 0, "nothing was looked up");
    desk.fake.check();
}

// STR-20 on the system clock an event that somebody kept for long is refused
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_stale_event_is_refused(#[case] engine: Engine) {
    let Some(desk) = Desk::open(engine).await else { return };
    let app = App { clock: adapters::clock::Clock::System, ..desk.app.clone() };
    let body = br#"{"id":"evt_1","type":"x.y","created":1780000000,"livemode":false}"#;
    let now = app.clock.now().micros() / 1_000_000;
    let received = async |seconds: i64| {
        let signature = sign(&[PLATFORM_SECRET], seconds, body);
        app.receive_event(Inbox::Platform, (&signature, body)).await
    };
    let stale = received(now - 400).await;
    assert!(matches!(stale, Err(NotReceived::Signature(SignatureError::Old))), "{stale:?}");
    assert_eq!(received(now - 200).await.unwrap(), Receipt::Kept);
    // A kind that nobody knows is kept and done.
    let heard = Heard::default();
    assert_eq!(app.apply_processor_events(&heard).await.unwrap().done, 1);
    assert_eq!(heard.take(), [""; 0]);
}

// STR-20 an event that comes before our own row is kept and looked at again (failure mode 9); a
// worker that dies loses nothing; and in the end it is given up
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_event_that_is_early_waits(#[case] engine: Engine) {
    let Some(desk) = Desk::open(engine).await else { return };
    desk.charge(("pm_card_visa", "1")).await;
    let message = of_kind(&desk.fake.take_messages(), "payment_intent.succeeded");
    desk.deliver(&message).await;
    let heard = Heard { unknown: Mutex::new(2), ..Heard::default() };
    let later = |seconds| desk.later(seconds);
    assert_eq!(desk.apply(&heard).await, Applied { put_off: 1, ..Applied::default() });
    assert_eq!(desk.apply(&heard).await, Applied::default(), "it is not due yet");
    later(10);
    assert_eq!(desk.apply(&heard).await, Applied { put_off: 1, ..Applied::default() });
    // Somebody takes it and dies.
    later(20);
    let now = desk.app.clock.now();
    let taken = async |tx: &mut Tx| store::processor_events::claim(tx, now, (900, 10)).await;
    assert_eq!(desk.app.db.write(taken).await.unwrap().len(), 1);
    assert_eq!(desk.apply(&heard).await, Applied::default());
    later(900);
    assert_eq!(desk.apply(&heard).await, Applied { done: 1, ..Applied::default() });
    assert_eq!(heard.take(), ["platform charge succeeded less 0"]);
    // One that nobody ever knows ends.
    desk.charge(("pm_card_visa", "2")).await;
    desk.deliver(&of_kind(&desk.fake.take_messages(), "payment_intent.succeeded")).await;
    let nobody = Heard { unknown: Mutex::new(usize::MAX), ..Heard::default() };
    let mut tries = 1;
    while desk.apply(&nobody).await.given_up == 0 {
        tries += 1;
        later(21_600);
    }
    assert_eq!(tries, 20);
    let (_, state, error) = desk.kept().await.pop().unwrap();
    assert_eq!((state.as_str(), error.as_deref()), ("failed", Some("no payment \"pay_1\"")));
    desk.fake.check();
}

// STR-20 a day without any delivery loses nothing (failure mode 10)
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn lists_are_read_where_nothing_is_delivered(#[case] engine: Engine) {
    let Some(desk) = Desk::open(engine).await else { return };
    assert_eq!(desk.app.read_processor_events().await.unwrap(), 0);
    let intent = desk.charge(("pm_card_visa", "1")).await;
    desk.fake.refund_by_hand(&intent, Some(1_000));
    let lost = desk.fake.take_messages();
    let later = |seconds| desk.later(seconds);
    assert_eq!(desk.app.read_processor_events().await.unwrap(), 0, "an hour has not passed");
    later(86_400);
    assert_eq!(desk.app.read_processor_events().await.unwrap(), 3);
    let heard = Heard::default();
    assert_eq!(desk.apply(&heard).await.done, 3);
    let lines = heard.take();
    assert!(lines.contains(&"platform charge succeeded less 1000".to_owned()), "{lines:?}");
    assert!(lines.contains(&"platform refund 1000 succeeded".to_owned()), "{lines:?}");
    // What is delivered after all is known already, and so is what is read again.
    for message in lost.iter().filter(|it| it.kind == "payment_intent.succeeded") {
        assert_eq!(desk.deliver(message).await, 200);
    }
    later(3_600);
    assert_eq!(desk.app.read_processor_events().await.unwrap(), 0);
    assert_eq!(desk.apply(&heard).await, Applied::default());
    // Stripe is down for hours: the list is read from where it was read to.
    for _ in 0..3 {
        desk.fake.fail_next("GetEvents", stripe_fake::Fault::BrokenBefore(Some(false)));
    }
    desk.charge(("pm_card_visa", "2")).await;
    for _ in 0..3 {
        later(4 * 3_600);
        assert_eq!(desk.app.read_processor_events().await.unwrap(), 0);
    }
    later(86_400);
    assert_eq!(desk.app.read_processor_events().await.unwrap(), 1);
    desk.fake.check();
}

// STR-06, STR-25 connected accounts: ready, restricted, gone; STR-20 also one that nobody knows
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn accounts_tell_how_they_stand(#[case] engine: Engine) {
    let Some(desk) = Desk::open(engine).await else { return };
    let new = NewConnectedAccount {
        email: "a@example.com".to_owned(),
        website: String::new(),
        descriptor: None,
        ours: Ours::default(),
    };
    let processor = &desk.app.outside.processor;
    let made = processor.create_connected(&At::PLATFORM, &key("1"), &new).await.unwrap();
    let id = made.account.as_str();
    let heard = Heard::default();
    desk.fake.onboard(id);
    desk.fake.restrict(id, "under_review");
    for message in desk.fake.take_messages() {
        assert_eq!(message.url, "/stripe/webhooks/connect");
        assert_eq!(desk.deliver(&message).await, 200);
    }
    desk.apply(&heard).await;
    let restricted = "account ready false Some(\"under_review\")";
    assert_eq!(heard.take(), [restricted, restricted], "as it stands, not as it stood");
    desk.fake.deauthorize(id);
    let asked = desk.fake.calls_of("GetAccountsAccount").len();
    for message in desk.fake.take_messages() {
        assert_eq!(desk.deliver(&message).await, 200);
    }
    // Its endpoint's secret is the platform's, so that what comes after is still heard.
    let body = serde_json::json!({
        "id": "evt_late", "type": "account.application.deauthorized", "created": 1_780_000_000,
        "livemode": false, "account": id,
        "data": {"object": {"id": "ca_1", "object": "application"}},
    });
    let body = body.to_string().into_bytes();
    let signature = sign(&[CONNECT_SECRET], desk.fake.now(), &body);
    assert_eq!(desk.post("/stripe/webhooks/connect", &signature, &body).await, 200);
    desk.apply(&heard).await;
    assert_eq!(heard.take(), ["account ready false Some(\"deauthorized\")"]);
    assert_eq!(desk.fake.calls_of("GetAccountsAccount").len(), asked, "it cannot be asked");
    // An event of an account that the platform does not know waits and harms nothing.
    let stranger = ProcessorAccount::parse("acct_stranger").unwrap();
    let body = String::from_utf8(body).unwrap().replace(id, stranger.as_str());
    let body = body.replace("application.deauthorized", "updated").into_bytes();
    let signature = sign(&[CONNECT_SECRET], desk.fake.now(), &body);
    assert_eq!(desk.post("/stripe/webhooks/connect", &signature, &body).await, 200);
    assert_eq!(desk.apply(&heard).await.put_off, 1);
    desk.fake.check();
}

// STR-20 a partner's own account has an address and a secret of its own; STR-09 and its objects are
// asked for with its own key
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn own_accounts_have_their_own_inbox(#[case] engine: Engine) {
    let Some(desk) = Desk::open(engine).await else { return };
    let (at, path, secret) = desk.own_account("oak", "sk_test_own12345").await;
    let (_, other_path, _) = desk.own_account("elm", "sk_test_other678").await;
    let intent = desk.charge_at(&at, ("pm_card_visa", "1")).await;
    let body = desk.fake.objects(desk::id_of(&at), "event").into_iter();
    let body = body.rev().find(|event| event["type"] == "payment_intent.succeeded").unwrap();
    let body = body.to_string().into_bytes();
    let signature = sign(&[&secret], desk.fake.now(), &body);
    for (path, expected) in [
        (path.as_str(), 200),
        (other_path.as_str(), 400),
        ("/stripe/webhooks/platform", 400),
        ("/stripe/webhooks/connect", 400),
    ] {
        assert_eq!(desk.post(path, &signature, &body).await, expected, "{path}");
    }
    let heard = Heard::default();
    desk.apply(&heard).await;
    assert_eq!(heard.take(), [format!("{} charge succeeded less 0", at.context)]);
    let asked = desk.fake.calls_of("GetPaymentIntentsIntent").pop().unwrap();
    assert_eq!((asked.account.as_str(), asked.key.as_str()), (desk::id_of(&at), "2345"));
    assert!(intent.starts_with("pi_"));
    // Its list is read with its own key too; a key that is refused never falls back to another.
    desk.later(86_400);
    assert_eq!(desk.app.read_processor_events().await.unwrap(), 0);
    desk.charge_at(&at, ("pm_card_visa", "2")).await;
    desk.later(3_600);
    assert_eq!(desk.app.read_processor_events().await.unwrap(), 1);
    desk.apply(&heard).await;
    heard.take();
    desk.fake.revoke("sk_test_own12345");
    desk.later(3_600);
    assert_eq!(desk.app.read_processor_events().await.unwrap(), 0);
    let lists = desk.fake.calls_of("GetEvents");
    let own = lists.iter().filter(|call| call.key == "2345").count();
    let refused = lists.iter().filter(|call| call.status == 401).count();
    assert!(own >= 3 && refused == 1, "{own} {refused}");
    let partner = desk.world.app.partner_named("oak").await.unwrap();
    let mut tx = desk.world.begin().await;
    let keys = store::processors::keys(&mut tx, partner.partner_id).await.unwrap().unwrap();
    assert_eq!(keys.state, KeysState::Broken);
    desk.fake.check();
}

// PMT-02, STR-11 setups and methods are told, and what browsers' secrets are in is sealed
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn methods_are_told_and_bodies_are_sealed(#[case] engine: Engine) {
    let Some(desk) = Desk::open(engine).await else { return };
    let processor = &desk.app.outside.processor;
    let ours = Ours { partner_id: "ptr_1".to_owned(), object_id: "pm_1".to_owned() };
    let new = NewCustomer { name: "x".to_owned(), email: String::new(), ours: ours.clone() };
    let customer = processor.create_customer(&At::PLATFORM, &key("c"), &new).await.unwrap();
    let new = NewSetup { customer, kind: MethodKind::Card, ours };
    let setup = processor.begin_setup(&At::PLATFORM, &key("s"), &new).await.unwrap();
    desk.fake.fill_in(&setup.reference, ("pm_card_visa", Verification::Instant)).unwrap();
    let saved = processor.setup(&At::PLATFORM, &setup.reference).await.unwrap();
    let heard = Heard::default();
    for message in desk.fake.take_messages() {
        desk.deliver(&message).await;
    }
    desk.apply(&heard).await;
    let mut lines = heard.take();
    lines.sort();
    assert_eq!(lines, ["platform method 4242 No", "platform setup saved true"]);
    let SetupStatus::Succeeded { method } = saved.status else { panic!("not saved") };
    processor.detach(&At::PLATFORM, &key("d"), &method).await.unwrap();
    for message in desk.fake.take_messages() {
        desk.deliver(&message).await;
    }
    desk.apply(&heard).await;
    assert_eq!(heard.take(), ["platform method 4242 Detached"]);
    let secret = setup.client_secret.unwrap();
    let mut tx = desk.world.begin().await;
    let sql = "select sealed_body from processor_event";
    let bodies: Vec<(Vec<u8>,)> = match &mut tx {
        Tx::Sqlite(tx) => sqlx::query_as(sql).fetch_all(&mut **tx).await.unwrap(),
        Tx::Postgres(tx) => sqlx::query_as(sql).fetch_all(&mut **tx).await.unwrap(),
    };
    assert_eq!(bodies.len(), 3);
    for (body,) in bodies {
        assert!(!String::from_utf8_lossy(&body).contains(secret.reveal()));
        assert!(!String::from_utf8_lossy(&body).contains("client_secret"));
    }
    desk.fake.check();
}
