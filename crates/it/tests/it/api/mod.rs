//! The API over HTTP: what programs rely on.

mod actors;
mod document;
mod keys;
mod operator;
mod requests;
mod tenants;
