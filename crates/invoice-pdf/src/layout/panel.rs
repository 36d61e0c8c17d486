//! The panel that says what to pay, by when and where.

use super::{Align, Composer, LABEL};
use crate::canvas::{Area, Link, Mark};
use crate::color::PANEL;
use crate::document::{Highlight, InvoiceDocument, PayLink, present};
use crate::font::CAP_HEIGHT;
use crate::structure::PartKind;
use crate::text::{Limit, Style, TextLine};

const HEIGHT: f32 = 62.0;
const PADDING: f32 = 20.0;

/// Places the panel and moves the position below it.
pub(super) fn place(page: &mut Composer<'_>) {
    let highlight = page.document.highlight.clone().unwrap_or_else(|| derived(page.document));
    let (left, right, top) = (page.left(), page.right(), page.y);
    let area = Area { x: left, y: top, width: page.measure(), height: HEIGHT };
    page.fill(area, 6.0, PANEL);
    page.fill(Area { width: 4.0, ..area }, 0.0, page.accent);

    let mut edge = right - PADDING;
    if let Some(link) = page.document.pay_link.as_ref().filter(|l| !l.text.trim().is_empty()) {
        edge = place_button(page, link, edge, top) - PADDING;
    }
    let x = left + PADDING;
    let note = present(&highlight.note).unwrap_or_default();
    let note =
        page.setter.clamped(note, Style::bold(10.0), Limit { width: (edge - x) * 0.42, lines: 2 });
    let note_width = super::width_of(&note);
    let room = edge - x - note_width - 16.0;

    let label = page.setter.fitted(&highlight.label, LABEL, room);
    let y = page.put_paragraph(vec![label], Align::Left(x).at(top + 9.5));
    let currency = page.setter.fitted(&page.document.currency, Style::label(10.5), 40.0);
    let amount_room = room - currency.width - 6.0;
    let amount = fitting_amount(page, &highlight.amount, amount_room);
    let baseline = y + 24.0;
    let currency_x = x + amount.width + 6.0;
    let part = page.structure.add(PartKind::Paragraph);
    page.put_text(amount, (x, baseline), Some(part));
    page.put_text(currency, (currency_x, baseline), Some(part));

    let note_top = top + (HEIGHT - super::height_of(&note)) / 2.0;
    page.put_paragraph(note, Align::Right(edge).at(note_top));
    page.y = top + HEIGHT + 20.0;
}

/// The amount as large as the room allows.
fn fitting_amount(page: &mut Composer<'_>, amount: &str, room: f32) -> TextLine {
    for size in [24.0, 20.0, 16.0, 12.0] {
        let line = page.setter.line(amount, Style::bold(size));
        if line.width <= room {
            return line;
        }
    }
    page.setter.fitted(amount, Style::bold(10.0), room)
}

/// A button that ends at `right`. Returns where it begins.
fn place_button(page: &mut Composer<'_>, link: &PayLink, right: f32, panel_top: f32) -> f32 {
    let style = Style::bold(10.0).colored(page.accent.text_on());
    let line = page.setter.fitted(&link.text, style, 130.0);
    let (height, padding) = (30.0, 16.0);
    let width = line.width + 2.0 * padding;
    let area = Area { x: right - width, y: panel_top + (HEIGHT - height) / 2.0, width, height };
    page.fill(area, 5.0, page.accent);
    let paragraph = page.structure.add(PartKind::Paragraph);
    let baseline = area.y + (height + CAP_HEIGHT * style.size) / 2.0;
    let text = line.text.clone();
    let x = area.x + padding;
    match web_address(&link.url) {
        Some(url) => {
            let part = page.structure.add_to(paragraph, PartKind::Link);
            page.put_text(line, (x, baseline), Some(part));
            page.put(Mark::Link(Link { area, url, text }), Some(part));
        }
        None => page.put_text(line, (x, baseline), Some(paragraph)),
    }
    area.x
}

/// The address if a reader may open it: the web, and nothing that runs or opens files.
fn web_address(url: &str) -> Option<String> {
    let url = url.trim();
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_plain = url.len() <= 2048 && url.bytes().all(|byte| byte.is_ascii_graphic());
    (is_web && is_plain).then(|| url.to_owned())
}

/// What the panel says if the document does not say it: the amount due, otherwise the total.
fn derived(document: &InvoiceDocument) -> Highlight {
    let (labels, totals) = (&document.labels, &document.totals);
    match present(&totals.amount_due) {
        Some(due) => Highlight {
            label: labels.amount_due.clone(),
            amount: due.to_owned(),
            note: present(&document.due_date).map(|date| labels.due_on.replace("{date}", date)),
        },
        None => Highlight { label: labels.total.clone(), amount: totals.total.clone(), note: None },
    }
}

#[cfg(test)]
mod tests {
    use super::web_address;

    #[test]
    fn only_web_addresses_become_links() {
        assert!(web_address(" https://pay.example/i/1?t=2 ").is_some());
        for refused in ["javascript:alert(1)", "file:///etc/passwd", "https://a b", "", "pay"] {
            assert_eq!(web_address(refused), None, "{refused}");
        }
    }
}
