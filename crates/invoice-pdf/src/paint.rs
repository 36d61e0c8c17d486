//! Writes finished pages into a PDF file.

use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::{Page, PageSettings};
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag};
use krilla::{Document, SerializeSettings};

use crate::canvas::{Area, Link, Mark, Placed, Sheet};
use crate::color::Rgb;
use crate::document::InvoiceDocument;
use crate::font::Fonts;
use crate::layout::LaidOut;
use crate::structure::{PartId, Structure};
use crate::text::{TextLine, clean_property};
use crate::{CreatedAt, PdfError};

/// How far a control point lies from the corner of a quarter circle, in parts of the radius.
const CORNER: f32 = 0.447_715;

/// The file's bytes.
pub(crate) fn write(
    document: &InvoiceDocument,
    laid_out: LaidOut,
    fonts: &Fonts,
) -> Result<Vec<u8>, PdfError> {
    let LaidOut { sheets, mut structure, width, height } = laid_out;
    let mut pdf = Document::new_with(SerializeSettings::default());
    for sheet in sheets {
        let settings = PageSettings::from_wh(width, height).expect("both paper sizes are positive");
        let mut page = pdf.start_page_with(settings);
        draw(&mut page, sheet, &mut structure, fonts);
        page.finish();
    }
    pdf.set_metadata(metadata(document));
    pdf.set_tag_tree(structure.into_tree());
    pdf.finish().map_err(|error| PdfError::Writer(error.to_string()))
}

fn draw(page: &mut Page<'_>, sheet: Sheet, structure: &mut Structure, fonts: &Fonts) {
    let mut links = Vec::new();
    let mut surface = page.surface();
    // The part whose marked content is open; the outer option says whether any is.
    let mut open: Option<Option<PartId>> = None;
    for Placed { mark, part } in sheet {
        if let Mark::Link(link) = mark {
            links.push((link, part));
            continue;
        }
        if open != Some(part) {
            if open.is_some() {
                surface.end_tagged();
            }
            start(&mut surface, part, structure);
            open = Some(part);
        }
        match mark {
            Mark::Text { line, x, baseline } => {
                draw_text(&mut surface, &line, Point::from_xy(x, baseline), fonts);
            }
            Mark::Fill { area, radius, color } => draw_fill(&mut surface, area, radius, color),
            Mark::Picture { image, area } => {
                if let Some(size) = Size::from_wh(area.width, area.height) {
                    surface.push_transform(&Transform::from_translate(area.x, area.y));
                    surface.draw_image(image, size);
                    surface.pop();
                }
            }
            Mark::Link(_) => {}
        }
    }
    if open.is_some() {
        surface.end_tagged();
    }
    surface.finish();
    for (link, part) in links {
        draw_link(page, link, part, structure);
    }
}

fn start(surface: &mut Surface<'_>, part: Option<PartId>, structure: &mut Structure) {
    match part {
        Some(part) => {
            let mark = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            structure.attach(part, mark);
        }
        None => {
            let decoration = Artifact::with_kind(ArtifactType::Other);
            surface.start_tagged(ContentTag::Artifact(decoration));
        }
    }
}

fn draw_text(surface: &mut Surface<'_>, line: &TextLine, start: Point, fonts: &Fonts) {
    if line.glyphs.is_empty() {
        return;
    }
    surface.set_fill(Some(fill(line.style.color)));
    let font = fonts.face(line.style.weight).font();
    surface.draw_glyphs(start, &line.glyphs, font, &line.text, line.style.size, false);
}

fn draw_fill(surface: &mut Surface<'_>, area: Area, radius: f32, color: Rgb) {
    if let Some(path) = rounded(area, radius) {
        surface.set_fill(Some(fill(color)));
        surface.draw_path(&path);
    }
}

fn draw_link(page: &mut Page<'_>, link: Link, part: Option<PartId>, structure: &mut Structure) {
    let Link { area, url, text } = link;
    let Some(rect) = Rect::from_xywh(area.x, area.y, area.width, area.height) else {
        return;
    };
    let target = Target::Action(Action::Link(LinkAction::new(url)));
    let link = Annotation::new_link(LinkAnnotation::new(rect, target), Some(text));
    match part {
        Some(part) => {
            let mark = page.add_tagged_annotation(link);
            structure.attach(part, mark);
        }
        None => page.add_annotation(link),
    }
}

fn fill(color: Rgb) -> Fill {
    Fill {
        paint: rgb::Color::new(color.0, color.1, color.2).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}

/// A rectangle with rounded corners; `None` if it has no extent.
fn rounded(area: Area, radius: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    let radius = radius.min(area.width / 2.0).min(area.height / 2.0);
    if radius <= 0.0 {
        path.push_rect(Rect::from_xywh(area.x, area.y, area.width, area.height)?);
        return path.finish();
    }
    let (left, top) = (area.x, area.y);
    let (right, bottom) = (left + area.width, top + area.height);
    let near = radius * CORNER;
    path.move_to(left + radius, top);
    path.line_to(right - radius, top);
    path.cubic_to(right - near, top, right, top + near, right, top + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - near, right - near, bottom, right - radius, bottom);
    path.line_to(left + radius, bottom);
    path.cubic_to(left + near, bottom, left, bottom - near, left, bottom - radius);
    path.line_to(left, top + radius);
    path.cubic_to(left, top + near, left + near, top, left + radius, top);
    path.close();
    path.finish()
}

/// The file's properties. Everything that can name a maker names the brand.
fn metadata(document: &InvoiceDocument) -> Metadata {
    let brand = clean_property(&document.brand.name);
    let title = match document.number.as_deref() {
        Some(number) => format!("{} {number}", document.title),
        None => document.title.clone(),
    };
    let mut metadata = Metadata::new()
        .title(clean_property(&title))
        .language(language(&document.language))
        .creation_date(date(document.created));
    if !brand.is_empty() {
        metadata = metadata.authors(vec![brand.clone()]).creator(brand.clone()).producer(brand);
    }
    metadata
}

fn language(tag: &str) -> String {
    let is_tag = !tag.is_empty()
        && tag.len() <= 35
        && tag.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    if is_tag { tag.to_owned() } else { "en".to_owned() }
}

fn date(created: CreatedAt) -> DateTime {
    DateTime::new(created.year)
        .month(created.month)
        .day(created.day)
        .hour(created.hour)
        .minute(created.minute)
        .second(created.second)
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
