//! What the operator owes a partner whose tenants paid on the operator's account (STR-03, F-10).
//!
//! Decided here: net = charges − refunds − lost disputes − the fee of each charge, each fee rounded
//! by itself (STR-08). A refund gives no fee back. A month's net may be negative, where more went
//! back than came in. A statement is due on the partner's day of the month after (C-17).

use crate::{
    fee::FeeRate,
    money::{Minor, Overflow},
    time::Day,
};

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SettlementStatus {
    /// The operator has to pay it.
    Due,
    /// It did.
    Paid,
}

impl SettlementStatus {
    /// `due` or `paid`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Paid => "paid",
        }
    }
    /// The status with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Due, Self::Paid].into_iter().find(|status| status.as_str() == text)
    }
}

/// What a statement is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// A tenant paid.
    Charge,
    /// Money went back to a tenant.
    Refund,
    /// A refund that was stated failed afterwards: it did not go back after all.
    Returned,
    /// A tenant's bank took money back for good.
    Dispute,
}

impl ItemKind {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Refund => "refund",
            Self::Returned => "refund_returned",
            Self::Dispute => "dispute",
        }
    }

    /// The operator's fee on it.
    pub fn fee(self, rate: FeeRate, amount: Minor) -> Minor {
        match self {
            Self::Charge => rate.of(amount),
            Self::Refund | Self::Returned | Self::Dispute => Minor::ZERO,
        }
    }
}

/// A number of things and what they sum up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// How many.
    pub count: i64,
    /// How much; negative only where more refunds failed afterwards than were made.
    pub amount: Minor,
}

impl Sum {
    fn add(&mut self, amount: Minor) -> Result<(), Overflow> {
        self.amount = self.amount.plus(amount)?;
        self.count += 1;
        Ok(())
    }
}

/// What a statement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// What tenants paid.
    pub charges: Sum,
    /// What went back to them.
    pub refunds: Sum,
    /// What their banks took back for good.
    pub disputes: Sum,
    /// The operator's fees.
    pub fees: Minor,
}

impl Totals {
    /// With one thing more, its amount not negative.
    pub fn with(
        mut self,
        kind: ItemKind,
        (amount, rate): (Minor, FeeRate),
    ) -> Result<Self, Overflow> {
        match kind {
            ItemKind::Charge => self.charges.add(amount)?,
            ItemKind::Refund => self.refunds.add(amount)?,
            ItemKind::Returned => self.refunds.amount = self.refunds.amount.minus(amount)?,
            ItemKind::Dispute => self.disputes.add(amount)?,
        }
        self.fees = self.fees.plus(kind.fee(rate, amount))?;
        Ok(self)
    }

    /// What the partner gets.
    pub fn net(&self) -> Result<Minor, Overflow> {
        let back = self.refunds.amount.plus(self.disputes.amount)?;
        self.charges.amount.minus(back)?.minus(self.fees)
    }
}

/// The day of the month on which statements are due (C-17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDay(u8);

impl DueDay {
    /// The 15th.
    pub const USUAL: Self = Self(15);

    /// A day that every month has: 1 to 28.
    pub fn new(day: i64) -> Option<Self> {
        u8::try_from(day).ok().filter(|day| (1..=28).contains(day)).map(Self)
    }
    /// The day of the month.
    pub const fn get(self) -> u8 {
        self.0
    }
    /// When a statement that is made on `day` is due: on this day of that month, or of the next
    /// where that is over, as after long downtime.
    pub fn after(self, day: Day) -> Day {
        let in_month = |day: Day| day.first_of_month().plus_days(i64::from(self.0) - 1);
        let this_month = in_month(day);
        if this_month >= day {
            return this_month;
        }
        in_month(day.first_of_month().plus_days(i64::from(day.days_in_month())))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // STR-03 F-10 the example of the specification
    #[test]
    fn a_month_of_a_thousand_dollars() {
        let rate = FeeRate::STANDARD;
        let totals = Totals::default().with(ItemKind::Charge, (Minor::new(100_000), rate));
        let totals = totals.expect("small");
        assert_eq!((totals.fees, totals.net()), (Minor::new(3_990), Ok(Minor::new(96_010))));
        let day = Day::new(2026, 6, 1).expect("a day");
        assert_eq!(DueDay::USUAL.after(day), Day::new(2026, 6, 15).expect("a day"));
        let late = Day::new(2026, 12, 20).expect("a day");
        assert_eq!(DueDay::USUAL.after(late), Day::new(2027, 1, 15).expect("a day"));
        assert_eq!([0, 29, 256, -1].map(DueDay::new), [None; 4]);
    }

    proptest! {
        // F-10 C-18: the net is what came in less what went back less a fee per charge
        #[test]
        fn a_statement_adds_up(
            items in prop::collection::vec((0_usize..4, 0_i64..100_000_000), 0..50),
        ) {
            let kinds =
                [ItemKind::Charge, ItemKind::Refund, ItemKind::Returned, ItemKind::Dispute];
            let (mut totals, mut expected) = (Totals::default(), 0_i64);
            for (kind, amount) in &items {
                let amount = Minor::new(*amount);
                let one = (amount, FeeRate::STANDARD);
                totals = totals.with(kinds[*kind], one).expect("small");
                expected += match kinds[*kind] {
                    ItemKind::Charge => amount.get() - (amount.get() * 399 + 5_000) / 10_000,
                    ItemKind::Returned => amount.get(),
                    ItemKind::Refund | ItemKind::Dispute => -amount.get(),
                };
            }
            prop_assert_eq!(totals.net(), Ok(Minor::new(expected)));
        }
    }
}
