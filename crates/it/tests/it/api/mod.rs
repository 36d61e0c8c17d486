//! The API over HTTP: what programs rely on.

mod actors;
mod allowances;
mod balances;
mod batches;
mod caps;
mod catalog;
mod clock;
mod decks;
mod document;
mod dunning;
mod edits;
mod invoices;
mod keys;
mod operator;
mod payment_methods;
mod payments;
mod processor;
mod refunds;
mod requests;
mod settlements;
mod simulations;
mod tenants;
mod users;
mod webhooks;
