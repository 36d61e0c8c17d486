//! How a webhook is signed: the documented header, and Standard Webhooks beside it.
//!
//! Decided here: a secret is 32 random bytes shown as `whsec_` and their base64 (standard alphabet,
//! padded). The documented header is lower-case hex HMAC-SHA256 over the raw body under the whole
//! shown text (WHK-06): who copied a secret need not know what it is made of. Standard Webhooks
//! signs `id.timestamp.body` under the 32 bytes, as its specification says, once per secret that
//! is in force. The first secret is the newest, and the documented header uses that one only.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::time::Timestamp;

/// What stands before a secret.
const PREFIX: &str = "whsec_";
/// Bytes of a secret.
const LENGTH: usize = 32;

/// A secret that an endpoint and we share. It shows itself only when it is asked to.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret([u8; LENGTH]);

/// The text is not a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a signing secret: whsec_ and the base64 of 32 bytes")]
pub struct SecretError;

impl SigningSecret {
    /// The secret of these random bytes.
    pub const fn from_bytes(bytes: [u8; LENGTH]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be sealed.
    pub const fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// Reads what [`shown`](Self::shown) wrote.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let encoded = text.strip_prefix(PREFIX).ok_or(SecretError)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| SecretError)?;
        bytes.try_into().map(Self).map_err(|_| SecretError)
    }

    /// As its owner sees it, once.
    pub fn shown(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0))
    }

    /// The documented signature of a body (WHK-06).
    pub fn plain(&self, body: &[u8]) -> String {
        hex::encode(mac(self.shown().as_bytes(), &[body]))
    }

    /// The Standard Webhooks signature, with its version before it.
    pub fn standard(&self, message_id: &str, seconds: i64, body: &[u8]) -> String {
        let head = format!("{message_id}.{seconds}.");
        format!("v1,{}", STANDARD.encode(mac(&self.0, &[head.as_bytes(), body])))
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// What a receiver checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatures {
    /// The documented header's value.
    pub plain: String,
    /// `webhook-id`.
    pub webhook_id: String,
    /// `webhook-timestamp`: when it was sent, in seconds.
    pub webhook_timestamp: String,
    /// `webhook-signature`: one per secret in force, separated by spaces.
    pub webhook_signature: String,
}

/// The secrets of an endpoint that are in force, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretsInForce {
    /// Made by the last rotation.
    pub current: SigningSecret,
    /// The one before, while both are in force.
    pub previous: Option<SigningSecret>,
}

impl SecretsInForce {
    /// Signs a body that is sent at `now`.
    pub fn sign(&self, message_id: &str, now: Timestamp, body: &[u8]) -> Signatures {
        let seconds = now.micros().div_euclid(1_000_000);
        let secrets = std::iter::once(&self.current).chain(&self.previous);
        let each: Vec<String> =
            secrets.map(|secret| secret.standard(message_id, seconds, body)).collect();
        Signatures {
            plain: self.current.plain(body),
            webhook_id: message_id.to_owned(),
            webhook_timestamp: seconds.to_string(),
            webhook_signature: each.join(" "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> SigningSecret {
        SigningSecret::from_bytes(std::array::from_fn(|place| u8::try_from(place).unwrap()))
    }

    // WHK-06, BEY-09: the vector of docs/webhooks.md, made with another implementation
    #[test]
    fn signatures_are_those_of_the_documents() {
        assert_eq!(secret().shown(), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let body = br#"{"id":"evt_1","type":"tenant.created"}"#;
        let now = Timestamp::from_seconds(1_777_593_600);
        let both = SecretsInForce {
            current: secret(),
            previous: Some(SigningSecret::from_bytes([7; 32])),
        };
        let signed = both.sign("evt_1", now, body);
        assert_eq!(signed.plain, PLAIN);
        assert_eq!((&*signed.webhook_id, &*signed.webhook_timestamp), ("evt_1", "1777593600"));
        assert_eq!(signed.webhook_signature, format!("{CURRENT} {PREVIOUS}"));
        let one = SecretsInForce { previous: None, ..both }.sign("evt_1", now, body);
        assert_eq!((one.plain, one.webhook_signature), (signed.plain, CURRENT.to_owned()));
    }

    const PLAIN: &str = "21cfc8fe3367756c2b2050d7f1323d87892eff59cea422ba7026e08f29e23fb4";
    const CURRENT: &str = "v1,frdG5tnH7+py0BJRJfED6x845HsNV1W0bLoxXKt719Q=";
    const PREVIOUS: &str = "v1,WQGqMQStC+imZNhNB0niBi7EnFIsKL5lkIcQK3YJ55E=";

    #[test]
    fn a_secret_reads_itself_and_never_shows_by_accident() {
        assert_eq!(SigningSecret::parse(&secret().shown()), Ok(secret()));
        for wrong in ["", "whsec_", "whsec_AAEC", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="] {
            assert_eq!(SigningSecret::parse(wrong), Err(SecretError), "{wrong:?}");
        }
        assert_eq!(format!("{:?}", secret()), "SigningSecret(…)");
    }
}
