//! Files as the outside world has them: how big, which, and whether they are still the same.
//!
//! Decided here: a file is recognised by the hash of its first bytes, and what was read of it by
//! the hash of all bytes up to a place. A file that grew keeps both; one that changed does not.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use sha2::{Digest, Sha256};

/// How many first bytes recognise a file. Two switches' files differ long before.
const HEAD_BYTES: u64 = 4_096;
/// How much is read at once.
const CHUNK_BYTES: usize = 256 * 1_024;

/// SHA-256 of how a file is read (`manner`: format, zone, columns) and of its first bytes.
pub fn head_hash(path: &Path, manner: &str) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    let mut hash = Sha256::new();
    hash.update((manner.len() as u64).to_be_bytes());
    hash.update(manner.as_bytes());
    hash.update(&head);
    Ok(hash.finalize().to_vec())
}

/// The hash of a file's bytes up to a place that only moves forward.
#[derive(Debug)]
pub struct PrefixHash {
    file: File,
    hash: Sha256,
    at: u64,
    buffer: Vec<u8>,
}

impl PrefixHash {
    /// At the start of the file.
    pub fn open(path: &Path) -> io::Result<Self> {
        let buffer = vec![0; CHUNK_BYTES];
        Ok(Self { file: File::open(path)?, hash: Sha256::new(), at: 0, buffer })
    }

    /// SHA-256 of the bytes before `place`; fails where the file is shorter.
    pub fn up_to(&mut self, place: u64) -> io::Result<Vec<u8>> {
        while self.at < place {
            let wanted = usize::try_from(place - self.at).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
            let read = self.file.read(&mut self.buffer[..wanted])?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.hash.update(&self.buffer[..read]);
            self.at += read as u64;
        }
        Ok(self.hash.clone().finalize().to_vec())
    }
}
