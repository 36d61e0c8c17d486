//! Logos: from a partner's upload to pixels that can be embedded.
//!
//! The whole picture is decoded here, once, so that a broken upload is refused with a reason
//! instead of leaving a hole in the page. What is kept are the pixels alone: comments, location
//! data and colour profiles of the upload do not reach the PDF.

use std::fmt;
use std::io::Cursor;

use krilla::image::Image;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::PdfError;

/// Uploads larger than this are refused: nothing that prints on a few centimetres needs more.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Pictures with more pixels are refused before they are decoded, so that a small file cannot
/// unpack into gigabytes.
const MAX_PIXELS: u64 = 16_000_000;

/// No side may be longer, whatever the other one is.
const MAX_SIDE: u32 = 10_000;

/// Pictures are reduced until they are less than twice this wide and high: it is 300 dots an inch
/// at the largest printed size, and every further pixel makes every invoice larger.
const KEPT_WIDTH: u32 = 640;
const KEPT_HEIGHT: u32 = 200;

/// A decoded logo. Cloning is cheap, so decode it once for a run of invoices.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo(Image);

impl Logo {
    /// Decodes a PNG or JPEG file.
    ///
    /// # Errors
    /// [`PdfError::Logo`] if the file is neither, is damaged, is larger than 4 MiB, or has more
    /// than 16 million pixels.
    pub fn parse(bytes: &[u8]) -> Result<Self, PdfError> {
        let pixels = decode(bytes).map_err(PdfError::Logo)?;
        let pixels = pixels.reduced();
        Ok(Self(Image::from_rgba8(pixels.rgba, pixels.width, pixels.height)))
    }

    pub(crate) fn image(&self) -> Image {
        self.0.clone()
    }

    /// Width and height in points, as large as a box allows without changing the proportions. A
    /// picture is never enlarged beyond half a point a pixel, where it would look coarse.
    pub(crate) fn fit(&self, max_width: f32, max_height: f32) -> (f32, f32) {
        let (width, height) = self.0.size();
        let (width, height) = (width.max(1) as f32, height.max(1) as f32);
        let scale = (max_width / width).min(max_height / height).min(0.5);
        // Absurd proportions would leave a side too thin for the PDF writer to accept.
        ((width * scale).max(0.5), (height * scale).max(0.5))
    }
}

impl fmt::Debug for Logo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = self.0.size();
        write!(out, "Logo({width}x{height})")
    }
}

/// Pixels as red, green, blue and opacity.
struct Pixels {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Pixels {
    /// Averages blocks of pixels until the picture is about the size that will be kept.
    fn reduced(self) -> Self {
        let step = (self.width / KEPT_WIDTH).max(self.height / KEPT_HEIGHT).max(1);
        if step == 1 {
            return self;
        }
        let (width, height) = ((self.width / step).max(1), (self.height / step).max(1));
        let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
        for y in 0..height {
            for x in 0..width {
                rgba.extend(self.average(x * step, y * step, step));
            }
        }
        Self { width, height, rgba }
    }

    /// Average of a block. Colours weigh by opacity, so that the colour hidden behind transparent
    /// pixels does not show as a fringe.
    fn average(&self, left: u32, top: u32, step: u32) -> [u8; 4] {
        let (mut red, mut green, mut blue, mut alpha, mut count) = (0u64, 0u64, 0u64, 0u64, 0u64);
        for y in top..(top + step).min(self.height) {
            for x in left..(left + step).min(self.width) {
                let at = (y as usize * self.width as usize + x as usize) * 4;
                if let Some(&[r, g, b, a]) = self.rgba.get(at..at + 4) {
                    let weight = u64::from(a);
                    red += u64::from(r) * weight;
                    green += u64::from(g) * weight;
                    blue += u64::from(b) * weight;
                    alpha += weight;
                    count += 1;
                }
            }
        }
        if alpha == 0 {
            return [255, 255, 255, 0];
        }
        let color = |sum: u64| ((sum + alpha / 2) / alpha) as u8;
        [color(red), color(green), color(blue), ((alpha + count / 2) / count) as u8]
    }
}

fn decode(bytes: &[u8]) -> Result<Pixels, String> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("{} bytes are more than the allowed {MAX_BYTES}", bytes.len()));
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        decode_png(bytes)
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        decode_jpeg(bytes)
    } else if bytes.is_empty() {
        Err("the file is empty".into())
    } else {
        Err("the file is neither PNG nor JPEG".into())
    }
}

fn check_size(width: u32, height: u32) -> Result<(), String> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > MAX_PIXELS || width.max(height) > MAX_SIDE {
        return Err(format!(
            "{width} by {height} pixels, allowed are {MAX_PIXELS} pixels and {MAX_SIDE} a side"
        ));
    }
    Ok(())
}

fn decode_png(bytes: &[u8]) -> Result<Pixels, String> {
    let damaged = |error: png::DecodingError| format!("damaged PNG, {error}");
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(damaged)?;
    let (width, height) = (reader.info().width, reader.info().height);
    check_size(width, height)?;
    let length = reader.output_buffer_size().ok_or("damaged PNG, its size is absurd")?;
    let mut samples = vec![0; length];
    reader.next_frame(&mut samples).map_err(damaged)?;
    let rgba = match reader.output_color_type().0 {
        png::ColorType::Rgba => samples,
        png::ColorType::Rgb => opaque(&samples),
        png::ColorType::GrayscaleAlpha => {
            samples.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect()
        }
        png::ColorType::Grayscale => samples.iter().flat_map(|&p| [p, p, p, 255]).collect(),
        png::ColorType::Indexed => return Err("damaged PNG, its palette is missing".into()),
    };
    checked(width, height, rgba)
}

fn decode_jpeg(bytes: &[u8]) -> Result<Pixels, String> {
    // Strict, because the lenient mode fills what is missing with grey and reports success.
    let options =
        DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB).set_strict_mode(true);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    decoder.decode_headers().map_err(|error| format!("damaged JPEG, {error:?}"))?;
    let (width, height) = decoder.dimensions().ok_or("damaged JPEG, it states no size")?;
    let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    check_size(side(width), side(height))?;
    let samples = decoder.decode().map_err(|error| format!("damaged JPEG, {error:?}"))?;
    checked(side(width), side(height), opaque(&samples))
}

fn opaque(rgb: &[u8]) -> Vec<u8> {
    rgb.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect()
}

/// The embedding code trusts the length, so a decoder that returned less is caught here.
fn checked(width: u32, height: u32, rgba: Vec<u8>) -> Result<Pixels, String> {
    if rgba.len() as u64 != u64::from(width) * u64::from(height) * 4 {
        return Err("damaged file, pixels are missing".into());
    }
    Ok(Pixels { width, height, rgba })
}
