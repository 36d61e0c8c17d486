//! `trunkline calc`: the calculators of `domain` on the command line.
//!
//! Decided here: where a calculator's input comes from. All but `price` and `invoice` take their
//! fields as flags, or all of them as one JSON object on standard input when no flag is given.
//! A wrong flag is a wrong command line, a wrong input a failure. Each `--help` ends with a worked
//! example that a test executes as it stands.

mod fields;
mod input;
mod price;

use clap::{Args, Subcommand};
use domain::calc::{self, CalcError, Example};

use self::{fields::Fields, input::read_stdin};
use super::{Ending, Output, misuse};

/// Which calculation.
#[derive(Debug, Subcommand)]
pub(crate) enum Calculator {
    /// Price calls by a rate deck: NDJSON in, NDJSON out.
    #[command(after_long_help = price::HELP)]
    Price(price::PriceArgs),
    /// The periods of a schedule: one line each, ends exclusive.
    #[command(after_long_help = by_flags("periods", &calc::PERIODS_EXAMPLE))]
    Periods(PeriodsArgs),
    /// What a part of a period costs: exact fraction, unrounded and rounded amount.
    #[command(after_long_help = by_flags("prorate", &calc::PRORATE_EXAMPLE))]
    Prorate(ProrateArgs),
    /// An invoice from a profile, quantities, taxes and credit: JSON in, JSON out.
    #[command(after_long_help = invoice_help())]
    Invoice,
    /// For how long a call may run on the money that is left.
    #[command(after_long_help = by_flags("hold", &calc::HOLD_EXAMPLE))]
    Hold(HoldArgs),
    /// The platform's fee on a charge.
    #[command(after_long_help = by_flags("fee", &calc::FEE_EXAMPLE))]
    Fee(FeeArgs),
}

/// Flags of `calc periods`.
#[derive(Debug, Args)]
pub(crate) struct PeriodsArgs {
    /// First day of period 0, like 2026-01-31.
    #[arg(long, value_name = "DATE")]
    anchor: Option<String>,
    /// Unit of the cycle: day, week, month, quarter or year.
    #[arg(long, value_name = "UNIT")]
    every: Option<String>,
    /// Units in a period [default: 1].
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    interval: Option<u32>,
    /// IANA time zone in which days begin, like America/Chicago.
    #[arg(long, value_name = "TZ")]
    zone: Option<String>,
    /// How many periods, from period 0 on.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    count: Option<u32>,
}

/// Flags of `calc prorate`.
#[derive(Debug, Args)]
pub(crate) struct ProrateArgs {
    /// Price of the whole period, a decimal.
    #[arg(long, allow_hyphen_values = true)]
    amount: Option<String>,
    /// The whole period: two dates, the end exclusive.
    #[arg(long, value_name = "START/END")]
    period: Option<String>,
    /// The part of it.
    #[arg(long, value_name = "START/END")]
    part: Option<String>,
    /// ISO 4217 code, for the places of the rounded amount [default: USD].
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
}

/// Flags of `calc hold`.
#[derive(Debug, Args)]
pub(crate) struct HoldArgs {
    /// What the wallet holds, a decimal.
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    balance: Option<String>,
    /// What is held for another call; may be repeated.
    #[arg(long = "hold", value_name = "AMOUNT", allow_hyphen_values = true)]
    holds: Vec<String>,
    /// Price of a minute, a decimal.
    #[arg(long, value_name = "PRICE", allow_hyphen_values = true)]
    rate_per_minute: Option<String>,
    /// Price of the connection [default: 0].
    #[arg(long, value_name = "PRICE", allow_hyphen_values = true)]
    connection_fee: Option<String>,
    /// Seconds charged at least [default: 6].
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    minimum_seconds: Option<u32>,
    /// Seconds of each further step [default: 6].
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    increment_seconds: Option<u32>,
    /// Longest call whatever the money [default: 14400].
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    max_seconds: Option<u32>,
}

/// Flags of `calc fee`.
#[derive(Debug, Args)]
pub(crate) struct FeeArgs {
    /// The whole amount charged, tax included, a decimal.
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    charge: Option<String>,
    /// The fee's share of it, as a fraction [default: 0.0399].
    #[arg(long, value_name = "FRACTION", allow_hyphen_values = true)]
    rate: Option<String>,
    /// ISO 4217 code [default: USD].
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
}

impl Calculator {
    /// Calculates and writes the answer.
    pub(crate) fn run(self, output: &mut Output) -> anyhow::Result<Ending> {
        match self {
            Self::Price(args) => args.run(output),
            Self::Periods(args) => answer(output, args.fields(), calc::periods),
            Self::Prorate(args) => answer(output, args.fields(), calc::prorate),
            Self::Invoice => answer(output, Fields::default(), calc::invoice),
            Self::Hold(args) => answer(output, args.fields(), calc::hold),
            Self::Fee(args) => answer(output, args.fields(), calc::fee),
        }
    }
}

impl PeriodsArgs {
    fn fields(self) -> Fields {
        Fields::default()
            .text("anchor", self.anchor)
            .text("every", self.every)
            .number("interval", self.interval)
            .text("zone", self.zone)
            .number("count", self.count)
    }
}

impl ProrateArgs {
    fn fields(self) -> Fields {
        Fields::default()
            .text("amount", self.amount)
            .text("period", self.period)
            .text("part", self.part)
            .text("currency", self.currency)
    }
}

impl HoldArgs {
    fn fields(self) -> Fields {
        Fields::default()
            .text("balance", self.balance)
            .texts("holds", self.holds)
            .text("rate_per_minute", self.rate_per_minute)
            .text("connection_fee", self.connection_fee)
            .number("minimum_seconds", self.minimum_seconds)
            .number("increment_seconds", self.increment_seconds)
            .number("max_seconds", self.max_seconds)
    }
}

impl FeeArgs {
    fn fields(self) -> Fields {
        Fields::default()
            .text("charge", self.charge)
            .text("rate", self.rate)
            .text("currency", self.currency)
    }
}

/// Calculates from the flags, or from standard input where there are none.
fn answer(
    output: &mut Output,
    fields: Fields,
    calculator: fn(&str) -> Result<String, CalcError>,
) -> anyhow::Result<Ending> {
    let answer = match fields.into_json() {
        Some(input) => calculator(&input).map_err(misuse)?,
        None => calculator(&read_stdin()?)?,
    };
    output.text(&answer)?;
    Ok(Ending::Well)
}

/// The example of a calculator that takes flags: the same fields once as flags, once as JSON.
fn by_flags(name: &str, example: &Example) -> String {
    let flags = fields::as_flags(example.input);
    let Example { input, output } = example;
    let input = input.trim_end();
    format!(
        "Example:\n$ trunkline calc {name} {flags}\n{output}\
         $ echo '{input}' | trunkline calc {name}\n{output}"
    )
}

fn invoice_help() -> String {
    let Example { input, output } = calc::INVOICE_EXAMPLE;
    format!(
        "The profile's fields are those of a billing profile: model (payg or flat_rate), name, \
         every, base_fee,\nincluded_extensions, included_dids and included_minutes (a number or \
         \"unlimited\"), extension_rate,\ndid_rate, toll_free_did_rate, and minute_rate, or \
         local_minute_rate with toll_free_minute_rate.\nWhat is left out is zero.\n\n\
         Example:\n$ cat invoice.json\n{input}$ trunkline calc invoice < invoice.json\n{output}"
    )
}
