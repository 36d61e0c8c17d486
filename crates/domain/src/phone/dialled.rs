//! Reading what was dialled, or what a caller id says.
//!
//! Decided here: which texts are short codes, feature codes, endpoints, withheld or numbers, and
//! how local forms become E.164. The order matters: emergency codes are looked for before anything
//! that could hide them, and a feature code that only precedes a number (`*67`) does not make the
//! call free. Numbers of the North American plan are read by their digits alone; everything else
//! asks the phone library, which costs fifty times more and is rare.

use std::borrow::Cow;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use super::{E164, HomeArea, digits::MAX_DIGITS, nanp};

/// Which line for emergencies was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EmergencyCode {
    /// 911, also dialled as 9911 (no prefix may be needed: Kari's Law).
    Emergency,
    /// 933, which reads back the caller's emergency address.
    AddressCheck,
    /// 988, the crisis line.
    CrisisLine,
}

/// A service code that is neither an emergency nor paid for: 211, 311, 511, 611 or 811.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ServiceCode([u8; 4]);

impl ServiceCode {
    /// The three digits.
    pub fn as_str(&self) -> &str {
        &self.rating_digits()[1..]
    }
    fn rating_digits(&self) -> &str {
        std::str::from_utf8(&self.0).expect("digits are ASCII")
    }
}

/// What a dialled text or a caller id means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialled {
    /// 911, 933 or 988.
    Emergency(EmergencyCode),
    /// 711, the relay service for deaf people.
    Relay,
    /// 211, 311, 511, 611 or 811.
    Service(ServiceCode),
    /// 411, or the number of another area's directory assistance.
    DirectoryAssistance(Option<E164>),
    /// A code for the switch itself, such as `*97`.
    Feature,
    /// An extension or the name of an endpoint, such as `101` or `acme_101`.
    Endpoint,
    /// No number was shown.
    Withheld,
    /// A number.
    Number(E164),
    /// None of these.
    Unparseable,
}

/// What decks call 411: it is dialled like a number of the home area, and no area code is 411.
const DIRECTORY_ASSISTANCE_DIGITS: &str = "1411";
/// What switches write where no number is shown.
const WITHHELD: [&str; 7] =
    ["anonymous", "unknown", "unavailable", "restricted", "private", "withheld", "blocked"];
/// Codes that set something for the very call whose number follows: hide or show the caller id,
/// switch off call waiting. The number behind them is what is called and paid.
const CALL_PREFIXES: [&str; 3] = ["*67", "*82", "*70"];
/// Feature codes with an argument (`*98101`) are at most this long; more is not one.
const LONGEST_FEATURE_CODE: usize = 7;
/// Extensions have at most this many digits.
const LONGEST_EXTENSION: usize = 6;
/// Longest text that is looked at, in bytes.
const LONGEST_TEXT: usize = 255;
/// Most digits of any readable text: an international prefix and a number, with room to spare.
const MOST_DIGITS: usize = 24;

impl Dialled {
    /// What `text` means for somebody at `home`. Total: every text means something.
    pub fn parse(text: &str, home: &HomeArea) -> Self {
        if let Some(number) = plain_national(text.as_bytes(), home) {
            return number;
        }
        if text.len() > LONGEST_TEXT {
            return Self::Unparseable;
        }
        let user = user_part(text);
        let user = user.trim();
        if user.is_empty() || WITHHELD.iter().any(|word| user.eq_ignore_ascii_case(word)) {
            return Self::Withheld;
        }
        for code in CALL_PREFIXES {
            if let Some(rest) = user.strip_prefix(code)
                && !rest.is_empty()
            {
                return read(rest.trim_start_matches(['-', ' ', '*']), home);
            }
        }
        if user.starts_with(['*', '#']) {
            let is_code = user.len() <= LONGEST_FEATURE_CODE
                && user.bytes().all(|byte| byte.is_ascii_digit() || b"*#".contains(&byte));
            return if is_code { Self::Feature } else { Self::Unparseable };
        }
        read(user, home)
    }
    /// The number, if it is one.
    pub fn number(&self) -> Option<E164> {
        match self {
            Self::Number(number) => Some(*number),
            Self::DirectoryAssistance(number) => *number,
            _ => None,
        }
    }
    /// The digits a rate deck is asked with: those of the number, `1411` for directory assistance,
    /// `1211` and so on for service codes; `None` where nothing can be priced.
    pub fn rating_digits(&self) -> Option<&str> {
        match self {
            Self::Number(number) | Self::DirectoryAssistance(Some(number)) => Some(number.as_str()),
            Self::DirectoryAssistance(None) => Some(DIRECTORY_ASSISTANCE_DIGITS),
            Self::Service(code) => Some(code.rating_digits()),
            _ => None,
        }
    }
}

