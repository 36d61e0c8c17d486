//! One whole life in all three modes, seen from outside: what was asked for, and what can be read.
//!
//! Decided here: every operation that the client has is used by the program itself, and both sides
//! of each are held against Stripe's description. Of that life everything that can be read is read:
//! what was logged at the finest level, what the API answers, every column of every table. No
//! secret is in any of it.

use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use adapters::{
    mail::{MailSink, SmtpConfig, SmtpCredentials, SmtpSecurity},
    processor::{PaymentGateway, SecretKey},
};
use app::{
    disputes::NewEvidence,
    keys::NewKey,
    methods::{Confirmation, NewMethod, Removal},
    setup::PartnerEdit,
};
use axum::{body::Body, http::Request};
use domain::{
    api_key::Scope,
    ids::PartnerId,
    money::Minor,
    payment::Payer,
    processor::{MethodKind, ProcessorMode},
    refund::Destination,
};
use rstest::rstest;
use stripe_fake::{Fault, PLATFORM, SECRET_KEY, Verification};
use tower::ServiceExt;

use super::stage::{CONNECT_SECRET, PLATFORM_SECRET, Party, Stage};
use crate::harness::{Engine, operations::operations};

const PATIENCE: Duration = Duration::from_secs(20);
const MAIL_PASSWORD: &str = "Zu7-mailbox-Password-91";

/// All that the client asks for.
const OPERATIONS: [&str; 28] = [
    "DeleteWebhookEndpointsWebhookEndpoint",
    "GetAccount",
    "GetAccountsAccount",
    "GetApplicationFeesId",
    "GetChargesCharge",
    "GetDisputes",
    "GetDisputesDispute",
    "GetEvents",
    "GetMandatesMandate",
    "GetPaymentIntents",
    "GetPaymentIntentsIntent",
    "GetPaymentMethodsPaymentMethod",
    "GetRefunds",
    "GetRefundsRefund",
    "GetSetupIntentsIntent",
    "PostAccountLinks",
    "PostAccounts",
    "PostAccountsAccount",
    "PostApplicationFeesIdRefunds",
    "PostCustomers",
    "PostDisputesDispute",
    "PostPaymentIntents",
    "PostPaymentIntentsIntentCancel",
    "PostPaymentMethodsPaymentMethodDetach",
    "PostRefunds",
    "PostSetupIntents",
    "PostSetupIntentsIntentVerifyMicrodeposits",
    "PostWebhookEndpoints",
];

/// Everything that is logged in this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to keep what is logged.
fn log() -> Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    let begin = || {
        let log = Log::default();
        let kept = log.clone();
        let all = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
        all.with_ansi(false).with_writer(move || kept.clone()).init();
        log
    };
    LOG.get_or_init(begin).clone()
}

impl Stage {
    /// Mails are sent to nobody, by somebody with a password.
    async fn with_mail_server(&mut self) {
        let (host, port) = {
            let nobody = stripe_fake::FakeStripe::nobody().unwrap();
            let (host, port) = nobody.trim_start_matches("http://").split_once(':').unwrap();
            (host.to_owned(), port.parse().unwrap())
        };
        let user = "mailer".to_owned();
        let credentials = Some(SmtpCredentials { user, password: MAIL_PASSWORD.to_owned() });
        let (security, hello_name) = (SmtpSecurity::None, "localhost".to_owned());
        let timeout_seconds = 5;
        let config = SmtpConfig { host, port, security, credentials, hello_name, timeout_seconds };
        self.world.app.outside.mail = MailSink::Smtp(Box::new(config));
    }

    /// A charge of a tenant by this method, paid as far as it is at once.
    async fn charged(&self, party: &Party, (prefix, named): (&str, &str)) -> Charged {
        let prefix = format!("{prefix}{}", &party.mode.as_str()[..4]);
        let payer = self.payer(party, (&prefix, named)).await;
        let invoice = self.invoice(&payer.tenant, 9_900).await;
        let asked = self.pay(&invoice, (payer.method_id, Payer::Present)).await.unwrap();
        self.settle().await;
        let intent = asked.payment.reference.clone().unwrap();
        Charged { payer, invoice, payment: asked.payment, intent }
    }

