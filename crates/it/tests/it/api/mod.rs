//! The API over HTTP: what programs rely on.

mod actors;
mod allowances;
mod balances;
mod batches;
mod document;
mod invoices;
mod catalog;
mod decks;
mod keys;
mod operator;
mod requests;
mod simulations;
mod tenants;
mod webhooks;
