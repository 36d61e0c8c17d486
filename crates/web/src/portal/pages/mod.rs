//! The pages. Each gets strings that are already formatted and only places them.

pub(super) mod acting;
pub(super) mod assets;
pub(super) mod code;
pub(super) mod forgot;
pub(super) mod home;
pub(super) mod link;
pub(super) mod operator;
pub(super) mod partner;
pub(super) mod profile;
pub(super) mod sign_in;
pub(super) mod tenant;
pub(super) mod two_factor;
pub(super) mod users;
pub(super) mod verify;

#[cfg(test)]
mod tests;

use super::guest::Fault;

/// For addresses that lead nowhere.
pub(super) async fn nowhere() -> Fault {
    Fault::Nowhere
}
