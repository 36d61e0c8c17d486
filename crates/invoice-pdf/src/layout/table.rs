//! The billed lines as a table that flows over pages.
//!
//! Columns are as wide as their widest entry, within bounds; the description gets the rest. A row
//! stays together unless it is higher than a third of a page. The head is repeated on each page.

use super::{Align, BODY, Composer, LABEL, height_of};
use crate::PdfError;
use crate::color::{INK, MUTED, RULE};
use crate::document::{Line, LineGroup, present};
use crate::structure::{PartId, PartKind};
use crate::text::{Style, TextLine};

const GAP: f32 = 18.0;
/// White space below the table, in points.
pub(super) const AFTER: f32 = 10.0;

const PADDING: f32 = 4.25;

/// Bounds of the number columns, in points: what is wider is broken into lines.
const MOST_QUANTITY: f32 = 84.0;
const MOST_PRICE: f32 = 92.0;
const MOST_AMOUNT: f32 = 112.0;

const NUMBER: Style = BODY.tabular();
const DETAIL: Style = Style::label(8.25);
const GROUP: Style = Style::bold(9.5);

/// The four columns of a row.
const DESCRIPTION: usize = 0;
const QUANTITY: usize = 1;
const PRICE: usize = 2;
const AMOUNT: usize = 3;

/// A row that has been measured: lines for each of the four columns.
struct Row {
    cells: [Vec<TextLine>; 4],
    is_heading: bool,
    /// Height that must be free below it, in points.
    kept_with: f32,
}

/// Where the columns are. A column without entries has no width.
struct Columns {
    widths: [f32; 4],
    align: [Align; 4],
}

/// Places the table and moves the position below it.
/// `tail` is the height of what must follow the last row on the same page, in points.
pub(super) fn place(page: &mut Composer<'_>, tail: f32) -> Result<(), PdfError> {
    let numbers = measure_numbers(page);
    let columns = columns(page, &numbers);
    let table = page.structure.add(PartKind::Table);
    let rows = rows(page, numbers, &columns);
    // The head needs a first row below it, or it would stand alone.
    let first = rows.first().map_or(0.0, |row| divisible_height(page, row));
    page.need(24.0 + first)?;
    place_head(page, &columns, Some(table));
    let mut rows = rows.into_iter().peekable();
    while let Some(mut row) = rows.next() {
        row.kept_with = match rows.peek() {
            None => tail,
            Some(next) if row.is_heading => divisible_height(page, next),
            Some(_) => 0.0,
        };
        place_row(page, row, &columns, table)?;
    }
    page.y += AFTER;
    Ok(())
}

/// The number cells of all lines, unbroken, in the order of the lines.
fn measure_numbers(page: &mut Composer<'_>) -> Vec<[TextLine; 3]> {
    let lines = page.document.groups.iter().flat_map(|group| &group.lines);
    lines
        .map(|line| {
            [&line.quantity, &line.unit_price, &line.amount]
                .map(|text| page.setter.line(text, NUMBER))
        })
        .collect()
}

fn columns(page: &mut Composer<'_>, numbers: &[[TextLine; 3]]) -> Columns {
    let labels = &page.document.labels;
    let heads = [&labels.quantity, &labels.unit_price, &labels.amount];
    let bounds = [MOST_QUANTITY, MOST_PRICE, MOST_AMOUNT];
    let mut widths = [0.0; 4];
    for column in 0..3 {
        let mut entries = numbers.iter().map(|cells| cells[column].width).fold(0.0, f32::max);
        if column + 1 == AMOUNT {
            entries = entries.max(widest_sum(page));
        }
        // Amounts are always there; the other two only if a line has them.
        if entries > 0.0 || column + 1 == AMOUNT {
            let head = page.setter.line(heads[column], LABEL).width;
            widths[column + 1] = entries.max(head).min(bounds[column]);
        }
    }
    let mut right = page.right();
    let mut align = [Align::Left(page.left()); 4];
    for column in [AMOUNT, PRICE, QUANTITY] {
        align[column] = Align::Right(right);
        if widths[column] > 0.0 {
            right -= widths[column] + GAP;
        }
    }
    widths[DESCRIPTION] = right - page.left();
    Columns { widths, align }
}

/// Width of the widest group amount: they are bold, so wider than the amounts they sum up.
fn widest_sum(page: &mut Composer<'_>) -> f32 {
    let document = page.document;
    let sums = document.groups.iter().filter_map(|group| present(&group.amount));
    sums.map(|text| page.setter.line(text, GROUP.tabular()).width).fold(0.0, f32::max)
}

