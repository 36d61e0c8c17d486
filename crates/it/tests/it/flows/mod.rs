//! Whole use cases, on both engines.

mod setup_accounts;
mod setup_catalog;
mod setup_tenants;
