//! The API over HTTP: what programs rely on.

mod keys;
mod operator;
mod requests;
mod tenants;
mod webhooks;
