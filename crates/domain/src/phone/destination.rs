//! What kind of place a dialled number is, and what follows for its price (ruling 19).
//!
//! Decided here: which destinations are never billed, and which must be named by a rate deck. The
//! kinds exclude each other. Country code 1 is not the home area by itself: a third of the fraud
//! goes to countries that are dialled exactly like the next town.

use super::{
    Dialled, E164, HomeArea,
    nanp::{self, AreaKind},
};

/// The kind of place that was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// An ordinary number of the home numbering area.
    Home,
    /// A toll-free number.
    TollFree,
    /// 900 numbers and 976 exchanges: the caller pays for the content.
    Premium,
    /// A country inside +1 that is billed like a foreign one.
    HighRisk,
    /// Personal (5XX), carrier (700), government (710) and Canadian non-geographic numbers.
    Special,
    /// 411 and NPA-555-1212, which carriers charge for.
    DirectoryAssistance,
    /// Outside the home numbering area.
    International,
    /// 911, 933 and 988.
    Emergency,
    /// 711, the relay service.
    Relay,
    /// 211, 311, 511, 611, 811.
    Service,
    /// An extension or endpoint.
    OnNet,
    /// A feature code such as `*97`.
    Feature,
    /// A withheld or unreadable number.
    Unknown,
}

impl Destination {
    /// What kind of place `dialled` is, seen from `home`.
    pub fn of(dialled: &Dialled, home: &HomeArea) -> Self {
        match dialled {
            Dialled::Number(number) => Self::of_number(number, home),
            Dialled::Emergency(_) => Self::Emergency,
            Dialled::Relay => Self::Relay,
            Dialled::Service(_) => Self::Service,
            Dialled::DirectoryAssistance(_) => Self::DirectoryAssistance,
            Dialled::Feature => Self::Feature,
            Dialled::Endpoint => Self::OnNet,
            Dialled::Withheld | Dialled::Unparseable => Self::Unknown,
        }
    }
    fn of_number(number: &E164, home: &HomeArea) -> Self {
        if !home.contains(number.as_bytes()) {
            return Self::International;
        }
        let Some(national) = number.national() else { return Self::Home };
        match nanp::area_kind(national) {
            AreaKind::TollFree => Self::TollFree,
            AreaKind::Premium => Self::Premium,
            AreaKind::Special => Self::Special,
            AreaKind::HighRisk => Self::HighRisk,
            AreaKind::Ordinary if nanp::is_pay_per_call_exchange(national) => Self::Premium,
            AreaKind::Ordinary => Self::Home,
        }
    }
    /// Whether a call to it may only be priced by a deck that names it (ruling 19). Without one it
    /// is refused when authorised live and kept unrated when recorded.
    pub const fn needs_deck(self) -> bool {
        matches!(
            self,
            Self::Premium
                | Self::HighRisk
                | Self::Special
                | Self::DirectoryAssistance
                | Self::International
        )
    }
    /// Whether a call to it is never billed, nor refused for money (ruling 19, MET-12, MET-13).
    pub const fn is_never_billed(self) -> bool {
        matches!(self, Self::Emergency | Self::Relay | Self::OnNet | Self::Feature)
    }
    /// Whether a deck row whose prefix has `prefix_digits` digits names this destination, rather
    /// than merely covering it. A row for `1` covers +1 809 without anybody having priced it.
    pub fn is_named_by(self, number: &str, prefix_digits: u8) -> bool {
        let least = match self {
            // 1 and the area code; a 976 or 555-1212 number needs its exchange as well.
            Self::HighRisk | Self::Special => 4,
            Self::Premium if number.starts_with("1900") => 4,
            Self::DirectoryAssistance if number == "1411" => 4,
            Self::Premium | Self::DirectoryAssistance => 7,
            _ => 1,
        };
        prefix_digits >= least
    }
    /// The stable name, such as `high_risk`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::TollFree => "toll_free",
            Self::Premium => "premium",
            Self::HighRisk => "high_risk",
            Self::Special => "special",
            Self::DirectoryAssistance => "directory_assistance",
            Self::International => "international",
            Self::Emergency => "emergency",
            Self::Relay => "relay",
            Self::Service => "service",
            Self::OnNet => "on_net",
            Self::Feature => "feature",
            Self::Unknown => "unknown",
        }
    }
}
