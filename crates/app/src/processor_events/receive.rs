//! An event that was delivered: whether it is the processor's, and where it is kept.
//!
//! Decided here: the body is checked byte for byte before anything of it is read, and kept sealed,
//! because it holds secrets that browsers use. An event of the other kind of account is refused, so
//! that a wrong address or secret shows on the processor's pages. An event of test money at a
//! deployment of real money, or the other way round, is answered for and ignored: endpoints for
//! connected accounts are sent both.

use adapters::processor::SecretKey;
use domain::{
    ids::PartnerId,
    processor::{AccountContext, MAX_REFERENCE_BYTES, ProcessorAccount},
    processor_signature::{self, SignatureError},
    time::Timestamp,
};
use serde_json::Value;
use store::{error::StoreError, processor_events::NewEvent};

use crate::{App, error::AppError};

/// Where an event was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inbox {
    /// The endpoint for the platform's own account.
    Platform,
    /// The endpoint for all connected accounts.
    Connect,
    /// The endpoint for a partner's own account.
    Custom(PartnerId),
}

/// What became of an event that is the processor's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// It is kept.
    Kept,
    /// It was kept before.
    KnownAlready,
    /// It is about money of the other kind.
    Ignored,
}

/// Why an event was not received.
#[derive(Debug, thiserror::Error)]
pub enum NotReceived {
    /// It is not the processor's, or was kept by somebody for long.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// It is not an event, or one of another kind of account.
    #[error("{0}")]
    NotEvent(&'static str),
    /// It could not be kept.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for NotReceived {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// A partner's own account, as far as its events need it.
pub(super) struct OwnAccount {
    pub(super) account: ProcessorAccount,
    pub(super) secrets: Vec<SecretKey>,
    pub(super) is_live: bool,
}

/// What is known of whoever an inbox is for.
struct Expected {
    secrets: Vec<SecretKey>,
    is_live: bool,
    own: Option<ProcessorAccount>,
}

/// An event's own words, as far as they are needed to look its object up.
struct Told {
    event_id: String,
    kind: String,
    object_id: String,
    object_kind: String,
    account: Option<ProcessorAccount>,
    is_live: bool,
    created_at: Timestamp,
}

/// An id or a name as the processor gives them.
fn word(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.".contains(&byte);
    let fits = (1..=MAX_REFERENCE_BYTES).contains(&text.len()) && text.bytes().all(is_plain);
    fits.then(|| text.to_owned())
}

fn read(body: &[u8]) -> Result<Told, NotReceived> {
    let event: Value =
        serde_json::from_slice(body).map_err(|_| NotReceived::NotEvent("the body is no JSON"))?;
    let about = event.pointer("/data/object").unwrap_or(&Value::Null);
    let odd = || NotReceived::NotEvent("the body is no event");
    let account = match event.get("account") {
        None | Some(Value::Null) => None,
        Some(account) => {
            let account = account.as_str().ok_or_else(odd)?;
            Some(ProcessorAccount::parse(account).map_err(|_| odd())?)
        }
    };
    Ok(Told {
        event_id: event.get("id").and_then(word).ok_or_else(odd)?,
        kind: event.get("type").and_then(word).ok_or_else(odd)?,
        object_id: about.get("id").and_then(word).unwrap_or_default(),
        object_kind: about.get("object").and_then(word).unwrap_or_default(),
        account,
        is_live: event.get("livemode").and_then(Value::as_bool).ok_or_else(odd)?,
        created_at: event
            .get("created")
            .and_then(Value::as_i64)
            .map(Timestamp::from_seconds)
            .filter(|at| at.is_plausible())
            .ok_or_else(odd)?,
    })
}

impl App {
    /// Keeps an event that was delivered with this signature. Answered for only when it is kept.
    pub async fn receive_event(
        &self,
        inbox: Inbox,
        (signature, body): (&str, &[u8]),
    ) -> Result<Receipt, NotReceived> {
        let expected = self.expected(inbox).await?;
        let secrets: Vec<&str> = expected.secrets.iter().map(SecretKey::reveal).collect();
        let now = self.clock.now();
        // A simulated clock says nothing about the age of what a real one stamped.
        let checked_at = (!self.clock.is_simulated()).then_some(now);
        processor_signature::check((signature, body), &secrets, checked_at)?;
        let told = read(body)?;
        let (context, partner_id) = match (inbox, told.account.clone(), expected.own) {
            (Inbox::Platform, None, _) => (AccountContext::Platform, None),
            (Inbox::Connect, Some(account), _) => (AccountContext::Connected(account), None),
            (Inbox::Custom(partner_id), None, Some(own)) => {
                (AccountContext::Custom(own), Some(partner_id))
            }
            (Inbox::Custom(partner_id), Some(account), Some(own)) if account == own => {
                (AccountContext::Custom(own), Some(partner_id))
            }
            _ => return Err(NotReceived::NotEvent("this endpoint is for other accounts' events")),
        };
        if told.is_live != expected.is_live {
            let (event, is_live) = (&told.event_id, told.is_live);
            tracing::info!(%context, event, is_live, "an event of the other kind of money");
            return Ok(Receipt::Ignored);
        }
        let owner = format!("processor_event/{context}/{}", told.event_id);
        let event = NewEvent {
            context,
            partner_id,
            event_id: told.event_id,
            kind: told.kind,
            object_id: told.object_id,
            object_kind: told.object_kind,
            sealed_body: self.outside.vault.seal(&owner, body),
            created_at: told.created_at,
        };
        // One statement, and its outcome is the answer: nothing to be repeated here.
        let mut tx = self.db.begin().await?;
        let is_new = store::processor_events::insert(&mut tx, &event, now).await?;
        tx.commit().await?;
        self.outside.events.arrived.notify_one();
        Ok(if is_new { Receipt::Kept } else { Receipt::KnownAlready })
    }

    async fn expected(&self, inbox: Inbox) -> Result<Expected, NotReceived> {
        let events = &self.outside.events;
        let is_live = self.outside.processor.key_prefix() == "sk_live_";
        Ok(match inbox {
            Inbox::Platform => Expected { secrets: events.platform.clone(), is_live, own: None },
            Inbox::Connect => Expected { secrets: events.connect.clone(), is_live, own: None },
            Inbox::Custom(partner_id) => {
                let own = self.own_account(partner_id).await?.ok_or(SignatureError::NoSecret)?;
                let OwnAccount { account, secrets, is_live } = own;
                Expected { secrets, is_live, own: Some(account) }
            }
        })
    }
}
