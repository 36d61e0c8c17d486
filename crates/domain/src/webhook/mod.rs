//! Webhooks: what partners are told of, how it is signed, how often it is tried, and where to.
//!
//! Decided here: the catalogue of events, the bytes of a message, both signatures, the schedule,
//! the states of endpoints and deliveries, and which addresses are nobody's business. Nothing is
//! sent here and no secret is drawn here.

pub mod address;
pub mod catalogue;
pub mod delivery;
pub mod endpoint;
pub mod message;
pub mod signature;
