//! The head of the first page: who, to whom, which document.
//!
//! It must fit on the first page whatever it says, so every entry has a most number of lines. The
//! bounds are far beyond real addresses; only what exceeds them is cut, with an ellipsis.

use super::{Align, BODY, Composer, LABEL, chrome};
use crate::canvas::{Area, Mark};
use crate::color::{MUTED, Rgb, WHITE};
use crate::document::{Status, Tone, present};
use crate::structure::PartKind;
use crate::text::{Limit, Style};

/// Upper edge of logo and title, in points from the top.
const TOP: f32 = 36.0;

/// The logo's box, in points.
const LOGO_WIDTH: f32 = 190.0;
const LOGO_HEIGHT: f32 = 50.0;

const FACT: Style = Style { size: 9.0, ..BODY };

const MOST_ADDRESS_LINES: usize = 8;

/// An e-mail address may be long and must not be cut where it could still be read.
const MOST_CONTACT_LINES: usize = 4;

/// Places the head and moves the position below it.
pub(super) fn place(page: &mut Composer<'_>) {
    chrome::place_strip(page);
    let title_bottom = place_title(page);
    let brand_bottom = place_brand(page);
    page.y = title_bottom.max(brand_bottom) + 20.0;
    place_parties(page);
}

/// The logo, or the name in its place. Returns its lower edge.
fn place_brand(page: &mut Composer<'_>) -> f32 {
    let brand = &page.document.brand;
    if let Some(logo) = &brand.logo {
        let (width, height) = logo.fit(LOGO_WIDTH, LOGO_HEIGHT);
        let part = page.structure.add(PartKind::Picture(brand.name.clone()));
        let area = Area { x: page.left(), y: TOP + 2.0, width, height };
        page.put(Mark::Picture { image: logo.image(), area }, Some(part));
        return area.y + height;
    }
    let style = Style::bold(17.0).colored(page.accent_text);
    let mut lines = page.setter.paragraph(&brand.name, style, page.measure() * 0.56);
    if lines.len() > 1 {
        let style = Style { size: 14.0, ..style };
        let limit = Limit { width: page.measure() * 0.56, lines: 3 };
        lines = page.setter.clamped(&brand.name, style, limit);
    }
    page.put_paragraph(lines, Align::Left(page.left()).at(TOP + 2.0))
}

/// Title, number and badge. Returns the lower edge.
fn place_title(page: &mut Composer<'_>) -> f32 {
    let document = page.document;
    let width = page.measure() * 0.4;
    let right = Align::Right(page.right());
    let mut lines = page.setter.paragraph(&document.title, Style::bold(25.0), width);
    if lines.len() > 1 {
        lines = page.setter.clamped(&document.title, Style::bold(18.0), Limit { width, lines: 2 });
    }
    let part = page.structure.add(PartKind::Title);
    let mut y = page.put_lines(lines, right.at(TOP - 4.0), Some(part));
    if let Some(number) = present(&document.number) {
        let style = Style::label(10.5);
        let lines = page.setter.clamped(number, style, Limit { width, lines: 2 });
        y = page.put_paragraph(lines, right.at(y - 1.0));
    }
    if let Some(status) = document.status.as_ref().filter(|s| !s.text.trim().is_empty()) {
        y = place_badge(page, status, y + 6.0, width);
    }
    y
}

/// A badge with its upper edge at `y`. Returns its lower edge.
fn place_badge(page: &mut Composer<'_>, status: &Status, y: f32, width: f32) -> f32 {
    let color = tone(status.tone);
    let style = Style::bold(8.5).colored(color);
    let line = page.setter.fitted(&status.text, style, width - 20.0);
    let (height, padding) = (18.0, 9.0);
    let area = Area {
        x: page.right() - line.width - 2.0 * padding,
        y,
        width: line.width + 2.0 * padding,
        height,
    };
    page.fill(area, height / 2.0, color.mix(WHITE, 0.89));
    let text_y = y + (height - style.leading()) / 2.0;
    page.put_paragraph(vec![line], Align::Left(area.x + padding).at(text_y));
    y + height
}

