//! The mail server of a deployment, as it is named on the command line.
//!
//! Decided here: the address is an option, the credentials come from the environment only, so that
//! no password stands in a list of processes. A connection without protection must be asked for by
//! name.

use std::str::FromStr;

use adapters::mail::{SmtpConfig, SmtpCredentials, SmtpSecurity};

/// Seconds that each step of a delivery may take.
const TIMEOUT_SECONDS: u32 = 30;
const USER: &str = "TRUNKLINE_SMTP_USER";
const PASSWORD: &str = "TRUNKLINE_SMTP_PASSWORD";

/// Where and how a mail server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SmtpAddress {
    security: SmtpSecurity,
    host: String,
    port: u16,
}

/// The text names no mail server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not smtp://HOST[:PORT] (STARTTLS), smtps://HOST[:PORT] (TLS) or \
     smtp+plain://HOST[:PORT]; user and password go into {USER} and {PASSWORD}"
)]
pub(crate) struct NoMailServer(String);

impl FromStr for SmtpAddress {
    type Err = NoMailServer;

    fn from_str(text: &str) -> Result<Self, NoMailServer> {
        let wrong = || NoMailServer(text.to_owned());
        let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
        let (security, port) = match scheme {
            "smtp" => (SmtpSecurity::StartTls, 587),
            "smtps" => (SmtpSecurity::Tls, 465),
            "smtp+plain" => (SmtpSecurity::None, 25),
            _ => return Err(wrong()),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, given)) => (host, given.parse().map_err(|_| wrong())?),
            None => (rest, port),
        };
        let is_host = |letter: char| letter.is_ascii_alphanumeric() || "-.".contains(letter);
        if host.is_empty() || !host.chars().all(is_host) || port == 0 {
            return Err(wrong());
        }
        Ok(Self { security, host: host.to_owned(), port })
    }
}

impl SmtpAddress {
    /// The whole configuration, with the environment's credentials.
    pub(crate) fn config(&self) -> SmtpConfig {
        let user = std::env::var(USER).ok().filter(|user| !user.is_empty());
        let password = std::env::var(PASSWORD).unwrap_or_default();
        SmtpConfig {
            host: self.host.clone(),
            port: self.port,
            security: self.security,
            credentials: user.map(|user| SmtpCredentials { user, password }),
            hello_name: "localhost".to_owned(),
            timeout_seconds: TIMEOUT_SECONDS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protection_follows_from_the_scheme_and_the_port_may_be_left_out() {
        let parse = |text: &str| text.parse::<SmtpAddress>().map(|it| (it.security, it.port));
        assert_eq!(parse("smtp://mail.example"), Ok((SmtpSecurity::StartTls, 587)));
        assert_eq!(parse("smtps://mail.example/"), Ok((SmtpSecurity::Tls, 465)));
        assert_eq!(parse("smtp+plain://127.0.0.1:2525"), Ok((SmtpSecurity::None, 2_525)));
        for bad in
            ["", "mail.example", "http://x", "smtp://", "smtp://u:p@x", "smtp://x:0", "smtp://x:y"]
        {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
