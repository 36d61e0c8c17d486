//! Passwords: argon2id, slow and hungry for memory on purpose.
//!
//! Decided here: the parameters (19 MiB, two passes, one lane: the first choice of the OWASP list),
//! that hashing runs on a thread of its own and only so many at once, because each takes its memory
//! and a core, and that a person who is not there costs as much as one who is: then the password
//! is compared with a hash that nothing matches.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::phc::PasswordHash,
};
use tokio::sync::Semaphore;

use crate::entropy::secret_bytes;

/// Hashes that are computed at once: two cores' worth, 40 MiB.
const AT_ONCE: usize = 2;
/// Kibibytes of memory of one hash.
const MEMORY_KIB: u32 = 19_456;
/// Passes over it.
const PASSES: u32 = 2;

/// Hashing could not be done: the process is stopping or has no memory left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password could not be hashed")]
pub struct HashingFailed;

/// Hashes passwords, a few at once; clones share the bound.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    nobodys: Arc<OnceLock<String>>,
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords")
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), nobodys: Arc::default() }
    }
}

impl Passwords {
    /// The hash of a password, in the text form that names its parameters and salt.
    pub async fn hash(&self, password: &str) -> Result<String, HashingFailed> {
        let password = password.to_owned();
        self.in_turn(move || hash(&password)).await?
    }

    /// Whether the password is the one of this hash; it takes as long where there is no hash.
    pub async fn matches(
        &self,
        hash: Option<String>,
        password: &str,
    ) -> Result<bool, HashingFailed> {
        let (password, nobodys) = (password.to_owned(), Arc::clone(&self.nobodys));
        self.in_turn(move || {
            let is_somebodys = hash.is_some();
            let hash = match hash {
                Some(hash) => hash,
                None => match nobodys.get() {
                    Some(nobodys) => nobodys.clone(),
                    None => {
                        // The first time costs two hashes, once in a process's life.
                        let made = self::hash(&hex::encode(secret_bytes::<16>()))?;
                        nobodys.get_or_init(|| made).clone()
                    }
                },
            };
            let parsed = PasswordHash::new(&hash).map_err(|_| HashingFailed)?;
            let is_right = hasher().verify_password(password.as_bytes(), &parsed).is_ok();
            Ok(is_right && is_somebodys)
        })
        .await?
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashingFailed> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| HashingFailed)?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| HashingFailed)
    }
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("the parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> Result<String, HashingFailed> {
    let salt = secret_bytes::<16>();
    let hash: PasswordHash =
        hasher().hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| HashingFailed)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let passwords = Passwords::default();
        let hash = passwords.hash("Correct horse 1").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash("Correct horse 1").await.unwrap(), "salts differ");
        assert!(passwords.matches(Some(hash.clone()), "Correct horse 1").await.unwrap());
        assert!(!passwords.matches(Some(hash), "correct horse 1").await.unwrap());
        assert!(!passwords.matches(None, "Correct horse 1").await.unwrap());
        assert!(passwords.matches(Some("not a hash".to_owned()), "x").await.is_err());
    }
}
