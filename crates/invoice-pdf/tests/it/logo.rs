//! Uploads: which are taken, which are refused and why.

use invoice_pdf::{Engine, Logo, PdfError, samples};
use proptest::prelude::*;

use crate::reader;

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&vec![90; width as usize * height as usize * 3]).unwrap();
    drop(writer);
    file
}

/// A file whose head claims a size its few bytes cannot have.
fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut file = png(1, 1);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&file[12..29]);
    file[29..33].copy_from_slice(&sum.to_be_bytes());
    file
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum: u32, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1))
        })
    })
}

#[track_caller]
fn check_refused(bytes: &[u8], why: &str) {
    match Logo::parse(bytes) {
        Err(PdfError::Logo(reason)) => assert!(reason.contains(why), "{reason}"),
        other => panic!("{other:?}"),
    }
}

fn rendered(logo: Logo) -> Vec<u8> {
    let mut document = samples::usual();
    document.brand.logo = Some(logo);
    Engine::new().render(&document).unwrap()
}

#[test]
fn what_is_no_picture_is_refused_with_its_reason() {
    check_refused(b"", "empty");
    check_refused(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither PNG nor JPEG");
    check_refused(b"GIF89a", "neither PNG nor JPEG");
    check_refused(&vec![0; 5 * 1024 * 1024], "more than the allowed");
    check_refused(b"\x89PNG\r\n\x1a\nnonsense", "damaged PNG");
    check_refused(b"\xff\xd8\xff\xe0nonsense", "damaged JPEG");
}

#[test]
fn half_a_picture_is_refused() {
    let file = samples::logo_png();
    check_refused(&file[..file.len() / 2], "damaged PNG");
    let file = include_bytes!("../data/logo.jpg");
    check_refused(&file[..file.len() / 2], "damaged JPEG");
}

#[test]
fn absurd_sizes_are_refused_before_they_are_unpacked() {
    check_refused(&png_claiming(50_000, 50_000), "50000 by 50000 pixels");
    check_refused(&png_claiming(1, 2_000_000), "1 by 2000000 pixels");
}

#[test]
fn jpegs_are_taken_in_either_colour_model() {
    for file in [
        include_bytes!("../data/logo.jpg").as_slice(),
        include_bytes!("../data/logo-cmyk.jpg").as_slice(),
    ] {
        let pdf = rendered(Logo::parse(file).unwrap());
        assert_eq!(reader::pictures(&pdf), [(64, 24)]);
    }
}

#[test]
fn large_pictures_are_reduced_in_proportion() {
    let pdf = rendered(Logo::parse(&png(3000, 1500)).unwrap());
    let (width, height) = reader::pictures(&pdf)[0];
    assert!(width < 1280 && height < 400 && width == 2 * height, "{width} by {height}");
}

#[test]
fn extreme_proportions_still_render() {
    for (width, height) in [(9000, 1), (1, 9000), (1, 1), (2, 3000)] {
        rendered(Logo::parse(&png(width, height)).unwrap());
    }
}

proptest! {
    /// A file damaged anywhere is refused or decoded, and nothing else.
    #[test]
    fn damage_never_panics(at in 8usize..2000, value: u8, jpeg: bool, cut in 0usize..4000) {
        let mut file = if jpeg {
            include_bytes!("../data/logo.jpg").to_vec()
        } else {
            samples::logo_png()
        };
        let at = at % file.len();
        file[at] = value;
        file.truncate(file.len() - cut.min(file.len()) / 4);
        if let Ok(logo) = Logo::parse(&file) {
            rendered(logo);
        }
    }
}
