//! Every store function, on both engines.

mod accounts;
mod catalog;
mod engines;
mod inventory;
mod migrations;
mod money;
mod outbox;
mod plans;
