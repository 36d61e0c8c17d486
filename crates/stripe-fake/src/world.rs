//! What the fake knows: accounts with their objects, keys, events, and what it was told to do.
//!
//! Decided here: objects are kept as they are answered; an id counts up within the whole world, so
//! that the order of ids is that of their making. Every object belongs to one account and is
//! unknown on every other.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{
    Fault,
    cards::{self, TestMethod},
    contract::contract,
    delivery::Endpoint,
    failure::{Failure, Outcome},
};

/// The platform's account.
pub const PLATFORM: &str = "acct_platform";
/// What all test instants begin with: 2026-05-28.
const FIRST_SECOND: i64 = 1_780_000_000;

/// A request that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Such as `PostPaymentIntents`.
    pub operation: String,
    /// On which account.
    pub account: String,
    /// The last four characters of the key.
    pub key: String,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// The parameters.
    pub form: Value,
    /// What was answered; 0 where nothing was.
    pub status: u16,
}

/// The answer that a key has for ever.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) at: i64,
    pub(crate) asked: String,
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// Somebody else's clock, where one is followed.
#[derive(Default)]
pub(crate) struct Clock(pub(crate) Option<Box<dyn Fn() -> i64 + Send + Sync>>);

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Clock(followed)" } else { "Clock(own)" })
    }
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) now: i64,
    pub(crate) clock: Clock,
    made: u64,
    pub(crate) objects: BTreeMap<String, BTreeMap<String, Value>>,
    /// Secret and publishable keys, and whose they are.
    pub(crate) keys: BTreeMap<String, String>,
    /// The test method behind a payment method.
    methods: BTreeMap<String, &'static TestMethod>,
    pub(crate) endpoints: Vec<Endpoint>,
    /// Events that were not taken to be delivered: account and id.
    pub(crate) untold: Vec<(String, String)>,
    pub(crate) done: BTreeMap<(String, String), Done>,
    pub(crate) faults: Vec<(String, Fault)>,
    /// What goes wrong with the request after so many others.
    pub(crate) fault_after: Option<(usize, Fault)>,
    /// From the request after so many others on, every request goes wrong like that.
    pub(crate) outage: Option<(usize, Fault)>,
    /// Requests that never got an answer.
    pub(crate) stalls: watch::Sender<usize>,
    pub(crate) calls: Vec<Recorded>,
    pub(crate) violations: Vec<String>,
    pub(crate) exercised: BTreeSet<String>,
}

/// One request, understood.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) account: String,
    pub(crate) path: Vec<String>,
    pub(crate) form: Value,
    /// Asked by a browser with a publishable key.
    pub(crate) is_browser: bool,
}

impl Call {
    /// What stands in the path.
    pub(crate) fn id(&self) -> &str {
        self.path.first().map_or("", String::as_str)
    }
    /// A parameter's text.
    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        self.form.pointer(pointer)?.as_str()
    }
    pub(crate) fn number(&self, pointer: &str) -> Option<i64> {
        self.text(pointer)?.parse().ok()
    }
    pub(crate) fn is(&self, pointer: &str) -> bool {
        self.text(pointer) == Some("true")
    }
    pub(crate) fn metadata(&self) -> Value {
        self.form.get("metadata").cloned().unwrap_or_else(|| json!({}))
    }
}

impl Default for World {
    fn default() -> Self {
        let mut world = Self {
            now: FIRST_SECOND,
            clock: Clock::default(),
            made: 0,
            objects: BTreeMap::new(),
            keys: BTreeMap::new(),
            methods: BTreeMap::new(),
            endpoints: Vec::new(),
            untold: Vec::new(),
            done: BTreeMap::new(),
            faults: Vec::new(),
            fault_after: None,
            outage: None,
            stalls: watch::Sender::new(0),
            calls: Vec::new(),
            violations: Vec::new(),
            exercised: BTreeSet::new(),
        };
        world.add_account(PLATFORM, ("standard", "TRUNKLINE"));
        world
    }
}

impl World {
    /// Takes over what the clock that is followed shows.
    pub(crate) fn catch_up(&mut self) {
        if let Some(clock) = &self.clock.0 {
            self.now = clock();
        }
    }