/// The fast path: `+1`, `1` or nothing, and ten digits, with nothing around them.
fn plain_national(text: &[u8], home: &HomeArea) -> Option<Dialled> {
    let national = match text {
        [b'+', b'1', rest @ ..] => rest,
        [b'1', rest @ ..] if rest.len() == 10 && home.is_nanp() => rest,
        rest if home.is_nanp() => rest,
        _ => return None,
    };
    national_number(national.try_into().ok()?)
}

/// A number or directory assistance, if these ten digits have the shape of one.
fn national_number(national: &[u8; 10]) -> Option<Dialled> {
    if !nanp::is_number(national) {
        return None;
    }
    let number = E164::from_national(national);
    Some(if nanp::is_directory_assistance(national) {
        Dialled::DirectoryAssistance(Some(number))
    } else {
        Dialled::Number(number)
    })
}

/// What identifies the party inside a SIP or tel URI, a name-addr or a plain text.
fn user_part(text: &str) -> Cow<'_, str> {
    let mut part = text.trim();
    if let Some((_, inside)) = part.split_once('<') {
        part = inside.split('>').next().unwrap_or(inside);
    }
    part = part.trim_matches('"');
    for scheme in ["sips:", "sip:", "tel:"] {
        if let Some(head) = part.get(..scheme.len())
            && head.eq_ignore_ascii_case(scheme)
        {
            part = &part[scheme.len()..];
            break;
        }
    }
    part = part.split(['@', ';', '?']).next().unwrap_or(part);
    if part.contains('%') { Cow::Owned(unescape(part)) } else { Cow::Borrowed(part) }
}

/// The escapes that occur in the user part of a SIP URI: plus, hash, star, space.
fn unescape(part: &str) -> String {
    let plain =
        [("%2B", "+"), ("%2b", "+"), ("%23", "#"), ("%2A", "*"), ("%2a", "*"), ("%20", " ")];
    plain.iter().fold(part.to_owned(), |text, (escape, plain)| text.replace(escape, plain))
}

/// The digits of a text, without its punctuation.
struct Read {
    digits: [u8; MOST_DIGITS],
    len: usize,
    has_plus: bool,
}

impl Read {
    fn digits(&self) -> &[u8] {
        &self.digits[..self.len]
    }
    /// Keeps a digit, or `None` where there are too many.
    fn push(&mut self, digit: u8) -> Option<()> {
        *self.digits.get_mut(self.len)? = digit;
        self.len += 1;
        Some(())
    }
}

fn read(user: &str, home: &HomeArea) -> Dialled {
    if user.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return vanity(user, home).unwrap_or_else(|| endpoint(user));
    }
    let Some(read) = only_digits(user) else { return Dialled::Unparseable };
    if let Some(short) = short_code(&read, home) {
        return short;
    }
    let found = if read.has_plus || !home.is_nanp() {
        international(&read, home)
    } else {
        dialled_at_home(read.digits(), home)
    };
    found.unwrap_or(Dialled::Unparseable)
}

fn endpoint(user: &str) -> Dialled {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+".contains(&byte);
    if user.bytes().all(is_name) { Dialled::Endpoint } else { Dialled::Unparseable }
}

/// Digits with spaces and punctuation between them; a closing `#` ends dialling.
fn only_digits(user: &str) -> Option<Read> {
    let mut read = Read { digits: [0; MOST_DIGITS], len: 0, has_plus: false };
    for letter in user.strip_suffix('#').unwrap_or(user).chars() {
        match letter {
            '0'..='9' => read.push(u8::try_from(letter).expect("a digit"))?,
            '+' if read.len == 0 && !read.has_plus => read.has_plus = true,
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{2010}'..='\u{2015}' => {}
            _ => return None,
        }
    }
    (read.len > 0).then_some(read)
}

/// Short codes, and extensions: everything too short to be a number.
fn short_code(read: &Read, home: &HomeArea) -> Option<Dialled> {
    // Gateways that put +1 in front of everything do so with short codes too.
    let digits = match read.digits() {
        [b'1', code @ ..] if read.has_plus && code.len() == 3 => code,
        digits => digits,
    };
    if !home.is_nanp() && matches!(digits, b"112" | b"999" | b"911") {
        return Some(Dialled::Emergency(EmergencyCode::Emergency));
    }
    if home.is_nanp() {
        match digits {
            b"911" | b"9911" => return Some(Dialled::Emergency(EmergencyCode::Emergency)),
            b"933" => return Some(Dialled::Emergency(EmergencyCode::AddressCheck)),
            b"988" => return Some(Dialled::Emergency(EmergencyCode::CrisisLine)),
            b"711" => return Some(Dialled::Relay),
            b"411" | b"1411" => return Some(Dialled::DirectoryAssistance(None)),
            [first @ (b'2' | b'3' | b'5' | b'6' | b'8'), b'1', b'1'] => {
                return Some(Dialled::Service(ServiceCode([b'1', *first, b'1', b'1'])));
            }
            _ => {}
        }
    }
    // 00 asks for a long-distance operator; nothing behind it says where the call went.
    let is_extension = !read.has_plus && digits.len() <= LONGEST_EXTENSION && digits != b"00";
    is_extension.then_some(Dialled::Endpoint)
}

