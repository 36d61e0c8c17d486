//! The questions that every processor answers, as Stripe is asked them.
//!
//! Decided here: which parameters a request has. Cards show a suffix behind the account's own
//! descriptor, everything else a descriptor of its own; a charge on a connected account shows the
//! account's. A fee of zero is no fee. Fees live on the platform's account, whatever account the
//! charge is on.

use domain::{
    money::Minor,
    processor::{AccountContext, MethodKind, ProcessorAccount},
    time::Timestamp,
};
use serde_json::Value;

use super::{
    super::{
        Account, Answer, At, Charge, ChargeStatus, Dispute, EventEndpoint, EventsFrom, Evidence,
        FeeOnRefund, IdempotencyKey, LinkTargets, Mandate, Method, NewCharge, NewConnectedAccount,
        NewCustomer, NewRefund, NewSetup, OneTimeLink, Ours, PaymentGateway, Presence,
        ProcessorError, ProcessorEvent, Refund, Setup,
    },
    API_VERSION, CONNECT_EVENTS, ENABLED_EVENTS, Stripe,
    form::Form,
    objects::{self, listed, own_id, reference, sub, text},
    wire::{Call, id},
};

/// The most that a list answers at once.
const PAGE: i64 = 100;
/// Pages of a customer's charges that are looked through for one of ours.
const MAX_PAGES: usize = 20;
/// Our clock and Stripe's may differ by so much.
const CLOCK_SKEW_SECONDS: i64 = 600;
/// What a request about a charge asks for besides: what was given back, and whether it is disputed.
const EXPAND: &[&str] = &["latest_charge"];

fn intent(reference: &str) -> Answer<String> {
    Ok(format!("/v1/payment_intents/{}", id(reference)?))
}

/// Whether an object is not there.
fn is_missing(error: &ProcessorError) -> bool {
    matches!(error, ProcessorError::Refused { code, .. } if code == "resource_missing")
}

fn new_intent(at: &At, new: &NewCharge) -> Form {
    let form = Form::default()
        .with("amount", new.amount.get())
        .with("currency", new.currency.code().to_lowercase())
        .with("customer", &new.customer)
        .with("payment_method", &new.method)
        .with_list("payment_method_types", &[new.kind.as_str()])
        .with("confirm", true)
        .with("description", &new.description)
        .with_list("expand", EXPAND)
        .with_some("application_fee_amount", new.fee.map(Minor::get))
        .ours(&new.ours);
    let form = match new.presence {
        Presence::OffSession => form.with("off_session", true),
        Presence::OnSession => form,
    };
    let is_connected = matches!(at.context, AccountContext::Connected(_));
    let descriptor = new.descriptor.as_deref().filter(|_| !is_connected);
    match new.kind {
        // Nobody is there to act: what wants an action is a decline, and nothing stays half done.
        MethodKind::Card => {
            let is_alone = (new.presence == Presence::OffSession).then_some(true);
            form.with_some("error_on_requires_action", is_alone)
                .with_some("statement_descriptor_suffix", descriptor)
        }
        MethodKind::BankAccount => form
            .with("mandate_data[customer_acceptance][type]", "offline")
            .with_some("statement_descriptor", descriptor),
    }
}

impl Stripe {
    /// The charge that an intent is, with its dispute.
    async fn read_charge(&self, at: &At, intent: &Value) -> Answer<Charge> {
        let charge = objects::charge(intent)?;
        if !objects::is_disputed(intent) {
            return Ok(charge);
        }
        let form = Form::default().with("payment_intent", &charge.reference).with("limit", 1);
        let disputes = self.send(Call::get(at, "/v1/disputes", form)).await?;
        let dispute = listed(&disputes).first().map(own_id).transpose()?;
        Ok(Charge { dispute, ..charge })
    }

    async fn intent_with_charge(&self, at: &At, reference: &str) -> Answer<Value> {
        let form = Form::default().with_list("expand", EXPAND);
        self.send(Call::get(at, intent(reference)?, form)).await
    }

    /// The id of the platform's fee on a charge, where it has one.
    async fn fee_of(&self, at: &At, charge: &str) -> Answer<Option<String>> {
        let intent = self.intent_with_charge(at, charge).await?;
        let fee = reference(sub(&intent, "latest_charge"), "application_fee");
        Ok(Some(fee.to_owned()).filter(|fee| !fee.is_empty()))
    }

