//! Second factors: codes of authenticator apps (RFC 6238) and recovery codes.
//!
//! Decided here: six digits, SHA-1, steps of 30 seconds, what every authenticator app knows; a step
//! before and after is let through for clocks that differ. A code works once: the step that it
//! belongs to is remembered, and only later steps work after it. A recovery code is read however
//! people write it.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::time::Timestamp;

/// Seconds that a code is shown for.
const STEP_SECONDS: i64 = 30;
/// Steps before and after the current one that are let through.
const SKEW: i64 = 1;
/// The alphabet of RFC 4648, in which apps take secrets.
const BASE_32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Crockford's alphabet, lower case: no i, l, o, u.
const READABLE: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters of a recovery code, 5 random bits each.
const RECOVERY_LENGTH: usize = 16;

/// The secret that an app and we share.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; 20]);

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

impl TotpSecret {
    /// The secret of these drawn bytes.
    pub const fn new(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// The secret with these bytes, if they are as many as one has.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes, to be sealed.
    pub const fn bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// As apps take it, in groups of four for people who type it.
    pub fn shown(&self) -> String {
        let text = encode(&self.0, BASE_32);
        let groups: Vec<&str> =
            text.as_bytes().chunks(4).filter_map(|it| std::str::from_utf8(it).ok()).collect();
        groups.join(" ")
    }

    /// What an app reads from the QR code.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account) = (percent(issuer), percent(account));
        let secret = encode(&self.0, BASE_32);
        format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}")
    }

    /// The code of a step.
    fn code(&self, step: i64) -> u32 {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("any length is a key");
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        // RFC 4226, 5.3: the last four bits say where the four bytes begin.
        let offset = usize::from(digest[19] & 0x0f);
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&digest[offset..offset + 4]);
        (u32::from_be_bytes(bytes) & 0x7fff_ffff) % 1_000_000
    }

    /// The code that an app shows at `now`.
    pub fn code_at(&self, now: Timestamp) -> String {
        format!("{:06}", self.code(step_of(now)))
    }

    /// The step that `typed` belongs to at `now`, if it is a code of a step after `used`.
    pub fn check(&self, typed: &str, now: Timestamp, used: Option<i64>) -> Option<i64> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let typed: u32 = digits.parse().ok()?;
        let current = step_of(now);
        (current - SKEW..=current + SKEW)
            .filter(|step| used.is_none_or(|used| *step > used))
            .find(|step| self.code(*step) == typed)
    }
}

fn step_of(now: Timestamp) -> i64 {
    now.micros().div_euclid(STEP_SECONDS * 1_000_000)
}

fn encode(bytes: &[u8], alphabet: &[u8; 32]) -> String {
    let (mut out, mut held, mut bits) = (String::new(), 0u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(alphabet[(held >> bits) as usize & 31]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        out.push(char::from(alphabet[(held << (5 - bits)) as usize & 31]));
    }
    out
}

fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    out
}

/// A recovery code of ten drawn bytes, as it is shown: `0abc-1def-…`.
pub fn recovery_code(bytes: &[u8; 10]) -> String {
    let text = encode(bytes, READABLE);
    let groups: Vec<&str> =
        text.as_bytes().chunks(4).filter_map(|it| std::str::from_utf8(it).ok()).collect();
    groups.join("-")
}

/// The recovery code that somebody typed, in the one form that is compared; none where it is none.
pub fn read_recovery_code(typed: &str) -> Option<String> {
    let letters = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(64);
    let text: String = letters
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    let is_right = text.len() == RECOVERY_LENGTH && text.bytes().all(|it| READABLE.contains(&it));
    is_right.then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RFC: TotpSecret = TotpSecret::new(*b"12345678901234567890");

    // AUT-05: the vectors of RFC 6238, appendix B, by their last six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp::from_seconds(second);
            assert_eq!(RFC.code_at(now), code);
            assert_eq!(RFC.check(code, now, None), Some(second / 30));
        }
        assert_eq!(RFC.shown(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let uri = RFC.uri("Oak & Co", "a+b@c.example");
        let start = "otpauth://totp/Oak%20%26%20Co:a%2Bb%40c.example?secret=GEZDGNBV";
        assert!(uri.starts_with(start), "{uri}");
    }

    // AUT-05 a recovery code is read however it is written
    #[test]
    fn recovery_codes_are_read_as_people_write_them() {
        let shown = recovery_code(&[0, 1, 2, 3, 250, 251, 252, 253, 254, 255]);
        assert_eq!(shown.len(), 19);
        let read = read_recovery_code(&shown).unwrap();
        assert_eq!(read_recovery_code(&shown.to_uppercase().replace('-', " ")), Some(read.clone()));
        assert_eq!(read_recovery_code(&shown.replace('0', "O")), Some(read));
        for wrong in ["", "123456", "u000-0000-0000-0000", &"0".repeat(17)] {
            assert_eq!(read_recovery_code(wrong), None, "{wrong:?}");
        }
    }

    proptest! {
        /// A code works in its own step and the ones beside it, once, and never again after it or
        /// a later one was used.
        #[test]
        fn a_code_works_once_near_its_time(
            bytes in prop::array::uniform20(any::<u8>()),
            second in 0..4_000_000_000i64,
            away in -100..100i64,
        ) {
            let secret = TotpSecret::new(bytes);
            let (now, later) =
                (Timestamp::from_seconds(second), Timestamp::from_seconds(second + away));
            let code = secret.code_at(now);
            if let Some(step) = secret.check(&code, later, None) {
                prop_assert_eq!(secret.check(&code, later, Some(step.max(second / 30 + 2))), None);
            }
            if away == 0 {
                let step = secret.check(&code, now, None);
                prop_assert!(step.is_some());
                prop_assert_eq!(secret.check(&code, now, Some(second / 30 + 1)), None);
            }
        }

        #[test]
        fn nothing_that_is_typed_panics(typed in ".{0,40}") {
            let _ = RFC.check(&typed, Timestamp::from_seconds(1), None);
            let _ = read_recovery_code(&typed);
        }
    }
}
