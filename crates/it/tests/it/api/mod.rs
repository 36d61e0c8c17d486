//! The API over HTTP: what programs rely on.

mod allowances;
mod balances;
mod batches;
mod invoices;
mod keys;
mod operator;
mod requests;
mod tenants;
mod webhooks;
