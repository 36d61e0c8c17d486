//! What partners pay the operator: subscriptions, wallets, charges on their own methods.

mod changing;
mod crash;
mod ending;
mod leaving;
mod paying;
mod rates;
mod recharge;
mod subscribing;
mod topping_up;
mod wallet;

use app::setup::{NewOperator, NewPartner};
use domain::{ids::PartnerId, money::Micros};
use serde_json::{Value, json};

use crate::harness::{Api, Engine, World, builders::at};

/// A partner that signed up, the API over its world, and the operator's key.
pub(super) struct Paying {
    pub(super) api: Api,
    pub(super) operator: String,
}

impl Paying {
    /// A partner in its trial, on the Starter plan, without a payment method. It is 1 May 2026.
    pub(super) async fn trial(engine: Engine) -> Option<Self> {
        let world = World::fresh(engine).await?;
        let operator = NewOperator {
            name: "Example Telecom".to_owned(),
            home_country: "US".to_owned(),
            currency: "USD".to_owned(),
        };
        world.app.create_operator(&operator).await.unwrap();
        let new = NewPartner::named("oak-voice", "Oak Voice LLC", "billing@oak.example");
        let partner = world.app.create_partner(&new).await.unwrap();
        let api = Api::over(world, partner).await;
        let operator = api.key_of(None, &[], None).await;
        Some(Self { api, operator })
    }

    /// The same, activated at this instant with a card that works: 25.00 in the wallet.
    pub(super) async fn active(engine: Engine, instant: &str) -> Option<Self> {
        let paying = Self::trial(engine).await?;
        paying.api.world.advance(instant);
        paying.method("visa").await;
        paying.post("/v1/subscription/activate", json!(null)).await;
        Some(paying)
    }

    pub(super) fn id(&self) -> PartnerId {
        self.api.partner.partner_id
    }

    /// Lets a second pass, so that what follows is younger.
    pub(super) fn tick(&self) {
        let clock = &self.api.world.app.clock;
        clock.advance(clock.now().plus_seconds(1)).unwrap();
    }

    /// Saves a test method of this name as the partner's default.
    pub(super) async fn method(&self, name: &str) {
        let world = &self.api.world;
        world.execute("update payment_method set is_default = 0").await;
        let number = world.count("payment_method").await;
        if number > 0 {
            self.tick();
        }
        let kind = if name.starts_with("bank") { "us_bank_account" } else { "card" };
        world
            .execute(&format!(
                "insert into payment_method
                   (partner_id, method_id, context, customer, reference, kind, brand, last_four,
                    status, is_default, created_at, version)
                 values ('{}', 'pm_{number:026}', 'platform', 'sbx_cus.1', 'sbx_pm.{name}.{number}',
                    '{kind}', 'visa', '4242', 'active', 1, 0, 1)",
                self.id()
            ))
            .await;
    }

    /// Takes all methods away, as if they had been deleted.
    pub(super) async fn without_methods(&self) {
        let world = &self.api.world;
        world.execute("update payment_method set is_default = 0, status = 'removed'").await;
    }

    /// Posts to `path`, which succeeds.
    pub(super) async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.try_post(path, body).await;
        let text = String::from_utf8_lossy(&answer.body);
        assert!(answer.status.is_success(), "{path}: {text}");
        answer.json()
    }

    pub(super) async fn try_post(&self, path: &str, body: Value) -> crate::harness::http::Answer {
        match body {
            Value::Null => self.api.call("POST", path).send().await,
            body => self.api.post(path, body).await,
        }
    }

    /// Puts or posts as the operator.
    pub(super) async fn operate(
        &self,
        (method, path): (&str, &str),
        body: Value,
    ) -> crate::harness::http::Answer {
        self.api.call(method, path).key(&self.operator).json(body).send().await
    }

    pub(super) async fn subscription(&self) -> Value {
        self.api.get("/v1/subscription").await.expect(200).json()
    }

    pub(super) async fn status(&self) -> String {
        self.subscription().await["status"].as_str().unwrap().to_owned()
    }

    /// What the wallet holds.
    pub(super) async fn wallet(&self) -> String {
        let wallet = self.api.get("/v1/wallet").await.expect(200).json();
        wallet["balance"].as_str().unwrap().to_owned()
    }

    /// Does what is due up to this instant.
    pub(super) async fn due(&self, until: &str) {
        self.api.world.app.run_due(Some(at(until))).await.unwrap();
    }

    /// Takes `amount` from the wallet by the operator's hand.
    pub(super) async fn debit(&self, amount: &str, reference: &str) {
        self.adjust(&format!("-{amount}"), reference).await;
    }

    /// Moves the wallet by the operator's hand, and does what is due because of it.
    pub(super) async fn adjust(&self, amount: &str, reference: &str) {
        self.tick();
        let path = format!("/v1/operator/partners/{}/adjustments", self.id());
        let body = json!({"amount": amount, "reason": "a test", "reference": reference});
        self.operate(("POST", &path), body).await.expect(201);
        self.api.world.app.run_due(None).await.unwrap();
    }

    /// Purpose, amount in cents and state of all charges, oldest first.
    pub(super) async fn charges(&self) -> Vec<String> {
        let sql = "select purpose || ' ' || amount_minor || ' ' || state from operator_charge
                   order by created_at, charge_id";
        self.api.world.texts(sql).await
    }

    /// The subjects of all mails about money, oldest first.
    pub(super) async fn mails(&self) -> Vec<String> {
        let sql = "select subject from mail order by created_at, mail_id";
        self.api.world.texts(sql).await
    }

    /// Kind and amount of the wallet's history, oldest first.
    pub(super) async fn history(&self) -> Vec<String> {
        let path = "/v1/wallet/transactions?sort=seq&limit=200";
        let rows = self.api.get(path).await.expect(200).json();
        let text = |row: &Value| {
            format!("{} {}", row["kind"].as_str().unwrap(), row["amount"].as_str().unwrap())
        };
        rows["data"].as_array().unwrap().iter().map(text).collect()
    }

    pub(super) async fn events(&self, kind: &str) -> usize {
        let kinds = self.api.world.event_kinds(&self.api.partner).await;
        kinds.iter().filter(|known| *known == kind).count()
    }
}

/// Micros of a decimal text.
pub(super) fn micros(text: &str) -> i64 {
    Micros::parse(text).unwrap().get()
}
