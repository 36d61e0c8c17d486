//! Input nobody should send: it is printed or refused, and never brings the process down.

use invoice_pdf::{
    BillTo, Brand, CreatedAt, Engine, Field, Highlight, InvoiceDocument, Labels, Line, LineGroup,
    Paper, PayLink, PdfError, Status, TaxLine, Tone, Totals, samples,
};
use proptest::prelude::*;

use crate::reader;

/// Strings of the kinds that break layouts.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any::<String>(),
        2 => "[a-z ]{0,60}",
        2 => "\\PC{0,200}",
        1 => "[A-Z0-9]{100,400}",
        1 => "a[\u{300}-\u{36f}]{0,120}",
        1 => "[\u{590}-\u{6ff}\u{4e00}-\u{4eff}]{0,80}",
        1 => "[\u{0}-\u{1f}\u{7f}-\u{9f}\u{200b}-\u{202e}\u{e000}-\u{e010}]{0,60}",
        1 => "[\u{1f300}-\u{1f6ff}\u{fe0f}\u{200d}]{0,40}",
        1 => "( |\n|\t|\r\n){0,40}",
        1 => Just("W".repeat(600)),
        1 => Just("word ".repeat(300)),
    ]
}

/// A document whose every string comes from the pool.
fn document_of(pool: &[String], lines: usize, paper: Paper) -> InvoiceDocument {
    let mut strings = pool.iter().cycle().cloned();
    let mut next = || strings.next().unwrap_or_default();
    InvoiceDocument {
        paper,
        language: next(),
        created: CreatedAt { year: 65_000, month: 0, day: 255, hour: 99, minute: 99, second: 99 },
        brand: Brand {
            name: next(),
            logo: None,
            color: Default::default(),
            address: vec![next(), next(), next()],
            support_email: next(),
            website: Some(next()),
        },
        bill_to: BillTo { name: next(), address: vec![next(); 20], email: next() },
        title: next(),
        number: Some(next()),
        status: Some(Status { text: next(), tone: Tone::Warning }),
        issue_date: Some(next()),
        due_date: Some(next()),
        period: Some(next()),
        statement_descriptor: Some(next()),
        currency: next(),
        highlight: Some(Highlight { label: next(), amount: next(), note: Some(next()) }),
        pay_link: Some(PayLink { text: next(), url: format!("https://{}", next()) }),
        groups: vec![LineGroup {
            heading: Some(next()),
            amount: Some(next()),
            lines: (0..lines)
                .map(|_| Line {
                    description: next(),
                    detail: Some(next()),
                    quantity: next(),
                    unit_price: next(),
                    amount: next(),
                })
                .collect(),
        }],
        tax_lines: vec![TaxLine { name: next(), rate: next(), amount: next() }; lines],
        totals: Totals {
            subtotal: next(),
            tax: Some(next()),
            total: next(),
            credit_applied: Some(next()),
            amount_paid: Some(next()),
            amount_due: Some(next()),
        },
        fields: vec![Field { label: next(), value: next() }; lines],
        notes: Some(next()),
        footer: Some(next()),
        labels: Labels { page: next(), description: next(), ..Labels::default() },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever the strings, the result is a file that can be read, or a named error.
    #[test]
    fn any_strings_render(pool in prop::collection::vec(text(), 1..24), lines in 0usize..6) {
        let paper = if lines % 2 == 0 { Paper::UsLetter } else { Paper::A4 };
        match Engine::new().render(&document_of(&pool, lines, paper)) {
            Ok(pdf) => {
                reader::open(&pdf);
            }
            Err(error) => prop_assert!(matches!(error, PdfError::TooManyPages { .. }), "{error}"),
        }
    }
}

#[test]
fn an_empty_document_renders() {
    let pdf = Engine::new().render(&InvoiceDocument::default()).unwrap();
    assert_eq!(reader::pages(&pdf).len(), 1);
}

#[test]
fn more_taxes_than_a_page_has_lines_are_divided() {
    let mut document = samples::usual();
    document.tax_lines = vec![document.tax_lines[0].clone(); 200];
    let pdf = Engine::new().render(&document).unwrap();
    assert_eq!(reader::text(&pdf).matches("Oregon E911 tax").count(), 200);
}

#[test]
fn documents_beyond_any_invoice_are_refused() {
    let engine = Engine::new();
    let mut document = samples::usual();
    let line = document.groups[0].lines[0].clone();
    let line = Line { detail: Some("A\n".repeat(60)), ..line };
    document.groups[0].lines = vec![line; 600];
    assert_eq!(engine.render(&document), Err(PdfError::TooManyPages { limit: 500 }));

    let mut document = samples::usual();
    document.notes = Some("x".repeat(5 * 1024 * 1024));
    let refused = engine.render(&document);
    assert_eq!(refused, Err(PdfError::TooMuchText { limit: 4 * 1024 * 1024 }));
}
