//! What an invoice says, as strings that are already formatted.
//!
//! Nothing in here is checked beyond its type: whether the lines add up was decided when the
//! invoice was issued, and the PDF repeats what was stored. An empty optional string is treated as
//! absent.

use crate::{BrandColor, Labels, Logo};

/// One invoice, credit note or draft, ready to be printed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InvoiceDocument {
    /// Size of the sheet.
    pub paper: Paper,
    /// Language of the texts as a BCP 47 tag, for example `en-US`, for screen readers. Anything
    /// that is no such tag is taken as `en`.
    pub language: String,
    /// When the file says it was made, so that rendering twice gives the same bytes.
    pub created: CreatedAt,
    /// Who sends the invoice.
    pub brand: Brand,
    /// Who receives it.
    pub bill_to: BillTo,
    /// What the document is: "Invoice", "Credit note", "Draft invoice".
    pub title: String,
    /// Its number; a draft has none.
    pub number: Option<String>,
    /// The badge under the number, for example "Paid".
    pub status: Option<Status>,
    /// When it was issued.
    pub issue_date: Option<String>,
    /// When it must be paid.
    pub due_date: Option<String>,
    /// The time it bills for.
    pub period: Option<String>,
    /// The text that appears on the customer's card statement.
    pub statement_descriptor: Option<String>,
    /// Currency code of all amounts, for example `USD`.
    pub currency: String,
    /// The panel above the lines. Without one, the amount due (or the total) and the due date are
    /// shown there.
    pub highlight: Option<Highlight>,
    /// Where it can be paid.
    pub pay_link: Option<PayLink>,
    /// The billed lines, in printing order.
    pub groups: Vec<LineGroup>,
    /// The taxes, in printing order.
    pub tax_lines: Vec<TaxLine>,
    /// The block of sums under the lines.
    pub totals: Totals,
    /// Further facts, such as a purchase order or a tax registration.
    pub fields: Vec<Field>,
    /// Free text after the totals; a line feed starts a new paragraph.
    pub notes: Option<String>,
    /// Text at the foot of every page. More than three lines of it are printed once, at the end.
    pub footer: Option<String>,
    /// The fixed words around all this.
    pub labels: Labels,
}

/// Size of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paper {
    /// 8.5 by 11 inches.
    #[default]
    UsLetter,
    /// 210 by 297 millimetres.
    A4,
}

/// A point in time in UTC, to the second. Values out of range are clamped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CreatedAt {
    /// Year, 0 to 9999.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 59.
    pub second: u8,
}

/// Who sends the invoice.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Brand {
    /// Name, as printed and as the file's author.
    pub name: String,
    /// Logo; without one the name takes its place.
    pub logo: Option<Logo>,
    /// The accent colour.
    pub color: BrandColor,
    /// Postal address, one entry a line. At most eight printed lines.
    pub address: Vec<String>,
    /// Where customers write to.
    pub support_email: String,
    /// Web site, as printed.
    pub website: Option<String>,
}

/// Who receives the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BillTo {
    /// Name of the customer.
    pub name: String,
    /// Postal address, one entry a line. At most eight printed lines.
    pub address: Vec<String>,
    /// Billing e-mail address.
    pub email: String,
}

/// A badge such as "Paid" or "Overdue".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// The word on the badge.
    pub text: String,
    /// Its colour.
    pub tone: Tone,
}

/// The colour of a badge. The word on it carries the meaning; the colour only supports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Grey: draft, sent.
    #[default]
    Neutral,
    /// Green: paid.
    Positive,
    /// Amber: partly paid.
    Warning,
    /// Red: overdue.
    Negative,
}

/// The panel above the lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Highlight {
    /// What the amount is, for example "Amount due".
    pub label: String,
    /// The amount.
    pub amount: String,
    /// What else matters about it, for example "Due June 16, 2025".
    pub note: Option<String>,
}

/// Where the invoice can be paid.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PayLink {
    /// The word on the button.
    pub text: String,
    /// The address behind it. Only `https` and `http` addresses become a link.
    pub url: String,
}

/// Lines that belong together, for example those of one service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineGroup {
    /// Heading above the lines.
    pub heading: Option<String>,
    /// Sum of the group, printed beside the heading.
    pub amount: Option<String>,
    /// The lines, in printing order.
    pub lines: Vec<Line>,
}

/// One billed line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// What is billed.
    pub description: String,
    /// A smaller note under the description.
    pub detail: Option<String>,
    /// How much of it. If all lines leave it empty the column is left out.
    pub quantity: String,
    /// Price of one. If all lines leave it empty the column is left out.
    pub unit_price: String,
    /// Price of the line.
    pub amount: String,
}

/// One tax.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaxLine {
    /// Name of the tax, for example "VAT".
    pub name: String,
    /// Its rate, for example "20%".
    pub rate: String,
    /// What it comes to.
    pub amount: String,
}

/// The block of sums under the lines. It is kept together on one page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Before tax.
    pub subtotal: String,
    /// Sum of all taxes; worth printing if there are several.
    pub tax: Option<String>,
    /// With tax.
    pub total: String,
    /// Credit taken from the customer's balance.
    pub credit_applied: Option<String>,
    /// What has been paid.
    pub amount_paid: Option<String>,
    /// What is still to be paid.
    pub amount_due: Option<String>,
}

/// A further fact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Field {
    /// What it is, for example "Purchase order".
    pub label: String,
    /// Its value.
    pub value: String,
}

/// The text of an optional string, unless it is blank.
pub(crate) fn present(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.trim().is_empty())
}