/// Digits without a plus, dialled in the North American plan.
fn dialled_at_home(digits: &[u8], home: &HomeArea) -> Option<Dialled> {
    match digits {
        [b'0', b'1', b'1', rest @ ..] => with_country_code(rest, Evidence::Dialled),
        [b'0', ..] => None,
        [b'1', national @ ..] if national.len() == 10 => national_number(national.try_into().ok()?),
        local if local.len() == 7 => {
            let mut national = [0; 10];
            national[..3].copy_from_slice(&home.area_code()?);
            national[3..].copy_from_slice(local);
            national_number(&national)
        }
        national if national.len() <= 10 => national_number(national.try_into().ok()?),
        // Switches write E.164 without its plus; only a number that exists is taken as one.
        other => with_country_code(other, Evidence::Guessed),
    }
}

/// How sure it is that digits begin with a country code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Evidence {
    /// A plus or an international prefix said so. A possible length is enough then: new ranges
    /// open every week, and a call that took place is better evidence than a list of last year.
    Dialled,
    /// Nothing said so.
    Guessed,
}

fn with_country_code(digits: &[u8], evidence: Evidence) -> Option<Dialled> {
    if let [b'1', national @ ..] = digits {
        return national_number(national.try_into().ok()?);
    }
    // The trunk zero of `+44 (0)20` may make it one longer than a number can be.
    if digits.len() > MAX_DIGITS + 1 {
        return None;
    }
    let text = format!("+{}", std::str::from_utf8(digits).expect("digits are ASCII"));
    let parsed = PHONE_NUMBER_UTIL.parse(&text, None).ok()?;
    let number = if PHONE_NUMBER_UTIL.is_valid_number(&parsed) {
        let formatted = PHONE_NUMBER_UTIL.format(&parsed, PhoneNumberFormat::E164);
        E164::from_digits(formatted.as_bytes())
    } else if evidence == Evidence::Dialled && PHONE_NUMBER_UTIL.is_possible_number(&parsed) {
        // As it was written: which zeros to drop is known for numbers that exist only.
        E164::from_digits(digits)
    } else {
        None
    };
    number.map(Dialled::Number)
}

/// A number with a plus, or one dialled outside the North American plan.
fn international(read: &Read, home: &HomeArea) -> Option<Dialled> {
    if read.has_plus {
        return with_country_code(read.digits(), Evidence::Dialled);
    }
    let text = std::str::from_utf8(read.digits()).expect("digits are ASCII");
    dialled_locally(text, home).or_else(|| with_country_code(read.digits(), Evidence::Guessed))
}

/// A number in the national form of a country outside the North American plan.
fn dialled_locally(text: &str, home: &HomeArea) -> Option<Dialled> {
    let parsed = PHONE_NUMBER_UTIL.parse(text, Some(home.region())).ok()?;
    if !PHONE_NUMBER_UTIL.is_possible_number(&parsed) {
        return None;
    }
    let formatted = PHONE_NUMBER_UTIL.format(&parsed, PhoneNumberFormat::E164);
    with_country_code(formatted.trim_start_matches('+').as_bytes(), Evidence::Dialled)
}

/// A number with letters on the keys (1-800-FLOWERS). Its first three national digits are digits;
/// whatever follows the tenth, letters or an extension, is not dialled.
fn vanity(user: &str, home: &HomeArea) -> Option<Dialled> {
    if !home.is_nanp() {
        return None;
    }
    let body = user.strip_prefix('+').unwrap_or(user);
    let mut national = [0; 10];
    let mut len = 0;
    let mut country = false;
    for byte in body.bytes() {
        let digit = match byte {
            b'0'..=b'9' => byte,
            b' ' | b'-' | b'.' | b'(' | b')' => continue,
            b'a'..=b'z' | b'A'..=b'Z' if len >= 3 => key_of(byte),
            _ => return None,
        };
        if len == 0 && digit == b'1' && !country {
            country = true;
        } else if len < national.len() {
            national[len] = digit;
            len += 1;
        }
    }
    if len < national.len() { None } else { national_number(&national) }
}

/// The key a letter stands on: ABC is 2, PQRS 7, WXYZ 9.
fn key_of(letter: u8) -> u8 {
    match letter.to_ascii_uppercase() {
        b'A'..=b'C' => b'2',
        b'D'..=b'F' => b'3',
        b'G'..=b'I' => b'4',
        b'J'..=b'L' => b'5',
        b'M'..=b'O' => b'6',
        b'P'..=b'S' => b'7',
        b'T'..=b'V' => b'8',
        _ => b'9',
    }
}