    /// Cards, banks, refunds and authentication.
    async fn pays(&self, party: &Party) {
        let (app, fake) = (self.app(), &self.fake);
        let paid = self.charged(party, ("VISA", "pm_card_visa")).await;
        self.refund(&paid.invoice, (Some(1_000), Destination::Card)).await.unwrap();
        fake.refund_by_hand(&paid.intent, Some(500));
        let slow = self.charged(party, ("SLOW", "pm_card_pendingRefund")).await;
        let refund = self.refund(&slow.invoice, (None, Destination::Card)).await.unwrap();
        fake.end_refund(refund.refunds[0].reference.as_deref().unwrap(), true);
        self.charged(party, ("POOR", "pm_card_visa_chargeDeclinedInsufficientFunds")).await;
        let left = self.charged(party, ("ASKED", "pm_card_authenticationRequired")).await;
        app.cancel_payment(party.id(), left.payment.payment_id).await.unwrap();
        let disputed = self.charged(party, ("ANGRY", "pm_card_createDispute")).await;
        let sql = format!(
            "select dispute_id from dispute where invoice_id = '{}'",
            disputed.invoice.invoice_id
        );
        let dispute = self.world.texts(&sql).await.remove(0).parse().unwrap();
        let evidence = NewEvidence { text: "winning_evidence".to_owned(), is_final: true };
        let given = app.give_evidence(&self.asking(party.id()), dispute, &evidence).await;
        assert_eq!(given.is_ok(), party.mode == ProcessorMode::Platform, "{given:?}");
        self.settle().await;
        // A bank account that is verified by two amounts, is debited, and is taken away.
        let owner = (party.id(), Some(paid.payer.tenant.tenant_id));
        let new = NewMethod { owner: owner.1, kind: MethodKind::BankAccount };
        let setup = app.begin_setup(owner.0, new).await.unwrap();
        let reference = app.open_setup(owner.0, setup).await.unwrap().setup.reference.unwrap();
        let bank = ("pm_usBankAccount_success", Verification::Microdeposits);
        fake.fill_in(&reference, bank).unwrap();
        self.settle().await;
        let amounts = Confirmation::Amounts(32, 45);
        let saved = app.confirm_setup(owner.0, setup, &amounts).await.unwrap().method.unwrap();
        let next = self.invoice(&paid.payer.tenant, 2_000).await;
        let debit = self.pay(&next, (saved.method_id, Payer::Present)).await.unwrap().payment;
        fake.settle(debit.reference.as_deref().unwrap());
        fake.end_mandate(&saved.reference);
        self.settle().await;
        let visa = app.payment_method(owner.0, paid.payer.method_id).await.unwrap();
        let seen = (visa.method_id, visa.version);
        app.remove_method(owner.0, seen, Removal::Confirmed).await.unwrap();
        self.later(60).await;
        self.settle().await;
    }

    /// An answer that nobody ever tells, and events that nobody delivers.
    async fn loses(&self, party: &Party) {
        self.method((party.id(), None), "pm_card_visa").await;
        self.fake.fail_next("PostPaymentIntents", Fault::BrokenAfter(None));
        let asking = self.asking(party.id());
        self.app().top_up(&asking, party.id(), Minor::new(2_000)).await.unwrap();
        self.later(7_200).await;
        self.app().read_processor_events().await.unwrap();
        self.later(7_200).await;
        self.app().read_processor_events().await.unwrap();
        self.settle().await;
    }

    /// What every list and everything in it answers to a key that may see all of it.
    async fn answers(&self, owner: Option<PartnerId>) -> Vec<String> {
        let new = NewKey {
            name: "a test's".to_owned(),
            scopes: Scope::all_of(owner),
            tenants: None,
            rate_per_minute: 10_000,
            expires_at: None,
        };
        let (_, key) = self.app().create_key(owner, None, &new).await.unwrap();
        let router = web::router(self.app().clone());
        let get = async |path: &str| {
            let request = Request::get(path)
                .header("authorization", format!("Bearer {}", key.reveal()))
                .body(Body::empty());
            let answer = router.clone().oneshot(request.unwrap()).await.unwrap();
            let is_good = answer.status().is_success();
            let headers = format!("{:?}", answer.headers());
            let body = axum::body::to_bytes(answer.into_body(), 100_000_000).await.unwrap();
            (is_good, headers + &String::from_utf8_lossy(&body), body.to_vec())
        };
        let mut read = Vec::new();
        let all = operations();
        let gets = all.iter().filter(|it| it.method == "GET" && it.parameters().is_empty());
        for list in gets.filter(|it| it.is_operators() == owner.is_none()) {
            let (is_good, text, body) = get(&list.path).await;
            read.push(text);
            let rows = serde_json::from_slice::<serde_json::Value>(&body).unwrap_or_default();
            let rows = rows["data"].as_array().cloned().unwrap_or_default();
            let one = format!("{}/{{", list.path);
            let is_one = |path: &str| {
                let rest = path.strip_prefix(&one).unwrap_or("/");
                rest.ends_with('}') && !rest.contains('/')
            };
            let has_one = all.iter().any(|it| it.method == "GET" && is_one(&it.path));
            for row in rows.iter().take(40).filter(|_| is_good && has_one) {
                if let Some(id) = row["id"].as_str() {
                    read.push(get(&format!("{}/{id}", list.path)).await.1);
                }
            }
        }
        let least = if owner.is_some() { 30 } else { 10 };
        assert!(read.len() > least, "only {} answers", read.len());
        read
    }

