//! From a string to lines that fit a width.
//!
//! What reaches a page is cleaned first: control and invisible characters go, because they can
//! hide or reorder what is read, and a character the font lacks becomes a question mark. Lines
//! break at spaces; a word longer than a line is broken where the line ends.

use std::ops::Range;

use krilla::text::KrillaGlyph;
use rustybuzz::UnicodeBuffer;

use crate::color::{INK, MUTED, Rgb};
use crate::font::{ASCENT, DESCENT, Figures, Fonts, Typeface, Weight};

/// The most bytes of text one document may have. It is about a thousand full pages, and bounds
/// the memory one document can take.
pub(crate) const MAX_TEXT_BYTES: usize = 4 * 1024 * 1024;

/// How a text looks. The size is in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub weight: Weight,
    pub size: f32,
    pub color: Rgb,
    pub figures: Figures,
}

impl Style {
    pub(crate) const fn text(size: f32) -> Self {
        Self { weight: Weight::Regular, size, color: INK, figures: Figures::Proportional }
    }

    pub(crate) const fn bold(size: f32) -> Self {
        Self { weight: Weight::SemiBold, ..Self::text(size) }
    }

    pub(crate) const fn label(size: f32) -> Self {
        Self { color: MUTED, ..Self::text(size) }
    }

    pub(crate) const fn tabular(self) -> Self {
        Self { figures: Figures::Tabular, ..self }
    }

    pub(crate) const fn colored(self, color: Rgb) -> Self {
        Self { color, ..self }
    }

    /// Distance from one baseline to the next, in points.
    pub(crate) fn leading(&self) -> f32 {
        self.size * 1.38
    }

    /// Distance from the top of a line to its baseline, in points.
    pub(crate) fn baseline(&self) -> f32 {
        (self.leading() - (ASCENT + DESCENT) * self.size) / 2.0 + ASCENT * self.size
    }
}

/// A line of text that has been measured and can be drawn as it is.
#[derive(Debug, Clone)]
pub(crate) struct TextLine {
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    pub style: Style,
    /// In points.
    pub width: f32,
    /// Whether the next line goes on with the same word.
    pub splits_word: bool,
}

/// How much room a text has at most; the width is in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limit {
    pub width: f32,
    pub lines: usize,
}

/// Turns strings into lines, and counts how much text that was.
pub(crate) struct Typesetter<'a> {
    fonts: &'a Fonts,
    buffer: UnicodeBuffer,
    bytes_left: usize,
    overflowed: bool,
}

