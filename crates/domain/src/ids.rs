//! Typed, prefixed ids: 128 bits shown as `tnt_01k…`, sortable by the time in their first 48 bits.
//!
//! Decided here: which kinds exist and how they read. An id is either drawn (time and random bits
//! from the outside, in the layout of UUIDv7, RFC 9562) or derived from a natural key, so that
//! doing the same thing twice yields the same id. Derived ids of one instant are scattered, unless
//! they get a [`Place`]: what is written together then lies together in every index, whose cost
//! per row would otherwise grow with its size. Parsing refuses the prefix of another kind.

use std::{cmp, fmt, hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::time::Timestamp;

/// A kind of thing that has ids.
pub trait Kind {
    /// What stands before the underscore.
    const PREFIX: &'static str;
}

/// An id of a `K`.
pub struct Id<K> {
    bits: u128,
    kind: PhantomData<fn() -> K>,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $alias:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub enum $kind {}
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $alias = Id<$kind>;
    )*};
}

kinds! {
    /// A reseller of the platform.
    PartnerKind PartnerId "ptr";
    /// A partner's customer.
    TenantKind TenantId "tnt";
    /// A billing profile, whatever its version.
    ProfileKind ProfileId "prf";
    /// A rate deck, whatever its version.
    DeckKind DeckId "dck";
    /// A rate deck's file that waits to be put in force.
    DeckUploadKind DeckUploadId "upl";
    /// A phone number in somebody's inventory.
    PhoneNumberKind PhoneNumberId "did";
    /// An extension.
    ExtensionKind ExtensionId "ext";
    /// A source of call records: one switch, one owner.
    SourceKind SourceId "src";
    /// One committed batch of call records.
    BatchKind BatchId "bat";
    /// A call detail record that was accepted.
    CallKind CallId "call";
    /// A call record that was not accepted.
    RejectKind RejectId "rej";
    /// A billing period of a tenant.
    PeriodKind PeriodId "per";
    /// An invoice.
    InvoiceKind InvoiceId "inv";
    /// A line of an invoice.
    LineKind LineId "line";
    /// A payment.
    PaymentKind PaymentId "pay";
    /// One attempt to collect a payment.
    AttemptKind AttemptId "att";
    /// A refund of a payment.
    RefundKind RefundId "ref";
    /// A credit note.
    CreditNoteKind CreditNoteId "crn";
    /// A saved payment method.
    MethodKind MethodId "pm";
    /// A wish to save a payment method.
    SetupKind SetupId "set";
    /// A dispute of a payment.
    DisputeKind DisputeId "dsp";
    /// A charge of the operator on a partner's payment method.
    OperatorChargeKind OperatorChargeId "och";
    /// An invoice of the operator for a partner's subscription.
    SubscriptionInvoiceKind SubscriptionInvoiceId "sin";
    /// A monthly settlement of the operator with a partner.
    SettlementKind SettlementId "stl";
    /// A checkout session.
    CheckoutKind CheckoutId "cs";
    /// A ledger transaction.
    LedgerTxKind LedgerTxId "ltx";
    /// A tax jurisdiction.
    TaxKind TaxId "tax";
    /// A one-time or recurring add-on charge.
    ChargeKind ChargeId "chg";
    /// A credit given to a tenant.
    CreditKind CreditId "crd";
    /// An event.
    EventKind EventId "evt";
    /// A partner's webhook endpoint.
    EndpointKind EndpointId "whe";
    /// An event on its way to an endpoint.
    DeliveryKind DeliveryId "dlv";
    /// A background job.
    JobKind JobId "job";
    /// A key of the API.
    ApiKeyKind ApiKeyId "key";
    /// An entry of the audit log.
    AuditEntryKind AuditEntryId "adt";
    /// One request to the API.
    RequestKind RequestId "req";
    /// A mail in the outbox.
    MailKind MailId "eml";
    /// A person who signs in.
    UserKind UserId "usr";
    /// A person's session in a portal.
    SignInKind SignInId "sgn";
}

/// Crockford's base 32, lower case: no i, l, o, u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 26 characters of 5 bits hold 128 bits.
const LENGTH: usize = 26;

impl<K: Kind> Id<K> {
    /// The id with these bits.
    pub const fn from_bits(bits: u128) -> Self {
        Self { bits, kind: PhantomData }
    }

    /// The raw bits.
    pub const fn bits(self) -> u128 {
        self.bits
    }

    /// The instant that places the id in time order, to the millisecond.
    pub fn placed_at(self) -> Timestamp {
        let milliseconds = i64::try_from(self.bits >> 80).expect("48 bits fit 63");
        Timestamp::from_micros(milliseconds * 1_000)
    }

    /// The id that belongs to a natural key: the same `at` and `parts` always give the same id.
    ///
    /// `at` only places the id in time order; the other 80 bits are SHA-256 of the parts.
    pub fn derived(at: Timestamp, parts: &[&str]) -> Self {
        let milliseconds = u128::from(at.micros().max(0).unsigned_abs() / 1_000);
        Self::from_bits(((milliseconds & 0xffff_ffff_ffff) << 80) | Self::digest(parts))
    }

    /// Like [`derived`](Self::derived), and at `place` among the ids of the same millisecond:
    /// 60 bits are left to SHA-256 of the parts.
    pub fn derived_in(place: Place, at: Timestamp, parts: &[&str]) -> Self {
        let Self { bits, .. } = Self::derived(at, parts);
        Self::from_bits((bits & !Place::MASK) | (u128::from(place.0) << Place::SHIFT))
    }

