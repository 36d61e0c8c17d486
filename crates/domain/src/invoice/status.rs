//! The states of an invoice and what moves it between them.
//!
//! Decided here: the six statuses (INV-03) and every allowed transition; when an invoice falls due
//! (INV-21) and becomes overdue (INV-22). Amounts decide, not callers: paying what is due makes an
//! invoice Paid, less makes it Partially Paid, and an overdue one stays Overdue until nothing is
//! due. A refused transition changes nothing and names the status and the event.

use serde::{Deserialize, Serialize};

use crate::{
    money::{Minor, Overflow},
    time::Day,
};

/// Where an invoice stands (INV-03).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// May be edited; has no number and is never shown to the tenant.
    Draft,
    /// Issued, nothing paid yet.
    Sent,
    /// Issued, a part paid, not past its due day.
    PartiallyPaid,
    /// Nothing is due.
    Paid,
    /// Past its due day with money due, whatever was paid.
    Overdue,
    /// A voided draft, or an issued one that the operator cancelled.
    Cancelled,
}

impl InvoiceStatus {
    const ALL: [Self; 6] =
        [Self::Draft, Self::Sent, Self::PartiallyPaid, Self::Paid, Self::Overdue, Self::Cancelled];
    /// The stable name, as stored and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::PartiallyPaid => "partially_paid",
            Self::Paid => "paid",
            Self::Overdue => "overdue",
            Self::Cancelled => "cancelled",
        }
    }
    /// The status with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
    /// Whether money is expected: the unpaid of INV-05, and what may be reminded of (INV-13).
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::PartiallyPaid | Self::Overdue)
    }
    /// Whether lines may still change (INV-14).
    pub const fn may_edit(self) -> bool {
        matches!(self, Self::Draft)
    }
}

/// Days from issue to due where neither profile nor partner says otherwise (C-33).
pub const DEFAULT_TERMS_DAYS: u16 = 15;

/// The last day on which an invoice can be paid in time: issue day plus terms (INV-21).
pub fn due_day(issued_on: Day, profile_days: Option<u16>, partner_days: u16) -> Day {
    issued_on.plus_days(profile_days.unwrap_or(partner_days).into())
}

/// What happens to an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoiceEvent {
    /// It is issued: numbered and locked.
    Finalise {
        /// The last day to pay it.
        due_day: Day,
        /// Credit taken from the tenant's; it may cover everything (INV-31).
        credit_applied: Minor,
    },
    /// A draft is given up (INV-11).
    Void,
    /// The operator takes back an issued one on which nothing was paid (INV-35).
    Cancel,
    /// Money arrives, of whatever kind.
    Pay(Minor),
    /// The partner records that everything due was paid elsewhere (INV-12).
    MarkPaid,
    /// Credit is applied after issue.
    ApplyCredit(Minor),
    /// Money that was paid goes back (REF-08).
    Refund(Minor),
    /// Money that had gone back did not arrive, and is here again (REF-11).
    RefundFailed(Minor),
    /// A local day of the tenant begins (INV-22).
    DayBegins(Day),
}

impl InvoiceEvent {
    /// The event's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Finalise { .. } => "finalise",
            Self::Void => "void",
            Self::Cancel => "cancel",
            Self::Pay(_) => "pay",
            Self::MarkPaid => "mark paid",
            Self::ApplyCredit(_) => "apply credit",
            Self::Refund(_) => "refund",
            Self::RefundFailed(_) => "take back a refund",
            Self::DayBegins(_) => "begin a day",
        }
    }
}

/// Status and amounts of one invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceState {
    /// Where it stands.
    pub status: InvoiceStatus,
    /// Lines and taxes.
    pub total: Minor,
    /// Covered by credit.
    pub credited: Minor,
    /// Paid, refunds not subtracted.
    pub paid: Minor,
    /// Given back of what was paid or covered by credit.
    pub refunded: Minor,
    /// The last day to pay it; none on a draft.
    pub due_day: Option<Day>,
}

