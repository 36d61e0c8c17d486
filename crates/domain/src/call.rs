//! A call as it is kept: whose it is, what it was, and what it costs on both sides.
//!
//! Decided here: what is stored of a rated call, and what a correction looks like. A stored call is
//! never edited; taking one back adds its [`reversal`](Call::reversal), the same call with
//! negative amounts, so that every roll-up and debit is a plain sum of call rows.

use crate::{
    cdr::{Direction, Disposition, Leg},
    ids::{BatchId, CallId, DeckId, PartnerId, SourceId, TenantId},
    money::{Micros, Nanos},
    phone::CallClass,
    time::{Day, Timestamp},
    usage::{PriceBasis, RetailCharge, UsageKey, UsageSum},
};

/// Whether a call was priced, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Priced on both sides.
    Rated,
    /// Never billed.
    Free(FreeReason),
    /// Cannot be priced yet; kept, and rated once there is a price.
    Unrated(UnratedReason),
}

/// Why a call is never billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FreeReason {
    /// Nobody answered, or no talk time is left after holds.
    Unanswered,
    /// Between extensions or numbers of one tenant (MET-12).
    Internal,
    /// 911, 933, 988, 711, feature codes (MET-13).
    NeverBilled,
    /// Another leg of the same call bears the price.
    OtherLeg,
    /// The switch's row stands for no call.
    NotACall,
}

/// Why a call has no price yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnratedReason {
    /// No retail deck names the destination, and it needs one (ruling 19).
    NoRetailRate,
    /// No wholesale deck names the destination, and it needs one.
    NoWholesaleRate,
    /// The partner has no wholesale terms at the answer instant.
    NoWholesaleTerms,
}

impl Outcome {
    /// `rated`, `free` or `unrated`, and the reason's code.
    pub const fn codes(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Rated => ("rated", None),
            Self::Free(reason) => ("free", Some(reason.as_str())),
            Self::Unrated(reason) => ("unrated", Some(reason.as_str())),
        }
    }
    /// The outcome with these codes.
    pub fn parse(outcome: &str, reason: Option<&str>) -> Option<Self> {
        match (outcome, reason) {
            ("rated", None) => Some(Self::Rated),
            ("free", Some(reason)) => FreeReason::parse(reason).map(Self::Free),
            ("unrated", Some(reason)) => UnratedReason::parse(reason).map(Self::Unrated),
            _ => None,
        }
    }
}

impl FreeReason {
    const ALL: [Self; 5] =
        [Self::Unanswered, Self::Internal, Self::NeverBilled, Self::OtherLeg, Self::NotACall];

    /// Its code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unanswered => "unanswered",
            Self::Internal => "internal",
            Self::NeverBilled => "never_billed",
            Self::OtherLeg => "other_leg",
            Self::NotACall => "not_a_call",
        }
    }
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

impl UnratedReason {
    const ALL: [Self; 3] = [Self::NoRetailRate, Self::NoWholesaleRate, Self::NoWholesaleTerms];

    /// Its code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoRetailRate => "no_retail_rate",
            Self::NoWholesaleRate => "no_wholesale_rate",
            Self::NoWholesaleTerms => "no_wholesale_terms",
        }
    }
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// Whether the wholesale cost is taken from the wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WholesaleCharge {
    /// Debited.
    Charged,
    /// The partner is in trial: metered, not debited (PLT-04).
    Waived,
}

impl WholesaleCharge {
    /// `charged` or `waived`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Charged => "charged",
            Self::Waived => "waived",
        }
    }
    /// The charge with this name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "charged" => Some(Self::Charged),
            "waived" => Some(Self::Waived),
            _ => None,
        }
    }
}

/// What the tenant pays for a call, and by which terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetailPrice {
    /// Profile version, and the deck version where a deck priced it.
    pub basis: PriceBasis,
    /// Seconds after increments.
    pub billed_seconds: i64,
    /// The price. At a plain rate invoices are computed from seconds instead (ruling 2).
    pub price: Nanos,
}

/// What the partner pays for a call, and by which terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WholesalePrice {
    /// Which of the partner's terms: the instant they took effect.
    pub terms_from: Timestamp,
    /// The deck version where a deck priced it.
    pub deck: Option<(DeckId, i64)>,
    /// Seconds after increments.
    pub billed_seconds: i64,
    /// The cost, rounded once to a micro (F-02).
    pub cost: Micros,
    /// Whether it is taken from the wallet.
    pub charge: WholesaleCharge,
}

