//! The settings of Stripe: who takes payments where they are given.
//!
//! Decided here: they come from the environment only, because command lines can be seen. Without a
//! secret key the built-in sandbox takes payments. Real money and a simulated clock exclude each
//! other: a replayed year would charge real cards (BEY-05).

use adapters::{
    clock::Clock,
    processor::{
        Processor, SecretKey, Stripe,
        stripe::{API_BASE, JS_URL, StripeConfig},
    },
};
use anyhow::Context;
use app::{outside::Outside, processor_events::EventSecrets};
use domain::processor::Descriptor;

use super::misuse;

/// The platform's secret key.
const SECRET_KEY: &str = "TRUNKLINE_STRIPE_SECRET_KEY";
/// Its key for browsers.
const PUBLISHABLE_KEY: &str = "TRUNKLINE_STRIPE_PUBLISHABLE_KEY";
/// Where Stripe's API is, for tests.
const API: &str = "TRUNKLINE_STRIPE_API";
/// Where Stripe's script is, for tests.
const JS: &str = "TRUNKLINE_STRIPE_JS";
/// What events of the platform's account are signed with; several separated by commas.
const WEBHOOK_SECRET: &str = "TRUNKLINE_STRIPE_WEBHOOK_SECRET";
/// The same for connected accounts.
const CONNECT_SECRET: &str = "TRUNKLINE_STRIPE_CONNECT_WEBHOOK_SECRET";

/// What statements show of charges on the platform's account where a partner chose nothing.
const DESCRIPTOR: &str = "TRUNKLINE_STATEMENT_DESCRIPTOR";

/// What the help of every command says about these settings.
pub(crate) const HELP: &str = "\
Payments:
  TRUNKLINE_STRIPE_SECRET_KEY              Stripe takes payments with this key [default: sandbox]
  TRUNKLINE_STRIPE_PUBLISHABLE_KEY         the key for browsers that belongs to it
  TRUNKLINE_STRIPE_WEBHOOK_SECRET          secrets of the endpoint for the platform's own events,
                                           separated by commas
  TRUNKLINE_STRIPE_CONNECT_WEBHOOK_SECRET  the same for events of connected accounts
  TRUNKLINE_STATEMENT_DESCRIPTOR           what statements show of charges on the platform's
                                           account [default: TRUNKLINE]
  TRUNKLINE_STRIPE_API, _STRIPE_JS         other addresses than Stripe's, for tests";

/// Who takes payments, and what its events are held against.
pub(crate) struct Payments {
    pub(crate) processor: Processor,
    pub(crate) events: EventSecrets,
    descriptor: Option<Descriptor>,
}

impl Payments {
    /// The outside world with these payments: what browsers are given belongs to whoever takes
    /// them.
    pub(crate) fn into_outside(self, outside: Outside) -> Outside {
        let Self { processor, events, descriptor } = self;
        let mut payments = outside.payments.clone();
        if let Some(descriptor) = descriptor {
            descriptor.as_str().clone_into(&mut payments.descriptor);
        }
        if let Some(keys) = processor.stripe().map(Stripe::browser_keys) {
            payments.publishable_key = keys.publishable_key;
            payments.script_url = Some(keys.js_url);
        }
        Outside { processor, events, payments, ..outside }
    }

    /// As the environment says, for a deployment with this clock.
    pub(crate) fn from_environment(clock: &Clock) -> anyhow::Result<Self> {
        Self::read(|name| std::env::var(name).ok(), clock)
    }

