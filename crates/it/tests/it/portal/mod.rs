//! The portals over HTTP: signing in, links, second factors, people, and who may open what.

mod billing;
mod brand;
mod dashboard;
mod decks;
mod invoices;
mod links;
mod operator;
mod own;
mod profiles;
mod programs;
mod settings;
mod sign_in;
mod taxes;
mod team;
mod tenant_billing;
mod tenant_calls;
mod tenants;
mod two_factor;
mod walk;
