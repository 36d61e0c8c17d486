//! Payment processors: on whose account money moves, and what a saved method is.
//!
//! Decided here: a partner's tenants pay in exactly one of three modes (STR-01). Whatever is
//! stored of a processor's objects carries the account that they live on, because they are unknown
//! on every other: a refund goes where its charge was made, whatever the mode is by then (STR-22).

mod account;
mod descriptor;
mod keys;

use std::{fmt, str::FromStr};

use crate::{
    ids::{MethodId, TenantId},
    time::{Day, Timestamp},
};

pub use self::{
    account::{AccountFacts, ConnectState, KeysState, Past},
    descriptor::{Descriptor, MAX_DESCRIPTOR, MAX_PREFIX, NotDescriptor, Statement},
    keys::{KeyKind, KeyPairError, holds_card_number, key_pair},
};

/// How a partner's tenants pay (STR-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ProcessorMode {
    /// On the operator's account, settled with the partner every month (STR-02, STR-03).
    #[default]
    Platform,
    /// On the partner's connected account, with an application fee (STR-07).
    Connect,
    /// On the partner's own account with its own keys, without a fee (STR-09, STR-10).
    CustomKeys,
}

impl ProcessorMode {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::Platform, Self::Connect, Self::CustomKeys];

    /// `platform`, `connect` or `custom_keys`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Connect => "connect",
            Self::CustomKeys => "custom_keys",
        }
    }
    /// The mode with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }
}

/// The id of an account at the processor, such as `acct_1Nv0FGQ9RKHgCVdK`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessorAccount(String);

/// Longest id that a processor gives anything, in bytes.
pub const MAX_REFERENCE_BYTES: usize = 255;

/// The text names no account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no account of a payment processor")]
pub struct NotAccount(pub String);

impl ProcessorAccount {
    /// Checks an account's id: up to 255 letters, digits, underscores.
    pub fn parse(text: &str) -> Result<Self, NotAccount> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let fits = (1..=MAX_REFERENCE_BYTES).contains(&text.len()) && text.bytes().all(is_plain);
        fits.then(|| Self(text.to_owned())).ok_or_else(|| NotAccount(text.to_owned()))
    }
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// On whose account of the processor something is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountContext {
    /// The operator's.
    Platform,
    /// A partner's, reached through the operator's.
    Connected(ProcessorAccount),
    /// A partner's, reached with its own keys.
    Custom(ProcessorAccount),
}

impl AccountContext {
    /// The mode in which this account is used.
    pub const fn mode(&self) -> ProcessorMode {
        match self {
            Self::Platform => ProcessorMode::Platform,
            Self::Connected(_) => ProcessorMode::Connect,
            Self::Custom(_) => ProcessorMode::CustomKeys,
        }
    }
}

/// The stored form: `platform`, `connect:acct_1`, `custom_keys:acct_1`.
impl fmt::Display for AccountContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = self.mode().as_str();
        match self {
            Self::Platform => f.write_str(mode),
            Self::Connected(account) | Self::Custom(account) => {
                write!(f, "{mode}:{}", account.as_str())
            }
        }
    }
}

impl FromStr for AccountContext {
    type Err = NotAccount;

    fn from_str(text: &str) -> Result<Self, NotAccount> {
        match text.split_once(':') {
            None if text == "platform" => Ok(Self::Platform),
            Some(("connect", account)) => ProcessorAccount::parse(account).map(Self::Connected),
            Some(("custom_keys", account)) => ProcessorAccount::parse(account).map(Self::Custom),
            _ => Err(NotAccount(text.to_owned())),
        }
    }
}

/// What a saved payment method is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MethodKind {
    /// A card.
    Card,
    /// A bank account that is debited by ACH; its payments take days.
    BankAccount,
}

impl MethodKind {
    /// `card` or `us_bank_account`, as the processor calls them.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::BankAccount => "us_bank_account",
        }
    }
    /// The kind with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Card, Self::BankAccount].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Where a saved method stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MethodStatus {
    /// A bank account that is not verified yet: neither default nor charged (PMT-05).
    PendingVerification,
    /// Usable.
    Active,
    /// On an account that is not used any more (PMT-10).
    NeedsReentry,
    /// Removed; kept for the payments that were made with it.
    Removed,
}

impl MethodStatus {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::PendingVerification, Self::Active, Self::NeedsReentry, Self::Removed];

    /// The stable name, such as `needs_reentry`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingVerification => "pending_verification",
            Self::Active => "active",
            Self::NeedsReentry => "needs_reentry",
            Self::Removed => "removed",
        }
    }
    /// The status with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A payment method as it is kept: the processor's ids and what may be shown, never the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedMethod {
    /// Its id.
    pub method_id: MethodId,
    /// Whose it is; the partner's own, for what the operator charges, where there is no tenant.
    pub tenant_id: Option<TenantId>,
    /// On whose account it is saved.
    pub context: AccountContext,
    /// The processor's id of the customer.
    pub customer: String,
    /// The processor's id of the method.
    pub reference: String,
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
    /// Where it stands.
    pub status: MethodStatus,
    /// Whether it is charged where none is named.
    pub is_default: bool,
    /// When it was saved.
    pub created_at: Timestamp,
    /// Counts its changes.
    pub version: i64,
}

impl SavedMethod {
    /// Whether its last month is over on `day` (PMT-13).
    pub fn is_expired(&self, day: Day) -> bool {
        let month = |month, year| i64::from(year) * 12 + i64::from(month);
        let today = i64::from(day.year()) * 12 + i64::from(day.month());
        self.expires.is_some_and(|(last, year)| today > month(i32::from(last), i32::from(year)))
    }

    /// Whether it can be charged.
    pub fn is_usable(&self) -> bool {
        self.status == MethodStatus::Active
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // STR-01 exactly three modes
    #[test]
    fn names_are_stable() {
        let modes = ProcessorMode::ALL.map(ProcessorMode::as_str);
        assert_eq!(modes, ["platform", "connect", "custom_keys"]);
        for mode in ProcessorMode::ALL {
            assert_eq!(ProcessorMode::parse(mode.as_str()), Some(mode));
        }
        for status in MethodStatus::ALL {
            assert_eq!(MethodStatus::parse(status.as_str()), Some(status));
        }
        for kind in [MethodKind::Card, MethodKind::BankAccount] {
            assert_eq!(MethodKind::parse(kind.as_str()), Some(kind));
        }
    }

    #[test]
    fn a_context_is_read_back() {
        for text in ["platform", "connect:acct_1", "custom_keys:acct_1Nv0"] {
            let context: AccountContext = text.parse().expect("a context");
            assert_eq!(context.to_string(), text);
        }
        for wrong in ["", "connect", "connect:", "connect:a b", "platform:acct_1", "other:acct_1"] {
            assert!(wrong.parse::<AccountContext>().is_err(), "{wrong:?}");
        }
    }
}
