//! The portals over HTTP: signing in, links, second factors, people, and who may open what.

mod brand;
mod decks;
mod links;
mod own;
mod profiles;
mod sign_in;
mod taxes;
mod team;
mod two_factor;
mod walk;
