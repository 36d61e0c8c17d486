//! Texts that nobody can guess, and how they are kept.
//!
//! Decided here: a drawn text has 244 random bits. What has that many needs no salt and no slow
//! hash: SHA-256 finds it again, and nobody else.

use std::fmt;

use domain::{
    sign_in::RECOVERY_CODES,
    totp::{TotpSecret, recovery_code},
};
use sha2::{Digest, Sha256};

use crate::entropy::secret_bytes;

/// A text that is shown once and never written down; its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ShownOnce(String);

impl ShownOnce {
    /// A new text that begins with `prefix`.
    #[expect(clippy::disallowed_methods, reason = "the one place where secrets are drawn")]
    pub fn draw(prefix: &str) -> Self {
        let (first, second) = (uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
        Self(format!("{prefix}{}{}", first.simple(), second.simple()))
    }

    /// A password that meets every rule, for somebody who did not choose one.
    pub fn password() -> Self {
        Self(format!("Start-{}", hex::encode(secret_bytes::<10>()).replace('0', "7") + "7"))
    }

    /// The text, for the one answer that shows it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> [u8; 32] {
        hash(&self.0)
    }
}

impl fmt::Debug for ShownOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShownOnce(…)")
    }
}

/// The secret of a second factor.
pub fn totp_secret() -> TotpSecret {
    TotpSecret::new(secret_bytes())
}

/// Recovery codes as they are shown, once.
pub fn recovery_codes() -> Vec<String> {
    (0..RECOVERY_CODES).map(|_| recovery_code(&secret_bytes())).collect()
}

/// What is kept of a drawn text.
pub fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_drawn_texts_differ_and_show_nothing() {
        let (one, other) = (ShownOnce::draw("sk_test_"), ShownOnce::draw("sk_test_"));
        assert_ne!(one, other);
        assert_eq!(one.reveal().len(), 72);
        assert_eq!(hash(one.reveal()), one.hash());
        let password = ShownOnce::password();
        assert_eq!(domain::sign_in::check_password(password.reveal()), Ok(()));
        assert_ne!(recovery_codes()[0], recovery_codes()[0]);
        assert!(!format!("{one:?}").contains(&one.reveal()[8..]));
    }
}