/// Why an event is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// The status does not allow it.
    #[error("an invoice that is {} cannot {event}", from.as_str())]
    Refused {
        /// Where it stands.
        from: InvoiceStatus,
        /// What was asked.
        event: &'static str,
    },
    /// The amount is not positive or exceeds what it may be.
    #[error("{event} of {amount} is not between 1 and {limit} (minor units)")]
    BadAmount {
        /// What was asked.
        event: &'static str,
        /// The amount asked.
        amount: i64,
        /// The most it may be.
        limit: i64,
    },
    /// An amount left its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl InvoiceState {
    /// A new draft.
    pub const fn draft(total: Minor) -> Self {
        Self {
            status: InvoiceStatus::Draft,
            total,
            credited: Minor::ZERO,
            paid: Minor::ZERO,
            refunded: Minor::ZERO,
            due_day: None,
        }
    }

    /// What is left to pay: total less credit and payments; nothing on a cancelled one (INV-09).
    pub fn due(&self) -> Minor {
        if self.status == InvoiceStatus::Cancelled {
            return Minor::ZERO;
        }
        let covered = self.credited.get().saturating_add(self.paid.get());
        Minor::new(self.total.get().saturating_sub(covered))
    }

    /// What was paid, by money or credit, and not given back.
    pub fn refundable(&self) -> Minor {
        let covered = self.credited.get().saturating_add(self.paid.get());
        Minor::new(covered.saturating_sub(self.refunded.get()))
    }

    /// The state after `event`.
    pub fn apply(self, event: InvoiceEvent) -> Result<Self, TransitionError> {
        use InvoiceStatus::{Cancelled, Draft, Overdue, Sent};
        let refused = TransitionError::Refused { from: self.status, event: event.name() };
        match (event, self.status) {
            (InvoiceEvent::Finalise { due_day, credit_applied }, Draft) => {
                within(event, credit_applied, Minor::ZERO, self.total)?;
                let issued =
                    Self { status: Sent, credited: credit_applied, due_day: Some(due_day), ..self };
                Ok(issued.settled())
            }
            (InvoiceEvent::Void, Draft) => Ok(Self { status: Cancelled, ..self }),
            (InvoiceEvent::Cancel, Sent | Overdue) if self.paid.is_zero() => {
                Ok(Self { status: Cancelled, ..self })
            }
            (InvoiceEvent::Pay(amount), status) if status.is_open() => {
                within(event, amount, Minor::new(1), self.due())?;
                Ok(Self { paid: self.paid.plus(amount)?, ..self }.settled())
            }
            (InvoiceEvent::MarkPaid, status) if status.is_open() => {
                Ok(Self { paid: self.paid.plus(self.due())?, ..self }.settled())
            }
            (InvoiceEvent::ApplyCredit(amount), status) if status.is_open() => {
                within(event, amount, Minor::new(1), self.due())?;
                Ok(Self { credited: self.credited.plus(amount)?, ..self }.settled())
            }
            (InvoiceEvent::Refund(amount), status)
                if status != Draft && status != Cancelled && !self.refundable().is_zero() =>
            {
                within(event, amount, Minor::new(1), self.refundable())?;
                Ok(Self { refunded: self.refunded.plus(amount)?, ..self })
            }
            (InvoiceEvent::RefundFailed(amount), _) if !self.refunded.is_zero() => {
                within(event, amount, Minor::new(1), self.refunded)?;
                Ok(Self { refunded: self.refunded.minus(amount)?, ..self })
            }
            (InvoiceEvent::DayBegins(today), _) => Ok(self.on(today)),
            _ => Err(refused),
        }
    }

    /// Follows the amounts: what is covered is Paid, what is partly paid says so unless late.
    fn settled(self) -> Self {
        let status = if self.due().is_zero() {
            InvoiceStatus::Paid
        } else if self.status == InvoiceStatus::Sent && !self.paid.is_zero() {
            InvoiceStatus::PartiallyPaid
        } else {
            self.status
        };
        Self { status, ..self }
    }

    fn on(self, today: Day) -> Self {
        let past = self.due_day.is_some_and(|due_day| today > due_day);
        if self.status.is_open() && past {
            return Self { status: InvoiceStatus::Overdue, ..self };
        }
        self
    }
}

