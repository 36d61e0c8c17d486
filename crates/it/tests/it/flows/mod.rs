//! Whole use cases, on both engines.

mod close;
mod crash;
mod explain;
mod formats;
mod ingest;
mod race;
mod replay;
mod setup_accounts;
mod setup_catalog;
mod setup_tenants;