/// Dark enough to be read on its own tint.
fn tone(tone: Tone) -> Rgb {
    match tone {
        Tone::Neutral => Rgb(0x4a, 0x53, 0x61),
        Tone::Positive => Rgb(0x0b, 0x6b, 0x43),
        Tone::Warning => Rgb(0x8a, 0x50, 0x05),
        Tone::Negative => Rgb(0xb0, 0x1e, 0x22),
    }
}

/// One of the columns under the title, in points.
#[derive(Clone, Copy)]
struct Column {
    x: f32,
    y: f32,
    width: f32,
}

/// Sender or receiver.
struct Party<'a> {
    label: &'a str,
    name: &'a str,
    address: &'a [String],
    contact: [&'a str; 2],
}

/// Sender, receiver and facts beside each other.
fn place_parties(page: &mut Composer<'_>) {
    let (brand, to) = (&page.document.brand, &page.document.bill_to);
    let sender = Party {
        label: &page.document.labels.from,
        name: &brand.name,
        address: &brand.address,
        contact: [&brand.support_email, present(&brand.website).unwrap_or_default()],
    };
    let receiver = Party {
        label: &page.document.labels.bill_to,
        name: &to.name,
        address: &to.address,
        contact: [&to.email, ""],
    };
    let gap = 22.0;
    let facts_width = page.measure() * 0.36;
    let width = (page.measure() - facts_width - 2.0 * gap) / 2.0;
    let first = Column { x: page.left(), y: page.y, width };
    let second = Column { x: first.x + width + gap, ..first };
    let third = Column { x: page.right() - facts_width, width: facts_width, ..first };

    let bottom = place_party(page, &sender, first);
    let bottom = bottom.max(place_party(page, &receiver, second));
    let bottom = bottom.max(place_facts(page, third));
    page.y = bottom + 18.0;
}

/// Label, name, address and contact below each other. Returns the lower edge.
fn place_party(page: &mut Composer<'_>, party: &Party<'_>, column: Column) -> f32 {
    let left = Align::Left(column.x);
    let heading = page.setter.fitted(party.label, LABEL, column.width);
    let part = page.structure.add(PartKind::Heading);
    let y = page.put_line(heading, left.at(column.y), Some(part)) + 3.0;

    let within = |lines| Limit { width: column.width, lines };
    let mut lines = page.setter.clamped(party.name, Style::bold(9.5), within(4));
    let address = party.address.join("\n");
    lines.extend(page.setter.clamped(&address, FACT, within(MOST_ADDRESS_LINES)));
    for entry in party.contact {
        let quiet = FACT.colored(MUTED);
        lines.extend(page.setter.clamped(entry, quiet, within(MOST_CONTACT_LINES)));
    }
    page.put_paragraph(lines, left.at(y))
}

/// Dates and other facts as label and value. Returns the lower edge.
fn place_facts(page: &mut Composer<'_>, column: Column) -> f32 {
    let document = page.document;
    let labels = &document.labels;
    let facts = [
        (&labels.issue_date, present(&document.issue_date)),
        (&labels.due_date, present(&document.due_date)),
        (&labels.period, present(&document.period)),
        (&labels.statement_descriptor, present(&document.statement_descriptor)),
    ];
    let (left, right) = (Align::Left(column.x), Align::Right(column.x + column.width));
    let mut y = column.y;
    for (label, value) in facts {
        let Some(value) = value else { continue };
        let label = page.setter.fitted(label, LABEL, column.width * 0.45);
        let room = column.width - label.width - 12.0;
        let value = page.setter.clamped(value, FACT, Limit { width: room, lines: 3 });
        let part = page.structure.add(PartKind::Paragraph);
        let shift = FACT.baseline() - LABEL.baseline();
        page.put_line(label, left.at(y + shift), Some(part));
        y = page.put_lines(value, right.at(y), Some(part)) + 3.2;
    }
    y
}
