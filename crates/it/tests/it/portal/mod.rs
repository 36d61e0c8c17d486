//! The portals over HTTP: signing in, links, second factors, people, and who may open what.

mod brand;
mod links;
mod operator;
mod own;
mod sign_in;
mod team;
mod tenant_billing;
mod tenant_calls;
mod two_factor;
mod walk;
