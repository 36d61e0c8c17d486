//! One request over HTTP, with an end in sight.
//!
//! Decided here: how long is waited and how much is read; redirects are not followed, for a key
//! goes to the server that was named and to no other.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::{
    Client, Method,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
    redirect,
};
use url::{Host, Url};

use super::Request;
use crate::cli::misuse;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take, whole.
const WHOLE: Duration = Duration::from_secs(60);
/// Largest answer that is read.
const MAX_ANSWER: usize = 64 << 20;

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) is_json: bool,
    pub(super) body: Vec<u8>,
}

/// A server of the API.
pub(super) struct Server {
    client: Client,
    base: String,
    key: Option<HeaderValue>,
}

impl Server {
    /// The server at `url`, to be asked with `key`.
    pub(super) fn new(url: &str, key: Option<&str>) -> anyhow::Result<Self> {
        let parsed = Url::parse(url).map_err(|error| misuse(format!("--url {url}: {error}")))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(misuse(format!("--url {url}: must begin with http:// or https://")));
        }
        let key = key.filter(|key| !key.is_empty()).map(|key| {
            let mut value = HeaderValue::try_from(format!("Bearer {key}"))
                .map_err(|_| misuse("--key: holds characters that no key has"))?;
            value.set_sensitive(true);
            Ok::<_, anyhow::Error>(value)
        });
        let is_here = match parsed.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let builder = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .redirect(redirect::Policy::none())
            .user_agent(concat!("trunkline/", env!("CARGO_PKG_VERSION")));
        let builder = if is_here { builder.no_proxy() } else { builder };
        let client = builder.build().context("cannot set up HTTP")?;
        let base = url.trim_end_matches('/').to_owned();
        Ok(Self { client, base, key: key.transpose()? })
    }

    /// Sends `request` and reads the answer.
    pub(super) async fn send(
        &self,
        request: &Request,
        idempotency_key: Option<&str>,
    ) -> anyhow::Result<Answer> {
        let method = Method::from_bytes(request.method.as_bytes()).context("the method")?;
        let mut sending = self.client.request(method, format!("{}{}", self.base, request.target));
        if let Some(key) = &self.key {
            sending = sending.header(AUTHORIZATION, key.clone());
        }
        if let Some(key) = idempotency_key {
            let key = HeaderValue::from_str(key)
                .map_err(|_| misuse("--idempotency-key: must be plain ASCII"))?;
            sending = sending.header("idempotency-key", key);
        }
        if let Some(body) = &request.body {
            sending = sending.header(CONTENT_TYPE, &request.content_type).body(body.clone());
        }
        let mut response = sending.send().await.with_context(|| {
            format!("cannot ask {}; is a server running there? --url names another", self.base)
        })?;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_json = kind.is_some_and(|kind| kind.contains("json"));
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.context("the answer broke off")? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER {
                bail!("the answer is larger than {MAX_ANSWER} bytes");
            }
        }
        Ok(Answer { status, is_json, body })
    }
}
