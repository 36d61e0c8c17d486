//! What documents say: stored figures, word for word.

use domain::{
    account::Brand,
    ids::{Id, LineId},
    invoice::{
        issued::{InvoiceKind, IssuedAs},
        line::{LineBasis, LineFacts, Quantity},
    },
    money::{Currency, Nanos},
    proration::Fraction,
    tax::TaxRate,
    time::{Day, Span},
};
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn line(no: i64, facts: LineFacts, amount: i64) -> StoredLine {
    let line_id = LineId::from_bits(no.unsigned_abs().into());
    let amount = Minor::new(amount);
    StoredLine { line_id, invoice_id: Id::from_bits(3), line_no: no, facts, amount }
}

fn facts(kind: LineKind, quantity: Quantity, unit: &str, price: &str) -> LineFacts {
    LineFacts {
        kind,
        description: format!("{kind:?}"),
        quantity,
        unit: unit.to_owned(),
        price: LinePrice::PerUnit(Nanos::parse(price).unwrap()),
        fraction: Fraction::WHOLE,
        taxable: true,
        basis: LineBasis::None,
    }
}

/// An invoice of May in Chicago, 40.00 of it paid.
fn parts() -> InvoiceParts {
    let extensions = facts(LineKind::Extensions, Quantity::whole(3), "extension", "15");
    let extensions = LineFacts { fraction: Fraction::parse("12/31").unwrap(), ..extensions };
    let usage = facts(LineKind::Usage, Quantity::minutes(74_070), "minute", "0.025");
    let deck = LineFacts { price: LinePrice::CallPrices(Nanos::ZERO), ..usage.clone() };
    let porting = facts(LineKind::OneTime, Quantity::whole(1), "transfer", "20");
    let discount = facts(LineKind::Discount, Quantity::whole(2), "hour", "-1");
    InvoiceParts {
        invoice: Invoice {
            partner_id: Id::from_bits(1),
            invoice_id: Id::from_bits(3),
            tenant_id: Id::from_bits(2),
            kind: InvoiceKind::Period,
            billing_key: "period:0".to_owned(),
            number: Some("INV-000123".to_owned()),
            status: InvoiceStatus::PartiallyPaid,
            currency: Currency::USD,
            zone: Zone::parse("America/Chicago").unwrap(),
            period: Some(Span {
                start: at("2026-05-01T05:00:00Z"),
                end: at("2026-06-01T05:00:00Z"),
            }),
            issued_at: Some(at("2026-06-01T05:00:00Z")),
            issue_day: Day::parse("2026-06-01").ok(),
            due_day: Day::parse("2026-06-16").ok(),
            subtotal: Minor::new(10_186),
            tax: Minor::new(866),
            total: Minor::new(11_052),
            credited: Minor::new(1_000),
            paid: Minor::new(4_000),
            refunded: Minor::ZERO,
            flagged_at: None,
            issued_as: IssuedAs {
                brand: Brand {
                    name: "Oak Voice".to_owned(),
                    color: "#1f6feb".to_owned(),
                    address: "1 Main Street\n\nLittle Rock, AR 72201".to_owned(),
                    website: String::new(),
                    support_email: "support@oak.example".to_owned(),
                    statement_descriptor: "OAK VOICE".to_owned(),
                },
                company_name: "Oak Telecom LLC".to_owned(),
                logo_hash: None,
                tenant_name: "Juniper Dental".to_owned(),
                tenant_address: "2 Oak Street".to_owned(),
                billing_email: "books@juniper.example".to_owned(),
                plan: Some("Flat Rate".to_owned()),
                period_id: None,
                notes: "Thank you.".to_owned(),
            },
            created_at: at("2026-06-01T05:00:00Z"),
            version: 2,
        },
        lines: vec![
            line(0, usage, 3_086),
            line(1, extensions, 1_742),
            line(2, deck, 3_558),
            line(3, porting, 2_000),
            line(4, discount, -200),
        ],
        taxes: vec![TaxLine {
            code: "US-AR".to_owned(),
            name: "Arkansas sales tax".to_owned(),
            rate: TaxRate::parse("0.085").unwrap(),
            base: Minor::new(10_186),
            amount: Minor::new(866),
        }],
        logo: None,
    }
}

