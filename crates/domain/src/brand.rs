//! A partner's brand: what of it is kept with issued invoices.

use sha2::{Digest, Sha256};

/// SHA-256 of a logo's bytes, in hex: how issued invoices name the logo they show (INV-15).
pub fn logo_hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
