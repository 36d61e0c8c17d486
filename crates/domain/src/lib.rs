//! Every business rule of Trunkline, as values in and values out.
//!
//! Nothing here is async, reads a clock, draws random bits, speaks SQL or HTTP, or uses floats.

pub mod catalog;
pub mod cdr;
pub mod cycle;
pub mod ids;
pub mod invoice;
pub mod money;
pub mod phone;
pub mod profile;
pub mod rating;
pub mod time;
pub mod usage;
