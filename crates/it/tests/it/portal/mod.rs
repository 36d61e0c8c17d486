//! The portals over HTTP: signing in, links, second factors, people, and who may open what.

mod brand;
mod links;
mod own;
mod sign_in;
mod team;
mod two_factor;
mod walk;
