//! What is repeated: the strip at the head, the running header and the footer.
//!
//! None of it is part of the document's structure, so a screen reader does not read it anew on
//! every page.

use super::{Align, Composer, MARGIN, full_title};
use crate::canvas::{Area, Mark};
use crate::color::{MUTED, RULE};
use crate::document::{InvoiceDocument, present};
use crate::text::{Style, TextLine, Typesetter};

/// Longer footers are printed once at the end, so that every page keeps room for its lines.
const MOST_LINES: usize = 3;

const SMALL: Style = Style::label(8.0);

/// Where the body begins under the running header, in points from the top.
const BODY_TOP: f32 = 86.0;

/// The partner's footer text, and how much of each page the footer takes.
pub(super) struct Footer {
    lines: Vec<TextLine>,
    /// Text too long for a footer, to be printed at the end of the document.
    pub moved: bool,
    /// From the lower edge of the sheet to the end of the body, in points.
    pub height: f32,
}

impl Footer {
    pub(super) fn new(setter: &mut Typesetter<'_>, document: &InvoiceDocument, width: f32) -> Self {
        let text = present(&document.footer).unwrap_or_default();
        let mut lines = setter.paragraph(text, SMALL, width);
        let moved = lines.len() > MOST_LINES;
        if moved {
            lines.clear();
        }
        let height = 56.0 + lines.len() as f32 * SMALL.leading();
        Self { lines, moved, height }
    }
}

/// The strip of brand colour along the upper edge.
pub(super) fn place_strip(page: &mut Composer<'_>) {
    let area = Area { x: 0.0, y: 0.0, width: page.width, height: 5.0 };
    page.fill(area, 0.0, page.accent);
}

/// The smaller header of the second and later pages. Moves the position below it.
pub(super) fn place_running_header(page: &mut Composer<'_>) {
    place_strip(page);
    let brand = &page.document.brand;
    let middle = 44.0;
    if let Some(logo) = &brand.logo {
        let (width, height) = logo.fit(120.0, 24.0);
        let area = Area { x: page.left(), y: middle - height / 2.0, width, height };
        page.put(Mark::Picture { image: logo.image(), area }, None);
    } else {
        let style = Style::bold(10.0);
        let name = page.setter.fitted(&brand.name, style, page.measure() * 0.55);
        let at = Align::Left(page.left()).at(middle - style.leading() / 2.0);
        page.put_line(name, at, None);
    }
    let style = Style::label(9.0);
    let title = full_title(page.document);
    let title = page.setter.fitted(&title, style, page.measure() * 0.4);
    let at = Align::Right(page.right()).at(middle - style.leading() / 2.0);
    page.put_line(title, at, None);
    page.rule(66.0, 0.6, RULE);
    page.y = BODY_TOP;
}

/// The footer of every page; needs all pages, because each one says how many there are.
pub(super) fn place_footers(page: &mut Composer<'_>) {
    let mut sheets = std::mem::take(&mut page.sheets);
    let count = sheets.len();
    for (index, sheet) in sheets.iter_mut().enumerate() {
        page.sheets.push(std::mem::take(sheet));
        place_footer(page, index + 1, count);
    }
}

fn place_footer(page: &mut Composer<'_>, number: usize, count: usize) {
    let document = page.document;
    let top = page.height - page.footer.height + 12.0;
    page.rule(top, 0.6, RULE);
    let lines = page.footer.lines.clone();
    let y = page.put_lines(lines, Align::Left(MARGIN).at(top + 8.0), None);

    let label = document.labels.page.replace("{page}", &number.to_string());
    let label = label.replace("{pages}", &count.to_string());
    let label = page.setter.fitted(&label, SMALL.tabular(), page.measure() * 0.4);
    let room = page.measure() - label.width - 24.0;
    page.put_line(label, Align::Right(page.right()).at(y), None);

    let email = document.brand.support_email.trim();
    let email = page.setter.fitted(email, SMALL, room * 0.6);
    let gap = if email.text.is_empty() { 0.0 } else { 14.0 };
    let name = page.setter.fitted(
        &document.brand.name,
        Style::bold(8.0).colored(MUTED),
        room - email.width - gap,
    );
    let x = page.left() + name.width + gap;
    page.put_line(name, Align::Left(page.left()).at(y), None);
    page.put_line(email, Align::Left(x).at(y), None);
}
