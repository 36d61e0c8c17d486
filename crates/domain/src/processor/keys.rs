//! The forms of a processor's keys, and card numbers where none belong.
//!
//! Decided here: a pair is a secret key and a publishable key of the same kind (STR-12). A card
//! number is recognised by its length and its check digit, so that it is refused and never kept
//! (PMT-02).

/// Longest key, in bytes.
const MAX_KEY: usize = 255;
/// Digits of card numbers.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// Why two texts are no pair of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyPairError {
    /// The secret key has another form.
    #[error("must begin with sk_live_ or sk_test_")]
    Secret,
    /// The publishable key has another form.
    #[error("must begin with pk_live_ or pk_test_")]
    Publishable,
    /// One moves money and the other does not.
    #[error("must be of the same kind as the secret key: both live or both test")]
    Mixed,
}

/// Whether money can move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// It can.
    Live,
    /// It cannot.
    Test,
}

/// The kind of a pair of keys.
pub fn key_pair(secret: &str, publishable: &str) -> Result<KeyKind, KeyPairError> {
    let secret = kind(secret, "sk_").ok_or(KeyPairError::Secret)?;
    let publishable = kind(publishable, "pk_").ok_or(KeyPairError::Publishable)?;
    if secret == publishable { Ok(secret) } else { Err(KeyPairError::Mixed) }
}

fn kind(key: &str, prefix: &str) -> Option<KeyKind> {
    let rest = key.strip_prefix(prefix).filter(|_| key.len() <= MAX_KEY)?;
    let (kind, rest) = match (rest.strip_prefix("live_"), rest.strip_prefix("test_")) {
        (Some(rest), _) => (KeyKind::Live, rest),
        (_, Some(rest)) => (KeyKind::Test, rest),
        _ => return None,
    };
    let is_key =
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_key.then_some(kind)
}

/// Whether a text holds something that looks like a card's number: 13 to 19 digits in one run,
/// spaces and dashes aside, the first from 3 to 6, with a right check digit.
pub fn holds_card_number(text: &str) -> bool {
    let mut run: Vec<u8> = Vec::new();
    for c in text.chars().chain(['.']) {
        match c {
            '0'..='9' => run.push(c as u8 - b'0'),
            ' ' | '-' => {}
            _ => {
                if is_card_number(&run) {
                    return true;
                }
                run.clear();
            }
        }
    }
    false
}

fn is_card_number(digits: &[u8]) -> bool {
    let first = digits.first().copied().unwrap_or_default();
    CARD_DIGITS.contains(&digits.len()) && (3..=6).contains(&first) && luhn(digits)
}

/// The check digit of ISO/IEC 7812.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (1, digit) if digit > 4 => digit * 2 - 9,
            (1, digit) => digit * 2,
            (_, digit) => digit,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // STR-12 C-19
    #[test]
    fn a_pair_is_of_one_kind() {
        let check = |secret, publishable, kind| {
            assert_eq!(key_pair(secret, publishable), kind, "{secret} {publishable}");
        };
        check("sk_live_a", "pk_live_b", Ok(KeyKind::Live));
        check("sk_test_a", "pk_test_b", Ok(KeyKind::Test));
        check("sk_live_a", "pk_test_b", Err(KeyPairError::Mixed));
        check("pk_live_a", "pk_live_b", Err(KeyPairError::Secret));
        check("rk_live_a", "pk_live_b", Err(KeyPairError::Secret));
        check("sk_live_", "pk_live_b", Err(KeyPairError::Secret));
        check("sk_live_a b", "pk_live_b", Err(KeyPairError::Secret));
        check("sk_live_a\n", "pk_live_b", Err(KeyPairError::Secret));
        check("sk_live_a", "sk_live_b", Err(KeyPairError::Publishable));
        check("sk_live_a", "", Err(KeyPairError::Publishable));
        let long = format!("sk_live_{}", "a".repeat(300));
        check(&long, "pk_live_b", Err(KeyPairError::Secret));
    }

    // PMT-02
    #[test]
    fn a_card_number_is_recognised() {
        for card in ["4242424242424242", "card 4242 4242 4242 4242.", "3782-822463-10005"] {
            assert!(holds_card_number(card), "{card:?}");
        }
        for other in ["", "4242424242424241", "+14155550123", "42424242", "1999999999999999"] {
            assert!(!holds_card_number(other), "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_looked_at(text in "\\PC{0,60}") {
            let _ = (holds_card_number(&text), key_pair(&text, &text));
        }
    }
}
