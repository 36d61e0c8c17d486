//! Mails to people about their own sign-in.
//!
//! Decided here: what they say, and in whose name: the partner's for its people and its tenants'
//! (EML-04), the platform's for the operator's. A link is sealed until the mail goes out, so that
//! whoever reads the outbox cannot use it. Names of people are text and never end a line.

use adapters::{
    mail::mailbox,
    secrets::{self, ShownOnce},
};
use domain::{account::Partner, sign_in::TokenKind, time::Timestamp, user::User};
use store::{
    db::Tx,
    mails::{self, MailText, SECRET_MARK},
    user_secrets,
};

use super::brand_name;
use crate::{
    App,
    error::{AppError, Result},
};

/// Who a mail comes from where nobody named an address; such mail cannot be answered.
const NOBODY: &str = "no-reply@localhost";

/// What a person is told, without a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// The password is another one.
    PasswordChanged,
    /// The address is another one; sent to the one before.
    EmailChanged,
}

/// In whose name mails are written.
struct Sender {
    name: String,
    address: String,
    support: String,
    portal: String,
}

impl App {
    /// Sends a link that does what `kind` says; earlier ones of the kind no longer work.
    pub(super) async fn send_link(&self, tx: &mut Tx, user: &User, kind: TokenKind) -> Result<()> {
        let now = self.clock.now();
        let owner = user.account.partner();
        let token = ShownOnce::draw("");
        let hash = token.hash();
        user_secrets::put_token(tx, owner, (user.user_id, kind), (&hash, now)).await?;
        let sender = self.sender(tx, user).await?;
        let (subject, news) = match kind {
            TokenKind::Invitation => (
                format!("You are invited to {}", sender.name),
                format!(
                    "you are invited to {} as {}. Set your password here within 7 days:",
                    sender.name,
                    user.role.title()
                ),
            ),
            TokenKind::Reset => (
                format!("Set a new password for {}", sender.name),
                "somebody asked for a new password for this address. Set one here within an hour:"
                    .to_owned(),
            ),
            TokenKind::Verify => (
                format!("Confirm your address for {}", sender.name),
                format!("please confirm that this is your address at {}:", sender.name),
            ),
        };
        let foot = match kind {
            TokenKind::Reset => {
                "If that was not you, nothing needs to be done: your password stays as it is."
            }
            TokenKind::Invitation | TokenKind::Verify => {
                "If you did not expect this mail, leave it."
            }
        };
        let body = format!("{news}\n\n  {SECRET_MARK}\n\n{foot}");
        let key = format!("{}:{}", kind.as_str(), hex_of(&hash));
        let link = format!("{}/{}/{}", sender.portal, kind.as_str(), token.reveal());
        let sealed = self.outside.vault.seal(&key, link.as_bytes());
        let text = sender.letter(user, (&subject, &body))?;
        mails::enqueue_sealed(tx, owner, (&key, &text, &sealed), now).await?;
        Ok(())
    }

    /// Tells a person what happened to its account.
    pub(super) async fn send_notice(&self, tx: &mut Tx, user: &User, notice: Notice) -> Result<()> {
        let now: Timestamp = self.clock.now();
        let sender = self.sender(tx, user).await?;
        let (subject, news) = match notice {
            Notice::PasswordChanged => ("Your password was changed", "your password was changed."),
            Notice::EmailChanged => (
                "Your address was changed",
                "the address that you sign in with was changed to another one.",
            ),
        };
        let support = &sender.support;
        let body = if support.is_empty() {
            format!("{news}\n\nIf that was not you, ask your administrator at once.")
        } else {
            format!("{news}\n\nIf that was not you, write to {support} at once.")
        };
        let text = sender.letter(user, (subject, &body))?;
        let drawn = ShownOnce::draw("");
        let key = format!("notice:{}", hex_of(&drawn.hash()));
        mails::enqueue(tx, user.account.partner(), (&key, &text), now).await?;
        Ok(())
    }

    async fn sender(&self, tx: &mut Tx, user: &User) -> Result<Sender> {
        let Some(partner_id) = user.account.partner() else {
            return Ok(self.platform_sender());
        };
        let partner = store::partners::find(tx, partner_id).await?;
        let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        Ok(self.partner_sender(&partner))
    }

    fn platform_sender(&self) -> Sender {
        let support = self.platform.support_email.clone();
        Sender {
            name: self.platform.name.clone(),
            address: if support.is_empty() { NOBODY.to_owned() } else { support.clone() },
            support,
            portal: self.platform.portal(None),
        }
    }

    fn partner_sender(&self, partner: &Partner) -> Sender {
        let support = partner.brand.support_email.trim().to_owned();
        Sender {
            name: brand_name(partner).to_owned(),
            address: if support.is_empty() { NOBODY.to_owned() } else { support.clone() },
            support,
            portal: self.platform.portal(Some(&partner.slug)),
        }
    }
}

impl Sender {
    fn letter(&self, user: &User, (subject, body): (&str, &str)) -> Result<MailText> {
        let wrong = |error: adapters::mail::MailError| AppError::Outside(error.to_string());
        let mut text = format!("Hello {},\n\n{body}\n\n", user.name);
        if !self.support.is_empty() {
            text += &format!("Questions? Write to {}.\n\n", self.support);
        }
        text += &format!("{}\n", self.name);
        Ok(MailText {
            sender: mailbox(&self.name, &self.address).map_err(wrong)?,
            recipient: mailbox(&user.name, user.email.as_str()).map_err(wrong)?,
            subject: subject.to_owned(),
            body: text,
            attachment: None,
        })
    }
}

/// A short name of a hash, for keys of mails.
fn hex_of(hash: &[u8; 32]) -> String {
    hash[..12].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is kept of a link's token.
pub(super) fn token_hash(token: &str) -> [u8; 32] {
    secrets::hash(token)
}
