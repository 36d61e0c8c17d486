//! A fake, a client of it, and the three kinds of accounts that money is taken on.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use adapters::processor::{
    At, Charge, IdempotencyKey, NewCharge, NewConnectedAccount, NewCustomer, NewRefund, NewSetup,
    Ours, PaymentGateway, Presence, ProcessorError, Refund, SecretKey, SetupStatus, Stripe,
    stripe::{Patience, StripeConfig},
};
use domain::{
    money::{Currency, Minor},
    processor::{AccountContext, MethodKind, ProcessorAccount},
    time::Timestamp,
};
use stripe_fake::{FakeStripe, PUBLISHABLE_KEY, SECRET_KEY, Verification};

/// A partner's own keys.
pub(crate) const OWN_KEYS: (&str, &str) = ("sk_test_ownkey1234", "pk_test_ownkey1234");

pub(crate) struct Stand {
    pub(crate) fake: FakeStripe,
    pub(crate) stripe: Stripe,
    asked: AtomicU32,
}

/// A client that does not wait long.
pub(crate) fn client(api_base: String, answer: Duration) -> Stripe {
    let patience = Patience {
        connect: Duration::from_secs(5),
        answer,
        first_wait: Duration::from_millis(1),
        repetitions: 2,
    };
    let config = StripeConfig::new(SecretKey::new(SECRET_KEY), PUBLISHABLE_KEY);
    Stripe::new(StripeConfig { api_base, patience, ..config }).unwrap()
}

pub(crate) fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text)
}

pub(crate) fn ours(object: &str) -> Ours {
    Ours { partner_id: "ptr_1".to_owned(), object_id: object.to_owned() }
}

impl Stand {
    pub(crate) async fn open() -> Self {
        let fake = FakeStripe::start().await.unwrap();
        let stripe = client(fake.api_base(), Duration::from_secs(30));
        Self { fake, stripe, asked: AtomicU32::default() }
    }

    /// A key that no other request has.
    fn new_key(&self, purpose: &str) -> IdempotencyKey {
        key(&format!("{purpose}:{}", self.asked.fetch_add(1, Ordering::SeqCst)))
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.fake.now())
    }

    /// A connected account that can be charged on.
    pub(crate) async fn connected(&self) -> At {
        let new = NewConnectedAccount {
            email: "owner@example.com".to_owned(),
            website: "https://example.com".to_owned(),
            descriptor: Some("OAK VOICE".to_owned()),
            ours: ours("ptr_1"),
        };
        let made = self.stripe.create_connected(&At::PLATFORM, &key("connect:1"), &new).await;
        let account = made.unwrap().account;
        self.fake.onboard(account.as_str());
        At { context: AccountContext::Connected(account), key: None }
    }

    /// An account with keys of its own.
    pub(crate) fn custom(&self) -> At {
        let account = ProcessorAccount::parse(&self.fake.add_account(OWN_KEYS)).unwrap();
        At { context: AccountContext::Custom(account), key: Some(SecretKey::new(OWN_KEYS.0)) }
    }

    /// One account of each kind.
    pub(crate) async fn everywhere(&self) -> [At; 3] {
        [At::PLATFORM, self.connected().await, self.custom()]
    }

    /// The id of the account.
    pub(crate) fn account(at: &At) -> &str {
        match &at.context {
            AccountContext::Platform => stripe_fake::PLATFORM,
            AccountContext::Connected(account) | AccountContext::Custom(account) => {
                account.as_str()
            }
        }
    }

    pub(crate) async fn customer(&self, at: &At, name: &str) -> String {
        let new = NewCustomer {
            name: name.to_owned(),
            email: "billing@example.com".to_owned(),
            ours: ours("tnt_1"),
        };
        self.stripe.create_customer(at, &self.new_key("customer"), &new).await.unwrap()
    }

    /// A customer and its saved method.
    pub(crate) async fn saved(&self, at: &At, test: &str) -> (String, String) {
        let kind = match test.starts_with("pm_us") {
            true => MethodKind::BankAccount,
            false => MethodKind::Card,
        };
        let customer = self.customer(at, test).await;
        let new = NewSetup { customer: customer.clone(), kind, ours: ours("pm_1") };
        let setup = self.stripe.begin_setup(at, &self.new_key("setup"), &new).await;
        let setup = setup.unwrap();
        assert_eq!(setup.status, SetupStatus::Waiting);
        self.fake.fill_in(&setup.reference, (test, Verification::Instant)).unwrap();
        let setup = self.stripe.setup(at, &setup.reference).await.unwrap();
        assert_eq!(setup.ours, Some(ours("pm_1")));
        let SetupStatus::Succeeded { method } = setup.status else { panic!("{setup:?}") };
        (customer, method)
    }

    /// A charge of $110.52 to be.
    pub(crate) async fn new_charge(&self, at: &At, test: &str) -> NewCharge {
        let (customer, method) = self.saved(at, test).await;
        let kind = match test.starts_with("pm_us") {
            true => MethodKind::BankAccount,
            false => MethodKind::Card,
        };
        let is_connected = matches!(at.context, AccountContext::Connected(_));
        NewCharge {
            amount: Minor::new(11_052),
            currency: Currency::USD,
            customer,
            method,
            kind,
            presence: Presence::OffSession,
            description: "Invoice INV-000001".to_owned(),
            descriptor: Some("OAK VOICE".to_owned()),
            fee: is_connected.then(|| Minor::new(441)),
            ours: ours("pay_1"),
            asked_at: self.now(),
        }
    }

    /// Charges a saved test method off session.
    pub(crate) async fn charge(&self, at: &At, test: &str) -> Result<Charge, ProcessorError> {
        let new = self.new_charge(at, test).await;
        self.stripe.charge(at, &self.new_key("charge"), &new).await
    }

    pub(crate) async fn state(&self, at: &At, charge: &Charge) -> Charge {
        self.stripe.charge_state(at, &charge.reference, self.now()).await.unwrap()
    }

    pub(crate) async fn refund(
        &self,
        at: &At,
        (charge, amount): (&Charge, i64),
    ) -> Result<Refund, ProcessorError> {
        let new = NewRefund {
            charge: charge.reference.clone(),
            amount: Minor::new(amount),
            fee: Default::default(),
            ours: ours("ref_1"),
            asked_at: self.now(),
        };
        self.stripe.refund(at, &self.new_key("refund"), &new).await
    }
}