    fn read(setting: impl Fn(&str) -> Option<String>, clock: &Clock) -> anyhow::Result<Self> {
        let setting = |name| setting(name).filter(|text| !text.trim().is_empty());
        let wrong = |error| misuse(format!("{DESCRIPTOR}: {error}"));
        let descriptor = setting(DESCRIPTOR).map(|text| Descriptor::parse(&text)).transpose();
        let descriptor = descriptor.map_err(wrong)?;
        let Some(secret_key) = setting(SECRET_KEY) else {
            if setting(PUBLISHABLE_KEY).is_some() {
                return Err(misuse(format!("{PUBLISHABLE_KEY} needs {SECRET_KEY} beside it")));
            }
            let (processor, events) = (Processor::default(), EventSecrets::default());
            return Ok(Self { processor, events, descriptor });
        };
        let secret_key = SecretKey::new(secret_key);
        if secret_key.is_live() && clock.is_simulated() {
            return Err(misuse(format!(
                "{SECRET_KEY} is a live key: real cards are never charged under a simulated clock"
            )));
        }
        let publishable_key = setting(PUBLISHABLE_KEY)
            .with_context(|| format!("{SECRET_KEY} needs {PUBLISHABLE_KEY} beside it"))?;
        let config = StripeConfig {
            api_base: setting(API).unwrap_or_else(|| API_BASE.to_owned()),
            js_url: setting(JS).unwrap_or_else(|| JS_URL.to_owned()),
            ..StripeConfig::new(secret_key, publishable_key)
        };
        let stripe = Stripe::new(config).context("the settings of Stripe")?;
        let secrets = |name| {
            let text = setting(name).unwrap_or_default();
            let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
            words.map(SecretKey::new).collect::<Vec<_>>()
        };
        let events = EventSecrets::new(secrets(WEBHOOK_SECRET), secrets(CONNECT_SECRET));
        Ok(Self { processor: Processor::Stripe(stripe), events, descriptor })
    }
}

#[cfg(test)]
mod tests {
    use domain::time::Timestamp;

    use super::*;

    fn read(settings: &[(&str, &str)], clock: &Clock) -> anyhow::Result<Payments> {
        let find = |name: &str| {
            settings.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned())
        };
        Payments::read(find, clock)
    }

    // BEY-05 real keys and a simulated clock exclude each other
    #[test]
    fn real_money_knows_no_simulated_clock() {
        let simulated = Clock::simulated(Timestamp::default());
        let live = [(SECRET_KEY, "sk_live_abcd"), (PUBLISHABLE_KEY, "pk_live_abcd")];
        let Err(refused) = read(&live, &simulated) else { panic!("it was accepted") };
        assert!(refused.to_string().contains("simulated clock"), "{refused}");
        assert!(read(&live, &Clock::System).is_ok());
        let test = [(SECRET_KEY, "sk_test_abcd"), (PUBLISHABLE_KEY, "pk_test_abcd")];
        assert!(read(&test, &simulated).is_ok());
    }

    #[test]
    fn without_a_key_the_sandbox_takes_payments() {
        for nothing in [&[][..], &[(SECRET_KEY, " ")], &[(WEBHOOK_SECRET, "whsec_a")]] {
            let payments = read(nothing, &Clock::System).expect("it is no mistake");
            assert!(matches!(payments.processor, Processor::Sandbox(_)));
        }
        assert!(read(&[(PUBLISHABLE_KEY, "pk_test_a")], &Clock::System).is_err());
        assert!(read(&[(SECRET_KEY, "sk_test_a")], &Clock::System).is_err());
    }

    #[test]
    fn several_secrets_may_be_in_force() {
        let payments = read(
            &[
                (SECRET_KEY, "sk_test_a"),
                (PUBLISHABLE_KEY, "pk_test_a"),
                (WEBHOOK_SECRET, "whsec_a, whsec_b,"),
                (API, "http://127.0.0.1:4050"),
            ],
            &Clock::System,
        );
        let mut outside = Outside::default();
        outside.payments.base_url = "https://billing.example".to_owned();
        let outside = payments.expect("they are settings").into_outside(outside);
        assert_eq!(outside.payments.publishable_key, "pk_test_a");
        assert_eq!(outside.payments.script_url.as_deref(), Some(JS_URL));
        assert_eq!(outside.payments.base_url, "https://billing.example");
        let events = outside.events;
        assert_eq!((events.platform.len(), events.connect.len()), (2, 0));
        assert!(!format!("{events:?}").contains("whsec"));
    }
}
