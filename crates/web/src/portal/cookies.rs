//! The cookies: whose session it is, or which visitor a form was given to; and that somebody put
//! the setup helper away, until the browser is closed.
//!
//! Decided here: their names and attributes. Over TLS the session's has the `__Host-`
//! prefix, which binds it to one host and keeps other hosts from setting it. Scripts never see one;
//! other sites' forms never send one. The session's holds a drawn text and nothing else.

use axum::http::{HeaderMap, HeaderValue, header};
use domain::sign_in::SESSION_SECONDS;

use super::place::Here;

/// Cookies of the name that are looked at: one for this path and few for shorter ones.
const MAX_CANDIDATES: usize = 4;
/// Longest text that is looked at.
const MAX_LENGTH: usize = 100;

fn name(here: &Here) -> &'static str {
    if here.is_secure { "__Host-session" } else { "session" }
}

/// The texts that the browser sent, that of the longest path first.
pub(super) fn candidates<'a>(headers: &'a HeaderMap, here: &Here) -> Vec<&'a str> {
    let all = headers.get_all(header::COOKIE).into_iter();
    let pairs = all.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(found, _)| *found == name(here))
        .map(|(_, value)| value)
        .filter(|value| (20..=MAX_LENGTH).contains(&value.len()))
        .take(MAX_CANDIDATES)
        .collect()
}

/// For a session that began.
pub(super) fn session(here: &Here, text: &str) -> HeaderValue {
    set(here, text, &format!("; Max-Age={SESSION_SECONDS}"))
}

/// For a visitor who is nobody yet; it goes with the browser.
pub(super) fn visitor(here: &Here, text: &str) -> HeaderValue {
    set(here, text, "")
}

/// Takes the cookie away.
pub(super) fn gone(here: &Here) -> HeaderValue {
    set(here, "", "; Max-Age=0")
}

/// The cookie of those who put the setup helper away.
const NO_SETUP: &str = "no-setup";

/// Puts the setup helper away; it goes with the browser (CHK-06).
pub(super) fn no_setup(here: &Here) -> HeaderValue {
    named(here, (NO_SETUP, "1"), "")
}

/// Whether somebody put the setup helper away.
pub(super) fn has_no_setup(headers: &HeaderMap) -> bool {
    let all = headers.get_all(header::COOKIE).into_iter();
    let pairs = all.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).any(|(name, _)| name == NO_SETUP)
}

fn set(here: &Here, text: &str, more: &str) -> HeaderValue {
    named(here, (name(here), text), more)
}

fn named(here: &Here, (name, text): (&str, &str), more: &str) -> HeaderValue {
    let path = if here.base.is_empty() { "/" } else { &here.base };
    let secure = if here.is_secure { "; Secure" } else { "" };
    let cookie = format!("{name}={text}; Path={path}; HttpOnly; SameSite=Lax{secure}{more}");
    HeaderValue::from_str(&cookie).expect("a drawn text and a slug are ASCII")
}
