//! What stands on the payer's statement (STR-14 to STR-17).
//!
//! Decided here: which texts are taken, and how a text reaches a statement. A card's statement
//! shows the account's own text, or its prefix, an asterisk, a space and our suffix, 22 characters
//! in all; a bank's shows the text that a charge says (source: the processor's documentation,
//! Stripe facts 4.5). So on the operator's account a partner's text is a suffix and may be cut; on
//! a connected account it is set once on the account and no charge says anything; with the
//! partner's own keys its account's text applies, and ours is added where it surely fits.

use super::{MethodKind, ProcessorMode};

/// Most characters on a statement.
pub const MAX_DESCRIPTOR: usize = 22;
/// Fewest characters of a whole text.
const MIN_DESCRIPTOR: usize = 5;
/// Most characters of an account's prefix.
pub const MAX_PREFIX: usize = 10;
/// What stands between prefix and suffix.
const JOINT: &str = "* ";

/// A text for statements: 5 to 22 letters, digits, spaces, dashes and ampersands, one of them a
/// letter at least.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Descriptor(String);

/// The text is none for statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 5 to 22 letters, digits, spaces, dashes and ampersands, and a letter")]
pub struct NotDescriptor;

impl Descriptor {
    /// Checks a text.
    pub fn parse(text: &str) -> Result<Self, NotDescriptor> {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b" -&".contains(&byte);
        let is_right = (MIN_DESCRIPTOR..=MAX_DESCRIPTOR).contains(&text.len())
            && text.bytes().all(is_part)
            && has_letter(text);
        is_right.then(|| Self(text.to_owned())).ok_or(NotDescriptor)
    }
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text and the account's prefix that it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'a> {
    /// How the partner is paid.
    pub mode: ProcessorMode,
    /// The partner's text, once it chose one.
    pub own: Option<&'a Descriptor>,
    /// The operator's generic name, which its account shows (STR-16); at most ten characters of it
    /// are the prefix.
    pub generic: &'a str,
}

impl Statement<'_> {
    /// What a charge says: a suffix for cards, a whole text for bank accounts. `None` where the
    /// account's own text does.
    pub fn sent(&self, kind: MethodKind) -> Option<String> {
        let own = self.own?.as_str();
        match (kind, self.mode) {
            (MethodKind::BankAccount, _) => Some(own.to_owned()),
            (MethodKind::Card, ProcessorMode::Connect) => None,
            (MethodKind::Card, ProcessorMode::Platform) => {
                let room = MAX_DESCRIPTOR.saturating_sub(self.prefix().len() + JOINT.len());
                suffix(own, room)
            }
            (MethodKind::Card, ProcessorMode::CustomKeys) => {
                let room = MAX_DESCRIPTOR - MAX_PREFIX - JOINT.len();
                suffix(own, room).filter(|suffix| suffix == own)
            }
        }
    }

    /// What the payer sees, as far as it is known here: with own keys the account's prefix is not.
    pub fn shown(&self, kind: MethodKind) -> String {
        let own = self.own.map_or(self.generic, Descriptor::as_str);
        match (kind, self.mode, self.sent(kind)) {
            (MethodKind::Card, ProcessorMode::Platform, Some(suffix)) => {
                format!("{}{JOINT}{suffix}", self.prefix())
            }
            (MethodKind::Card, ProcessorMode::Platform, None) => self.generic.to_owned(),
            (MethodKind::Card, ProcessorMode::CustomKeys, Some(suffix)) => {
                format!("…{JOINT}{suffix}")
            }
            (MethodKind::Card, ProcessorMode::CustomKeys, None) => "…".to_owned(),
            _ => own.to_owned(),
        }
    }

    fn prefix(&self) -> &str {
        let end = self.generic.char_indices().nth(MAX_PREFIX).map_or(self.generic.len(), |it| it.0);
        self.generic[..end].trim_end()
    }
}

fn has_letter(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// The beginning of a text that fits, where a letter is in it: without one it is refused.
fn suffix(text: &str, room: usize) -> Option<String> {
    let cut = text[..text.len().min(room)].trim();
    has_letter(cut).then(|| cut.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // STR-14 STR-15 C-16
    #[test]
    fn a_descriptor_is_what_statements_can_show() {
        for right in ["ACME PHONES", "HRC TELECOM", "PINEDALE VOIP", "A2345678901234567890BC"] {
            assert!(Descriptor::parse(right).is_ok(), "{right:?}");
        }
        for wrong in [
            "Acme's Phone Co.",
            "THIS IS A REALLY LONG NAME",
            "ACM",
            "12345",
            "A2345678901234567890BCD",
            "ACME*PHONES",
            "ÄCME PHONES",
            "",
        ] {
            assert_eq!(Descriptor::parse(wrong), Err(NotDescriptor), "{wrong:?}");
        }
    }

    // STR-16 STR-17 ruling 25: how the text reaches a card, by mode
    #[test]
    fn a_text_reaches_a_statement_by_mode() {
        let own = Descriptor::parse("PINEDALE VOIP").expect("a descriptor");
        let short = Descriptor::parse("PINEDALE").expect("a descriptor");
        let check = |mode, own, kind, sent: Option<&str>, shown: &str| {
            let statement = Statement { mode, own, generic: "TRUNKLINE" };
            assert_eq!(statement.sent(kind).as_deref(), sent, "{statement:?} {kind:?}");
            assert_eq!(statement.shown(kind), shown, "{statement:?} {kind:?}");
        };
        use MethodKind::{BankAccount, Card};
        use ProcessorMode::{Connect, CustomKeys, Platform};
        check(Platform, Some(&own), Card, Some("PINEDALE VO"), "TRUNKLINE* PINEDALE VO");
        check(Platform, None, Card, None, "TRUNKLINE");
        check(Connect, Some(&own), Card, None, "PINEDALE VOIP");
        check(Connect, None, Card, None, "TRUNKLINE");
        check(CustomKeys, Some(&own), Card, None, "…");
        check(CustomKeys, Some(&short), Card, Some("PINEDALE"), "…* PINEDALE");
        for mode in ProcessorMode::ALL {
            check(mode, Some(&own), BankAccount, Some("PINEDALE VOIP"), "PINEDALE VOIP");
            check(mode, None, BankAccount, None, "TRUNKLINE");
        }
    }

    proptest! {
        // STR-15 facts 4.5: no card statement is longer than 22, no suffix without a letter
        #[test]
        fn nothing_is_longer_than_a_statement(
            text in "[A-Za-z0-9 &-]{5,22}",
            generic in "[A-Z]{1,22}",
        ) {
            if let Ok(own) = Descriptor::parse(&text) {
                for mode in ProcessorMode::ALL {
                    for kind in [MethodKind::Card, MethodKind::BankAccount] {
                        let statement = Statement { mode, own: Some(&own), generic: &generic };
                        prop_assert!(statement.shown(kind).chars().count() <= MAX_DESCRIPTOR);
                        let sent = statement.sent(kind);
                        prop_assert!(sent.is_none_or(|sent| has_letter(&sent)));
                    }
                }
            }
        }
    }
}
