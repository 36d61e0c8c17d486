//! Keys of the API: what they may do, for which tenants, how often and how long.
//!
//! Decided here: the ten categories, each split into read and write (KEY-02); that a key never
//! grants more than its maker has; the states of a key (KEY-08, KEY-09). A key's text is no value
//! of this module: it is shown once and kept as a hash.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ApiKeyId, PartnerId, TenantId},
    time::Timestamp,
};

/// Requests a minute of a key that says nothing else (KEY-05).
pub const DEFAULT_RATE: u32 = 100;
/// Requests a minute of a key at most (KEY-05).
pub const MAX_RATE: u32 = 10_000;
/// Requests a minute of all keys of a partner, unless the operator says otherwise (RTL-01).
pub const DEFAULT_PARTNER_RATE: u32 = 1_000;
/// After so many days without use a key is pointed out (KEY-13).
pub const ORPHANED_AFTER_DAYS: i64 = 90;

macro_rules! categories {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// What a scope is about (KEY-02), and one more that only the operator's keys have.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Category {
            $($(#[$doc])* $name,)*
        }

        impl Category {
            /// All of them, in the order they are shown.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in scopes.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

categories! {
    /// Tenants, their limits and usage.
    Tenants "tenants";
    /// Phone numbers.
    PhoneNumbers "phone_numbers";
    /// Extensions.
    Extensions "extensions";
    /// Call flows.
    CallFlows "call_flows";
    /// Queues and ring groups.
    Queues "queues";
    /// Voicemail.
    Voicemail "voicemail";
    /// Calls, call records and rejects.
    Calls "calls";
    /// Invoices, profiles, decks, taxes, charges, the wallet.
    Billing "billing";
    /// Webhook endpoints, events.
    Webhooks "webhooks";
    /// Keys, logs, settings of the partner.
    Provisioning "provisioning";
    /// The operator's own routes; never part of a partner's key.
    Operator "operator";
}

/// Whether something is looked at or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Looked at.
    Read,
    /// Changed.
    Write,
}

impl Access {
    /// Its name in scopes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// One thing a key may do: `billing:read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// What about.
    pub category: Category,
    /// Looking or changing.
    pub access: Access,
}

impl Scope {
    /// Looking at `category`.
    pub const fn read(category: Category) -> Self {
        Self { category, access: Access::Read }
    }

    /// Changing `category`.
    pub const fn write(category: Category) -> Self {
        Self { category, access: Access::Write }
    }

    /// Everything that a key of this owner may do.
    pub fn all_of(owner: Option<PartnerId>) -> BTreeSet<Self> {
        let is_operator = owner.is_none();
        Category::ALL
            .iter()
            .filter(|category| (**category == Category::Operator) == is_operator)
            .flat_map(|category| [Self::read(*category), Self::write(*category)])
            .collect()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.category.as_str(), self.access.as_str())
    }
}

/// Not a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a scope such as \"billing:read\"")]
pub struct UnknownScope(String);

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        let wrong = || UnknownScope(text.to_owned());
        let (category, access) = text.split_once(':').ok_or_else(wrong)?;
        let category = Category::ALL.iter().find(|known| known.as_str() == category);
        let access = [Access::Read, Access::Write].into_iter().find(|it| it.as_str() == access);
        Ok(Self { category: *category.ok_or_else(wrong)?, access: access.ok_or_else(wrong)? })
    }
}

impl Serialize for Scope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What a key may do, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Everything it may do.
    pub scopes: BTreeSet<Scope>,
    /// The only tenants it reaches; `None` for all (KEY-03).
    pub tenants: Option<BTreeSet<TenantId>>,
}

impl Grant {
    /// Everything, for all tenants.
    pub fn full(owner: Option<PartnerId>) -> Self {
        Self { scopes: Scope::all_of(owner), tenants: None }
    }

    /// Whether the scope is part of it. Who may change something may look at it too.
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::write(scope.category))
    }

    /// Whether the tenant is reached.
    pub fn reaches(&self, tenant_id: TenantId) -> bool {
        self.tenants.as_ref().is_none_or(|tenants| tenants.contains(&tenant_id))
    }

    /// Whether `other` gives nothing that this one does not have: no key makes a stronger one.
    pub fn covers(&self, other: &Self) -> bool {
        let tenants = match (&self.tenants, &other.tenants) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(others)) => others.is_subset(own),
        };
        tenants && other.scopes.iter().all(|scope| self.allows(*scope))
    }
}

