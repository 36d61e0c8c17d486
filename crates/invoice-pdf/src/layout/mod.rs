//! Where everything goes: a document in, finished pages out.
//!
//! The page is filled from top to bottom. Each block asks for its height first ([`Composer::need`])
//! and a new page begins if it does not fit; only blocks higher than a page are divided. Lines of
//! text are measured once and moved into place, never measured again.

mod chrome;
mod closing;
mod masthead;
mod panel;
mod table;
mod totals;

use crate::canvas::{Area, Mark, Placed, Sheet};
use crate::color::Rgb;
use crate::document::{InvoiceDocument, Paper};
use crate::font::Fonts;
use crate::structure::{PartId, PartKind, Structure};
use crate::text::{MAX_TEXT_BYTES, Style, TextLine, Typesetter};
use crate::{PdfError, document};

/// The most pages of one document: some ten thousand lines, and a bound on memory.
const MAX_PAGES: usize = 500;

/// White space left and right, in points.
const MARGIN: f32 = 54.0;

/// Finished pages. Width and height are in points.
pub(crate) struct LaidOut {
    pub sheets: Vec<Sheet>,
    pub structure: Structure,
    pub width: f32,
    pub height: f32,
}

/// Lays a document out.
pub(crate) fn lay_out(document: &InvoiceDocument, fonts: &Fonts) -> Result<LaidOut, PdfError> {
    let mut page = Composer::new(document, fonts);
    masthead::place(&mut page);
    panel::place(&mut page);
    let totals = totals::Totals::measure(&mut page);
    let tail = totals.kept_height(&page);
    table::place(&mut page, tail)?;
    let aside = totals.place(&mut page)?;
    closing::place(&mut page, aside)?;
    chrome::place_footers(&mut page);
    if page.setter.overflowed() {
        return Err(PdfError::TooMuchText { limit: MAX_TEXT_BYTES });
    }
    Ok(LaidOut {
        sheets: page.sheets,
        structure: page.structure,
        width: page.width,
        height: page.height,
    })
}

/// To which side of an x coordinate a line extends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Align {
    /// Rightwards: the coordinate is the line's left end.
    Left(f32),
    /// Leftwards: the coordinate is the line's right end.
    Right(f32),
}

impl Align {
    /// The side together with the height of the upper edge, in points.
    fn at(self, y: f32) -> Anchor {
        Anchor { align: self, y }
    }
}

/// Where a line goes: its side, and its upper edge in points.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Anchor {
    align: Align,
    y: f32,
}

/// The document being laid out: its pages so far, and how far down the last one is filled.
struct Composer<'a> {
    document: &'a InvoiceDocument,
    setter: Typesetter<'a>,
    structure: Structure,
    sheets: Vec<Sheet>,
    /// Sheet size and the lower end of its body, in points.
    width: f32,
    height: f32,
    bottom: f32,
    /// Where the next block begins, in points from the top.
    y: f32,
    footer: chrome::Footer,
    /// Brand colour for shapes and for text.
    accent: Rgb,
    accent_text: Rgb,
}

impl<'a> Composer<'a> {
    fn new(document: &'a InvoiceDocument, fonts: &'a Fonts) -> Self {
        let (width, height) = match document.paper {
            Paper::UsLetter => (612.0, 792.0),
            Paper::A4 => (595.276, 841.89),
        };
        let mut setter = Typesetter::new(fonts);
        let footer = chrome::Footer::new(&mut setter, document, width - 2.0 * MARGIN);
        Self {
            document,
            setter,
            structure: Structure::default(),
            sheets: vec![Sheet::new()],
            width,
            height,
            bottom: height - footer.height,
            y: 0.0,
            footer,
            accent: document.brand.color.shape(),
            accent_text: document.brand.color.text(),
        }
    }

    fn left(&self) -> f32 {
        MARGIN
    }

    fn right(&self) -> f32 {
        self.width - MARGIN
    }

    /// Width of the body, in points.
    fn measure(&self) -> f32 {
        self.width - 2.0 * MARGIN
    }

    /// Height still free on this page, in points.
    fn room(&self) -> f32 {
        self.bottom - self.y
    }

    /// Begins a new page unless `height` points are free on this one. Says whether it did.
    fn need(&mut self, height: f32) -> Result<bool, PdfError> {
        if height <= self.room() {
            return Ok(false);
        }
        self.turn()?;
        Ok(true)
    }

    /// Begins a new page under the running header.
    fn turn(&mut self) -> Result<(), PdfError> {
        if self.setter.overflowed() {
            return Err(PdfError::TooMuchText { limit: MAX_TEXT_BYTES });
        }
        if self.sheets.len() >= MAX_PAGES {
            return Err(PdfError::TooManyPages { limit: MAX_PAGES });
        }
        self.sheets.push(Sheet::new());
        chrome::place_running_header(self);
        Ok(())
    }

