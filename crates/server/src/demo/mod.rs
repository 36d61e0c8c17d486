//! The demonstration.

mod dice;
mod traffic;
mod world;