// INV-08 INV-17 STR-17
#[test]
fn an_invoice_says_what_was_stored() {
    let document = document(&parts());
    let shown: Vec<String> = document
        .groups
        .iter()
        .flat_map(|group| {
            let heading = group.heading.clone().unwrap();
            group.lines.iter().map(move |line| {
                let detail = line.detail.as_deref().unwrap_or("-");
                format!(
                    "{heading} | {} | {} | {detail} | {}",
                    line.quantity, line.unit_price, line.amount
                )
            })
        })
        .collect();
    assert_eq!(
        shown,
        [
            "Subscription | 3 | $15.00 | 12 of 31 days | $17.42",
            "Usage | 1,234.5 min | $0.025 | - | $30.86",
            "Usage | 1,234.5 min |  | - | $35.58",
            "One-time and adjustments | 1 transfer | $20.00 | - | $20.00",
            "One-time and adjustments | 2 hours | -$1.00 | - | -$2.00",
        ]
    );
    assert_eq!(document.tax_lines[0].rate, "8.5%");
    assert_eq!(document.tax_lines[0].amount, "$8.66");
    let texts =
        [&document.issue_date, &document.due_date, &document.period].map(|it| it.clone().unwrap());
    assert_eq!(texts, ["June 1, 2026", "June 16, 2026", "May 1 – May 31, 2026"]);
    assert_eq!(document.statement_descriptor.as_deref(), Some("OAK VOICE"));
    assert_eq!(document.status.as_ref().map(|it| it.text.as_str()), Some("Partially Paid"));
    assert_eq!(document.brand.address, ["1 Main Street", "Little Rock, AR 72201"]);
}

// INV-09 INV-30 credit and payments stand below the total
#[test]
fn totals_are_the_stored_ones() {
    let totals = document(&parts()).totals;
    assert_eq!((totals.subtotal.as_str(), totals.total.as_str()), ("$101.86", "$110.52"));
    assert_eq!(totals.tax, None, "one tax is its own sum");
    assert_eq!(totals.credit_applied.as_deref(), Some("-$10.00"));
    assert_eq!(totals.amount_paid.as_deref(), Some("-$40.00"));
    assert_eq!(totals.amount_due.as_deref(), Some("$60.52"));
}

// INV-20
#[test]
fn a_brand_without_a_name_shows_the_company() {
    let mut parts = parts();
    assert_eq!(document(&parts).brand.name, "Oak Voice");
    parts.invoice.issued_as.brand.name = "  ".to_owned();
    assert_eq!(document(&parts).brand.name, "Oak Telecom LLC");
}

// INV-17 INV-28 the file is a PDF and names nobody but the brand
#[test]
fn a_document_is_a_pdf_in_the_brands_name() {
    let mut parts = parts();
    parts.logo = Some(b"no picture at all".to_vec());
    let shown = document(&parts);
    assert!(!format!("{shown:?}").to_lowercase().contains("trunkline"));
    let bytes = pdf::PdfEngine::default().render(&shown).unwrap();
    assert!(bytes.starts_with(b"%PDF"));
    assert_eq!(pdf::PdfEngine::default().render(&shown).unwrap(), bytes);
}

#[test]
fn periods_are_told_by_their_last_day() {
    let zone = Zone::parse("America/Chicago").unwrap();
    let told = |start: &str, end: &str| period(Span { start: at(start), end: at(end) }, &zone);
    let over_new_year = told("2025-12-15T06:00:00Z", "2026-01-15T06:00:00Z");
    assert_eq!(over_new_year, "December 15, 2025 – January 14, 2026");
    assert_eq!(told("2026-05-31T09:00:00Z", "2026-06-01T05:00:00Z"), "May 31, 2026");
}

#[test]
fn a_file_name_never_leaves_its_folder() {
    let mut invoice = parts().invoice;
    let folder = format!("pdf/{}", invoice.partner_id);
    assert_eq!(file_name(&invoice), Some(format!("{folder}/INV-000123.pdf")));
    invoice.number = Some("../../etc/passwd".to_owned());
    assert_eq!(file_name(&invoice), Some(format!("{folder}/{}.pdf", invoice.invoice_id)));
    invoice.number = None;
    assert_eq!(file_name(&invoice), None);
}

proptest! {
    // INV-15 whatever the figures, they are printed as stored and never computed
    #[test]
    fn every_amount_is_printed_as_stored(
        amounts in prop::collection::vec(any::<i64>(), 1..20),
        seconds in any::<i64>(),
        price in any::<i64>(),
        state in (any::<i64>(), any::<i64>(), any::<i64>(), any::<i64>()),
    ) {
        let mut parts = parts();
        let usage = facts(LineKind::Usage, Quantity::minutes(seconds), "minute", "1");
        let usage = LineFacts { price: LinePrice::PerUnit(Nanos::new(price)), ..usage };
        parts.lines =
            (0..).zip(&amounts).map(|(no, amount)| line(no, usage.clone(), *amount)).collect();
        let (subtotal, total, credited, paid) = state;
        parts.invoice.subtotal = Minor::new(subtotal);
        parts.invoice.total = Minor::new(total);
        parts.invoice.credited = Minor::new(credited);
        parts.invoice.paid = Minor::new(paid);
        let shown = document(&parts);
        let printed: Vec<&str> =
            shown.groups[0].lines.iter().map(|line| line.amount.as_str()).collect();
        let usd = |amount| Currency::USD.display(Minor::new(amount));
        let expected: Vec<String> = amounts.iter().copied().map(usd).collect();
        prop_assert_eq!(printed, expected);
        prop_assert_eq!(shown.totals.subtotal, usd(subtotal));
        prop_assert_eq!(shown.totals.total, usd(total));
    }
}
