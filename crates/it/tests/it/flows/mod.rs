//! Whole use cases, on both engines.

mod close;
mod crash;
mod ingest;
mod setup_accounts;
mod setup_catalog;
mod setup_tenants;
