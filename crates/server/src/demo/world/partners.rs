//! The two partners: how they look, where they are, what they pay, and their switches.

use adapters::cdr_files::Format;
use domain::tier::Tier;

/// A partner to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PartnerPlan {
    /// Short name.
    pub(crate) slug: &'static str,
    /// Legal name.
    pub(crate) company: &'static str,
    /// Name towards tenants.
    pub(crate) brand: &'static str,
    /// `#rrggbb`.
    pub(crate) color: &'static str,
    /// Postal address.
    pub(crate) address: &'static str,
    /// What stands on a card statement.
    pub(crate) descriptor: &'static str,
    /// Mail domain.
    pub(crate) domain: &'static str,
    /// IANA zone.
    pub(crate) zone: &'static str,
    /// What it pays the operator.
    pub(crate) tier: Tier,
    /// What it puts into its wallet at the start, in whole units of currency.
    pub(crate) top_up: i64,
    /// Days of a trial.
    pub(crate) trial_days: u16,
    /// Code, name and rate of the taxes that its tenants pay.
    pub(crate) taxes: &'static [(&'static str, &'static str, &'static str)],
    /// Where its call records come from.
    pub(crate) switches: &'static [SwitchPlan],
}

/// A switch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SwitchPlan {
    /// The name of its source.
    pub(crate) name: &'static str,
    /// What it writes.
    pub(crate) format: Format,
    /// The zone of its clock.
    pub(crate) zone: &'static str,
}

/// The partners of the demo.
pub(crate) const PARTNERS: [PartnerPlan; 2] = [
    PartnerPlan {
        slug: "bluebird",
        company: "Bluebird Voice LLC",
        brand: "Bluebird Voice",
        color: "#1d4ed8",
        address: "40 Harbor Street, Floor 7\nNew York, NY 10004",
        descriptor: "BLUEBIRD VOICE",
        domain: "bluebird.example",
        zone: "America/New_York",
        tier: Tier::Business,
        top_up: 5_000,
        trial_days: 30,
        taxes: &[
            ("US-NY", "New York State", "0.04"),
            ("US-NYC", "New York City", "0.04875"),
            ("US-NJ", "New Jersey", "0.06625"),
            ("US-PA", "Pennsylvania", "0.06"),
        ],
        switches: &[SwitchPlan {
            name: "bluebird-pbx",
            format: Format::AsteriskCsv,
            zone: "America/New_York",
        }],
    },
    PartnerPlan {
        slug: "cascade",
        company: "Cascade Connect, Inc.",
        brand: "Cascade Connect",
        color: "#0f766e",
        address: "1201 Alder Avenue\nSeattle, WA 98104",
        descriptor: "CASCADE CONNECT",
        domain: "cascade.example",
        zone: "America/Los_Angeles",
        tier: Tier::Starter,
        top_up: 4_000,
        trial_days: 90,
        taxes: &[
            ("US-WA-King", "King County, Washington", "0.1035"),
            ("US-CA-SF", "San Francisco, California", "0.08625"),
        ],
        switches: &[
            SwitchPlan { name: "cascade-fs", format: Format::FreeswitchJson, zone: "UTC" },
            SwitchPlan {
                name: "cascade-legacy",
                format: Format::AsteriskCsv,
                zone: "America/Los_Angeles",
            },
        ],
    },
];
