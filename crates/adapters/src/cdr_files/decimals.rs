//! Durations and epochs written as decimal numbers.
//!
//! Decided here: durations are rounded up to whole seconds once, here, and negative ones away from
//! zero, so that they stay negative and are refused. Numbers are read digit by digit; an exponent
//! or a number beyond any duration is refused by name.

use domain::time::Timestamp;

use super::faults::{RowFault, invalid};

/// A decimal number in millionths, with what lies beyond them only as "more than this".
struct Decimal {
    negative: bool,
    whole: i64,
    micros: i64,
    beyond: bool,
}

/// Nine quadrillion: more than any epoch in microseconds.
const MAX_DIGITS: usize = 16;

fn decimal(field: &'static str, text: &str) -> Result<Decimal, RowFault> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = !whole.is_empty()
        && whole.bytes().all(|byte| byte.is_ascii_digit())
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && (digits.len() == whole.len() || !fraction.is_empty());
    if !is_number {
        return Err(invalid(field, text, "is not a decimal number"));
    }
    let significant = whole.trim_start_matches('0');
    if significant.len() > MAX_DIGITS {
        return Err(invalid(field, text, "is too large"));
    }
    let number = |digits: &str| digits.bytes().fold(0i64, |n, b| n * 10 + i64::from(b - b'0'));
    let kept = &fraction[..fraction.len().min(6)];
    let scale = 10i64.pow(6 - u32::try_from(kept.len()).expect("at most six digits"));
    let beyond = fraction.bytes().skip(6).any(|byte| byte != b'0');
    Ok(Decimal { negative, whole: number(significant), micros: number(kept) * scale, beyond })
}

/// Whole seconds, rounded up.
pub(super) fn seconds_up(field: &'static str, text: &str) -> Result<i64, RowFault> {
    let decimal = decimal(field, text)?;
    let seconds = decimal.whole + i64::from(decimal.micros > 0 || decimal.beyond);
    Ok(if decimal.negative { -seconds } else { seconds })
}

/// Whole seconds of a number of milliseconds, rounded up.
pub(super) fn millis_up(field: &'static str, text: &str) -> Result<i64, RowFault> {
    let millis = seconds_up(field, text)?;
    Ok(if millis < 0 { -div_up(-millis, 1_000) } else { div_up(millis, 1_000) })
}

/// Whole seconds from one instant to a later one, rounded up.
pub(super) fn seconds_between(from: Timestamp, to: Timestamp) -> i64 {
    div_up(to.micros_since(from).max(0), 1_000_000)
}

fn div_up(number: i64, by: i64) -> i64 {
    number / by + i64::from(number % by > 0)
}

/// The instant this many seconds after 1970; `None` for zero, which switches write for "never".
pub(super) fn epoch(field: &'static str, text: &str) -> Result<Option<Timestamp>, RowFault> {
    let seconds = decimal(field, text)?;
    let micros = seconds.whole.checked_mul(1_000_000).and_then(|at| at.checked_add(seconds.micros));
    let Some(micros) = micros.filter(|_| !seconds.negative) else {
        return Err(invalid(field, text, "is not an epoch in seconds"));
    };
    Ok((micros != 0).then(|| Timestamp::from_micros(micros)))
}

/// The instant this many microseconds after 1970; `None` for zero.
pub(super) fn epoch_micros(field: &'static str, text: &str) -> Result<Option<Timestamp>, RowFault> {
    let micros = seconds_up(field, text)?;
    if micros < 0 {
        return Err(invalid(field, text, "is not an epoch in microseconds"));
    }
    Ok((micros != 0).then(|| Timestamp::from_micros(micros)))
}

#[cfg(test)]
mod tests {
    use super::*;

    // MET-02 talk time in whole seconds, rounded up once
    #[test]
    fn durations_round_up_and_never_lose_their_sign() {
        for (text, expected) in [
            ("0", 0),
            ("61", 61),
            ("61.0", 61),
            ("61.000000001", 62),
            ("0.001", 1),
            ("007.50", 8),
            ("-0.5", -1),
            ("-3", -3),
        ] {
            assert_eq!(seconds_up("talk_seconds", text).expect(text), expected, "{text}");
        }
        assert_eq!(millis_up("billmsec", "67540").expect("a number"), 68);
        assert_eq!(millis_up("billmsec", "67000").expect("a number"), 67);
        assert_eq!(millis_up("billmsec", "1").expect("a number"), 1);
        assert_eq!(millis_up("billmsec", "-1500").expect("a number"), -2);
    }

    #[test]
    fn what_is_not_a_plain_decimal_is_refused() {
        for text in ["", "-", ".", "1.", ".5", "1e3", "+1", "0x10", "1 ", "12345678901234567", "½"]
        {
            assert!(seconds_up("talk_seconds", text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn zero_epochs_mean_never() {
        assert_eq!(epoch("answer_epoch", "0").expect("a number"), None);
        assert_eq!(epoch("answer", "0.000000").expect("a number"), None);
        let at = epoch("start", "1795313619.137927").expect("a number").expect("an instant");
        assert_eq!(at.to_string(), "2026-11-22T02:13:39.137927Z");
        assert!(epoch("start", "9999999999999999").is_err());
        assert!(epoch("start", "-1").is_err());
    }
}
