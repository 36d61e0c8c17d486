//! The portals over HTTP: signing in, links, second factors, people, and who may open what.

mod brand;
mod decks;
mod links;
mod operator;
mod own;
mod profiles;
mod sign_in;
mod taxes;
mod team;
mod tenant_billing;
mod tenant_calls;
mod two_factor;
mod walk;
