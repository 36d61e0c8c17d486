//! The outside world: what Trunkline reads, writes and talks to.
//!
//! Nothing here decides a business rule; what is read becomes a value of `domain`, and what
//! `domain` decided is carried out.

pub mod cdr_files;
