//! Claims about numbers: how dialled digits are read, and which class they are.

use proptest::prelude::*;

use super::*;

fn home() -> HomeArea {
    HomeArea::US.with_area_code("501").expect("an area code")
}

fn number(text: &str) -> Dialled {
    Dialled::Number(E164::parse(text).expect("a number"))
}

fn read(text: &str) -> Dialled {
    Dialled::parse(text, &home())
}

fn destination(text: &str) -> Destination {
    Destination::of(&read(text), &home())
}

#[test]
fn every_way_to_write_a_number_gives_the_same_number() {
    for text in [
        "5550100",
        "555-0100",
        "5015550100",
        "15015550100",
        "+15015550100",
        "+1 (501) 555-0100",
        "1.501.555.0100",
        "011 1 501 555 0100",
        "sip:+15015550100@198.51.100.7;transport=udp",
        "SIPS:5015550100@example.com:5061",
        "\"Bob\" <sip:+15015550100@example.com>",
        "<tel:+1-501-555-0100>",
        "tel:+1-501-555-0100;ext=5",
        "sip:%2B15015550100@example.com",
        "501-555-0100 ext 12",
        "5015550100x12",
        "5015550100#",
        "*67 501 555 0100",
        "*6715015550100",
        "+1\u{a0}501\u{2011}555\u{2011}0100",
    ] {
        assert_eq!(read(text), number("15015550100"), "{text:?}");
    }
}

#[test]
fn letters_on_the_keys_are_digits_and_ignored_after_the_tenth() {
    assert_eq!(read("1-800-FLOWERS"), number("18003569377"));
    assert_eq!(read("800-contacts"), number("18002668228"));
}

#[test]
fn foreign_numbers_are_normalised() {
    for (text, expected) in [
        ("011442071838750", "442071838750"),
        ("+44 (0)20 7183 8750", "442071838750"),
        ("+442071838750", "442071838750"),
        ("442071838750", "442071838750"),
        ("011 49 30 123456", "4930123456"),
        ("+39 06 6982", "39066982"),
    ] {
        assert_eq!(read(text), number(expected), "{text:?}");
    }
    let british = HomeArea::parse("gb").expect("a country");
    assert_eq!(Dialled::parse("020 7183 8750", &british), number("442071838750"));
    assert_eq!(Dialled::parse("0015015550100", &british), number("15015550100"));
    assert_eq!(Destination::of(&number("442071838750"), &british), Destination::Home);
    assert_eq!(Destination::of(&number("15015550100"), &british), Destination::International);
}

