//! What a processor answers.
//!
//! Decided here: only the fields that are used are read, and every name that the processor may
//! invent later has a place for it, so that a new one breaks nothing.

use domain::{
    money::{Currency, Minor},
    processor::{MethodKind, ProcessorAccount},
    time::Timestamp,
};

use super::{SecretKey, asked::Ours};

/// Why a call did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProcessorError {
    /// The bank, or the processor for it, said no. Final for this charge; another try is another
    /// attempt with a key of its own.
    #[error("declined: {0}")]
    Declined(Decline),
    /// The request cannot be carried out as it is, now or later.
    #[error("refused by the payment processor: {message} ({code})")]
    Refused {
        /// For programs, such as `resource_missing`.
        code: String,
        /// For people; holds no secret.
        message: String,
        /// The processor's name for the request, for its support.
        request_id: Option<String>,
    },
    /// The key is not accepted (401), or may not do this (403).
    #[error("the payment processor does not accept the key")]
    Unauthorised {
        /// The processor's name for the request.
        request_id: Option<String>,
    },
    /// Nothing was done: the processor was never reached, or was too busy to begin. Safe to leave.
    #[error("the payment processor cannot be reached: {0}")]
    NotBegun(String),
    /// Nobody knows whether it was done. Ask again with the same key, or look it up.
    #[error("the payment processor did not say what came of it: {0}")]
    Unknown(String),
}

/// A decline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decline {
    /// For programs, such as `card_declined`.
    pub code: String,
    /// The bank's own reason, such as `insufficient_funds`.
    pub decline_code: Option<String>,
    /// For people.
    pub message: String,
    /// The processor's id of the charge that was declined.
    pub reference: Option<String>,
}

impl Decline {
    /// Whether the payer has to be there: neither a decline of the card nor a success.
    pub fn wants_customer(&self) -> bool {
        self.code == "authentication_required"
            || self.decline_code.as_deref() == Some("authentication_required")
    }
    /// Whether the same card must never be tried again.
    pub fn is_hard(&self) -> bool {
        const HARD: [&str; 4] = ["lost_card", "stolen_card", "pickup_card", "fraudulent"];
        self.decline_code.as_deref().is_some_and(|code| HARD.contains(&code))
    }
}

impl std::fmt::Display for Decline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = self.decline_code.as_deref().unwrap_or(&self.code);
        write!(f, "{code}: {}", self.message)
    }
}

/// Where a charge stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeStatus {
    /// The payer has to authenticate it.
    RequiresAction {
        /// For the browser's script; a secret of this charge.
        client_secret: String,
        /// Where to send the browser, if the processor wants it so.
        redirect: Option<String>,
    },
    /// On its way; takes days for bank accounts.
    Processing,
    /// The money came.
    Succeeded,
    /// It did not and will not.
    Failed(Decline),
    /// Nobody wants it any more.
    Cancelled,
    /// Something that is not known here.
    Other(String),
}

/// A charge at the processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Its id; with Stripe that of the payment intent.
    pub reference: String,
    /// Where it stands.
    pub status: ChargeStatus,
    /// How much.
    pub amount: Minor,
    /// In what.
    pub currency: Currency,
    /// The platform's share.
    pub fee: Option<Minor>,
    /// How much of it was given back so far.
    pub refunded: Minor,
    /// Its dispute, if there is one.
    pub dispute: Option<String>,
    /// What the payer's statement shows, as the processor reckons.
    pub descriptor: Option<String>,
    /// Ours, if it is.
    pub ours: Option<Ours>,
    /// When it began.
    pub created_at: Timestamp,
}

/// A wish to save a method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// Its id.
    pub reference: String,
    /// For the browser's script; whoever has it can fill the wish in, and nothing else.
    pub client_secret: Option<SecretKey>,
    /// Where it stands.
    pub status: SetupStatus,
    /// Ours, if it is.
    pub ours: Option<Ours>,
}

