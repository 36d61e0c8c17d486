//! The API over HTTP: what programs rely on.

mod balances;
mod invoices;
mod keys;
mod operator;
mod requests;
mod tenants;
