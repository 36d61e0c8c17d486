//! Phone numbers: what a dialled text means, and which class of call it makes.
//!
//! Decided here: how the texts that switches write become E.164 numbers or something that is no
//! number ([`Dialled`]), what kind of place a number is ([`Destination`], ruling 19), and which of
//! the two metered classes a call belongs to ([`CallClass`], MET-07). Reading a text is total: any
//! text has exactly one meaning and none panics. Prices are never known here.

mod destination;
mod dialled;
mod digits;
mod home;
mod nanp;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use destination::Destination;
pub use dialled::{Dialled, EmergencyCode, ServiceCode};
pub use digits::{DigitsError, E164, Prefix};
pub use home::{HomeArea, HomeAreaError};

/// The two classes that are metered and priced apart (MET-05).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallClass {
    /// Everything that is not toll-free.
    Local,
    /// The tenant's own number or the dialled one is toll-free (MET-07).
    TollFree,
}

impl CallClass {
    /// The class of a call (MET-07): toll-free when the tenant's own number in it is, or the
    /// dialled one. `own` is the called number of an inbound call and the caller id of an
    /// outbound one; a toll-free caller of an inbound call changes nothing.
    pub fn of(own: Option<E164>, dialled: &Dialled) -> Self {
        let own_is_toll_free = own.is_some_and(|number| number.is_toll_free());
        let dialled_is_toll_free = dialled.number().is_some_and(|number| number.is_toll_free());
        if own_is_toll_free || dialled_is_toll_free { Self::TollFree } else { Self::Local }
    }
    /// `local` or `toll_free`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::TollFree => "toll_free",
        }
    }
    /// The class with this name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "local" => Some(Self::Local),
            "toll_free" => Some(Self::TollFree),
            _ => None,
        }
    }
}
