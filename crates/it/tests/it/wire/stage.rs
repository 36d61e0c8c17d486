//! A served program, a stand-in for Stripe that it talks to, and partners in each mode.

use std::{cell::Cell, time::Duration};

use adapters::{
    processor::{
        Processor, SecretKey, Stripe,
        stripe::{Patience, StripeConfig},
    },
    vault::Vault,
};
use app::{
    App,
    collect::{Collect, Collected},
    drafts::{DraftLine, DraftText},
    error::AppError,
    methods::{Confirmation, NewMethod},
    outside::{Outside, PaymentSettings},
    processor_events::EventSecrets,
    processors::NewKeys,
    refunds::{FeePolicy, Refunded, WantedRefund},
    requests::{Actor, ActorKind, Asking},
    setup::NewOperator,
};
use domain::{
    account::{Partner, Tenant},
    ids::{InvoiceId, MethodId, PartnerId, TenantId},
    invoice::{issued::Invoice, line::Quantity},
    ledger::Account,
    money::{Minor, Nanos},
    payment::Payer,
    processor::{AccountContext, MethodKind, ProcessorMode},
    refund::Destination,
};
use serde_json::Value;
use store::processors;
use stripe_fake::{FakeStripe, PLATFORM, PUBLISHABLE_KEY, SECRET_KEY, Verification};

use crate::harness::{Engine, World};

pub(super) const PLATFORM_SECRET: &str = "whsec_wire_platform";
pub(super) const CONNECT_SECRET: &str = "whsec_wire_connect";
/// Seals secrets in every process of a test.
const VAULT_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// In one cent.
pub(super) const MICROS: i64 = 10_000;

/// Where things are, for this process and for others.
#[derive(Debug, Clone)]
pub(super) struct Addresses {
    /// Where the stand-in is.
    pub(super) stripe: String,
    /// Where the program is.
    pub(super) own: String,
    /// How long an answer is waited for.
    pub(super) patience: Duration,
}

/// The outside world of a program whose processor is at these addresses.
pub(super) fn outside(at: &Addresses) -> Outside {
    let patience = Patience {
        connect: Duration::from_secs(5),
        answer: at.patience,
        first_wait: Duration::from_millis(1),
        repetitions: 2,
    };
    let js_url = format!("{}/stripe.js", at.stripe);
    let config = StripeConfig {
        api_base: at.stripe.clone(),
        js_url: js_url.clone(),
        patience,
        ..StripeConfig::new(SecretKey::new(SECRET_KEY), PUBLISHABLE_KEY)
    };
    Outside {
        processor: Processor::Stripe(Stripe::new(config).unwrap()),
        events: EventSecrets::new(
            vec![SecretKey::new(PLATFORM_SECRET)],
            vec![SecretKey::new(CONNECT_SECRET)],
        ),
        payments: PaymentSettings {
            descriptor: "TRUNKLINE".to_owned(),
            publishable_key: PUBLISHABLE_KEY.to_owned(),
            script_url: Some(js_url),
            base_url: at.own.clone(),
        },
        vault: Vault::parse(VAULT_KEY).unwrap(),
        ..Outside::default()
    }
}

/// A partner, and the account that its tenants pay on.
#[derive(Debug, Clone)]
pub(super) struct Party {
    pub(super) partner: Partner,
    pub(super) mode: ProcessorMode,
    pub(super) account: String,
}

impl Party {
    pub(super) fn id(&self) -> PartnerId {
        self.partner.partner_id
    }
}

/// What the stand-in says of an account, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Told {
    pub(super) charged: i64,
    pub(super) refunded: i64,
    pub(super) lost: i64,
    pub(super) fees: i64,
    pub(super) fees_returned: i64,
}