    fn put(&mut self, mark: Mark, part: Option<PartId>) {
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.push(Placed { mark, part });
        }
    }

    fn fill(&mut self, area: Area, radius: f32, color: Rgb) {
        self.put(Mark::Fill { area, radius, color }, None);
    }

    /// A horizontal rule across the body.
    fn rule(&mut self, y: f32, thickness: f32, color: Rgb) {
        let area = Area { x: self.left(), y, width: self.measure(), height: thickness };
        self.fill(area, 0.0, color);
    }

    /// Puts a line with its top at a height. Returns where the next one begins.
    fn put_line(&mut self, line: TextLine, at: Anchor, part: Option<PartId>) -> f32 {
        let x = match at.align {
            Align::Left(x) => x,
            Align::Right(x) => x - line.width,
        };
        let (baseline, next) = (at.y + line.style.baseline(), at.y + line.style.leading());
        self.put_text(line, (x, baseline), part);
        next
    }

    /// Puts a line with its left end on a baseline.
    fn put_text(&mut self, line: TextLine, (x, baseline): (f32, f32), part: Option<PartId>) {
        let line = self.setter.spaced(line);
        self.put(Mark::Text { line, x, baseline }, part);
    }

    /// Puts lines below each other. Returns where the next one begins.
    fn put_lines(&mut self, lines: Vec<TextLine>, at: Anchor, part: Option<PartId>) -> f32 {
        let below = |y, line| self.put_line(line, Anchor { y, ..at }, part);
        lines.into_iter().fold(at.y, below)
    }

    /// A paragraph of its own at the top level of the structure. Returns where the next begins.
    fn put_paragraph(&mut self, lines: Vec<TextLine>, at: Anchor) -> f32 {
        if lines.is_empty() {
            return at.y;
        }
        let part = self.structure.add(PartKind::Paragraph);
        self.put_lines(lines, at, Some(part))
    }

    /// Lets lines flow from the current position over as many pages as they need.
    fn flow(&mut self, lines: Vec<TextLine>, x: f32, part: PartId) -> Result<(), PdfError> {
        for line in lines {
            self.need(line.style.leading())?;
            self.y = self.put_line(line, Align::Left(x).at(self.y), Some(part));
        }
        Ok(())
    }
}

/// Height of lines set below each other, in points.
fn height_of(lines: &[TextLine]) -> f32 {
    lines.iter().map(|line| line.style.leading()).sum()
}

/// Width of the widest line, in points.
fn width_of(lines: &[TextLine]) -> f32 {
    lines.iter().map(|line| line.width).fold(0.0, f32::max)
}

/// The document's name as printed in running headers: title and number.
fn full_title(document: &InvoiceDocument) -> String {
    match document::present(&document.number) {
        Some(number) => format!("{} {number}", document.title),
        None => document.title.clone(),
    }
}

const LABEL: Style = Style::label(8.5);
const BODY: Style = Style::text(9.5);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::Link;
    use crate::samples;

    /// No sample puts anything outside the sheet, or text into the margins.
    #[test]
    fn everything_lies_on_the_sheet() {
        let fonts = Fonts::new();
        for (name, document) in samples::all() {
            let laid_out = lay_out(&document, &fonts).unwrap();
            for placed in laid_out.sheets.iter().flatten() {
                let (left, right, bottom) = match &placed.mark {
                    Mark::Text { line, x, baseline } => (*x, x + line.width, *baseline),
                    Mark::Fill { area, .. }
                    | Mark::Picture { area, .. }
                    | Mark::Link(Link { area, .. }) => (area.x, area.x + area.width, area.y),
                };
                let is_text = matches!(placed.mark, Mark::Text { .. });
                let margin = if is_text { MARGIN - 0.1 } else { 0.0 };
                assert!(left >= margin, "{name}: {placed:?}");
                assert!(right <= laid_out.width - margin, "{name}: {placed:?}");
                assert!(bottom > 0.0 && bottom < laid_out.height || !is_text, "{name}");
            }
        }
    }

    /// The body of no page reaches into its footer.
    #[test]
    fn the_body_ends_above_the_footer() {
        let fonts = Fonts::new();
        for (name, document) in samples::all() {
            let laid_out = lay_out(&document, &fonts).unwrap();
            let setter = &mut Typesetter::new(&fonts);
            let footer = chrome::Footer::new(setter, &document, laid_out.width - 2.0 * MARGIN);
            for placed in laid_out.sheets.iter().flatten() {
                if let (Mark::Text { baseline, .. }, Some(_)) = (&placed.mark, placed.part) {
                    assert!(*baseline < laid_out.height - footer.height, "{name}: {placed:?}");
                }
            }
        }
    }
}
