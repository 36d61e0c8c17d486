//! Calculators: JSON text in, JSON text out, for support staff and for checking us.
//!
//! Decided here: each calculator is a pure function over the very rules that bill; amounts are
//! decimal strings on both sides, never JSON numbers; a field that is not known is refused by its
//! name, and a wrong value with its field and the reason. Each has one worked example, shown in
//! `--help` and executed as a test. Every answer ends with a line end.
//! Pricing single calls by a deck is the rate book's own business.

mod fee;
mod fields;
mod hold;
mod invoice;
mod periods;
mod prorate;

pub use fee::fee;
pub use fields::CalcError;
pub use hold::hold;
pub use invoice::invoice;
pub use periods::periods;
pub use prorate::prorate;

/// A calculator's worked example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// What it reads.
    pub input: &'static str,
    /// What it writes for that.
    pub output: &'static str,
}

/// The example of [`periods`]: an anchor on the 31st, across the start of summer time.
pub const PERIODS_EXAMPLE: Example = Example {
    input: include_str!("examples/periods.input.json"),
    output: include_str!("examples/periods.output.ndjson"),
};

/// The example of [`prorate`]: three extensions at 15.00, activated on 20 May.
pub const PRORATE_EXAMPLE: Example = Example {
    input: include_str!("examples/prorate.input.json"),
    output: include_str!("examples/prorate.output.json"),
};

/// The example of [`hold`]: a wallet of 10.00, of which 9.80 is held for other calls.
pub const HOLD_EXAMPLE: Example = Example {
    input: include_str!("examples/hold.input.json"),
    output: include_str!("examples/hold.output.json"),
};

/// The example of [`fee`]: 3.99 % of 110.52, half a cent rounded up.
pub const FEE_EXAMPLE: Example = Example {
    input: include_str!("examples/fee.input.json"),
    output: include_str!("examples/fee.output.json"),
};

/// The example of [`invoice`]: a month of pay-as-you-go with a tax and a credit.
pub const INVOICE_EXAMPLE: Example = Example {
    input: include_str!("examples/invoice.input.json"),
    output: include_str!("examples/invoice.output.json"),
};

#[cfg(test)]
mod tests;
