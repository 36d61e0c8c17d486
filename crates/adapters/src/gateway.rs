//! Payment gateways. Today the sandbox, which moves no money and asks nobody.
//!
//! Decided here: what a gateway is asked and what it may answer. Every question carries an
//! idempotency key, and the same key always gets the same answer, so that whoever does not know
//! what came of a question may ask it again. The sandbox's answer is a function of the request
//! alone: test cards say by their name what happens, on any machine and at any time.

use std::{fmt, str::FromStr};

use domain::money::{Currency, Minor};
use sha2::{Digest, Sha256};

/// How a payment is made in the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SandboxMethod {
    /// Always succeeds.
    #[default]
    Visa,
    /// Always declined by the bank.
    Declined,
    /// Always declined because the account holds too little.
    InsufficientFunds,
    /// Succeeds, but the first answer is lost on its way; asked again, it is known.
    LostAnswer,
    /// Never answers.
    NoAnswer,
}

impl SandboxMethod {
    /// All methods.
    pub const ALL: [Self; 5] =
        [Self::Visa, Self::Declined, Self::InsufficientFunds, Self::LostAnswer, Self::NoAnswer];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visa => "sandbox:visa",
            Self::Declined => "sandbox:declined",
            Self::InsufficientFunds => "sandbox:insufficient_funds",
            Self::LostAnswer => "sandbox:lost_answer",
            Self::NoAnswer => "sandbox:no_answer",
        }
    }
}

impl fmt::Display for SandboxMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no payment method.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a payment method such as sandbox:visa")]
pub struct UnknownMethod(pub String);

impl FromStr for SandboxMethod {
    type Err = UnknownMethod;

    fn from_str(text: &str) -> Result<Self, UnknownMethod> {
        let found = Self::ALL.into_iter().find(|method| method.as_str() == text);
        found.ok_or_else(|| UnknownMethod(text.to_owned()))
    }
}

/// Whether a key was asked before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// For the first time.
    First,
    /// Perhaps not for the first time: an answer never arrived.
    Again,
}

/// What a gateway is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRequest {
    /// Names this charge for ever; the same key never charges twice.
    pub idempotency_key: String,
    /// How much, more than zero.
    pub amount: Minor,
    /// In what.
    pub currency: Currency,
    /// From where.
    pub method: SandboxMethod,
    /// Whether the key was asked before.
    pub asking: Asking,
}

/// What a gateway answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GatewayAnswer {
    /// The money is on its way.
    Succeeded {
        /// The gateway's own name for the charge.
        reference: String,
    },
    /// It is not, and asking again will not change that.
    Declined {
        /// For programs, such as `insufficient_funds`.
        code: String,
        /// For people.
        message: String,
    },
    /// Nobody knows. Ask again with the same key.
    Unknown {
        /// What went wrong on the way.
        why: String,
    },
}

/// A payment gateway.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Gateway {
    /// Test cards; no money, no network.
    #[default]
    Sandbox,
}

impl Gateway {
    /// What keys of the API begin with: they say whether money can move (ruling 29).
    pub const fn key_prefix(&self) -> &'static str {
        match self {
            Self::Sandbox => "sk_test_",
        }
    }

    /// Asks for a charge. Call it outside of any transaction.
    pub async fn charge(&self, request: &ChargeRequest) -> GatewayAnswer {
        match self {
            Self::Sandbox => sandbox(request),
        }
    }
}

fn sandbox(request: &ChargeRequest) -> GatewayAnswer {
    let declined = |code: &str, message: &str| GatewayAnswer::Declined {
        code: code.to_owned(),
        message: message.to_owned(),
    };
    match (request.method, request.asking) {
        (SandboxMethod::Declined, _) => declined("card_declined", "the card was declined"),
        (SandboxMethod::InsufficientFunds, _) => {
            declined("insufficient_funds", "the card has insufficient funds")
        }
        (SandboxMethod::NoAnswer, _) | (SandboxMethod::LostAnswer, Asking::First) => {
            GatewayAnswer::Unknown { why: "the gateway did not answer in time".to_owned() }
        }
        (SandboxMethod::Visa | SandboxMethod::LostAnswer, _) => {
            GatewayAnswer::Succeeded { reference: reference(&request.idempotency_key) }
        }
    }
}

/// `sandbox_` and the first 64 bits of the key's SHA-256.
fn reference(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    digest.iter().take(8).fold("sandbox_".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: SandboxMethod, asking: Asking, key: &str) -> GatewayAnswer {
        sandbox(&ChargeRequest {
            idempotency_key: key.to_owned(),
            amount: Minor::new(100),
            currency: Currency::USD,
            method,
            asking,
        })
    }

    // PAY-12 the same key gets the same answer
    #[test]
    fn the_same_key_gets_the_same_answer() {
        for method in SandboxMethod::ALL {
            let again = ask(method, Asking::Again, "a");
            assert_eq!(again, ask(method, Asking::Again, "a"));
            let first = ask(method, Asking::First, "a");
            assert!(first == again || matches!(first, GatewayAnswer::Unknown { .. }), "{method}");
            assert_eq!(method.as_str().parse(), Ok(method));
        }
        let other = ask(SandboxMethod::Visa, Asking::First, "b");
        assert_ne!(other, ask(SandboxMethod::Visa, Asking::First, "a"));
        assert!("visa".parse::<SandboxMethod>().is_err());
    }
}
