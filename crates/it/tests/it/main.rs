//! The one integration-test binary: the store on both engines, then whole flows.
//!
//! Decided here: nothing. Every test gets its own database from `harness::db` and moves its own
//! clock, so that tests run in any order and all at once.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod api;
mod flows;
mod harness;
mod portal;
mod store;
mod tidy;
mod wire;
