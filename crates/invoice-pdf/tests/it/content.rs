//! What is printed, read back from the file.

use invoice_pdf::{Engine, InvoiceDocument, Line, LineGroup, samples};

use crate::reader;

fn render(document: &InvoiceDocument) -> Vec<u8> {
    Engine::new().render(document).unwrap()
}

#[track_caller]
fn check(document: &InvoiceDocument, expected: &[&str]) {
    let text = reader::text(&render(document));
    for part in expected {
        assert!(text.contains(part), "{part:?} is missing in {text:?}");
    }
}

// INV-17
#[test]
fn the_brand_and_all_sums_are_printed() {
    check(
        &samples::paid(),
        &[
            "Northwind Voice",
            "support@northwind.example",
            "Card statement NORTHWIND VOICE",
            "Oregon E911 tax ($1.25 per line)",
            "Subtotal $512.91",
            "Total $527.91",
            "Credit applied −$50.00",
            "Amount paid −$477.91",
            "Amount due $0.00",
        ],
    );
}

// INV-17
#[test]
fn the_logo_is_embedded() {
    assert_eq!(reader::pictures(&render(&samples::usual())).len(), 1);
    assert!(reader::pictures(&render(&samples::no_logo())).is_empty());
}

// TAX-07
#[test]
fn each_tax_is_printed_with_name_rate_and_amount() {
    check(
        &samples::two_taxes(),
        &["GST (5%) $22.25", "PST (7%) $31.15", "Total tax $53.40", "Total $498.40"],
    );
}

#[test]
fn the_document_and_its_parties_are_named() {
    check(
        &samples::usual(),
        &[
            "Invoice",
            "INV-000418",
            "Open",
            "Juniper & Vale Dental Group",
            "2210 Alder Street, Suite 400",
            "accounts@junipervale.example",
            "June 1, 2025",
            "June 16, 2025",
            "May 1 – May 31, 2025",
            "Pay online",
            "Business Voice Pro",
            "12 seats, unlimited US calls",
            "1,204 min $0.0190 $22.88",
            "Thank you for your business.",
            "Page 1 of 1",
        ],
    );
}

#[test]
fn a_draft_has_no_number() {
    let pdf = render(&samples::draft());
    assert!(reader::text(&pdf).contains("Draft invoice"));
    assert_eq!(reader::property(&pdf, "Title").unwrap(), "Draft invoice");
}

#[test]
fn one_page_for_eight_lines_and_three_for_sixty() {
    assert_eq!(reader::pages(&render(&samples::usual())).len(), 1);
    assert_eq!(reader::pages(&render(&samples::paid())).len(), 1);
    assert_eq!(reader::pages(&render(&samples::long())).len(), 3);
}

#[test]
fn later_pages_repeat_the_head_and_say_where_they_are() {
    let pages = reader::pages(&render(&samples::long()));
    for (index, page) in pages.iter().enumerate() {
        assert!(page.contains("Description Quantity Unit price Amount"), "{page}");
        assert!(page.contains("Invoice INV-000418"), "{page}");
        assert!(page.contains(&format!("Page {} of 3", index + 1)), "{page}");
    }
}

#[test]
fn every_one_of_many_lines_is_printed_once_and_the_sums_stay_together() {
    for count in [1, 17, 18, 19, 20, 21, 22, 23, 40, 650] {
        let mut document = samples::usual();
        let line = |number: usize| Line {
            description: format!("Line#{number:04}"),
            amount: format!("${number}.00"),
            ..Line::default()
        };
        let lines = (0..count).map(line).collect();
        document.groups = vec![LineGroup { lines, ..LineGroup::default() }];
        let pages = reader::pages(&render(&document));
        let text = pages.join(" ");
        for number in 0..count {
            let name = format!("Line#{number:04} ${number}.00");
            assert_eq!(text.matches(&name).count(), 1, "{name} of {count}");
        }
        let last = pages.last().unwrap();
        for part in ["Line#", "Subtotal", "Oregon E911", "Total", "Amount due"] {
            assert!(last.contains(part), "{part} is not on the last page of {count} lines");
        }
    }
}

#[test]
fn a_footer_too_long_for_every_page_is_printed_once() {
    let mut document = samples::long();
    document.footer = Some("Terms of service apply. ".repeat(50));
    let text = reader::text(&render(&document));
    assert_eq!(text.matches("Terms").count(), 50);
}

#[test]
fn additional_fields_and_notes_are_printed_in_full() {
    let mut document = samples::two_taxes();
    document.notes = Some("A note that is long. ".repeat(300));
    let text = reader::text(&render(&document));
    assert!(text.contains("Purchase order PO-2025-0091"));
    assert_eq!(text.matches("long.").count(), 300);
}

#[test]
fn words_stay_apart_where_a_line_ends_and_whole_where_a_line_breaks_them() {
    let mut document = samples::credit_note();
    document.groups[0].lines[0].description = "seven ".repeat(40) + &"0123456789".repeat(20);
    let words = reader::text(&render(&document));
    let words: Vec<_> = words.split(' ').collect();
    assert_eq!(words.iter().filter(|&&word| word == "seven").count(), 40);
    assert_eq!(words.concat().matches("0123456789").count(), 20);
}

#[test]
fn a_column_without_entries_is_left_out() {
    let text = reader::text(&render(&samples::credit_note()));
    assert!(!text.contains("Quantity") && !text.contains("Unit price"), "{text}");
}
