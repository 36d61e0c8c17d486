//! Numbers and amounts for people's eyes.
//!
//! Decided here: thousands are separated by commas and amounts have two places at least; amounts
//! without a currency stand where figures of several accounts meet.

use domain::money::Micros;

/// `31,402`.
pub(crate) fn count(number: u64) -> String {
    separated(&number.to_string())
}

/// `1,234.56`, with as many places as the amount has.
pub(crate) fn amount(amount: Micros) -> String {
    let text = amount.to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.as_str()),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, "00"));
    format!("{sign}{}.{places}", separated(whole))
}

/// Whole minutes and tenths of `seconds`: `1,234.5`.
pub(crate) fn minutes(seconds: i64) -> String {
    let tenths = seconds.unsigned_abs() / 6;
    let sign = if seconds < 0 { "-" } else { "" };
    format!("{sign}{}.{}", count(tenths / 10), tenths % 10)
}

fn separated(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        let shown = |number| count(number);
        assert_eq!([0, 999, 1_000, 1_234_567].map(shown), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(amount(Micros::new(-1_234_500_000)), "-1,234.50");
        assert_eq!(amount(Micros::new(1_000_001)), "1.000001");
        assert_eq!((minutes(59), minutes(-7_200)), ("0.9".to_owned(), "-120.0".to_owned()));
    }
}
