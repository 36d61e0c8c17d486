//! The two faces of Inter: parsed once, asked for glyphs often.
//!
//! The used glyphs of each face are cut out and embedded anew for every document, so each further
//! face costs time and bytes; hence two and no more. Shape plans are made here once, because making
//! one costs more than setting a line with it.

use std::fmt;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Direction, Feature, ShapePlan, UnicodeBuffer, script};

static REGULAR: &[u8] = include_bytes!("../assets/fonts/Inter-Regular.ttf");
static SEMIBOLD: &[u8] = include_bytes!("../assets/fonts/Inter-SemiBold.ttf");

/// Distance from the baseline to the top and to the bottom of a line, in parts of the size.
pub(crate) const ASCENT: f32 = 0.969;
pub(crate) const DESCENT: f32 = 0.242;

/// Height of a capital letter, in parts of the size.
pub(crate) const CAP_HEIGHT: f32 = 0.728;

/// Which of the two faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    SemiBold,
}

/// Whether figures line up in columns or are spaced as in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figures {
    Proportional,
    Tabular,
}

/// Both faces, ready for use.
pub(crate) struct Fonts {
    regular: Typeface,
    semibold: Typeface,
}

impl Fonts {
    pub(crate) fn new() -> Self {
        Self { regular: Typeface::new(REGULAR), semibold: Typeface::new(SEMIBOLD) }
    }

    pub(crate) fn face(&self, weight: Weight) -> &Typeface {
        match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semibold,
        }
    }
}

impl fmt::Debug for Fonts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Fonts(Inter)")
    }
}

/// One face: for embedding, for measuring, and with its shape plans.
pub(crate) struct Typeface {
    font: Font,
    shaper: rustybuzz::Face<'static>,
    text: ShapePlan,
    tabular: ShapePlan,
}

impl Typeface {
    fn new(data: &'static [u8]) -> Self {
        let font = Font::new(data.into(), 0).expect("the embedded font can be parsed");
        let shaper = rustybuzz::Face::from_slice(data, 0).expect("the embedded font can be parsed");
        // Contextual alternates would turn "->" into an arrow; an invoice prints what is stored.
        let feature = |tag: &[u8; 4], value: u32| Feature::new(Tag::from_bytes(tag), value, ..);
        let plan = |features: &[Feature]| {
            ShapePlan::new(&shaper, Direction::LeftToRight, Some(script::LATIN), None, features)
        };
        let text = plan(&[feature(b"calt", 0)]);
        // Kerning would shift figures out of their column.
        let tabular = plan(&[feature(b"calt", 0), feature(b"kern", 0), feature(b"tnum", 1)]);
        Self { font, shaper, text, tabular }
    }

    pub(crate) fn font(&self) -> Font {
        self.font.clone()
    }

    /// Whether the face can draw a character.
    pub(crate) fn covers(&self, character: char) -> bool {
        matches!(character, ' '..='~') || self.shaper.glyph_index(character).is_some()
    }

    /// The glyphs of a text in printing order; advances are in parts of the size. `buffer` is
    /// scratch space and comes back empty.
    pub(crate) fn shape(
        &self,
        text: &str,
        figures: Figures,
        buffer: &mut UnicodeBuffer,
    ) -> Vec<KrillaGlyph> {
        let mut input = std::mem::take(buffer);
        input.push_str(text);
        input.set_direction(Direction::LeftToRight);
        input.set_script(script::LATIN);
        let plan = match figures {
            Figures::Proportional => &self.text,
            Figures::Tabular => &self.tabular,
        };
        let output = rustybuzz::shape_with_plan(&self.shaper, plan, input);
        let em = self.font.units_per_em();
        let (infos, positions) = (output.glyph_infos(), output.glyph_positions());
        let mut glyphs: Vec<KrillaGlyph> = Vec::with_capacity(infos.len());
        let (mut end, mut next) = (text.len(), text.len());
        // Backwards, so that the end of each cluster is known when it is reached.
        for (info, position) in infos.iter().zip(positions).rev() {
            let start = info.cluster as usize;
            if start < next {
                (end, next) = (next, start);
            }
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                position.x_advance as f32 / em,
                position.x_offset as f32 / em,
                position.y_offset as f32 / em,
                position.y_advance as f32 / em,
                start..end,
                None,
            ));
        }
        glyphs.reverse();
        *buffer = output.clear();
        glyphs
    }
}
