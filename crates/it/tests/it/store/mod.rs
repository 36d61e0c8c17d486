//! Every store function, on both engines.

mod accounts;
mod catalog;
mod engines;
mod inventory;
mod money;
mod outbox;
