//! One POST to a receiver of webhooks, as far as it can be trusted: not at all.
//!
//! Decided here: a host's name is resolved once per connection, every address it has is checked,
//! and the connection goes to one of those and to no other, so that a name that changes its mind
//! in between gains nothing (WHK-19, BEY-09). Addresses written into the URL are checked before
//! it, because no resolver is asked about them. No redirect is followed, no proxy is used, and an
//! answer takes at most ten seconds and 64 KiB. Only the roots of the public web are trusted;
//! what this machine trusts does not matter.

use std::{
    error::Error,
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use domain::webhook::address;
use reqwest::{
    Client, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};

use crate::clock::Stopwatch;

/// An answer comes within this time, or did not come (WHK-07).
const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes kept of an answer (WHK-12).
pub const MAX_RESPONSE_BYTES: usize = 65_536;
/// Longest address of a receiver, in bytes.
const MAX_URL_BYTES: usize = 2_048;
/// Addresses looked at of one name.
const MAX_ADDRESSES: usize = 64;
/// How long an unused connection is kept for the next message.
const IDLE: Duration = Duration::from_secs(30);
/// Unused connections kept per receiver.
const IDLE_PER_HOST: usize = 8;

/// Where webhooks may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Over TLS, to addresses that the public internet routes.
    #[default]
    Public,
    /// Anywhere, without TLS too: for local runs and tests.
    Anywhere,
}

/// Why an address is not one that webhooks are sent to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlRefusal {
    /// Not a URL, or none with a host.
    #[error("must be a URL such as https://example.com/webhooks, of at most 2048 bytes")]
    NotUrl,
    /// Another scheme.
    #[error("must begin with https://")]
    NotHttps,
    /// A user name or password would be shown in lists.
    #[error("must have no user name or password")]
    Credentials,
    /// An address of ours, of a private network, or of nobody.
    #[error("must lead to a public address; {0} is not one")]
    NotPublic(String),
}

/// What came of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Real milliseconds until it was known.
    pub duration_ms: i64,
    /// What happened.
    pub result: Result<Response, SendError>,
}

/// What a receiver said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The first bytes of the body.
    pub body: Vec<u8>,
}

/// Why a receiver said nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Nothing came within ten seconds.
    #[error("timeout")]
    Timeout,
    /// Its name has no address.
    #[error("name not resolved")]
    Resolve,
    /// It is not at a public address.
    #[error("private address")]
    NotPublic,
    /// Its address is none that we send to.
    #[error("address refused")]
    Refused,
    /// It could not be reached, or did not prove who it is.
    #[error("connection failed")]
    Connect,
    /// It broke off, or what it said is not HTTP.
    #[error("no valid response")]
    Protocol,
}

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct Post {
    /// Where to.
    pub url: String,
    /// Headers beside the content type.
    pub headers: Vec<(String, String)>,
    /// JSON.
    pub body: String,
}

/// Sends messages; clones share their connections.
#[derive(Debug, Clone)]
pub struct WebhookClient {
    client: Client,
    reach: Reach,
    timeout: Duration,
}

impl Default for WebhookClient {
    fn default() -> Self {
        Self::new(Reach::default())
    }
}

impl WebhookClient {
    /// A client that reaches as far as `reach`.
    pub fn new(reach: Reach) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring knows TLS 1.2 and 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(CheckedResolver(reach))
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .user_agent("Trunkline-Webhooks/1")
            .connect_timeout(TIMEOUT)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .tcp_nodelay(true)
            .retry(reqwest::retry::never())
            .build();
        Self { client: client.expect("every setting is a valid one"), reach, timeout: TIMEOUT }
    }

    /// The same, waiting no longer than `timeout` for an answer.
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Checks the form of an address, without asking anybody where its name leads.
    pub fn check_form(&self, text: &str) -> Result<(), UrlRefusal> {
        parse(text, self.reach).map(drop)
    }

    /// Checks an address that somebody types: its form, and where its name leads by now. A name
    /// that has no address yet passes; it is checked again with each connection.
    pub async fn check(&self, text: &str) -> Result<(), UrlRefusal> {
        let url = parse(text, self.reach)?;
        if self.reach == Reach::Anywhere {
            return Ok(());
        }
        let Some(host) = url.host_str() else { return Err(UrlRefusal::NotUrl) };
        let not_public = |address: IpAddr| UrlRefusal::NotPublic(address.to_string());
        match lookup(host).await {
            Ok(addresses) => match addresses.iter().find(|it| !address::is_public(it.ip())) {
                Some(private) => Err(not_public(private.ip())),
                None => Ok(()),
            },
            Err(_) => Ok(()),
        }
    }

    /// Sends one message and waits for what comes of it. Call it outside of any transaction.
    pub async fn post(&self, post: Post) -> Answer {
        let watch = Stopwatch::start();
        let result = self.exchange(post).await;
        let duration_ms = i64::try_from(watch.elapsed().as_millis()).unwrap_or(i64::MAX);
        Answer { duration_ms, result }
    }

    async fn exchange(&self, post: Post) -> Result<Response, SendError> {
        let url = parse(&post.url, self.reach).map_err(|refusal| match refusal {
            UrlRefusal::NotPublic(_) => SendError::NotPublic,
            _ => SendError::Refused,
        })?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in &post.headers {
            let name = HeaderName::try_from(name).map_err(|_| SendError::Refused)?;
            let value = HeaderValue::try_from(value).map_err(|_| SendError::Refused)?;
            headers.insert(name, value);
        }
        let request = self.client.post(url).headers(headers).body(post.body).timeout(self.timeout);
        let mut response = request.send().await.map_err(|error| kind(&error))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        // The answer counts even where its body breaks off or never ends.
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = MAX_RESPONSE_BYTES - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if body.len() == MAX_RESPONSE_BYTES {
                break;
            }
        }
        Ok(Response { status, body })
    }
}