    /// A page of a customer's charges since then, newest first, after this one.
    async fn charges_page(
        &self,
        at: &At,
        (customer, since): (&str, Timestamp),
        after: Option<&str>,
    ) -> Answer<Value> {
        let since = since.micros().div_euclid(1_000_000) - CLOCK_SKEW_SECONDS;
        let form = Form::default()
            .with("customer", customer)
            .with("created[gte]", since)
            .with("limit", PAGE)
            .with_some("starting_after", after);
        self.send(Call::get(at, "/v1/payment_intents", form)).await
    }
}

impl PaymentGateway for Stripe {
    async fn create_customer(
        &self,
        at: &At,
        key: &IdempotencyKey,
        new: &NewCustomer,
    ) -> Answer<String> {
        let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let form = Form::default()
            .with_some("name", named(&new.name))
            .with_some("email", named(&new.email))
            .ours(&new.ours);
        own_id(&self.send(Call::post((at, key), "/v1/customers", form)).await?)
    }

    async fn begin_setup(&self, at: &At, key: &IdempotencyKey, new: &NewSetup) -> Answer<Setup> {
        let form = Form::default()
            .with("customer", &new.customer)
            .with("usage", "off_session")
            .with_list("payment_method_types", &[new.kind.as_str()])
            .ours(&new.ours);
        objects::setup(&self.send(Call::post((at, key), "/v1/setup_intents", form)).await?)
    }

    async fn setup(&self, at: &At, reference: &str) -> Answer<Setup> {
        let path = format!("/v1/setup_intents/{}", id(reference)?);
        objects::setup(&self.send(Call::get(at, path, Form::default())).await?)
    }

    async fn verify_microdeposits(
        &self,
        at: &At,
        key: &IdempotencyKey,
        (setup, (first, second)): (&str, (u32, u32)),
    ) -> Answer<Setup> {
        let path = format!("/v1/setup_intents/{}/verify_microdeposits", id(setup)?);
        let form = Form::default().with("amounts[]", first).with("amounts[]", second);
        objects::setup(&self.send(Call::post((at, key), path, form)).await?)
    }

    async fn method(&self, at: &At, reference: &str) -> Answer<Method> {
        let path = format!("/v1/payment_methods/{}", id(reference)?);
        objects::method(&self.send(Call::get(at, path, Form::default())).await?)
    }

    async fn mandate(&self, at: &At, reference: &str) -> Answer<Mandate> {
        let path = format!("/v1/mandates/{}", id(reference)?);
        let mandate = self.send(Call::get(at, path, Form::default())).await?;
        own_id(&mandate)?;
        Ok(Mandate {
            method: objects::reference(&mandate, "payment_method").to_owned(),
            is_over: text(&mandate, "status") == "inactive",
        })
    }

    async fn detach(&self, at: &At, key: &IdempotencyKey, reference: &str) -> Answer<()> {
        let path = format!("/v1/payment_methods/{}/detach", id(reference)?);
        let refused = match self.send(Call::post((at, key), path, Form::default())).await {
            Err(error @ ProcessorError::Refused { .. }) => error,
            done => return done.map(drop),
        };
        // Refused because it is gone already, which is all that was wanted?
        match self.method(at, reference).await {
            Ok(Method { customer: None, .. }) => Ok(()),
            Err(error) if is_missing(&error) => Ok(()),
            _ => Err(refused),
        }
    }

    async fn charge(&self, at: &At, key: &IdempotencyKey, new: &NewCharge) -> Answer<Charge> {
        let call = Call::post((at, key), "/v1/payment_intents", new_intent(at, new));
        let intent = self.send(call).await?;
        let charge = objects::charge(&intent)?;
        match charge.status {
            ChargeStatus::Failed(decline) => Err(ProcessorError::Declined(decline)),
            _ => Ok(charge),
        }
    }

    async fn charge_state(&self, at: &At, reference: &str, _: Timestamp) -> Answer<Charge> {
        let mut of = reference.to_owned();
        if reference.starts_with("ch_") || reference.starts_with("py_") {
            // Some events are about the charge inside.
            let path = format!("/v1/charges/{}", id(reference)?);
            let charge = self.send(Call::get(at, path, Form::default())).await?;
            of = objects::reference(&charge, "payment_intent").to_owned();
        }
        let intent = self.intent_with_charge(at, &of).await?;
        self.read_charge(at, &intent).await
    }

