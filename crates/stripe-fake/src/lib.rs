//! A stand-in for Stripe on this machine, for tests: it moves no money and asks nobody.
//!
//! Decided here: it behaves as Stripe's documents say for every operation that Trunkline's client
//! uses, per account, with Stripe's published test cards and bank accounts. What takes days at
//! Stripe happens when a test says so. Every request and every answer is held against Stripe's own
//! description (`data/openapi-subset.json`); [`FakeStripe::check`] fails with what does not agree.
//! It listens on a loopback address only, and a test that wants an answer lost, late or refused
//! says so per operation.

mod cards;
mod contract;
mod delivery;
mod failure;
mod form;
mod ops;
mod server;
mod world;

use std::{collections::BTreeSet, net::SocketAddr};

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use self::{
    delivery::Endpoint,
    ops::{customers, payments, refunds},
    server::Shared,
    world::{Clock, World},
};
pub use self::{
    delivery::{Message, sign},
    world::{PLATFORM, Recorded},
};

/// The platform's keys.
pub const SECRET_KEY: &str = "sk_test_fakeplatform";
/// For browsers.
pub const PUBLISHABLE_KEY: &str = "pk_test_fakeplatform";

/// What goes wrong with the next request of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is carried out, and the connection breaks before the answer is told.
    LostAnswer,
    /// 409: a request with the same key is being carried out.
    KeyInUse,
    /// 429, before anything was begun.
    Busy,
    /// 500 before anything was begun, with `Stripe-Should-Retry` if it says something.
    BrokenBefore(Option<bool>),
    /// It is carried out and answers 500, which is the stored answer of its key.
    BrokenAfter(Option<bool>),
    /// No answer, ever, and nothing is carried out.
    Stall,
    /// It is carried out, and no answer ever comes.
    StallAfter,
}

/// How a bank account is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// At once.
    Instant,
    /// By two small amounts, days later.
    Microdeposits,
}

/// Whether the payer proves to be the payer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// It is.
    Passed,
    /// It is not.
    Failed,
}

/// What moved on an account, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Charges that succeeded: how many.
    pub charges: usize,
    /// And how much.
    pub charged: i64,
    /// Given back.
    pub refunded: i64,
    /// Fees of charges on this account.
    pub fees: i64,
    /// Fees given back.
    pub fees_returned: i64,
}

