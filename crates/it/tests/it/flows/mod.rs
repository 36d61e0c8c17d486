//! Whole use cases, on both engines.

mod close;
mod collect;
mod crash;
mod drafts;
pub(crate) mod dunning;
mod explain;
mod formats;
mod hosted;
mod ingest;
mod modes;
mod outbox;
mod pages;
mod paying;
mod platform;
mod processor_events;
mod race;
mod refunds;
mod replay;
mod setup_accounts;
mod setup_catalog;
mod setup_tenants;
mod webhooks;
