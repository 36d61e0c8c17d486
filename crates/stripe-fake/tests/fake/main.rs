//! The client for Stripe against the fake: what is sent, what is understood, and that nothing is
//! ever charged twice.
//!
//! Decided here: every test ends by holding all requests and answers against Stripe's own
//! description of its API.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod accounts;
mod browser;
mod coverage;
mod matrix;
mod methods;
mod stand;
mod wire;
