//! Documents worth looking at: the usual one, and those that strain the layout.
//!
//! Tests render all of them; `cargo run --example samples` writes them out for the eye. The
//! companies in them do not exist.

use crate::{
    BillTo, Brand, BrandColor, CreatedAt, Field, Highlight, InvoiceDocument, Labels, Line,
    LineGroup, Logo, Paper, PayLink, Status, TaxLine, Tone, Totals,
};

/// All samples with their names.
pub fn all() -> Vec<(&'static str, InvoiceDocument)> {
    vec![
        ("usual", usual()),
        ("long", long()),
        ("no-logo", no_logo()),
        ("draft", draft()),
        ("paid", paid()),
        ("two-taxes-a4", two_taxes()),
        ("credit-note", credit_note()),
        ("strained", strained()),
    ]
}

/// An open invoice of eight lines on one page.
pub fn usual() -> InvoiceDocument {
    InvoiceDocument {
        paper: Paper::UsLetter,
        language: "en-US".into(),
        created: CreatedAt { year: 2025, month: 6, day: 1, hour: 6, minute: 0, second: 0 },
        brand: brand(),
        bill_to: BillTo {
            name: "Juniper & Vale Dental Group".into(),
            address: texts(&["2210 Alder Street, Suite 400", "Portland, OR 97205"]),
            email: "accounts@junipervale.example".into(),
        },
        title: "Invoice".into(),
        number: Some("INV-000418".into()),
        status: Some(Status { text: "Open".into(), tone: Tone::Neutral }),
        issue_date: Some("June 1, 2025".into()),
        due_date: Some("June 16, 2025".into()),
        period: Some("May 1 – May 31, 2025".into()),
        statement_descriptor: Some("NORTHWIND VOICE".into()),
        currency: "USD".into(),
        highlight: None,
        pay_link: Some(PayLink {
            text: "Pay online".into(),
            url: "https://billing.northwind.example/pay/9f2c71".into(),
        }),
        groups: vec![subscription_lines(), usage_lines()],
        tax_lines: vec![tax("Oregon E911 tax", "$1.25 per line", "$15.00")],
        totals: Totals {
            subtotal: "$512.91".into(),
            total: "$527.91".into(),
            amount_due: Some("$527.91".into()),
            ..Totals::default()
        },
        fields: Vec::new(),
        notes: Some(
            "Thank you for your business. Questions about a call or a charge? Write to us and \
             include the invoice number."
                .into(),
        ),
        footer: Some(
            "Northwind Voice LLC · 88 Harbor Road, Seattle, WA 98101 · EIN 00-0000000".into(),
        ),
        labels: Labels::default(),
    }
}

/// Sixty lines over several pages.
pub fn long() -> InvoiceDocument {
    let lines = (1..=60)
        .map(|extension| {
            let number = format!("+1 503 555 {:04}", 100 + extension);
            let detail = (extension % 4 == 0).then_some("Includes voicemail and call recording");
            line(&format!("Extension {number}"), detail, ["1", "$18.00", "$18.00"])
        })
        .collect();
    InvoiceDocument {
        groups: vec![LineGroup {
            heading: Some("Business lines".into()),
            amount: Some("$1,080.00".into()),
            lines,
        }],
        tax_lines: vec![tax("Sales tax", "8.875%", "$95.85")],
        totals: Totals {
            subtotal: "$1,080.00".into(),
            total: "$1,175.85".into(),
            amount_due: Some("$1,175.85".into()),
            ..Totals::default()
        },
        status: Some(Status { text: "Overdue".into(), tone: Tone::Negative }),
        ..usual()
    }
}

/// No logo, and very long names on both sides.
pub fn no_logo() -> InvoiceDocument {
    let mut document = usual();
    document.brand.logo = None;
    document.brand.color = color("#f2c94c");
    document.footer = None;
    document.brand.name =
        "Pacific Northwest Cooperative Telecommunications & Cloud Communications Company".into();
    document.brand.address = texts(&[
        "Building 12, Industrial Park of the Lower Columbia River Valley",
        "88 Harbor Road, Floor 14",
        "Seattle, WA 98101",
        "United States",
    ]);
    document.bill_to.name =
        "The Trustees of the Saint Bartholomew Memorial Hospital and Research Foundation".into();
    document.bill_to.email =
        "accounts.payable.department@saintbartholomewmemorialhospital.example".into();
    document
}

