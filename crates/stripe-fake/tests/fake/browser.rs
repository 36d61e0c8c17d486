//! What a browser does with the stand-in for Stripe's script: with a publishable key and the
//! secret of one intent, and nothing else.

use adapters::processor::{
    ChargeStatus, NewCharge, NewSetup, PaymentGateway, Presence, SetupStatus,
};
use domain::processor::{AccountContext, MethodKind};
use serde_json::Value;
use stripe_fake::PUBLISHABLE_KEY;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::stand::{OWN_KEYS, Stand, key, ours};

/// Asks as a browser does; answers the status and the body.
async fn ask(base: &str, (method, path): (&str, &str), headers: &str, form: &str) -> (u16, String) {
    let host = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\
         Content-Length: {}\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

// PMT-02 card data goes from the browser to Stripe; an intent's secret opens that intent only
#[tokio::test]
async fn a_browser_fills_in_its_own_intent() {
    let stand = Stand::open().await;
    let base = stand.fake.api_base();
    for at in stand.everywhere().await {
        let (pk, account) = match &at.context {
            AccountContext::Platform => (PUBLISHABLE_KEY, String::new()),
            AccountContext::Connected(account) => {
                (PUBLISHABLE_KEY, format!("Stripe-Account: {}\r\n", account.as_str()))
            }
            AccountContext::Custom(_) => (OWN_KEYS.1, String::new()),
        };
        let headers = format!("Authorization: Bearer {pk}\r\n{account}");
        let customer = stand.customer(&at, "someone").await;
        let new = NewSetup { customer, kind: MethodKind::Card, ours: ours("pm_1") };
        let setup = stand.stripe.begin_setup(&at, &key("setup"), &new).await.unwrap();
        let path = format!("/v1/setup_intents/{}/confirm", setup.reference);
        let secret = setup.client_secret.unwrap();
        let card =
            "payment_method_data[type]=card&payment_method_data[card][number]=4242424242424242";
        for (form, expected) in [
            (format!("client_secret=guessed&{card}"), 401),
            (card.to_owned(), 401),
            (format!("client_secret={}&{card}", secret.reveal()), 200),
        ] {
            let (status, body) = ask(&base, ("POST", &path), &headers, &form).await;
            assert_eq!(status, expected, "{body}");
        }
        let (status, _) = ask(&base, ("POST", "/v1/customers"), &headers, "name=x").await;
        assert_eq!(status, 401, "a publishable key is no secret key");
        let saved = stand.stripe.setup(&at, &setup.reference).await.unwrap().status;
        assert!(matches!(saved, SetupStatus::Succeeded { .. }), "{saved:?}");

        let charge = stand.new_charge(&at, "pm_card_authenticationRequired").await;
        let new = NewCharge { presence: Presence::OnSession, ..charge };
        for (attempt, answer, succeeds) in [("1", "complete", true), ("2", "fail", false)] {
            let charge = stand.stripe.charge(&at, &key(attempt), &new).await.unwrap();
            let ChargeStatus::RequiresAction { client_secret, .. } = &charge.status else {
                panic!("{charge:?}")
            };
            let path = format!("/v1/payment_intents/{}", charge.reference);
            let form = format!("client_secret={client_secret}");
            let (_, shown) = ask(&base, ("GET", &format!("{path}?{form}")), &headers, "").await;
            let shown: Value = serde_json::from_str(&shown).unwrap();
            assert_eq!(shown["status"], "requires_action");
            let form = format!("{form}&payment_method_data[authentication]={answer}");
            let (status, _) =
                ask(&base, ("POST", &format!("{path}/confirm")), &headers, &form).await;
            assert_eq!(status, if succeeds { 200 } else { 402 });
            let state = stand.state(&at, &charge).await.status;
            assert_eq!(state == ChargeStatus::Succeeded, succeeds, "{state:?}");
        }
    }
    let (status, script) = ask(&base, ("GET", "/stripe.js"), "", "").await;
    assert_eq!(status, 200);
    assert!(script.contains("window.Stripe = function"));
    stand.fake.check();
}
