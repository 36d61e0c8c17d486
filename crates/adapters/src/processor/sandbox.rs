//! The built-in processor: test cards and bank accounts, no money, no network.
//!
//! Decided here: nothing is remembered. What becomes of a charge or a refund follows from its
//! method, its own instant and the instant that is asked about, and the ids that are given out hold
//! all of it, so that any machine answers the same at any time, also after a crash and on a
//! simulated clock. Two exceptions, within one process: of a card whose answers get lost the first
//! answer is lost once, and fees that were given back are remembered.

mod answers;
mod methods;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    money::{Currency, Minor},
    processor::{MethodKind, ProcessorAccount},
    time::Timestamp,
};
use sha2::{Digest, Sha256};

use self::methods::Fate;
pub use self::methods::{TEST_METHODS, TestMethod, test_method};
use super::{
    Account, Answer, At, Charge, ChargeStatus, Decline, Dispute, DisputeStatus, IdempotencyKey,
    ProcessorError, Refund, RefundStatus, Setup, SetupStatus,
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// A payment by bank account is settled after four days (Stripe facts 4.3).
pub const ACH_SECONDS: i64 = 4 * DAY;
/// A payer has an hour to authenticate.
pub const ACTION_SECONDS: i64 = HOUR;
/// A disputed charge is disputed after a day, and lost a week later without evidence.
pub const DISPUTE_SECONDS: i64 = DAY;
/// How long a dispute waits for evidence.
pub const EVIDENCE_SECONDS: i64 = 7 * DAY;
/// Refunds that are slow or fail do so after a day.
pub const REFUND_SECONDS: i64 = DAY;
/// The amounts that verify a bank account.
pub const MICRODEPOSITS: (u32, u32) = (32, 45);
/// Keys of which it is remembered that their first answer was lost.
const MAX_LOST: usize = 10_000;

/// By charge: what of its fee was given back, under which keys.
type FeesReturned = HashMap<String, Vec<(String, Minor)>>;

/// The built-in processor; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Sandbox {
    lost: Arc<Mutex<HashSet<String>>>,
    fees: Arc<Mutex<FeesReturned>>,
}

/// What the payer does when a charge is to be authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// It is the payer.
    Passed,
    /// It is not.
    Failed,
}

/// What an id of a charge says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ChargeId {
    method: &'static TestMethod,
    amount: Minor,
    currency: Currency,
    fee: Minor,
    asked_at: Timestamp,
    /// `off`, `on`, `passed` or `failed`: who was there, and what became of authentication.
    presence: &'static str,
    hash: String,
}

