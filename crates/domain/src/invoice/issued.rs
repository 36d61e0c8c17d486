//! The invoice as it is kept.
//!
//! Decided here: what is written down when an invoice is issued, so that nothing it shows can
//! change afterwards (INV-15), and which invoices may exist only once. Amounts that change later
//! (paid, refunded) stand beside the issued ones, never in place of them.

use serde::{Deserialize, Serialize};

use super::status::{InvoiceState, InvoiceStatus};
use crate::{
    account::Brand,
    ids::{InvoiceId, PartnerId, PeriodId, TenantId},
    money::{Currency, Minor},
    payment::card_minimum,
    time::{Day, Span, Timestamp, Zone},
};

/// What an invoice bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceKind {
    /// A finished period.
    Period,
    /// The last period of a cancelled tenant (CYC-14).
    Final,
    /// The first base fee of a profile that bills in advance (CYC-06).
    Advance,
    /// Lines of a person, at any time (INV-23).
    OneTime,
}

impl InvoiceKind {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Period => "period",
            Self::Final => "final",
            Self::Advance => "advance",
            Self::OneTime => "one_time",
        }
    }
    /// The kind with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Period, Self::Final, Self::Advance, Self::OneTime]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// What a unique index keeps from being billed twice.
pub fn billing_key(kind: InvoiceKind, start: Timestamp, id: InvoiceId) -> String {
    match kind {
        // A final invoice closes the same period that an ordinary one would have closed.
        InvoiceKind::Period | InvoiceKind::Final => format!("period:{}", start.micros()),
        InvoiceKind::Advance => format!("advance:{}", start.micros()),
        InvoiceKind::OneTime => id.to_string(),
    }
}

/// Names, addresses and figures as issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedAs {
    /// The partner's brand.
    pub brand: Brand,
    /// The partner's legal name.
    pub company_name: String,
    /// SHA-256 of the logo, in hex.
    pub logo_hash: Option<String>,
    /// The tenant's name.
    pub tenant_name: String,
    /// The tenant's postal address.
    pub tenant_address: String,
    /// Where it was sent.
    pub billing_email: String,
    /// The name of the profile, on invoices of periods.
    pub plan: Option<String>,
    /// The closed period's row.
    pub period_id: Option<PeriodId>,
    /// Free text at the end.
    pub notes: String,
}

impl IssuedAs {
    /// Brand name, otherwise company name (INV-20).
    pub fn brand_name(&self) -> &str {
        if self.brand.name.trim().is_empty() { &self.company_name } else { &self.brand.name }
    }
}

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// Whose.
    pub partner_id: PartnerId,
    /// Its id.
    pub invoice_id: InvoiceId,
    /// To whom.
    pub tenant_id: TenantId,
    /// What it bills.
    pub kind: InvoiceKind,
    /// What may exist once per tenant.
    pub billing_key: String,
    /// Its number, from the moment it is issued (ruling 12).
    pub number: Option<String>,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// What its amounts are in.
    pub currency: Currency,
    /// The tenant's zone when it was issued; its days are days of this zone.
    pub zone: Zone,
    /// The period it covers.
    pub period: Option<Span>,
    /// When it was issued.
    pub issued_at: Option<Timestamp>,
    /// The local day of that.
    pub issue_day: Option<Day>,
    /// The last day to pay it.
    pub due_day: Option<Day>,
    /// Sum of the lines.
    pub subtotal: Minor,
    /// Sum of the taxes.
    pub tax: Minor,
    /// Both.
    pub total: Minor,
    /// Covered by credit.
    pub credited: Minor,
    /// Paid, refunds not subtracted.
    pub paid: Minor,
    /// Given back of what was paid or covered by credit.
    pub refunded: Minor,
    /// As it was issued.
    pub issued_as: IssuedAs,
    /// When its draft was made.
    pub created_at: Timestamp,
    /// When it was flagged for being overdue for long; kept when it is paid.
    pub flagged_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

impl Invoice {
    /// Its status and amounts, for the rules of [`status`](super::status).
    pub fn state(&self) -> InvoiceState {
        InvoiceState {
            status: self.status,
            total: self.total,
            credited: self.credited,
            paid: self.paid,
            refunded: self.refunded,
            due_day: self.due_day,
        }
    }

    /// The invoice in another state.
    pub fn in_state(self, state: InvoiceState) -> Self {
        Self {
            status: state.status,
            credited: state.credited,
            paid: state.paid,
            refunded: state.refunded,
            due_day: state.due_day,
            ..self
        }
    }

    /// What is left to pay (INV-09).
    pub fn due(&self) -> Minor {
        self.state().due()
    }

    /// Since when it carries the flag of those that are overdue for long: as long as it is overdue
    /// (DUN-16).
    pub fn flag(&self) -> Option<Timestamp> {
        self.flagged_at.filter(|_| self.status == InvoiceStatus::Overdue)
    }

    /// The instant at which it becomes overdue: the end of its due day, while money is due and it
    /// is not overdue yet (INV-22). A balance below what a card is charged never is (ruling 10).
    pub fn overdue_at(&self) -> Option<Timestamp> {
        let waits = matches!(self.status, InvoiceStatus::Sent | InvoiceStatus::PartiallyPaid);
        let is_worth_it = self.due() >= card_minimum(self.currency);
        let due_day = self.due_day.filter(|_| waits && is_worth_it)?;
        Some(self.zone.start_of(due_day.plus_days(1)))
    }
}