    async fn find_charge(
        &self,
        at: &At,
        customer: &str,
        (ours, since): (&Ours, Timestamp),
    ) -> Answer<Option<Charge>> {
        // What was begun before counts only if it holds or may yet get money: our clock may have
        // been ahead. An older failure is another attempt's.
        let mut after: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let page = self.charges_page(at, (customer, since), after.as_deref()).await?;
            for intent in listed(&page) {
                let charge = objects::charge(intent)?;
                let is_new = charge.created_at.plus_seconds(1) > since;
                let is_over =
                    matches!(charge.status, ChargeStatus::Failed(_) | ChargeStatus::Cancelled);
                if charge.ours.as_ref() == Some(ours) && (is_new || !is_over) {
                    return self
                        .charge_state(at, &charge.reference, Timestamp::default())
                        .await
                        .map(Some);
                }
            }
            if sub(&page, "has_more").as_bool() != Some(true) {
                return Ok(None);
            }
            after = listed(&page).last().map(own_id).transpose()?;
        }
        // Not found among two thousand is not known to be absent.
        Err(ProcessorError::Unknown(format!("{customer} has too many charges to look through")))
    }

    async fn cancel_charge(
        &self,
        at: &At,
        key: &IdempotencyKey,
        reference: &str,
    ) -> Answer<Charge> {
        let path = format!("{}/cancel", intent(reference)?);
        let form = Form::default().with_list("expand", EXPAND);
        match self.send(Call::post((at, key), path, form)).await {
            Ok(intent) => objects::charge(&intent),
            // It ended before: how, is what the caller wants to know.
            Err(ProcessorError::Refused { code, .. })
                if code == "payment_intent_unexpected_state" =>
            {
                self.charge_state(at, reference, Timestamp::default()).await
            }
            Err(error) => Err(error),
        }
    }

    async fn refund(&self, at: &At, key: &IdempotencyKey, new: &NewRefund) -> Answer<Refund> {
        let returned = (new.fee == FeeOnRefund::Returned).then_some(true);
        let form = Form::default()
            .with("payment_intent", &new.charge)
            .with("amount", new.amount.get())
            .with_some("refund_application_fee", returned)
            .ours(&new.ours);
        objects::refund(&self.send(Call::post((at, key), "/v1/refunds", form)).await?)
    }

    async fn refund_state(&self, at: &At, reference: &str, _: Timestamp) -> Answer<Refund> {
        let path = format!("/v1/refunds/{}", id(reference)?);
        objects::refund(&self.send(Call::get(at, path, Form::default())).await?)
    }

    async fn refunds_of(&self, at: &At, charge: &str, _: Timestamp) -> Answer<Vec<Refund>> {
        let form = Form::default().with("payment_intent", charge).with("limit", PAGE);
        let list = self.send(Call::get(at, "/v1/refunds", form)).await?;
        listed(&list).iter().map(objects::refund).collect()
    }

    async fn fee_returned(&self, at: &At, charge: &str) -> Answer<Minor> {
        let Some(fee) = self.fee_of(at, charge).await? else { return Ok(Minor::ZERO) };
        let path = format!("/v1/application_fees/{}", id(&fee)?);
        let fee = self.send(Call::get(&At::PLATFORM, path, Form::default())).await?;
        Ok(Minor::new(sub(&fee, "amount_refunded").as_i64().unwrap_or_default()))
    }

    async fn return_fee(
        &self,
        at: &At,
        key: &IdempotencyKey,
        (charge, amount): (&str, Minor),
    ) -> Answer<Minor> {
        let Some(fee) = self.fee_of(at, charge).await? else { return Ok(Minor::ZERO) };
        let path = format!("/v1/application_fees/{}/refunds", id(&fee)?);
        let form = Form::default().with("amount", amount.get());
        let returned = self.send(Call::post((&At::PLATFORM, key), path, form)).await?;
        own_id(&returned)?;
        Ok(Minor::new(sub(&returned, "amount").as_i64().unwrap_or_default()))
    }

    async fn dispute(&self, at: &At, reference: &str, _: Timestamp) -> Answer<Dispute> {
        let path = format!("/v1/disputes/{}", id(reference)?);
        objects::dispute(&self.send(Call::get(at, path, Form::default())).await?)
    }

    async fn submit_evidence(
        &self,
        at: &At,
        key: &IdempotencyKey,
        (reference, evidence): (&str, &Evidence),
    ) -> Answer<Dispute> {
        let path = format!("/v1/disputes/{}", id(reference)?);
        let form = Form::default()
            .with("evidence[uncategorized_text]", &evidence.text)
            .with("submit", evidence.is_final);
        objects::dispute(&self.send(Call::post((at, key), path, form)).await?)
    }

    async fn account(&self, at: &At) -> Answer<Account> {
        let found = match &at.context {
            AccountContext::Connected(account) => {
                let path = format!("/v1/accounts/{}", id(account.as_str())?);
                self.send(Call::get(&At::PLATFORM, path, Form::default())).await?
            }
            _ => self.send(Call::get(at, "/v1/account", Form::default())).await?,
        };
        objects::account(&found)
    }

    async fn create_connected(
        &self,
        _: &At,
        key: &IdempotencyKey,
        new: &NewConnectedAccount,
    ) -> Answer<Account> {
        let website = Some(&new.website).filter(|url| !url.is_empty());
        let form = Form::default()
            .with("type", "express")
            .with("country", "US")
            .with("email", &new.email)
            .with("capabilities[card_payments][requested]", true)
            .with("capabilities[transfers][requested]", true)
            .with("capabilities[us_bank_account_ach_payments][requested]", true)
            .with_some("business_profile[url]", website)
            .with_some("settings[payments][statement_descriptor]", new.descriptor.as_deref())
            .ours(&new.ours);
        let call = Call::post((&At::PLATFORM, key), "/v1/accounts", form);
        objects::account(&self.send(call).await?)
    }

    async fn onboarding_link(
        &self,
        _: &At,
        key: &IdempotencyKey,
        (account, to): (&ProcessorAccount, &LinkTargets),
    ) -> Answer<OneTimeLink> {
        let form = Form::default()
            .with("account", account.as_str())
            .with("type", "account_onboarding")
            .with("refresh_url", &to.refresh_url)
            .with("return_url", &to.return_url);
        let link = self.send(Call::post((&At::PLATFORM, key), "/v1/account_links", form)).await?;
        match text(&link, "url") {
            "" => Err(ProcessorError::Unknown("its answer has no link".to_owned())),
            url => Ok(OneTimeLink(url.to_owned())),
        }
    }

    async fn set_descriptor(
        &self,
        _: &At,
        key: &IdempotencyKey,
        (account, descriptor): (&ProcessorAccount, &str),
    ) -> Answer<Account> {
        let path = format!("/v1/accounts/{}", id(account.as_str())?);
        let form = Form::default().with("settings[payments][statement_descriptor]", descriptor);
        objects::account(&self.send(Call::post((&At::PLATFORM, key), path, form)).await?)
    }

    async fn create_endpoint(
        &self,
        at: &At,
        key: &IdempotencyKey,
        url: &str,
    ) -> Answer<EventEndpoint> {
        let form = Form::default()
            .with("url", url)
            .with("api_version", API_VERSION)
            .with_list("enabled_events", ENABLED_EVENTS);
        // The endpoint for all connected accounts is the platform's.
        let (at, form) = match &at.context {
            AccountContext::Connected(_) => {
                let form = form.with_list("enabled_events", CONNECT_EVENTS).with("connect", true);
                (&At::PLATFORM, form)
            }
            _ => (at, form),
        };
        let made = self.send(Call::post((at, key), "/v1/webhook_endpoints", form)).await?;
        objects::endpoint(&made)
    }

    async fn delete_endpoint(&self, at: &At, reference: &str) -> Answer<()> {
        let path = format!("/v1/webhook_endpoints/{}", id(reference)?);
        match self.send(Call::delete(at, path)).await {
            Err(error) if is_missing(&error) => Ok(()),
            done => done.map(drop),
        }
    }

    async fn events(&self, at: &At, from: &EventsFrom) -> Answer<Vec<ProcessorEvent>> {
        let since = from.since.map(|since| since.micros().div_euclid(1_000_000));
        let form = Form::default()
            .with("limit", PAGE)
            .with_some("created[gte]", since)
            .with_some("starting_after", from.before.as_deref());
        let list = self.send(Call::get(at, "/v1/events", form)).await?;
        Ok(listed(&list).iter().filter_map(objects::event).collect())
    }
}
