//! Every SQL statement of Trunkline, on SQLite and PostgreSQL from one text.
//!
//! Store functions take a transaction and never open one; the owning account is the first argument
//! after it. No business decision is taken here, and no clock is read.

pub mod answers;
pub mod api_keys;
pub mod api_requests;
pub mod audit;
pub mod audit_log;
pub mod baseline;
pub mod bulk;
pub mod call_list;
pub mod calls;
pub mod charges;
mod columns;
pub mod credits;
pub mod db;
pub mod decks;
pub mod directory;
pub mod due;
pub mod dunning;
pub mod error;
pub mod events;
pub mod extensions;
pub mod import_list;
pub mod imports;
pub mod invoices;
pub mod jobs;
pub mod ledger;
pub mod limits;
pub mod listing;
pub mod mails;
pub mod method_setups;
mod migrations;
pub mod numbers;
pub mod operator;
pub mod operator_charges;
pub mod operator_refunds;
pub mod partners;
pub mod payment_methods;
pub mod payments;
pub mod periods;
pub mod processor_events;
pub mod processors;
pub mod profiles;
pub mod settlements;
pub mod sources;
pub mod subscriptions;
pub mod taxes;
pub mod tenants;
pub mod usage;
pub mod usage_sums;
pub mod wallet;
pub mod wallet_watch;
pub mod webhooks;