impl<'a> Typesetter<'a> {
    pub(crate) fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, buffer: UnicodeBuffer::new(), bytes_left: MAX_TEXT_BYTES, overflowed: false }
    }

    /// Whether the document had more text than allowed. What came after was set as nothing, so
    /// the pages must not be used.
    pub(crate) fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// One line, however wide.
    pub(crate) fn line(&mut self, text: &str, style: Style) -> TextLine {
        let text = self.within_bounds(text).replace(['\n', '\r'], " ");
        let text = clean(text.trim(), self.fonts.face(style.weight));
        self.shape(text, style)
    }

    /// As many lines as the width (in points) asks for. Blank text is no line at all.
    pub(crate) fn paragraph(&mut self, text: &str, style: Style, width: f32) -> Vec<TextLine> {
        let text = self.within_bounds(text);
        let text = clean(text.trim(), self.fonts.face(style.weight));
        let mut lines = Vec::new();
        if text.is_empty() {
            return lines;
        }
        for paragraph in text.split('\n') {
            let shaped = self.shape(paragraph.trim_end().to_owned(), style);
            if shaped.width <= width {
                lines.push(shaped);
            } else {
                lines.extend(broken(&shaped, width));
            }
        }
        lines
    }

    /// Like [`Self::paragraph`], cut with an ellipsis after a number of lines.
    pub(crate) fn clamped(&mut self, text: &str, style: Style, limit: Limit) -> Vec<TextLine> {
        let mut lines = self.paragraph(text, style, limit.width);
        if lines.len() > limit.lines {
            lines.truncate(limit.lines);
            if let Some(last) = lines.pop() {
                let cut = format!("{}…", last.text.trim_end());
                lines.push(self.fitted(&cut, style, limit.width));
            }
        }
        lines
    }

    /// One line, cut with an ellipsis if it is wider than allowed (in points).
    pub(crate) fn fitted(&mut self, text: &str, style: Style, width: f32) -> TextLine {
        // No line on the page holds more characters than this, whatever they are.
        let start = text.char_indices().nth(400).map_or(text, |(end, _)| &text[..end]);
        let line = self.line(start, style);
        if line.width <= width && start.len() == text.len() {
            return line;
        }
        let ellipsis = self.line("…", style).width;
        // A letter with its marks is several glyphs of one range of text; it is kept if all fit.
        let (mut end, mut reached) = (0, 0);
        let mut used = ellipsis;
        for glyph in &line.glyphs {
            if glyph.text_range.start >= reached {
                end = reached;
            }
            used += glyph.x_advance * style.size;
            if used > width {
                break;
            }
            reached = glyph.text_range.end;
        }
        if used <= width {
            end = reached;
        }
        let kept = line.text[..end].trim_end_matches([' ', '…']);
        self.line(&format!("{kept}…"), style)
    }

    /// The text, or nothing if it is more than the document may still have.
    fn within_bounds<'t>(&mut self, text: &'t str) -> &'t str {
        if text.len() > self.bytes_left {
            self.overflowed = true;
            return "";
        }
        text
    }

    fn shape(&mut self, text: String, style: Style) -> TextLine {
        // A cleaned text can be longer than it was by a few replaced characters.
        self.bytes_left = self.bytes_left.saturating_sub(text.len());
        let face = self.fonts.face(style.weight);
        let glyphs = face.shape(&text, style.figures, &mut self.buffer);
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum::<f32>() * style.size;
        TextLine { text, glyphs, style, width, splits_word: false }
    }

    /// The line with a space at its end that takes no room. Without it, copied text and screen
    /// readers would run the last word together with the first of the next line.
    pub(crate) fn spaced(&mut self, mut line: TextLine) -> TextLine {
        if line.splits_word {
            return line;
        }
        let face = self.fonts.face(line.style.weight);
        for mut glyph in face.shape(" ", line.style.figures, &mut self.buffer) {
            let start = line.text.len();
            glyph.text_range = start..start + 1;
            line.glyphs.push(glyph);
        }
        line.text.push(' ');
        line
    }
}

/// Splits a shaped text into lines no wider than `width` points. A line has at least one glyph,
/// so this ends even if nothing fits.
fn broken(shaped: &TextLine, width: f32) -> Vec<TextLine> {
    let glyphs = &shaped.glyphs;
    let is_space = |at: usize| {
        shaped.text.get(glyphs[at].text_range.clone()).is_some_and(|text| text.trim().is_empty())
            && !shaped.text[glyphs[at].text_range.clone()].contains(['\u{a0}', '\u{202f}'])
    };
    let mut lines = Vec::new();
    let (mut start, mut at, mut used) = (0, 0, 0.0);
    let mut after_space = None;
    while at < glyphs.len() {
        let advance = glyphs[at].x_advance * shaped.style.size;
        if is_space(at) {
            after_space = Some(at + 1);
        } else if used + advance > width && at > start {
            let end = after_space.unwrap_or_else(|| cluster_start(glyphs, start, at));
            let line = slice(shaped, start..end);
            lines.push(TextLine { splits_word: after_space.is_none(), ..line });
            (start, at, used, after_space) = (end, end, 0.0, None);
            continue;
        }
        used += advance;
        at += 1;
    }
    lines.push(slice(shaped, start..glyphs.len()));
    lines
}

/// The nearest place at or before `at` where no accent is torn off its letter. If that leaves
/// nothing, the nearest place after it.
fn cluster_start(glyphs: &[KrillaGlyph], start: usize, at: usize) -> usize {
    let tears = |cut: usize| {
        cut < glyphs.len() && glyphs[cut].text_range.start == glyphs[cut - 1].text_range.start
    };
    (start + 1..=at)
        .rev()
        .find(|&cut| !tears(cut))
        .or_else(|| (at..=glyphs.len()).find(|&cut| !tears(cut)))
        .unwrap_or(glyphs.len())
}

/// Some glyphs of a line as a line of their own, without the spaces at its end.
fn slice(shaped: &TextLine, range: Range<usize>) -> TextLine {
    let mut glyphs = shaped.glyphs[range].to_vec();
    let blank = |glyph: &KrillaGlyph| {
        shaped.text.get(glyph.text_range.clone()).is_some_and(|text| text.trim().is_empty())
    };
    while glyphs.len() > 1 && glyphs.last().is_some_and(blank) {
        glyphs.pop();
    }
    let from = glyphs.first().map_or(0, |glyph| glyph.text_range.start);
    let to = glyphs.last().map_or(from, |glyph| glyph.text_range.end);
    for glyph in &mut glyphs {
        glyph.text_range = glyph.text_range.start - from..glyph.text_range.end - from;
    }
    let width = glyphs.iter().map(|glyph| glyph.x_advance).sum::<f32>() * shaped.style.size;
    let text = shaped.text[from..to].to_owned();
    TextLine { text, glyphs, style: shaped.style, width, splits_word: false }
}