impl ChargeId {
    fn text(&self) -> String {
        format!(
            "sbx_pi.{}.{}.{}.{}.{}.{}.{}",
            self.method.name,
            self.amount.get(),
            self.currency.code(),
            self.fee.get(),
            self.asked_at.micros(),
            self.presence,
            self.hash
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.strip_prefix("sbx_pi.")?.split('.').collect();
        let &[method, amount, currency, fee, asked_at, presence, hash] = parts.as_slice() else {
            return None;
        };
        let presence = ["off", "on", "passed", "failed"].into_iter().find(|it| *it == presence)?;
        Some(Self {
            method: test_method(method)?,
            amount: Minor::new(amount.parse().ok()?),
            currency: Currency::parse(currency).ok()?,
            fee: Minor::new(fee.parse().ok()?),
            asked_at: Timestamp::from_micros(asked_at.parse().ok()?),
            presence,
            hash: hash.to_owned(),
        })
    }

    /// The instants at which what is told of it changes.
    fn changes(&self) -> Vec<Timestamp> {
        let after = |seconds| self.asked_at.plus_seconds(seconds);
        match self.method.fate {
            Fate::Settles | Fate::SettlesNot(..) => vec![after(ACH_SECONDS)],
            Fate::Disputed(_) if self.method.kind == MethodKind::BankAccount => {
                let at = ACH_SECONDS + DISPUTE_SECONDS;
                vec![after(ACH_SECONDS), after(at), after(at + EVIDENCE_SECONDS)]
            }
            Fate::Disputed(_) => {
                vec![after(DISPUTE_SECONDS), after(DISPUTE_SECONDS + EVIDENCE_SECONDS)]
            }
            Fate::Authenticates(_) if self.presence == "on" => vec![after(ACTION_SECONDS)],
            _ => Vec::new(),
        }
    }

    fn status(&self, now: Timestamp) -> ChargeStatus {
        let passed = |seconds| now >= self.asked_at.plus_seconds(seconds);
        let failed = |code: &str, decline: Option<&str>, message: &str| {
            ChargeStatus::Failed(Decline {
                code: code.to_owned(),
                decline_code: decline.map(str::to_owned),
                message: message.to_owned(),
                reference: Some(self.text()),
            })
        };
        match self.method.fate {
            Fate::Declines(code, decline, message) => failed(code, decline, message),
            Fate::Settles | Fate::SettlesNot(..) | Fate::Processes if !passed(ACH_SECONDS) => {
                ChargeStatus::Processing
            }
            Fate::Processes => ChargeStatus::Processing,
            Fate::Disputed(_)
                if self.method.kind == MethodKind::BankAccount && !passed(ACH_SECONDS) =>
            {
                ChargeStatus::Processing
            }
            Fate::SettlesNot(code, message) => failed(code, None, message),
            Fate::Authenticates(then) => match (self.presence, then) {
                ("off", _) => failed(
                    "authentication_required",
                    Some("authentication_required"),
                    "the bank wants the payer to authenticate this payment",
                ),
                ("on", _) if passed(ACTION_SECONDS) => ChargeStatus::Cancelled,
                ("on", _) => ChargeStatus::RequiresAction {
                    client_secret: format!("{}_secret", self.hash),
                    redirect: None,
                },
                ("passed", None) => ChargeStatus::Succeeded,
                ("passed", Some(decline)) => {
                    failed("card_declined", Some(decline), "the card was declined")
                }
                _ => failed(
                    "payment_intent_authentication_failure",
                    None,
                    "the payer was not authenticated",
                ),
            },
            _ => ChargeStatus::Succeeded,
        }
    }

    /// Its dispute, once there is one.
    fn dispute(&self, now: Timestamp) -> Option<Dispute> {
        let Fate::Disputed(reason) = self.method.fate else { return None };
        let is_bank = self.method.kind == MethodKind::BankAccount;
        let after = DISPUTE_SECONDS + if is_bank { ACH_SECONDS } else { 0 };
        let since = self.asked_at.plus_seconds(after);
        let until = since.plus_seconds(EVIDENCE_SECONDS);
        if now < since {
            return None;
        }
        // Disputes of bank debits are final (Stripe facts 4.3).
        let is_lost = is_bank || now >= until;
        let status = match is_lost {
            true => DisputeStatus::Lost,
            false => DisputeStatus::Open("needs_response".to_owned()),
        };
        Some(Dispute {
            reference: format!("sbx_dp.{}", self.text()),
            charge: self.text(),
            amount: self.amount,
            status,
            reason: reason.to_owned(),
            evidence_due: (!is_bank).then_some(until),
        })
    }

    fn charge(&self, now: Timestamp) -> Charge {
        Charge {
            reference: self.text(),
            status: self.status(now),
            amount: self.amount,
            currency: self.currency,
            fee: Some(self.fee).filter(|fee| !fee.is_zero()),
            refunded: Minor::ZERO,
            dispute: self.dispute(now).map(|dispute| dispute.reference),
            descriptor: None,
            ours: None,
            created_at: self.asked_at,
        }
    }
}

/// What an id of a refund says: `sbx_re~CHARGE~AMOUNT~INSTANT~HASH`.
struct RefundId {
    charge: ChargeId,
    amount: Minor,
    asked_at: Timestamp,
}

impl RefundId {
    fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('~').collect();
        let &["sbx_re", charge, amount, asked_at, _] = parts.as_slice() else { return None };
        Some(Self {
            charge: ChargeId::parse(charge)?,
            amount: Minor::new(amount.parse().ok()?),
            asked_at: Timestamp::from_micros(asked_at.parse().ok()?),
        })
    }

    fn change(&self) -> Option<Timestamp> {
        let slow = matches!(self.charge.method.fate, Fate::RefundsSlowly | Fate::RefundsNot);
        slow.then(|| self.asked_at.plus_seconds(REFUND_SECONDS))
    }

