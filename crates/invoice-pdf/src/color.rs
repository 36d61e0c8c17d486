//! Colours, and which of them can be read on which.
//!
//! A brand brings one colour and it may be anything, white and neon yellow included. It is used
//! for shapes; text on it, and text in it, is chosen by contrast so that it can always be read.

use crate::PdfError;

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rgb(pub u8, pub u8, pub u8);

pub(crate) const INK: Rgb = Rgb(0x15, 0x1a, 0x23);
pub(crate) const MUTED: Rgb = Rgb(0x5d, 0x66, 0x74);
pub(crate) const RULE: Rgb = Rgb(0xe5, 0xe8, 0xec);
pub(crate) const PANEL: Rgb = Rgb(0xf6, 0xf7, 0xf9);
pub(crate) const WHITE: Rgb = Rgb(0xff, 0xff, 0xff);

/// What WCAG asks of text of normal size.
const READABLE: f32 = 4.5;

/// A shape with less contrast than this to the page would not be seen.
const VISIBLE: f32 = 1.35;

impl Rgb {
    /// Relative luminance as WCAG defines it, 0 (black) to 1 (white).
    fn luminance(self) -> f32 {
        let linear = |channel: u8| {
            let value = f32::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast between two colours, 1 (none) to 21 (black on white).
    pub(crate) fn contrast(self, other: Self) -> f32 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// `self` mixed with `other`; `share` (0 to 1) is how much of `other`.
    pub(crate) fn mix(self, other: Self, share: f32) -> Self {
        let channel = |from: u8, to: u8| {
            (f32::from(from) + (f32::from(to) - f32::from(from)) * share).round() as u8
        };
        Self(channel(self.0, other.0), channel(self.1, other.1), channel(self.2, other.2))
    }

    /// White or ink, whichever reads better on `self`. White wins as soon as it is readable,
    /// because that is what people expect of a coloured button.
    pub(crate) fn text_on(self) -> Self {
        let (white, ink) = (self.contrast(WHITE), self.contrast(INK));
        if white >= READABLE || white >= ink { WHITE } else { INK }
    }
}

/// A brand's accent colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrandColor(Rgb);

impl BrandColor {
    /// Reads a colour written as `#rrggbb`, in either case.
    ///
    /// # Errors
    /// [`PdfError::Color`] if it is written in any other way.
    pub fn parse(text: &str) -> Result<Self, PdfError> {
        let wrong = || PdfError::Color(text.chars().take(20).collect());
        let digits = text.strip_prefix('#').ok_or_else(wrong)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let value = u32::from_str_radix(digits, 16).map_err(|_| wrong())?;
        let [_, red, green, blue] = value.to_be_bytes();
        Ok(Self(Rgb(red, green, blue)))
    }

    /// The colour for shapes: the brand's own, or ink if it could not be told from the paper.
    pub(crate) fn shape(self) -> Rgb {
        if self.0.contrast(WHITE) < VISIBLE { INK } else { self.0 }
    }

    /// The colour for text on white: the brand's own, darkened until it can be read.
    pub(crate) fn text(self) -> Rgb {
        let mut color = self.shape();
        // Each step takes a tenth of the way to ink, so thirty steps are past any colour.
        for _ in 0..30 {
            if color.contrast(WHITE) >= READABLE {
                break;
            }
            color = color.mix(INK, 0.1);
        }
        color
    }
}

impl Default for BrandColor {
    /// Ink, for brands that chose no colour.
    fn default() -> Self {
        Self(INK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_six_hex_digits_are_a_colour() {
        assert_eq!(BrandColor::parse("#0A7cff").unwrap().0, Rgb(0x0a, 0x7c, 0xff));
        for wrong in ["", "#", "0a7cff", "#0a7cf", "#0a7cffa", "#+a7cff", "#0a7cfé", "red"] {
            assert!(matches!(BrandColor::parse(wrong), Err(PdfError::Color(_))), "{wrong}");
        }
    }

    proptest! {
        /// Whatever the brand's colour, text on it and text in it can be read.
        #[test]
        fn text_is_readable_on_and_in_any_colour(red: u8, green: u8, blue: u8) {
            let brand = BrandColor(Rgb(red, green, blue));
            let shape = brand.shape();
            prop_assert!(shape.contrast(shape.text_on()) >= 4.0);
            prop_assert!(brand.text().contrast(WHITE) >= READABLE);
        }
    }
}
