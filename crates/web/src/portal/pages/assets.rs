//! What follows from a partner's brand: its colour as a stylesheet, its logo as an image.
//!
//! Decided here: a colour gets the ink that reads on it, and on a page it is darkened or lightened
//! until text in it can be read (WCAG 2.2, 1.4.3), whatever a partner chose. A logo is served with
//! the type that its bytes have and can do nothing but be seen.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::portal::guest::Guest;

/// Contrast that text needs (WCAG 2.2, AA), in thousandths.
const READABLE: u64 = 4_500;
/// The grounds that links stand on, light and dark.
const GROUNDS: [[u8; 3]; 2] = [[0xf5, 0xf6, 0xf8], [0x18, 0x1c, 0x23]];

pub(in crate::portal) async fn brand(guest: Guest) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300")),
    ];
    (headers, stylesheet(&guest.here.face.color)).into_response()
}

pub(in crate::portal) async fn logo(guest: Guest) -> Response {
    let Some((_, bytes)) = &guest.here.face.logo else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = if bytes.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    (headers, bytes.clone()).into_response()
}

/// What to say where a colour cannot be read on a light ground; pages darken it there (BRD-04).
pub(in crate::portal) fn hard_to_read(color: &str) -> Option<String> {
    let found = contrast(parse(color)?, GROUNDS[0]);
    (found < READABLE).then(|| {
        format!(
            "{color} has a contrast of {}.{}:1 on a light page, and text needs 4.5:1. Links are \
             shown darker there; a darker colour would be shown as it is.",
            found / 1_000,
            found % 1_000 / 100
        )
    })
}

type Rgb = [u8; 3];

fn stylesheet(color: &str) -> String {
    let brand = parse(color).unwrap_or([0x1f, 0x56, 0xc5]);
    let ink = if contrast(brand, [255; 3]) >= contrast(brand, [0x15, 0x18, 0x1e]) {
        [255; 3]
    } else {
        [0x15, 0x18, 0x1e]
    };
    let [light, dark] = GROUNDS.map(|ground| hex(readable(brand, ground)));
    let (brand, ink) = (hex(brand), hex(ink));
    let in_dark = format!("--link: {dark}; --mark: {dark};");
    format!(
        ":root {{ --brand: {brand}; --brand-ink: {ink}; --link: {light}; --mark: {light}; }}\n\
         @media (prefers-color-scheme: dark) {{ :root:not([data-theme=\"light\"]) {{ {in_dark} }} \
         }}\n:root[data-theme=\"dark\"] {{ {in_dark} }}\n"
    )
}

/// The colour, moved towards black or white until it can be read on `ground`.
fn readable(color: Rgb, ground: Rgb) -> Rgb {
    let end: u8 = if luminance(ground) > 200_000 { 0 } else { 255 };
    let step = |by: u32| {
        color.map(|channel| {
            let moved = (u32::from(channel) * (20 - by) + u32::from(end) * by) / 20;
            u8::try_from(moved).unwrap_or(end)
        })
    };
    (0..=20).map(step).find(|it| contrast(*it, ground) >= READABLE).unwrap_or([end; 3])
}

/// The contrast of two colours in thousandths (WCAG 2.2).
fn contrast(one: Rgb, other: Rgb) -> u64 {
    let (one, other) = (luminance(one), luminance(other));
    let (high, low) = (one.max(other), one.min(other));
    (high + 50_000) * 1_000 / (low + 50_000)
}

/// Relative luminance in millionths. The curve of sRGB is taken as the cubic that is within a
/// thousandth of it: x (x (0.3053 x + 0.6822) + 0.0125).
fn luminance([red, green, blue]: Rgb) -> u64 {
    let linear = |channel: u8| {
        let x = u64::from(channel) * 1_000_000 / 255;
        let inner = 305_306 * x / 1_000_000 + 682_171;
        x * (x * inner / 1_000_000 + 12_523) / 1_000_000
    };
    (linear(red) * 2_126 + linear(green) * 7_152 + linear(blue) * 722) / 10_000
}

fn parse(color: &str) -> Option<Rgb> {
    let digits = color.strip_prefix('#').filter(|it| it.len() == 6 && it.is_ascii())?;
    let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    // BRD-04 BEY-17
    #[test]
    fn any_colour_becomes_one_that_can_be_read() {
        for color in ["#ffffff", "#000000", "#ffff00", "#1f6feb", "#808080", "#ff0000"] {
            let color = parse(color).unwrap();
            for ground in GROUNDS {
                let found = readable(color, ground);
                assert!(contrast(found, ground) >= READABLE, "{found:?} on {ground:?}");
            }
        }
        assert_eq!(readable([0, 0, 128], GROUNDS[0]), [0, 0, 128], "what can be read stays");
    }

    // BRD-04
    #[test]
    fn pale_colours_are_warned_about() {
        assert!(hard_to_read("#ffffcc").unwrap().contains("1.0:1"));
        assert_eq!(hard_to_read("#000080"), None);
        assert_eq!(hard_to_read("red"), None);
    }

    #[test]
    fn a_colour_that_is_none_puts_nothing_into_the_stylesheet() {
        for color in ["red;} body{display:none", "", "#12345", "#äöü"] {
            let css = stylesheet(color);
            assert!(css.contains("--brand: #1f56c5") && !css.contains("body"), "{css}");
        }
        assert!(stylesheet("#ffd500").contains("--brand-ink: #15181e"));
    }
}
