//! Payment processors: who moves money for the platform and its partners.
//!
//! Decided here: what a processor is asked and what it may answer, whoever it is. Every call names
//! the account that it is made on, every call that changes something carries an idempotency key,
//! and an answer that never came is [`ProcessorError::Unknown`], never a failure. The built-in
//! sandbox and the client for Stripe answer the same questions.

mod answered;
mod asked;
pub mod sandbox;
pub mod stripe;

use std::future::Future;

use domain::{
    money::Minor,
    processor::{AccountContext, ProcessorAccount},
    time::Timestamp,
};

pub use self::{answered::*, asked::*, sandbox::Sandbox, stripe::Stripe};

/// How long after a look the next follows, where somebody should tell of changes but may not.
const LOOK_AGAIN_SECONDS: i64 = 3_600;

/// What came of a call.
pub type Answer<T> = Result<T, ProcessorError>;

macro_rules! processor {
    ($($(#[$doc:meta])* fn $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {
        /// A payment processor. Call it outside of any transaction.
        pub trait PaymentGateway {
            $($(#[$doc])*
            fn $name(&self, at: &At, $($argument: $kind),*)
                -> impl Future<Output = Answer<$answer>> + Send;)*
        }

        impl PaymentGateway for Processor {
            $(async fn $name(&self, at: &At, $($argument: $kind),*) -> Answer<$answer> {
                match self {
                    Self::Sandbox(it) => PaymentGateway::$name(it, at, $($argument),*).await,
                    Self::Stripe(it) => PaymentGateway::$name(it, at, $($argument),*).await,
                }
            })*
        }
    };
}

/// The processor of a deployment.
#[derive(Debug, Clone)]
pub enum Processor {
    /// Built in: test cards, no money, no network.
    Sandbox(Sandbox),
    /// Stripe, with the platform's keys.
    Stripe(Stripe),
}

impl Default for Processor {
    fn default() -> Self {
        Self::Sandbox(Sandbox::default())
    }
}

processor! {
    /// Makes a customer.
    fn create_customer(key: &IdempotencyKey, new: &NewCustomer) -> String;
    /// Begins to save a method.
    fn begin_setup(key: &IdempotencyKey, new: &NewSetup) -> Setup;
    /// Where the saving of a method stands.
    fn setup(reference: &str) -> Setup;
    /// Verifies a bank account by the two amounts that arrived there.
    fn verify_microdeposits(key: &IdempotencyKey, told: (&str, (u32, u32))) -> Setup;
    /// What may be shown of a method.
    fn method(reference: &str) -> Method;
    /// Whether what allowed a bank account to be debited still does.
    fn mandate(reference: &str) -> Mandate;
    /// Takes a method away from its customer; one that is gone already is gone.
    fn detach(key: &IdempotencyKey, reference: &str) -> ();
    /// Charges.
    fn charge(key: &IdempotencyKey, new: &NewCharge) -> Charge;
    /// Where a charge stands at `now`. Some events name the charge inside: that id will do too.
    fn charge_state(reference: &str, now: Timestamp) -> Charge;
    /// The charge of `ours` on a customer, begun since then; for answers that never came.
    fn find_charge(customer: &str, wanted: (&Ours, Timestamp)) -> Option<Charge>;
    /// Gives up a charge that waits for its payer.
    fn cancel_charge(key: &IdempotencyKey, reference: &str) -> Charge;
    /// Gives money back.
    fn refund(key: &IdempotencyKey, new: &NewRefund) -> Refund;
    /// Where a refund stands at `now`.
    fn refund_state(reference: &str, now: Timestamp) -> Refund;
    /// The refunds of a charge, at most a hundred, newest first.
    fn refunds_of(charge: &str, now: Timestamp) -> Vec<Refund>;
    /// How much of the platform's fee on a charge was given back so far.
    fn fee_returned(charge: &str) -> Minor;
    /// Gives back some of the platform's fee on a charge.
    fn return_fee(key: &IdempotencyKey, wanted: (&str, Minor)) -> Minor;
    /// How a dispute stands at `now`.
    fn dispute(reference: &str, now: Timestamp) -> Dispute;
    /// Gives evidence against a dispute.
    fn submit_evidence(key: &IdempotencyKey, given: (&str, &Evidence)) -> Dispute;
    /// The account that the call is made on.
    fn account() -> Account;
    /// Makes a connected account; only on the platform.
    fn create_connected(key: &IdempotencyKey, new: &NewConnectedAccount) -> Account;
    /// A page where the owner of a connected account tells the processor about itself.
    fn onboarding_link(key: &IdempotencyKey, wanted: (&ProcessorAccount, &LinkTargets))
        -> OneTimeLink;
    /// What statements of a connected account show from now on.
    fn set_descriptor(key: &IdempotencyKey, wanted: (&ProcessorAccount, &str)) -> Account;
    /// Has the account's events sent to `url`.
    fn create_endpoint(key: &IdempotencyKey, url: &str) -> EventEndpoint;
    /// Ends that.
    fn delete_endpoint(reference: &str) -> ();
    /// A page of the account's events, newest first; empty behind the last.
    fn events(from: &EventsFrom) -> Vec<ProcessorEvent>;
}

impl Processor {
    /// What keys of the API begin with: they say whether money can move (ruling 29).
    pub fn key_prefix(&self) -> &'static str {
        match self {
            Self::Stripe(it) if it.is_live() => "sk_live_",
            Self::Sandbox(_) | Self::Stripe(_) => "sk_test_",
        }
    }

    /// The sandbox, where payments are one's: its test methods take the place of a browser.
    pub fn sandbox(&self) -> Option<&Sandbox> {
        match self {
            Self::Sandbox(it) => Some(it),
            Self::Stripe(_) => None,
        }
    }

    /// When a charge is to be looked at again because nobody will tell of it: in the sandbox at
    /// its next change, elsewhere after a while, in case an event was lost.
    pub fn look_at_charge(&self, charge: &Charge, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Sandbox(_) => sandbox::next_change(&charge.reference, now),
            Self::Stripe(_) => match charge.status {
                ChargeStatus::RequiresAction { .. }
                | ChargeStatus::Processing
                | ChargeStatus::Other(_) => Some(now.plus_seconds(LOOK_AGAIN_SECONDS)),
                ChargeStatus::Succeeded | ChargeStatus::Failed(_) | ChargeStatus::Cancelled => None,
            },
        }
    }

    /// The same for a refund.
    pub fn look_at_refund(&self, refund: &Refund, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Sandbox(_) => sandbox::next_change(&refund.reference, now),
            Self::Stripe(_) => (refund.status == RefundStatus::Pending)
                .then(|| now.plus_seconds(LOOK_AGAIN_SECONDS)),
        }
    }

    /// Stripe, if it is that.
    pub fn stripe(&self) -> Option<&Stripe> {
        match self {
            Self::Sandbox(_) => None,
            Self::Stripe(it) => Some(it),
        }
    }
}

/// The account that a connected account's owner has; `None` for the others.
pub fn connected(context: &AccountContext) -> Option<&ProcessorAccount> {
    match context {
        AccountContext::Connected(account) => Some(account),
        _ => None,
    }
}