/// A kept call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its partner.
    pub partner_id: PartnerId,
    /// Its tenant.
    pub tenant_id: TenantId,
    /// Its id.
    pub call_id: CallId,
    /// The batch that brought it, and with it its wallet debit (WAL-24).
    pub batch_id: BatchId,
    /// The source of its record.
    pub source_id: SourceId,
    /// The source's id of its record.
    pub record_id: String,
    /// Which side wrote it.
    pub leg: Leg,
    /// What all legs of the call share.
    pub call_group: Option<String>,
    /// The call that this row takes back.
    pub reverses: Option<CallId>,
    /// Which way it ran.
    pub direction: Direction,
    /// Local or toll-free.
    pub class: CallClass,
    /// As the switch wrote it.
    pub from: String,
    /// As the switch wrote it.
    pub to: String,
    /// The far party as it was rated: E.164 digits, or the dialled text where it has none.
    pub far_number: String,
    /// The tenant's extension.
    pub extension: Option<String>,
    /// When it began to ring.
    pub started_at: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The tenant's local day in which it ended.
    pub day: Day,
    /// Talk time.
    pub talk_seconds: i64,
    /// Hold by the tenant's side.
    pub hold_seconds: i64,
    /// How it ended.
    pub disposition: Disposition,
    /// The switch's own word for it.
    pub hangup_cause: Option<String>,
    /// Where a recording is.
    pub recording_url: Option<String>,
    /// Whether it was priced.
    pub outcome: Outcome,
    /// Whether it is invoiced.
    pub charge: RetailCharge,
    /// What the tenant pays.
    pub retail: RetailPrice,
    /// What the partner pays.
    pub wholesale: WholesalePrice,
    /// Start of the period in which it ended; zero in a trial.
    pub usage_period_start: Timestamp,
    /// Start of the period whose invoice carries it.
    pub bill_period_start: Timestamp,
}

impl Call {
    /// Seconds that can be billed: talk minus own holds.
    pub fn billable_seconds(&self) -> u32 {
        u32::try_from((self.talk_seconds - self.hold_seconds).max(0)).unwrap_or(u32::MAX)
    }

    /// The instant that chose its rates.
    pub fn rated_at(&self) -> Timestamp {
        self.answered_at.unwrap_or(self.ended_at)
    }

    /// By which facts it is summed; `None` for calls that are not rated.
    pub fn usage_key(&self) -> Option<UsageKey> {
        (self.outcome == Outcome::Rated).then_some(UsageKey {
            tenant_id: self.tenant_id,
            day: self.day,
            direction: self.direction,
            class: self.class,
            charge: self.charge,
            basis: self.retail.basis,
            usage_period_start: self.usage_period_start,
            bill_period_start: self.bill_period_start,
        })
    }

    /// What it adds to its roll-up: its amounts, or their opposites for a reversal.
    pub fn usage_sum(&self) -> UsageSum {
        UsageSum {
            calls: if self.reverses.is_some() { -1 } else { 1 },
            talk_seconds: self.talk_seconds,
            billed_seconds: self.retail.billed_seconds,
            retail: self.retail.price,
            wholesale_seconds: self.wholesale.billed_seconds,
            wholesale: self.wholesale.cost,
        }
    }

    /// Takes every price off an arriving call.
    pub fn make_free(&mut self, reason: FreeReason) {
        self.outcome = Outcome::Free(reason);
        let basis = PriceBasis { deck: None, ..self.retail.basis };
        self.retail = RetailPrice { basis, billed_seconds: 0, price: Nanos::ZERO };
        self.wholesale.deck = None;
        self.wholesale.billed_seconds = 0;
        self.wholesale.cost = Micros::ZERO;
    }

    /// The row that takes this rated call back, booked by `batch_id` on the invoice of the period
    /// that starts at `bill_period_start`.
    pub fn reversal(&self, batch_id: BatchId, bill_period_start: Timestamp) -> Self {
        let own = self.call_id.to_string();
        let opposite = |value: i64| value.checked_neg().expect("amounts of a call are small");
        Self {
            call_id: CallId::derived(self.ended_at, &["reversal", &own]),
            batch_id,
            record_id: format!("reversal of {own}"),
            reverses: Some(self.call_id),
            talk_seconds: opposite(self.talk_seconds),
            hold_seconds: opposite(self.hold_seconds),
            retail: RetailPrice {
                billed_seconds: opposite(self.retail.billed_seconds),
                price: Nanos::new(opposite(self.retail.price.get())),
                ..self.retail
            },
            wholesale: WholesalePrice {
                billed_seconds: opposite(self.wholesale.billed_seconds),
                cost: Micros::new(opposite(self.wholesale.cost.get())),
                ..self.wholesale
            },
            bill_period_start,
            ..self.clone()
        }
    }
}