    /// Where this id stands among those of the same millisecond.
    pub fn place(self) -> Place {
        Place(((self.bits & Place::MASK) >> Place::SHIFT) as u32)
    }

    /// The place of what belongs to this id, in the order of time: things of older owners first.
    pub fn place_of_age(self) -> Place {
        Place(((self.bits >> (80 + Place::BITS)) & (Place::MASK >> Place::SHIFT)) as u32)
    }

    fn digest(parts: &[&str]) -> u128 {
        let mut hash = Sha256::new();
        hash.update(K::PREFIX.as_bytes());
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        let mut low = [0_u8; 16];
        low[6..].copy_from_slice(&digest[..10]);
        u128::from_be_bytes(low)
    }
}

/// Where an id stands among those of the same millisecond: its 20 bits after the time.
///
/// As the place of an owner's age they count spans of 2^20 milliseconds, 17 minutes, and begin
/// anew after 34 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(u32);

impl Place {
    const BITS: u32 = 20;
    const SHIFT: u32 = 80 - Self::BITS;
    const MASK: u128 = ((1 << Self::BITS) - 1) << Self::SHIFT;
    /// The characters of an id that show its place: 48 bits of time take ten, of which the first
    /// carries three, and four of five bits each follow.
    const CHARACTERS: std::ops::Range<usize> = 10..14;

    /// The place of the last id in `text`; `None` where it ends in no id.
    pub fn of_text(text: &str) -> Option<Self> {
        let (_, body) = text.rsplit_once('_')?;
        let shown = body.as_bytes().get(..LENGTH)?.get(Self::CHARACTERS)?;
        shown
            .iter()
            .try_fold(0, |bits, byte| {
                let digit = ALPHABET.iter().position(|known| known == byte)?;
                Some((bits << 5) | u32::try_from(digit).ok()?)
            })
            .map(Self)
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0_u8; LENGTH];
        let mut bits = self.bits;
        for place in text.iter_mut().rev() {
            *place = ALPHABET[(bits & 31) as usize];
            bits >>= 5;
        }
        f.write_str(K::PREFIX)?;
        f.write_str("_")?;
        f.write_str(std::str::from_utf8(&text).expect("the alphabet is ASCII"))
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an id that starts with {prefix}_")]
pub struct IdError {
    /// What was given.
    pub text: String,
    /// The prefix that was wanted.
    pub prefix: &'static str,
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError { text: text.to_owned(), prefix: K::PREFIX };
        let body = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_'));
        let body = body.filter(|body| body.len() == LENGTH).ok_or_else(wrong)?;
        // 26 x 5 = 130 bits: the first character carries only three.
        if body.as_bytes()[0] > b'7' {
            return Err(wrong());
        }
        let mut bits: u128 = 0;
        for byte in body.bytes() {
            let digit = ALPHABET.iter().position(|known| *known == byte).ok_or_else(wrong)?;
            bits = (bits << 5) | digit as u128;
        }
        Ok(Self::from_bits(bits))
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> cmp::Ordering {
        self.bits.cmp(&other.bits)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.bits.hash(state);
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_round_trip_and_keep_their_order(a in any::<u128>(), b in any::<u128>()) {
            let (a, b) = (TenantId::from_bits(a), TenantId::from_bits(b));
            prop_assert_eq!(a.to_string().parse(), Ok(a));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn things_lie_as_their_owners_do(
            a in any::<u32>(), b in any::<u32>(), low in any::<u64>(),
        ) {
            let at = Timestamp::from_micros(1_795_313_619_000_000);
            let owner = |seconds: u32| TenantId::derived(
                Timestamp::from_micros(i64::from(seconds) * 1_000_000 / 8), &[&low.to_string()],
            );
            let (old, young) = (owner(a.min(b)), owner(a.max(b)));
            let of = |owner: TenantId| {
                InvoiceId::derived_in(owner.place_of_age(), at, &[&owner.to_string()])
            };
            prop_assert!(of(old).place() <= of(young).place());
            prop_assert_eq!(of(old).place(), old.place_of_age());
            prop_assert_eq!(of(old).placed_at(), at);
            prop_assert_eq!(Place::of_text(&format!("mail:{}", of(old))), Some(of(old).place()));
            prop_assert_eq!(of(old) == of(young), old == young);
        }

        #[test]
        fn no_text_makes_parsing_panic(text in "\\PC*") {
            let _ = Place::of_text(&text);
            let _ = Place::of_text(&format!("call_{text}"));
            let _ = text.parse::<CallId>();
            let _ = format!("call_{text}").parse::<CallId>();
        }
    }

    #[test]
    fn another_kind_is_refused() {
        let tenant = TenantId::from_bits(7).to_string();
        assert!(tenant.parse::<PartnerId>().is_err());
        assert!("tnt_zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<TenantId>().is_err());
    }

    #[test]
    fn a_derived_id_depends_on_every_part() {
        let at = Timestamp::from_micros(1_795_313_619_000_000);
        let id = CallId::derived(at, &["src", "1", "a"]);
        assert_eq!(id, CallId::derived(at, &["src", "1", "a"]));
        assert_eq!(id.placed_at(), at);
        assert_ne!(id, CallId::derived(at, &["src1", "", "a"]));
    }
}
