//! Refunds: what of an invoice can be given back, where to, and what of it is tax (F-17).
//!
//! Decided here: the same money is never given twice, whether to a card, to a tenant's balance or
//! by hand (REF-05): whatever is asked for counts from the moment it is written down until it has
//! failed. A refund to the card takes what cards paid first, the oldest payment first, and puts
//! back on the balance what the balance had paid (REF-06). States only move forward; a refund that
//! failed stays failed and is asked for again as another one (REF-11).

use crate::{
    ids::{CreditId, InvoiceId, PaymentId, RefundId, TenantId},
    money::{Currency, Minor, Overflow},
    processor::AccountContext,
    tax::tax_share,
    time::Timestamp,
};

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefundState {
    /// Written down; perhaps asked, perhaps not.
    Requested,
    /// Asked, and the processor did not say.
    Unknown,
    /// On its way.
    Submitted,
    /// The money went back.
    Succeeded,
    /// It did not, and will not: it can be given back again.
    Failed,
}

impl RefundState {
    /// All of them, in the only order in which they follow each other.
    pub const ALL: [Self; 5] =
        [Self::Requested, Self::Unknown, Self::Submitted, Self::Succeeded, Self::Failed];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Unknown => "unknown",
            Self::Submitted => "submitted",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
    /// The state with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
    /// What is shown of it: whether the processor was asked is nobody's business but ours.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Requested | Self::Unknown | Self::Submitted => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
    /// Whether nobody knows yet what comes of it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Unknown | Self::Submitted)
    }
    /// Whether what it gives back is taken.
    pub const fn holds(self) -> bool {
        !matches!(self, Self::Failed)
    }
    /// Whether it goes on to `next`. A refund that succeeded may still come back (Stripe facts, 5
    /// row 13); one that failed never succeeds.
    pub fn may_become(self, next: Self) -> bool {
        next > self
    }
}

/// Where the money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// To the card or bank account that paid (REF-02).
    Card,
    /// To the tenant's balance, which its next invoices use (REF-04).
    Credit,
    /// By hand, outside the platform; only written down (REF-12).
    Manual,
}

impl Destination {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Card, Self::Credit, Self::Manual];

    /// `card`, `credit` or `manual`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Credit => "credit",
            Self::Manual => "manual",
        }
    }
    /// The destination with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|destination| destination.as_str() == text)
    }
}

/// Who asked for a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Somebody here.
    Platform,
    /// Somebody in the processor's own dashboard (REF-14).
    Processor,
}

impl Origin {
    /// `platform` or `processor`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Processor => "processor",
        }
    }
    /// The origin with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Platform, Self::Processor].into_iter().find(|origin| origin.as_str() == text)
    }
}

/// A refund of an invoice, or of one payment of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Its id.
    pub refund_id: RefundId,
    /// Who gets it.
    pub tenant_id: TenantId,
    /// What had been paid.
    pub invoice_id: InvoiceId,
    /// The payment that is given back; none where the tenant's balance had paid.
    pub payment_id: Option<PaymentId>,
    /// Where it goes.
    pub destination: Destination,
    /// How much goes back.
    pub amount: Minor,
    /// How much of that the invoice had been paid: less than all only where somebody gave more
    /// back in the processor's dashboard than was left.
    pub applied: Minor,
    /// What of `applied` is tax (TAX-12).
    pub tax: Minor,
    /// Where it stands.
    pub state: RefundState,
    /// Who asked for it.
    pub origin: Origin,
    /// Why, as somebody wrote it.
    pub reason: String,
    /// Why it failed, or why nobody knows.
    pub failure: String,
    /// On whose account the charge is; none where no processor is asked.
    pub context: Option<AccountContext>,
    /// The processor's id of the charge.
    pub charge: Option<String>,
    /// The processor's id of the refund, once it said so.
    pub reference: Option<String>,
    /// The failed refund in whose place this one is.
    pub retry_of: Option<RefundId>,
    /// The credit that it became.
    pub credit_id: Option<CreditId>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it succeeded or failed.
    pub settled_at: Option<Timestamp>,
    /// When the processor is asked again.
    pub look_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

/// What paid a part of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaidBy {
    /// A card or bank account, through the processor.
    Processor,
    /// The tenant, outside the platform.
    Elsewhere,
    /// The tenant's balance.
    Balance,
}

/// What one payment, or the balance, has left to give back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// The payment; none for the balance.
    pub payment_id: Option<PaymentId>,
    /// What paid.
    pub by: PaidBy,
    /// How much is left.
    pub amount: Minor,
}

/// What can be given back of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refundable {
    parts: Vec<Left>,
}

/// A refund that is to be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The payment that is given back; none for the balance's part.
    pub payment_id: Option<PaymentId>,
    /// Where it goes.
    pub destination: Destination,
    /// How much; more than zero.
    pub amount: Minor,
}

