//! The North American Numbering Plan: which ten-digit numbers exist and what their area codes are.
//!
//! Decided here: the shape of a number (area code `[2-9][0-8]d`, exchange `[2-9]dd`, neither an
//! N11 code) and the lists of toll-free, premium, personal and high-risk area codes. Source: the
//! plan as administered by NANPA; the high-risk list is the countries that share +1 and are billed
//! like foreign ones. A call never becomes toll-free by looking like `8YY`: 801 is Utah.

/// What an area code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AreaKind {
    /// A state, a province or a US territory.
    Ordinary,
    /// The called party pays.
    TollFree,
    /// 900: the caller pays for the content.
    Premium,
    /// Personal (5XX), carrier (700), government (710) and Canadian non-geographic (600, 622).
    Special,
    /// A country inside +1 that is dear and a target of fraud.
    HighRisk,
}

/// Only these are toll-free; 822 and 880 to 887 are reserved and not free (MET-06).
const TOLL_FREE: [usize; 7] = [800, 833, 844, 855, 866, 877, 888];
/// 530 (California) and 531 (Nebraska) are ordinary codes amid the personal 5XX ones.
const SPECIAL: [usize; 20] = [
    500, 521, 522, 523, 524, 525, 526, 527, 528, 529, 532, 533, 544, 566, 577, 588, 600, 622, 700,
    710,
];
/// Caribbean and Atlantic countries. The US territories 340, 670, 671, 684, 787 and 939 are not
/// among them, nor is Canada: those are part of the home area.
const HIGH_RISK: [usize; 21] = [
    242, 246, 264, 268, 284, 345, 441, 473, 649, 658, 664, 721, 758, 767, 784, 809, 829, 849, 868,
    869, 876,
];

/// One entry per area code, so that classing a number is one load.
static AREA_KINDS: [AreaKind; 1000] = area_kinds();

const fn area_kinds() -> [AreaKind; 1000] {
    let mut kinds = [AreaKind::Ordinary; 1000];
    kinds[900] = AreaKind::Premium;
    let mut index = 0;
    while index < TOLL_FREE.len() {
        kinds[TOLL_FREE[index]] = AreaKind::TollFree;
        index += 1;
    }
    index = 0;
    while index < SPECIAL.len() {
        kinds[SPECIAL[index]] = AreaKind::Special;
        index += 1;
    }
    index = 0;
    while index < HIGH_RISK.len() {
        kinds[HIGH_RISK[index]] = AreaKind::HighRisk;
        index += 1;
    }
    kinds
}

/// What the area code of these ten digits stands for.
pub(super) fn area_kind(national: &[u8; 10]) -> AreaKind {
    let code = three(national[0], national[1], national[2]);
    AREA_KINDS.get(code).copied().unwrap_or(AreaKind::Ordinary)
}

/// Whether the exchange is 976: pay-per-call in any area code.
pub(super) fn is_pay_per_call_exchange(national: &[u8; 10]) -> bool {
    &national[3..6] == b"976"
}

/// Whether this is `NPA-555-1212`, directory assistance of an area; the one of toll-free numbers
/// is an ordinary free call.
pub(super) fn is_directory_assistance(national: &[u8; 10]) -> bool {
    &national[3..] == b"5551212" && area_kind(national) != AreaKind::TollFree
}

/// Whether these ten digits have the shape of a number.
pub(super) fn is_number(national: &[u8; 10]) -> bool {
    let [a, b, c, d, e, f, rest @ ..] = national;
    let digits = national.iter().all(u8::is_ascii_digit) && rest.len() == 4;
    let area = (b'2'..=b'9').contains(a) && *b <= b'8' && !(*b == b'1' && *c == b'1');
    // Toll-free exchanges may be N11 (800-411-... is in use); elsewhere those are short codes.
    let exchange = (b'2'..=b'9').contains(d)
        && (!(*e == b'1' && *f == b'1') || area_kind(national) == AreaKind::TollFree);
    digits && area && exchange
}

fn three(a: u8, b: u8, c: u8) -> usize {
    let value = |digit: u8| usize::from(digit.wrapping_sub(b'0'));
    value(a) * 100 + value(b) * 10 + value(c)
}