/// The fake; it ends when it is dropped.
#[derive(Debug)]
pub struct FakeStripe {
    shared: Shared,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Drop for FakeStripe {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl FakeStripe {
    /// Listens on a free port of this machine.
    pub async fn start() -> std::io::Result<Self> {
        let shared = Shared::default();
        {
            let mut world = shared.lock();
            for key in [SECRET_KEY, PUBLISHABLE_KEY] {
                world.keys.insert(key.to_owned(), PLATFORM.to_owned());
            }
        }
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let router = server::router(shared.clone());
        let serving = tokio::spawn(async move {
            // Ends with the task; nobody waits for it.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { shared, address, serving })
    }

    /// Where the API is.
    pub fn api_base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the stand-in for Stripe's script is.
    pub fn js_url(&self) -> String {
        format!("http://{}/stripe.js", self.address)
    }

    /// An address where nobody listens.
    pub fn nobody() -> std::io::Result<String> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        Ok(format!("http://{}", listener.local_addr()?))
    }

    fn world<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.shared.lock();
        world.catch_up();
        act(&mut world)
    }

    /// Does something with an object, on whichever account it is.
    fn on<T>(&self, id: &str, act: impl FnOnce(&mut World, &str) -> T) -> T {
        self.world(|world| {
            let account = world.account_of(id).unwrap_or_else(|| panic!("the fake has no {id}"));
            act(world, &account)
        })
    }

    /// Its clock, in seconds.
    pub fn now(&self) -> i64 {
        self.world(|world| world.now)
    }

    /// Moves its clock.
    pub fn set_now(&self, seconds: i64) {
        self.world(|world| world.now = seconds);
    }

    /// From now on its clock shows what this one does, in seconds.
    pub fn follow(&self, clock: impl Fn() -> i64 + Send + Sync + 'static) {
        self.world(|world| world.clock = Clock(Some(Box::new(clock))));
    }

    /// An account of somebody else's with keys of its own; answers its id.
    pub fn add_account(&self, (secret, publishable): (&str, &str)) -> String {
        self.world(|world| {
            let id = world.id("acct").replace("acct_fake", "acct_2Fake");
            world.add_account(&id, ("standard", "OWN ACCOUNT"));
            world.keys.insert(secret.to_owned(), id.clone());
            world.keys.insert(publishable.to_owned(), id.clone());
            id
        })
    }

    /// From now on this key is refused.
    pub fn revoke(&self, key: &str) {
        self.world(|world| world.keys.remove(key));
    }

    /// The owner of a connected account finishes the form: it can be charged on.
    pub fn onboard(&self, account: &str) {
        self.change_account(account, (true, "active", Value::Null));
    }

    /// Stripe no longer lets it be charged on.
    pub fn restrict(&self, account: &str, reason: &str) {
        self.change_account(account, (false, "inactive", json!(reason)));
    }

    fn change_account(&self, id: &str, (enabled, capability, reason): (bool, &str, Value)) {
        self.world(|world| {
            let account = world.edit(PLATFORM, id, |it| {
                it["charges_enabled"] = json!(enabled);
                it["payouts_enabled"] = json!(enabled);
                it["details_submitted"] = json!(true);
                it["capabilities"]["card_payments"] = json!(capability);
                it["requirements"]["currently_due"] = json!([]);
                it["requirements"]["disabled_reason"] = reason;
            });
            world.happened(id, ("account.updated", &account));
        });
    }

    /// The owner of a connected account takes the platform's access away.
    pub fn deauthorize(&self, account: &str) {
        self.world(|world| {
            let application = json!({"id": "ca_fake", "object": "application", "name": "T"});
            world.happened(account, ("account.application.deauthorized", &application));
            if let Some(objects) = world.objects.get_mut(PLATFORM) {
                objects.remove(account);
            }
        });
    }

    /// A browser fills in a wish to save a method, with a test method's name or number; the error
    /// is what the browser is told.
    pub fn fill_in(&self, setup: &str, (named, how): (&str, Verification)) -> Result<Value, Value> {
        let by_deposits = how == Verification::Microdeposits;
        self.on(setup, |world, account| {
            let filled = customers::fill_in(world, (account, setup), (named, by_deposits));
            filled.map_err(|failure| failure.body)
        })
    }

    /// The small amounts of a bank account could not be sent.
    pub fn fail_microdeposits(&self, setup: &str) {
        self.on(setup, |world, account| customers::deposits_failed(world, (account, setup)));
    }

    /// The payer answers the bank's question about a charge.
    pub fn authenticate(&self, intent: &str, how: Authentication) {
        self.on(intent, |world, account| {
            // A decline that follows is the intent's state; nobody is told more here.
            let _ =
                payments::authenticated(world, (account, intent), how == Authentication::Passed);
        });
    }

    /// Days pass for a charge by bank account: it succeeds or fails.
    pub fn settle(&self, intent: &str) {
        self.on(intent, |world, account| {
            let settled = payments::settle(world, (account, intent));
            settled.expect("only a charge that is under way is settled");
        });
    }

    /// Days pass for everything that is under way.
    pub fn advance(&self) {
        self.world(|world| {
            for account in world.objects.keys().cloned().collect::<Vec<_>>() {
                for intent in world.all(&account, "payment_intent") {
                    if intent["status"] == "processing" {
                        let id = intent["id"].as_str().unwrap_or_default();
                        let settled = payments::settle(world, (&account, id));
                        settled.expect("it is under way");
                    }
                }
                for refund in world.all(&account, "refund") {
                    refunds::settle_refund(world, (&account, &refund));
                }
            }
        });
    }

    /// A refund made on Stripe's own pages; answers its id.
    pub fn refund_by_hand(&self, intent: &str, amount: Option<i64>) -> String {
        self.on(intent, |world, account| {
            let wanted = refunds::Wanted { amount, returns_fee: false, metadata: json!({}) };
            let refund = refunds::refund(world, (account, intent), &wanted);
            refund.expect("it can be refunded")["id"].as_str().unwrap_or_default().to_owned()
        })
    }

    /// A refund reaches its payer, or fails.
    pub fn end_refund(&self, refund: &str, arrives: bool) {
        self.on(refund, |world, account| {
            refunds::end_refund(world, (account, refund), arrives).expect("the refund is there");
        });
    }

    /// The payer disputes a charge; answers the dispute's id.
    pub fn dispute(&self, intent: &str, reason: &str) -> String {
        self.on(intent, |world, account| {
            let found = world.get(account, ("payment_intent", intent)).unwrap_or_default();
            let charge = found["latest_charge"].as_str().unwrap_or_default();
            let dispute = refunds::dispute(world, (account, charge), (reason, "needs_response"));
            dispute["id"].as_str().unwrap_or_default().to_owned()
        })
    }

    /// A dispute ends as `won`, `lost` or `warning_closed`.
    pub fn close_dispute(&self, dispute: &str, status: &str) {
        self.on(dispute, |world, account| {
            refunds::close(world, (account, dispute), status).expect("the dispute is there");
        });
    }

    /// The object with this id, as it is answered.
    pub fn object(&self, id: &str) -> Value {
        self.on(id, |world, account| world.objects[account][id].clone())
    }

    /// The accounts on which anything is, the platform's among them.
    pub fn accounts(&self) -> Vec<String> {
        self.world(|world| world.objects.keys().cloned().collect())
    }

    /// All objects of a kind on an account, newest first.
    pub fn objects(&self, account: &str, kind: &str) -> Vec<Value> {
        self.world(|world| world.all(account, kind))
    }

    /// What moved on an account.
    pub fn totals(&self, account: &str) -> Totals {
        self.world(|world| {
            let number = |it: &Value, name: &str| it[name].as_i64().unwrap_or_default();
            let charges = world.all(account, "charge");
            let charges = charges.iter().filter(|it| it["status"] == "succeeded");
            let mut totals = Totals::default();
            for charge in charges {
                totals.charges += 1;
                totals.charged += number(charge, "amount");
                totals.refunded += number(charge, "amount_refunded");
            }
            for fee in world.all(PLATFORM, "application_fee") {
                if fee["account"] == account {
                    totals.fees += number(&fee, "amount");
                    totals.fees_returned += number(&fee, "amount_refunded");
                }
            }
            totals
        })
    }

    /// The next request of this operation, such as `PostPaymentIntents`, goes wrong like that.
    /// Several faults of one operation come in the order in which they were given.
    pub fn fail_next(&self, operation: &str, fault: Fault) {
        self.world(|world| world.faults.push((operation.to_owned(), fault)));
    }

    /// The request after so many others goes wrong like that, whatever it asks for.
    pub fn fail_after(&self, others: usize, fault: Fault) {
        self.world(|world| world.fault_after = Some((others, fault)));
    }

    /// After so many more requests everything goes wrong like that, until [`calm`](Self::calm).
    pub fn outage_after(&self, others: usize, fault: Fault) {
        self.world(|world| world.outage = Some((others, fault)));
    }

    /// Ends an outage, and forgets all faults that did not come to pass; answers how many those
    /// were.
    pub fn calm(&self) -> usize {
        self.world(|world| {
            world.outage = None;
            let waiting = usize::from(world.fault_after.take().is_some());
            waiting + std::mem::take(&mut world.faults).len()
        })
    }

    /// Waits until so many requests have stalled since the fake began.
    pub async fn stalled(&self, times: usize) {
        let mut stalls = self.world(|world| world.stalls.subscribe());
        // The sender is the world's, which is there as long as this is.
        let _ = stalls.wait_for(|stalls| *stalls >= times).await;
    }

    /// How many requests have stalled.
    pub fn stalls(&self) -> usize {
        self.world(|world| *world.stalls.borrow())
    }

    /// A customer is deleted on Stripe's own pages; its methods are nobody's then.
    pub fn delete_customer(&self, customer: &str) {
        self.on(customer, |world, account| customers::delete(world, (account, customer)));
    }

    /// A bank takes back that a method may be debited.
    pub fn end_mandate(&self, method: &str) {
        self.on(method, |world, account| customers::end_mandate(world, (account, method)));
    }

    /// All requests so far.
    pub fn calls(&self) -> Vec<Recorded> {
        self.world(|world| world.calls.clone())
    }

    /// The requests of one operation.
    pub fn calls_of(&self, operation: &str) -> Vec<Recorded> {
        self.calls().into_iter().filter(|call| call.operation == operation).collect()
    }

    /// The operations that were asked for.
    pub fn exercised(&self) -> BTreeSet<String> {
        self.world(|world| world.exercised.clone())
    }

    /// Everything that does not agree with Stripe's description.
    pub fn violations(&self) -> Vec<String> {
        self.world(|world| world.violations.clone())
    }

    /// Fails with what does not agree with Stripe's description.
    ///
    /// # Panics
    /// Where something does not.
    #[track_caller]
    pub fn check(&self) {
        let found = self.violations();
        assert!(found.is_empty(), "not as Stripe describes it:\n{}", found.join("\n"));
    }

    /// An endpoint for all events of the platform's own account.
    pub fn add_endpoint(&self, url: &str, secret: &str) {
        self.endpoint((PLATFORM, false), url, secret);
    }

    /// An endpoint for all events of connected accounts.
    pub fn add_connect_endpoint(&self, url: &str, secret: &str) {
        self.endpoint((PLATFORM, true), url, secret);
    }

    fn endpoint(&self, (account, is_connect): (&str, bool), url: &str, secret: &str) {
        self.world(|world| {
            let endpoint = Endpoint {
                id: world.id("we"),
                account: account.to_owned(),
                is_connect,
                url: url.to_owned(),
                secret: secret.to_owned(),
                kinds: vec!["*".to_owned()],
            };
            world.endpoints.push(endpoint);
        });
    }

    /// What happened since the last time, signed, for every endpoint that wants it. Nothing is
    /// sent by itself: a test delivers, repeats, swaps, delays or drops them.
    pub fn take_messages(&self) -> Vec<Message> {
        self.world(World::take_messages)
    }
}