/// The text as it can be printed: no control or invisible characters except line feeds, and
/// nothing the face cannot draw.
fn clean(text: &str, face: &Typeface) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            ' '..='~' | '\n' => out.push(character),
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push(' '),
            _ if character.is_control() || is_invisible(character) => {}
            _ if face.covers(character) => out.push(character),
            _ if character.is_whitespace() => out.push(' '),
            _ => out.push(if face.covers('\u{fffd}') { '\u{fffd}' } else { '?' }),
        }
    }
    out
}

/// The same for text that is not set in the font: titles and authors in the file's properties.
pub(crate) fn clean_property(text: &str) -> String {
    let visible = |character: &char| !character.is_control() && !is_invisible(*character);
    let one_line = text.replace(['\n', '\r', '\t'], " ");
    one_line.trim().chars().filter(visible).take(200).collect()
}

/// Characters that take no space and show nothing: joiners, marks of direction, selectors, and
/// code points that never are characters.
fn is_invisible(character: char) -> bool {
    matches!(u32::from(character),
        0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
        | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfdd0..=0xfdef
        | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0xfffe | 0xffff
        | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    fn set(text: &str, width: f32) -> Vec<String> {
        let fonts = Fonts::new();
        let lines = Typesetter::new(&fonts).paragraph(text, Style::text(10.0), width);
        lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_where_the_line_ends() {
        assert_eq!(set("one two three", 45.0), ["one two", "three"]);
        let word = set("abcdefghijklmnopqrstuvwxyz", 45.0);
        assert!(word.len() > 2, "{word:?}");
        assert_eq!(word.concat(), "abcdefghijklmnopqrstuvwxyz");
    }

    #[test]
    fn an_amount_is_not_broken_at_its_no_break_space() {
        assert_eq!(set("pay 1\u{a0}234,00", 50.0), ["pay", "1\u{a0}234,00"]);
    }

    #[test]
    fn what_cannot_be_printed_is_replaced_or_dropped() {
        assert_eq!(set("a\u{0}b\u{202e}c\u{200b}d", 500.0), ["abcd"]);
        assert_eq!(set("漢字 ok", 500.0), ["?? ok"]);
        assert_eq!(set("one\r\ntwo\u{2028}three", 500.0), ["one", "two", "three"]);
    }

    #[test]
    fn tabular_figures_are_equally_wide() {
        let fonts = Fonts::new();
        let mut type_setter = Typesetter::new(&fonts);
        let style = Style::text(10.0).tabular();
        let mut width = |text: &str| type_setter.line(text, style).width;
        assert_eq!(width("$1,111.11"), width("$7,840.96"));
    }

    proptest! {
        /// No line is wider than asked unless it is a single cluster (a letter with its marks,
        /// which is never torn), and no letter is lost.
        #[test]
        fn lines_fit_and_lose_nothing(text in "\\PC{0,80}", width in 1f32..200.0) {
            let fonts = Fonts::new();
            let mut setter = Typesetter::new(&fonts);
            let lines = setter.paragraph(&text, Style::text(10.0), width);
            let whole = setter.line(&text, Style::text(10.0)).text;
            for line in &lines {
                let wide = line.glyphs.iter().filter(|glyph| glyph.x_advance > 0.0);
                let clusters: BTreeSet<usize> =
                    wide.map(|glyph| glyph.text_range.start).collect();
                prop_assert!(line.width <= width + 0.01 || clusters.len() <= 1, "{line:?}");
            }
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
            let printed: usize = lines.iter().map(|line| letters(&line.text)).sum();
            prop_assert_eq!(printed, letters(&whole));
        }

        /// A fitted line never exceeds its width, as long as the ellipsis itself fits.
        #[test]
        fn a_fitted_line_fits(text in "\\PC{0,600}", width in 20f32..200.0) {
            let fonts = Fonts::new();
            let line = Typesetter::new(&fonts).fitted(&text, Style::text(10.0), width);
            prop_assert!(line.width <= width + 1.0, "{} > {width}", line.width);
        }
    }
}