#[test]
fn what_is_no_number_is_told_apart() {
    for (texts, expected) in [
        (&["", "  ", "anonymous", "sip:Anonymous@anonymous.invalid", "<>"][..], Dialled::Withheld),
        (&["*97", "*98101", "*67", "##", "#31#"], Dialled::Feature),
        (&["101", "0", "acme_101", "sip:acme_101@example.com", "s", "1501abc"], Dialled::Endpoint),
        (&["411", "1-411", "+1411"], Dialled::DirectoryAssistance(None)),
        (&["711", "+1711"], Dialled::Relay),
        (
            &[
                "1115550100",
                "5911234567",
                "1 501 911 0100",
                "50155501000",
                "+",
                "00",
                "00442071838750",
                "+999123456789",
                "hello world",
                "*5015550100",
                "+1501555",
                "99999999999999999999999999",
            ],
            Dialled::Unparseable,
        ),
    ] {
        for text in texts {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }
    assert_eq!(Dialled::parse("5550100", &HomeArea::US), Dialled::Unparseable);
    assert_eq!(read("211").rating_digits(), Some("1211"));
    assert_eq!(read("411").rating_digits(), Some("1411"));
    assert_eq!(read("5551212").rating_digits(), Some("15015551212"));
    assert_eq!(read("18005551212"), number("18005551212"));
}

// MET-13 whatever is in front of them, emergency codes are seen
#[test]
fn emergency_codes_are_seen_however_they_are_dialled() {
    for text in ["911", "9911", "+911", "+1911", "sip:911@example.com", "*67911", "9-1-1"] {
        assert_eq!(read(text), Dialled::Emergency(EmergencyCode::Emergency), "{text:?}");
    }
    assert_eq!(read("933"), Dialled::Emergency(EmergencyCode::AddressCheck));
    assert_eq!(read("988"), Dialled::Emergency(EmergencyCode::CrisisLine));
}

// MET-06
#[test]
fn only_the_seven_open_codes_are_toll_free() {
    for code in ["800", "833", "844", "855", "866", "877", "888"] {
        assert_eq!(destination(&format!("{code}5550100")), Destination::TollFree, "{code}");
    }
    for code in ["801", "802", "822", "880", "881", "882", "883", "887", "889"] {
        assert_ne!(destination(&format!("{code}5550100")), Destination::TollFree, "{code}");
        assert!(!E164::parse(&format!("1{code}5550100")).expect("a number").is_toll_free());
    }
    // A foreign number that happens to contain 800 is not toll-free.
    assert!(!E164::parse("448005550100").expect("a number").is_toll_free());
}

// MET-07
#[test]
fn a_call_is_toll_free_by_the_own_or_the_dialled_number() {
    let own = |text: &str| read(text).number();
    // Inbound to our 877: the dialled number is our own.
    let class = |own_text: &str, dialled: &str| CallClass::of(own(own_text), &read(dialled));
    assert_eq!(class("8775550100", "8775550100"), CallClass::TollFree);
    assert_eq!(class("5015550100", "5015550101"), CallClass::Local);
    assert_eq!(class("5015550100", "8005550100"), CallClass::TollFree);
    assert_eq!(class("8885550100", "5015550101"), CallClass::TollFree);
    // Inbound from an 800 caller to our local number: neither is toll-free.
    assert_eq!(class("5015550100", "5015550100"), CallClass::Local);
}

// MET-12, MET-13 and ruling 19
#[test]
fn destinations_follow_the_numbering_plan() {
    for (kind, numbers) in [
        (Destination::Home, &["5015550100", "5305550100", "5315550100", "4165550100"][..]),
        (Destination::Home, &["3405550100", "6705550100", "6715550100", "7875550100"]),
        (Destination::Premium, &["9005550100", "5019760100"]),
        (Destination::HighRisk, &["8095550100", "2425550100", "8765550100", "4415550100"]),
        (Destination::Special, &["7005550100", "7105550100", "5005550100", "5335550100"]),
        (Destination::Special, &["6005550100", "6225550100"]),
        (Destination::DirectoryAssistance, &["411", "1-411", "2125551212"]),
        (Destination::International, &["+442071838750", "011442071838750"]),
        (Destination::Emergency, &["911", "933", "988"]),
        (Destination::Relay, &["711"]),
        (Destination::Service, &["211", "311", "511", "611", "811"]),
        (Destination::OnNet, &["101", "acme_101"]),
        (Destination::Feature, &["*97"]),
        (Destination::Unknown, &["anonymous", "+999"]),
    ] {
        for text in numbers {
            assert_eq!(destination(text), kind, "{text}");
        }
    }
    let deck = [
        Destination::Premium,
        Destination::HighRisk,
        Destination::Special,
        Destination::DirectoryAssistance,
        Destination::International,
    ];
    assert!(deck.iter().all(|kind| kind.needs_deck() && !kind.is_never_billed()));
    let free =
        [Destination::Emergency, Destination::Relay, Destination::OnNet, Destination::Feature];
    assert!(free.iter().all(|kind| kind.is_never_billed() && !kind.needs_deck()));
    assert!(!Destination::Home.needs_deck() && !Destination::Service.is_never_billed());
}

#[test]
fn a_row_for_the_whole_plan_names_no_dear_destination() {
    assert!(!Destination::HighRisk.is_named_by("18095550100", 1));
    assert!(Destination::HighRisk.is_named_by("18095550100", 4));
    assert!(Destination::Premium.is_named_by("19005550100", 4));
    assert!(!Destination::Premium.is_named_by("15019760100", 4));
    assert!(Destination::Premium.is_named_by("15019760100", 7));
    assert!(Destination::DirectoryAssistance.is_named_by("1411", 4));
    assert!(Destination::International.is_named_by("442071838750", 2));
    assert!(Destination::Home.is_named_by("15015550100", 1));
}

#[test]
fn settings_of_the_home_area_are_checked() {
    for bad in ["", "U", "USA", "ZZ", "1", "\u{fc}s"] {
        assert!(HomeArea::parse(bad).is_err(), "{bad:?}");
    }
    for bad in ["", "50", "111", "291", "911", "50a"] {
        assert!(HomeArea::US.with_area_code(bad).is_err(), "{bad:?}");
    }
    assert_eq!(HomeArea::parse("US"), Ok(HomeArea::US));
    assert_eq!(HomeArea::parse("CA").expect("a country").country(), "CA");
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in "\\PC{0,40}") {
        let _ = Destination::of(&read(&text), &home());
        let _ = Dialled::parse(&text, &HomeArea::parse("GB").expect("a country"));
    }

    #[test]
    fn nothing_dialled_makes_reading_panic(text in "[0-9+*# ()%<>@a-zA-Z.;:_-]{0,30}") {
        let dialled = read(&text);
        let _ = dialled.rating_digits();
        let _ = Dialled::parse(&text, &HomeArea::parse("DE").expect("a country"));
    }

    /// A number reads as itself in its own E.164 form.
    #[test]
    fn numbers_round_trip_through_text(text in "[+]?[0-9]{7,16}") {
        if let Some(found) = read(&text).number() {
            prop_assert_eq!(read(&found.to_string()).number(), Some(found));
            prop_assert_eq!(E164::parse(&found.to_string()), Ok(found));
        }
    }

    /// The digit path accepts what the library calls valid, but for N11 exchanges: those are
    /// short codes and were never assigned.
    #[test]
    fn the_digit_path_agrees_with_the_library(national in "[2-9][0-9]{2}[2-9][02-9][0-9]{5}") {
        let text = format!("+1{national}");
        let parsed = rlibphonenumber::PHONE_NUMBER_UTIL.parse(&text, None);
        if parsed.is_ok_and(|number| rlibphonenumber::PHONE_NUMBER_UTIL.is_valid_number(&number)) {
            prop_assert!(read(&text).number().is_some(), "{}", text);
        }
    }
}