/// A draft: no number, no pay link.
pub fn draft() -> InvoiceDocument {
    InvoiceDocument {
        title: "Draft invoice".into(),
        number: None,
        status: Some(Status { text: "Draft".into(), tone: Tone::Neutral }),
        issue_date: None,
        pay_link: None,
        groups: vec![subscription_lines()],
        tax_lines: Vec::new(),
        totals: Totals {
            subtotal: "$445.00".into(),
            total: "$445.00".into(),
            amount_due: Some("$445.00".into()),
            ..Totals::default()
        },
        notes: Some("This is a draft. Amounts may change until the invoice is issued.".into()),
        ..usual()
    }
}

/// Paid, with credit taken from the balance.
pub fn paid() -> InvoiceDocument {
    InvoiceDocument {
        status: Some(Status { text: "Paid".into(), tone: Tone::Positive }),
        highlight: Some(Highlight {
            label: "Amount paid".into(),
            amount: "$477.91".into(),
            note: Some("Paid on June 3, 2025".into()),
        }),
        pay_link: None,
        totals: Totals {
            subtotal: "$512.91".into(),
            total: "$527.91".into(),
            credit_applied: Some("−$50.00".into()),
            amount_paid: Some("−$477.91".into()),
            amount_due: Some("$0.00".into()),
            ..Totals::default()
        },
        ..usual()
    }
}

/// Two taxes, on A4, with further facts.
pub fn two_taxes() -> InvoiceDocument {
    let mut document = usual();
    document.brand.color = color("#0f766e");
    InvoiceDocument {
        paper: Paper::A4,
        title: "Tax invoice".into(),
        currency: "CAD".into(),
        groups: vec![subscription_lines()],
        tax_lines: vec![tax("GST", "5%", "$22.25"), tax("PST", "7%", "$31.15")],
        totals: Totals {
            subtotal: "$445.00".into(),
            tax: Some("$53.40".into()),
            total: "$498.40".into(),
            amount_due: Some("$498.40".into()),
            ..Totals::default()
        },
        fields: vec![
            field("GST registration", "00000 0000 RT0001"),
            field("Purchase order", "PO-2025-0091"),
            field("Account manager", "Dana Whitfield"),
        ],
        ..document
    }
}

/// A credit note with a single line.
pub fn credit_note() -> InvoiceDocument {
    InvoiceDocument {
        title: "Credit note".into(),
        number: Some("CN-000027".into()),
        status: None,
        due_date: None,
        pay_link: None,
        groups: vec![LineGroup {
            heading: None,
            amount: None,
            lines: vec![line(
                "Credit for the outage of May 12",
                Some("Refers to invoice INV-000418"),
                ["", "", "−$36.00"],
            )],
        }],
        tax_lines: Vec::new(),
        totals: Totals {
            subtotal: "−$36.00".into(), total: "−$36.00".into(), ..Totals::default()
        },
        notes: None,
        ..usual()
    }
}

/// Everything longer than it should be.
pub fn strained() -> InvoiceDocument {
    let mut document = usual();
    let essay = "The customer asked for every detail of the configuration to be listed. ";
    document.brand.color = color("#ffffff");
    document.number = Some("INV-2025-06-PNW-EASTERN-REGION-000418-REISSUED-3".into());
    document.highlight = Some(Highlight {
        label: "Amount due".into(),
        amount: "$123,456,789,012,345.67".into(),
        note: Some("Due within fifteen days after the receipt of this invoice".into()),
    });
    document.groups.push(LineGroup {
        heading: Some("Custom work with a heading that goes on and on ".repeat(3)),
        amount: Some("$123,456,789,012,345.67".into()),
        lines: vec![
            line(&essay.repeat(60), Some(&essay.repeat(4)), ["1", "$1.00", "$1.00"]),
            line(&"ABCDEFGH".repeat(30), None, [&"9".repeat(40), "$0.000000000000001", "$1.00"]),
            line("Звонки в Москву, κλήσεις, 電話", None, ["12", "€1.00", "€12.00"]),
        ],
    });
    document.footer = Some("All sales are subject to our terms of service. ".repeat(12));
    document
}

