//! The one integration-test binary: the store on both engines, then whole flows.
//!
//! Decided here: nothing. Every test gets its own database from `harness::db` and moves its own
//! clock, so that tests run in any order and all at once.

mod flows;
mod harness;
mod store;
mod tidy;
