//! The sums under the lines, right below the amounts they belong to.

use super::{Align, Composer, height_of};
use crate::PdfError;
use crate::canvas::Area;
use crate::color::{INK, MUTED, RULE};
use crate::document::present;
use crate::structure::{PartId, PartKind};
use crate::text::{Style, TextLine};

const WIDTH: f32 = 250.0;
const GAP: f32 = 14.0;

/// How much a sum stands out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rank {
    Plain,
    Total,
    Due,
}

struct Sum {
    label: Vec<TextLine>,
    amount: Vec<TextLine>,
    rank: Rank,
}

impl Sum {
    fn height(&self) -> f32 {
        let text = height_of(&self.label).max(height_of(&self.amount));
        text + match self.rank {
            Rank::Plain => 4.5,
            Rank::Total => 11.0,
            Rank::Due => 14.0,
        }
    }
}

/// The block of sums, measured.
pub(super) struct Totals(Vec<Sum>);

/// The free rectangle left of the sums. The position has not moved below the sums yet.
pub(super) struct Aside {
    pub width: f32,
    /// Lower end of the sums, in points from the top.
    pub bottom: f32,
}

impl Totals {
    pub(super) fn measure(page: &mut Composer<'_>) -> Self {
        Self(sums(page))
    }

    fn height(&self) -> f32 {
        self.0.iter().map(Sum::height).sum()
    }

    /// The height that must be free for the sums, in points; none if they are divided anyway,
    /// because there are more taxes than a page has lines.
    pub(super) fn kept_height(&self, page: &Composer<'_>) -> f32 {
        let height = self.height();
        if height <= page.bottom * 0.7 { height + super::table::AFTER } else { 0.0 }
    }

    /// Places the sums. If they stayed on one page, says what is free beside them.
    pub(super) fn place(self, page: &mut Composer<'_>) -> Result<Option<Aside>, PdfError> {
        let height = self.height();
        let kept = self.kept_height(page) > 0.0;
        if kept {
            page.need(height)?;
        }
        let top = page.y;
        let table = page.structure.add(PartKind::Table);
        for sum in self.0 {
            page.need(sum.height())?;
            place_sum(page, sum, table);
        }
        if !kept {
            return Ok(None);
        }
        let aside = Aside { width: page.measure() - WIDTH - 34.0, bottom: page.y };
        page.y = top;
        Ok(Some(aside))
    }
}

fn sums(page: &mut Composer<'_>) -> Vec<Sum> {
    let document = page.document;
    let (labels, totals) = (&document.labels, &document.totals);
    let mut sums = Vec::new();
    let mut add = |label: &str, amount: Option<&str>, rank: Rank| {
        if let Some(amount) = amount {
            sums.push(measured(page, label, amount, rank));
        }
    };
    add(&labels.subtotal, Some(totals.subtotal.as_str()), Rank::Plain);
    for tax in &document.tax_lines {
        let label = if tax.rate.trim().is_empty() {
            tax.name.clone()
        } else {
            format!("{} ({})", tax.name.trim(), tax.rate.trim())
        };
        add(&label, Some(&tax.amount), Rank::Plain);
    }
    add(&labels.tax, present(&totals.tax), Rank::Plain);
    add(&labels.total, Some(&totals.total), Rank::Total);
    add(&labels.credit_applied, present(&totals.credit_applied), Rank::Plain);
    add(&labels.amount_paid, present(&totals.amount_paid), Rank::Plain);
    add(&labels.amount_due, present(&totals.amount_due), Rank::Due);
    sums
}

fn measured(page: &mut Composer<'_>, label: &str, amount: &str, rank: Rank) -> Sum {
    let (label_style, amount_style) = match rank {
        Rank::Plain => (Style::text(9.5).colored(MUTED), Style::text(9.5)),
        Rank::Total => (Style::bold(9.5), Style::bold(9.5)),
        Rank::Due => (Style::bold(11.5), Style::bold(11.5)),
    };
    let amount = page.setter.paragraph(amount, amount_style.tabular(), WIDTH * 0.6);
    let room = WIDTH - super::width_of(&amount) - GAP;
    Sum { label: page.setter.paragraph(label, label_style, room), amount, rank }
}

fn place_sum(page: &mut Composer<'_>, sum: Sum, table: PartId) {
    let height = sum.height();
    let (left, right, top) = (page.right() - WIDTH, page.right(), page.y);
    let (above, rule) = match sum.rank {
        Rank::Plain => (2.0, None),
        Rank::Total => (7.0, Some((0.6, RULE))),
        Rank::Due => (9.0, Some((1.2, INK))),
    };
    if let Some((thickness, color)) = rule {
        let area = Area { x: left, y: top + 2.5, width: WIDTH, height: thickness };
        page.fill(area, 0.0, color);
    }
    let row = page.structure.add_to(table, PartKind::Row);
    let label = page.structure.add_to(row, PartKind::Cell);
    let amount = page.structure.add_to(row, PartKind::Cell);
    page.put_lines(sum.label, Align::Left(left).at(top + above), Some(label));
    page.put_lines(sum.amount, Align::Right(right).at(top + above), Some(amount));
    page.y = top + height;
}
