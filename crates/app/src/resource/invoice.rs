//! Invoices as programs see them, with their lines and taxes.

use domain::{
    ids::{InvoiceId, LineId, TenantId},
    invoice::{issued, line::LinePrice},
    money::Currency,
    tax::TaxLine,
    time::Day,
};
use serde::Serialize;
use store::invoices::StoredLine;
use utoipa::ToSchema;

use super::{Decimal, Instant, Span};

/// To whom an invoice is addressed, as issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BillTo {
    /// The tenant's name.
    #[schema(example = "Acme Dental")]
    pub name: String,
    /// Where it is sent.
    #[schema(example = "books@acme.example")]
    pub email: String,
    /// Postal address, one line per row.
    pub address: String,
}

/// An invoice. Once issued, only its status and what was paid change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Invoice {
    /// Its id.
    #[schema(value_type = String, example = "inv_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: InvoiceId,
    /// Whom it bills.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub tenant_id: TenantId,
    /// What it bills.
    #[schema(value_type = String, pattern = "^(period|final|advance|one_time)$")]
    pub kind: &'static str,
    /// How it stands.
    #[schema(
        value_type = String,
        pattern = "^(draft|sent|partially_paid|paid|overdue|cancelled)$"
    )]
    pub status: &'static str,
    /// Since when it is flagged as overdue for long; absent where it is not.
    pub flagged_at: Option<Instant>,
    /// Its number; a draft has none.
    #[schema(example = "INV-000123")]
    pub number: Option<String>,
    /// What its amounts are in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// IANA zone of its dates.
    #[schema(example = "America/Chicago")]
    pub timezone: String,
    /// The period it bills; one-time invoices have none.
    pub period: Option<Span>,
    /// When it was issued.
    pub issued_at: Option<Instant>,
    /// The date of that.
    #[schema(value_type = Option<String>, format = Date, example = "2026-06-01")]
    pub issue_date: Option<Day>,
    /// The last day to pay it.
    #[schema(value_type = Option<String>, format = Date, example = "2026-06-16")]
    pub due_date: Option<Day>,
    /// Sum of its lines.
    pub subtotal: Decimal,
    /// Sum of its taxes.
    pub tax: Decimal,
    /// Both.
    pub total: Decimal,
    /// Covered by the tenant's credit, after tax.
    pub credit_applied: Decimal,
    /// Paid, what was given back not subtracted.
    pub amount_paid: Decimal,
    /// Given back of what was paid.
    pub amount_refunded: Decimal,
    /// What is left to pay.
    pub amount_due: Decimal,
    /// To whom it is addressed.
    pub bill_to: BillTo,
    /// The name of the billing profile, on invoices of periods.
    pub plan: Option<String>,
    /// Free text at its end.
    pub notes: String,
    /// When it was made.
    pub created_at: Instant,
    /// Grows with each change; the `ETag` of the invoice.
    pub version: i64,
    /// Its lines, in order; left out where they were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<InvoiceLine>>,
    /// Its taxes, in order; left out where they were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taxes: Option<Vec<InvoiceTax>>,
}

impl From<&issued::Invoice> for Invoice {
    /// Without lines and taxes.
    fn from(invoice: &issued::Invoice) -> Self {
        let money = |amount| Decimal(invoice.currency.decimal(amount));
        let issued_as = &invoice.issued_as;
        Self {
            id: invoice.invoice_id,
            tenant_id: invoice.tenant_id,
            kind: invoice.kind.as_str(),
            status: invoice.status.as_str(),
            flagged_at: invoice.flag().map(Instant),
            number: invoice.number.clone(),
            currency: invoice.currency,
            timezone: invoice.zone.name().to_owned(),
            period: invoice.period.map(Into::into),
            issued_at: invoice.issued_at.map(Instant),
            issue_date: invoice.issue_day,
            due_date: invoice.due_day,
            subtotal: money(invoice.subtotal),
            tax: money(invoice.tax),
            total: money(invoice.total),
            credit_applied: money(invoice.credited),
            amount_paid: money(invoice.paid),
            amount_refunded: money(invoice.refunded),
            amount_due: money(invoice.due()),
            bill_to: BillTo {
                name: issued_as.tenant_name.clone(),
                email: issued_as.billing_email.clone(),
                address: issued_as.tenant_address.clone(),
            },
            plan: issued_as.plan.clone(),
            notes: issued_as.notes.clone(),
            created_at: invoice.created_at.into(),
            version: invoice.version,
            lines: None,
            taxes: None,
        }
    }
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvoiceLine {
    /// Its id.
    #[schema(value_type = String, example = "line_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: LineId,
    /// What it bills: `base_fee`, `extensions`, `dids`, `toll_free_dids`, `usage`,
    /// `prior_period_usage`, `recurring`, `metered`, `one_time`, `discount`, `unused_advance` or
    /// `carried_to_credit`.
    #[schema(value_type = String, example = "usage")]
    pub kind: &'static str,
    /// For people.
    #[schema(example = "Extensions")]
    pub description: String,
    /// How many units; minutes to a millionth.
    #[schema(value_type = String, example = "3")]
    pub quantity: String,
    /// The unit's name in the singular.
    #[schema(example = "extension")]
    pub unit: String,
    /// The price of one unit; absent where the amount is the sum of calls' own prices, or what
    /// late calls change.
    pub unit_price: Option<Decimal>,
    /// The share of a period that is billed: days over days.
    #[schema(example = "12/31")]
    pub fraction: String,
    /// Whether taxes are computed on it.
    pub taxable: bool,
    /// Quantity times unit price times fraction, rounded once.
    pub amount: Decimal,
    /// What its amounts are in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
}

impl InvoiceLine {
    /// The line of an invoice in this currency.
    pub fn of(line: &StoredLine, currency: Currency) -> Self {
        let facts = &line.facts;
        let unit_price = match facts.price {
            LinePrice::PerUnit(price) => Some(Decimal(price.to_string())),
            LinePrice::CallPrices(_) | LinePrice::Difference(_) => None,
        };
        Self {
            id: line.line_id,
            kind: facts.kind.as_str(),
            description: facts.description.clone(),
            quantity: facts.quantity.to_string(),
            unit: facts.unit.clone(),
            unit_price,
            fraction: format!("{}/{}", facts.fraction.part(), facts.fraction.whole()),
            taxable: facts.taxable,
            amount: Decimal(currency.decimal(line.amount)),
            currency,
        }
    }
}

/// A tax of an invoice, as issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvoiceTax {
    /// The jurisdiction's code.
    #[schema(example = "US-AR-Pulaski")]
    pub code: String,
    /// The jurisdiction's name.
    #[schema(example = "Pulaski County")]
    pub name: String,
    /// Its share of the taxable lines.
    pub rate: Decimal,
    /// The sum of the taxable lines.
    pub base: Decimal,
    /// The tax.
    pub amount: Decimal,
}

impl InvoiceTax {
    /// The tax of an invoice in this currency.
    pub fn of(tax: &TaxLine, currency: Currency) -> Self {
        Self {
            code: tax.code.clone(),
            name: tax.name.clone(),
            rate: Decimal(tax.rate.to_string()),
            base: Decimal(currency.decimal(tax.base)),
            amount: Decimal(currency.decimal(tax.amount)),
        }
    }
}
