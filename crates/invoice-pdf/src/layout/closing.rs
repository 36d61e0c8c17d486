//! What follows the sums: further facts, notes, and a footer too long for the foot of a page.

use super::totals::Aside;
use super::{Align, BODY, Composer, LABEL, height_of};
use crate::PdfError;
use crate::document::{Field, present};
use crate::structure::PartKind;
use crate::text::Style;

/// White space between a label and its text, and after the text, in points.
const LABEL_GAP: f32 = 1.5;
const BLOCK_GAP: f32 = 8.0;

const QUIET: Style = Style { size: 9.0, ..BODY };

/// Places the rest of the document, beside the sums as far as it fits there.
pub(super) fn place(page: &mut Composer<'_>, aside: Option<Aside>) -> Result<(), PdfError> {
    let document = page.document;
    let mut beside = 0;
    if let Some(aside) = aside {
        beside = place_beside(page, &aside);
        page.y = aside.bottom;
    }
    page.y += 18.0;
    let fields = document.fields.get(beside..).unwrap_or_default();
    for pair in fields.chunks(2) {
        place_fields(page, pair)?;
    }
    if beside <= document.fields.len() {
        place_notes(page)?;
    }
    if page.footer.moved {
        flow_paragraph(page, present(&document.footer).unwrap_or_default(), Style::label(8.0))?;
    }
    Ok(())
}

/// Places facts, then notes, left of the sums while they fit there. Returns how many did.
fn place_beside(page: &mut Composer<'_>, aside: &Aside) -> usize {
    let document = page.document;
    let labels = &document.labels;
    let notes = present(&document.notes).map(|notes| (labels.notes.as_str(), notes));
    let fields = document.fields.iter().map(|field| (field.label.as_str(), field.value.as_str()));
    let mut placed = 0;
    page.y += 2.0;
    for (label, text) in fields.chain(notes) {
        let label = page.setter.paragraph(label, LABEL, aside.width);
        let text = page.setter.paragraph(text, QUIET, aside.width);
        if page.y + height_of(&label) + LABEL_GAP + height_of(&text) > aside.bottom {
            break;
        }
        let left = Align::Left(page.left());
        page.y = page.put_paragraph(label, left.at(page.y)) + LABEL_GAP;
        page.y = page.put_paragraph(text, left.at(page.y)) + BLOCK_GAP;
        placed += 1;
    }
    placed
}

fn place_notes(page: &mut Composer<'_>) -> Result<(), PdfError> {
    let document = page.document;
    let Some(notes) = present(&document.notes) else { return Ok(()) };
    let heading = page.setter.line(&document.labels.notes, LABEL);
    page.need(LABEL.leading() + 3.0 * QUIET.leading())?;
    let part = page.structure.add(PartKind::Heading);
    let left = Align::Left(page.left());
    page.y = page.put_line(heading, left.at(page.y), Some(part)) + LABEL_GAP;
    flow_paragraph(page, notes, QUIET)
}

fn flow_paragraph(page: &mut Composer<'_>, text: &str, style: Style) -> Result<(), PdfError> {
    // Longer lines than this are hard to read.
    let width = page.measure().min(430.0);
    let lines = page.setter.paragraph(text, style, width);
    let part = page.structure.add(PartKind::Paragraph);
    page.flow(lines, page.left(), part)?;
    page.y += BLOCK_GAP;
    Ok(())
}

/// Two facts beside each other, each as a label over its value.
fn place_fields(page: &mut Composer<'_>, pair: &[Field]) -> Result<(), PdfError> {
    let width = (page.measure() - 22.0) / 2.0;
    let measured: Vec<_> = pair
        .iter()
        .map(|field| {
            let mut lines = page.setter.paragraph(&field.label, LABEL, width);
            lines.extend(page.setter.paragraph(&field.value, QUIET, width));
            lines
        })
        .collect();
    let height = measured.iter().map(|lines| height_of(lines)).fold(0.0, f32::max);
    if height > page.bottom / 3.0 {
        for lines in measured {
            let part = page.structure.add(PartKind::Paragraph);
            page.flow(lines, page.left(), part)?;
            page.y += 8.0;
        }
        return Ok(());
    }
    page.need(height)?;
    let top = page.y;
    for (index, lines) in measured.into_iter().enumerate() {
        let x = page.left() + index as f32 * (width + 22.0);
        page.put_paragraph(lines, Align::Left(x).at(top));
    }
    page.y = top + height + 10.0;
    Ok(())
}