fn rows(page: &mut Composer<'_>, numbers: Vec<[TextLine; 3]>, columns: &Columns) -> Vec<Row> {
    let document = page.document;
    let mut numbers = numbers.into_iter();
    let mut rows = Vec::new();
    for group in &document.groups {
        rows.extend(heading(page, group, columns));
        for (line, cells) in group.lines.iter().zip(numbers.by_ref()) {
            rows.push(row(page, line, cells, columns));
        }
    }
    rows
}

fn heading(page: &mut Composer<'_>, group: &LineGroup, columns: &Columns) -> Option<Row> {
    let text = present(&group.heading)?;
    let amount = present(&group.amount).unwrap_or_default();
    // The heading has the columns of quantity and price to itself.
    let width = page.measure() - columns.widths[AMOUNT] - GAP;
    Some(Row {
        cells: [
            page.setter.paragraph(text, GROUP, width),
            Vec::new(),
            Vec::new(),
            page.setter.paragraph(amount, GROUP.tabular(), columns.widths[AMOUNT]),
        ],
        is_heading: true,
        kept_with: 0.0,
    })
}

fn row(page: &mut Composer<'_>, line: &Line, numbers: [TextLine; 3], columns: &Columns) -> Row {
    let width = columns.widths[DESCRIPTION];
    let mut description = page.setter.paragraph(&line.description, BODY, width);
    let detail = present(&line.detail).unwrap_or_default();
    description.extend(page.setter.paragraph(detail, DETAIL, width));
    let texts = [&line.quantity, &line.unit_price, &line.amount];
    let mut column = 0;
    let [quantity, price, amount] = numbers.map(|cell| {
        column += 1;
        if cell.width <= columns.widths[column] {
            return if cell.text.is_empty() { Vec::new() } else { vec![cell] };
        }
        page.setter.paragraph(texts[column - 1], NUMBER, columns.widths[column])
    });
    Row { cells: [description, quantity, price, amount], is_heading: false, kept_with: 0.0 }
}

/// Height of a row, or of its beginning if it may be divided.
fn divisible_height(page: &Composer<'_>, row: &Row) -> f32 {
    let height = row_height(row);
    if height <= page.bottom / 3.0 { height } else { 3.0 * BODY.leading() + PADDING }
}

fn row_height(row: &Row) -> f32 {
    let text = row.cells.iter().map(|cell| height_of(cell)).fold(0.0, f32::max);
    text + 2.0 * PADDING + if row.is_heading { 3.0 } else { 0.0 }
}

fn place_head(page: &mut Composer<'_>, columns: &Columns, table: Option<PartId>) {
    let labels = &page.document.labels;
    let heads = [&labels.description, &labels.quantity, &labels.unit_price, &labels.amount];
    let row = table.map(|table| page.structure.add_to(table, PartKind::Row));
    for (column, head) in heads.into_iter().enumerate() {
        if columns.widths[column] <= 0.0 {
            continue;
        }
        let line = page.setter.fitted(head, LABEL, columns.widths[column].max(40.0));
        let part = row.map(|row| page.structure.add_to(row, PartKind::HeaderCell));
        page.put_line(line, columns.align[column].at(page.y), part);
    }
    page.y += LABEL.leading() + 5.0;
    page.rule(page.y, 1.0, INK);
    page.y += 1.0;
}

/// Places a row, over several pages if it must.
fn place_row(
    page: &mut Composer<'_>,
    row: Row,
    columns: &Columns,
    table: PartId,
) -> Result<(), PdfError> {
    if page.need(divisible_height(page, &row) + row.kept_with)? {
        place_head(page, columns, None);
    }
    let part = page.structure.add_to(table, PartKind::Row);
    let parts = [(); 4].map(|()| page.structure.add_to(part, PartKind::Cell));
    page.y += PADDING + if row.is_heading { 3.0 } else { 0.0 };
    let bands = row.cells.iter().map(Vec::len).max().unwrap_or(0);
    let mut cells = row.cells.map(Vec::into_iter);
    for _ in 0..bands {
        let band: [Option<TextLine>; 4] = std::array::from_fn(|column| cells[column].next());
        let lines = band.iter().flatten();
        let height = lines.map(|line| line.style.leading()).fold(0.0, f32::max);
        if page.need(height)? {
            place_head(page, columns, None);
            page.y += PADDING;
        }
        let top = page.y;
        for (column, line) in band.into_iter().enumerate() {
            if let Some(line) = line {
                page.put_line(line, columns.align[column].at(top), Some(parts[column]));
            }
        }
        page.y += height;
    }
    page.y += PADDING;
    let color = if row.is_heading { MUTED.mix(RULE, 0.7) } else { RULE };
    page.rule(page.y - 0.3, 0.6, color);
    Ok(())
}