/// How a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyStatus {
    /// Works.
    Active,
    /// Taken back, for good.
    Revoked,
    /// Its time is over, for good.
    Expired,
}

/// A key, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub key_id: ApiKeyId,
    /// Whose: a partner's, or the operator's (`None`).
    pub owner: Option<PartnerId>,
    /// For people; never changed (KEY-07).
    pub name: String,
    /// `sk_live_...abc1` (KEY-04).
    pub masked: String,
    /// What it may do.
    pub grant: Grant,
    /// Requests a minute.
    pub rate_per_minute: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it no longer works.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

impl ApiKey {
    /// How it stands at `now`.
    pub fn status(&self, now: Timestamp) -> ApiKeyStatus {
        if self.revoked_at.is_some() {
            ApiKeyStatus::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            ApiKeyStatus::Expired
        } else {
            ApiKeyStatus::Active
        }
    }

    /// Whether it works but nobody has used it for 90 days (KEY-13).
    pub fn is_orphaned(&self, now: Timestamp) -> bool {
        let last = self.last_used_at.unwrap_or(self.created_at);
        let days = now.micros().saturating_sub(last.micros()) / (86_400 * 1_000_000);
        self.status(now) == ApiKeyStatus::Active && days >= ORPHANED_AFTER_DAYS
    }
}

/// What is shown of a key after its first time: its kind and its last four characters (KEY-04).
pub fn masked(key: &str) -> String {
    let kind_end = key.match_indices('_').nth(1).map_or(0, |(at, _)| at + 1);
    let tail = key.len().saturating_sub(4).max(kind_end);
    format!("{}...{}", &key[..kind_end], &key[tail..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grant(scopes: &[&str], tenants: Option<&[u128]>) -> Grant {
        Grant {
            scopes: scopes.iter().map(|scope| scope.parse().unwrap()).collect(),
            tenants: tenants
                .map(|tenants| tenants.iter().map(|bits| TenantId::from_bits(*bits)).collect()),
        }
    }

    // KEY-02
    #[test]
    fn there_are_ten_categories_each_with_read_and_write() {
        assert_eq!(Scope::all_of(Some(PartnerId::from_bits(1))).len(), 20);
        for scope in Scope::all_of(Some(PartnerId::from_bits(1))) {
            assert_eq!(scope.to_string().parse(), Ok(scope));
            assert_ne!(scope.category, Category::Operator);
        }
        for wrong in ["", "billing", "billing:", "billing:all", "Billing:read", "x:read"] {
            assert!(wrong.parse::<Scope>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn who_may_write_may_read_but_not_the_other_way_round() {
        let writer = grant(&["billing:write"], None);
        assert!(writer.allows(Scope::read(Category::Billing)));
        let reader = grant(&["billing:read"], None);
        assert!(!reader.allows(Scope::write(Category::Billing)));
        assert!(!reader.allows(Scope::read(Category::Tenants)));
    }

    #[test]
    fn no_key_makes_a_stronger_one() {
        let own = grant(&["billing:write", "tenants:read"], Some(&[1, 2]));
        assert!(own.covers(&grant(&["billing:read"], Some(&[1]))));
        assert!(!own.covers(&grant(&["billing:read"], None)));
        assert!(!own.covers(&grant(&["billing:read"], Some(&[3]))));
        assert!(!own.covers(&grant(&["tenants:write"], Some(&[1]))));
    }

    // KEY-04
    #[test]
    fn a_masked_key_keeps_its_kind_and_four_characters() {
        assert_eq!(masked("sk_live_0123456789abc1"), "sk_live_...abc1");
        assert_eq!(masked("sk_test_xyz"), "sk_test_...xyz");
        assert_eq!(masked(""), "...");
    }

    proptest! {
        #[test]
        fn masking_never_panics_and_shows_little(key in "[ -~]{0,60}") {
            let shown = masked(&key);
            prop_assert!(shown.contains("..."));
        }
    }
}
