//! Secrets at rest: sealed before they are stored, opened when they are used.
//!
//! Decided here: AES-256-GCM with a random nonce. What a secret belongs to is authenticated with
//! it, so that a sealed value that was moved to another row does not open. A sealed value names the
//! key that made it: the first key seals, every key opens, so a key is changed by putting a new one
//! before it. Keys are never shown, and an app that names none has one that ends with its process.
//!
//! Layout: version 1 (one byte), key id (4 bytes: the first of SHA-256 of the key), nonce (12
//! bytes), ciphertext with its tag.

use std::{fmt, io, io::Write, path::Path, sync::Arc};

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::entropy::secret_bytes;

/// The only layout there is.
const VERSION: u8 = 1;
/// Bytes of a key.
const KEY_LENGTH: usize = 32;
/// Bytes of a key's id.
const KEY_ID_LENGTH: usize = 4;
/// Bytes of a nonce.
const NONCE_LENGTH: usize = 12;
/// Keys that one deployment may have at once.
const MAX_KEYS: usize = 16;
/// The key file in the data directory.
const FILE_NAME: &str = "secret.key";

/// Why a secret was not opened, or a vault not made.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The text names no keys.
    #[error("secret keys must be 32 bytes each in hex or base64, at most 16, separated by commas")]
    NotKeys,
    /// The sealed value is not of this layout.
    #[error("a sealed secret is damaged")]
    Damaged,
    /// No key of this deployment made it.
    #[error("a secret was sealed with key {0}, which this deployment does not have")]
    UnknownKey(String),
    /// It was changed, or belongs to something else.
    #[error("a sealed secret does not belong to {0}")]
    NotIts(String),
    /// The key file cannot be read or made.
    #[error("the key file {0}: {1}")]
    File(String, io::Error),
}

/// The keys of a deployment; clones share them.
#[derive(Clone)]
pub struct Vault(Arc<[Key]>);

struct Key {
    id: [u8; KEY_ID_LENGTH],
    cipher: Aes256Gcm,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<String> = self.0.iter().map(|key| hex::encode(key.id)).collect();
        f.debug_tuple("Vault").field(&ids).finish()
    }
}

impl Default for Vault {
    /// With a key of its own that ends with the process.
    fn default() -> Self {
        Self(Arc::new([Key::new(&secret_bytes())]))
    }
}

impl Key {
    fn new(bytes: &[u8; KEY_LENGTH]) -> Self {
        let digest = Sha256::digest(bytes);
        let mut id = [0; KEY_ID_LENGTH];
        id.copy_from_slice(&digest[..KEY_ID_LENGTH]);
        Self { id, cipher: Aes256Gcm::new(bytes.into()) }
    }
}

