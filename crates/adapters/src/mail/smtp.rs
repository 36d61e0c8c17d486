//! Delivery to a mail server (RFC 5321).
//!
//! Decided here: a server's 5xx is final, its 4xx and every failure to reach it are worth another
//! try. One connection per mail: mails are few and a shared connection would have to be watched.
//! Credentials never reach logs, debug output or errors.

use std::{fmt, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};

use super::MailError;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// Not at all: for a server on this machine.
    None,
    /// Upgraded with STARTTLS before anything is said; refused where that is impossible.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// Who we are to the mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpCredentials {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for SmtpCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpCredentials(hidden)")
    }
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpConfig {
    /// Its name or address.
    pub host: String,
    /// Its port: usually 587 with STARTTLS, 465 with TLS.
    pub port: u16,
    /// How the connection is protected.
    pub security: SmtpSecurity,
    /// Who we are, where it asks.
    pub credentials: Option<SmtpCredentials>,
    /// The name we greet it with.
    pub hello_name: String,
    /// How long each step may take, in seconds.
    pub timeout_seconds: u32,
}

/// Sends one message over a connection of its own.
pub(super) async fn send(config: &SmtpConfig, message: &Message) -> Result<(), MailError> {
    let transport = transport(config)?;
    let outcome = transport.send_raw(message.envelope(), &message.formatted()).await;
    outcome.map(drop).map_err(|error| {
        let why = reason(&error);
        if error.is_permanent() { MailError::GiveUp(why) } else { MailError::Retry(why) }
    })
}

fn transport(config: &SmtpConfig) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailError> {
    let parameters = || {
        TlsParameters::new(config.host.clone())
            .map_err(|error| MailError::Retry(format!("TLS for {:?}: {error}", config.host)))
    };
    let tls = match config.security {
        SmtpSecurity::None => Tls::None,
        SmtpSecurity::StartTls => Tls::Required(parameters()?),
        SmtpSecurity::Tls => Tls::Wrapper(parameters()?),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.clone())
        .port(config.port)
        .tls(tls)
        .hello_name(ClientId::Domain(config.hello_name.clone()))
        .timeout(Some(Duration::from_secs(config.timeout_seconds.max(1).into())));
    if let Some(SmtpCredentials { user, password }) = &config.credentials {
        builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
    }
    Ok(builder.build())
}

/// The error with its cause; the library names the step and the server's answer, no secrets.
fn reason(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        let next_text = next.to_string();
        if !text.contains(&next_text) {
            text = format!("{text}: {next_text}");
        }
        cause = next.source();
    }
    text
}