fn within(
    event: InvoiceEvent,
    amount: Minor,
    least: Minor,
    most: Minor,
) -> Result<(), TransitionError> {
    if amount < least || amount > most {
        let (amount, limit) = (amount.get(), most.get());
        return Err(TransitionError::BadAmount { event: event.name(), amount, limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    fn finalise(credit: i64) -> InvoiceEvent {
        InvoiceEvent::Finalise { due_day: day("2026-06-16"), credit_applied: Minor::new(credit) }
    }

    fn pay(amount: i64) -> InvoiceEvent {
        InvoiceEvent::Pay(Minor::new(amount))
    }

    fn after(total: i64, events: &[InvoiceEvent]) -> Result<InvoiceState, TransitionError> {
        let draft = InvoiceState::draft(Minor::new(total));
        events.iter().try_fold(draft, |state, event| state.apply(*event))
    }

    fn check(total: i64, events: &[InvoiceEvent], expected: &str) {
        let shown = match after(total, events) {
            Ok(state) => format!("{} due {}", state.status.as_str(), state.due().get()),
            Err(error) => error.to_string(),
        };
        assert_eq!(shown, expected, "{events:?}");
    }

    // INV-21 PRO-18
    #[test]
    fn an_invoice_is_due_after_its_terms() {
        let issued = day("2026-06-01");
        assert_eq!(due_day(issued, None, DEFAULT_TERMS_DAYS), day("2026-06-16"));
        assert_eq!(due_day(issued, Some(30), DEFAULT_TERMS_DAYS), day("2026-07-01"));
    }

    // INV-03 INV-09 PAY-02 INV-12
    #[test]
    fn payments_move_an_issued_invoice() {
        check(11_052, &[finalise(0)], "sent due 11052");
        check(11_052, &[finalise(0), pay(4_000)], "partially_paid due 7052");
        check(11_052, &[finalise(0), pay(4_000), pay(7_052)], "paid due 0");
        check(11_052, &[finalise(0), pay(4_000), InvoiceEvent::MarkPaid], "paid due 0");
        check(
            11_052,
            &[finalise(0), pay(11_053)],
            "pay of 11053 is not between 1 and 11052 (minor units)",
        );
        check(11_052, &[finalise(0), pay(0)], "pay of 0 is not between 1 and 11052 (minor units)");
        check(11_052, &[pay(1)], "an invoice that is draft cannot pay");
    }

    // INV-30 INV-31
    #[test]
    fn credit_covers_all_or_a_part() {
        check(9_900, &[finalise(1_000)], "sent due 8900");
        check(9_900, &[finalise(9_900)], "paid due 0");
        let more = [finalise(0), InvoiceEvent::ApplyCredit(Minor::new(9_900))];
        check(9_900, &more, "paid due 0");
        assert!(after(9_900, &[finalise(9_901)]).is_err());
    }

    // INV-22
    #[test]
    fn overdue_begins_the_day_after_the_due_day() {
        let begins = |text| InvoiceEvent::DayBegins(day(text));
        check(100, &[finalise(0), begins("2026-06-16")], "sent due 100");
        let late = [finalise(0), pay(40), begins("2026-06-17")];
        check(100, &late, "overdue due 60");
        check(100, &[late[0], late[1], late[2], pay(10)], "overdue due 50");
        check(100, &[late[0], late[1], late[2], pay(60)], "paid due 0");
        check(100, &[finalise(0), pay(100), begins("2026-06-17")], "paid due 0");
        check(100, &[begins("2026-06-17")], "draft due 100");
    }

    // INV-11 INV-35
    #[test]
    fn drafts_are_voided_and_issued_ones_cancelled_only_unpaid() {
        check(100, &[InvoiceEvent::Void], "cancelled due 0");
        let void = [finalise(0), InvoiceEvent::Void];
        check(100, &void, "an invoice that is sent cannot void");
        check(100, &[finalise(0), InvoiceEvent::Cancel], "cancelled due 0");
        let paid = [finalise(0), pay(1), InvoiceEvent::Cancel];
        check(100, &paid, "an invoice that is partially_paid cannot cancel");
        let late = [finalise(0), pay(1), InvoiceEvent::DayBegins(day("2026-07-01"))];
        let cancel = [late[0], late[1], late[2], InvoiceEvent::Cancel];
        check(100, &cancel, "an invoice that is overdue cannot cancel");
        check(100, &[InvoiceEvent::Cancel], "an invoice that is draft cannot cancel");
    }

    // REF-03 REF-08
    #[test]
    fn refunds_keep_the_status_and_never_exceed_what_was_paid() {
        let refund = |amount| InvoiceEvent::Refund(Minor::new(amount));
        let paid = [finalise(0), pay(11_052), refund(5_000), refund(6_052)];
        check(11_052, &paid, "paid due 0");
        let state = after(11_052, &paid).expect("allowed");
        assert_eq!(state.refunded, state.total);
        assert!(state.apply(refund(1)).is_err());
        assert!(after(100, &[finalise(0), refund(1)]).is_err());
        // What credit had covered can be given back as well (REF-06).
        let mixed = after(10_000, &[finalise(3_000), pay(7_000), refund(10_000)]);
        assert_eq!(mixed.expect("allowed").refunded, Minor::new(10_000));
        // What came back is refundable again (REF-11).
        let back = |amount| InvoiceEvent::RefundFailed(Minor::new(amount));
        let again = [finalise(0), pay(11_052), refund(5_000), back(5_000), refund(11_052)];
        check(11_052, &again, "paid due 0");
        assert!(after(100, &[finalise(0), pay(100), refund(40), back(41)]).is_err());
        assert!(after(100, &[finalise(0), pay(100), back(1)]).is_err());
    }

    // INV-13 INV-14
    #[test]
    fn reminders_and_edits_depend_on_the_status() {
        let open: Vec<_> = InvoiceStatus::ALL.into_iter().filter(|one| one.is_open()).collect();
        let expected = [InvoiceStatus::Sent, InvoiceStatus::PartiallyPaid, InvoiceStatus::Overdue];
        assert_eq!(open, expected);
        for status in InvoiceStatus::ALL {
            assert_eq!(InvoiceStatus::parse(status.as_str()), Some(status));
            assert_eq!(status.may_edit(), status == InvoiceStatus::Draft);
        }
    }

    fn any_event() -> impl Strategy<Value = InvoiceEvent> {
        let amount = -5i64..200;
        prop_oneof![
            amount.clone().prop_map(finalise),
            Just(InvoiceEvent::Void),
            Just(InvoiceEvent::Cancel),
            amount.clone().prop_map(pay),
            Just(InvoiceEvent::MarkPaid),
            amount.clone().prop_map(|amount| InvoiceEvent::ApplyCredit(Minor::new(amount))),
            amount.clone().prop_map(|amount| InvoiceEvent::Refund(Minor::new(amount))),
            amount.prop_map(|amount| InvoiceEvent::RefundFailed(Minor::new(amount))),
            (0i64..60).prop_map(|n| InvoiceEvent::DayBegins(day("2026-06-01").plus_days(n))),
        ]
    }

    proptest! {
        #[test]
        fn whatever_happens_nothing_is_overpaid(
            total in 0i64..150, events in prop::collection::vec(any_event(), 0..40),
        ) {
            let mut state = InvoiceState::draft(Minor::new(total));
            for event in events {
                state = state.apply(event).unwrap_or(state);
                prop_assert!(state.due().get() >= 0);
                prop_assert!(state.refunded.get() <= state.paid.get() + state.credited.get());
                prop_assert!(state.refunded >= Minor::ZERO);
                prop_assert!(state.paid.get() + state.credited.get() <= total);
                let paid = state.status == InvoiceStatus::Paid;
                let covered = state.due().is_zero() && state.due_day.is_some();
                let cancelled = state.status == InvoiceStatus::Cancelled;
                prop_assert_eq!(paid, covered && !cancelled);
            }
        }
    }
}
