//! The API over HTTP: what programs rely on.

mod allowances;
mod batches;
mod keys;
mod operator;
mod requests;
mod tenants;
mod webhooks;
