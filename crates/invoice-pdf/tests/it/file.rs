//! The file itself: the same bytes each time, the brand's name and no other.

use std::thread;

use invoice_pdf::{Engine, PayLink, samples};

use crate::reader;

#[test]
fn an_engine_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Engine>();
    shared::<invoice_pdf::InvoiceDocument>();
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let engine = Engine::new();
    for (name, document) in samples::all() {
        let first = engine.render(&document).unwrap();
        let again = thread::scope(|scope| {
            let handle = scope.spawn(|| Engine::new().render(&document).unwrap());
            handle.join().unwrap()
        });
        assert!(first == again, "{name} differs");
    }
}

#[test]
fn every_sample_renders_to_a_file_of_moderate_size() {
    let engine = Engine::new();
    for (name, document) in samples::all() {
        let pdf = engine.render(&document).unwrap();
        assert!(!reader::pages(&pdf).is_empty(), "{name}");
        assert!(pdf.len() < 120_000, "{name} has {} bytes", pdf.len());
    }
}

// INV-28
#[test]
fn the_platform_is_named_nowhere() {
    // Written in two parts so that this file is not the one place with the name.
    let platform = ["trunk", "line"].concat();
    let engine = Engine::new();
    for (name, document) in samples::all() {
        let pdf = engine.render(&document).unwrap();
        let mut places = reader::streams(&pdf);
        places.push(reader::text(&pdf).into_bytes());
        places.extend(
            ["Title", "Author", "Creator", "Producer"]
                .into_iter()
                .map(|key| reader::property(&pdf, key).unwrap_or_default().into_bytes()),
        );
        places.push(pdf);
        for place in places {
            let ascii = String::from_utf8_lossy(&place).to_lowercase();
            assert!(!ascii.contains(&platform), "{name}");
            let wide: String = ascii.chars().filter(|&c| c != '\0').collect();
            assert!(!wide.contains(&platform), "{name}");
        }
    }
}

// INV-28
#[test]
fn the_makers_in_the_properties_are_the_brand() {
    let pdf = Engine::new().render(&samples::usual()).unwrap();
    let property = |key| reader::property(&pdf, key).unwrap();
    assert_eq!(property("Title"), "Invoice INV-000418");
    for maker in ["Author", "Creator", "Producer"] {
        assert_eq!(property(maker), "Northwind Voice");
    }
    assert!(property("CreationDate").starts_with("D:20250601060000"));
}

#[test]
fn the_file_is_tagged_and_states_its_language() {
    let document = reader::open(&Engine::new().render(&samples::usual()).unwrap());
    let catalog = document.catalog().unwrap();
    assert!(catalog.has(b"StructTreeRoot"));
    let language = lopdf::decode_text_string(catalog.get(b"Lang").unwrap()).unwrap();
    assert_eq!(language, "en-US");
}

#[test]
fn only_a_web_address_becomes_a_link() {
    let engine = Engine::new();
    let has_link = |url: &str| {
        let mut document = samples::usual();
        document.pay_link = Some(PayLink { text: "Pay".into(), url: url.into() });
        let pdf = engine.render(&document).unwrap();
        String::from_utf8_lossy(&pdf).contains("/URI")
    };
    assert!(has_link("https://billing.example/pay/1"));
    assert!(!has_link("javascript:alert(1)"));
}
