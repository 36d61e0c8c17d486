//! The words of invoice lines that the system writes.
//!
//! Decided here: English, the period as people write it (its last day, not the day after), and the
//! included quantity named where only the excess is charged. Stored as issued, never translated.

use crate::{period::Period, phone::CallClass, profile::Included};

pub(super) fn days(period: &Period) -> String {
    let (first, last) = (period.first_day, period.last_day());
    if first >= last {
        first.display()
    } else {
        format!("{} – {}", first.display(), last.display())
    }
}

pub(super) fn base_fee(name: &str, period: &Period) -> String {
    format!("{name}, {}", days(period))
}

pub(super) fn unused_advance(name: &str, period: &Period) -> String {
    format!("Unused days of {name} after {}", period.last_day().display())
}

pub(super) fn units(name: &str, included: Included) -> String {
    match included {
        Included::UpTo(0) | Included::Unlimited => name.to_owned(),
        Included::UpTo(count) => format!("{name} above the {count} included"),
    }
}

pub(super) fn usage(class: Option<CallClass>, included: Included) -> String {
    let name = match class {
        None => "Calls",
        Some(CallClass::Local) => "Local calls",
        Some(CallClass::TollFree) => "Toll-free calls",
    };
    match included {
        Included::UpTo(0) | Included::Unlimited => name.to_owned(),
        Included::UpTo(count) => format!("{name} above the {count} included minutes"),
    }
}

pub(super) fn deck_usage(included: Included) -> String {
    let name = "Calls at destination rates";
    match included {
        Included::UpTo(0) | Included::Unlimited => name.to_owned(),
        Included::UpTo(count) => format!("{name} above the {count} included minutes"),
    }
}

pub(super) fn prior_usage(period: &Period) -> String {
    format!("Calls recorded late, {}", days(period))
}

pub(super) const CARRIED: &str = "Carried to your credit";
