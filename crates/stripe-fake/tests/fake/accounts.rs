//! Connected accounts, endpoints for events, and the list of events.

use adapters::processor::{
    At, EventsFrom, LinkTargets, NewConnectedAccount, PaymentGateway, ProcessorError,
};
use domain::processor::{AccountContext, ProcessorAccount};
use stripe_fake::{Fault, PLATFORM, sign};

use crate::stand::{Stand, key, ours};

// STR-04, STR-06, STR-25 an account is made once, shown a form, and ready only when Stripe says so
#[tokio::test]
async fn connected_accounts_become_ready_and_may_not_stay_so() {
    let stand = Stand::open().await;
    let new = NewConnectedAccount {
        email: "owner@example.com".to_owned(),
        website: String::new(),
        descriptor: None,
        ours: ours("ptr_1"),
    };
    stand.fake.fail_next("PostAccounts", Fault::LostAnswer);
    let made = stand.stripe.create_connected(&At::PLATFORM, &key("connect:ptr_1"), &new).await;
    let made = made.unwrap();
    assert!(!made.is_ready() && !made.payouts_enabled && !made.currently_due.is_empty());
    assert_eq!(made.ours, Some(ours("ptr_1")));
    assert_eq!(stand.fake.objects(PLATFORM, "account").len(), 2, "the platform's and this one");
    let to = LinkTargets {
        return_url: "https://example.com/return".to_owned(),
        refresh_url: "https://example.com/refresh".to_owned(),
    };
    let mut links = Vec::new();
    for attempt in ["1", "2"] {
        let (key, wanted) = (key(attempt), (&made.account, &to));
        links.push(stand.stripe.onboarding_link(&At::PLATFORM, &key, wanted).await.unwrap());
    }
    assert_ne!(links[0], links[1], "each is used once");
    assert!(!format!("{links:?}").contains("http"));
    let id = made.account.as_str();
    let at = At { context: AccountContext::Connected(made.account.clone()), key: None };
    stand.fake.onboard(id);
    assert!(stand.stripe.account(&at).await.unwrap().is_ready());
    let wanted = (&made.account, "OAK VOICE");
    let shown = stand.stripe.set_descriptor(&At::PLATFORM, &key("3"), wanted).await;
    assert_eq!(shown.unwrap().descriptor.as_deref(), Some("OAK VOICE"));
    stand.fake.restrict(id, "requirements.past_due");
    let restricted = stand.stripe.account(&at).await.unwrap();
    assert!(!restricted.is_ready());
    assert_eq!(restricted.disabled_reason.as_deref(), Some("requirements.past_due"));
    stand.fake.deauthorize(id);
    let gone = stand.stripe.account(&at).await;
    assert!(matches!(gone, Err(ProcessorError::Unauthorised { .. })), "{gone:?}");
    stand.fake.check();
}

// STR-12 keys say whose account they open
#[tokio::test]
async fn keys_say_whose_account_they_open() {
    let stand = Stand::open().await;
    for (at, id) in [(At::PLATFORM, PLATFORM.to_owned()), {
        let own = stand.custom();
        let id = Stand::account(&own).to_owned();
        (own, id)
    }] {
        let account = stand.stripe.account(&at).await.unwrap();
        assert_eq!((account.account.as_str(), account.country.as_str()), (id.as_str(), "US"));
        assert!(account.is_ready());
    }
    stand.fake.check();
}

// STR-20 endpoints get their own account's events, signed with their own secret
#[tokio::test]
async fn endpoints_get_the_events_of_their_accounts() {
    let stand = Stand::open().await;
    let [platform, connected, custom] = stand.everywhere().await;
    stand.fake.take_messages();
    let mut made = Vec::new();
    for (at, name) in [(&platform, "platform"), (&connected, "connect"), (&custom, "custom")] {
        let url = format!("https://example.com/{name}");
        let endpoint = stand.stripe.create_endpoint(at, &key(name), &url).await.unwrap();
        assert!(!format!("{endpoint:?}").contains(endpoint.secret.reveal()));
        made.push((at, url, endpoint));
    }
    for (at, url, endpoint) in &made {
        stand.charge(at, "pm_card_visa").await.unwrap();
        let messages = stand.fake.take_messages();
        let succeeded = messages.iter().filter(|it| it.kind == "payment_intent.succeeded");
        let succeeded: Vec<_> = succeeded.collect();
        assert_eq!(succeeded.len(), 1, "{url}");
        assert_eq!(&succeeded[0].url, url);
        let secret = endpoint.secret.reveal();
        assert_eq!(succeeded[0].signature, sign(&[secret], stand.fake.now(), &succeeded[0].body));
    }
    for (at, _, endpoint) in &made {
        let owner = match at.context {
            AccountContext::Connected(_) => &At::PLATFORM,
            _ => *at,
        };
        for _ in 0..2 {
            stand.stripe.delete_endpoint(owner, &endpoint.reference).await.unwrap();
        }
    }
    stand.charge(&platform, "pm_card_mastercard").await.unwrap();
    assert_eq!(stand.fake.take_messages(), []);
    stand.fake.check();
}

// STR-20 events that were never delivered are read page by page (failure mode 10)
#[tokio::test]
async fn events_are_read_page_by_page() {
    let stand = Stand::open().await;
    for at in stand.everywhere().await {
        let charge = stand.charge(&at, "pm_card_visa").await.unwrap();
        for part in 0..60 {
            stand.refund(&at, (&charge, 100 + part)).await.unwrap();
        }
        let mut from = EventsFrom { since: Some(stand.now()), before: None };
        let mut all = Vec::new();
        loop {
            let page = stand.stripe.events(&at, &from).await.unwrap();
            let Some(last) = page.last() else { break };
            from.before = Some(last.reference.clone());
            all.extend(page);
        }
        let refunds = all.iter().filter(|event| event.kind == "refund.created");
        assert_eq!(refunds.count(), 60);
        assert!(all.len() > 100);
        let charged = all.iter().find(|event| event.kind == "charge.refunded").unwrap();
        assert_eq!(charged.object_kind, "charge");
        // Such events name the charge inside, and that is found too.
        let found = stand.stripe.charge_state(&at, &charged.object, stand.now()).await.unwrap();
        assert!(found.reference.starts_with("pi_"));
        let later = EventsFrom { since: Some(stand.now().plus_seconds(1)), before: None };
        assert_eq!(stand.stripe.events(&at, &later).await, Ok(Vec::new()));
    }
    stand.fake.check();
}

// STR-06 an account that may not be charged on refuses
#[tokio::test]
async fn a_restricted_account_is_not_charged() {
    let stand = Stand::open().await;
    let at = stand.connected().await;
    let new = stand.new_charge(&at, "pm_card_visa").await;
    stand.fake.restrict(Stand::account(&at), "under_review");
    let refused = stand.stripe.charge(&at, &key("1"), &new).await;
    assert!(matches!(refused, Err(ProcessorError::Unauthorised { .. })), "{refused:?}");
    assert_eq!(stand.fake.totals(Stand::account(&at)).charges, 0);
    let unknown = ProcessorAccount::parse("acct_unknown").unwrap();
    let unknown = At { context: AccountContext::Connected(unknown), key: None };
    let refused = stand.stripe.charge(&unknown, &key("1"), &new).await;
    assert!(matches!(refused, Err(ProcessorError::Unauthorised { .. })), "{refused:?}");
    stand.fake.check();
}