fn brand() -> Brand {
    Brand {
        name: "Northwind Voice".into(),
        logo: Logo::parse(&logo_png()).ok(),
        color: color("#2457d6"),
        address: texts(&["88 Harbor Road", "Seattle, WA 98101"]),
        support_email: "support@northwind.example".into(),
        website: Some("northwind.example".into()),
    }
}

fn subscription_lines() -> LineGroup {
    LineGroup {
        heading: Some("Subscriptions".into()),
        amount: Some("$445.00".into()),
        lines: vec![
            line(
                "Business Voice Pro",
                Some("12 seats, unlimited US calls"),
                ["12", "$29.00", "$348.00"],
            ),
            line("Local numbers", Some("Portland (503), Seattle (206)"), ["14", "$2.00", "$28.00"]),
            line("Toll-free number", None, ["1", "$9.00", "$9.00"]),
            line("Call recording", Some("90 days of storage"), ["12", "$5.00", "$60.00"]),
        ],
    }
}

fn usage_lines() -> LineGroup {
    LineGroup {
        heading: Some("Usage".into()),
        amount: Some("$67.91".into()),
        lines: vec![
            line("Toll-free minutes", None, ["1,204 min", "$0.0190", "$22.88"]),
            line(
                "International calls",
                Some("Canada, Mexico, United Kingdom"),
                ["318 min", "$0.0700", "$22.26"],
            ),
            line("Text messages", None, ["2,465", "$0.0080", "$19.72"]),
            line("Directory assistance", None, ["1", "$3.05", "$3.05"]),
        ],
    }
}

/// A line with its quantity, unit price and amount.
fn line(text: &str, detail: Option<&str>, [quantity, price, amount]: [&str; 3]) -> Line {
    Line {
        description: text.into(),
        detail: detail.map(Into::into),
        quantity: quantity.into(),
        unit_price: price.into(),
        amount: amount.into(),
    }
}

fn tax(name: &str, rate: &str, amount: &str) -> TaxLine {
    TaxLine { name: name.into(), rate: rate.into(), amount: amount.into() }
}

fn field(label: &str, value: &str) -> Field {
    Field { label: label.into(), value: value.into() }
}

fn texts(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.to_owned()).collect()
}

fn color(text: &str) -> BrandColor {
    BrandColor::parse(text).expect("samples use colours that can be parsed")
}

/// The samples' logo as a PNG file: four bars of sound in a round field.
pub fn logo_png() -> Vec<u8> {
    const SIDE: u32 = 240;
    let bars = [(66.0, 26.0), (102.0, 58.0), (138.0, 40.0), (174.0, 18.0)];
    let mut rgba = Vec::new();
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
            let field = coverage(112.0 - (x - 120.0).hypot(y - 120.0));
            let bar = bars
                .iter()
                .map(|&(middle, half)| {
                    let beyond = ((y - 120.0).abs() - half).max(0.0);
                    coverage(10.0 - (x - middle).hypot(beyond))
                })
                .fold(0.0, f32::max);
            let channel = |base: f32| (base + (255.0 - base) * bar).round() as u8;
            rgba.extend([channel(36.0), channel(87.0), channel(214.0), (field * 255.0) as u8]);
        }
    }
    png_file(SIDE, SIDE, &rgba).unwrap_or_default()
}

/// How much of a pixel lies inside an edge `distance` pixels away.
fn coverage(distance: f32) -> f32 {
    (distance + 0.5).clamp(0.0, 1.0)
}

fn png_file(width: u32, height: u32, rgba: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(rgba)?;
    Ok(file)
}
