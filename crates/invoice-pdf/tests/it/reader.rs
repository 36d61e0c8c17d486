//! Reads finished files.

use lopdf::{Document, Object};

/// Parses a file, which proves that it is one.
pub(crate) fn open(pdf: &[u8]) -> Document {
    assert!(pdf.starts_with(b"%PDF"));
    Document::load_mem(pdf).unwrap()
}

/// The text of each page, with all white space as single spaces.
pub(crate) fn pages(pdf: &[u8]) -> Vec<String> {
    let document = open(pdf);
    let numbers = document.get_pages().into_keys();
    let text = |number: u32| document.extract_text(&[number]).unwrap();
    numbers.map(|number| text(number).split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The text of all pages.
pub(crate) fn text(pdf: &[u8]) -> String {
    pages(pdf).join(" ")
}

/// The contents of all streams, unpacked.
pub(crate) fn streams(pdf: &[u8]) -> Vec<Vec<u8>> {
    let document = open(pdf);
    let streams = document.objects.values().filter_map(|object| object.as_stream().ok());
    streams
        .map(|stream| stream.decompressed_content().unwrap_or_else(|_| stream.content.clone()))
        .collect()
}

/// Width and height in pixels of all embedded pictures, without their opacity masks.
pub(crate) fn pictures(pdf: &[u8]) -> Vec<(i64, i64)> {
    let document = open(pdf);
    let streams = document.objects.values().filter_map(|object| object.as_stream().ok());
    let is_picture = |stream: &&lopdf::Stream| {
        let name = |key: &[u8]| stream.dict.get(key).and_then(Object::as_name).ok();
        name(b"Subtype") == Some(b"Image") && name(b"ColorSpace") != Some(b"DeviceGray")
    };
    let number = |stream: &lopdf::Stream, key| stream.dict.get(key).unwrap().as_i64().unwrap();
    let size = |stream| (number(stream, b"Width".as_slice()), number(stream, b"Height"));
    streams.filter(is_picture).map(size).collect()
}

/// An entry of the file's properties.
pub(crate) fn property(pdf: &[u8], key: &str) -> Option<String> {
    let document = open(pdf);
    let info = document.trailer.get(b"Info").ok()?.as_reference().ok()?;
    let entry = document.get_dictionary(info).ok()?.get(key.as_bytes()).ok()?;
    lopdf::decode_text_string(entry).ok()
}