    /// A new id, such as `pi_fake00000012`.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}_fake{:08}", self.made)
    }

    /// Keeps an object.
    pub(crate) fn keep(&mut self, account: &str, object: Value) -> Value {
        let id = object["id"].as_str().expect("objects have ids").to_owned();
        self.objects.entry(account.to_owned()).or_default().insert(id, object.clone());
        object
    }

    /// The object with this id on this account.
    pub(crate) fn get(&self, account: &str, (kind, id): (&str, &str)) -> Result<Value, Failure> {
        let found = self.objects.get(account).and_then(|objects| objects.get(id));
        found.filter(|it| it["object"] == kind).cloned().ok_or_else(|| Failure::missing(kind, id))
    }

    /// Changes an object.
    pub(crate) fn edit(&mut self, account: &str, id: &str, edit: impl FnOnce(&mut Value)) -> Value {
        let object = self.objects.get_mut(account).and_then(|objects| objects.get_mut(id));
        let object = object.expect("what is edited was looked up before");
        edit(object);
        object.clone()
    }

    /// All objects of a kind on an account, newest first.
    pub(crate) fn all(&self, account: &str, kind: &str) -> Vec<Value> {
        let objects = self.objects.get(account).into_iter().flat_map(BTreeMap::values);
        let mut all: Vec<Value> = objects.filter(|it| it["object"] == kind).cloned().collect();
        all.reverse();
        all
    }

    /// On which account an object is, whichever that is.
    pub(crate) fn account_of(&self, id: &str) -> Option<String> {
        let mut accounts = self.objects.iter();
        let holds = |objects: &BTreeMap<String, Value>| objects.contains_key(id);
        accounts.find(|(_, objects)| holds(objects)).map(|(account, _)| account.clone())
    }

    /// A page of what fits, newest first.
    pub(crate) fn page(&self, call: &Call, (kind, url): (&str, &str)) -> Value {
        let same = |object: &Value, name: &str| match call.form.get(name) {
            Some(wanted) => object.get(name) == Some(wanted),
            None => true,
        };
        let since = call.number("/created/gte").unwrap_or(i64::MIN);
        let limit = call.number("/limit").unwrap_or(10).clamp(1, 100);
        let limit = usize::try_from(limit).unwrap_or(10);
        let fits = |it: &Value| {
            ["customer", "payment_intent", "charge", "type"].iter().all(|name| same(it, name))
                && it["created"].as_i64().unwrap_or_default() >= since
        };
        let mut all: Vec<Value> = self.all(&call.account, kind).into_iter().filter(fits).collect();
        if let Some(after) = call.text("/starting_after") {
            let at = all.iter().position(|it| it["id"] == after);
            all.drain(..at.map_or(0, |at| at + 1));
        }
        let has_more = all.len() > limit;
        all.truncate(limit);
        json!({"object": "list", "url": url, "has_more": has_more, "data": all})
    }

    /// Writes down that something happened on an account.
    pub(crate) fn happened(&mut self, account: &str, (kind, about): (&str, &Value)) {
        let id = self.id("evt");
        let mut event = json!({
            "id": id, "object": "event", "type": kind, "created": self.now, "livemode": false,
            "api_version": "2026-08-26.dahlia", "pending_webhooks": 1,
            "request": {"id": null, "idempotency_key": null}, "data": {"object": about},
        });
        if self.is_connected(account) {
            event["account"] = json!(account);
        }
        let object = about["object"].as_str().unwrap_or_default();
        if contract().knows(object) {
            self.found(kind, contract().check_object(object, about));
        }
        self.found(kind, contract().check_object("event", &event));
        self.keep(account, event);
        self.untold.push((account.to_owned(), id));
    }

    /// Writes violations of the description down.
    pub(crate) fn found(&mut self, place: &str, findings: Vec<String>) {
        self.violations.extend(findings.into_iter().map(|it| format!("{place}: {it}")));
    }

    /// Whether an account is reached through the platform's.
    pub(crate) fn is_connected(&self, account: &str) -> bool {
        account != PLATFORM
            && self.objects.get(PLATFORM).is_some_and(|objects| objects.contains_key(account))
    }

    /// Makes an account of this kind that is ready, with its statements' text.
    pub(crate) fn add_account(&mut self, id: &str, (kind, descriptor): (&str, &str)) {
        let account = json!({
            "id": id, "object": "account", "type": kind, "country": "US", "created": self.now,
            "charges_enabled": true, "payouts_enabled": true, "details_submitted": true,
            "capabilities": {"card_payments": "active", "transfers": "active"},
            "default_currency": "usd", "email": null, "metadata": {},
            "requirements": {
                "currently_due": [], "past_due": [], "disabled_reason": null,
                "current_deadline": null, "eventually_due": [], "pending_verification": [],
            },
            "settings": {
                "branding": {}, "card_payments": {}, "dashboard": {},
                "payments": {"statement_descriptor": descriptor},
            },
        });
        self.keep(id, account);
    }

    /// A new payment method of this test kind, not attached.
    pub(crate) fn new_method(&mut self, account: &str, test: &'static TestMethod) -> Value {
        let id = self.id("pm");
        self.methods.insert(id.clone(), test);
        let mut method = json!({
            "id": id, "object": "payment_method", "created": self.now, "livemode": false,
            "customer": null, "metadata": {}, "allow_redisplay": "unspecified",
            "billing_details": {
                "address": null, "email": null, "name": null, "phone": null, "tax_id": null,
            },
        });
        let fingerprint = format!("fp{}", test.number.len() * 7 + test.name.len());
        let fingerprint = format!("{fingerprint}{}", test.last_four());
        if test.is_card() {
            let is_past = test.fate == cards::Fate::Declines("expired_card", None);
            method["type"] = json!("card");
            method["card"] = json!({
                "brand": test.brand(), "last4": test.last_four(), "exp_month": 12,
                "exp_year": if is_past { 2025 } else { 2034 }, "fingerprint": fingerprint,
                "funding": "credit", "country": "US",
            });
        } else {
            method["type"] = json!("us_bank_account");
            method["us_bank_account"] = json!({
                "bank_name": "STRIPE TEST BANK", "last4": test.last_four(),
                "routing_number": "110000000", "account_type": "checking",
                "account_holder_type": "individual", "fingerprint": fingerprint,
            });
        }
        self.keep(account, method)
    }

    /// The payment method that a request names: one that there is, or a new one of a test kind.
    pub(crate) fn method(&mut self, account: &str, named: &str) -> Result<Value, Failure> {
        match cards::find(named) {
            Some(test) => Ok(self.new_method(account, test)),
            None => self.get(account, ("payment_method", named)),
        }
    }

    /// What kind a payment method is.
    pub(crate) fn test_of(&self, method: &str) -> &'static TestMethod {
        self.methods.get(method).copied().expect("every method has its kind")
    }

    /// Puts objects in the place of ids, where the request asks for it.
    pub(crate) fn expanded(&self, call: &Call, mut answer: Value) -> Outcome {
        for name in call.form["expand"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            let Some(id) = answer.get(name).and_then(Value::as_str).map(str::to_owned) else {
                continue;
            };
            let found = self.objects.get(&call.account).and_then(|objects| objects.get(&id));
            answer[name] = found.cloned().ok_or_else(|| Failure::missing(name, &id))?;
        }
        Ok(answer)
    }
}
