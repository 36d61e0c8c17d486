//! Whether an event really comes from the payment processor.
//!
//! Decided here: the header is `t=<seconds>,v1=<hex>[,v1=<hex>…]`; what is signed is the time, a
//! dot and the body byte for byte, with HMAC-SHA256 under the whole text of the secret. Any of the
//! signatures may fit any of the secrets that are in force, so that secrets can be changed without
//! a gap. An empty secret fits nothing: with it anybody could sign. Other schemes are ignored. A
//! time more than five minutes ago is refused, after the signature was found to be good.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::time::Timestamp;

/// Older than this an event is taken for one that somebody kept and sends again.
pub const TOLERANCE_SECONDS: i64 = 300;
/// Signatures that are looked at in one header.
const MAX_SIGNATURES: usize = 16;

/// Why an event is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no header, or none of this form.
    #[error("the signature header is missing or has no time and signature")]
    NoSignature,
    /// There is no secret to hold it against.
    #[error("there is no secret for this endpoint")]
    NoSecret,
    /// None of the signatures fits.
    #[error("the signature does not fit the body")]
    Wrong,
    /// It fits, and is old.
    #[error("the signature is more than 300 seconds old")]
    Old,
}

/// Checks `header` over `body` at `now`; without an instant its age does not matter.
pub fn check(
    (header, body): (&str, &[u8]),
    secrets: &[&str],
    now: Option<Timestamp>,
) -> Result<(), SignatureError> {
    let mut seconds = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", text)) => seconds = text.parse::<i64>().ok(),
            Some(("v1", text)) if signatures.len() < MAX_SIGNATURES => {
                signatures.extend(hex::decode(text));
            }
            _ => {}
        }
    }
    let seconds = seconds.filter(|_| !signatures.is_empty()).ok_or(SignatureError::NoSignature)?;
    let secrets = secrets.iter().filter(|secret| !secret.trim().is_empty());
    let mut macs = secrets.map(|secret| mac(secret, seconds, body)).peekable();
    if macs.peek().is_none() {
        return Err(SignatureError::NoSecret);
    }
    // Compared in constant time: how much of a guess was right must not show.
    let fits = |mac: &Hmac<Sha256>| {
        signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok())
    };
    if !macs.any(|mac| fits(&mac)) {
        return Err(SignatureError::Wrong);
    }
    let oldest = |now: Timestamp| now.micros().div_euclid(1_000_000) - TOLERANCE_SECONDS;
    if now.is_some_and(|now| seconds < oldest(now)) {
        return Err(SignatureError::Old);
    }
    Ok(())
}

fn mac(secret: &str, seconds: i64, body: &[u8]) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    let mut mac = mac.expect("HMAC takes keys of any length");
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "whsec_test_secret";
    const BODY: &[u8] = br#"{"id":"evt_test","object":"event"}"#;
    /// The processor's own program made it.
    const GOOD: &str = "691252e266ce41cb94d709c84e9580d4172b117a510bbc81723f657d2cd5d215";
    const AT: i64 = 1_492_774_577;

    fn checked(header: &str, secrets: &[&str], later: i64) -> Result<(), SignatureError> {
        check((header, BODY), secrets, Some(Timestamp::from_seconds(AT + later)))
    }

    // STR-20 what the processor signed is believed for five minutes
    #[test]
    fn the_processors_own_signature_fits() {
        let header = format!("t={AT},v1={GOOD}");
        assert_eq!(checked(&header, &[SECRET], 0), Ok(()));
        assert_eq!(checked(&header, &[SECRET], 300), Ok(()));
        assert_eq!(checked(&header, &[SECRET], 301), Err(SignatureError::Old));
        assert_eq!(checked(&header, &[SECRET], -1_000), Ok(()), "their clock may be ahead");
        assert_eq!(check((&header, BODY), &[SECRET], None), Ok(()));
    }

    // STR-20 several signatures, several secrets: while a secret is changed nothing is lost
    #[test]
    fn any_signature_may_fit_any_secret() {
        let other = "0".repeat(64);
        let rolled = format!("t={AT},v1={other},v0={GOOD},v1={GOOD},x=1");
        assert_eq!(checked(&rolled, &["whsec_new", SECRET], 0), Ok(()));
        assert_eq!(checked(&rolled, &["whsec_new"], 0), Err(SignatureError::Wrong));
        let only_old_scheme = format!("t={AT},v0={GOOD}");
        assert_eq!(checked(&only_old_scheme, &[SECRET], 0), Err(SignatureError::NoSignature));
    }

    // STR-20 forgeries
    #[test]
    fn what_is_not_signed_is_not_believed() {
        let header = format!("t={AT},v1={GOOD}");
        for secrets in [&[][..], &[""], &["  ", "\n"]] {
            assert_eq!(checked(&header, secrets, 0), Err(SignatureError::NoSecret));
        }
        for wrong in ["", "t=1", "v1=00", "t=x,v1=00", "t=1;v1=00", "t=1,v1=zz"] {
            assert_eq!(checked(wrong, &[SECRET], 0), Err(SignatureError::NoSignature), "{wrong:?}");
        }
        let later = format!("t={},v1={GOOD}", AT + 1);
        assert_eq!(checked(&later, &[SECRET], 0), Err(SignatureError::Wrong));
        let empty = mac("", AT, BODY).finalize().into_bytes();
        let forged = format!("t={AT},v1={}", hex::encode(empty));
        assert_eq!(checked(&forged, &[""], 0), Err(SignatureError::NoSecret));
        // The same JSON in another order is another body.
        let reordered = br#"{"object":"event","id":"evt_test"}"#;
        let refused = check((&header, reordered), &[SECRET], None);
        assert_eq!(refused, Err(SignatureError::Wrong));
    }

    proptest! {
        #[test]
        fn one_changed_byte_is_found(body in proptest::collection::vec(any::<u8>(), 1..200),
            at in any::<proptest::sample::Index>(), bit in 0..8u8) {
            let made = hex::encode(mac(SECRET, AT, &body).finalize().into_bytes());
            let header = format!("t={AT},v1={made}");
            prop_assert_eq!(check((&header, &body), &[SECRET], None), Ok(()));
            let mut changed = body.clone();
            changed[at.index(body.len())] ^= 1 << bit;
            let refused = check((&header, &changed), &[SECRET], None);
            prop_assert_eq!(refused, Err(SignatureError::Wrong));
        }
    }
}
