//! Dates, quantities and statuses as invoices and pages say them.

use domain::{
    invoice::{line::Quantity, status::InvoiceStatus},
    money::grouped,
    proration::Fraction,
    time::{Span, Timestamp, Zone},
};

/// The longest period whose share is told in days. A longer whole is a product of two periods,
/// which nobody would recognise.
const MOST_DAYS: u32 = 366;

/// The days of a span in its zone, the last one included: `May 1 – May 31, 2026`.
pub fn period(span: Span, zone: &Zone) -> String {
    let first = zone.day_of(span.start);
    let last = zone.day_of(Timestamp::from_micros(span.end.micros().saturating_sub(1)));
    if last <= first {
        first.display_long()
    } else if first.year() == last.year() {
        format!("{} – {}", first.display_short(), last.display_long())
    } else {
        format!("{} – {}", first.display_long(), last.display_long())
    }
}

/// A quantity with its unit, where the unit says more than the line does: `1,234.5 min`, `12`.
pub fn quantity(quantity: Quantity, unit: &str) -> String {
    let number = grouped(&quantity.to_string());
    match unit {
        "" | "extension" | "number" | "credit" => number,
        "minute" => format!("{number} min"),
        unit if number == "1" || number == "-1" => format!("{number} {unit}"),
        unit => {
            let is_word = unit.bytes().all(|byte| byte.is_ascii_lowercase());
            let plural = if is_word && !unit.ends_with('s') { "s" } else { "" };
            format!("{number} {unit}{plural}")
        }
    }
}

/// The share of a period that a line bills: `12 of 31 days`; nothing where it is all of it.
pub(super) fn share(fraction: Fraction) -> Option<String> {
    let tells = !fraction.is_whole() && fraction.whole() <= MOST_DAYS;
    tells.then(|| format!("{} of {} days", fraction.part(), fraction.whole()))
}

/// A status as people read it (INV-03).
pub const fn status(status: InvoiceStatus) -> &'static str {
    match status {
        InvoiceStatus::Draft => "Draft",
        InvoiceStatus::Sent => "Sent",
        InvoiceStatus::PartiallyPaid => "Partially Paid",
        InvoiceStatus::Paid => "Paid",
        InvoiceStatus::Overdue => "Overdue",
        InvoiceStatus::Cancelled => "Cancelled",
    }
}
