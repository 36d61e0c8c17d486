//! A world whose payment processor is the fake, and somebody who writes down what is told.

use std::sync::Mutex;

use adapters::processor::{
    Account, At, Charge, ChargeStatus, Dispute, IdempotencyKey, Method, NewCharge, NewCustomer,
    Ours, PaymentGateway, Presence, Processor, Refund, RefundStatus, SecretKey, Setup, SetupStatus,
    Stripe, stripe::StripeConfig,
};
use app::{
    App,
    error::{AppError, Result},
    methods::Gone,
    outside::Outside,
    processor_events::{Applied, EventSecrets, Listener},
};
use axum::{body::Body, http::Request};
use domain::{
    money::{Currency, Minor},
    processor::{AccountContext, KeysState, MethodKind, ProcessorAccount, ProcessorMode},
};
use store::processors::{self, CustomKeys, Processing};
use stripe_fake::{FakeStripe, Message, PUBLISHABLE_KEY, SECRET_KEY};
use tower::ServiceExt;

use crate::harness::{Engine, World};

pub(super) const PLATFORM_SECRET: &str = "whsec_platform_new";
pub(super) const OLD_SECRET: &str = "whsec_platform_old";
pub(super) const CONNECT_SECRET: &str = "whsec_connect";

/// A world whose processor is the fake.
pub(super) struct Desk {
    pub(super) world: World,
    pub(super) app: App,
    pub(super) fake: FakeStripe,
    router: axum::Router,
}

/// Writes down what it hears; of the first so many objects it knows nothing yet.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) lines: Mutex<Vec<String>>,
    pub(super) unknown: Mutex<usize>,
}

impl Heard {
    fn hear(&self, line: String) -> Result<()> {
        let mut unknown = self.unknown.lock().unwrap();
        if *unknown > 0 {
            *unknown -= 1;
            return Err(AppError::not_found("payment", "pay_1"));
        }
        self.lines.lock().unwrap().push(line);
        Ok(())
    }
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().unwrap())
    }
}

impl Listener for Heard {
    async fn charge(&self, context: &AccountContext, told: &Charge) -> Result<()> {
        let status = match &told.status {
            ChargeStatus::Succeeded => "succeeded",
            ChargeStatus::Processing => "processing",
            ChargeStatus::Failed(_) => "failed",
            _ => "other",
        };
        self.hear(format!("{context} charge {status} less {}", told.refunded.get()))
    }
    async fn refund(&self, context: &AccountContext, told: &Refund) -> Result<()> {
        let status = match told.status {
            RefundStatus::Succeeded => "succeeded",
            RefundStatus::Pending => "pending",
            RefundStatus::Failed(_) => "failed",
        };
        self.hear(format!("{context} refund {} {status}", told.amount.get()))
    }
    async fn dispute(&self, context: &AccountContext, told: &Dispute) -> Result<()> {
        self.hear(format!("{context} dispute {:?}", told.status))
    }
    async fn setup(&self, context: &AccountContext, told: &Setup) -> Result<()> {
        let is_saved = matches!(told.status, SetupStatus::Succeeded { .. });
        self.hear(format!("{context} setup saved {is_saved}"))
    }
    async fn method(&self, context: &AccountContext, told: (&Method, Gone)) -> Result<()> {
        self.hear(format!("{context} method {} {:?}", told.0.last_four, told.1))
    }
    async fn account(&self, told: &Account) -> Result<()> {
        self.hear(format!("account ready {} {:?}", told.is_ready(), told.disabled_reason))
    }
}

/// The id of an account that is not the platform's.
pub(super) fn id_of(at: &At) -> &str {
    match &at.context {
        AccountContext::Platform => stripe_fake::PLATFORM,
        AccountContext::Connected(account) | AccountContext::Custom(account) => account.as_str(),
    }
}

pub(super) fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text)
}

impl Desk {
    pub(super) async fn open(engine: Engine) -> Option<Self> {
        let (world, _) = World::with_partner(engine).await?;
        let fake = FakeStripe::start().await.unwrap();
        fake.set_now(world.app.clock.now().micros() / 1_000_000);
        fake.add_endpoint("/stripe/webhooks/platform", PLATFORM_SECRET);
        fake.add_connect_endpoint("/stripe/webhooks/connect", CONNECT_SECRET);
        let config = StripeConfig {
            api_base: fake.api_base(),
            js_url: fake.js_url(),
            ..StripeConfig::new(SecretKey::new(SECRET_KEY), PUBLISHABLE_KEY)
        };
        let secrets = [PLATFORM_SECRET, OLD_SECRET].map(SecretKey::new);
        let events = EventSecrets::new(secrets.to_vec(), vec![SecretKey::new(CONNECT_SECRET)]);
        let processor = Processor::Stripe(Stripe::new(config).unwrap());
        let outside = Outside { processor, events, ..Outside::default() };
        let app = world.app.clone().with_outside(outside);
        Some(Self { router: web::router(app.clone()), world, app, fake })
    }

