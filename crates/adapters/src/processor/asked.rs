//! What a processor is asked.

use std::fmt;

use domain::{
    money::{Currency, Minor},
    processor::{AccountContext, MethodKind},
    time::Timestamp,
};

/// A secret key of a processor's account; its `Debug` shows the last four characters.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(String);

impl SecretKey {
    /// Wraps a key.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }
    /// The key, for the call that needs it and nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
    /// What may be shown of it.
    pub fn last_four(&self) -> &str {
        let start = self.0.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
        &self.0[start..]
    }
    /// Whether it moves real money.
    pub fn is_live(&self) -> bool {
        self.0.starts_with("sk_live_") || self.0.starts_with("rk_live_")
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(…{})", self.last_four())
    }
}

/// On whose account a call is made, with the key where it is not the operator's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// Whose account.
    pub context: AccountContext,
    /// The partner's own key; none for the platform and for connected accounts.
    pub key: Option<SecretKey>,
}

impl At {
    /// The operator's account.
    pub const PLATFORM: Self = Self { context: AccountContext::Platform, key: None };
}

/// Names one effect for ever: the same key never does anything twice. Made of a purpose, the id of
/// our row and the number of the attempt, and of nothing that changes when it is sent again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// A key of at most 255 bytes.
    pub fn new(key: impl Into<String>) -> Self {
        let key = key.into();
        debug_assert!((1..=255).contains(&key.len()), "a key has 1 to 255 bytes");
        Self(key)
    }
    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which of our rows an object of the processor belongs to; sent along as metadata, so that an
/// event that comes before our row is committed still finds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ours {
    /// The partner.
    pub partner_id: String,
    /// The id of the row with its prefix: a payment, a charge of the operator, a refund, a method.
    pub object_id: String,
}

/// Who is charged or saves a method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCustomer {
    /// Its name, for the processor's dashboard.
    pub name: String,
    /// Its mail address; the processor sends nothing there.
    pub email: String,
    /// Ours.
    pub ours: Ours,
}

/// The wish to save a method: whoever has its secret can fill it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSetup {
    /// The processor's customer.
    pub customer: String,
    /// Card or bank account.
    pub kind: MethodKind,
    /// Ours.
    pub ours: Ours,
}

/// Whether somebody who can authenticate the payment is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The payer waits for the answer.
    OnSession,
    /// Nobody is there: a charge that wants authentication fails.
    OffSession,
}

/// A charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCharge {
    /// How much, more than zero.
    pub amount: Minor,
    /// In what.
    pub currency: Currency,
    /// The processor's customer.
    pub customer: String,
    /// The processor's id of the saved method.
    pub method: String,
    /// What that method is.
    pub kind: MethodKind,
    /// Who is there.
    pub presence: Presence,
    /// For people, such as `Invoice INV-000012`.
    pub description: String,
    /// What the payer's statement shows, as far as the mode lets us say (Stripe facts 4.5).
    pub descriptor: Option<String>,
    /// The platform's share of a charge on a connected account; never zero.
    pub fee: Option<Minor>,
    /// Ours.
    pub ours: Ours,
    /// When our row was written; part of the charge, so that asking again asks the same.
    pub asked_at: Timestamp,
}

/// A refund of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRefund {
    /// The processor's id of the charge.
    pub charge: String,
    /// How much, at most what is left of it.
    pub amount: Minor,
    /// Whether the platform gives its share back in proportion (REF-09).
    pub fee: FeeOnRefund,
    /// Ours.
    pub ours: Ours,
    /// When our row was written.
    pub asked_at: Timestamp,
}

/// What happens to the platform's fee when a charge is refunded (REF-09).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FeeOnRefund {
    /// The platform keeps it.
    #[default]
    Kept,
    /// It is given back in proportion. Only for charges that have a fee.
    Returned,
}

/// A connected account to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConnectedAccount {
    /// Where the processor writes to the partner.
    pub email: String,
    /// The partner's site; empty where it has none.
    pub website: String,
    /// What statements show.
    pub descriptor: Option<String>,
    /// Ours.
    pub ours: Ours,
}

/// Where the processor's own pages send the browser back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTargets {
    /// After the form was left, finished or not.
    pub return_url: String,
    /// When the link was used up.
    pub refresh_url: String,
}

/// What the platform gives the processor against a dispute (REF-16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Free text.
    pub text: String,
    /// Whether this is all: a submitted dispute cannot be changed any more.
    pub is_final: bool,
}

/// From where to read a processor's events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventsFrom {
    /// Only events created from this second on.
    pub since: Option<Timestamp>,
    /// Only events older than this one, for the next page; newest come first.
    pub before: Option<String>,
}