pub(super) struct Stage {
    pub(super) world: World,
    pub(super) fake: FakeStripe,
    pub(super) addresses: Addresses,
    asked: Cell<u32>,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Stage {
    /// The operator, and nobody else.
    pub(super) async fn open(engine: Engine, patience: Duration) -> Option<Self> {
        let mut world = World::fresh(engine).await?;
        let operator = NewOperator {
            name: "Example Telecom".to_owned(),
            home_country: "US".to_owned(),
            currency: "USD".to_owned(),
        };
        world.app.create_operator(&operator).await.unwrap();
        let fake = FakeStripe::start().await.unwrap();
        let clock = world.app.clock.clone();
        fake.follow(move || clock.now().micros() / 1_000_000);
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let own = format!("http://{}", listener.local_addr().unwrap());
        let addresses = Addresses { stripe: fake.api_base(), own: own.clone(), patience };
        fake.add_endpoint(&format!("{own}/stripe/webhooks/platform"), PLATFORM_SECRET);
        fake.add_connect_endpoint(&format!("{own}/stripe/webhooks/connect"), CONNECT_SECRET);
        world.app = world.app.clone().with_outside(outside(&addresses));
        let router = web::router(world.app.clone());
        let serving = tokio::spawn(web::serve(listener, router, std::future::pending()));
        Some(Self { world, fake, addresses, asked: Cell::new(0), serving })
    }

    pub(super) fn app(&self) -> &App {
        &self.world.app
    }

    /// The program ends and is started again: nothing but the database is left of it.
    pub(super) fn restart(&mut self) {
        let (db, clock) = (self.world.app.db.clone(), self.world.app.clock.clone());
        let ids = self.world.app.ids.clone();
        self.world.app = App::new(db, clock, ids).with_outside(outside(&self.addresses));
    }

    /// A partner whose tenants pay like that.
    pub(super) async fn party(&self, slug: &str, mode: ProcessorMode) -> Party {
        let partner = self.world.partner(slug).await;
        let (app, id) = (self.app(), partner.partner_id);
        let account = match mode {
            ProcessorMode::Platform => PLATFORM.to_owned(),
            ProcessorMode::Connect => {
                app.connect(id).await.unwrap();
                let account = self.connected(id).await;
                self.fake.onboard(&account);
                account
            }
            ProcessorMode::CustomKeys => {
                let keys = Self::keys_of(slug);
                let account = self.fake.add_account((keys.secret.reveal(), &keys.publishable));
                app.save_keys(id, &keys).await.unwrap();
                app.run_jobs(app.clock.now()).await.unwrap();
                account
            }
        };
        self.settle().await;
        assert_eq!(app.processing(id).await.unwrap().1, mode);
        Party { partner, mode, account }
    }

    /// The keys that a partner has at the stand-in.
    pub(super) fn keys_of(slug: &str) -> NewKeys {
        let name: String = slug.chars().filter(char::is_ascii_alphanumeric).collect();
        NewKeys {
            secret: SecretKey::new(format!("sk_test_wire{name}own")),
            publishable: format!("pk_test_wire{name}own"),
        }
    }

    async fn connected(&self, id: PartnerId) -> String {
        let mut tx = self.world.begin().await;
        let known = processors::connected(&mut tx, id).await.unwrap().unwrap();
        known.account.as_str().to_owned()
    }

    /// A method that its owner fills into the form of the processor; answers its id and the
    /// processor's.
    pub(super) async fn method(
        &self,
        owner: (PartnerId, Option<TenantId>),
        named: &str,
    ) -> (MethodId, String) {
        let is_bank = named.starts_with("pm_us");
        let kind = if is_bank { MethodKind::BankAccount } else { MethodKind::Card };
        let app = self.app();
        let setup_id = app.begin_setup(owner.0, NewMethod { owner: owner.1, kind }).await.unwrap();
        let opened = app.open_setup(owner.0, setup_id).await.unwrap();
        let reference = opened.setup.reference.unwrap();
        self.fake.fill_in(&reference, (named, Verification::Instant)).unwrap();
        let done = app.confirm_setup(owner.0, setup_id, &Confirmation::Look).await.unwrap();
        let method = done.method.unwrap();
        (method.method_id, method.reference)
    }

    /// A tenant with this method by default.
    pub(super) async fn payer(&self, party: &Party, (prefix, named): (&str, &str)) -> Customer {
        let tenant = self.world.bare_tenant(&party.partner, prefix).await;
        let owner = (party.id(), Some(tenant.tenant_id));
        let (method_id, reference) = self.method(owner, named).await;
        Customer { tenant, method_id, reference }
    }

    /// An issued invoice of so much.
    pub(super) async fn invoice(&self, tenant: &Tenant, cents: i64) -> Invoice {
        let line = DraftLine {
            description: "Installation".to_owned(),
            quantity: Quantity::ONE,
            unit: String::new(),
            unit_price: Nanos::new(cents * 10_000_000),
            taxable: false,
        };
        let text = DraftText { lines: vec![line], notes: String::new() };
        let app = self.app();
        let draft = app.create_draft(tenant.partner_id, tenant.tenant_id, &text).await.unwrap();
        let draft = (draft.invoice_id, draft.version);
        let invoice = app.finalise_draft(tenant.partner_id, draft).await.unwrap();
        assert_eq!(invoice.total, Minor::new(cents));
        invoice
    }

    /// All that is due is asked for, with this method.
    pub(super) async fn pay(
        &self,
        invoice: &Invoice,
        (method_id, payer): (MethodId, Payer),
    ) -> Result<Collected, AppError> {
        let wanted = Collect { payer, ..Collect::with(invoice.invoice_id, method_id) };
        self.app().collect(invoice.partner_id, &wanted).await
    }

    /// Somebody who asks for something, once.
    pub(super) fn asking(&self, owner: PartnerId) -> Asking {
        self.asked.set(self.asked.get() + 1);
        Asking {
            owner: Some(owner),
            actor: Actor { kind: ActorKind::System, id: "test".into(), name: "a test".into() },
            request_id: format!("req_{}", self.asked.get()),
            ip: String::new(),
            repeat: None,
        }
    }

    pub(super) async fn refund(
        &self,
        invoice: &Invoice,
        (amount, destination): (Option<i64>, Destination),
    ) -> Result<Refunded, AppError> {
        let wanted = WantedRefund {
            invoice_id: invoice.invoice_id,
            amount: amount.map(Minor::new),
            destination,
            reason: "A test".to_owned(),
        };
        let asking = self.asking(invoice.partner_id);
        self.app().refund(&asking, invoice.partner_id, &wanted).await
    }

    pub(super) async fn returns_fees(&self, party: &Party) {
        self.app().set_fee_policy(party.id(), FeePolicy::Returned).await.unwrap();
    }

    pub(super) async fn now(&self, invoice: &Invoice) -> Invoice {
        self.app().find_invoice(invoice.partner_id, invoice.invoice_id).await.unwrap()
    }

    /// Delivers all that happened, and does what it asks for, until nothing happens any more.
    pub(super) async fn settle(&self) {
        loop {
            let messages = self.fake.take_messages();
            for message in &messages {
                assert_eq!(message.deliver().await, 200, "{}", message.kind);
            }
            self.apply().await;
            if messages.is_empty() {
                return;
            }
        }
    }

    /// Does what kept events ask for.
    pub(super) async fn apply(&self) {
        self.app().apply_processor_events(self.app()).await.unwrap();
    }

    /// Lets time pass and does what is due.
    pub(super) async fn later(&self, seconds: i64) {
        let to = self.app().clock.now().plus_seconds(seconds);
        self.app().run_due(Some(to)).await.unwrap();
        self.app().run_jobs(to).await.unwrap();
    }

    /// What the stand-in says of an account. Refunds count when they reached their payer.
    pub(super) fn told(&self, account: &str) -> Told {
        let totals = self.fake.totals(account);
        let sum = |kind: &str, status: &str| {
            let all = self.fake.objects(account, kind);
            let those = all.iter().filter(|it| it["status"] == status);
            those.map(|it| it["amount"].as_i64().unwrap()).sum::<i64>()
        };
        Told {
            charged: totals.charged,
            refunded: sum("refund", "succeeded"),
            lost: sum("dispute", "lost"),
            fees: totals.fees,
            fees_returned: totals.fees_returned,
        }
    }

    /// A balance in cents.
    pub(super) async fn balance(&self, id: PartnerId, account: Account) -> i64 {
        let mut tx = self.world.begin().await;
        let micros = store::ledger::balance(&mut tx, id, account).await.unwrap().get();
        assert_eq!(micros % MICROS, 0, "{account}");
        micros / MICROS
    }

    /// What the books of a partner and of its wallet say is at the processor, by account.
    pub(super) async fn assert_books(&self, parties: &[Party]) {
        let mut held = 0;
        for party in parties {
            let id = party.id();
            let own = self.balance(id, Account::Clearing).await;
            let fees = self.balance(id, Account::ApplicationFees).await;
            held += self.balance(id, Account::OperatorCash).await;
            if party.account == PLATFORM {
                assert_eq!(fees, 0, "kept back at the settlement");
                held += own;
                continue;
            }
            let told = self.told(&party.account);
            assert_eq!(fees, told.fees - told.fees_returned, "{party:?} {told:?}");
            let expected = told.charged - told.refunded - told.lost;
            assert_eq!(own, expected - told.fees + told.fees_returned, "{party:?} {told:?}");
            if party.mode == ProcessorMode::CustomKeys {
                assert_eq!((told.fees, told.fees_returned), (0, 0));
            }
        }
        let told = self.told(PLATFORM);
        assert_eq!(held, told.charged - told.refunded - told.lost, "platform: {told:?}");
        self.assert_once().await;
        self.world.assert_clean().await;
        self.fake.check();
    }

    /// Every payment is one charge at most, and has its receipt if it is one.
    async fn assert_once(&self) {
        let mut charged = Vec::new();
        for account in self.fake.accounts() {
            for intent in self.fake.objects(&account, "payment_intent") {
                if intent["status"] == "succeeded" {
                    charged.push(of_ours(&intent));
                }
            }
        }
        charged.sort();
        let own = "select payment_id from payment
             where status = 'succeeded' and method <> 'manual'";
        let mut paid = self.world.texts(own).await;
        let operators = "select charge_id from operator_charge where state = 'succeeded'";
        paid.extend(self.world.texts(operators).await);
        paid.sort();
        assert_eq!(charged, paid, "each payment is one charge");
        let receipts = "select replace(replace(mail_key, 'receipt:', ''), ':billing', '') from mail
             where mail_key like 'receipt:%' order by 1";
        let receipts = self.world.texts(receipts).await;
        paid.retain(|it| it.starts_with("pay_"));
        assert_eq!(receipts, paid, "each payment has one receipt");
        let over = "select invoice_id from invoice
             where paid_minor + credit_minor > total_minor";
        assert!(self.world.texts(over).await.is_empty());
    }

    /// How the attempts of an invoice stand, oldest first.
    pub(super) async fn attempts(&self, invoice_id: InvoiceId) -> Vec<String> {
        let sql = format!(
            "select state from payment_attempt where invoice_id = '{invoice_id}'
             order by created_at, payment_id, number"
        );
        self.world.texts(&sql).await
    }

    /// How many receipts there are for an invoice.
    pub(super) async fn receipts(&self, invoice: &Invoice) -> usize {
        let number = invoice.number.as_deref().unwrap();
        let sql = format!(
            "select subject from mail
             where partner_id = '{}' and subject like 'Receipt for invoice {number} %'",
            invoice.partner_id
        );
        self.world.texts(&sql).await.len()
    }

    /// The context of new charges of a party.
    pub(super) async fn context(&self, party: &Party) -> AccountContext {
        self.app().processing(party.id()).await.unwrap().0.context
    }
}

/// A tenant that pays.
#[derive(Debug, Clone)]
pub(super) struct Customer {
    pub(super) tenant: Tenant,
    pub(super) method_id: MethodId,
    /// The processor's id of the method.
    pub(super) reference: String,
}

/// Which of our rows an object of the processor's belongs to.
pub(super) fn of_ours(object: &Value) -> String {
    object["metadata"]["object_id"].as_str().unwrap_or_default().to_owned()
}
