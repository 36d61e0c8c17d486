//! Percent-encoding, as FreeSWITCH writes the values of its variables.
//!
//! Decided here: a text is decoded only if every percent sign in it starts an escape and the
//! result is UTF-8; any other text was not encoded and stays as it is.

use std::borrow::Cow;

/// What a plus sign stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plus {
    /// Itself: FreeSWITCH writes a space as `%20`.
    IsPlus,
    /// A space, as in the encoding of forms.
    IsSpace,
}

/// `text` without its escapes.
pub(super) fn decode(text: &str, plus: Plus) -> Cow<'_, str> {
    let has_plus = plus == Plus::IsSpace && text.contains('+');
    if !has_plus && !text.contains('%') {
        return Cow::Borrowed(text);
    }
    try_decode(text.as_bytes(), plus).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Like [`decode`], keeping what the text borrows from.
pub(super) fn decoded(text: Cow<'_, str>, plus: Plus) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => decode(text, plus),
        Cow::Owned(text) => Cow::Owned(decode(&text, plus).into_owned()),
    }
}

fn try_decode(text: &[u8], plus: Plus) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        bytes.push(match byte {
            b'%' => {
                let (escape, after) = rest.split_at_checked(2)?;
                rest = after;
                hex(escape[0])? << 4 | hex(escape[1])?
            }
            b'+' if plus == Plus::IsSpace => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Appends `text` with the escapes that FreeSWITCH makes: of everything but printable ASCII, and
/// of what is unsafe in a URL.
pub(super) fn encode_into(text: &str, out: &mut String) {
    const DIGITS: [u8; 16] = *b"0123456789ABCDEF";
    const UNSAFE: &[u8] = b" \"#%&+:;<=>?@[\\]^`{|}";
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !UNSAFE.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_is_well_encoded_is_decoded() {
        for (text, expected) in [
            ("%2B15015550100", "+15015550100"),
            ("2026-11-22%2002%3A13%3A39", "2026-11-22 02:13:39"),
            ("+15015550100", "+15015550100"),
            ("100%", "100%"),
            ("50%+5", "50%+5"),
            ("%zz", "%zz"),
            ("%ff", "%ff"),
            ("", ""),
        ] {
            assert_eq!(decode(text, Plus::IsPlus), expected, "{text}");
        }
        assert_eq!(decode("a+b%2Bc", Plus::IsSpace), "a b+c");
    }

    proptest! {
        #[test]
        fn encoding_can_be_undone(text: String) {
            let mut encoded = String::new();
            encode_into(&text, &mut encoded);
            prop_assert!(encoded.is_ascii());
            prop_assert_eq!(decode(&encoded, Plus::IsPlus), text);
        }
    }
}
