//! Who calls and is called: names, strangers' numbers, destinations abroad.
//!
//! Decided here: only numbers that are set aside for fiction by the numbering authority concerned
//! (NANP 555-01XX, Ofcom's and the Bundesnetzagentur's numbers for drama).

use super::super::{
    dice::Dice,
    world::{FIRST_STRANGER, TOLL_FREE_AREAS, fictional},
};

const AREAS: [&str; 24] = [
    "202", "203", "208", "210", "213", "217", "225", "251", "316", "319", "402", "405", "408",
    "469", "504", "515", "601", "605", "702", "715", "801", "817", "904", "916",
];

const NAMES: [&str; 20] = [
    "A. Rivera",
    "B. Chen",
    "C. Novak",
    "D. Okafor",
    "E. Larsen",
    "F. Haddad",
    "G. Moreau",
    "H. Tanaka",
    "I. Schmidt",
    "J. Brooks",
    "K. Patel",
    "L. Romano",
    "M. Dubois",
    "N. Silva",
    "O. Kowalski",
    "P. Nguyen",
    "R. Adeyemi",
    "S. Lindqvist",
    "T. Alvarez",
    "V. Ivanova",
];

/// Digits after the international prefix.
const ABROAD: [&str; 12] = [
    "442079460018",
    "442079460123",
    "442079460777",
    "447700900101",
    "447700900456",
    "493023125017",
    "493023125044",
    "493023125099",
    "4917139200",
    "33199001234",
    "33199005678",
    "33639981234",
];

/// A stranger's number, ten digits.
pub(super) fn stranger(dice: &mut Dice) -> String {
    fictional(dice.pick(&AREAS), dice.between(FIRST_STRANGER, 99))
}

/// A stranger's toll-free number, ten digits.
pub(super) fn toll_free_stranger(dice: &mut Dice) -> String {
    fictional(dice.pick(&TOLL_FREE_AREAS), dice.between(FIRST_STRANGER, 99))
}

/// A number abroad, as it is dialled from North America.
pub(super) fn abroad(dice: &mut Dice) -> String {
    format!("011{}", dice.pick(&ABROAD))
}

/// A number that costs a lot: Jamaica or a premium service, eleven digits.
pub(super) fn costly(dice: &mut Dice) -> String {
    format!("1{}", fictional(dice.pick(&["876", "900"]), dice.between(FIRST_STRANGER, 99)))
}

/// A person's name.
pub(super) fn name(dice: &mut Dice) -> &'static str {
    dice.pick(&NAMES)
}