/// Why nothing is given back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefundError {
    /// Nothing can go there: nothing was paid that way, or all of it was given back.
    #[error("nothing is left of this invoice that could be refunded {0}")]
    NothingLeft(&'static str),
    /// Zero, negative, or more than is left.
    #[error("must be more than 0 and at most the {0} that can be refunded this way")]
    BadAmount(String),
    /// An amount left its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Refundable {
    /// What is left of payments and balance, the oldest payment first, where all of it together is
    /// at most `room`: what the invoice was paid and did not give back in any way.
    pub fn new(left: Vec<Left>, room: Minor) -> Self {
        let mut room = room.max(Minor::ZERO);
        let mut parts = Vec::with_capacity(left.len());
        for part in left {
            let amount = part.amount.min(room);
            if amount > Minor::ZERO {
                room = Minor::new(room.get() - amount.get());
                parts.push(Left { amount, ..part });
            }
        }
        Self { parts }
    }

    fn by(&self, by: PaidBy) -> Minor {
        let own = self.parts.iter().filter(|part| part.by == by);
        // All together are at most an invoice's total.
        Minor::new(own.map(|part| part.amount.get()).sum())
    }

    /// What can go back to cards and bank accounts.
    pub fn by_card(&self) -> Minor {
        self.by(PaidBy::Processor)
    }
    /// What the balance had paid and can get back.
    pub fn by_balance(&self) -> Minor {
        self.by(PaidBy::Balance)
    }
    /// What was paid outside the platform.
    pub fn elsewhere(&self) -> Minor {
        self.by(PaidBy::Elsewhere)
    }
    /// The most that one refund to `destination` gives back.
    pub fn most(&self, destination: Destination) -> Minor {
        let sum = match destination {
            Destination::Card if self.by_card().is_zero() => 0,
            Destination::Card => self.by_card().get() + self.by_balance().get(),
            Destination::Credit => self.parts.iter().map(|part| part.amount.get()).sum(),
            Destination::Manual => self.elsewhere().get(),
        };
        Minor::new(sum)
    }

    /// The same part once more, if all of it is still left.
    pub fn part_of(
        &self,
        payment_id: Option<PaymentId>,
        (destination, amount): (Destination, Minor),
    ) -> Option<Part> {
        let same = |part: &&Left| part.payment_id == payment_id && part.amount >= amount;
        let found = self.parts.iter().find(same)?;
        Some(Part { payment_id: found.payment_id, destination, amount })
    }

    /// The refunds that give `amount` back, or all that is left.
    pub fn plan(
        &self,
        destination: Destination,
        amount: Option<Minor>,
        currency: Currency,
    ) -> Result<Vec<Part>, RefundError> {
        let most = self.most(destination);
        if most.is_zero() {
            return Err(RefundError::NothingLeft(match destination {
                Destination::Card => "to a card",
                Destination::Credit => "to the balance",
                Destination::Manual => "by hand",
            }));
        }
        let amount = amount.unwrap_or(most);
        if amount <= Minor::ZERO || amount > most {
            return Err(RefundError::BadAmount(currency.display(most)));
        }
        let order: &[PaidBy] = match destination {
            Destination::Card => &[PaidBy::Processor, PaidBy::Balance],
            // What only the balance can get goes there first, so that most stays for the card.
            Destination::Credit => &[PaidBy::Balance, PaidBy::Elsewhere, PaidBy::Processor],
            Destination::Manual => &[PaidBy::Elsewhere],
        };
        let mut left = amount;
        let mut plan = Vec::new();
        for by in order {
            for part in self.parts.iter().filter(|part| part.by == *by) {
                let taken = part.amount.min(left);
                if taken.is_zero() {
                    continue;
                }
                left = left.minus(taken)?;
                let to_balance = part.by == PaidBy::Balance;
                let destination = if to_balance { Destination::Credit } else { destination };
                plan.push(Part { payment_id: part.payment_id, destination, amount: taken });
            }
        }
        Ok(plan)
    }
}

/// What was given back of an invoice before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GivenBack {
    /// How much.
    pub amount: Minor,
    /// What of it was tax.
    pub tax: Minor,
}

/// What of the next refund is tax: the share of all that is given back by then, less what went
/// before, so that the parts of a full refund carry exactly the invoice's tax.
pub fn next_tax_share(
    refund: Minor,
    before: GivenBack,
    (tax, total): (Minor, Minor),
) -> Result<Minor, Overflow> {
    let all = tax_share(before.amount.plus(refund)?, tax, total);
    Ok(all.minus(before.tax)?.max(Minor::ZERO).min(refund))
}

#[cfg(test)]
mod tests;
