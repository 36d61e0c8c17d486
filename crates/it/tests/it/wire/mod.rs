//! The whole program against a stand-in for Stripe, over HTTP, with its signed events.
//!
//! Decided here: nothing is put into the tables and no part is called past the others. Methods are
//! saved by a browser's form, charges go out as requests, events come in through the served inbox,
//! and time is the simulated clock, which the stand-in follows. Every test ends by holding the
//! books against what the stand-in says of each account, and the stand-in holds every request and
//! every answer against Stripe's own description.

pub(crate) mod child;
mod dice;
mod inbox;
mod kill;
mod life;
mod matrix;
mod stage;
mod trouble;
