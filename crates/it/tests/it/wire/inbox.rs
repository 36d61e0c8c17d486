//! Who delivers what at the served inbox: the processor, somebody else, or the processor at the
//! wrong address.

use std::time::Duration;

use domain::{invoice::status::InvoiceStatus, payment::Payer, processor::ProcessorMode};
use rstest::rstest;
use serde_json::json;
use stripe_fake::{Message, sign};

use super::stage::{CONNECT_SECRET, PLATFORM_SECRET, Party, Stage};
use crate::harness::Engine;

const PATIENCE: Duration = Duration::from_secs(20);

impl Stage {
    /// A body for an address, signed with this.
    fn message(&self, path: &str, (secret, body): (&str, &[u8])) -> Message {
        Message {
            url: format!("{}{path}", self.addresses.own),
            signature: sign(&[secret], self.fake.now(), body),
            body: body.to_vec(),
            event: String::new(),
            kind: String::new(),
        }
    }

    async fn kept(&self) -> i64 {
        self.world.count("processor_event").await
    }
}

/// Where the events of a party go, and what they are signed with.
async fn endpoint(stage: &Stage, party: &Party) -> (String, String) {
    match party.mode {
        ProcessorMode::Platform => {
            ("/stripe/webhooks/platform".to_owned(), PLATFORM_SECRET.to_owned())
        }
        ProcessorMode::Connect => {
            ("/stripe/webhooks/connect".to_owned(), CONNECT_SECRET.to_owned())
        }
        ProcessorMode::CustomKeys => {
            let made = stage.fake.objects(&party.account, "webhook_endpoint").remove(0);
            let secret = format!("whsec_{}", made["id"].as_str().unwrap());
            (format!("/stripe/webhooks/custom/{}", party.id()), secret)
        }
    }
}

// STR-20 (failure modes 6, 22, 23): forged, changed, for another address, huge or of an account
// that nobody knows: no effect. The same event ten times at once: one effect
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_the_processor_is_believed(
    #[case] engine: Engine,
    #[values("platform", "connect", "custom_keys")] mode: &str,
) {
    let Some(stage) = Stage::open(engine, PATIENCE).await else { return };
    let party = stage.party("oak-voice", ProcessorMode::parse(mode).unwrap()).await;
    let other = stage.party("elm-voice", ProcessorMode::CustomKeys).await;
    let payer = stage.payer(&party, ("ACME", "pm_usBankAccount_success")).await;
    let invoice = stage.invoice(&payer.tenant, 9_900).await;
    let paying = stage.pay(&invoice, (payer.method_id, Payer::Present)).await.unwrap().payment;
    stage.settle().await;
    stage.fake.settle(paying.reference.as_deref().unwrap());
    let messages = stage.fake.take_messages();
    let good = messages.iter().find(|it| it.kind == "payment_intent.succeeded").unwrap();
    let (path, secret) = endpoint(&stage, &party).await;
    assert_eq!(good.url, format!("{}{path}", stage.addresses.own));
    let before = stage.kept().await;
    let changed = String::from_utf8(good.body.clone()).unwrap().replace("9900", "9901");
    let (elsewhere, elses) = endpoint(&stage, &other).await;
    let mut wrong = vec![
        stage.message(&path, ("whsec_forged", &good.body)),
        stage.message(&path, ("", &good.body)),
        Message { body: changed.into_bytes(), ..good.clone() },
        Message { signature: String::new(), ..good.clone() },
        Message { signature: format!("t={},v0=00", stage.fake.now()), ..good.clone() },
        stage.message(&path, (&secret, b"{}")),
        stage.message(&path, (&secret, &[b'x'; 100])),
        stage.message(&elsewhere, (&secret, &good.body)),
    ];
    for (path, secret) in [
        ("/stripe/webhooks/platform", PLATFORM_SECRET),
        ("/stripe/webhooks/connect", CONNECT_SECRET),
        (elsewhere.as_str(), elses.as_str()),
    ] {
        // Whoever may sign for one address may not for another, and events of one kind of account
        // are none of another's. An own account's event names no account, like the platform's.
        let is_own = good.url.ends_with(path);
        let is_blind = mode == "custom_keys" && path != "/stripe/webhooks/connect";
        if !is_own && !is_blind && (mode == "connect" || path == "/stripe/webhooks/connect") {
            wrong.push(stage.message(path, (secret, &good.body)));
        }
    }
    for message in &wrong {
        assert_eq!(message.deliver().await, 400, "{} {}", message.url, message.signature);
    }
    let huge = vec![b' '; 2 * 1_024 * 1_024];
    assert_ne!(stage.message(&path, (&secret, &huge)).deliver().await, 200);
    assert_eq!(stage.kept().await, before, "nothing of that was kept");
    let stranger = json!({
        "id": "evt_stranger", "type": "payment_intent.succeeded", "livemode": false,
        "created": stage.fake.now(), "account": "acct_stranger",
        "data": {"object": {"id": paying.reference, "object": "payment_intent"}},
    });
    let stranger = stranger.to_string().into_bytes();
    let stranger = stage.message("/stripe/webhooks/connect", (CONNECT_SECRET, &stranger));
    assert_eq!(stranger.deliver().await, 200);
    stage.apply().await;
    assert_eq!(stage.now(&invoice).await.status, InvoiceStatus::Sent);
    // With other spaces it is the same event; what was signed are its bytes.
    let spaced = String::from_utf8(good.body.clone()).unwrap().replacen('{', "{ ", 1);
    let mut same = vec![good.clone(); 9];
    same.push(stage.message(&path, (&secret, spaced.as_bytes())));
    let answers = futures::future::join_all(same.iter().map(Message::deliver)).await;
    assert_eq!(answers, [200; 10]);
    assert_eq!(stage.kept().await, before + 2);
    futures::future::join_all((0..4).map(|_| stage.apply())).await;
    for message in &messages {
        assert_eq!(message.deliver().await, 200);
    }
    stage.settle().await;
    assert_eq!(stage.now(&invoice).await.status, InvoiceStatus::Paid);
    stage.assert_books(&[party, other]).await;
}
