//! The partners' logos, drawn by code.
//!
//! Decided here: two simple marks in the partners' colours on a transparent ground. Integers only;
//! edges are smoothed by sampling each pixel several times.

use anyhow::{Context, bail};

/// Width and height in pixels.
const SIZE: u32 = 192;
/// Samples per pixel and axis.
const SAMPLES: u32 = 4;
/// Units of the drawing per pixel: each sample has its own.
const UNITS: i64 = SAMPLES as i64;
/// Width and height in units.
const EXTENT: i64 = SIZE as i64 * UNITS;

/// What is at a place of the drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ink {
    Nothing,
    Brand,
    White,
}

/// The logo of the partner with this slug, as PNG.
pub(crate) fn logo(slug: &str, color: &str) -> anyhow::Result<Vec<u8>> {
    let ink: fn(i64, i64) -> Ink = match slug {
        "bluebird" => wing,
        "cascade" => waves,
        _ => bail!("no logo is drawn for {slug:?}"),
    };
    let brand = u32::from_str_radix(color.trim_start_matches('#'), 16).context("a colour")?;
    let [_, red, green, blue] = brand.to_be_bytes();
    let mut pixels = Vec::with_capacity((SIZE * SIZE * 4) as usize);
    for y in 0..SIZE {
        for x in 0..SIZE {
            pixels.extend_from_slice(&pixel(ink, (x, y), [red, green, blue]));
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIZE, SIZE);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(bytes)
}

/// The mean of a pixel's samples.
fn pixel(ink: fn(i64, i64) -> Ink, (x, y): (u32, u32), brand: [u8; 3]) -> [u8; 4] {
    let (mut inked, mut white) = (0_u32, 0_u32);
    for sample in 0..SAMPLES * SAMPLES {
        let x = i64::from(x * SAMPLES + sample % SAMPLES);
        let y = i64::from(y * SAMPLES + sample / SAMPLES);
        match ink(x, y) {
            Ink::Nothing => {}
            Ink::Brand => inked += 1,
            Ink::White => {
                inked += 1;
                white += 1;
            }
        }
    }
    let mean = |value: u8| {
        let sum = u32::from(value) * (inked - white) + 255 * white;
        u8::try_from(sum.checked_div(inked).unwrap_or(0)).expect("a mean of bytes")
    };
    let alpha = u8::try_from(inked * 255 / (SAMPLES * SAMPLES)).expect("at most 255");
    [mean(brand[0]), mean(brand[1]), mean(brand[2]), alpha]
}

/// Whether a place is within a circle, all in percent of the drawing.
fn in_circle((x, y): (i64, i64), (center_x, center_y, radius): (i64, i64, i64)) -> bool {
    let of = |percent: i64| percent * EXTENT / 100;
    let (dx, dy) = (x - of(center_x), y - of(center_y));
    dx * dx + dy * dy <= of(radius) * of(radius)
}

/// A disc with a bird: a raised wing, a body, an eye.
fn wing(x: i64, y: i64) -> Ink {
    let at = (x, y);
    if !in_circle(at, (50, 50, 48)) {
        return Ink::Nothing;
    }
    let wing = in_circle(at, (42, 52, 28)) && !in_circle(at, (28, 36, 30));
    let head = in_circle(at, (66, 38, 12));
    let eye = in_circle(at, (69, 36, 3));
    if (wing || head) && !eye { Ink::White } else { Ink::Brand }
}

/// A rounded square with three waves, one below the other.
fn waves(x: i64, y: i64) -> Ink {
    let of = |percent: i64| percent * EXTENT / 100;
    let (low, high) = (of(20), of(80));
    let corner = (x.clamp(low, high) - x, y.clamp(low, high) - y);
    if corner.0 * corner.0 + corner.1 * corner.1 > of(18) * of(18) {
        return Ink::Nothing;
    }
    let period = of(40);
    let wave = ((x + of(10)).rem_euclid(period) - period / 2).abs() * 2 / 5;
    let is_wave = [30, 50, 70].iter().any(|level| (y + wave - of(*level) - of(6)).abs() < of(4));
    if is_wave && (of(14)..of(86)).contains(&x) { Ink::White } else { Ink::Brand }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::world::PARTNERS;

    #[test]
    fn every_partner_has_its_own_picture() {
        let draw = |slug, color| logo(slug, color).expect("a picture");
        let logos = PARTNERS.map(|partner| draw(partner.slug, partner.color));
        assert_ne!(logos[0], logos[1]);
        for bytes in logos {
            let reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
            assert_eq!((reader.info().width, reader.info().height), (SIZE, SIZE));
        }
    }
}
