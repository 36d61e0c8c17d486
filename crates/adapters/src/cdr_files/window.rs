//! A moving window over a source of bytes, so that files of any size need little memory.
//!
//! Decided here: how much is read ahead, and where in the file the window stands (offset and
//! line). The window grows only when its user asks for more; the user bounds it by deciding about
//! every row within [`super::MAX_ROW_BYTES`].

use std::io::{ErrorKind, Read, Result};

use memchr::memchr_iter;

/// Read at once: large enough to make system calls cheap, small enough to stay in the cache.
const CHUNK_BYTES: usize = 256 * 1024;

/// The bytes of a source that are read and not yet consumed.
#[derive(Debug)]
pub(super) struct Window<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    offset: u64,
    line: u64,
}

impl<R: Read> Window<R> {
    /// A window at the start of `source`.
    pub(super) fn new(source: R) -> Self {
        let buffer = Vec::new();
        Self { source, buffer, start: 0, end: 0, at_end: false, offset: 0, line: 1 }
    }
    /// What is read and not consumed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }
    /// Whether nothing follows [`bytes`](Self::bytes).
    pub(super) fn at_end(&self) -> bool {
        self.at_end
    }
    /// The byte offset of the window's first byte.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }
    /// The line of the window's first byte, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }
    /// Moves past `length` bytes.
    pub(super) fn consume(&mut self, length: usize) {
        let length = length.min(self.end - self.start);
        let passed = &self.buffer[self.start..self.start + length];
        self.line += memchr_iter(b'\n', passed).count() as u64;
        self.offset += length as u64;
        self.start += length;
    }
    /// Reads until the window holds twice as much, or the source ends. Doubling keeps the work of
    /// looking at an unfinished row again in proportion to the row, however slowly bytes arrive.
    pub(super) fn grow(&mut self) -> Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let wanted = (self.end * 2).max(1);
        let capacity = wanted.max(CHUNK_BYTES);
        if self.buffer.len() < capacity {
            self.buffer.resize(capacity, 0);
        }
        while self.end < wanted && !self.at_end {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.at_end = true,
                Ok(count) => self.end = (self.end + count).min(self.buffer.len()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
