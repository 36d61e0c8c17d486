//! The routes, one module per resource. A route checks the scope, names a use case and shows what
//! came of it.

pub(super) mod addons;
pub(super) mod balances;
pub(super) mod calls;
pub(super) mod cdr_batches;
pub(super) mod charges;
pub(super) mod credits;
mod deck_input;
pub(super) mod decks;
pub(super) mod dunning;
pub(super) mod events;
pub(super) mod extensions;
pub(super) mod invoice_changes;
pub(super) mod invoices;
pub(super) mod keys;
pub(super) mod limits;
pub(super) mod logs;
pub(super) mod operator;
pub(super) mod partner;
pub(super) mod payment_methods;
pub(super) mod phone_numbers;
pub(super) mod processor;
mod profile_terms;
pub(super) mod profiles;
pub(super) mod rejects;
pub(super) mod settlements;
pub(super) mod simulations;
pub(super) mod subscription;
pub(super) mod taxes;
pub(super) mod tenants;
pub(super) mod usage;
pub(super) mod wallet;
pub(super) mod webhooks;
