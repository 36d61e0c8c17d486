//! Call record files as the switches write them, for demonstrations and tests.
//!
//! Decided here: nothing about billing. The rows are what Asterisk and FreeSWITCH would have
//! written, quirks included, so that the demo goes through the same reader as anybody's files.
//! Invariant: what is written reads back with the same numbers, instants and talk time.

mod asterisk;
mod freeswitch;
#[cfg(test)]
mod tests;

pub use asterisk::AsteriskRow;
pub use freeswitch::{FreeswitchCdr, FreeswitchLeg};
