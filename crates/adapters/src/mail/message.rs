//! How a mail is written: headers, text, attachment.
//!
//! Decided here: names, subjects and file names lose their control characters before they get
//! near a header; whatever is left is encoded by the library. The boundary between parts follows
//! from the mail's id, so that writing it twice gives the same bytes.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Address, Message,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};

use super::{MailError, MailMessage};

/// A sender or recipient as it stands in a header: `"Name" <address>`.
pub fn mailbox(name: &str, address: &str) -> Result<String, MailError> {
    let parsed: Address = address
        .trim()
        .parse()
        .map_err(|error| MailError::GiveUp(format!("{address:?} is no mail address: {error}")))?;
    let name = one_line(name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), parsed).to_string())
}

/// The message of a mail. Addresses that are none are given up, not retried.
pub(super) fn compose(mail: &MailMessage) -> Result<Message, MailError> {
    let parse = |text: &str| -> Result<Mailbox, MailError> {
        let parsed = one_line(text).parse();
        parsed.map_err(|error| MailError::GiveUp(format!("{text:?} is no mail address: {error}")))
    };
    let (from, to) = (parse(&mail.from)?, parse(&mail.to)?);
    let stem = file_stem(&mail.mail_id)?;
    let micros = u64::try_from(mail.written_at.micros()).unwrap_or_default();
    let builder = Message::builder()
        .message_id(Some(format!("<{stem}@{}>", from.email.domain())))
        .date(UNIX_EPOCH + Duration::from_micros(micros))
        .from(from)
        .to(to)
        .subject(one_line(&mail.subject));
    let text = SinglePart::plain(mail.body.clone());
    let built = match &mail.attachment {
        None => builder.singlepart(text),
        Some((name, bytes)) => {
            let kind =
                if name.ends_with(".pdf") { "application/pdf" } else { "application/octet-stream" };
            let kind = ContentType::parse(kind).expect("a fixed media type");
            let file = Attachment::new(one_line(name)).body(bytes.clone(), kind);
            let parts = MultiPart::mixed().boundary(format!("part-{stem}"));
            builder.multipart(parts.singlepart(text).singlepart(file))
        }
    };
    built.map_err(|error| MailError::GiveUp(error.to_string()))
}

/// `mail_id`, if it may be a file's name and the left side of a Message-ID.
pub(super) fn file_stem(mail_id: &str) -> Result<&str, MailError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !mail_id.is_empty() && mail_id.len() <= 60 && mail_id.bytes().all(plain) {
        return Ok(mail_id);
    }
    Err(MailError::GiveUp(format!("{mail_id:?} is no id of a mail")))
}

/// The text without what would end a header's line.
fn one_line(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    spaced.trim().to_owned()
}
