//! The API over HTTP: what programs rely on.

mod keys;
mod requests;
mod tenants;
