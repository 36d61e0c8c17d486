//! Every business rule of Trunkline, as values in and values out.
//!
//! Nothing here is async, reads a clock, draws random bits, speaks SQL or HTTP, or uses floats.

pub mod account;
pub mod accounting;
pub mod allocation;
pub mod api_key;
pub mod brand;
pub mod calc;
pub mod call;
pub mod catalog;
pub mod cdr;
pub mod charging;
pub mod credit_note;
pub mod cycle;
pub mod dispute;
pub mod fee;
pub mod hold;
pub mod ids;
pub mod invoice;
pub mod ledger;
pub mod legs;
pub mod limits;
pub mod money;
pub mod ownership;
pub mod paging;
pub mod partner;
pub mod payment;
pub mod peak;
pub mod period;
pub mod phone;
pub mod processor;
pub mod profile;
pub mod proration;
pub mod rating;
pub mod refund;
pub mod simulate;
pub mod tax;
pub mod tenancy;
pub mod tenant;
pub mod term;
pub mod tier;
pub mod time;
pub mod usage;
pub mod webhook;