impl Vault {
    /// The keys that a text names, separated by commas or lines: the first seals, all open.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let words = text.split([',', '\n', '\r']).map(str::trim).filter(|word| !word.is_empty());
        let keys: Option<Vec<Key>> = words.take(MAX_KEYS + 1).map(key).collect();
        match keys {
            Some(keys) if (1..=MAX_KEYS).contains(&keys.len()) => Ok(Self(keys.into())),
            _ => Err(VaultError::NotKeys),
        }
    }

    /// The keys in the key file of a data directory, which is made with a new key where there is
    /// none. Two processes that make it at once end up with the same one.
    pub fn in_folder(folder: &Path) -> Result<Self, VaultError> {
        let path = folder.join(FILE_NAME);
        let failed = |error| VaultError::File(path.display().to_string(), error);
        match std::fs::read_to_string(&path) {
            Ok(text) => return Self::parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        std::fs::create_dir_all(folder).map_err(failed)?;
        // Temporary files are their owner's alone (0600), and this one stays so.
        let made = tempfile::Builder::new().prefix(".key-").tempfile_in(folder);
        let mut file = made.map_err(failed)?;
        let text = format!("{}\n", hex::encode(secret_bytes::<KEY_LENGTH>()));
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        match file.persist_noclobber(&path) {
            Ok(_) => {}
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error.error)),
        }
        Self::parse(&std::fs::read_to_string(&path).map_err(failed)?)
    }

    /// Seals a secret of what `owner` names.
    pub fn seal(&self, owner: &str, secret: &[u8]) -> Vec<u8> {
        let key = &self.0[0];
        let nonce = secret_bytes::<NONCE_LENGTH>();
        let payload = Payload { msg: secret, aad: owner.as_bytes() };
        let sealed = key.cipher.encrypt((&nonce).into(), payload);
        let sealed = sealed.expect("a secret is shorter than the cipher's limit of 64 GiB");
        let mut bytes = vec![VERSION];
        bytes.extend(key.id);
        bytes.extend(nonce);
        bytes.extend(sealed);
        bytes
    }

    /// Opens what was sealed for `owner`.
    pub fn open(&self, owner: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let rest = sealed.strip_prefix(&[VERSION]).ok_or(VaultError::Damaged)?;
        let (id, rest) = rest.split_first_chunk::<KEY_ID_LENGTH>().ok_or(VaultError::Damaged)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LENGTH>().ok_or(VaultError::Damaged)?;
        let key = self.0.iter().find(|key| key.id == *id);
        let key = key.ok_or_else(|| VaultError::UnknownKey(hex::encode(id)))?;
        let payload = Payload { msg: text, aad: owner.as_bytes() };
        let opened = key.cipher.decrypt(nonce.into(), payload);
        opened.map_err(|_| VaultError::NotIts(owner.to_owned()))
    }
}

fn key(word: &str) -> Option<Key> {
    let bytes = hex::decode(word).ok().filter(|bytes| bytes.len() == KEY_LENGTH);
    let bytes = bytes.or_else(|| STANDARD.decode(word).ok())?;
    let bytes: [u8; KEY_LENGTH] = bytes.try_into().ok()?;
    Some(Key::new(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const NEW: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    #[test]
    fn what_is_sealed_opens_for_its_owner_only() {
        let vault = Vault::parse(OLD).unwrap();
        let sealed = vault.seal("a", b"secret");
        assert!(!sealed.windows(6).any(|bytes| bytes == b"secret"));
        assert_ne!(sealed, vault.seal("a", b"secret"), "nonces are never used twice");
        assert_eq!(vault.open("a", &sealed).unwrap(), b"secret");
        assert!(matches!(vault.open("b", &sealed), Err(VaultError::NotIts(_))));
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(vault.open("a", &changed).is_err(), "byte {place}");
            assert!(vault.open("a", &sealed[..place]).is_err(), "{place} bytes");
        }
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens() {
        let sealed = Vault::parse(OLD).unwrap().seal("a", b"secret");
        let both = Vault::parse(&format!("{NEW}, {OLD}\n")).unwrap();
        assert_eq!(both.open("a", &sealed).unwrap(), b"secret");
        let new = Vault::parse(NEW).unwrap();
        assert!(matches!(new.open("a", &sealed), Err(VaultError::UnknownKey(_))));
        assert_eq!(new.open("a", &both.seal("a", b"later")).unwrap(), b"later");
        for wrong in ["", "x", "00", &format!("{OLD},x"), &[OLD; 17].join(",")] {
            assert!(Vault::parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(!format!("{both:?}").contains("0001020304"));
    }

    #[test]
    fn a_data_directory_keeps_its_key_to_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("data");
        let sealed = Vault::in_folder(&place).unwrap().seal("a", b"secret");
        assert_eq!(Vault::in_folder(&place).unwrap().open("a", &sealed).unwrap(), b"secret");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(place.join(FILE_NAME)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(place.join(FILE_NAME), "no key").unwrap();
        assert!(matches!(Vault::in_folder(&place), Err(VaultError::NotKeys)));
    }
}
