//! Checking what people typed: every wrong field is reported, not only the first.
//!
//! Decided here: what names, addresses, colours and the like may look like. Limits are those of
//! where the value ends up: an invoice line, a card statement, a mail header.

use std::fmt::Display;

use domain::processor::Descriptor;

use crate::error::{AppError, FieldError, Result};

/// The wrong fields found so far.
#[derive(Debug, Default)]
pub(super) struct Checks(Vec<FieldError>);

/// Longest name or description in characters: it must fit on an invoice line.
const MAX_NAME: usize = 120;
/// Longest free text, such as an address or a reason.
const MAX_TEXT: usize = 1_000;
/// Longest mail address (RFC 5321, 4.5.3.1.3).
const MAX_EMAIL: usize = 254;
/// Largest logo in bytes; it goes into every PDF.
const MAX_LOGO: usize = 1_000_000;

impl Checks {
    /// The field is wrong.
    pub(super) fn refuse(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), message: message.into() });
    }

    /// The field is wrong unless `is_right`.
    pub(super) fn require(&mut self, field: &str, is_right: bool, message: &str) {
        if !is_right {
            self.refuse(field, message);
        }
    }

    /// The parsed value, or a wrong field.
    pub(super) fn parse<T, E: Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.refuse(field, error.to_string())).ok()
    }

    /// All wrong fields as the error, where there are any.
    pub(super) fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(AppError::Invalid(self.0)) }
    }

    /// All wrong fields as the error.
    pub(super) fn into_error(self) -> AppError {
        AppError::Invalid(self.0)
    }

    pub(super) fn name(&mut self, field: &str, text: &str) {
        let is_right = !text.trim().is_empty()
            && text.chars().count() <= MAX_NAME
            && !text.chars().any(char::is_control);
        self.require(field, is_right, "must have 1 to 120 printable characters");
    }

    /// Free text of several lines; may be empty.
    pub(super) fn text(&mut self, field: &str, text: &str) {
        let is_right = text.chars().count() <= MAX_TEXT
            && !text.chars().any(|it| it.is_control() && it != '\n');
        self.require(field, is_right, "must have at most 1000 printable characters");
    }

    pub(super) fn reason(&mut self, field: &str, text: &str) {
        self.require(field, !text.trim().is_empty(), "must be given");
        self.text(field, text);
    }

    /// One address, so that it can stand in a mail header.
    pub(super) fn email(&mut self, field: &str, text: &str) {
        let (local, host) = text.rsplit_once('@').unwrap_or_default();
        let is_right = text.len() <= MAX_EMAIL
            && !local.is_empty()
            && !host.is_empty()
            && !host.starts_with('.')
            && !host.ends_with('.')
            && text.chars().all(|it| it.is_ascii_graphic() && !"<>,;\"()[]\\".contains(it))
            && !local.contains('@');
        self.require(field, is_right, "must be one mail address such as name@example.com");
    }

    pub(super) fn optional_email(&mut self, field: &str, text: &str) {
        if !text.is_empty() {
            self.email(field, text);
        }
    }

    /// Lower-case letters, digits and dashes, as in a host name.
    pub(super) fn slug(&mut self, field: &str, text: &str) {
        let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_right = (2..=40).contains(&text.len())
            && text.bytes().all(is_part)
            && !text.starts_with('-')
            && !text.ends_with('-');
        self.require(field, is_right, "must have 2 to 40 of a-z, 0-9 and dashes inside");
    }

    pub(super) fn color(&mut self, field: &str, text: &str) {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let is_right = digits.is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()));
        self.require(field, is_right, "must be a colour such as #1f6feb");
    }

    /// A language tag (RFC 5646) by its shape.
    pub(super) fn locale(&mut self, field: &str, text: &str) {
        let is_part = |part: &str| {
            (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        let is_right = text.len() <= 35 && text.split('-').all(is_part);
        self.require(field, is_right, "must be a language tag such as en-US");
    }

    /// What a card statement can show (STR-14, STR-15); may be empty.
    pub(super) fn statement_descriptor(&mut self, field: &str, text: &str) {
        if !text.is_empty()
            && let Err(error) = Descriptor::parse(text)
        {
            self.require(field, false, &error.to_string());
        }
    }

    /// PNG or JPEG by their first bytes.
    pub(super) fn logo(&mut self, field: &str, bytes: &[u8]) {
        let is_image =
            bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff");
        self.require(field, is_image, "must be a PNG or JPEG image");
        self.require(field, bytes.len() <= MAX_LOGO, "must have at most 1,000,000 bytes");
    }

    /// 3 to 12 letters and digits (TEN-06).
    pub(super) fn sip_prefix(&mut self, field: &str, text: &str) {
        let is_right =
            (3..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        self.require(field, is_right, "must have 3 to 12 letters and digits");
    }

    /// A caller name as networks show it: at most 15 plain characters (TNT-05); may be empty.
    pub(super) fn cnam(&mut self, field: &str, text: &str) {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b" .,&'-".contains(&byte);
        let is_right = text.len() <= 15 && text.bytes().all(is_part);
        let message = "must have at most 15 letters, digits, spaces and . , & ' -";
        self.require(field, is_right, message);
    }

    /// A name as a switch writes it: no spaces, nothing that separates columns.
    pub(super) fn switch_name(&mut self, field: &str, text: &str) {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let is_right = (1..=40).contains(&text.len()) && text.bytes().all(is_part);
        self.require(
            field,
            is_right,
            "must have 1 to 40 letters, digits, dots, dashes, underscores",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(check: impl Fn(&mut Checks, &str), right: &[&str], wrong: &[&str]) {
        for (texts, is_right) in [(right, true), (wrong, false)] {
            for text in texts {
                let mut checks = Checks::default();
                check(&mut checks, text);
                assert_eq!(checks.finish().is_ok(), is_right, "{text:?}");
            }
        }
    }

    // TEN-06
    #[test]
    fn a_sip_prefix_has_3_to_12_letters_and_digits() {
        let wrong = ["", "AB", "ABCDEFGHIJKLM", "OAK-1", "OAK 1", "Ö12", "OAK\n"];
        check(|it, text| it.sip_prefix("f", text), &["OAK", "oak123456789"], &wrong);
    }

    // STR-14 STR-15
    #[test]
    fn a_descriptor_is_what_card_statements_show() {
        let right = ["", "ACME PHONES", "HRC TELECOM", "PINEDALE VOIP", "A2345678901234567890BC"];
        let wrong = [
            "Acme's Phone Co.",
            "THIS IS A REALLY LONG NAME",
            "ACM",
            "12345",
            "A2345678901234567890BCD",
        ];
        check(|it, text| it.statement_descriptor("f", text), &right, &wrong);
    }

    #[test]
    fn a_mail_address_cannot_carry_another_header() {
        let right = ["a@b", "first.last+tag@example.com"];
        let wrong = [
            "",
            "@",
            "a@",
            "@b",
            "a@b@c",
            "a b@c",
            "a@b\r\nBcc: c@d",
            "A <a@b>",
            "a@b,c@d",
            "a@.b",
            "a@b.",
            "ä@b",
        ];
        check(|it, text| it.email("f", text), &right, &wrong);
    }

    #[test]
    fn slugs_colours_and_locales_have_their_shapes() {
        check(|it, text| it.slug("f", text), &["oak", "oak-2"], &["", "a", "-oak", "Oak", "o_k"]);
        check(|it, text| it.color("f", text), &["#1f6feb", "#FFF000"], &["", "fff", "#ggg000"]);
        check(|it, text| it.locale("f", text), &["en", "en-US", "zh-Hant-TW"], &["", "e", "en_US"]);
    }

    #[test]
    fn a_logo_is_an_image() {
        let mut checks = Checks::default();
        checks.logo("logo", b"\x89PNG\r\n\x1a\nrest");
        assert!(checks.finish().is_ok());
        let mut checks = Checks::default();
        checks.logo("logo", b"<svg/>");
        assert!(checks.finish().is_err());
    }
}
