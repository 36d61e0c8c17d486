//! Invoices: from a period's facts to lines, taxes and totals.
