//! The client for Stripe: what is asked of its API, and how its answers are read.
//!
//! Decided here: one version of the API, named on every request; every request that changes
//! something carries the caller's idempotency key, and is only ever repeated with the same one.
//! Answers are read leniently: a field or a name that is new breaks nothing. A key is shown by
//! nothing that is printed, and no text of an error holds one.

mod fault;
mod form;
mod gateway;
mod objects;
mod pace;
#[cfg(test)]
mod tests;
mod wire;

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{Client, Url, redirect::Policy};

use super::SecretKey;

/// The version of Stripe's API that this client speaks.
pub const API_VERSION: &str = "2026-08-26.dahlia";
/// Where Stripe is.
pub const API_BASE: &str = "https://api.stripe.com";
/// Where browsers get Stripe's script.
pub const JS_URL: &str = "https://js.stripe.com/v3/";

/// The kinds of events that an endpoint is sent, of which each is handled or kept.
pub const ENABLED_EVENTS: &[&str] = &[
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.canceled",
    "setup_intent.succeeded",
    "setup_intent.setup_failed",
    "setup_intent.requires_action",
    "payment_method.attached",
    "payment_method.detached",
    "payment_method.updated",
    "payment_method.automatically_updated",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "customer.deleted",
    "mandate.updated",
];

/// What the endpoint for connected accounts is sent besides.
pub const CONNECT_EVENTS: &[&str] =
    &["account.updated", "capability.updated", "account.application.deauthorized"];

/// How long the client waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For an answer; confirming a charge can take more than ten seconds.
    pub answer: Duration,
    /// Before the first repetition; each later one waits twice as long, less a random part.
    pub first_wait: Duration,
    /// Repetitions of one request, with the same key.
    pub repetitions: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(30),
            first_wait: Duration::from_millis(500),
            repetitions: 2,
        }
    }
}

/// Which account of Stripe's is the platform's, and where Stripe is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StripeConfig {
    /// The platform's secret key.
    pub secret_key: SecretKey,
    /// The key for browsers.
    pub publishable_key: String,
    /// Where the API is, such as [`API_BASE`].
    pub api_base: String,
    /// Where browsers get the script, such as [`JS_URL`].
    pub js_url: String,
    /// How long to wait.
    pub patience: Patience,
}

/// Why a configuration is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The text is no secret key.
    #[error("a secret key of Stripe begins with sk_test_, sk_live_, rk_test_ or rk_live_")]
    NotSecretKey,
    /// The text is no publishable key.
    #[error("a publishable key of Stripe begins with pk_test_ or pk_live_")]
    NotPublishableKey,
    /// One key moves real money and the other does not.
    #[error("the secret and the publishable key must both be live keys or both test keys")]
    Mixed,
    /// The address is none that keys are sent to.
    #[error("{0:?} must be an https address, or an http address of this machine")]
    NotUrl(String),
}

impl StripeConfig {
    /// The real Stripe with these keys.
    pub fn new(secret_key: SecretKey, publishable_key: impl Into<String>) -> Self {
        Self {
            secret_key,
            publishable_key: publishable_key.into(),
            api_base: API_BASE.to_owned(),
            js_url: JS_URL.to_owned(),
            patience: Patience::default(),
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        let begins = |text: &str, kinds: &[&str]| {
            kinds.iter().any(|kind| text.strip_prefix(kind).is_some_and(is_word))
        };
        if !begins(self.secret_key.reveal(), &["sk_test_", "sk_live_", "rk_test_", "rk_live_"]) {
            return Err(ConfigError::NotSecretKey);
        }
        if !begins(&self.publishable_key, &["pk_test_", "pk_live_"]) {
            return Err(ConfigError::NotPublishableKey);
        }
        if self.secret_key.is_live() != self.publishable_key.starts_with("pk_live_") {
            return Err(ConfigError::Mixed);
        }
        check_url(&self.api_base)?;
        check_url(&self.js_url)
    }
}

/// Whether a text can be the rest of a key or an id: plain characters that are safe in a header,
/// an address and a log.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Secret keys are sent over TLS only, or to a stand-in on this machine.
fn check_url(text: &str) -> Result<(), ConfigError> {
    let refused = || ConfigError::NotUrl(text.to_owned());
    let url = Url::parse(text).map_err(|_| refused())?;
    let is_here = match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host.parse().is_ok_and(|ip: std::net::Ipv4Addr| ip.is_loopback()),
        None => return Err(refused()),
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    let is_plain = url.username().is_empty() && url.password().is_none();
    if is_safe && is_plain { Ok(()) } else { Err(refused()) }
}

/// What a browser needs to talk to Stripe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserKeys {
    /// The platform's key for browsers.
    pub publishable_key: String,
    /// Where the script is.
    pub js_url: String,
}

/// Stripe; clones share their connections.
#[derive(Clone)]
pub struct Stripe(Arc<Inner>);

struct Inner {
    config: StripeConfig,
    client: Client,
    pace: pace::Pace,
}

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StripeConfig { secret_key, api_base, .. } = &self.0.config;
        f.debug_struct("Stripe").field("api", api_base).field("key", secret_key).finish()
    }
}

impl Stripe {
    /// A client with these keys.
    pub fn new(config: StripeConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring knows TLS 1.2 and 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .user_agent("Trunkline/1")
            .connect_timeout(config.patience.connect)
            .timeout(config.patience.answer)
            .tcp_nodelay(true)
            // Repetitions are decided here, with the answer known.
            .retry(reqwest::retry::never())
            .build();
        let client = client.expect("every setting is a valid one");
        Ok(Self(Arc::new(Inner { config, client, pace: pace::Pace::default() })))
    }

    /// Whether it moves real money.
    pub fn is_live(&self) -> bool {
        self.0.config.secret_key.is_live()
    }

    /// What a browser needs.
    pub fn browser_keys(&self) -> BrowserKeys {
        BrowserKeys {
            publishable_key: self.0.config.publishable_key.clone(),
            js_url: self.0.config.js_url.clone(),
        }
    }
}
