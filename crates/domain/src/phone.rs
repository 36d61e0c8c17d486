//! Phone numbers: what a dialled text means, and which class of call it makes.

use serde::{Deserialize, Serialize};

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