    /// What nobody may read anywhere.
    fn secrets(&self, parties: &[Party]) -> BTreeSet<String> {
        let mut all = BTreeSet::from(
            [SECRET_KEY, PLATFORM_SECRET, CONNECT_SECRET, MAIL_PASSWORD].map(str::to_owned),
        );
        all.insert("https://connect.stripe.example/setup".to_owned());
        for party in parties {
            all.insert(Self::keys_of(&party.partner.slug).secret.reveal().to_owned());
        }
        for account in self.fake.accounts() {
            for kind in ["payment_intent", "setup_intent"] {
                let intents = self.fake.objects(&account, kind);
                let secrets = intents.iter().filter_map(|it| it["client_secret"].as_str());
                all.extend(secrets.map(str::to_owned));
            }
            for endpoint in self.fake.objects(&account, "webhook_endpoint") {
                all.insert(format!("whsec_{}", endpoint["id"].as_str().unwrap()));
            }
        }
        assert!(all.len() > 20, "only {} secrets", all.len());
        all
    }

    async fn dump(&self) -> String {
        format!("{:?}", self.world.content().await).to_lowercase()
    }
}

struct Charged {
    payer: super::stage::Customer,
    invoice: domain::invoice::issued::Invoice,
    payment: domain::payment::Payment,
    intent: String,
}

/// Finds a secret in a text, as it is or as a database shows bytes.
fn assert_absent(secrets: &BTreeSet<String>, (place, text): (&str, &str)) {
    let text = text.to_lowercase();
    for secret in secrets {
        let secret = secret.to_lowercase();
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        for form in [secret.as_str(), hex.as_str()] {
            if let Some(at) = text.find(form) {
                let around: String = text.chars().skip(at.saturating_sub(200)).take(300).collect();
                panic!("{secret} is in {place}: {around}");
            }
        }
    }
}

// STR-11 STR-13 STR-19 PMT-02 PAY-15 (failure modes 21, 24): no secret is logged, answered or
// stored; every operation of the client was asked for, and agrees with Stripe's description
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_whole_life_keeps_its_secrets(#[case] engine: Engine) {
    let log = log();
    let Some(mut stage) = Stage::open(engine, PATIENCE).await else { return };
    stage.with_mail_server().await;
    let mut parties = Vec::new();
    for mode in ProcessorMode::ALL {
        let party = stage.party(&format!("of-{}", mode.as_str().replace('_', "-")), mode).await;
        stage.returns_fees(&party).await;
        parties.push(party);
    }
    let connected = &parties[1];
    let app = stage.app();
    let edit = PartnerEdit {
        statement_descriptor: Some("OAK VOICE".to_owned()),
        ..PartnerEdit::default()
    };
    let seen = app.partner(connected.id()).await.unwrap().version;
    app.edit_partner((connected.id(), seen), &edit).await.unwrap();
    app.read_processor_events().await.unwrap();
    stage.world.execute("update partner set rate_per_minute = 1000000").await;
    for party in &parties {
        stage.pays(party).await;
        stage.loses(party).await;
    }
    stage.later(40 * 86_400).await;
    stage.settle().await;
    stage.assert_books(&parties).await;
    let mut secrets = stage.secrets(&parties);
    let mut dumps = stage.dump().await;
    let mut answers = stage.answers(None).await;
    for party in &parties {
        answers.extend(stage.answers(Some(party.id())).await);
    }
    // Keys that are refused, and keys that are taken away.
    let own = Stage::keys_of(&parties[2].partner.slug);
    let wrong = app::processors::NewKeys {
        secret: SecretKey::new("sk_test_wrongKeyOfSomebody"),
        publishable: own.publishable.clone(),
    };
    secrets.insert(wrong.secret.reveal().to_owned());
    let refused = app.save_keys(parties[2].id(), &wrong).await.unwrap_err();
    answers.push(format!("{refused} {refused:?} {:?} {:?}", stage.app().outside, wrong));
    app.remove_keys(parties[2].id()).await.unwrap();
    stage.settle().await;
    dumps += &stage.dump().await;
    answers.extend(stage.answers(Some(parties[2].id())).await);
    assert_eq!(stage.fake.exercised().iter().map(String::as_str).collect::<Vec<_>>(), OPERATIONS);
    stage.fake.check();
    assert!(stage.fake.totals(PLATFORM).charges > 3);
    let at = adapters::processor::At::PLATFORM;
    stage.app().outside.processor.account(&at).await.unwrap();
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(logged.contains("stripe answered") && logged.len() > 10_000, "{}", logged.len());
    assert_absent(&secrets, ("the log", &logged));
    assert_absent(&secrets, ("the database", &dumps));
    for answer in &answers {
        assert_absent(&secrets, ("an answer", answer));
    }
}