/// The URL that `text` is, if webhooks may be sent there as far as its text says.
fn parse(text: &str, reach: Reach) -> Result<Url, UrlRefusal> {
    if text.len() > MAX_URL_BYTES {
        return Err(UrlRefusal::NotUrl);
    }
    let url = Url::parse(text).map_err(|_| UrlRefusal::NotUrl)?;
    match (url.scheme(), reach) {
        ("https", _) | ("http", Reach::Anywhere) => {}
        _ => return Err(UrlRefusal::NotHttps),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlRefusal::Credentials);
    }
    let host = url.host_str().ok_or(UrlRefusal::NotUrl)?;
    if reach == Reach::Public && is_never_public(host) {
        return Err(UrlRefusal::NotPublic(host.to_owned()));
    }
    Ok(url)
}

/// Whether a host is a private address or a name that never leaves a network.
fn is_never_public(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return !address::is_public(address);
    }
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    // RFC 6761, RFC 6762, RFC 8375 and ICANN's reservation of `internal`.
    let is_below = |top: &str| name == top || name.ends_with(&format!(".{top}"));
    ["localhost", "local", "internal", "home.arpa"].into_iter().any(is_below)
}

async fn lookup(host: &str) -> std::io::Result<Vec<SocketAddr>> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    Ok(tokio::net::lookup_host((bare, 0)).await?.take(MAX_ADDRESSES).collect())
}

/// Resolves names and lets none through that leads to an address of ours.
struct CheckedResolver(Reach);

/// A name leads to an address that is not public.
#[derive(Debug)]
struct LeadsInside;

impl fmt::Display for LeadsInside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to an address that is not public")
    }
}
impl Error for LeadsInside {}

/// A name has no address.
#[derive(Debug)]
struct LeadsNowhere;

impl fmt::Display for LeadsNowhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name has no address")
    }
}
impl Error for LeadsNowhere {}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = lookup(name.as_str()).await.map_err(|_| LeadsNowhere)?;
            if found.is_empty() {
                return Err(LeadsNowhere.into());
            }
            let is_inside = |it: &SocketAddr| !address::is_public(it.ip());
            // One address inside is enough: which of them is taken is not ours to choose.
            if reach == Reach::Public && found.iter().any(is_inside) {
                return Err(LeadsInside.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// What a failure comes down to. The first cause that we know decides.
fn kind(error: &reqwest::Error) -> SendError {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<LeadsInside>() {
            return SendError::NotPublic;
        }
        if error.is::<LeadsNowhere>() {
            return SendError::Resolve;
        }
        cause = error.source();
    }
    if error.is_timeout() {
        SendError::Timeout
    } else if error.is_connect() {
        SendError::Connect
    } else {
        SendError::Protocol
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // WHK-01, WHK-19
    #[tokio::test]
    async fn only_public_addresses_over_tls_are_accepted() {
        let client = WebhookClient::default();
        for text in ["https://192.0.32.8/hook", "https://[2606:4700::1111]:8443/a?b=c"] {
            assert_eq!(client.check(text).await, Ok(()), "{text}");
        }
        for text in [
            "https://127.0.0.1",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost/",
            "https://metadata.google.internal/",
        ] {
            let refused = client.check(text).await;
            assert!(matches!(refused, Err(UrlRefusal::NotPublic(_))), "{text}: {refused:?}");
        }
        for (text, refusal) in [
            ("http://example.com/", UrlRefusal::NotHttps),
            ("ftp://example.com/", UrlRefusal::NotHttps),
            ("example.com", UrlRefusal::NotUrl),
            ("", UrlRefusal::NotUrl),
            ("https://", UrlRefusal::NotUrl),
            ("https://a:b@example.com/", UrlRefusal::Credentials),
        ] {
            assert_eq!(client.check(text).await, Err(refusal), "{text}");
        }
    }

    // WHK-19, BEY-09 what passed when it was typed is checked again when it is sent
    #[tokio::test]
    async fn nothing_is_sent_inside() {
        let client = WebhookClient::default();
        for (url, error) in [
            ("https://127.0.0.1:9/", SendError::NotPublic),
            ("http://192.0.32.8/", SendError::Refused),
        ] {
            let post = Post { url: url.to_owned(), headers: Vec::new(), body: "{}".to_owned() };
            assert_eq!(client.post(post).await.result, Err(error), "{url}");
        }
    }

    // WHK-19, BEY-09 the check sits where the connection gets its addresses
    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_resolved() {
        let resolve = |reach: Reach| CheckedResolver(reach).resolve("localhost".parse().unwrap());
        let refused = resolve(Reach::Public).await.err().unwrap();
        assert!(refused.is::<LeadsInside>(), "{refused}");
        assert!(resolve(Reach::Anywhere).await.is_ok());
    }
}