/// Where the wish to save a method stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetupStatus {
    /// Nobody has filled it in, or the payer has to authenticate.
    Waiting,
    /// A bank account waits for its owner to name two small amounts (PMT-05).
    VerifyMicrodeposits {
        /// The processor's id of the method.
        method: String,
    },
    /// The method with this id is saved.
    Succeeded {
        /// The processor's id of the method.
        method: String,
    },
    /// It failed for good.
    Failed(Decline),
}

/// What may be shown of a saved method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// The processor's id.
    pub reference: String,
    /// The processor's customer that it is attached to; none once it is detached.
    pub customer: Option<String>,
    /// Card or bank account.
    pub kind: MethodKind,
    /// The card's brand or the bank's name.
    pub brand: String,
    /// The last four digits.
    pub last_four: String,
    /// Month and year of a card's last month.
    pub expires: Option<(u8, u16)>,
    /// The same for the same card or account, whoever saves it.
    pub fingerprint: Option<String>,
}

/// What allows a bank account to be debited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// The processor's id of the method.
    pub method: String,
    /// Whether the method cannot be debited any more.
    pub is_over: bool,
}

/// Where a refund stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundStatus {
    /// On its way.
    Pending,
    /// The money went back.
    Succeeded,
    /// It did not reach the payer: what was refundable is so again.
    Failed(String),
}

/// A refund at the processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Its id.
    pub reference: String,
    /// The id of its charge.
    pub charge: String,
    /// How much.
    pub amount: Minor,
    /// Where it stands.
    pub status: RefundStatus,
    /// Ours, if it was asked for here.
    pub ours: Option<Ours>,
    /// When it began.
    pub created_at: Timestamp,
}

/// How a dispute stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DisputeStatus {
    /// Evidence is wanted, or under review; an inquiry too.
    Open(String),
    /// The money stayed or came back.
    Won,
    /// The money is gone.
    Lost,
}

/// A dispute at the processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Its id.
    pub reference: String,
    /// The id of its charge.
    pub charge: String,
    /// How much.
    pub amount: Minor,
    /// How it stands.
    pub status: DisputeStatus,
    /// The payer's reason, such as `fraudulent`.
    pub reason: String,
    /// Until when evidence is taken.
    pub evidence_due: Option<Timestamp>,
}

/// An account at the processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub account: ProcessorAccount,
    /// Whether it can be charged on.
    pub charges_enabled: bool,
    /// Whether the processor pays out to its bank account (STR-25).
    pub payouts_enabled: bool,
    /// Whether the form was finished.
    pub details_submitted: bool,
    /// Whether the capability to take cards is active.
    pub cards_active: bool,
    /// Why it is disabled.
    pub disabled_reason: Option<String>,
    /// What the processor wants to know now.
    pub currently_due: Vec<String>,
    /// Its country, such as `US`.
    pub country: String,
    /// What its statements show.
    pub descriptor: Option<String>,
    /// Ours, if it was made here.
    pub ours: Option<Ours>,
}

impl Account {
    /// Whether tenants can pay on it now (STR-06).
    pub const fn is_ready(&self) -> bool {
        self.charges_enabled && self.cards_active
    }
}

/// A page of the processor's, usable once and for minutes. Never stored, mailed or logged.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeLink(pub String);

impl std::fmt::Debug for OneTimeLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTimeLink(…)")
    }
}

/// An endpoint for the processor's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventEndpoint {
    /// Its id.
    pub reference: String,
    /// What its events are signed with; told once.
    pub secret: SecretKey,
}

/// One event of the processor: which object to look at again. Its payload is never believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessorEvent {
    /// Its id.
    pub reference: String,
    /// Such as `payment_intent.succeeded`.
    pub kind: String,
    /// The id of the object.
    pub object: String,
    /// Such as `payment_intent`.
    pub object_kind: String,
    /// When it happened.
    pub created_at: Timestamp,
}