    /// Delivers a body as it is, and answers the status.
    pub(super) async fn post(&self, path: &str, signature: &str, body: &[u8]) -> u16 {
        let request = Request::post(path)
            .header("stripe-signature", signature)
            .header("content-length", body.len())
            .body(Body::from(body.to_vec()));
        let answer = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        answer.status().as_u16()
    }

    pub(super) async fn deliver(&self, message: &Message) -> u16 {
        self.post(&message.url, &message.signature, &message.body).await
    }

    pub(super) async fn apply(&self, heard: &Heard) -> Applied {
        self.app.apply_processor_events(heard).await.unwrap()
    }

    /// Kind, state and last error of each event of the platform.
    pub(super) async fn kept(&self) -> Vec<(String, String, Option<String>)> {
        let mut tx = self.world.begin().await;
        let platform = AccountContext::Platform;
        store::processor_events::states(&mut tx, &platform, 1_000).await.unwrap()
    }

    /// Moves our clock and the fake's.
    pub(super) fn later(&self, seconds: i64) {
        let to = self.app.clock.now().plus_seconds(seconds);
        self.app.clock.advance(to).unwrap();
        self.fake.set_now(to.micros() / 1_000_000);
    }

    /// A partner with keys of its own and our endpoint on its account: how to ask it, where its
    /// events go, and what they are signed with.
    pub(super) async fn own_account(&self, name: &str, key: &str) -> (At, String, String) {
        let account = self.fake.add_account((key, &key.replace("sk_", "pk_")));
        let account = ProcessorAccount::parse(&account).unwrap();
        let partner_id = self.world.partner(name).await.partner_id;
        let secret = format!("whsec_of_{name}");
        let seal = |field: &str, text: &str| {
            let owner = format!("custom_keys/{partner_id}/{field}");
            self.app.outside.vault.seal(&owner, text.as_bytes())
        };
        let keys = CustomKeys {
            partner_id,
            account: account.clone(),
            sealed_key: seal("key", key),
            last_four: key[key.len() - 4..].to_owned(),
            publishable_key: key.replace("sk_", "pk_"),
            is_live: false,
            state: KeysState::Active,
            endpoint: Some(("we_1".to_owned(), seal("endpoint", &secret))),
            saved_at: self.app.clock.now(),
            version: 0,
        };
        let context = AccountContext::Custom(account);
        let processing =
            Processing { mode: ProcessorMode::CustomKeys, context: context.clone(), version: 0 };
        let mut tx = self.world.begin().await;
        processors::save_keys(&mut tx, &keys).await.unwrap();
        processors::save(&mut tx, partner_id, &processing).await.unwrap();
        tx.commit().await.unwrap();
        let at = At { context, key: Some(SecretKey::new(key)) };
        (at, format!("/stripe/webhooks/custom/{partner_id}"), secret)
    }

    /// A charge on the platform's account, ours unless it is called foreign; answers its id.
    pub(super) async fn charge(&self, what: (&str, &str)) -> String {
        self.charge_at(&At::PLATFORM, what).await
    }

    /// The same on another account.
    pub(super) async fn charge_at(&self, at: &At, (method, name): (&str, &str)) -> String {
        let object_id = if name == "foreign" { String::new() } else { "pay_1".to_owned() };
        let ours = Ours { partner_id: "ptr_1".to_owned(), object_id };
        let new = NewCustomer { name: name.to_owned(), email: String::new(), ours: ours.clone() };
        let processor = &self.app.outside.processor;
        let customer = processor.create_customer(at, &key(&format!("c{name}")), &new).await;
        let new = NewCharge {
            amount: Minor::new(11_052),
            currency: Currency::USD,
            customer: customer.unwrap(),
            method: method.to_owned(),
            kind: if method.starts_with("pm_us") {
                MethodKind::BankAccount
            } else {
                MethodKind::Card
            },
            presence: Presence::OffSession,
            description: "Invoice".to_owned(),
            descriptor: None,
            fee: None,
            ours,
            asked_at: self.app.clock.now(),
        };
        let charge = processor.charge(at, &key(&format!("p{name}")), &new).await;
        charge.unwrap().reference
    }
}