    fn refund(&self, reference: &str, now: Timestamp) -> Refund {
        let is_late = self.change().is_some_and(|at| now >= at);
        let status = match (self.charge.method.fate, is_late) {
            (Fate::RefundsSlowly, false) => RefundStatus::Pending,
            (Fate::RefundsNot, true) => RefundStatus::Failed("lost_or_stolen_card".to_owned()),
            _ => RefundStatus::Succeeded,
        };
        Refund {
            reference: reference.to_owned(),
            charge: self.charge.text(),
            amount: self.amount,
            status,
            ours: None,
            created_at: self.asked_at,
        }
    }
}

/// The first change of a charge or a refund after `now`; `None` where nothing changes any more.
pub fn next_change(reference: &str, now: Timestamp) -> Option<Timestamp> {
    if let Some(charge) = ChargeId::parse(reference) {
        return charge.changes().into_iter().find(|at| *at > now);
    }
    RefundId::parse(reference)?.change().filter(|at| *at > now)
}

fn short_hash(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..8])
}

fn unknown(what: &str, reference: &str) -> ProcessorError {
    ProcessorError::Refused {
        code: "resource_missing".to_owned(),
        message: format!("the sandbox has no {what} {reference}"),
        request_id: None,
    }
}

fn charge_id(reference: &str) -> Answer<ChargeId> {
    ChargeId::parse(reference).ok_or_else(|| unknown("charge", reference))
}

impl Sandbox {
    /// Fills in the wish to save a method with one of the test methods.
    pub fn fill_in(&self, setup: &str, method: &TestMethod) -> Setup {
        let saved = format!("sbx_pm.{}.{}", method.name, short_hash(setup));
        let status = match method.fate {
            Fate::Declines(code, decline, message) if method.declines_setup => {
                SetupStatus::Failed(Decline {
                    code: code.to_owned(),
                    decline_code: decline.map(str::to_owned),
                    message: message.to_owned(),
                    reference: Some(setup.to_owned()),
                })
            }
            Fate::VerifiesLate => SetupStatus::VerifyMicrodeposits { method: saved },
            _ => SetupStatus::Succeeded { method: saved },
        };
        Setup { reference: setup.to_owned(), client_secret: None, status, ours: None }
    }

    /// What becomes of a charge that waits for its payer. Keep the charge's new reference.
    pub fn authenticate(
        &self,
        reference: &str,
        (done, now): (Authentication, Timestamp),
    ) -> Answer<Charge> {
        let waiting = charge_id(reference)?;
        if !matches!(waiting.status(now), ChargeStatus::RequiresAction { .. }) {
            return Ok(waiting.charge(now));
        }
        let presence = match done {
            Authentication::Passed => "passed",
            Authentication::Failed => "failed",
        };
        Ok(ChargeId { presence, ..waiting }.charge(now))
    }

    /// Whether the answer to this key is lost now, for the first time.
    fn is_lost(&self, key: &IdempotencyKey) -> bool {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        if lost.len() >= MAX_LOST {
            lost.clear();
        }
        lost.insert(key.as_str().to_owned())
    }

    /// Gives some of a charge's fee back, once for each key, and answers what was given back in
    /// all.
    fn give_fee_back(&self, charge: &ChargeId, (key, amount): (&str, Minor)) -> Minor {
        let mut fees = self.fees.lock().unwrap_or_else(PoisonError::into_inner);
        if fees.len() >= MAX_LOST {
            fees.clear();
        }
        let given = fees.entry(charge.text()).or_default();
        let sum = |given: &[(String, Minor)]| given.iter().map(|(_, it)| it.get()).sum::<i64>();
        let left = charge.fee.get() - sum(given);
        if !given.iter().any(|(known, _)| known == key) {
            given.push((key.to_owned(), amount.min(Minor::new(left.max(0)))));
        }
        Minor::new(sum(given))
    }

    fn account_of(at: &At) -> Account {
        let id = match (&at.context, &at.key) {
            (_, Some(key)) => format!("acct_sandbox{}", short_hash(key.reveal())),
            (context, None) => match super::connected(context) {
                Some(account) => account.as_str().to_owned(),
                None => "acct_sandbox".to_owned(),
            },
        };
        Account {
            account: ProcessorAccount::parse(&id).expect("letters and digits"),
            charges_enabled: true,
            payouts_enabled: true,
            details_submitted: true,
            cards_active: true,
            disabled_reason: None,
            currently_due: Vec::new(),
            country: "US".to_owned(),
            descriptor: None,
            ours: None,
        }
    }
}
