//! Invoices: lines, totals, credits, numbers and states.
//!
//! Decided here: each line is rounded once and tells what it was computed from; the total is the
//! sum of the stored lines and taxes, and nothing downstream computes it again. What an invoice
//! says never changes after it is issued (INV-15).

pub mod compute;
pub mod issued;
pub mod line;
pub mod number;
pub mod status;
mod usage_lines;
mod wording;
